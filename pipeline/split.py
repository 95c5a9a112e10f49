"""Document → articles: which line is a title, a credit, a paragraph, the rest of one that a column cut, or layout.

Every line that holds something gets one label. A line has features (`lines`), a feature weighs for or against
each label, and so does each pair of labels in turn; the best sequence is found by dynamic programming: a label is
given as soon as no line to come can change it, so a document of any length is split as it is read. The weights are data: lexicons split_features.csv and split_moves.csv. `verdicts` tells the label of every line
and what it was decided by; `split` builds the articles from them. Nothing is lost: a character of a line
stands in one article, or in a line labelled `discard`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from operator import add
from typing import Generic, TypeVar

from . import lexicon
from .lines import OF_LAYOUT, Line, Page, lines, looks, page
from .model import Article, Block, Document, Segment
from .text import fold

T = TypeVar("T")

# opening: the first paragraph of an article without a title; interruption: layout within an unfinished paragraph.
LABELS = ("title", "credit", "opening", "body", "continuation", "signature", "discard", "interruption")
_PARAGRAPHS = frozenset(("opening", "body", "continuation"))
_NEVER = -1e6
_CHECK = 512  # lines after which it is asked how many of them are decided
_LEADS_UP = re.compile(r"(?:要求|强调|指出|表示|提出|提醒|希望|时|:|,|…|——)$|^[“\"].*[”\"]$")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[年./-] ?([\d十]{1,3}) ?[月./-] ?([\d十]{1,3})(?!\d)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line's label and why: its features, and the score that they give each of LABELS."""

    line: Line
    label: str
    features: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def discarded(self) -> str | None:
        """As what a line is left out of the articles: page, issue, staff, contact …; None where it is not."""
        if self.label not in ("discard", "interruption"):
            return None
        return next((name for name in self.features if name in OF_LAYOUT), "layout")


def verdicts(document: Document) -> list[Verdict]:
    """The label of every line of the document that holds something, in order."""
    return list(_verdicts(document))


@dataclass(frozen=True, slots=True)
class _Again(Generic[T]):
    """What is too much to hold, made anew whenever it is gone through."""

    make: Callable[[], Iterator[T]]

    def __iter__(self) -> Iterator[T]:
        return self.make()


def _verdicts(document: Document) -> Iterable[Verdict]:
    """The verdicts, to be gone through as often as one likes."""

    def found() -> Iterator[Line]:
        return lines(document.parts())

    if document.long:
        return _Again(partial(_decided, _Again(found), page(found())))
    held = list(found())
    return list(_decided(held, page(held)))


@cache
def _weights() -> Mapping[str, tuple[float, ...]]:
    columns = [label if label != "interruption" else "discard" for label in LABELS]
    return {row["feature"]: tuple(float(row[each]) for each in columns) for row in lexicon.rows("split_features")}


def weight(feature: str, label: str) -> float:
    """How much a feature speaks for a label."""
    return _weights()[feature][LABELS.index(label)]


def _score(features: Sequence[str]) -> tuple[float, ...]:
    weights = _weights()
    return tuple(map(sum, zip(*[weights[name] for name in features], strict=True)))


@cache
def _moves(ending: str) -> tuple[tuple[float, ...], ...]:
    """Into each label, and into the end, from each label, where a paragraph ends so; the lexicon says what can be."""
    score = {(row["before"], row["after"]): float(row["score"]) for row in lexicon.rows("split_moves")}
    states = [f"body {ending}" if label in _PARAGRAPHS else label for label in LABELS]
    return tuple(tuple(score.get((state, after), _NEVER) for state in states) for after in (*LABELS, "end"))


@cache
def _starts() -> tuple[float, ...]:
    score = {row["after"]: float(row["score"]) for row in lexicon.rows("split_moves") if row["before"] == "start"}
    return tuple(score.get(label, _NEVER) for label in LABELS)


def _decided(found: Iterable[Line], setting: Page) -> Iterator[Verdict]:
    """Each line with its label in the sequence that has the highest sum of scores and moves (Viterbi)."""
    into = {ending: _moves(ending) for ending in ("open", "closed", "full")}
    waiting: list[tuple[Line, tuple[str, ...], tuple[float, ...]]] = []
    back: list[list[int]] = []  # for each label of the next line, the best one of the line that waits
    reached: list[float] = []
    ending = ""
    for line, look in looks(found, setting):
        score = _score(look.features)
        if reached:
            chosen, tops = [], []
            for moves in into[ending][:-1]:
                sums = list(map(add, reached, moves))
                top = max(sums)
                tops.append(top)
                chosen.append(sums.index(top))
            back.append(chosen)
            reached = list(map(add, tops, score))
        else:
            reached = list(map(add, score, _starts()))
        waiting.append((line, look.features, score))
        ending = look.ending
        if len(waiting) % _CHECK == 0 and (known := _settled(back)):
            yield from map(_verdict, waiting, known)
            del waiting[: len(known)], back[: len(known)]
    if waiting:
        final = list(map(add, reached, into[ending][-1]))
        yield from map(_verdict, waiting, _path(back, final.index(max(final))))


