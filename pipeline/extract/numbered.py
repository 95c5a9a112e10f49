"""Names that need no edge: roads and units by number (G206, 第二网格, 一四三团), rivers and mountains that everyone knows.

In: a folded text and what is covered by known names (1: by a short one, 2: by a full one). Out: candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..gazetteer import Gazetteer
from . import guards
from .endings import HOLDERS, Candidate, Ending, endings, lists, pattern, right
from .units import Match

_ROAD_CODE = re.compile(
    r"\d{2,4}[国省县]道|[国省县]道\d{2,4}(?:线|[国省县]道)?(?![A-Za-z0-9])|[GSX]\d{2,4}(?:线|[国省县]道)?(?![A-Za-z0-9]|峰会|新?车|[系型款手集])|A\d{1,2}公路|\d{1,3}号公路"
)
_LINES = re.compile(
    r"(?!连成线)[京津沪渝川蜀黔滇藏陕秦甘陇青宁新蒙辽吉黑哈沈冀晋鲁豫皖苏浙杭闽赣湘鄂武粤桂琼广九昆成兰乌包宝连霍沂]{2}(?:高速铁路|高速公路|铁路|高铁|高速|客专|线)"
)
_ORDINAL = re.compile(
    r"第[一二三四五六七八九十百\d]{1,4}(网格|居民组|村民组|村民小组|管理区|作业区|生产队|街(?=[人村]))"
)
_CORPS = re.compile(r"兵团|团场|师市|[一二三四五六七八九十〇]师[一二三四五六七八九十〇]{1,3}团|连队|连职工|团职工")
_REGIMENT = re.compile(
    r"(?:(?<![一-龥])|(?<=[、和到在自师团与及是，]))(?:园林|良种|牧业|第|农)?[一二三四五六七八九十〇零]{1,4}(师|团|连)(?![长级以圆奏举体结队合续接日年夜天同])"
)
_AGES = frozenset("老新小东西南北")
_CORPS_LEVELS = {"师": "prefecture", "团": "township", "连": "village"}


def roads(folded: str) -> Iterator[Candidate]:
    """Roads by number: G206, 国道318线, 311国道."""
    if not any(mark in folded for mark in ("道", "G", "S", "X", "公路")):
        return
    ending = Ending("", "site", None, 0, 0, "edge")
    for hit in _ROAD_CODE.finditer(folded):
        before = folded[hit.start() - 1 : hit.start()]
        if not before.isascii() or not before.isalnum():
            yield Candidate(hit.start(), hit.end(), ending)


def lines(folded: str) -> Iterator[Candidate]:
    """Railways and motorways by the two ends of the line: 京沪高铁, 兰新线."""
    if not any(mark in folded for mark in ("铁", "高速", "客专", "线")):
        return
    ending = Ending("", "site", None, 0, 0, "edge")
    for hit in _LINES.finditer(folded):
        if not (hit[0].endswith("线") and folded[hit.end() : hit.end() + 1] in set("上下路索缆性程")):
            yield Candidate(hit.start(), hit.end(), ending)


def ordinals(folded: str, covered: bytearray) -> Iterator[Candidate]:
    """Units by number: 第二网格, 第五居民组."""
    if "第" not in folded:
        return
    for hit in _ORDINAL.finditer(folded):
        level = "township" if hit[1] in {"管理区", "作业区"} else "village" if hit[1] == "街" else "grid"
        if not any(covered[hit.start() : hit.end()]):
            yield Candidate(hit.start(), hit.end(), Ending(hit[1], "admin", level, 0, 9, "edge"))


def corps(folded: str, covered: bytearray) -> Iterator[Candidate]:
    """Divisions, regiments and companies of the Corps, where a text speaks of it: 八师, 一四三团, 三连."""
    if not any(mark in folded for mark in "团师连") or not _CORPS.search(folded):
        return
    for hit in _REGIMENT.finditer(folded):
        if not any(covered[hit.start() : hit.end()]):
            yield Candidate(hit.start(), hit.end(), Ending(hit[1], "admin", _CORPS_LEVELS[hit[1]], 0, 9, "edge"))


def famous(folded: str, covered: bytearray, ends: Mapping[int, Match], gazetteer: Gazetteer) -> Iterator[Candidate]:
    """Rivers, mountains, lakes and seas that everyone knows; not in 黄海波 behind an office, 牡丹江管理局, 大兴安岭地委."""
    for hit in lists().famous.finditer(folded):
        start, end = hit.span()
        if folded[start - 1 : start] in _AGES and guards.free(folded, start - 1):
            start -= 1  # 老|漳河, 小|北江
        following = pattern().match(folded, end)
        if 2 in covered[start:end] or (following and _goes_on(folded, following)):
            continue
        if any(folded[start - n : end] in gazetteer.shortened for n in (1, 2)) or _body_of(folded, end, ends.get(end)):
            continue
        if end - start == 2 and guards.crossed(folded, start, gazetteer):
            continue
        if (
            guards.body(folded, end) == (end, end + 1)
            or guards.person(folded, start)
            or guards.team(folded, end)
            or folded.startswith("三角洲", end)
            or folded[start - 1 : start] in HOLDERS
        ):
            continue
        yield Candidate(start, end, Ending("", "site", None, 0, 0, "edge"), ends.get(end))


def _goes_on(folded: str, following: re.Match[str]) -> bool:
    """Whether the name is but the first half of another: 黄河|大桥, 泰山|社区; not in 长江|镇江段."""
    ending = endings()[following[0]]
    return ending.kind == "site" or (ending.suffix in {"社区", "街道", "村"} and right(folded, following.end(), ending))


def _body_of(folded: str, end: int, held: Match | None) -> bool:
    """Whether the name is that of a unit whose office follows: 大兴安岭|地委, 黄山|市委."""
    return bool(held and held.unit and guards.office(folded, end))
