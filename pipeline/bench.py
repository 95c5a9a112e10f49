"""Speed and memory of the pipeline and of named tools on the same text, in one run on one machine.

In: a raw folder. Out: `Measurement`s: characters a CPU second after start, seconds to start, peak memory. Every tool runs in a process of
its own (`python -m pipeline.bench`), which ends when it has used its CPU seconds; what is not installed is left out.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from .errors import UsageError

_WARM: Final = 400  # characters that a tool reads before the clock runs
Worker = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One tool: `characters` read in `cpu_s` after `start_s`; `peak_mb` is the process's largest resident size."""

    name: str
    kind: str  # whole, stage, peer
    characters: int
    cpu_s: float
    start_s: float
    peak_mb: float
    output_mb: float = 0.0  # of the whole run: the published tables

    @property
    def speed(self) -> float:
        """Characters a CPU second."""
        return self.characters / max(self.cpu_s, 1e-9)


# --- the tools: each gives a function of one text, after whatever it has to load ---------------------------------------------


def _jieba() -> Worker:
    import jieba  # noqa: PLC0415

    jieba.setLogLevel(60)
    return lambda text: list(jieba.cut(text))


def _posseg() -> Worker:
    import jieba  # noqa: PLC0415
    import jieba.posseg  # noqa: PLC0415

    jieba.setLogLevel(60)
    return lambda text: list(jieba.posseg.cut(text))


def _rjieba() -> Worker:
    import rjieba  # noqa: PLC0415

    return rjieba.cut  # type: ignore[no-any-return]


def _jionlp_time_money() -> Worker:
    import jionlp  # noqa: PLC0415

    return lambda text: [(jionlp.ner.extract_time(line), jionlp.ner.extract_money(line)) for line in text.splitlines()]


def _recognizers() -> Worker:
    from recognizers_date_time import DateTimeRecognizer  # noqa: PLC0415
    from recognizers_number import NumberRecognizer  # noqa: PLC0415
    from recognizers_number_with_unit import NumberWithUnitRecognizer  # noqa: PLC0415

    culture = "zh-cn"
    units = NumberWithUnitRecognizer(culture)
    models = [DateTimeRecognizer(culture).get_datetime_model(), NumberRecognizer(culture).get_number_model(),
              NumberRecognizer(culture).get_percentage_model(), units.get_currency_model(), units.get_dimension_model(),
              units.get_age_model(), units.get_temperature_model()]  # fmt: skip
    return lambda text: [model.parse(line) for line in text.splitlines() for model in models]


def _cpca() -> Worker:
    import cpca  # noqa: PLC0415

    return cpca.transform_text_with_addrs  # type: ignore[no-any-return]


PEERS: Final[Mapping[str, tuple[str, Callable[[], Worker]]]] = {
    "jieba.cut": ("jieba", _jieba), "jieba.posseg": ("jieba", _posseg), "rjieba.cut": ("rjieba", _rjieba),
    "JioNLP time+money": ("jionlp", _jionlp_time_money), "Recognizers-Text, 7 models": ("recognizers_date_time", _recognizers),
    "cpca": ("cpca", _cpca),
}  # fmt: skip


# --- measuring in this process ------------------------------------------------------------------------------------------------


def _peer(name: str, texts: Sequence[str], seconds: float) -> Measurement:
    """One peer over the texts, again and again, until it has used its CPU seconds."""
    began = time.process_time()
    work = PEERS[name][1]()
    work(texts[0][:_WARM])
    started = time.process_time()
    characters = used = 0.0
    for text in _forever(texts):
        work(text)
        characters, used = characters + len(text), time.process_time() - started
        if used >= seconds:
            break
    return Measurement(name, "peer", int(characters), used, started - began, _peak_mb())


def _forever(texts: Sequence[str]) -> Iterator[str]:
    while True:
        yield from texts


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _whole(raw: Path, out: Path) -> list[Measurement]:
    """The default run from bytes to published tables in one process, and its stages."""
    from . import store  # noqa: PLC0415
    from .run import run  # noqa: PLC0415
    from .stages import Settings, resources  # noqa: PLC0415

    began = time.process_time()
    resources(Settings()).gazetteer.national  # noqa: B018  (loaded here, so that it counts as start)
    started = time.process_time()
    report = run(raw, out, workers=0)
    used = time.process_time() - started
    characters = sum(store.read_table(out, "articles").column("n_chars").to_pylist())
    stages = [Measurement(name, "stage", characters, cpu, 0.0, 0.0) for name, cpu in report.seconds.items() if cpu]
    size = sum(path.stat().st_size for path in out.glob("*/*.parquet")) / 2**20
    return [
        Measurement("xianzhi, bytes to tables", "whole", characters, used, started - began, _peak_mb(), size),
        *stages,
    ]


def _stages(out: Path) -> list[Measurement]:
    """Each extractor by itself over the articles of an output."""
    from . import store  # noqa: PLC0415
    from .documents import articles  # noqa: PLC0415
    from .extract import EXTRACTORS, Found  # noqa: PLC0415
    from .schema import TABLES  # noqa: PLC0415
    from .stages import Settings, resources  # noqa: PLC0415

    tools = resources(Settings())
    names = ("articles", "paragraphs", "segments", "bylines")
    found = list(articles(TABLES[name](**row) for name in names for row in store.read_table(out, name).to_pylist()))
    for timed in (False, True):
        cost = dict.fromkeys((each.__name__ for each in EXTRACTORS), 0.0)
        for article, credited in found:
            rows = Found()
            rows.add(credited)
            for extractor in EXTRACTORS:
                began = time.process_time()
                made = list(extractor(article, rows, tools))
                cost[extractor.__name__] += time.process_time() - began
                rows.add(made)
        if timed:
            characters = sum(len(article.text) for article, _ in found)
            return [Measurement(name, "extractor", characters, cpu, 0.0, 0.0) for name, cpu in cost.items()]
    return []


