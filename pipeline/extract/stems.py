"""What stands before an ending: where a name begins that is in no list, and what it is made of.

In: a folded text, an ending in it, the names that are known. Out: a `Stem`. It reaches left from its ending, word by word, to the
nearest edge: a mark, a known name, or a word that is part of no name.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..anchors import characters
from ..gazetteer import Gazetteer
from .cut import Word, cut
from .endings import HOLDERS, Ending, lists
from .units import Match

_WALL = np.ones(1 << 16, np.bool_)  # by code point: whether no name has the character
for _low, _high in ("㐀鿿", "豈﫿", "··", "〇〇"):
    _WALL[ord(_low) : ord(_high) + 1] = False
_STOP_TAGS = frozenset("vdpcrmqutfy")
_NEVER = frozenset("兼至的了在是从到与及或被把等这那们着你我他她它")  # no name has these inside
_CLAUSE = 18  # characters to the left that are cut into words
_NUMBERED = frozenset("河沟岭湾桥岗坪店庙湖泉山铺庄坝里溪潭峡洞寨池")  # 三道|河, 八里|庄
_NATURAL = frozenset("山湖河江岭溪湾峰岛峡潭洞池泉")
_SIZES = frozenset("大小新老旧多各全几本该两三一二四五六七八九十县市区省镇乡村高低长短好的门里外上下前后街人")
_BODIES = frozenset({"中心", "公司", "大队", "支队", "中队", "集团", "单位"})  # no part of a road's name
_ACTS = frozenset({"建设"})  # a road is called so, too
_END = Word("", 0, 0, "")
_WHERE = frozenset("上里内旁")
_LEVELS = frozenset("市县区旗")


class Page(NamedTuple):
    """A text as the grammar sees it. `covered`: 1 in short names that are known, 2 in full ones; `walls`: 1 also where no character of
    a name stands; the known names by where they end and begin."""

    folded: str
    covered: bytearray
    walls: bytes
    ends: Mapping[int, Match]
    starts: Mapping[int, Match]
    gazetteer: Gazetteer


def page(folded: str, covered: bytearray, known: Iterable[Match], gazetteer: Gazetteer) -> Page:
    """The page of a text with the names that are known in it."""
    walls = np.frombuffer(covered, np.bool_, len(folded)) | _WALL[np.minimum(characters(folded), 0xFFFF)]
    return Page(folded, covered, walls.tobytes(), {m.end: m for m in known}, {m.start: m for m in known}, gazetteer)


class Stem(NamedTuple):
    """The text before an ending that may be the name. `held`: the known name it begins behind; `own`: it holds something that is no
    common word; `edge`: the word before it; `head`: it begins with the short name of a county or city (北京|南站)."""

    folded: str
    start: int
    end: int
    ending: Ending
    held: Match | None
    words: list[Word]
    own: bool
    edge: str
    head: bool

    @property
    def close(self) -> int:
        """Where the ending ends."""
        return self.end + len(self.ending.suffix)

    @property
    def text(self) -> str:
        return self.folded[self.start : self.end]

    @property
    def name(self) -> str:
        return self.folded[self.start : self.close]

    @property
    def named(self) -> bool:
        """Whether a word of its own or one of good sound is in it: enough behind the name of a city, 北京|世纪剧院."""
        return self.own or any(word.text in lists().own for word in self.words)

    @property
    def plain(self) -> bool:
        """Whether nothing but common nouns stands here: 白茶|交易, 制冷."""
        return all(word.tag in {"n", "w", "b"} for word in self.words)


def stem(page: Page, end: int, ending: Ending, last: int) -> Stem:
    """The stem of an ending that begins at `end`; nothing before `last` belongs to it."""
    folded, gazetteer = page.folded, page.gazetteer
    floor = max(last, end - _CLAUSE)
    low = max(floor, page.walls.rfind(1, floor, end) + 1)
    start, words, edge = _trimmed(folded, low, end, ending, _left(folded, low, end, vocabulary(gazetteer)))
    heads = gazetteer.shortened if ending.group in {"station", "zone"} else _heads(gazetteer)
    head = folded[start : min(start + 2, end)] in heads or folded[start : min(start + 3, end)] in heads
    return Stem(folded, start, end, ending, page.ends.get(start), words, _own(words, ending), edge, head)


def _trimmed(
    folded: str, low: int, end: int, ending: Ending, found: tuple[int, list[Word], str]
) -> tuple[int, list[Word], str]:
    """A stem without what only stands before it, or with the word that it cannot do without."""
    start, words, edge = found
    if words and words[0].text in _LEVELS and end - start > 2 and folded[start : start + 2] not in lists().inner:
        start, words, edge = start + 1, words[1:], folded[start]  # 县|涔天河
    if len(words) == 1 and words[0].text in _NATURAL and len(edge) > 1 and start - len(edge) >= low:
        start, words, edge = start - len(edge), [Word(edge, start - len(edge), start, "n"), *words], ""  # 三门|峡|水库
    if (verb := _last(words, lists().verbs)) and (end - words[verb].start > 1 or verb > 1):
        start, words, edge = words[verb].start, words[verb:], words[verb - 1].text  # 修|幸福路, but 通灵|大峡谷
    if (where := _last([*words, _END], _WHERE)) > 1 and len(words[where - 2].text) > 1:
        start, words, edge = words[where - 1].end, words[where:], words[where - 1].text  # 国际上|现代化博物馆
    if words and words[0].text in _ACTS and ending.group not in {"road", "home"}:
        start, words, edge = words[0].end, words[1:], words[0].text  # 建设|高速铁路, but 建设路
    if ending.group == "road" and (body := _last(words, _BODIES)):
        start, words, edge = words[body].start, words[body:], words[body - 1].text  # 环卫中心|枣城大街
    if folded[start + 1 : start + 3] in {"国家", "中国"} and start + 3 < end:
        start, words, edge = start + 1, [w for w in words if w.start > start], folded[start]
    return start, words, edge


def _last(words: list[Word], kind: Container[str]) -> int:
    """The word behind the last one of a kind."""
    for i in range(len(words) - 1, 0, -1):
        if words[i - 1].text in kind:
            return i
    return 0


@lru_cache(maxsize=4)
def _heads(gazetteer: Gazetteer) -> frozenset[str]:
    """Short names of counties and cities that are no words."""
    return frozenset(gazetteer.shortened) - gazetteer.words - lists().common - lists().traps


@lru_cache(maxsize=8)
def vocabulary(gazetteer: Gazetteer) -> Mapping[str, str]:
    """The words of the gazetteer and those of the lexicons that it lacks."""
    known = lists()
    common = known.common | known.persons | known.own | {word for word in known.before if len(word) > 1}
    return {**{word: "n" for word in common if 1 < len(word) < 4}, **gazetteer.tags}


def _left(folded: str, low: int, end: int, words_known: Mapping[str, str]) -> tuple[int, list[Word], str]:
    """Where the stem begins, its words, and the word that stands before."""
    known = lists()
    words = cut(folded, low, end, words_known)
    first = len(words)
    while first:
        word, start, stop, tag = words[first - 1]
        if word not in known.own and word not in known.parts:
            if len(word) == 1:
                if word in known.before and folded[start : start + 2] not in known.inner:
                    run = _run(words, first - 1, end)
                    if run is None:
                        break
                    first = run
                    continue
            elif (
                tag in _STOP_TAGS
                or word in known.before
                or word in known.persons
                or word[-1] in HOLDERS
                or "的" in word
            ) and not (tag == "m" and stop < end and folded[stop] in _NUMBERED):
                break
        first -= 1
    kept = words[first:]
    return (kept[0].start if kept else end), kept, words[first - 1].text if first else ""


def _run(words: list[Word], at: int, end: int) -> int | None:
    """The first word of a short run of characters in which a small word is no word: 满|都|拉, 通|更|屯. None where it is one."""
    known = lists()
    word, right = words[at].text, end - words[at].end
    if word in _NEVER or right > 1 or (not right and word == "和"):
        return None
    first = at
    while first and not words[first - 1].tag and words[first - 1].text not in known.before:
        first -= 1
    return first if first < at and 2 <= end - words[first].start <= 4 else None


def _own(words: list[Word], ending: Ending) -> bool:
    """Whether the stem holds something that is no common word; a word of good sound is enough for a road, not for a market."""
    known = lists()
    if len(words) > 1 and words[0].text == "中国" and ending.group != "market":
        return True  # 中国|乡村|美术馆
    if len(words) > 1 and words[-1].text in _NATURAL and len(words[-2].text) > 1 and words[-2].tag != "a":
        return True  # 仙女|山|国家森林公园
    size = 0
    for word, _, _, tag in words:
        if (word in known.own and (ending.need != "name" or ending.group == "farm")) or tag == "z":
            return True
        if len(word) == 2 and word[1] in "家氏" and word[0] in known.surnames and word not in known.common:
            return True  # 石家|大院
        if len(word) == 3 and word[2] in _NATURAL and tag == "n":
            return True  # 八面山|公路
        if len(word) == 1 and word not in known.common and word not in known.verbs:
            size += 1
    return size > 0 or _paired(words)


def _paired(words: list[Word]) -> bool:
    """Whether two common characters make a name that is no word: 青城|古镇."""
    return len(words) == 2 and all(len(word.text) == 1 and word.text not in _SIZES for word in words)
