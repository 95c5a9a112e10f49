"""People and their posts in one article.

In: an article, the bylines and places found before, the gazetteer. Out: PersonMentionRow for every mention of a named person,
PostRow for every expanded post, OrganisationRow and OrganisationMentionRow for the organisations of the posts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from ..gazetteer import Unit
from ..model import Article
from ..schema import (  # fmt: skip
    BylineRow,
    OrganisationMentionRow,
    OrganisationRow,
    PersonMentionRow,
    PlaceMentionRow,
    PlaceRow,
    PostRow,
    Row,
)
from ..text import fold
from . import mentions, organisations
from .bodies import Named, bodies
from .found import Found, Resources
from .grammar import Line, grammar
from .holders import Holder, Name, holders

_UNIT: Final = re.compile("(?:村|社区|网格|嘎查|镇|乡|街道|苏木)$")


def people(article: Article, found: Found, resources: Resources) -> Iterable[Row]:
    """The people, posts and organisations of the article. Raises nothing for any text."""
    text = fold(article.text)
    line = _line(text, found, resources)
    credited = found.of(BylineRow)
    blocked = _blocked(text, found)
    first = list(mentions.named(line, blocked, resources.gazetteer.words, resources.recogniser))
    known = {text[n.start : n.end] for n in first} - {
        row.name for row in credited if not any(n.posts for n in first if text[n.start : n.end] == row.name)
    }
    found_names = mentions.with_repeats(text, [n for n in first if text[n.start : n.end] in known], known, blocked)
    spelled = _spellings(article, text, found_names)
    for mention in found_names:
        surface = article.surface(mention.start, mention.end)
        name = spelled[text[mention.start : mention.end]]
        yield PersonMentionRow(article.article_id, mention.start, mention.end, surface, name, mention.source,
                               round(min(1.0, max(0.3, mention.score / 8)), 2))  # fmt: skip
    named = list(bodies(line))
    held = (replace(each, name=spelled[each.name]) for each in holders(line, found_names, named))
    yield from _post_rows(article, line, held, named, found, resources)


def _spellings(article: Article, text: str, named: Iterable[Name]) -> dict[str, str]:
    """What each name is as a person's: one spelling, whatever dots the text prints; 阿依努尔 is 阿依努尔·吾拉木 of the same article."""
    spelled: dict[str, str] = {}
    for name in named:
        spelled.setdefault(text[name.start : name.end], article.surface(name.start, name.end))
    for full in sorted(spelled):
        first, dot, _ = full.partition("·")
        if dot and first in spelled:
            spelled[first] = spelled[full]
    return spelled


def _line(text: str, found: Found, resources: Resources) -> Line:
    kinds = {row.place_id: row.kind for row in found.of(PlaceRow)}
    body_end = [0] * (
        len(text) + 1
    )  # of the word for a body that a character lies in: the 人民 of 人民法院 is no village
    inner = bytearray(len(text) + 1)
    for match in grammar().inner.finditer(text):
        start, end = match.span()
        body_end[start:end] = [end] * (end - start)
        inner[start + 1 : end] = b"\1" * (end - start - 1)
    units, sites = [], []
    for place in sorted(found.of(PlaceMentionRow), key=lambda p: p.start_char):
        if place.end_char < body_end[place.start_char]:
            continue
        if kinds.get(place.place_id) == "site":
            sites.append((place.start_char, place.end_char))
        elif place.method != "grammar" or _UNIT.search(place.surface):
            units.append((place.start_char, place.end_char))
    known = resources.gazetteer
    words, named, shortened = known.words.__contains__, known.named, known.shortened
    return Line(text, units, sites, words, lambda name: name in named or name in shortened, bytes(inner))


def _blocked(text: str, found: Found) -> bytearray:
    """Characters that belong to no person's name: credited names, places."""
    blocked = bytearray(len(text) + 1)
    for row in found.of(BylineRow):
        blocked[row.start_char : row.end_char] = b"\1" * (row.end_char - row.start_char)
    for place in found.of(PlaceMentionRow):
        sure = b"\3" if place.method == "grammar" else b"\2"
        blocked[place.start_char : place.end_char] = sure * (place.end_char - place.start_char)
    return blocked


def _post_rows(
    article: Article, line: Line, held: Iterable[Holder], named: Iterable[Named], found: Found, resources: Resources
) -> Iterator[Row]:
    """The posts, the organisations of the posts and of the running text, and where the text prints them."""
    units = _units(line, found)
    seen: dict[str, OrganisationRow] = {}
    printed: dict[tuple[int, int], str] = {}
    for holder in held:
        for post in holder.posts:
            body = organisations.body(post.organisation, post.title, units, resources.gazetteer, article.locality)
            office = next((k for k in (post.title[i:] for i in range(len(post.title))) if k in grammar().ranks), "")
            kind = grammar().ranks[office][1] if office else ""
            public = organisations.is_public(post.organisation, kind, body.level)
            organisation_id = body.organisation_id if post.organisation else None
            yield PostRow(article.article_id, holder.name, holder.name, post.post, post.organisation or None, organisation_id,
                          post.title, body.level, body.code, public, post.status, post.start, post.end)  # fmt: skip
            end = post.start + len(post.organisation)
            if organisation_id:
                seen.setdefault(organisation_id, _row(body))
                if line.text[post.start : end] == post.organisation:
                    printed[post.start, end] = organisation_id
    taken = bytearray(len(line.text) + 1)
    for start, end in printed:
        taken[start:end] = b"\1" * (end - start)
    for each in named:
        told = organisations.system(each.name) and line.text[each.start : each.end] == each.name
        if told and not any(taken[each.start : each.end]):
            body = organisations.body(each.name, "", units, resources.gazetteer, article.locality)
            seen.setdefault(body.organisation_id, _row(body))
            printed[each.start, each.end] = body.organisation_id
    for (start, end), organisation_id in sorted(printed.items()):
        yield OrganisationMentionRow(article.article_id, start, end, article.surface(start, end), organisation_id)
    yield from seen.values()


def _row(body: organisations.Body) -> OrganisationRow:
    return OrganisationRow(body.organisation_id, body.name, body.system, body.level, body.code)


def _units(line: Line, found: Found) -> dict[str, Unit | None]:
    """What the names of units mean in this article."""
    rows = {row.place_id: row for row in found.of(PlaceRow)}
    spans = set(line.units)
    units: dict[str, Unit | None] = {}
    for mention in found.of(PlaceMentionRow):
        row = rows.get(mention.place_id)
        if row is None or (mention.start_char, mention.end_char) not in spans:
            continue
        unit = Unit(row.path or row.name, row.level, row.code) if row.level else None
        units.setdefault(line.text[mention.start_char : mention.end_char], unit)
    return units
