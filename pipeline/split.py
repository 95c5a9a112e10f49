"""Document → articles: which line is a title, a byline, a paragraph, the rest of one that a column cut, or layout.

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

from . import lexicon
from .lines import Line, Looks, lines, looks
from .model import Article, Block, Document, Segment
from .text import fold

LABELS = ("title", "byline", "body", "continuation", "discard")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[年./-] ?(\d{1,2}) ?[月./-] ?(\d{1,2})(?!\d)")
_JOIN_IN = frozenset(("body", "continuation"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line's label and why: its features, and each label's score from them."""

    line: Line
    label: str
    features: tuple[str, ...]
    scores: Mapping[str, float]


@cache
def _weights() -> Mapping[str, tuple[float, ...]]:
    return {row["feature"]: tuple(float(row[label]) for label in LABELS) for row in lexicon.rows("split_features")}


@cache
def _moves() -> Mapping[tuple[str, str], float]:
    return {(row["before"], row["after"]): float(row["score"]) for row in lexicon.rows("split_moves")}


def verdicts(document: Document) -> list[Verdict]:
    """The label of every line of the document that holds something, in order."""
    found = lines(document.text)
    seen = looks(found)
    scores = [tuple(map(sum, zip(*(_weights()[name] for name in each.features), strict=True))) for each in seen]
    labels = _best(seen, scores)
    return [
        Verdict(line, label, each.features, dict(zip(LABELS, score, strict=True)))
        for line, label, each, score in zip(found, labels, seen, scores, strict=True)
    ]


def _best(seen: Sequence[Looks], scores: Sequence[tuple[float, ...]]) -> list[str]:
    """The sequence of labels with the highest sum of scores and moves (Viterbi)."""
    moves = _moves()
    if not seen:
        return []
    reached = [scores[0][k] + moves["start", label] for k, label in enumerate(LABELS)]
    back: list[list[int]] = []
    for n in range(1, len(seen)):
        states = [_state(label, seen[n - 1]) for label in LABELS]
        step = [[reached[j] + moves[states[j], label] for j in range(len(LABELS))] for label in LABELS]
        chosen = [max(range(len(LABELS)), key=row.__getitem__) for row in step]
        back.append(chosen)
        reached = [step[k][chosen[k]] + scores[n][k] for k in range(len(LABELS))]
    final = [reached[k] + moves[_state(label, seen[-1]), "end"] for k, label in enumerate(LABELS)]
    k = max(range(len(LABELS)), key=final.__getitem__)
    path = [k]
    for chosen in reversed(back):
        k = chosen[k]
        path.append(k)
    return [LABELS[k] for k in reversed(path)]


def _state(label: str, seen: Looks) -> str:
    return label if label not in _JOIN_IN else "body open" if seen.is_open else "body closed"


def split(document: Document) -> list[Article]:
    """The articles of a document, in order. An empty document has none."""
    articles: list[Article] = []
    twice: Counter[str] = Counter()
    day: date | None = None
    for group, day in _groups(verdicts(document)):
        article = _article(document, group, len(articles), day)
        twice[article.text] += 1
        key = hashlib.sha256(
            f"{document.document_id}\0{twice[article.text]}\0{article.text}".encode("utf8", "surrogatepass")
        )
        articles.append(replace(article, article_id=key.hexdigest()[:16]))
    return articles


def _groups(found: Sequence[Verdict]) -> Iterator[tuple[list[Verdict], date | None]]:
    """The lines of each article, and the last date of issue printed before it."""
    group: list[Verdict] = []
    day: date | None = None
    for each in found:
        if each.label == "discard":
            day = _day(each.line.text) or day
            continue
        has_body = any(one.label in _JOIN_IN for one in group)
        starts = each.label == "title" or "lead" in each.features
        if group and has_body and starts and (each.label == "title" or not _runs_on(group, each)):
            yield group, day
            group = []
        group.append(each)
    if group:
        yield group, day


def _runs_on(group: Sequence[Verdict], each: Verdict) -> bool:
    """Whether a paragraph with a lead of its own belongs to the article before: it is one of several briefs under one title."""
    titled = any(one.label == "title" for one in group)
    return titled or each.line.text[0] in "■□◆●▲★"


def _day(text: str) -> date | None:
    match = _DAY.search(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _article(document: Document, group: Sequence[Verdict], ordinal: int, day: date | None) -> Article:
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
            blocks[-1] = replace(blocks[-1], end=position)
        else:
            kind = (
                each.label if each.label in ("title", "byline") else "caption" if "caption" in each.features else "body"
            )
            blocks.append(Block(kind, start, position))
    text = "".join(parts)
    source = document.source
    titles = [text[block.start : block.end] for block in blocks if block.kind == "title"]
    kicker, subtitle = _around(titles)
    return Article(
        "", document.document_id, ordinal, _kind(text, blocks), text, tuple(blocks), tuple(segments),
        " ".join(titles) or None, kicker, subtitle, source.published_on or day,
        source.published_from if source.published_on else "text" if day else None,
    )  # fmt: skip


def _around(titles: Sequence[str]) -> tuple[str | None, str | None]:
    """Kicker and sub-headline: of two lines the second if it opens with a dash, else the first; of three the outer ones."""
    if len(titles) < 2:
        return None, None
    if len(titles) == 2:
        return (None, titles[1]) if titles[1][0] in "—-─" else (titles[0], None)
    return titles[0], titles[-1]


def _kind(text: str, blocks: Sequence[Block]) -> str:
    """photo: a picture with its caption; brief: a few sentences without a headline's lines; news: all else."""
    body = [block for block in blocks if block.kind != "title"]
    size = sum(block.end - block.start for block in body)
    if size <= 300 and any(fold(text[block.start : block.end]).rstrip(")").endswith("摄") for block in body):
        return "photo"
    return "brief" if size <= 120 else "news"
