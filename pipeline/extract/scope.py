"""The names that a text of one locality may mean: what is matched, before any context is looked at.

In: the gazetteer and the path of the locality (or none). Out: a `Scope`: units by surface form. County-level names and
above are in every scope, towns and villages only in their own county's or city's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import add

from .. import lexicon
from ..gazetteer import Gazetteer, Unit

_TOWN_SUFFIXES = ("街道", "镇", "乡", "苏木", "农场", "林场", "牧场")
_VILLAGE_SUFFIXES = ("社区", "村", "嘎查")


@dataclass(frozen=True, slots=True)
class Form:
    """One way to print a unit: kind is full, short (counties and above) or stem (towns and villages)."""

    unit: Unit
    kind: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Forms by surface, and for every first two characters the lengths to try, longest first."""

    path: str
    forms: Mapping[str, tuple[Form, ...]]
    lengths: Mapping[str, tuple[int, ...]]

    def starts(self, folded: str) -> Iterator[int]:
        """Where some form may begin."""
        return compress(range(len(folded)), map(self.lengths.__contains__, map(add, folded, folded[1:])))


@lru_cache(maxsize=64)
def scope(gazetteer: Gazetteer, path: str) -> Scope:
    """The scope of a locality; an empty path gives the names that are known everywhere."""
    if not path:
        return _scope(path, _national(gazetteer))
    outer = scope(gazetteer, "")
    forms: dict[str, tuple[Form, ...]] = dict(outer.forms)
    lengths = dict(outer.lengths)
    own = _collect(_local(gazetteer, path))
    for surface, found in own.items():
        forms[surface] = forms.get(surface, ()) + found
    for surface, sizes in _lengths(own).items():
        lengths[surface] = tuple(sorted({*sizes, *lengths.get(surface, ())}, reverse=True))
    return Scope(path, forms, lengths)


def _scope(path: str, found: Iterable[tuple[str, Form]]) -> Scope:
    forms = _collect(found)
    return Scope(path, forms, _lengths(forms))


def _collect(found: Iterable[tuple[str, Form]]) -> dict[str, tuple[Form, ...]]:
    forms: dict[str, dict[str, Form]] = {}
    for surface, form in found:
        if len(surface) > 1:
            forms.setdefault(surface, {}).setdefault(form.unit.path, form)
    return {surface: tuple(each.values()) for surface, each in forms.items()}


def _lengths(forms: Mapping[str, object]) -> dict[str, tuple[int, ...]]:
    sizes: dict[str, set[int]] = {}
    for surface in forms:
        sizes.setdefault(surface[:2], set()).add(len(surface))
    return {head: tuple(sorted(each, reverse=True)) for head, each in sizes.items()}


def _national(gazetteer: Gazetteer) -> Iterator[tuple[str, Form]]:
    for unit in gazetteer.national.values():
        yield unit.name, Form(unit, "full")
        for short in unit.shorts:
            yield short, Form(unit, "short")


def _local(gazetteer: Gazetteer, path: str) -> Iterator[tuple[str, Form]]:
    """Towns and villages of a county, or of all counties of a prefecture; a province is too wide."""
    top = gazetteer.unit(path)
    while top and top.level in {"township", "village"}:
        top = gazetteer.unit(top.parent or "")
    if top is None or top.level == "province":
        return
    generic = lexicon.words("place_words", kind="generic")
    for unit in gazetteer.within(top.path):
        if unit.level in {"township", "village"} and unit.name not in generic:
            yield from forms(unit)


def forms(unit: Unit) -> Iterator[tuple[str, Form]]:
    """The surfaces of a town or village: its name, 王村村 for 王村, 七十四团 for 兵团七十四团, and the stem."""
    name = unit.name
    yield name, Form(unit, "full")
    if name.startswith("兵团"):
        yield name[2:], Form(unit, "full")
    if len(name) == 2 and name.endswith("村"):
        yield name + "村", Form(unit, "full")
    for suffix in _TOWN_SUFFIXES if unit.level == "township" else _VILLAGE_SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            yield name.removesuffix(suffix), Form(unit, "stem")
            break
