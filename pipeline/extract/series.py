"""Lists of names: 孟坝、太平、临泾、庙渠等7个乡镇. One word behind says what all of them are, and a sure name what its neighbours are.

In: a folded text, spans of sure and of possible names. Out: the possible ones that stand in a list; the names of a list that
are in no gazetteer.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from .. import lexicon
from .cut import cut

_JOINT = frozenset("、和及与")
_KIND = r"(?P<kind>乡镇街道|镇街|乡镇|镇村|镇|乡|街道|行政村|自然村|村民小组|村(?![民干])|社区|县区|县市|市县|区县|县|区|市|地(?=的|,|。|、|市)|省|嘎查|苏木|团场|网格)"
_TAIL = re.compile(rf"(?:等(?:地)?)?[\d一二两三四五六七八九十几多余]{{0,3}}个?{_KIND}|等地|等省|等市")
LEVELS = {
    "乡镇街道": "township", "镇街": "township", "乡镇": "township", "镇": "township", "乡": "township", "街道": "township", "苏木": "township", "团场": "township",
    "行政村": "village", "村": "village", "社区": "village", "嘎查": "village", "自然村": "grid", "村民小组": "grid", "屯": "grid", "网格": "grid",
}  # fmt: skip
_SITES = "景区|景点|公园|水库|河流|湖泊|片区|赏花区|蓄洪区|湿地|小区|码头|港口|口岸"
_CLASS = "|".join(sorted(LEVELS, key=len, reverse=True))
_WORD = re.compile(
    rf"[等\d一二两三四五六七八九十几](?:(?<=等)[\d一二两三四五六七八九十几多]{{0,3}}|(?<!等)[\d一二两三四五六七八九十几]{{0,2}})[大个座条处]*({_CLASS}|{_SITES})"
)
_LIST = re.compile(r"[\u4e00-\u9fff]{2,14}(?:、[\u4e00-\u9fff]{2,5})*[、和及与][\u4e00-\u9fff]{2,4}$")
_NO_NAMES = frozenset("vdpcrmqtu")  # classes of words that no name holds
_REACH = 60  # characters that a list may take


def unlisted(folded: str, taken: bytearray, tags: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Names of a list that are in no gazetteer, with the word for their class that stands behind the list."""
    for word in _WORD.finditer(folded):
        found = _LIST.search(folded, max(0, word.start() - _REACH), word.start())
        if found is None:
            continue
        start = found.start()
        for part in re.split("([、和及与])", found[0]):
            end = start + len(part)
            name = _tail_of(folded, start, end, tags) if start == found.start() else start
            fits = part not in _JOINT and 2 <= end - name <= 4 and not any(taken[name:end]) and not _common(part)
            if fits and not any(each.tag in _NO_NAMES for each in cut(folded, name, end, tags)):
                yield name, end, word[1]
            start = end


def _common(part: str) -> bool:
    """Whether what stands in a list is no name: 县财政, 沿线."""
    return part[0] in "县市区省" or part in lexicon.words("place_before")


def _tail_of(folded: str, start: int, end: int, tags: Mapping[str, str]) -> int:
    """Where the last name of a stretch begins: behind its last word."""
    first = end
    for word in reversed(cut(folded, start, end, tags)):
        if word.tag in _NO_NAMES or word.text in lexicon.words("place_before"):
            break
        first = word.start
    return first


def members(
    folded: str,
    sure: Iterable[tuple[int, int, str]],
    possible: Iterable[tuple[int, int, str]],
    words: Container[int] = (),
) -> set[tuple[int, int]]:
    """The possible names that a joint ties to a sure one, or a word like 等7个乡镇 ties together; of those that begin at `words` only the latter."""
    maybe = list(possible)
    by_start = {start: (start, end) for start, end, _ in sorted(maybe, key=lambda each: each[1])}
    by_end = {end: (start, end) for start, end, _ in sorted(maybe, key=lambda each: -each[0])}
    kept: set[tuple[int, int]] = set()
    ends = {end for _, end, _ in sure}
    starts = {start for start, _, _ in sure}
    for start, end, _ in maybe:
        if _TAIL.match(folded, end) and folded[start - 1 : start] in _JOINT:
            kept.add((start, end))
    todo = [*kept]
    row = {(start, level) for start, _, level in maybe} & {(end, level) for _, end, level in maybe}
    for start, end, level in maybe:
        joined = (
            (start - 1 in ends and folded[start - 1] in _JOINT)
            or (level == "township" and {(start, level), (end, level)} & row)
            or (end + 1 in starts and folded[end : end + 1] in _JOINT)
        )
        if joined and start not in words and (start, end) not in kept:
            kept.add((start, end))
            todo.append((start, end))
    while todo:
        start, end = todo.pop()
        for near in (by_start.get(end + 1), by_end.get(start - 1)):
            joint = folded[end : end + 1] if near and near[0] > end else folded[start - 1 : start]
            if near and near not in kept and joint in _JOINT:
                kept.add(near)
                todo.append(near)
    return kept
