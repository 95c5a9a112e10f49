"""Figures: every stated quantity of an article, with what it counts and of what.

In: an article, the people, places and dates found before. Out: FigureRows in reading order, not overlapping each other or a date. The
parsing is `quantities`'s, item and subject are `counted`'s; here is what needs the article: names that hold numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Article
from ..quantities import Quantity, quantities
from ..schema import BylineRow, DateRow, FigureRow, PersonMentionRow, PlaceMentionRow
from ..text import fold
from .counted import counted
from .found import Found, Resources
from .phrases import Phrases, Span


def figures(article: Article, found: Found, resources: Resources) -> Iterable[FigureRow]:
    """The figure rows of the article. Raises nothing for any text."""
    text = fold(article.text)
    spotted = list(quantities(text, _taken(text, found)))
    if not spotted:
        return []
    persons, places, dates = (_spans(found, kind) for kind in (PersonMentionRow, PlaceMentionRow, DateRow))
    counts = {each.start: each.end for each in spotted}
    said = counted(Phrases(text, resources.gazetteer.tags, places | persons, persons, dates, counts), spotted)
    return list(_rows(article, spotted, said, found))


def _spans(found: Found, kind: type[PersonMentionRow] | type[PlaceMentionRow] | type[DateRow]) -> dict[int, int]:
    """Where rows begin → where they end."""
    return {row.start_char: row.end_char for row in found.of(kind)}


def _taken(text: str, found: Found) -> bytearray:
    """The characters of dates and names (1) and of places (2), which no figure may hold."""
    taken = bytearray(len(text) + 1)
    for kind, mark in ((PlaceMentionRow, b"\2"), (DateRow, b"\1"), (PersonMentionRow, b"\1"), (BylineRow, b"\1")):
        for row in found.of(kind):
            taken[row.start_char : row.end_char] = mark * (row.end_char - row.start_char)
    return taken


def _rows(
    article: Article, spotted: list[Quantity], said: list[tuple[Span | None, Span | None]], found: Found
) -> Iterator[FigureRow]:
    places = found.of(PlaceMentionRow)
    for each, (item, subject) in zip(spotted, said, strict=True):
        factor = each.unit.factor or None
        place = next(
            (p.place_id for p in places if subject and subject[0] <= p.start_char and p.end_char <= subject[1]), None
        )
        yield FigureRow(
            article.article_id, each.start, each.end, article.surface(each.start, each.end), each.value, each.value_max,
            each.unit.name, each.unit.dimension, factor and each.value * factor,
            None if each.value_max is None or factor is None else each.value_max * factor,
            each.unit.si_unit or None, each.qualifier,
            article.surface(*item) if item else None, article.surface(*subject) if subject else None, place,
        )  # fmt: skip
