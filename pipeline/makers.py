"""What made a row: the rule that it names, the recogniser and its weights, the division it was given, and the lexicon lines
whose words it holds.

In: a row of a table, the versions of the run's manifest, the row of its place. Out: short texts. A lexicon line is one
that the row's extractor reads and whose word stands in the row; of words that overlap the longest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from . import lexicon

_LEXICONS: Final = {  # table → the columns of the lexicons that its extractor finds in the words of a row
    "bylines": (("bylines_words", "words"),),
    "posts": (("posts_ranks", "rank"), ("posts_bodies", "body")),
    "organisation_mentions": (("posts_bodies", "body"),),
    "place_mentions": (("place_famous", "word"), ("place_suffixes", "suffix")),
    "dates": (("dates_words", "word"), ("dates_feasts", "word"), ("dates_eras", "word"), ("dates_units", "unit"), ("dates_tails", "value")),
    "figures": (("figures_units", "unit"), ("figures_classifiers", "unit"), ("figures_qualifiers", "word")),
}  # fmt: skip
_NAMES: Final = (("names_surnames", "surnames"), ("names_elements", "elements"))
_WORDS: Final = ("surface", "post", "role")  # the column with a row's words


def makers(table: str, row: Mapping[str, Any], versions: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[str]:
    """The rule with its score, the model, the division, the lexicon lines, as far as there are."""
    rules = [f"{name} {row[name]}" for name in ("source", "method", "anchor") if row.get(name)]
    rules += [f"score {row['score']:.2f}"] if row.get("score") is not None else []
    if rules:
        yield ", ".join(rules)
    if "correction" in (row.get("source"), row.get("method")):
        return
    if row.get("source") == "recogniser":
        yield str(versions["extract"]["recogniser"])
    if place.get("code") and row.get("method") != "grammar":
        yield f"division {place['code']} {place['path']}"
    words = next((row[name] for name in _WORDS if row.get(name)), "")
    yield from _lines(table, words)


def _lines(table: str, words: str) -> Iterator[str]:
    """Line and word of each lexicon that the words hold, in their order."""
    if table == "person_mentions":
        held = [_known(*each).get(words[:n]) for each in _NAMES for n in (2, 1)]
        yield from [f"{where} {word}" for where, word in filter(None, held)][:1]
        return
    taken: dict[int, str] = {}
    free = set(range(len(words)))
    found = [
        (match.start(), where, word)
        for each in _LEXICONS.get(table, ())
        for where, word in _known(*each).values()
        for match in re.finditer(re.escape(word), words)
    ]
    for start, where, word in sorted(found, key=lambda each: -len(each[2])):
        span = set(range(start, start + len(word)))
        if span <= free:
            free -= span
            taken[start] = f"{where} {word}"
    yield from dict.fromkeys(taken[start] for start in sorted(taken))


@cache
def _known(name: str, column: str) -> dict[str, tuple[str, str]]:
    """The words of a lexicon, each with the line it stands in first."""
    found: dict[str, tuple[str, str]] = {}
    for number, row in lexicon.numbered(name):
        for word in re.split(r"[|\s]+", row[column]):
            if word:
                found.setdefault(word, (f"{name}.csv line {number}", word))
    return found
