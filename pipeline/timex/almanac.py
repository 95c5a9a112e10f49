"""The Chinese calendar: lunar dates, solar terms and feast days as Gregorian dates.

In: a year and a name or a lunar month and day. Out: a date, or None where there is none (30th of a short month, years
outside 1900–2100). The table of the calendar is borax's, read only when the first lunar date turns up.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

from .. import lexicon

_GENG = date(2015, 7, 13)  # a 庚 day; every tenth is one
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

    `10-01` a date; `lunar 1-1` a lunar date, `lunar 12-0` the last of the lunar year; `term 清明`; `fu 1` the first of the dog days; `sunday 5-2` the second Sunday of May.
    """
    kind, _, what = rule.rpartition(" ")
    if kind == "term":
        return term(year, what)
    if kind == "fu":
        return dog_days(year)
    month, day = map(int, what.split("-"))
    if kind == "lunar":
        in_year = [d for y in (year - 1, year) if (d := lunar(y, month, day)) and d.year == year]
        return in_year[0] if in_year else None
    if kind == "sunday":
        first = date(year, month, 1)
        return first + timedelta(days=6 - first.weekday() + 7 * (day - 1))
    return date(year, month, day)


@cache
def dog_days(year: int) -> date | None:
    """入伏: the third 庚 day from the summer solstice on."""
    solstice = term(year, "夏至")
    if solstice is None:
        return None
    to_geng = (_GENG.toordinal() - solstice.toordinal()) % 10
    return solstice + timedelta(days=to_geng + 20)


def holiday(day: date, rule: str) -> tuple[date, date]:
    """The public holiday around a feast, as the State Council set it for that year (lexicons/dates_holidays.csv)."""
    row = next(
        (
            row
            for row in reversed(lexicon.rows("dates_holidays"))
            if row["rule"] == rule and int(row["since"]) <= day.year
        ),
        None,
    )
    if row is None:
        return day, day
    if row["days"] == "bridged":
        return _bridged(day)
    first = day - timedelta(days=int(row["before"]))
    return first, first + timedelta(days=int(row["days"]) - 1)


def _bridged(day: date) -> tuple[date, date]:
    """One day off and the weekend beside it: on a Wednesday the three days up to it, else what is nearer."""
    before = (2, 2, 2, 0, 0, 0, 1)[day.weekday()]
    first = day - timedelta(days=before)
    return first, first + timedelta(days=2)


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
