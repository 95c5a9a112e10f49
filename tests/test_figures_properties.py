"""Properties of figures for any text: spans, clauses, dates beside them, paragraphs, steps that grow with the length."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import numerals
from pipeline.documents import text_article
from pipeline.extract import Found, check_span
from pipeline.extract.dates import dates
from pipeline.extract.figures import figures
from pipeline.quantities import quantities
from pipeline.text import fold

from .test_figures import as_gold, found_in, resources

PIECES = [
    "3", "12", "1,280", "2.5", "三", "两", "十几", "几百", "三四十", "万", "亿", "余", "多", "半", "约", "近", "超过", "不到", "以上", "左右", "亩", "名", "户", "个", "元", "公里", "%", "百分之", "分之", "成", "倍", "岁", "小时",
    "年", "月", "日", "至", "-", "~", "、", "和", "的", "第", "每", "“", "”", "(", ")", "村民", "总投资", "增长", "全村", "该镇", "他", "苹果", "达到", "从", "提高到", "其中", ",", "。", "\n", " ", ".", "/", "点", "零", "兆", "瓦",
]  # fmt: skip
ANY = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
CLAUSE = re.compile(r",(?!\d{3})|[。;!?\n]")


def holds(text: str) -> None:
    """The surface stands where the row says, rows overlap neither each other nor a date, none crosses a clause, item and subject are words of the text."""
    article, found = text_article(text), Found()
    days = list(dates(article, found, resources()))
    found.add(days)
    rows = list(figures(article, found, resources()))
    for row in rows:
        check_span(article, row)
        assert not CLAUSE.search(fold(row.surface))
        assert row.value_max is None or row.value_max > row.value
        assert all(each is None or (each and each in article.text) for each in (row.item, row.subject))
    held = sorted((row.start_char, row.end_char) for row in [*rows, *days])
    assert all(a[1] <= b[0] for a, b in pairwise(held))


@given(ANY)
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    holds(text)


@pytest.mark.slow
@given(ANY)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_at_length(text: str) -> None:
    holds(text)


SENTENCES = [
    "全村有182户。", "合作社种了三四十亩果树,亩产620公斤。", "项目总投资约1亿元,占地150亩。", "参保率由82%提高到97.5%。", "老人今年87岁。", "近1/3的店铺换了招牌。", "抢修用了不到半小时。", "路修好了。", "第三届运动会开幕。",
    "拆除违建5处、1800平方米。", "分别投入30、25、20万元。", "一批新设备到了。", "“三服务”活动走访企业12家。", "每公斤卖到12元5角。", "2018年建成,长3.5公里。", "热线12345接到来电。", "奖金3000元至5000元不等。", "八成农户入社。",
]  # fmt: skip


PARAGRAPHS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6, unique=True)


def alone_as_together(sentences: list[str]) -> None:
    """The same quantities, and the same items and subjects where nothing was told before and no word comes twice, which tells what a text is about."""
    together, alone = found_in("".join(sentences)), [found_in(sentence) for sentence in sentences]
    assert [as_gold(row) for row in together] == [as_gold(row) for rows in alone for row in rows]
    first = len(alone[0])
    assert [(row.item, row.subject) for row in together[:first]] == [(row.item, row.subject) for row in alone[0]]


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
    "一百二十万",
    "半",
    "7",
    "、1",
    "三、",
    "(",
    "“",
    "3个",
    "5%",
    "近3万多",
    "1/",
    "1-",
    "5至",
    "百",
    "一",
    "“3个",
    "第",
    "每",
    "上百个人",
]


def steps(monkeypatch: pytest.MonkeyPatch, target: Any, name: str, work: Callable[[], Any]) -> int:
    """How often a function is called in the work."""
    count, plain = 0, getattr(target, name)

    def counted(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        return plain(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(target, name, counted)
        work()
    return count


@pytest.mark.parametrize("piece", LINES)
def test_steps_grow_with_the_length(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every number is read a bounded number of times, whatever the line repeats."""
    short, long = (
        steps(monkeypatch, numerals, "read", lambda n=n: list(quantities((piece * n)[:n])))  # type: ignore[misc]
        for n in (1000, 2000)
    )
    assert long <= 2.5 * short + 20
    assert long <= 14 * 2000
