"""Units that a list knows, in their context: which of the names in scope is meant, and which only looks like one.

In: a folded text, the gazetteer, the path of the locality. Out: matches in text order, without overlaps.
A full name is taken where it stands; a short name or a stem (柯城, 黄坝) needs support: the paper's own chain, the full
name elsewhere in the text, a chain, a list of names (`series`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from .. import lexicon
from ..gazetteer import LEVELS, Gazetteer, Unit
from . import guards, series
from .scope import ORDER, Form, Scope, scope

_NATIONALITY = re.compile(
    r"(?:民族|(?:[\u4e00-\u9fff]{1,4}族){1,3})(?:乡|镇|苏木)"
)  # behind the stem of a town: 四排|赫哲族乡


class Match(NamedTuple):
    """A known name in the text; `unit` is None where several units of that name are equally near, `units` are these."""

    start: int
    end: int
    unit: Unit | None
    kind: str
    method: str
    score: float
    units: tuple[Unit, ...] = ()


class Pending(NamedTuple):
    """A name that needs support."""

    start: int
    end: int
    form: Form
    home: bool
    word: bool = False  # it is an everyday word, too: only a list with a word for its class supports it


def match(folded: str, gazetteer: Gazetteer, own: str) -> list[Match]:
    """The known names of a text, in order."""
    names = scope(gazetteer, own)
    judge = _Judge(folded, gazetteer, own, names)
    sure: list[Match] = []
    pending: list[Pending] = []
    last = 0
    for start in names.starts(folded):
        if start < last:
            continue
        left = sure[-1] if sure and sure[-1].end == start else None
        here = names.at(folded[start : start + 2])
        for size in here.lengths:
            surface = folded[start : start + size]
            found = here.forms.get(surface)
            if found is None or len(surface) < size:
                continue
            if sure and sure[-1].end == start - 1 and _split(folded, start, sure[-1], found):
                continue
            verdict = judge.verdict(start, start + size, found, left)
            if isinstance(verdict, Match):
                sure.extend(judge.chain(verdict))
                last = sure[-1].end
                break
            if verdict:
                pending.append(verdict)
    sure += _singles(folded, gazetteer, own, sure)
    return _settle(folded, gazetteer, sure, pending)


def _split(folded: str, start: int, town: Match, found: tuple[Form, ...]) -> bool:
    """Whether the name of a village is but the end of one behind a town: 瑶里镇绕|南村."""
    if not town.unit or town.unit.level != "township" or found[0].unit.level != "village":
        return False
    return not guards.free(folded, start) and folded[start - 1] not in "、的"


@dataclass(frozen=True, slots=True)
class _Judge:
    """What one text says of a name in it."""

    folded: str
    gazetteer: Gazetteer
    own: str
    names: Scope

    def verdict(self, start: int, end: int, found: tuple[Form, ...], left: Match | None) -> Match | Pending | None:
        """A match, a name that needs support, or None."""
        if left and (inner := self._inner(start, end, found, left)):
            return inner
        if left and left.kind == "full" and (own := self._printed_inside(start, end, found, left)):
            return own
        best, alone, home = self.names.nearest(self.folded[start:end])
        if best.kind in {"full", "variant"}:
            return self._full(start, end, best, found, alone, home, left)
        if best.kind == "stem" and best.unit.level == "township" and (tail := _NATIONALITY.match(self.folded, end)):
            return Match(start, tail.end(), best.unit, "full", "scope", 0.9)
        if (not alone and best.kind == "short") or self._continued(end):
            return None
        if guards.worded(self.folded, start, end, self.gazetteer):
            return None
        if guards.person(self.folded, start, end) and not (left and left.kind == "full"):
            return None
        if best.kind == "stem":
            return Pending(start, end, best, home, self.folded[start:end] in self.gazetteer.words)
        return self._short(start, end, best, home)

    def _continued(self, end: int) -> bool:
        """Whether the name goes on, and not with the next town of a row: 胥口|洞桥|万市."""
        return guards.continued(self.folded, end, self.gazetteer) and not any(
            form.unit.level == "township" for size in (2, 3) for form in self.names.forms(self.folded[end : end + size])
        )

    def _inner(self, start: int, end: int, found: tuple[Form, ...], left: Match) -> Match | None:
        """The unit of this name that lies in the one just before."""
        outer = [*([left.unit] if left.unit else ()), *left.units]
        inner = [form for unit in outer for form in found if form.unit.path.startswith(unit.path + "/")]
        if not inner or (left.kind == "stem" and inner[0].kind == "stem"):
            return None
        best = min(inner, key=lambda form: (ORDER[form.kind], form.unit.path.count("/")))
        if best.kind in {"short", "stem"} and not guards.ended(self.folded, end, self.gazetteer):
            return None
        if best.kind in {"full", "variant"} and guards.doubled(self.folded, start, end):
            return None
        return Match(
            start, end, self._printed(start, end, best), best.kind if best.kind != "variant" else "full", "chain", 0.97
        )

    def _printed_inside(self, start: int, end: int, found: tuple[Form, ...], left: Match) -> Match | None:
        """A village right behind a town in which the list has none of its name: what is printed counts, 永富镇|振兴村."""
        town = left.unit
        if town is None or town.level != "township" or found[0].kind != "full" or found[0].unit.level != "village":
            return None
        if guards.doubled(self.folded, start, end) or end - start < 3:
            return None
        return Match(start, end, Unit(f"{town.path}/{self.folded[start:end]}", "village"), "full", "chain", 0.8)

    def _full(
        self, start: int, end: int, best: Form, found: tuple[Form, ...], alone: bool, home: bool, left: Match | None
    ) -> Match | None:
        folded, surface, level = self.folded, self.folded[start:end], best.unit.level
        if (
            (
                surface in lexicon.words("place_words", kind="generic")
                and not f"{self.own}/".startswith(best.unit.path + "/")
            )
            or guards.torn(folded, end)
            or guards.doubled(folded, start, end)
        ):
            return None
        local = level in {"village", "township"}
        if len(surface) == 2 and (local or not home):
            near = guards.free(folded, start) or (left is not None and level == "village")
            if not (level == "county" and self.behind(best.unit, end)) and not (
                near and guards.ended(folded, end, self.gazetteer)
            ):
                return None
        if len(surface) == 3 and (not home or local) and guards.crossed(folded, start, self.gazetteer):
            return None
        if (
            best.kind == "variant"
            and (local or not home)
            and not (left and _ends(left, best))
            and not guards.free(folded, start)
            and len(surface) < 4
        ):
            return None
        method = "scope" if local or home else "national"
        units = tuple(form.unit for form in found if form.kind == best.kind and form.unit.level == level)
        if not alone:
            return Match(start, end, None, "full", method, 0.6, units)
        return Match(start, end, self._printed(start, end, best), "full", method, 0.95,
                     (best.unit,) if best.kind == "variant" else ())  # fmt: skip

    def _printed(self, start: int, end: int, form: Form) -> Unit:
        """The unit of a form; what is printed of another class (镇 for 乡, 县 for 区) stays so."""
        if form.kind != "variant":
            return form.unit
        return Unit(self.gazetteer.formerly(form.unit, self.folded[start:end]), form.unit.level)

    def _short(self, start: int, end: int, best: Form, home: bool) -> Match | Pending | None:
        folded, surface = self.folded, self.folded[start:end]
        word = surface in self.gazetteer.words or surface in lexicon.words("place_words", kind="trap")
        sure = home or best.unit.level in {"province", "prefecture"}
        settled = guards.free(folded, start) and guards.ended(folded, end, self.gazetteer)
        if sure and (settled or not word) and (home or settled or not guards.crossed(folded, start, self.gazetteer)):
            return Match(start, end, best.unit, "short", "short", 0.9 if home else 0.85)
        return Pending(start, end, best, home)

    def behind(self, unit: Unit, end: int) -> tuple[Unit, ...]:
        """The towns or villages of a unit whose full name stands at `end`, the longest."""
        county = unit if unit.level != "township" else self.gazetteer.unit(unit.parent or "")
        inner = self.gazetteer.local(county.path).at(self.folded, end) if county else []
        inner = [
            u
            for u in inner
            if u.path.startswith(unit.path + "/") and not guards.doubled(self.folded, end, end + len(u.name))
        ]
        longest = max((len(u.name) for u in inner), default=0)
        return tuple(u for u in inner if len(u.name) == longest)

    def chain(self, found: Match) -> Iterator[Match]:
        """The match, and towns and villages right behind a unit of another county; these settle which 鼓楼区 it is."""
        if (
            found.unit is None
            and len(holders := [u for u in found.units if u.level == "county" and self.behind(u, found.end)]) == 1
        ):
            found = found._replace(unit=holders[0], score=0.9)
        yield found
        unit, end = found.unit, found.end
        while (
            unit
            and unit.level in {"prefecture", "county", "township"}
            and not f"{unit.path}/".startswith(f"{self.own or '-'}/")
        ):
            inner = self.behind(unit, end)
            if not inner:
                return
            unit = inner[0]
            start, end = end, end + len(unit.name)
            yield Match(start, end, unit if len(inner) == 1 else None, "full", "chain", 0.95, inner)


def _ends(left: Match, form: Form) -> bool:
    return bool(left.unit and form.unit.path.startswith(left.unit.path + "/"))


def _singles(folded: str, gazetteer: Gazetteer, own: str, sure: list[Match]) -> Iterator[Match]:
    """Units by one character: 来澄, 在衢 for the paper's own, 赴沪, 川渝 for provinces."""
    for start, path in guards.singles(folded, _initials(gazetteer, own)):
        if not any(m.start <= start < m.end for m in sure) and (unit := gazetteer.unit(path)):
            yield Match(start, start + 1, unit, "single", "short", 0.8)


