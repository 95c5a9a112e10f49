"""The rows of all articles → people, organisations, places: the only step that looks across articles.

In: rows whose person ids are names. Out: the dimension tables, and `person_mentions` and `posts` with person ids.
A pure function of its input; the order of rows does not matter. It goes through the articles a part at a time, then through
the appearances a name at a time, then through the articles again: of all articles together nothing is held.

Who is one person is decided name by name. An *appearance* is a name in one article; it stands at one or
more *seats*: the units that its public posts belong to (a county, a prefecture, a province, the state; for
posts in a village, the village), or a company, or merely the paper's own county. Appearances that share a
seat are one person, so a post changes within a county and the person stays; an article that names posts in
two counties states a move and joins them; the same name in two counties without such an article are two.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from . import lexicon
from .schema import PersonRow, arrow_array, values
from .spill import Rows, Space, aligned, records
from .text import fold

_STATE = "中国"
_GRASSROOTS = frozenset(("village", "grid"))
_LEADING = frozenset(("county", "prefecture", "province", "national"))


@dataclass(frozen=True, slots=True)
class Appearance:
    """A name in one article: its seats (the first is the main one), the county of the paper, the day."""

    article_id: str
    name: str
    seats: tuple[str, ...]
    home: str
    day: date | None
    is_official: bool
    is_leader: bool  # holds a public post at county level or above
    start: int = 0  # of the name in the article


def link(rows: Mapping[str, Rows], space: Space, *, nameless: bool = False) -> dict[str, Rows]:
    """`people`, `organisations`, `places`, and `person_mentions` and `posts` with person ids.

    An id is made of the name and the seat, so it is the same in every output, and who tries all names finds the one that gives it:
    `nameless` makes those of people without a public post of the place where they are first named instead.
    """
    appearances = space.rows("appearances", _APPEARANCES, ("key", "article_id", "name"))
    for part in aligned(rows, _SEEN):
        appearances.add(map(_packed, _appearances(part)))
    people, ids = space.table("people"), space.rows("ids", _IDS, ("article_id", "name"))
    for piece in appearances:
        for key, group in groupby(records(piece), itemgetter("key")):
            for person, members in _people(key[_HASH:], map(_unpacked, group), nameless):
                people.add([values(person)])
                ids.add((each.article_id, each.name, person.person_id) for each in members)
    appearances.clear()
    linked = {name: space.table(name) for name in ("person_mentions", "posts")}
    for part in aligned({**rows, "ids": ids}, dict.fromkeys((*linked, "ids"))):
        id_of = {(row["article_id"], row["name"]): row["person_id"] for row in records(part["ids"])}
        for name, table in linked.items():
            table.put(_identified(part[name], id_of))
    return {"people": people, **linked, **{name: _merged(rows[name], space) for name in ("organisations", "places")}}


def _people(name: str, appearances: Iterable[Appearance], nameless: bool) -> Iterator[tuple[PersonRow, list[Appearance]]]:  # fmt: skip
    """The people of one name, and where they appear."""
    for seat, members in sorted(persons(appearances).items()):
        official = any(each.is_official for each in members)
        first = min((each.article_id, each.start) for each in members)
        made_of = f"{first[0]}\0{first[1]}" if nameless and not official else f"{name}\0{seat}"
        person_id = "p" + hashlib.sha256(made_of.encode()).hexdigest()[:15]
        spelled = min(each.name for each in members)
        days = [each.day for each in members if each.day]
        count = len({each.article_id for each in members})
        yield PersonRow(person_id, spelled, official, count, min(days, default=None), max(days, default=None)), members


# What is looked at, and what is kept of it until all of a name has been seen: `key` is the folded name behind a hash
# of it, `seats` are parted by line breaks, which no name holds.
_OF_POSTS = ("article_id", "person_id", "start_char", "is_public", "organisation", "post", "level", "jurisdiction_code")
_SEEN: Final[Mapping[str, Sequence[str]]] = {
    "articles": ("article_id", "published_on", "locality_code", "locality_path"),
    "person_mentions": ("article_id", "person_id", "start_char"), "posts": _OF_POSTS,
}  # fmt: skip
_HASH = 8
_STRINGS = ("key", "article_id", "name", "seats", "home")
_APPEARANCES = pa.schema(
    [*((each, pa.string()) for each in _STRINGS), ("day", pa.date32()), ("is_official", pa.bool_()), ("is_leader", pa.bool_()), ("start", pa.int32())]
)  # fmt: skip
_IDS = pa.schema([("article_id", pa.string()), ("name", pa.string()), ("person_id", pa.string())])


def _packed(each: Appearance) -> tuple[Any, ...]:
    name = fold(each.name)  # whatever dots and widths a paper prints
    key = f"{crc32(name.encode()):0{_HASH}x}{name}"
    return (
        key,
        each.article_id,
        each.name,
        "\n".join(each.seats),
        each.home,
        each.day,
        each.is_official,
        each.is_leader,
        each.start,
    )


def _unpacked(row: Mapping[str, Any]) -> Appearance:
    known = {name: value for name, value in row.items() if name not in ("key", "seats")}
    return Appearance(seats=tuple(row["seats"].split("\n")) if row["seats"] else (), **known)


def _appearances(tables: Mapping[str, pa.Table]) -> Iterator[Appearance]:
    """All appearances in whole articles."""
    articles = {row["article_id"]: row for row in records(tables["articles"])}
    claims = pa.concat_tables([tables["posts"], tables["person_mentions"]], promote_options="default")
    ordered = records(claims.sort_by([("article_id", "ascending"), ("person_id", "ascending")]))
    for (article_id, name), group in groupby(ordered, itemgetter("article_id", "person_id")):
        claimed = list(group)
        posts = [row for row in claimed if row["post"] is not None]
        start = min(row["start_char"] for row in (claimed[len(posts) :] or posts))
        yield _appearance(articles[article_id], name, posts, start)


def _appearance(article: Mapping[str, Any], name: str, posts: Sequence[Mapping[str, Any]], start: int) -> Appearance:
    code = article["locality_code"]
    home = code[:6] if code else article["locality_path"] or article["article_id"]
    public = [post for post in posts if post["is_public"]]
    seats = [_seat(post, home) for post in public]
    seats = seats or [f"{home}/{post['organisation']}" for post in posts if post["organisation"]]
    leader = any(post["level"] in _LEADING for post in public)
    return Appearance(
        article["article_id"], name, tuple(dict.fromkeys(seats)), home, article["published_on"], bool(public), leader, start
    )  # fmt: skip


def _seat(post: Mapping[str, Any], home: str) -> str:
    """The unit that a public post belongs to; without a code of its own, the paper's unit at the post's level."""
    code, level = post["jurisdiction_code"] or home, post["level"]
    if level == "national":
        return _STATE
    if not code.isdigit():
        return str(code)
    if level == "province":
        return f"{code[:2]}0000"
    if level == "prefecture":
        return f"{code[:4]}00"
    if level in _GRASSROOTS:
        return f"{code[:6]}/{_village(post)}"
    return str(code[:6])


def _village(post: Mapping[str, Any]) -> str:
    name = _bodies().split(post["organisation"] or post["post"], maxsplit=1)[0]
    return re.split("[镇乡]|街道", name)[-1] or name


@cache
def _bodies() -> re.Pattern[str]:
    longest_first = sorted(lexicon.words("link_bodies"), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)))


def persons(appearances: Iterable[Appearance]) -> dict[str, list[Appearance]]:
    """The appearances of one name, a list a person, by the seat that names the person for good."""
    ordered = sorted(appearances, key=lambda each: (each.day or date.max, each.article_id))
    groups = _Groups()
    for each in ordered:
        for seat in each.seats:
            groups.join(each.seats[0], seat)
    _promotions(ordered, groups)
    result: dict[str, list[Appearance]] = defaultdict(list)
    for each, seat in _placed(ordered, groups):
        result[groups.of(seat)].append(each)
    return dict(result)


def _promotions(ordered: Sequence[Appearance], groups: _Groups) -> None:
    """Join a county's leader and one of the prefecture or province above it where they are not seen at one time."""
    spans: dict[str, list[date]] = defaultdict(list)
    for each in ordered:
        if each.is_leader and each.day:
            spans[groups.of(each.seats[0])].append(each.day)
    seats = sorted(spans)
    for low in seats:
        for high in seats:
            apart = max(spans[high]) < min(spans[low]) or max(spans[low]) < min(spans[high])
            if apart and _above(high, low):
                groups.join(high, low)


