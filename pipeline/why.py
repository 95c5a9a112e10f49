"""From a row of any table back to the raw file: article, sentence, span, segments, file and byte offsets.

In: an output folder, a table, a row (its number, its key, or an id). Out: the row, a Trace a place in the text — one
for a mention, one a mention for a person, place or organisation —, and what reviewers corrected in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import store
from .errors import UsageError
from .makers import makers
from .offsets import byte_of
from .schema import TABLES, columns
from .text import fold, sentences

_MENTIONS = {"people": "person_mentions", "places": "place_mentions", "organisations": "organisation_mentions"}
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a span that stands unbroken in the raw file: offsets in characters and, where the file is there, in bytes."""

    path: str
    text: str
    raw_start_char: int
    start_byte: int | None


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a row comes from: what made it (see `makers`), its sentence (the span at `start:end` of it), its pieces in the raw file."""

    row: Mapping[str, Any]
    made_by: tuple[str, ...]
    article_id: str
    title: str | None
    paragraph: str
    sentence: str
    start: int
    end: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A row, its traces in order of the text (at most 20), and the corrections of either as the manifest keeps them."""

    row: Mapping[str, Any]
    traces: tuple[Trace, ...]
    corrections: tuple[Mapping[str, Any], ...]


def why(out: Path, table: str, row: str) -> Answer:
    """Where a row comes from.

    `row` is a row's number from 0, `ARTICLE:START`, or an id. Raises UsageError E005 where no row answers to it.
    """
    found = _row(out, table, row)
    if table in _MENTIONS:
        key = TABLES[table].key[0]
        mentions = store.read_table(out, _MENTIONS[table], where=pc.field(key) == found[key])
        rows = mentions.slice(0, _SHOWN).to_pylist()
    else:
        rows = [found] if "start_char" in found else []
    record = store.manifest(out)
    held = _Held(_needed(out, rows, record["tables"]), Path(record["settings"]["raw"]), record["versions"])
    mentions_in = _MENTIONS.get(table, table)
    lines = [each for each in record.get("corrections", ()) if not each["refused"]]
    here = [(table, found), *((mentions_in, each) for each in rows)]
    corrected = tuple(each for each in lines if any(_speaks_of(each, *named) for named in here))
    return Answer(found, tuple(_trace(held, mentions_in, each) for each in rows), corrected)


def _speaks_of(line: Mapping[str, Any], table: str, row: Mapping[str, Any]) -> bool:
    """Whether a correction is of this row, or merged another into it."""
    if line["table"] != table:
        return False
    if table in _MENTIONS:
        return row[TABLES[table].key[0]] in (line["id"], line["into"])
    span = (row["article_id"], row["start_char"])
    return span == (line["id"], line["start"]) and line["end"] in (None, row["end_char"])


def _needed(out: Path, rows: Sequence[Mapping[str, Any]], present: Collection[str]) -> dict[str, pa.Table]:
    """What is to be known of some mentions: their articles with paragraphs and segments, the documents of these, their places."""

    def among(table: str, column: str, ids: Iterable[str | None]) -> pa.Table:
        return store.read_table(
            out, table, where=pc.field(column).isin(pa.array(sorted({each for each in ids if each}), pa.string()))
        )

    tables = {name: among(name, "article_id", (row["article_id"] for row in rows)) for name in ("articles", "paragraphs", "segments")}  # fmt: skip
    tables["documents"] = among("documents", "document_id", tables["articles"]["document_id"].to_pylist())
    if "places" in present:
        tables["places"] = among("places", "place_id", (row.get("place_id") for row in rows))
    return tables


@dataclass(frozen=True, slots=True)
class _Held:
    """What traces are read from: tables, the raw folder, the versions of the run."""

    tables: Mapping[str, pa.Table]
    raw: Path
    versions: Mapping[str, Any]

    def rows(self, table: str, column: str, value: str) -> list[dict[str, Any]]:
        data = self.tables[table]
        rows: list[dict[str, Any]] = data.filter(pc.equal(data[column], value)).to_pylist()
        return rows

    def path(self, document: Mapping[str, Any]) -> Path:
        """The raw file of a document, were it one by itself."""
        return self.raw if self.raw.is_file() else self.raw / document["path"]


