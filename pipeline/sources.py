"""The raw folder → its Sources: every file to be read, with what is known of it from outside.

What a file's own line in sources.csv says counts most, then lines with a wildcard (the last that matches), then a
date in the file's name, then the options. Broken lines are one error that names them, before anything is read.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from .encoding import decode
from .errors import InputError, UsageError
from .model import Lazy, Source
from .names import day, day_in, is_dump, readable

SOURCES = "sources.csv"
_COLUMNS: Final = ("path", "published", "locality", "source")
_WILDCARD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of sources.csv; `pattern` matches the names that it speaks of, None where `name` is the one."""

    name: str
    pattern: re.Pattern[str] | None
    published: date | None
    locality: str | None
    source: str | None


def find(
    raw: Path, *, published: date | None = None, locality: str | None = None, source: str | None = None
) -> Lazy[Source]:
    """The files below a folder, or the one file, by name. Raises UsageError E001 (no files), E002 (sources.csv)."""
    if not raw.exists():
        raise UsageError("E001", f"{raw} does not exist", "name a folder of text dumps, or one file")
    folder = raw if raw.is_dir() else raw.parent
    names = sorted(_names(raw), key=readable) if raw.is_dir() else [raw.name]
    if not names:
        raise UsageError("E001", f"{raw} holds no files", "name a folder of text dumps, or one file")
    own: dict[str, list[_Line]] = {}
    wild: list[_Line] = []
    for line in reversed(_table(folder / SOURCES)):
        (wild if line.pattern else own.setdefault(line.name, [])).append(line)
    options = Source(raw, "", published, None, locality, source)
    return Lazy(lambda n: _source(folder, names[n], own, wild, options), len(names))


def _names(raw: Path) -> Iterator[str]:
    """The dumps below a folder; broken links among them, pipes and devices not."""
    for path in raw.rglob("*"):
        name = path.relative_to(raw).as_posix()
        if is_dump(name) and (path.is_file() or (path.is_symlink() and not path.exists())):
            yield name


def _source(folder: Path, name: str, own: Mapping[str, list[_Line]], wild: Sequence[_Line], options: Source) -> Source:
    """The facts of one file: its own lines, then wildcards from the last, then its name, then the options."""
    path, name = folder / name, readable(name)
    said = [*own.get(name, ()), *(line for line in wild if line.pattern and line.pattern.fullmatch(name))]
    in_file = next((line.published for line in said if line.published), None) or day_in(name)
    return Source(
        path,
        name,
        in_file or options.published_on,
        "file" if in_file else "option" if options.published_on else None,
        next((line.locality for line in said if line.locality), options.locality),
        next((line.source for line in said if line.source), options.source),
    )


def _table(path: Path) -> list[_Line]:
    """The lines of sources.csv; none where there is no such file. Raises UsageError E002 that names the line."""
    if not path.is_file():
        return []
    try:
        text = decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), escaped=True)[0]
    except InputError as error:
        raise UsageError("E002", f"{path}: {error.what}", "save it as UTF-8") from None
    except OSError as error:
        raise UsageError("E002", f"{path} cannot be read: {error.strerror}") from None
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise _broken(path, reader.line_num, str(error)) from None
    if not rows:
        return []
    header = [name.lower() for name in rows[0][1]]
    if "path" not in header or len(set(header)) < len(header):
        raise _broken(path, rows[0][0], "the header has no column `path`, or one twice")
    return [_line(path, number, header, row) for number, row in rows[1:]]


def _line(path: Path, number: int, header: list[str], row: list[str]) -> _Line:
    if len(row) > len(header) or not (said := dict(zip(header, row, strict=False)))["path"]:
        raise _broken(path, number, f"{len(header)} columns and a path expected")
    name = said["path"].replace("\\", "/").removeprefix("./")
    published = said.get("published", "")
    if published and not day(published):
        raise _broken(path, number, f"published {published!r} is no date like 2021-06-19")
    return _Line(
        name,
        _glob(name) if _WILDCARD.search(name) else None,
        day(published),
        said.get("locality") or None,
        said.get("source") or None,
    )


def _glob(pattern: str) -> re.Pattern[str]:
    """A shell's pattern: `*` and `?` stay within a folder, `**/` is any folders or none."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)))


def _broken(path: Path, number: int, what: str) -> UsageError:
    return UsageError("E002", f"{path} line {number}: {what}", f"columns are {', '.join(_COLUMNS)}")
