"""The gazetteer: names to units, what lies below, a clear error where nothing is installed."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path

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


def test_no_dictionary_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"E004 .*jionlp"):
        divisions.dictionary(tmp_path)


def test_the_dictionary_of_a_wheel_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = tmp_path / "jionlp-9.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("jionlp/dictionary/china_location.zip", divisions.dictionary().read_bytes())
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    kept = divisions.keep(wheel, tmp_path / "cache")
    assert divisions.dictionary(tmp_path / "cache") == kept
    with pytest.raises(UsageError, match="no wheel of jionlp"):
        divisions.keep(kept)


@pytest.mark.parametrize(
    ("name", "path", "towns"),
    [("天津市静海县", "天津市/静海县", True), ("四川省/凉山彝族自治州/会理县", "四川省/凉山彝族自治州/会理县", True),
     ("毕节地区织金县", "贵州省/毕节地区/织金县", True), ("那曲地区那曲县", "西藏自治区/那曲地区/那曲县", True),
     ("毕节地区毕节市", "贵州省/毕节地区/毕节市", True), ("江苏省淮阴市", "江苏省/淮阴市", False)],
)  # fmt: skip
def test_a_former_name_keeps_its_path(known: gazetteer.Gazetteer, name: str, path: str, towns: bool) -> None:
    found = known.resolve(name)
    assert found is not None
    assert found.path == path
    assert any(unit.path.startswith(path + "/") for unit in known.within(path)) is towns


def test_the_cache_is_small_and_sound(tmp_path: Path) -> None:
    data, key = divisions.cached((), tmp_path)
    assert divisions.sound(data)
    assert not divisions.sound(data[:-1])
    assert len(data) < 8_000_000
    assert len(key) == 16


def test_a_name_of_today_is_no_former_one(known: gazetteer.Gazetteer) -> None:
    assert known.resolve("毕节市") == known.resolve("520500")
    assert known.resolve("浙江省丽水市遂昌县") == known.resolve("331123")


def test_every_line_of_the_renames_tells_something(known: gazetteer.Gazetteer) -> None:
    for old in known.renames:
        assert old.now in known.national, old
        assert old.before not in known.national, old
        assert 1980 < old.until < 2026, old
        assert known.former[old.before].path == old.now