def _settled(back: Sequence[Sequence[int]]) -> list[int]:
    """The labels of the lines at the beginning that are the same whatever the last line's label is."""
    labels = set(range(len(LABELS)))
    for n in range(len(back) - 1, -1, -1):
        labels = {back[n][label] for label in labels}
        if len(labels) == 1:
            return _path(back[:n], labels.pop())
    return []


def _path(back: Sequence[Sequence[int]], last: int) -> list[int]:
    path = [last]
    for chosen in reversed(back):
        path.append(chosen[path[-1]])
    return path[::-1]


def _verdict(seen: tuple[Line, tuple[str, ...], tuple[float, ...]], label: int) -> Verdict:
    line, features, score = seen
    return Verdict(line, LABELS[label], features, score)


def split(document: Document) -> list[Article]:
    """The articles of a document, in order. An empty document has none."""
    return list(articles(document))


def articles(document: Document) -> Iterator[Article]:
    """The articles of a document, one at a time."""
    twice: Counter[bytes] = Counter()
    found = _verdicts(document)
    days = _days(found, 2 if document.source.published_on else 1)
    several = len(days) > 1  # issues, that one date cannot be right for
    for ordinal, (group, day) in enumerate(_groups(found, days[0] if days else None)):
        article = _article(document, group, ordinal, day, several)
        text = article.text.encode("utf8", "surrogatepass")
        digest = hashlib.sha256(text).digest()[:8]
        twice[digest] += 1
        key = hashlib.sha256(f"{document.document_id}\0{twice[digest]}\0".encode() + text)
        yield replace(article, article_id=key.hexdigest()[:16])


def _days(found: Iterable[Verdict], enough: int) -> list[date]:
    """The first dates of issue that are printed, no more than `enough`."""
    days: list[date] = []
    for each in found:
        if (day := _printed(each)) and day not in days:
            days.append(day)
            if len(days) == enough:
                break
    return days


def _groups(found: Iterable[Verdict], first: date | None) -> Iterator[tuple[list[Verdict], date | None]]:
    """The lines of each article, and the last date of issue printed before it; the first of all where it has none."""
    group: list[Verdict] = []
    day = since = first
    for each in found:
        if each.discarded:
            day = _printed(each) or day
            continue
        if group and (each.label == "opening" or (each.label == "title" and group[-1].label != "title")):
            yield group, since
            group = []
        if not group:
            since = day
        group.append(each)
    if group:
        yield group, since


def _printed(each: Verdict) -> date | None:
    """The date of issue that a line of layout prints."""
    return _day(each.line.text) if each.discarded and "issue" in each.features else None


def _day(text: str) -> date | None:
    match = _DAY.search(text.translate(_NUMERALS)) or _DAY.search(text)
    try:
        return date(*map(_number, match.groups())) if match else None
    except ValueError:
        return None


def _number(text: str) -> int:
    """12, 十二 or 二十三; a year's numerals are digits by now."""
    tens, ten, ones = text.partition("十")
    return (int(tens or 1) * 10 if ten else int(tens)) + int(ones or 0)


def _article(document: Document, group: Sequence[Verdict], ordinal: int, day: date | None, several: bool) -> Article:
    parts: list[str] = []
    blocks: list[Block] = []
    segments: list[Segment] = []
    position = 0
    for each in group:
        raw = each.line.raw
        joins = each.label == "continuation" and bool(blocks)
        start = position + (bool(blocks) and not joins)
        parts.append(raw if start == position else f"\n{raw}")
        position = start + len(raw)
        segments.append(Segment(start, position, each.line.start))
        if joins:
            blocks[-1] = Block(blocks[-1].kind, blocks[-1].start, position)
        else:
            blocks.append(Block(_block(each), start, position))
    text = "".join(parts)
    source = document.source
    titles = [text[block.start : block.end] for block in blocks if block.kind == "title"]
    kicker, subtitle = _around(titles)
    from_text = day if several or not source.published_on else None
    return Article(
        "", document.document_id, ordinal, _kind(text, blocks), text, tuple(blocks), tuple(segments),
        " ".join(titles) or None, kicker, subtitle, from_text or source.published_on,
        "text" if from_text else source.published_from if source.published_on else None,
    )  # fmt: skip


def _block(each: Verdict) -> str:
    features = frozenset(each.features)
    if each.label == "title":
        return "title"
    if each.label == "credit" or (each.label == "signature" and features & {"credit", "bracketed", "photo_end"}):
        return "byline"
    return "caption" if "caption" in features or (each.label == "opening" and "photo_end" in features) else "body"


def _around(titles: Sequence[str]) -> tuple[str | None, str | None]:
    """Kicker and sub-headline: of three lines the outer ones, of two the first if it leads up to the other, else the second."""
    if len(titles) < 2:
        return None, None
    if len(titles) == 2:
        return (titles[0], None) if _LEADS_UP.search(fold(titles[0])) else (None, titles[1])
    return titles[0], titles[-1]


def _kind(text: str, blocks: Sequence[Block]) -> str:
    """photo: nothing but a picture and its caption; brief: a few sentences; news: all else."""
    body = [block for block in blocks if block.kind not in ("title", "byline")]
    size = sum(block.end - block.start for block in body)
    if size <= 300 and len(body) == 1 and (body[0].kind == "caption" or text.rstrip(")） ").endswith("摄")):
        return "photo"
    return "brief" if size <= 120 else "news"
