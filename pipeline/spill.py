"""The rows of a table, gathered in any order and any number → the same rows sorted by the key, without holding them all.

What is too much goes to files, one for each first character of the key's first column: ids are hashes, so the files are
of one size, and each is sorted alone. Of people, organisations and places rows that are the same are held once instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import shards
from .schema import TABLES, arrow_of, arrow_schema, sort

HELD = 128 << 20  # bytes of all tables together that are held before they go to files
_BATCH = 10_000  # rows
_SMALL = frozenset(("people", "organisations", "places"))


class Rows:
    """The rows of one table; gone through they come sorted, a piece at a time."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder / name
        self._waiting: list[Sequence[Any]] = []  # as Python objects they take ten times the room
        self._held: list[pa.Table] = []
        self.num_rows = 0

    def add(self, rows: Sequence[Sequence[Any]]) -> int:
        """Add rows by their values; says by how many bytes more is held."""
        self._waiting += rows
        self.num_rows += len(rows)
        return self._pack() if len(self._waiting) >= _BATCH else 0

    def _pack(self) -> int:
        if not self._waiting:
            return 0
        table = arrow_of(self._name, self._waiting)
        self._waiting = []
        self._held.append(table)
        return int(table.nbytes)

    def release(self) -> None:
        """Put what is held away."""
        self._pack()
        if not self._held:
            return
        table = self._all_held()
        self._held = []
        if self._name in _SMALL:
            distinct = table.group_by(table.column_names, use_threads=False).aggregate([])
            self.num_rows += distinct.num_rows - table.num_rows
            self._held = [distinct.select(table.column_names).cast(arrow_schema(self._name))]
            return
        first = pc.utf8_slice_codeunits(table[TABLES[self._name].key[0]], 0, 1)
        for character in sorted(pc.unique(first).to_pylist()):
            shards.spill(self._folder / f"{ord(character):06x}", table.filter(pc.equal(first, character)))

    def __iter__(self) -> Iterator[pa.Table]:
        names = arrow_schema(self._name).names
        for piece in self._pieces(names):
            yield sort(self._name, piece)

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows of some columns, in no order."""
        names = columns or arrow_schema(self._name).names
        return pa.concat_tables(list(self._pieces(names)) or [self._all_held().select(names)])

    def _pieces(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        if not self._folder.exists():
            yield self._all_held().select(columns)
            return
        self.release()
        for path in sorted(self._folder.iterdir()):
            yield pa.concat_tables(shards.spilled(path, columns))

    def _all_held(self) -> pa.Table:
        self._pack()
        return pa.concat_tables(self._held or [arrow_schema(self._name).empty_table()])
