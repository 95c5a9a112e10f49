"""The Chinese calendar: lunar dates, solar terms and feast days as Gregorian dates.

In: a year and a name or a lunar month and day. Out: a date, or None where there is none (30th of a short month, years
outside 1900–2100). The table of the calendar is borax's, read only when the first lunar date turns up.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

FIRST, LAST = 1901, 2099  # the whole year lies within borax's table


@cache
def lunar(year: int, month: int, day: int) -> date | None:
    """The Gregorian date of a day of a lunar year; day 0 is the last of the month."""
    from borax.calendars.lunardate import LCalendars, LunarDate  # noqa: PLC0415 (12 ms, and seldom needed)

    if not FIRST <= year <= LAST or not 1 <= month <= 12:
        return None
    try:
        solar: date = LunarDate(year, month, day or LCalendars.ndays(year, month)).to_solar_date()
    except ValueError:
        return None
    return date(solar.year, solar.month, solar.day)


@cache
def term(year: int, name: str) -> date | None:
    """The day of a solar term in a Gregorian year."""
    from borax.calendars.lunardate import TermUtils  # noqa: PLC0415

    if not FIRST <= year <= LAST:
        return None
    solar: date = TermUtils.nth_term_day(year, term_name=name)
    return date(solar.year, solar.month, solar.day)


@cache
def feast(year: int, rule: str) -> date | None:
    """The day in a Gregorian year of a feast written as a rule of lexicons/dates_feasts.csv.

    `10-01` a date; `lunar 1-1` a lunar date, `lunar 12-0` the last of the lunar year; `term 清明`; `sunday 5-2` the second Sunday of May.
    """
    kind, _, what = rule.rpartition(" ")
    if kind == "term":
        return term(year, what)
    month, day = map(int, what.split("-"))
    if kind == "lunar":
        in_year = [d for y in (year, year - 1) if (d := lunar(y, month, day)) and d.year == year]
        return in_year[0] if in_year else None
    if kind == "sunday":
        first = date(year, month, 1)
        return first + timedelta(days=6 - first.weekday() + 7 * (day - 1))
    return date(year, month, day)


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
