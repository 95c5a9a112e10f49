"""Bylines: the forms in which papers print a credit, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.bylines import bylines
from pipeline.extract.found import Found, Resources
from pipeline.gazetteer import load
from pipeline.model import Article, Block
from pipeline.schema import BylineRow

RESOURCES = Resources(load())


def credited(*lines: str, kind: str = "body") -> list[BylineRow]:
    blocks, start = [], 0
    for line in lines:
        blocks.append(Block(kind, start, start + len(line)))
        start += len(line) + 1
    return list(bylines(Article("a", "d", 0, "news", "\n".join(lines), tuple(blocks)), Found(), RESOURCES))


def told(*lines: str, kind: str = "body") -> str:
    return " ".join(f"{row.role or '-'}:{row.name}" for row in credited(*lines, kind=kind))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("本报讯(记者 韦建平 通讯员 覃丽 莫小燕)今年以来,全县降雨偏多。", "记者:韦建平 通讯员:覃丽 通讯员:莫小燕"),
        ("本报讯（记者　韦建平、覃丽）今年以来，全县降雨偏多。", "记者:韦建平 记者:覃丽"),
        ("本报讯 (通讯员 县委宣传部 高志远)3月2日,县里开会。", "通讯员:高志远"),
        ("本报讯(全媒体记者韦建平)近日,县里开会。", "全媒体记者:韦建平"),
        ("苍梧讯(韦建平 特约记者 覃丽)近日,县里开会。", "-:韦建平 特约记者:覃丽"),
        ("新华社南宁1月12日电(记者韦建平、覃丽)近日,区里开会。", "记者:韦建平 记者:覃丽"),
        ("本报讯 记者 韦建平 通讯员 覃丽 1月12日,全县降温。", "记者:韦建平 通讯员:覃丽"),
        ("本报讯 记者韦建平 报道 1月12日,全县降温。", "记者:韦建平"),
        ("本报记者 韦建平 通讯员 覃丽 3月2日,县里开会。", "记者:韦建平 通讯员:覃丽"),
        ("本报讯(记者 王 娜 李小明)近日,县里开会。", "记者:王娜 记者:李小明"),
        ("苍梧县融媒体中心记者 韦建平 通讯员 覃丽", "记者:韦建平 通讯员:覃丽"),
        ("□本报记者 韦建平 文/图", "记者:韦建平"),
        ("□通讯员韦建平报道", "通讯员:韦建平"),
        ("□ 韦建平 覃丽", "-:韦建平 -:覃丽"),
        ("(韦建平)", "-:韦建平"),
        ("文/韦建平 图/覃丽", "文:韦建平 图:覃丽"),
        ("文：韦建平　图：覃丽", "文:韦建平 图:覃丽"),
        ("韦建平/文 覃丽/图", "文:韦建平 图:覃丽"),
        ("韦建平 文 覃丽 摄", "文:韦建平 摄:覃丽"),
        ("(文/图 韦建平)", "文/图:韦建平"),
        ("责任编辑:韦建平", "责任编辑:韦建平"),
        ("编辑 韦建平 校对 覃丽 审核 莫小燕", "编辑:韦建平"),
        ("作者:阿依古丽·买买提", "作者:阿依古丽·买买提"),
        ("通讯员 巴特尔 才让", "通讯员:巴特尔 通讯员:才让"),
        ("记者 欧阳修文", "记者:欧阳修文"),
        ("供稿:县委办 韦建平", "供稿:韦建平"),
        ("图为工人正在装箱。韦建平 摄", "摄:韦建平"),
        ("图为工人正在装箱 韦建平 摄", "摄:韦建平"),
        ("图为工人正在装箱。本报记者韦建平摄", "记者:韦建平"),
        ("3月2日,工人正在装箱。(韦建平 覃丽 摄影报道)", "摄影报道:韦建平 摄影报道:覃丽"),
        ("大家都很高兴。(韦建平)", "-:韦建平"),
        ("(本报记者 韦建平 摄影 覃丽)", "记者:韦建平 摄影:覃丽"),
        ("通讯员 韦建平 撰文 覃丽 摄影", "通讯员:韦建平 摄影:覃丽"),
        ("(本组稿件由韦建平、覃丽采写)", "采写:韦建平 采写:覃丽"),
        ("本报讯 通讯员韦建平报道 全县降温。", "通讯员:韦建平"),
        ("本报讯(记者 扎西顿珠)近日,县里开会。", "记者:扎西顿珠"),
        ("作者:韦建平(县一中教师)", "作者:韦建平"),
        ("□ 韦建平(县委宣传部)", "-:韦建平"),
        ("文\\韦建平 图\\覃丽", "文:韦建平 图:覃丽"),
        ("记者丨韦建平 摄影丨马黑尔呷", "记者:韦建平 摄影:马黑尔呷"),
        ("记者韦建平 覃丽报道:近日,县里开会。", "记者:韦建平 记者:覃丽"),
        ("大家都很高兴。 (见习记者韦建平覃丽)", "见习记者:韦建平 见习记者:覃丽"),
    ],
)
def test_credits(line: str, expected: str) -> None:
    assert told(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "本报讯 记者从县农业局获悉,今年秋粮增产。",
        "本报讯(县融媒体中心)近日,县里开会。",
        "(作者单位:县委宣传部)",
        "(作者系县教育局干部)",
        "县委书记(兼)韦建平说,要抓紧。",
        "总面积30亩。(单位 亩)",
        "(一)强化责任",
        "(图片由韦建平提供)",
        "通讯员 苍梧县气象局",
        "记者手记:走进大山",
        "记者在现场看到,水已退去。",
        "来源:苍梧日报",
        "县长韦建平、副县长覃丽参加。",
        "参加会议的有(按姓氏笔画)韦建平。",
        "图片新闻",
        "资料图片",
        "(平公宣)",
        "记者来到县城,水已退去。",
        "通讯员培训班昨日开班。",
        "",
    ],
)
def test_no_credit(line: str) -> None:
    assert not told(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("(县融媒体中心 拉巴次仁)", "-:拉巴次仁"), ("(驻青川记者站 畅小川)", "-:畅小川"), ("(县委报道组 畅宏伟)", "-:畅宏伟"), ("(哈斯 摄影报道)", "摄影报道:哈斯")],
)  # fmt: skip
def test_a_line_that_is_a_credit_is_trusted(line: str, expected: str) -> None:
    assert told(line, kind="byline") == expected


def test_twice_is_one_with_the_first_role() -> None:
    assert told("本报讯(记者 韦建平)近日,县里开会。", "图为会场。韦建平 摄") == "记者:韦建平"


def test_a_title_has_none() -> None:
    assert not told("记者 韦建平", kind="title")


@given(
    st.lists(st.text("记者通讯员摄文图/ :()、。韦建平覃丽本报讯\n王·123"), max_size=5)
    | st.lists(st.text(max_size=50), max_size=3)
)
def test_any_text(lines: list[str]) -> None:
    lines = [line.replace("\n", " ") for line in lines]
    rows = credited(*lines)
    text = "\n".join(lines)
    assert [row.ordinal for row in rows] == list(range(len(rows)))
    for row in rows:
        assert "".join(text[row.start_char : row.end_char].split()) == row.name
