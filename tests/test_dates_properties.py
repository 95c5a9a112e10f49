"""Properties of dates for any text: spans, clauses, every day of two centuries, paragraphs, linear time."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.extract import check_span
from pipeline.text import fold
from pipeline.timex import lexer, mentions

from .test_dates import as_gold, found_in, text_article

PIECES = [
    "2021年", "二〇二一年", "5月", "12日", "上午", "8点半", "18:30", "今年", "去年", "前", "后", "以来", "至", "到", "-", "、", "的", "第", "每", "周三", "每周", "春节", "“五一”",
    "农历", "正月", "初三", "腊月", "近", "三年", "来", "两", "个", "月底", "初", "中旬", "上世纪", "九十年代", "“十四五”", "期间", "当天", "次日", "同期", "目前", "未来", "截至", "自", "起",
    "(星期三)", "一个", "傍晚", "季度", "上半年", "春", "冬", "雨水", "世界环境日", "假期", "是", "止", "1,", "半", "十", "一百二十万", ",", "。", "\n", "“", "”", "村民", "开工", "将", " ", "/", ".",
]  # fmt: skip
ANY = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=24).map("".join),
)
PUBLISHED = st.one_of(st.none(), st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat))
CLAUSE = re.compile(r"[,。;!?\n]")


def holds(text: str, published: str | None) -> None:
    """The surface stands where the row says, rows do not overlap, none crosses a clause."""
    rows = found_in(text, published)
    article = text_article(text)
    for row in rows:
        check_span(article, row)
        assert not CLAUSE.search(fold(row.surface))
        assert len(row.surface) <= 60
        assert row.start_date is None or row.end_date is None or row.start_date <= row.end_date
    assert all(a.end_char <= b.start_char for a, b in pairwise(rows))


@given(ANY, PUBLISHED)
@settings(max_examples=150, deadline=None)
def test_any_text(text: str, published: str | None) -> None:
    holds(text, published)


@pytest.mark.slow
@given(ANY, PUBLISHED)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_at_length(text: str, published: str | None) -> None:
    holds(text, published)


_DIGITS = "〇一二三四五六七八九"


def spelt(number: int) -> str:
    """12 as 十二, 30 as 三十."""
    tens, units = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[units] if units else "")


def year_spelt(year: int) -> str:
    return "".join(_DIGITS[int(c)] for c in str(year))


def spellings(day: date) -> list[str]:
    y, m, d = day.year, day.month, day.day
    return [
        f"{y}年{m}月{d}日", f"{y}年{m:02d}月{d:02d}日", f"{y}年{m}月{d}号", f"{y}-{m:02d}-{d:02d}", f"{y}-{m}-{d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}.{m:02d}.{d:02d}",
        f"{year_spelt(y)}年{spelt(m)}月{spelt(d)}日", f"{year_spelt(y).replace('〇', '○')}年{spelt(m)}月{spelt(d)}日", f"{y}年{spelt(m)}月{spelt(d)}日", f"{y}年{m}月{d}日".translate({n + 48: n + 0xFF10 for n in range(10)}),
    ]  # fmt: skip


def read_back(day: date) -> None:
    for text in spellings(day):
        rows = found_in(f"会议于{text},在县城召开。", None)
        assert [(row.surface, row.start_date, row.end_date, row.timex_value) for row in rows] == [
            (text, day, day, day.isoformat())
        ]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_a_day_in_twelve_spellings(day: date) -> None:
    read_back(day)


@pytest.mark.slow
@pytest.mark.parametrize("year", range(1900, 2101, 10))
def test_every_day_in_twelve_spellings(year: int) -> None:
    day, end = date(year, 1, 1), date(min(year + 9, 2100), 12, 31)
    while day <= end:
        read_back(day)
        day += timedelta(days=1)


SENTENCES = [
    "2018年3月,合作社成立。", "去年底,全村通气。", "5月12日上午,县长到访。", "近年来,游客多了。", "2020年至2022年,修路80公里。", "截至5月底,完成六成。", "每年底公布账目。",
    "“十四五”期间建校12所。", "上世纪九十年代办过厂。", "6月底前全部完工。", "春节期间照常开放。", "昨晚下了雨。", "两年前还是荒滩。", "路修好了。", "老人今年87岁。", "一季度开门红。",
]  # fmt: skip


PARAGRAPHS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6)


def alone_as_together(sentences: list[str]) -> None:
    """The same surfaces and types; the values too where nothing was told before."""
    together = [as_gold(row) for row in found_in("".join(sentences))]
    alone = [as_gold(row) for sentence in sentences for row in found_in(sentence)]
    assert [(row["surface"], row["type"]) for row in together] == [(row["surface"], row["type"]) for row in alone]
    first = len(found_in(sentences[0]))
    assert together[:first] == alone[:first]


@given(PARAGRAPHS)
@settings(max_examples=60, deadline=None)
def test_a_sentence_alone_and_in_its_paragraph(sentences: list[str]) -> None:
    alone_as_together(sentences)


@pytest.mark.slow
@given(PARAGRAPHS)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_sentence_alone_and_in_its_paragraph_at_length(sentences: list[str]) -> None:
    alone_as_together(sentences)


LINES = [
    "1,",
    "二〇二一年",
    "2021年1月2日",
    "一百二十万",
    "半",
    "7",
    "(",
    "“",
    '"',
    "年",
    "每周",
    "第",
    "至",
    "初",
    "以来",
    "近三年",
    "农历",
    "、5日",
    "每年春节、",
]


@pytest.mark.parametrize("piece", LINES)
def test_steps_grow_with_the_length(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every anchor reads a bounded number of tokens, whatever the line repeats."""
    steps = 0
    read = lexer.read

    def counted(text: str, position: int) -> lexer.Token | None:
        nonlocal steps
        steps += 1
        return read(text, position)

    monkeypatch.setattr(lexer, "read", counted)

    def cost(length: int) -> int:
        nonlocal steps
        steps = 0
        for _ in mentions((piece * length)[:length]):
            pass
        return steps

    short, long = cost(1000), cost(2000)
    assert long <= 2.5 * short + 20
    assert long <= 12 * 2000
