"""Slips of the pen in a known town: 杨浦社区 where the list has 扬浦社区.

In: the path of a village that is in no list. Out: the one unit of the same town that it is a slip for, or None: equal but for one
character of the same sound, or for one character more or less in a long name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from .. import lexicon
from ..gazetteer import Gazetteer, Unit

_LONG = 6  # characters: 王家庄村 and 王庄村 are two villages, 中共党校家属院社区 and 党校家属院社区 are not


@lru_cache(maxsize=4096)
def slip(path: str, gazetteer: Gazetteer) -> Unit | None:
    """The listed unit that the last name of a path is a slip for."""
    town, _, name = path.rpartition("/")
    if town.count("/") < 2:
        return None
    near = [
        unit for unit in gazetteer.within(town) if unit.parent == town and _slipped(name, unit.path.rpartition("/")[2])
    ]
    return near[0] if len(near) == 1 else None


def _slipped(name: str, listed: str) -> bool:
    if len(name) == len(listed):
        pairs = [(a, b) for a, b in zip(name, listed, strict=True) if a != b]
        return len(pairs) == 1 and _sounds().get(pairs[0][0], pairs[0][0]) == _sounds().get(pairs[0][1], pairs[0][1])
    short, long = sorted((name, listed), key=len)
    if len(long) - len(short) != 1 or len(short) < _LONG:
        return False
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


@cache
def _sounds() -> Mapping[str, str]:
    """The first character of its group for every character of place_sounds.csv."""
    return {character: group[0] for group in sorted(lexicon.words("place_sounds", "characters")) for character in group}
