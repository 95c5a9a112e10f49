"""People and their posts in one article.

In: an article, the bylines and places found before, the gazetteer. Out: PersonMentionRow for every mention of a named person,
PostRow for every expanded post, OrganisationRow and OrganisationMentionRow for the organisations of the posts. One pass from left to
right finds names (behind an office, in a list, behind a word for a person, before what persons do), a second one the later mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
from . import foreign, names, organisations
from .appointments import appointing, listed
from .found import Found, Resources
from .holders import Holder, Name, holders
from .posts import WEAK, Line, grammar, is_own, rank_at, series

_BEHIND_POST: Final = 0.4  # what a name must score behind a full post,
_BEHIND_RANK: Final = 1.0  # behind a bare office,
_BEHIND_WEAK: Final = 3.5  # behind an office that is a word of other uses, too,
_IN_LIST: Final = 1.5  # in a list of names,
_ALONE: Final = 5.0  # and by itself, the words before it included
_TWICE: Final = 1.0  # for a name that the text has more than once
_IN_PLACE: Final = 2.0  # more where it lies in a place found by the gazetteer
_NOTE: Final = re.compile(r"\([^()\n]{1,16}\)$")
_PLACE: Final = 4.0  # against one that is a county's or city's
_UNIT: Final = re.compile("(?:村|社区|网格|嘎查|镇|乡|街道|苏木)$")
_LINK: Final = frozenset("、和及与")


def people(article: Article, found: Found, resources: Resources) -> Iterable[Row]:
    """The people, posts and organisations of the article. Raises nothing for any text."""
    text = fold(article.text)
    line = _line(text, found, resources)
    credited = found.of(BylineRow)
    blocked = _blocked(text, found)
    first = list(_names(line, blocked, resources))
    known = {text[n.start : n.end] for n in first} - {
        row.name for row in credited if not any(n.posts for n in first if text[n.start : n.end] == row.name)
    }
    mentions = _with_repeats(text, [n for n in first if text[n.start : n.end] in known], known, blocked)
    for mention in mentions:
        surface = article.surface(mention.start, mention.end)
        yield PersonMentionRow(article.article_id, mention.start, mention.end, surface, surface, mention.source,
                               round(min(1.0, max(0.3, mention.score / 8)), 2))  # fmt: skip
    yield from _post_rows(article, line, holders(line, mentions), found, resources)


def _line(text: str, found: Found, resources: Resources) -> Line:
    kinds = {row.place_id: row.kind for row in found.of(PlaceRow)}
    body_end = [0] * (
        len(text) + 1
    )  # of the word for a body that a character lies in: the 人民 of 人民法院 is no village
    for match in grammar().inner.finditer(text):
        body_end[match.start() : match.end()] = [match.end()] * (match.end() - match.start())
    units, sites = [], []
    for place in sorted(found.of(PlaceMentionRow), key=lambda p: p.start_char):
        if place.end_char < body_end[place.start_char]:
            continue
        if kinds.get(place.place_id) == "site":
            sites.append((place.start_char, place.end_char))
        elif place.method != "grammar" or _UNIT.search(place.surface):
            units.append((place.start_char, place.end_char))
    named, shortened = resources.gazetteer.named, resources.gazetteer.shortened
    return Line(
        text, units, sites, resources.gazetteer.words.__contains__, lambda name: name in named or name in shortened
    )


def _blocked(text: str, found: Found) -> bytearray:
    """Characters that belong to no person's name: credited names, places."""
    blocked = bytearray(len(text) + 1)
    for row in found.of(BylineRow):
        blocked[row.start_char : row.end_char] = b"\1" * (row.end_char - row.start_char)
    for place in found.of(PlaceMentionRow):
        sure = b"\3" if place.method == "grammar" else b"\2"
        blocked[place.start_char : place.end_char] = sure * (place.end_char - place.start_char)
    return blocked


def _names(line: Line, blocked: bytearray, resources: Resources) -> Iterator[Name]:
    """The names that their surroundings tell, from left to right."""
    text, words = line.text, resources.gazetteer.words
    dots = dict(foreign.dotted_names(text))
    begun = sorted(
        {m.start() for m in names.starts().finditer(text)} | {*names.expecting(text), *listed(text)} | dots.keys()
    )
    last: Name | None = None
    for start in begun:
        if last and start < last.end:
            continue
        name = _dotted(line, start, dots[start]) if start in dots else _name(line, blocked, start, last, words)
        if name is not None and not names.is_credited(text, name.start, name.end):
            last = name
            yield name


def _dotted(line: Line, start: int, end: int) -> Name:
    return Name(start, end, "dotted", 6.0, tuple(series(line, start)))


