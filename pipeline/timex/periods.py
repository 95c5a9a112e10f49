"""Readings: what a mention means, as first day, last day and TIMEX3 value.

A year that nobody tells is UNKNOWN, a leap year of antiquity: dates can be counted in it, and come out as XXXX with null days.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from .almanac import month_end

UNKNOWN: Final = 504
KNOWN_FROM: Final = 1000
_SEASONS: Final = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


class Reading(NamedTuple):
    """Inclusive days (None: open or vague), TIMEX3 value, grain of the value."""

    start: date | None
    end: date | None
    value: str
    grain: str | None

    @property
    def known_start(self) -> date | None:
        return self.start if self.start and self.start.year >= KNOWN_FROM else None

    @property
    def known_end(self) -> date | None:
        return self.end if self.end and self.end.year >= KNOWN_FROM else None


def spell(year: int) -> str:
    return f"{year:04d}" if year >= KNOWN_FROM else "XXXX"


def reference(value: str) -> Reading:
    """PAST_REF, PRESENT_REF, FUTURE_REF, SET: no days."""
    return Reading(None, None, value, None)


def century(number: int) -> Reading:
    return Reading(date(number * 100 - 99, 1, 1), date(number * 100, 12, 31), f"{number - 1:02d}", "century")


def decade(first: int) -> Reading:
    return Reading(date(first, 1, 1), date(first + 9, 12, 31), str(first // 10), "decade")


@lru_cache(1024)
def year(y: int) -> Reading:
    return Reading(date(y, 1, 1), date(y, 12, 31), spell(y), "year")


def half(y: int, number: int) -> Reading:
    return Reading(date(y, 6 * number - 5, 1), month_end(y, 6 * number), f"{spell(y)}-H{number}", "half")


def quarter(y: int, number: int) -> Reading:
    return Reading(date(y, 3 * number - 2, 1), month_end(y, 3 * number), f"{spell(y)}-Q{number}", "quarter")


def season(y: int, code: str) -> Reading:
    first = _SEASONS[code]
    last = first + 2
    end = month_end(y, last) if last <= 12 else month_end(y + 1, last - 12)
    return Reading(date(y, first, 1), end, f"{spell(y)}-{code}", "season")


@lru_cache(1024)
def month(y: int, m: int) -> Reading:
    return Reading(date(y, m, 1), month_end(y, m), f"{spell(y)}-{m:02d}", "month")


def shift_month(y: int, m: int, by: int) -> tuple[int, int]:
    index = y * 12 + m - 1 + by
    return index // 12, index % 12 + 1


def part_of_month(whole: Reading, part: str) -> Reading:
    """初 and 上旬 days 1–10, 中旬 11–20, 下旬 and 底 21 to the end; the value stays the month's."""
    if whole.start is None or whole.end is None:
        return whole
    first = whole.start
    if part == "early":
        return whole._replace(end=first.replace(day=10))
    if part in ("earlymid", "midlate"):
        return (
            whole._replace(end=first.replace(day=20))
            if part == "earlymid"
            else whole._replace(start=first.replace(day=11))
        )
    if part == "mid":
        return whole._replace(start=first.replace(day=11), end=first.replace(day=20))
    return whole._replace(start=first.replace(day=21))


def part_of_year(y: int, part: str) -> Reading:
    """年初 January, 年中 June, 年底 December."""
    return {"early": month(y, 1), "mid": month(y, 6), "late": month(y, 12)}.get(part) or year(y)


def week(monday: date) -> Reading:
    iso = monday.isocalendar()
    return Reading(monday, monday + timedelta(days=6), f"{iso.year:04d}-W{iso.week:02d}", "week")


def weekend(monday: date) -> Reading:
    iso = monday.isocalendar()
    return Reading(monday + timedelta(days=5), monday + timedelta(days=6), f"{iso.year:04d}-W{iso.week:02d}-WE", "week")


@lru_cache(1024)
def day(d: date) -> Reading:
    return Reading(d, d, f"{spell(d.year)}-{d.month:02d}-{d.day:02d}", "day")


def at_part(whole: Reading, code: str) -> Reading:
    """A part of a day: TMO, TMI, TAF, TEV, TNI, TDT behind the day's value. 冬天的一个深夜 is of some day of the season."""
    if whole.grain == "season":
        return whole
    return whole._replace(value=f"{whole.value[:10]}T{code}", grain="time")


def at_clock(whole: Reading, hour: int, minute: int, part: str) -> Reading:
    """A time of a day: 晚8时 is T20:00, 中午12点半 T12:30, 深夜1点 T01:00."""
    if (part in ("AF", "EV") and hour < 12) or (part == "NI" and 6 <= hour < 12) or (part == "MI" and hour < 10):
        hour += 12
    elif part in ("EV", "NI") and hour == 12:
        hour = 24
    return whole._replace(value=f"{whole.value[:10]}T{hour:02d}:{minute:02d}", grain="time")


def span(first: Reading, last: Reading) -> Reading:
    """From the first's start to the last's end."""
    if first.value == last.value:
        return first._replace(end=last.end)
    return Reading(first.start, last.end, f"{first.value}/{last.value}", first.grain)


def in_other_year(whole: Reading, by: int) -> Reading:
    """The same days so many years on."""
    if whole.start is None or whole.end is None:
        return whole
    start, end = (
        d.replace(year=d.year + by, day=28 if (d.month, d.day) == (2, 29) else d.day) for d in (whole.start, whole.end)
    )
    value = re.sub(r"\d{4}", lambda y: f"{int(y[0]) + by:04d}", whole.value.split("T")[0])
    return Reading(start, end, value, whole.grain if whole.grain != "time" else "day")


def since(first: Reading) -> Reading:
    return Reading(first.start, None, f"{first.value.split('/')[0]}/..", first.grain)


def until(last: Reading) -> Reading:
    return Reading(None, last.end, f"../{last.value.split('/')[-1]}", last.grain)
