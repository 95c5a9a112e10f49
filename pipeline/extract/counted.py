"""What a quantity counts or measures, and of what: `item` and `subject` from the words around it.

In: a folded text, its quantities, the word classes, spans that are one name. Out: for every quantity the spans of item and subject, or None.
The item of a count is the noun behind it (22名|外卖骑手), else the one before (停车位|35个); of a measure what is measured
(总投资|约1亿元), else the noun behind. The subject is what stands before the item in its clause, else the topic that the sentence began with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon
from ..quantities import Quantity

Span = tuple[int, int]
_CLAUSE: Final = re.compile(r"[,。;:!?\n()…—]")
_SENTENCE: Final = frozenset("。!?\n")
_REACH: Final = 24  # characters that an item or a subject may lie away
_LONGEST: Final = 12
_COUNTS: Final = frozenset(("count", "person", "household", "person-time"))
_HAN: Final = re.compile(r"[㐀-鿿A-Za-z0-9·“”‘’-]")
_QUOTES: Final = "“”‘’"


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]` and its class: n noun, v verb, a, d, p … as the word list has it; x for a lone character; N for a name."""

    start: int
    end: int
    tag: str


@cache
def _words(kind: str) -> frozenset[str]:
    return lexicon.words("figures_items", kind=kind)


@cache
def _longest(kind: str) -> int:
    return max(map(len, _words(kind)))


def _ends(kind: str, text: str, start: int, end: int) -> int:
    """How long a word of the kind ends at `end`; 0 for none."""
    return next((n for n in range(min(_longest(kind), end - start), 0, -1) if text[end - n : end] in _words(kind)), 0)


@dataclass(slots=True)
class Reader:
    """Reads the words of one text."""

    text: str
    tags: Mapping[str, str]
    names: Mapping[int, int]  # where a name begins → where it ends
    dates: Mapping[int, int]

    def words(self, start: int, end: int) -> list[Word]:
        """The words from left to right, the longest first; names and quoted words are one."""
        text, found = self.text, []
        while start < end:
            stop = self.names.get(start) or self.dates.get(start) or 0
            tag = "N" if start in self.names else "t"
            if not start < stop <= end:
                stop, tag = self._word(start, end)
            found.append(Word(start, stop, tag))
            start = stop
        return found

    def _word(self, start: int, end: int) -> tuple[int, str]:
        text = self.text
        if text[start] in "“‘" and (close := text.find("”" if text[start] == "“" else "’", start, min(end, start + 16))) > 0:
            return close + 1, "n"
        for length in (3, 2):
            word = text[start : start + length]
            if len(word) == length and start + length <= end:
                if word in _words("noun") or word in _words("attribute"):
                    return start + length, "n"
                if word in self.tags:
                    return start + length, self.tags[word].lower()
        return start + 1, "s" if text[start] in _words("single") else "x"


def counted(reader: Reader, found: Sequence[Quantity]) -> list[tuple[Span | None, Span | None]]:
    """Item and subject of each quantity."""
    text = reader.text
    result: list[tuple[Span | None, Span | None]] = []
    for number, each in enumerate(found):
        before = found[number - 1] if number else None
        low = _clause_start(text, each.start)
        if before and before.end > low:
            earlier = result[-1][0]
            low = max(before.end, earlier[1] if earlier else 0)
        high = _clause_end(text, each.end, found[number + 1].start if number + 1 < len(found) else len(text))
        item = _item(reader, each, low, high)
        shares = before is not None and text[before.end : each.start] in ("、", "和", "及", "与", "至", ",") and before.unit.dimension == each.unit.dimension
        if shares and (item is None or item[0] >= each.end) and result[-1][0] and not (item and each.unit.dimension in _COUNTS):
            item = result[-1][0]
        result.append((item, _subject(reader, each, item, found)))
    return result


def _clause_start(text: str, position: int) -> int:
    low = max(0, position - 2 * _REACH)
    return next((i + 1 for i in range(position - 1, low - 1, -1) if _CLAUSE.match(text[i])), low)


def _clause_end(text: str, position: int, limit: int) -> int:
    stop = _CLAUSE.search(text, position, min(limit, position + _REACH))
    return stop.start() if stop else min(limit, position + _REACH, len(text))


# --- item --------------------------------------------------------------------------------------------------------------------


def _item(reader: Reader, each: Quantity, low: int, high: int) -> Span | None:
    dimension = each.unit.dimension
    if dimension == "age":
        return None
    behind = _behind(reader, each.end, high)
    end = _linked(reader.text, low, each.start)
    if dimension in _COUNTS:
        return behind or _before(reader, low, end) or _deed(reader, each.end, high)
    if dimension == "duration":
        return _deed(reader, each.end, high) if _ends("spend", reader.text, low, end) or end <= low else _before(reader, low, end) or behind
    attribute = _attribute(reader, low, end)
    if attribute is None or (behind and _ends("yield", reader.text, low, end)):
        return behind or _before(reader, low, end) or _deed(reader, each.end, high)
    return attribute


