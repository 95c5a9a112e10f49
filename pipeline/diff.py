"""Two outputs compared row by row: what a lexicon, a model or a version changed.

In: two output folders. Out: a Change for each row that only one of them has, or that both have with other
values. Rows are matched by their table's key; ids of people, places and organisations are compared by what
they stand for in the row, so an id that merely got another spelling is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import store
from .errors import UsageError
from .schema import TABLES, columns

_OF_OTHERS = frozenset(("people", "places", "organisations"))
_CONTEXT = 24  # characters each side of a mention


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was added, removed or changed; `values` holds column → (in A, in B), `context` the text around it."""

    table: str
    kind: str  # added, removed, changed
    key: tuple[Any, ...]
    values: Mapping[str, tuple[Any, Any]]
    article_id: str | None = None
    context: tuple[str, str, str] | None = None  # before, the mention, after


def diff(a: Path, b: Path, names: tuple[str, ...] = ()) -> Iterator[Change]:
    """The changes from `a` to `b`, table by table, in order of the key. Raises UsageError E005 where either is no output."""
    present = [set(store.manifest(each)["tables"]) for each in (a, b)]
    for name in names:
        if name not in TABLES:
            raise UsageError("E005", f"no table {name!r}", f"one of {', '.join(TABLES)}")
    texts = {row["article_id"]: row["text"] for out in (a, b) for row in store.read_table(out, "articles").to_pylist()}
    for name in names or TABLES:
        if all(name in each for each in present):
            yield from _table(name, _rows(a, name), _rows(b, name), texts)


def _rows(out: Path, name: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    key = _key(name)
    return {tuple(row[column] for column in key): row for row in store.read_table(out, name).to_pylist()}


def _key(name: str) -> list[str]:
    """The key by which rows of two outputs are the same: a foreign id gives way to the name."""
    foreign = {c.name for c in columns(name) if c.to in _OF_OTHERS}
    own = [column for column in TABLES[name].key if column not in foreign]
    return [*own, "name"] if name == "posts" else own


def _table(name: str, a: Mapping[tuple[Any, ...], dict[str, Any]], b: Mapping[tuple[Any, ...], dict[str, Any]],
           texts: Mapping[str, str]) -> Iterator[Change]:  # fmt: skip
    compared = [c.name for c in columns(name) if c.to not in _OF_OTHERS]
    for key in sorted({*a, *b}, key=lambda each: tuple(map(str, each))):
        old, new = a.get(key), b.get(key)
        known = new or old or {}
        values = {c: (old[c] if old else None, new[c] if new else None) for c in compared}
        values = {c: pair for c, pair in values.items() if pair[0] != pair[1]}
        if old and new and not values:
            continue
        kind = "changed" if old and new else "added" if new else "removed"
        yield Change(name, kind, key, values, known.get("article_id"), _context(known, texts))


def _context(row: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[str, str, str] | None:
    if "start_char" not in row:
        return None
    text, start, end = texts.get(row["article_id"], ""), row["start_char"], row["end_char"]
    return text[max(0, start - _CONTEXT) : start], text[start:end], text[end : end + _CONTEXT]
