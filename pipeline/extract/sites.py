"""Names that are in no list, by their endings: 珊塘网格, 香榭丽花园, 独秀大道.

In: a folded text, the names of lists that are known in it, the gazetteer. Out: candidates with the ending's kind and level.
`stems` tells where such a name begins, `fits` whether it is one; here the text is walked through, and what one place of it
has shown counts for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..gazetteer import Gazetteer
from . import guards, numbered
from .cut import cut
from .endings import Candidate, Ending, endings, lists, pattern, right
from .fits import fitting
from .stems import Page, Stem, page, stem, vocabulary
from .units import Match

_DOOR = re.compile(r"(?:[一二三四五六]段)?\d{1,4}号(?![楼院店桥线])")
_QUOTED = re.compile(r"“[^“”\n]{2,8}”$")
_VILLAGERS = frozenset("民委干里级")
_NUMERALS = frozenset("一二两三四五六七八九十几")
_NATURAL = frozenset({"water", "relief", ""})
_WILD = frozenset({"water", "relief"})
_SIDES = frozenset("东西南北中")
_ROW = 12  # characters that a row of endings is followed for: or 路路路 … would be followed from each to the last


def candidates(folded: str, known: list[Match], gazetteer: Gazetteer) -> list[Candidate]:
    """Names by ending."""
    covered = bytearray(len(folded) + 1)
    for m in known:
        covered[m.start : m.end] = (b"\1" if m.kind in {"short", "stem"} else b"\2") * (m.end - m.start)
    found = [
        *numbered.roads(folded),
        *(each for each in numbered.lines(folded) if not any(covered[each.start : each.end])),
        *numbered.ordinals(folded, covered),
        *numbered.corps(folded, covered),
        *numbered.famous(folded, covered, {m.end: m for m in known}, gazetteer),
    ]
    for each in found:
        covered[each.start : each.end] = b"\2" * (each.end - each.start)
    named = _walk(
        page(folded, covered, known, gazetteer), {each.end: each for each in found if each.ending.kind == "site"}
    )
    heads = {each.start for each in named}
    found = [each for each in found if each.start not in heads]
    again = list(_again(folded, named, covered, gazetteer))
    return [*found, *named, *again, *_shortened(folded, [*named, *again], covered, gazetteer)]


def _walk(page: Page, sites: dict[int, Candidate]) -> list[Candidate]:
    """The names from left to right. `sites`: those known so far by where they end."""
    folded, covered = page.folded, page.covered
    named: list[Candidate] = []
    last = 0
    for found_at in pattern().finditer(folded):
        hit = _uncovered(folded, found_at, covered)
        if hit is None or hit.start() < last:
            continue
        end, ending = _longest(folded, hit, covered)
        close = end + len(ending.suffix)
        if not right(folded, close, ending):
            continue
        candidate = _candidate(page, end, ending, last, sites)
        before = (
            named[-1]
            if named and ending.kind == "site" and named[-1].ending.kind == "site" and named[-1].ending.group != "road"
            else None
        )
        if (
            candidate is None
            and before
            and len(ending.suffix) > 1
            and _kind_word(folded, before.end, end, page.gazetteer)
        ):
            apart = before.ending.group == "zone" and ending.group == "zone"
            candidate = Candidate(
                before.end if apart else before.start, close, ending, None if apart else before.swallows
            )
        if candidate:
            while named and named[-1].end > candidate.start:  # it has become part of this one
                named.pop()
            last = candidate.end
            named.append(candidate)
            if ending.kind == "site":
                sites[candidate.end] = candidate
    return named


def _candidate(page: Page, end: int, ending: Ending, last: int, sites: Mapping[int, Candidate]) -> Candidate | None:
    """The name that ends with an ending."""
    folded = page.folded
    if folded[end - 1] == "”" and (quoted := _QUOTED.search(folded, max(last, end - 10), end)):
        return Candidate(quoted.start(), end + len(ending.suffix), ending) if ending.need in {"edge", "name"} else None
    bare = ending.least > 0 and end not in page.ends
    if bare and (end == last or page.walls[end - 1]):
        return None
    found = stem(page, end, ending, last)
    if bare and found.start == end:
        return None
    head = sites.get(found.start)
    if head and head.ending.group in _NATURAL and _lies_at(found):
        return Candidate(head.start, found.close, ending, head.swallows)
    candidate = fitting(found, page.starts, page.gazetteer)
    if candidate is None and _listed(found, sites):
        return Candidate(found.start, found.close, ending)
    if candidate and ending.group == "road" and (door := _DOOR.match(folded, found.close)):
        return Candidate(candidate.start, door.end(), ending, candidate.swallows)
    return candidate


def _listed(found: Stem, sites: Mapping[int, Candidate]) -> bool:
    """Whether a river stands in a list behind another one: 沙柳河、|泉吉河."""
    before = sites.get(found.start - 1)
    if before is None or found.folded[found.start - 1] != "、" or not found.own or found.start == found.end:
        return False
    return found.ending.group in _WILD and before.ending.group in _NATURAL


def _lies_at(found: Stem) -> bool:
    """Whether what follows a river or a mountain is named by it: 查干湖|旅游经济开发区, 龙湾|群国家森林公园."""
    ending = found.ending
    if ending.group == "road" and found.end > found.start:
        return all(each in _SIDES for each in found.text)  # 湘江|中路
    if ending.kind != "site" or len(ending.suffix) < 2 or ending.group in {"road", "water", "relief", "hall"}:
        return False
    return (
        found.end > found.start
        and found.folded[found.start] not in _NUMERALS
        and (found.plain or found.end - found.start == 1)
    )


def _uncovered(folded: str, hit: re.Match[str], covered: bytearray) -> re.Match[str] | None:
    """The ending, or what of it lies behind a known name: 扬子新村|社区."""
    start = hit.start()
    if covered[hit.end() - 1]:
        return None
    while covered[start]:
        start += 1
    return hit if start == hit.start() else pattern().match(folded, start)


def _kind_word(folded: str, start: int, end: int, gazetteer: Gazetteer) -> bool:
    """Whether only common nouns stand between a name and the next ending: 乔府大院|稻米|加工园."""
    if not 2 <= end - start <= 4 or folded[start] in _NUMERALS:
        return False
    return all(word.tag in {"n", "w"} for word in cut(folded, start, end, gazetteer.tags))


def _again(folded: str, named: list[Candidate], covered: bytearray, gazetteer: Gazetteer) -> Iterator[Candidate]:
    """The same sites elsewhere, where nothing beside the name tells that it is one."""
    taken = bytearray(covered)
    for each in named:
        taken[each.start : each.end] = b"\1" * (each.end - each.start)
    told = {folded[each.start : each.end]: each.ending for each in named if each.ending.kind == "site" and each.end - each.start > 2}  # fmt: skip
    for name in sorted(told, key=len, reverse=True):
        start = folded.find(name)
        while start >= 0:
            end = start + len(name)
            natural = told[name].group in {"water", "relief"}
            if (
                not any(taken[start:end])
                and right(folded, end, told[name])
                and not (natural and guards.continued(folded, end, gazetteer))
            ):
                yield Candidate(start, end, told[name])
                taken[start:end] = b"\1" * len(name)
            start = folded.find(name, end)


def _shortened(folded: str, named: list[Candidate], covered: bytearray, gazetteer: Gazetteer) -> Iterator[Candidate]:
    """A name of the text said again without its first word: 富春药谷小镇, later 药谷小镇."""
    taken = {i for each in named for i in range(each.start, each.end)}
    for each in named:
        name = folded[each.start : each.end]
        rest = name[2:]
        size = len(rest) - len(each.ending.suffix)
        if each.ending.kind != "site" or size < 2 or folded.count(rest) < 2:
            continue
        if all(word.text in lists().common for word in cut(rest, 0, size, vocabulary(gazetteer))):
            continue
        for hit in re.finditer(re.escape(rest), folded):
            if (
                hit.start() not in taken
                and not covered[hit.start()]
                and not folded[hit.start() - 1 : hit.start()].isalnum()
            ):
                yield Candidate(hit.start(), hit.end(), each.ending)


def _longest(folded: str, hit: re.Match[str], covered: bytearray) -> tuple[int, Ending]:
    """Where the stem ends, and the ending: the last of a row of endings, 文昌苑|小区, 铁牛庙|村."""
    start, ending = hit.start(), endings()[hit[0]]
    while start - hit.start() < _ROW and (following := pattern().match(folded, start + len(ending.suffix))):
        then = endings()[following[0]]
        if covered[following.end() - 1] or ending.kind == "admin" or not right(folded, following.end(), then):
            break
        if ending.group == then.group == "relief":
            break  # 梅岭|山中
        start, ending = following.start(), then
    if (
        ending.suffix == "村"
        and folded[start + 1 : start + 2] == "村"
        and folded[start + 2 : start + 3] not in _VILLAGERS
    ):
        start += 1  # 安村村
    return start, ending
