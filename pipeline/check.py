"""The invariants of an output folder: what must hold for every row of every run.

`check(out)` yields a Problem for each breach: schema and dictionary, keys, foreign keys, enumerations, ranges, dates
in order, spans against the text, segments against the raw files, counts that repeat what other tables say, sort
order, and the manifest: run ids, row counts, hashes, inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import store
from .errors import InputError, PipelineError
from .model import Source
from .read import read
from .schema import TABLES, Column, arrow_schema, columns, sort

Row = Mapping[str, Any]
_SHOWN = 3
_ORDERED = {
    "dates": (("start_date", "end_date"),),
    "figures": (("value", "value_max"), ("si_value", "si_value_max")),
    "people": (("first_seen", "last_seen"),),
    "articles": (("raw_start_char", "raw_end_char"),),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A breach of an invariant: table, column, what is wrong, how many rows, and a few examples."""

    table: str
    column: str
    what: str
    rows: int
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.table}.{self.column}" if self.column else self.table
        return f"{where}: {self.what} ({self.rows} rows{', e.g. ' + '; '.join(self.examples) if self.examples else ''})"


def check(out: Path, *, raw: Path | None = None) -> Iterator[Problem]:
    """Every breach in an output folder; nothing where all is well. With `raw`, segments are followed into the raw files.

    Raises UsageError E005 where the folder is no output.
    """
    record = store.manifest(out)
    tables: dict[str, pa.Table] = {}
    for name in record["tables"]:
        try:
            tables[name] = store.read_table(out, name)
        except PipelineError as error:
            yield Problem(name, "", error.what, 0)
    for name in store.changed_files(out, record):
        yield Problem(name.split("/")[0], "", f"{name} is not the file that the run wrote", 0)
    linked = "people" in tables
    for name, table in tables.items():
        if (table.schema.names, table.schema.types) != (arrow_schema(name).names, arrow_schema(name).types):
            yield Problem(name, "", "columns differ from the schema", table.num_rows)
            continue
        yield from _dictionary(name, table)
        if table.num_rows != record["tables"][name]["rows"]:
            yield Problem(name, "", f"the manifest says {record['tables'][name]['rows']} rows", table.num_rows)
        yield from _keys(name, table)
        for column in columns(name):
            yield from _values(name, column, table)
            if linked or column.to in ("documents", "articles"):
                yield from _references(name, column, table, tables)
        for low, high in _ORDERED.get(name, ()):
            yield from _order(name, table, low, high)
    if {"documents", "articles"} <= tables.keys():
        yield from _spans(tables)
        yield from _counts(tables)
        inputs = _inputs(out)
        yield from _manifest(tables["documents"], inputs, record)
        if raw is not None and "segments" in tables:
            yield from _raw(tables, raw, inputs.keys(), record)


def _dictionary(name: str, table: pa.Table) -> Iterator[Problem]:
    """The descriptions that travel in the file are those of the schema."""
    want = arrow_schema(name)
    wrong = [f.name for f, w in zip(table.schema, want, strict=True) if dict(f.metadata or {}) != dict(w.metadata)]
    held = table.schema.metadata or {}
    wrong += [key.decode() for key, value in want.metadata.items() if held.get(key) != value]
    if wrong:
        yield Problem(name, "", "dictionary differs from the schema", table.num_rows, tuple(wrong[:_SHOWN]))


