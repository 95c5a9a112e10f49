"""Document → articles: which line is a title, a credit, a paragraph, the rest of one that a column cut, or layout.

Every line that holds something gets one label. A line has features (`lines`), a feature weighs for or against
each label, and so does each pair of labels in turn; the best sequence is found by dynamic programming: a label is
given as soon as no line to come can change it, so a document of any length is split as it is read. The weights are data: lexicons split_features.csv and split_moves.csv. `verdicts` tells the label of every line
and what it was decided by; `split` builds the articles from them. Nothing is lost: a character of a line
stands in one article, or in a line labelled `discard`.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache, partial
from operator import add
from typing import Generic, NamedTuple, TypeVar

from . import lexicon
from .lines import OF_LAYOUT, Features, Line, Page, lines, looks, page
from .model import Article, Block, Document, Segment
from .text import fold

T = TypeVar("T")

# opening: the first paragraph of an article without a title; of layout, discard: between articles, interruption: within
# one's text, imprint: between its headline and its text. Features do not tell these apart, only what they stand between.
LABELS = ("title", "credit", "opening", "body", "continuation", "signature", "discard", "interruption", "imprint")
LAYOUT = frozenset(("discard", "interruption", "imprint"))
_PARAGRAPHS = frozenset(("opening", "body", "continuation"))
_NEVER = -math.inf
_CHECK = 512  # lines after which it is asked how many of them are decided
_SIGNING = frozenset(("credit", "bracketed", "photo_end"))
_LEADS_UP = re.compile(r"(?:要求|强调|指出|表示|提出|提醒|希望|时|:|,|…|——)$|^[“\"].*[”\"]$")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[年./-] ?([\d十]{1,3}) ?[月./-] ?([\d十]{1,3})(?!\d)")


class Verdict(NamedTuple):
    """A line's label, and the features that it was decided by."""

    line: Line
    label: str
    features: Features

    @property
    def scores(self) -> tuple[int, ...]:
        """How much the features speak for each of LABELS."""
        return _score(self.features)

    @property
    def discarded(self) -> str | None:
        """As what a line is left out of the articles: page, issue, staff, contact …; None where it is not."""
        if self.label not in LAYOUT:
            return None
        return next((name for name in self.features if name in OF_LAYOUT), "layout")


def verdicts(document: Document) -> Iterable[Verdict]:
    """The label of every line of the document that holds something, in order; a list where the text is held."""
    return _verdicts(document)


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
def _weights() -> Mapping[str, tuple[int, ...]]:
    columns = ["discard" if label in LAYOUT else label for label in LABELS]
    return {row["feature"]: tuple(int(row[each]) for each in columns) for row in lexicon.rows("split_features")}


def weight(feature: str, label: str) -> int:
    """How much a feature speaks for a label."""
    return _weights()[feature][LABELS.index(label)]


@lru_cache(maxsize=1 << 14)
def _score(features: Features) -> tuple[int, ...]:
    """How much features speak for each label; nine lines in ten have the features of an earlier one."""
    weights = _weights()
    return tuple(map(sum, zip(*[weights[name] for name in features], strict=True)))


def state(label: str, ending: str) -> str:
    """What counts of a line for the label of the next one: its label, of a paragraph how it would end."""
    return f"body {ending}" if label in _PARAGRAPHS else label


@cache
def _moves(ending: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Into each label, and into the end, the labels that it can follow where a paragraph ends so, and how well."""
    score = {(row["before"], row["after"]): int(row["score"]) for row in lexicon.rows("split_moves")}
    states = [state(label, ending) for label in LABELS]
    return tuple(
        tuple((before, score[each, after]) for before, each in enumerate(states) if (each, after) in score)
        for after in (*LABELS, "end")
    )


@cache
def _starts() -> tuple[float, ...]:
    score = {row["after"]: int(row["score"]) for row in lexicon.rows("split_moves") if row["before"] == "start"}
    return tuple(score.get(label, _NEVER) for label in LABELS)


def _decided(found: Iterable[Line], setting: Page) -> Iterator[Verdict]:
    """Each line with its label in the sequence that has the highest sum of scores and moves (Viterbi)."""
    waiting: list[tuple[Line, Features]] = []
    back: list[list[int]] = []  # for each label of the next line, the best one of the line that waits
    reached: Sequence[float] = ()
    ending = ""
    for line, features, next_ending in looks(found, setting):
        if reached:
            chosen, tops = _best(reached, _moves(ending)[:-1])
            back.append(chosen)
            reached = list(map(add, tops, _score(features)))
        else:
            reached = list(map(add, _starts(), _score(features)))
        waiting.append((line, features))
        ending = next_ending
        if len(waiting) % _CHECK == 0 and (known := _settled(back)):
            yield from map(_verdict, waiting, known)
            del waiting[: len(known)], back[: len(known)]
    if waiting:
        (last,), _ = _best(reached, _moves(ending)[-1:])
        yield from map(_verdict, waiting, _path(back, last))


def _best(reached: Sequence[float], moves: Sequence[Sequence[tuple[int, int]]]) -> tuple[list[int], list[float]]:
    """For each label to move into, the label before it that gives the highest sum, and that sum."""
    chosen, tops = [], []
    for into in moves:
        best, top = 0, _NEVER
        for label, move in into:
            if (total := reached[label] + move) > top:
                best, top = label, total
        chosen.append(best)
        tops.append(top)
    return chosen, tops


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


def _verdict(seen: tuple[Line, Features], label: int) -> Verdict:
    return Verdict(seen[0], LABELS[label], seen[1])


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
        if each.label in LAYOUT:
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
    return _day(each.line.text) if each.label in LAYOUT and "issue" in each.features else None


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
    label, features = each.label, each.features
    if label == "title":
        return "title"
    if label == "credit" or (label == "signature" and not _SIGNING.isdisjoint(features)):
        return "byline"
    return (
        "caption"
        if "caption" in features or "shown" in features or (label == "opening" and "photo_end" in features)
        else "body"
    )


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
