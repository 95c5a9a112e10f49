"""Between bytes and articles: the split stage's rows of one raw file, and the way back from rows to articles."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from . import read, split
from .content import Content
from .extract import locality
from .extract.bylines import bylines
from .extract.found import Found, Resources
from .model import Article, Block, Locality, Segment, Source
from .schema import ArticleRow, BylineRow, DocumentRow, ParagraphRow, Row, SegmentRow
from .text import CLAUSE_END, fold

_SURROGATE = re.compile("[\ud800-\udfff]")


def split_rows(
    source: Source, data: Content, sha256: str, tools: Resources, text_column: str | None = None
) -> Iterator[Row]:
    """Articles, paragraphs, segments and bylines of one raw file, an article after the other, behind them its documents.
    Raises InputError where it cannot be read."""
    for document in read.documents(source, data, text_column):
        told = document.source
        if document.error:
            yield rejected(told, document.error, sha256, tools)
            continue
        outside = tools.gazetteer.resolve(told.locality) if told.locality else None
        count = 0
        for article in split.articles(document):
            count += 1
            placed = _placed(article, outside, tools)
            yield from article_rows(placed)
            yield from bylines(placed, Found(), tools)
        yield DocumentRow(
            document.document_id, told.name, sha256, document.encoding, document.n_bytes, document.n_chars,
            count, told.source, told.published_on, outside.code if outside else None, "ok", None,
        )  # fmt: skip


def _placed(article: Article, outside: Locality | None, tools: Resources) -> Article:
    return replace(article, locality=outside or locality.placed(article, tools.gazetteer))


def rejected(source: Source, error: str, sha256: str | None, tools: Resources) -> DocumentRow:
    """The row of a raw file that gave nothing. `error` is a code and the reason."""
    document_id = hashlib.sha256(f"{source.name}\0{sha256}".encode()).hexdigest()[:16]
    outside = tools.gazetteer.resolve(source.locality) if source.locality else None
    return DocumentRow(
        document_id, source.name, sha256, None, None, None, 0, source.source, source.published_on,
        outside.code if outside else None, "rejected", error,
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


def articles(rows: Iterable[Row]) -> Iterator[tuple[Article, list[BylineRow]]]:
    """Articles and their bylines, from whole articles' rows that `split_rows` gave."""
    found = list[ArticleRow]()
    blocks, segments = defaultdict[str, list[Block]](list), defaultdict[str, list[Segment]](list)
    credited = defaultdict[str, list[BylineRow]](list)
    for row in rows:
        match row:
            case ArticleRow():
                found.append(row)
            case ParagraphRow():
                blocks[row.article_id].append(Block(row.kind, row.start_char, row.end_char))
            case SegmentRow():
                segments[row.article_id].append(Segment(row.start_char, row.end_char, row.raw_start_char))
            case BylineRow():
                credited[row.article_id].append(row)
    for r in found:
        key = r.article_id
        article = Article(
            key, r.document_id, r.ordinal, r.kind, r.text, tuple(blocks[key]), tuple(segments[key]),
            r.title, r.kicker, r.subtitle, r.published_on, r.published_from,
            Locality(r.locality_path, r.locality_code) if r.locality_path else None,
        )  # fmt: skip
        yield article, credited[key]


def text_article(text: str, *, published_on: date | None = None, locality: Locality | None = None) -> Article:
    """A text that is one article already: every line a paragraph, the first a title if it ends like none.

    A lone surrogate, which no table can hold, becomes U+FFFD; offsets stay.
    """
    text = _SURROGATE.sub("\ufffd", text)
    blocks: list[Block] = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line.rstrip())
        if end > start:
            is_title = not blocks and end < len(text.rstrip()) and fold(line).rstrip()[-1] not in CLAUSE_END
            blocks.append(Block("title" if is_title else "body", start, end))
        start += len(line)
    title = text[blocks[0].start : blocks[0].end] if blocks and blocks[0].kind == "title" else None
    article_id = hashlib.sha256(text.encode()).hexdigest()[:16]
    whole = (Segment(0, len(text), 0),) if text else ()
    return Article(
        article_id, article_id, 0, "news", text, tuple(blocks), whole, title, published_on=published_on,
        published_from="option" if published_on else None, locality=locality,
    )  # fmt: skip
