"""The invariants of an output folder: what must hold for every row of every run.

`check(out)` yields a Problem for each breach: schema and dictionary, keys, foreign keys, enumerations, ranges, dates
in order, spans against the text, segments against the raw files, counts that repeat what other tables say, sort
order, and the manifest: run ids, row counts, hashes, inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import store
from .errors import PipelineError
from .retrace import strayed
from .schema import TABLES, Column, arrow_schema, columns, sort
from .spill import records

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

    Tables are read a piece at a time, and of large ones only the columns that are looked at. Raises UsageError E005 where the folder is no output.
    """
    found: dict[tuple[str, str, str], Problem] = {}
    for each in _breaches(out, raw):
        key = each.table, each.column, each.what
        if before := found.get(key):  # in an earlier piece of the table
            examples = (*before.examples, *each.examples)[:_SHOWN]
            found[key] = replace(before, rows=before.rows + each.rows, examples=examples)
        else:
            found[key] = each
    yield from found.values()


def _breaches(out: Path, raw: Path | None) -> Iterator[Problem]:
    """The breaches, those of a table's pieces one by one."""
    record = store.manifest(out)
    for name in store.changed_files(out, record):
        yield Problem(name.split("/")[0], "", f"{name} is not the file that the run wrote", 0)
    sound = list[str]()
    for name, entry in record["tables"].items():
        try:
            schema, rows = store.shape(out, name)
            same = (schema.names, schema.types) == (arrow_schema(name).names, arrow_schema(name).types)
            if same:
                yield from _dictionary(name, schema, rows)
                yield from _keys(out, name)
                sound.append(name)
            else:
                yield Problem(name, "", "columns differ from the schema", rows)
            if rows != entry["rows"]:
                yield Problem(name, "", f"the manifest says {entry['rows']} rows", rows)
        except PipelineError as error:
            yield Problem(name, "", error.what, 0)
    keys = {name: store.read_table(out, name, TABLES[name].key[:1]).column(0).combine_chunks() for name in sound if name in _POINTED_TO}  # fmt: skip
    keys = keys if "people" in sound else {name: keys[name] for name in keys if name in ("documents", "articles")}
    for name in sound:
        for piece in store.pieces(out, name):
            yield from _rows(name, piece, keys)
    if {"documents", "articles"} <= {*sound}:
        inputs = _inputs(out)
        yield from _spans(out, sound)
        yield from _counts(out, sound)
        yield from _manifest(out, inputs, record)
        if raw is not None and "segments" in sound:
            yield from _raw(out, raw, inputs.keys(), record)


_POINTED_TO = frozenset(c.to for name in TABLES for c in columns(name) if c.to)


def _rows(name: str, piece: pa.Table, keys: Mapping[str, pa.Array]) -> Iterator[Problem]:
    """What must hold for each row by itself, and that what it points to is there."""
    for column in columns(name):
        yield from _values(name, column, piece)
        if column.to in keys:
            yield from _references(name, column, piece, keys[column.to])
    for low, high in _ORDERED.get(name, ()):
        yield from _order(name, piece, low, high)


def _dictionary(name: str, schema: pa.Schema, rows: int) -> Iterator[Problem]:
    """The descriptions that travel in the file are those of the schema."""
    want = arrow_schema(name)
    wrong = [f.name for f, w in zip(schema, want, strict=True) if dict(f.metadata or {}) != dict(w.metadata)]
    held = schema.metadata or {}
    wrong += [key.decode() for key, value in want.metadata.items() if held.get(key) != value]
    if wrong:
        yield Problem(name, "", "dictionary differs from the schema", rows, tuple(wrong[:_SHOWN]))


