"""Dates: every expression of calendar time in an article, as TIMEX3.

In: an article, the people and places found before. Out: DateRows in reading order, not overlapping. The parsing is `timex`'s; here
is what needs the article: names that hold a word of time, words that look forward, sentences and paragraphs, the year of a text
whose publication date is unknown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from ..model import Article
from ..schema import DateRow, PersonMentionRow, PlaceMentionRow
from ..text import fold
from ..timex import Mention, Reading, Resolver, mentions
from .found import Found, Resources

_AHEAD: Final = re.compile(
    r"将(?!近|军|士|领|才|信|就|相|乐|功)|[拟]|计划|预计|定于|争取|力争|确保|即将|有望|预期|预报|规划|准备|打算|安排在|提前|倒排"
)
_AHEAD_NOW: Final = re.compile(
    r"(?:将于|将在|拟于|拟在|定于|定在|计划于|计划在|计划|预计于|预计在|预计到|预计|力争到|力争在|力争|争取在|争取到|争取|确保在|确保|有望于|有望在|有望|截止|安排在|推迟到|推迟至|延期至)$"
)
_DONE_BY: Final = re.compile(r"(?:[^,。;:!?\n]{0,6}(?:将|拟|完成|建成|投产|竣工|实现|达到|交付|开幕|举行|举办))")
_STOP: Final = re.compile(r"[。;!?\n]")
_CLAUSE: Final = re.compile(r"[,。;:!?\n]")


def dates(article: Article, found: Found, resources: Resources) -> Iterable[DateRow]:
    """The date rows of the article. Raises nothing for any text."""
    text = fold(article.text)
    spotted = [m for m in mentions(text) if not _within_name(m, found)]
    resolver = Resolver(article.published_on, None if article.published_on else _told_year(text, spotted))
    stops = [m.start() for m in _STOP.finditer(text)] if spotted else []
    return list(_rows(article, text, spotted, resolver, stops))


def _rows(
    article: Article, text: str, spotted: list[Mention], resolver: Resolver, stops: list[int]
) -> Iterator[DateRow]:
    before = 0
    for mention in spotted:
        here = bisect_right(stops, mention.start)
        for stop in stops[before:here]:
            resolver.paragraph() if text[stop] == "\n" else resolver.sentence()
        before = here
        sentence = stops[here - 1] + 1 if here else 0
        reading, anchor = resolver.resolve(mention, _cue(text, mention, sentence))
        if reading is not None:
            yield _row(article, mention, reading, anchor)


def _row(article: Article, mention: Mention, reading: Reading, anchor: str | None) -> DateRow:
    value = reading.value
    kind = (
        "SET"
        if mention.kind == "every" or value == "SET"
        else "TIME"
        if "T" in value.removesuffix("SET") and "_REF" not in value
        else "DATE"
    )
    return DateRow(
        article.article_id,
        mention.start,
        mention.end,
        article.text[mention.start : mention.end],
        kind,
        value,
        reading.known_start,
        reading.known_end,
        reading.grain,
        anchor,
    )


def _cue(text: str, mention: Mention, sentence: int) -> int:
    """2 where the words around say that the date lies ahead, 1 where its sentence looks forward before it."""
    if mention.kind != "point":
        return 0
    start, end = mention.start, mention.end
    before = text[max(sentence, start - 40) : start]
    if _AHEAD_NOW.search(before[-6:]):
        return 2
    if mention.relation == "until" and text[start] != "截":
        return 1
    clause = _CLAUSE.search(text, end, end + 12)
    behind = text[end : clause.start() if clause else end + 12]
    ahead = _AHEAD.search(behind, 0, 4)
    return 1 if ahead or _AHEAD.search(before) else 0


def _told_year(text: str, spotted: list[Mention]) -> int | None:
    """The year of an undated article, where a year that is over and the next, still planned, are both named."""
    over, planned = set(), set()
    for mention in spotted:
        year, base = mention.fields.get("year", (None, ""))
        if not isinstance(year, int) or base:
            continue
        last = mention.until.get("year", (year, ""))[0] if mention.until else year
        clause = text[mention.end : mention.end + 8].split(",", maxsplit=1)[0]
        (
            planned
            if _AHEAD.search(clause) or _AHEAD_NOW.search(text[max(0, mention.start - 4) : mention.start])
            else over
        ).add(last)
    if planned and over and min(planned) - 1 == max(over):
        return int(max(over))
    return None


def _within_name(mention: Mention, found: Found) -> bool:
    """Whether the words are part of a longer name of a person or place. Arabic dates never are."""
    names = [*found.of(PersonMentionRow), *found.of(PlaceMentionRow)]
    return any(
        n.start_char <= mention.start
        and mention.end <= n.end_char
        and n.end_char - n.start_char > mention.end - mention.start
        for n in names
    )