@lru_cache(maxsize=256)
def _initials(gazetteer: Gazetteer, own: str) -> Mapping[str, str]:
    """The paths of the paper's own county and city by the first characters of their names."""
    units = [unit for level in LEVELS[1:3] if own and (unit := gazetteer.ancestor(Unit(own, ""), level))]
    return {unit.name[0]: unit.path for unit in reversed(units)}


def _settle(folded: str, gazetteer: Gazetteer, sure: list[Match], pending: list[Pending]) -> list[Match]:
    """The sure matches and those pending ones that find support."""
    supported = {m.unit.path for m in sure if m.unit}
    taken = bytearray(len(folded) + 1)
    for m in sure:
        taken[m.start : m.end] = b"\1" * (m.end - m.start)
    kept = list(sure)

    def keep(each: Pending, method: str, score: float) -> None:
        if not any(taken[each.start : each.end]):
            kept.append(Match(each.start, each.end, each.form.unit, each.form.kind, method, score))
            taken[each.start : each.end] = b"\1" * (each.end - each.start)

    in_list = series.members(folded, [(m.start, m.end, m.unit.level if m.unit else "") for m in sure if m.kind != "single"],
                             [(p.start, p.end, p.form.unit.level) for p in pending], {p.start for p in pending if p.word})  # fmt: skip
    pending = [each for each in pending if not (each.form.kind == "stem" and guards.natural(folded, each.end))]
    for each in pending:
        if (each.start, each.end) in in_list:
            keep(each, "series", 0.85)
    for each in pending:
        if each.word:
            continue
        if each.form.kind == "stem" and each.form.unit.level == "township" and guards.stands(folded, each.start):
            keep(each, "stem", 0.75)
        if each.form.kind == "stem" and not guards.ended(folded, each.end, gazetteer):
            continue
        if each.form.unit.path in supported and (each.form.kind == "short" or guards.free(folded, each.start)):
            keep(each, "short", 0.8)
        elif each.form.kind == "short" and guards.free(folded, each.start) and guards.stands(folded, each.start):
            keep(each, "short", 0.7)
    return sorted(kept, key=lambda m: m.start)


def _printed_towns(found: list[Match]) -> dict[str, str]:
    """Towns that the text prints as another class than the list, by the path of the list: 滨江乡, now 滨江镇."""
    listed = {m.unit.path for m in found if m.unit and not m.units}
    return {
        m.units[0].path: m.unit.path
        for m in found
        if m.unit and m.units and m.unit.level == "township" and m.units[0].path not in listed
    }


def placed(found: list[Match], own: str) -> list[Match]:
    """Names that several units bear, settled by the town before them: in the chain, else the last one of the own county. Villages lie
    in their town as the text prints it."""
    printed = _printed_towns(found)
    result: list[Match] = []
    last = ""
    for m in found:
        unit = m.unit
        if unit is None and m.units:
            near = [u for u in m.units if last and u.path.startswith(last + "/")]
            unit = near[0] if len(near) == 1 else None
        if unit and unit.level == "township":
            last = m.units[0].path if m.units else unit.path
        elif unit and unit.level == "village":
            last = unit.parent or last
            if town := printed.get(unit.parent or ""):
                unit = replace(unit, path=f"{town}/{unit.name}")
        result.append(m._replace(unit=unit) if unit is not m.unit else m)
    return result
