"""Text that nobody prints: no extractor fails on it, and none takes more than in proportion to its length."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.documents import text_article
from pipeline.extract import EXTRACTORS, Found, Resources, bylines, extract
from pipeline.model import Document, Locality, Source
from pipeline.split import split
from pipeline.stages import Settings, resources

from .conftest import size

STAGES = ("split", "bylines", *(each.__name__ for each in EXTRACTORS))
WORDS = "镇村县市省区街道路人民政府县委书记副局长主任王李欧阳佟墨林年月日第上下半前后每近约多余万亿千百十几两一二三123,.%％—-～~()（）【】[]“”\"'‘’、,。:：;记者通讯员摄讯\n\t 　\u200b\u202e\ufeff𠮷"
# What is repeated: runs of one kind without an end, brackets that never close, beginnings of every kind of expression.
PIECES = (
    "1", "1,", "1.", "1-", "0.5%", "一", "二〇", "十百", "万", "几百", "一百二十万", "3个", "3个、", "“3个", "12日", "、5日", "年", "2021年", "2021年1月2日", "今年", "每周", "第", "至", "初", "以来",
    "(", "（", ")", "【", "“", "”", '"', "《", "、", "，", ":", "—", "　", "\n", "\t", "\u200b", "王", "王伟", "王伟、", "王　伟 ", "记者", "(记者 王伟", "摄", "文/图", "讯 ", "县", "县委", "县委副", "书记", "副书记、", "局长",
    "县长王伟", "省市", "浙江省", "红星镇", "红星镇、", "村", "村委会", "街道", "路", "开化县音坑乡", "公司", "有限", "的", "a", "A1", "http://", "𠮷", "\u202e",
)  # fmt: skip


@cache
def tools() -> Resources:
    return resources(Settings())


def stages(text: str) -> Iterator[str]:
    """Does one stage after the other, and names each when it is done."""
    list(split(Document("d", Source(Path("a.txt"), "a.txt"), "", "utf-8", 0, text)))
    yield "split"
    article = text_article(text, published_on=date(2021, 6, 19), locality=Locality("浙江省/衢州市/开化县", "330824"))
    found = Found()
    found.add(bylines(article, found, tools()))
    yield "bylines"
    for extractor in EXTRACTORS:
        found.add(list(extractor(article, found, tools())))
        yield extractor.__name__


def costs(text: str) -> dict[str, float]:
    """Stage → CPU seconds, the least of three."""
    taken = dict.fromkeys(STAGES, float("inf"))
    for _ in range(3):
        began = time.process_time()
        for stage in stages(text):
            now = time.process_time()
            taken[stage], began = min(taken[stage], now - began), now
    return taken


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_thousand_times_the_same_is_read(piece: str) -> None:
    text = (piece * 1000)[:1000]
    assert tuple(stages(text)) == STAGES


@given(st.text() | st.text(WORDS, max_size=200) | st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@example("开化县音坑乡")  # a text that ends with a chain of places
@example("\ud83d镇")  # and one that UTF-8 cannot write
@example("开化县\ud83d公司总经理王伟说")
@settings(max_examples=size(150, 20_000), deadline=None)
def test_any_string_gives_rows_whose_spans_hold(text: str) -> None:
    for _ in extract(text_article(text), (), tools()):
        pass


@pytest.mark.benchmarks
@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_twice_the_text_takes_at_most_two_and_a_half_times_as_long(piece: str) -> None:
    """Linear, to 1 MB at night; below 5 ms the clock says nothing. And never more than a second for 100,000 characters."""
    most = size(16_000, 1_000_000)
    short, long = (costs(piece * (n // len(piece))) for n in (most // 2, most))  # whole ones: a half name asks for more
    assert {
        stage: round(long[stage] / short[stage], 1) for stage in STAGES if long[stage] > 2.5 * short[stage] + 0.005
    } == {}
    assert {stage: taken for stage, taken in long.items() if taken > max(0.25, most / 100_000)} == {}
