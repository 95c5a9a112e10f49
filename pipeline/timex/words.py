"""Words beside a date: lists and tails of the lexicons. In: their name, a text and a place in it. Out: what stands there."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from .. import lexicon


class Tail(NamedTuple):
    """A word of lexicons/dates_tails.csv as it stands in a text."""

    word: str
    value: str
    end: int


@cache
def around(name: str) -> tuple[str, ...]:
    """A list of lexicons/dates_around.csv, for `startswith` and `endswith`."""
    return next(split(row["words"]) for row in lexicon.rows("dates_around") if row["list"] == name)


def split(column: str) -> tuple[str, ...]:
    return tuple(column.split("|")) if column else ()


@cache
def pattern(kind: str) -> re.Pattern[str]:
    """One expression for the tails of a kind, the longest first."""
    tails = [row for row in lexicon.rows("dates_tails") if row["kind"] == kind]
    return re.compile(
        "|".join(_guarded(row) for row in sorted(tails, key=lambda row: (-len(row["word"]), row["word"])))
    )


def _guarded(row: dict[str, str]) -> str:
    stops = "|".join(map(re.escape, split(row["stop"])))
    return re.escape(row["word"]) + (f"(?!{stops})" if stops else "")


@cache
def _values(kind: str) -> dict[str, str]:
    return {row["word"]: row["value"] for row in lexicon.rows("dates_tails") if row["kind"] == kind}


def tail(kind: str, text: str, position: int) -> Tail | None:
    """The longest tail of a kind at the position."""
    match = pattern(kind).match(text, position)
    return Tail(match.group(), _values(kind)[match.group()], match.end()) if match else None


def lead(name: str, text: str, start: int, end: int) -> str:
    """The first word of a list that ends at `end`, not reaching before `start`; '' where there is none."""
    return next((word for word in around(name) if text.endswith(word, start, end)), "")


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
