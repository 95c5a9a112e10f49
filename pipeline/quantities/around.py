"""What stands around a number: words that leave it open, and words that make it no figure.

In: a folded text and a Quantity without qualifiers. Out: the same with its qualifiers; or the verdict that it is none.
"""

from __future__ import annotations

import re
from typing import Final

from .measures import context, may_qualify, qualifiers, set_phrases
from .quantity import Quantity

_ROUND: Final = "百千万亿"
_ROUNDS: Final = frozenset(_ROUND)
_ORDINALS: Final = frozenset("二拾玖伍陆壹柒")
_BUILT: Final = frozenset("组栋幢座")
_PLACED: Final = frozenset("村社区队")
_BUILDING: Final = frozenset("园苑城府庭区邸湾里院")
_FAMILY: Final = re.compile(r"(?:一|全|他|她|我|们|两|几)家$")
_JUBILEE: Final = re.compile(r"庆祝|纪念|建党|建国|建军|成立|诞辰|逝世|解放|胜利")
_NEVER_ROUND: Final = frozenset(
    ("家", "孔", "步", "里", "斤", "次", "层", "折", "分", "项", "件", "处", "种", "张", "代", "天", "倍")
)  # 走百家, 千年
_PER_ONE: Final = frozenset(("duration", "area", "mass", "volume", "ratio", "temperature", "multiple"))
_ARTICLES: Final = frozenset(("块", "角", "分", "寸", "丈", "尺", "担", "方", "番", "度", "里", "折", "毛", "分钱"))
_COUNTS: Final = frozenset(("count", "person", "household", "person-time", "score"))
_AROUND: Final = 8  # characters beside a number that a set phrase may reach


def opened(text: str, found: Quantity, done: int) -> Quantity:
    """With the qualifiers before and behind: 约270亩, 6元多, 10亿元以上."""
    start, end, sign, value = found.left, found.right, found.qualifier, found.value
    if not may_qualify(text, start, end):
        return found
    if found.unit.dimension == "temperature" and text.endswith("零下", done, start):
        start, value = start - 2, -value
    for word, before in qualifiers("before", text, done, start):
        if _fits_before(text, word, found):
            start, sign = start - len(word), before
            break
    for word, after in qualifiers("after", text, end, len(text)):
        if _fits_after(text, word, found, sign):
            end = end + len(word)
            sign = sign if sign != "=" and word in ("左右", "上下") else after
            break
    if (
        end > found.right and found.unit.name == "元" and text[end - 1] in "多来" and text.startswith("钱", end)
    ):  # 一块多钱, 三块来钱
        end += 1
    return Quantity(start, end, found.left, found.right, value, found.value_max, found.unit, sign)


def _fits_before(text: str, word: str, found: Quantity) -> bool:
    if word == "上":
        return text[found.left] in _ROUND
    if word == "快":
        return found.unit.dimension in ("age", "duration")
    if word == "过":
        return text[found.left] in _ROUND or found.value >= 10**4 or found.unit.dimension in ("age", "ratio")
    return True


def _fits_after(text: str, word: str, found: Quantity, sign: str) -> bool:
    if word in ("多", "余", "来"):
        countable = found.unit.dimension in _COUNTS and not (found.unit.printed[-1] == "个" or found.unit.by != 1)
        return not countable and sign != ">" and found.value_max is None
    if word == "内":
        return found.unit.dimension in ("duration", "length") and sign == "="
    return True


def is_none(text: str, found: Quantity) -> bool:
    """Whether the words around make it an ordinal, a code, a name, an idiom, or 一 an article."""
    if text.endswith(context("before"), 0, found.left) and not _is_interval(text, found):
        return True
    if found.unit.dimension == "duration" and _is_of_time(text, found):
        return True
    if found.unit.name in _BUILT and _is_address(text, found):
        return True
    chinese = not text[found.left].isdecimal()
    return chinese and (_is_idiom(text, found) or _is_name(text, found) or _is_article(text, found))


