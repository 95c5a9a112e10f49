"""From one date to another, since it and until it: a Mention of kind point → Reading.

In: Mention, Memory, cue. Out: a Reading, or None where an end is no day of the calendar.
"""

from __future__ import annotations

from . import periods
from .memory import Memory
from .mention import Fields, Mention, whole
from .periods import Reading
from .points import point


def spanned(mention: Mention, memory: Memory, cue: int) -> Reading | None:
    fields = mention.fields
    if memory.in_set and not fields.keys() - {"hour", "daypart", "weekday"}:
        return periods.reference("SET")
    if mention.relation == "until" and cue == 0 and memory.published:
        cue = 1
    told = memory.told
    if mention.value is not None and told and _no_deadline(fields, memory, told):
        memory.told = None
    reading = _whole(fields, mention.until, memory, cue)
    memory.told = told
    if reading is None or mention.relation == "at":
        return reading
    if reading.start is None and reading.end is None and "XXXX" not in reading.value:
        return reading
    if mention.relation == "since":
        return periods.since(reading)
    if mention.value == "before" and reading.grain == "year" and reading.start and reading.start.year > 1:  # 2015年以前
        return periods.until(periods.year(reading.start.year - 1))
    to_the_day = reading.end and fields.keys() & {"monthpart", "yearpart", "quarter", "half"}
    return periods.until(periods.day(reading.end) if to_the_day and reading.end else reading)


def _no_deadline(fields: Fields, memory: Memory, told: int) -> bool:
    """Whether the year told before is not that of 12月10日前, that lies ahead: it is over, or this year's has yet to come."""
    published = memory.published
    if published is None or "month" not in fields or fields["month"][1]:
        return False
    month = whole(fields, "month")
    return told < published.year or (told > published.year and month > published.month)


def _whole(fields: Fields, until: Fields | None, memory: Memory, cue: int) -> Reading | None:
    if until is None:
        return point(fields, memory, cue)
    if _bare(fields) and _bare(until):
        return _bare_range(fields, until, memory, cue)
    first = point(fields, memory, cue)
    return first and _range(first, until, memory, cue)


def _bare(fields: Fields) -> bool:
    """Whether a month or quarter is told and the year is not."""
    told = (name in fields and not fields[name][1] for name in ("month", "months", "quarter"))
    return "year" not in fields and any(told)


def _bare_range(fields: Fields, until: Fields, memory: Memory, cue: int) -> Reading | None:
    """1-9月, 12月28日至1月3日: the last such range that has begun to end."""
    last = point(until, memory, cue)
    if last is None or last.start is None:
        return last
    first = point(fields | {"year": (last.start.year, "")}, memory, cue)
    if first and first.start and first.start > last.start:
        first = point(fields | {"year": (last.start.year - 1, "")}, memory, cue)
    return first and periods.span(first, last)


def _range(first: Reading, fields: Fields, memory: Memory, cue: int) -> Reading | None:
    """The last day is counted from the first, as if that had been mentioned before."""
    before, (memory.last, memory.day) = (memory.last, memory.day), (first, first)
    last = point(_with_year(first, fields, memory), memory, cue)
    memory.last, memory.day = before
    if last is None or first.start is None or last.end is None or last.end >= first.start:
        return first if last is None else periods.span(first, last)
    told = "year" in fields and not fields["year"][1]
    if told or ("day" in fields and "month" not in fields):
        return None
    last = point(fields | {"year": (first.start.year + 1, "")}, memory, cue)
    return last and periods.span(first, last)


def _with_year(first: Reading, fields: Fields, memory: Memory) -> Fields:
    """The year of the first day, where the last tells a month or feast without one."""
    dated = "month" in fields or "feast" in fields
    if first.start is None or "year" in fields or not dated or not memory.published or fields.get("month", (0, ""))[1]:
        return fields
    return fields | {"year": (first.start.year, "")}
