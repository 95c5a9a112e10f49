"""The embedded recogniser: a linear-chain CRF over characters (python-crfsuite), labels in IOBES.

In: texts. Out: spans with the least marginal probability of their characters as the score. `train` makes the weights from labelled
sentences; the file holds them behind a line that says with which features.
"""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pycrfsuite

from ..errors import UsageError
from ..model import Span
from ..text import fold, sentence_at, sentences
from .features import VERSION, features

WEIGHTS: Final = Path(__file__).with_name("weights.crf.gz")
_MAGIC: Final = f"xianzhi crf {VERSION}\n".encode()
_MARKS: Final = ",:"  # between clauses
_PARAMETERS: Final = {
    "c1": 0.1, "c2": 0.01, "max_iterations": 80, "feature.minfreq": 2, "feature.possible_transitions": True}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crf:
    """A trained tagger. The tagger keeps the sentence it looks at: one thread at a time."""

    tagger: Any
    weights: bytes  # the tagger reads from them and holds no reference
    version: str
    name: str = "crf"

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        """The spans of each text, sentence by sentence."""
        return [
            [span for start, end in sentences(folded) for span in self._spans(folded, start, end, start, end)]
            for folded in map(fold, texts)
        ]

    def around(self, folded: str, position: int) -> tuple[int, int, list[Span]]:
        """The bounds and the spans of the clause that a position lies in.

        A mark between clauses is hardly ever part of a span, so that the spans are those of the sentence, at a third of the cost.
        """
        first, last = sentence_at(folded, position)
        start = max(first, *(folded.rfind(mark, first, position) for mark in _MARKS))
        end = min(last, *(found + 1 for mark in _MARKS if (found := folded.find(mark, position, last)) >= 0), last)
        return start, end, self._spans(folded, first, last, start, end)

    def _spans(self, text: str, first: int, last: int, start: int, end: int) -> list[Span]:
        """The spans of `text[start:end]`, a stretch of the sentence `text[first:last]`."""
        self.tagger.set(pycrfsuite.ItemSequence(features(text[first:last], start - first, end - first)))
        tags = self.tagger.tag()
        return [Span(start + a, start + b, label, self._score(tags, a, b), self.name) for a, b, label in spans_of(tags)]

    def _score(self, tags: Sequence[str], first: int, last: int) -> float:
        return float(min(self.tagger.marginal(tags[i], i) for i in range(first, last)))


def load(path: Path = WEIGHTS) -> Crf:
    """The tagger of a file that `train` wrote. Raises UsageError E010 where it is none."""
    try:
        data = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise UsageError("E010", f"{path} holds no weights: {error}", "make them with `cli.py train`") from None
    if not data.startswith(_MAGIC):
        raise UsageError("E010", f"{path} was trained with other features", "train it again with `cli.py train`")
    return _tagger(data)


def opened(data: bytes) -> Crf:
    """The tagger of what `train` gave."""
    return _tagger(gzip.decompress(data))


def _tagger(data: bytes) -> Crf:
    weights = data[len(_MAGIC) :]
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(weights)
    return Crf(tagger, weights, hashlib.sha256(data).hexdigest()[:16])


def train(labelled: Iterable[tuple[str, Sequence[tuple[int, int, str]]]], **parameters: Any) -> bytes:
    """The weights file of a tagger trained on sentences with their spans (start, end, label): the same input gives the same bytes."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for text, spans in labelled:
        sentence = fold(text)
        trainer.append(pycrfsuite.ItemSequence(features(sentence, 0, len(sentence))), tags_of(len(sentence), spans))
    trainer.set_params({**_PARAMETERS, **parameters})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights"
        trainer.train(str(path))
        return gzip.compress(_MAGIC + path.read_bytes(), 9, mtime=0)


def tags_of(size: int, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """Spans as tags of characters: B- and E- at the ends, I- between, S- for one character, O elsewhere."""
    tags = ["O"] * size
    for start, end, label in spans:
        for i in range(start, end):
            tags[i] = f"{'S' if end - start == 1 else 'B' if i == start else 'E' if i == end - 1 else 'I'}-{label}"
    return tags


def spans_of(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Tags as spans; a run that does not close is none."""
    spans: list[tuple[int, int, str]] = []
    begun: tuple[int, str] | None = None
    for i, tag in enumerate(tags):
        kind, _, label = tag.partition("-")
        if kind == "S":
            spans.append((i, i + 1, label))
        if kind == "B":
            begun = (i, label)
        elif kind == "E" and begun and begun[1] == label:
            spans.append((begun[0], i + 1, label))
        if kind in "OSE" or (begun and begun[1] != label):
            begun = None
    return spans
