"""Mentions of time in a folded text: one pass over the anchors, a hand-written parser at each.

In: folded text. Out: Mentions in reading order, not overlapping, each within one clause (but for ranges). A mention says what
is printed, fields by name, and resolves nothing: that needs the publication date and the mentions before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import lexer
from .beside import add_range, months_so_far, relate
from .counted import offset, vague
from .fields import fields_at, from_january
from .lexer import Token, heads_clause
from .mention import Mention
from .named import era, every, since_today
from .tells import tells_time
from .words import around, lead

_SPECIAL: Final = {"vague": vague, "duration": offset, "every": every, "era": era, "since": since_today}


def mentions(text: str) -> Iterator[Mention]:
    """The mentions of a folded text."""
    done = 0
    for position in lexer.anchors(text):
        token = lexer.read(text, position) if position >= done else None
        mention = token and _mention(text, token, done)
        if mention:
            done = mention.end
            if mention.kind != "again" and text[mention.start - 1 : mention.start] + text[done : done + 1] != "《》":
                yield mention


def _mention(text: str, token: Token, done: int) -> Mention | None:
    special = _SPECIAL.get(token.kind)
    return special(text, token, done) if special else _dated(text, token, done)


def _dated(text: str, token: Token, done: int) -> Mention | None:
    start = token.start
    fields, end = fields_at(text, start, token)
    if not fields:  # 21年, 二十一年, 40日: a length
        return offset(text, token, done) if token.kind in ("year", "month", "day", "quarter") else None
    apposed = 0 < done == start
    if token.unit in around("that_day") and (apposed or not heads_clause(text, start)):
        return _that_day(token, apposed=apposed)
    mention = Mention(start, end, "point", fields)
    if token.kind in ("quarter", "month"):
        months = from_january(token) if text.endswith(("前", "头"), done, start) else None
        if months:
            return months_so_far(text, months, start - 1, done)
    if text.endswith("第", done, start) and text[start] != "“":
        if token.kind != "quarter":
            return None
        mention.start -= 1
    if token.kind in ("hour", "clock") and "daypart" not in fields:
        _daypart_before(text, mention, done)
    add_range(text, mention)
    mention = relate(text, mention, done)
    return mention if tells_time(text, mention, token, done) else None


def _that_day(token: Token, *, apposed: bool) -> Mention | None:
    """开张那天 is a day of its own; 12月17日这天, 周六周日这个周末 say nothing more."""
    if apposed:
        return Mention(token.start, token.end, "again")
    return Mention(token.start, token.end, "vague", value="PAST_REF") if token.unit.startswith("那") else None


def _daypart_before(text: str, mention: Mention, done: int) -> None:
    """晚8时, where 晚 stands for no word of its own."""
    part = lead("daypart_before", text, done, mention.start)
    if part:
        mention.start -= len(part)
        mention.fields["daypart"] = ({"晚": "EV", "夜": "NI"}.get(part, "MO"), "")
