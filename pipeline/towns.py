"""The towns and villages of one county: a text to look into, of which units are made when they are asked for.

In: the county's block of the compiled divisions, a line a town: its name and those of its villages; behind an empty line the
codes and points that users' files gave. Out: `Towns`. An article names few of a county's two hundred units, so none is made before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .anchors import Anchors, characters

LEVELS = ("province", "prefecture", "county", "township", "village", "grid")
_CORPS = "兵团"  # 兵团七十四团 is printed 七十四团
_NAME = re.compile(r"[^\t\n]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit. `path` is the full official names from the province down, joined by /."""

    path: str
    level: str
    code: str | None = None
    shorts: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str | None:
        return self.path.rpartition("/")[0] or None


@dataclass(frozen=True, eq=False)
class Towns:
    """Towns and villages of the county (or of the city without counties) at `path`. `listed`: their names in the order of the list, a
    town behind a line end, a village behind a tab; code, latitude and longitude of some by their path from the county on."""

    path: str
    listed: str
    facts: Mapping[str, tuple[str, str, str]]

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the villages by town."""
        lines = (line.split("\t") for line in self.listed.split("\n") if line)
        return {town: tuple(villages) for town, *villages in lines}

    def __iter__(self) -> Iterator[Unit]:
        for town, villages in self.names.items():
            yield self._unit(town)
            for village in villages:
                yield self._unit(f"{town}/{village}")

    def get(self, path: str) -> Unit | None:
        """The unit of this full path, or None."""
        inner = path.removeprefix(self.path + "/")
        town, _, village = inner.partition("/")
        known = self.names.get(town)
        return self._unit(inner) if known is not None and (not village or village in known) else None

    def begin(self, head: str) -> Iterator[Unit]:
        """The units whose names begin so, also those behind 兵团."""
        for prefix in (head, _CORPS + head) if head and head.isprintable() else ():
            start = self.listed.find(prefix)
            while start >= 0:
                if self.listed[start - 1] in "\t\n":
                    yield self._standing(start)
                start = self.listed.find(prefix, start + 1)

    def at(self, text: str, start: int = 0) -> list[Unit]:
        """The units whose full names stand at a place of a text."""
        head = text[start : start + 2]
        return [unit for unit in self.begin(head) if text.startswith(unit.name, start)]

    def _standing(self, start: int) -> Unit:
        """The unit whose name stands at a place of the list."""
        name = _NAME.match(self.listed, start)[0]  # type: ignore[index]
        if self.listed[start - 1] == "\n":
            return self._unit(name)
        town = self.listed.rfind("\n", 0, start) + 1
        return self._unit(f"{self.listed[town : self.listed.index(chr(9), town)]}/{name}")

    def _unit(self, inner: str) -> Unit:
        level = "village" if "/" in inner else "township"
        if not (facts := self.facts.get(inner)):
            return Unit(f"{self.path}/{inner}", level)
        code, latitude, longitude = facts
        return Unit(f"{self.path}/{inner}", level, code or None, (), degrees(latitude), degrees(longitude))


def read(path: str, block: str) -> Towns:
    """The towns and villages of a block."""
    listed, _, facts = block.partition("\n\n")
    told = [line.split("\t") for line in facts.split("\n")] if facts else []
    return Towns(
        path, f"\n{listed}\n", {inner: (code, latitude, longitude) for inner, code, latitude, longitude in told}
    )


def heads(towns: Iterable[Towns], names: Iterable[str]) -> Anchors:
    """Where names of several counties, and some others, may begin in a text."""
    listed = "".join([*(each.listed for each in towns), *(f"\n{name}" for name in names), "\n"])
    marks = np.flatnonzero(characters(listed) < ord(" "))
    corps = [hit.end() - 1 for hit in re.finditer(rf"\s{_CORPS}", listed)] if _CORPS in listed else []
    return Anchors.at(listed, np.append(marks[:-1], corps).astype(np.intp) + 1)


def block(names: Mapping[str, tuple[str, ...]], facts: Mapping[str, tuple[str, str, str]]) -> str:
    """What `read` reads."""
    lines = ["\t".join((town, *villages)) for town, villages in names.items()]
    told = ["\t".join((inner, *values)) for inner, values in facts.items()]
    return "\n".join(lines) + ("\n\n" + "\n".join(told) if told else "")


def degrees(text: str) -> float | None:
    return float(text) if text else None
