"""What an extractor is given besides the article: the rows found so far and the read-only resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..gazetteer import Gazetteer
from ..recognise import Recogniser
from ..schema import Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Resources:
    """What extractors may look things up in. Read-only and shared by all articles of a process."""

    gazetteer: Gazetteer
    recogniser: Recogniser | None = None  # none: the rules alone


class Found:
    """The rows found so far in one article, by row class."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[type[Row], list[Row]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows.setdefault(type(row), []).append(row)

    def of(self, kind: type[R]) -> list[R]:
        return self._rows.get(kind, [])  # type: ignore[return-value]

    def __iter__(self) -> Iterator[Row]:
        for rows in self._rows.values():
            yield from rows
