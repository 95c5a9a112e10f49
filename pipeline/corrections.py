"""What reviewers know better: `corrections.csv` beside `sources.csv`, laid over the rows at every publishing.

A line says: action, table, id, start, end, surface, field, was, value, who, when.

    add    a mention at start:end of the article `id`; its columns follow as lines that `set` them
    set    a column of a mention, or of a person, place or organisation whose id is `id`, to `value`
    remove a mention
    merge  the person, place or organisation `id` into `value`

`surface` and `was`, where given, must still be what stands there. A place mention takes `path`, the full names of an
administrative unit, or `site`, the unit that another place lies in; an organisation mention takes `name`. What no longer
fits is left out and said so: the data have changed, the line has not.

In: tables and lines. Out: tables, and what became of each line, which the manifest keeps. Corrected names and places say `correction` as their source.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from .encoding import decode
from .errors import InputError, UsageError
from .extract.places import place_rows
from .gazetteer import Gazetteer
from .names import day
from .schema import TABLES, Column, OrganisationRow, arrow_schema, columns, to_arrow

CORRECTIONS = "corrections.csv"
MENTIONS: Final = ("person_mentions", "posts", "organisation_mentions", "place_mentions", "dates", "figures")
ENTITIES: Final = {"people": "person_id", "places": "place_id", "organisations": "organisation_id"}
_ACTIONS: Final = {"add": MENTIONS, "remove": MENTIONS, "set": (*MENTIONS, *ENTITIES), "merge": tuple(ENTITIES)}
_ASIDE: Final = {
    "place_mentions": ("path", "site"),
    "organisation_mentions": ("name",),
}  # what a mention takes besides its columns
_FIXED: Final = frozenset(("article_id", "start_char", "end_char", "surface"))
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

Tables = Mapping[str, pa.Table]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Correction:
    """A line of corrections.csv; `line` is its number in the file."""

    action: str
    table: str
    id: str
    start: int | None = None
    end: int | None = None
    surface: str = ""
    field: str = ""
    was: str = ""
    value: str = ""
    who: str = ""
    when: str = ""
    line: int = 0

    @property
    def late(self) -> bool:
        """Whether it speaks of what only link makes: people, places, organisations, and whose a mention is."""
        return self.table in ENTITIES or self.field == "person_id"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: the value that it replaced, or why it was left out."""

    line: int
    old: str | None = None
    refused: str | None = None


COLUMNS: Final = tuple(f.name for f in fields(Correction) if f.name != "line")


# Reading


def read(raw: Path) -> tuple[Correction, ...]:
    """The corrections beside the dumps; none where there is no such file. Raises UsageError E009 that names the line."""
    path = (raw if raw.is_dir() else raw.parent) / CORRECTIONS
    if not path.is_file():
        return ()
    try:
        text = decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), escaped=True)[0]
    except (OSError, InputError) as error:
        raise UsageError("E009", f"{path}: {error}", "save it as UTF-8") from None
    reader = csv.DictReader(text.splitlines(), strict=True)
    missing = {"action", "table", "id"} - set(reader.fieldnames or ())
    if missing or set(reader.fieldnames or ()) - {*COLUMNS}:
        raise UsageError("E009", f"{path} line 1: the header is not right", f"columns are {', '.join(COLUMNS)}")
    return tuple(_line(path, reader.line_num, row) for row in reader)


def _line(path: Path, number: int, row: Mapping[str | None, Any]) -> Correction:
    said = {str(name): (value or "").strip() for name, value in row.items() if name is not None}
    try:
        if None in row:
            raise ValueError("more cells than the header has")
        span = {name: int(said[name]) if said.get(name) else None for name in ("start", "end")}
        correction = Correction(**{**said, **span}, line=number)  # type: ignore[arg-type]
        _checked(correction)
    except ValueError as error:
        raise UsageError("E009", f"{path} line {number}: {error}", "see `corrections.csv` in docs/how-to.md") from None
    return correction


def _checked(each: Correction) -> None:
    """Raises ValueError where a line can mean nothing, whatever the data."""
    if each.table not in _ACTIONS.get(each.action, ()):
        raise ValueError(f"{each.action!r} of {each.table!r} is no correction")
    if each.table in MENTIONS and each.start is None:
        raise ValueError("a mention has a start")
    if each.action == "add" and each.end is None:
        raise ValueError("what is added has an end")
    if each.action == "merge" and not each.value:
        raise ValueError("`value` names the one that stays")
    if each.action == "set" and each.field not in _ASIDE.get(each.table, ()):
        parsed(_column(each.table, each.field), each.value)


def _column(table: str, name: str) -> Column:
    found = [c for c in columns(table) if c.name == name and name not in _FIXED and name != ENTITIES.get(table)]
    if not found:
        raise ValueError(f"{table} has no column {name!r} that can be set")
    return found[0]


