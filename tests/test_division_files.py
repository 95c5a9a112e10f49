"""User gazetteers: rows are merged, a broken line is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.division_files import merge
from pipeline.divisions import Node
from pipeline.errors import UsageError


def _tree() -> dict[str, Node]:
    county = Node(3, "330802")
    return {"浙江省": Node(1, "330000", children={"衢州市": Node(2, "330800", children={"柯城区": county})})}


def test_a_town_is_added_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    path.write_text("code,name,level,parent\n330802999,新溪镇,4,330802\n", encoding="utf8")
    tree = _tree()
    merge(tree, path)
    town = tree["浙江省"].children["衢州市"].children["柯城区"].children["新溪镇"]
    assert (town.level, town.code) == (4, "330802999")


@pytest.mark.parametrize("line", ["330802999,,4,330802", "33x802,新溪镇,4,330802", "999999001,新溪镇,4,999999"])
def test_the_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "towns.csv"
    path.write_text(f"code,name,level,parent\n330802100,石溪镇,4,330802\n{line}\n", encoding="utf8")
    with pytest.raises(UsageError, match=r"E004 .*line 3"):
        merge(_tree(), path)


def test_a_county_is_renamed_by_its_code_and_its_old_codes_follow(tmp_path: Path) -> None:
    path = tmp_path / "renamed.csv"
    path.write_text(
        "code,name,level,parent\n330899,柯城区,3,330800\n330802,新柯区,3,330800\n330899001,新溪镇,4,330899\n",
        encoding="utf8",
    )
    tree = _tree()
    merge(tree, path)
    counties = tree["浙江省"].children["衢州市"].children
    assert {"柯城区", "新柯区"} >= counties.keys()
    assert any("新溪镇" in county.children for county in counties.values())


def test_a_town_of_twelve_digits_is_one_of_nine(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code,name,lat,lon\n330802101000,航埠镇,28.95,118.76\n", encoding="utf8")
    tree = _tree()
    merge(tree, path)
    town = tree["浙江省"].children["衢州市"].children["柯城区"].children["航埠镇"]
    assert (town.code, town.latitude) == ("330802101", "28.95")
