"""Which year a date without one belongs to.

In: a Maker (year → Reading), what was told before, the publication date. Out: the likeliest Reading. Past preferred, unless a
word of the sentence looks forward (`cue` 1) or says that this very date lies ahead (`cue` 2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from .memory import Memory
from .mention import Fields, whole
from .periods import UNKNOWN, Reading

Maker = Callable[[int], Reading | None]


def year_of(fields: Fields, memory: Memory) -> int:
    """The year that the fields tell, absolute or counted from today or from the last mention."""
    value, base = whole(fields, "year"), fields["year"][1]
    if not base:
        return value
    if base == "previous" and memory.last and memory.last.start:
        memory.used = "previous"
        return memory.last.start.year + value
    if memory.published:
        memory.used = "published"
        return memory.published.year + value
    return (memory.year or UNKNOWN) + value


def in_year(
    fields: Fields, make: Maker, memory: Memory, cue: int, *, days: int = 31, near: bool = False
) -> Reading | None:
    """The reading in the year that is told, or in the likeliest. `days`: how soon a coming date is the nearer one."""
    if "year" in fields:
        return make(year_of(fields, memory))
    if memory.told is not None and (reading := _in_told(make, memory, memory.told)):
        memory.used = "previous"
        return reading
    if memory.published is None:
        memory.used = "previous" if memory.year else None
        return make(memory.year or UNKNOWN)
    memory.used = "published"
    y = memory.published.year
    found = _told_in(make, range(y - 1, y + 2)) or _told_in(make, range(y - 8, y + 9))  # 29 February is rare
    return _likeliest(found, memory.published, cue, days, near)


def _told_in(make: Maker, years: range) -> list[Reading]:
    return [reading for y in years if (reading := attempt(make, y)) and reading.start]


def _in_told(make: Maker, memory: Memory, told: int) -> Reading | None:
    """In the year told before, or in the next where the story has passed that day."""
    reading, later = attempt(make, told), attempt(make, told + 1)
    last, published = memory.last, memory.published
    if not (reading and later and reading.start and later.start and last and last.start and published):
        return reading
    passed = last.grain != "year" and reading.start < last.start and later.start <= published
    return later if passed else reading


def attempt(make: Maker, y: int) -> Reading | None:
    """The reading in a year, or None where that year has no such day."""
    try:
        return make(y)
    except ValueError:
        return None


def _likeliest(found: list[Reading], published: date, cue: int, days: int, near: bool) -> Reading | None:
    """Of one reading a year: the last that began, unless the next is told to be ahead or is much the nearer."""
    past = [r for r in found if r.start and r.start <= published]
    future = [r for r in found if r.start and r.start > published]
    if not past or not future:
        return past[-1] if past else future[0] if future else None
    last, coming = past[-1], future[0]
    wait = (coming.start - published).days if coming.start else 0
    gone = (published - last.end).days if last.end else 0
    if gone <= 0 and cue < 2:
        return last
    if (cue == 2 and (gone > 0 or wait < 30)) or (cue == 1 and wait <= 200 and gone > 3):
        return coming
    if near:
        return coming if wait < min(gone, 60) else last
    return coming if wait <= days and gone > 200 else last