def _counts(out: Path, present: Collection[str]) -> Iterator[Problem]:
    """What a row says of others is what they are."""
    cut, chars = Counter[str](), dict[str, int]()
    for piece in store.pieces(out, "articles", ["document_id"]):
        cut.update(piece["document_id"].to_pylist())
    for piece in store.pieces(out, "documents"):
        chars |= {row["document_id"]: row["n_chars"] or 0 for row in records(piece)}
        yield from _each("documents", "n_articles", piece, lambda d: d["n_articles"] == cut[d["document_id"]])
        yield from _each("documents", "error", piece, lambda d: (d["status"] == "ok") == (d["error"] is None))
    for piece in store.pieces(out, "articles"):
        yield from _each("articles", "n_chars", piece, lambda a: a["n_chars"] == len(a["text"]))
        yield from _each("articles", "published_from", piece, lambda a: (a["published_on"] is None) == (a["published_from"] is None))  # fmt: skip
        yield from _each("articles", "raw_end_char", piece, lambda a: a["raw_end_char"] <= chars.get(a["document_id"], 0))  # fmt: skip
    if "people" in present:
        mentions = store.read_table(out, "person_mentions", ["person_id", "article_id"])
        seen = Counter(mentions.group_by(["person_id", "article_id"]).aggregate([])["person_id"].to_pylist())
        names = dict[str, str]()
        for piece in store.pieces(out, "people"):
            names |= {row["person_id"]: row["name"] for row in records(piece)}
            yield from _each("people", "n_articles", piece, lambda p: p["n_articles"] == seen[p["person_id"]])
        for piece in store.pieces(out, "posts", ["person_id", "name"]):
            yield from _each("posts", "name", piece, lambda p: names.get(p["person_id"], p["name"]) == p["name"])


def _each(name: str, column: str, piece: pa.Table, holds: Callable[[Row], bool]) -> Iterator[Problem]:
    wrong = [str(row[column]) for row in records(_filled(name, piece)) if not holds(row)]
    if wrong:
        yield Problem(name, column, "does not fit the other rows", len(wrong), tuple(wrong[:_SHOWN]))


def _filled(name: str, piece: pa.Table) -> pa.Table:
    """The rows that lack nothing; those that do are told by `_values`."""
    for column in columns(name):
        if not column.nullable and column.name in piece.column_names:
            piece = piece.filter(pc.is_valid(piece[column.name]))
    return piece


def _inputs(out: Path) -> dict[str, str | None]:
    """The raw files of the run by path, with their hashes."""
    try:
        table = store.read_inputs(out)
    except PipelineError:
        return {}  # said already: it is not the file that the run wrote
    return dict(zip(table["path"].to_pylist(), table["sha256"].to_pylist(), strict=True))


def _manifest(out: Path, hashes: Mapping[str, str | None], record: Mapping[str, Any]) -> Iterator[Problem]:
    """The run's inputs, counts and rejects are those of the documents."""
    wrong, rejects = list[str](), list[tuple[str, str]]()
    statuses, lost = Counter[str](), set(hashes)
    for piece in store.pieces(out, "documents", ["path", "sha256", "status", "error"]):
        for row in records(_filled("documents", piece)):
            file = _file(row["path"], hashes)
            lost.discard(file)
            statuses[row["status"]] += 1
            wrong += [row["path"]] if hashes.get(file, "") != row["sha256"] else []
            rejects += [(row["path"], row["error"])] if row["status"] == "rejected" else []
    if wrong or lost:
        yield Problem("documents", "path", "inputs of the run differ", len(wrong) + len(lost), tuple([*wrong, *sorted(lost)][:_SHOWN]))  # fmt: skip
    if (dict(record["documents"]), sorted(map(tuple, record["rejects"]))) != (dict(statuses), sorted(rejects)):
        yield Problem("documents", "status", "counts of the manifest differ", statuses.total())


def _keys(out: Path, name: str) -> Iterator[Problem]:
    key = list(TABLES[name].key)
    if _ascending(store.pieces(out, name, key), key):
        return
    table = store.read_table(out, name, key)
    groups = table.group_by(key).aggregate([([], "count_all")])
    twice = groups.filter(pc.greater(groups["count_all"], 1))
    if twice.num_rows:
        yield Problem(name, ",".join(key), "key is not unique", twice.num_rows, _examples(twice, key[0]))
    if not table.equals(sort(name, table)):
        yield Problem(name, ",".join(key), "rows are not sorted by the key", table.num_rows)


