"""Speed and memory of the pipeline and of named tools on the same text, in one run on one machine.

In: a raw folder. Out: `Measurement`s: characters a CPU second after start, seconds to start, peak memory. Every tool runs in a process of
its own (`python -m pipeline.bench`), which ends when it has used its CPU seconds; what is not installed is named.
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
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from math import log10
from pathlib import Path
from typing import Any, Final

from . import gold, store
from .errors import UsageError

_GOLD: Final = Path(__file__).parents[1] / "data" / "gold"
_WARM: Final = 400  # characters that a peer reads before the clock runs
_ARCHIVE: Final = (2800, 300, 20, 15_000)  # counties, issues a year, years, characters an issue
_NOT_MEASURED: Final = {"failed": "not measured", "absent": "not installed (pip install -e '.[bench]')"}
Worker = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One tool: `characters` read in `cpu_s` after `start_s`; `peak_mb` is the process's largest resident size."""

    name: str
    kind: str  # whole, stage, extractor, peer, absent, failed
    characters: int
    cpu_s: float
    start_s: float = 0.0
    peak_mb: float = 0.0
    output_mb: float = 0.0  # of the whole run: the columns of the published tables
    shards_mb: float = 0.0

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


def _rjieba_tag() -> Worker:
    import rjieba  # noqa: PLC0415

    return rjieba.tag  # type: ignore[no-any-return]


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

    def work(text: str) -> Any:
        with suppress(KeyError):  # what it raises for a text without a place
            return cpca.transform_text_with_addrs(text)

    return work


# Each with the distribution that must be there; of jionlp the wheel alone always is, its own dependency says whether it can be run.
PEERS: Final[Mapping[str, tuple[str, Callable[[], Worker]]]] = {
    "jieba.cut": ("jieba", _jieba), "jieba.posseg": ("jieba", _posseg), "rjieba.cut": ("rjieba", _rjieba), "rjieba.tag": ("rjieba", _rjieba_tag),
    "JioNLP time+money": ("jiojio", _jionlp_time_money), "Recognizers-Text, 7 models": ("recognizers_date_time", _recognizers),
    "cpca": ("cpca", _cpca),
}  # fmt: skip


# --- measuring in this process ------------------------------------------------------------------------------------------------


def _peer(name: str, texts: Sequence[str], seconds: float) -> Measurement:
    """One peer over the texts, again and again, until it has used its CPU seconds."""
    began = time.process_time()
    work = PEERS[name][1]()
    work(texts[0][:_WARM])
    started = time.process_time()
    characters, used = 0, 0.0
    while used < seconds:
        for text in texts:
            work(text)
            characters, used = characters + len(text), time.process_time() - started
            if used >= seconds:
                break
    return Measurement(name, "peer", characters, used, started - began, _peak_mb())


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _whole(raw: Path, out: Path) -> list[Measurement]:
    """The default run from bytes to published tables in one process, and its stages; what a run over one file takes is its start."""
    from .run import run  # noqa: PLC0415
    from .sources import find  # noqa: PLC0415

    began = time.process_time()
    run(min((each.path for each in find(raw)), key=lambda path: path.stat().st_size), out.with_name("warm"), workers=0)
    started = time.process_time()
    report = run(raw, out, workers=0)
    used = time.process_time() - started
    peak = _peak_mb()
    characters = sum(store.read_table(out, "articles").column("n_chars").to_pylist())
    stages = [Measurement(name, "stage", characters, cpu) for name, cpu in report.seconds.items() if cpu]
    shards = sum(path.stat().st_size for path in (out / store.STATE).rglob("*.rows")) / 2**20
    return [
        Measurement(
            "xianzhi, bytes to tables", "whole", characters, used, started - began, peak, _columns_mb(out), shards
        ),
        *stages,
    ]


