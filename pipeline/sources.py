"""Placeholder until its author puts the real module in place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from .model import Source


def find(
    raw: Path, *, published: date | None = None, locality: str | None = None, source: str | None = None
) -> list[Source]:
    files = sorted(p for p in raw.rglob("*.txt"))
    return [Source(p, p.relative_to(raw).as_posix(), published, None, locality, source) for p in files]
