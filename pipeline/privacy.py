"""Names of people without a public post: kept, shortened to the surname (王某某), or dropped. Applied to the linked tables before they are published.

In: all tables of a run after `link`. Out: the same tables. A masked name is as long as the name was, so every offset holds: `initial` leaves
the surname and writes 某 for the rest, `drop` writes 某 throughout and leaves the person's rows out. Credited names stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from . import lexicon
from .errors import UsageError

MODES: Final = ("keep", "initial", "drop")
_MASK: Final = "某"
_OF_PERSONS: Final = ("people", "person_mentions", "posts")
_PHRASES: Final = {"articles": ("title", "kicker", "subtitle"), "figures": ("item", "subject"), "posts": ("post", "organisation")}  # fmt: skip
_SPANS: Final = ("organisation_mentions", "place_mentions", "dates", "figures")

Tables = Mapping[str, pa.Table]


def checked(mode: str) -> str:
    """The mode. Raises UsageError E003 where there is no such mode."""
    if mode not in MODES:
        raise UsageError("E003", f"private names cannot be {mode!r}", f"choose one of {', '.join(MODES)}")
    return mode


def masked(tables: Tables, mode: str) -> dict[str, pa.Table]:
    """The tables with the names of people without a public post as `mode` wants them."""
    result = dict(tables)
    private = (
        {row["person_id"] for row in tables["people"].to_pylist() if not row["is_official"]}
        if mode != "keep"
        else set()
    )
    if not private:
        return result
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    for row in tables["person_mentions"].to_pylist():
        if row["person_id"] in private:
            spans[row["article_id"]].append((row["start_char"], row["end_char"]))
            names[row["article_id"]].add(row["surface"])
    texts = {
        row["article_id"]: _covered(row["text"], spans[row["article_id"]], mode)
        for row in tables["articles"].to_pylist()
    }
    result["articles"] = _mapped(tables["articles"], "text", lambda row: texts[row["article_id"]])
    for table, columns in _PHRASES.items():
        for column in columns:
            result[table] = _phrases(result[table], column, names, mode)
    for table in ("person_mentions", *_SPANS):
        result[table] = _mapped(
            result[table], "surface", lambda row: texts[row["article_id"]][row["start_char"] : row["end_char"]]
        )
    for table in _OF_PERSONS:
        hidden = pc.is_in(result[table]["person_id"], pa.array(sorted(private), pa.string()))
        if mode == "drop":
            result[table] = result[table].filter(pc.invert(hidden))
        elif table != "person_mentions":
            result[table] = _mapped(
                result[table],
                "name",
                lambda row: mask(row["name"], mode) if row["person_id"] in private else row["name"],
            )
    return result


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


def _phrases(table: pa.Table, column: str, names: Mapping[str, set[str]], mode: str) -> pa.Table:
    """A column of phrases of articles, with the names of each article masked."""

    def value(row: Mapping[str, Any]) -> str | None:
        phrase: str | None = row[column]
        for name in sorted(names.get(row["article_id"], ()), key=lambda each: (-len(each), each)) if phrase else ():
            phrase = phrase.replace(name, mask(name, mode)) if phrase else phrase
        return phrase

    return _mapped(table, column, value)


def _mapped(table: pa.Table, column: str, value: Callable[[Mapping[str, Any]], str | None]) -> pa.Table:
    at = table.schema.get_field_index(column)
    return table.set_column(
        at, table.schema.field(at), pa.array([value(row) for row in table.to_pylist()], pa.string())
    )
