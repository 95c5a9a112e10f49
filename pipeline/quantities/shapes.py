"""The shapes of a quantity: a number and a unit, fractions, halves, ranges, sums of two units, spoken prices.

In: a folded text and a number in it. Out: a Quantity without the qualifiers around it, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from .. import numerals
from ..numerals import Numeral, tidy
from .measures import LONGEST, Unit, context, unit_at, units
from .quantity import Quantity, of, plain

HALF: Final = re.compile(
    r"[大小]?半(?:个多?)?(?=小时|钟头|天|日|年|月|亩|公里|里(?![斤面])|毫?厘?分?米|吨|公?斤|公顷|世纪|学期|星期|块钱)|(?:一|[大过])半(?![天日年个月径边夜])|半数"
)
RANGE: Final = re.compile(r"至|到|-|–|~|——?|―")
_FRACTION: Final = re.compile(r"(\d{1,4})/(\d{1,4})(?![\d/年月日])")
_SHARED: Final = 3  # characters of a number before 分
_TIMED: Final = re.compile(r"分(?:(\d{1,2}(?:\.\d+)?|[一二三四五六七八九十]{1,3})秒(?:\d{1,2})?|半钟?)(?!之)")
_ON: Final = numerals.FIRST.union("至到-–~—―(半多来零又")  # where a quantity may go on behind its unit
_MONTHS: Final = re.compile(r"个?(多|半|来)(?:个)?(?=月|小时|钟头|星期|礼拜|世纪|学期|季度|工作日)")
_OF_A_YEAR: Final = re.compile(r"[一上下后多过]$|(?<!提)前$")  # 上半年, 一半
_PAIRED: Final = re.compile(r"\([只头套件把台户匹辆尾羽株项人个组架艘处座条家间次]{1,2}\)")
_NIGHTS: Final = re.compile(r"[\d一二两三四五六七八九十]{1,3}夜")
_CLAUSE_END: Final = re.compile(r"[,。;!?:”\n)…]|左右|上下|多[,。;!?”\n]|$")
_SPENT: Final = re.compile(
    r"挣|赚|赔|亏|落袋|入账|进账|寄|掏|补|缴|存|欠|借|贷|捐|一个月|月入|每月|卖|花|收入|工资|薪|省|摊|剩|拿|分红|便宜|罚|租|费|价|交|纯|钱|学期|出$"
)
_PERSONS: Final = re.compile(r"[㐀-鿿]{1,3}(?:民|农|员工|职工|人员|学子|军民|将士)")
_CROWD: Final = re.compile(r"(?:人口|人员|客流|职工|居民|游客|载客)(?:已|共|达|达到|约|近|超|超过|突破|有)*$")


def shape(text: str, number: Numeral) -> Quantity | None:
    """The quantity that begins with a number."""
    read = _BY_NEXT.get(text[number.end : number.end + 1])
    return (read(text, number) if read else None) or _measured(text, number)


def _fraction(text: str, number: Numeral) -> Quantity | None:
    """1/3."""
    start, match = number.start, _FRACTION.match(text, number.start)
    if match is None:
        return None
    part, whole = int(match[1]), int(match[2])
    inside = text[start - 1 : start].isascii() and text[start - 1 : start].isalnum()
    return None if inside or not 0 < part < whole else plain(start, match.end(), part / whole, units()["%"])


def _parted(text: str, number: Numeral) -> Quantity | None:
    """三分之一, 百分之五, 百分之三十至四十, 三分之一至三分之二; 12分38秒, 四分半钟: of a race or an operation."""
    if not text.startswith("分之", number.end):
        return _timed(text, number)
    part = numerals.read(text, number.end + 2)
    if part is None or not number.value or number.end - number.start > _SHARED:
        return None
    value, end = part.value / number.value, part.end
    top = None if part.value_max is None else part.value_max / number.value
    upper = RANGE.match(text, end)
    if upper and (second := numerals.read(text, upper.end())):
        whole, last = number.value, second
        if text.startswith("分之", second.end) and second.value:
            whole, last = second.value, numerals.read(text, second.end + 2) or second
        if last.value / whole > value:
            top, end = last.value / whole, last.end
    return plain(number.start, end, value, units()["%"], part.qualifier or "=", None if top is None else tidy(top))


def _timed(text: str, number: Numeral) -> Quantity | None:
    match = _TIMED.match(text, number.end)
    whole = number.end - number.start <= _SHARED and not number.qualifier and number.value.is_integer()
    if match is None or not whole or goes_on_left(text, number.start):
        return None
    seconds = numerals.read(match[1], 0) if match[1] else None
    value = number.value + (seconds.value / 60 if seconds else 0.5)
    return plain(number.start, match.end(), round(value, 4), units()["分钟"])


def half(text: str, start: int) -> Quantity | None:
    """半小时, 大半天, 半个月, 一半, 过半: half of what follows, or of all."""
    match = HALF.match(text, start)
    if match is None:
        return None
    printed, end = match[0], match.end()
    sign = ">" if printed[0] in "大过" else "="
    if (printed[-1] in "半数" and printed not in ("半", "大半", "小半")) or (
        printed == "大半" and unit_behind(text, end) is None
    ):
        if text.endswith(("另", "上", "下", "前", "后", "每", "这", "那"), max(0, start - 1), start):
            return None
        end += text.startswith("数", end) and printed == "过半"
        return plain(start, end, 0.5, units()["%"], sign)
    if _OF_A_YEAR.search(text, max(0, start - 2), start) and "个" not in printed:
        return None
    found = unit_behind(text, end, "个" if "个" in printed else "")
    sign = ">" if "多" in printed else sign
    return plain(start, end + found[1], 0.5 * found[0].by, found[0], sign) if found else None


def unit_behind(text: str, position: int, before: str = "") -> tuple[Unit, int] | None:
    """The unit of measure at a place, spelt with the 个 that may stand before it, and its length without."""
    for length in range(LONGEST, 0, -1):
        printed = text[position : position + length]
        word = before + printed
        if word in units() and units()[word].dimension not in ("count", "person", "household"):
            return units()[word], len(printed)
    return unit_behind(text, position) if before else None


def _measured(text: str, number: Numeral) -> Quantity | None:
    """A numeral with its unit, and what may stand in its place."""
    if goes_on_left(text, number.start):
        return None
    unit = unit_at(text, number)
    right = number.end + len(unit.printed) if unit else number.end
    on = text[right : right + 1] in _ON
    if on and (found := _ranged(text, number, unit, right)):
        return found
    if unit is None:
        return None if number.value < _BARE else _persons(text, number) or _spoken(text, number)
    return _going_on(text, number, unit, right) if on else of(number, unit, right)


def _going_on(text: str, number: Numeral, unit: Unit, right: int) -> Quantity:
    """With what may belong to it behind the unit."""
    if unit.printed == "个" and (found := _with_ge(text, number)):
        return found
    if unit.dimension == "count" and (paired := _PAIRED.match(text, right)):  # 412台(套)
        unit, right = replace(unit, name=unit.name + paired[0], printed=unit.printed + paired[0]), paired.end()
    return _summed(text, of(number, unit, right))


def _with_ge(text: str, number: Numeral) -> Quantity | None:
    """3个多月, 一个半小时, 三个亿."""
    if text.startswith("亿", number.end + 1) and number.scale == 1:
        end = number.end + 2 + text.startswith("元", number.end + 2)
        return plain(number.start, end, number.value * 10**8, units()["元"], number.qualifier or "=")
    more = _MONTHS.match(text, number.end)
    found = unit_behind(text, more.end(), "个") if more else None
    if more is None or found is None:
        return None
    value = number.value + (0.5 if more[1] == "半" else 0)
    sign = {"多": ">", "来": "~"}.get(more[1], number.qualifier or "=")
    return plain(number.start, more.end() + found[1], value * found[0].by, found[0], sign)


def goes_on_left(text: str, start: int) -> bool:
    """Whether a longer number, a code or a version ends in this numeral: G206, 3.5.1, 0570-."""
    if not start:
        return False
    before, here = text[start - 1], text[start]
    if here.isdecimal():
        return (before.isascii() and before.isalnum()) or (before in ".-/" and text[start - 2 : start - 1].isdecimal())
    return before.isdecimal()


def _ranged(text: str, low: Numeral, first: Unit | None, right: int) -> Quantity | None:
    """3至5个, 100—200元, 3万至5万亩, 5%-8%: `low` with the numeral behind the mark at `right`."""
    to = RANGE.match(text, right)
    high = numerals.read(text, to.end()) if to else None
    unit = unit_at(text, high) if high else None
    if high is None or unit is None or (first is not None and unit.name != first.name and first.printed != "个"):
        return None
    shares = low.scale == 1 < high.scale and low.value * high.scale < high.value
    scaled = low.scaled(high.scale) if shares else low
    if scaled.value >= high.value:
        return None
    top = (high.value_max or high.value) * unit.by
    return plain(
        low.start,
        high.end + len(unit.printed),
        scaled.value * unit.by,
        unit,
        high.qualifier or low.qualifier or "=",
        tidy(top),
    )


# --- without a unit ----------------------------------------------------------------------------------------------------------

_BARE: Final = 100  # the least number that is one without a unit


def _persons(text: str, number: Numeral) -> Quantity | None:
    """15万人民群众, 两千军民, 流动人口12.6万: persons without a classifier."""
    if number.shape == "round" and number.value == 1000:
        return None
    crowd = number.value >= 1000 and (
        _PERSONS.match(text, number.end)
        or (number.scale > 1 and _CROWD.search(text, max(0, number.start - 8), number.start))
    )
    if not crowd and not text.startswith(context("people"), number.end):
        return None
    return of(number, units()["人"], number.end)


def _spoken(text: str, number: Numeral) -> Quantity | None:
    """挣了4万6, 五六千, 一千二: a sum of money at a clause's end whose 元 is left out."""
    mixed = number.shape == "arabic" and text[number.end - 2] in numerals.LARGE
    if not mixed and (number.shape == "arabic" or not _CLAUSE_END.match(text, number.end)):
        return None
    low = max(text.rfind(mark, max(0, number.start - 16), number.start) for mark in ",。;!?\n") + 1
    spent = _SPENT.search(text, max(low, number.start - 16), number.start)
    return of(number, units()["元"], number.end) if mixed or spent else None


