"""The rows of all articles → people, organisations, places: the only step that looks across articles.

In: Arrow tables whose person ids are names. Out: the dimension tables, and `person_mentions` and `posts`
with person ids. A pure function of its input; the order of rows does not matter.

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
from typing import Any, Final

import pyarrow as pa

from . import lexicon
from .schema import PersonRow, arrow_array, arrow_of, to_arrow
from .text import fold

_STATE = "中国"
_GRASSROOTS = frozenset(("village", "grid"))
_LEADING = frozenset(("county", "prefecture", "province", "national"))


# The tables that are looked at, and the columns where not all are.
LINKED: Final[Mapping[str, Sequence[str] | None]] = {
    "articles": ("article_id", "published_on", "locality_code", "locality_path"),
    "person_mentions": None, "posts": None, "organisations": None, "places": None,
}  # fmt: skip


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


def link(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """`people`, `organisations`, `places`, and `person_mentions` and `posts` with person ids, unsorted."""
    people, id_of = _people(tables)
    linked = {name: _identified(tables[name], id_of) for name in ("person_mentions", "posts")}
    return {
        "people": people,
        **linked,
        "organisations": _merged("organisations", tables["organisations"]),
        "places": _merged("places", tables["places"]),
    }


def _people(tables: Mapping[str, pa.Table]) -> tuple[pa.Table, dict[tuple[str, str], str]]:
    by_name: dict[str, list[Appearance]] = defaultdict(list)
    for each in _appearances(tables):
        by_name[fold(each.name)].append(each)  # whatever dots and widths a paper prints
    id_of: dict[tuple[str, str], str] = {}
    rows = []
    for name in sorted(by_name):
        for seat, members in sorted(persons(by_name[name]).items()):
            person_id = "p" + hashlib.sha256(f"{name}\0{seat}".encode()).hexdigest()[:15]
            id_of |= {(each.article_id, each.name): person_id for each in members}
            spelled = min(each.name for each in members)
            days = [each.day for each in members if each.day]
            official = any(each.is_official for each in members)
            rows.append(PersonRow(person_id, spelled, official, len(members), min(days, default=None), max(days, default=None)))  # fmt: skip
    return to_arrow("people", rows), id_of


def _appearances(tables: Mapping[str, pa.Table]) -> Iterator[Appearance]:
    facts = tables["articles"].select(LINKED["articles"])
    articles = {row["article_id"]: row for row in facts.to_pylist()}
    posts: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in tables["posts"].to_pylist():
        posts[row["article_id"], row["person_id"]].append(row)
    mentions = tables["person_mentions"].select(["article_id", "person_id"]).to_pylist()
    named = {(row["article_id"], row["person_id"]) for row in mentions} | posts.keys()
    for article_id, name in sorted(named):
        article, held = articles[article_id], posts.get((article_id, name), [])
        code = article["locality_code"]
        home = code[:6] if code else article["locality_path"] or article_id
        public = [post for post in held if post["is_public"]]
        seats = [_seat(post, home) for post in public]
        seats = seats or [f"{home}/{post['organisation']}" for post in held if post["organisation"]]
        leader = any(post["level"] in _LEADING for post in public)
        yield Appearance(article_id, name, tuple(dict.fromkeys(seats)), home, article["published_on"], bool(public), leader)  # fmt: skip


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


def _merged(name: str, table: pa.Table) -> pa.Table:
    """One row an id: the longest name, and of the other columns the first that is known, in order of the values."""
    key = f"{name.removesuffix('s')}_id"
    rest = [column for column in table.column_names if column != key]
    rows: dict[str, dict[str, Any]] = {}
    for row in sorted(table.to_pylist(), key=lambda row: (-len(row["name"]), *map(str, row.values()))):
        known = rows.setdefault(row[key], row)
        known |= {column: row[column] for column in rest if known[column] is None}
    return arrow_of(name, [list(rows[each].values()) for each in sorted(rows)])
