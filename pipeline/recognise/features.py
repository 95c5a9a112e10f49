"""What a tagger of characters sees of a sentence: the characters around each, their kind, and the word lists that they stand in.

In: a folded sentence. Out: for each character its features as strings. A model is only good with the features it was trained with,
so VERSION goes into its file and is checked when it is loaded.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from .. import lexicon

VERSION: Final = "1"
_EDGE: Final = "^"
_SEEN: Final = ("given", "never", "second", "foreign")  # kinds of characters


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
    return tuple((name, lexicon.pattern(words)) for name, words in named.items())


@cache
def _kinds() -> dict[str, str]:
    """Of characters: surname, in given names, in foreign names, unit."""
    kinds: dict[str, str] = {}
    for row in lexicon.rows("names_characters"):
        for character in row["characters"] if row["kind"] in _SEEN else "":
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


def features(text: str, start: int, end: int) -> list[list[str]]:
    """The features of each character of a stretch of a text; what lies around the stretch is seen, too."""
    padded = f"{_EDGE * 2}{text}{_EDGE * 2}"[start : end + 4]
    kinds = list(map(_kind, padded))
    found = [
        [
            "0" + c, "a" + b, "b" + a, "y" + d, "z" + e, "p" + b + c, "n" + c + d, "q" + a + b, "r" + d + e, "s" + b + d, "t" + b + c + d,
            "K" + y, "k" + x + y + z, "l" + y + z + w,
        ]
        for a, b, c, d, e, x, y, z, w in zip(
            padded, padded[1:], padded[2:], padded[3:], padded[4:], kinds[1:], kinds[2:], kinds[3:], kinds[4:], strict=False
        )
    ]  # fmt: skip
    for name, pattern in _lists():
        for match in pattern.finditer(text, start, end):
            first, last = match.start() - start, match.end() - start
            for i in range(first, last):
                found[i].append(
                    f"{name}{'S' if last - first == 1 else 'B' if i == first else 'E' if i == last - 1 else 'I'}"
                )
            if first:
                found[first - 1].append(f"{name}<")
            if last < end - start:
                found[last].append(f"{name}>")
    return found
