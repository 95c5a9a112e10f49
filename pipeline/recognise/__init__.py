"""Texts → spans: one Recogniser protocol; the rules of `extract` work without any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..model import Span


class Recogniser(Protocol):
    """Finds labelled spans in a batch of texts. `name` and `version` are part of every shard's key."""

    name: str
    version: str

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]: ...
