"""The names that a text of one locality may mean: what is matched, before any context is looked at.

In: the gazetteer and the path of the locality (or none). Out: a `Scope`: units by surface form. County-level names and
above are in every scope, towns and villages only in their own county's or city's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .. import lexicon
from ..anchors import Anchors
from ..gazetteer import Gazetteer, Unit
from ..towns import Towns, heads

_SUFFIXES = {"township": ("街道", "镇", "乡", "苏木", "农场", "林场", "牧场"), "village": ("社区", "村", "嘎查")}
OTHERS = {"镇": ("乡", "街道"), "乡": ("镇", "街道"), "街道": ("镇", "乡"), "村": ("社区",), "社区": ("村",)}
_ETHNIC = re.compile(r"(?:民族|[\u4e00-\u9fff]{1,4}?族(?:[\u4e00-\u9fff]{1,3}族)*)(?=(?:乡|镇|苏木)$)")


_WIDE = frozenset({"province", "prefecture"})
ORDER = {"full": 0, "variant": 1, "short": 2, "stem": 3}


class Form(NamedTuple):
    """One way to print a unit. Kinds: full; variant, where the list has another class (镇 for 乡, 县 for 区); short (counties and above);
    stem (towns and villages)."""

    unit: Unit
    kind: str


class Names(NamedTuple):
    """The forms that begin with the same two characters, by surface, and their lengths, the longest first."""

    forms: Mapping[str, tuple[Form, ...]]
    lengths: tuple[int, ...]


_NONE = Names({}, ())


class Scope:
    """The names of a locality's own chain, towns and villages, and those known everywhere, which all scopes share. Of a county's
    names only those are made ready whose first two characters some text has."""

    def __init__(
        self, own: str, chain: Iterable[tuple[str, Form]], local: Sequence[Towns], everywhere: Everywhere
    ) -> None:
        self._own, self._chain = own, _grouped(chain)
        self._local, self._everywhere = local, everywhere
        self._anchors = heads(local, self._chain)
        self._ready: dict[str, Names] = {}
        self._near: dict[str, tuple[Form, bool, bool]] = {}

    def starts(self, folded: str) -> list[int]:
        """Where some form may begin, in order."""
        heads = self._everywhere.heads
        wide = self._everywhere.anchors.starts(folded)
        found = {i for i in wide if folded[i : i + 3] in heads or folded[i : i + 2] in heads}
        return sorted(found.union(self._anchors.starts(folded)))

    def at(self, pair: str) -> Names:
        """The names that begin with two characters."""
        if pair not in self._ready:
            self._ready[pair] = self._made(pair)
        return self._ready[pair]

    def forms(self, surface: str) -> tuple[Form, ...]:
        return self.at(surface[:2]).forms.get(surface, ())

    def nearest(self, surface: str) -> tuple[Form, bool, bool]:
        """Of the forms of a name the one whose unit lies nearest to the locality, whether it is alone there, and whether it is at home."""
        if surface not in self._near:
            best, alone = _nearest(self.forms(surface), self._own)
            self._near[surface] = best, alone, _home(best.unit, self._own)
        return self._near[surface]

    def _made(self, pair: str) -> Names:
        wide = self._everywhere.names.get(pair, _NONE)
        found = dict(self._chain.get(pair, {}))
        for towns in self._local:
            for unit in filter(_listed, towns.begin(pair)):
                for surface, form in forms(unit):
                    if surface.startswith(pair):
                        _add(found, surface, form)
        if not found:
            return wide
        for surface, others in wide.forms.items():
            for form in others:
                _add(found, surface, form)
        return _names(found)


@dataclass(frozen=True, slots=True)
class Everywhere:
    """Names of counties and above by their first two characters; `heads`: their first three, or all of two."""

    names: Mapping[str, Names]
    heads: frozenset[str]
    anchors: Anchors


@lru_cache(maxsize=4)
def _everywhere(gazetteer: Gazetteer) -> Everywhere:
    found = _grouped(_national(gazetteer))
    heads = frozenset(surface[:3] for forms in found.values() for surface in forms)
    return Everywhere({pair: _names(forms) for pair, forms in found.items()}, heads, Anchors(found))


@lru_cache(maxsize=256)
def scope(gazetteer: Gazetteer, path: str) -> Scope:
    """The scope of a locality: of a county, or of all counties of a prefecture; a province is too wide, and an empty path gives the
    names that are known everywhere."""
    top = gazetteer.unit(path)
    while top and top.level in {"township", "village"}:
        top = gazetteer.unit(top.parent or "")
    if top is None or top.level == "province":
        return Scope(path, (), (), _everywhere(gazetteer))
    chain = (*_chain(gazetteer, top), *_colloquial(gazetteer, top))
    return Scope(path, chain, tuple(gazetteer.holders(top.path)), _everywhere(gazetteer))


def _grouped(found: Iterable[tuple[str, Form]]) -> dict[str, dict[str, tuple[Form, ...]]]:
    """Forms by surface, these by their first two characters."""
    groups: dict[str, dict[str, tuple[Form, ...]]] = {}
    for surface, form in found:
        if len(surface) > 1:
            _add(groups.setdefault(surface[:2], {}), surface, form)
    return groups


def _add(found: dict[str, tuple[Form, ...]], surface: str, form: Form) -> None:
    others = found.get(surface, ())
    if all(other.unit.path != form.unit.path for other in others):
        found[surface] = (*others, form)


def _names(found: dict[str, tuple[Form, ...]]) -> Names:
    return Names(found, tuple(sorted({len(surface) for surface in found}, reverse=True)))


def _nearest(found: tuple[Form, ...], own: str) -> tuple[Form, bool]:
    """The form whose unit lies nearest to the locality, and whether it is alone there."""
    if len(found) == 1:
        return found[0], True
    ranked = sorted(
        found, key=lambda form: (-_shared(form.unit.path, own), ORDER[form.kind], form.unit.path.count("/"))
    )
    if ranked[0].kind == "stem" and (
        wide := [
            form
            for form in found
            if form.kind == "short" and (form.unit.level in _WIDE or ranked[0].unit.level == "village")
        ]
    ):
        return wide[0], len(wide) == 1
    first, second = ranked[:2]
    same = (
        _shared(first.unit.path, own) == _shared(second.unit.path, own)
        and first.kind == second.kind
        and first.unit.level == second.unit.level
    )
    return first, not same


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
    return f"{own}/".startswith(unit.path + "/") or f"{unit.path}/".startswith(prefecture + "/")


def _national(gazetteer: Gazetteer) -> Iterator[tuple[str, Form]]:
    for unit in gazetteer.national.values():
        yield unit.name, Form(unit, "full")
    for path, unit in gazetteer.former.items():
        name = path.rpartition("/")[2]
        if name not in gazetteer.named:  # 毕节市 is a prefecture now
            yield name, Form(unit, "variant")
    for unit in gazetteer.national.values():
        for short in unit.shorts:
            yield short, Form(unit, "short")


def _listed(unit: Unit) -> bool:
    """Whether the name of a town or village is one to look for; 八五〇农场|第三管理区 is a chain."""
    name = unit.name
    if name in lexicon.words("place_words", kind="generic") or name.endswith("局"):
        return False
    return not name.startswith((unit.parent or "/").rpartition("/")[2])


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
    if others := OTHERS.get(suffix):
        variant = Form(unit, "variant")
        for other in others:
            yield stem + other, variant
