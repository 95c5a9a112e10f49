"""Article → rows: one function a family of facts, in the order of EXTRACTORS.

Each extractor is a plain function `(article, found, resources) → rows`: it sees the article, the rows of
the extractors before it, and the read-only resources; it returns rows of `schema`. Dimension rows
(places, organisations) come along with the mentions and are merged in `link`; `person_id` holds the
name until `link` replaces it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import WorkerError
from ..model import Article
from ..schema import BylineRow, Row
from .bylines import bylines
from .dates import dates
from .figures import figures
from .found import Found, Resources
from .people import people
from .places import places
from .second import compared, informed

__all__ = ["EXTRACTORS", "Extractor", "Found", "Resources", "bylines", "check_span", "extract"]

Extractor = Callable[[Article, Found, Resources], Iterable[Row]]
EXTRACTORS: tuple[Extractor, ...] = (places, people, dates, figures)


def extract(article: Article, credited: Iterable[BylineRow], resources: Resources) -> Found:
    """All rows of one article whose bylines are known. Raises WorkerError E304 where an extractor breaks a span: a bug."""
    found = Found()
    found.add(credited)
    for extractor in EXTRACTORS:
        rows = list(compared(extractor(article, found, resources), article, resources.recogniser))
        for row in rows:
            check_span(article, row)
        found.add(rows)
        if extractor is places:
            resources = informed(article, found, resources)
    return found


def check_span(article: Article, row: Row) -> None:
    """Raises WorkerError E304 unless the row's span lies in the text and gives its surface."""
    start, end, surface = getattr(row, "start_char", 0), getattr(row, "end_char", 1), getattr(row, "surface", None)
    holds = 0 <= start < end <= max(1, len(article.text)) and (surface is None or article.text[start:end] == surface)
    if not holds:
        raise WorkerError(
            "E304", f"{row.table} row of article {article.article_id} at {start}–{end} is not {surface!r}"
        )
