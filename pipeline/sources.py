"""The raw folder → its Sources: every file to be read, with what is known of it from outside.

What a file's own line in sources.csv says counts most, then lines with a wildcard (the last that matches), then a
date in the file's name, then the options. Broken lines are one error that names them, before anything is read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import translate
from pathlib import Path
from typing import Final

from .encoding import decode
from .errors import InputError, UsageError
from .model import Source

SOURCES = "sources.csv"
_COLUMNS: Final = ("path", "published", "locality", "source")
_WILDCARD = re.compile(r"[*?\[]")
_DAY: Final = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(年)(\d\d?)月(\d\d?)日"),
)
_NOT_DUMPS: Final = frozenset({SOURCES, "thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of sources.csv; `pattern` matches the names that it speaks of."""

    pattern: re.Pattern[str]
    exact: bool
    published: date | None
    locality: str | None
    source: str | None


def find(
    raw: Path, *, published: date | None = None, locality: str | None = None, source: str | None = None
) -> list[Source]:
    """The files below a folder, or the one file, by name. Raises UsageError E001 (no files), E002 (sources.csv)."""
    if not raw.exists():
        raise UsageError("E001", f"{raw} does not exist", "name a folder of text dumps, or one file")
    folder = raw if raw.is_dir() else raw.parent
    names = sorted(_names(raw)) if raw.is_dir() else [raw.name]
    if not names:
        raise UsageError("E001", f"{raw} holds no files", "name a folder of text dumps, or one file")
    lines = _table(folder / SOURCES)
    return [_source(folder, name, lines, Source(raw, name, published, None, locality, source)) for name in names]


def _names(raw: Path) -> Iterator[str]:
    for path in raw.rglob("*"):
        name = path.relative_to(raw)
        if any(part.startswith((".", "~$", "__MACOSX")) for part in name.parts) or path.is_dir():
            continue
        if path.name.lower() not in _NOT_DUMPS:
            yield name.as_posix()


def _source(folder: Path, name: str, lines: list[_Line], options: Source) -> Source:
    """The facts of one file: its own lines, then wildcards from the last, then its name, then the options."""
    said = [line for line in reversed(lines) if line.pattern.fullmatch(name)]
    said.sort(key=lambda line: not line.exact)
    in_file = next((line.published for line in said if line.published), None) or day_in(name)
    return Source(
        folder / name,
        name,
        in_file or options.published_on,
        "file" if in_file else "option" if options.published_on else None,
        next((line.locality for line in said if line.locality), options.locality),
        next((line.source for line in said if line.source), options.source),
    )


def day_in(name: str) -> date | None:
    """The date in a file's name, else in the nearest folder's; None where there is none or several."""
    for part in reversed(name.split("/")):
        found = {day for pattern in _DAY for match in pattern.finditer(part) if (day := _day(*match.group(1, 3, 4)))}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _table(path: Path) -> list[_Line]:
    """The lines of sources.csv; none where there is no such file. Raises UsageError E002 that names the line."""
    if not path.is_file():
        return []
    try:
        data = path.read_bytes()
        text = data.decode("ascii") if data.isascii() else decode(data)[0]
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
    return _Line(
        re.compile(translate(name)) if _WILDCARD.search(name) else re.compile(re.escape(name)),
        not _WILDCARD.search(name),
        _published(path, number, said.get("published", "")),
        said.get("locality") or None,
        said.get("source") or None,
    )


def _published(path: Path, number: int, value: str) -> date | None:
    if not value:
        return None
    match = re.fullmatch(r"(\d{4})(?:([-/.])(\d\d?)\2(\d\d?)|()(\d\d)(\d\d)|年()(\d\d?)月(\d\d?)日)", value)
    day = _day(*(part for part in match.groups() if part and part.isdigit())) if match else None
    if day is None:
        raise _broken(path, number, f"published {value!r} is no date like 2021-06-19")
    return day


def _broken(path: Path, number: int, what: str) -> UsageError:
    return UsageError("E002", f"{path} line {number}: {what}", f"columns are {', '.join(_COLUMNS)}")
