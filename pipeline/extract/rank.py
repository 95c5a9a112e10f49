"""The choice among candidates: the one whose features weigh most, by lexicon figures_weights.csv.

In: candidates. Out: the best of them. The weights are learnt from annotated articles by `weigh`, in hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Final

from .. import lexicon
from .candidates import Candidate, Feature

Weights = Mapping[Feature, float]
_NOTHING: Final = repeat(0.0)  # what a feature without a weight weighs


@cache
def weights(role: str) -> Weights:
    """The weights of item or subject."""
    rows = lexicon.rows("figures_weights")
    return {tuple(row["feature"].split("|")): int(row["weight"]) for row in rows if row["role"] == role}


def best(candidates: Sequence[Candidate], table: Weights) -> Candidate | None:
    """The candidate of the greatest sum, the first of equals."""
    get, choice, top = table.get, None, float("-inf")
    for each in candidates:
        phrase, total = each.phrase, sum(map(get, each.features, _NOTHING))
        if phrase is not None:
            if (
                phrase.weighed is not table
            ):  # what is true of a phrase is weighed once, and serves all quantities around it
                phrase.weighed, phrase.weight = table, sum(map(get, phrase.features, _NOTHING))
            total += phrase.weight
        if total > top:
            choice, top = each, total
    return choice
