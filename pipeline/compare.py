"""What each part of the recognition adds: persons found by the rules alone, the CRF alone, both, and jieba.posseg, as precision, recall, F1.

In: gold files (distinct persons of an article are counted, credited names left out) or files of texts with spans (every mention counts,
strictly). Out: a `Line` a file and finder. With folds, the CRF that looks at an article was trained on the others of all files, and on the
files that are named beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from . import train
from .documents import text_article
from .extract import Found, Resources, bylines, extract
from .gold import read_gold
from .recognise import Recogniser, crf
from .schema import BylineRow, PersonMentionRow
from .stages import Settings, resources
from .text import fold

Finder = Callable[[Mapping[str, Any]], set[Any]]  # an entry → the persons that it finds there


@dataclass(frozen=True, slots=True)
class Line:
    """The score of one finder on one file."""

    file: str
    finder: str
    precision: float
    recall: float
    f1: float
    gold: int


def compare(
    paths: Sequence[Path], *, folds: int = 0, also: Sequence[Path] = (), model: Path | None = None
) -> Iterator[Line]:
    """A line for every file and finder.

    Raises UsageError E005 for a file that is none and where the folds leave nothing to train on, E010 for weights that are none.
    """
    files = {path: read_gold(path) for path in paths}
    every = [entry for entries in files.values() for entry in entries]
    beside = [sentence for path in also for entry in read_gold(path) for sentence in train.labelled_sentences(entry)]
    shipped = crf.load(model or crf.WEIGHTS)
    tagger = _folded(every, folds, beside) if folds else {id(entry): shipped for entry in every}
    for path, entries in files.items():
        yield _line(path, "rules", entries, lambda entry: _found(entry, None))
        yield _line(path, "crf", entries, lambda entry: _tagged(entry, tagger[id(entry)]))
        yield _line(path, "both", entries, lambda entry: _found(entry, tagger[id(entry)]))
        yield _line(path, "jieba.posseg", entries, _jieba)


def _folded(
    entries: Sequence[Mapping[str, Any]], folds: int, beside: Sequence[train.Labelled]
) -> dict[int, Recogniser]:
    """For each entry a tagger that was trained on the other folds and on the sentences `beside`."""
    taggers: dict[int, Recogniser] = {}
    for fold_number in range(folds):
        rest = (e for n, e in enumerate(entries) if n % folds != fold_number)
        own = [sentence for entry in rest for sentence in train.labelled_sentences(entry)]
        tagger = crf.opened(train.weights([*own, *beside]))
        taggers |= {id(e): tagger for n, e in enumerate(entries) if n % folds == fold_number}
    return taggers


def _line(path: Path, finder: str, entries: Iterable[Mapping[str, Any]], find: Finder) -> Line:
    hit = found = gold = 0
    for entry in entries:
        want, got = _gold(entry), find(entry)
        hit, found, gold = hit + len(want & got), found + len(got), gold + len(want)
    precision, recall = hit / max(1, found), hit / max(1, gold)
    f1 = 2 * hit / max(1, found + gold)
    return Line(path.name, finder, round(precision, 4), round(recall, 4), round(f1, 4), gold)


def _text(entry: Mapping[str, Any]) -> str:
    return (
        str(entry["text"]) if "spans" in entry else "\n".join([*filter(None, [entry["title"]]), *entry["paragraphs"]])
    )


def _gold(entry: Mapping[str, Any]) -> set[Any]:
    if "spans" in entry:
        return {(start, end) for start, end, label in entry["spans"] if label == "PER"}
    return {fold(p["name"]) for p in entry["people"]}


def _persons(entry: Mapping[str, Any], spans: Iterable[tuple[int, int]]) -> set[Any]:
    """Spans of persons as they are counted: every mention, or distinct names without the credited ones."""
    if "spans" in entry:
        return set(spans)
    text = fold(_text(entry))
    return {text[start:end] for start, end in spans} - {fold(b["name"]) for b in entry["bylines"]}


def _found(entry: Mapping[str, Any], tagger: Recogniser | None) -> set[Any]:
    known = resources(Settings(recogniser="rules")).gazetteer
    tools = Resources(known, tagger)
    told = entry.get("published")
    place = known.resolve(entry["locality"]) if entry.get("locality") else None
    article = text_article(_text(entry), published_on=date.fromisoformat(told) if told else None, locality=place)
    credited: Sequence[BylineRow] = () if "spans" in entry else tuple(bylines(article, Found(), tools))
    rows = extract(article, credited, tools).of(PersonMentionRow)
    return _persons(entry, ((row.start_char, row.end_char) for row in rows))


def _tagged(entry: Mapping[str, Any], tagger: Recogniser) -> set[Any]:
    return _persons(entry, ((s.start, s.end) for s in tagger([_text(entry)])[0] if s.label == "PER"))


@cache
def _posseg() -> Any:
    import jieba.posseg  # noqa: PLC0415  (1 s that only this needs)

    return jieba.posseg


def _jieba(entry: Mapping[str, Any]) -> set[Any]:
    spans, position = [], 0
    for word, flag in _posseg().cut(_text(entry)):
        if flag.startswith("nr") and len(word) > 1:
            spans.append((position, position + len(word)))
        position += len(word)
    return _persons(entry, spans)