def _columns_mb(out: Path) -> float:
    """The packed columns of all tables, without the descriptions in each file, which do not grow."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    found = (pq.read_metadata(path) for path in out.glob("*/*.parquet"))
    groups = (each.row_group(n) for each in found for n in range(each.num_row_groups))
    sizes: list[int] = [group.column(n).total_compressed_size for group in groups for n in range(group.num_columns)]
    return sum(sizes) / 2**20


def _extractors(out: Path) -> list[Measurement]:
    """Each extractor by itself over the articles of an output, in a second pass."""
    from .documents import articles  # noqa: PLC0415
    from .extract import EXTRACTORS, Found  # noqa: PLC0415
    from .schema import TABLES  # noqa: PLC0415
    from .stages import Settings, resources  # noqa: PLC0415

    tools = resources(Settings())
    names = ("articles", "paragraphs", "segments", "bylines")
    rows = [TABLES[name](**row) for name in names for row in store.read_table(out, name).to_pylist()]
    found = list(articles(rows))
    cost: dict[str, float] = {}
    for _ in range(2):
        cost = dict.fromkeys((each.__name__ for each in EXTRACTORS), 0.0)
        for article, credited in found:
            before = Found()
            before.add(credited)
            for extractor in EXTRACTORS:
                began = time.process_time()
                made = list(extractor(article, before, tools))
                cost[extractor.__name__] += time.process_time() - began
                before.add(made)
    characters = sum(len(article.text) for article, _ in found)
    return [Measurement(name, "extractor", characters, cpu) for name, cpu in cost.items()]


# --- one process a tool --------------------------------------------------------------------------------------------------------


def bench(raw: Path | None = None, *, seconds: float = 5.0, peers: Iterable[str] | None = None) -> list[Measurement]:
    """Measures the whole run over a raw folder (default: our gold articles), its stages and extractors, and every peer that is installed; a peer that is not is `absent`.

    `seconds` is the CPU time that each peer is given. Raises UsageError E003 for a peer that is not known, E001
    where there is no text.
    """
    names = list(PEERS) if peers is None else list(peers)
    if unknown := [name for name in names if name not in PEERS]:
        raise UsageError("E003", f"no peer {unknown[0]}", f"one of {', '.join(PEERS)}")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        found = _child("whole", str(raw or own_text(Path(folder))), str(out))
        if any(each.kind == "failed" for each in found):
            return found
        found += _child("extractors", str(out))
        for name in names:
            here = find_spec(PEERS[name][0]) is not None
            found += _child("peer", name, str(out), str(seconds)) if here else [Measurement(name, "absent", 0, 0.0)]
    return found


def own_text(folder: Path) -> Path:
    """All gold articles of the repository as dumps with their sources.csv. Raises UsageError E001 where there are none."""
    files = sorted(_GOLD.rglob("*.jsonl"))
    if not files:
        raise UsageError("E001", "the gold articles are not installed", "name a folder of dumps: --raw")
    store.write_atomically(folder / "gold.jsonl", b"".join(path.read_bytes() for path in files))
    gold.dumps(folder / "gold.jsonl", folder / "raw")
    return folder / "raw"


def _child(*arguments: str) -> list[Measurement]:
    """What a process of this module measured; where it failed, a Measurement that says why."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-W", "ignore", "-m", "pipeline.bench", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith('[{"name"')]  # a peer may print a banner
    if done.returncode or not lines:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return [Measurement(f"{arguments[0]} {arguments[1]}: {reason[:80]}", "failed", 0, 0.0)]
    return [Measurement(**each) for each in json.loads(lines[-1])]


def _texts(out: Path) -> list[str]:
    return [text for text in store.read_table(out, "articles").column("text").to_pylist() if text]


def main(arguments: Sequence[str]) -> list[Measurement]:
    """A child's work: `whole RAW OUT`, `extractors OUT`, `peer NAME OUT SECONDS`."""
    kind, *rest = arguments
    if kind == "whole":
        return _whole(Path(rest[0]), Path(rest[1]))
    if kind == "extractors":
        return _extractors(Path(rest[0]))
    return [_peer(rest[0], _texts(Path(rest[1])), float(rest[2]))]


