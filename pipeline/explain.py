"""Why a dump was split as it was: a raw folder or file → each line's label, what spoke for it, and what came next.

Nothing is written. A document that cannot be read is one entry with its error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from . import sources
from .errors import InputError
from .read import documents
from .split import LABELS, LAYOUT, Verdict, verdicts, weight
from .stages import read_bytes


@dataclass(frozen=True, slots=True)
class Reason:
    """A line's label with its score, the features that gave it, and the best other label with its own score."""

    path: str
    start: int  # first character in the decoded document
    label: str
    text: str
    score: int
    features: tuple[tuple[str, int], ...]
    second: str
    second_score: int

    def __str__(self) -> str:
        told = " ".join(f"{name}{value:+d}" for name, value in self.features)
        text = self.text if len(self.text) <= 40 else f"{self.text[:28]}…{self.text[-11:]}"
        return f"{self.label:<17}{text}\n{'':17}{self.score:+d} = {told}; {self.second} {self.second_score:+d}"


def explain(
    raw: Path, *, published: date | None = None, locality: str | None = None, source: str | None = None,
    text_column: str | None = None,
) -> Iterator[Reason | tuple[str, str]]:  # fmt: skip
    """The verdict of every line below `raw`, in order; a path and an error where there is no text."""
    for each in sources.find(raw, published=published, locality=locality, source=source):
        try:
            for document in documents(each, read_bytes(each), text_column):
                if document.error:
                    yield document.source.name, document.error
                for verdict in verdicts(document):
                    yield _reason(document.source.name, verdict)
        except InputError as error:
            yield each.name, str(error)


def _reason(path: str, verdict: Verdict) -> Reason:
    scores = dict(zip(LABELS, verdict.scores, strict=True))
    score = scores.pop(verdict.label)
    if verdict.discarded:  # layout scores alike wherever it stands
        scores = {label: value for label, value in scores.items() if label not in LAYOUT}
    second = max(scores, key=lambda label: scores[label])
    told = [(name, weight(name, verdict.label)) for name in verdict.features]
    features = tuple(sorted(told, key=lambda each: -abs(each[1])))
    label = f"discard {verdict.discarded}" if verdict.discarded else verdict.label
    return Reason(path, verdict.line.start, label, verdict.line.raw, score, features, second, scores[second])