# --- two units ---------------------------------------------------------------------------------------------------------------


def _summed(text: str, first: Quantity) -> Quantity:
    """两年零三个月, 1小时20分, 3元5角, 两年半, 1米8: with the smaller unit behind."""
    end, dimension = first.right, first.unit.dimension
    if first.value_max is not None or not first.unit.factor:
        return first
    if text.startswith("半", end) and dimension not in ("count", "person", "household", "score"):
        return _and_half(text, first)
    if first.unit.printed in ("天", "昼") and (nights := _NIGHTS.match(text, end)):
        return first.longer(nights.end(), first.value)
    behind = end + text.startswith(("零", "又"), end)
    second = numerals.read(text, behind) if behind < len(text) else None
    if second is None or second.value_max is not None:
        return first
    if second.shape == "one" and not text.startswith("分", second.end):  # 两亩一分, but 两块一张
        return first
    smaller = _smaller(text, first.unit, second)
    if smaller is None:
        return _tenth(text, first, second)
    if (
        smaller.dimension != dimension
        or not smaller.factor
        or smaller.by * smaller.factor >= first.unit.by * first.unit.factor
    ):
        return first
    right = second.end + len(smaller.printed)
    return first.longer(right, first.value + second.value * smaller.by * smaller.factor / first.unit.factor)


