"""The fields of one date, ever finer, as they stand one behind the other: 2021年5月12日上午8点半.

In: text and offset. Out: Fields and where they end. Numbers out of bounds end the date; what the calendar lacks is left
to the resolver.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from . import lexer
from .lexer import Token
from .mention import RANK, Fields, whole
from .numerals import DIGITS, number
from .words import Tail, around, heads, tail

_LUNAR_DAY: Final = re.compile(
    r"初[一二三四五六七八九十](?![中级年个名])|二十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十|十[一二三四五六七八九]?"
)
_LUNAR_FEASTS: Final = {(2, "二"), (3, "三"), (6, "六"), (7, "七"), (9, "九")}
_MINUTES: Final = re.compile(r"(\d{1,2}|[一二三四五十]{1,3})分|(半)|([一三])刻|整|(\d{2})(?=[许,、。;至到左])")
_NOTE: Final = re.compile(  # 5月12日(星期四), 5月12日(农历四月初八)上午
    r"\((?:星期|周|礼拜)[一二三四五六日天]\)|\((?:农历|阴历)[^()\n]{1,12}\)(?=[上下中早晚凌清夜傍])"
)
_SEASON: Final = re.compile(r"([春夏秋冬])(?=[,。、;!?)\n至到起以]|$)")
_SEASONS: Final = {"春": "SP", "夏": "SU", "秋": "FA", "冬": "WI"}
_DAYS: Final = frozenset({"day", "weekday", "feast"})
_OF_A_YEAR: Final = frozenset({"feast", "month", "season", "half", "quarter", "day", "yearpart"})


def fields_at(text: str, position: int, token: Token | None = None, *, inside: bool = False) -> tuple[Fields, int]:
    """The fields from the position on. A token already read is taken first; `inside`: something of the date stands before."""
    fields: Fields = {}
    rank, end = -1.0, position
    while token := token or _next(text, end, fields, inside or bool(fields)):
        here = _rank(token, rank)
        if here is None or here <= rank or not _fits(text, token, fields, rank):
            break
        rank, end = here, token.end
        if _put(text, token, fields):
            break
        end = _finish(text, end, token.kind, fields)
        if token.kind == "hour":
            break
        token = _over_space(text, end, token.kind, fields, rank) if text.startswith(" ", end) else None
    return fields, end


def _rank(token: Token, rank: float) -> float | None:
    """How fine a token is. 农历 may stand before the year or behind it."""
    if token.kind == "lunar" and rank < RANK["month"]:
        return rank + 0.5
    return RANK["day"] if token.kind == "iso" else RANK.get(token.kind)


def from_january(token: Token) -> Token | None:
    """今年前11个月, 前三季度: as a range from the first."""
    count, months = token.value, token.unit in ("月", "月份")
    if not isinstance(count, int) or not (months or token.unit == "季度") or token.first is not None:
        return None
    if not 1 <= count <= (12 if months else 4):
        return None
    return Token("months" if months else "quarter", token.start, token.end, count, first=1, unit=token.unit)


def _over_space(text: str, end: int, kind: str, fields: Fields, rank: float) -> Token | None:
    """The finer token behind a space, as in 5月12日 8:30."""
    absolute = kind in ("day", "month") and not fields.get(kind, (0, ""))[1]
    if not absolute or not text[end + 1 : end + 2].isdecimal():
        return None
    token = lexer.read(text, end + 1)
    finer = token and token.kind in ("day", "hour", "clock") and RANK[token.kind] > rank
    return token if finer else None


@cache
def _goes_on() -> frozenset[str]:
    """What the next field of a date begins with."""
    return lexer.heads().union("第前头的初春夏秋冬", heads("part"), heads("daypart"))


def _next(text: str, position: int, fields: Fields, inside: bool) -> Token | None:
    here = text[position : position + 1]
    if here not in _goes_on():
        return None
    if "lunarmonth" in fields and "day" not in fields:
        day = _LUNAR_DAY.match(text, position)
        if day:
            return Token("day", position, day.end(), number(day.group().lstrip("初")), unit="lunar")
        if "lunar" in fields and (whole(fields, "lunarmonth"), here) in _LUNAR_FEASTS:
            return Token("day", position, position + 1, fields["lunarmonth"][0], unit="lunar")
    if here == "同" and "year" in fields and (same := tail("part", text, position)):  # 去年同期, 去年同一天
        return _part(fields, position, same)
    token = lexer.read(text, position)
    if token:
        return token
    if here in ("第", "前", "头") and "year" in fields:
        token = lexer.read(text, position + 1)
        if token and here == "第":
            return token if token.kind == "quarter" else None
        return from_january(token) if token else None
    if here == "的" and not {"day", "weekday"} & fields.keys():
        return _behind_of(text, position, fields)
    if fields.keys() == {"year"} and (season := _SEASON.match(text, position)):
        return Token("season", position, season.end(), _SEASONS[season[1]])
    if inside and (not fields or fields.keys() & _DAYS) and (short := tail("daypart", text, position)):
        return Token("daypart", position, short.end, short.value)
    part = tail("part", text, position) if inside else None
    return _part(fields, position, part) if part else None


def _behind_of(text: str, position: int, fields: Fields) -> Token | None:
    """去年的5月, 4月底的一个傍晚, 1998年冬天的一个深夜."""
    if {"month", "season"} & fields.keys() and text.startswith("的一个", position):
        token = lexer.read(text, position + 3)
        return token if token and token.kind == "daypart" else None
    token = lexer.read(text, position + 1) if "year" in fields else None
    return token if token and token.kind in _OF_A_YEAR and token.base != "previous" else None


def _part(fields: Fields, position: int, part: Tail) -> Token | None:
    """初, 底, 上旬, 年内 behind a month or year."""
    if part.value in ("same", "now"):
        return Token("yearpart", position, part.end, part.value) if "year" in fields else None
    monthly = "month" in fields or "lunarmonth" in fields
    if not monthly and (part.word.endswith("旬") or ("year" not in fields and fields)):
        return None
    if part.value == "whole" and monthly:
        return None
    return Token("monthpart" if monthly else "yearpart", position, part.end, part.value)


def _fits(text: str, token: Token, fields: Fields, rank: float) -> bool:
    """Whether the token may be a date's next field: its number is in bounds, and its neighbours let it."""
    kind, value = token.kind, token.value
    if kind == "year" and not token.base:
        return _year_fits(text, token)
    if kind == "lunar":
        return "lunar" not in fields
    if kind == "feast":  # 去年冬天大雪封山, 今夏雨水足
        return "season" not in fields and (token.then != "weather" or tail("feast_told", text, token.end) is not None)
    if not isinstance(value, int) or token.base:
        return not (kind == "day" and token.base == "previous" and rank >= 0)
    low = token.first if token.first is not None else value
    if kind == "day" and token.unit != "lunar" and rank >= 0 and not {"month", "lunarmonth"} & fields.keys():
        return False
    if kind == "hour" and len(token.numeral) > 3:
        return False
    if kind == "decade":
        return value % 10 == 0 and (value < 100 or 1800 <= value <= 2090)
    least, most = _BOUNDS.get(kind, (low, value))
    return least <= value <= most and least <= low <= most


