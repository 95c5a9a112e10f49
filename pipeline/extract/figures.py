"""Figures: every stated quantity of an article, with what it counts and of what.

In: an article, the people, places and dates found before. Out: FigureRows in reading order, not overlapping each other or a date. The
parsing is `quantities`'s, item and subject are `counted`'s; here is what needs the article: names that hold numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..gazetteer import Gazetteer
from ..model import Article
from ..quantities import Quantity, quantities
from ..schema import BylineRow, DateRow, FigureRow, PersonMentionRow, PlaceMentionRow
from ..text import fold
from .counted import counted
from .found import Found, Resources
from .words import Clauses, Span, WordList, lexical


def figures(article: Article, found: Found, resources: Resources) -> Iterable[FigureRow]:
    """The figure rows of the article. Raises nothing for any text."""
    clauses, spotted = reading(article, found, resources)
    return list(_rows(article, spotted, counted(clauses, spotted), found)) if spotted else []


def reading(article: Article, found: Found, resources: Resources) -> tuple[Clauses, list[Quantity]]:
    """The clauses of the article, with the names, dates and quantities in them, and the quantities."""
    text = fold(article.text)
    spotted = list(quantities(text, _taken(text, found)))
    fixed = {row.start_char: (row.end_char, "t") for row in found.of(DateRow)}
    fixed |= {row.start_char: (row.end_char, "N") for row in found.of(PlaceMentionRow)}
    fixed |= {row.start_char: (row.end_char, "P") for row in found.of(PersonMentionRow)}
    fixed |= {each.start: (each.end, "q") for each in spotted}
    return Clauses(text, _words(resources.gazetteer), fixed), spotted


@lru_cache(maxsize=2)
def _words(gazetteer: Gazetteer) -> WordList:
    return lexical(gazetteer.tags)


def _taken(text: str, found: Found) -> bytearray:
    """The characters of dates and names (1) and of places (2), which no figure may hold."""
    taken = bytearray(len(text) + 1)
    others: tuple[DateRow | PersonMentionRow | BylineRow, ...] = (
        *found.of(DateRow),
        *found.of(PersonMentionRow),
        *found.of(BylineRow),
    )
    for row in found.of(PlaceMentionRow):
        taken[row.start_char : row.end_char] = b"\2" * (row.end_char - row.start_char)
    for each in others:
        taken[each.start_char : each.end_char] = b"\1" * (each.end_char - each.start_char)
    return taken


def _rows(
    article: Article, spotted: list[Quantity], said: list[tuple[Span | None, Span | None]], found: Found
) -> Iterator[FigureRow]:
    places = found.of(PlaceMentionRow)
    for each, (item, subject) in zip(spotted, said, strict=True):
        factor = each.unit.factor or None
        inside = (p for p in places if subject[0] <= p.start_char and p.end_char <= subject[1]) if subject else ()
        place = next((p.place_id for p in inside), None)
        yield FigureRow(
            article.article_id, each.start, each.end, article.surface(each.start, each.end), each.value, each.value_max,
            each.unit.name, each.unit.dimension, factor and each.value * factor,
            None if each.value_max is None or factor is None else each.value_max * factor,
            each.unit.si_unit or None, each.qualifier,
            article.surface(*item) if item else None, article.surface(*subject) if subject else None, place,
        )  # fmt: skip
