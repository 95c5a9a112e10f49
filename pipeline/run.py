"""plan → map → link → publish: the batch jobs over the pure functions of `stages` and `link`.

`run` brings a raw folder to published tables; with `upto` it stops after a stage. `extract` and `link` go on
from what an output folder holds. Each holds the output's lock, makes only the shards that are missing,
publishes what it is asked for and returns a Report. An output whose tables would not change is left untouched.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from . import corrections, dictionary, engine, privacy, shards, sources, store
from .across import across
from .cluster import clustered
from .corrections import Correction, Outcome
from .engine import Pool
from .errors import InputError, OutputError, UsageError
from .fingerprint import components
from .gather import STAGES, Input, due_tables, gather, outside
from .model import Source
from .schema import SCHEMA_VERSION
from .spill import Rows, Space, records
from .stages import (
    Keys,
    Result,
    Settings,
    Task,
    facts_versions,
    keys,
    process,
    read_bytes,
    resources,
    split_versions,
    timed,
    versions,
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a job did: files by the stages that had to be done, documents by status, rows by table, rejects, CPU seconds by stage."""

    out: str
    done: Mapping[str, int]  # split, extract, cached: files
    documents: Mapping[str, int]
    rows: Mapping[str, int]
    rejects: tuple[tuple[str, str], ...]  # path, code and reason
    refused: tuple[tuple[int, str], ...]  # a line of corrections.csv, and why it was left out
    seconds: Mapping[str, float]
    elapsed_s: float
    published: bool

    @property
    def exit_status(self) -> int:
        return 3 if self.rejects else 0


def run(raw: Path, out: Path, *, published: date | None = None, locality: str | None = None, source: str | None = None,
        gazetteers: Sequence[Path] = (), workers: int | None = None, limit_s: float = 300.0, limit_mb: int | None = None,
        engine: str = "processes", scheduler: str | None = None,
        progress: Progress | None = None, upto: str = "link", retry_rejected: bool = False,
        text_column: str | None = None, recogniser: str = "crf", model: str | None = None,
        private_names: str = "keep") -> Report:  # fmt: skip
    """Bring every dump below `raw` to the tables of `out`, as far as the stage `upto`: split, extract or link.

    What was rejected before and has not changed is not tried again without `retry_rejected`. `limit_s` and
    `limit_mb` are what one document may take in a worker process. The engine `dask` runs them on the cluster of
    `scheduler`, or on one of its own on this machine. Raises UsageError,
    OutputError or LockedError, and then nothing was published. Documents that cannot be read are rejected rows
    and make the report's exit status 3.
    """
    found, settings, told = prepare(
        raw, out, published=published, locality=locality, source=source, gazetteers=gazetteers,
        text_column=text_column, recogniser=recogniser, model=model, private_names=private_names,
    )  # fmt: skip
    pool = Pool(workers, limit_s, limit_mb, engine, scheduler)
    store.open_output(out)
    with store.locked(out):
        before = {} if retry_rejected else last_inputs(out)
        kept = [before[each.name] for each in found if still_rejected(each, before.get(each.name), settings)]
        names = {each.path for each in kept}
        known = versions(settings)
        tasks = [
            Task(each, out, settings, facts=upto != "split", versions=known)
            for each in found if each.name not in names
        ]  # fmt: skip
        return _job(out, tasks, told, settings, STAGES[: STAGES.index(upto) + 1], pool, progress, kept)


def prepare(raw: Path, out: Path, *, published: date | None, locality: str | None, source: str | None,
            gazetteers: Sequence[Path], text_column: str | None, recogniser: str = "crf",
            model: str | None = None, private_names: str = "keep") -> tuple[list[Source], Settings, dict[str, Any]]:  # fmt: skip
    """What `run` and `plan` begin with: the sources, the settings, and both as the manifest records them."""
    if raw.is_dir() and out.resolve().is_relative_to(raw.resolve()):
        raise OutputError("E201", f"{out} lies inside the raw folder", "name a folder outside it")
    found = sources.find(raw, published=published, locality=locality, source=source)
    told = {"raw": str(raw), "published": published.isoformat() if published else None, "locality": locality,
            "source": source, "gazetteers": [str(path) for path in gazetteers], "text_column": text_column,
            "recogniser": recogniser, "model": model, "private_names": privacy.checked(private_names)}  # fmt: skip
    return found, _settings(told, locality), told


