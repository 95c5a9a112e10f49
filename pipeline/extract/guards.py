"""What stands beside a name and says whether it is one: words that lead to places, words it only begins, persons' names.

In: a folded text and the position of a name. Out: yes or no.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from .. import lexicon
from ..gazetteer import Gazetteer
from .cut import cut

_PREPOSITIONS = frozenset("在赴到来从往至由向对与和及为是离抵达返经距于跟环援")
_RIGHT = frozenset("的等开调考视检召举将以为在是有与和及至到赴一上下里内外两打当做就之")
_STOP = frozenset("了的在是和与及将对为向从到把被有")
_NO_NOUNS = frozenset("vdpcrtmq")
_REACH = 9  # characters behind a short name in which a word for an organisation makes it part of one
_BORDERS = ("边界", "交界", "边区", "毗邻", "两省", "三省", "四省", "省际")  # behind 川渝, 苏鲁豫皖
_COUNTED = re.compile(r"[\d一二两三四五六七八九十几多][家所个位名座条户]")
_NATURAL = frozenset("山湖河江岭溪湾峰岛海")
_NUMBERS = frozenset("一二三四五六七八九十")
_TITLE_ENDS = frozenset("长记员任者师授")
_TAIL = re.compile(
    r"(?:(?:[东西南北中新老大]{0,2}|[^\W\d一二三四五六七八九十两几等])(?:路|街|大道|大街|巷|江|河|湖|山|岭|桥|高速|机场|火车站|汽车站|水库|码头|口岸|渔港|港|草原|古城|古镇|岛|寺"
    r"|公园|广场|花园|小区|景区|风景区|开发区|工业园|新区|国家公园|旧址|遗址|站|馆|线|村|社区|镇|乡|嘎查|苏木|街道|市|县|区|旗|人民法庭|派出所|法庭)|[部麓侧岸坡])"
)
_ADMIN = re.compile(
    r"(?:市委|县委|区委|地委|州委|省委|旗委|市政府|县政府|市区|县城|区域|街头|村民|市民|县域|省内|市内|县内|区内|站点|市场)"
)


@cache
def _organisation() -> tuple[re.Pattern[str], frozenset[str]]:
    """The words that end an organisation's name, and what these begin with."""
    tails = sorted(lexicon.words("place_words", kind="organisation"), key=len, reverse=True)
    return re.compile(f"{'|'.join(tails)}|报(?![告名道到考警销送喜春效恩答])|队(?![员伍长列友])"), frozenset(
        "报队"
    ).union(tail[0] for tail in tails)


def body(folded: str, end: int) -> tuple[int, int] | None:
    """The nearest word for an organisation within a name's length."""
    tails, heads = _organisation()
    for start in range(end, min(end + _REACH, len(folded))):
        if folded[start] in heads and (tail := tails.match(folded, start)):
            return tail.span()
        if folded[start] in _STOP or not folded[start].isalnum() or _COUNTED.match(folded, start):
            return None
    return None


@cache
def _before() -> frozenset[str]:
    return lexicon.words("place_before")


@cache
def _surnames() -> frozenset[str]:
    rows = lexicon.rows("names_surnames")
    return frozenset(s for row in rows for s in row["surnames"].split() if len(s) == 1) - _PREPOSITIONS


def free(folded: str, start: int) -> bool:
    """Whether a name may begin here: behind a mark or a word that stands before places."""
    if start == 0 or not folded[start - 1].isalnum() or folded[start - 1].isdigit():
        return True
    return (
        folded[start - 1] in _PREPOSITIONS
        or folded[start - 2 : start] in {"到了", "来了"}
        or folded[max(0, start - 2) : start] in _before()
    )


def stands(folded: str, start: int) -> bool:
    """Whether a word of place stands right before: 在, 到, 赴, 来自."""
    return folded[max(0, start - 1) : start] in set("在到赴往从至抵") or folded[max(0, start - 2) : start] in {"来自", "前往", "位于", "销往", "运往", "发往", "来到"}  # fmt: skip


def ended(folded: str, end: int, gazetteer: Gazetteer) -> bool:
    """Whether a name may end here: before a mark, a word for what is done or said there, a word of place."""
    if end >= len(folded) or not folded[end].isalnum() or folded[end].isdigit() or folded[end] in _RIGHT:
        return not continued(folded, end, gazetteer)
    word = gazetteer.tags.get(folded[end : end + 2], "")
    if folded[end] == "人" and not word:
        return True
    return word.lower() in _NO_NOUNS and not continued(folded, end, gazetteer)


