"""A short stretch of text cut into words, to see where a name that is in no list begins.

In: at most a clause, and the words with the letters of their classes (`Gazetteer.tags`). Out: `Word`s from left to right; what no
word covers stands as single characters of class "": names are made of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_SINGLE = 1.2  # a character alone costs more than a word; 和|平安 and 和平|安 cost the same, so the later word wins


class Word(NamedTuple):
    text: str
    start: int
    end: int
    tag: str


def cut(text: str, start: int, end: int, tags: Mapping[str, str]) -> list[Word]:
    """The fewest words that cover `text[start:end]`; among equals, the one with long words at the end."""
    piece = text[start:end]
    costs, lengths = [0.0], [1]  # of the best way to each place, and of its last word
    for right in range(1, len(piece) + 1):
        cost, length = costs[-1] + _SINGLE, 1
        for size in (2, 3):
            if size <= right and piece[right - size : right] in tags and costs[right - size] + 1.0 <= cost:
                cost, length = costs[right - size] + 1.0, size
        costs.append(cost)
        lengths.append(length)
    words: list[Word] = []
    right = len(piece)
    while right:
        left = right - lengths[right]
        word = piece[left:right]
        words.append(Word(word, start + left, start + right, tags[word].lower() if len(word) > 1 else ""))
        right = left
    return words[::-1]