def last_inputs(out: Path) -> dict[str, Input]:
    """The inputs of the run that the folder holds, by path; none where it holds none."""
    return {each["path"]: Input(**each) for each in _last(out)["inputs"]}


def still_rejected(source: Source, before: Input | None, settings: Settings) -> bool:
    """Whether the file was rejected before and nothing that its rows depend on has changed; what could not be read may now be."""
    if before is None or not before.error or not before.split or before.error.startswith("E103"):
        return False
    now = keys_of(source, settings)
    return now is not None and (now.split, now.facts) == (before.split, before.facts)


def keys_of(source: Source, settings: Settings) -> Keys | None:
    """The keys of a source as it lies there; None where it cannot be read."""
    try:
        return keys(source, read_bytes(source), settings)
    except InputError:
        return None


def extract(out: Path, *, workers: int | None = None, limit_s: float = 300.0, limit_mb: int | None = None,
            engine: str = "processes", scheduler: str | None = None,
            progress: Progress | None = None) -> Report:  # fmt: skip
    """Extract from the articles that `split` left in `out`, and publish the rows. Raises as `run` does."""
    return _resume(out, ("extract",), Pool(workers, limit_s, limit_mb, engine, scheduler), progress)


def link(out: Path, *, progress: Progress | None = None) -> Report:
    """Lay the corrections over the rows that `extract` left in `out`, link them, and publish what that changes. Raises as `run` does."""
    return _resume(out, ("extract", "link"), Pool(0), progress)


def _resume(out: Path, stages: tuple[str, ...], pool: Pool, progress: Progress | None) -> Report:
    record = store.manifest(out)
    told = record["settings"]
    settings = _settings(told, None)
    store.open_output(out)
    with store.locked(out):
        inputs = [Input(**each) for each in record["inputs"]]
        if "link" in stages and any(not each.facts and not each.error for each in inputs):
            raise UsageError("E005", f"{out} is not extracted yet", f"run `cli.py extract {out}` first")
        kept = [each for each in inputs if each.error]
        tasks = [
            Task(each.source(), out, settings, split_key=each.split, sha256=each.sha256, versions=versions(settings))
            for each in inputs if not each.error
        ]  # fmt: skip
        return _job(out, tasks, told, settings, stages, pool, progress, kept)


def _settings(told: Mapping[str, Any], locality: str | None) -> Settings:
    """Settings whose resources load: a broken gazetteer or a missing model is one error here, not one a document."""
    paths = tuple(Path(path).resolve() for path in told["gazetteers"])
    settings = Settings(
        paths, told["text_column"], told.get("recogniser", "crf"), told.get("model"), told.get("private_names", "keep")
    )
    known = resources(settings).gazetteer
    if locality and known.resolve(locality) is None:
        raise UsageError("E003", f"locality {locality!r} is not known", "give its full name, e.g. 浙江省衢州市柯城区")
    return settings


def _job(out: Path, tasks: Sequence[Task], told: Mapping[str, Any], settings: Settings, stages: tuple[str, ...],
         pool: Pool, progress: Progress | None, kept: Sequence[Input]) -> Report:  # fmt: skip
    """Map the tasks, then publish the stages' tables and the manifest where anything changed."""
    if settings.private_names != "keep" and "link" not in stages:
        raise UsageError("E003", "who is private is known only after linking", "do everything with `cli.py run`")
    began = time.monotonic()
    seconds: Counter[str] = Counter()
    done: Counter[str] = Counter()
    inputs = sorted([*_map(tasks, pool, progress, seconds, done), *kept], key=lambda each: each.path)
    old = _last(out)
    record = _record(old, told, settings, inputs)
    broken = {name.split("/")[0] for name in store.changed_files(out, old)}
    lines = corrections.read(Path(told["raw"]))
    if not lines and old.get("corrections") and not Path(told["raw"]).exists():
        raise UsageError("E009", f"{told['raw']} is gone, and its corrections with it", "put the raw folder back")
    held = {name: each["run_id"] for name, each in old["tables"].items()}
    due, stale = due_tables(held, inputs, stages, broken, corrections.fingerprint(lines) if lines else "")
    changed = bool(due or stale or "README.md" in broken)
    if changed:
        with shards.spill_folder(out) as folder:
            rows, outcomes = _rows(out, inputs, lines, stages, settings, folder, seconds)
            left = {name: entry for name, entry in old["tables"].items() if name not in stale}
            record["tables"] = left | {
                name: {"run_id": each, "rows": rows[name].num_rows} for name, each in due.items()
            }
            record["documents"], record["rejects"] = _counts(rows["documents"])
            record["corrections"] = corrections.record(lines, outcomes)
            record["seconds"] = {stage: round(value, 3) for stage, value in sorted(seconds.items())}
            fresh = {name: (each, rows[name]) for name, each in due.items()}
            store.publish(out, fresh, drop=stale, manifest=record, readme=dictionary.readme(record))
        shards.sweep_shards(out, frozenset(key for each in inputs for key in (each.split, each.facts) if key))
    return Report(
        str(out), dict(done), record["documents"], {name: entry["rows"] for name, entry in record["tables"].items()},
        tuple((path, reason) for path, reason in record["rejects"]), corrections.refused(record["corrections"]),
        dict(seconds), time.monotonic() - began, changed,
    )  # fmt: skip


