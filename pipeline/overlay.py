"""The lines of `corrections.csv` laid over the rows: those on mentions before link, those on people, places and organisations after it.

In: tables and lines. Out: tables, and what became of each line. Corrected names and places say `correction` as their source.
Of the tables only the rows that lines name are held, and those that point to them; the others go by a part at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from .corrections import ENTITIES, MENTIONS, Correction, Outcome, parsed, settable
from .extract.places import place_rows
from .gazetteer import Gazetteer
from .schema import TABLES, OrganisationRow, columns, values
from .spill import Rows, records

Tables = Mapping[str, Rows]
Row = dict[str, Any]
Mine = Callable[[pa.Table], pa.Array]  # which rows of a part

_MADE_BY: Final = {
    "person_mentions": {"source": "correction", "score": 1.0},
    "place_mentions": {"method": "correction", "score": 1.0},
}
_UNSTATED: Final[Mapping[str, Mapping[str, Any]]] = {  # what an added row holds until a line sets it
    "person_mentions": {"source": "correction", "score": 1.0},
    "place_mentions": {"method": "correction", "score": 1.0},
    "posts": {"is_public": True, "status": "current"},
    "dates": {"timex_type": "DATE"},
    "figures": {"qualifier": "="},
}  # fmt: skip


# Mentions, before link


def on_mentions(tables: Tables, corrections: Sequence[Correction], gazetteer: Gazetteer) -> tuple[dict[str, Rows], list[Outcome]]:  # fmt: skip
    """The tables with the lines on mentions applied, in order. What is held are the rows of the articles that the lines name."""
    mine = [each for each in corrections if not each.late]
    if not mine:
        return dict(tables), []
    named = _among("article_id", {each.id for each in mine})
    result, held = _taken(tables, dict.fromkeys((each.table for each in mine), named))
    before = _pointed(held)
    parts = tables["articles"].parts(["article_id", "text"])
    texts = {row["article_id"]: row["text"] for part in parts for row in records(part.filter(named(part)))}
    new: dict[str, list[Any]] = {"places": [], "organisations": []}
    outcomes: dict[int, Outcome] = {}
    for each in mine:
        try:
            outcomes[each.line] = Outcome(each.line, _applied(each, held[each.table], texts, gazetteer, new))
        except ValueError as error:
            outcomes[each.line] = Outcome(each.line, refused=str(error))
    outcomes |= {each.line: each for each in _unfinished(held, mine)}
    _put_back(result, held)
    for name, rows in new.items():
        result[name].add(map(values, rows))
    return _pruned(result, before), list(outcomes.values())


def _among(column: str, ids: Iterable[str]) -> Mine:
    """Tells the rows whose column holds one of the values."""
    wanted = pa.array(sorted(ids), pa.string())
    return lambda part: pc.is_in(part[column], wanted)


def _taken(tables: Tables, mine: Mapping[str, Mine]) -> tuple[dict[str, Rows], dict[str, list[Row]]]:
    """The tables without the rows that `mine` tells by table, and those rows."""
    result, held = dict(tables), dict[str, list[Row]]()
    for name, each in mine.items():
        result[name], taken = tables[name].divided(each)
        held[name] = taken.to_pylist()
    return result, held


def _put_back(tables: Tables, held: Mapping[str, list[Row]]) -> None:
    for name, rows in held.items():
        tables[name].add(tuple(row.values()) for row in rows)


def _applied(each: Correction, rows: list[Row], texts: Mapping[str, str], gazetteer: Gazetteer, new: Mapping[str, list[Any]]) -> str | None:  # fmt: skip
    """One line on the rows of its table; returns the value that it replaced. Raises ValueError where it no longer fits."""
    text = texts.get(each.id)
    if text is None:
        raise ValueError("the article is gone")
    if each.end is not None and (
        each.end > len(text) or (each.surface and text[each.start : each.end] != each.surface)
    ):
        raise ValueError("the text there is another")
    if each.action == "add":
        rows.append(_added(each, text, rows))
        return None
    found = [row for row in rows if _meant(each, row)]
    if not found:
        raise ValueError("no such row")
    old = found[0].get(each.field) if each.field else None
    for row in found:
        if each.action == "remove":
            rows.remove(row)
        else:
            row.update(_values(each, row, gazetteer, new) | _MADE_BY.get(each.table, {}))
    return None if old is None else str(old)


def _meant(each: Correction, row: Row) -> bool:
    here = (row["article_id"], row["start_char"]) == (each.id, each.start) and each.end in (None, row["end_char"])
    return here and (not each.was or str(row.get(each.field)) == each.was) and (not each.surface or row.get("surface", each.surface) == each.surface)  # fmt: skip


def _added(each: Correction, text: str, rows: Sequence[Row]) -> Row:
    surface = text[each.start : each.end]
    if not surface or "\n" in surface:
        raise ValueError("a mention lies in one line")
    row: Row = {c.name: None for c in columns(each.table)}
    row |= {"article_id": each.id, "start_char": each.start, "end_char": each.end, **_UNSTATED.get(each.table, {})}
    if "surface" in row:
        row["surface"] = surface
    if each.table == "person_mentions":
        row["person_id"] = surface
    if each.table != "posts" and any(_key(each.table, row) == _key(each.table, other) for other in rows):
        raise ValueError("a row is there already")
    return row


def _key(table: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in TABLES[table].key)


def _values(each: Correction, row: Row, gazetteer: Gazetteer, new: Mapping[str, list[Any]]) -> Row:
    """What a `set` writes into a mention; a place or organisation that it names is added to `new`."""
    if each.field in ("path", "site") and each.table == "place_mentions":
        kind = "admin" if each.field == "path" else "site"
        name = each.value.rpartition("/")[2] if kind == "admin" else row["surface"]
        place_id, places = place_rows(kind, name, each.value or None, gazetteer)
        new["places"].extend(places)
        return {"place_id": place_id}
    if each.field == "name" and each.table == "organisation_mentions":
        made = "o" + hashlib.sha256(f"\0\0{each.value}".encode()).hexdigest()[:15]
        new["organisations"].append(OrganisationRow(made, each.value, None, None, None))
        return {"organisation_id": made}
    value = parsed(settable(each.table, each.field), each.value)
    twin = (
        {"person_id": value} if (each.table, each.field) == ("posts", "name") else {}
    )  # before link, the id is the name
    return {each.field: value, **twin}


def _unfinished(held: Mapping[str, list[Row]], mine: Sequence[Correction]) -> Iterator[Outcome]:
    """Added rows that no line completed are taken back."""
    for table, rows in held.items():
        needed = [c.name for c in columns(table) if not c.nullable]
        for row in [row for row in rows if any(row[name] is None for name in needed)]:
            rows.remove(row)
            lacking = ", ".join(name for name in needed if row[name] is None)
            lines = [each.line for each in mine if each.action == "add" and (each.table, each.id, each.start) == (table, row["article_id"], row["start_char"])]  # fmt: skip
            yield Outcome(lines[0], refused=f"nothing sets its {lacking}")


def _pruned(tables: dict[str, Rows], before: Mapping[str, set[str]]) -> dict[str, Rows]:
    """Without the places and organisations that nothing points to now but something did `before`, and the units above those."""
    for name in before:
        todo = before[name] - _pointed_to(tables, name, before[name])
        while todo:
            tables[name], gone = tables[name].divided(_among(ENTITIES[name], todo))
            above = set(gone["parent_id"].to_pylist()) - {None} if "parent_id" in gone.column_names else set()
            todo = above - _pointed_to(tables, name, above)
    return tables


def _pointed(held: Mapping[str, list[Row]]) -> dict[str, set[str]]:
    """The places and organisations that rows point to."""
    return {
        name: {row[c.name] for table, rows in held.items() for c in columns(table) if c.to == name for row in rows} - {None}
        for name in ("places", "organisations")
    }  # fmt: skip


def _pointed_to(tables: Tables, name: str, ids: set[str]) -> set[str]:
    """Those of the ids that any row of any table points to."""
    found: set[str] = set()
    for table, rows in tables.items():
        for c in columns(table) if ids else ():
            if c.to == name:
                mine = _among(c.name, ids)
                found.update(*(pc.unique(part[c.name].filter(mine(part))).to_pylist() for part in rows.parts([c.name])))
    return found


# People, places and organisations, after link


def on_entities(tables: Tables, corrections: Sequence[Correction]) -> tuple[dict[str, Rows], list[Outcome]]:
    """The linked tables with the lines on people, places and organisations applied, in order. What is held are the rows
    of those that the lines name, and all rows that point to them."""
    mine = [each for each in corrections if each.late]
    if not mine:
        return dict(tables), []
    result, held = _taken(tables, _concerned(tables, mine))
    outcomes = []
    for each in mine:
        try:
            outcomes.append(Outcome(each.line, _late(each, held)))
        except ValueError as error:
            outcomes.append(Outcome(each.line, refused=str(error)))
    named = _among("article_id", {row["article_id"] for name in _OF_PEOPLE for row in held[name]})
    parts = tables["articles"].parts(["article_id", "published_on"])
    _recounted(
        held, {row["article_id"]: row["published_on"] for part in parts for row in records(part.filter(named(part)))}
    )
    _put_back(result, held)
    return result, outcomes


_OF_PEOPLE: Final = ("person_mentions", "posts")


def _concerned(tables: Tables, mine: Iterable[Correction]) -> dict[str, Mine]:
    """By table what tells the rows of the entities that lines name, of all people in the articles where a mention becomes
    another's, and the rows that point to any of them."""
    ids = {name for each in mine for name in (each.id, each.value)}
    named = _among("article_id", {each.id for each in mine if each.table in MENTIONS})
    for name in _OF_PEOPLE:
        ids.update(*(part["person_id"].filter(named(part)).to_pylist() for part in tables[name].parts()))
    telling = {
        name: [c.name for c in columns(name) if c.to in ENTITIES or c.name == ENTITIES.get(name)]
        for name in (*ENTITIES, *MENTIONS)
    }
    return {name: _any([_among(each, ids) for each in found]) for name, found in telling.items() if found}


