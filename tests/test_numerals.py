"""Numerals: what is read, what is left open, and the round trip to 10^16."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import numerals

_DIGITS = "零一二三四五六七八九"


def spelt(number: int) -> str:
    """A whole number in Chinese characters: 10203 as 一万零二百零三."""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            head, rest = divmod(number, size)
            zero = "零" if 0 < rest < size // 10 else ""
            return spelt(head) + name + zero + (spelt(rest) if rest else "")
    return _DIGITS[number]


def value(text: str) -> float | None:
    """What the whole text reads as."""
    numeral = numerals.read(text, 0)
    return numeral.value if numeral and numeral.end == len(text) else None


def comes_back(number: int) -> None:
    """To the last digit, as far as a double holds it (2^53)."""
    for text in (spelt(number), f"{number}", f"{number:,}"):
        found = value(text)
        assert found is not None
        assert abs(int(found) - number) <= number // 2**53
    if 10 <= number < 20:
        assert value(spelt(number)[1:]) == number  # 十二


WHOLE = st.integers(1, 16).flatmap(lambda size: st.integers(1, 10**size - 1))


@given(WHOLE)
@settings(max_examples=300, deadline=None)
def test_round_trip(number: int) -> None:
    comes_back(number)


@pytest.mark.slow
@given(WHOLE)
@settings(max_examples=10_000, deadline=None)
def test_round_trip_at_length(number: int) -> None:
    comes_back(number)


@given(st.integers(1, 9999), st.sampled_from(["万", "亿"]), st.integers(0, 99))
@settings(max_examples=100, deadline=None)
def test_mixed(whole: int, scale: str, cents: int) -> None:
    """3.25亿, 1280万."""
    number = f"{whole}.{cents:02}"
    assert value(number + scale) == pytest.approx(float(number) * {"万": 10**4, "亿": 10**8}[scale])


@pytest.mark.parametrize(
    ("text", "low", "high", "sign"),
    [
        ("三四十", 30, 40, "~"), ("十五六", 15, 16, "~"), ("二三百", 200, 300, "~"), ("五六千", 5000, 6000, "~"), ("几百", 100, None, "~"), ("十几", 10, None, "~"), ("数千", 1000, None, "~"), ("20余万", 200000, None, ">"),
        ("十多", 10, None, ">"), ("三百来", 300, None, "~"), ("1亿2千万", 120000000, None, ""), ("12万3千", 123000, None, ""), ("4万6", 46000, None, ""), ("一百二", 120, None, ""), ("一百零二", 102, None, ""), ("两千五", 2500, None, ""),
        ("三点五", 3.5, None, ""), ("零点八", 0.8, None, ""), ("二〇", 2, None, ""), ("1,280", 1280, None, ""), ("1,28", 1, None, ""), ("壹佰", 100, None, ""), ("两万亿", 2 * 10**12, None, ""),
    ],
)  # fmt: skip
def test_readings(text: str, low: float, high: float | None, sign: str) -> None:
    numeral = numerals.read(text, 0)
    assert numeral is not None
    assert (numeral.value, numeral.value_max, numeral.qualifier) == (pytest.approx(low), high, sign)


@given(st.text("0123456789,.〇零一两三十百千万亿几数多余来点半个元", max_size=12))
@settings(max_examples=500, deadline=None)
def test_the_short_way_reads_what_the_long_way_reads(text: str) -> None:
    assert numerals.read(text, 0) == numerals.summed(text, 0)


@pytest.mark.parametrize("text", ["", "村", "点五", "零", "零点", "亩", "多少"])
def test_no_numeral(text: str) -> None:
    assert numerals.read(text, 0) is None
