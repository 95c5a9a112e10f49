"""Units that a list knows, in their context: which of the names in scope is meant, and which only looks like one.

In: a folded text, the gazetteer, the path of the locality. Out: matches in text order, without overlaps.
A full name is taken where it stands; a short name or a stem (柯城, 黄坝) needs support: the paper's own chain, the full
name elsewhere in the text, a chain, a list of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from .. import lexicon
from ..gazetteer import Gazetteer, Unit
from .scope import Form, forms, scope

_STOP = r"\s\W的了在是和与及将对为向从到把被"
_PREPOSITIONS = frozenset("在赴到来从往至由向对与和及为是离抵达返经")
_RIGHT = frozenset("的等开调考视检召举将以为在是有与和及至到赴")
_SITE_TAIL = re.compile(r"(?:[东西南北中]?(?:路|街|大道|大街|巷|站|江|河|湖|山|桥|高速|机场|火车)|[部麓侧岸坡])")


@dataclass(frozen=True, slots=True)
class Match:
    """A known name in the text; `unit` is None where several units of that name are equally near."""

    start: int
    end: int
    unit: Unit | None
    kind: str
    method: str
    score: float


@cache
def _organisation() -> re.Pattern[str]:
    tails = sorted(lexicon.words("place_words", kind="organisation"), key=len, reverse=True)
    return re.compile(rf"[^{_STOP}]{{0,14}}?(?:{'|'.join(tails)}|网(?![格点络红]))")


@lru_cache(maxsize=256)
def _inside(gazetteer: Gazetteer, path: str) -> Mapping[str, tuple[Unit, ...]]:
    """Towns and villages of a county by their surfaces."""
    found: dict[str, list[Unit]] = {}
    for unit in gazetteer.local(path).values():
        for surface, form in forms(unit):
            if form.kind == "full":
                found.setdefault(surface, []).append(unit)
    return {surface: tuple(units) for surface, units in found.items()}


def match(folded: str, gazetteer: Gazetteer, own: str) -> list[Match]:
    """The known names of a text, in order."""
    names = scope(gazetteer, own)
    sure: list[Match] = []
    pending: list[tuple[int, int, Form]] = []
    last = 0
    for start in names.starts(folded):
        if start < last:
            continue
        left = sure[-1] if sure and sure[-1].end == start else None
        for size in names.lengths[folded[start : start + 2]]:
            found = names.forms.get(folded[start : start + size])
            if not found or start + size > len(folded):
                continue
            verdict = _judge(folded, start, start + size, found, left, gazetteer, own)
            if isinstance(verdict, Match):
                sure.append(verdict)
                sure.extend(_chain(folded, verdict, gazetteer, own))
                last = sure[-1].end
                break
            if verdict:
                pending.append((start, start + size, verdict))
    return _settle(folded, sure, pending)


def _judge(
    folded: str, start: int, end: int, found: tuple[Form, ...], left: Match | None, gazetteer: Gazetteer, own: str
) -> Match | Form | None:
    """A match, a form that needs support, or None."""
    if left and left.unit:
        inner = [form for form in found if form.unit.path.startswith(left.unit.path + "/")]
        if inner and (inner[0].kind != "short" or not _named_otherwise(folded, end)):
            best = min(inner, key=lambda form: form.unit.path.count("/"))
            return Match(start, end, best.unit, best.kind, "chain", 0.97)
    best, alone = _nearest(found, own)
    surface = folded[start:end]
    home = _home(best.unit, own)
    if best.kind == "full":
        if surface in lexicon.words("place_words", kind="generic") or _torn(folded, end):
            return None
        if (
            len(surface) == 2
            and not (home and best.unit.level not in {"village", "township"})
            and not (_free(folded, start, gazetteer) and len(surface) > 1 and _ended(folded, end))
        ):
            return None
        if len(surface) == 3 and not home and _crossed(folded, start, gazetteer):
            return None
        method = "scope" if best.unit.level in {"township", "village"} or home else "national"
        return Match(start, end, best.unit if alone else None, "full", method, 0.95 if alone else 0.6)
    if best.kind == "stem" or not alone or _named_otherwise(folded, end):
        return best if best.kind == "stem" and not _named_otherwise(folded, end) else None
    word = surface in gazetteer.words or surface in lexicon.words("place_words", kind="trap")
    if home and (not word or (_free(folded, start, gazetteer) and _ended(folded, end))):
        return Match(start, end, best.unit, "short", "short", 0.9)
    if best.unit.level in {"province", "prefecture"} and not word and not _crossed(folded, start, gazetteer):
        return Match(start, end, best.unit, "short", "short", 0.85)
    return best


def _chain(folded: str, match: Match, gazetteer: Gazetteer, own: str) -> Iterator[Match]:
    """Towns and villages right behind a unit of another county."""
    unit = match.unit
    while unit and unit.level in {"prefecture", "county", "township"} and not _home(unit, own):
        county = unit if unit.level != "township" else gazetteer.unit(unit.parent or "")
        if county is None:
            return
        names = _inside(gazetteer, county.path)
        for size in range(min(12, len(folded) - match.end), 1, -1):
            inner = [
                u for u in names.get(folded[match.end : match.end + size], ()) if u.path.startswith(unit.path + "/")
            ]
            if inner:
                match = Match(match.end, match.end + size, inner[0] if len(inner) == 1 else None, "full", "chain", 0.95)
                yield match
                break
        else:
            return
        unit = match.unit


def _nearest(found: tuple[Form, ...], own: str) -> tuple[Form, bool]:
    """The form whose unit lies nearest to the locality, and whether it is alone there."""
    if len(found) == 1:
        return found[0], True
    ranked = sorted(
        found, key=lambda form: (-_shared(form.unit.path, own), _ORDER[form.kind], form.unit.path.count("/"))
    )
    first, second = ranked[:2]
    same = (
        _shared(first.unit.path, own) == _shared(second.unit.path, own)
        and first.kind == second.kind
        and first.unit.level == second.unit.level
    )
    return first, not same


_ORDER = {"full": 0, "short": 1, "stem": 2}


def _shared(path: str, own: str) -> int:
    """How many units from the province down two paths share."""
    count = 0
    for a, b in zip(path.split("/"), own.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count


def _home(unit: Unit, own: str) -> bool:
    """Whether the unit is on the locality's chain or in its prefecture."""
    if not own:
        return False
    prefecture = "/".join(own.split("/")[:2])
    return own.startswith(unit.path) or unit.path.startswith(prefecture)


