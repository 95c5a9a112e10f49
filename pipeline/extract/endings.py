"""What the endings of names say, and the words that the grammar of names asks for: the lexicons place_*.csv as objects.

In: the lexicons. Out: endings, one pattern of them all, the lists, and the candidate that the grammar makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from .. import lexicon
from ..anchors import Words
from .units import Match

HOLDERS = frozenset("民员者长师委局厅部院记席")  # a noun that ends so is a person or a body


class Ending(NamedTuple):
    """A line of place_suffixes.csv."""

    suffix: str
    kind: str
    level: str | None
    least: int
    most: int
    need: str  # edge, name, plain, place, chain: see place_suffixes.csv
    group: str = ""  # road, water, relief, zone, trade, hall


class Candidate(NamedTuple):
    """A name found by its ending. `swallows`: it takes the known name before it into its own (金海|湖风景区)."""

    start: int
    end: int
    ending: Ending
    swallows: Match | None = None


_NATURAL = frozenset({"water", "relief"})


@dataclass(frozen=True, slots=True)
class Lists:
    """The lexicons of this grammar, read once."""

    before: frozenset[str]
    inner: frozenset[str]
    own: frozenset[str]
    common: frozenset[str]
    sorts: frozenset[str]
    generic: frozenset[str]
    generic_ends: tuple[str, ...]
    no_names: tuple[str, ...]
    verb_ends: frozenset[str]
    verbs: frozenset[str]
    parts: frozenset[str]
    traps: frozenset[str]
    pairs: frozenset[str]
    persons: frozenset[str]
    surnames: frozenset[str]
    famous: Words
    evidence: tuple[frozenset[str], frozenset[str]]
    next: Mapping[str, str]


@cache
def endings() -> dict[str, Ending]:
    return {
        row["suffix"]: Ending(
            row["suffix"],
            row["kind"],
            row["level"] or None,
            int(row["least"]),
            int(row["most"]),
            row["need"],
            row["group"],
        )
        for row in lexicon.rows("place_suffixes")
    }


@cache
def pattern() -> Words:
    """Any ending, the longest at each place."""
    return Words(endings())


@cache
def lists() -> Lists:
    """The lexicons place_*.csv as this grammar asks them."""

    def kind(name: str) -> frozenset[str]:
        return lexicon.words("place_words", kind=name)

    famous = lexicon.words("place_famous")
    leading, following = (lexicon.words("place_evidence", side=side) for side in ("before", "after"))
    return Lists(
        before=lexicon.words("place_before") | leading,
        inner=lexicon.words("place_inner"),
        own=kind("own") | famous,
        common=kind("common"),
        sorts=kind("sort") | kind("common"),
        generic=kind("generic"),
        generic_ends=tuple(sorted(word for word in kind("generic") if len(word) > 2)),
        no_names=tuple(sorted(kind("no_name"))),
        verb_ends=kind("verb_char"),
        verbs=kind("verb"),
        parts=kind("part"),
        traps=kind("trap"),
        pairs=kind("pair"),
        persons=kind("person"),
        surnames=frozenset(s for row in lexicon.rows("names_surnames") for s in row["surnames"].split()),
        famous=Words(famous),
        evidence=(leading, following),
        next={row["suffix"]: row["next"] for row in lexicon.rows("place_next")},
    )


def right(folded: str, end: int, ending: Ending) -> bool:
    """Whether the ending is not the first half of a longer word (路面, 山区, 村民); 鹅泉河|岸 is a river and its bank."""
    if end >= len(folded) or folded[end] not in lists().next.get(ending.suffix, ""):
        return True
    if ending.group == "road":
        return folded[end] == "上"
    return (
        ending.group in _NATURAL
        and ending.suffix != "海"
        and any(folded[end : end + n] in lists().evidence[1] for n in (1, 2, 3))
    )


def zone(name: str, level: str) -> bool:
    """Whether what the list counts among the towns or counties is a park or a zone: 科教新城, 五台山风景名胜区, but not 滨海新区."""
    zones = lexicon.words("place_words", kind="zone")
    return name.endswith(tuple(zones)) and not (level == "county" and name.endswith(("新区", "新城")))
