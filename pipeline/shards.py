"""The rows of a raw file on disk between the stages, and the rows of a table that cannot be held while they are gathered.

A shard holds one file's rows of one stage in chunks of whole articles: packed JSON, the length before it; before the first
chunk stands the SHA-256 of all. Shards are not synced: a sync takes longer than a short document (7 ms, measured), and a
shard that a power cut tore is seen by its hash and made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .errors import OutputError
from .schema import Row, columns, values
from .store import STATE, replacing, unwritten

_CHUNK = 20_000  # rows that are held until they are written


def shard_path(out: Path, key: str) -> Path:
    return out / STATE / "shards" / key[:2] / f"{key}.rows"


def write_shard(path: Path, rows: Iterable[Row]) -> list[Row] | None:
    """Keep the rows of one raw file, written as they come. Returns them where they are few enough to be held."""
    digest = hashlib.sha256()
    first: list[Row] | None = None
    count = 0
    with replacing(path, durable=False) as file:
        file.write(digest.digest())
        for count, chunk in enumerate(_chunks(rows), 1):
            first = chunk if count == 1 else None
            body = _packed(chunk)
            digest.update(body)
            file.write(body)
        file.seek(0)
        file.write(digest.digest())
    return first if count else []


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows of whole articles, `_CHUNK` and those of one article at most."""
    chunk: list[Row] = []
    for _, group in groupby(rows, lambda row: getattr(row, "article_id", None)):
        chunk += group
        if len(chunk) >= _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _packed(rows: Iterable[Row]) -> bytes:
    tables: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(values(row))
    text = json.dumps(tables, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
    body = zlib.compress(text.encode(), 1)
    return len(body).to_bytes(8, "big") + body


def read_shard(path: Path) -> Iterator[dict[str, list[list[Any]]]]:
    """The values of a shard's rows by table, chunk by chunk. Raises OutputError E203 where it is gone or damaged."""
    if not has_shard(path):
        raise OutputError("E203", f"{path} is gone or damaged", "run the pipeline again")
    with path.open("rb") as file:
        file.seek(32)
        while size := file.read(8):
            tables: dict[str, list[list[Any]]] = json.loads(zlib.decompress(file.read(int.from_bytes(size, "big"))))
            for name, rows in tables.items():
                for n in _dates(name):
                    for row in rows:
                        row[n] = row[n] and date.fromisoformat(row[n])
            yield tables


def has_shard(path: Path) -> bool:
    """Whether the shard is there and whole."""
    try:
        with path.open("rb") as file:
            return file.read(32) == hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError:
        return False


@cache
def _dates(table: str) -> tuple[int, ...]:
    """The columns that JSON holds as text."""
    return tuple(n for n, each in enumerate(columns(table)) if pa.types.is_date(each.type))


def sweep_shards(out: Path, keep: pa.ChunkedArray) -> int:
    """Remove the shards whose keys are not among those of the current run, and what was left half written; returns how many."""
    count = 0
    for folder in sorted((out / STATE / "shards").glob("*")):
        known = frozenset(keep.filter(pc.starts_with(keep, folder.name)).to_pylist())
        for path in [path for path in folder.iterdir() if path.stem not in known]:
            count += 1
            with suppress(OSError):  # it costs room, no more
                path.unlink(missing_ok=True)
    return count


# Tables that are too large to be held while they are gathered: files beside the shards, of no worth after the run.


@contextmanager
def spill_folder(out: Path) -> Iterator[Path]:
    """A folder for what cannot be held, for who holds the lock; removed at the end, and what a crash left of it before."""
    folder = out / STATE / "spill"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def spill(path: Path, table: pa.Table) -> None:
    """Add rows to a file. Raises OutputError E202."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)
    except OSError as error:
        raise unwritten(path, error) from error


def forget(folder: Path) -> None:
    """Remove the files of a table."""
    shutil.rmtree(folder, ignore_errors=True)


def spilled(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The rows that were added to a file, in order, a table each time."""
    with pa.OSFile(str(path)) as source:
        while source.tell() < source.size():
            with pa.ipc.open_stream(source) as reader:
                yield reader.read_all().select(columns)