def continued(folded: str, end: int, gazetteer: Gazetteer) -> bool:
    """Whether a short name only begins the name of a road, another unit, a school, a company."""
    if _ADMIN.match(folded, end):
        return folded.startswith("市场", end)
    tail = _TAIL.match(folded, end)
    if tail and gazetteer.tags.get(tail[0], "n").lower() not in tuple("vd"):
        return True
    if not (found := body(folded, end)):
        return False
    start, stop = found
    rest = folded[stop - 1 : stop + 1]
    if stop - start <= 2 and rest in gazetteer.words and rest != "中学" and folded[start] not in _NUMBERS:  # 改建工|程
        return False
    between = cut(folded, end, start, gazetteer.tags)
    return not any(word.tag in _NO_NOUNS and word.text[0] != "第" for word in between)


def office(folded: str, end: int) -> bool:
    """Whether the head office of a unit follows its short name: 大兴安岭|地委."""
    return bool(_ADMIN.match(folded, end))


def team(folded: str, end: int) -> bool:
    """Whether the name is that of a team: 青岛海牛队, 鲁能泰山队."""
    return "队" in folded[end : end + 2] and not folded.startswith(("大队", "支队"), end)


def natural(folded: str, end: int) -> bool:
    """Whether a name is rather that of a lake or a hill after which a town is called: 连环湖|上."""
    after = lexicon.words("place_evidence", side="after")
    return folded[end - 1] in _NATURAL and any(folded[end : end + n] in after for n in (1, 2, 3))


def torn(folded: str, end: int) -> bool:
    """Whether the last character belongs to the next word: 大同市|场."""
    return folded[end - 1 : end + 1] in lexicon.words("place_words", kind="torn")


def doubled(folded: str, start: int, end: int) -> bool:
    """Whether 段村村 is 段村 and 村民."""
    return folded.endswith("村村", start, end) and folded[end : end + 1] in set("民委干里级")


def crossed(folded: str, start: int, gazetteer: Gazetteer) -> bool:
    """Whether the first character rather ends the word before: 了解|村."""
    return start > 0 and folded[start - 1 : start + 1] in gazetteer.words and folded[start - 1] not in _PREPOSITIONS


def person(folded: str, start: int, end: int = 0) -> bool:
    """Whether a surname stands before that belongs to what follows: 李|长春, 科长王|桂林; also where the text never has the one
    without the other."""
    if start == 0 or folded[start - 1] not in _surnames():
        return False
    before = folded[start - 2 : start - 1] if start > 1 else ""
    if not before.isalnum() or before in _TITLE_ENDS:
        return True
    return end > start and folded.count(folded[start - 1 : end]) == folded.count(folded[start:end]) > 1


def worded(folded: str, start: int, end: int, gazetteer: Gazetteer) -> bool:
    """Whether a name of two characters is but a part of a word of three: 哈密|瓜, 合作|社, 猕猴|桃园."""
    if end - start != 2:
        return False
    return folded[start : end + 1] in gazetteer.tags or (start > 1 and folded[start - 2 : start + 1] in gazetteer.tags)


@cache
def _single() -> re.Pattern[str]:
    verbs = "|".join(sorted(lexicon.words("place_evidence", side="single"), key=len, reverse=True))
    return re.compile(rf"[来赴在抵莅临驻援](?=(.)(?:{verbs}|[)）,。、;!\n ]|$))")


@cache
def _provinces() -> tuple[dict[str, str], re.Pattern[str]]:
    paths = {row["short"]: row["path"] for row in lexicon.rows("place_provinces")}
    chars = "".join(paths)
    return paths, re.compile(rf"([{chars}]{{2,4}})(?={'|'.join(_BORDERS)})")


def singles(folded: str, own: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Positions of single characters that stand for a unit, with its path: of the paper's own chain (by character), and provinces."""
    paths, groups = _provinces()
    for hit in _single().finditer(folded):
        if path := own.get(hit[1]) or paths.get(hit[1]):
            yield hit.start(1), path
    if not any(word in folded for word in _BORDERS):
        return
    for hit in groups.finditer(folded):
        if folded[hit.start() - 1 : hit.start()].isalnum():
            continue
        for i, character in enumerate(hit[1]):
            yield hit.start(1) + i, paths[character]
