"""Learns the weights by which items and subjects of figures are chosen, from annotated articles.

In: gold files, the resources. Out: lines of lexicon figures_weights.csv. A log-linear model over the candidates of each quantity, where every
candidate that agrees with the annotation is right, the better the nearer; fitted by Adam with an L2 penalty. The same gold gives the
same weights. The held-out articles are never among them:

    python -c "from pathlib import Path; from pipeline import weigh
    print(*weigh.lines(sorted([*Path('data/gold/train').glob('*.jsonl'), Path('data/gold/sample.jsonl')])), sep='\\n')"
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from .documents import text_article
from .extract import Found, Resources, rank
from .extract.candidates import Candidate, Feature, features
from .extract.counted import choices
from .extract.dates import dates
from .extract.figures import reading
from .extract.people import people
from .extract.places import places
from .extract.words import Clauses
from .quantities import Quantity
from .stages import Settings, resources

_ROLES: Final = ("item", "subject")
_RARE: Final = 3  # a feature seen less often has no weight
_PENALTY, _STEPS, _PACE, _ROUNDS = 1.0, 150, 0.1, 3
_SHARP: Final = 3  # of candidates that agree in part the nearest is learnt
_SMALL: Final = 5  # hundredths: a smaller weight is none


class Reading(NamedTuple):
    """An article read: its clauses and quantities, and the annotated figure of each quantity that has one."""

    clauses: Clauses
    quantities: list[Quantity]
    wanted: list[dict[str, Any] | None]


class Case(NamedTuple):
    """The candidates for one quantity and how well each agrees, from 0 to 1."""

    candidates: Sequence[Candidate]
    agrees: Sequence[float]


def lines(gold: Iterable[Path]) -> Iterator[str]:
    """The lexicon's lines, from gold files."""
    tools = resources(Settings())
    read = [
        _read(json.loads(line), tools) for path in sorted(gold) for line in path.read_text(encoding="utf8").splitlines()
    ]
    yield "# How much a feature of a candidate counts for its being the item or the subject of a figure, in hundredths. Learnt by pipeline/weigh.py."
    yield "role,feature,values,weight"
    for role, table in zip(_ROLES, learnt(read), strict=True):
        for feature, weight in sorted(table.items()):
            if abs(weight * 100) >= _SMALL:
                values = "|".join(feature[1:]).replace('"', '""')
                yield f'{role},{feature[0]},"{values}",{round(weight * 100)}'


def _read(gold: dict[str, Any], tools: Resources) -> Reading:
    text = "\n".join([*filter(None, [gold.get("title")]), *gold["paragraphs"]])
    published = gold.get("published")
    locality = tools.gazetteer.resolve(gold["locality"]) if gold.get("locality") else None
    article = text_article(text, published_on=date.fromisoformat(published) if published else None, locality=locality)
    found = Found()
    for extractor in (places, people, dates):
        found.add(list(extractor(article, found, tools)))
    clauses, spotted = reading(article, found, tools)
    figures, position = {}, 0
    for each in gold["figures"]:
        start = text.find(each["surface"], position)
        if start >= 0:
            position = start + len(each["surface"])
            figures[start, position] = each
    return Reading(clauses, spotted, [figures.get((each.start, each.end)) for each in spotted])


def learnt(read: Sequence[Reading]) -> tuple[dict[Feature, float], dict[Feature, float]]:
    """The weights of items and of subjects. What is told of the quantity before is what the weights of the last round choose."""
    item: dict[Feature, float] = {}
    subject: dict[Feature, float] = {}
    for _ in range(_ROUNDS):
        item = _fitted(list(_cases(read, (rank.Table(item), rank.Table(subject)), 0)))
        subject = _fitted(list(_cases(read, (rank.Table(item), rank.Table(subject)), 1)))
    return item, subject


def _cases(read: Sequence[Reading], tables: tuple[rank.Table, rank.Table], which: int) -> Iterator[Case]:
    for clauses, quantities, wanted in read:
        for want, chosen in zip(wanted, choices(clauses, quantities, tables), strict=True):
            if want and want.get(_ROLES[which]):
                candidates = chosen[which].candidates
                agrees = [agreement(clauses.text[c.start : c.end], want[_ROLES[which]]) for c in candidates]
                if any(agrees):
                    yield Case(candidates, agrees)


def agreement(got: str, want: str) -> float:
    """1 for the same words; the share of the shorter in the longer where one holds the other."""
    got, want = "".join(got.split()), "".join(want.split())
    return min(len(got), len(want)) / max(len(got), len(want)) if got and (got in want or want in got) else 0.0


def _features(candidate: Candidate) -> Iterator[Feature]:
    of_phrase = candidate.phrase.aspects if candidate.phrase else ()
    return chain.from_iterable(map(features, (*candidate.aspects, *of_phrase)))


def _fitted(cases: Sequence[Case]) -> dict[Feature, float]:
    """The weights under which the agreeing candidates are likeliest."""
    held = [list(_features(candidate)) for case in cases for candidate in case.candidates]
    seen = Counter(feature for each in held for feature in each)
    number = {feature: n for n, feature in enumerate(f for f, count in seen.items() if count >= _RARE)}
    ids = [[number[feature] for feature in each if feature in number] for each in held]
    flat, owner = (
        np.array([n for each in ids for n in each]),
        np.repeat(np.arange(len(ids)), [len(each) for each in ids]),
    )
    sizes = np.array([len(case.candidates) for case in cases])
    first, group = np.concatenate([[0], np.cumsum(sizes)[:-1]]), np.repeat(np.arange(len(cases)), sizes)
    right = np.array([value for case in cases for value in case.agrees]) ** _SHARP
    weights, mean, square = np.zeros(len(number)), np.zeros(len(number)), np.zeros(len(number))
    for step in range(1, _STEPS + 1):
        sums = np.bincount(owner, weights=weights[flat], minlength=len(ids))
        odds = np.exp(sums - np.maximum.reduceat(sums, first)[group])
        error = odds / np.add.reduceat(odds, first)[group] - odds * right / np.add.reduceat(odds * right, first)[group]
        slope = np.bincount(flat, weights=error[owner], minlength=len(number)) + _PENALTY * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        weights -= _PACE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return {feature: float(weights[n]) for feature, n in number.items()}
