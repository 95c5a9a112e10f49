"""What is done to one raw file, as pure functions of its bytes: split → rows, extract → rows.

A shard keeps the rows of one file and one stage under a key over everything they depend on: the bytes,
the facts from outside, and the fingerprints of code, lexicons and gazetteer. The same key always means
the same rows, so a shard that exists is never made again, whoever made it.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pyarrow as pa

from . import gazetteer, lexicon, store
from .errors import InputError, WorkerError
from .extract import Found, Resources, bylines, extract
from .model import Article, Block, Locality, Segment, Source
from .read import read
from .schema import (
    SCHEMA_VERSION,
    ArticleRow,
    BylineRow,
    DocumentRow,
    ParagraphRow,
    Row,
    SegmentRow,
)
from .split import split
from .text import CLAUSE_END, fold

_SPLIT_CODE = ("model", "schema", "text", "lexicon", "gazetteer", "read", "split", "stages", "extract/bylines")
_FACTS_CODE = ("extract",)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is told besides the raw folder; part of every key."""

    gazetteers: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One raw file to be split and, if `facts`, extracted, below `out`. With a `split_key` the raw file is not read again."""

    source: Source
    out: Path
    settings: Settings
    facts: bool = True
    split_key: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Where a task's rows are kept, and what they cost in seconds a stage; nothing where they were there already."""

    sha256: str | None
    split_key: str
    facts_key: str | None
    seconds: Mapping[str, float]


@cache
def resources(settings: Settings) -> Resources:
    """The read-only resources of this process, made once."""
    return Resources(gazetteer=gazetteer.load(settings.gazetteers))


@cache
def code_fingerprint(names: tuple[str, ...]) -> str:
    """Over the source of the named modules and packages below this one."""
    here, digest = Path(__file__).parent, hashlib.sha256(SCHEMA_VERSION.encode())
    for name in names:
        for path in sorted((here / name).glob("*.py")) if (here / name).is_dir() else [here / f"{name}.py"]:
            digest.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _key(*parts: object) -> str:
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:32]


def split_key(source: Source, sha256: str, settings: Settings) -> str:
    facts = (source.name, source.published_on, source.published_from, source.locality, source.source)
    known = resources(settings).gazetteer.fingerprint
    return _key("split", sha256, *facts, code_fingerprint(_SPLIT_CODE), lexicon.fingerprint(), known)


def facts_key(split: str) -> str:
    return _key("facts", split, code_fingerprint(_FACTS_CODE))


def process(task: Task) -> Result:
    """Read, split and extract one raw file, or find its shards. Raises WorkerError E304 where a row breaks an invariant."""
    seconds: Counter[str] = Counter()
    sha256, first = (task.sha256, task.split_key) if task.split_key else _split_file(task, seconds)
    assert first
    second = _extract_shard(task, first, seconds) if task.facts else None
    return Result(sha256, first, second, dict(seconds))


def _split_file(task: Task, seconds: Counter[str]) -> tuple[str, str]:
    with timed(seconds, "read"):
        try:
            data = task.source.path.read_bytes()
        except OSError as error:
            raise InputError("E103", f"cannot be read: {error.strerror}") from None
        sha256 = hashlib.sha256(data).hexdigest()
        key = split_key(task.source, sha256, task.settings)
    path = store.shard_path(task.out, key)
    if not path.exists():
        with timed(seconds, "split"):
            rows = list(split_rows(task.source, data, sha256, resources(task.settings)))
        with timed(seconds, "store"):
            store.write_shard(path, rows)
    return sha256, key


def _extract_shard(task: Task, split: str, seconds: Counter[str]) -> str:
    key = facts_key(split)
    path = store.shard_path(task.out, key)
    if not path.exists():
        with timed(seconds, "store"):
            tables = store.read_shard(store.shard_path(task.out, split))
        with timed(seconds, "extract"):
            rows = list(fact_rows(tables, resources(task.settings)))
        with timed(seconds, "store"):
            store.write_shard(path, rows)
    return key


@contextmanager
def timed(seconds: Counter[str], stage: str) -> Iterator[None]:
    """Adds the CPU seconds of the block to the stage's."""
    began = time.process_time()
    try:
        yield
    finally:
        seconds[stage] += time.process_time() - began  # type: ignore[assignment]


def split_rows(source: Source, data: bytes, sha256: str, tools: Resources) -> Iterator[Row]:
    """Documents, articles, paragraphs, segments and bylines of one raw file; a file that cannot be read is a rejected row."""
    outside = tools.gazetteer.resolve(source.locality) if source.locality else None
    code = outside.code if outside else None
    try:
        documents = read(source, data)
    except InputError as error:
        yield rejected(source, f"{error.code} {error.what}", sha256=sha256, n_bytes=len(data), locality_code=code)
        return
    for document in documents:
        articles = [_placed(article, outside, tools) for article in split(document)]
        yield DocumentRow(
            document.document_id, source.name, sha256, document.encoding, document.n_bytes, len(document.text),
            len(articles), source.source, source.published_on, code, "ok", None,
        )  # fmt: skip
        for article in articles:
            yield from article_rows(article)
            yield from bylines(article, Found(), tools)


