"""Learns how much a line's features and the label before it say of its label: our own articles in the layouts of
`tests.layouts` → the lexicons split_features.csv and split_moves.csv. What labels may follow each other is split_moves.csv's own.

A structured perceptron, averaged, with a margin; the same articles give the same weights:

    python -m tests.learn_split
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import lexicon
from pipeline.lines import lines, looks, page
from pipeline.split import LABELS, LAYOUT, state

from .layouts import LAYOUTS, lay_out, own_articles, some

_EACH = 60  # dumps a layout; with more, and more rounds, unseen pages came out worse
_ROUNDS = 6  # times that all are gone through
_MARGIN = 10  # by how much a right label is to win
_GIVEN = {("plain", "discard"): -500.0, ("lead", "title"): -300.0}  # nothing is lost; 本报讯 opens no headline
Labels = list[str]


@dataclass(frozen=True, slots=True)
class Dump:
    """Of every line its features, how a paragraph that ends with it would end, and its right label."""

    features: tuple[tuple[str, ...], ...]
    endings: tuple[str, ...]
    labels: tuple[str, ...]

    def moves(self, labels: Sequence[str]) -> Iterator[tuple[str, str]]:
        states = ["start", *map(state, labels, self.endings)]
        return zip(states, [*labels, "end"], strict=True)


@dataclass(slots=True)
class Weights:
    """Of features and of moves: their sum now, and the sum of what was added to them times when."""

    now: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    late: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, keys: Iterable[tuple[str, str]], amount: float, time: int) -> None:
        for key in keys:
            self.now[key] += amount
            self.late[key] += amount * time

    def averaged(self, time: int) -> Mapping[tuple[str, str], int]:
        return {key: round(value - self.late[key] / time) for key, value in self.now.items()}


def dumps(articles: Sequence[dict[str, Any]], each: int = _EACH) -> Iterator[Dump]:
    """So many dumps in every layout, each of a few articles."""
    rng = random.Random(1)
    for layout in LAYOUTS.values():
        for _ in range(each):
            laid = lay_out(some(articles, layout, rng), layout, rng.randrange(10**9))
            found = list(lines((laid.text,)))
            _, features, endings = zip(*looks(found, page(found)), strict=True)
            if len(found) == len(laid.labels):  # else a layout's line is cut where its text looks like layout
                yield Dump(features, endings, tuple(_placed(laid.labels)))


def _placed(labels: Labels) -> Iterator[str]:
    """The labels, layout told apart by what it stands between."""
    before = None
    for n, label in enumerate(labels):
        if label != "discard":
            before = label
            yield label
        elif before in ("title", "credit"):
            yield "imprint"
        else:
            after = next((each for each in labels[n:] if each != "discard"), "title")
            yield "discard" if after in ("title", "opening") else "interruption"


def _shared(label: str) -> str:
    """The label whose weights a label has."""
    return "discard" if label in LAYOUT else label


def learned(
    found: Sequence[Dump], rounds: int = _ROUNDS
) -> tuple[Mapping[tuple[str, str], int], Mapping[tuple[str, str], int]]:
    """The weights of features and of moves."""
    possible = [(row["before"], row["after"]) for row in lexicon.rows("split_moves")]
    into = {label: [before for before, after in possible if after == label] for label in (*LABELS, "end")}
    of_features, of_moves = Weights(), Weights()
    of_features.now.update(_GIVEN)
    rng, time = random.Random(1), 0
    right = [each for each in found if set(each.moves(each.labels)) <= set(possible)]
    for _ in range(rounds):
        rng.shuffle(right)
        for dump in right:
            time += 1
            guess = _guess(dump, of_features.now, of_moves.now, into)
            if guess != dump.labels:
                for labels, amount in ((dump.labels, 1.0), (guess, -1.0)):
                    of_features.add(_keys(dump, labels), amount, time)
                    of_moves.add(dump.moves(labels), amount, time)
    return of_features.averaged(time), {key: of_moves.averaged(time).get(key, 0) for key in possible}


def _keys(dump: Dump, labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    for features, label in zip(dump.features, labels, strict=True):
        for feature in features:
            yield feature, _shared(label)


def _guess(
    dump: Dump, weights: Mapping[tuple[str, str], float], moves: Mapping[tuple[str, str], float],
    into: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:  # fmt: skip
    """The best labels where every wrong one has the margin for itself."""
    reached = {"start": (0.0, ())}  # state → sum, labels back to the first as nested pairs
    for features, ending, right in zip(dump.features, dump.endings, dump.labels, strict=True):
        following: dict[str, tuple[float, Any]] = {}
        for label in LABELS:
            best = max(
                ((reached[b][0] + moves[b, label], reached[b][1]) for b in into[label] if b in reached),
                default=None,
                key=_first,
            )
            if best:
                shared = _shared(label)
                total = best[0] + sum(weights[feature, shared] for feature in features) + _MARGIN * (label != right)
                end = state(label, ending)
                if end not in following or total > following[end][0]:
                    following[end] = total, (best[1], label)
        reached = following
    _, path = max(((reached[b][0] + moves[b, "end"], reached[b][1]) for b in into["end"] if b in reached), key=_first)
    labels: Labels = []
    while path:
        path, label = path
        labels.append(label)
    return tuple(labels[::-1])


def _first(pair: tuple[float, Any]) -> float:
    return pair[0]


def write(
    weights: Mapping[tuple[str, str], int], moves: Mapping[tuple[str, str], int], folder: Path = lexicon.FOLDER
) -> None:
    """The two lexicons, each below its own comment."""
    columns = [label for label in LABELS if label == _shared(label)]
    rows = [
        [name, *(weights.get((name, label), 0) for label in columns)] for name in sorted({name for name, _ in weights})
    ]
    _write(folder / "split_features.csv", [["feature", *columns], *rows])
    _write(folder / "split_moves.csv", [["before", "after", "score"], *([*key, score] for key, score in moves.items())])


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    comments = [line for line in path.read_text(encoding="utf8").splitlines() if line.startswith("#")]
    path.write_text("\n".join([*comments, *(",".join(map(str, row)) for row in rows), ""]), encoding="utf8")


if __name__ == "__main__":
    write(*learned(list(dumps(own_articles()))))
