"""The towns and villages of one county: names at once, units when they are asked for.

In: the county's block of the compiled divisions, a line a town: its name and those of its villages; behind an empty line the
codes and points that users' files gave. Out: `Towns`. An article names few of a county's two hundred units, so none is made before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

LEVELS = ("province", "prefecture", "county", "township", "village", "grid")
_CORPS = "兵团"  # 兵团七十四团 is printed 七十四团


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
    """Towns and villages of the county (or of the city without counties) at `path`: the names of the villages by town, in the
    order of the list; code, latitude and longitude of some units by their path from the county on."""

    path: str
    names: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, tuple[str, str, str]]

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

    @cached_property
    def heads(self) -> Mapping[str, list[str]]:
        """Paths from the county on, by the first two characters of the name."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for town, villages in self.names.items():
            found[town[:2]].append(town)
            for village in villages:
                found[village[:2]].append(f"{town}/{village}")
        for inner in found.get(_CORPS, ()):
            found[inner.rpartition("/")[2][2:4]].append(inner)
        return found

    def begin(self, pair: str) -> Iterator[Unit]:
        """The units whose names, also without 兵团, begin with two characters."""
        return map(self._unit, self.heads.get(pair, ()))

    def at(self, text: str, start: int = 0) -> list[Unit]:
        """The units whose full names stand at a place of a text."""
        pair = text[start : start + 2]
        return [
            self._unit(inner) for inner in self.heads.get(pair, ()) if text.startswith(inner.rpartition("/")[2], start)
        ]

    def _unit(self, inner: str) -> Unit:
        level = "village" if "/" in inner else "township"
        if not (facts := self.facts.get(inner)):
            return Unit(f"{self.path}/{inner}", level)
        code, latitude, longitude = facts
        return Unit(f"{self.path}/{inner}", level, code or None, (), degrees(latitude), degrees(longitude))


def read(path: str, block: str) -> Towns:
    """The towns and villages of a block."""
    names, _, facts = block.partition("\n\n")
    lines = [line.split("\t") for line in names.split("\n")] if names else []
    told = [line.split("\t") for line in facts.split("\n")] if facts else []
    return Towns(path, {town: tuple(villages) for town, *villages in lines},
                 {inner: (code, latitude, longitude) for inner, code, latitude, longitude in told})  # fmt: skip


def block(names: Mapping[str, tuple[str, ...]], facts: Mapping[str, tuple[str, str, str]]) -> str:
    """What `read` reads."""
    lines = ["\t".join((town, *villages)) for town, villages in names.items()]
    told = ["\t".join((inner, *values)) for inner, values in facts.items()]
    return "\n".join(lines) + ("\n\n" + "\n".join(told) if told else "")


def degrees(text: str) -> float | None:
    return float(text) if text else None
