"""The grammar of posts: series read right to left, and what each post of a series is in full. All persons are invented."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.grammar import Line, grammar, rank_at
from pipeline.extract.posts import Memory, expand, series

NAME = "谭小军"


def line(text: str) -> Line:
    return Line(
        text, [], [], frozenset(("陪同", "会议", "主持")).__contains__, frozenset(("遂宁", "遂宁市")).__contains__
    )


def full(posts: str, before: str = "") -> list[str]:
    """The posts before a name, in full."""
    text = before + posts + NAME
    the = line(text)
    chunks = series(the, len(text) - len(NAME))
    return [p.post for p in expand(chunks, Memory(), the.is_unit, lambda _: "")]


EXPANDED = [
    ("省经信厅党组书记、厅长", "省经信厅党组书记|省经信厅厅长"),
    ("副市长", "副市长"),
    ("区领导", "区领导"),
    ("市委副书记、政法委书记", "市委副书记|市委政法委书记"),
    ("市委常委、宣传部部长", "市委常委|市委宣传部部长"),
    ("市委常委、宣传部长", "市委常委|市委宣传部长"),
    ("区委副书记、区长", "区委副书记|区长"),
    ("区人大常委会主任", "区人大常委会主任"),
    ("市人大常委会原主任", "市人大常委会原主任"),
    ("区委常委、纪委书记、监委主任", "区委常委|区纪委书记|区监委主任"),
    ("区委常委、常务副区长", "区委常委|常务副区长"),
    ("区委常委、人武部政委", "区委常委|区人武部政委"),
    ("市委常委、秘书长", "市委常委|市委秘书长"),
    ("副区长、公安分局局长", "副区长|区公安分局局长"),
    ("副市长兼公安局局长", "副市长|市公安局局长"),
    ("区人大常委会党组书记、主任", "区人大常委会党组书记|区人大常委会主任"),
    ("县政协党组副书记、副主席", "县政协党组副书记|县政协副主席"),
    ("县政协党组成员、秘书长", "县政协党组成员|县政协秘书长"),
    ("区法院党组书记、院长", "区法院党组书记|区法院院长"),
    ("区检察院党组书记、检察长", "区检察院党组书记|区检察院检察长"),
    ("区发改局党组成员、副局长", "区发改局党组成员|区发改局副局长"),
    ("市发改委党组书记、主任", "市发改委党组书记|市发改委主任"),
    ("区妇联党组书记、主席", "区妇联党组书记|区妇联主席"),
    ("区农业农村局党组成员、一级主任科员", "区农业农村局党组成员|区农业农村局一级主任科员"),
    ("塔山镇党委书记", "塔山镇党委书记"),
    ("塔山镇党委副书记、镇长", "塔山镇党委副书记|镇长"),
    ("花园街道党工委副书记、办事处主任", "花园街道党工委副书记|花园街道办事处主任"),
    ("塔山镇白云村党支部书记、村委会主任", "塔山镇白云村党支部书记|村委会主任"),
    ("衢化街道人大工委主任", "衢化街道人大工委主任"),
    ("区工商联主席", "区工商联主席"),
    ("团区委书记", "团区委书记"),
    ("市公安局柯城分局局长", "市公安局柯城分局局长"),
    ("区委常委、组织部部长、区委党校校长", "区委常委|区委组织部部长|区委党校校长"),
    ("原省委常委、秘书长", "原省委常委|省委秘书长"),
    ("区政府党组成员、副区长", "区政府党组成员|副区长"),
    ("代区长", "代区长"),
    ("区人民医院党委书记、院长", "区人民医院党委书记|区人民医院院长"),
    ("巨石集团党委书记、董事长", "巨石集团党委书记|巨石集团董事长"),
    ("区委办公室主任", "区委办公室主任"),
    ("梓江经济开发区党工委书记、管委会主任", "梓江经济开发区党工委书记|梓江经济开发区管委会主任"),
    ("市人大常委会副主任、市总工会主席", "市人大常委会副主任|市总工会主席"),
    ("州委副书记、州长", "州委副书记|州长"),
    ("盟委委员、副盟长", "盟委委员|副盟长"),
    ("旗委副书记、政府旗长", "旗委副书记|旗政府旗长"),
    ("自治区党委常委、秘书长", "自治区党委常委|自治区党委秘书长"),
    ("地委副书记、行署专员", "地委副书记|行署专员"),
    ("苏木党委书记", "苏木党委书记"),
    ("嘎查党支部书记、嘎查达", "嘎查党支部书记|嘎查达"),
    ("我县县委书记", "县委书记"),
    ("该县县委书记", "县委书记"),
    ("我市副市长", "副市长"),
    ("县委书记、县人大常委会主任", "县委书记|县人大常委会主任"),
    ("镇党委委员、武装部部长", "镇党委委员|镇武装部部长"),
    ("县卫生健康局党委委员、副局长", "县卫生健康局党委委员|县卫生健康局副局长"),
    ("县委办公室副主任、县委保密局局长", "县委办公室副主任|县委保密局局长"),
    ("乡党委书记、人大主席", "乡党委书记|乡人大主席"),
    ("挂职副县长", "挂职副县长"),
    ("驻村第一书记", "驻村第一书记"),
    ("县供电公司总经理", "县供电公司总经理"),
    ("遂宁市委书记、市长", "遂宁市委书记|市长"),
    ("白云社区党委书记、居委会主任", "白云社区党委书记|居委会主任"),
    ("县委常委、时任县教育局局长", "县委常委|时任县教育局局长"),
    ("县年画研究会副会长", "县年画研究会副会长"),
    ("市人大代表、乡村医生", "市人大代表|乡村医生"),
]  # fmt: skip

LEFT = [
    "",
    "近日,",
    "会议由",
    "一同前往的有",
    "主持会议的是",
    "随后,",
    "昨日上午",
    "在座谈会上,",
    "陪同调研的",
    "4月3日,",
]


@pytest.mark.parametrize(("posts", "expected"), EXPANDED, ids=[p for p, _ in EXPANDED])
def test_expansion(posts: str, expected: str) -> None:
    assert "|".join(full(posts)) == expected


@pytest.mark.parametrize("before", LEFT)
@pytest.mark.parametrize("posts", ["县委副书记、政法委书记", "市自然资源和规划局局长", "遂宁市委书记"])
def test_what_stands_before_is_no_part_of_the_post(before: str, posts: str) -> None:
    assert full(posts, before) == full(posts)


def test_a_shared_organisation_runs_on_across_persons() -> None:
    the, memory = line("县人大常委会主任樊梅,副主任商国庆"), Memory()
    first = expand(series(the, 8), memory, the.is_unit, lambda _: "")
    second = expand(series(the, 14), memory, the.is_unit, lambda _: "")
    assert [p.post for p in (*first, *second)] == ["县人大常委会主任", "县人大常委会副主任"]


def test_status() -> None:
    the = line("原县委常委、统战部部长")
    assert [p.status for p in expand(series(the, 11), Memory(), the.is_unit, lambda _: "")] == ["former", "former"]
    the = line("代县长")
    assert [p.status for p in expand(series(the, 3), Memory(), the.is_unit, lambda _: "")] == ["acting"]


def test_no_office_no_posts() -> None:
    assert series(line("全县经济形势向好"), 8) == []
    assert rank_at("主任", 1) == ""


@given(st.text(alphabet="县委书记、副主任兼原时任该我局的“”,党组 和长", max_size=60))
def test_chunks_lie_in_the_text_in_order(text: str) -> None:
    chunks = series(line(text), len(text))
    assert all(0 <= c.start < c.end <= len(text) for c in chunks)
    assert all(a.end <= b.start for a, b in pairwise(chunks))
    assert all(c.rank in grammar().ranks for c in chunks)
