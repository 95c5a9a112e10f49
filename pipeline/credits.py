"""A credit, read word by word: `记者 某某 通讯员 某某 某某/图`.

In: a stretch of folded text. Out: the names that it credits, each with its role as printed; none unless all of it is
a credit. A role goes with the names behind it, a mark (摄, 文/图) with the names before it, or behind it where it
comes first; offices and papers (县委宣传部, 某某日报记者) are passed over. The words are data: lexicon bylines_words.csv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from . import lexicon

_HAN = "㐀-鿿\U00020000-\U0003134f"
_BODIES = frozenset("报部局办社镇乡街村区县市省厅院校队所站团会委处科组宣司厂矿林场")


@dataclass(frozen=True, slots=True)
class Credit:
    """A name's span, and the role printed with it."""

    role: str | None
    start: int
    end: int


@cache
def _words(kind: str) -> tuple[str, ...]:
    """The lexicon's words of a kind, the longest first."""
    found = [word for row in lexicon.rows("bylines_words") if row["kind"] == kind for word in row["words"].split()]
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def _either(*kinds: str) -> str:
    return "|".join(re.escape(word) for kind in kinds for word in _words(kind))


@cache
def _token() -> re.Pattern[str]:
    """A word of a credit: a role, a mark, a word without weight, or a run that may be names."""
    house = rf"(?:(?:{_either('house')})*)"
    role = rf"{house}(?P<role>(?:{_either('modifier')})*(?:{_either('role')})(?!站))"
    alone = rf"(?<![{_HAN}])(?:{_either('mark')})(?![{_HAN}])"
    behind = rf"(?:{'|'.join(re.escape(w) for w in _words('mark') if len(w) > 1 or w == '摄')})(?![{_HAN}])"
    mark = rf"(?P<mark>{alone}|{behind})"
    filler = rf"(?P<filler>(?:{_either('filler')})(?![{_HAN}])|(?<![{_HAN}])(?:{_either('filler')})(?=[{_HAN}]))"
    other = rf"(?P<other>(?<![{_HAN}])(?:{_either('other')})(?![{_HAN}]))"
    spaced = rf"(?P<spaced>(?<![{_HAN}])[{_HAN}] {{1,3}}[{_HAN}](?![{_HAN}]))"
    names = rf"(?P<names>(?:(?!{behind}|(?:{_either('modifier')})*(?:{_either('role')})(?!站)|(?:{_either('filler')})(?![{_HAN}]))[{_HAN}·])+)"
    # Behind a name in brackets: where its bearer works.
    gap = rf"(?P<gap>[ 、,/:;|&.\\]+|(?<=[{_HAN}])\([^()]{{2,20}}\))"
    return re.compile("|".join((role, other, mark, filler, spaced, names, gap)))


@cache
def _surnames(least: int = 0) -> tuple[frozenset[str], frozenset[str]]:
    """Surnames of one and of two characters, from a weight on."""
    rows = [row for row in lexicon.rows("names_surnames") if int(row["weight"]) >= least]
    all_of = {name for row in rows for name in row["surnames"].split()}
    return frozenset(n for n in all_of if len(n) == 1), frozenset(n for n in all_of if len(n) == 2)


@cache
def _telling() -> re.Pattern[str]:
    return re.compile(_either("role", "mark"))


def may_be(line: str) -> bool:
    """Whether there is a role or a mark in a line, without which it credits nobody."""
    return bool(_telling().search(line))


