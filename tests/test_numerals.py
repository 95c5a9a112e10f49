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


# What is read of a text is what stands before its bar.
READINGS = [
    ("1,280|", 1280, None, "", 1, "arabic"), ("1|,28", 1, None, "", 1, "arabic"), ("1|,2800", 1, None, "", 1, "arabic"), ("3|点5", 3, None, "", 1, "arabic"),
    ("1,280万|元", 12_800_000, None, "", 10**4, "arabic"), ("1.5亿|", 1.5e8, None, "", 10**8, "arabic"), ("0|万", 0, None, "", 1, "arabic"), ("0.0|亿", 0, None, "", 1, "arabic"), ("2.5千|", 2500, None, "", 1, "arabic"), ("1.5万亿|", 1.5e12, None, "", 10**12, "arabic"),
    ("1亿2千万|", 1.2e8, None, "", 10**4, "arabic"), ("12万3千|", 123_000, None, "", 1, "arabic"), ("1万零5|", 10_005, None, "", 1, "arabic"),
    ("4万6|", 46_000, None, "", 1, "arabic"), ("4万56|", 40_056, None, "", 1, "arabic"), ("1千2|", 1002, None, "", 1, "arabic"), ("3千5百|", 3500, None, "", 1, "arabic"),
    ("14|千瓦", 14, None, "", 1, "arabic"), ("50|兆瓦", 50, None, "", 1, "arabic"), ("3千|人", 3000, None, "", 1, "arabic"), ("三千|瓦", 3000, None, "", 1, "plain"),
    ("一|人", 1, None, "", 1, "one"), ("壹|元", 1, None, "", 1, "one"), ("仨|人", 3, None, "", 1, "plain"), ("俩|", 2, None, "", 1, "plain"), ("十|人", 10, None, "", 1, "plain"), ("百万|", 10**6, None, "", 10**4, "round"), ("千|", 1000, None, "", 1, "round"), ("亿|", 1e8, None, "", 10**8, "round"), ("壹佰|", 100, None, "", 1, "plain"),
    ("玖仟捌佰柒拾陆亿伍仟肆佰叁拾贰万壹仟|", 987_654_321_000, None, "", 1, "plain"), ("两万亿|元", 2 * 10**12, None, "", 10**12, "plain"), ("两万亿五|", 2.5e12, None, "", 1, "plain"), ("三万|万", 30_000, None, "", 10**4, "plain"), ("一亿|亿", 1e8, None, "", 10**8, "plain"),
    ("一百二|", 120, None, "", 1, "plain"), ("一百零二|人", 102, None, "", 1, "plain"), ("一百○二|人", 102, None, "", 1, "plain"), ("一百〇二|人", 102, None, "", 1, "plain"), ("一百零十|", 110, None, "", 1, "plain"), ("一百|零人", 100, None, "", 1, "plain"), ("一万零五|", 10_005, None, "", 1, "plain"), ("一万五|", 15_000, None, "", 1, "plain"), ("两千五|", 2500, None, "", 1, "plain"), ("十五|", 15, None, "", 1, "plain"), ("一百十|", 110, None, "", 1, "plain"), ("一千|百", 1000, None, "", 1, "plain"), ("二百|百", 200, None, "", 1, "plain"), ("五|零", 5, None, "", 1, "plain"), ("二|〇", 2, None, "", 1, "plain"), ("二|一", 2, None, "", 1, "plain"),
    ("三点五|", 3.5, None, "", 1, "plain"), ("零点八|", 0.8, None, "", 1, "plain"), ("三点一四一五九|二", 3.14159, None, "", 1, "plain"), ("七点二八|人", 7.28, None, "", 1, "plain"), ("三点五万|", 35_000, None, "", 10**4, "plain"), ("百|点五", 100, None, "", 1, "round"), ("一万|点五", 10_000, None, "", 10**4, "plain"), ("五|点", 5, None, "", 1, "plain"), ("二十|点五", 20, None, "", 1, "plain"),
    ("十|数万", 10, None, "", 1, "plain"), ("一万|几人", 10**4, None, "", 10**4, "plain"), ("两兆|元", 2e12, None, "", 10**12, "plain"), ("二十三四万|", 230_000, 240_000, "~", 10**4, "plain"), ("一百零二三|", 102, 103, "~", 1, "plain"), ("三四万亿|", 3e12, 4e12, "~", 10**12, "plain"), ("三四万五千亿|", 3.5e12, 4.5e12, "~", 10**8, "plain"),
    ("3|五", 3, None, "", 1, "arabic"), ("3|零五", 3, None, "", 1, "arabic"), ("五十|十", 50, None, "", 1, "plain"), ("三四|点五", 3, 4, "~", 1, "plain"), ("三四十|人", 30, 40, "~", 1, "plain"), ("十五六|", 15, 16, "~", 1, "plain"), ("二三百|", 200, 300, "~", 1, "plain"), ("三五百|", 300, 500, "~", 1, "plain"), ("三|六百", 3, None, "", 1, "plain"), ("四|六百", 4, None, "", 1, "plain"), ("一百二三|", 120, 130, "~", 1, "plain"), ("三千五六|", 3500, 3600, "~", 1, "plain"), ("二三十万|", 200_000, 300_000, "~", 10**4, "plain"), ("一二|三", 1, 2, "~", 1, "plain"),
    ("几百|人", 100, None, "~", 1, "plain"), ("几万|人", 10**4, None, "~", 10**4, "plain"), ("数千|人", 1000, None, "~", 1, "plain"), ("数万|人", 10**4, None, "~", 10**4, "plain"), ("几十几|人", 10, None, "~", 1, "plain"), ("一百几十|人", 110, None, "~", 1, "plain"), ("两千几百|亩", 2100, None, "~", 1, "plain"), ("十几|人", 10, None, "~", 1, "plain"), ("百几|", 100, None, "~", 1, "plain"), ("十几万|人", 10**5, None, "~", 10**4, "plain"), ("十|数人", 10, None, "", 1, "plain"), ("一|几", 1, None, "", 1, "one"), ("十几|几", 10, None, "~", 1, "plain"),
    ("十多|人", 10, None, ">", 1, "plain"), ("20余万|元", 200_000, None, ">", 10**4, "arabic"), ("20余|人", 20, None, ">", 1, "arabic"), ("三百来|人", 300, None, "~", 1, "plain"), ("十来万|人", 10**5, None, "~", 10**4, "plain"), ("千把|人", 1000, None, "~", 1, "plain"), ("万余|人", 10**4, None, ">", 10**4, "plain"), ("二多|", 2, None, ">", 1, "plain"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "low", "high", "sign", "scale", "shape"), READINGS)
