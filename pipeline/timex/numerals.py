"""Small numbers as dates write them: 12, 十二, 二十, 廿八, 二〇二一, 两. In: the numeral. Out: an int."""

from __future__ import annotations

from typing import Final

DIGITS: Final = {
    c: n for n, chars in enumerate(("〇○零", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for c in chars
}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}


def number(numeral: str) -> int | None:
    """The number, or None where the numeral is none (几, 数十)."""
    if numeral.isdecimal():
        return int(numeral)
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if not any(c in _TENS for c in numeral):
        if any(c not in DIGITS and not c.isdecimal() for c in numeral) or not numeral:
            return None
        return int("".join(str(DIGITS.get(c, c)) for c in numeral))
    total, digit = 0, 0
    for c in numeral:
        if c in _TENS:
            total += (digit or 1) * _TENS[c]
            digit = 0
        elif c in DIGITS:
            digit = DIGITS[c]
        else:
            return None
    return total + digit
