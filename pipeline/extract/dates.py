"""Dates: every expression of calendar time in an article, as TIMEX3.

In: an article, the people, places and bylines found before. Out: DateRows in reading order, not overlapping. The parsing is
`timex`'s; here is what needs the article: names that hold a word of time, words that look forward, direct speech, datelines,
sentences and paragraphs, the year of a text whose publication date is unknown.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from ..model import Article
from ..schema import BylineRow, DateRow, PersonMentionRow, PlaceMentionRow
from ..text import fold
from ..timex import Memory, Mention, Reading, mentions, resolve
from ..timex.words import closes, pattern, tail
from .found import Found, Resources

Span = tuple[int, int]

_STOP: Final = re.compile(r"[。;!?\n]")
_CLAUSE: Final = re.compile(r"[,。;:!?\n]")
_SPEECH: Final = re.compile(r"“[^“”\n]*”|\"[^\"\n]*\"")
_AHEAD_NOW: Final = 7  # characters before a date in which its own cue stands
_FORESEEN: Final = 200  # characters from a day's mention in a headline or in direct speech to the day itself


def dates(article: Article, found: Found, resources: Resources) -> Iterable[DateRow]:
    """The date rows of the article. Raises nothing for any text."""
    text = fold(article.text)
    names = _names(found)
    spotted = [m for m in mentions(text) if not _within(names, m.start, m.end)]
    if not spotted:
        return []
    speech = [m.span() for m in _SPEECH.finditer(text) if _CLAUSE.search(m[0])]
    memory = Memory(article.published_on, None if article.published_on else _told_year(text, spotted))
    rows = []
    stops, before = [m.start() for m in _STOP.finditer(text)], 0
    for mention in _in_order_of_telling(spotted, speech):
        here = max(before, bisect_right(stops, mention.start))
        for stop in stops[before:here]:
            memory.paragraph() if text[stop] == "\n" else memory.sentence()
        before = here
        memory.said = _within(speech, mention.start, mention.end)
        reading, anchor = resolve(mention, memory, _cue(text, mention, stops))
        if reading is not None:
            rows.append(_row(article, mention, reading, anchor))
            if reading.grain == "day" and text.startswith(("电", "讯"), mention.end):
                memory.dated(reading.start)
    return sorted(rows, key=lambda row: row.start_char)


def _row(article: Article, mention: Mention, reading: Reading, anchor: str | None) -> DateRow:
    value, surface = reading.value, article.text[mention.start : mention.end]
    recurs = mention.kind == "every" or value == "SET"
    kind = "SET" if recurs else "TIME" if "T" in value and "_REF" not in value else "DATE"
    return DateRow(
        article.article_id, mention.start, mention.end, surface, kind, value,
        reading.known_start, reading.known_end, reading.grain, anchor,
    )  # fmt: skip


def _names(found: Found) -> list[Span]:
    """Where names stand. A date within a longer name is part of it."""
    rows: list[PersonMentionRow | PlaceMentionRow | BylineRow] = []
    rows += found.of(PersonMentionRow)
    rows += found.of(PlaceMentionRow)
    rows += found.of(BylineRow)
    return sorted((row.start_char, row.end_char) for row in rows)


def _within(spans: list[Span], start: int, end: int) -> bool:
    """Whether one of the sorted spans holds start to end and more."""
    last = bisect_right(spans, (start, sys.maxsize))
    return any(end <= b and b - a > end - start for a, b in spans[max(0, last - 3) : last]) if last else False


def _in_order_of_telling(spotted: list[Mention], speech: list[Span]) -> list[Mention]:
    """What a headline or an opening quotation calls 当天, 昨晚 or 晚上7点 follows the first day that is told by its date."""
    first = next((n for n, mention in enumerate(spotted) if _tells_day(mention)), 0)
    told = spotted[first]
    follow = [m for m in spotted[:first] if told.start - m.end < _FORESEEN and _leans(m, speech)]
    return [m for m in spotted[:first] if m not in follow] + [told, *follow, *spotted[first + 1 :]]


def _tells_day(mention: Mention) -> bool:
    names = mention.fields.keys()
    return (
        mention.kind == "point" and mention.relation == "at" and "month" in names and bool({"day", "monthpart"} & names)
    )


def _leans(mention: Mention, speech: list[Span]) -> bool:
    if mention.kind == "point" and mention.fields.keys() <= {"hour", "daypart"}:
        return True
    base = mention.fields["day"][1] if "day" in mention.fields else ""
    return base == "previous" or (base == "published" and _within(speech, mention.start, mention.end))


def _cue(text: str, mention: Mention, stops: list[int]) -> int:
    """2 where the words around say that the date lies ahead, 1 where its sentence looks forward before it."""
    start, end = mention.start, mention.end
    if mention.kind != "point":
        return 1 if mention.kind == "vague" and tail("soon", text, end) else 0
    here = bisect_right(stops, start)
    before = max(stops[here - 1] + 1 if here else 0, start - 40)
    if closes("ahead_now", text, max(before, start - _AHEAD_NOW), start):
        return 2
    if mention.relation == "until" and text[start] != "截":
        return 1
    clause = _CLAUSE.search(text, end, end + 4)
    limit = clause.start() if clause else end + 4
    return 1 if pattern("ahead").search(text, end, limit) or pattern("ahead").search(text, before, start) else 0


def _told_year(text: str, spotted: list[Mention]) -> int | None:
    """The year of an undated article, where a year that is over and the next, still planned, are both named."""
    over: set[int] = set()
    planned: set[int] = set()
    for mention in spotted:
        year, base = mention.fields.get("year", (None, ""))
        if not isinstance(year, int) or base:
            continue
        last = mention.until.get("year", (year, ""))[0] if mention.until else year
        clause = _CLAUSE.search(text, mention.end, mention.end + 8)
        ahead = pattern("ahead").search(text, mention.end, clause.start() if clause else mention.end + 8)
        if isinstance(last, int):
            (planned if ahead or tail("ahead", text, mention.start - 2) else over).add(last)
    if planned and over and min(planned) - 1 == max(over):
        return max(over)
    return None