def _row(out: Path, table: str, wanted: str) -> dict[str, Any]:
    count = store.read_table(out, table, columns=[]).num_rows
    if wanted.isdigit() and int(wanted) < count and len(wanted) < 12:
        return _at(out, table, int(wanted))
    key, _, start = wanted.partition(":")
    if start.isdigit() and "start_char" in (c.name for c in columns(table)):
        here = _begins("article_id", key) & (pc.field("start_char") == int(start))
    else:
        here = _begins(columns(table)[0].name, wanted)
    found = store.read_table(out, table, where=here)
    if not found.num_rows:
        hint = "a row's number, ARTICLE:START, or an id: `show` and `find` print them"
        raise UsageError("E005", f"no row {wanted!r} in {table}", hint)
    row: dict[str, Any] = found.slice(0, 1).to_pylist()[0]
    return row


def _begins(column: str, text: str) -> pc.Expression:
    """As a range: what tables are sorted by is then found without reading all."""
    return (pc.field(column) >= text) & (pc.field(column) <= text + "\U0010ffff")


def _at(out: Path, table: str, number: int) -> dict[str, Any]:
    for piece in store.pieces(out, table):
        if number < piece.num_rows:
            row: dict[str, Any] = piece.slice(number, 1).to_pylist()[0]
            return row
        number -= piece.num_rows
    raise UsageError("E005", f"no row {number} in {table}", "run the pipeline again")


def _trace(held: _Held, table: str, row: Mapping[str, Any]) -> Trace:
    article = held.rows("articles", "article_id", row["article_id"])[0]
    text, start, end = article["text"], row["start_char"], row["end_char"]
    inside = [(low, high) for low, high in sentences(fold(text)) if low <= start < high] or [(0, len(text))]
    low, high = inside[0][0], max(inside[0][1], end)
    blocks = held.rows("paragraphs", "article_id", row["article_id"])
    kind = next((each["kind"] for each in blocks if each["start_char"] <= start < each["end_char"]), "")
    place = (
        held.rows("places", "place_id", row["place_id"])[0] if row.get("place_id") and "places" in held.tables else {}
    )
    return Trace(
        row, tuple(makers(table, row, held.versions, place)), row["article_id"], article["title"], kind, text[low:high], start - low, end - low,
        tuple(_pieces(held, article, start, end)),
    )  # fmt: skip


def _pieces(held: _Held, article: Mapping[str, Any], start: int, end: int) -> Iterator[Piece]:
    document = held.rows("documents", "document_id", article["document_id"])[0]
    for each in held.rows("segments", "article_id", article["article_id"]):
        low, high = max(start, each["start_char"]), min(end, each["end_char"])
        if low < high:
            at = each["raw_start_char"] + low - each["start_char"]
            words = article["text"][low:high]
            yield Piece(document["path"], words, at, byte_of(held.path(document), document, at, words))


def find(out: Path, name: str) -> dict[str, list[dict[str, Any]]]:
    """All rows about a name, by table: people, places and organisations called so, their posts and mentions, figures said of it.

    Raises UsageError E005 where nothing answers to it.
    """
    present = store.manifest(out)["tables"]
    found: dict[str, list[dict[str, Any]]] = {}
    for table, columns_ in _NAMED.items():
        if table in present:
            hits = [pc.match_substring(pc.field(each), name) for each in columns_]
            found[table] = store.read_table(out, table, where=reduce(or_, hits)).to_pylist()
    if not any(found.values()):
        raise UsageError("E005", f"nothing is called {name!r}", "try a part of the name")
    return {table: rows for table, rows in found.items() if rows}


_NAMED = {
    "people": ("name",), "posts": ("name", "post"), "organisations": ("name",), "places": ("name", "path"),
    "person_mentions": ("surface",), "bylines": ("name",), "figures": ("subject", "item"), "articles": ("title",),
}  # fmt: skip
