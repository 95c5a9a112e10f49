"""The bytes of one file → its records: one of a text, a page, a PDF; one a line of JSONL, CSV or Parquet.

A record holds the text, and what the file itself says of it: title, date, place, paper. The title is the first
line of the text. HTML and PDF need an extra (`html`, `pdf`); without it they are rejected with a code.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from . import lexicon, pages
from .encoding import clean, decode
from .errors import InputError
from .names import day

_CELL_LIMIT = 1 << 26
_PAGE = re.compile(
    rb"(?:<\?xml[^>]*>\s*+)?(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)


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
    text, encoding = decode(data, escaped=True)
    any_text = False
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        values = _json_object(line)
        chosen = _columns(values or (), text_column)
        size = len(line.encode("utf8", "replace"))
        if values is None:
            yield Record(number, "", encoding, size, error=InputError("E109", "no JSON object"))
        elif "text" in chosen:
            any_text = True
            yield _record(number, encoding, size, values, chosen)
        elif any_text:
            yield Record(number, "", encoding, size, error=_no_column(values, text_column))
        else:
            raise _no_column(values, text_column)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _csv(data: bytes, text_column: str | None) -> Iterator[Record]:
    text, encoding = decode(data)
    text = text.lstrip("\n")
    csv.field_size_limit(_CELL_LIMIT)
    lines = _lines(text)
    header = next(lines)
    reader = csv.reader(chain((header,), lines), delimiter=max(",\t;|", key=header.count))
    try:
        names = [name.strip() for name in next(reader)]
        chosen = _columns(names, text_column)
        if "text" not in chosen:
            raise _no_column(names, text_column)
        for number, row in enumerate(reader, 1):
            size = sum(len(cell.encode()) for cell in row)
            if len(row) == len(names):
                yield _record(number, encoding, size, dict(zip(names, row, strict=True)), chosen)
            elif row:
                what = f"{len(row)} cells, {len(names)} in the header"
                yield Record(number, "", encoding, size, error=InputError("E109", what))
    except csv.Error as error:
        raise InputError("E109", f"broken CSV at line {reader.line_num:,}: {error}") from None


def _lines(text: str) -> Iterator[str]:
    """The lines one by one: a list of them would be the text once more in memory."""
    return (match[0] for match in re.finditer(r"[^\n]*\n|[^\n]+", text))


def _parquet(data: bytes, text_column: str | None) -> Iterator[Record]:
    try:
        table = pq.ParquetFile(pa.BufferReader(data))
        names = table.schema_arrow.names
        chosen = _columns(names, text_column)
        if "text" not in chosen:
            raise _no_column(names, text_column)
        number = 0
        for batch in table.iter_batches(256, columns=sorted(set(chosen.values()))):
            for values in batch.to_pylist():
                number += 1
                text = values[chosen["text"]]
                size = len(text.encode("utf8", "replace")) if isinstance(text, str) else 0
                yield _record(number, "utf-8", size, values, chosen)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError("E109", f"broken Parquet: {error}".splitlines()[0]) from None


def _columns(names: Iterable[str], text_column: str | None) -> Mapping[str, str]:
    """What a column is to us → its name here: the first name of its kind in the lexicon that is there."""
    there = {name.strip().lower(): name for name in names}
    wanted = [(row["kind"], row["name"]) for row in lexicon.rows("record_columns")]
    if text_column is not None:
        wanted = [("text", text_column.lower()), *(each for each in wanted if each[0] != "text")]
    chosen: dict[str, str] = {}
    for kind, name in wanted:
        if name in there:
            chosen.setdefault(kind, there[name])
    return chosen


def _no_column(names: Iterable[str], text_column: str | None) -> InputError:
    what = f"no column {text_column!r}" if text_column else "no column known to hold the text"
    return InputError("E109", f"{what} among {', '.join(names)}", "name it: --text-column NAME")


def _record(number: int, encoding: str, n_bytes: int, values: Mapping[str, Any], chosen: Mapping[str, str]) -> Record:
    """A record from its columns; the title becomes the first line unless the text begins with it."""
    found = {kind: _cell(values.get(name)) for kind, name in chosen.items()}
    text, title = pages.untagged(found["text"]).strip("\n"), " ".join(found.get("title", "").split())
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