def _smaller(text: str, unit: Unit, second: Numeral) -> Unit | None:
    """The unit of what is added; 分 takes its meaning from the larger one."""
    if text.startswith("分", second.end) and not text.startswith(("分钟", "分之"), second.end):
        part = {"小时": ("duration", 60), "亩": ("area", 66.66666666666667), "元": ("money", 0.01)}.get(unit.name)
        if part:
            return replace(unit, printed="分", dimension=part[0], factor=part[1], by=1)
    return unit_at(text, second)


def _and_half(text: str, first: Quantity) -> Quantity:
    if text[first.right + 1 : first.right + 2] in tuple("径山岛数个导封路夜壁月成身天载工"):
        return first
    end = first.right + 1
    end += text.startswith("钟", end) and first.unit.name == "分钟"
    return first.longer(end, first.value + 0.5 * first.unit.by)


def _tenth(text: str, first: Quantity, second: Numeral) -> Quantity:
    """1米8, 四块五, 八成五: one digit more; 47秒3, 6秒72: hundredths too."""
    if first.unit.name == "秒" and second.shape == "arabic" and second.end - second.start <= 2:
        stops = text.startswith(("次", "个", "人", "项", "年", "月", "分", "秒"), second.end)
        share = second.value / 10 ** (second.end - second.start)
        return first if stops else first.longer(second.end, first.value + share * first.unit.by)
    digit = second.end - second.start == 1 and second.value < 10
    if (
        not digit
        or first.unit.printed not in ("米", "块", "毛", "角", "成", "折")
        or (second.shape == "arabic" and first.unit.name == "比例")
    ):
        return first
    if text[second.end : second.end + 1] in tuple("年月日个名%点十百千万分号") or (
        first.unit.name == "比例" and text.startswith("成", second.end)
    ):
        return first
    return first.longer(second.end, first.value + second.value * first.unit.by / 10)


_BY_NEXT: Final[Mapping[str, Callable[[str, Numeral], Quantity | None]]] = {
    "/": _fraction, "分": _parted, "半": lambda text, number: half(text, number.start),
}  # fmt: skip
