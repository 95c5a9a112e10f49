"""The choice among candidates: the one whose features weigh most, by lexicon figures_weights.csv.

In: candidates. Out: the best of them. The weights are learnt from annotated articles by `weigh`, in hundredths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Final

from .. import lexicon
from .candidates import FEATURES, Aspect, Candidate, Feature

_KEPT: Final = 1 << 15  # aspects whose weight is remembered


class Table:
    """The weights of features, summed by aspect."""

    def __init__(self, weights: Mapping[Feature, float]) -> None:
        """`weights` may lack features: they weigh nothing."""
        by_name: defaultdict[str, dict[object, float]] = defaultdict(dict)
        for (name, *values), weight in weights.items():
            by_name[name][values[0] if len(values) == 1 else tuple(values)] = weight  # as itemgetter has them
        parts = {
            aspect: [(itemgetter(*places), by_name[name].get) for name, places in combined]
            for aspect, combined in FEATURES.items()
        }

        def weight_of(aspect: Aspect) -> float:
            return sum([get(values(aspect), 0.0) for values, get in parts[aspect[0]]])

        self.weight = lru_cache(_KEPT)(weight_of)


@cache
def table(role: str) -> Table:
    """The weights for choosing an item or a subject."""
    rows = lexicon.rows("figures_weights")
    return Table(
        {(row["feature"], *row["values"].split("|")): int(row["weight"]) for row in rows if row["role"] == role}
    )


def best(candidates: Sequence[Candidate], table: Table) -> Candidate | None:
    """The candidate of the greatest sum, the first of equals."""
    weight, choice, top = table.weight, None, float("-inf")
    for each in candidates:
        phrase, total = each.phrase, sum(map(weight, each.aspects))
        if phrase is not None:
            if phrase.table is not table:  # what is true of a phrase is weighed once, and serves all quantities around
                phrase.table, phrase.weight = table, sum(map(weight, phrase.aspects))
            total += phrase.weight
        if total > top:
            choice, top = each, total
    return choice
