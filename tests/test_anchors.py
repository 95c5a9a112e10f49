"""Many words in a text at once: what the plain alternation finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.anchors import Anchors, Words

text = st.text(alphabet="村镇社区大道公路江𠀀a", max_size=30)
word = st.text(alphabet="村镇社区大道公路江𠀀a", min_size=1, max_size=4)


@given(st.sets(word, min_size=1, max_size=8), text)
def test_words_are_those_of_an_alternation(words: set[str], folded: str) -> None:
    plain = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
    assert [hit.span() for hit in Words(words).finditer(folded)] == [hit.span() for hit in plain.finditer(folded)]


@given(st.sets(word, max_size=8), text)
def test_every_beginning_is_named(words: set[str], folded: str) -> None:
    begin = {i for i in range(len(folded)) if any(folded.startswith(word, i) for word in words)}
    assert begin <= set(Anchors({word[:2] for word in words}).starts(folded)) <= set(range(len(folded)))


@pytest.mark.parametrize(("words", "places"), [((), []), (("村",), [1, 3]), (("航埠",), [4])])
def test_places_of_a_text(words: tuple[str, ...], places: list[int]) -> None:
    assert Anchors(words).starts("严村镇村航埠") == places
