"""Words beside a date: lists and tails of the lexicons. In: their name, a text and a place in it. Out: what stands there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
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


def _rows(kind: str) -> list[dict[str, str]]:
    """The tails of a kind, the longest first."""
    tails = [row for row in lexicon.rows("dates_tails") if row["kind"] == kind]
    return sorted(tails, key=lambda row: (-len(row["word"]), row["word"]))


@cache
def pattern(kind: str) -> re.Pattern[str]:
    """One expression for the tails of a kind, to search a text for."""
    return re.compile("|".join(_guarded(row) for row in _rows(kind)))


def _guarded(row: dict[str, str]) -> str:
    stops = "|".join(map(re.escape, split(row["stop"])))
    return re.escape(row["word"]) + (f"(?!{stops})" if stops else "")


@cache
def _tails(kind: str) -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """Word, value and stops of the tails of a kind, the longest first, by their first character."""
    tails: dict[str, list[tuple[str, str, tuple[str, ...]]]] = defaultdict(list)
    for row in _rows(kind):
        tails[row["word"][0]].append((row["word"], row["value"], split(row["stop"])))
    return dict(tails)


def heads(kind: str) -> Iterable[str]:
    """What the tails of a kind begin with."""
    return _tails(kind).keys()


def tail(kind: str, text: str, position: int) -> Tail | None:
    """The longest tail of a kind at the position."""
    for word, value, stops in _tails(kind).get(text[position : position + 1], ()):
        end = position + len(word)
        if text.startswith(word, position) and not text.startswith(stops, end):
            return Tail(word, value, end)
    return None


@cache
def _words(kind: str) -> tuple[str, ...]:
    return tuple(row["word"] for row in _rows(kind))


def closes(kind: str, text: str, start: int, end: int) -> bool:
    """Whether a tail of a kind ends at `end`, not reaching before `start`."""
    return text.endswith(_words(kind), start, end)


@cache
def _leads(name: str) -> dict[str, list[str]]:
    """The words of a list by their last character."""
    leads: dict[str, list[str]] = defaultdict(list)
    for word in around(name):
        leads[word[-1]].append(word)
    return dict(leads)


def lead(name: str, text: str, start: int, end: int) -> str:
    """The first word of a list that ends at `end`, not reaching before `start`; '' where there is none."""
    words = _leads(name).get(text[end - 1 : end], ())
    return next((word for word in words if text.endswith(word, start, end)), "")


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
