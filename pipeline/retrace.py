"""Every segment followed back into the raw files: does the raw document say there what the article says?

In: an output folder, the raw folder, the raw files of the run, the column of their texts. Out: the segments that do not stand
there. Documents are decoded a window at a time, so many characters of one or of many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from . import store
from .errors import InputError
from .model import Document, Source
from .read import documents
from .spill import records
from .stages import read_bytes

_WINDOW = 16_000_000  # characters


@dataclass(frozen=True, slots=True)
class _Window:
    """Whole lines of a document from the character `start` on, to its end where it is the `last`; no text where it cannot be read."""

    document_id: str
    start: int
    text: str | None
    last: bool = True

    def holds(self, at: int) -> bool:
        return at >= self.start and (self.last or at < self.start + len(self.text or ""))


def strayed(out: Path, raw: Path, files: Mapping[str, list[str]], text_column: str | None) -> Iterator[str]:
    """File, article and start of each segment that does not stand in the raw file. `files` are the ids of the documents of each."""
    paths = {document: path for path, ids in files.items() for document in ids}
    batch: list[_Window] = []
    for window in (each for path, ids in files.items() for each in _windows(raw, path, ids, text_column)):
        batch.append(window)
        if sum(len(each.text or "") for each in batch) >= _WINDOW or len(batch) >= _WINDOW // 1000:
            yield from _compared(out, batch, paths)
            batch = []
    yield from _compared(out, batch, paths)


def _windows(raw: Path, path: str, ids: Iterable[str], text_column: str | None) -> Iterator[_Window]:
    """The documents of a file in windows."""
    missing = set(ids)
    source = Source(raw if raw.is_file() else raw / path, path)
    try:
        for document in documents(source, read_bytes(source), text_column):
            if document.document_id in missing:
                yield from _cut(document)
                missing.remove(document.document_id)
    except InputError:
        pass  # what it held is missing
    yield from (_Window(each, 0, None) for each in sorted(missing))


def _cut(document: Document) -> Iterator[_Window]:
    """A document cut behind ends of lines."""
    start, rest = 0, ""
    for part in document.parts():
        rest += part
        if len(rest) >= _WINDOW and (end := rest.rfind("\n") + 1):
            yield _Window(document.document_id, start, rest[:end], last=False)
            start, rest = start + end, rest[end:]
    yield _Window(document.document_id, start, rest)


def _compared(out: Path, windows: Iterable[_Window], paths: Mapping[str, str]) -> Iterator[str]:
    """The segments of the documents' articles that begin in the windows and read otherwise."""
    of = {each.document_id: each for each in windows}
    low = min((each.start for each in of.values()), default=0)
    high = max((each.start + len(each.text or "") for each in of.values() if not each.last), default=2**31 - 1)
    here = pc.field("document_id").isin(pa.array(list(of), pa.string()))
    here &= (pc.field("raw_end_char") > low) & (pc.field("raw_start_char") <= high)
    articles = store.read_table(out, "articles", ["article_id", "document_id", "text"], here)
    known = {row["article_id"]: row for row in records(articles)}
    segments = store.read_table(
        out, "segments", where=pc.field("article_id").isin(articles["article_id"].combine_chunks())
    )
    for row in records(segments):
        article = known[row["article_id"]]
        window, said = of[article["document_id"]], article["text"][row["start_char"] : row["end_char"]]
        at = row["raw_start_char"] - window.start
        if window.holds(row["raw_start_char"]) and (window.text is None or window.text[at : at + len(said)] != said):
            yield f"{paths[window.document_id]} {row['article_id']} {row['start_char']}"
