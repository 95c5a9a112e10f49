"""Times that go by a name: what comes round (每年底, 每周三), plans and events (“十四五”期间, 改革开放以来), 即日起.

In: text, the token, and where the mention before ended. Out: a Mention, or None where the name tells no time.
"""

from __future__ import annotations

import re
from typing import Final

from . import lexer
from .beside import add_range, relate
from .fields import fields_at
from .lexer import Token
from .mention import Fields, Mention
from .numerals import number
from .words import lead, tail

_WEEKDAY: Final = re.compile("[一二三四五六日天](?![一-鿿]*?[月年])")
_REIGN: Final = re.compile(r"(元|[一二三四五六七八九十廿卅]{1,3})年(?!间|来|前|后|级)(?:\((?:公元)?\d{3,4}年?\))?")
_ROW: Final = re.compile(r"一[^一,。\n]{1,6}每[日天周旬月季年]一|一[节堂课讲评练测晒歌封篇趟遍回顿](?!程)")
_YEARS_OF: Final = re.compile(r"[一二三四五六七八九十百\d]{1,3}多?年来")


def every(text: str, token: Token, done: int) -> Mention | None:
    """每年底, 每天早上6点半, 每周三、周五, 每逢周末."""
    fields, end = _fields(text, token)
    if not fields and token.value == "?":
        return _coming_round(text, token)
    if fields.keys() == {"year"}:
        return None
    mention = Mention(token.start, max(end, token.end), "every", fields, value=token.value)
    if fields:
        _enumerate(text, mention)
    elif both := tail("every_part", text, mention.end):
        mention.end = both.end
    add_range(text, mention)
    _more_hours(text, mention)
    if before := tail("until", text, mention.end) if mention.fields else None:
        mention.end = before.end
    return mention


def _fields(text: str, token: Token) -> tuple[Fields, int]:
    """每周三 is 每 and 周三; but of 每周一调度、每旬一通报, 每周一节 the 一 belongs to what is done."""
    if token.value == "P1W" and not _ROW.match(text, token.end):
        fields, end = fields_at(text, token.end - len(token.then))
        if fields:
            return fields, end
    fields, end = fields_at(text, token.end, inside=True)
    if not fields and text.startswith("的", token.end):  # 每年的5月
        of, behind = fields_at(text, token.end + 1)
        return (of, behind) if of else (fields, end)
    return fields, end


def _more_hours(text: str, mention: Mention) -> None:
    """每天早7点至8点|、下午3点半至4点半, 每周一至周五7:00|—8:30."""
    if mention.until and "hour" in mention.until and "hour" not in mention.fields:
        hours = Mention(mention.start, mention.end, "every", {"hour": (0, "")})
        add_range(text, hours)
        mention.end = hours.end
    while "hour" in mention.fields and text[mention.end : mention.end + 1] in ("、", "和"):
        fields, end = fields_at(text, mention.end + 1, inside=True)
        if "hour" not in fields:
            return
        hours = Mention(mention.start, end, "every", fields)
        add_range(text, hours)
        mention.end = hours.end


def _enumerate(text: str, mention: Mention) -> None:
    """每周二、四晚上, 每年春节、中秋."""
    kind = next((kind for kind in ("weekday", "feast", "day", "month") if kind in mention.fields), "")
    while kind and text[mention.end : mention.end + 1] in ("、", "和"):
        after = mention.end + 1
        bare = _WEEKDAY.match(text, after) if kind == "weekday" else None
        fields, end = ({kind: (0, "")}, bare.end()) if bare else fields_at(text, after)
        if kind not in fields:
            return
        parts, end = fields_at(text, end, inside=True) if bare else ({}, end)
        mention.fields, mention.end = mention.fields | fields | parts | {"list": (1, "")}, end


def _coming_round(text: str, token: Token) -> Mention | None:
    rest = tail("every", text, token.end)
    behind = lexer.read(text, token.end)
    if rest:
        return Mention(token.start, rest.end, "every", value="SET")
    if behind and behind.kind in ("duration", "year", "month", "day"):
        return Mention(token.start, behind.end, "every", value="SET")
    return None


def era(text: str, token: Token, done: int) -> Mention | None:
    """A plan or event with 期间, 以来, 初期, 末 behind it."""
    if token.then == "plan" and text.endswith(tuple(lexer.CHINESE), done, token.start):
        return None
    if token.then == "reign" and (told := _year_of_reign(text, token, done)):
        return told
    if years := _YEARS_OF.match(text, token.end):
        return Mention(token.start, years.end(), "era", relation="since", value=token.value)
    if token.then == "quoted" and tail("era_quoted", text, token.end):  # “十四五”开局
        return Mention(token.start, token.end, "era", value=token.value)
    part = tail("era", text, token.end)
    if part is None or (token.then == "event" and part.word.startswith(("末", "年代", "前期"))):
        return None
    relation = part.value if part.value in ("since", "until") else "at"
    side = part.value if relation == "at" else ""
    start = token.start - len(lead("dynasty_before", text, done, token.start) if token.then == "reign" else "")
    return Mention(start, part.end, "era", {"part": (side, "")}, relation=relation, value=token.value)


def _year_of_reign(text: str, token: Token, done: int) -> Mention | None:
    """明万历三十六年(公元1608年), 民国二十三年."""
    counted = _REIGN.match(text, token.end)
    first, last = map(int, str(token.value).split())
    n = 1 if counted and counted[1] == "元" else number(counted[1]) if counted else None
    if counted is None or n is None or not 1 <= n <= last - first + 2:
        return None
    start = token.start - len(lead("dynasty_before", text, done, token.start))
    return relate(text, Mention(start, counted.end(), "point", {"year": (first + n - 1, "")}), done)


def since_today(text: str, token: Token, done: int) -> Mention:
    return Mention(token.start, token.end, "point", {"day": (0, "published")}, relation="since")
