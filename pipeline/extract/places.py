"""Places in the text: administrative units and other named places.

In: an article, the rows found before (bylines), the gazetteer. Out: PlaceMentionRow for every mention, and the PlaceRow
of each place and of the units above it. Locality first, then match: what a bare name means depends on where the paper
is printed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ..gazetteer import LEVELS, Gazetteer, Unit
from ..model import Article
from ..schema import BylineRow, PlaceMentionRow, PlaceRow, Row
from ..text import fold
from . import series
from .endings import Candidate, Ending, zone
from .found import Found, Resources
from .sites import candidates
from .slips import slip
from .units import Match, match, placed

_CORPS = "新疆生产建设兵团"
_LOCAL = frozenset(LEVELS[3:])


class Place(NamedTuple):
    """A place that a mention means. `path` of a site is that of the unit it lies in."""

    kind: str
    name: str
    level: str | None
    path: str | None
    unit: Unit | None = None


class Mention(NamedTuple):
    start: int
    end: int
    place: Place
    method: str
    score: float


def places(article: Article, found: Found, resources: Resources) -> Iterable[Row]:
    """Mentions and places of one article. Raises nothing for any text."""
    folded = fold(article.text)
    own = article.locality.path if article.locality else ""
    credited = [(row.start_char, row.end_char) for row in found.of(BylineRow)]
    mentions = [
        m
        for m in _mentions(folded, resources.gazetteer, own)
        if not any(a < m.end and m.start < b for a, b in credited)
    ]
    rows: dict[str, PlaceRow] = {}
    for mention in mentions:
        place_id = _add(rows, mention.place, resources.gazetteer)
        yield PlaceMentionRow(article.article_id, mention.start, mention.end, article.surface(mention.start, mention.end),
                              place_id, mention.method, mention.score)  # fmt: skip
    yield from rows.values()


def _mentions(folded: str, gazetteer: Gazetteer, own: str) -> list[Mention]:
    known = placed(match(folded, gazetteer, own), own)
    new = list(candidates(folded, known, gazetteer))
    taken = bytearray(len(folded) + 1)
    spans = [*((m.start, m.end) for m in known), *((c.start, c.end) for c in new)]
    for start, end in spans:
        taken[start:end] = b"\1" * (end - start)
    new += [Candidate(start, end, Ending(kind, "admin" if kind in series.LEVELS else "site", series.LEVELS.get(kind), 0, 0, "chain"))
            for start, end, kind in series.unlisted(folded, taken, gazetteer.tags)]  # fmt: skip
    swallowed = {id(c.swallows) for c in new if c.swallows}
    return _placed(folded, gazetteer, own, [m for m in known if id(m) not in swallowed], new)


def _placed(folded: str, gazetteer: Gazetteer, own: str, known: list[Match], new: list[Candidate]) -> list[Mention]:
    """Matches and candidates as mentions, each with the path that the chain to its left, the sentence or the text gives."""
    mentions: list[Mention] = []
    last: dict[str, str] = {}  # the last unit of each level in the paper's own county, by path
    items: list[Match | Candidate] = sorted([*known, *new], key=lambda each: each.start)
    for item in items:
        left = (
            mentions[-1] if mentions and mentions[-1].end == item.start and mentions[-1].place.kind == "admin" else None
        )
        if isinstance(item, Match):
            place = _known_place(item, folded)
        else:
            place = _new_place(item, folded, gazetteer, own, left, last)
        if place.kind == "admin" and place.path and place.level in _LOCAL and place.path.startswith(own):
            last[place.level] = place.path
            for level in LEVELS[LEVELS.index(place.level) + 1 :]:
                last.pop(level, None)
        method, score = (item.method, item.score) if isinstance(item, Match) else ("grammar", 0.7)
        mentions.append(Mention(item.start, item.end, place, method, score))
    return mentions


def _known_place(match: Match, folded: str) -> Place:
    if match.unit is None:
        return Place("admin", folded[match.start : match.end], None, None)
    surface = folded[match.start : match.end]
    if match.unit.level in {"township", "county"} and zone(match.unit.name, match.unit.level):
        return Place("site", match.unit.name, None, match.unit.parent)
    if match.unit.level == "village" and surface == match.unit.name + "村":
        return Place("admin", surface, "village", f"{match.unit.parent}/{surface}")
    return Place("admin", match.unit.name, match.unit.level, match.unit.path, match.unit)


def _new_place(
    item: Candidate, folded: str, gazetteer: Gazetteer, own: str, left: Mention | None, last: dict[str, str]
) -> Place:
    name = folded[item.start : item.end]
    if item.ending.kind == "site":
        inner = (left.place.path if left else None) or last.get("village") or last.get("township") or own or None
        return Place("site", name, None, inner)
    level = item.ending.level or "village"
    if level == "prefecture":
        corps = f"新疆维吾尔自治区/{_CORPS}/第{name.lstrip('第农')}"
        return Place("admin", name, level, corps)
    rank = LEVELS.index(level)
    parent = left.place.path if left and left.place.level and LEVELS.index(left.place.level) < rank else None
    if item.swallows and item.swallows.unit and item.swallows.unit.level == level:
        parent = item.swallows.unit.parent
    if parent is None or _CORPS in parent:
        above = [last[each] for each in LEVELS[:rank] if each in last]
        parent = above[-1] if above else own or None
    kind = "村" if item.ending.suffix == "行政村" else item.ending.suffix
    official = name if name.endswith(kind) or len(kind) > 2 or kind == "乡镇" else name + kind
    path = f"{parent}/{official}" if parent else None
    return Place("admin", name, level, path, (gazetteer.unit(path) or slip(path, gazetteer)) if path else None)


def place_rows(kind: str, name: str, path: str | None, gazetteer: Gazetteer) -> tuple[str, list[PlaceRow]]:
    """The id of a place said by its path, and its row with those of the units above."""
    rows: dict[str, PlaceRow] = {}
    place = _unit_place(path, gazetteer) if kind == "admin" and path else Place(kind, name, None, path)
    return _add(rows, place, gazetteer), list(rows.values())


def _add(rows: dict[str, PlaceRow], place: Place, gazetteer: Gazetteer) -> str:
    """The id of a place; its row and those of the units above are added to `rows`."""
    path = place.path
    key = f"site\0{place.name}\0{path or ''}" if place.kind == "site" else f"admin\0{path or place.name}"
    place_id = _place_id(key)
    if place_id in rows:
        return place_id
    unit = place.unit or (gazetteer.unit(path) if path and place.kind == "admin" else None)
    parent_id = None
    above = path if place.kind == "site" else (path or "").rpartition("/")[0]
    if above:
        parent_id = _add(rows, _unit_place(above, gazetteer), gazetteer)
    rows[place_id] = PlaceRow(place_id, place.name, place.kind, place.level, unit.code if unit else None, parent_id, path,
                              unit.latitude if unit else None, unit.longitude if unit else None)  # fmt: skip
    return place_id


@lru_cache(maxsize=1 << 14)
def _place_id(key: str) -> str:
    return "p" + hashlib.sha256(key.encode()).hexdigest()[:15]


@lru_cache(maxsize=1 << 12)
def _unit_place(path: str, gazetteer: Gazetteer) -> Place:
    unit = gazetteer.unit(path)
    name = path.rpartition("/")[2]
    return Place("admin", name, unit.level if unit else _level(name, path), path, unit)


def _level(name: str, path: str) -> str:
    """The level of a unit that is in no list, by the end of its name."""
    for suffix, level in (("网格", "grid"), ("社区", "village"), ("村", "village"), ("嘎查", "village")):
        if name.endswith(suffix):
            return level
    return LEVELS[min(path.count("/"), 5)]