def _free(folded: str, start: int, gazetteer: Gazetteer) -> bool:
    """Whether a name may begin here: behind a mark or a word that stands before places."""
    if start == 0 or not folded[start - 1].isalnum():
        return True
    before = lexicon.words("place_before")
    return folded[start - 1] in _PREPOSITIONS or folded[max(0, start - 2) : start] in before


def _ended(folded: str, end: int) -> bool:
    return end >= len(folded) or not folded[end].isalnum() or folded[end] in _RIGHT


def _torn(folded: str, end: int) -> bool:
    """Whether the last character belongs to the next word: 大同市|场."""
    return folded[end - 1 : end + 1] in lexicon.words("place_words", kind="torn")


def _crossed(folded: str, start: int, gazetteer: Gazetteer) -> bool:
    """Whether the first character rather ends the word before: 了解|村."""
    return start > 0 and folded[start - 1 : start + 1] in gazetteer.words and folded[start - 1] not in _PREPOSITIONS


def _named_otherwise(folded: str, end: int) -> bool:
    """Whether a short name only begins the name of a road, a school, a company."""
    return bool(_SITE_TAIL.match(folded, end) or _organisation().match(folded, end))


def _settle(folded: str, sure: list[Match], pending: list[tuple[int, int, Form]]) -> list[Match]:
    """The sure matches and those pending ones that find support."""
    supported = {m.unit.path for m in sure if m.unit}
    taken = bytearray(len(folded) + 1)
    for m in sure:
        taken[m.start : m.end] = b"\1" * (m.end - m.start)
    kept = list(sure)
    for start, end, form in pending:
        if form.unit.path in supported and form.unit.level != "village" and not any(taken[start:end]):
            kept.append(Match(start, end, form.unit, form.kind, "short", 0.8))
            taken[start:end] = b"\1" * (end - start)
    return sorted(kept, key=lambda m: m.start)
