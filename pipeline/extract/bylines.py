"""Article → bylines: who is credited, as what, by rule.

In: an article's blocks. Out: a BylineRow a name, in reading order. Credits stand in brackets (behind 本报讯, at a
paragraph's end, beneath a picture), on a line of their own, in the open behind 讯, or at a caption's end. A credit is
read word by word (lexicon bylines_words.csv): a role goes with the names behind it, a mark (摄, 文/图) with the names
before it, or behind it where it comes first. Where no role is printed only plain names count, and only in the
places where papers put credits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..credits import Credit, read
from ..model import Article, Block
from ..schema import BylineRow
from ..text import fold
from .found import Found, Resources

_BRACKET = re.compile(r"[(\[【〔]([^()\[\]【】〔〕\n]{2,70})[)\]】〕]")
_LEAD = re.compile(r"^.{2,28}?[讯电](?!员) ?[:·]? ?")
_MARKER = re.compile(r"^[□■○◎●◆◇☉⊙▲△*·@★☆▪•—-]+ ?")
_LONGEST_LINE = 70
_LONGEST_TAIL = 50


def bylines(article: Article, found: Found, resources: Resources) -> Iterable[BylineRow]:
    """The credited names of an article, in reading order; a name credited twice keeps its first role."""
    text = fold(article.text)
    seen: set[str] = set()
    credited = [each for block in article.blocks if block.kind != "title" for each in _of_block(text, block)]
    for each in sorted(credited, key=lambda credit: credit.start):
        name = "".join(article.text[each.start : each.end].split())
        if name not in seen:
            yield BylineRow(article.article_id, len(seen), each.role, name, each.start, each.end)
            seen.add(name)


def _of_block(text: str, block: Block) -> Iterator[Credit]:
    line = text[block.start : block.end]
    whole = list(_line(line, block.kind)) if len(line) <= _LONGEST_LINE else []
    for each in whole or [*_brackets(line), *_open_lead(line), *_tail(line)]:
        yield Credit(each.role, each.start + block.start, each.end + block.start)


def _line(line: str, kind: str) -> Iterator[Credit]:
    """A line that is a credit from end to end."""
    marker = _MARKER.match(line)
    start = marker.end() if marker else 0
    end = len(line)
    while start < end and line[start] in "([【" and line[end - 1] in ")]】":
        start, end = start + 1, end - 1
    roleless = kind == "byline" or marker is not None or start > 0
    yield from read(line, start, end, roleless=roleless, trusting=kind == "byline")


def _brackets(line: str) -> Iterator[Credit]:
    """Credits in brackets: with a role anywhere, without one behind 讯 and at the paragraph's end."""
    lead = _LEAD.match(line)
    for match in _BRACKET.finditer(line):
        after = line[match.end() :].strip(" 。")
        before = line[: match.start()].rstrip()
        at_end = not after and before[-1:] in "。!?”…"
        yield from read(line, *match.span(1), roleless=at_end or (lead is not None and lead.end() == match.start()))


def _open_lead(line: str) -> Iterator[Credit]:
    """`本报讯 记者 某某 通讯员 某某 …`, `记者 某某 报道:…`: a credit without brackets runs on into the text."""
    lead = _LEAD.match(line)
    start = lead.end() if lead else 0
    if lead or line.startswith(("本", "记者", "通讯员")):
        yield from read(line, start, min(len(line), start + _LONGEST_LINE), roleless=False, runs_on=True)


def _tail(line: str) -> Iterator[Credit]:
    """`…。某某 摄`: what stands behind the last sentence, or behind the last gap of a caption."""
    tail = line.rstrip(" 。")
    start = max(tail.rfind(mark) for mark in "。!?”)") + 1
    signed = tail[start - 1 : start + 1] == "。 "
    while start < len(tail) and tail[start] == " ":
        start += 1
    if 0 < len(tail) - start <= _LONGEST_TAIL and line[-1:] != "。":
        found = list(read(tail, start, len(tail), roleless=signed)) if start else []
        gap = tail.find(" ", start)
        while not found and gap >= 0:
            found = list(read(tail, gap + 1, len(tail), roleless=False))
            gap = tail.find(" ", gap + 1)
        yield from found
