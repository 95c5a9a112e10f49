"""What the fields of one date mean, without its range and relation: Fields → Reading.

In: Fields, the Memory, the cue (see `years`). Out: a Reading, or None for a day that no calendar has. Each function reads one
shape of date; the first field of _BY_FIELD that is there decides which.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from . import almanac, periods
from .memory import Memory
from .mention import Fields, code, whole
from .periods import Reading
from .years import in_year, year_of

Reader = Callable[[Fields, Memory, int], Reading | None]


def point(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    """The day or period, and the time of day."""
    name = min((name for name in fields if name in _BY_FIELD), key=_ORDER.__getitem__, default="")
    reading = _BY_FIELD[name](fields, memory, cue) if name else previous_day(memory, 0)
    if reading is None or reading.value.endswith("_REF"):
        return reading
    part = code(fields, "daypart")
    if "hour" in fields:
        told = fields["hour"][0]
        hour, minute = told if isinstance(told, tuple) else (whole(fields, "hour"), 0)
        return periods.at_clock(reading, hour, minute, part)
    return periods.at_part(reading, part) if part else reading


# --- periods ------------------------------------------------------------------------------------------------------------------


def _century(fields: Fields, memory: Memory, cue: int) -> Reading:
    number, base = whole(fields, "century"), fields["century"][1]
    if base:  # 上世纪, 本世纪
        number += 1 + ((memory.published.year if memory.published else memory.year or 2001) - 1) // 100
        memory.used = "published" if memory.published else None
    if "decade" in fields:
        return periods.decade((number - 1) * 100 + whole(fields, "decade") % 100)
    return periods.century(number)


def _decade(fields: Fields, memory: Memory, cue: int) -> Reading:
    value = whole(fields, "decade")
    return periods.decade(value if value >= 1000 else 1900 + value if value >= 20 else 2000 + value)


def _year(fields: Fields, memory: Memory, cue: int) -> Reading:
    """当年, when no time was told of late, is just long ago."""
    if fields["year"] == (0, "previous") and memory.unheard > 1:
        return periods.reference("PAST_REF")
    return periods.year(year_of(fields, memory))


def _season(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    """In January and February 今冬 is the winter that began in the year before."""
    this = fields.get("year") == (0, "published")
    if this and code(fields, "season") == "WI" and memory.published and memory.published.month <= 2 and cue == 0:
        return periods.season(year_of(fields, memory) - 1, "WI")
    return in_year(fields, lambda y: periods.season(y, code(fields, "season")), memory, cue)


def _half(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    """下半年 without a year is this year's, in January also the last."""
    published = memory.published
    if "year" not in fields and memory.told is None and published and (cue or published.month > 2):
        memory.used = "published"
        return periods.half(published.year, whole(fields, "half"))
    return in_year(fields, lambda y: periods.half(y, whole(fields, "half")), memory, cue)


