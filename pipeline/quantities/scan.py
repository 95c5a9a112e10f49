"""The scan: one pass over the numerals of a folded text, a hand-written parser at each.

In: a folded text and the characters that other facts hold (dates, names). Out: `Quantity`s in reading order, not overlapping, each
within one clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .. import numerals
from ..numerals import Numeral
from .around import is_none, opened
from .measures import unit_at
from .quantity import Quantity, plain
from .shapes import goes_on_left, half, shape

_ANCHOR: Final = re.compile(rf"[{numerals.STARTS}大小过半](?<![大小过](?!半))(?:(?<!半)[{numerals.STARTS}]+)?")
_QUOTED: Final = re.compile(r"[“‘「『\"《]([^“”‘’「」『』\"《》\n]{1,30})[”’」』\"》]")
_SLOGAN: Final = 12  # characters between quotation marks that are a name or a slogan rather than somebody's words
_SPOKEN: Final = re.compile(r"[,。!?;:]")
_RUNS: Final = 3  # characters of a run of numerals that a number may begin at: 统一|三十个; of digits only the first
_HELD, _PLACE = 1, 2  # what `taken` says of a character
_LISTING: Final = frozenset("、和")
_MOST_LISTED: Final = 12


def quantities(text: str, taken: bytearray | None = None) -> Iterator[Quantity]:
    """The quantities of a folded text. `taken`: one byte a character, not 0 where something else stands; 2 where a place does."""
    held = _held(text, taken)
    done = listless = 0  # before `listless` no list can begin
    for run in _ANCHOR.finditer(text):
        first, last = run.span()
        tried = 1 if text[first].isdecimal() else _RUNS
        for start in range(max(first, done), min(last, first + tried)):
            if held[start] == _HELD:
                continue
            number = numerals.read(text, start)
            whole: list[Quantity] = []
            if number and start >= listless and text[number.end : number.end + 1] in _LISTING:
                whole, listless = _listed(text, number)
            if not whole and (one := shape(text, number) if number else half(text, start)):
                whole = [one]
            if not whole:
                continue
            if not is_none(text, whole[0]) and not _is_held(text, held, whole):
                found = _opened(text, whole, done)
                yield from found
                done = found[-1].end
            break


def _is_held(text: str, held: bytearray, found: list[Quantity]) -> bool:
    """Whether a date or name holds it. What begins with Arabic digits is rather a measure before a name: 17公里山路."""
    within = held[found[0].left : found[-1].right]
    return _HELD in within or (_PLACE in within and not text[found[0].left].isdecimal())


def _held(text: str, taken: bytearray | None) -> bytearray:
    """What is taken, and the titles of works and the short words in quotation marks that nobody speaks."""
    held = bytearray(taken or len(text))
    for match in _QUOTED.finditer(text):
        words = match[1]
        if match[0][0] == "《" or (len(words) <= _SLOGAN and not _SPOKEN.search(words)):
            held[match.start(1) : match.end(1)] = bytes((_HELD,)) * len(words)
    return held


def _opened(text: str, whole: list[Quantity], done: int) -> list[Quantity]:
    """The first with the qualifiers before it, the last with those behind."""
    if len(whole) == 1:
        return [opened(text, whole[0], done)]
    first, *inner, last = whole
    return [opened(text, first, done), *inner, opened(text, last, last.left)]


def _listed(text: str, first: Numeral) -> tuple[list[Quantity], int]:
    """30、25、20万元: as many quantities, each in the unit of the last; 三、四个 is one, from three to four. Also before where no other list can begin."""
    start = first.start
    if goes_on_left(text, start):
        return [], start
    found = [first]
    while text[found[-1].end : found[-1].end + 1] in ("、", "和", "及") and len(found) < _MOST_LISTED:
        following = numerals.read(text, found[-1].end + 1)
        if following is None:
            break
        found.append(following)
    last = found[-1]
    unit = unit_at(text, last)
    if unit is None or len(found) < 2:
        return [], last.start
    right = last.end + len(unit.printed)
    if len(found) == 2 and first.shape == last.shape == "plain" and last.value - first.value == 1 and last.value < 10:
        both = plain(start, right, first.value * unit.by, unit, "~", last.value * unit.by)
        return [both], start
    if any(each.shape != "arabic" for each in found):
        return [], start
    rows = [each if each.scale != 1 else each.scaled(last.scale) for each in found[:-1]]
    listed = [plain(n.start, n.end, n.value * unit.by, unit, n.qualifier or "=") for n in rows]
    return [*listed, plain(last.start, right, last.value * unit.by, unit, last.qualifier or "=")], start
