"""The lexicons of posts as patterns, and a text as the grammar sees it.

In: posts_*.csv. Out: `grammar()`, read once; `Line`, a text with its units; `rank_at`, the office that ends at a place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from .. import lexicon

WEAK: Final = frozenset(
    ("代表", "会计", "指挥", "成员", "经理", "理事", "文书", "秘书", "领导", "委员", "医生", "工作人员", "法人", "干事")
)  # offices that are words of other uses, too
_NO_DISTRICT: Final = "护发景园社小矿灌林牧库片街范理业新聚验控税融作展假游辖户置住校院战军特"  # before 区, where it is no district: 保护区, 管理区


_TO_BE: Final = ("候选人", "人选")  # behind the office that somebody is put forward for
_CHIEFS: Final = ("长", "主任", "书记", "主席")
_BRANCH: Final = re.compile(
    "公安|民盟|民革|民建|民进|农工党|致公党|九三学社|台盟|共青团|中共|国网|国家税务总局|国家统计局"
)


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
    ranks |= {rank + to_be: kind for rank, kind in ranks.items() for to_be in _TO_BE if rank.endswith(_CHIEFS)}
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
        lexicon.pattern(kind["edge"]), lexicon.pattern({*kind["inner"], *(b for b in bodies if len(b) > 1)}),
        tuple(sorted(kind["deictic"])), bodies, tuple(sorted(lead, key=lambda w: (-len(w), w))),
        lexicon.pattern(b for b, t in bodies.items() if t == "party"),
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A text and what is known of it: its units (start, end), which words are common."""

    text: str
    units: Sequence[tuple[int, int]]  # of administrative units, in reading order
    sites: Sequence[tuple[int, int]]
    is_word: Callable[[str], bool]
    is_place: Callable[[str], bool]  # the name or short name of a unit down to the county
    inner: bytes = b""  # 1 for the characters inside a word for a body, its first one excepted

    def is_unit(self, body: str) -> bool:
        """Whether an organisation's name begins with a unit of the text, or with what it is a branch of and a known unit."""
        branch = _BRANCH.match(body)
        rest = body[branch.end() :] if branch else ""
        branched = OWN_HEAD.match(rest) is not None or any(self.is_place(rest[:n]) for n in (2, 3))
        return body.startswith(self._unit_names) or rest.startswith(self._unit_names) or branched

    def is_named(self, body: str) -> bool:
        """Whether it begins with a unit or another place of the text."""
        return self.is_unit(body) or body.startswith(self._site_names)

    def is_region(self, body: str) -> bool:
        """Whether it begins with a unit above the village, as an organisation of its own does."""
        return body.startswith(self._region_names)

    def units_in(self, low: int, high: int) -> list[tuple[int, int]]:
        """The units inside `text[low:high]`, in reading order."""
        first, behind = bisect_left(self.units, (low, 0)), bisect_left(self.units, (high, 0))
        return [unit for unit in self.units[first:behind] if unit[1] <= high]

    @cached_property
    def _unit_names(self) -> tuple[str, ...]:
        return tuple({self.text[a:b] for a, b in self.units})

    @cached_property
    def _site_names(self) -> tuple[str, ...]:
        return tuple({self.text[a:b] for a, b in self.sites})

    @cached_property
    def _region_names(self) -> tuple[str, ...]:
        return tuple(name for name in self._unit_names if name[-1] in "省市州盟县区旗")


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


OWN_HEAD: Final = re.compile(
    r"省|自治区|市(?!场|容|民(?![政族宗革盟建进])|政(?![府协法研务]))|州|盟|地委|地区|县|区(?!域)|旗|镇|乡(?![村土])|苏木|街道|村|社区|团[委区县市]|国(?![土资税有防动安网])|[\u4e00-\u9fff]{1,4}(?:开|新|管理|示范|度假|保护)区|中央|全国|师(?![范资])|行署"
)


def is_own(body: str, units: Callable[[str], bool]) -> bool:
    """Whether an organisation carries its level or unit, so that nothing is written before it."""
    return bool(OWN_HEAD.match(body)) or units(body)
