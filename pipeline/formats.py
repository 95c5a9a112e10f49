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
from functools import partial
from itertools import chain, dropwhile
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from . import lexicon, pages
from .content import Content, blocks, cut, opened, size, whole
from .encoding import clean, decode, parts, survey
from .errors import InputError
from .model import LongText
from .names import day

_CELL_LIMIT = 1 << 26
_PAGE_LIMIT = 1 << 27  # bytes; a page is read whole
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
    long: LongText | None = None  # the text where it is too long to be held; `text` is empty then


def records(name: str, data: Content, text_column: str | None = None) -> Iterator[Record]:
    """The records of a file, by its suffix and its first bytes. Raises InputError where the file as a whole gives none."""
    head = cut(data, 0, 4096)
    if not any(block.strip() for block in blocks(data)):
        raise InputError("E101", "empty file")
    return _reader(PurePosixPath(name).suffix.lower(), head)(data, text_column)


_Reader = Callable[[Content, str | None], Iterator[Record]]


def _reader(suffix: str, head: bytes) -> _Reader:
    if head.startswith(b"PAR1"):
        return _parquet
    if head.startswith(b"%PDF-"):
        return _page(pages.pdf)
    if head.startswith(b"PK\x03\x04"):
        return _page(pages.docx)
    if suffix in (".html", ".htm", ".xhtml", ".shtml") or _PAGE.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        return _page(pages.html)
    return {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": _csv, ".tsv": _csv}.get(suffix, _text)


def _text(data: Content, _: str | None) -> Iterator[Record]:
    if isinstance(data, bytes):
        text, encoding = decode(data)
        yield Record(None, text, encoding, len(data))
    else:
        encoding, n_chars = survey(data)
        yield Record(None, "", encoding, size(data), long=LongText(partial(parts, data, encoding), n_chars))


def _page(read: Callable[[bytes], pages.Page]) -> _Reader:
    def records_of(data: Content, _: str | None) -> Iterator[Record]:
        if size(data) > _PAGE_LIMIT:
            raise InputError("E109", f"a page of {size(data):,} bytes", "split it")
        page = read(whole(data))
        yield Record(None, page.text, page.encoding, size(data), page.published)

    return records_of


# Records in columns


def _jsonl(data: Content, text_column: str | None) -> Iterator[Record]:
    lines, encoding = _decoded_lines(data, escaped=True)
    any_text = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        values = _json_object(line)
        chosen = _columns(values or (), text_column)
        n_bytes = len(line.encode("utf8", "replace"))
        if values is None:
            yield Record(number, "", encoding, n_bytes, error=InputError("E109", "no JSON object"))
        elif "text" in chosen:
            any_text = True
            yield _record(number, encoding, n_bytes, values, chosen)
        elif any_text:
            yield Record(number, "", encoding, n_bytes, error=_no_column(values, text_column))
        else:
            raise _no_column(values, text_column)


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _csv(data: Content, text_column: str | None) -> Iterator[Record]:
    decoded, encoding = _decoded_lines(data)
    csv.field_size_limit(_CELL_LIMIT)
    lines = dropwhile(lambda line: line == "\n", decoded)
    header = next(lines)
    reader = csv.reader(chain((header,), lines), delimiter=max(",\t;|", key=header.count))
    try:
        names = [name.strip() for name in next(reader)]
        chosen = _columns(names, text_column)
        if "text" not in chosen:
            raise _no_column(names, text_column)
        for number, row in enumerate(reader, 1):
            n_bytes = sum(len(cell.encode()) for cell in row)
            if len(row) == len(names):
                yield _record(number, encoding, n_bytes, dict(zip(names, row, strict=True)), chosen)
            elif row:
                what = f"{len(row)} cells, {len(names)} in the header"
                yield Record(number, "", encoding, n_bytes, error=InputError("E109", what))
    except csv.Error as error:
        raise InputError("E109", f"broken CSV at line {reader.line_num:,}: {error}") from None


def _decoded_lines(data: Content, *, escaped: bool = False) -> tuple[Iterator[str], str]:
    """The lines of a text one by one, for a list of them would be the text once more in memory; and its encoding."""
    if isinstance(data, bytes):
        text, encoding = decode(data, escaped=escaped)
        return _lines((text,)), encoding
    encoding, _ = survey(data, escaped=escaped)
    return _lines(parts(data, encoding)), encoding


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    rest = ""
    for piece in pieces:
        *found, rest = (rest + piece).rpartition("\n")
        yield from (match[0] for match in re.finditer(r"[^\n]*\n", "".join(found)))
    if rest:
        yield rest


def _parquet(data: Content, text_column: str | None) -> Iterator[Record]:
    try:
        with opened(data) as stream, pq.ParquetFile(stream, buffer_size=1 << 20) as table:
            names = table.schema_arrow.names
            chosen = _columns(names, text_column)
            if "text" not in chosen:
                raise _no_column(names, text_column)
            number = 0
            for batch in table.iter_batches(256, columns=sorted(set(chosen.values()))):
                for values in batch.to_pylist():
                    number += 1
                    text = values[chosen["text"]]
                    n_bytes = len(text.encode("utf8", "replace")) if isinstance(text, str) else 0
                    yield _record(number, "utf-8", n_bytes, values, chosen)
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