def _name(line: Line, blocked: bytearray, start: int, last: Name | None, words: frozenset[str]) -> Name | None:
    text = line.text
    gap = _gap(text, start)
    rank = rank_at(text, gap)
    in_list = last is not None and text[start - 1] in _LINK and last.end == start - 1
    if _inside_word(text, start) or (in_list and grammar().heads.match(text, start)):
        return None
    expected = bool(rank) or in_list or names.is_expected(text, start) or bool(appointing(text, start))
    choices = [o for o in names.options(text, start, words, expected=expected) if 1 not in blocked[start : o.end]]
    if not choices:
        return None
    chunks = series(line, gap, 0) if rank else []
    if chunks:
        best = max(choices, key=lambda o: o.score + _clear(text, o.end, blocked))
        doubt = _doubt(blocked, start, best.end)
        full = chunks[-1].body or grammar().ranks[rank][0] == "own"
        weak = rank in WEAK and not is_own(chunks[-1].body, line.is_unit)
        least = _BEHIND_WEAK if weak else _BEHIND_POST if full else _BEHIND_RANK
        if best.score + _clear(text, best.end, blocked) * bool(full) >= least + doubt:
            return Name(start, best.end, "post", best.score + 4, tuple(chunks))
    best = choices[0]
    doubt = _doubt(blocked, start, best.end)
    if doubt >= _IN_PLACE or names.in_areas(text, best.end):
        return None
    if in_list and best.score >= _IN_LIST + doubt:
        return Name(start, best.end, "list", best.score + 2)
    name = text[start : best.end]
    score = best.score + names.before(text, start, words) + (_TWICE if _is_repeated(text, start, name, words) else 0.0)
    if line.is_place(name):
        score -= _PLACE
    if score < _ALONE + 2 * doubt:
        return None
    return Name(start, best.end, "verb", score)


def _inside_word(text: str, start: int) -> bool:
    """Whether an office goes on across `start`: 司令|员."""
    return any(len(rank_at(text, start + n)) > n for n in (1, 2))


def _gap(text: str, start: int) -> int:
    """Where the office before a name ends: a space or a note in brackets may stand between, 副县长(挂职)某某."""
    if text[start - 1 : start] == ")" and (note := _NOTE.search(text, max(0, start - 18), start)):
        return note.start()
    return start - (1 if text[start - 1 : start] in (" ", "的") and start else 0)


def _doubt(blocked: bytearray, start: int, end: int) -> float:
    here = blocked[start:end]
    return _IN_PLACE if 2 in here else 0.5 if 3 in here else 0.0


def _clear(text: str, end: int, blocked: bytearray) -> float:
    """What a name behind a full office gains where it visibly ends: at a mark, or before the place somebody goes to."""
    if text[end : end + 1] in ("、", ",", ";", ":", ")", "等"):
        return 2.0
    return 1.5 if text[end : end + 1] in ("到", "赴", "在", "来") and blocked[end + 1] else 0.0


def _is_repeated(text: str, start: int, name: str, words: frozenset[str]) -> bool:
    """Whether the name stands a second time where a name could end; the nearest two places each way are looked at."""
    end = start + len(name)
    others = [text.find(name, end), text.rfind(name, 0, start)]
    return any(at >= 0 and names.after(text, at + len(name), words) > 0.5 for at in others)


def _with_repeats(text: str, first: list[Name], known: set[str], blocked: bytearray) -> list[Name]:
    """All mentions: those found, and the same names wherever else they stand."""
    if not known:
        return []
    taken = bytearray(len(text) + 1)
    for name in first:
        taken[name.start : name.end] = b"\1" * (name.end - name.start)
    pattern = re.compile("|".join(re.escape(n) for n in sorted(known, key=lambda n: (-len(n), n))))
    more = [
        Name(*m.span(), "repeat", 5.0)
        for m in pattern.finditer(text)
        if not any(taken[m.start() : m.end()]) and 1 not in blocked[m.start() : m.end()]
    ]
    return sorted([*first, *more], key=lambda n: n.start)


def _post_rows(
    article: Article, line: Line, held: Iterable[Holder], found: Found, resources: Resources
) -> Iterator[Row]:
    units = _units(line, found)
    seen: dict[str, OrganisationRow] = {}
    for holder in held:
        for post in holder.posts:
            body = organisations.body(post.organisation, post.title, units, resources.gazetteer, article.locality)
            office = next((k for k in (post.title[i:] for i in range(len(post.title))) if k in grammar().ranks), "")
            kind = grammar().ranks[office][1] if office else ""
            public = organisations.is_public(post.organisation, kind, body.level)
            organisation_id = body.organisation_id if post.organisation else None
            yield PostRow(article.article_id, holder.name, holder.name, post.post, post.organisation or None, organisation_id,
                          post.title, body.level, body.code, public, post.status, post.start, post.end)  # fmt: skip
            if organisation_id and organisation_id not in seen:
                seen[organisation_id] = OrganisationRow(organisation_id, body.name, body.system, body.level, body.code)
            end = post.start + len(post.organisation)
            if (
                organisation_id
                and article.text[post.start : end]
                and fold(article.text[post.start : end]) == post.organisation
            ):
                yield OrganisationMentionRow(article.article_id, post.start, end, article.surface(post.start, end), organisation_id)  # fmt: skip
    yield from seen.values()


def _units(line: Line, found: Found) -> dict[str, Unit | None]:
    """What the names of units mean in this article."""
    rows = {row.place_id: row for row in found.of(PlaceRow)}
    units: dict[str, Unit | None] = {}
    for mention in found.of(PlaceMentionRow):
        row = rows.get(mention.place_id)
        if row is None or (mention.start_char, mention.end_char) not in line.units:
            continue
        unit = Unit(row.path or row.name, row.level, row.code) if row.level else None
        units.setdefault(line.text[mention.start_char : mention.end_char], unit)
    return units