def read(
    line: str, start: int, end: int, *, roleless: bool, runs_on: bool = False, trusting: bool = False
) -> list[Credit]:
    """The credits that `line[start:end]` spells; none unless all of it is a credit (where it runs on: up to there).

    `trusting`: the line is known to be a credit, so a run without a surname, 拉巴次仁, is a name too.
    """
    found: list[Credit] = []
    role: str | None = None
    waiting, position = 0, start  # names from `waiting` on have no role yet
    passed_over = explicit = False
    while position < end:
        match = _token().match(line, position, end)
        kind = match.lastgroup if match else None
        if match is None or kind is None:
            break
        if kind == "role":
            role, explicit, passed_over, waiting = match["role"], True, False, len(found)
        elif kind == "other":
            passed_over = True
        elif kind == "mark":
            explicit = True
            if _is_before(line, match, end, found[waiting:], role is not None):
                role, waiting = match["mark"], len(found)
            else:
                found[waiting:] = [Credit(each.role or match["mark"], each.start, each.end) for each in found[waiting:]]
                role, waiting = None, len(found)
            passed_over = False
        elif kind in ("names", "spaced"):
            parted = role is not None and not runs_on and position > start and line[position - 1] in " :|/\\、,"
            spans = _names(line, *match.span(), trusted=trusting or parted)
            if not runs_on and _is_body(line, match, end, first=role is None and not found, named=bool(spans)):
                spans = []
            elif not spans or (runs_on and not _ends_there(line, match.end(), end)):
                break
            found += [] if passed_over else [Credit(role, low, high) for low, high in spans]
        position = match.end()
    if (position < end and not runs_on) or not (explicit or roleless):
        return []
    return [each for each in found if each.role or roleless]


def _is_body(line: str, run: re.Match[str], end: int, *, first: bool, named: bool) -> bool:
    """Whether a run names an office or a paper instead: `县委宣传部 某某`, `某某日报记者 某某`."""
    if first and run.end() < end and (behind := _token().match(line, run.end(), end)) and behind["role"]:
        return True
    return not named and len(run[0]) >= 2 and (run[0][-1] in _BODIES or run[0].endswith(_words("body")))


def _ends_there(line: str, position: int, end: int) -> bool:
    """Whether a name that stands in the open ends here: at a gap, or before a word like 报道."""
    if position >= end:
        return False
    behind = _token().match(line, position, end)
    return line[position] in " 、,:/" or (behind is not None and behind.lastgroup == "filler")


def _is_before(line: str, mark: re.Match[str], end: int, before: list[Credit], has_role: bool) -> bool:
    """Whether a mark goes with the names behind it: `文/某某`, `摄影:某某`, `图 某某`, `记者 某某 摄影 某某`."""
    if mark.end() >= end:
        return False
    has_names = bool(before) or has_role
    if has_names and line[: mark.start()].rstrip(" ")[-1:] in "/(":
        return False
    last = len(mark[0]) > 1 and line[mark.end() : end].strip() and not _telling().search(line, mark.end(), end)
    return line[mark.end()] in ":|/\\" or not has_names or (all(each.role for each in before) and bool(last))


def _names(line: str, start: int, end: int, *, trusted: bool) -> list[tuple[int, int]]:
    """The names that a run of characters spells: one, or several without a gap; none where it is something else."""
    run = line[start:end]
    if "·" in run:
        return [(start, end)] if run[0] != "·" != run[-1] else []
    bare = "".join(run.split())
    if run in _words("stop") or run.startswith(_words("start")) or bare.endswith(_words("office")):
        return []
    if _is_name(bare):
        return [(start, end)]
    if 4 <= len(bare) <= 12 and (parts := _several(bare)):
        ends = [sum(map(len, parts[: n + 1])) for n in range(len(parts))]
        return [(start + high - len(part), start + high) for part, high in zip(parts, ends, strict=True)]
    if trusted and 2 <= len(bare) <= 6 and bare[-1] not in _BODIES and not bare.endswith(_words("body")):
        return [(start, end)]
    return []


def _is_name(run: str, least: int = 0) -> bool:
    single, double = _surnames(least)
    if run[:2] in double and 3 <= len(run) <= 4:
        return True
    return run[:1] in single and (
        len(run) == 2
        or (len(run) == 3 and run[-1] not in "镇乡县局厅委处报")
        or (len(run) == 4 and run[1] in single and run[2] not in single and run[-1] not in _BODIES)
    )


def _several(run: str) -> list[str]:
    """A run cut into names of two or three characters, each with a surname; three where both would do."""
    if not run:
        return []
    for size in (3, 4, 2):
        head, rest = run[:size], run[size:]
        if len(head) == size and _is_name(head, 2) and (not rest or len(rest) >= 2):
            parts = _several(rest)
            if parts or not rest:
                return [head, *parts]
    return []
