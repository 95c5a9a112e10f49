"""What a quantity may count or be said of: the phrases around it, each with the features that tell them apart.

In: the clauses of a text, a quantity, what was found for the quantity before it. Out: `Candidate`s; `rank` chooses among them. What is
true of a phrase whatever the quantity is worked out once a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..quantities import Quantity
from .words import Chunk, Clause, Clauses, Span, Word, ends, is_word

Feature = tuple[str, ...]
_GROUPS: Final = {
    "count": "count", "score": "count", "person-time": "count", "person": "person", "household": "person", "money": "money",
    "ratio": "ratio", "points": "ratio", "multiple": "ratio", "duration": "duration", "age": "age",
}  # fmt: skip
_RATE: Final = re.compile(
    r"(?:每|一|1)(?:个|亩|公?斤|吨|户|人|只|头|株|棵|公里|平方米|立方米|台|盒|箱|袋|枚|度|辆|年|月|天|小时|次|间|晚|套|件|张|粒|单|筐|升|米|名|位|班|趟|家)$"
)
_JOINT: Final = re.compile(r"[长高宽深厚粗重大外内]?的")
_SAYS: Final = re.compile(r"介绍|说|表示|透露|告诉|指出|汇报|称|认为|强调|坦言|回忆|获悉|了解|统计|显示|要求")
_FAR: Final = 6  # clauses back that a subject may stand
_MOST: Final = 10  # phrases looked at


@dataclass(slots=True)
class Phrase:
    """A noun phrase or a name within one, with what is true of it whatever the quantity, and what that weighs by the table asked last."""

    start: int
    end: int
    form: str  # whole, whole with the classes of its names, rest (behind a name), or the class of a name alone
    number: int  # which noun phrase of its clause
    pre: str  # what stands before it
    post: str  # what stands behind it
    features: tuple[Feature, ...]
    weighed: object = None
    weight: float = 0.0


class Candidate(NamedTuple):
    start: int
    end: int
    features: tuple[Feature, ...]
    phrase: Phrase | None = None

    def all_features(self) -> tuple[Feature, ...]:
        return self.features + self.phrase.features if self.phrase else self.features


class Told(NamedTuple):
    """What was found for the quantity before in the paragraph."""

    quantity: Quantity
    item: Span | None
    subject: Span | None


def group(each: Quantity) -> str:
    return _GROUPS.get(each.unit.dimension, "measure")


# --- item --------------------------------------------------------------------------------------------------------------------


def items(clauses: Clauses, each: Quantity, told: Told | None, following: int) -> list[Candidate]:
    """The nouns and verbs around a quantity in its clause, and the item of the quantity before."""
    text, kind = clauses.text, group(each)
    clause = clauses[clauses.index(each.start)]
    low = max(clause.start, told.quantity.end) if told and told.quantity.end > clause.start else clause.start
    end, link = _linked(text, low, each.start)
    left = [w for w in clause.words if low <= w.start and w.end <= end]
    right = [w for w in clause.words if each.end <= w.start and w.end <= following]
    beside = (left[-1].tag if left else "|", right[0].tag if right else "|")
    found = [*_behind(text, clause, each, right, kind, beside, link), *_measured(text, low, end, kind, beside, link)]
    found += _nouns_before(text, clause, low, end, kind, beside, link)
    found += _verbs_before(text, clause, left, end, kind, beside, link)
    if told and told.item and each.start - told.quantity.end < 80:
        found.append(_again(text, each, told, told.item, kind, beside, bool(left), low > clause.start))
    return found


def _again(
    text: str, each: Quantity, told: Told, item: Span, kind: str, beside: tuple[str, str], left: bool, here: bool
) -> Candidate:
    gap = text[told.quantity.end : each.start]
    near = "adjacent" if len(gap) < 2 else "clause" if here else "far"
    same = "same" if told.quantity.unit.dimension == each.unit.dimension else "other"
    return Candidate(*item, (
        ("again", kind, same, near), ("again", beside[1], str(left)), ("again", gap[-3:]), ("again", group(told.quantity), kind, str(item[0] >= told.quantity.end)),
    ))  # fmt: skip


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


def _behind(
    text: str, clause: Clause, each: Quantity, right: list[Word], kind: str, beside: tuple[str, str], link: str
) -> Iterator[Candidate]:
    """22名|外卖骑手, 两株树龄逾八十年的|黄花梨, 花了7天|讲政策."""
    joint = _JOINT.match(text, each.end)
    start = joint.end() if joint else each.end
    stop = right[-1].end if right else start
    measured = "m" if ends("attribute", text, clause.start, each.start) else ""
    chunks = [c for c in clause.chunks if c.end > start and c.end <= stop][:3]
    for rank, chunk in enumerate(chunks):
        begin, last = max(chunk.start, start), clause.words[chunk.last]
        between = "" if begin == start else "的" if text[begin - 1] == "的" else "v"
        order = str(rank) + between + ("j" if joint else "")
        after = clause.words[chunk.last + 1].tag if chunk.last + 1 < len(clause.words) else "|"
        for form, first in (("whole", begin), ("head", last.start)) if last.start > begin else (("whole", begin),):
            yield Candidate(first, chunk.end, (
                ("behind", kind, order, form), ("behind", order, beside[0], measured), ("behind", order, after), ("behind", text[chunk.end - 1], kind), ("behind", link, kind),
                ("behind", clause.words[chunk.first].tag, form, order), ("behind", str(min(chunk.end - first, 9)), form),
            ))  # fmt: skip
    for n, word in enumerate([w for w in right[:4] if w.tag in "vw"][:2]):
        object_ = next((c.end for c in chunks if c.start == word.end), 0)
        for form, close in (("verb", word.end), ("deed", object_)):
            if close:
                yield Candidate(word.start, close, (
                    (form, kind, str(n), beside[0]), (form, kind, link), (form, beside[1], str(n)), (form, text[word.start - 1], kind), (form, str(word.end - word.start)),
                ))  # fmt: skip


def _measured(text: str, low: int, end: int, kind: str, beside: tuple[str, str], link: str) -> Iterator[Candidate]:
    """A word for what is measured: 占地面积, 年产, 增长."""
    for form in ("attribute", "yield", "change", "size"):
        if size := ends(form, text, low, end):
            start = end - size
            while more := ends("modifier", text, low, start):
                start -= more
            yield Candidate(start, end, ((form, kind, beside[1]), (form, link), (form, kind, text[end - size : end])))
            return


def _nouns_before(
    text: str, clause: Clause, low: int, end: int, kind: str, beside: tuple[str, str], link: str
) -> Iterator[Candidate]:
    """停车位|35个, 亩产|从百十斤提高到260斤."""
    chunks = [c for c in clause.chunks if c.start < end and c.end > low][:-5:-1]
    for rank, chunk in enumerate(chunks):
        start, stop, words = max(chunk.start, low), min(chunk.end, end), clause.words
        follows = "" if stop == end else words[chunk.last + 1].tag if chunk.last + 1 < len(words) else "|"
        before = words[chunk.first - 1].tag if chunk.first else "|"
        forms = {start: "whole"}
        if words[chunk.last].start > start:
            forms[words[chunk.last].start] = "head"
        names = [w.end for w in words[chunk.first : chunk.last] if w.tag in "NWP"]
        if names and start <= names[-1] < stop:
            forms[names[-1]] = "rest"
        order = str(rank) + follows
        for first, form in forms.items():
            yield Candidate(first, stop, (
                ("before", kind, order, form), ("before", follows, beside[1], kind), ("before", kind, link, "" if stop == end else "far"), ("before", text[stop - 1], kind),
                ("before", before, form, str(rank)), ("before", words[chunk.last].tag, str(rank), form), ("before", str(min(stop - first, 9)), form),
                ("before", "first" if start == clause.start else "", order, kind),
            ))  # fmt: skip


def _verbs_before(
    text: str, clause: Clause, left: list[Word], end: int, kind: str, beside: tuple[str, str], link: str
) -> Iterator[Candidate]:
    """守|了27年, 走访|986户."""
    for n, word in enumerate([w for w in reversed(left) if w.tag in "vw"][:3]):
        object_ = next((c.end for c in clause.chunks if c.start == word.end and c.end <= end), 0)
        for form, close in (("act", word.end), ("act with object", object_)):
            if close:
                far = "" if close == end else "far"
                yield Candidate(word.start, close, (
                    (form, kind, str(n), far), (form, kind, beside[1]), (form, kind, link), (form, text[word.start : word.end]), (form, str(close - word.start), kind), (form, beside[1], far, link),
                ))  # fmt: skip


# --- subject -----------------------------------------------------------------------------------------------------------------


def subjects(clauses: Clauses, each: Quantity, item: Span | None, told: Told | None) -> list[Candidate]:
    """The noun phrases of the clause and of those before in the paragraph, what a 的 behind leads to, what was told of before."""
    text, kind = clauses.text, group(each)
    here = clauses.index(each.start)
    low = clauses[here].start
    role = _role(text, each, item, told)
    edge = min(each.start, item[0]) if item and low <= item[0] else each.start
    while size := ends("modifier", text, low, edge) or ends("link", text, low, edge):
        edge -= size
    said = _told_marks(clauses, each, told, kind, role, edge > low)
    found: list[Candidate] = []
    sentence = 0
    for back in range(min(_FAR, here + 1)):
        clause = clauses[here - back]
        stop = edge if not back else clause.end
        count = sum(chunk.start < stop for chunk in clause.chunks)
        for phrase in _phrases(clauses, clause):
            if phrase.start < stop and not (
                item and phrase.start < item[1] and item[0] < phrase.end and item[0] <= phrase.start
            ):
                place = _place(phrase.number, count)
                found.append(_placed(phrase, stop, (place, str(min(back, 4)), str(sentence)), (kind, role), said))
        if clause.opens == "\n" or len(found) > _MOST:
            break
        sentence = min(2, sentence + (clause.opens in "。!?"))
    found += [
        c for c in _ahead(clauses, each, here, kind, role) if not (item and c.start < item[1] and item[0] < c.end)
    ]
    for letter, span, marks in said:
        if not (item and span == item) and not any(c[:2] == span for c in found):
            found.append(Candidate(*span, (("kept", letter), ("told", letter, "same", kind, role), *marks)))
    return found


def _role(text: str, each: Quantity, item: Span | None, told: Told | None) -> str:
    if item is None:
        return "none"
    if told and item == told.item:
        return "again"
    if item[0] >= each.end:
        return "behind"
    return "change" if is_word("change", text[item[0] : item[1]]) else "before"


def _told_marks(
    clauses: Clauses, each: Quantity, told: Told | None, kind: str, role: str, own: bool
) -> list[tuple[str, Span, tuple[Feature, ...]]]:
    """What was told of the quantity before: its subject (s), its item (i), and what that may mean here."""
    if told is None:
        return []
    text, gap = clauses.text, each.start - told.quantity.end
    here = clauses.index(each.start)
    near = (
        "adjacent"
        if gap < 2
        else "clause"
        if clauses.index(told.quantity.start) == here
        else "far"
        if gap < 80
        else "out"
    )
    listed = (
        "、"
        if text.startswith("、", told.quantity.end)
        else "其中"
        if text.startswith("其中", clauses[here].start)
        else ""
    )
    return [
        (letter, span, (("told", letter, near, str(own), listed), ("told", letter, group(told.quantity), kind)))
        for letter, span in (("s", told.subject), ("i", told.item))
        if span and (letter == "s" or gap < 80)
    ]


def _place(number: int, count: int) -> str:
    """Where a noun phrase stands among those of its clause, to what is measured."""
    return "only" if count == 1 else "first" if number == 0 else "last" if number == count - 1 else "mid"


def _placed(
    phrase: Phrase,
    stop: int,
    place: tuple[str, str, str],
    sought: tuple[str, str],
    said: list[tuple[str, Span, tuple[Feature, ...]]],
) -> Candidate:
    kind, role = sought
    close, post = (stop, "") if phrase.end >= stop else (phrase.end, phrase.post)
    where, back, sentence = place
    features: tuple[Feature, ...] = (
        (where, back, sentence, role), (phrase.form, kind, role), (phrase.form, back, sentence), (post, back, kind), (where, phrase.pre, post), (phrase.form, phrase.pre, post),
    )  # fmt: skip
    for letter, span, marks in said:
        if phrase.start < span[1] and span[0] < close:
            features += (*marks, ("told", letter, "same" if span == (phrase.start, close) else "part", kind, role))
    return Candidate(phrase.start, close, features, phrase)


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
    before = words[chunk.first - 1] if chunk.first else None
    after = words[chunk.last + 1] if chunk.last + 1 < len(words) else None
    pre = "|" if before is None else text[before.start : before.end] if before.tag == "-" else before.tag
    post = "|" if after is None else text[after.start : after.end] if after.tag == "-" else after.tag
    named = "".join(sorted({w.tag for w in inner if w.tag in "PNWqxr"}))
    forms: dict[Span, str] = {(chunk.start, chunk.end): "whole" + named}
    for part in inner:
        if part.tag == "q" and part.end == chunk.end:
            return  # a quantity is no phrase
        if part.tag in "PNW":
            forms.setdefault((part.start, part.end), part.tag)
        if part.tag in "NWqr" and part.end < chunk.end:
            forms[part.end, chunk.end] = "rest"
    for (start, end), form in forms.items():
        word = text[start:end]
        if (end - start > 1 or word in "他她我它") and not is_word("modifier", word):
            often = str(min(clauses.often(word), 4))
            yield Phrase(start, end, form, number, pre, post, (
                (word[-1], form), (form, often), (str(min(end - start, 5)), often, clauses.titled(word)), (form, str(min(end - start, 9))), (form, says, str(min(number, 2))),
            ))  # fmt: skip


def _ahead(clauses: Clauses, each: Quantity, here: int, kind: str, role: str) -> Iterator[Candidate]:
    """Behind the quantity: 占地150亩的|桐木市场, 61岁的老支书|关向阳, the next part of a title, who speaks."""
    text, clause = clauses.text, clauses[here]
    joint = _JOINT.match(text, each.end)
    start = joint.end() if joint else each.end
    if chunk := next((c for c in clause.chunks if c.end > start and clause.words[c.last].tag != "q"), None):
        begin = max(chunk.start, start)
        near = "的" if joint else "" if begin == start else "far"
        named = [(w.start, w.end) for w in clause.words[chunk.first : chunk.last + 1] if w.tag == "P"]
        for span, form in ((begin, chunk.end), "whole"), *((each, "P") for each in named):
            yield Candidate(
                *span,
                (("led", near, kind, role), ("led", near, form), ("led", kind, form), ("led", near, text[span[1] - 1])),
            )
    title = text.find("\n")
    if each.start < title and here + 1 < len(clauses) and clauses[here + 1].start < title:
        for n, chunk in enumerate(clauses[here + 1].chunks):
            yield Candidate(chunk.start, chunk.end, (("titled", kind, role), ("titled", str(n))))
    open_, close = text.rfind("“", max(0, each.start - 120), each.start), text.find("”", each.end, each.end + 80)
    if open_ >= 0 and 0 < close < len(text) - 1 and text.find("”", open_, each.start) < 0:
        speaks = [word for word in clauses[clauses.index(close + 1)].words if word.tag == "P"]
        yield from (
            Candidate(word.start, word.end, (("speaker", kind, role), ("speaker", kind))) for word in speaks[:1]
        )
