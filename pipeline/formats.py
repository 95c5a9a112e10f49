"""The bytes of one file → its records: one of a text, a page, a PDF; one a line of JSONL, CSV or Parquet.

A record holds the text, and what the file itself says of it: title, date, place, paper. The title is the first
line of the text. HTML and PDF need an extra (`html`, `pdf`); without it they are rejected with a code.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from . import lexicon, pages
from .encoding import clean, decode
from .errors import InputError
from .names import day

_CELL_LIMIT = 1 << 26
_PAGE = re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Record:
    """A text and what its file says of it; or why there is none."""

    number: int | None  # of the line or row, from 1; None where the file is one record
    text: str
    encoding: str
    n_bytes: int
    published: date | None = None
    locality: str | None = None
    source: str | None = None
    error: InputError | None = None


def records(name: str, data: bytes, text_column: str | None = None) -> Iterator[Record]:
    """The records of a file, by its suffix and its first bytes. Raises InputError where the file as a whole gives none."""
    if not data.strip():
        raise InputError("E101", "empty file")
    return _reader(PurePosixPath(name).suffix.lower(), data)(data, text_column)


def _reader(suffix: str, data: bytes) -> Callable[[bytes, str | None], Iterator[Record]]:
    if data.startswith(b"PAR1"):
        return _parquet
    if data.startswith(b"%PDF-"):
        return _page(pages.pdf)
    if data.startswith(b"PK\x03\x04"):
        return _page(pages.docx)
    if suffix in (".html", ".htm", ".xhtml", ".shtml") or _PAGE.match(data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")):
        return _page(pages.html)
    return {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": _csv, ".tsv": _csv}.get(suffix, _text)


def _text(data: bytes, _: str | None) -> Iterator[Record]:
    text, encoding = decode(data)
    yield Record(None, text, encoding, len(data))


def _page(read: Callable[[bytes], pages.Page]) -> Callable[[bytes, str | None], Iterator[Record]]:
    def records_of(data: bytes, _: str | None) -> Iterator[Record]:
        page = read(data)
        yield Record(None, page.text, page.encoding, len(data), page.published)

    return records_of


# Records in columns


def _jsonl(data: bytes, text_column: str | None) -> Iterator[Record]:
    text, encoding = decode(data)
    chosen: Mapping[str, str] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            yield _no_record(number, encoding, line, "no JSON")
            continue
        if not isinstance(values, dict):
            yield _no_record(number, encoding, line, "no JSON object")
            continue
        if chosen is None or chosen["text"] not in values:
            chosen = _columns(values, text_column, f"line {number:,}")
        yield _record(number, encoding, len(line.encode("utf8", "replace")), values, chosen)


def _csv(data: bytes, text_column: str | None) -> Iterator[Record]:
    text, encoding = decode(data)
    csv.field_size_limit(_CELL_LIMIT)
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;|", key=header.count))
    try:
        names = [name.strip() for name in next(reader)]
        chosen = _columns(names, text_column, "the header")
        for number, row in enumerate(reader, 1):
            if not any(row):
                continue
            if len(row) != len(names):
                yield _no_record(number, encoding, "".join(row), f"{len(row)} cells, {len(names)} in the header")
                continue
            values = dict(zip(names, row, strict=True))
            yield _record(number, encoding, sum(len(cell.encode()) for cell in row), values, chosen)
    except csv.Error as error:
        raise InputError("E109", f"broken CSV at line {reader.line_num:,}: {error}") from None


def _parquet(data: bytes, text_column: str | None) -> Iterator[Record]:
    try:
        table = pq.ParquetFile(pa.BufferReader(data))
        chosen = _columns(table.schema_arrow.names, text_column, "the schema")
        number = 0
        for batch in table.iter_batches(256, columns=sorted(set(chosen.values()))):
            for values in batch.to_pylist():
                number += 1
                text = values[chosen["text"]]
                size = len(text.encode("utf8", "replace")) if isinstance(text, str) else 0
                yield _record(number, "utf-8", size, values, chosen)
    except (pa.ArrowException, OSError) as error:
        raise InputError("E109", f"broken Parquet: {str(error).splitlines()[0]}") from None


def _columns(names: Iterable[str], text_column: str | None, where: str) -> Mapping[str, str]:
    """Kind → the column of that kind. Raises InputError E109 where no column holds the text."""
    there = {name.strip().lower(): name for name in names}
    chosen: dict[str, str] = {}
    for row in lexicon.rows("record_columns"):
        if row["name"] in there:
            chosen.setdefault(row["kind"], there[row["name"]])
    if text_column is not None:
        chosen.pop("text", None)
        if text_column.lower() in there:
            chosen["text"] = there[text_column.lower()]
    if "text" not in chosen:
        wanted = repr(text_column) if text_column else "with the text"
        raise InputError("E109", f"no column {wanted} in {where}: {', '.join(names)}", "name it: --text-column NAME")
    return chosen


def _record(number: int, encoding: str, n_bytes: int, values: Mapping[str, Any], chosen: Mapping[str, str]) -> Record:
    """A record from its columns; the title becomes the first line unless the text begins with it."""
    found = {kind: _cell(values.get(name)) for kind, name in chosen.items()}
    text, title = found["text"].strip("\n"), " ".join(found.get("title", "").split())
    if not text.strip():
        return Record(number, "", encoding, n_bytes, error=InputError("E101", "empty record"))
    if title and not text.lstrip().startswith(title):
        text = f"{title}\n\n{text}"
    return Record(
        number, text, encoding, n_bytes, day(found.get("published", "")), found.get("locality") or None,
        found.get("source") or None,
    )  # fmt: skip


def _cell(value: object) -> str:
    """A cell as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if not isinstance(value, str):
        return "" if value is None or isinstance(value, (dict, list)) else str(value)
    return clean(value).strip(" ")


def _no_record(number: int, encoding: str, line: str, what: str) -> Record:
    return Record(number, "", encoding, len(line), error=InputError("E109", what))
