"""Posts: the grammar of what stands before a name, read right to left, and its expansion.

In: a folded text, the place where a name begins, the units found in the text. Out: `Chunk`s, the posts of a series as printed, and
`expand`, which writes the shared organisation into each. A post is units and bodies (the organisation) and an office with its prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from .. import lexicon

WEAK: Final = frozenset(
    ("代表", "会计", "指挥", "成员", "经理", "理事", "文书", "秘书", "领导", "委员", "医生", "工作人员", "法人", "干事")
)  # offices that are words of other uses, too
_NO_DISTRICT: Final = "护发景园社小矿灌林牧库片街范理业新"  # before 区, where it is no district: 保护区, 管理区
_REACH: Final = 48  # the longest organisation that is read
_HARD: Final = re.compile(r"[,。;:!?\n()《》【】■●□…—]|(?<=\d)[名位个户]")
_QUOTES: Final = re.compile(r"“[^“”\n]{1,6}”")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One post of a series as printed: `text[start:end]`; `body` before the office, which is `prefix` + `rank`."""

    start: int
    end: int
    body: str
    prefix: str
    rank: str
    bridged: bool = False  # the organisation is 该…, named before
    marker: str = ""  # 原, 时任 before the organisation
    status: str = ""  # told by the words around: 免去…

    @property
    def title(self) -> str:
        return self.prefix + self.rank


@dataclass(frozen=True, slots=True)
class Post:
    """An expanded post of a person."""

    post: str
    organisation: str
    title: str
    status: str
    start: int
    end: int


@dataclass(slots=True)
class Memory:
    """What a later post of the sentence may lean on: the last organisation, unit, Party committee."""

    base: str = ""  # the organisation without its leading group
    party: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The lexicons of posts as patterns."""

    ranks: dict[str, tuple[str, str]]
    longest_rank: int
    prefixes: tuple[str, ...]
    former: frozenset[str]
    acting: frozenset[str]
    links: tuple[str, ...]
    heads: re.Pattern[str]
    edges: re.Pattern[str]
    inner: re.Pattern[str]
    deictic: tuple[str, ...]
    takes: dict[str, str]
    lead: tuple[str, ...]
    party_bodies: re.Pattern[str]


def _alternation(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w)))


@cache
def grammar() -> Grammar:
    """The lexicons posts_*.csv."""
    ranks = {row["rank"]: (row["kind"], row["system"]) for row in lexicon.rows("posts_ranks")}
    bodies = {row["body"]: row["takes"] for row in lexicon.rows("posts_bodies")}
    lead = [row["body"] for row in lexicon.rows("posts_bodies") if row["lead"]]
    kind = {k: lexicon.words("posts_words", kind=k) for k in ("prefix", "former", "acting", "link", "head", "edge", "deictic", "inner")}  # fmt: skip
    words = [*bodies, "委"]
    heads = re.compile(
        f"(?<!自治)(?:{_alternation(kind['head'] - {'区'})}|(?<![{_NO_DISTRICT}])区)(?={_alternation(words)}|{_alternation(ranks)}|副|常务|领导|四[套家大])"
    )
    return Grammar(
        ranks, max(map(len, ranks)), tuple(sorted({*kind["prefix"], *kind["former"], *kind["acting"]}, key=lambda w: (-len(w), w))),
        kind["former"], kind["acting"], tuple(sorted(kind["link"], key=lambda w: (-len(w), w))), heads,
        re.compile(_alternation(kind["edge"])), re.compile(_alternation([*kind["inner"], *(b for b in bodies if len(b) > 1)])),
        tuple(sorted(kind["deictic"])), bodies, tuple(sorted(lead, key=lambda w: (-len(w), w))),
        re.compile(f"(?:{_alternation(b for b, t in bodies.items() if t == 'party')})"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A text and what is known of it: its units (start, end), which words are common."""

    text: str
    units: Sequence[tuple[int, int]]  # of administrative units
    sites: Sequence[tuple[int, int]]
    is_word: Callable[[str], bool]
    is_place: Callable[[str], bool]  # the name or short name of a unit down to the county

    def is_unit(self, body: str) -> bool:
        """Whether an organisation's name begins with a unit of the text."""
        return any(body.startswith(self.text[a:b]) for a, b in self.units)

    def is_named(self, body: str) -> bool:
        """Whether it begins with a unit or another place of the text."""
        return self.is_unit(body) or any(body.startswith(self.text[a:b]) for a, b in self.sites)

    def is_region(self, body: str) -> bool:
        """Whether it begins with a unit above the village, as an organisation of its own does."""
        return any(body.startswith(self.text[a:b]) and self.text[b - 1] in "省市州盟县区旗" for a, b in self.units)


