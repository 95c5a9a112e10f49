"""An output folder in the formats that other programs open: CSV, Excel, SQLite, DuckDB, Delta Lake, JSON lines, annotation tools.

In: an output folder. Out: one file (a folder for csv and delta), written beside its place and renamed. Descriptions of
tables and columns go along where the format can hold them: comments in DuckDB and Delta, a notes sheet in Excel,
a `metadata.json` that Datasette reads beside SQLite.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import store
from .annotators import LABELS, TEXTS, left_out
from .dictionary import comments
from .errors import UsageError
from .schema import TABLES, columns
from .spill import records

Tables = Mapping[str, pa.Table]
_SHEET_ROWS = 1_048_575  # what a sheet of Excel holds below its header
_FORMULA = re.compile(
    r"\s*[=+\-@＝＋－＠].|[\t\r\n]", re.DOTALL
)  # full-width too: Excel takes them for formulas in Chinese locales; a sign alone is a value of ours


@dataclass(frozen=True, slots=True)
class Written:
    """The files and folders that were written, and what the format could not hold."""

    paths: tuple[Path, ...]
    note: str | None = None


def export(out: Path, target: Path, form: str, names: Sequence[str] = ()) -> Written:
    """Write the tables `names` (default: all) of `out` to `target`.

    Raises UsageError E005 for an unknown format or table, OutputError E204 where the target exists, E202
    where it cannot be written.
    """
    if form not in WRITERS:
        raise UsageError("E005", f"no format {form!r}", f"one of {', '.join(WRITERS)}")
    present = [name for name in TABLES if name in store.manifest(out)["tables"]]
    if form in TEXTS:
        present = ["articles", *(name for name in LABELS if name in present and name in (names or LABELS))]
    tables = store.read_tables(out, present if form in TEXTS else names or present)
    with store.unfinished(target) as path:
        WRITERS[form](tables, path)
    if form == "sqlite":
        notes = target.with_name(f"{target.stem}-metadata.json")
        store.write_atomically(notes, _datasette(target.stem, tables).encode())
        return Written((target, notes))
    return Written((target,), left_out(tables) if form == "conll" else None)


def defused(value: object) -> object:
    """A string that a spreadsheet would run as a formula gets an apostrophe before it; all else stays."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _csv(tables: Tables, target: Path) -> None:
    """One file a table, UTF-8 with BOM: Excel opens it in Chinese."""
    target.mkdir()
    for name, table in tables.items():
        with (target / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.column_names)
            writer.writerows([defused(value) for value in row.values()] for row in records(table))


def _xlsx(tables: Tables, target: Path) -> None:
    import xlsxwriter  # noqa: PLC0415  (0.1 s that other formats need not pay)

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}  # fmt: skip
    with xlsxwriter.Workbook(str(target), options) as book:
        bold = book.add_format({"bold": True})
        notes = book.add_worksheet("README")
        for n, width in enumerate((24, 20, 70, 50, 40)):
            notes.set_column(n, n, width)
        notes.write_row(0, 0, ("table", "column", "English", "中文", "values"), bold)
        for n, row in enumerate(_described(tables), 1):
            notes.write_row(n, 0, row)
        for name, table in tables.items():
            if table.num_rows > _SHEET_ROWS:
                raise UsageError("E008", f"{name} has {table.num_rows:,} rows, a sheet holds {_SHEET_ROWS:,}", "export csv, or name tables")  # fmt: skip
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.column_names, bold)
            for n, width in enumerate(_widths(table)):
                sheet.set_column(n, n, width)
            for n, each in enumerate(records(table), 1):
                sheet.write_row(n, 0, list(each.values()))
            sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)


def _widths(table: pa.Table) -> Iterator[int]:
    """Of each column, what its first rows ask for; a Chinese character takes two."""
    for name, values in table.slice(0, 100).to_pydict().items():
        told = [str(value) for value in (name, *values) if value is not None]
        yield min(50, 3 + max(sum(1 + (character > "\u2e7f") for character in each) for each in told))


def _described(tables: Tables) -> Iterator[tuple[str, ...]]:
    for name in tables:
        yield name, "", *TABLES[name].doc, ""
        for column in columns(name):
            yield name, column.name, column.en, column.zh, ", ".join(column.values)


