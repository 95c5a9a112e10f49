"""Whether a mention so short is a date at all: single fields that are also counts, names or goods.

In: text, a Mention, its first token, where the mention before ended. Out: yes or no.
"""

from __future__ import annotations

import re
from typing import Final

from .lexer import CLAUSE_START, Token
from .mention import RANK, Mention
from .words import around, tail

_NAMING: Final = frozenset({"hour", "weekend", "week", "weekday", "season", "daypart"})
_QUOTED: Final = re.compile(r"[“\"「《][^,。!?;:\n“”\"]{2,10}[”\"」》]")
_RECKONED: Final = re.compile(r"第一[年天日][^。!?\n]*$")  # 第一年付四成,第二年付三成
_DAYS: Final = frozenset({"day", "weekday", "feast"})
_MONTHS: Final = frozenset({"month", "lunarmonth"})


def tells_time(text: str, mention: Mention, token: Token, done: int) -> bool:
    fields = mention.fields
    names = fields.keys() & RANK.keys()
    before = text[max(done, mention.start - 3) : mention.start]
    if names & _NAMING and _names_in_quotes(text, mention):
        return False
    if names == {"lunar"} or (names == {"lunarmonth"} and token.unit == "大年"):
        return False
    if "feast" in fields:
        return _feast_tells(text, mention, token, before) or text[done : mention.start].lstrip(",") in around(
            "feast_equated"
        )
    if names == {"daypart"}:
        return token.unit in around("morning") or _daypart_tells(text, mention)
    if "hour" in names and not names & _DAYS:
        return _hour_tells(text, mention, token, before)
    if "day" in names and not names & _MONTHS and not fields["day"][1]:
        return _day_tells(text, mention, token, before)
    if names in ({"season"}, {"lunarmonth"}) and text.startswith(around("place_behind"), mention.end):
        return False
    if names == {"month"} and token.numeral and not token.numeral.isdecimal() and _names_more(text, mention):
        return False
    if token.unit.startswith("第二") and _RECKONED.search(text, max(done, mention.start - 30), mention.start):
        return False
    return not ("month" in names and before.endswith(around("month_count_before")))


def _names_more(text: str, mention: Mention) -> bool:
    """十月村; 三月三歌圩节."""
    doubled = text[mention.end : mention.end + 1] == text[mention.end - 2]
    return doubled or text.startswith(around("place_behind"), mention.end) or _names_in_quotes(text, mention)


def _names_in_quotes(text: str, mention: Mention) -> bool:
    """“四点半”课堂, “周末卫生日”: the quotation marks hold a name, not what somebody says."""
    return mention.start > 0 and bool(_QUOTED.match(text, mention.start - 1))


def _daypart_tells(text: str, mention: Mention) -> bool:
    """下午, at the head of a sentence."""
    bare = mention.until is None and mention.relation == "at" and mention.end - mention.start == 2
    head = mention.start == 0 or text[mention.start - 1] in "。\n!?;"
    return bare and head and text.startswith(",", mention.end)


def _feast_tells(text: str, mention: Mention, token: Token, before: str) -> bool:
    fields = mention.fields
    if text.startswith(around("place_behind"), mention.end) and "span" not in fields:
        return False
    if "year" in fields or "span" in fields or mention.until is not None or mention.relation != "at":
        return True
    if token.then == "yes" or mention.end > token.end:
        return not before.endswith(around("feast_spoken_before"))
    return tail("feast_told", text, mention.end) is not None


def _hour_tells(text: str, mention: Mention, token: Token, before: str) -> bool:
    printed = text[token.start : mention.end]
    arabic = token.numeral.isdecimal()
    if "daypart" in mention.fields:
        return True
    if mention.until is not None:
        return token.unit != "点" or (printed[-1] in "时点许半分钟" and arabic)
    if token.kind == "clock":
        return _clock_tells(text, mention, before)
    if token.unit == "点钟":
        return True
    if token.unit == "时" and arabic:
        return len(token.numeral) <= 2
    return printed.endswith(around("hour_ends")) and (arabic or not printed.endswith("分"))


def _clock_tells(text: str, mention: Mention, before: str) -> bool:
    """8:30, unless it is a score or a ratio."""
    if before.endswith(around("score_before")) or text.startswith(around("score_behind"), mention.end):
        return False
    return not before or before[-1] in CLAUSE_START or before.endswith(around("clock_before"))


def _day_tells(text: str, mention: Mention, token: Token, before: str) -> bool:
    """12日, 15号, 二十日: a day, unless days are counted or things are numbered."""
    if token.kind != "day":
        return True
    if before.endswith(around("day_count_before")):
        return False
    if token.unit == "号":
        dated = mention.until is not None or mention.relation != "at" or mention.fields.keys() & {"daypart", "hour"}
        leads = not before or (before[-1] in CLAUSE_START and before[-1] != "、")
        leads = leads or before.endswith(around("number_before"))
        return leads and bool(dated or text.startswith(",", mention.end))
    if token.numeral.isdecimal():
        return True
    spelt_out = isinstance(token.value, int) and token.value > 10 and token.numeral[0] in "十二三廿卅"
    return spelt_out and mention.relation != "later"
