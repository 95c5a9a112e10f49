"""What lengths, sets and named times mean: Mentions of the kinds vague, offset, every, era → Readings.

In: Mention, Memory, cue. Out: a Reading, or None where it tells no time.
"""

from __future__ import annotations

from datetime import date, timedelta

from . import almanac, periods
from .lexer import Value
from .memory import Memory
from .mention import Mention, code, whole
from .periods import Reading


def vague(mention: Mention, memory: Memory, cue: int) -> Reading:
    """近期 with 将 behind it lies ahead."""
    near = cue and mention.value == "PAST_REF" and "near" in mention.fields
    return periods.reference("FUTURE_REF" if near else str(mention.value))


def every(mention: Mention, memory: Memory, cue: int) -> Reading:
    return periods.reference(_set_value(mention))


def _set_value(mention: Mention) -> str:
    """XXXX-12 for 每年底, XXXX-05-12 for 每年5月12日, SET for what has no such pattern."""
    fields = mention.fields
    if mention.until or mention.value not in ("P1Y", "?") or not fields.keys() <= {"year", "yearpart", "month", "day"}:
        return "SET"
    if "yearpart" in fields:
        return {"early": "XXXX-01", "mid": "XXXX-06", "late": "XXXX-12"}.get(code(fields, "yearpart"), "SET")
    if "month" in fields:
        return f"XXXX-{whole(fields, 'month'):02d}" + (f"-{whole(fields, 'day'):02d}" if "day" in fields else "")
    return "SET"


def era(mention: Mention, memory: Memory, cue: int) -> Reading | None:
    first, _, last = str(mention.value).partition(" ")
    start, end = _iso(first, last=False), _iso(last, last=True) if last else None
    grain, part = "year" if len(first) == 4 else "day", code(mention.fields, "part")
    if end is None and part:
        return None if part == "late" else periods.reference("PAST_REF")
    if mention.relation == "since":
        return Reading(start, None, f"{first}/..", grain)
    if mention.relation == "until":
        return Reading(None, start, f"../{first}", grain)
    if part and end:
        return periods.year(end.year if part == "late" else start.year)
    return Reading(start, end, f"{first}/{last or '..'}", grain)


def _iso(text: str, *, last: bool) -> date:
    parts = [int(p) for p in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12 if last else 1
    if len(parts) == 3:
        return date(year, month, parts[2])
    return almanac.month_end(year, month) if last else date(year, month, 1)


def offset(mention: Mention, memory: Memory, cue: int) -> Reading | None:
    """两年前, 3天后, 近三年, 未来五年."""
    relation, count = mention.relation, mention.value
    if mention.unit in ("小时", "分钟") and relation != "next":
        return _moments_ago(memory)
    ahead = relation in ("later", "next")
    vaguely = periods.reference("FUTURE_REF" if ahead else "PAST_REF")
    yearly = mention.unit == "年" and count != "half"
    if relation == "these" or count is None or (relation in ("last", "next") and not yearly):
        return vaguely
    if relation == "next":
        return _years_ahead(memory, count) or vaguely
    origin = memory.published
    if ahead and memory.last and memory.last.start:
        origin, memory.used = memory.last.start, "previous"
    elif origin:
        memory.used = "published"
    reading = origin and _counted(origin, count, mention, 1 if ahead else -1)
    if origin is None or (reading and reading.start and not periods.KNOWN_FROM <= reading.start.year < 2200):
        return vaguely
    return reading or None


def _years_ahead(memory: Memory, count: Value) -> Reading | None:
    """今后五年: from the day of publication."""
    first = memory.published
    if first is None or not isinstance(count, int):
        return None
    memory.used = "published"
    last = first.replace(year=first.year + count, day=min(first.day, 28) if first.month == 2 else first.day)
    return Reading(first, last, f"{first.year}/{last.year}", "year")


def _moments_ago(memory: Memory) -> Reading:
    """几分钟前, 两小时前: the part of the day of the time last mentioned."""
    last = memory.day
    if last is None or "T" not in last.value:
        return periods.reference("PAST_REF")
    memory.used = "previous"
    day, _, clock = last.value.partition("T")
    if not clock[:2].isdecimal():
        return last
    hour = int(clock[:2])
    part = "MO" if hour < 12 else "AF" if hour < 18 else "EV" if hour < 23 else "NI"
    return Reading(last.start, last.end, f"{day}T{part}", "time")


def _counted(origin: date, count: Value, mention: Mention, sign: int) -> Reading | None:
    open_end = mention.relation == "last"
    half = count == "half"
    n = sign * count if isinstance(count, int) else 0
    unit = mention.unit
    if unit == "年":
        reading = _months_off(origin, 6 * sign) if half else periods.year(origin.year + n)
    elif unit == "月":
        reading = periods.day(origin + timedelta(days=sign * 15)) if half else _months_off(origin, n)
    elif unit == "季度":
        reading = _months_off(origin, 3 * n)
    elif unit in ("周", "星期"):
        then = origin + timedelta(weeks=n)
        reading = periods.day(then) if open_end else periods.week(then - timedelta(days=origin.weekday()))
    elif unit in ("天", "日"):
        reading = periods.day(origin + timedelta(days=n))
    else:
        return None
    return periods.since(reading) if open_end else reading


def _months_off(origin: date, months: int) -> Reading:
    return periods.month(*periods.shift_month(origin.year, origin.month, months))