def _placed(article: Article, outside: Locality | None, tools: Resources) -> Article:
    return replace(article, locality=outside or tools.gazetteer.locate(article))


def rejected(source: Source, error: str, *, sha256: str | None = None, n_bytes: int | None = None,
             locality_code: str | None = None) -> DocumentRow:  # fmt: skip
    """The row of a raw file that gave nothing."""
    document_id = hashlib.sha256(f"{source.name}\0{sha256}".encode()).hexdigest()[:16]
    return DocumentRow(
        document_id, source.name, sha256, None, n_bytes, None, 0, source.source, source.published_on, locality_code,
        "rejected", error,
    )  # fmt: skip


def article_rows(article: Article) -> Iterator[Row]:
    """The rows that hold all of an article; `articles` is the way back."""
    place = article.locality
    yield ArticleRow(
        article.article_id, article.document_id, article.ordinal, article.kind, article.title, article.kicker,
        article.subtitle, article.text, len(article.text), article.published_on, article.published_from,
        place.code if place else None, place.path if place else None,
        min((s.raw_start for s in article.segments), default=0),
        max((s.raw_start + s.end - s.start for s in article.segments), default=0),
    )  # fmt: skip
    for ordinal, block in enumerate(article.blocks):
        yield ParagraphRow(article.article_id, ordinal, block.kind, block.start, block.end)
    for segment in article.segments:
        yield SegmentRow(article.article_id, segment.start, segment.end, segment.raw_start)


def articles(tables: Mapping[str, pa.Table]) -> list[tuple[Article, list[BylineRow]]]:
    """The articles of a document, and their bylines, from the rows that `split_rows` gave."""

    def by_article(name: str, make: type[Row]) -> dict[str, list[Row]]:
        rows = [make(**r) for r in tables[name].to_pylist()] if name in tables else []
        return {key: list(group) for key, group in groupby(rows, attrgetter("article_id"))}

    blocks, segments = by_article("paragraphs", ParagraphRow), by_article("segments", SegmentRow)
    credited = by_article("bylines", BylineRow)
    result = []
    for r in tables["articles"].to_pylist() if "articles" in tables else []:
        key = r["article_id"]
        article = Article(
            key, r["document_id"], r["ordinal"], r["kind"], r["text"],
            tuple(Block(b.kind, b.start_char, b.end_char) for b in blocks.get(key, ())),  # type: ignore[attr-defined]
            tuple(Segment(s.start_char, s.end_char, s.raw_start_char) for s in segments.get(key, ())),  # type: ignore[attr-defined]
            r["title"], r["kicker"], r["subtitle"], r["published_on"], r["published_from"],
            Locality(r["locality_path"], r["locality_code"]) if r["locality_path"] else None,
        )  # fmt: skip
        result.append((article, credited.get(key, [])))
    return result  # type: ignore[return-value]


def fact_rows(tables: Mapping[str, pa.Table], tools: Resources) -> Iterator[Row]:
    """What the extractors find in a document's articles, every span checked."""
    for article, credited in articles(tables):
        for row in extract(article, credited, tools):
            if not isinstance(row, BylineRow):
                check_span(article, row)
                yield row


def check_span(article: Article, row: Row) -> None:
    """Raises WorkerError E304 unless the row's span lies in the text and gives its surface."""
    start, end, surface = getattr(row, "start_char", 0), getattr(row, "end_char", 1), getattr(row, "surface", None)
    holds = 0 <= start < end <= max(1, len(article.text)) and (surface is None or article.text[start:end] == surface)
    if not holds:
        raise WorkerError(
            "E304", f"{row.table} row of article {article.article_id} at {start}–{end} is not {surface!r}"
        )


def text_article(text: str, *, published_on: date | None = None, locality: Locality | None = None) -> Article:
    """A text that is one article already: every line a paragraph, the first a title if it ends like none."""
    blocks: list[Block] = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line.rstrip())
        if end > start:
            is_title = not blocks and end < len(text.rstrip()) and fold(line).rstrip()[-1] not in CLAUSE_END
            blocks.append(Block("title" if is_title else "body", start, end))
        start += len(line)
    title = text[blocks[0].start : blocks[0].end] if blocks and blocks[0].kind == "title" else None
    article_id = hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()[:16]
    whole = (Segment(0, len(text), 0),) if text else ()
    return Article(
        article_id, article_id, 0, "news", text, tuple(blocks), whole, title, published_on=published_on,
        published_from="option" if published_on else None, locality=locality,
    )  # fmt: skip
