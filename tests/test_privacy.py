"""Names of people without a public post: kept, shortened, dropped. All persons are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import load
from pipeline.errors import UsageError
from pipeline.privacy import mask
from pipeline.run import run

TEXT = """毛河村的茶园

本报讯（记者 宋雨薇）5月6日，县委书记何立冬来到毛河村。村民欧阳小满说，今年收入3万元。村民江大旺种了5亩茶。欧阳小满笑着说，明年还种。
"""


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf8")
    return folder


@pytest.mark.parametrize(
    ("name", "initial", "drop"),
    [
        ("王小明", "王某某", "某某某"),
        ("欧阳小满", "欧阳某某", "某某某某"),
        ("阿依古丽·买买提", "阿某某某·某某某", "某某某某·某某某"),
    ],
)
def test_a_masked_name_keeps_its_length(name: str, initial: str, drop: str) -> None:
    assert (mask(name, "initial"), mask(name, "drop")) == (initial, drop)


@pytest.mark.parametrize(
    ("mode", "people", "printed"),
    [
        ("keep", {"何立冬", "欧阳小满", "江大旺"}, "村民欧阳小满说"),
        ("initial", {"何立冬", "欧阳某某", "江某某"}, "村民欧阳某某说"),
        ("drop", {"何立冬"}, "村民某某某某说"),
    ],
)
def test_every_table_and_the_text_alike(raw: Path, tmp_path: Path, mode: str, people: set[str], printed: str) -> None:
    out = tmp_path / "out"
    run(raw, out, private_names=mode, recogniser="rules", workers=0)
    assert set(load(out, "people")["name"]) == people
    text = load(out, "articles")["text"][0]
    assert printed in text
    assert "宋雨薇" in set(load(out, "bylines")["name"])
    for table in ("person_mentions", "figures", "dates", "place_mentions"):
        frame = load(out, table)
        assert all(text[r.start_char : r.end_char] == r.surface for r in frame.itertuples())
    if mode != "keep":
        for table in ("articles", "people", "person_mentions", "posts", "figures", "organisations"):
            assert (
                not load(out, table).astype(str).apply(lambda column: column.str.contains("小满|大旺")).any(axis=None)
            )


def test_the_mode_is_part_of_what_a_run_was_told(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(raw, out, private_names="drop", workers=0)
    assert run(raw, out, private_names="drop", workers=0).published is False
    assert run(raw, out, private_names="keep", workers=0).published is True
    assert "江大旺" in set(load(out, "people")["name"])


@pytest.mark.parametrize(("mode", "upto"), [("hide", "link"), ("drop", "extract")])
def test_what_cannot_be_is_an_error(raw: Path, tmp_path: Path, mode: str, upto: str) -> None:
    with pytest.raises(UsageError, match="E003"):
        run(raw, tmp_path / "out", private_names=mode, upto=upto, workers=0)
