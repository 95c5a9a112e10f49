"""Dates: the battery of own sentences, what the article adds, and the calendar beneath."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline.documents import text_article
from pipeline.extract import Found, Resources
from pipeline.extract.dates import dates
from pipeline.model import Article
from pipeline.schema import BylineRow, DateRow, PersonMentionRow
from pipeline.timex import almanac

BATTERY = Path(__file__).parent / "batteries" / "dates.jsonl"
NOTHING = Resources(gazetteer=None)  # type: ignore[arg-type]  # dates look nothing up


def found_in(text: str, published: str | None = "2022-06-16", found: Found | None = None) -> list[DateRow]:
    day = date.fromisoformat(published) if published else None
    return list(dates(text_article(text, published_on=day), found or Found(), NOTHING))


def as_gold(row: DateRow) -> dict[str, str | None]:
    start, end = row.start_date, row.end_date
    return {
        "surface": row.surface,
        "start": start and start.isoformat(),
        "end": end and end.isoformat(),
        "value": row.timex_value,
        "type": row.timex_type,
    }


def battery() -> list[object]:
    """One case a line; a known failure is strict: the day it passes, it moves to the wild."""
    cases = []
    for line in BATTERY.read_text(encoding="utf8").splitlines():
        case = json.loads(line)
        marks = [pytest.mark.xfail(strict=True)] if case["kind"] == "known-failure" else []
        cases.append(pytest.param(case["text"], case["published"], case["dates"], id=case["text"][:24], marks=marks))
    return cases


@pytest.mark.parametrize(("text", "published", "expected"), battery())
def test_battery(text: str, published: str | None, expected: list[dict[str, str | None]]) -> None:
    assert [as_gold(row) for row in found_in(text, published)] == expected


def test_battery_is_broad() -> None:
    cases = [json.loads(line) for line in BATTERY.read_text(encoding="utf8").splitlines()]
    assert len(cases) >= 500
    assert sum(not case["dates"] for case in cases) >= len(cases) / 3


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("昨天下了雨。", "published"),
        ("6月3日开桨,当天来了两万人。", "previous"),
        ("2018年3月,签约。5月,开工。", "previous"),
        ("2018年成立。", None),
        ("近日开业。", None),
    ],
)
def test_anchor_says_what_was_used(text: str, anchor: str | None) -> None:
    assert found_in(text)[-1].anchor == anchor


def test_a_name_holds_its_word_of_time() -> None:
    text = "记者 储谷雨 通讯员 张立夏\n村民佟立秋说,立秋后晚稻就要抽穗。"
    article = text_article(text)
    found = Found()
    found.add([_person(article, "佟立秋"), _byline(article, "储谷雨"), _byline(article, "张立夏")])
    rows = found_in(text, found=found)
    assert [(row.surface, row.start_char) for row in rows] == [("立秋", text.index("立秋后"))]


def _person(article: Article, name: str) -> PersonMentionRow:
    start = article.text.index(name)
    return PersonMentionRow(article.article_id, start, start + len(name), name, name, "rule", 1.0)


def _byline(article: Article, name: str) -> BylineRow:
    start = article.text.index(name)
    return BylineRow(article.article_id, 0, None, name, start, start + len(name))


@pytest.mark.parametrize(
    ("year", "rule", "day"),
    [
        (2022, "lunar 1-1", date(2022, 2, 1)),
        (2024, "lunar 12-0", date(2024, 2, 9)),
        (2023, "term 清明", date(2023, 4, 5)),
        (2024, "sunday 5-2", date(2024, 5, 12)),
        (2022, "fu 1", date(2022, 7, 16)),
        (2025, "fu 1", date(2025, 7, 20)),
        (2022, "10-01", date(2022, 10, 1)),
        (1800, "lunar 1-1", None),
    ],
)
def test_feasts_by_the_calendar(year: int, rule: str, day: date | None) -> None:
    assert almanac.feast(year, rule) == day


@pytest.mark.parametrize(
    ("feast", "rule", "first", "last"),
    [
        (date(2011, 4, 5), "term 清明", date(2011, 4, 3), date(2011, 4, 5)),
        (date(2012, 4, 4), "term 清明", date(2012, 4, 2), date(2012, 4, 4)),
        (date(2015, 4, 5), "term 清明", date(2015, 4, 4), date(2015, 4, 6)),
        (date(2018, 4, 5), "term 清明", date(2018, 4, 5), date(2018, 4, 7)),
        (date(2007, 5, 1), "05-01", date(2007, 5, 1), date(2007, 5, 7)),
        (date(2021, 5, 1), "05-01", date(2021, 5, 1), date(2021, 5, 5)),
        (date(2023, 1, 22), "lunar 1-1", date(2023, 1, 21), date(2023, 1, 27)),
        (date(2024, 6, 1), "06-01", date(2024, 6, 1), date(2024, 6, 1)),
    ],
)
def test_public_holidays(feast: date, rule: str, first: date, last: date) -> None:
    assert almanac.holiday(feast, rule) == (first, last)


def test_lunar_dates_that_are_none() -> None:
    assert almanac.lunar(2022, 13, 1) is None
    assert almanac.lunar(2022, 2, 31) is None