_BOUNDS: Final = {"month": (1, 12), "day": (1, 31), "hour": (0, 24), "quarter": (1, 4), "century": (10, 21)}


def _year_fits(text: str, token: Token) -> bool:
    numeral, value = token.numeral, token.value
    if not isinstance(value, int):
        return False
    if len(numeral) == 4 and not any(c in "十百千" for c in numeral):
        if token.first is not None and not 1000 <= token.first <= 2199:
            return False
        return 1000 <= value <= 2199 and (value % 100 > 0 or not _ages(text, token))
    if token.unit == "年度":
        return len(numeral) == 2 and 10 <= value <= 99
    if _two_digits_spelt(token, value):
        return True
    if not (numeral.isdecimal() and len(numeral) == 2 and token.first is None):
        return False
    if text.endswith(around("two_digits_before"), 0, token.start):
        return False
    month = lexer.read(text, token.end)
    if month is None or month.kind != "month" or month.unit != "月":
        return False
    return isinstance(month.value, int) and 1 <= month.value <= 12


def _ages(text: str, token: Token) -> bool:
    """距今约2000年, 1500年历史."""
    return text.startswith(around("age_behind"), token.end) or text.endswith(around("age_before"), 0, token.start)


def _two_digits_spelt(token: Token, value: int) -> bool:
    """八五年, 零八年, but not 七八年, that is a length, nor 三五年."""
    numeral = token.numeral
    if len(numeral) != 2 or any(c not in DIGITS for c in numeral) or token.first is not None:
        return False
    return (value >= 50 and value % 10 != value // 10 + 1) or (value < 30 and numeral[0] in "零〇○")


def _put(text: str, token: Token, fields: Fields) -> bool:
    """Enters the token among the fields. True where it is a range and so the last."""
    kind, value, base = token.kind, token.value, token.base
    if kind == "iso" and isinstance(value, tuple):
        fields.update(year=(value[0], ""), month=(value[1] // 100, ""), day=(value[1] % 100, ""))
        return False
    if kind == "year":
        if isinstance(value, int) and not base and value < 100:
            value += 2000 if value < 50 or token.unit == "年度" else 1900
        if token.then:
            fields["season"] = (token.then, "")
    elif kind == "hour" and isinstance(value, int) and token.first is None:
        value = (value, _minute(text, token, fields))
    elif kind == "weekday":
        if token.first is not None:
            fields["week"] = (token.first, "published")
        base = ""
    elif kind == "day" and token.then:
        fields["daypart"] = (token.then, "")
    fields["hour" if kind == "clock" else kind] = (value, base)
    if token.unit == "lunar":
        fields["lunar"] = (1, "")
    ranged = token.first is not None and kind not in ("weekday", "week")
    if ranged:
        fields["first"] = (token.first, kind)
    return ranged


def _minute(text: str, token: Token, fields: Fields) -> int:
    minutes = _MINUTES.match(text, token.end)
    if not minutes or token.unit == "点钟":
        return 0
    spelt, half, quarter, bare = minutes.groups()
    minute = 30 if half else 15 * (number(quarter) or 0) if quarter else number(spelt or bare or "0")
    if minute is None or minute >= 60:
        return 0
    fields["end"] = (minutes.end(), "")
    return minute


def _finish(text: str, end: int, kind: str, fields: Fields) -> int:
    """Where a field ends, with what changes nothing: the note of the weekday, 份, 许, the decade's part."""
    if kind in ("hour", "clock"):
        stop, _ = fields.pop("end", (end, ""))
        end = stop if isinstance(stop, int) else end
        return _past("about", text, end)
    if kind in ("day", "iso"):
        note = _NOTE.match(text, end)
        return note.end() if note else end
    if kind in ("year", "decade", "week"):
        return _past(kind, text, end)
    if kind == "century":
        if edge := tail("century", text, end):
            fields["decade"] = (int(edge.value), "")
            return edge.end
        return _past("decade", text, end)
    if kind == "month":
        if text.startswith("份", end):
            return end + 1
        if not fields["month"][1] and _lunar_follows(text, end, fields):
            fields["lunarmonth"] = fields.pop("month")
            fields["lunar"] = (1, "")
    return end


def _past(kind: str, text: str, end: int) -> int:
    found = tail(kind, text, end)
    return found.end if found else end


def _lunar_follows(text: str, end: int, fields: Fields) -> bool:
    """二月初二, 八月十五, 三月三, 农历七月十四: a lunar day behind a month's name in Chinese numerals."""
    month, day = whole(fields, "month"), _LUNAR_DAY.match(text, end)
    if "first" in fields or not month:
        return False
    if day and not text.startswith(around("lunar_day_behind"), day.end()):
        full_moon = day.group() == "十五" and text[end - 2] in "一七八"
        return "lunar" in fields or day.group().startswith("初") or full_moon
    here = text[end : end + 1]
    doubled = (month, here) in _LUNAR_FEASTS and text[end - 2] == here
    return doubled and not text.startswith(around("lunar_feast_behind"), end + 1)