def _ascending(pieces: Iterable[pa.Table], key: Sequence[str]) -> bool:
    """Whether each key is above the one before it."""
    last: pa.Table | None = None
    for piece in pieces:
        rows = pa.concat_tables([last, piece]) if last else piece
        one, other = rows.slice(0, rows.num_rows - 1), rows.slice(1)
        above = pc.less(one[key[-1]], other[key[-1]])
        for name in reversed(key[:-1]):
            same = pc.equal(one[name], other[name])
            above = pc.or_(pc.less(one[name], other[name]), pc.and_(same, above))
        if not pc.all(above, skip_nulls=False).as_py():
            return False
        last = piece.slice(piece.num_rows - 1)
    return True


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


def _references(name: str, column: Column, table: pa.Table, keys: pa.Array) -> Iterator[Problem]:
    data = table[column.name]
    orphans = table.filter(pc.and_(pc.is_valid(data), pc.invert(pc.is_in(data, keys))))
    if orphans.num_rows:
        yield Problem(name, column.name, f"no such row in {column.to}", orphans.num_rows, _examples(orphans, column.name))  # fmt: skip


def _order(name: str, table: pa.Table, low: str, high: str) -> Iterator[Problem]:
    wrong = table.filter(pc.greater(table[low], table[high]))
    if wrong.num_rows:
        yield Problem(name, low, f"after {high}", wrong.num_rows, _examples(wrong, TABLES[name].key[0]))


def _spans(out: Path, present: Iterable[str]) -> Iterator[Problem]:
    """Every span lies in its article and reads as its surface. Articles are gone through in order, and beside them the rows of each table."""
    wanted = {name: [c.name for c in columns(name) if c.name in ("article_id", "start_char", "end_char", "surface")] for name in present}  # fmt: skip
    wanted = {name: names for name, names in wanted.items() if "start_char" in names}
    for piece in store.pieces(out, "articles", ["article_id", "text"]):
        texts = {row["article_id"]: row["text"] for row in records(_filled("articles", piece))}
        ends = pc.min_max(piece["article_id"])
        here = (pc.field("article_id") >= ends["min"]) & (pc.field("article_id") <= ends["max"])
        for name, names in wanted.items():
            rows = records(_filled(name, store.read_table(out, name, names, here)))
            wrong = [f"{row['article_id']} {row['start_char']}–{row['end_char']}" for row in rows if row["article_id"] in texts and not _stands(row, texts[row["article_id"]])]  # fmt: skip
            if wrong:
                yield Problem(name, "start_char", "span does not hold", len(wrong), tuple(wrong[:_SHOWN]))


def _stands(row: Row, text: str) -> bool:
    start, end = row["start_char"], row["end_char"]
    return 0 <= start < end <= len(text) and bool(row.get("surface", text[start:end]) == text[start:end])


def _raw(out: Path, raw: Path, files: Collection[str], record: Mapping[str, Any]) -> Iterator[Problem]:
    """Every segment stands in the raw document as it stands in the text."""
    held: dict[str, list[str]] = {}
    for piece in store.pieces(out, "documents", ["document_id", "path", "status"]):
        for row in records(piece.filter(pc.equal(piece["status"], "ok"))):
            held.setdefault(_file(row["path"], files), []).append(row["document_id"])
    wrong = list(strayed(out, raw, held, record["settings"].get("text_column")))
    if wrong:
        yield Problem("segments", "raw_start_char", "raw file differs", len(wrong), tuple(wrong[:_SHOWN]))


def _file(path: str, files: Collection[str]) -> str:
    """The raw file that a document is, or is a member or a line of; empty where there is none."""
    while path and path not in files:
        path = path[: max(path.rfind("/"), path.rfind("#"), 0)]
    return path


def _examples(table: pa.Table, column: str) -> tuple[str, ...]:
    return tuple(str(value) for value in table[column].slice(0, _SHOWN).to_pylist())
