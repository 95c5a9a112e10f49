"""Names that are in no list, by their endings: 珊塘网格, 香榭丽花园, 独秀大道.

In: a folded text and the ends of the names that are known in it. Out: `Found` spans with the ending's kind and level.
A name reaches left from its ending to the nearest edge: a mark, a known name, or a word that stands before names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from .. import lexicon
from ..gazetteer import Gazetteer

_CJK = re.compile(r"[㐀-鿿豈-﫿·]")


@dataclass(frozen=True, slots=True)
class Ending:
    """A line of place_suffixes.csv."""

    suffix: str
    kind: str
    level: str | None
    least: int
    most: int
    need: str  # edge, plain, place, chain: see place_suffixes.csv


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name found by its ending; `edge` says what it begins at: mark, name, word."""

    start: int
    end: int
    ending: Ending
    edge: str


@cache
def endings() -> dict[str, Ending]:
    return {
        row["suffix"]: Ending(
            row["suffix"], row["kind"], row["level"] or None, int(row["least"]), int(row["most"]), row["need"]
        )
        for row in lexicon.rows("place_suffixes")
    }


@cache
def _pattern() -> re.Pattern[str]:
    alternatives = sorted(endings(), key=len, reverse=True)
    return re.compile("|".join(alternatives))


@lru_cache(maxsize=8)
def _before(gazetteer: Gazetteer) -> frozenset[str]:
    return lexicon.words("place_before") | gazetteer.connectives


def candidates(
    folded: str, gazetteer: Gazetteer, ends: Callable[[int], bool], inside: Callable[[int], bool]
) -> Iterator[Candidate]:
    """Names by ending, in text order. `ends(i)`: a known name ends at i; `inside(i)`: character i is part of one."""
    before = _before(gazetteer)
    last = 0
    for hit in _pattern().finditer(folded):
        ending = endings()[hit[0]]
        if inside(hit.end() - 1) or not _right(folded, hit.end(), ending):
            continue
        start, edge = _left(folded, hit.start(), ending, before, ends, last)
        if start is None or not _proper(folded[start : hit.start()], ending, gazetteer):
            continue
        if not _given(folded, start, hit, ending, edge) or _split_word(folded, start, hit.start(), ending, gazetteer):
            continue
        last = hit.end()
        yield Candidate(start, hit.end(), ending, edge)


def _left(
    folded: str, stem_end: int, ending: Ending, before: frozenset[str], ends: Callable[[int], bool], last: int
) -> tuple[int | None, str]:
    """Where the name begins and at what edge; None where no edge is near."""
    inner = lexicon.words("place_inner")
    for start in range(stem_end, max(last, stem_end - ending.most) - 1, -1):
        length = stem_end - start
        if start == last or not _CJK.match(folded[start - 1]):
            return (start, "mark") if length >= ending.least else (None, "")
        if ends(start) and length >= ending.least:
            return start, "name"
        for size in (3, 2, 1):
            word = folded[start - size : start]
            if word in before and folded[start - 1 : start + 1] not in inner:
                if length >= ending.least:
                    return start, "word"
                if size == 1:
                    return None, ""
                break
    return None, ""


def _given(folded: str, start: int, hit: re.Match[str], ending: Ending, edge: str) -> bool:
    """Whether the name has what its ending needs: no verb before it, or a word or a unit that places it."""
    if edge == "name" or ending.need == "edge":
        return True
    if ending.need == "plain":
        return folded[hit.start() - 1] not in lexicon.words("place_words", kind="verb_char")
    if ending.need == "chain":
        return False
    before = lexicon.words("place_evidence", side="before")
    after = lexicon.words("place_evidence", side="after")
    return any(folded[max(0, start - n) : start] in before for n in (1, 2)) or any(
        folded[hit.end() : hit.end() + n] in after for n in (1, 2)
    )


def _split_word(folded: str, start: int, stem_end: int, ending: Ending, gazetteer: Gazetteer) -> bool:
    """Whether the stem is half a word (了解|村) or ends in a verb (开展网格, 改造小区)."""
    if stem_end - start == 1:
        return start > 0 and folded[start - 1 : stem_end] in gazetteer.words
    return ending.need == "plain" and folded[stem_end - 2 : stem_end] in gazetteer.connectives


def _right(folded: str, end: int, ending: Ending) -> bool:
    """Whether the ending is not the first half of a longer word (路面, 山区, 村民)."""
    tails = {row["suffix"]: row["next"] for row in lexicon.rows("place_next")}
    return not (end < len(folded) and folded[end] in tails.get(ending.suffix, ""))


def _proper(stem: str, ending: Ending, gazetteer: Gazetteer) -> bool:
    """Whether the stem names one place rather than a kind of place (老旧小区, 示范村)."""
    if not ending.least <= len(stem) <= ending.most:
        return False
    if len(stem) == 1 and stem + ending.suffix in gazetteer.words:
        return False
    common = lexicon.words("place_words", kind="common")
    if stem in common or stem + ending.suffix in lexicon.words("place_words", kind="generic"):
        return False
    return not any(stem.endswith(word) for word in lexicon.words("place_words", kind="common_end")) and not any(
        stem.startswith(word) for word in lexicon.words("place_words", kind="common_start"))  # fmt: skip