def _rows(out: Path, inputs: Sequence[Input], lines: Sequence[Correction], stages: Sequence[str], settings: Settings,
          folder: Path, seconds: Counter[str]) -> tuple[dict[str, Rows], list[Outcome]]:  # fmt: skip
    """The rows of all tables as they are published, and what became of the corrections."""
    space, tools = Space(folder), resources(settings)
    with timed(seconds, "store"):
        rows = gather(out, inputs, tools, space)
    with timed(seconds, "link"):
        return across(rows, lines, stages, tools.gazetteer, space, settings.private_names)


def _counts(documents: Rows) -> tuple[dict[str, int], list[list[str]]]:
    """How many documents there are of each status, and the rejected ones: path, code and reason."""
    count, rejects = Counter[str](), list[list[str]]()
    for part in documents.parts(["path", "status", "error"]):
        count.update(part["status"].to_pylist())
        rejects += [[row["path"], row["error"]] for row in records(part.filter(pc.equal(part["status"], "rejected")))]
    return dict(sorted(count.items())), sorted(rejects)


def _map(tasks: Sequence[Task], pool: Pool, progress: Progress | None, seconds: Counter[str],
         done: Counter[str]) -> Iterable[Input]:  # fmt: skip
    """What became of each task, in no order."""
    for count, outcome in enumerate(_outcomes(tasks, pool), 1):
        task = tasks[outcome.index]
        name, facts = task.source.name, outside(task.source)
        if isinstance(outcome, engine.Done):
            result = outcome.value
            seconds.update(result.seconds)
            done.update(result.made or ("cached",))
            yield Input(name, facts, result.sha256, result.split_key, result.facts_key)
        else:
            found = None if task.split_key else keys_of(task.source, task.settings)
            sha256, split, second = (found.sha256, found.split, found.facts) if found else (task.sha256, None, None)
            done["rejected"] += 1
            yield Input(name, facts, sha256, split, second, f"{outcome.code} {outcome.reason}")
        if progress:
            progress(count, len(tasks))


def _outcomes(tasks: Sequence[Task], pool: Pool) -> Iterator[engine.Outcome[Result]]:
    if pool.engine == "dask" and tasks:
        return clustered(process, tasks, pool, partial(versions, tasks[0].settings))
    return engine.run(process, tasks, pool)


def _last(out: Path) -> dict[str, Any]:
    """The manifest as it is, or one of nothing."""
    try:
        return store.manifest(out)
    except (UsageError, OutputError):
        return {"tables": {}, "documents": {}, "rejects": [], "inputs": []}


def _record(old: Mapping[str, Any], told: Mapping[str, Any], settings: Settings, inputs: Sequence[Input]) -> dict[str, Any]:  # fmt: skip
    """The manifest to be, with the tables of earlier stages that stay as they are."""
    versions = {
        "schema": SCHEMA_VERSION,
        "split": split_versions(settings),
        "extract": facts_versions(settings),
        "link": components("link"),
    }
    return {
        "tool": "xianzhi", "versions": versions, "settings": dict(told), "documents": old["documents"],
        "rejects": old["rejects"], "corrections": old.get("corrections", []), "tables": dict(old["tables"]),
        "inputs": [asdict(each) for each in inputs],
    }  # fmt: skip
