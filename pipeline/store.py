"""The only writer, with `shards`: atomic files, the lock, publishing; and how an output folder is read back.

    OUT/<table>/part-0.parquet   the published tables, sorted, zstd, the run's id in the metadata
    OUT/manifest.json            written last: what the folder holds and how it came about
    OUT/inputs.parquet           the raw files that it was made from, with their hashes
    OUT/README.md                the data dictionary
    OUT/.xianzhi/                lock, shards (the rows of one document, named by content key), staging

Every file is written beside its place and renamed, what is published is synced before; a reader sees the old or the new one. A crash
before the manifest leaves the old manifest: readers refuse the mixture, and the next run publishes again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .errors import LockedError, OutputError, UsageError
from .schema import TABLES, arrow_of, arrow_schema

STATE = ".xianzhi"
_INPUTS = "inputs.parquet"
_ROW_GROUP = 1_000_000  # rows; 128k groups cost 9 % of size and gain nothing in DuckDB (10M rows)
_ROW_GROUPS: Final = {
    "articles": 50_000,
    "documents": 100_000,
}  # with texts a million would be gigabytes, with paths and hashes half a one


def open_output(out: Path, *, private: bool = False) -> None:
    """Make `out` ready to be written; its state, if `private`, is the owner's alone. Raises OutputError E201 where it holds something else, E202 where it cannot be written."""
    try:
        if out.exists() and not out.is_dir():
            raise OutputError("E201", f"{out} is a file", "name a folder")
        if out.exists() and not (out / STATE).is_dir() and any(p.name != ".gitkeep" for p in out.iterdir()):
            raise OutputError(
                "E201", f"{out} holds something that xianzhi did not write", "name an empty or new folder"
            )
        (out / STATE / "shards").mkdir(parents=True, exist_ok=True)
        if private:
            (out / STATE).chmod(0o700)
    except OSError as error:
        raise unwritten(out, error) from None


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the output folder, and remove what a crash left staged in it. Raises LockedError E401 that says who holds it and since when; freed by the kernel if we die."""
    try:
        file = (out / STATE / "lock").open("ab+", buffering=0)
    except OSError as error:
        raise unwritten(out, error) from None
    with file:
        if not _take(file, fcntl.LOCK_EX, 10):  # a reader that looks for a writer holds it for an instant
            file.seek(0)
            holder = file.read().decode(errors="replace").strip() or "an unknown process"
            raise LockedError("E401", f"{out} is in use by {holder}", "wait for it or stop it")
        with suppress(OSError):  # who holds it is a courtesy; holding it is what counts
            file.truncate(0)
            holder = f"process {os.getpid()} on {socket.gethostname()} since {time.strftime('%Y-%m-%d %H:%M:%S')}"
            file.write(holder.encode("utf8", "replace"))
        shutil.rmtree(out / STATE / "staging", ignore_errors=True)  # only now: until then it may be another's
        yield


def _take(file: IO[bytes], kind: int, tries: int) -> bool:
    """Whether the lock could be had."""
    for n in range(tries):
        if n:
            time.sleep(0.02)
        with suppress(BlockingIOError):
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return True
    return False


def _is_written(out: Path) -> bool:
    """Whether a run holds the output folder at this moment."""
    try:
        with (out / STATE / "lock").open("rb") as file:
            return not _take(file, fcntl.LOCK_SH, 1)
    except OSError:
        return False  # copied somewhere without its state, or not ours to open


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside the target, sync, rename, sync the folder. Raises OutputError E202, and then the old file stays."""
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """A file beside the target, which it replaces at the end, synced if `durable`. If anything fails the old one stays; raises OutputError E202."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")  # two machines may write the same shard at once
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
        if durable:
            _sync_folder(path.parent)
    except Exception as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise unwritten(path, error) from error
        raise


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A path beside a new target to write a file or folder to; moved there at the end. Raises OutputError E204 where the target exists, E202."""
    if target.exists():
        raise OutputError("E204", f"{target} exists", "name a new one, or remove it")
    path = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield path
        path.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise unwritten(target, error) from error
    finally:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):
            path.unlink()


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(out: Path, tables: Mapping[str, tuple[str, Iterable[pa.Table]]], *, manifest: Mapping[str, Any], readme: str,
            inputs: pa.Table, drop: Iterable[str] = ()) -> None:  # fmt: skip
    """Replace the given tables (name → run id, rows in order of the key), the README and the inputs, remove the tables to `drop`, and replace the manifest, with the files' hashes, last.

    All is written and synced first, so that a full disk leaves the old output; what fails afterwards is undone.
    Raises OutputError E202.
    """
    staging = out / STATE / "staging"
    entries = {name: dict(entry) for name, entry in manifest["tables"].items()}
    try:
        staging.mkdir(exist_ok=True)
        for name, (run_id, pieces) in tables.items():
            path = staging / name / "part-0.parquet"
            path.parent.mkdir(exist_ok=True)
            _write_parquet(path, name, pieces, run_id)
            entries[name]["sha256"] = _sha256(path)
        pq.write_table(inputs, staging / _INPUTS, compression="zstd")
        _sync(staging / _INPUTS)
        _write_synced(staging / "README.md", readme.encode())
        hashes = {"inputs": _sha256(staging / _INPUTS), "readme": hashlib.sha256(readme.encode()).hexdigest()}
        record = {**manifest, "tables": entries, **hashes}
        _write_synced(staging / "manifest.json", (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode())
        names = [f"{name}/part-0.parquet" for name in tables]
        strange = {p.relative_to(out).as_posix() for name in tables for p in (out / name).glob("*.parquet")} - {*names}
        _swap(staging, out, [*names, "README.md", _INPUTS, "manifest.json"], [*drop, *sorted(strange)])
    except OSError as error:
        raise unwritten(out, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def unwritten(path: Path, error: OSError) -> OutputError:
    return OutputError(
        "E202", f"{path} cannot be written: {error.strerror}", "free space or mend permissions, then run again"
    )


def _swap(staging: Path, out: Path, names: Iterable[str], drop: Iterable[str]) -> None:
    """Put the staged files in their places, in order, and tables out of the way; if one step fails, undo those before it."""
    before = staging / "before"
    before.mkdir()
    undo: list[Callable[[], object]] = []
    try:
        for name in drop:
            target, kept = out / name, before / name.replace("/", ".")
            if target.exists():
                target.replace(kept)
                undo.append(partial(kept.replace, target))
        for name in names:
            target, kept = out / name, before / name.replace("/", ".")
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                _keep(target, kept)
                undo.append(partial(kept.replace, target))
            else:
                undo.append(target.unlink)
            (staging / name).replace(target)
            _sync_folder(target.parent)
    except OSError:
        for step in reversed(undo):
            with suppress(OSError):  # the next run heals what stays
                step()
        raise


def _keep(path: Path, copy: Path) -> None:
    try:
        os.link(path, copy)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, copy)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def changed_files(out: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """The published files, relative to `out`, that are not what the manifest says they are."""
    known = {f"{name}/part-0.parquet": entry["sha256"] for name, entry in record["tables"].items()}
    for name, sha256 in {**known, "README.md": record.get("readme"), _INPUTS: record.get("inputs")}.items():
        if _sha256(out / name) != sha256:
            yield name
    for path in sorted(path for name in record["tables"] for path in (out / name).glob("*")):
        if path.relative_to(out).as_posix() not in known:
            yield path.relative_to(out).as_posix()


def _write_parquet(path: Path, name: str, pieces: Iterable[pa.Table], run_id: str) -> None:
    schema = arrow_schema(name)
    schema = schema.with_metadata({**schema.metadata, b"run_id": run_id.encode()})
    size = _ROW_GROUPS.get(name, _ROW_GROUP)
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, store_schema=True) as writer:
        for group in _groups(schema, pieces, size):
            writer.write_table(group, row_group_size=size)
    _sync(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _groups(schema: pa.Schema, pieces: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """The pieces cut anew, so many rows each, the last with fewer; one without rows where there are none."""
    rest, count = arrow_of(schema, ()), 0
    for piece in pieces:
        rest = pa.concat_tables([rest, piece.replace_schema_metadata(schema.metadata)])
        while rest.num_rows >= size:
            yield rest.slice(0, size).combine_chunks()
            rest, count = rest.slice(size), count + 1
    if rest.num_rows or not count:
        yield rest.combine_chunks()


def manifest(out: Path) -> dict[str, Any]:
    """The record of the run that the folder holds. Raises UsageError E005 where there is none."""
    try:
        record = json.loads((out / "manifest.json").read_text(encoding="utf8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError("E005", f"{out} holds no output of xianzhi", "run `cli.py run RAW OUT` first") from None
    except ValueError:
        raise OutputError("E203", f"{out}/manifest.json is damaged", "run the pipeline again") from None
    if not isinstance(record, dict) or record.get("tool") != "xianzhi":
        raise UsageError("E005", f"{out}/manifest.json is not xianzhi's", "name an output folder")
    return record


def read_inputs(out: Path) -> pa.Table:
    """The inputs of the run that the folder holds. Raises OutputError E203 where their file is damaged or gone."""
    return _read_parquet(out / _INPUTS)


def read_table(out: Path, name: str, columns: Sequence[str] | None = None, where: pc.Expression | None = None) -> pa.Table:  # fmt: skip
    """A published table, or some columns of it, or of the rows `where` something holds. Raises as `read_tables` does."""
    return read_tables(out, (name,), columns, where)[name]


def shape(out: Path, name: str) -> tuple[pa.Schema, int]:
    """The columns of a published table and the number of its rows. Raises OutputError E203 as `pieces` does."""
    with _opened(out, name) as file:
        return file.schema_arrow, file.metadata.num_rows


def pieces(out: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """A published table, or some columns of it, so many rows at a time. Raises OutputError E203 where it is damaged or of another run than the manifest's."""
    with _opened(out, name) as file:
        for batch in file.iter_batches(_PIECE, columns=None if columns is None else list(columns)):
            yield pa.Table.from_batches([batch])


def read_tables(out: Path, names: Iterable[str], columns: Sequence[str] | None = None, where: pc.Expression | None = None) -> dict[str, pa.Table]:  # fmt: skip
    """Published tables, all of one run, whatever is published meanwhile. Rows that are not wanted are left out as they are read,
    and parts of a file that hold none of them are not read.

    Raises UsageError E005 for a name that is no table or was not written, OutputError E203 where one is damaged or
    of another run than the manifest's, as after a crash.
    """
    wanted = tuple(names)
    for name in wanted:
        if name not in TABLES:
            raise UsageError("E005", f"no table {name!r}", f"one of {', '.join(TABLES)}")
    for _ in range(_PATIENCE):
        seen, record = _stamp(out), manifest(out)
        for name in wanted:
            if name not in record["tables"]:
                raise UsageError("E005", f"{out} has no table {name}", "run the stage that writes it")
        tables = {name: _read_parquet(out / name / "part-0.parquet", columns, where) for name in wanted}
        whole = all(_run_id(table.schema) == record["tables"][name]["run_id"] for name, table in tables.items())
        written = _is_written(out)  # before the manifest is looked at again: who finished in between has changed it
        if _stamp(out) == seen and (whole or not written):
            break
        time.sleep(0.05)  # a run is publishing: its manifest follows within moments
    if whole:
        return tables
    raise _not_whole(out)


_PATIENCE = 200
_PIECE = 50_000  # rows


def _damaged(path: Path) -> OutputError:
    return OutputError("E203", f"{path} is damaged or gone", "run the pipeline again")


def _not_whole(out: Path) -> OutputError:
    return OutputError("E203", f"{out} is not whole: a run was stopped while it published", "run the pipeline again")


def _stamp(out: Path) -> tuple[int, int]:
    """Tells one manifest from the next, though they may say the same."""
    try:
        found = (out / "manifest.json").stat()
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def _run_id(schema: pa.Schema) -> str:
    run_id: bytes = (schema.metadata or {}).get(b"run_id", b"")
    return run_id.decode(errors="replace")


@contextmanager
def _opened(out: Path, name: str) -> Iterator[pq.ParquetFile]:
    """The file of a table, opened once: what is opened twice may be of two runs."""
    path = out / name / "part-0.parquet"
    try:
        with pa.OSFile(str(path)) as source, pq.ParquetFile(source) as file:
            if _run_id(file.schema_arrow) != manifest(out)["tables"][name]["run_id"]:
                raise _not_whole(out)
            yield file
    except (OSError, pa.ArrowException):
        raise _damaged(path) from None


def _read_parquet(path: Path, columns: Sequence[str] | None = None, where: pc.Expression | None = None) -> pa.Table:
    try:
        with pa.OSFile(str(path)) as source:
            return pq.read_table(source, columns=None if columns is None else list(columns), filters=where)
    except (OSError, pa.ArrowException):
        raise _damaged(path) from None