def _above(high: str, low: str) -> bool:
    """Whether one code is that of the province or prefecture of another."""
    digits = 2 if high.endswith("0000") else 4
    return high != low and high.isdigit() and high.endswith("00") and low[:digits] == high[:digits]


def _placed(ordered: Sequence[Appearance], groups: _Groups) -> Iterator[tuple[Appearance, str]]:
    """Each appearance with a seat: those without a public post join the nearest namesake that can be meant."""
    official = {seat for each in ordered if each.is_official for seat in each.seats}
    private: dict[str, str] = {}  # county → the first company or body of a private person there
    for each in ordered:
        if not each.is_official and each.seats:
            private.setdefault(each.home, each.seats[0])
    for each in ordered:
        if each.is_official:
            yield each, each.seats[0]
        elif each.seats:
            first = private[each.home] == each.seats[0] and each.home not in official
            yield each, each.home if first else each.seats[0]
        else:
            chain = (each.home, f"{each.home[:4]}00", f"{each.home[:2]}0000", _STATE)
            village = [seat for seat in sorted(official) if seat.startswith(f"{each.home}/")]
            known = [seat for seat in chain if seat in official] or (village if len(village) == 1 else [])
            yield each, known[0] if known else each.home


class _Groups:
    """Disjoint sets of seats. The name of a set is its smallest seat, whatever the order of joining."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, seat: str) -> str:
        while (parent := self._parent.get(seat, seat)) != seat:
            seat = parent
        return seat

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self.of(one), self.of(other)))
        self._parent[high] = low


def _identified(table: pa.Table, id_of: Mapping[tuple[str, str], str]) -> pa.Table:
    keys = zip(table["article_id"].to_pylist(), table["person_id"].to_pylist(), strict=True)
    ids = arrow_array([id_of[key] for key in keys], pa.string())
    return table.set_column(table.schema.get_field_index("person_id"), table.schema.field("person_id"), ids)


def _merged(rows: Rows, space: Space) -> Rows:
    """One row an id: the longest name, and of the other columns the first that is known, in order of the values."""
    key, *rest = rows.schema.names
    merged = space.table(rows.name)
    for part in rows.parts():
        length = pc.negate(pc.utf8_length(part["name"]))
        order = [(name, "ascending") for name in (key, "length", *rest)]
        ordered = part.append_column("length", length).sort_by(order)
        found = ordered.group_by(key, use_threads=False).aggregate([(name, "first") for name in rest])
        merged.put(
            found.select([key, *(f"{name}_first" for name in rest)]).rename_columns(rows.schema.names).cast(rows.schema)
        )
    return merged