# --- one process a tool --------------------------------------------------------------------------------------------------------


def bench(raw: Path, *, seconds: float = 5.0, peers: Iterable[str] | None = None) -> list[Measurement]:
    """Measures the whole run over a raw folder, its stages and extractors, and every peer that is installed, each in its own process.

    `seconds` is the CPU time that each peer is given. Raises UsageError E006 for a peer that is not known.
    """
    names = list(PEERS) if peers is None else list(peers)
    if unknown := [name for name in names if name not in PEERS]:
        raise UsageError("E006", f"no peer {unknown[0]}", f"one of {', '.join(PEERS)}")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        found = _child("whole", str(raw), str(out))
        found += _child("extractors", str(out))
        for name in names:
            if find_spec(PEERS[name][0]) is not None:
                found += _child("peer", name, str(out), str(seconds))
    return found


def _child(*arguments: str) -> list[Measurement]:
    """What a process of this module measured; nothing where it failed, and why on stderr."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pipeline.bench", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith('[{"name"')]
    if done.returncode or not lines:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return [Measurement(f"{arguments[1]}: {reason[:80]}", "failed", 0, 0.0, 0.0, 0.0)]
    return [Measurement(**each) for each in json.loads(lines[-1])]


def _texts(out: Path) -> list[str]:
    from . import store  # noqa: PLC0415

    return [text for text in store.read_table(out, "articles").column("text").to_pylist() if text]


def main(arguments: Sequence[str]) -> list[Measurement]:
    """A child's work: `whole RAW OUT`, `extractors OUT`, `peer NAME OUT SECONDS`."""
    kind, *rest = arguments
    if kind == "whole":
        return _whole(Path(rest[0]), Path(rest[1]))
    if kind == "extractors":
        return _stages(Path(rest[0]))
    return [_peer(rest[0], _texts(Path(rest[1])), float(rest[2]))]


# --- how it is shown -----------------------------------------------------------------------------------------------------------


def ratios(found: Sequence[Measurement]) -> dict[str, float]:
    """How many times as fast the whole run is as each peer."""
    whole = next((each for each in found if each.kind == "whole"), None)
    return {each.name: whole.speed / each.speed for each in found if each.kind == "peer" and whole and each.cpu_s}


def lines(found: Sequence[Measurement]) -> Iterator[str]:
    """The measurements as lines of a table."""
    times = ratios(found)
    yield f"{'':34}{'characters a CPU s':>20}{'start s':>9}{'peak MB':>9}{'ours is':>10}"
    for each in found:
        if each.kind == "failed":
            yield f"{each.name}: not measured"
            continue
        ours = f"{times[each.name]:8.2f} ×" if each.name in times else ""
        start = f"{each.start_s:9.2f}" if each.start_s else " " * 9
        peak = f"{each.peak_mb:9.0f}" if each.peak_mb else " " * 9
        indent = "  " if each.kind in ("stage", "extractor") else ""
        yield f"{indent + each.name:34}{each.speed:20,.0f}{start}{peak}{ours:>10}"


def estimate(found: Sequence[Measurement], characters: float, cores: int, shard_files: float) -> Iterator[str]:
    """What an archive of so many characters takes, extrapolated from the whole run: hours, gigabytes, files."""
    whole = next(each for each in found if each.kind == "whole")
    hours = characters / whole.speed / cores / 3600
    share = characters / max(1, whole.characters)
    yield f"characters  {characters:.3g}"
    yield f"cores       {cores}, each {whole.speed:,.0f} characters a second"
    yield f"hours       {hours:,.1f}"
    yield f"raw         {3 * characters / 2**30:,.0f} GiB of UTF-8 text"
    yield f"tables      {whole.output_mb * share / 1024:,.0f} GiB of Parquet"
    yield f"shards      {2 * shard_files:,.0f} files"


def chart(found: Sequence[Measurement]) -> str:
    """The whole run and its peers as bars on a logarithmic scale, an SVG document."""
    from math import log10  # noqa: PLC0415

    shown = sorted((each for each in found if each.kind in ("whole", "peer")), key=lambda each: -each.speed)
    low, height = 3.0, 30
    scale = 460 / max(1.0, log10(max((each.speed for each in shown), default=10.0)) - low)
    rows = []
    for n, each in enumerate(shown):
        y, width = 40 + n * height, max(2.0, (log10(max(each.speed, 1.0)) - low) * scale)
        colour = "#b5402f" if each.kind == "whole" else "#9aa5b1"
        rows.append(f'<text x="228" y="{y + 14}" text-anchor="end">{each.name}</text><rect x="236" y="{y}" width="{width:.0f}" height="20" rx="2" fill="{colour}"/>'
                    f'<text x="{242 + width:.0f}" y="{y + 14}">{each.speed:,.0f}</text>')  # fmt: skip
    size = 50 + len(shown) * height
    title = '<text x="8" y="22" font-weight="bold">Characters a CPU second (logarithmic)</text>'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{size}" font-family="sans-serif" font-size="13">'
            f"{title}{''.join(rows)}</svg>\n")  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps([asdict(each) for each in main(sys.argv[1:])]) + "\n")
