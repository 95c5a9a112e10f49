"""Places in own sentences: units in scope, chains, units and sites by grammar, traps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import gazetteer
from pipeline.documents import text_article
from pipeline.extract import Found, Resources, check_span
from pipeline.extract.places import places
from pipeline.schema import PlaceMentionRow, PlaceRow


@pytest.fixture(scope="module")
def resources() -> Resources:
    return Resources(gazetteer=gazetteer.load())


def named(text: str, locality: str, resources: Resources) -> dict[str, str | None]:
    """Surfaces in reading order and the paths of their places."""
    own = resources.gazetteer.resolve(locality) if locality else None
    rows = list(places(text_article(text, locality=own), Found(), resources))
    paths = {row.place_id: row.path for row in rows if isinstance(row, PlaceRow)}
    return {row.surface: paths[row.place_id] for row in rows if isinstance(row, PlaceMentionRow)}


@pytest.mark.parametrize(
    ("locality", "text", "expected"),
    [
        ("浙江省衢州市柯城区", "他来到航埠镇严村村看望老人。", ["航埠镇", "严村村"]),
        ("浙江省衢州市柯城区", "航埠智尚小镇开工。", ["航埠智尚小镇"]),
        ("浙江省衢州市柯城区", "干部入户了解村情,开展网格走访。", []),
        ("浙江省衢州市柯城区", "三镇两村的“四平台”运转顺畅。", []),
        ("浙江省衢州市柯城区", "参与小区改造,改造小区三个。", []),
    ],
)
def test_names_found(locality: str, text: str, expected: list[str], resources: Resources) -> None:
    assert list(named(text, locality, resources)) == expected


def test_chain_has_full_path(resources: Resources) -> None:
    found = named("航埠镇发布通知。", "浙江省衢州市柯城区", resources)
    assert found == {"航埠镇": "浙江省/衢州市/柯城区/航埠镇"}


@given(st.text(alphabet="柯城区航埠镇村社在了,。 \n山路a1", max_size=40))
@settings(max_examples=60, deadline=None)
def test_spans_hold_for_any_text(resources: Resources, text: str) -> None:
    article = text_article(text)
    for row in places(article, Found(), resources):
        check_span(article, row)