def _counts(tables: Mapping[str, pa.Table]) -> Iterator[Problem]:
    """What a row says of others is what they are."""
    documents, articles = tables["documents"].to_pylist(), tables["articles"].to_pylist()
    cut = Counter(row["document_id"] for row in articles)
    yield from _each("documents", "n_articles", documents, lambda d: d["n_articles"] == cut[d["document_id"]])
    yield from _each("documents", "error", documents, lambda d: (d["status"] == "ok") == (d["error"] is None))
    yield from _each("articles", "n_chars", articles, lambda a: a["n_chars"] == len(a["text"]))
    yield from _each("articles", "published_from", articles, lambda a: (a["published_on"] is None) == (a["published_from"] is None))  # fmt: skip
    chars = {d["document_id"]: d["n_chars"] for d in documents}
    yield from _each(
        "articles", "raw_end_char", articles, lambda a: a["raw_end_char"] <= (chars.get(a["document_id"]) or 0)
    )
    if "people" in tables:
        named = {(m["person_id"], m["article_id"]) for m in tables["person_mentions"].to_pylist()}
        seen = Counter(person for person, _ in named)
        yield from _each("people", "n_articles", tables["people"].to_pylist(), lambda p: p["n_articles"] == seen[p["person_id"]])  # fmt: skip
        names = dict(zip(tables["people"]["person_id"].to_pylist(), tables["people"]["name"].to_pylist(), strict=True))
        yield from _each("posts", "name", tables["posts"].to_pylist(), lambda p: names.get(p["person_id"], p["name"]) == p["name"])  # fmt: skip


def _each(name: str, column: str, rows: Sequence[Row], holds: Callable[[Row], bool]) -> Iterator[Problem]:
    wrong = [str(row[column]) for row in rows if not holds(row)]
    if wrong:
        yield Problem(name, column, "does not fit the other rows", len(wrong), tuple(wrong[:_SHOWN]))


def _inputs(out: Path) -> dict[str, str | None]:
    """The raw files of the run by path, with their hashes."""
    try:
        table = store.read_inputs(out)
    except PipelineError:
        return {}  # said already: it is not the file that the run wrote
    return dict(zip(table["path"].to_pylist(), table["sha256"].to_pylist(), strict=True))


def _manifest(documents: pa.Table, hashes: Mapping[str, str | None], record: Mapping[str, Any]) -> Iterator[Problem]:
    """The run's inputs, counts and rejects are those of the documents."""
    rows = documents.to_pylist()
    inputs = hashes.keys()
    wrong = [row["path"] for row in rows if hashes.get(_file(row["path"], inputs), "") != row["sha256"]]
    lost = inputs - {_file(row["path"], inputs) for row in rows}
    if wrong or lost:
        yield Problem("documents", "path", "inputs of the run differ", len(wrong) + len(lost), tuple([*wrong, *sorted(lost)][:_SHOWN]))  # fmt: skip
    told = (dict(record["documents"]), sorted(map(tuple, record["rejects"])))
    found = (dict(Counter(row["status"] for row in rows)), sorted((row["path"], row["error"]) for row in rows if row["status"] == "rejected"))  # fmt: skip
    if told != found:
        yield Problem("documents", "status", "counts of the manifest differ", len(rows))


def _keys(name: str, table: pa.Table) -> Iterator[Problem]:
    key = list(TABLES[name].key)
    groups = table.group_by(key).aggregate([([], "count_all")])
    twice = groups.filter(pc.greater(groups["count_all"], 1))
    if twice.num_rows:
        yield Problem(name, ",".join(key), "key is not unique", twice.num_rows, _examples(twice, key[0]))
    if not table.select(key).equals(sort(name, table).select(key)):
        yield Problem(name, ",".join(key), "rows are not sorted by the key", table.num_rows)


def _values(name: str, column: Column, table: pa.Table) -> Iterator[Problem]:
    data = table[column.name]
    if not column.nullable and data.null_count:
        yield Problem(name, column.name, "null", data.null_count)
    if column.values:
        wrong = table.filter(pc.and_(pc.is_valid(data), pc.invert(pc.is_in(data, pa.array(column.values)))))
        if wrong.num_rows:
            yield Problem(name, column.name, "value is not of the list", wrong.num_rows, _examples(wrong, column.name))
    for bound, outside in ((column.low, pc.less), (column.high, pc.greater)):
        if bound is not None:
            wrong = table.filter(outside(data, pa.scalar(bound, data.type)))
            if wrong.num_rows:
                yield Problem(name, column.name, "value out of range", wrong.num_rows, _examples(wrong, column.name))
    if pa.types.is_string(column.type):
        empty = table.filter(pc.equal(data, ""))
        if empty.num_rows and (name, column.name) != ("articles", "text"):
            yield Problem(name, column.name, "empty string", empty.num_rows)