def parsed(column: Column, value: str) -> Any:
    """A value as its column holds it. Raises ValueError where it cannot."""
    if value == "":
        if column.nullable:
            return None
        raise ValueError(f"{column.name} cannot be empty")
    if column.values and value not in column.values:
        raise ValueError(f"{column.name} is one of {', '.join(column.values)}, not {value!r}")
    if pa.types.is_boolean(column.type):
        if value not in ("true", "false"):
            raise ValueError(f"{column.name} is true or false, not {value!r}")
        return value == "true"
    if pa.types.is_date(column.type):
        if (found := day(value)) is None:
            raise ValueError(f"{column.name} {value!r} is no date like 2021-06-19")
        return found
    if pa.types.is_string(column.type):
        return value
    made = float(value) if pa.types.is_floating(column.type) else int(value)
    if (column.low is not None and made < column.low) or (column.high is not None and made > column.high):
        raise ValueError(f"{column.name} {value} is out of range")
    return made


def fingerprint(corrections: Iterable[Correction]) -> str:
    """Names what the lines say, with who said it and when: the manifest tells."""
    return hashlib.sha256("\n".join(map(str, corrections)).encode()).hexdigest()[:16]


def record(corrections: Iterable[Correction], outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """What the manifest keeps: each line's target, reviewer and day, and what became of it; no words but those it replaced."""
    lines = {each.line: each for each in corrections}
    return [
        {name: getattr(lines[each.line], name) for name in ("action", "table", "id", "start", "end", "field", "who", "when")}
        | {"into": lines[each.line].value if lines[each.line].action == "merge" else None}
        | asdict(each)
        for each in outcomes
    ]  # fmt: skip


def refused(kept: Iterable[Mapping[str, Any]]) -> tuple[tuple[int, str], ...]:
    """Of what the manifest keeps: the lines that were left out, and why."""
    return tuple((each["line"], each["refused"]) for each in kept if each["refused"])


# Mentions, before link


def on_mentions(tables: Tables, corrections: Sequence[Correction], gazetteer: Gazetteer) -> tuple[dict[str, pa.Table], list[Outcome]]:  # fmt: skip
    """The tables with the lines on mentions applied, in order."""
    mine = [each for each in corrections if not each.late]
    if not mine:
        return dict(tables), []
    ids = pa.array(sorted({each.id for each in mine}))
    touched = {each.table for each in mine}
    held = {name: _of_articles(tables[name], ids) for name in touched}
    texts = {row["article_id"]: row["text"] for row in _of_articles(tables["articles"], ids)}
    new: dict[str, list[Any]] = {"places": [], "organisations": []}
    outcomes: dict[int, Outcome] = {}
    for each in mine:
        try:
            outcomes[each.line] = Outcome(each.line, _applied(each, held[each.table], texts, gazetteer, new))
        except ValueError as error:
            outcomes[each.line] = Outcome(each.line, refused=str(error))
    outcomes |= {each.line: each for each in _unfinished(held, mine)}
    result = dict(tables)
    for name in touched:
        rest = tables[name].filter(pc.invert(pc.is_in(tables[name]["article_id"], ids)))
        result[name] = pa.concat_tables([rest, pa.Table.from_pylist(held[name], schema=arrow_schema(name))])
    for name, rows in new.items():
        result[name] = pa.concat_tables([tables[name], to_arrow(name, rows)])
    return _pruned(tables, result), list(outcomes.values())


def _of_articles(table: pa.Table, ids: pa.Array) -> list[Row]:
    rows: list[Row] = table.filter(pc.is_in(table["article_id"], ids)).to_pylist()
    return rows


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
    value = parsed(_column(each.table, each.field), each.value)
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


def _pruned(before: Tables, after: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Without the places and organisations that only corrected mentions pointed to."""
    for name, key in (("places", "place_id"), ("organisations", "organisation_id")):
        todo = _pointed(before, name) - _pointed(after, name)
        parents = {row[key]: row.get("parent_id") for row in after[name].to_pylist()}
        while todo:
            after[name] = after[name].filter(pc.invert(pc.is_in(after[name][key], pa.array(sorted(todo)))))
            todo = {parents.get(each) for each in todo} - _pointed(after, name) - {None}  # type: ignore[assignment]
    return after


def _pointed(tables: Tables, name: str) -> set[str]:
    return {key for table in tables if table in TABLES for c in columns(table) if c.to == name for key in tables[table][c.name].to_pylist() if key}  # fmt: skip


# People, places and organisations, after link


def on_entities(tables: Tables, corrections: Sequence[Correction]) -> tuple[dict[str, pa.Table], list[Outcome]]:
    """The linked tables with the lines on people, places and organisations applied, in order."""
    mine = [each for each in corrections if each.late]
    if not mine:
        return dict(tables), []
    names = [name for name in (*ENTITIES, *MENTIONS) if name in tables]
    held: dict[str, list[Row]] = {name: tables[name].to_pylist() for name in names}
    outcomes = []
    for each in mine:
        try:
            outcomes.append(Outcome(each.line, _late(each, held)))
        except ValueError as error:
            outcomes.append(Outcome(each.line, refused=str(error)))
    _recounted(held, {row["article_id"]: row["published_on"] for row in tables["articles"].to_pylist()})
    return {**tables, **{name: pa.Table.from_pylist(held[name], schema=arrow_schema(name)) for name in names}}, outcomes


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
    row[each.field] = parsed(_column(each.table, each.field), each.value)
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
