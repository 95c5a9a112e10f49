"""Times that go by a name: what comes round (每年底, 每周三), plans and events (“十四五”期间, 改革开放以来), 即日起.

In: text, the token, and where the mention before ended. Out: a Mention, or None where the name tells no time.
"""

from __future__ import annotations

import re
from typing import Final

from . import lexer
from .beside import add_range
from .fields import fields_at
from .lexer import Token
from .mention import Mention
from .words import tail

_TO_WEEKDAY: Final = re.compile("(?:至|到|-|—)周?[一二三四五六日天]")
_WEEKDAY: Final = re.compile("[一二三四五六日天]")
_YEARS_OF: Final = re.compile(r"[一二三四五六七八九十百\d]{1,3}多?年来")


def every(text: str, token: Token, done: int) -> Mention | None:
    """每年底, 每天早上6点半, 每周三, 每逢周末."""
    fields, end = fields_at(text, token.end, inside=True)
    if not fields and token.value == "?":
        return _coming_round(text, token)
    if not fields and token.value == "P1W" and (weekday := _WEEKDAY.match(text, token.end)):
        upto = _TO_WEEKDAY.match(text, weekday.end())
        days = {} if upto else {"weekday": (lexer.WEEKDAYS[weekday.group()], "")}
        return Mention(token.start, (upto or weekday).end(), "every", dict(days), value="P1W")
    if fields.keys() == {"year"}:
        return None
    mention = Mention(token.start, max(end, token.end), "every", fields, value=token.value)
    add_range(text, mention)
    return mention


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
    if years := _YEARS_OF.match(text, token.end):
        return Mention(token.start, years.end(), "era", {"part": ("", "")}, relation="since", value=token.value)
    part = tail("era", text, token.end)
    if part is None or (token.then == "event" and part.word.startswith(("末", "年代", "前期"))):
        return None
    relation = part.value if part.value in ("since", "until") else "at"
    side = part.value if relation == "at" and not (part.value == "early" and token.then != "quoted") else ""
    return Mention(token.start, part.end, "era", {"part": (side, "")}, relation=relation, value=token.value)


def since_today(text: str, token: Token, done: int) -> Mention:
    return Mention(token.start, token.end, "point", {"day": (0, "published")}, relation="since")
