"""Document → articles: which line is a title, a credit, a paragraph, the rest of one that a column cut, or layout.

Every line that holds something gets one label. A line has features (`lines`), a feature weighs for or against
each label, and so does each pair of labels in turn; the best sequence is found by dynamic programming. The
weights are data: lexicons split_features.csv and split_moves.csv. `verdicts` tells the label of every line
and what it was decided by; `split` builds the articles from them. Nothing is lost: a character of a line
stands in one article, or in a line labelled `discard`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from operator import add

from . import lexicon
from .lines import OF_LAYOUT, Line, Looks, lines, looks
from .model import Article, Block, Document, Segment
from .text import fold

# opening: the first paragraph of an article without a title; interruption: layout within an unfinished paragraph.
LABELS = ("title", "credit", "opening", "body", "continuation", "signature", "discard", "interruption")
_PARAGRAPHS = frozenset(("opening", "body", "continuation"))
_NEVER = -1e6
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
    found = lines(document.text)
    seen = looks(found)
    scores = [_score(each.features) for each in seen]
    labels = _best(seen, scores)
    return [
        Verdict(line, label, each.features, score)
        for line, label, each, score in zip(found, labels, seen, scores, strict=True)
    ]


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


def _best(seen: Sequence[Looks], scores: Sequence[tuple[float, ...]]) -> list[str]:
    """The sequence of labels with the highest sum of scores and moves (Viterbi)."""
    if not seen:
        return []
    into = {ending: _moves(ending) for ending in ("open", "closed", "full")}
    reached = list(map(add, scores[0], _starts()))
    back: list[list[int]] = []
    for before, score in zip(seen, scores[1:], strict=False):
        chosen, tops = [], []
        for moves in into[before.ending][:-1]:
            sums = list(map(add, reached, moves))
            top = max(sums)
            tops.append(top)
            chosen.append(sums.index(top))
        back.append(chosen)
        reached = list(map(add, tops, score))
    final = list(map(add, reached, into[seen[-1].ending][-1]))
    path = [final.index(max(final))]
    for chosen in reversed(back):
        path.append(chosen[path[-1]])
    return [LABELS[k] for k in reversed(path)]


def split(document: Document) -> list[Article]:
    """The articles of a document, in order. An empty document has none."""
    articles: list[Article] = []
    twice: Counter[str] = Counter()
    found = verdicts(document)
    several = len({day for each in found if (day := _printed(each))}) > 1  # issues, that one date cannot be right for
    for group, day in _groups(found):
        article = _article(document, group, len(articles), day, several)
        twice[article.text] += 1
        key = hashlib.sha256(
            f"{document.document_id}\0{twice[article.text]}\0{article.text}".encode("utf8", "surrogatepass")
        )
        articles.append(replace(article, article_id=key.hexdigest()[:16]))
    return articles


def _groups(found: Sequence[Verdict]) -> Iterator[tuple[list[Verdict], date | None]]:
    """The lines of each article, and the last date of issue printed before it; the first of all where it has none."""
    group: list[Verdict] = []
    day = since = next(filter(None, map(_printed, found)), None)
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
        raw = document.text[each.line.start : each.line.end]
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