def _any(several: Sequence[Mine]) -> Mine:
    return lambda part: reduce(pc.or_, (each(part) for each in several))


def _late(each: Correction, held: Mapping[str, list[Row]]) -> str | None:
    if each.field == "person_id":
        return _reassigned(each, held)
    key = ENTITIES[each.table]
    row = _entity(each.table, each.id, held)
    if each.action == "merge":
        stays = _entity(each.table, each.value, held)
        held[each.table].remove(row)
        for table in held:
            for c in columns(table):
                for other in held[table] if c.to == each.table else ():
                    if other[c.name] == each.id:
                        other[c.name] = each.value
        for post in held["posts"] if each.table == "people" else ():
            post["name"] = stays["name"] if post["person_id"] == each.value else post["name"]
        return None
    old = row[each.field]
    if each.was and str(old) != each.was:
        raise ValueError(f"{each.field} is now {old}")
    row[each.field] = parsed(settable(each.table, each.field), each.value)
    for post in held["posts"] if (key, each.field) == ("person_id", "name") else ():
        post["name"] = each.value if post["person_id"] == each.id else post["name"]
    return None if old is None else str(old)


def _entity(table: str, wanted: str, held: Mapping[str, list[Row]]) -> Row:
    found = [row for row in held[table] if row[ENTITIES[table]] == wanted]
    if not found or wanted == "":
        raise ValueError(f"{table} has no {wanted}")
    return found[0]


def _reassigned(each: Correction, held: Mapping[str, list[Row]]) -> str:
    """A mention or post becomes another person's."""
    person = _entity("people", each.value, held)
    found = [row for row in held[each.table] if _meant(each, row)]
    if not found:
        raise ValueError("no such row")
    old: str = found[0]["person_id"]
    for row in found:
        row |= {"person_id": each.value, **_MADE_BY.get(each.table, {})}
        if "name" in row:
            row["name"] = person["name"]
    return old


def _recounted(held: Mapping[str, list[Row]], days: Mapping[str, Any]) -> None:
    """What people say of their mentions, anew; a person without any goes."""
    seen: dict[str, set[str]] = {}
    for row in (*held["person_mentions"], *held["posts"]):
        seen.setdefault(row["person_id"], set()).add(row["article_id"])
    held["people"][:] = [row for row in held["people"] if row["person_id"] in seen]
    for row in held["people"]:
        here = seen[row["person_id"]]
        dated = [days[each] for each in here if days[each]]
        row |= {"n_articles": len(here), "first_seen": min(dated, default=None), "last_seen": max(dated, default=None)}
