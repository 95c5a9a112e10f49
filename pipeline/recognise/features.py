"""What a tagger of characters sees of a sentence: the characters around each, their kind, and the word lists that they stand in.

In: a folded sentence. Out: for each character its features as strings. A model is only good with the features it was trained with,
so VERSION goes into its file and is checked when it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from .. import lexicon

VERSION: Final = "1"
_EDGE: Final = "^"


@cache
def _lists() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Words by what they tell, each list as one pattern: offices, words for persons, bodies, verbs of speech, heads of units."""
    named = {
        "office": lexicon.words("posts_ranks", "rank"),
        "person": lexicon.words("names_context", kind="noun"),
        "body": frozenset(word for word in lexicon.words("posts_bodies", "body") if len(word) > 1),
        "says": lexicon.words("names_context", kind="say"),
        "role": frozenset(word for word in lexicon.words("names_context", kind="byline") if len(word) > 1),
        "title": lexicon.words("names_context", kind="title"),
    }
    return tuple((name, _pattern(words)) for name, words in named.items())


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """The longest word first; grouped by the first character, so that most places are passed at once."""
    rest: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        rest.setdefault(word[0], []).append(re.escape(word[1:]))
    firsts = "".join(map(re.escape, sorted(rest)))
    groups = "|".join(f"{re.escape(first)}(?:{'|'.join(rest[first])})" for first in sorted(rest))
    return re.compile(f"(?=[{firsts}])(?:{groups})")


@cache
def _kinds() -> dict[str, str]:
    """Of characters: surname, in given names, in foreign names, unit."""
    kinds: dict[str, str] = {}
    for row in lexicon.rows("names_characters"):
        for character in row["characters"]:
            kinds[character] = kinds.get(character, "") + row["kind"][0]
    for row in lexicon.rows("names_surnames"):
        for surname in row["surnames"].split():
            if len(surname) == 1:
                kinds[surname] = kinds.get(surname, "") + "S" + row["weight"]
    return kinds


def _kind(character: str) -> str:
    if character.isdigit():
        return "0"
    if character.isascii():
        return "a" if character.isalpha() else character
    return _kinds().get(character, "-")


def features(sentence: str) -> list[list[str]]:
    """The features of each character."""
    size = len(sentence)
    padded = f"{_EDGE * 2}{sentence}{_EDGE * 2}"
    kinds = [_EDGE, _EDGE, *map(_kind, sentence), _EDGE, _EDGE]
    found = [
        [
            "0" + c, "a" + b, "b" + a, "y" + d, "z" + e, "p" + b + c, "n" + c + d, "q" + a + b, "r" + d + e, "s" + b + d, "t" + b + c + d,
            "K" + kinds[i + 2], "k" + kinds[i + 1] + kinds[i + 2] + kinds[i + 3], "l" + kinds[i + 2] + kinds[i + 3] + kinds[i + 4],
        ]
        for i, (a, b, c, d, e) in enumerate(zip(padded, padded[1:], padded[2:], padded[3:], padded[4:], strict=False))
    ]  # fmt: skip
    for name, pattern in _lists():
        for match in pattern.finditer(sentence):
            start, end = match.span()
            for i in range(start, end):
                found[i].append(
                    f"{name}{'S' if end - start == 1 else 'B' if i == start else 'E' if i == end - 1 else 'I'}"
                )
            if start:
                found[start - 1].append(f"{name}<")
            if end < size:
                found[end].append(f"{name}>")
    return found
