"""Administrative divisions by locality: names, paths, codes, province to village.

In: the division dictionary of the `jionlp` wheel and the user's gazetteer files, compiled once by `divisions`.
Out: a `Gazetteer` that holds the units down to the county in memory and reads the towns and villages of a
county when they are asked for.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from . import divisions, lexicon
from .model import Locality
from .text import fold
from .towns import LEVELS, Towns, Unit, degrees, read

__all__ = ["LEVELS", "Gazetteer", "Unit", "load"]

_NO_COUNTIES = frozenset({"新区", "城区", "郊区", "矿区", "园区", "发区", "理区", "范区"})
_ASKED = 10_000  # answers of `resolve` that are kept: a chain of names takes 1 ms
_KEPT = 256  # counties whose towns and villages stay in memory: about 10 MB


class Rename(NamedTuple):
    """A path that a unit had until a year, and the one it has now."""

    until: int
    before: str
    now: str


class Gazetteer:
    """The compiled divisions. Units down to the county are in memory, towns and villages are read by county and kept."""

    def __init__(self, data: bytes, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._data = data
        self._start, sizes = divisions.header(data)
        self._words = self._start + sizes["national"]
        self._towns = self._words + sizes["words"]
        self._blobs = self._towns + sizes["towns"]
        self._spans: dict[str, tuple[int, int]] = {}
        self._national: dict[str, Unit] = {}
        self._local: dict[str, Towns] = {}
        self._resolved: dict[str, Locality | None] = {}
        text = zlib.decompress(data[self._start : self._words]).decode("utf8")
        for line in text.splitlines():
            path, code, level, shorts, latitude, longitude, offset, size = line.split("\t")
            self._spans[path] = int(offset), int(size)
            self._national[path] = Unit(path, LEVELS[int(level) - 1], code or None, tuple(shorts.split("|")) if shorts else (),
                                        degrees(latitude), degrees(longitude))  # fmt: skip

    @property
    def national(self) -> Mapping[str, Unit]:
        """Units from province to county by path."""
        return self._national

    @cached_property
    def named(self) -> Mapping[str, tuple[Unit, ...]]:
        """Units from province to county by full name."""
        return _by(self._national.values(), lambda unit: (unit.name,))

    @cached_property
    def shortened(self) -> Mapping[str, tuple[Unit, ...]]:
        """Units from province to county by short form."""
        return _by(self._national.values(), lambda unit: unit.shorts)

    @cached_property
    def words(self) -> frozenset[str]:
        """Common words of two or three characters that are no names: traps for short names."""
        return frozenset(word for word, tag in self.tags.items() if tag.islower())

    @cached_property
    def tags(self) -> Mapping[str, str]:
        """The words of two or three characters that are no names, with the letter of their class: capital where rare."""
        listed = zlib.decompress(self._data[self._words : self._towns]).decode("utf8").split(" ")
        return {word[1:]: word[0] for word in listed}

    @cached_property
    def towns(self) -> Mapping[str, tuple[Unit, ...]]:
        """Counties (or cities without) by the full names of their towns."""
        found: dict[str, list[Unit]] = {}
        lines = zlib.decompress(self._data[self._towns : self._blobs]).decode("utf8").split("\n")
        for unit, line in zip(self._national.values(), lines, strict=True):
            for name in line.split("\t") if line else ():
                found.setdefault(name, []).append(unit)
        return {name: tuple(units) for name, units in found.items()}

    @cached_property
    def former(self) -> Mapping[str, Unit]:
        """Units of today by the path they had under another name or city (那曲地区/那曲县) or as 县, 市 or 地区 (静海县, 建阳市): the old
        path, where no unit has it now."""
        listed: dict[str, Unit] = {}
        derived: dict[str, Unit] = {}
        for old in self.renames:
            if (unit := self._national.get(old.now)) and old.before not in self._national:
                listed.update(self._with_counties(old.before, unit))
        for unit in self._national.values():
            if (
                unit.level in {"county", "prefecture"}
                and unit.name[-1] in "区市"
                and unit.name[-2:] not in _NO_COUNTIES
            ):
                for name in _before(unit):
                    path = f"{unit.parent}/{name}" if unit.parent else name
                    if name not in self.named:
                        derived.update(self._with_counties(path, unit))
        return derived | listed

    def _with_counties(self, before: str, unit: Unit) -> dict[str, Unit]:
        """A unit and those right below it by their paths under its former one."""
        below = self._children.get(unit.path, ())
        return {before: unit} | {before + each.path.removeprefix(unit.path): each for each in below}

    @cached_property
    def renames(self) -> tuple[Rename, ...]:
        """What place_renames.csv tells."""
        return tuple(Rename(int(row["until"]), row["before"], row["now"]) for row in lexicon.rows("place_renames"))

    def formerly(self, unit: Unit, name: str) -> str:
        """The path that a unit of today had under a former name."""
        listed = (old.before for old in self.renames if old.now == unit.path and old.before.endswith("/" + name))
        return next(listed, f"{unit.parent}/{name}" if unit.parent else name)

    def _holder(self, path: str) -> str:
        """The unit down to the county, in force or former, that a path lies in or is."""
        while path and path not in self._national and path not in self.former:
            path = path.rpartition("/")[0]
        return path

    @cached_property
    def _coded(self) -> Mapping[str, Unit]:
        return {unit.code: unit for unit in reversed(self._national.values()) if unit.code}

    @cached_property
    def _children(self) -> Mapping[str, tuple[Unit, ...]]:
        groups: dict[str, list[Unit]] = {}
        for unit in self._national.values():
            groups.setdefault(unit.parent or "", []).append(unit)
        return {path: tuple(units) for path, units in groups.items()}

    def unit(self, path: str) -> Unit | None:
        """The unit of this path, or None."""
        if known := self._national.get(path):
            return known
        holder = self._holder(path)
        if holder == path and path:
            now = self.former[path]
            own = () if path.endswith(now.name) else (path.rpartition("/")[2].removesuffix("地区").rstrip("县市"),)
            return replace(
                now,
                path=path,
                code=now.code if path.endswith("/" + now.name) else None,
                shorts=tuple(dict.fromkeys((*own, *now.shorts))),
            )
        return self.local(holder).get(path) if holder else None

    def local(self, path: str) -> Towns:
        """Towns and villages of one county (or of a city without counties), also under its former name."""
        if path not in self._local:
            if len(self._local) >= _KEPT:
                self._local.pop(next(iter(self._local)))  # the oldest
            now = self.former[path].path if path not in self._national and path in self.former else path
            offset, size = self._spans.get(now, (0, 0))
            start = self._blobs + offset
            block = zlib.decompress(self._data[start : start + size]).decode("utf8") if size else ""
            self._local[path] = read(path, block)
        return self._local[path]

    def within(self, path: str) -> Iterator[Unit]:
        """All units below a unit, the unit itself left out."""
        if self._holder(path) != path:
            yield from (unit for unit in self.local(self._holder(path)) if unit.path.startswith(path + "/"))
            return
        for child in self._children.get(path, ()):
            yield child
            yield from self.within(child.path)
        yield from self.local(path)

    def holders(self, path: str) -> Iterator[Towns]:
        """What holds the towns and villages below a county, city or province: itself and each unit down to the county."""
        for child in self._children.get(path, ()):
            yield from self.holders(child.path)
        yield self.local(path)

    def counties(self, path: str) -> tuple[Unit, ...]:
        """The units down to the county right below this one."""
        return self._children.get(path, ())

    def ancestor(self, locality: Locality | Unit, level: str) -> Unit | None:
        """The unit of this level that the locality is or lies in: what a bare 省, 市, 县 of a local paper refers to."""
        path = locality.path
        while path:
            unit = self.unit(path)
            if unit and unit.level == level:
                return unit
            path = path.rpartition("/")[0]
        return None

    def resolve(self, name: str) -> Locality | None:
        """The unit that a name, a chain of names (with or without /) or a 6-digit code means; None where it is not exactly one."""
        if name not in self._resolved:
            if len(self._resolved) >= _ASKED:
                self._resolved.clear()
            self._resolved[name] = self._meant(name)
        return self._resolved[name]

    def _meant(self, name: str) -> Locality | None:
        text = re.sub(r"[\s/]+", "", fold(name))
        if unit := self._coded.get(text):
            return Locality(unit.path, unit.code)
        found = self._chain(text)
        return Locality(found[0].path, found[0].code) if len(found) == 1 else None

    def _chain(self, text: str) -> list[Unit]:
        """The units that a chain of names like 浙江省衢州市柯城区 can mean."""
        if full := self.named.get(text):
            return list(full)
        if before := self._formerly(text):
            return before
        if short := self.shortened.get(text):
            return list(short)
        results: dict[str, Unit] = {}
        for cut in range(len(text) - 2, 1, -1):
            head, rest = text[:cut], text[cut:]
            for outer in (*self.named.get(head, ()), *self.shortened.get(head, ()), *self._formerly(head)):
                for unit in self._below(outer, rest):
                    results[unit.path] = unit
            if results:
                break
        return list(results.values())

    def _formerly(self, name: str) -> list[Unit]:
        """The units that had this name and have another now."""
        found = () if name in self.named else self._former_names.get(name, ())
        return [unit for path in found if (unit := self.unit(path))]

    @cached_property
    def _former_names(self) -> Mapping[str, list[str]]:
        names: dict[str, list[str]] = {}
        for path in self.former:
            names.setdefault(path.rpartition("/")[2], []).append(path)
        return names

    @cached_property
    def _sorted(self) -> tuple[list[str], list[str]]:
        """The paths of today's units down to the county, and the former ones."""
        return sorted(self._national), sorted(self.former)

    def _below(self, outer: Unit, text: str) -> Iterator[Unit]:
        """The units under one that a rest of a chain can mean; a former name before the short form that it may equal."""
        now, former = (_under(paths, outer.path) for paths in self._sorted)
        before = [
            path
            for path in former
            if text.startswith(name := path.rpartition("/")[2])
            and (name not in self.named or path == f"{outer.path}/{name}")  # 丽水市 in 浙江省 is the one of today
        ]
        before = [path for path in before if path.count("/") == outer.path.count("/") + 1] or before
        steps = [(unit, path.rpartition("/")[2]) for path in before if (unit := self.unit(path))]
        taken = {name for _, name in steps}
        units = [self._national[path] for path in now]
        if outer.level != "province":
            inside = self.local(self._holder(outer.path)).at(text)
            units += [unit for unit in inside if unit.path.startswith(outer.path + "/")]
        steps += [
            (unit, name)
            for unit in units
            for name in (unit.name, *unit.shorts)
            if name not in taken and text.startswith(name)
        ]
        for unit, name in steps:
            if text == name:
                yield unit
            else:
                yield from self._below(unit, text[len(name) :])


def load(files: Sequence[Path] = (), cache: Path | None = None) -> Gazetteer:
    """The gazetteer over the installed dictionary and the user's files; `cache` is the folder of the compiled file.

    Raises UsageError E004 where the dictionary is not installed or a file is broken.
    """
    return Gazetteer(*divisions.cached(files, cache))


def _before(unit: Unit) -> list[str]:
    """The names that a city or district had before it was one."""
    stem = unit.name[:-1]
    if len(stem) < 2:
        return []
    if unit.level == "prefecture":
        return [stem + "地区"]
    if stem[-1] == "县":
        return [stem]
    return [stem + "县", stem + "市"] if unit.name[-1] == "区" else [stem + "县"]


def _under(paths: list[str], path: str) -> list[str]:
    """Those of sorted paths that lie below a path."""
    return paths[bisect_left(paths, f"{path}/") : bisect_left(paths, f"{path}0")]  # 0 comes right after /


def _by(units: Iterable[Unit], names: Callable[[Unit], tuple[str, ...]]) -> Mapping[str, tuple[Unit, ...]]:
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        for name in names(unit):
            groups.setdefault(name, []).append(unit)
    return {name: tuple(group) for name, group in groups.items()}
