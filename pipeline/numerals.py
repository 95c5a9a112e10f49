"""Numerals of running text: 1,280, 3.5亿, 1亿2千万, 十二万三千, 三四十, 几百, 十几, 20余万, 上百万.

In: a folded text and where a numeral begins. Out: how far it runs, its value (or the two ends that it leaves open), and the
qualifier inside it. Most are plain digits or one character and are read by one expression; of the rest the tokens are summed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

DIGITS: Final = {
    c: n for n, chars in enumerate(("〇○零", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for c in chars
} | {"俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}
SMALL: Final = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
LARGE: Final = {"万": 10**4, "亿": 10**8, "兆": 10**12}
VAGUE: Final = {"几": "~", "数": "~", "多": ">", "余": ">", "来": "~", "把": "~"}
_LIMIT: Final = 40  # tokens: the longest number below 10^16 has 31; longer runs are no numerals
_ARABIC: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?")
_ONES: Final = "".join(c for c, n in DIGITS.items() if n)
_PLAIN: Final = re.compile(
    rf"(?:((?>{_ARABIC.pattern}))([万亿]?+)|([{_ONES}]))(?![0-9点{''.join((*DIGITS, *SMALL, *LARGE, *VAGUE))}])"
)
_SCALED: Final = re.compile(r"千(?:克|米|瓦|伏|卡|帕|赫)|兆(?:瓦|帕|赫|伏|字)")
STARTS: Final = "0123456789" + "".join(c for c in DIGITS if c not in "俩仨") + "".join(SMALL) + "万亿几数"
FIRST: Final = frozenset((*"0123456789几数", *DIGITS, *SMALL, *LARGE))


class Numeral(NamedTuple):
    """`text[start:end]` read as a number. `scale`: the 万 or 亿 at its end; `shape`: arabic, plain, round (千, 万), one (一)."""

    start: int
    end: int
    value: float
    value_max: float | None
    qualifier: str
    scale: int
    shape: str

    def scaled(self, scale: int) -> Numeral:
        """The same with the 万 or 亿 of the numeral that it shares it with."""
        top = None if self.value_max is None else tidy(self.value_max * scale)
        return Numeral(self.start, self.end, tidy(self.value * scale), top, self.qualifier, scale, self.shape)


def tidy(number: float) -> float:
    """Without the dust of binary fractions: 9.8 × 10⁷ is 98000000."""
    return float(number) if float(number).is_integer() else float(f"{number:.15g}")


def read(text: str, start: int) -> Numeral | None:
    """The longest numeral at `start`, or None."""
    if text[start : start + 1] not in FIRST:
        return None
    plain = _PLAIN.match(text, start)
    if plain is None or plain.end() - start > _LIMIT:
        return summed(text, start)
    digits, scale, character = plain.groups()
    if character:
        return Numeral(
            start, plain.end(), float(DIGITS[character]), None, "", 1, "one" if character in "一壹" else "plain"
        )
    number, by = float(digits.replace(",", "")), LARGE.get(scale, 1)
    if not number and scale:  # 0万
        return summed(text, start)
    return Numeral(start, plain.end(), tidy(number * by) if scale else number, None, "", by, "arabic")


def summed(text: str, start: int) -> Numeral | None:
    """The same for any numeral, token by token."""
    reader = _Reader(text, start)
    reader.run()
    return reader.numeral()


class _Reader:
    """Sums a numeral token by token. The low and the high end are kept side by side: 三四十 is 30 and 40."""

    __slots__ = (
        "arabic",
        "digit",
        "end",
        "last",
        "position",
        "qualifier",
        "scale",
        "section",
        "start",
        "text",
        "total",
    )

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start, self.position, self.end = text, start, start, start
        self.total: tuple[float, float] = (0, 0)  # what stands before the last 万 or 亿
        self.section: tuple[float, float] = (0, 0)  # thousands, hundreds, tens
        self.digit: tuple[float, float] | None = None  # what waits for its 十, 百 or 千
        self.qualifier = ""
        self.scale = 1
        self.last = 0.0  # the last unit, for 一万五 and for the order of units
        self.arabic = False

    def run(self) -> None:
        for _ in range(_LIMIT):
            if not self._step():
                return

    def _step(self) -> bool:
        c = self.text[self.position : self.position + 1]
        if c.isascii() and c.isdigit():
            return self._take_arabic()
        if c in DIGITS and c:
            return self._take_digit(DIGITS[c])
        if c in SMALL:
            return self._take_small(SMALL[c])
        if c in LARGE:
            return self._take_large(LARGE[c])
        if c in VAGUE:
            return self._take_vague(c)
        return c == "点" and self._take_decimals()

    def _take_arabic(self) -> bool:
        match = _ARABIC.match(self.text, self.position)
        if (
            match is None
            or len(match[0]) > _LIMIT
            or self.digit is not None
            or (self.position > self.start and not self.arabic)
        ):
            return False
        number = float(match[0].replace(",", ""))
        self.digit, self.arabic = (number, number), True
        return self._advance(match.end())

    def _take_digit(self, number: int) -> bool:
        if number == 0 and self.position == self.start and self.text.startswith("点", self.position + 1):
            self.digit = (0, 0)  # 零点五
            self.position += 1
            return True
        if number == 0:
            return self.digit is None and self.position > self.start and self._skip_zero()
        if self.digit is not None:
            low, high = self.digit
            if low != high or self.arabic or not (number == low + 1 or (low, number) == (3, 5)):
                return False
            self.digit, self.qualifier = (low, number), "~"
        else:
            self.digit = (number, number)
        return self._advance(self.position + 1)

    def _skip_zero(self) -> bool:
        self.position += 1
        follows = self.text[self.position : self.position + 1]
        return follows in DIGITS or follows == "十" or follows.isdecimal()

    def _take_small(self, unit: int) -> bool:
        if self._of_unit():
            return False
        if self.digit is None and self.position > self.start and unit != 10:
            return False
        low, high = self.digit or (1, 1)
        if self.section[0] and unit >= self.last:
            return False
        self.section = (self.section[0] + low * unit, self.section[1] + high * unit)
        self.digit, self.last = None, unit
        return self._advance(self.position + 1)

    def _of_unit(self) -> bool:
        """14|千瓦, 50|兆瓦: what the unit begins with, behind Arabic digits."""
        return self.arabic and self.digit is not None and _SCALED.match(self.text, self.position) is not None

    def _take_large(self, unit: int) -> bool:
        if self._of_unit():
            return False
        low, high = self.section
        if self.digit is not None:
            low, high = low + self.digit[0], high + self.digit[1]
        if not low:
            if self.position > self.start:  # 万亿, or a second 万 that nothing counts
                return self._take_double(unit)
            low = high = 1
        if self.total[0] and self.scale != 1 and unit >= self.scale:
            self.total = ((self.total[0] + low) * unit, (self.total[1] + high) * unit)
        else:
            self.total = (self.total[0] + low * unit, self.total[1] + high * unit)
        self.section, self.digit, self.scale, self.last = (0, 0), None, unit, unit
        return self._advance(self.position + 1)

    def _take_double(self, unit: int) -> bool:
        if unit != 10**8 or self.scale != 10**4 or self.last != 10**4:
            return False
        self.total = (self.total[0] * unit, self.total[1] * unit)
        self.scale = self.last = 10**12
        return self._advance(self.position + 1)

    def _take_vague(self, c: str) -> bool:
        """几 stands for a digit; 多, 余, 来 behind a number leave it open, before its unit or before 万 and 亿."""
        follows = self.text[self.position + 1 : self.position + 2]
        if c in "几数":
            if self.digit is not None:
                return False
            if self.position > self.start:
                if c == "数" or self.last not in (10, 100, 1000):
                    return False
                self.qualifier = VAGUE[c]
                if SMALL.get(follows, self.last) < self.last:  # 一百几|十
                    self.digit = (1, 1)
                    return self._advance(self.position + 1)
                return self._advance(self.position + 1) and (follows in LARGE)
            if follows not in SMALL and follows not in LARGE:
                return False
            self.digit, self.qualifier = (1, 1), VAGUE[c]
            return self._advance(self.position + 1)
        if self.position == self.start or self.end != self.position:
            return False
        self.qualifier = VAGUE[c]
        if follows in LARGE:
            return self._advance(self.position + 1)
        self._advance(self.position + 1)
        return False

    def _take_decimals(self) -> bool:
        """三点五, 七点二八."""
        if self.digit is None or self.digit[0] != self.digit[1] or self.arabic or self.section[0] or self.total[0]:
            return False
        end = self.position + 1
        while end < len(self.text) and end - self.position < 6 and self.text[end] in DIGITS:
            end += 1
        decimals = "".join(str(DIGITS[c]) for c in self.text[self.position + 1 : end])
        if not decimals:
            return False
        number = float(f"{int(self.digit[0])}.{decimals}")
        self.digit = (number, number)
        return self._advance(end)

    def _advance(self, end: int) -> bool:
        self.position = self.end = end
        return True

    def numeral(self) -> Numeral | None:
        if self.end == self.start:
            return None
        tail = self.digit or (0, 0)
        colloquial = self.digit is not None and self.last >= 100 and self._no_zero()
        step = self.last / 10 if colloquial else 1
        low = self.total[0] + self.section[0] + tail[0] * step
        high = self.total[1] + self.section[1] + tail[1] * step
        surface = self.text[self.start : self.end]
        at_end = surface.rstrip("多余来把几")[-1:]
        return Numeral(
            self.start, self.end, tidy(low), tidy(high) if high > low else None, self.qualifier,
            self.scale if at_end in LARGE else 1, self._shape(surface),
        )  # fmt: skip

    def _no_zero(self) -> bool:
        """一百二 is 120, 一百零二 is 102; 4万6 is 46000."""
        digits = 2 if self.digit and self.digit[0] != self.digit[1] else 1
        before = self.text[self.end - digits - 1]
        return before in LARGE if self.arabic else before not in "零〇○"

    def _shape(self, surface: str) -> str:
        if self.arabic:
            return "arabic"
        if surface in ("一", "壹"):
            return "one"
        return "round" if surface.strip("百千万亿兆佰仟") == "" else "plain"
