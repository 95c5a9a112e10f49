"""split --explain: the verdict of every line, and why, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from pipeline.explain import Reason, explain


def test_a_label_is_the_sum_of_its_features(raw: Path) -> None:
    reasons = [each for each in explain(raw) if isinstance(each, Reason)]
    assert {each.path for each in reasons} == {"one.txt", "sub/2021-06-20.txt"}
    assert reasons[0].label == "title"
    for each in reasons:
        assert each.score == pytest.approx(sum(value for _, value in each.features))


def test_what_cannot_be_read_says_so(raw: Path) -> None:
    (raw / "a.txt").write_bytes(b"\0\1\2" * 100)
    assert next(each for each in explain(raw) if not isinstance(each, Reason))[1].startswith("E102")


def test_the_command_prints_and_writes_nothing(raw: Path) -> None:
    before = sorted(raw.rglob("*"))
    printed = CliRunner().invoke(app, ["split", str(raw), "--explain"])
    assert printed.exit_code == 0
    assert "# one.txt" in printed.stdout
    assert "县领导督查汛期安全生产工作" in printed.stdout
    told = json.loads(CliRunner().invoke(app, ["split", str(raw), "--explain", "--json"]).stdout)
    assert told[0]["label"] == "title"
    assert sorted(raw.rglob("*")) == before


def test_without_it_an_output_is_needed(raw: Path) -> None:
    assert CliRunner().invoke(app, ["split", str(raw)]).exit_code == 2
