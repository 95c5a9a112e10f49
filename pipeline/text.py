"""Text as rules see it: folding that keeps every offset, sentence and clause ends.

`fold` never changes the length of a text, so a span in the folded copy is the same span in the
original and no offset map is needed. What NFKC would expand (㎡, ½, …) is left alone.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final


@cache
def _table() -> dict[int, str]:
    """One code point to one: full-width forms, compatibility ideographs, radicals, odd spaces and dots."""
    table: dict[int, str] = {}
    for low, high in ((0x2E80, 0x2FD6), (0x3000, 0x3001), (0xF900, 0xFB00), (0xFF01, 0xFFEF), (0x2F800, 0x2FA20)):
        for code in range(low, high):
            folded = unicodedata.normalize("NFKC", chr(code))
            if len(folded) == 1 and folded != chr(code) and not unicodedata.combining(folded):
                table[code] = folded
    # CJK radicals that NFKC leaves alone but PDF extraction prints for the character.
    table.update(
        {
            ord(a): b
            for a, b in zip("⻄⻓⻔⻋⻅⻉⻘⻛⻜⻢⻥⻦⻨⻩⻬⻮⻰", "西长门车见贝青风飞马鱼鸟麦黄齐齿龙", strict=True)
        }
    )
    table.update(dict.fromkeys((160, 8194, 8195, 8201, 8202, 8239, 9), " "))
    table.update({ord(c): "·" for c in "•‧∙⋅・･●"})
    table.update({ord(c): "-" for c in "‐‑‒﹣"})
    table.update({ord(c): "~" for c in "～〜∼˜"})
    return table


def fold(text: str) -> str:
    """The text with full-width and compatibility forms made plain; `len` and all offsets unchanged."""
    return text.translate(_table())


CLAUSE_END: Final = frozenset(",;:。!?\n…")
SENTENCE_END: Final = frozenset("。!?;\n…")
_CLOSERS: Final = frozenset("”’」』》)】")


def sentences(folded: str) -> list[tuple[int, int]]:
    """Spans of sentences in a folded text: they end after 。!?; (and the closing marks behind) or at a line end."""
    spans: list[tuple[int, int]] = []
    start = position = 0
    while position < len(folded):
        if folded[position] not in SENTENCE_END:
            position += 1
            continue
        end = position + 1
        while end < len(folded) and (folded[end] in _CLOSERS or (folded[end] in SENTENCE_END and folded[end] != "\n")):
            end += 1
        if folded[start:end].strip():
            spans.append((start, end))
        start = position = end
    if folded[start:].strip():
        spans.append((start, len(folded)))
    return spans
