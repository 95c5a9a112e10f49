"""The trial of the place stage holds on counties of all provinces."""

from __future__ import annotations

import pytest

from pipeline.gazetteer import load

from .peers_places import GOLD, path
from .peers_places import measure as beside
from .trial_places import measure


@pytest.mark.slow
def test_two_thousand_sentences_of_two_hundred_counties() -> None:
    precision, recall, errors = measure(load())
    assert precision >= 0.97, errors[:20]
    assert recall >= 0.97, errors[:20]


@pytest.mark.benchmarks
def test_beside_other_tools_on_our_articles() -> None:
    ours, alone, *peers = beside(GOLD)
    assert ours.recall > 0.9
    assert min(ours.precision, alone.precision) > 0.9
    assert ours.speed > 200_000
    for peer in peers:
        assert alone.to_county > peer.to_county
        assert alone.precision > peer.precision
        assert alone.speed > peer.speed


@pytest.mark.parametrize(
    ("parts", "joined"), [(("上海市", "市辖区", "浦东新区"), "上海市/浦东新区"), (("四川省", float("nan")), "四川省")]
)
def test_paths_of_other_tools_are_spelt_as_ours(parts: tuple[object, ...], joined: str) -> None:
    assert path(parts) == joined
