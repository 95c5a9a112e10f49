"""Tokens of time: what stands at one place of a folded text. In: text and offset. Out: a Token or None.

A token is a number with a unit, a word of the lexicons or a day of the week; it fills one field of a date. `anchors` finds where one
may begin; words are looked up by their first two characters, two expressions read the rest: every step is bounded, so a scan is linear.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from .. import lexicon
from .numerals import DIGITS, number
from .words import around, split, trie

CHINESE: Final = "".join(DIGITS) + "十廿卅百千几数多半"
_NUMERIC: Final = frozenset("0123456789" + CHINESE)  # what a number begins with
_NUMERAL: Final = rf"(?:\d{{1,4}}+|[{CHINESE}]{{1,7}}+)"
WEEKDAYS: Final = {c: n for n, chars in enumerate(("一", "二", "三", "四", "五", "六", "日天"), 1) for c in chars}
CLAUSE_START: Final = frozenset(',;:。!?\n…、(“"「『」』)》— ■●□◆▲')
_WEEKS: Final = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_WEEK: Final = re.compile(r"(上上|上|下下|下|本|这)?一?个?(?:周|星期|礼拜)([一二三四五六日天])?")
_WEEK_HEADS: Final = frozenset("上下本这周星礼")
_READ: Final = _NUMERIC | _WEEK_HEADS  # what begins a token that is read rather than looked up
_QUOTES: Final = (("", ""), ("“", "”"), ('"', '"'), ("‘", "’"), ("「", "」"))
Value = int | str | tuple[int, int] | None


class Token(NamedTuple):
    """A field of a date: `kind` names it, `base` what its number is counted from, `then` what the word says besides."""

    kind: str
    start: int
    end: int
    value: Value
    base: str = ""
    then: str = ""
    first: int | None = None  # of `1至9月` the 1
    unit: str = ""
    numeral: str = ""


class Word(NamedTuple):
    kind: str
    value: Value
    base: str = ""
    then: str = ""
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    first: int | None = None  # of 今明两年 this year


@cache
def _words() -> dict[str, Word]:
    """All words of the lexicons, feasts and plans also in quotation marks."""
    words = {row["word"]: _of_row(row) for row in lexicon.rows("dates_words")}
    return _feasts() | words | _eras()


def _of_row(row: dict[str, str]) -> Word:
    """今明两年 is a range of years: both its numbers stand in the lexicon."""
    kind, told, first = row["kind"], row["value"], None
    if kind in ("years", "days"):
        kind, (first, told) = kind[:-1], told.split()
    value: Value = int(told) if told.lstrip("-").isdecimal() else told
    return Word(
        kind, value, row["base"], row["then"], split(row["left"]), split(row["right"]), int(first) if first else None
    )


def _feasts() -> dict[str, Word]:
    words: dict[str, Word] = {}
    for row in lexicon.rows("dates_feasts"):
        for opening, closing in _QUOTES:
            alone = row["alone"] if not opening else "no"
            word = Word("feast", row["rule"], "", alone, split(row["left"]), split(row["right"]))
            tails = around("quoted_feast_behind") if opening and row["alone"] == "no" else ()  # “五一”国际劳动节
            for name in ("", *tails):
                words.setdefault(opening + row["word"] + closing + name, word)
    return words


def _eras() -> dict[str, Word]:
    return {
        opening + row["word"] + closing: Word(
            "era", f"{row['start']} {row['end']}", then=row["kind"] if not opening else "quoted"
        )
        for row in lexicon.rows("dates_eras")
        for opening, closing in _QUOTES
    }


@cache
def _stop_of_unit() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {row["unit"]: (row["kind"], split(row["stop"])) for row in lexicon.rows("dates_units")}


@cache
def _by_head() -> dict[str, list[tuple[str, Word]]]:
    """The words that begin with two characters, the longest first; those of one character by that."""
    by_head: dict[str, list[tuple[str, Word]]] = defaultdict(list)
    for printed, word in sorted(_words().items(), key=lambda each: -len(each[0])):
        by_head[printed[:2]].append((printed, word))
    return {head: [*found, *(by_head.get(head[0], ()) if head[1:] else ())] for head, found in list(by_head.items())}


@cache
def _numbers() -> re.Pattern[str]:
    """A number or two with their unit, a date or a time of day in digits."""
    return re.compile(
        rf"(?P<number>(?P<first>{_NUMERAL})(?:(?:[-–~至到、]|——?)(?P<second>{_NUMERAL}))?(?P<more>个多|[多余几])?(?P<ge>个半?)?(?P<unit>{trie(list(_stop_of_unit()))}))"
        r"|(?P<iso>\d{4}(?P<dot>[-./])\d{1,2}(?P=dot)\d{1,2}(?!\d))|(?P<clock>\d{1,2}:\d{2}(?![\d:]))"
    )


@cache
def heads() -> frozenset[str]:
    """What a token begins with."""
    return _READ.union(word[0] for word in _words())


@cache
def _anchor() -> re.Pattern[str]:
    """The first of two characters that may begin a token; of a number its first digit, where no digit or a unit is behind."""
    behind_word = {word[1] for word in _words() if word[1:]} | set("一个上下周星礼期拜日天")
    behind_number = set(CHINESE).union((unit[0] for unit in _stop_of_unit()), "余个:./~至到、—–-")
    alone = _NUMERIC.union(word for word in _words() if not word[1:])
    first, numeral, few, many = map(_class, (heads(), alone, behind_word, behind_word | behind_number))
    return re.compile(f"{first}(?:(?={few})|(?<={numeral})(?=[0-9]{{0,3}}{many}))(?<![0-9][0-9])")


def _class(characters: Iterable[str]) -> str:
    return f"[{re.escape(''.join(sorted(characters)))}]"


def anchors(text: str) -> Iterator[int]:
    """Where a token may begin."""
    return (match.start() for match in _anchor().finditer(text))


def read(text: str, position: int) -> Token | None:
    """The token that begins at the position."""
    head = text[position : position + 1]
    if head in _NUMERIC and (match := _numbers().match(text, position)):
        return _READERS[match.lastgroup or ""](text, match)
    words = _by_head()
    for printed, word in words.get(text[position : position + 2]) or words.get(head, []):
        if text.startswith(printed, position):
            return _word(text, word, position, printed)
    if head in _WEEK_HEADS and (match := _WEEK.match(text, position)):
        return _week(text, match)
    return None


def _word(text: str, word: Word, start: int, printed: str) -> Token | None:
    end = start + len(printed)
    if word.left == ("^",) and not heads_clause(text, start):
        return None
    if (word.left and text.endswith(word.left, max(0, start - 8), start)) or (
        word.right and text.startswith(word.right, end)
    ):
        return None
    return Token(word.kind, start, end, word.value, word.base, word.then, word.first, printed)


def heads_clause(text: str, start: int) -> bool:
    before = text[max(0, start - 2) : start]
    return not before or before[-1] in CLAUSE_START or before.endswith(around("head_before"))


def _number(text: str, match: re.Match[str]) -> Token | None:
    start, end = match.span()
    if _inside_number(text, start):
        return None
    numeral, second, more, ge, unit = match.group("first", "second", "more", "ge", "unit")
    printed, numeral = (numeral, second) if second else (None, numeral)
    kind, stops = _stop_of_unit()[unit]
    if stops and text.startswith(stops, end) and not (kind == "year" and len(numeral) == 4):
        return None
    value, first = number(numeral), number(printed) if printed else None
    base = ""
    if printed is None and (both := _two_in_one(kind, numeral)):
        first, value = both
    if more or ge or value is None or kind == "duration":
        kind, base = "duration", "more" if more or ge == "个半" else ""
    elif printed and first is not None and text[match.end("first")] == "、" and value != first + 1:
        return None  # 1、5月8日: a numbered line
    return Token(kind, start, end, value, base, first=first, unit=unit, numeral=numeral)


def _two_in_one(kind: str, numeral: str) -> tuple[int, int] | None:
    """八九十年代, 七八月, 三四年, 十七八天: two numbers written as one."""
    if numeral.isdecimal():
        return None
    digits = [DIGITS[c] for c in numeral if c in DIGITS]
    if kind == "decade" and len(numeral) > 2 and len(digits) >= 2:
        return 10 * digits[-2], 10 * digits[-1]
    tens, pair = numeral[:-2], [DIGITS[c] for c in numeral[-2:] if c in DIGITS]
    if len(pair) < 2 or (tens and tens[-1] != "十"):
        return None
    if pair[1] != pair[0] + 1 and numeral != "三五" and kind != "month":
        return None
    ten = number(tens) or 0 if tens else 0
    return ten + pair[0], ten + pair[1]


def _inside_number(text: str, start: int) -> bool:
    """Whether the number goes on to the left: digits, a decimal point, a comma of thousands, letters."""
    if not start:
        return False
    before, here = text[start - 1], text[start]
    if here.isdecimal():
        return (
            before.isdecimal()
            or (
                before in ".,·"
                and start > 1
                and text[start - 2].isdecimal()
                and text[start + 2 : start + 3].isdecimal()
            )
            or (before.isascii() and before.isalpha())
            or (before == "." and text[start - 2 : start - 1].isdecimal())
        )
    return before in CHINESE


def _iso(text: str, match: re.Match[str]) -> Token | None:
    start, end = match.span()
    if start and ((text[start - 1].isalnum() and text[start - 1].isascii()) or text[start - 1] in ".-/"):
        return None
    year, month, day = (int(part) for part in re.split(r"[-./]", match.group()))
    return Token("iso", start, end, (year, month * 100 + day))


def _clock(text: str, match: re.Match[str]) -> Token | None:
    start, end = match.span()
    hour, minute = (int(part) for part in match.group().split(":"))
    before = text[max(0, start - 2) : start]
    if hour > 24 or minute > 59 or before[-1:].isdecimal() or (before[-1:] in (".", ":") and before[0].isdecimal()):
        return None
    return Token("clock", start, end, (hour, minute))


def _week(text: str, match: re.Match[str]) -> Token | None:
    start, end = match.span()
    which, weekday = match.groups()
    if weekday and text.startswith(around("weekday_behind"), end):
        weekday, end = None, end - 1
    if which is None and text.endswith(around("weekday_before"), 0, start):
        return None
    if weekday is None and (which is None or text.startswith(around("week_behind"), end)):
        return None
    first = None if which is None else _WEEKS[which]
    if weekday:
        return Token("weekday", start, end, WEEKDAYS[weekday], "published", first=first)
    return Token("week", start, end, first, "published", first=first)


_READERS: Final = {"number": _number, "iso": _iso, "clock": _clock}
