"""The gazetteer: names to units, what lies below, a clear error where nothing is installed."""

from __future__ import annotations

import importlib.util

import pytest

from pipeline import divisions, gazetteer
from pipeline.errors import UsageError


@pytest.fixture(scope="module")
def known() -> gazetteer.Gazetteer:
    return gazetteer.load()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("浙江省衢州市柯城区", "浙江省/衢州市/柯城区"),
        ("衢州市/柯城区", "浙江省/衢州市/柯城区"),
        ("330802", "浙江省/衢州市/柯城区"),
        ("柯城区/石梁镇", "浙江省/衢州市/柯城区/石梁镇"),
        ("柯城区/石梁镇/白云村", "浙江省/衢州市/柯城区/石梁镇/白云村"),
    ],
)
def test_one_unit_is_meant(known: gazetteer.Gazetteer, name: str, path: str) -> None:
    found = known.resolve(name)
    assert found is not None
    assert found.path == path


@pytest.mark.parametrize("name", ["", "鼓楼区", "无此县", "/"])
def test_no_unit_rather_than_a_guess(known: gazetteer.Gazetteer, name: str) -> None:
    assert known.resolve(name) is None


def test_ancestor_of_a_town(known: gazetteer.Gazetteer) -> None:
    town = known.unit("浙江省/衢州市/柯城区/石梁镇")
    assert town is not None
    county = known.ancestor(town, "county")
    assert county is not None
    assert county.code == "330802"


def test_no_dictionary_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"E004 .*jionlp"):
        divisions.dictionary()