@cache
def _ends() -> frozenset[str]:
    """The last characters of offices."""
    return frozenset(rank[-1] for rank in grammar().ranks)


def rank_at(text: str, end: int, floor: int = 0) -> str:
    """The longest office that ends here, or the empty string."""
    if text[end - 1 : end] not in _ends():
        return ""
    ranks = grammar().ranks
    for length in range(min(grammar().longest_rank, end - floor), 1, -1):
        if text[end - length : end] in ranks:
            return text[end - length : end]
    return ""


def series(line: Line, end: int, floor: int = 0) -> list[Chunk]:
    """The posts that end right before `end`, in reading order; empty where no office stands there."""
    chunks: list[Chunk] = []
    while end > floor:
        chunk = _chunk(line, end, floor)
        if chunk is None:
            break
        chunks.append(chunk)
        link = next((k for k in grammar().links if line.text.endswith(k, floor, chunk.start)), "")
        if not link:
            break
        end = chunk.start - len(link)
        if not rank_at(line.text, end, floor):
            break
    return chunks[::-1]


def _chunk(line: Line, end: int, floor: int) -> Chunk | None:
    text = line.text
    rank = rank_at(text, end, floor)
    if not rank:
        return None
    start = office = end - len(rank)
    while prefix := next((p for p in grammar().prefixes if text.endswith(p, floor, start)), ""):
        start -= len(prefix)
    left = left_edge(line, max(floor, start - _REACH), start)
    left += 1 if text[left] == "·" else 0
    prefix, body = text[start:office], text[left:start]
    if rank == "代表" and body and not is_own(body, line.is_unit):
        return None
    if _ANOTHERS.search(text, max(floor, left - 2), left) or text.endswith("退休", floor, start):
        return None
    if not body and text[left - 1 : left] == "的" and left - 1 > floor and "来自" not in text[max(0, left - 16) : left]:
        outer = left_edge(line, max(floor, left - 1 - _REACH), left - 1)
        if _closed(line, outer, left - 1):
            left, body = outer, text[outer : left - 1]
    if not body:
        verb = next((k for k in ("曾任", "任") if prefix.startswith(k)), "")
        left, prefix = left + len(verb), prefix.removeprefix(verb)
    marker = next((m for m in _MARKERS if body.startswith(m) and not (m == "前" and line.is_place(body[:2]))), "")
    left, body = left + len(marker), body[len(marker) :]
    cut = 2 if body in grammar().deictic and grammar().ranks[rank][0] == "own" else _deictic(body)
    bridged = body[:1] in ("该", "本") and cut == 1
    if not cut and not marker and body:
        marker = next((m for m in ("时任", "原") if text.endswith(m, floor, left)), "")
        left -= len(marker) if marker == "时任" else 0
    left, body = left + cut, body[cut:]
    return Chunk(left - (0 if cut else len(marker)), end, body, prefix, rank, bridged, marker.replace("原任", "原"))


_ANOTHERS: Final = re.compile(
    "当选为?$|[担出兼]任$|(?<![时现原前主责信离曾历])任$"
)  # the office is given to somebody before


def _deictic(body: str) -> int:
    """How many characters of a pointing word to leave out: 我|县政府, 该|局, 全市|, 该县|县委."""
    if body[:1] not in ("我", "本", "该", "全"):
        return 0
    if grammar().heads.match(body, 2) or body[:1] == "全":
        return 2 if body[:2] in grammar().deictic or body[0] != "全" else 0
    return 1 if body[0] == "该" or body[:2] in grammar().deictic else 0


_MARKERS: Final = ("时任", "原任", "原", "前")


