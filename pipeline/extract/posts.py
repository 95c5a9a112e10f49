"""Posts: the grammar of what stands before a name, read right to left, and its expansion.

In: a folded text, the place where a name begins, the units found in the text. Out: `Chunk`s, the posts of a series as printed, and
`expand`, which writes the shared organisation into each. A post is units and bodies (the organisation) and an office with its prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from .edges import left_edge
from .grammar import Line, grammar, is_own, rank_at

_REACH: Final = 48  # the longest organisation that is read


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
    lead: str = ""  # and with it
    party: str = ""
    unit: str = ""


def series(line: Line, end: int, floor: int = 0) -> list[Chunk]:
    """The posts that end right before `end`, in reading order; empty where no office stands there."""
    chunks: list[Chunk] = []
    while end > floor:
        chunk = _chunk(line, end, floor)
        if chunk is None:
            break
        chunks.append(chunk)
        if not line.text.endswith(grammar().links, floor, chunk.start):
            break
        end = chunk.start - next(len(k) for k in grammar().links if line.text.endswith(k, floor, chunk.start))
        if not rank_at(line.text, end, floor):
            break
    return chunks[::-1]


def _chunk(line: Line, end: int, floor: int) -> Chunk | None:
    text = line.text
    rank = rank_at(text, end, floor)
    if not rank:
        return None
    start = office = end - len(rank)
    while text.endswith(grammar().prefixes, floor, start):
        start -= next(len(prefix) for prefix in grammar().prefixes if text.endswith(prefix, floor, start))
    left = left_edge(line, max(floor, start - _REACH), start)
    left += 1 if text[left] == "·" else 0
    prefix, body = text[start:office], text[left:start]
    if rank == "代表" and body and not is_own(body, line.is_unit):
        return None
    if (
        _ANOTHERS.search(text, max(floor, left - 2), left)
        or text.startswith("退休", left)
        or text.endswith("退休", floor, start)
    ):
        return None
    if not body and text[left - 1 : left] == "的" and left - 1 > floor and "来自" not in text[max(0, left - 16) : left]:
        outer = left_edge(line, max(floor, left - 1 - _REACH), left - 1)
        if _closed(line, outer, left - 1):
            left, body = outer, text[outer : left - 1]
    if grammar().ranks[rank][0] == "title" and not (
        is_own(body, line.is_unit) or body.endswith(tuple(grammar().takes))
    ):
        left, body = start, ""
    if not body:
        verb = next((k for k in ("曾任", "任") if prefix.startswith(k)), "")
        left, prefix = left + len(verb), prefix.removeprefix(verb)
    marker = next((m for m in _MARKERS if body.startswith(m) and not (m == "前" and line.is_place(body[:2]))), "")
    left, body = left + len(marker), body[len(marker) :]
    cut = 2 if body in grammar().deictic and grammar().ranks[rank][0] == "own" else _deictic(body)
    bridged = body[:1] in ("该", "本") and cut == 1
    if not cut and not marker and body:
        marker = next((m for m in ("时任", "原") if text.endswith(m, floor, left)), "")
    left, body = left + cut, body[cut:]
    return Chunk(left - (0 if cut else len(marker)), end, body, prefix, rank, bridged, marker.replace("原任", "原"))


_ANOTHERS: Final = re.compile(
    "当选为?$|(?<![名称作图左右中次别起是])为$|[担出兼]任$|(?<![时现原前主责信离曾历])任$"
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
    return any(b == end for _, b in line.units_in(end - _REACH, end)) or any(
        name.endswith(b) and len(name) > len(b) > 1 for b in grammar().takes
    )


def strip_lead(body: str) -> str:
    """An organisation without the leading group at its end: 省经信厅党组 → 省经信厅."""
    lead = next((g for g in grammar().lead if body.endswith(g)), "")
    return body.removesuffix(lead).removesuffix("原")


_COMMITTEE: Final = re.compile(r"^(.*?(?:省|市|州|盟|地|县|区|旗))委(?!会)|^(.*?(?:自治区|省|市|州|县|(?<!社)区))党委")
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
        if kind == "title":
            return memory.base if chunk.rank.endswith("师") and memory.base.endswith(_WORKPLACES) else ""
        if kind == "own":
            return ""
        if kind == "lead" and memory.lead:
            return memory.lead
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


_WORKPLACES: Final = ("站", "所", "中心", "院", "厂", "场")  # of engineers, agronomists …


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
    memory.lead = organisation if organisation.endswith(grammar().lead) else ""
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
