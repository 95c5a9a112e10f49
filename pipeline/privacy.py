"""Names of people without a public post: kept, shortened to the surname (王某某), or dropped. Applied to the linked tables before they are published.

In: all tables of a run after `link`. Out: the same tables. A masked name is as long as the name was, so every offset holds: `initial` leaves
the surname and writes 某 for the rest, `drop` writes 某 throughout and leaves the person's rows out. Credited names stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from . import lexicon
from .errors import UsageError
from .schema import arrow_of
from .spill import Rows, Space, aligned, records

MODES: Final = ("keep", "initial", "drop")
_MASK: Final = "某"
_OF_PERSONS: Final = ("person_mentions", "posts")
_OF_ARTICLES: Final = (*_OF_PERSONS, "articles", "organisation_mentions", "place_mentions", "dates", "figures")
_PHRASES: Final = {"articles": ("title", "kicker", "subtitle"), "figures": ("item", "subject"), "posts": ("post", "organisation")}  # fmt: skip


def checked(mode: str) -> str:
    """The mode. Raises UsageError E003 where there is no such mode."""
    if mode not in MODES:
        raise UsageError("E003", f"private names cannot be {mode!r}", f"choose one of {', '.join(MODES)}")
    return mode


def masked(tables: Mapping[str, Rows], mode: str, space: Space) -> dict[str, Rows]:
    """The tables with the names of people without a public post as `mode` wants them."""
    if mode == "keep":
        return dict(tables)
    found = tables["people"].parts(["person_id", "is_official"])
    private = pa.chunked_array(
        [part["person_id"].filter(pc.invert(part["is_official"])) for part in found], pa.string()
    )
    result = {name: space.table(name) for name in ("people", *_OF_ARTICLES)}
    for part in tables["people"].parts():
        result["people"].put(_without(part, private, mode))
    for parts in aligned(tables, dict.fromkeys(_OF_ARTICLES)):
        named = _named(parts["person_mentions"], parts["articles"], private, mode)
        for name, part in parts.items():
            here = pc.is_in(part["article_id"], pa.array(sorted(named), pa.string()))
            table = _changed(part, here, partial(_row, _PHRASES.get(name, ()), named, mode))
            result[name].put(_without(table, private, mode) if name in _OF_PERSONS else table)
    for name in result:
        tables[name].clear()
    return {**tables, **result}


@dataclass(slots=True)
class _Printed:
    """What an article prints of private people, and its text without that."""

    names: set[str] = field(default_factory=set)
    spans: list[tuple[int, int]] = field(default_factory=list)
    text: str = ""


def _named(mentions: pa.Table, articles: pa.Table, private: pa.ChunkedArray, mode: str) -> dict[str, _Printed]:
    """The articles that name private people."""
    found: dict[str, _Printed] = defaultdict(_Printed)
    for row in records(mentions.filter(pc.is_in(mentions["person_id"], private))):
        found[row["article_id"]].names.add(row["surface"])
        found[row["article_id"]].spans.append((row["start_char"], row["end_char"]))
    for row in records(articles.filter(pc.is_in(articles["article_id"], pa.array(sorted(found), pa.string())))):
        found[row["article_id"]].text = _covered(row["text"], found[row["article_id"]].spans, mode)
    return found


def _row(phrases: Sequence[str], named: Mapping[str, _Printed], mode: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row of an article with its text, the columns of phrases and the surface masked."""
    printed = named[row["article_id"]]
    if "text" in row:
        row["text"] = printed.text
    for column in phrases:
        for name in sorted(printed.names, key=lambda each: (-len(each), each)) if row[column] else ():
            row[column] = row[column].replace(name, mask(name, mode))
    if "surface" in row:
        row["surface"] = printed.text[row["start_char"] : row["end_char"]]
    return row


def _without(table: pa.Table, private: pa.ChunkedArray, mode: str) -> pa.Table:
    """A table of people, or of what they hold, with their names masked or their rows left out."""
    theirs = pc.is_in(table["person_id"], private)
    if mode == "drop":
        return table.filter(pc.invert(theirs))
    if "name" not in table.column_names:
        return table
    return _changed(table, theirs, lambda row: row | {"name": mask(row["name"], mode)})


def _changed(table: pa.Table, mine: pa.Array, change: Callable[[dict[str, Any]], dict[str, Any]]) -> pa.Table:
    """A table with some rows changed."""
    rows = [tuple(change(row).values()) for row in records(table.filter(mine))]
    return pa.concat_tables([table.filter(pc.invert(mine)), arrow_of(table.schema, rows)])


def mask(name: str, mode: str) -> str:
    """A name of the same length: 王小明 → 王某某, 某某某; dots stay."""
    kept = (2 if name[:2] in _compounds() else 1) if mode == "initial" else 0
    return name[:kept] + "".join(c if not c.isalpha() else _MASK for c in name[kept:])


@cache
def _compounds() -> frozenset[str]:
    return frozenset(s for row in lexicon.rows("names_surnames") for s in row["surnames"].split() if len(s) > 1)


def _covered(text: str, spans: list[tuple[int, int]], mode: str) -> str:
    for start, end in spans:
        text = text[:start] + mask(text[start:end], mode) + text[end:]
    return text
