"""What a quantity may count or measure: the nouns and verbs around it in its clause, and the item of the quantity before.

In: the clauses of a text, a quantity, what was found for the one before. Out: candidates with their aspects; `rank` chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..quantities import Quantity
from .candidates import Candidate, Told, kind
from .words import Chunk, Clause, Clauses, Span, Word, ends

_RATE: Final = re.compile(
    r"(?:每|一|1)(?:个|亩|公?斤|吨|户|人|只|头|株|棵|公里|平方米|立方米|台|盒|箱|袋|枚|度|辆|年|月|天|小时|次|间|晚|套|件|张|粒|单|筐|升|米|名|位|班|趟|家)$"
)
JOINT: Final = re.compile(r"[长高宽深厚粗重大外内]?的")


class _Seen(NamedTuple):
    """A quantity in its clause: where what belongs to it begins, and where what stands before it ends without words that only join."""

    start: int
    clause: Clause
    low: int
    end: int
    kind: str
    before: str  # class of the word before it
    after: str  # class of the word behind it
    link: str  # the word that joins it to what stands before


def items(clauses: Clauses, each: Quantity, told: Told | None, following: int) -> list[Candidate]:
    """The nouns and verbs around a quantity in its clause, and the item of the quantity before. `following`: where the next quantity starts."""
    text = clauses.text
    clause = clauses[clauses.index(each.start)]
    low = max(clause.start, told.quantity.end) if told and told.quantity.end > clause.start else clause.start
    end, link = _linked(text, low, each.start)
    left = [w for w in clause.words if low <= w.start and w.end <= end]
    right = [w for w in clause.words if each.end <= w.start and w.end <= following]
    seen = _Seen(
        each.start, clause, low, end, kind(each), left[-1].tag if left else "|", right[0].tag if right else "|", link
    )
    start, joint, chunks = _right(text, seen, each, right)
    found = [*_behind(text, seen, start, joint, chunks), *_deeds(text, seen, right, chunks), *_measured(text, seen)]
    found += _nouns_before(text, seen)
    found += _verbs_before(text, seen, left)
    if told and told.item and each.start - told.quantity.end < 80:
        found.append(_again(text, seen, each, told, told.item, bool(left)))
    return found


def _again(text: str, seen: _Seen, each: Quantity, told: Told, item: Span, own: bool) -> Candidate:
    gap = text[told.quantity.end : each.start]
    near = "adjacent" if len(gap) < 2 else "clause" if seen.low > seen.clause.start else "far"
    same = "same" if told.quantity.unit.dimension == each.unit.dimension else "other"
    since = str(item[0] >= told.quantity.end)
    told_kind = kind(told.quantity)
    return Candidate(
        *item, (("again", seen.kind, told_kind, same, near, seen.after, str(own), since), ("again gap", gap[-3:]))
    )


def _linked(text: str, low: int, end: int) -> tuple[int, str]:
    """Where what stands before a quantity ends, without the words that only join it (总投资|已达, 收购价|每公斤), and the nearest of these."""
    nearest = ""
    for _ in range(5):
        rate = _RATE.search(text, max(low, end - 4), end)
        size = (
            ends("link", text, low, end) or (end - rate.start() if rate else 0) or (end > low and text[end - 1] == "的")
        )
        if not size:
            break
        nearest = nearest or ("rate" if rate else text[end - size : end])
        end -= size
    return end, nearest


def _right(text: str, seen: _Seen, each: Quantity, right: list[Word]) -> tuple[int, str, list[Chunk]]:
    """Where what a quantity counts may start behind it, whether a 的 joins it (两株树龄逾八十年的|黄花梨), the noun phrases there."""
    joint = JOINT.match(text, each.end)
    start = joint.end() if joint else each.end
    stop = right[-1].end if right else start
    return start, "j" if joint else "", [c for c in seen.clause.chunks if c.end > start and c.end <= stop][:3]


def _behind(text: str, seen: _Seen, start: int, joint: str, chunks: list[Chunk]) -> Iterator[Candidate]:
    """22名|外卖骑手, 两株树龄逾八十年的|黄花梨."""
    words = seen.clause.words
    measured = "m" if ends("attribute", text, seen.clause.start, seen.start) else ""
    for rank, chunk in enumerate(chunks):
        begin, last = max(chunk.start, start), words[chunk.last]
        between = "" if begin == start else "的" if text[begin - 1] == "的" else "v"
        order = str(rank) + between + joint
        after = words[chunk.last + 1].tag if chunk.last + 1 < len(words) else "|"
        for form, first in (("whole", begin), ("head", last.start)) if last.start > begin else (("whole", begin),):
            size = str(min(chunk.end - first, 9))
            yield Candidate(first, chunk.end, (
                ("behind", seen.kind, order, form, seen.before, measured, after),
                ("behind noun", seen.kind, form, order, words[chunk.first].tag, size, seen.link),
                ("behind tail", text[chunk.end - 1], seen.kind),
            ))  # fmt: skip


def _deeds(text: str, seen: _Seen, right: list[Word], chunks: list[Chunk]) -> Iterator[Candidate]:
    """花了7天|讲政策."""
    for n, word in enumerate([w for w in right[:4] if w.tag in "vw"][:2]):
        object_ = next((c.end for c in chunks if c.start == word.end), 0)
        for form, close in (("verb", word.end), ("deed", object_)):
            if close:
                size = str(word.end - word.start)
                yield Candidate(word.start, close, (
                    ("deed", form, seen.kind, str(n), seen.before, seen.after, seen.link, size), ("deed tail", form, text[word.start - 1], seen.kind),
                ))  # fmt: skip


def _measured(text: str, seen: _Seen) -> Iterator[Candidate]:
    """A word for what is measured: 占地面积, 年产, 增长."""
    for form in ("attribute", "yield", "change", "size"):
        if size := ends(form, text, seen.low, seen.end):
            start = seen.end - size
            word = text[start : seen.end]
            while more := ends("modifier", text, seen.low, start):
                start -= more
            yield Candidate(start, seen.end, (("measured", form, seen.kind, seen.after, seen.link, word),))
            return


def _nouns_before(text: str, seen: _Seen) -> Iterator[Candidate]:
    """停车位|35个, 亩产|从百十斤提高到260斤."""
    clause, words, low, end = seen.clause, seen.clause.words, seen.low, seen.end
    chunks = [c for c in clause.chunks if c.start < end and c.end > low and not _names_only(words, c)][:-5:-1]
    for rank, chunk in enumerate(chunks):
        start, stop = max(chunk.start, low), min(chunk.end, end)
        last = max(chunk.first, next((n for n in range(chunk.last, chunk.first, -1) if words[n].start < stop), 0))
        follows = "" if stop == end else words[chunk.last + 1].tag if chunk.last + 1 < len(words) else "|"
        before = words[chunk.first - 1].tag if chunk.first else "|"
        forms = {start: "whole"}
        if words[last].start > start:
            forms[words[last].start] = "head"
        names = [w.end for w in words[chunk.first : last] if w.tag in "NWP"]
        if names and start <= names[-1] < stop:
            forms[names[-1]] = "rest"
        order, far = str(rank) + follows, "" if stop == end else "far"
        for first, form in forms.items():
            opens, size = "first" if start == clause.start else "", str(min(stop - first, 9))
            yield Candidate(first, stop, (
                ("before", seen.kind, order, form, far, seen.after, seen.link, follows, opens),
                ("before noun", form, str(rank), before, words[last].tag, size), ("before tail", text[stop - 1], seen.kind),
            ))  # fmt: skip


def _names_only(words: list[Word], chunk: Chunk) -> bool:
    """Whether a phrase is but a person or a place (全区|有1600名), which nothing counts or measures."""
    return all(word.tag in "PNWr" for word in words[chunk.first : chunk.last + 1])


def _verbs_before(text: str, seen: _Seen, left: list[Word]) -> Iterator[Candidate]:
    """守|了27年, 走访|986户."""
    for n, word in enumerate([w for w in reversed(left) if w.tag in "vw"][:3]):
        object_ = next((c.end for c in seen.clause.chunks if c.start == word.end and c.end <= seen.end), 0)
        for form, close in (("act", word.end), ("act with object", object_)):
            if close:
                far, size = "" if close == seen.end else "far", str(close - word.start)
                yield Candidate(word.start, close, (
                    ("act", form, seen.kind, str(n), far, seen.after, seen.link, size), ("act word", form, text[word.start : word.end]),
                ))  # fmt: skip
