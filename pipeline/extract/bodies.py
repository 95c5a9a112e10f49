"""Organisations in running text, and what a post without its organisation leans on.

In: a `Line`. Out: `Named`s, the organisations and places that the text names, in reading order; `lean` and `bridged` find the one
that a post means: the only one of its kind in the article, or the last in its paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon
from .edges import left_edge
from .grammar import Line, grammar, is_own
from .posts import Chunk

_REACH: Final = 30  # the longest name of an organisation in running text
_MARKS: Final = frozenset(("", *",。;:!?\n()“”"))


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation (kind org), unit (place) or other named place (site) in the text."""

    start: int
    end: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Fits:
    """posts_fits.csv: what offices, bodies and pointing words lean on, as endings of names."""

    offices: dict[str, tuple[str, ...]]  # of an organisation
    held: dict[str, tuple[str, ...]]  # in a village, community, grid
    bodies: dict[str, tuple[str, ...]]  # 公司 → … 公司
    local: dict[str, tuple[str, ...]]  # 驻村工作队 → … 村
    pointing: dict[str, tuple[str, ...]]  # 校 of 该校 → … 中学


@cache
def _endings() -> re.Pattern[str]:
    loose = lexicon.words("posts_words", kind="loose")
    words = {row["body"] for row in lexicon.rows("posts_bodies") if len(row["body"]) > 1 and not row["lead"]} - loose
    return re.compile(
        f"(?:{lexicon.pattern(words).pattern}|(?<![格布结时当邮])局(?![部面势限长])|(?<![展餐客大门舞歌])厅(?![长堂]))"
    )


@cache
def _fits() -> Fits:
    kinds: dict[str, dict[str, tuple[str, ...]]] = {k: {} for k in ("org", "place", "body", "local", "this")}
    for row in lexicon.rows("posts_fits"):
        kinds[row["from"]][row["office"]] = tuple(row["endings"].split())
    return Fits(kinds["org"], kinds["place"], kinds["body"], kinds["local"], kinds["this"])


def bodies(line: Line) -> Iterator[Named]:
    """The organisations of the text that carry their level, unit or site, or stand by themselves at the start of a clause."""
    last: Named | None = None
    low = 0
    for match in _endings().finditer(line.text):
        floor = max(low, match.start() - _REACH)
        start = left_edge(line, floor, match.start())
        name = line.text[start : match.end()]
        for word in grammar().deictic:
            if name.startswith(word):
                cut = 1 if word[0] in "我本" else len(word)
                start, name = start + cut, name[cut:]
                break
        if last and start == last.end and start - last.start <= _REACH and not is_own(name, line.is_region):
            start, name = last.start, last.name + name
        if len(name) >= 3 and (is_own(name, line.is_named) or _stands_alone(line, start, match, floor)):
            last = Named(start, match.end(), name, "org")
            low = match.end()
            yield last


def _stands_alone(line: Line, start: int, match: re.Match[str], floor: int) -> bool:
    """Whether an organisation without its level has a name of its own: behind a mark, or else of no common words."""
    size = match.end() - start
    marked = line.text[start - 1 : start] in _MARKS
    if marked and size >= 6:
        return True
    stem = _NUMBER.sub("", line.text[start : match.start()])
    named = match[0] in _FIRMS or not any(line.is_word(stem[i : i + 2]) for i in range(len(stem) - 1))
    return (marked or start > floor) and len(stem) >= 2 and named


_NUMBER: Final = re.compile("第?[一二三四五六七八九十]+")
_FIRMS: Final = frozenset(
    ("公司", "合作社", "专业合作社", "集团", "边防检查站")
)  # whose names are made of common words


