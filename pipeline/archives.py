"""Bytes of a compressed file or an archive → its members, nothing unpacked to disk and nothing without bounds.

gz, bz2, xz and zst files, zip and tar archives, and these within each other. A member that cannot be had is a
member with an error: one that is over the limits, whose path climbs out, that is encrypted, or broken.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

import pyarrow as pa

from .errors import InputError
from .names import is_dump

MEMBER_LIMIT = 2 << 30  # bytes that one member may have
TOTAL_LIMIT = 4 << 30  # bytes that all members of a file may have together
MEMBERS_LIMIT = 100_000
RATIO_LIMIT = 500  # Chinese text shrinks to a tenth at best, a page of nothing but one line to a three-hundredth
DEPTH_LIMIT = 3  # a zip of a tar of a gz

_CHUNK = 1 << 20
_FREE = 16 << 20  # bytes that anything may grow to, whatever its ratio
_COMPRESSED: Final = (
    (b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zst"),
)  # fmt: skip
_SUFFIX = re.compile(r"\.(gz|bz2|xz|zst)$|\.(t)(?:gz|bz2|xz|zst)$", re.IGNORECASE)
_CLIMBS = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")
_BROKEN: Final = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, pa.ArrowException, OSError, EOFError, ValueError,
    NotImplementedError, RuntimeError, KeyError, IndexError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file within a file: its path there, empty for the file itself, and its bytes or why they cannot be had."""

    path: str
    name: str  # what its format goes by: the name without .gz and the like
    data: bytes
    error: InputError | None = None


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked from one raw file."""

    size: int
    total: int = 0
    members: int = 0

    def take(self, stream: IO[bytes] | pa.NativeFile) -> bytes:
        """All that a stream gives. Raises InputError E107 over a limit."""
        parts: list[bytes] = []
        size = 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            self.total += len(chunk)
            if size > MEMBER_LIMIT or self.total > min(TOTAL_LIMIT, max(_FREE, RATIO_LIMIT * self.size)):
                raise InputError("E107", f"unpacks to more than {self.total - 1:,} bytes", "unpack it yourself")
            parts.append(bytes(chunk))
        return b"".join(parts)


def unpack(name: str, data: bytes) -> Iterator[Member]:
    """The members of a file in its order; the file itself where it is no archive."""
    return _unpack("", name, data, _Budget(len(data)), 0)


def _unpack(path: str, name: str, data: bytes, budget: _Budget, depth: int) -> Iterator[Member]:
    kind = _kind(name, data)
    if not kind:
        yield Member(path, name, data)
    elif depth == DEPTH_LIMIT:
        yield Member(path, name, b"", InputError("E107", f"archives within archives, deeper than {DEPTH_LIMIT}"))
    elif kind in _OPENERS:
        try:
            with _broken(kind):
                inner = _decompress(kind, data, budget)
        except InputError as error:
            yield Member(path, name, b"", error)
            return
        name = _SUFFIX.sub(lambda match: ".tar" if match[2] else "", name)
        yield from _unpack(path, name, inner, budget, depth + 1)
    else:
        yield from _members(path, kind, data, budget, depth)


def _kind(name: str, data: bytes) -> str | None:
    """The kind of archive by its first bytes. A document of an office program is a zip archive, but none to unpack."""
    for magic, kind in _COMPRESSED:
        if data.startswith(magic):
            return kind
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None if b"[Content_Types].xml" in data[:4096] or name.lower().endswith(".docx") else "zip"
    return "tar" if data[257:262] == b"ustar" or name.lower().endswith(".tar") else None


_OPENERS: Final = {"gz": gzip.GzipFile, "bz2": bz2.BZ2File, "xz": lzma.LZMAFile, "zst": None}


def _decompress(kind: str, data: bytes, budget: _Budget) -> bytes:
    if kind == "zst":
        return budget.take(pa.CompressedInputStream(pa.BufferReader(data), "zstd"))
    opener: type[gzip.GzipFile] | type[bz2.BZ2File] | type[lzma.LZMAFile] = {
        "gz": gzip.GzipFile, "bz2": bz2.BZ2File, "xz": lzma.LZMAFile}[kind]  # type: ignore[assignment]  # fmt: skip
    with opener(fileobj=io.BytesIO(data)) if kind == "gz" else opener(io.BytesIO(data)) as stream:  # type: ignore[call-arg, arg-type]
        return budget.take(stream)


@contextmanager
def _broken(kind: str) -> Iterator[None]:
    """What the readers of archives raise on broken ones, as InputError E107."""
    try:
        yield
    except InputError:
        raise
    except _BROKEN as error:
        raise InputError("E107", f"broken {kind} archive: {error}".rstrip(": "), "make it anew") from None


def _members(path: str, kind: str, data: bytes, budget: _Budget, depth: int) -> Iterator[Member]:
    """The members of a zip or tar archive, and those of archives among them."""
    listing = _zip_members(data, budget) if kind == "zip" else _tar_members(data, budget)
    try:
        while True:
            with _broken(kind):
                entry = next(listing, None)
            if entry is None:
                return
            name, content = entry
            budget.members += 1
            if budget.members > MEMBERS_LIMIT:
                raise InputError("E107", f"more than {MEMBERS_LIMIT:,} members", "unpack it yourself")
            inner = f"{path}/{name}" if path else name
            if isinstance(content, InputError):
                yield Member(inner, name, b"", content)
            else:
                yield from _unpack(inner, name, content, budget, depth + 1)
    except InputError as error:
        yield Member(path, path or "", b"", error)


def _zip_members(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | InputError]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            name = _zip_name(entry)
            if entry.is_dir() or not is_dump(name):
                continue
            if _CLIMBS.search(name):
                yield _shown(name), InputError("E107", f"path climbs out of the archive: {name}")
            elif entry.flag_bits & 0x1:
                yield name, InputError("E107", "encrypted", "decrypt it yourself")
            else:
                yield name, _taken("zip", budget, lambda entry=entry: archive.open(entry))  # type: ignore[misc]


def _tar_members(data: bytes, budget: _Budget) -> Iterator[tuple[str, bytes | InputError]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for entry in archive:
            name = entry.name.encode("utf8", "surrogateescape").decode("utf8", "backslashreplace")
            if entry.isdir() or not is_dump(name):
                continue
            if _CLIMBS.search(name):
                yield _shown(name), InputError("E107", f"path climbs out of the archive: {name}")
            elif not entry.isreg():
                yield name, InputError("E107", "a link or device, no file")
            else:
                yield name, _taken("tar", budget, lambda entry=entry: archive.extractfile(entry))  # type: ignore[misc]
