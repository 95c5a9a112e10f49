"""Bytes of a compressed file or an archive → its members, nothing unpacked to disk and nothing without bounds.
A large member is not held: it is unpacked once to be counted, and again whenever it is read.

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
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Any, Final

import pyarrow as pa

from . import content
from .content import Content, Stored, cut, opened, size
from .errors import InputError
from .names import is_dump, readable

MEMBER_LIMIT = 2 << 30  # bytes that one member may have
TOTAL_LIMIT = 4 << 30  # bytes that all members of a file may have together
MEMBERS_LIMIT = 100_000
RATIO_LIMIT = 500  # Chinese text shrinks to a tenth at best, a page of nothing but one line to a three-hundredth
DEPTH_LIMIT = 3  # a zip of a tar of a gz

_CHUNK = 1 << 20
_FREE = 16 << 20  # bytes that anything may grow to, whatever its ratio
_MAGIC: Final = ((b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zst"))
_OPEN: Final[Mapping[str, Callable[[IO[bytes]], Any]]] = {
    "gz": lambda stream: gzip.GzipFile(fileobj=stream),
    "bz2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zst": lambda stream: pa.CompressedInputStream(stream, "zstd"),
}
_SUFFIX = re.compile(r"\.(?:gz|bz2|xz|zst)$|\.(t)(?:gz|bz2|xz|zst)$", re.IGNORECASE)
_CLIMBS = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:")
_BROKEN: Final = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, pa.ArrowException, OSError, EOFError, ValueError,
    NotImplementedError, RuntimeError, LookupError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file within a file: its path there, empty for the file itself, and its bytes or why they cannot be had."""

    path: str
    name: str  # what its format goes by: the name without .gz and the like
    data: Content
    error: InputError | None = None


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked from one raw file."""

    limit: int
    total: int = 0
    members: int = 0

    @property
    def spent(self) -> bool:
        return self.total > self.limit or self.members > MEMBERS_LIMIT

    def take(self, kind: str, open_stream: Callable[[], Any], again: Callable[[], Any]) -> Content | InputError:
        """All that a stream gives, held or to be had from another such stream, or why it cannot be had."""
        parts: list[bytes] = []
        taken = 0
        try:
            with open_stream() or io.BytesIO() as stream:
                while chunk := stream.read(_CHUNK):
                    taken += len(chunk)
                    self.total += len(chunk)
                    if taken > MEMBER_LIMIT or self.spent:
                        return InputError("E107", f"over the limits after {taken:,} bytes", "unpack it yourself")
                    if taken <= content.HELD:
                        parts.append(bytes(chunk))
                    else:
                        parts.clear()
        except _BROKEN as error:
            return _broken(kind, error)
        return b"".join(parts) if taken <= content.HELD else Stored(again, taken)


def unpack(name: str, data: Content) -> Iterator[Member]:
    """The members of a file in its order; the file itself where it is no archive."""
    limit = min(TOTAL_LIMIT, max(_FREE, RATIO_LIMIT * size(data)))
    return _unpack("", PurePosixPath(name).name, data, _Budget(limit), 0)


def _unpack(path: str, name: str, data: Content, budget: _Budget, depth: int) -> Iterator[Member]:
    kind = _kind(name, cut(data, 0, 4096))
    if kind is None:
        yield Member(path, name, data)
    elif depth == DEPTH_LIMIT:
        yield Member(path, name, b"", InputError("E107", f"archives within archives, more than {DEPTH_LIMIT} deep"))
    elif kind in ("zip", "tar"):
        yield from _members(path, kind, data, budget, depth)
    else:
        stream = partial(_unpacked, kind, data)
        inner = budget.take(kind, stream, stream)
        if isinstance(inner, InputError):
            yield Member(path, name, b"", inner)
        else:
            name = _SUFFIX.sub(lambda match: ".tar" if match[1] else "", name)
            yield from _unpack(path, name, inner, budget, depth + 1)


@contextmanager
def _unpacked(kind: str, data: Content) -> Iterator[IO[bytes]]:
    with opened(data) as packed, _OPEN[kind](packed) as stream:
        yield stream


def _kind(name: str, data: bytes) -> str | None:
    """The kind of archive by its first bytes. A document of an office program is a zip archive, but none to unpack."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None if b"[Content_Types].xml" in data[:4096] or name.lower().endswith(".docx") else "zip"
    return "tar" if data[257:262] == b"ustar" or name.lower().endswith(".tar") else None


def _members(path: str, kind: str, data: Content, budget: _Budget, depth: int) -> Iterator[Member]:
    """The members of a zip or tar archive, and those of archives among them."""
    seen: Counter[str] = Counter()
    try:
        for name, found in (_in_zip if kind == "zip" else _in_tar)(data, budget):
            seen[name] += 1
            inner = "/".join(filter(None, (path, name))) + (f" ({seen[name]})" if seen[name] > 1 else "")
            if isinstance(found, InputError):
                yield Member(inner, name, b"", found)
            else:
                yield from _unpack(inner, PurePosixPath(name).name, found, budget, depth + 1)
            if budget.spent:
                what = f"over the limits after {budget.members:,} members and {budget.total:,} bytes"
                yield Member(path, "", b"", InputError("E107", what, "unpack it yourself"))
                return
    except _BROKEN as error:
        yield Member(path, "", b"", _broken(kind, error))


def _in_zip(data: Content, budget: _Budget) -> Iterator[tuple[str, Content | InputError]]:
    with opened(data) as packed, zipfile.ZipFile(packed) as archive:
        for entry in archive.infolist():
            name = _zip_name(entry).replace("\\", "/")
            if entry.is_dir() or not is_dump(name):
                continue
            budget.members += 1
            if entry.flag_bits & 0x1:
                yield name, InputError("E107", "encrypted", "decrypt it yourself")
            else:
                again = partial(_zipped, data, entry)
                yield name, _climbs(name) or budget.take("zip", partial(archive.open, entry), again)


@contextmanager
def _zipped(data: Content, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    with opened(data) as packed, zipfile.ZipFile(packed) as archive, archive.open(entry) as stream:
        yield stream


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: without a flag for UTF-8 it is in the encoding of the machine that packed it."""
    if entry.flag_bits & 0x800:
        return entry.filename
    return readable(entry.filename.encode("cp437", "replace").decode("utf8", "surrogateescape"))


def _in_tar(data: Content, budget: _Budget) -> Iterator[tuple[str, Content | InputError]]:
    with opened(data) as packed, tarfile.open(fileobj=packed, mode="r:") as archive:
        for entry in archive:
            name = readable(entry.name).replace("\\", "/")
            if entry.isdir() or not is_dump(name):
                continue
            budget.members += 1
            if not entry.isreg():
                yield name, InputError("E107", "a link or a device, no file")
            else:
                again = partial(_tarred, data, entry)
                yield name, _climbs(name) or budget.take("tar", partial(archive.extractfile, entry), again)


@contextmanager
def _tarred(data: Content, entry: tarfile.TarInfo) -> Iterator[IO[bytes]]:
    with opened(data) as packed, tarfile.open(fileobj=packed, mode="r:") as archive, archive.extractfile(entry) or io.BytesIO() as stream:  # fmt: skip
        yield stream


def _climbs(name: str) -> InputError | None:
    return InputError("E107", "its path climbs out of the archive") if _CLIMBS.search(name) else None


def _broken(kind: str, error: Exception) -> InputError:
    return InputError("E107", f"broken {kind}: {error}".rstrip(": "), "make it anew")
