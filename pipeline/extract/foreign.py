"""Names of persons without a Chinese surname: with dots, of known elements, or spelled in the characters of such names.

In: a folded text and a position. Out: spans of names with dots; ends of names that begin at the position, with how much each looks
like a name. The tables are those of `names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from .. import lexicon

DOT: Final = "·"
_HAN: Final = "\u3400-\u9fff\U00020000-\U0003134f"
_LONGEST: Final = 8  # a part of a name
_LINKS: Final = "和与"  # between two names, unless an element holds them
_COMMON: Final = 3  # the weight of a surname that no such name begins with unless an element follows
_INNER: Final = "不果更"  # never the first character of one


@cache
def characters() -> frozenset[str]:
    """The characters in which such names are spelled."""
    kept = (row["characters"] for row in lexicon.rows("names_characters") if row["kind"] == "foreign")
    return frozenset("".join(kept))


@cache
def _with_dots() -> frozenset[str]:
    """The characters in which names with dots are spelled."""
    kept = (row["characters"] for row in lexicon.rows("names_characters") if row["kind"] == "dotted")
    return characters() | frozenset("".join(kept))


@cache
def elements() -> re.Pattern[str]:
    """One to four elements of one group, set side by side: 扎西顿珠, 乌云其其格."""
    groups = []
    for row in lexicon.rows("names_elements"):
        words = sorted(set(row["elements"].split()), key=lambda w: (-len(w), w))
        groups.append("(?:" + "|".join(words) + "){1,4}")
    return re.compile("|".join(f"({group})" for group in groups))


@cache
def beginnings() -> re.Pattern[str]:
    """One element of any group."""
    return lexicon.pattern({word for row in lexicon.rows("names_elements") for word in row["elements"].split()})


@cache
def _stops() -> tuple[frozenset[str], frozenset[str]]:
    """What no part of such a name goes across: words of persons and offices before it, verbs behind it."""
    before = lexicon.words("names_context", kind="noun") | lexicon.words("posts_ranks", "rank")
    verbs = lexicon.words("names_context", kind="verb") | lexicon.words("names_context", kind="say")
    return before, frozenset(verb for verb in verbs if len(verb) > 1 or verb not in characters())


@cache
def _dotted() -> re.Pattern[str]:
    return re.compile(f"[{_HAN}]{{1,{_LONGEST}}}(?:{DOT}[{_HAN}A-Z]{{1,{_LONGEST}}}){{1,4}}")


def dotted_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of names with dots between their two to five parts; the outer parts are cut where other words begin."""
    position = 0
    while match := _dotted().search(text, position):
        start, end = match.span()
        first = text.index(DOT, start)
        left, right = _left(text, start, first), first
        while right < end and text[right] == DOT:
            stop = _right(text, right + 1, min(end, right + 1 + _LONGEST))
            if stop == right + 1:
                break
            right = stop
        if left < first < right:
            yield left, right
        position = max(right, first + 1)


def _left(text: str, low: int, first: int) -> int:
    """Where the first part begins: behind a word for a person or an office, or at a character of no such name."""
    before, _ = _stops()
    left = first
    while left > low and text[left - 1] in _with_dots():
        left -= 1
        if first - left > 1 and any(text[max(0, left - n) : left] in before for n in (2, 3, 4)):
            break
    while left < first and text[left] in _INNER:
        left += 1
    return left


def _right(text: str, start: int, end: int) -> int:
    """Where a part ends: at a verb, or at a character that no such name holds."""
    _, verbs = _stops()
    whole = elements().match(text, start, end)
    position = whole.end() if whole else start
    while position < end and (text[position] in _with_dots() or text[position].isascii()):
        if position > start and (
            text[position] in _LINKS or any(text[position : position + n] in verbs for n in (4, 3, 2, 1))
        ):
            break
        position += 1
    return position


def spelled(text: str, start: int) -> Iterator[tuple[int, float]]:
    """Ends of names that could begin here and are of known elements: 扎西顿珠."""
    match = elements().match(text, start)
    if match and match.end() - start >= 2:
        yield match.end(), 0.5 if match.end() - start < 4 else 4.5


def runs(text: str, start: int, surnames: Mapping[str, int]) -> Iterator[tuple[int, float]]:
    """Ends of runs of characters of such names, where a name is expected to begin: 索南东智, 色布勒玛."""
    _, verbs = _stops()
    end = start
    if surnames.get(text[start : start + 1]) == _COMMON and not any(
        beginnings().match(text, start + n) for n in range(3)
    ):
        return
    while end < min(len(text), start + _LONGEST) and (
        text[end] in characters() or (end == start and text[end] in surnames)
    ):
        if end > start and any(text[end : end + n] in verbs for n in (4, 3, 2)):
            break
        end += 1
        if end - start >= 2:
            yield end, (-0.5, 0.8, 2.0)[min(2, end - start - 2)] - (2.0 if text[end - 1] in _LINKS else 0.0)


def may_go_on(text: str, start: int, end: int) -> bool:
    """Whether a name of such characters can be longer than up to `end`."""
    return all(c in characters() for c in text[start + 1 : end + 1])


def plausible(text: str, start: int, end: int) -> bool:
    """Whether a name may be that long: a Chinese one has two or three characters, four with a surname of two."""
    alien = all(c in characters() or c == DOT for c in text[start + 1 : end])
    return end - start in (2, 3) or alien or (end - start == 4 and text[start : start + 2] in _surnames())


@cache
def _surnames() -> frozenset[str]:
    return frozenset(s for row in lexicon.rows("names_surnames") for s in row["surnames"].split() if len(s) > 1)


def goes_on(text: str, start: int, end: int) -> int:
    """Where a name of such characters ends that an element follows (敖特根|巴雅尔); else `end`."""
    match = elements().match(text, end)
    _, verbs = _stops()
    if match is None or match.end() - end < 2 or text[end : match.end()] in verbs:
        return end
    return match.end() if all(c in characters() for c in text[start:end]) else end
