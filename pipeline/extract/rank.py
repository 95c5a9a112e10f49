"""The choice among candidates: the one whose features weigh most, by lexicon figures_weights.csv.

In: candidates. Out: the best of them. The weights are learnt from annotated articles by `weigh`, in hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from .. import lexicon
from .candidates import Candidate, Feature, Phrase

Weights = Mapping[Feature, float]


@cache
def weights(role: str) -> Weights:
    """The weights of item or subject."""
    rows = lexicon.rows("figures_weights")
    return {tuple(row["feature"].split("|")): int(row["weight"]) for row in rows if row["role"] == role}


def best(candidates: Sequence[Candidate], table: Weights) -> Candidate | None:
    """The candidate of the greatest sum, the first of equals."""
    get, choice, top = table.get, None, float("-inf")
    for each in candidates:
        total = 0.0 if each.phrase is None else _weight(each.phrase, table)
        for feature in each.features:
            total += get(feature, 0.0)
        if total > top:
            choice, top = each, total
    return choice


def _weight(phrase: Phrase, table: Weights) -> float:
    """What is true of a phrase is weighed once, and serves all quantities around it."""
    if phrase.weighed is not table:
        phrase.weighed, phrase.weight = table, sum(table.get(feature, 0.0) for feature in phrase.features)
    return phrase.weight
