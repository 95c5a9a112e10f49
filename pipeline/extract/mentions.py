"""Where persons are named: one pass from left to right, then the later mentions of the same names.

In: a `Line`, what of it belongs to no person's name, and the spans of a recogniser where one is used. Out: `Name`s. A name is told by the
office before it, by its place in a list, by a word for a person, by what persons do; a recogniser's span is one more piece of evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..model import Span
from . import foreign, names
from .appointments import appointing, listed
from .grammar import WEAK, Line, grammar, is_own, rank_at
from .holders import Name
from .posts import series

_BEHIND_POST: Final = 0.4  # what a name must score behind a full post,
_BEHIND_RANK: Final = 1.0  # behind a bare office,
_BEHIND_WEAK: Final = 3.5  # behind an office that is a word of other uses, too,
_IN_LIST: Final = 1.5  # in a list of names,
_ALONE: Final = 5.0  # and by itself, the words before it included
_TWICE: Final = 1.0  # for a name that the text has more than once
_IN_PLACE: Final = 2.0  # more where it lies in a place found by the gazetteer
_NOTE: Final = re.compile(r"\([^()\n]{1,16}\)$")
_PLACE: Final = 4.0  # against one that is a county's or city's
_LINK: Final = frozenset("、和及与")
_SURE: Final = 0.6  # the least score of a span that counts
_AGREES: Final = 1.5  # for a name that is a span of the recogniser, times the span's score,
_DIFFERS: Final = 1.0  # against one that begins with a span and ends elsewhere, likewise,
_UNSEEN: Final = 0.5  # and against one that a recogniser has not seen


@dataclass(frozen=True, slots=True)
class Seen:
    """The persons that a recogniser has found: start → (end, score). Without a recogniser nothing is weighed."""

    ends: Mapping[int, tuple[int, float]]
    used: bool

    @classmethod
    def of(cls, spans: Sequence[Span]) -> Seen:
        return cls({s.start: (s.end, s.score) for s in spans if s.label == "PER" and s.score >= _SURE}, bool(spans))

    def weighed(
        self, options: Iterable[names.Option], text: str, start: int, words: frozenset[str]
    ) -> list[names.Option]:
        """The options, best first, with what the recogniser says of each; its own span is among them."""
        if not self.used:
            return list(options)
        end, score = self.ends.get(start, (0, 0.0))
        found = list(options)
        if not foreign.plausible(text, start, end):
            end = 0
        if end and all(o.end != end for o in found):
            found.append(names.Option(end, names.after(text, end, words)))
        gain = {o.end: _AGREES * score if o.end == end else -_DIFFERS * score if end else -_UNSEEN for o in found}
        return sorted((replace(o, score=o.score + gain[o.end]) for o in found), key=lambda o: (-o.score, -o.end))


def named(line: Line, blocked: bytearray, words: frozenset[str], spans: Sequence[Span] = ()) -> Iterator[Name]:
    """The names that their surroundings, and the recogniser's spans if there are any, tell, from left to right.

    `blocked`: 1 for characters of credited names, 2 and 3 for places, sure and less so.
    """
    text = line.text
    seen = Seen.of(spans)
    dots = dict(foreign.dotted_names(text))
    told = {*names.expecting(text), *listed(text), *dots, *seen.ends}
    begun = sorted({m.start() for m in names.starts().finditer(text)} | told)
    last: Name | None = None
    for start in begun:
        if last and start < last.end:
            continue
        name = _dotted(line, start, dots[start]) if start in dots else _name(line, blocked, start, last, words, seen)
        if name is not None and not names.is_credited(text, name.start, name.end):
            last = name
            yield name


def _dotted(line: Line, start: int, end: int) -> Name:
    return Name(start, end, "dotted", 6.0, tuple(series(line, start)))


def _name(
    line: Line, blocked: bytearray, start: int, last: Name | None, words: frozenset[str], seen: Seen
) -> Name | None:
    text = line.text
    gap = _gap(text, start)
    rank = rank_at(text, gap)
    in_list = last is not None and text[start - 1] in _LINK and last.end == start - 1
    if _inside_word(text, start) or (in_list and grammar().heads.match(text, start)):
        return None
    expected = (
        start in seen.ends or bool(rank) or in_list or names.is_expected(text, start) or bool(appointing(text, start))
    )
    found = seen.weighed(names.options(text, start, words, expected=expected), text, start, words)
    choices = [o for o in found if 1 not in blocked[start : o.end]]
    if not choices:
        return None
    chunks = series(line, gap, 0) if rank else []
    if chunks:
        best = max(choices, key=lambda o: o.score + _clear(text, o.end, blocked))
        doubt = _doubt(blocked, start, best.end)
        full = chunks[-1].body or grammar().ranks[rank][0] == "own"
        weak = rank in WEAK and not is_own(chunks[-1].body, line.is_unit)
        least = _BEHIND_WEAK if weak else _BEHIND_POST if full else _BEHIND_RANK
        if best.score + _clear(text, best.end, blocked) * bool(full) >= least + doubt:
            return Name(start, best.end, "post", best.score + 4, tuple(chunks))
    best = choices[0]
    doubt = _doubt(blocked, start, best.end)
    if doubt >= _IN_PLACE or names.in_areas(text, best.end):
        return None
    if in_list and best.score >= _IN_LIST + doubt:
        return Name(start, best.end, "list", best.score + 2)
    name = text[start : best.end]
    score = best.score + names.before(text, start, words) + (_TWICE if _is_repeated(text, start, name, words) else 0.0)
    if line.is_place(name):
        score -= _PLACE
    if score < _ALONE + 2 * doubt:
        return None
    return Name(start, best.end, "recogniser" if seen.ends.get(start, (0, 0))[0] == best.end else "verb", score)


def _inside_word(text: str, start: int) -> bool:
    """Whether an office goes on across `start`: 司令|员."""
    return any(len(rank_at(text, start + n)) > n for n in (1, 2))


def _gap(text: str, start: int) -> int:
    """Where the office before a name ends: a space or a note in brackets may stand between, 副县长(挂职)某某."""
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
