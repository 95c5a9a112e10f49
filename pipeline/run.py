"""plan → map → link → publish: the batch jobs over the pure functions of `stages` and `link`.

`run` brings a raw folder to published tables; with `upto` it stops after a stage. `extract` and `link` go on
from what an output folder holds. Each holds the output's lock, makes only the shards that are missing,
publishes what it is asked for and returns a Report. An output whose tables would not change is left untouched.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from . import corrections, dictionary, engine, privacy, shards, sources, store
from .across import across
from .cluster import clustered
from .corrections import Correction
from .engine import Pool
from .errors import InputError, OutputError, UsageError
from .fingerprint import components
from .gather import STAGES, Over, due_tables, gather
from .inputs import Input, Inputs, outside
from .model import Lazy, Source
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


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be done in an output folder, what was told, and what it has cost so far."""

    out: Path
    told: Mapping[str, Any]
    settings: Settings
    stages: tuple[str, ...]
    pool: Pool
    progress: Progress | None
    seconds: Counter[str] = field(default_factory=Counter)  # of CPU by stage
    done: Counter[str] = field(default_factory=Counter)  # files by what had to be done

    def __post_init__(self) -> None:
        """Raises UsageError E003 where names cannot be hidden."""
        if self.private_names != "keep" and "link" not in self.stages:
            raise UsageError("E003", "who is private is known only after linking", "do everything with `cli.py run`")

    @property
    def private_names(self) -> str:
        return str(self.told.get("private_names", "keep"))


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
    job = _Job(out, told, settings, STAGES[: STAGES.index(upto) + 1], pool, progress)
    store.open_output(out, private=job.private_names != "keep")
    with store.locked(out):
        before = {} if retry_rejected else {each.path: each for each in last_inputs(out).rejected()}
        rest = [still_rejected(each, before.get(each.name), settings) for each in found]
        kept = [before[found[n].name] for n, rests in enumerate(rest) if rests]
        todo = array("L", (n for n, rests in enumerate(rest) if not rests))
        task = partial(Task, out=out, settings=settings, facts=upto != "split", versions=versions(settings))
        tasks = Lazy(lambda n: task(found[todo[n]]), len(todo))
        return _finished(job, tasks, kept)


def prepare(raw: Path, out: Path, *, published: date | None, locality: str | None, source: str | None,
            gazetteers: Sequence[Path], text_column: str | None, recogniser: str = "crf",
            model: str | None = None, private_names: str = "keep") -> tuple[Sequence[Source], Settings, dict[str, Any]]:  # fmt: skip
    """What `run` and `plan` begin with: the sources, the settings, and both as the manifest records them."""
    if raw.is_dir() and out.resolve().is_relative_to(raw.resolve()):
        raise OutputError("E201", f"{out} lies inside the raw folder", "name a folder outside it")
    found = sources.find(raw, published=published, locality=locality, source=source)
    told = {"raw": str(raw), "published": published.isoformat() if published else None, "locality": locality,
            "source": source, "gazetteers": [str(path) for path in gazetteers], "text_column": text_column,
            "recogniser": recogniser, "model": model, "private_names": privacy.checked(private_names)}  # fmt: skip
    return found, _settings(told, locality), told


def last_inputs(out: Path) -> Inputs:
    """The inputs of the run that the folder holds; none where it holds none."""
    try:
        return Inputs(store.read_inputs(out))
    except OutputError:
        return Inputs.of(())


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
    job = _Job(out, told, settings, stages, pool, progress)
    store.open_output(out, private=job.private_names != "keep")
    with store.locked(out):
        inputs = Inputs(store.read_inputs(out))
        good, kept, known = inputs.accepted(), inputs.rejected(), versions(settings)
        if "link" in stages and good.table["facts"].null_count:
            raise UsageError("E005", f"{out} is not extracted yet", f"run `cli.py extract {out}` first")

        def task(n: int) -> Task:
            return Task(good[n].source(), out, settings, split_key=good[n].split, sha256=good[n].sha256, versions=known)

        return _finished(job, Lazy(task, len(good)), kept)


def _settings(told: Mapping[str, Any], locality: str | None) -> Settings:
    """Settings whose resources load: a broken gazetteer or a missing model is one error here, not one a document."""
    paths = tuple(Path(path).resolve() for path in told["gazetteers"])
    settings = Settings(paths, told["text_column"], told.get("recogniser", "crf"), told.get("model"))
    known = resources(settings).gazetteer
    if locality and known.resolve(locality) is None:
        raise UsageError("E003", f"locality {locality!r} is not known", "give its full name, e.g. 浙江省衢州市柯城区")
    return settings


