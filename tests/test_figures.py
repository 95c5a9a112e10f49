"""Figures: the battery of own sentences, what the article adds, and how items and subjects are learnt."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline import gazetteer, weigh
from pipeline.documents import text_article
from pipeline.extract import Found, Resources
from pipeline.extract.dates import dates
from pipeline.extract.figures import figures
from pipeline.schema import FigureRow, PersonMentionRow, PlaceMentionRow

BATTERY = Path(__file__).parent / "batteries" / "figures.jsonl"


@cache
def resources() -> Resources:
    return Resources(gazetteer=gazetteer.load())


def found_in(text: str, found: Found | None = None) -> list[FigureRow]:
    """The figures of a text, its dates found before."""
    article, rows = text_article(text), found or Found()
    rows.add(list(dates(article, rows, resources())))
    return list(figures(article, rows, resources()))


def as_gold(row: FigureRow) -> dict[str, Any]:
    return {each: getattr(row, each) for each in ("surface", "value", "value_max", "unit", "qualifier")}


def agrees(got: str | None, want: str) -> bool:
    """As the score has it: the same words, or one within the other."""
    return got is not None and (got in want or want in got)


def battery() -> list[object]:
    """One case a line; a known failure is strict: the day it passes, it moves to the wild."""
    cases = []
    for line in BATTERY.read_text(encoding="utf8").splitlines():
        case = json.loads(line)
        marks = [pytest.mark.xfail(strict=True)] if case["kind"] == "known-failure" else []
        cases.append(pytest.param(case["text"], case["figures"], id=case["text"][:24], marks=marks))
    return cases


@pytest.mark.parametrize(("text", "expected"), battery())
def test_battery(text: str, expected: list[dict[str, Any]]) -> None:
    rows = found_in(text)
    plain = [{key: value for key, value in each.items() if key not in ("item", "subject")} for each in expected]
    assert [as_gold(row) for row in rows] == [pytest.approx(each) if each["value"] % 1 else each for each in plain]
    for row, each in zip(rows, expected, strict=True):
        assert all(agrees(getattr(row, key), each[key]) for key in ("item", "subject") if key in each), row


def test_battery_is_broad() -> None:
    kinds = [json.loads(line)["kind"] for line in BATTERY.read_text(encoding="utf8").splitlines()]
    assert len(kinds) >= 330
    assert kinds.count("negative") >= len(kinds) / 3


@pytest.mark.parametrize(
    ("text", "si_value", "si_unit"),
    [
        ("占地3亩。", 2000, "m2"), ("重5吨。", 5000, "kg"), ("长2.5公里。", 2500, "m"), ("花了1.2万元。", 12000, "元"), ("走了半小时。", 1800, "s"), ("占12%。", 0.12, "1"), ("来了8名学生。", 8, "person"),
        ("库容30万立方米。", 300000, "m3"), ("装机50兆瓦。", 50_000_000, "W"),
    ],
)  # fmt: skip
def test_the_same_in_si_units(text: str, si_value: float, si_unit: str) -> None:
    (row,) = found_in(text)
    assert (row.si_value, row.si_unit) == (pytest.approx(si_value), si_unit)


def test_names_hold_their_numbers() -> None:
    """A number in the name of a person or place is no figure; the place of the subject is told."""
    text = "七里乡有党员1280名。"
    article, found = text_article(text), Found()
    found.add([PlaceMentionRow(article.article_id, 0, 3, "七里乡", "place", "list", 1.0)])
    found.add([PersonMentionRow(article.article_id, 4, 6, "党员", "x", "rule", 1.0)])
    (row,) = found_in(text, found)
    assert (row.surface, row.unit, row.subject_place_id) == ("1280名", "人", "place")


def test_weights_are_learnt_from_gold(tmp_path: Path) -> None:
    """The same gold gives the same weights, and they choose what it says."""
    gold = {
        "id": "a", "locality": None, "published": None, "title": None, "paragraphs": ["果园面积约270亩。"] * 6, "bylines": [], "people": [], "places": [], "dates": [],
        "figures": [{"surface": "约270亩", "value": 270, "unit": "亩", "qualifier": "~", "item": "面积", "subject": "果园"}] * 6,
    }  # fmt: skip
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(gold, ensure_ascii=False), encoding="utf8")
    once, twice = list(weigh.lines([path])), list(weigh.lines([path]))
    assert once == twice
    assert once[1] == "role,feature,values,weight"
    assert any(
        line.startswith('item,measured: form kind after,"attribute|measure') and int(line.rpartition(",")[2]) > 0
        for line in once
    )


@pytest.mark.parametrize(
    ("got", "want", "share"), [("面积", "面积", 1), ("占地面积", "面积", 0.5), ("面积", "总投资", 0), ("", "面积", 0)]
)
def test_agreement(got: str, want: str, share: float) -> None:
    assert weigh.agreement(got, want) == share
