"""What the name of a file or of an archive's member says: whether it is a dump, its date, what it is called.

Dates are read as file names, sources.csv and metadata columns write them.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from typing import Final

_DAY: Final = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)([-_./]?)(\d\d)\2(\d\d)(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)([-_./年])(\d\d?)(?:\2|月)(\d\d?)(?:日|(?!\d))"),
)
_REST = re.compile(r"(?:[T ]\s*\d\d?:\d\d.*|\s*)")
# What lies beside dumps and is none: our own tables, companions of saved web pages, answers and notes.
_NOT_DUMPS: Final = frozenset({"sources.csv", "corrections.csv", "thumbs.db", "desktop.ini"})
_NOT_SUFFIXES: Final = frozenset(
    (
        ".css",
        ".gif",
        ".ico",
        ".jpeg",
        ".jpg",
        ".js",
        ".json",
        ".log",
        ".md",
        ".mp3",
        ".mp4",
        ".png",
        ".py",
        ".svg",
        ".webp",
        ".woff",
    )
)


def is_dump(name: str) -> bool:
    """Whether a file is to be read. Hidden files, what desktops leave behind, pictures and scripts are not."""
    path = PurePosixPath(name)
    if any(part.startswith((".", "~$", "__MACOSX")) and part != ".." for part in path.parts):
        return False
    return path.name.lower() not in _NOT_DUMPS and path.suffix.lower() not in _NOT_SUFFIXES


def readable(name: str) -> str:
    """A name whose bytes are not UTF-8, as Chinese archives leave them, in characters."""
    try:
        name.encode("utf8")
    except UnicodeEncodeError:
        return name.encode("utf8", "surrogateescape").decode("gb18030", "backslashreplace")
    return name


def day_in(name: str) -> date | None:
    """The date in a file's name, else in the nearest folder's; None where there is none or several."""
    for part in reversed(name.split("/")):
        days = {day for pattern in _DAY for match in pattern.finditer(part) if (day := _day(match))}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def day(value: str) -> date | None:
    """A date written as 2021-06-19, 2021/6/19, 2021年6月19日 or 20210619, a time of day behind it or none."""
    for pattern in _DAY:
        if (match := pattern.match(value)) and _REST.fullmatch(value, match.end()):
            return _day(match)
    return None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None