def _quarter(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    number, base = whole(fields, "quarter"), fields["quarter"][1]
    if base != "published":
        return in_year(fields, lambda y: periods.quarter(y, number), memory, cue)
    if memory.published is None:
        return Reading(None, None, "XXXX-QX", "quarter")
    memory.used = base
    y, m = periods.shift_month(memory.published.year, memory.published.month, 3 * number)
    return periods.quarter(y, (m + 2) // 3)


def _yearpart(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    part, published = code(fields, "yearpart"), memory.published
    if part == "same":
        return _same_period(fields, memory)
    if part == "now":
        month = published.month if published else 0
        return periods.month(year_of(fields, memory), month) if month else periods.year(year_of(fields, memory))
    if "year" in fields or published is None or memory.told:
        return in_year(fields, lambda y: periods.part_of_year(y, part), memory, cue)
    memory.used = "published"
    over = cue == 0 and part in ("late", "mid", "whole") and published.month <= (2 if part == "late" else 1)
    return periods.part_of_year(published.year - over, part)


def _same_period(fields: Fields, memory: Memory) -> Reading:
    """去年同期: what was mentioned last, in that year."""
    y, last = year_of(fields, memory), memory.period
    if last is None or last.start is None or last.end is None or last.grain in ("year", "decade", "century"):
        return periods.year(y)
    memory.used = "previous"
    return periods.in_other_year(last, y - last.end.year)


def _month(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    number, base = whole(fields, "month"), fields["month"][1]

    def make(y: int, m: int = number) -> Reading | None:
        if "day" in fields:
            return periods.day(date(y, m, whole(fields, "day")))
        month = periods.month(y, m)
        return periods.part_of_month(month, code(fields, "monthpart")) if "monthpart" in fields else month

    if not base:
        return in_year(fields, make, memory, cue, days=45 if "day" in fields else 31)
    origin = _month_origin(memory, base)
    if origin is None:
        return Reading(None, None, "XXXX-XX", "month")
    return make(*periods.shift_month(origin.year, origin.month, number))


def _months(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    return _month(fields | {"month": fields["months"]}, memory, cue)


def _monthpart(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    """月底, 月初 without a month."""
    part = code(fields, "monthpart")
    origin = _month_origin(memory, "published")
    if origin is None:
        return Reading(None, None, "XXXX-XX", "month")
    back = cue == 0 and part == "late" and origin.day <= 10 and memory.used == "published"
    return periods.part_of_month(periods.month(*periods.shift_month(origin.year, origin.month, -back)), part)


def _month_origin(memory: Memory, base: str) -> date | None:
    """The day whose month 本月 or 当月 means."""
    last = memory.day or memory.last
    if (base != "published" or not memory.published) and last and last.start:
        memory.used = "previous"
        return last.start
    memory.used = "published" if memory.published else None
    return memory.published


# --- weeks and days -----------------------------------------------------------------------------------------------------------


def _week(fields: Fields, memory: Memory, cue: int) -> Reading:
    weekday = whole(fields, "weekday") if "weekday" in fields else 0
    today = memory.today()
    if today is None:
        return Reading(None, None, f"XXXX-WXX-{weekday}" if weekday else "XXXX-WXX", "day" if weekday else "week")
    monday = today - timedelta(days=today.weekday())
    weeks = whole(fields, "week") if "week" in fields else 0
    if not weekday:
        return periods.week(monday + timedelta(weeks=weeks))
    the_day = monday + timedelta(weeks=weeks, days=weekday - 1)
    if "week" not in fields and the_day > today and cue == 0:
        the_day -= timedelta(weeks=1)
    elif "week" not in fields and the_day < today and cue == 2:
        the_day += timedelta(weeks=1)
    return periods.day(the_day)


def _weekend(fields: Fields, memory: Memory, cue: int) -> Reading:
    today = memory.today()
    if today is None:
        return Reading(None, None, "XXXX-WXX-WE", "week")
    monday = today - timedelta(days=today.weekday())
    told = fields["weekend"][0] != ""
    weeks = whole(fields, "weekend") if told else 0 if today.weekday() >= 5 or cue else -1
    return periods.weekend(monday + timedelta(weeks=weeks))


def _day(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    number, base = whole(fields, "day"), fields["day"][1]
    if base == "previous":
        return previous_day(memory, number, story=number == 0 and "hour" not in fields)
    if base != "published":
        return _bare_day(number, memory, cue)
    today = memory.today()
    if today is None:
        return Reading(None, None, "XXXX-XX-XX", "day")
    return periods.day(today + timedelta(days=number))


def _bare_day(number: int, memory: Memory, cue: int) -> Reading | None:
    """12日: in the month last mentioned, else the last such day before publication."""
    last, published = memory.day, memory.published
    elsewhere = not published or (memory.day_here and last and last.start and abs((published - last.start).days) > 45)
    if last and last.start and (memory.told or elsewhere):
        memory.used = "previous"
        y, m = last.start.year, last.start.month
        following = periods.shift_month(y, m, 1)
        if number < last.start.day and published and date(*following, number) <= published:
            y, m = following
        return periods.day(date(y, m, number))
    if published is None:
        return Reading(None, None, f"XXXX-XX-{number:02d}", "day")
    memory.used = "published"
    months = [periods.shift_month(published.year, published.month, by) for by in (-2, -1, 0, 1, 2)]
    found = [date(y, m, number) for y, m in months if number <= almanac.month_end(y, m).day]
    past, future = [d for d in found if d <= published], [d for d in found if d > published]
    wait = (future[0] - published).days
    ahead = cue == 2 or (cue == 1 and future[0].month == published.month) or (cue == 0 and wait <= 3)
    return periods.day(future[0] if ahead or not past else past[-1])


def previous_day(memory: Memory, by: int, *, story: bool = False) -> Reading | None:
    """当天, 次日: counted from the day last mentioned. In a paragraph without one 当天 is the day of the `story`."""
    last = memory.scene if story and memory.scene and not memory.day_here else memory.day
    if last is None:
        today = memory.today()
        return periods.day(today + timedelta(days=by)) if today else Reading(None, None, "XXXX-XX-XX", "day")
    memory.used = "previous" if last.start else None
    if last.start is None or (by == 0 and last.grain not in ("day", "time")):
        return last
    origin = last.end if by > 0 and last.end and last.grain == "month" else last.start
    return periods.day(origin + timedelta(days=by))


# --- the Chinese calendar -----------------------------------------------------------------------------------------------------


def _lunar(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    name = "lunarmonth" if "lunarmonth" in fields else "month"
    if name not in fields:
        return None
    if memory.published is None and memory.year is None and "year" not in fields and memory.told is None:
        return Reading(None, None, "XXXX", "day")
    number, day = whole(fields, name), whole(fields, "day") if "day" in fields else None
    return in_year(fields, lambda y: _in_lunar_year(y, number, day), memory, cue)


def _in_lunar_year(y: int, month: int, day: int | None) -> Reading | None:
    if day is None:
        first, last = almanac.lunar(y, month, 1), almanac.lunar(y, month, 0)
        return Reading(first, last, f"{first:%Y-%m}/{last:%Y-%m}", "month") if first and last else None
    eve = (month, day) == (1, 30)  # 大年三十
    the_day = almanac.lunar(y - 1, 12, 0) if eve else almanac.lunar(y, month, day)
    return periods.day(the_day) if the_day else None


def _feast(fields: Fields, memory: Memory, cue: int) -> Reading | None:
    rule = code(fields, "feast")

    def make(y: int) -> Reading | None:
        feast = almanac.feast(y, rule)
        if feast is None or not {"span", "nth"} & fields.keys():
            return periods.day(feast) if feast else None
        first, last = almanac.holiday(feast, rule) if "span" in fields else (feast, feast)
        if "nth" in fields:  # the fourth day, or the eve
            return periods.day(first + timedelta(days=whole(fields, "nth") - 1))
        return periods.span(periods.day(first), periods.day(last))

    if "year" not in fields and memory.published is None and not rule[0].isdecimal():
        return Reading(None, None, "XXXX", "day")
    return in_year(fields, make, memory, cue, near=True)


_BY_FIELD: Final[dict[str, Reader]] = {
    "century": _century, "decade": _decade, "feast": _feast, "lunar": _lunar, "lunarmonth": _lunar, "months": _months,
    "season": _season, "half": _half, "quarter": _quarter, "yearpart": _yearpart, "month": _month, "monthpart": _monthpart,
    "weekday": _week, "week": _week, "weekend": _weekend, "day": _day, "year": _year,
}  # fmt: skip
_ORDER: Final = {name: place for place, name in enumerate(_BY_FIELD)}
