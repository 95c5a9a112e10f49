"""What the scanner hands to the resolver: a Mention and its Fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from .lexer import Value

Field = tuple[Value, str]  # its number or code, and what that is counted from
Fields = dict[str, Field]

# How fine a field is: each next field of a date is finer than the last.
RANK: Final = {
    "century": 0, "decade": 1, "lunar": 2, "year": 3, "half": 4, "quarter": 4, "season": 4, "months": 4, "yearpart": 4, "feast": 5,
    "month": 5, "lunarmonth": 5, "monthpart": 6, "week": 6, "weekend": 7, "day": 8, "weekday": 8, "daypart": 9, "hour": 10, "clock": 10,
}  # fmt: skip


@dataclass(slots=True)
class Mention:
    """What is printed at text[start:end].

    `kind`: point, vague, offset, every, era; `relation`: at, since, until, ago, later, last, next, these;
    `value` and `unit`: of an offset its length, of a vague time or an era its reading, of an end `before` where it is not reached.
    """

    start: int
    end: int
    kind: str
    fields: Fields = field(default_factory=dict)
    until: Fields | None = None
    relation: str = "at"
    value: Value = None
    unit: str = ""


def whole(fields: Fields, name: str) -> int:
    """The number of a field; 0 where it holds none."""
    value = fields[name][0]
    return value if isinstance(value, int) else 0


def code(fields: Fields, name: str) -> str:
    """The code of a field; '' where it is not there."""
    return str(fields[name][0]) if name in fields else ""