def _linked(text: str, low: int, end: int) -> int:
    """Where what stands before a quantity ends, without the words that only join it: 总投资|已达."""
    for _ in range(4):
        size = _ends("link", text, low, end)
        if not size:
            break
        end -= size
    return end


def _attribute(reader: Reader, low: int, end: int) -> Span | None:
    """What is measured: 占地面积, 村集体年收入 without its owner."""
    text = reader.text
    size = _ends("attribute", text, low, end) or _ends("yield", text, low, end)
    if not size and end - 1 >= low and text[end - 1] in _words("ending"):
        last = reader.words(low, end)[-1]
        size = max(1, last.end - last.start)
        if size == 1 and end - 2 >= low and text[end - 2] not in _words("single"):
            words = reader.words(low, end)
            size = end - (words[-2].start if len(words) > 1 and words[-2].tag in "nvxab" else end - 1)
    if not size:
        return None
    start = end - size
    for _ in range(3):
        more = _ends("modifier", text, low, start)
        if not more:
            break
        start -= more
    return (start, end)


def _behind(reader: Reader, start: int, high: int) -> Span | None:
    """The noun phrase right behind a quantity, over 的 and 左右."""
    text = reader.text
    if text.startswith("的", start):
        start += 1
    words = reader.words(start, high)
    taken: list[Word] = []
    for n, word in enumerate(words):
        following = words[n + 1].tag if n + 1 < len(words) else ""
        if not _HAN.match(text, word.start) or word.tag in "sdpcrutmy" or text[word.start] in "的地、":
            break
        if word.tag == "v" and not (following in ("n", "x") and not taken):
            break
        taken.append(word)
    while taken and taken[-1].tag in ("v", "f"):
        taken.pop()
    if not taken or all(word.tag in "xav" for word in taken) and taken[-1].end - taken[0].start < 2:
        return None
    end = taken[-1].end
    return (max(taken[0].start, end - _LONGEST), end)


def _before(reader: Reader, low: int, end: int) -> Span | None:
    """The noun phrase, or failing that the verb, that ends right before a quantity."""
    text = reader.text
    words = reader.words(low, end)
    while words and (words[-1].tag in "sdpcru" or text[words[-1].start : words[-1].end] in _words("light") or not _HAN.match(text, words[-1].start)):
        words.pop()
    if not words:
        light = _ends("light", text, low, end)
        return (end - light, end) if light else None
    start = stop = words[-1].end
    for word in reversed(words):
        if word.tag not in "nxaNbvlj" or text[word.start] in "的、" or not _HAN.match(text, word.start):
            break
        if word.tag == "v" and start != stop:
            break
        start = word.start
        if word.tag in ("v", "N"):
            break
    return (max(start, stop - _LONGEST), stop) if start < stop else None


def _deed(reader: Reader, start: int, high: int) -> Span | None:
    """The verb behind a quantity, with its object: 花了7天|讲政策."""
    text = reader.text
    words = [word for word in reader.words(start, high) if _HAN.match(text, word.start)]
    while words and words[0].tag in "sdpcru":
        words.pop(0)
    if not words or words[0].tag == "N":
        return None
    end = words[0].end
    if words[0].end - words[0].start == 1 and len(words) > 1:
        end = words[1].end
    return (words[0].start, end)


# --- subject -----------------------------------------------------------------------------------------------------------------


def _subject(reader: Reader, each: Quantity, item: Span | None, found: Sequence[Quantity]) -> Span | None:
    """The topic of the clause; without one that of the clauses before it in the sentence."""
    text = reader.text
    position = each.start
    first = min(item[0], each.start) if item else each.start
    for _ in range(6):
        start = _clause_start(text, position)
        topic = _topic(reader, start, min(first, position) if position == each.start else position)
        if topic and not (item and topic[0] < item[1] and item[0] < topic[1]):
            return topic
        if start == 0 or text[start - 1] in _SENTENCE or text[start - 1] not in ",;:…—":
            return None
        position = start - 1
    return None


def _topic(reader: Reader, start: int, end: int) -> Span | None:
    """The noun phrase that a clause begins with, behind dates and 在; None where it begins with anything else."""
    text = reader.text
    words = reader.words(start, end)
    while words and (words[0].tag in "tdcm" or text[words[0].start : words[0].end] in ("在", "对", "为", "据", "“", "”", "‘", "’", "该", "其中", " ")):
        words.pop(0)
    taken: list[Word] = []
    for n, word in enumerate(words):
        if word.tag in "nNajbxlfi" and _HAN.match(text, word.start) and text[word.start] not in "的地得、":
            taken.append(word)
        elif word.tag == "v" and taken and n + 1 < len(words) and words[n + 1].tag == "n" and text[words[n + 1].end - 1] in "目程地区队组室站点园社会村户业部厂":
            taken.append(word)
        elif text[word.start : word.end] == "的" and taken and n + 1 < len(words) and words[n + 1].tag in "nx":
            taken.clear()
        else:
            break
    if not taken or taken[-1].end - taken[0].start < 2:
        return None
    return (max(taken[0].start, taken[-1].end - 2 * _LONGEST), taken[-1].end)
