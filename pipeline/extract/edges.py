"""Where the organisation before an office begins: at a mark, behind a word that is no part of it, at its level word or unit.

In: a `Line` and the place where the organisation ends. Out: where it begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from .grammar import OWN_HEAD, Line, grammar

_HARD: Final = re.compile(r"[,。;:!?\n()《》【】■●□…—]|(?<=\d)[名位个户]")
_SOFT: Final = re.compile('[、 兼"“”]')
_QUOTES: Final = re.compile(r"“[^“”\n]{1,6}”")


def left_edge(line: Line, low: int, start: int) -> int:
    """Where the organisation that ends at `start` begins."""
    text = line.text
    for match in _HARD.finditer(text, low, start):
        low = match.end()
    quoted = [m.span() for m in _QUOTES.finditer(text, low, start)]
    for match in _SOFT.finditer(text, low, start):
        if match[0] not in "“”" or not any(a <= match.start() < b for a, b in quoted):
            low = match.end()
    edge = _edge(line, low, start)
    if text[edge - 1 : edge] in _MARKS and _AT_HEAD.match(text, edge, start) and not _HOLDER.search(text, edge, start):
        return edge
    within = {
        i
        for m in grammar().inner.finditer(text, edge, start)
        if m[0][0] not in _JOINING
        for i in range(m.start() + 1, m.end())
    }
    heads = [
        m.start()
        for m in grammar().heads.finditer(text, edge, min(len(text), start + 8))
        if m.start() <= start and m.start() not in within
    ]
    inside = line.units_in(edge, start + 1)
    if inside:
        chain = _from_town(text, inside)
        first = inside[chain][0]
        corps = _CORPS.search(text, edge, first)
        first = corps.start() if corps else first
        province = chain == 0 and line.is_place(text[edge:first])
        if province or (text[edge:first] in _LEVEL_WORDS and text[edge - 1 : edge] in _MARKS):
            return edge
        return first if not heads or first <= heads[0] else _open(line, edge, heads[0])
    return _open(line, edge, heads[0]) if heads else edge


def _from_town(text: str, chain: Sequence[tuple[int, int]]) -> int:
    """Where a chain of units is read from: the county is left out before a town and its village."""
    if len(chain) < 3 or any(a[1] != b[0] for a, b in pairwise(chain[:3])):
        return 0
    county, town, village = (text[end - 1] for _, end in chain[:3])
    return 1 if county in "县市区旗" and town in "镇乡道木" and village in "村区查格" else 0


_AT_HEAD: Final = re.compile(
    "[省市州盟县区旗](?![民城里内外上场长中])[\u4e00-\u9fff]{2}"
)  # a clause that begins with a level word
_HOLDER: Final = re.compile("[长记]|主任|主席")  # somebody else's office: 县长某某和|县政协
_LEVEL_WORDS: Final = frozenset(("国家", "省", "市", "州", "盟", "县", "区", "旗", "镇", "乡", "公安"))
_MARKS: Final = frozenset(("", *",、。;:!?\n()“”"))
_NAME: Final = re.compile(r"(?:[\u4e00-\u9fff]{2,5}(?:镇|乡|街道|苏木|市|县|区|旗|团))?[\u4e00-\u9fff]{1,4}")


def _open(line: Line, edge: int, head: int) -> int:
    """A level word that opens a post may have the short name of its unit before it: 遂平|县委."""
    text = line.text
    if text.startswith(("开发区", "园区"), head):
        return edge
    if (corps := _CORPS.search(text, edge, head)) and corps[0]:
        return corps.start()
    for length in range(min(7, head - edge), 0, -1):
        if (length > 1 and line.is_place(text[head - length : head])) or (
            line.is_place(text[head - length : head + 1]) and (length > 1 or text[head - 1] not in _JOINING)
        ):
            corps = _CORPS.search(text, edge, head - length)
            return corps.start() if corps else head - length
    if number := _NUMBERED.search(text, edge, head):
        return number.start()
    stem = text[edge:head]
    named = _NAME.fullmatch(stem) and not any(line.is_word(stem[i : i + 2]) for i in range(len(stem)))
    return edge if named else head


def _edge(line: Line, low: int, start: int) -> int:
    """The end of the last word, left of `start`, that is no part of an organisation."""
    text = line.text
    covered: set[int] = set()
    for match in grammar().inner.finditer(text, low, start):
        covered.update(range(*match.span()))
    for first, last in line.units_in(low, start):
        covered.update(range(first, last))
    edge = low
    for match in grammar().edges.finditer(text, low, start):
        if all(i in covered for i in range(*match.span())):
            continue
        if match[0] in _TIMES:
            if not _COUNTED.search(text, low, match.start()):
                continue
        elif _in_word(line, low, match):
            continue
        if match[0] in _JOINING and _joins(text[edge : match.start()], text[match.end() : start]):
            continue
        edge = match.end()
    return edge


_NUMBERED: Final = re.compile("第?[一二三四五六七八九十百〇零\\d]+$")  # 一八三|团党委
_PARTICLES: Final = frozenset("着了过的得为当被")  # never inside a word of a body's name
_TIMES: Final = frozenset("年月日号点分")
_COUNTED: Final = re.compile(r"[\d一二三四五六七八九十〇零百几数多半今去前本当每同次近元首末]$")
_JOINING: Final = frozenset("和与及")
_BEGUN: Final = re.compile(r"[^省市州盟县区旗镇]*(?:省|自治区|[市州盟县区旗镇])(?=..)")
_WHOLE: Final = frozenset("局委厅办部府会院校长记任席员司团")


def _joins(left: str, right: str) -> bool:
    """Whether the word between joins the halves of one body's name: 县海洋|与|渔业局; not two bodies or persons."""
    return (
        _BEGUN.match(left) is not None
        and left[-1] not in _WHOLE
        and 2 < len(right) <= 14
        and right[-1] in "局委厅办部会心院站处科组队"
        and not OWN_HEAD.match(right)
    )


def _in_word(line: Line, low: int, match: re.Match[str]) -> bool:
    """Whether a word of one character is part of a common one: 数|据|局, 水|上|派出所."""
    if len(match[0]) > 1 or match[0] in _PARTICLES:
        return False
    if match[0] not in _JOINING and line.is_place(line.text[match.start() : match.start() + 2]):
        return True
    return any(line.is_word(line.text[i : i + 2]) for i in (match.start() - 1, match.start()) if i >= low)


_CORPS: Final = re.compile(
    r"(?:(?:新疆(?:生产建设)?)?(?:兵团)?第?[一二三四五六七八九十]*师?"
    r"|民[盟革建进]|农工党|致公党|九三学社|台盟|共青团|中共|公安|国家税务总局|国家统计局|国网|[农工建中]行|中国[\u4e00-\u9fff]{2,4}银行)$"
)
