"""Text as rules see it: folding that keeps every offset, sentence and clause ends.

`fold` never changes the length of a text, so a span in the folded copy is the same span in the
original and no offset map is needed. What NFKC would expand (㎡, ½, …) is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt


@cache
def _table() -> npt.NDArray[np.uint32]:
    """What every code point becomes: full-width forms, compatibility ideographs, radicals, odd spaces and dots made plain."""
    table = np.arange(0x110000, dtype="<u4")
    for low, high in ((0x2E80, 0x2FD6), (0x3000, 0x3001), (0xF900, 0xFB00), (0xFF01, 0xFFEF), (0x2F800, 0x2FA20)):
        for code in range(low, high):
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and not unicodedata.combining(folded):
                table[code] = ord(folded)
    for plain, odd in (
        (" ", "\t\u00a0\u2002\u2003\u2009\u200a\u202f"), ("·", "•‧∙⋅・･●"), ("-", "‐‑‒﹣"), ("~", "～〜∼˜"), ("|", "丨│┃"),
    ):  # fmt: skip
        table[list(map(ord, odd))] = ord(plain)
    # CJK radicals that NFKC leaves alone but PDF extraction prints for the character.
    table[list(map(ord, "⻄⻓⻔⻋⻅⻉⻘⻛⻜⻢⻥⻦⻨⻩⻬⻮⻰"))] = list(map(ord, "西长门车见贝青风飞马鱼鸟麦黄齐齿龙"))
    return table


def fold(text: str) -> str:
    """The text with full-width and compatibility forms made plain; `len` and all offsets unchanged."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")  # ten times as fast as str.translate
    folded: npt.NDArray[np.uint32] = _table()[codes]
    return folded.tobytes().decode("utf-32-le", "surrogatepass")


CLAUSE_END: Final = frozenset(",;:。!?\n…")
SENTENCE_END: Final = frozenset("。!?;\n…")
_CLOSERS: Final = frozenset("”’」』》)】")


_SENTENCE: Final = re.compile(
    f"[^{''.join(SENTENCE_END)}]*+(?:[{''.join(SENTENCE_END)}][{''.join((SENTENCE_END | _CLOSERS) - {chr(10)})}]*+|\\Z)"
)


def sentences(folded: str) -> list[tuple[int, int]]:
    """Spans of sentences in a folded text: they end after 。!?; (and the closing marks behind) or at a line end."""
    return [match.span() for match in _SENTENCE.finditer(folded) if match[0].strip()]


def sentence_at(folded: str, position: int) -> tuple[int, int]:
    """The span of the sentence that a position lies in."""
    low = max(0, folded.rfind("\n", 0, position))
    return next(match.span() for match in _SENTENCE.finditer(folded, low) if match.end() > position)
