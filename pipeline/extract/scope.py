"""The names that a text of one locality may mean: what is matched, before any context is looked at.

In: the gazetteer and the path of the locality (or none). Out: a `Scope`: units by surface form. County-level names and
above are in every scope, towns and villages only in their own county's or city's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import add

from .. import lexicon
from ..gazetteer import Gazetteer, Unit

_TOWN_SUFFIXES = ("街道", "镇", "乡", "苏木", "农场", "林场", "牧场")
_VILLAGE_SUFFIXES = ("社区", "村", "嘎查")
_ETHNIC = re.compile(r"(?:民族|[\u4e00-\u9fff]{1,4}?族(?:[\u4e00-\u9fff]{1,3}族)*)(?=(?:乡|镇|苏木)$)")
_AUTONOMOUS = ("自治旗", "自治州")


@dataclass(frozen=True, slots=True)
class Form:
    """One way to print a unit. Kinds: full; variant, where the list has another class (镇 for 乡, 县 for 区); short (counties and above);
    stem (towns and villages)."""

    unit: Unit
    kind: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Forms by surface, own and national; for every first two characters the lengths to try, longest first; what names begin with:
    their first three characters, or all of two."""

    path: str
    own: Mapping[str, tuple[Form, ...]]
    national: Mapping[str, tuple[Form, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    heads: frozenset[str]

    def starts(self, folded: str) -> Iterator[int]:
        """Where some form may begin."""
        heads, pairs = self.heads, list(map(add, folded, folded[1:]))
        begun = compress(range(len(folded)), map(self.lengths.__contains__, pairs))
        return (i for i in begun if pairs[i] in heads or folded[i : i + 3] in heads)

    def forms(self, surface: str) -> tuple[Form, ...]:
        own, national = self.own.get(surface, ()), self.national.get(surface, ())
        if not own or not national:
            return own or national
        paths = {form.unit.path for form in own}
        return own + tuple(form for form in national if form.unit.path not in paths)


@lru_cache(maxsize=64)
def scope(gazetteer: Gazetteer, path: str) -> Scope:
    """The scope of a locality; an empty path gives the names that are known everywhere."""
    if not path:
        national = _collect(_national(gazetteer))
        return Scope(path, {}, national, _lengths(national), frozenset(surface[:3] for surface in national))
    outer = scope(gazetteer, "")
    own = _collect(_local(gazetteer, path))
    lengths = dict(outer.lengths)
    for surface, sizes in _lengths(own).items():
        lengths[surface] = tuple(sorted({*sizes, *lengths.get(surface, ())}, reverse=True))
    return Scope(path, own, outer.national, lengths, outer.heads.union(surface[:3] for surface in own))


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
    for path, unit in gazetteer.former.items():
        yield path.rpartition("/")[2], Form(unit, "variant")
    for unit in gazetteer.national.values():
        for short in unit.shorts:
            yield short, Form(unit, "short")


def _local(gazetteer: Gazetteer, path: str) -> Iterator[tuple[str, Form]]:
    """Towns and villages of a county, or of all counties of a prefecture; a province is too wide. Colloquial names of its own chain."""
    top = gazetteer.unit(path)
    while top and top.level in {"township", "village"}:
        top = gazetteer.unit(top.parent or "")
    if top is None or top.level == "province":
        return
    yield from _chain(gazetteer, top)
    yield from _colloquial(gazetteer, top)
    generic = lexicon.words("place_words", kind="generic")
    for unit in gazetteer.within(top.path):
        if unit.level in {"township", "village"} and unit.name not in generic:
            yield from forms(unit)


def _chain(gazetteer: Gazetteer, top: Unit) -> Iterator[tuple[str, Form]]:
    """The paper's own units as its own locality names them: 静海县, 毕节地区."""
    unit: Unit | None = top
    while unit:
        yield unit.path.rpartition("/")[2], Form(unit, "full")
        for short in unit.shorts:
            yield short, Form(unit, "short")
        unit = gazetteer.unit(unit.parent) if unit.parent else None


def _colloquial(gazetteer: Gazetteer, top: Unit) -> Iterator[tuple[str, Form]]:
    """克旗 for 克什克腾旗 in its own paper, 博州 for 博尔塔拉蒙古自治州 in its province."""
    if top.name.endswith("旗") and len(top.name) > 3:
        yield top.name[0] + "旗", Form(top, "full")
    for unit in gazetteer.counties(top.path.partition("/")[0]):
        if unit.name.endswith("自治州"):
            yield unit.name[0] + "州", Form(unit, "short")


def forms(unit: Unit) -> Iterator[tuple[str, Form]]:
    """The surfaces of a town or village: its name, 王村村 for 王村, 七十四团 for 兵团七十四团, other classes, and the stem."""
    name = unit.path.rpartition("/")[2]
    yield name, Form(unit, "full")
    if name.startswith("兵团"):
        yield name[2:], Form(unit, "variant")
    if len(name) == 2 and name[1] == "村":
        yield name + "村", Form(unit, "full")
    if name.endswith(_VILLAGE_SUFFIXES if unit.level == "village" else _TOWN_SUFFIXES):
        plain = _ETHNIC.sub("", name) if "族" in name else name
        if plain != name and len(plain) > 2:
            yield plain, Form(unit, "full")
        yield from _shorter(unit, plain if len(plain) > 2 else name)


def _shorter(unit: Unit, name: str) -> Iterator[tuple[str, Form]]:
    suffixes = _TOWN_SUFFIXES if unit.level == "township" else _VILLAGE_SUFFIXES
    suffix = next(each for each in suffixes if name.endswith(each))
    stem = name.removesuffix(suffix)
    if len(stem) < 2:
        return
    yield stem, Form(unit, "stem")
    for other in (
        ("镇", "乡", "街道") if suffix in {"镇", "乡", "街道"} else ("村", "社区") if suffix in {"村", "社区"} else ()
    ):
        if other != suffix:
            yield stem + other, Form(unit, "variant")
