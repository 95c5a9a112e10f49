"""The trial of the place stage holds on counties of all provinces."""

from __future__ import annotations

import pytest

from pipeline.gazetteer import load

from .trial_places import measure


@pytest.mark.slow
def test_two_thousand_sentences_of_two_hundred_counties() -> None:
    precision, recall, errors = measure(load())
    assert precision >= 0.97, errors[:20]
    assert recall >= 0.97, errors[:20]
