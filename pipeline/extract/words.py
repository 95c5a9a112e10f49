"""Clauses, words and noun phrases of a text, by a word list alone: no tagger runs.

In: a folded text, word classes (of words of two or three characters), spans that are names, dates and quantities. Out: for any place its clause,
cut into words (read from left to right, the longest first) and into noun phrases. Each clause is cut once.
The lists of words that join, end or measure are lexicon figures_items.csv.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from .. import lexicon

Span = tuple[int, int]
_CLAUSE: Final = re.compile(
    r",(?!\d{3}(?!\d))|(?<!\d),|[。;:!?\n()…—]|”(?=[㐀-鿿])(?<=[,。!?]”)|(?<=[㐀-鿿”%]) (?=[㐀-鿿“0-9])"
)
_PHASE: Final = re.compile(
    r"[一二三四五六七八九十\d]{1,2}(?:期|标段|批次)(?!间)|[这那该本此](?:个|些|条|座|家|块|片|项|种|次|里|位|名|支|处|所|届|户|群|棵)?(?=[㐀-鿿])"
)
_LONGEST: Final = 64  # characters of a clause
_HAN: Final = re.compile(r"[㐀-鿿A-Za-z0-9·]")
WHERE: Final = re.compile(
    r"全[省市县区旗镇乡村州盟团校院国队社厂组场](?!民|委|长)|[村镇县乡市区旗厂校院社山街局州盟]里(?!程|弄)|[村镇县市]上(?=[现已共今年有将还又就])|该[省市县区旗镇乡村州盟团校院厂局队所站中心行公司社区项目]{1,2}|[我本][省市县区旗镇乡村州盟]|[他她我]家|两[村地县市校家]"
)
_CLOSES: Final = {"“": "”", "‘": "’"}
_OPENS: Final = frozenset("全村镇县乡市区旗厂校院社山街局该我本他她两州盟一二三四五六七八九十0123456789这那该本此“‘")
_NOMINAL: Final = frozenset("nNPWxjbzlsiwho")


class Word(NamedTuple):
    """`text[start:end]` and its class: n noun, v verb, w noun of an act … as the word list has it; x a lone character, - a function word, P a
    person, N a place, W 全县, 村里, t a date, q a quantity, of 的."""

    start: int
    end: int
    tag: str


class Chunk(NamedTuple):
    """A noun phrase, and the places of its words in the clause."""

    start: int
    end: int
    first: int
    last: int


@dataclass(slots=True)
class Clause:
    """A stretch between two clause marks. `opens`: the mark before it."""

    start: int
    end: int
    opens: str
    words: list[Word] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    phrases: list[Any] | None = None
    cut: bool = False


@cache
def _words(kind: str) -> frozenset[str]:
    return lexicon.words("figures_items", kind=kind)


@cache
def _endings(kind: str) -> Mapping[str, list[str]]:
    """The words of a kind by their last character, the longest first."""
    found: dict[str, list[str]] = {}
    for word in sorted(_words(kind), key=len, reverse=True):
        found.setdefault(word[-1], []).append(word)
    return found


class WordList(NamedTuple):
    """The class of each word, and the first two characters of those that are longer."""

    tags: Mapping[str, str]
    longer: frozenset[str]


def lexical(tags: Mapping[str, str]) -> WordList:
    """The word list with the words whose class it does not tell as it is needed here, classes in small letters."""
    found = {word: tag.lower() for word, tag in tags.items()}
    found |= dict.fromkeys(_words("attribute") - _words("change"), "n") | dict.fromkeys(_words("noun"), "n")
    found |= dict.fromkeys(_words("link") | _words("single") | _words("aside"), "-")
    found |= dict.fromkeys(_words("act"), "v") | {"的": "of"}
    return WordList(found, frozenset(word[:2] for word in found if len(word) > 2))


def is_word(kind: str, word: str) -> bool:
    return word in _words(kind)


def ends(kind: str, text: str, start: int, end: int) -> int:
    """How long a word of the kind ends at `end`; 0 for none."""
    if end <= start:
        return 0
    words = _endings(kind).get(text[end - 1], ())
    return next((len(word) for word in words if text.endswith(word, start, end)), 0)


class Clauses:
    """The clauses of one text."""

    def __init__(self, text: str, words: WordList, fixed: Mapping[int, tuple[int, str]]) -> None:
        self.text, self._list, self._fixed = text, words, fixed
        self._title = text[: text.find("\n")] if "\n" in text else ""
        self._all: list[Clause] = []
        low, opens = 0, "\n"
        for match in _CLAUSE.finditer(text):
            self._add(low, match.start(), opens)
            low, opens = match.end(), _stronger(opens, match[0]) if match.start() == low else match[0]
        self._add(low, len(text), opens)
        self._starts = [each.start for each in self._all]

    def _add(self, start: int, end: int, opens: str) -> None:
        """A clause, in pieces where it is too long for one: a line without a mark costs no more than one with."""
        while start < end:
            stop = min(end, start + _LONGEST)
            self._all.append(Clause(start, stop, opens))
            start, opens = stop, ","

    def often(self, word: str) -> int:
        """How often the text has a word, to 2000 characters."""
        return self.text.count(word, 0, 2000)

    def titled(self, word: str) -> str:
        return "t" if word in self._title else ""

    def index(self, position: int) -> int:
        """Which clause holds the place."""
        return max(0, bisect_right(self._starts, position) - 1)

    def __getitem__(self, number: int) -> Clause:
        clause = self._all[number]
        if not clause.cut:
            clause.words = self._cut(clause.start, clause.end)
            clause.chunks = list(_chunks(clause.words))
            clause.cut = True
        return clause

    def __len__(self) -> int:
        return len(self._all)

    def _cut(self, start: int, end: int) -> list[Word]:
        text, (tags, longer), fixed = self.text, self._list, self._fixed
        found = []
        while start < end:
            character, held = text[start], fixed.get(start)
            if held and held[0] <= end:
                word = Word(start, held[0], held[1])
            elif character in _OPENS and (shaped := _shaped(text, start, end)):
                word = shaped
            else:
                stop = min(start + 4 if text[start : start + 2] in longer else start + 2, end)
                while stop - start > 1 and text[start:stop] not in tags:
                    stop -= 1
                word = Word(start, stop, tags.get(text[start:stop]) or ("x" if _HAN.match(character) else " "))
            found.append(word)
            start = word.end
        return found


def _shaped(text: str, start: int, end: int) -> Word | None:
    """A word told by its shape: 全县, 该局, 二期, 这座, “…”."""
    if here := WHERE.match(text, start, end):
        return Word(start, here.end(), "W")
    if here := _PHASE.match(text, start, end):
        return Word(start, here.end(), "n" if here[0][-1] in "期段次" and here[0][0] not in "这那该本此" else "r")
    if text[start] in _CLOSES and (close := text.find(_CLOSES[text[start]], start, min(end, start + 14))) > 0:
        return Word(start, close + 1, "n")
    return None


def _stronger(a: str, b: str) -> str:
    """The mark that parts more."""
    return max(a, b, key=",:;()…—!?。\n".find)


def _chunks(words: list[Word]) -> Iterator[Chunk]:
    """Runs of nominal words."""
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and _belongs(words, last, first):
            last += 1
        end = last
        while end > first and words[end - 1].tag in ("v", "f", "a", "r"):
            end -= 1
        if end > first:
            yield Chunk(words[first].start, words[end - 1].end, first, end - 1)
        first = max(last, first + 1)


def _belongs(words: list[Word], at: int, first: int) -> bool:
    """Whether a word goes on with a noun phrase; an adjective or verb does before a noun (交易|市场, 种植|面积)."""
    word = words[at]
    if word.tag in "rq":
        return at == first
    if word.tag in _NOMINAL:
        return not (at > first and words[at - 1].tag == "P")
    following = words[at + 1] if at + 1 < len(words) else None
    if word.tag in "va" and following and following.tag == "n" and word.end - word.start > 1:
        return words[at - 1].tag != "P" if at > first else word.tag == "a"
    return word.tag == "f" and at > first
