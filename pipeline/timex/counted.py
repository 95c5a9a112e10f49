"""Lengths of time that are counted from a day, and vague times: 两年前, 近三年, 5年来, 三天后, 近日, 未来五年.

In: text, the token, and where the mention before ended. Out: a Mention, or None where the length is only a length.
"""

from __future__ import annotations

from typing import Final

from . import lexer
from .beside import months_so_far
from .fields import from_january
from .lexer import Token, Value
from .mention import Mention
from .words import around, lead, tail

_DAYS: Final = frozenset({"年", "天", "日", "周", "星期"})
_LED: Final = {  # by which units each lead counts
    "last": _DAYS | {"年度", "季度", "月份", "月"},
    "next": _DAYS | {"年度", "季度", "月份", "月", "小时", "分钟"},
    "these": _DAYS | {"月"},
}
_UNCOUNTED: Final = frozenset({"号", "时", "点", "点钟", "年代"})


def vague(text: str, token: Token, done: int) -> Mention | None:
    """近日, 目前, 未来; with a length behind it, that length: 未来五年, 过去的三年."""
    relation = next((name for name in ("last", "next") if token.unit in around(name)), "")
    if relation:
        counted = lexer.read(text, token.end + text.startswith("的", token.end))
        countable = counted and counted.kind in ("duration", "year", "month", "day")
        if counted and countable and counted.numeral and len(counted.numeral) < 4:
            return _led(text, counted, done, token.start, relation)
    end = token.end + 2 * text.startswith("以来", token.end)
    return Mention(token.start, end, "vague", {"near": (1, "")} if token.then else {}, value=token.value)


def offset(text: str, token: Token, done: int) -> Mention | None:
    """A length with what counts it before or behind."""
    if not token.numeral:
        return None
    for name in ("last", "these"):
        prefix = lead(name, text, done, token.start)
        if prefix:
            return _led(text, token, done, token.start - len(prefix), name)
    return _followed(text, token, done)


def _led(text: str, token: Token, done: int, start: int, relation: str) -> Mention | None:
    """近三年, 这几天, 前11个月, 未来五年."""
    if relation == "these" and text[start] in "前头" and (months := from_january(token)):
        return months_so_far(text, months, start, done)
    if _only_lasts(text, token, start, relation):
        return None
    if token.unit not in _LED[relation] or (relation != "next" and lead("lead_inside", text, done, start)):
        return None
    behind = tail("counted", text, token.end)
    end = behind.end if behind and behind.value == "last" else token.end
    end += relation == "next" and text.startswith("内", end)
    return Mention(start, end, "offset", relation=relation, value=_length(token), unit=token.unit)


def _only_lasts(text: str, token: Token, start: int, relation: str) -> bool:
    """这三个月, 创刊近50年, 甲午战争前三十年: a length."""
    if text[start] == "这" and token.unit == "月":
        return True
    if token.unit != "年":
        return False
    if text[start] == "近":
        return text.endswith(around("lasting_near"), 0, start) or text.startswith(around("near_age"), token.end)
    fore = relation == "these" and text[start] == "前"
    return fore and not (lexer.heads_clause(text, start) or text.endswith(around("fore_before"), 0, start))


def _followed(text: str, token: Token, done: int) -> Mention | None:
    """两年前, 5年来, 三天后."""
    behind = tail("counted", text, token.end)
    if behind is None or token.unit in _UNCOUNTED or lead("ordinal_before", text, done, token.start):
        return None
    if behind.value == "last" and lead("lasting_before", text, done, token.start):
        return None
    if behind.value != "ago" and token.unit in ("小时", "分钟"):
        return None
    return Mention(token.start, behind.end, "offset", relation=behind.value, value=_length(token), unit=token.unit)


def _length(token: Token) -> Value:
    """The number of units, `half` for 半; None where it is not told."""
    if token.base == "more" or token.first is not None:
        return None
    return "half" if token.numeral == "半" else token.value
