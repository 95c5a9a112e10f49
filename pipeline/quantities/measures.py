"""Units, classifiers and the words around a number: lexicons figures_*.csv as look-ups over a folded text.

In: a folded text and a numeral in it. Out: the `Unit` that stands behind the numeral, if it counts there; the qualifiers on either side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon
from ..numerals import Numeral

LONGEST: Final = 6  # characters of a unit
_COUNTS: Final = ("共", "分成", "分为", "有", "计", "第")


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of figures_units.csv or figures_classifiers.csv.

    `by`: what a number before it is multiplied by to stand in `name` (2 for 旬 is 20 岁); `factor`: one `name` in `si_unit`, 0 where there is none.
    `numerals`: all, digits (Chinese numerals below ten do not count it), count (they do behind 共 or 分).
    """

    printed: str
    name: str
    dimension: str
    by: float
    factor: float
    si_unit: str
    numerals: str
    stop: tuple[str, ...]
    stop_chinese: tuple[str, ...]


@cache
def units() -> Mapping[str, Unit]:
    """Units and classifiers by how they are printed."""
    found: dict[str, Unit] = {}
    for row in lexicon.rows("figures_classifiers"):
        si = {"person": "person", "household": "household", "person-time": "person-time"}.get(row["dimension"], "1")
        found[row["unit"]] = Unit(row["unit"], row["name"], row["dimension"], 1, 1, si, row["numerals"], _split(row["stop"]), _split(row["stop_chinese"]))  # fmt: skip
    for row in lexicon.rows("figures_units"):
        found[row["unit"]] = Unit(row["unit"], row["name"], row["dimension"], float(row["by"] or 1), float(row["factor"] or 0), row["si_unit"], "all",
                                  _split(row["stop"]), _split(row["stop_chinese"]))  # fmt: skip
    return found


def _split(column: str) -> tuple[str, ...]:
    return tuple(column.split("|")) if column else ()


def unit_at(text: str, number: Numeral) -> Unit | None:
    """The longest unit behind the numeral that can count there."""
    end = number.end
    for printed, unit in _by_first().get(text[end : end + 1], ()):
        if text.startswith(printed, end) and _counts(text, number, unit):
            return unit
    return None


@cache
def _by_first() -> Mapping[str, tuple[tuple[str, Unit], ...]]:
    """Units by their first character, the longest first."""
    found: dict[str, list[tuple[str, Unit]]] = {}
    for printed, unit in sorted(units().items(), key=lambda each: (-len(each[0]), each[0])):
        found.setdefault(printed[0], []).append((printed, unit))
    return {first: tuple(each) for first, each in found.items()}


def _counts(text: str, number: Numeral, unit: Unit) -> bool:
    behind = number.end + len(unit.printed)
    if unit.numerals == "count" and text.endswith("分", 0, number.start):  # 分两期建设
        return True
    if unit.stop and text.startswith(unit.stop, behind):
        return False
    if number.shape == "arabic":
        return True
    short = number.value < 100 and not number.qualifier
    if short and unit.stop_chinese and text.startswith(unit.stop_chinese, behind):
        return False
    if unit.numerals == "digits":  # 两双, 两节: 两 does nothing but count
        return number.value >= 10 or text[number.start] == "两"
    return unit.numerals == "all" or number.value >= 10 or text.endswith(_COUNTS, 0, number.start)


@cache
def context(kind: str) -> tuple[str, ...]:
    """The words of a kind in figures_context.csv, the longest first."""
    return tuple(sorted(lexicon.words("figures_context", kind=kind), key=lambda word: (-len(word), word)))


@cache
def set_phrases() -> re.Pattern[str]:
    """The phrases that hold a number which is no figure, the longest first."""
    return re.compile("|".join(map(re.escape, context("phrase"))))


@cache
def _qualifiers(place: str) -> Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]:
    """Word, sign and stops of the qualifiers of a place, the longest first, by the character next to the number."""
    found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    rows = [row for row in lexicon.rows("figures_qualifiers") if row["place"] == place]
    for row in sorted(rows, key=lambda row: (-len(row["word"]), row["word"])):
        near = row["word"][-1 if place == "before" else 0]
        found.setdefault(near, []).append((row["word"], row["sign"], _split(row["stop"])))
    return {near: tuple(each) for near, each in found.items()}


def may_qualify(text: str, left: int, right: int) -> bool:
    """Whether a qualifier may stand beside `text[left:right]`: one ends or begins with the character there."""
    return (
        text[left - 1 : left] in _qualifiers("before")
        or text[right : right + 1] in _qualifiers("after")
        or text[left - 1 : left] == "下"
    )


def qualifiers(place: str, text: str, start: int, end: int) -> list[tuple[str, str]]:
    """The qualifiers that end at `end` (before) or begin at `start` (after), the longest first, with their signs."""
    near = text[max(start, end - 1) : end] if place == "before" else text[start : min(start + 1, end)]
    words = _qualifiers(place).get(near)
    if words is None:
        return []
    if place == "before":
        return [
            (word, sign) for word, sign, stops in words
            if text.endswith(word, start, end) and not text.endswith(stops, start, end - len(word))
        ]  # fmt: skip
    return [
        (word, sign) for word, sign, stops in words
        if text.startswith(word, start, end) and not text.startswith(stops, start + len(word))
    ]  # fmt: skip