def _finished(job: _Job, tasks: Sequence[Task], kept: Iterable[Input]) -> Report:
    """Map the tasks, then publish the stages' tables and the manifest where anything changed."""
    began = time.monotonic()
    inputs = Inputs.of(chain(_map(tasks, job), kept))
    old = _last(job.out)
    lines = corrections.read(Path(job.told["raw"]))
    if not lines and old.get("corrections") and not Path(job.told["raw"]).exists():
        raise UsageError("E009", f"{job.told['raw']} is gone, and its corrections with it", "put the raw folder back")
    broken = {name.split("/")[0] for name in store.changed_files(job.out, old)}
    held = {name: each["run_id"] for name, each in old["tables"].items()}
    over = Over(corrections.fingerprint(lines) if lines else "", job.private_names)
    due, stale = due_tables(held, inputs, job.stages, broken, over)
    changed = bool(due or stale or broken - held.keys())
    record = _published(job, inputs, lines, old, due, stale) if changed else old
    return Report(
        str(job.out), dict(job.done), record["documents"], {name: entry["rows"] for name, entry in record["tables"].items()},
        tuple((path, reason) for path, reason in record["rejects"]), corrections.refused(record["corrections"]),
        dict(job.seconds), time.monotonic() - began, changed,
    )  # fmt: skip


def _published(job: _Job, inputs: Inputs, lines: Sequence[Correction], old: Mapping[str, Any], due: Mapping[str, str],
               stale: Sequence[str]) -> dict[str, Any]:  # fmt: skip
    """The manifest of what is published now: the tables that are due with their run ids, and those of `old` that are not stale."""
    tools = resources(job.settings)
    with shards.spill_folder(job.out) as folder:
        space = Space(folder)
        with timed(job.seconds, "store"):
            rows = gather(job.out, inputs, tools, space)
        with timed(job.seconds, "link"):
            rows, outcomes = across(rows, lines, job.stages, tools.gazetteer, space, job.private_names)
        left = {name: entry for name, entry in old["tables"].items() if name not in stale}
        documents, rejects = _counts(rows["documents"])
        record = {
            "tool": "xianzhi", "versions": _versions(job.settings), "settings": dict(job.told), "documents": documents,
            "rejects": rejects, "corrections": corrections.record(lines, outcomes),
            "tables": left | {name: {"run_id": each, "rows": rows[name].num_rows} for name, each in due.items()},
            "seconds": {stage: round(value, 3) for stage, value in sorted(job.seconds.items())},
        }  # fmt: skip
        fresh = {name: (each, rows[name]) for name, each in due.items()}
        readme = dictionary.readme(record)
        store.publish(job.out, fresh, drop=stale, manifest=record, readme=readme, inputs=inputs.table)
    shards.sweep_shards(job.out, inputs.keys())
    return record


def _counts(documents: Rows) -> tuple[dict[str, int], list[list[str]]]:
    """How many documents there are of each status, and the rejected ones: path, code and reason."""
    count, rejects = Counter[str](), list[list[str]]()
    for part in documents.parts(["path", "status", "error"]):
        count.update(part["status"].to_pylist())
        rejects += [[row["path"], row["error"]] for row in records(part.filter(pc.equal(part["status"], "rejected")))]
    return dict(sorted(count.items())), sorted(rejects)


def _map(tasks: Sequence[Task], job: _Job) -> Iterator[Input]:
    """What became of each task, in no order."""
    for count, outcome in enumerate(_outcomes(tasks, job.pool), 1):
        task = tasks[outcome.index]
        name, facts = task.source.name, outside(task.source)
        if isinstance(outcome, engine.Done):
            result = outcome.value
            job.seconds.update(result.seconds)
            job.done.update(result.made or ("cached",))
            yield Input(name, facts, result.sha256, result.split_key, result.facts_key)
        else:
            found = None if task.split_key else keys_of(task.source, task.settings)
            sha256, split, second = (found.sha256, found.split, found.facts) if found else (task.sha256, None, None)
            job.done["rejected"] += 1
            yield Input(name, facts, sha256, split, second, f"{outcome.code} {outcome.reason}")
        if job.progress:
            job.progress(count, len(tasks))


def _outcomes(tasks: Sequence[Task], pool: Pool) -> Iterator[engine.Outcome[Result]]:
    if pool.engine == "dask" and tasks:
        return clustered(process, tasks, pool, partial(versions, tasks[0].settings))
    return engine.run(process, tasks, pool)


def _last(out: Path) -> dict[str, Any]:
    """The manifest as it is, or one of nothing."""
    try:
        return store.manifest(out)
    except (UsageError, OutputError):
        return {"tables": {}, "documents": {}, "rejects": [], "corrections": []}


def _versions(settings: Settings) -> dict[str, Any]:
    """What the tables depend on besides the raw files."""
    return {
        "schema": SCHEMA_VERSION,
        "split": split_versions(settings),
        "extract": facts_versions(settings),
        "link": components("link"),
    }