def _references(name: str, column: Column, table: pa.Table, tables: Mapping[str, pa.Table]) -> Iterator[Problem]:
    if not column.to or column.to not in tables:
        return
    keys = tables[column.to][TABLES[column.to].key[0]]
    orphans = table.filter(
        pc.and_(pc.is_valid(table[column.name]), pc.invert(pc.is_in(table[column.name], keys.combine_chunks())))
    )
    if orphans.num_rows:
        yield Problem(
            name, column.name, f"no such row in {column.to}", orphans.num_rows, _examples(orphans, column.name)
        )


def _order(name: str, table: pa.Table, low: str, high: str) -> Iterator[Problem]:
    wrong = table.filter(pc.greater(table[low], table[high]))
    if wrong.num_rows:
        yield Problem(name, low, f"after {high}", wrong.num_rows, _examples(wrong, TABLES[name].key[0]))


def _spans(tables: Mapping[str, pa.Table]) -> Iterator[Problem]:
    texts = dict(zip(tables["articles"]["article_id"].to_pylist(), tables["articles"]["text"].to_pylist(), strict=True))
    for name, table in tables.items():
        names = table.schema.names
        if "start_char" not in names or name == "articles":
            continue
        wrong = []
        wanted = ["article_id", "start_char", "end_char", *(["surface"] if "surface" in names else [])]
        for row in table.select(wanted).to_pylist():
            text, start, end = texts.get(row["article_id"], ""), row["start_char"], row["end_char"]
            if not 0 <= start < end <= len(text) or row.get("surface", text[start:end]) != text[start:end]:
                wrong.append(f"{row['article_id']} {start}–{end}")
        if wrong:
            yield Problem(name, "start_char", "span does not hold", len(wrong), tuple(wrong[:_SHOWN]))


def _raw(
    tables: Mapping[str, pa.Table], raw: Path, files: Collection[str], record: Mapping[str, Any]
) -> Iterator[Problem]:
    """Every segment stands in the raw document as it stands in the text."""
    text_column = record["settings"].get("text_column")
    paths = {d["document_id"]: d["path"] for d in tables["documents"].to_pylist() if d["status"] == "ok"}
    segments: dict[str, list[dict[str, Any]]] = {}
    for row in tables["segments"].to_pylist():
        segments.setdefault(row["article_id"], []).append(row)
    decoded: dict[str, str] = {}
    wrong: list[str] = []
    for article in tables["articles"].to_pylist():
        path = _file(paths.get(article["document_id"], ""), files)
        if path and path not in decoded:
            decoded |= _documents(raw if raw.is_file() else raw / path, path, text_column)
        text = decoded.get(article["document_id"])
        for s in segments.get(article["article_id"], []):
            length = s["end_char"] - s["start_char"]
            if (
                text is None
                or text[s["raw_start_char"] : s["raw_start_char"] + length]
                != article["text"][s["start_char"] : s["end_char"]]
            ):
                wrong.append(f"{path} {article['article_id']} {s['start_char']}")
    if wrong:
        yield Problem("segments", "raw_start_char", "raw file differs", len(wrong), tuple(wrong[:_SHOWN]))


def _file(path: str, files: Collection[str]) -> str:
    """The raw file that a document is, or is a member or a line of; empty where there is none."""
    while path and path not in files:
        path = path[: max(path.rfind("/"), path.rfind("#"), 0)]
    return path


def _documents(path: Path, name: str, text_column: str | None) -> dict[str, str]:
    try:
        return {d.document_id: d.text for d in read(Source(path, name), path.read_bytes(), text_column)} | {name: ""}
    except (OSError, InputError):
        return {name: ""}


def _examples(table: pa.Table, column: str) -> tuple[str, ...]:
    return tuple(str(value) for value in table[column].slice(0, _SHOWN).to_pylist())
