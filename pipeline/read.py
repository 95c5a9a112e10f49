"""Bytes of one raw file → its documents: text with \\n for every line end.

A text file is one document. An archive holds a document a member, a dump in JSONL, CSV or Parquet one a line, and
they are named `dumps.zip/2021/a.txt` and `dump.jsonl#17`. What cannot be read among many is a document with an
`error` and no text; a file that as a whole cannot be read raises InputError E101–E109.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .archives import Member, unpack
from .content import Content, blocks, size
from .errors import InputError
from .formats import Record, records
from .model import Document, Source
from .names import day_in


def read(source: Source, data: Content, text_column: str | None = None) -> list[Document]:
    """The documents of a raw file, in the order of the file. `text_column` names the column of a table's text."""
    return list(documents(source, data, text_column))


def documents(source: Source, data: Content, text_column: str | None = None) -> Iterator[Document]:
    """The documents of a raw file, one at a time. Raises InputError where the file as a whole gives none."""
    if not size(data):
        raise InputError("E101", "empty file")
    sha256 = _sha256(blocks(data))
    empty = True
    for member in unpack(source.name, data):
        for record in _records(member, text_column):
            if empty and record.error and not member.path and record.number is None:
                raise record.error
            empty = False
            yield _document(source, sha256, member, record)
    if empty:
        raise InputError("E106", "no text in the file")


def _records(member: Member, text_column: str | None) -> Iterator[Record]:
    """The records of a member; where it gives none, a record that says why."""
    error = member.error
    if error is None:
        try:
            yield from records(member.name, member.data, text_column)
        except InputError as problem:
            error = problem
    if error is not None:
        yield Record(None, "", "", size(member.data), error=error)


def _document(source: Source, sha256: str, member: Member, record: Record) -> Document:
    """A record under its name, with what it says itself before what is known of the whole file."""
    row = record.number is not None
    name = source.name + (f"/{member.path}" if member.path else "") + (f"#{record.number}" if row else "")
    text = record.long.parts() if record.long else (record.text,)
    content = sha256 if name == source.name else _sha256(part.encode() for part in text)
    known = source.published_on if source.published_from == "file" else None
    day = (record.published if row else None) or day_in(member.path) or known or record.published
    inner = replace(
        source, name=name, published_on=day or source.published_on,
        published_from="file" if day else source.published_from,
        locality=record.locality or source.locality, source=record.source or source.source,
    )  # fmt: skip
    return Document(
        hashlib.sha256(f"{name}\0{content}".encode()).hexdigest()[:16], inner, sha256, record.encoding, record.n_bytes,
        record.text, str(record.error) if record.error else None, record.long,
    )  # fmt: skip


def _sha256(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
