"""A short stretch of text cut into words, to see where a name that is in no list begins.

In: at most a clause, and the words with the letters of their classes (`Gazetteer.tags`). Out: `Word`s from left to right; what no
word covers stands as single characters of class "": names are made of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_SINGLE, _LONGEST = (
    1.2,
    3,
)  # a character alone costs more than a word: 和|平安 is worse than 和平|安 is no better, so the later word wins


class Word(NamedTuple):
    start: int
    end: int
    tag: str


def cut(text: str, start: int, end: int, tags: Mapping[str, str]) -> list[Word]:
    """The fewest words that cover `text[start:end]`; among equals, the one with long words at the end."""
    size = end - start
    best: list[tuple[float, int, str]] = [(0.0, 0, "")]
    for right in range(1, size + 1):
        choice = (best[right - 1][0] + _SINGLE, 1, "")
        for length in range(2, min(_LONGEST, right) + 1):
            tag = tags.get(text[start + right - length : start + right])
            if tag and (cost := best[right - length][0] + 1.0) <= choice[0]:
                choice = (cost, length, tag.lower())
        best.append(choice)
    words: list[Word] = []
    right = size
    while right:
        _, length, tag = best[right]
        words.append(Word(start + right - length, start + right, tag))
        right -= length
    return words[::-1]
