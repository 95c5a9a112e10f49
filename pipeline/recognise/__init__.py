"""Texts → spans of persons, organisations, posts and places: one Recogniser protocol, and who implements it.

`rules` is none at all: what `extract` finds by itself. `crf` is embedded, with weights that are part of the package or trained by
`cli.py train`; `hanlp` is a pretrained model from disk or the network. Their spans are evidence for the rules, never rows of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from ..errors import UsageError
from ..model import Span

LABELS: Final = ("PER", "ORG", "POST", "LOC")
NAMES: Final = ("rules", "crf", "hanlp")


class Recogniser(Protocol):
    """Finds labelled spans in a batch of texts. `name` and `version` are part of every shard's key."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        """The spans of each text, in reading order, not overlapping."""
        ...

    def around(self, folded: str, position: int) -> tuple[int, int, list[Span]]:
        """The spans of a stretch of a folded text that holds the position, with the stretch's bounds: as little as can be read alone."""
        ...


@runtime_checkable
class Reader(Recogniser, Protocol):
    """A recogniser that reads whole texts, told what is known of them, and sees dates and measures as well as names."""

    @property
    def labels(self) -> frozenset[str]:
        """What it can see: of LABELS, `date`, and the dimensions of figures."""
        ...

    def having_read(self, folded: str, known: Mapping[str, str]) -> Reader:
        """Itself after reading a folded text: names in it → their labels are sure."""
        ...


def load(name: str, model: str | None = None) -> Recogniser | None:
    """The recogniser `name`, with its own model or the one named: a file for crf, a folder or HanLP name for hanlp.

    None for `rules`. Raises UsageError E010 where there is no such recogniser, or its package or model cannot be had.
    """
    if name == "rules":
        return None
    if name == "crf":
        from . import crf  # noqa: PLC0415  (the package is loaded where it is asked for)

        return crf.load(Path(model) if model else crf.WEIGHTS)
    if name == "hanlp":
        from . import hanlp  # noqa: PLC0415

        return hanlp.load(model or hanlp.DEFAULT)
    raise UsageError("E010", f"no recogniser is called {name!r}", f"choose one of {', '.join(NAMES)}")
