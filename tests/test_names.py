"""How long a name is and how much it looks like one. All persons are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.foreign import dotted_names
from pipeline.extract.names import in_areas, is_credited, options, tables

WORDS = frozenset(("仔细", "介绍", "表示", "强调", "高兴", "安全", "生产", "群众", "战胜", "看着", "走访"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("何旭仔细查看", "何旭"),
        ("方建良看着满山的树", "方建良"),
        ("王国清80岁", "王国清"),
        ("任兴业,市政协副主席", "任兴业"),
        ("欧阳明华介绍", "欧阳明华"),
        ("于洋和县长一道", "于洋"),
        ("宫敏作政府工作报告", "宫敏"),
        ("程大可等县领导", "程大可"),
        ("樊能、郝大勇出席", "樊能"),
        ("王国其、陆燕来到", "王国其"),
        ("扎西顿珠介绍", "扎西顿珠"),
        ("乌云其其格说", "乌云其其格"),
        ("敖特根巴雅尔说", "敖特根巴雅尔"),
        ("沙马拉毅在会上", "沙马拉毅"),
    ],
)
def test_the_best_option(text: str, name: str) -> None:
    assert text[: options(text, 0, WORDS)[0].end] == name


@pytest.mark.parametrize(
    "text", ["王大妈说", "李先生说", "高标准农田", "任何人", "陈某称", "万元", "于一体的", "张书记说"]
)
def test_no_option(text: str) -> None:
    assert max((o.score for o in options(text, 0, WORDS)), default=-9) < 1.0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("村民阿依古丽·买买提说", ["阿依古丽·买买提"]),
        ("副主席买买提江·吾布力作报告", ["买买提江·吾布力"]),
        ("图尔荪江·阿卜杜热合曼和妻子", ["图尔荪江·阿卜杜热合曼"]),
        ("外教约翰·史密斯介绍", ["约翰·史密斯"]),
        ("“中国·三台”采摘节", []),
    ],
)
def test_names_with_dots(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in dotted_names(text)] == names


@pytest.mark.parametrize(
    ("before", "credited"), [("记者", True), ("通讯员 ", True), ("摄影:", True), ("种植户", False)]
)
def test_credited(before: str, credited: bool) -> None:
    text = before + "何立冬"
    assert is_credited(text, len(before), len(text)) is credited


def test_lists_of_places() -> None:
    assert in_areas("、黄坝三乡镇受灾", 0)
    assert in_areas("等地", 0)
    assert not in_areas("、宋雨薇等县领导", 0)


def test_the_lexicons_do_not_contradict_each_other() -> None:
    table = tables()
    assert not table.never & frozenset(s for s, w in table.surnames.items() if w == 3)
    assert len(table.surnames) > 400


@given(st.text(alphabet="王李欧阳何旭仔细国立等、,说 ·扎西顿珠12", max_size=30), st.integers(0, 29))
def test_options_lie_in_the_text(text: str, start: int) -> None:
    for option in options(text, start, WORDS):
        assert start < option.end <= len(text)
