"""The values that flow along the corridor: Source → Document → Article → rows.

A row of a table is a dataclass of `schema`; the types here are what the stages hand to each other
before anything becomes a row. All offsets are Unicode code points, half-open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar, overload

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lazy(Sequence[T], Generic[T]):
    """A sequence whose members are made when they are looked at: a million of them are not held."""

    make: Callable[[int], T]
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, n: int) -> T: ...

    @overload
    def __getitem__(self, n: slice) -> Sequence[T]: ...

    def __getitem__(self, n: int | slice) -> T | Sequence[T]:
        known = range(self.length)[n]
        return [self.make(each) for each in known] if isinstance(known, range) else self.make(known)


@dataclass(frozen=True, slots=True)
class Source:
    """A raw file and what is known of it from outside (sources.csv, options, its name)."""

    path: Path
    name: str  # relative to the raw folder, with forward slashes
    published_on: date | None = None
    published_from: str | None = None  # file, option
    locality: str | None = None  # as given, e.g. 浙江省衢州市柯城区
    source: str | None = None  # the paper's name


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that is not held: `parts` gives it from the beginning, a piece at a time."""

    parts: Callable[[], Iterator[str]]
    n_chars: int


@dataclass(frozen=True, slots=True)
class Document:
    """The decoded text of one raw file, or of one record of a dump that holds many."""

    document_id: str
    source: Source
    sha256: str
    encoding: str
    n_bytes: int
    text: str
    error: str | None = None  # why there is no text: one of many that a file holds cannot be read
    long: LongText | None = None  # the text where it is too long to be held; `text` is empty then

    @property
    def n_chars(self) -> int:
        return self.long.n_chars if self.long else len(self.text)

    def parts(self) -> Iterator[str]:
        """The text in order, in one or many pieces."""
        return self.long.parts() if self.long else iter((self.text,))


@dataclass(frozen=True, slots=True)
class Block:
    """A line of `Article.text`: kind is title, byline, body or caption."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """`text[start:end]` stands unbroken in the raw document from `raw_start` on."""

    start: int
    end: int
    raw_start: int


@dataclass(frozen=True, slots=True)
class Locality:
    """The administrative unit that a text speaks from: 我区, 全县 and bare names mean this one."""

    path: str  # full official names from the province down, joined by /
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """The unit that every extractor sees: the title's lines, then the paragraphs, one a line."""

    article_id: str
    document_id: str
    ordinal: int
    kind: str
    text: str
    blocks: tuple[Block, ...]
    segments: tuple[Segment, ...] = ()
    title: str | None = None
    kicker: str | None = None
    subtitle: str | None = None
    published_on: date | None = None
    published_from: str | None = None  # file, text, option
    locality: Locality | None = None

    def surface(self, start: int, end: int) -> str:
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a text, as a recogniser finds it."""

    start: int
    end: int
    label: str  # PER, ORG, LOC, POST
    score: float = field(default=1.0, compare=False)
    source: str = field(default="", compare=False)
