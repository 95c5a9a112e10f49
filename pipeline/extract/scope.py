"""The names that a text of one locality may mean: what is matched, before any context is looked at.

In: the gazetteer and the path of the locality (or none). Out: a `Scope`: units by surface form. County-level names and
above are in every scope, towns and villages only in their own county's or city's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .. import lexicon
from ..gazetteer import Gazetteer, Unit

_SUFFIXES = {"township": ("街道", "镇", "乡", "苏木", "农场", "林场", "牧场"), "village": ("社区", "村", "嘎查")}
_OTHERS = {"镇": ("乡", "街道"), "乡": ("镇", "街道"), "街道": ("镇", "乡"), "村": ("社区",), "社区": ("村",)}
_ETHNIC = re.compile(r"(?:民族|[\u4e00-\u9fff]{1,4}?族(?:[\u4e00-\u9fff]{1,3}族)*)(?=(?:乡|镇|苏木)$)")


class Form(NamedTuple):
    """One way to print a unit. Kinds: full; variant, where the list has another class (镇 for 乡, 县 for 区); short (counties and above);
    stem (towns and villages)."""

    unit: Unit
    kind: str


@dataclass(frozen=True, slots=True)
class Names:
    """Forms by surface; for every first two characters the lengths to try, longest first; what names begin with: their first three
    characters, or all of two; where two characters stand that any of them may begin with."""

    forms: Mapping[str, tuple[Form, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    heads: frozenset[str]
    begins: re.Pattern[str]

    def starts(self, folded: str) -> list[int]:
        """Where some form may begin."""
        heads, found = self.heads, []
        for hit in self.begins.finditer(folded):
            start = hit.start()
            if folded[start : start + 3] in heads or folded[start : start + 2] in heads:
                found.append(start)
        return found


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of a locality's own towns and villages, and those known everywhere, which all scopes share."""

    own: Names
    national: Names

    def starts(self, folded: str) -> list[int]:
        """Where some form may begin, in order."""
        return sorted({*self.own.starts(folded), *self.national.starts(folded)})

    def lengths(self, pair: str) -> tuple[int, ...]:
        """The lengths of names that begin with two characters, longest first."""
        own, national = self.own.lengths.get(pair, ()), self.national.lengths.get(pair, ())
        if not own or not national:
            return own or national
        return tuple(sorted({*own, *national}, reverse=True))

    def forms(self, surface: str) -> tuple[Form, ...]:
        own, national = self.own.forms.get(surface, ()), self.national.forms.get(surface, ())
        if not own or not national:
            return own or national
        paths = {form.unit.path for form in own}
        return own + tuple(form for form in national if form.unit.path not in paths)


@lru_cache(maxsize=4)
def _everywhere(gazetteer: Gazetteer) -> Names:
    return _collect(_national(gazetteer))


@lru_cache(maxsize=64)
def scope(gazetteer: Gazetteer, path: str) -> Scope:
    """The scope of a locality; an empty path gives the names that are known everywhere."""
    return Scope(_collect(_local(gazetteer, path) if path else ()), _everywhere(gazetteer))


def _collect(found: Iterable[tuple[str, Form]]) -> Names:
    forms: dict[str, tuple[Form, ...]] = {}
    lengths: dict[str, tuple[int, ...]] = {}
    for surface, form in found:
        size = len(surface)
        if size < 2:
            continue
        others = forms.get(surface)
        if others is None:
            forms[surface] = (form,)
            sizes = lengths.get(surface[:2])
            if sizes is None:
                lengths[surface[:2]] = (size,)
            elif size not in sizes:
                lengths[surface[:2]] = tuple(sorted((*sizes, size), reverse=True))
        elif all(other.unit.path != form.unit.path for other in others):
            forms[surface] = (*others, form)
    first, second = ("".join(sorted({pair[i] for pair in lengths})) for i in (0, 1))
    begins = re.compile(f"(?=[{re.escape(first)}][{re.escape(second)}])" if forms else "(?!)")
    return Names(forms, lengths, frozenset({surface[:3] for surface in forms}), begins)


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
        if unit.level not in {"township", "village"} or unit.name in generic or unit.name.endswith("局"):
            continue
        if not unit.name.startswith((unit.parent or "/").rpartition("/")[2]):  # 八五〇农场|第三管理区 is a chain
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
    full = Form(unit, "full")
    yield name, full
    if name.startswith("兵团"):
        yield name[2:], Form(unit, "variant")
    if len(name) == 2 and name[1] == "村":
        yield name + "村", full
    suffix = next(filter(name.endswith, _SUFFIXES[unit.level]), "")
    if not suffix:
        return
    if "族" in name and (plain := _ETHNIC.sub("", name)) != name and len(plain) > 2:
        yield plain, full
        name = plain
    stem = name.removesuffix(suffix)
    if len(stem) < 2:
        return
    yield stem, Form(unit, "stem")
    if suffix == "街道":
        yield stem + "办事处", full
    if others := _OTHERS.get(suffix):
        variant = Form(unit, "variant")
        for other in others:
            yield stem + other, variant
