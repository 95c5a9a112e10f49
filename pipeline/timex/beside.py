"""What stands beside a date: its other end, 以来, 起, 前, 期间 behind it, 自 and 截至 before it.

In: a Mention of one date. Out: the Mention grown by what belongs to it, with its relation.
"""

from __future__ import annotations

import re
from typing import Final

from . import lexer
from .fields import fields_at
from .lexer import Token
from .mention import RANK, Mention, whole
from .numerals import number
from .words import Tail, lead, tail

_RANGE: Final = re.compile(r"(?:起?至|起?到|-|–|~|——?|直至|延续到|持续到|一直到|\.\.\.)")
_HOLIDAY: Final = re.compile(r"(第)?([一二三四五六七八1-8])天(?!前|后|来)|(前一[天日])")
_VERB_SINCE: Final = re.compile(r"(?!之|以)(?:[㐀-鿿]{1,8}?|[㐀-鿿]{1,4}“[㐀-鿿]{1,8}”)以来")
_CLAUSE_SINCE: Final = re.compile(r"(?!之|以)[㐀-鿿]{1,16}?以来")


def add_range(text: str, mention: Mention) -> None:
    """Adds the other end: 至, 到, dashes, or a second season at once (去冬今春)."""
    fields = mention.fields
    if "first" in fields:
        first, kind = fields.pop("first")
        mention.until = dict(fields)
        if isinstance(first, int):
            fields[kind] = ((first, 0), "") if kind == "hour" else (first, fields[kind][1])
        return
    sep = _RANGE.match(text, mention.end)
    position = sep.end() if sep else mention.end
    token = lexer.read(text, position) if sep or "season" in fields else None
    if token is None or not _may_end(token, at_once=sep is None):
        return
    until, end = fields_at(text, position)
    until.pop("first", None)
    if not until or ("hour" in fields and not {"hour", "day", "month"} & until.keys()):
        return
    coarsest = min(RANK[name] for name in until if name in RANK)
    inherited = {name: value for name, value in fields.items() if RANK.get(name, 99) < coarsest}
    if "daypart" in until:
        inherited.pop("daypart", None)
    if any(base for _, base in until.values()):  # 至当晚10时
        inherited = {}
    mention.until, mention.end = inherited | until, end + text.startswith("止", end)


def _may_end(token: Token, *, at_once: bool) -> bool:
    if at_once:
        return token.kind == "year" and bool(token.then)
    return token.kind in RANK or token.kind == "iso"


def relate(text: str, mention: Mention, done: int) -> Mention:
    """Reads what stands behind the mention and before it."""
    if {"month", "day"} <= mention.fields.keys() and mention.until is None:
        _named_day(text, mention)
    if "feast" in mention.fields:
        _holiday(text, mention)
    prefix = lead("since_before", text, done, mention.start)
    if prefix and lead("since_before_inside", text, done, mention.start):
        prefix = ""
    if not (_opens(text, mention, prefix) or _closes(text, mention)):
        during = tail("during", text, mention.end)
        if during and _adds_nothing(mention, during):
            mention.end = during.end
    if mention.relation == "at" and mention.until is None:
        closing = lead("until_before", text, done, mention.start)
        if closing:
            mention.start, mention.relation = mention.start - len(closing), "until"
    return mention


def _named_day(text: str, mention: Mention) -> None:
    """4月4日|清明节: the day again, by its name."""
    token = lexer.read(text, mention.end)
    if token and token.kind == "feast":
        mention.end = token.end


def _holiday(text: str, mention: Mention) -> None:
    """国庆假期, “五一”小长假三天, 国庆假期第四天, 重阳节前一天, 国庆那天."""
    fields = mention.fields
    if days := tail("feast_span", text, mention.end):
        mention.end, fields["span"] = days.end, (1, "")
    if counted := _HOLIDAY.match(text, mention.end):
        nth, n, eve = counted.groups()
        mention.end = counted.end()
        fields["nth" if nth or eve else "span"] = (0 if eve else number(n), "")
    elif day := tail("feast_day", text, mention.end):
        mention.end = day.end


def _opens(text: str, mention: Mention, prefix: str) -> bool:
    """自2018年以来, 2018年起, 1984年成立以来; of a range only the prefix belongs to it."""
    since = tail("since", text, mention.end)
    if since and since.value == "prefixed" and not prefix:
        since = None
    end = since.end if since else _behind_verb(text, mention.end, far=bool(prefix))
    ranged = mention.until is not None
    if end and not (since and not _may_open(mention, since)) and (not ranged or not since or since.word in _OVER):
        mention.relation, mention.end = "since", end
    elif not (prefix and ranged):
        return False
    mention.start -= len(prefix)
    return True


_OVER: Final = ("以来", "起")


def _behind_verb(text: str, end: int, *, far: bool) -> int:
    """Where 成立以来 ends behind a date; 0 where another time stands between. `far`: 自 stands before the date."""
    verb = (_CLAUSE_SINCE if far else _VERB_SINCE).match(text, end)
    if verb is None:
        return 0
    between = range(end, verb.end() - 2)
    if any(text[p] in "年月日近、" or lexer.read(text, p) is not None for p in between):
        return 0
    return verb.end()


def _may_open(mention: Mention, since: Tail) -> bool:
    """后 behind a time of day or behind 当天 opens nothing."""
    fields = mention.fields
    if since.value != "after":
        return True
    return not ({"hour", "daypart", "feast"} & fields.keys() or ("day" in fields and fields["day"][1]))


def _closes(text: str, mention: Mention) -> bool:
    until = tail("until", text, mention.end)
    if until is None:
        return False
    mention.end = until.end
    eve = "feast" in mention.fields and mention.until is None and until.value != "around"
    if eve:  # 春节前 ends with the day before, 春节前夕 is that day
        mention.fields["nth"] = (0, "")
    if until.value != "around" and not (eve and until.value == "eve"):
        mention.relation, mention.value = "until", until.value
    return True


def _adds_nothing(mention: Mention, during: Tail) -> bool:
    if during.value == "range":
        return mention.until is not None
    return during.value != "day" or bool({"day", "feast"} & mention.fields.keys())


def months_so_far(text: str, months: Token, start: int, done: int) -> Mention:
    """前三季度: from the first of the year, as a mention of its own."""
    first, last = whole({"n": (months.first, "")}, "n"), months.value
    return relate(
        text, Mention(start, months.end, "point", {months.kind: (first, "")}, {months.kind: (last, "")}), done
    )