def test_readings(text: str, low: float, high: float | None, sign: str, scale: int, shape: str) -> None:
    """The same by either way, wherever it stands."""
    surface, _, rest = text.partition("|")
    for read in (numerals.read, numerals.summed):
        numeral = read(f"第{surface}{rest}", 1)
        assert numeral is not None
        assert (numeral.start, numeral.end) == (1, 1 + len(surface))
        assert numeral[2:] == (pytest.approx(low), high and pytest.approx(high), sign, scale, shape)


@pytest.mark.parametrize(
    "text", ["", "村", "点五", "零", "零点", "零五", "〇八", "亩", "多少", "几人", "数人", "数几百", "余万"]
)
def test_no_numeral(text: str) -> None:
    assert numerals.read(text, 0) is None
    assert numerals.summed(text, 0) is None
    assert numerals.read(f"第{text}", 1) is None


@pytest.mark.parametrize(("character", "digit"), [(c, n) for n, each in enumerate(["一壹", "二两俩贰", "三仨叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"], 1) for c in each])  # fmt: skip
def test_a_digit_alone_and_before_its_unit(character: str, digit: int) -> None:
    assert value(character) == digit
    for unit, size in zip("十百千拾佰仟万亿", (10, 100, 1000, 10, 100, 1000, 10**4, 10**8), strict=True):
        assert value(character + unit) == digit * size


@pytest.mark.parametrize(("digits", "whole"), [(39, True), (40, True), (41, False)])
def test_a_run_of_digits_is_a_number_up_to_forty(digits: int, whole: bool) -> None:
    assert (numerals.read("7" * digits, 0) is not None) is whole


def test_no_more_than_forty_tokens_are_read() -> None:
    numeral = numerals.summed("1万" * 30, 0)
    assert numeral
    assert numeral.end == 40


def test_what_may_begin_a_numeral() -> None:
    assert {c for c in map(chr, range(0x20, 0xFFFF)) if numerals.read(f"{c}百人", 0)} <= {*numerals.STARTS, *"俩仨兆"}
    assert set(numerals.STARTS) == {*"0123456789〇○零一二两三四五六七八九壹贰叁肆伍陆柒捌玖十百千拾佰仟万亿几数"}


def test_the_scale_of_a_neighbour() -> None:
    """3 to 5万: the first is of the second's scale; 9.8 × 10⁷ has no dust."""
    three, nine, several = (numerals.read(text, 0) for text in ("3", "9.8", "三五"))
    assert three
    assert nine
    assert several
    assert three.scaled(10**4) == (0, 1, 30_000, None, "", 10**4, "arabic")
    assert nine.scaled(10**7).value == 98_000_000
    assert several.scaled(10**4)[2:] == (30_000, 50_000, "~", 10**4, "plain")
    assert [numerals.tidy(each) for each in (0.1 + 0.2, 3, 2.50)] == [0.3, 3.0, 2.5]


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


MIXED = st.text("0123456789,.〇零一两三十百千万亿几数多余来点半个元", max_size=12)


@given(MIXED)
@settings(max_examples=500, deadline=None)
def test_the_short_way_reads_what_the_long_way_reads(text: str) -> None:
    assert numerals.read(text, 0) == numerals.summed(text, 0)


@pytest.mark.slow
@given(MIXED)
@settings(max_examples=10_000, deadline=None)
def test_the_short_way_reads_what_the_long_way_reads_at_length(text: str) -> None:
    assert numerals.read(text, 0) == numerals.summed(text, 0)