def _closed(line: Line, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a unit or an organisation in full."""
    name = line.text[start:end]
    if len(name) < 2:
        return False
    return any(b == end for _, b in line.units) or any(
        name.endswith(b) and len(name) > len(b) > 1 for b in grammar().takes
    )


def left_edge(line: Line, low: int, start: int) -> int:
    """Where the organisation that ends at `start` begins."""
    text = line.text
    for match in _HARD.finditer(text, low, start):
        low = match.end()
    quoted = {i for m in _QUOTES.finditer(text, low, start) for i in range(*m.span())}
    for i in range(start - 1, low - 1, -1):
        if (text[i] in "“”" and i not in quoted) or text[i] in '、 兼"':
            low = i + 1
            break
    edge = _edge(line, low, start)
    if text[edge - 1 : edge] in _MARKS and _AT_HEAD.match(text, edge, start) and not _HOLDER.search(text, edge, start):
        return edge
    within = {
        i
        for m in grammar().inner.finditer(text, edge, start)
        if m[0][0] not in _JOINING
        for i in range(m.start() + 1, m.end())
    }
    heads = [
        m.start()
        for m in grammar().heads.finditer(text, edge, min(len(text), start + 8))
        if m.start() <= start and m.start() not in within
    ]
    inside = [u for u in line.units if u[0] >= edge and u[1] <= start + 1]
    if inside:
        first = inside[_from_town(text, inside)][0]
        corps = _CORPS.search(text, edge, first)
        first = corps.start() if corps else first
        if text[edge:first] in _LEVEL_WORDS and text[edge - 1 : edge] in _MARKS:
            return edge
        return first if not heads or first <= heads[0] else _open(line, edge, heads[0])
    return _open(line, edge, heads[0]) if heads else edge


def _from_town(text: str, chain: Sequence[tuple[int, int]]) -> int:
    """Where a chain of units is read from: the county is left out before a town and its village."""
    if len(chain) < 3 or any(a[1] != b[0] for a, b in pairwise(chain[:3])):
        return 0
    county, town, village = (text[end - 1] for _, end in chain[:3])
    return 1 if county in "县市区旗" and town in "镇乡道木" and village in "村区查格" else 0


_AT_HEAD: Final = re.compile(
    "[省市州盟县区旗](?![民城里内外上场长中])[\u4e00-\u9fff]{2}"
)  # a clause that begins with a level word
_HOLDER: Final = re.compile("[长记]|主任|主席")  # somebody else's office: 县长某某和|县政协
_LEVEL_WORDS: Final = frozenset(("国家", "省", "市", "州", "盟", "县", "区", "旗", "镇", "乡", "公安"))
_MARKS: Final = frozenset(("", *",、。;:!?\n()“”"))
_NAME: Final = re.compile(r"(?:[\u4e00-\u9fff]{2,5}(?:镇|乡|街道|苏木|市|县|区|旗|团))?[\u4e00-\u9fff]{1,4}")


def _open(line: Line, edge: int, head: int) -> int:
    """A level word that opens a post may have the short name of its unit before it: 遂平|县委."""
    text = line.text
    for length in range(min(7, head - edge), 0, -1):
        if (length > 1 and line.is_place(text[head - length : head])) or (
            line.is_place(text[head - length : head + 1]) and (length > 1 or text[head - 1] not in _JOINING)
        ):
            corps = _CORPS.search(text, edge, head - length)
            return corps.start() if corps else head - length
    stem = text[edge:head]
    named = _NAME.fullmatch(stem) and not any(line.is_word(stem[i : i + 2]) for i in range(len(stem)))
    return edge if named else head


def _edge(line: Line, low: int, start: int) -> int:
    """The end of the last word, left of `start`, that is no part of an organisation."""
    text = line.text
    covered: set[int] = set()
    for match in grammar().inner.finditer(text, low, start):
        covered.update(range(*match.span()))
    for first, last in line.units:
        if first >= low and last <= start:
            covered.update(range(first, last))
    edge = low
    for match in grammar().edges.finditer(text, low, start):
        if all(i in covered for i in range(*match.span())):
            continue
        if match[0] in _JOINING and _joins(text[edge : match.start()], text[match.end() : start]):
            continue
        edge = match.end()
    return edge


_JOINING: Final = frozenset("和与及")
_BEGUN: Final = re.compile(r"[^省市州盟县区旗镇]*(?:省|自治区|[市州盟县区旗镇])(?=..)")
_WHOLE: Final = frozenset("局委厅办部府会院校长记任席员司团")


def _joins(left: str, right: str) -> bool:
    """Whether the word between joins the halves of one body's name: 县海洋|与|渔业局; not two bodies or persons."""
    return (
        _BEGUN.match(left) is not None
        and left[-1] not in _WHOLE
        and 2 < len(right) <= 14
        and right[-1] in "局委厅办部会心院站处科组队"
        and not _OWN_HEAD.match(right)
    )


_CORPS: Final = re.compile(
    r"(?:(?:新疆(?:生产建设)?)?(?:兵团)?第?[一二三四五六七八九十]*师?"
    r"|民[盟革建进]|农工党|致公党|九三学社|台盟|共青团|中共|公安|国家税务总局|国家统计局|国网|[农工建中]行|中国[\u4e00-\u9fff]{2,4}银行)$"
)
_OWN_HEAD: Final = re.compile(
    r"省|自治区|市|州|盟|地委|地区|县|区|旗|镇|乡|苏木|街道|村|社区|团[委区县市]|国|[\u4e00-\u9fff]{1,4}(?:开|新|管理|示范|度假|保护)区|中央|全国|师|行署"
)


def is_own(body: str, units: Callable[[str], bool]) -> bool:
    """Whether an organisation carries its level or unit, so that nothing is written before it."""
    return bool(_OWN_HEAD.match(body)) or units(body.removeprefix("公安"))


def strip_lead(body: str) -> str:
    """An organisation without the leading group at its end: 省经信厅党组 → 省经信厅."""
    lead = next((g for g in grammar().lead if body.endswith(g)), "")
    return body[: len(body) - len(lead)] if lead else body


_COMMITTEE: Final = re.compile(r"^(.*?(?:省|市|州|盟|地|县|区|旗))委(?!会)|^(.*?(?:自治区|省|市|州|县|区))党委")
_UNIT: Final = re.compile(
    r"^(.*?(?:省|自治区|市|州|盟|地区|县|区|旗|镇|乡|苏木|街道|开发区|园区|新区|社区|村|嘎查))"
    r"(?=委|党|政|人|纪|监|公安|法|检|团|妇|工|组|宣|统|办|管|武|$)"
)


def expand(
    chunks: Sequence[Chunk], memory: Memory, units: Callable[[str], bool], lean: Callable[[Chunk], str]
) -> list[Post]:
    """The posts of one series in full; `memory` is read and brought up to date.

    `lean` gives the organisation of a post whose sentence names none.
    """
    posts: list[Post] = []
    for number, chunk in enumerate(chunks):
        organisation = lean(chunk) or _organisation(chunk, memory, units)
        marker, title = chunk.marker, chunk.title
        if not chunk.body and number == 0 and organisation:
            marker = next((m for m in _MARKERS if title.startswith(m)), "")
            title = title.removeprefix(marker)
        status = (
            chunk.status
            or _status(marker)
            or _status(chunk.prefix)
            or (posts[0].status if number and chunks[0].marker else "current")
        )
        posts.append(Post(marker + organisation + title, organisation, title, status, chunk.start, chunk.end))
        _remember(chunk, organisation, memory)
    return posts


def _status(prefix: str) -> str:
    if any(prefix.startswith(f) for f in grammar().former):
        return "former"
    return "acting" if prefix.startswith("拟") or any(prefix.startswith(a) for a in grammar().acting) else ""


def _organisation(chunk: Chunk, memory: Memory, units: Callable[[str], bool]) -> str:
    body = chunk.body
    kind, _ = grammar().ranks[chunk.rank]
    if not body:
        if kind in ("own", "title"):
            return ""
        if kind == "party" or (chunk.rank in ("部长", "秘书长", "书记", "常委", "委员") and not memory.base):
            return memory.party
        return memory.base
    if is_own(body, units):
        return body
    if memory.party and grammar().party_bodies.match(body):
        return memory.party + body
    takes = _takes(body)
    if takes == "level" and memory.unit:
        return memory.unit + body
    if takes == "base" and memory.base:
        return memory.base + body
    return body


def _takes(body: str) -> str:
    """What the body leans on: by the longest listed body that it is, or by its end where it has a name of its own."""
    takes = grammar().takes
    if body in takes:
        return takes[body]
    if len(body) <= 8 and body[-1:] in "局委办厅":
        return "level"
    if len(body) <= 10 and body[-1:] in "庭科股室处部":
        return "base"
    return "none"


def _remember(chunk: Chunk, organisation: str, memory: Memory) -> None:
    if not organisation:
        level = re.match(r"省|自治区|市|州|盟|县|区|旗|镇|乡", chunk.rank)
        if level and not memory.unit.endswith(level[0]):
            memory.unit, memory.base, memory.party = level[0], "", ""
        return
    organisation = organisation.removesuffix("原")
    match = _COMMITTEE.match(organisation)
    if match:
        memory.party = match[0]
        memory.unit = match[1] or match[2]
        memory.base = "" if organisation == match[0] else strip_lead(organisation)
    else:
        memory.base = strip_lead(organisation)
        unit = _UNIT.match(organisation)
        if unit and chunk.body:
            memory.unit = unit[1]
            memory.party = ""
