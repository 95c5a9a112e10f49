"""What is done to one raw file, as pure functions of its bytes: split → rows, extract → rows.

A shard keeps the rows of one file and one stage under a key over everything they depend on: the bytes,
the facts from outside, and the fingerprints of code, lexicons and gazetteer. The same key always means
the same rows, so a shard that exists is never made again, whoever made it.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import content, gazetteer, recognise, shards
from .content import Content, Stored, blocks
from .documents import articles, split_rows
from .errors import InputError, PipelineError
from .extract import Resources, extract
from .fingerprint import components
from .model import Source
from .schema import TABLES, BylineRow, Row

_COMMON_BYTES = 10**6  # a file of this size takes some 13 s of CPU, a 20th of the usual limit
_LARGEST = 2**31 - 1  # bytes: offsets are 32 bits


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is told besides the raw folder; part of every key."""

    gazetteers: tuple[Path, ...] = ()
    text_column: str | None = None  # of JSONL, CSV and Parquet dumps
    recogniser: str = "crf"  # beside the rules: rules (none), crf or hanlp
    model: str | None = None  # of the recogniser, where it is not its own


@dataclass(frozen=True, slots=True)
class Task:
    """One raw file to be split and, if `facts`, extracted, below `out`. With a `split_key` the raw file is not read again."""

    source: Source
    out: Path
    settings: Settings
    facts: bool = True
    split_key: str | None = None
    sha256: str | None = None
    versions: str | None = None  # what the run goes by: a worker that goes by another code or lexicon ends it

    @property
    def weight(self) -> float:
        """How many times the limit of time a large file may take."""
        try:
            size = self.source.path.stat().st_size
        except OSError:
            return 1.0
        return size / _COMMON_BYTES


@dataclass(frozen=True, slots=True)
class Result:
    """Where a task's rows are kept, and what they cost in seconds a stage; nothing where they were there already."""

    sha256: str | None
    split_key: str
    facts_key: str | None
    made: tuple[str, ...]  # the stages that had to be done
    seconds: Mapping[str, float]


@cache
def resources(settings: Settings) -> Resources:
    """The read-only resources of this process, made once."""
    return Resources(gazetteer.load(settings.gazetteers), recognise.load(settings.recogniser, settings.model))


def split_versions(settings: Settings) -> dict[str, str]:
    """What the rows of the split stage depend on besides the file: name → fingerprint."""
    known = resources(settings).gazetteer.fingerprint
    return {**components("documents"), "gazetteer": known}


def facts_versions(settings: Settings) -> Mapping[str, str]:
    """What the rows of the extract stage depend on besides those of the split stage: name → fingerprint."""
    used = resources(settings).recogniser
    return {**components("extract"), "recogniser": f"{used.name} {used.version}" if used else "rules"}


def versions(settings: Settings) -> str:
    """One name for all that the rows of both stages depend on besides the files."""
    return _key(*sorted(split_versions(settings).items()), *sorted(facts_versions(settings).items()))


def split_key(source: Source, sha256: str, settings: Settings) -> str:
    outside = (source.name, source.published_on, source.published_from, source.locality, source.source)
    return _key(
        "split",
        sha256,
        settings.text_column,
        *outside,
        *sorted(split_versions(settings).items()),
    )


def facts_key(split: str, settings: Settings) -> str:
    return _key("facts", split, *sorted(facts_versions(settings).items()))


def _key(*parts: object) -> str:
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a raw file's bytes hash to, and the keys of its shards."""

    sha256: str
    split: str
    facts: str


def keys(source: Source, data: Content, settings: Settings) -> Keys:
    """The keys of a raw file's rows: what `run` makes and what `plan` says it would make."""
    digest = hashlib.sha256()
    for block in blocks(data):
        digest.update(block)
    sha256 = digest.hexdigest()
    split = split_key(source, sha256, settings)
    return Keys(sha256, split, facts_key(split, settings))


def read_bytes(source: Source) -> Content:
    """The file's bytes; those of a large one are read when they are needed. Raises InputError E103 where it cannot be read."""
    try:
        size = source.path.stat().st_size
        if size > _LARGEST:
            raise InputError("E103", "larger than 2 GiB")
        if size <= content.HELD:
            return source.path.read_bytes()
        with source.path.open("rb"):
            return Stored(lambda: source.path.open("rb"), size)
    except OSError as error:
        raise InputError("E103", f"cannot be read: {error.strerror}") from None


def process(task: Task) -> Result:
    """Read, split and extract one raw file, or find its shards.

    Raises InputError where the file cannot be read, WorkerError E304 where a row breaks an invariant, PipelineError E307
    where code or lexicons are no longer those that the run began with.
    """
    if task.versions not in (None, versions(task.settings)):
        raise PipelineError("E307", "the code, a lexicon or the divisions changed while the run was on", "run again")
    seconds: Counter[str] = Counter()
    rows: list[Row] | None = None
    sha256, split = task.sha256, task.split_key
    if split is None:
        sha256, split, rows = _split_file(task, seconds)
    facts = _extract_shard(task, split, rows, seconds)
    made = tuple(stage for stage in ("split", "extract") if stage in seconds)
    return Result(sha256, split, facts, made, dict(seconds))


def _split_file(task: Task, seconds: Counter[str]) -> tuple[str, str, list[Row] | None]:
    """The file's hash, the key of its shard, and its rows where they had to be made."""
    with timed(seconds, "read"):
        data = read_bytes(task.source)
        found = keys(task.source, data, task.settings)
    path = shards.shard_path(task.out, found.split)
    if shards.has_shard(path):
        return found.sha256, found.split, None
    with timed(seconds, "split"):
        rows = shards.write_shard(path, _split(task, data, found))
    return found.sha256, found.split, rows


def _split(task: Task, data: Content, found: Keys) -> Iterator[Row]:
    """The rows, once it is sure that they are of the bytes that the keys were made from."""
    yield from split_rows(task.source, data, found.sha256, resources(task.settings), task.settings.text_column)
    if isinstance(data, Stored) and keys(task.source, data, task.settings) != found:
        raise InputError("E103", "changed while it was read", "run again when it is whole")


def _extract_shard(task: Task, split: str, rows: list[Row] | None, seconds: Counter[str]) -> str | None:
    """The key of the extracted rows; None where they are neither there nor wanted."""
    key = facts_key(split, task.settings)
    path = shards.shard_path(task.out, key)
    if shards.has_shard(path):
        return key
    if not task.facts:
        return None
    tools = resources(task.settings)
    with timed(seconds, "extract"):
        chunks = _kept(shards.shard_path(task.out, split)) if rows is None else iter((rows,))
        shards.write_shard(path, (row for chunk in chunks for row in fact_rows(chunk, tools)))
    return key


def _kept(path: Path) -> Iterator[list[Row]]:
    """The rows of a shard, those of whole articles at a time."""
    for tables in shards.read_shard(path):
        yield [TABLES[name](*each) for name, several in tables.items() for each in several]


@contextmanager
def timed(seconds: Counter[str], stage: str) -> Iterator[None]:
    """Adds the CPU seconds of the block to the stage's."""
    began = time.process_time()
    try:
        yield
    finally:
        seconds[stage] += time.process_time() - began  # type: ignore[assignment]


def fact_rows(rows: Iterable[Row], tools: Resources) -> Iterator[Row]:
    """What the extractors find in articles, from their rows."""
    for article, credited in articles(rows):
        for row in extract(article, credited, tools):
            if not isinstance(row, BylineRow):
                yield row