# --- how it is shown -----------------------------------------------------------------------------------------------------------


def ratios(found: Sequence[Measurement]) -> dict[str, float]:
    """How many times as fast as each peer the whole run is."""
    whole = next((each for each in found if each.kind == "whole"), None)
    return {each.name: whole.speed / each.speed for each in found if each.kind == "peer" and whole and each.characters}


def report(found: Sequence[Measurement]) -> dict[str, Any]:
    """All of it for `--json`."""
    return {"python": sys.version.split()[0], "cores": os.cpu_count(), "ratios": ratios(found),
            "measurements": [{**asdict(each), "speed": round(each.speed)} for each in found]}  # fmt: skip


def lines(found: Sequence[Measurement]) -> Iterator[str]:
    """The measurements as lines of a table."""
    times = ratios(found)
    whole = next((each for each in found if each.kind == "whole"), None)
    yield f"{f'{whole.characters:,} characters' if whole else '':34}{'characters a CPU s':>20}{'start s':>9}{'peak MB':>9}{'ours is':>10}"
    for each in found:
        if each.kind in _NOT_MEASURED:
            yield f"{_NOT_MEASURED[each.kind]}: {each.name}"
            continue
        ours = f"{times[each.name]:8.2f} ×" if each.name in times else ""
        start = f"{each.start_s:9.2f}" if each.start_s else " " * 9
        peak = f"{each.peak_mb:9.0f}" if each.peak_mb else " " * 9
        indent = {"stage": "  ", "extractor": "    "}.get(each.kind, "")
        yield f"{indent + each.name:34}{each.speed:20,.0f}{start}{peak}{ours:>10}".rstrip()


def estimate(found: Sequence[Measurement]) -> Iterator[str]:
    """What the issues of every county take, extrapolated from the whole run: hours, room, files."""
    whole = next(each for each in found if each.kind == "whole")
    counties, issues, years, size = _ARCHIVE
    files = counties * issues * years
    characters = files * size
    share, hours = characters / max(1, whole.characters), characters / whole.speed / 3600
    yield f"archive   {counties:,} counties × {issues} issues × {years} years: {files:,} files, {characters:.3g} characters, {3 * characters / 1e12:.2f} TB as UTF-8"
    yield f"CPU       {hours:,.0f} core hours at {whole.speed:,.0f} characters a CPU second"
    for machines in (1, 8, 40):
        yield f"          {machines:2} machines of 32 cores: {hours / machines / 32:,.0f} hours"
    yield f"tables    {whole.output_mb * share / 1e6:.2f} TB of Parquet, {14 * counties:,} files in {counties:,} outputs"
    yield f"shards    {whole.shards_mb * share / 1e6:.2f} TB, {2 * files:,} files"


def chart(found: Sequence[Measurement]) -> str:
    """The whole run and its peers as bars on a logarithmic scale, an SVG document."""
    shown = sorted((each for each in found if each.kind in ("whole", "peer")), key=lambda each: -each.speed)
    low, height = 3.0, 30
    scale = 440 / max(1.0, log10(max((each.speed for each in shown), default=10.0)) - low)
    bars = []
    for n, each in enumerate(shown):
        y, width = 40 + n * height, max(2.0, (log10(max(each.speed, 1.0)) - low) * scale)
        colour = "#b5402f" if each.kind == "whole" else "#9aa5b1"
        bars.append(f'<text x="228" y="{y + 14}" text-anchor="end">{each.name}</text><rect x="236" y="{y}" width="{width:.0f}" height="20" rx="2" fill="{colour}"/>'
                    f'<text x="{242 + width:.0f}" y="{y + 14}">{each.speed:,.0f}</text>')  # fmt: skip
    title = '<text x="8" y="22" font-weight="bold">Characters a CPU second (logarithmic)</text>'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{50 + len(shown) * height}" font-family="sans-serif" font-size="13">'
            f"{title}{''.join(bars)}</svg>\n")  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps([asdict(each) for each in main(sys.argv[1:])]) + "\n")
