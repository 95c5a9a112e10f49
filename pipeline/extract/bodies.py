"""Organisations in running text, and what a post without its organisation leans on.

In: a `Line`. Out: `Named`s, the organisations and units that the text names, in reading order; `lean` finds the one that a post means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from .. import lexicon
from .posts import Line, grammar, is_own, left_edge


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation (kind org), unit (place) or other named place (site) in the text."""

    start: int
    end: int
    name: str
    kind: str


@cache
def _endings() -> re.Pattern[str]:
    words = [row["body"] for row in lexicon.rows("posts_bodies") if len(row["body"]) > 1 and not row["lead"]]
    words = [
        w
        for w in words
        if w
        not in (
            "小组",
            "企业",
            "基地",
            "车间",
            "领导小组",
            "社区",
            "网格",
            "微网格",
            "街道",
            "嘎查",
            "园区",
            "开发区",
            "楼道",
            "人大",
            "政协",
        )
    ]
    joined = "|".join(sorted(map(re.escape, words), key=lambda w: (-len(w), w)))
    return re.compile(f"(?:{joined}|(?<![格布结时当邮])局(?![部面势限长])|(?<![展餐客大门舞歌])厅(?![长堂]))")


def bodies(line: Line) -> Iterator[Named]:
    """The organisations of the text that carry their level or unit."""
    last = 0
    for match in _endings().finditer(line.text):
        start = left_edge(line, max(last, match.start() - 30), match.start())
        name = line.text[start : match.end()]
        for word in grammar().deictic:
            if name.startswith(word):
                cut = 1 if word[0] in "我本" else len(word)
                start, name = start + cut, name[cut:]
                break
        if len(name) >= 3 and is_own(name, line.is_unit):
            yield Named(start, match.end(), name, "org")
            last = match.end()


@cache
def _fits() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {row["office"]: (row["from"], tuple(row["endings"].split())) for row in lexicon.rows("posts_fits")}


def lean(office: str, position: int, named: Sequence[Named]) -> str:
    """The organisation or place before `position` that a bare office leans on; for organisations only where there is one."""
    plain = office.replace("“", "").replace("”", "")
    kind, endings = _fits().get("网格员" if plain.startswith(("网格", "微网格")) else plain, ("", ()))
    if kind == "place":
        before = [
            n
            for n in named
            if n.end <= position and ((n.kind == "place" and n.name.endswith(endings)) or n.kind in endings)
        ]
        return before[-1].name if before else ""
    fitting = {n.name: n for n in named if n.kind == "org" and endings and n.name.endswith(endings)}
    longest = [name for name in fitting if not any(other != name and other.endswith(name) for other in fitting)]
    return longest[0] if len(longest) == 1 else ""


def leans_on_place(office: str) -> bool:
    """Whether an office is held in a village, community or grid that need not stand beside it."""
    return _fits().get(office, ("", ()))[0] == "place"


def bridged(body: str, position: int, named: Sequence[Named]) -> str:
    """该局 → the last organisation or unit before it that ends so; 该村党支部 keeps what follows the first word."""
    for cut in range(len(body), 0, -1):
        for each in reversed(named):
            if each.end <= position and each.name.endswith(body[:cut]) and len(each.name) > cut:
                return each.name + body[cut:]
    return body
