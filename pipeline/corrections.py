"""What reviewers know better: `corrections.csv` beside `sources.csv`, laid over the rows at every publishing.

A line says: action, table, id, start, end, surface, field, was, value, who, when.

    add    a mention at start:end of the article `id`; its columns follow as lines that `set` them
    set    a column of a mention, or of a person, place or organisation whose id is `id`, to `value`
    remove a mention
    merge  the person, place or organisation `id` into `value`

`surface` and `was`, where given, must still be what stands there. A place mention takes `path`, the full names of an
administrative unit, or `site`, the unit that another place lies in; an organisation mention takes `name`. What no longer
fits is left out and said so: the data have changed, the line has not.

In: the file. Out: its lines. `overlay` lays them over the rows; the manifest keeps what became of each.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from .encoding import decode
from .errors import InputError, UsageError
from .names import day
from .schema import Column, columns

CORRECTIONS = "corrections.csv"
MENTIONS: Final = ("person_mentions", "posts", "organisation_mentions", "place_mentions", "dates", "figures")
ENTITIES: Final = {"people": "person_id", "places": "place_id", "organisations": "organisation_id"}
_ACTIONS: Final = {"add": MENTIONS, "remove": MENTIONS, "set": (*MENTIONS, *ENTITIES), "merge": tuple(ENTITIES)}
_ASIDE: Final = {
    "place_mentions": ("path", "site"),
    "organisation_mentions": ("name",),
}  # what a mention takes besides its columns
_FIXED: Final = frozenset(("article_id", "start_char", "end_char", "surface"))


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
        parsed(settable(each.table, each.field), each.value)


def settable(table: str, name: str) -> Column:
    """A column that a line may set. Raises ValueError where there is none of the name."""
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
