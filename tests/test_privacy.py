"""Names of people without a public post: kept, shortened, dropped. All persons are invented."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from pipeline import load, spill, store
from pipeline.errors import UsageError
from pipeline.privacy import mask
from pipeline.run import run

from .test_run import digest

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


def test_no_id_tells_whether_a_name_was_guessed(raw: Path, tmp_path: Path) -> None:
    """The id of a private person is made of a place in an article; an official's of the name, and the same in every output."""
    seen = []
    for name in ("江大旺", "江小旺"):
        (raw / "a.txt").write_text(TEXT.replace("江大旺", name), encoding="utf8")
        out = tmp_path / name
        run(raw, out, private_names="initial", recogniser="rules", workers=0, locality="浙江省衢州市柯城区")
        mentions, people = load(out, "person_mentions"), load(out, "people").set_index("name")
        first = mentions[mentions["person_id"] == people["person_id"]["江某某"]].iloc[0]
        expected = hashlib.sha256(f"{first.article_id}\0{first.start_char}".encode()).hexdigest()[:15]
        assert people["person_id"]["江某某"] == f"p{expected}"
        seen.append(people["person_id"]["何立冬"])
    assert seen[0] == seen[1]


def test_the_record_of_corrections_does_not_keep_a_name(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(raw, out, private_names="initial", recogniser="rules", workers=0)
    person = next(row for row in load(out, "people").itertuples() if row.name == "江某某")
    line = f"action,table,id,field,value\nset,people,{person.person_id},name,江大望\n"
    (raw / "corrections.csv").write_text(line, encoding="utf8")
    run(raw, out, private_names="initial", recogniser="rules", workers=0)
    (kept,) = store.manifest(out)["corrections"]
    assert (kept["refused"], kept["old"]) == (None, None)
    assert "大" not in (out / "manifest.json").read_text(encoding="utf8")


def test_a_table_in_parts_is_masked_as_the_whole(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        (raw / f"{n}.txt").write_text(
            TEXT.replace("毛河", f"毛{n}河").replace("江大旺", f"江大{'旺望汪王'[n % 4]}"), encoding="utf8"
        )
    for mode in ("initial", "drop"):
        run(raw, tmp_path / mode, private_names=mode, recogniser="rules", workers=0)
    monkeypatch.setattr(spill, "_BATCH", 10)
    monkeypatch.setattr(spill, "HELD", 1000)
    for mode in ("initial", "drop"):
        shutil.copytree(tmp_path / mode / ".xianzhi", tmp_path / f"{mode}-parts" / ".xianzhi")
        run(raw, tmp_path / f"{mode}-parts", private_names=mode, recogniser="rules", workers=0)
        assert digest(tmp_path / f"{mode}-parts") == digest(tmp_path / mode)


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