def _is_interval(text: str, found: Quantity) -> bool:
    """每15分钟一班: how often, and no rate."""
    told = found.unit.name in ("分钟", "小时") and text[found.left].isdecimal()
    return told and text.endswith("每", 0, found.left)


def _is_of_time(text: str, found: Quantity) -> bool:
    """15分钟生活圈, 2008年, 建党90周年: the name of a service, of a year, of a day."""
    left, unit = found.left, found.unit
    if text.startswith(context("after"), max(left, found.right - len(unit.printed))):
        return True
    if unit.printed == "周年" and _JUBILEE.search(text, max(0, left - 8), left):
        return True
    return unit.name == "年" and text[left : left + 4].isdecimal() and 1900 <= found.value < 2100


def _is_idiom(text: str, found: Quantity) -> bool:
    """千家万户, 三个代表."""
    around = set_phrases().finditer(text, max(0, found.left - _AROUND), found.right + _AROUND)
    return any(match.start() <= found.left < match.end() for match in around)


def _is_address(text: str, found: Quantity) -> bool:
    """3组 of a village, 18栋 of an estate."""
    left, before = found.left, text[max(0, found.left - 1) : found.left]
    if found.unit.name == "组":
        return before in _PLACED
    return before in _BUILDING and text[left].isdecimal()


def _is_name(text: str, found: Quantity) -> bool:
    """二+classifier and 百家 are ordinals and idioms; 十分 is an adverb; 一口 is a mouthful."""
    left, unit = found.left, found.unit
    number = text[left : found.right - len(unit.printed)]
    if number in _ORDINALS:
        return number != "二" or unit.dimension in _COUNTS
    if number in _ROUNDS and unit.name in _NEVER_ROUND and not any(qualifiers("before", text, 0, left)):
        return True
    if number == "十" and unit.printed == "分":
        return True
    if unit.name == "口" and found.value < 10:
        return not (
            _FAMILY.search(text, max(0, left - 2), left)
            or text.startswith(("人", "锅", "井", "塘", "窑", "大锅"), found.right)
        )
    return False


def _is_told(text: str, found: Quantity) -> bool:
    """Whether the one is counted: 只有一名, 气调库一座, 走了一趟, 一块多钱."""
    behind = text[found.right : found.right + 1]
    if found.unit.printed == "番":
        return text.endswith(("翻", "翻了"), 0, found.left)
    if text.startswith(("以上", "多钱", "左右", "钱"), found.right) or text.endswith(
        ("只有", "仅有", "只剩"), 0, found.left
    ):
        return found.unit.printed != "分钱"
    closed = behind in tuple(",。;!?、\n") or not behind
    if found.unit.printed in ("趟", "圈", "次", "遍"):
        return closed and text.endswith(("了", "过"), 0, found.left)
    noun = found.left > 1 and not text.endswith(tuple("了过有是每的这那又另第同某、,。;:!?\n"), 0, found.left)
    return closed and noun and found.unit.printed in ("座", "处", "台", "辆", "套", "栋", "幢", "艘", "口", "部")


def _is_article(text: str, found: Quantity) -> bool:
    """一名, 一批: an article. 一天能卖…, 一斤三元: of each. 一公里, 一亿元, 一周, 学了一年: quantities."""
    if text[found.left] != "一" or found.right - found.left != 1 + len(found.unit.printed):
        return False
    dimension = found.unit.dimension
    if dimension in _COUNTS or found.unit.printed in _ARTICLES:
        return not _is_told(text, found)
    if dimension not in _PER_ONE or found.unit.name in ("周", "比例", "倍", "小时", "分钟"):
        return text.endswith(("每", "新", "第"), 0, found.left)
    if dimension != "duration":
        return not any(qualifiers("before", text, 0, found.left))
    told = text.endswith(context("one_before"), 0, found.left) or text.startswith(context("one_after"), found.right)
    return not told and not any(qualifiers("before", text, 0, found.left))
