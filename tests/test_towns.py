"""A county's towns and villages: the block and its reader, what begins with two characters, what stands in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.towns import Towns, block, read

COUNTY = "甲省/乙市/丙县"
NAMES = {"石溪镇": ("白云村", "石溪村"), "兵团七十四团": ()}
FACTS = {"石溪镇/白云村": ("330802100001", "28.95", "118.76")}

name = st.text(alphabet="石溪镇白云村", min_size=1, max_size=4)


def known() -> Towns:
    return read(COUNTY, block(NAMES, FACTS))


@given(st.dictionaries(name, st.lists(name, unique=True, max_size=3).map(tuple), max_size=4))
def test_a_block_is_read_as_it_was_written(names: dict[str, tuple[str, ...]]) -> None:
    facts = dict.fromkeys(names, ("330802100", "", ""))
    found = read(COUNTY, block(names, facts))
    assert (found.names, found.facts) == (names, facts)
    assert len(list(found)) == len(names) + sum(map(len, names.values()))


def test_a_unit_has_its_level_code_and_point() -> None:
    village = known().get(f"{COUNTY}/石溪镇/白云村")
    assert village is not None
    assert (village.level, village.code, village.latitude) == ("village", "330802100001", 28.95)
    assert known().get(f"{COUNTY}/石溪镇/红星村") is None


def test_what_begins_with_two_characters_and_what_stands_in_a_text() -> None:
    assert [unit.name for unit in known().begin("石溪")] == ["石溪镇", "石溪村"]
    assert [unit.name for unit in known().begin("七十")] == ["兵团七十四团"]
    assert [unit.path for unit in known().at("在石溪镇白云村", 4)] == [f"{COUNTY}/石溪镇/白云村"]
