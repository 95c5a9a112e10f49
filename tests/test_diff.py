"""diff names every row that two outputs do not share."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from pipeline.diff import diff
from pipeline.errors import UsageError
from pipeline.run import run

TEXT = "县里修路\n\n2月3日，红星镇新建公路12公里。\n3月4日，东风镇新建公路5公里。\n"


def output(folder: Path, text: str, published: str = "2021-05-01") -> Path:
    raw = folder / "raw"
    shutil.rmtree(raw, ignore_errors=True)
    raw.mkdir(parents=True)
    (raw / f"{published}.txt").write_text(text, encoding="utf8")
    run(raw, folder / "out", workers=0)
    return folder / "out"


def test_equal_outputs_have_no_changes(tmp_path: Path) -> None:
    assert list(diff(output(tmp_path / "a", TEXT), output(tmp_path / "b", TEXT))) == []


def test_a_changed_value_is_shown_before_and_after_in_context(tmp_path: Path) -> None:
    a = output(tmp_path / "a", TEXT)
    b = tmp_path / "b"
    run(tmp_path / "a" / "raw", b, locality="浙江省衢州市开化县", workers=0)
    changes = list(diff(a, b))
    assert {each.table for each in changes} >= {"articles"}
    (article,) = [each for each in changes if each.table == "articles"]
    assert article.values["locality_path"][1] == "浙江省/衢州市/开化县"
    assert not {"dates"} & {each.table for each in changes}


def test_rows_that_only_one_has(tmp_path: Path) -> None:
    a, b = output(tmp_path / "a", TEXT), output(tmp_path / "b", TEXT + "5月6日，下雨。\n")
    kinds = Counter((each.table, each.kind) for each in diff(a, b, ("articles",)))
    assert kinds == {("articles", "added"): 1, ("articles", "removed"): 1}
    assert all(each.table == "dates" for each in diff(a, b, ("dates",)))


def test_the_command_prints_changes_and_tells_by_its_status(tmp_path: Path) -> None:
    a, b = output(tmp_path / "a", TEXT), output(tmp_path / "b", TEXT + "5月6日，下雨。\n")
    done = CliRunner().invoke(app, ["diff", str(a), str(b)])
    assert done.exit_code == 1
    assert "+ dates" in done.stdout
    assert "5月6日" in done.stdout
    assert CliRunner().invoke(app, ["diff", str(a), str(a)]).exit_code == 0


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    a = output(tmp_path / "a", TEXT)
    with pytest.raises(UsageError, match="E005"):
        list(diff(a, tmp_path))
    with pytest.raises(UsageError, match="no table"):
        list(diff(a, a, ("nonsense",)))