def lean(line: Line, chunk: Chunk, named: Sequence[Named]) -> str:
    """The organisation of a post whose own words name none, as far as the article tells it; else the empty string."""
    if chunk.bridged:
        return bridged(chunk.body, chunk.start, named)
    fits, body = _fits(), chunk.body.replace("“", "").replace("”", "")
    office = "网格员" if (body + chunk.title).startswith(("网格", "微网格")) else body + chunk.title
    if office in _MEMBERS:
        return assembly(line.text)
    if office in fits.held:
        return _before(chunk.start, named, fits.held[office]) + chunk.body
    if office in fits.offices:
        return _meant(line, chunk.start, named, fits.offices[office])
    if endings := next((e for word, e in fits.local.items() if (body + chunk.title).startswith(word)), None):
        return (place := _local(line, chunk.start, named, endings)) and place + chunk.body
    kind = next((n for n in (5, 4, 3, 2) if body[:n] in fits.bodies), 0)
    base = _only(named, fits.bodies[body[:kind]]) if kind else ""
    return base and base + body[kind:]


def leans_on(base: str, chunk: Chunk) -> bool:
    """Whether a bare office is one of the organisation named last, and not of another kind."""
    fits = _fits()
    return chunk.title not in fits.held and base.endswith(fits.offices.get(chunk.title, base))


def _only(named: Iterable[Named], endings: tuple[str, ...]) -> str:
    """The only organisation among these that ends so: the long form of one that is named twice, the court of a tribunal left out."""
    names = {n.name for n in named if n.kind == "org" and n.name.endswith(endings) and n.name not in endings}
    whole = [n for n in names if not any(m != n and (m.endswith(n) or m.startswith(n)) for m in names)]
    return whole[0] if len(whole) == 1 else ""


def _meant(line: Line, position: int, named: Sequence[Named], endings: tuple[str, ...]) -> str:
    """The only organisation of the article that ends so, or else the only one before in the sentence, or in the paragraph."""
    if found := _only(named, endings):
        return found
    for mark in ("。", "\n"):
        low = line.text.rfind(mark, 0, position)
        near = [n for n in named if low < n.start and n.end <= position and n.name.endswith(endings)]
        if near:
            return _whole(_only(near, endings), named)
    return ""


def _whole(name: str, named: Iterable[Named]) -> str:
    """The long form of an organisation that the article also names with its unit."""
    longer = {n.name for n in named if n.kind == "org" and name and n.name.endswith(name)}
    return max(longer, key=len, default=name)


def _before(position: int, named: Sequence[Named], endings: tuple[str, ...]) -> str:
    """The last place before the position that ends so; `site` among the endings stands for any site."""
    fitting = (n for n in reversed(named) if n.end <= position)
    return next((n.name for n in fitting if (n.kind == "place" and n.name.endswith(endings)) or n.kind in endings), "")


def _local(line: Line, position: int, named: Sequence[Named], endings: tuple[str, ...]) -> str:
    """The village or community that is meant: the only one of the article, or the last before it in the paragraph."""
    fitting = [n for n in named if n.kind == "place" and n.name.endswith(endings)]
    if len({n.name for n in fitting}) == 1:
        return fitting[0].name
    low = line.text.rfind("\n", 0, position)
    if near := next((n.name for n in reversed(fitting) if low < n.start and n.end <= position), ""):
        return near
    return _most(n.name for n in fitting)


def _most(names: Iterable[str], least: int = 1) -> str:
    """The name that comes most often, `least` times at least; empty where two do."""
    (first, times), (_, other), *_ = [*Counter(names).most_common(2), ("", 0), ("", 0)]
    return first if times > other and times >= least else ""


_MEMBERS: Final = frozenset(("委员", "常委会委员"))
_ASSEMBLY: Final = re.compile("[省市州盟县区旗](?:人大常委会|政协)")


def assembly(text: str) -> str:
    """The assembly that an article is about, 县政协 or 县人大常委会: named twice at least, and more often than any other."""
    return _most(_ASSEMBLY.findall(text), 2)


def bridged(body: str, position: int, named: Sequence[Named]) -> str:
    """该局 → the last organisation or unit before it that ends so; 该村党支部 keeps what follows the first word."""
    fits = _fits().pointing
    for cut in range(len(body), 0, -1):
        endings = fits.get(body[:cut], (body[:cut],))
        for each in reversed(named):
            if each.end <= position and each.name.endswith(endings) and len(each.name) > cut:
                return _whole(each.name, named) + body[cut:]
    return body if len(body) > 1 else ""
