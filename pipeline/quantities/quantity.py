"""What the scan hands on: a Quantity."""

from __future__ import annotations

from typing import NamedTuple

from ..numerals import Numeral, tidy
from .measures import Unit


class Quantity(NamedTuple):
    """`text[start:end]` is the surface with its qualifiers, `text[left:right]` number and unit.

    `value` is in `unit`; `value_max` is the upper end of a range.
    """

    start: int
    end: int
    left: int
    right: int
    value: float
    value_max: float | None
    unit: Unit
    qualifier: str

    def longer(self, right: int, value: float) -> Quantity:
        """With a smaller unit behind."""
        return Quantity(self.start, right, self.left, right, tidy(value), self.value_max, self.unit, self.qualifier)


def of(number: Numeral, unit: Unit, right: int) -> Quantity:
    """A numeral and its unit, which ends at `right`."""
    if unit.by == 1:
        sign = number.qualifier or "="
        return Quantity(number.start, right, number.start, right, number.value, number.value_max, unit, sign)
    top = None if number.value_max is None else tidy(number.value_max * unit.by)
    return plain(number.start, right, number.value * unit.by, unit, number.qualifier or "=", top)


def plain(
    left: int, right: int, value: float, unit: Unit, qualifier: str = "=", value_max: float | None = None
) -> Quantity:
    """A quantity whose surface has no qualifier around it yet."""
    return Quantity(left, right, left, right, tidy(value), value_max, unit, qualifier)
