"""Tokens of time: what stands at one place of a folded text. In: text and offset. Out: a Token or None.

A token is a word of the lexicons or a number with a unit; it fills one field of a date. `anchors` finds where a token
may begin, one compiled expression per first character reads it: every step is bounded, so a scan is linear.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon
from .numerals import DIGITS, number

CHINESE: Final = "".join(DIGITS) + "十廿卅百千几数多半"
_NUMERAL: Final = rf"(?:\d{{1,4}}+|[{CHINESE}]{{1,7}}+)"
_WEEKDAYS: Final = {c: n for n, chars in enumerate(("一", "二", "三", "四", "五", "六", "日天"), 1) for c in chars}
_WEEKS: Final = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_QUOTES: Final = (("", ""), ("“", "”"), ('"', '"'), ("‘", "’"), ("「", "」"))
Value = int | str | tuple[int, int] | None


@dataclass(slots=True)
class Token:
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


@dataclass(frozen=True, slots=True)
class Word:
    kind: str
    value: Value
    base: str
    then: str
    left: tuple[str, ...]
    right: tuple[str, ...]


def _stops(column: str) -> tuple[str, ...]:
    return tuple(column.split("|")) if column else ()


@cache
def _words() -> dict[str, Word]:
    """All words of the lexicons, feasts and plans also in quotation marks."""
    words = {}
    for row in lexicon.rows("dates_words"):
        plain = row["value"].lstrip("-").isdecimal()
        value: Value = int(row["value"]) if plain else row["value"]
        words[row["word"]] = Word(
            row["kind"], value, row["base"], row["then"], _stops(row["left"]), _stops(row["right"])
        )
    for row in lexicon.rows("dates_feasts"):
        for opening, closing in _QUOTES:
            alone = row["alone"] if not opening else "no"
            word = Word("feast", row["rule"], row["days"], alone, _stops(row["left"]), _stops(row["right"]))
            words.setdefault(opening + row["word"] + closing, word)
            if opening and row["alone"] == "no":  # “五一”国际劳动节
                for name in (
                    "节",
                    "国际劳动节",
                    "劳动节",
                    "妇女节",
                    "国际妇女节",
                    "国际劳动妇女节",
                    "儿童节",
                    "国际儿童节",
                    "建党节",
                    "建军节",
                    "青年节",
                ):
                    words.setdefault(opening + row["word"] + closing + name, word)
    for row in lexicon.rows("dates_eras"):
        for opening, closing in _QUOTES:
            words[opening + row["word"] + closing] = Word(
                "era", f"{row['start']} {row['end']}", "", row["kind"] if not opening else "quoted", (), ()
            )
    return words


@cache
def _stop_of_unit() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {row["unit"]: (row["kind"], _stops(row["stop"])) for row in lexicon.rows("dates_units")}


def trie(words: list[str]) -> str:
    """An expression that matches the longest of the words, without backtracking over any of them."""
    heads: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if word:
            heads[word[0]].append(word[1:])
    branches = [re.escape(head) + trie(tails) for head, tails in sorted(heads.items())]
    if not branches:
        return ""
    group = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{group})?" if "" in words else group


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """The expression of each first character."""
    units = trie(list(_stop_of_unit()))
    numeric = rf"(?P<number>(?:(?P<first>{_NUMERAL})(?:[-–~至到、]|——?))?(?P<numeral>{_NUMERAL})(?P<more>[多余几])?(?P<ge>个)?(?P<unit>{units}))"
    dotted = r"|(?P<iso>\d{4}(?P<dot>[-./])\d{1,2}(?P=dot)\d{1,2}(?!\d))|(?P<clock>\d{1,2}:\d{2}(?![\d:]))"
    week = r"(?P<week>(?P<which>上上|上|下下|下|本|这)?一?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])?)"
    heads: dict[str, list[str]] = defaultdict(list)
    for word in _words():
        heads[word[0]].append(word)
    by_head: dict[str, list[str]] = defaultdict(list)
    for head in "0123456789":
        by_head[head].append(numeric + dotted)
    for head in CHINESE:
        by_head[head].append(numeric)
    for head, words in heads.items():
        by_head[head].append(f"(?P<word>{trie(words)})")
    for head in "上下本这周星礼":
        by_head[head].append(week)
    return {head: re.compile("|".join(parts)) for head, parts in by_head.items()}


@cache
def _anchor() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(sorted(_patterns())))}]")


def anchors(text: str) -> Iterator[re.Match[str]]:
    """Where a token may begin."""
    return _anchor().finditer(text)


def read(text: str, position: int) -> Token | None:
    """The token that begins at the position."""
    pattern = _patterns().get(text[position : position + 1])
    match = pattern.match(text, position) if pattern else None
    if match is None:
        return None
    return _READERS[match.lastgroup or ""](text, match)


def _word(text: str, match: re.Match[str]) -> Token | None:
    word = _words()[match.group()]
    start, end = match.span()
    if (word.left and text.endswith(word.left, max(0, start - 8), start)) or (
        word.right and text.startswith(word.right, end)
    ):
        return None
    return Token(word.kind, start, end, word.value, word.base, word.then, unit=match.group())


def _number(text: str, match: re.Match[str]) -> Token | None:
    start, end = match.span()
    first, numeral, more, ge, unit = match.group("first", "numeral", "more", "ge", "unit")
    if _inside_number(text, start):
        return None
    kind, stops = _stop_of_unit()[unit]
    if stops and text.startswith(stops, end) and not (kind == "year" and len(numeral) == 4):
        return None
    value = number(numeral)
    if more or ge or value is None or kind == "duration":
        return Token(
            "duration",
            start,
            end,
            value,
            "more" if more else "",
            first=None if not first else number(first),
            unit=unit,
            numeral=numeral,
        )
    if kind == "decade" and first is None and len(numeral) > 2 and not numeral.isdecimal():  # 八九十年代
        return Token(
            kind,
            start,
            end,
            10 * DIGITS.get(numeral[-2], 0),
            first=10 * DIGITS.get(numeral[-3], 0),
            unit=unit,
            numeral=numeral,
        )
    if (
        kind == "month" and first is None and len(numeral) == 2 and numeral[0] in DIGITS and numeral[1] in DIGITS
    ):  # 七八月
        return Token(kind, start, end, DIGITS[numeral[1]], first=DIGITS[numeral[0]], unit=unit, numeral=numeral)
    return Token(kind, start, end, value, first=number(first) if first else None, unit=unit, numeral=numeral)


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
    if hour > 24 or minute > 59 or (start and (text[start - 1].isdecimal() or text[start - 1] in ".:")):
        return None
    return Token("clock", start, end, (hour, minute))


def _week(text: str, match: re.Match[str]) -> Token | None:
    start, end = match.span()
    which, weekday = match.group("which", "weekday")
    if which is None and weekday is None:
        return None
    if weekday and text.startswith(
        (
            "直",
            "起",
            "些",
            "共",
            "定",
            "样",
            "边",
            "方",
            "线",
            "系",
            "名",
            "位",
            "个",
            "次",
            "场",
            "批",
            "项",
            "报",
            "鸣",
            "年",
            "月",
        ),
        end,
    ):
        if which is None:
            return None
        weekday, end = None, end - 1
    if weekday is None and text.startswith(
        ("边", "围", "密", "期", "转", "到", "全", "年", "长", "岁", "末", "折", "村"), end
    ):
        return None
    return Token(
        "weekday" if weekday else "week",
        start,
        end,
        _WEEKDAYS[weekday] if weekday else _WEEKS[which or "本"],
        "published",
        first=None if which is None else _WEEKS[which],
    )


_READERS: Final = {"word": _word, "number": _number, "iso": _iso, "clock": _clock, "week": _week}
