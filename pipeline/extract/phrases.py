"""Noun phrases and clauses around a place in the text, by a word list alone: no tagger runs.

In: a folded text, word classes (of words of two or three characters), spans that are names and dates. Out: spans of phrases before and
behind a place. Words are read from left to right, the longest first; a lone character that is no function word belongs to its neighbour.
The lists of words that join, end or measure are lexicon figures_items.csv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon

Span = tuple[int, int]
_CLAUSE: Final = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),|[。;:!?\n()…—]")
_REACH: Final = 24  # characters behind a quantity, and half of those before it, that its words may lie away
_LONGEST: Final = 12
_HAN: Final = re.compile(r"[㐀-鿿A-Za-z·“”‘’]")
WHERE: Final = re.compile(
    r"全[省市县区旗镇乡村州盟团校院国](?!民|委|长)|[村镇县乡市区旗厂校院社山街]里|[村镇县市][上](?=[现已共今年有将还又就])|该[省市县区旗镇乡村州盟团校院厂局队所站中心行公司社区项目]{1,2}|[我本][省市县区旗镇乡村]|[他她我]家"
)
_RATE: Final = re.compile(
    r"(?:每|一|1)(?:个|亩|公?斤|吨|户|人|只|头|株|棵|公里|平方米|立方米|台|盒|箱|袋|枚|度|辆|年|月|天|小时|次|间|晚|套|件|张|粒|单|筐|升|米|名|位|班|趟|家)$"
)
_DIMENSIONS: Final = re.compile(r"(?:长|高|宽|深|厚|粗|重|大|外|内)?的")


@cache
def _words(kind: str) -> frozenset[str]:
    return lexicon.words("figures_items", kind=kind)


@cache
def _longest(kind: str) -> int:
    return max(map(len, _words(kind)))


def is_word(kind: str, word: str) -> bool:
    return word in _words(kind)


def ends(kind: str, text: str, start: int, end: int) -> int:
    """How long a word of the kind ends at `end`; 0 for none."""
    return next((n for n in range(min(_longest(kind), end - start), 0, -1) if text[end - n : end] in _words(kind)), 0)


def clause_start(text: str, position: int) -> int:
    """Where the clause of a place begins, or 48 characters before it."""
    low = max(0, position - 2 * _REACH)
    return max((match.end() for match in _CLAUSE.finditer(text, low, position)), default=low)


def clause_end(text: str, position: int, limit: int) -> int:
    stop = _CLAUSE.search(text, position, min(limit, position + _REACH))
    return stop.start() if stop else min(limit, position + _REACH, len(text))


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]` and its class: n noun, v verb, a, d, p … as the word list has it; x a lone character, s a function word, N a name, W 全县, 村里, q a quantity."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """Reads the phrases of one text."""

    text: str
    tags: Mapping[str, str]
    names: Mapping[int, int]  # where a person or place begins → where it ends
    persons: Mapping[int, int]
    dates: Mapping[int, int]
    figures: Mapping[int, int]

    def words(self, start: int, end: int) -> list[Word]:
        """The words from left to right; names, dates and quoted words are one."""
        found = []
        while start < end:
            stop, tag = self.names.get(start, 0), "N"
            if not start < stop <= end:
                stop, tag = self.dates.get(start, 0), "t"
            if not start < stop <= end:
                stop, tag = self.figures.get(start, 0), "q"
            if not start < stop <= end and (here := WHERE.match(self.text, start, end)):
                stop, tag = here.end(), "W"
            if not start < stop <= end:
                stop, tag = self._word(start, end)
            found.append(Word(start, stop, tag))
            start = stop
        return found

    def _word(self, start: int, end: int) -> tuple[int, str]:
        text = self.text
        if (
            text[start] in "“‘"
            and (close := text.find("”" if text[start] == "“" else "’", start, min(end, start + 16))) > 0
        ):
            return close + 1, "n"
        for length in (4, 3, 2):
            word = text[start : start + length]
            if start + length <= end:
                if word in _words("noun") or (word in _words("attribute") and word not in _words("change")):
                    return start + length, "n"
                if word in _words("link"):
                    return start + length, "s"
                if length < 4 and word in self.tags:
                    return start + length, self.tags[word].lower()
        return start + 1, "s" if text[start] in _words("single") else "x" if _HAN.match(text[start]) else "w"

    def linked(self, low: int, end: int, *, ratio: bool = False) -> int:
        """Where what stands before a quantity ends, without the words that only join it: 总投资|已达, 收购价|每公斤, 总面积|的."""
        text = self.text
        if ratio and end > low and text[end - 1] == "的":
            end -= 1
        for _ in range(5):
            date = next((a for a, b in self.dates.items() if b == end and a >= low), None)
            rate = _RATE.search(text, max(low, end - 4), end)
            size = (
                end - date
                if date is not None
                else ends("link", text, low, end) or (end - rate.start() if rate and rate.start() > low else 0)
            )
            if not size:
                break
            end -= size
        return end

    def attribute(self, low: int, end: int) -> Span | None:
        """What is measured: 占地面积, 村集体|年收入 without its owner."""
        text = self.text
        size = ends("attribute", text, low, end) or ends("yield", text, low, end) or self._by_ending(low, end)
        if not size:
            return None
        start = end - size
        for _ in range(3):
            more = ends("modifier", text, low, start)
            if not more:
                break
            start -= more
        return (start, end)

    def _by_ending(self, low: int, end: int) -> int:
        """The length of the word that ends in 率, 量, 额 …"""
        if end - 1 < low or self.text[end - 1] not in _words("ending"):
            return 0
        words = self.words(low, end)
        if (
            words[-1].end - words[-1].start > 1
            or len(words) == 1
            or words[-2].tag not in "nvxab"
            or not _HAN.match(self.text[words[-2].start])
        ):
            return words[-1].end - words[-1].start
        return end - words[-2].start

    def noun_behind(self, start: int, high: int, *, whole: bool = False) -> Span | None:
        """The noun phrase right behind a quantity, over 的; with `whole` what its last 的 leads to: 两株树龄逾八十年的|黄花梨."""
        text = self.text
        if joint := _DIMENSIONS.match(text, start, high):
            start = joint.end()
        taken: list[Word] = []
        words = self.words(start, high)
        for n, word in enumerate(words):
            following = words[n + 1].tag if n + 1 < len(words) else ""
            if word.tag in "sdpcrutmywq" or text[word.start] in "的地":
                if not (text[word.start] == "会" and taken and taken[-1].tag in "nv" and following in ("", "w")):
                    break
            if word.tag == "v" and not (following in ("n", "x") and not taken):
                break
            taken.append(word)
        end = taken[-1].end if taken else start
        if (
            whole
            and taken
            and text.startswith("的", end)
            and (outer := self.noun_behind(end, high))
            and outer[0] == end + 1
        ):
            return outer
        while taken and (taken[-1].tag in ("v", "f") or self._hangs(taken)):
            taken.pop()
        if not taken or all(word.tag in "av" for word in taken):
            return None
        return (max(taken[0].start, taken[-1].end - _LONGEST), taken[-1].end)

    def before(self, low: int, end: int) -> Span | None:
        """The noun phrase, or failing that the verb, that ends right before a quantity."""
        text = self.text
        if end > low and text[end - 1] == "的":
            end -= 1
        words = self.words(low, end)
        while words and (words[-1].tag in "sdpcruwtq" or is_word("light", text[words[-1].start : words[-1].end])):
            words.pop()
        if not words:
            light = ends("light", text, low, end)
            return (end - light, end) if light else None
        stop = start = words[-1].end
        for word in reversed(words):
            if word.tag not in "nxaNbvlj" or text[word.start] in "的" or (word.tag in "vN" and start != stop):
                break
            start = word.start
            if word.tag in "vN":
                break
        return (max(start, stop - _LONGEST), stop) if start < stop else None

    def deed(self, start: int, high: int) -> Span | None:
        """The verb behind a quantity, with its object: 花了7天|讲政策."""
        words = self.words(start, high)
        while words and words[0].tag in "sdpcruf":
            words.pop(0)
        if not words or words[0].tag in "Nwtq":
            return None
        end = words[0].end
        if end - words[0].start == 1 and len(words) > 1 and words[1].tag != "w":
            end = words[1].end
        return (words[0].start, end)

    def owner_before(self, low: int, end: int) -> Span | None:
        """The noun phrase that ends right before what is measured: 玉米|平均亩产, 全镇|的产值."""
        text = self.text
        end = self.linked(low, end)
        if end > low and text[end - 1] == "的":
            end -= 1
        words = self.words(low, end)
        stop = start = end
        for word in reversed(words):
            if word.tag not in "nNWxajbl" or text[word.start] in "的":
                break
            start = word.start
            if word.tag in "NW":
                break
        return (max(start, stop - 2 * _LONGEST), stop) if stop - start > 1 else None

    def topic(self, start: int, end: int) -> Span | None:
        """The noun phrase that a clause begins with, behind dates and 在; the name in it where it has one."""
        text = self.text
        words = self.words(start, end)
        while words and (
            (words[0].tag in "tdcmfpw" and text[words[0].end - 1] not in "期批")
            or text[words[0].start : words[0].end] in ("在", "对", "为", "据", "该", "把", "由", "从", "经")
        ):
            words.pop(0)
        taken: list[Word] = []
        for n, word in enumerate(words):
            following = words[n + 1] if n + 1 < len(words) else None
            if (word.tag in "nNWajbxlfi" or (not taken and word.tag == "m")) and text[word.start] not in "的地得":
                taken.append(word)
            elif (
                word.tag == "v"
                and taken
                and following
                and following.tag == "n"
                and text[following.end - 1] in "目程地区队组室站点园社会村户业部厂"
            ):
                taken.append(word)
            elif text[word.start : word.end] == "的" and taken and following and following.tag in "nx":
                taken.clear()
            else:
                break
        while self._hangs(taken):
            taken.pop()
        if not taken or (taken[-1].end - taken[0].start < 2 and text[taken[0].start] not in "他她我它"):
            return None
        person = next(
            ((word.start, word.end) for word in reversed(taken) if self.persons.get(word.start) == word.end), None
        )
        return person or (max(taken[0].start, taken[-1].end - 2 * _LONGEST), taken[-1].end)

    def is_named(self, span: Span) -> bool:
        """Whether a phrase holds a name or a collective: 全县, 村里."""
        return any(word.tag in "NW" for word in self.words(*span))

    def _hangs(self, taken: list[Word]) -> bool:
        """Whether the last character rather begins a verb: 群众|守."""
        last = taken[-1] if len(taken) > 1 else None
        return (
            last is not None
            and last.tag == "x"
            and taken[-2].tag == "n"
            and not is_word("noun_end", self.text[last.start])
        )

    def name_in(self, start: int, end: int) -> Span | None:
        """The last person that is named between two places."""
        return max(((a, b) for a, b in self.persons.items() if start <= a and b <= end), default=None)
