"""Article → rows: one function a family of facts, in the order of EXTRACTORS.

Each extractor is a plain function `(article, found, resources) → rows`: it sees the article, the rows of
the extractors before it, and the read-only resources; it returns rows of `schema`. Dimension rows
(places, organisations) come along with the mentions and are merged in `link`; `person_id` holds the
name until `link` replaces it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..model import Article
from ..schema import BylineRow, Row
from .bylines import bylines
from .dates import dates
from .figures import figures
from .found import Found, Resources
from .people import people
from .places import places

__all__ = ["EXTRACTORS", "Extractor", "Found", "Resources", "bylines", "extract"]

Extractor = Callable[[Article, Found, Resources], Iterable[Row]]
EXTRACTORS: tuple[Extractor, ...] = (places, people, dates, figures)


def extract(article: Article, credited: Iterable[BylineRow], resources: Resources) -> Found:
    """All rows of one article whose bylines are known. Raises nothing for any text."""
    found = Found()
    found.add(credited)
    for extractor in EXTRACTORS:
        found.add(extractor(article, found, resources))
    return found
