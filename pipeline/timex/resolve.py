"""What mentions mean: the fields of a Mention → a Reading, against the publication date and the mentions before.

In: mentions in reading order. Out: a Reading each, or None for a date that no calendar has, and the anchor that was used.
Past preferred: of the years that a bare month or day may belong to, the last before publication, unless a word of the
sentence looks forward. Within a sentence a year told before holds on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from . import almanac, periods
from .mention import Fields, Mention
from .periods import UNKNOWN, Reading

Maker = Callable[[int], Reading | None]


@dataclass(slots=True)
class Memory:
    """What was mentioned last: any period, a day or what stands for one, and whether a year was told in this sentence."""

    last: Reading | None = None
    day: Reading | None = None
    year: int | None = None
    in_set: bool = False


@dataclass(slots=True)
class Resolver:
    """Resolves the mentions of one article in order. `year` serves where the publication date is unknown but its year is not."""

    published: date | None = None
    year: int | None = None
    memory: Memory = field(default_factory=Memory)
    used: str | None = None  # what the present mention was resolved against

    def sentence(self) -> None:
        """A new sentence begins: a year told in the last one holds on only where a month or day went with it."""
        memory = self.memory
        memory.in_set = False
        if memory.last is None or memory.last.grain not in ("month", "day", "time"):
            memory.year = None

    def paragraph(self) -> None:
        self.memory.year, self.memory.in_set = None, False

    def resolve(self, mention: Mention, cue: int = 0) -> tuple[Reading | None, str | None]:
        """The reading and its anchor. `cue`: 0 none, 1 the sentence looks forward, 2 this very date lies ahead."""
        self.used = None
        try:
            reading = _KINDS[mention.kind](self, mention, cue)
        except (OverflowError, ValueError):  # years before 1 and after 9999, the 30th of February
            reading = None
        if reading is not None:
            self._remember(mention, reading)
        return reading, self.used

    def _remember(self, mention: Mention, reading: Reading) -> None:
        memory = self.memory
        if mention.kind == "every":
            memory.in_set = True
            return
        if mention.kind == "vague":
            if "near" in mention.fields:
                memory.day = reading
            return
        if reading.start is None:
            return
        if reading.value != "SET":
            memory.last = reading
        if reading.grain in ("day", "time") or (
            reading.grain == "month" and reading.end is not None and (reading.end - reading.start).days < 20
        ):
            memory.day = reading
        if "year" in mention.fields or "decade" in mention.fields:
            memory.year = (
                reading.start.year
                if mention.relation == "at" and mention.until is None and "year" in mention.fields
                else None
            )

    # --- points -------------------------------------------------------------------------------------------------------------

    def point(self, mention: Mention, cue: int) -> Reading | None:
        fields = mention.fields
        if self.memory.in_set and not fields.keys() - {"hour", "daypart"}:
            return periods.reference("SET")
        if mention.relation == "until" and cue == 0 and self.published:
            cue = 1
        if mention.until is None:
            reading = self._one(fields, cue)
        elif _bare(fields) and _bare(mention.until):
            reading = self._bare_range(fields, mention.until, cue)
        else:
            first = self._one(fields, cue)
            reading = first and self._range(first, mention.until, cue)
        if reading is None or mention.relation == "at":
            return reading
        if reading.start is None and reading.end is None and "XXXX" not in reading.value:
            return reading
        if mention.relation == "since":
            return periods.since(reading)
        return periods.until(periods.day(reading.end) if "monthpart" in fields and reading.end else reading)

    def _bare_range(self, fields: Fields, until: Fields, cue: int) -> Reading | None:
        """1-9月, 12月28日至1月3日: the last such range that has begun to end."""
        last = self._one(until, cue)
        if last is None or last.start is None:
            return last
        first = self._one(fields | {"year": (last.start.year, "")}, cue)
        if first and first.start and first.start > last.start:
            first = self._one(fields | {"year": (last.start.year - 1, "")}, cue)
        return first and periods.span(first, last)

    def _range(self, first: Reading, fields: Fields, cue: int) -> Reading | None:
        memory = self.memory
        before, memory.last, memory.day = (memory.last, memory.day), first, first
        if (
            first.start
            and "year" not in fields
            and ("month" in fields or "feast" in fields)
            and self.published
            and not fields.get("month", (0, ""))[1]
        ):
            last = self._one(fields | {"year": (first.start.year, "")}, cue)
        else:
            last = self._one(fields, cue)
        memory.last, memory.day = before
        if last is None:
            return first
        if first.start and last.end and last.end < first.start:
            told = "year" in fields and not fields["year"][1]
            last = (
                self._one(fields | {"year": (first.start.year + 1, "")}, cue)
                if (not told and "day" not in fields) or ("month" in fields and not told)
                else None
            )
        return None if last is None else periods.span(first, last)

    def _one(self, fields: Fields, cue: int) -> Reading | None:
        whole = self._calendar(fields, cue)
        if whole is None:
            return None
        part = str(fields["daypart"][0]) if "daypart" in fields else ""
        if "hour" in fields:
            told = fields["hour"][0]
            hour, minute = told if isinstance(told, tuple) else (told, 0)
            return periods.at_clock(whole, int(hour), int(minute), part)  # type: ignore[arg-type]
        return periods.at_part(whole, part) if part else whole

    def _calendar(self, fields: Fields, cue: int) -> Reading | None:
        """The day or period, without the time of day."""
        for name, make in _BY_FIELD:
            if name in fields:
                return make(self, fields, cue)
        return self._previous_day(0)  # a time of day alone

    # each of these reads one shape of date; the first field of _BY_FIELD that is there decides

    def century(self, fields: Fields, cue: int) -> Reading | None:
        number = fields["century"][0]
        assert isinstance(number, int)
        if "decade" in fields:
            return periods.decade((number - 1) * 100 + int(fields["decade"][0]) % 100)  # type: ignore[arg-type]
        return periods.century(number)

    def decade(self, fields: Fields, cue: int) -> Reading | None:
        value = fields["decade"][0]
        assert isinstance(value, int)
        return periods.decade(value if value >= 1000 else 1900 + value if value >= 20 else 2000 + value)

    def lunar(self, fields: Fields, cue: int) -> Reading | None:
        name = "lunarmonth" if "lunarmonth" in fields else "month"
        if name not in fields:
            return None
        number = int(fields[name][0])  # type: ignore[call-overload]
        days = fields.get("day", (None, ""))[0]

        def make(y: int) -> Reading | None:
            if days is not None:
                the_day = almanac.lunar(y, number, int(days)) or (
                    almanac.lunar(y, number, 0) if (number, days) == (1, 30) else None
                )  # type: ignore[call-overload]
                if (number, days) == (1, 30):  # 大年三十
                    the_day = almanac.lunar(y - 1, 12, 0)
                return periods.day(the_day) if the_day else None
            first, last = almanac.lunar(y, number, 1), almanac.lunar(y, number, 0)
            return Reading(first, last, f"{first.isoformat()}/{last.isoformat()}", "month") if first and last else None

        return self._in_year(fields, make, cue, lunar=True)

    def feast(self, fields: Fields, cue: int) -> Reading | None:
        rule, length = str(fields["feast"][0]), int(fields["days"][0])  # type: ignore[call-overload]

        def make(y: int) -> Reading | None:
            first = almanac.feast(y, rule)
            if first is None:
                return None
            if "span" in fields and length > 1:
                last = first + timedelta(days=length - 1)
                return Reading(first, last, f"{first.isoformat()}/{last.isoformat()}", "day")
            return periods.day(first)

        if "year" not in fields and self.published is None and not rule[0].isdecimal():
            return Reading(None, None, "XXXX", "day")
        return self._in_year(fields, make, cue, near=True)

    def season(self, fields: Fields, cue: int) -> Reading | None:
        return self._in_year(fields, lambda y: periods.season(y, str(fields["season"][0])), cue)

    def half(self, fields: Fields, cue: int) -> Reading | None:
        return self._in_year(fields, lambda y: periods.half(y, int(fields["half"][0])), cue)  # type: ignore[call-overload]

    def quarter(self, fields: Fields, cue: int) -> Reading | None:
        number, base = fields["quarter"]
        if base == "published":
            if self.published is None:
                return Reading(None, None, "XXXX-QX", "quarter")
            self.used = base
            y, m = periods.shift_month(self.published.year, self.published.month, 3 * int(number))  # type: ignore[call-overload]
            return periods.quarter(y, (m + 2) // 3)
        return self._in_year(fields, lambda y: periods.quarter(y, int(number)), cue)  # type: ignore[call-overload]

    def yearpart(self, fields: Fields, cue: int) -> Reading | None:
        part = str(fields["yearpart"][0])
        if "year" not in fields and self.published and not self.memory.year:
            self.used = "published"
            last_year = (
                cue == 0 and part in ("late", "mid", "whole") and self.published.month <= (2 if part == "late" else 1)
            )
            return periods.part_of_year(self.published.year - last_year, part)
        return self._in_year(fields, lambda y: periods.part_of_year(y, part), cue)

    def month(self, fields: Fields, cue: int) -> Reading | None:
        number, base = fields["month"]
        assert isinstance(number, int)

        def make(y: int, m: int = number) -> Reading | None:
            if "day" in fields:
                return periods.day(date(y, m, int(fields["day"][0])))  # type: ignore[call-overload]
            whole = periods.month(y, m)
            return periods.part_of_month(whole, str(fields["monthpart"][0])) if "monthpart" in fields else whole

        if not base:
            return self._in_year(fields, make, cue, days=45 if "day" in fields else 31)
        origin = self._month_origin(base)
        if origin is None:
            return Reading(None, None, "XXXX-XX", "month")
        return make(*periods.shift_month(origin.year, origin.month, number))

    def monthpart(self, fields: Fields, cue: int) -> Reading | None:
        """月底, 月初 without a month."""
        part = str(fields["monthpart"][0])
        origin = self._month_origin("published")
        if origin is None:
            return Reading(None, None, "XXXX-XX", "month")
        back = cue == 0 and part == "late" and origin.day <= 10 and self.used == "published"
        return periods.part_of_month(periods.month(*periods.shift_month(origin.year, origin.month, -back)), part)

    def _month_origin(self, base: str) -> date | None:
        """The day whose month 本月 or 当月 means."""
        last = self.memory.day or self.memory.last
        if base == "published" and self.published:
            self.used = "published"
            return self.published
        if last and last.start:
            self.used = "previous"
            return last.start
        self.used = "published" if self.published else None
        return self.published

    def week(self, fields: Fields, cue: int) -> Reading | None:
        offset = int(fields["week"][0]) if "week" in fields else None  # type: ignore[call-overload]
        weekday = fields.get("weekday", (None, ""))[0]
        if self.published is None:
            return Reading(None, None, f"XXXX-WXX-{weekday}" if weekday else "XXXX-WXX", "day" if weekday else "week")
        self.used = "published"
        monday = self.published - timedelta(days=self.published.weekday())
        if weekday is None:
            return periods.week(monday + timedelta(weeks=offset or 0))
        the_day = monday + timedelta(weeks=offset or 0, days=int(weekday) - 1)  # type: ignore[call-overload]
        if offset is None and the_day > self.published and cue == 0:
            the_day -= timedelta(weeks=1)
        elif offset is None and the_day < self.published and cue == 2:
            the_day += timedelta(weeks=1)
        return periods.day(the_day)

    def weekend(self, fields: Fields, cue: int) -> Reading | None:
        if self.published is None:
            return Reading(None, None, "XXXX-WXX-WE", "week")
        self.used = "published"
        monday = self.published - timedelta(days=self.published.weekday())
        offset = fields["weekend"][0]
        if offset == "":
            offset = 0 if self.published.weekday() >= 5 or cue else -1
        return periods.weekend(monday + timedelta(weeks=int(offset)))  # type: ignore[arg-type]

    def day(self, fields: Fields, cue: int) -> Reading | None:
        number, base = fields["day"]
        assert isinstance(number, int)
        if base == "published":
            if self.published is None:
                return Reading(None, None, "XXXX-XX-XX", "day")
            self.used = "published"
            return periods.day(self.published + timedelta(days=number))
        if base == "previous":
            return self._previous_day(number)
        return self._bare_day(number, cue)

    def _bare_day(self, number: int, cue: int) -> Reading | None:
        """12日: in the month last mentioned, else the last such day before publication."""
        last = self.memory.day
        if (
            last
            and last.start
            and (self.memory.year or not self.published or abs((self.published - last.start).days) > 45)
        ):
            self.used = "previous"
            y, m = last.start.year, last.start.month
            if (
                number < last.start.day
                and self.published
                and date(*periods.shift_month(y, m, 1), number) <= self.published
            ):
                y, m = periods.shift_month(y, m, 1)
            return periods.day(date(y, m, number))
        if self.published is None:
            return Reading(None, None, f"XXXX-XX-{number:02d}", "day")
        self.used = "published"
        found = []
        for by in (-2, -1, 0, 1, 2):
            y, m = periods.shift_month(self.published.year, self.published.month, by)
            if number <= almanac.month_end(y, m).day:
                found.append(date(y, m, number))
        past = [d for d in found if d <= self.published]
        future = [d for d in found if d > self.published]
        ahead = (
            cue == 2
            or (cue == 1 and future[0].month == self.published.month)
            or (cue == 0 and (future[0] - self.published).days <= 3)
        )
        return periods.day(future[0] if ahead or not past else past[-1])

    def _previous_day(self, by: int) -> Reading | None:
        """当天, 次日: counted from the day last mentioned."""
        last = self.memory.day
        if last is None:
            if self.published is None:
                return Reading(None, None, "XXXX-XX-XX", "day")
            self.used = "published"
            return periods.day(self.published + timedelta(days=by))
        self.used = "previous" if last.start else None
        if last.start is None or (by == 0 and last.grain not in ("day", "time")):
            return last
        return periods.day(
            (last.end if by > 0 and last.end and last.grain == "month" else last.start) + timedelta(days=by)
        )

    def year_(self, fields: Fields, cue: int) -> Reading | None:
        y = self._year(fields)
        return None if y is None else periods.year(y)

    # --- which year -----------------------------------------------------------------------------------------------------------

    def _year(self, fields: Fields) -> int | None:
        """The year that the fields tell, absolute or counted from today or from the last mention."""
        value, base = fields["year"]
        assert isinstance(value, int)
        if base == "":
            return value
        last = self.memory.last
        if base == "previous" and last and last.start:
            self.used = "previous"
            return last.start.year + value
        if self.published:
            self.used = "published"
            return self.published.year + value
        return (self.year or UNKNOWN) + value

    def _in_year(
        self, fields: Fields, make: Maker, cue: int, *, days: int = 31, near: bool = False, lunar: bool = False
    ) -> Reading | None:
        """The reading in the year that is told, or in the likeliest."""
        if "year" in fields:
            y = self._year(fields)
            return None if y is None else make(y)
        memory = self.memory
        if memory.year is not None:
            self.used = "previous"
            reading, later = _try(make, memory.year), _try(make, memory.year + 1)
            if (
                reading
                and later
                and memory.last
                and memory.last.start
                and reading.start
                and later.start
                and self.published
                and reading.start < memory.last.start
                and later.start <= self.published
                and memory.last.grain != "year"
            ):
                return later
            if reading:
                return reading
        if self.published is None:
            self.used = "previous" if self.year else None
            if lunar:
                return Reading(None, None, "XXXX", "day")
            return make(self.year or UNKNOWN)
        self.used = "published"
        found = [
            r
            for y in range(self.published.year - 2 - 6 * (near is False), self.published.year + 3)
            if (r := _try(make, y)) and r.start
        ]
        return _likeliest(found, self.published, cue, days, near)

    # --- offsets, sets, eras ----------------------------------------------------------------------------------------------------

    def vague(self, mention: Mention, cue: int) -> Reading | None:
        return periods.reference(str(mention.value))

    def every(self, mention: Mention, cue: int) -> Reading | None:
        return periods.reference(_set_value(mention))

    def era(self, mention: Mention, cue: int) -> Reading | None:
        first, _, last = str(mention.value).partition(" ")
        start, end = _iso(first, last=False), _iso(last, last=True) if last else None
        part = mention.fields["part"][0]
        if start is None or (part == "late" and end is None):
            return None
        if mention.relation == "since":
            return Reading(start, None, f"{first}/..", "year" if len(first) == 4 else "day")
        if mention.relation == "until":
            return Reading(None, start, f"../{first}", "year" if len(first) == 4 else "day")
        if part and end:
            return periods.year(end.year if part == "late" else start.year)
        return Reading(start, end, f"{first}/{last or '..'}", "year" if len(first) == 4 else "day")

    def offset(self, mention: Mention, cue: int) -> Reading | None:
        """两年前, 3天后, 近三年, 未来五年."""
        relation, count, unit = mention.relation, mention.value, mention.unit
        if relation == "next":
            return periods.reference("FUTURE_REF")
        ahead = relation == "later"
        if unit in ("小时", "分钟"):
            return self._moments_ago()
        if relation == "these" or count is None:
            return periods.reference("FUTURE_REF" if ahead else "PAST_REF")
        origin = self.published
        if ahead and self.memory.last and self.memory.last.start:
            origin, self.used = self.memory.last.start, "previous"
        elif origin:
            self.used = "published"
        if origin is None:
            return periods.reference("FUTURE_REF" if ahead else "PAST_REF")
        return _counted(origin, count, unit, 1 if ahead else -1, open_end=relation == "last")

    def _moments_ago(self) -> Reading:
        """几分钟前, 两小时前: the part of the day of the time last mentioned."""
        last = self.memory.day
        if last is None or "T" not in last.value:
            return periods.NOTHING
        self.used = "previous"
        day, _, clock = last.value.partition("T")
        if not clock[:2].isdecimal():
            return last
        hour = int(clock[:2])
        code = "MO" if hour < 12 else "AF" if hour < 18 else "EV" if hour < 23 else "NI"
        return periods.Reading(last.start, last.end, f"{day}T{code}", "time")


def _bare(fields: Fields) -> bool:
    """Whether a month or quarter is told and the year is not."""
    return "year" not in fields and any(
        name in fields and not fields[name][1] for name in ("month", "months", "quarter")
    )


def _try(make: Maker, y: int) -> Reading | None:
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
    assert last.start and last.end and coming.start
    wait, gone = (coming.start - published).days, (published - last.end).days
    if gone <= 0 and cue < 2:
        return last
    if (cue == 2 and (gone > 0 or wait < 30)) or (cue == 1 and wait <= 200 and gone > 3):
        return coming
    if near:
        return coming if wait < min(gone, 60) else last
    return coming if wait <= days and gone > 200 else last


def _counted(origin: date, count: object, unit: str, sign: int, *, open_end: bool) -> Reading | None:
    half = count == "half"
    n = 0 if half else int(count)  # type: ignore[call-overload]
    if unit == "年" and not half:
        reading = periods.year(origin.year + sign * n)
    elif unit in ("年", "月", "季度"):
        months = 6 if unit == "年" else 3 * n if unit == "季度" else n
        if unit == "月" and half:
            reading = periods.day(origin + timedelta(days=sign * 15))
        else:
            reading = periods.month(*periods.shift_month(origin.year, origin.month, sign * months))
    elif unit in ("周", "星期"):
        monday = origin - timedelta(days=origin.weekday())
        reading = (
            periods.day(origin - timedelta(weeks=n)) if open_end else periods.week(monday + timedelta(weeks=sign * n))
        )
    elif unit in ("天", "日"):
        reading = periods.day(origin + timedelta(days=sign * n))
    else:
        return None
    return periods.since(reading) if open_end else reading


def _set_value(mention: Mention) -> str:
    """XXXX-12 for 每年底, XXXX-WXX-3 for 每周三, SET for what has no pattern."""
    fields, every = mention.fields, mention.value
    if mention.until or fields.keys() & {"hour", "daypart", "feast", "season", "lunar"}:
        return "SET"
    if every in ("P1Y", "?") and "yearpart" in fields:
        return {"early": "XXXX-01", "mid": "XXXX-06", "late": "XXXX-12"}.get(str(fields["yearpart"][0]), "SET")
    if every in ("P1Y", "?") and "month" in fields:
        day = f"-{fields['day'][0]:02d}" if "day" in fields else ""
        return f"XXXX-{fields['month'][0]:02d}{day}"
    if every == "P1M" and "day" in fields:
        return f"XXXX-XX-{fields['day'][0]:02d}"
    if every in ("P1W", "?") and "weekday" in fields:
        return f"XXXX-WXX-{fields['weekday'][0]}"
    return "SET"


def _iso(text: str, *, last: bool) -> date | None:
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    if len(parts) == 2:
        return almanac.month_end(*parts) if last else date(*parts, 1)
    return date(parts[0], 12, 31) if last else date(parts[0], 1, 1)


_KINDS = {
    "point": Resolver.point,
    "vague": Resolver.vague,
    "every": Resolver.every,
    "era": Resolver.era,
    "offset": Resolver.offset,
}
_BY_FIELD = (
    ("century", Resolver.century), ("decade", Resolver.decade), ("feast", Resolver.feast), ("lunar", Resolver.lunar), ("lunarmonth", Resolver.lunar),
    ("months", lambda self, fields, cue: Resolver.month(self, fields | {"month": fields["months"]}, cue)), ("season", Resolver.season), ("half", Resolver.half),
    ("quarter", Resolver.quarter), ("yearpart", Resolver.yearpart), ("month", Resolver.month), ("monthpart", Resolver.monthpart), ("weekday", Resolver.week),
    ("week", Resolver.week), ("weekend", Resolver.weekend), ("day", Resolver.day), ("year", Resolver.year_),
)  # fmt: skip
