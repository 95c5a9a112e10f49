"""What a quantity may be said of: the noun phrases of its clause and of those before, what a 的 behind it leads to, what was told of before.

In: the clauses of a text, a quantity, its item, what was found for the quantity before. Out: candidates with their aspects; `rank` chooses.
What is true of a phrase whatever the quantity is worked out once a clause.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..quantities import Quantity
from .candidates import Candidate, Phrase, Told, kind
from .items import JOINT
from .words import Chunk, Clause, Clauses, Span, ends, is_word

_SAYS: Final = re.compile(r"介绍|说|表示|透露|告诉|指出|汇报|称|认为|强调|坦言|回忆|获悉|了解|统计|显示|要求")
_FAR: Final = 4  # clauses back that a subject may stand
_MOST: Final = 8  # phrases looked at


class _Sought(NamedTuple):
    """A quantity, what it is and how its item stands to it, and what was told of the quantity before."""

    quantity: Quantity
    item: Span | None
    kind: str
    role: str
    told: list[tuple[Span, tuple[str, ...]]]


def subjects(clauses: Clauses, each: Quantity, item: Span | None, told: Told | None) -> list[Candidate]:
    """All candidates for the subject of a quantity."""
    text = clauses.text
    here = clauses.index(each.start)
    low = clauses[here].start
    edge = min(each.start, item[0]) if item and low <= item[0] else each.start
    while size := ends("modifier", text, low, edge) or ends("link", text, low, edge):
        edge -= size
    told_of = _told(clauses, each, told, here, own=edge > low)
    sought = _Sought(each, item, kind(each), _role(text, each, item, told), told_of)
    found = list(_before(clauses, sought, here, edge))
    found += [c for c in _ahead(clauses, sought, here) if not (item and c.start < item[1] and item[0] < c.end)]
    found += _within(clauses, item, sought) if item else ()
    taken = {candidate[:2] for candidate in found}
    for span, told_aspect in told_of:
        if span != item and span not in taken:
            same = ("told phrase", told_aspect[1], "same", sought.kind, sought.role)
            found.append(Candidate(*span, (("kept", told_aspect[1]), same, told_aspect)))
    return found


def _role(text: str, each: Quantity, item: Span | None, told: Told | None) -> str:
    if item is None:
        return "none"
    if told and item == told.item:
        return "again"
    if item[0] >= each.end:
        return "behind"
    return "change" if is_word("change", text[item[0] : item[1]]) else "before"


def _told(
    clauses: Clauses, each: Quantity, told: Told | None, here: int, *, own: bool
) -> list[tuple[Span, tuple[str, ...]]]:
    """The subject (s) and the item (i) of the quantity before, and how it stands to this one."""
    if told is None:
        return []
    text, end = clauses.text, told.quantity.end
    gap = each.start - end
    clause = clauses.index(told.quantity.start) == here
    near = "adjacent" if gap < 2 else "clause" if clause else "far" if gap < 80 else "out"
    listed = "、" if text.startswith("、", end) else "其中" if text.startswith("其中", clauses[here].start) else ""
    return [
        (span, ("told", letter, near, str(own), listed, kind(told.quantity), kind(each)))
        for letter, span in (("s", told.subject), ("i", told.item))
        if span and (letter == "s" or gap < 80)
    ]


def _before(clauses: Clauses, sought: _Sought, here: int, edge: int) -> Iterator[Candidate]:
    """The phrases of the clause to what is measured, and of the clauses before in the paragraph."""
    item, seen, sentence = sought.item, 0, 0
    for back in range(min(_FAR, here + 1)):
        clause = clauses[here - back]
        stop = clause.end if back else edge
        count = len(clause.chunks) if back else sum(chunk.start < stop for chunk in clause.chunks)
        acts = [w.start for w in clause.words if w.tag == "v" and w.start < sought.quantity.start]
        for phrase in _phrases(clauses, clause):
            if phrase.start < stop and not (item and item[0] <= phrase.start < item[1]):
                seen += 1
                yield _placed(phrase, stop, (back, sentence, count, len(acts) - bisect_left(acts, phrase.end)), sought)
        if clause.opens == "\n" or seen > _MOST:
            break
        sentence = min(2, sentence + (clause.opens in "。!?"))


def _placed(phrase: Phrase, stop: int, at: tuple[int, int, int, int], sought: _Sought) -> Candidate:
    """A phrase before the quantity. `at`: clauses and sentences back, noun phrases of the clause, verbs between."""
    back, sentence, count, acts = at
    kind, role, place = sought.kind, sought.role, phrase.place
    where = "only" if count == 1 else "first" if place == 0 else "last" if place == count - 1 else "mid"
    close, post = (stop, "") if phrase.end >= stop else (phrase.end, phrase.post)
    near = str(min(back, 4))
    aspects: tuple[tuple[str, ...], ...] = (
        ("placed", where, near, str(sentence), str(min(acts, 3)), kind, role, phrase.form),
        ("beside", where, phrase.pre, post, near, kind),
        ("tail", phrase.tail, kind, role),
    )
    for span, told in sought.told:
        if phrase.start < span[1] and span[0] < close:
            same = "same" if span == (phrase.start, close) else "part"
            aspects += (told, ("told phrase", told[1], same, kind, role))
    return Candidate(phrase.start, close, aspects, phrase)


def _phrases(clauses: Clauses, clause: Clause) -> list[Phrase]:
    """The phrases of a clause, worked out once."""
    if clause.phrases is None:
        says = "says" if _SAYS.search(clauses.text, max(clause.start, clause.end - 6), clause.end) else ""
        clause.phrases = [
            each for n, chunk in enumerate(clause.chunks) for each in _forms(clauses, clause, chunk, n, says)
        ]
    return clause.phrases


def _forms(clauses: Clauses, clause: Clause, chunk: Chunk, number: int, says: str) -> Iterator[Phrase]:
    text, words = clauses.text, clause.words
    inner = words[chunk.first : chunk.last + 1]
    if inner[-1].tag == "q":
        return  # a quantity is no phrase
    before = words[chunk.first - 1] if chunk.first else None
    after = words[chunk.last + 1] if chunk.last + 1 < len(words) else None
    pre = "|" if before is None else text[before.start : before.end] if before.tag == "-" else before.tag
    post = "|" if after is None else text[after.start : after.end] if after.tag == "-" else after.tag
    then = text[after.start : after.end] if after and after.tag != "q" else "|"
    forms: dict[Span, str] = {(chunk.start, chunk.end): "whole" + "".join(sorted({w.tag for w in inner} & _NAMED))}
    for part in inner:
        if part.tag in "PNW":
            forms.setdefault((part.start, part.end), part.tag)
        if part.tag in "NWqr" and part.end < chunk.end:
            forms[part.end, chunk.end] = "rest"
    for (start, end), form in forms.items():
        word = text[start:end]
        if (end - start > 1 or word in "他她我它") and not is_word("modifier", word):
            often, size = str(min(clauses.often(word), 4)), str(min(end - start, 9))
            yield Phrase(start, end, form, number, word[-1], pre, post, (
                ("phrase", form, often, size, clauses.titled(word), says, str(min(number, 2))),
                ("phrase words", form, pre, post, then), ("phrase tail", form, word[-1]),
            ))  # fmt: skip


_NAMED: Final = frozenset("PNWqxr")


def _ahead(clauses: Clauses, sought: _Sought, here: int) -> Iterator[Candidate]:
    """Behind the quantity: 占地150亩的|桐木市场, 61岁的老支书|关向阳, the next part of a title, who speaks."""
    text, clause, each = clauses.text, clauses[here], sought.quantity
    joint = JOINT.match(text, each.end)
    start = joint.end() if joint else each.end
    if chunk := next((c for c in clause.chunks if c.end > start and clause.words[c.last].tag != "q"), None):
        begin = max(chunk.start, start)
        near = "的" if joint else "" if begin == start else "far"
        named = [(w.start, w.end) for w in clause.words[chunk.first : chunk.last + 1] if w.tag == "P"]
        for span, form in ((begin, chunk.end), "whole"), *((name, "P") for name in named):
            yield Candidate(*span, (("led", near, sought.kind, sought.role, form, text[span[1] - 1]),))
    title = text.find("\n")
    if each.start < title and here + 1 < len(clauses) and clauses[here + 1].start < title:
        for n, chunk in enumerate(clauses[here + 1].chunks):
            yield Candidate(chunk.start, chunk.end, (("titled", sought.kind, sought.role, str(n)),))
    open_, close = text.rfind("“", max(0, each.start - 120), each.start), text.find("”", each.end, each.end + 80)
    if open_ >= 0 and 0 < close < len(text) - 1 and text.find("”", open_, each.start) < 0:
        speaker = next((word for word in clauses[clauses.index(close + 1)].words if word.tag == "P"), None)
        if speaker:
            yield Candidate(speaker.start, speaker.end, (("speaker", sought.kind, sought.role),))


def _within(clauses: Clauses, item: Span, sought: _Sought) -> Iterator[Candidate]:
    """The front of an item of several words: 鱼苗|成活率, 中药材|种植面积."""
    text, (start, end) = clauses.text, item
    words = [w for w in clauses[clauses.index(start)].words if start <= w.start and w.end <= end]
    for left, word in enumerate(words[:0:-1]):
        if word.start > start + 1:
            size = str(min(word.start - start, 6))
            yield Candidate(start, word.start, (
                ("within", sought.kind, sought.role, str(left), size, words[0].tag), ("within tail", text[word.start - 1]), ("within rest", text[word.start : end]),
            ))  # fmt: skip
