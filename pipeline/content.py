"""Bytes of any number: held in memory, or, where they are too many, read from their beginning whenever they are needed.

`opened`, `blocks`, `cut` and `whole` read both kinds alike; nothing else in the project needs to know which it has.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO

HELD = 32 << 20  # bytes of a file that are held; a text takes up to six times as much while it is split
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that are not held: `open` gives them from the beginning."""

    open: Callable[[], AbstractContextManager[IO[bytes]]]
    size: int


Content = bytes | Stored


def opened(data: Content) -> AbstractContextManager[IO[bytes]]:
    return io.BytesIO(data) if isinstance(data, bytes) else data.open()


def size(data: Content) -> int:
    return len(data) if isinstance(data, bytes) else data.size


def blocks(data: Content) -> Iterator[bytes]:
    """All of it in order, a block at a time."""
    with opened(data) as stream:
        while block := stream.read(_BLOCK):
            yield bytes(block)


def cut(data: Content, start: int, length: int) -> bytes:
    """So many bytes from `start` on, fewer at the end."""
    if isinstance(data, bytes):
        return data[start : start + length]
    position, parts = 0, []
    for block in blocks(data):  # not every stream can seek
        parts.append(block[max(0, start - position) : max(0, start + length - position)])
        position += len(block)
        if position >= start + length:
            break
    return b"".join(parts)


def whole(data: Content) -> bytes:
    return data if isinstance(data, bytes) else b"".join(blocks(data))