_SQLITE = {pa.int32(): "INTEGER", pa.float64(): "REAL", pa.bool_(): "INTEGER"}


def _sqlite(tables: Tables, target: Path) -> None:
    connection = sqlite3.connect(target)
    try:
        for name, table in tables.items():
            parts = [f'"{c.name}" {_SQLITE.get(c.type, "TEXT")}{"" if c.nullable else " NOT NULL"}' for c in columns(name)]  # fmt: skip
            parts.append(f"PRIMARY KEY ({', '.join(TABLES[name].key)})")
            parts += [
                f'FOREIGN KEY ("{c.name}") REFERENCES "{c.to}" ("{TABLES[c.to].key[0]}")'
                for c in columns(name) if c.to in tables
            ]  # fmt: skip
            connection.execute(f'CREATE TABLE "{name}" ({", ".join(parts)}) WITHOUT ROWID')
            marks = ", ".join("?" * table.num_columns)
            values = (tuple(_plain(value) for value in row.values()) for row in records(table))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', values)
        connection.commit()
    finally:
        connection.close()


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _datasette(database: str, tables: Tables) -> str:
    described = {
        name: {
            "description": " · ".join(TABLES[name].doc),
            "columns": {c.name: f"{c.en} · {c.zh}" for c in columns(name)},
        }
        for name in tables
    }
    return json.dumps({"databases": {database: {"tables": described}}}, ensure_ascii=False, indent=1) + "\n"


def _duckdb(tables: Tables, target: Path) -> None:
    import duckdb  # noqa: PLC0415  (0.1 s that other formats need not pay)

    with duckdb.connect(str(target)) as connection:
        for name, table in tables.items():
            connection.register("incoming", table)
            connection.execute(f'CREATE TABLE "{name}" AS FROM incoming')
            connection.unregister("incoming")
            for statement in comments(name, "TABLE", table.schema.names):
                connection.execute(statement)


def _delta(tables: Tables, target: Path) -> None:
    """One Delta table a table, its comments where Spark and Databricks look for them."""
    try:
        from deltalake import write_deltalake  # noqa: PLC0415  (extra)
    except ImportError:
        raise UsageError("E007", "Delta Lake needs deltalake", "install the extra: pip install 'xianzhi[delta]'") from None  # fmt: skip
    target.mkdir()
    for name, table in tables.items():
        notes = {column.name: {"comment": f"{column.en} · {column.zh}"} for column in columns(name)}
        schema = pa.schema([field.with_metadata(notes[field.name]) for field in table.schema])
        write_deltalake(target / name, table.cast(schema), name=name, description=" · ".join(TABLES[name].doc))


def _jsonl(tables: Tables, target: Path) -> None:
    """One article a line with its rows nested by table; dimension rows stand in the mention that points to them."""
    nested = [name for name in tables if "article_id" in tables[name].column_names and name != "articles"]
    known = {name: {row[TABLES[name].key[0]]: row for row in records(tables[name])} for name in ("people", "places", "organisations") if name in tables}  # fmt: skip
    held: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in nested:
        to = {c.name: c.to for c in columns(name) if c.to in known}
        for row in records(tables[name]):
            key = row.pop("article_id")
            row |= {c.removesuffix("_id"): known[table].get(row[c]) for c, table in to.items()}
            held.setdefault(key, {}).setdefault(name, []).append(row)
    with target.open("w", encoding="utf8") as file:
        for article in records(tables["articles"]):
            rows = {name: held.get(article["article_id"], {}).get(name, []) for name in nested}
            file.write(json.dumps(article | rows, ensure_ascii=False, default=_plain) + "\n")


ENDINGS = {".xlsx": "xlsx", ".sqlite": "sqlite", ".db": "sqlite", ".duckdb": "duckdb", ".jsonl": "jsonl"}


def _text(made: Callable[[Tables], Iterator[str]], tables: Tables, target: Path) -> None:
    with target.open("w", encoding="utf8") as file:
        file.writelines(made(tables))


WRITERS: Mapping[str, Callable[[Tables, Path], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "delta": _delta,
    "jsonl": _jsonl,
    **{form: partial(_text, made) for form, made in TEXTS.items()},
}
