"""What a quantity counts or measures, and of what: `item` and `subject` from the words around it.

In: the clauses of a folded text, its quantities, the weights. Out: for every quantity the spans of item and subject, or None. The item of a count
is mostly the noun behind it (22名|外卖骑手), of a measure what is measured (总投资|约1亿元); the subject what the clause or the sentence is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..quantities import Quantity
from . import rank
from .candidates import Candidate, Told
from .items import items
from .subjects import subjects
from .words import Clauses, Span


class Choice(NamedTuple):
    """The candidates for an item or a subject, and the one chosen."""

    candidates: list[Candidate]
    chosen: Candidate | None

    @property
    def span(self) -> Span | None:
        return (self.chosen.start, self.chosen.end) if self.chosen else None


def counted(clauses: Clauses, found: Sequence[Quantity]) -> list[tuple[Span | None, Span | None]]:
    """Item and subject of each quantity."""
    tables = rank.table("item"), rank.table("subject")
    return [(item.span, subject.span) for item, subject in choices(clauses, found, tables)]


def choices(
    clauses: Clauses, found: Sequence[Quantity], tables: tuple[rank.Table, rank.Table]
) -> Iterator[tuple[Choice, Choice]]:
    """For each quantity its item and its subject; they tell on those of the next."""
    told: Told | None = None
    for number, each in enumerate(found):
        if told and "\n" in clauses.text[told.quantity.end : each.start]:
            told = None
        following = found[number + 1].start if number + 1 < len(found) else len(clauses.text)
        item = _choice([] if each.unit.dimension == "age" else items(clauses, each, told, following), tables[0])
        subject = _choice(subjects(clauses, each, item.span, told), tables[1])
        yield item, subject
        told = Told(each, item.span, subject.span)


def _choice(candidates: list[Candidate], table: rank.Table) -> Choice:
    return Choice(candidates, rank.best(candidates, table))
