"""A second reader: a recogniser that reads whole articles is told what the rules know, and what it says of dates and measures stands beside ours.

In: an article with its places, then its dates and figures. Out: resources whose recogniser has read the article, told of the places of the
gazetteer and of the people that the rules alone name; rows with `cross_check` filled. A recogniser of another kind changes nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..model import Article
from ..recognise import Reader, Recogniser
from ..schema import DateRow, FigureRow, PersonMentionRow, PlaceMentionRow, Row
from ..text import fold
from .found import Found, Resources
from .people import people


def informed(article: Article, found: Found, resources: Resources) -> Resources:
    """The resources, their recogniser having read the article where it is one that reads articles."""
    reader = resources.recogniser
    if not isinstance(reader, Reader):
        return resources
    text = fold(article.text)
    places = [row for row in found.of(PlaceMentionRow) if row.method != "grammar"]
    alone = people(article, found, replace(resources, recogniser=None))
    known = {text[row.start_char : row.end_char]: "LOC" for row in places}
    known |= {text[row.start_char : row.end_char]: "PER" for row in alone if isinstance(row, PersonMentionRow)}
    return replace(resources, recogniser=reader.having_read(text, known))


def compared(rows: Iterable[Row], article: Article, recogniser: Recogniser | None) -> Iterator[Row]:
    """The rows, a date or figure with how it agrees with what a reader calls a date, or a measure of that dimension."""
    for row in rows:
        if isinstance(row, DateRow | FigureRow) and isinstance(recogniser, Reader):
            label = "date" if isinstance(row, DateRow) else row.dimension
            yield replace(row, cross_check=_agrees(row, label, article, recogniser))
        else:
            yield row


def _agrees(row: DateRow | FigureRow, label: str | None, article: Article, reader: Reader) -> str | None:
    """Whether the reader sees the same, something else or nothing under a label; None for a label that it does not know."""
    if label not in reader.labels:
        return None
    start, end = row.start_char, row.end_char
    spans = reader.around(fold(article.text), start)[2]
    seen = [(s.start, s.end) for s in spans if s.label == label and s.start < end and start < s.end]
    return "same" if seen == [(start, end)] else "differs" if seen else "unseen"
