"""Where persons are named: one pass from left to right, then the later mentions of the same names.

In: a `Line`, what of it belongs to no person's name, and the spans of a recogniser where one is used. Out: `Name`s. A name is told by the
office before it, by its place in a list, by a word for a person, by what persons do; a recogniser's span is one more piece of evidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ..recognise import Recogniser
from . import foreign, names
from .appointments import appointing, listed, whole
from .grammar import WEAK, Line, grammar, is_own, rank_at
from .holders import Name
from .posts import Chunk, series

_BEHIND_POST: Final = 0.4  # what a name must score behind a full post,
_BEHIND_RANK: Final = 1.0  # behind a bare office,
_BEHIND_WEAK: Final = 3.5  # behind an office that is a word of other uses, too,
_IN_LIST: Final = 1.0  # in a list of names,
_LISTED: Final = 1.5  # less between two marks of the list,
_ALONE: Final = 5.0  # and by itself, the words before it included
_TWICE: Final = 1.0  # for a name that the text has more than once
_IN_PLACE: Final = 2.0  # more where it lies in a place found by the gazetteer
_AGED: Final = re.compile(r"[、,]?(?:今年|现年|年近)?(?:\d{2,3}|[一二三四五六七八九十]{2,3})多?岁的$")
_ALSO: Final = re.compile("[\u4e00-\u9fff]{2,15}")
_JOINED: Final = re.compile(
    r"(?:\([^()\n]{1,8}\))?[、和及与]"
)  # between names of a list; in brackets a place in the picture
_NOTE: Final = re.compile(r"\([^()\n]{1,16}\)$")
_PLACE: Final = 4.0  # against one that is a county's or city's
_LINK: Final = frozenset("、和及与")
_SURE: Final = 0.6  # the least score of a span that counts
_AGREES: Final = 1.5  # for a name that is a span of the recogniser, times the span's score,
_DIFFERS: Final = 1.0  # against one that begins with a span and ends elsewhere, likewise,
_INSIDE: Final = -1.5  # what must stand at least before a name that nothing calls for
_APPOINTED: Final = 5.0  # for a name between a verb of appointing and 为
_LEAD: Final = 2.5  # by which an option must lead so that a recogniser cannot turn the order
_UNSEEN: Final = 0.5  # and against one that a recogniser has not seen


@dataclass(frozen=True, slots=True)
class Told:
    """What a recogniser says of the persons of a text: asked only where the rules leave it open, once for each stretch."""

    recogniser: Recogniser | None
    text: str
    ends: dict[int, tuple[int, float]] = field(default_factory=dict)  # start of a name → its end and score
    known: bytearray = field(default_factory=bytearray)  # of the characters that it was asked about

    def at(self, start: int) -> tuple[int, float]:
        """Where the name that the recogniser sees at `start` ends, and its score; (0, 0.0) where it sees none."""
        if self.recogniser and not self.known[start]:
            first, last, spans = self.recogniser.around(self.text, start)
            self.known[first:last] = b"\1" * (last - first)
            self.ends.update((s.start, (s.end, s.score)) for s in spans if s.label == "PER" and s.score >= _SURE)
        return self.ends.get(start, (0, 0.0))


@dataclass(frozen=True, slots=True)
class Scene:
    """A text as names are looked for in it.

    `blocked`: 1 for characters of credited names, 2 and 3 for places, sure and less so. `words`: common words of two or three characters.
    """

    line: Line
    blocked: bytearray
    words: frozenset[str]
    told: Told


@dataclass(frozen=True, slots=True)
class Opening:
    """A place where a name may begin: what stands before it, and what that says for a name."""

    start: int
    rank: str  # the office before it
    chunks: tuple[Chunk, ...]  # and its series
    in_list: bool
    appointed: bool  # whether a verb of appointing governs it
    expected: bool  # whether any of these or another word calls for a name
    before: float


def named(
    line: Line, blocked: bytearray, words: frozenset[str], recogniser: Recogniser | None = None
) -> Iterator[Name]:
    """The names that their surroundings, and the recogniser where those leave it open, tell, from left to right."""
    text = line.text
    scene = Scene(line, blocked, words, Told(recogniser, text, known=bytearray(len(text))))
    dots = dict(foreign.dotted_names(text))
    last: Name | None = None
    for start in sorted({*names.openings(text, words), *listed(text), *dots}):
        if last and start < last.end:
            continue
        name = _dotted(line, start, dots[start]) if start in dots else _name(scene, start, last)
        if name is not None and not names.is_credited(text, name.start, name.end):
            last = name
            yield name


def _dotted(line: Line, start: int, end: int) -> Name:
    return Name(start, end, "dotted", 6.0, tuple(series(line, start)))


def _name(scene: Scene, start: int, last: Name | None) -> Name | None:
    """The name that begins at `start`, if one does; the recogniser is asked where what it says can change the answer."""
    text = scene.line.text
    opening = _opening(scene, start, last)
    if opening is None:
        return None
    options = _options(scene, opening)
    odd = opening.before > 0 and foreign.may_go_on(text, start, start + 3)
    if not (opening.expected or options or odd):
        return None
    name, room = _decided(scene, opening, options)
    known = scene.told.known[start]
    if scene.told.recogniser is None or (not known and _is_settled(scene, opening, options, name, room)):
        return name
    end, score = scene.told.at(start)
    if end and not opening.expected:
        options = names.options(text, start, scene.words, expected=True)
    return _decided(scene, opening, _weighed(scene, start, options, end, score))[0]


def _opening(scene: Scene, start: int, last: Name | None) -> Opening | None:
    """What stands before `start`, behind the last name; None where it speaks against a name."""
    text = scene.line.text
    gap = _gap(text, start)
    rank = rank_at(text, gap)
    in_list = last is not None and _JOINED.fullmatch(text, last.end, start) is not None
    called, appointed = names.is_expected(text, start), bool(appointing(text, start))
    expected = bool(rank) or in_list or called or appointed
    before = names.before(text, start, scene.words, appointed=appointed, called=called)
    if (not expected and before < _INSIDE) or _inside_word(scene.line, start):
        return None
    if in_list and grammar().heads.match(text, start):
        return None
    floor = 0 if last is None else last.end + (text[last.end] in _LINK)
    chunks = series(scene.line, gap, floor) if rank else _beside(scene.line, start, floor) if called else []
    return Opening(
        start, rank or (chunks[-1].rank if chunks else ""), tuple(chunks), in_list, appointed, expected, before
    )


def _options(scene: Scene, opening: Opening) -> list[names.Option]:
    """The names that can begin there; between a verb of appointing and 为 all that stands there is the name."""
    text, start = scene.line.text, opening.start
    end = whole(text, start) if opening.appointed else 0
    if end and not any(names.is_expected(text, i) for i in range(start + 1, end)):
        return [names.Option(end, _APPOINTED)]
    return names.options(text, start, scene.words, expected=opening.expected)


def _beside(line: Line, start: int, floor: int) -> list[Chunk]:
    """The posts of somebody who is also called something else: 省人大代表、某村渔民|某某."""
    mark = line.text.rfind("、", max(0, start - 16), start)
    if mark < floor or not _ALSO.fullmatch(line.text, mark + 1, start):
        return []
    return series(line, mark, floor) if rank_at(line.text, mark) else []


def _is_settled(
    scene: Scene, opening: Opening, options: Sequence[names.Option], name: Name | None, room: float
) -> bool:
    """Whether nothing that a recogniser can say changes the decision."""
    text, start = scene.line.text, opening.start
    if name is not None:
        sure = room >= _DIFFERS and all(options[0].score - o.score >= _LEAD for o in options[1:])
        return sure and not foreign.may_go_on(text, start, name.end)
    if room + _AGREES >= 0:
        return False
    if scene.blocked[start] or (opening.before < 0 and not opening.expected):
        return True
    odd = foreign.may_go_on(text, start, start + 2) and text[start : start + 2] not in scene.words
    return not (odd or names.is_barred(text, start))


def _weighed(scene: Scene, start: int, options: Sequence[names.Option], end: int, score: float) -> list[names.Option]:
    """The options, best first, with what the recogniser says of each; its own span is among them."""
    text = scene.line.text
    found = list(options)
    if not foreign.plausible(text, start, end):
        end = 0
    if end and all(o.end != end for o in found):
        found.append(names.Option(end, names.after(text, end, scene.words)))
    gain = {o.end: _AGREES * score if o.end == end else -_DIFFERS * score if end else -_UNSEEN for o in found}
    return sorted((replace(o, score=o.score + gain[o.end]) for o in found), key=lambda o: (-o.score, -o.end))


def _decided(scene: Scene, opening: Opening, options: Sequence[names.Option]) -> tuple[Name | None, float]:
    """The name if one of the options is one, and how far it is above, or else below, what a name must score."""
    text, blocked, start = scene.line.text, scene.blocked, opening.start
    choices = [o for o in options if 1 not in blocked[start : o.end]]
    room = -math.inf
    if not choices:
        return None, room
    if opening.chunks:
        best = max(choices, key=lambda o: o.score + _clear(text, o.end, blocked))
        full = opening.chunks[-1].body or grammar().ranks[opening.rank][0] == "own"
        weak = opening.rank in WEAK and not is_own(opening.chunks[-1].body, scene.line.is_unit)
        least = _BEHIND_WEAK if weak else _BEHIND_POST if full else _BEHIND_RANK
        room = best.score + _clear(text, best.end, blocked) * bool(full) - least - _doubt(blocked, start, best.end)
        if room >= 0:
            return Name(start, best.end, "post", best.score + 4, opening.chunks), room
    best = choices[0]
    doubt = _doubt(blocked, start, best.end)
    if doubt >= _IN_PLACE or names.in_areas(text, best.end):
        return None, room
    if opening.in_list:
        least = _IN_LIST + doubt - (_LISTED if text[best.end : best.end + 1] in ("、", "等") else 0.0)
        room = max(room, best.score - least)
        if best.score >= least:
            return Name(start, best.end, "list", best.score + 2), room
    name = text[start : best.end]
    score = best.score + opening.before - (_PLACE if scene.line.is_place(name) else 0.0)
    score += _TWICE if _is_repeated(text, start, name, scene.words) else 0.0
    room = max(room, score - _ALONE - 2 * doubt)
    if score < _ALONE + 2 * doubt:
        return None, room
    seen = scene.told.ends.get(start, (0, 0.0))[0] == best.end
    return Name(start, best.end, "recogniser" if seen else "verb", score), room


def _inside_word(line: Line, start: int) -> bool:
    """Whether an office or a body goes on across `start`: 司令|员, 常委|会."""
    return line.inner[start : start + 1] == b"\1" or any(len(rank_at(line.text, start + n)) > n for n in (1, 2))


def _gap(text: str, start: int) -> int:
    """Where the office before a name ends: a space or a note in brackets may stand between, 副县长(挂职)某某."""
    if text.endswith("岁的", 0, start) and (aged := _AGED.search(text, max(0, start - 12), start)):
        return aged.start()
    if text[start - 1 : start] == ")" and (note := _NOTE.search(text, max(0, start - 18), start)):
        return note.start()
    return start - (1 if text[start - 1 : start] in (" ", "的") and start else 0)


def _doubt(blocked: bytearray, start: int, end: int) -> float:
    here = blocked[start:end]
    return _IN_PLACE if 2 in here else 0.5 if 3 in here else 0.0


def _clear(text: str, end: int, blocked: bytearray) -> float:
    """What a name behind a full office gains where it visibly ends: at a mark, or before the place somebody goes to."""
    if text[end : end + 1] in ("、", ",", ";", ":", ")", "等"):
        return 2.0
    return 1.5 if text[end : end + 1] in ("到", "赴", "在", "来") and blocked[end + 1] else 0.0


def _is_repeated(text: str, start: int, name: str, words: frozenset[str]) -> bool:
    """Whether the name stands a second time where a name could end; the nearest two places each way are looked at."""
    end = start + len(name)
    others = [text.find(name, end), text.rfind(name, 0, start)]
    return any(at >= 0 and names.after(text, at + len(name), words) > 0.5 for at in others)


def with_repeats(text: str, first: list[Name], known: set[str], blocked: bytearray) -> list[Name]:
    """All mentions: those found, and the same names wherever else they stand."""
    if not known:
        return []
    taken = bytearray(len(text) + 1)
    for name in first:
        taken[name.start : name.end] = b"\1" * (name.end - name.start)
    pattern = re.compile("|".join(re.escape(n) for n in sorted(known, key=lambda n: (-len(n), n))))
    more = [
        Name(*m.span(), "repeat", 5.0)
        for m in pattern.finditer(text)
        if not any(taken[m.start() : m.end()]) and 1 not in blocked[m.start() : m.end()]
    ]
    return sorted([*first, *more], key=lambda n: n.start)
