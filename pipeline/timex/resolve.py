"""What mentions mean: a Mention → a Reading, against the publication date and the mentions before.

In: mentions in reading order. Out: a Reading each, or None for a date that no calendar has and a range that runs backward, and the anchor that was used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .counts import era, every, offset, vague
from .memory import Memory
from .mention import Mention
from .periods import Reading
from .spans import spanned

_KINDS: Final[dict[str, Callable[[Mention, Memory, int], Reading | None]]] = {
    "point": spanned,
    "vague": vague,
    "every": every,
    "era": era,
    "offset": offset,
}


def resolve(mention: Mention, memory: Memory, cue: int = 0) -> tuple[Reading | None, str | None]:
    """The reading and its anchor. `cue`: 0 none, 1 the sentence looks forward, 2 this very date lies ahead."""
    memory.used = None
    try:
        reading = _KINDS[mention.kind](mention, memory, cue)
    except (OverflowError, ValueError):  # years before 1 and after 9999, the 30th of February
        reading = None
    if reading and reading.start and reading.end and reading.start > reading.end:  # 今年至周三
        reading = None
    if reading is not None:
        memory.remember(mention, reading)
    return reading, memory.used
