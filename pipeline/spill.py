"""The rows of tables, gathered in any order and any number → the same rows sorted by the key, without holding them all.

A `Space` is what the tables of one job share: so many bytes of memory, and a folder for what is more. There the rows of a table
lie in parts by how their keys begin: ids are hashes, so the parts are of one size, and each is sorted alone. All tables
of articles are parted alike, so that a part has all that is known of its articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import shards
from .schema import TABLES, arrow_of, arrow_schema

HELD = 128 << 20  # bytes of all tables together that are held before they go to files
_BATCH = 10_000  # rows
_LETTERED = frozenset(("people", "organisations", "places"))  # all their ids begin with the same letter


class Space:
    """Where the tables of a job are: in memory, and what is too much below `folder`; without a folder all is held."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: list[Rows] = []

    def table(self, name: str, rows: Iterable[Sequence[Any]] = ()) -> Rows:
        """A table of the schema, with the rows given by their values."""
        made = self.rows(name, arrow_schema(name), TABLES[name].key, 2 if name in _LETTERED else 1)
        made.add(rows)
        return made

    def rows(self, name: str, schema: pa.Schema, key: Sequence[str], width: int = 1) -> Rows:
        """An empty table of any schema. `width` characters of the first column of the key name a part."""
        folder = self._folder and self._folder / f"{len(self._known):02}-{name}"
        self._known.append(Rows(self, name, schema, key, width, folder))
        return self._known[-1]

    def settle(self) -> None:
        """Put all away where too much is held."""
        if self._folder and sum(each.held for each in self._known) > HELD:
            for each in self._known:
                each.release()


class Rows:
    """The rows of one table; gone through they come sorted, a piece at a time."""

    def __init__(self, space: Space, name: str, schema: pa.Schema, key: Sequence[str], width: int, folder: Path | None) -> None:  # fmt: skip
        self.name, self.schema, self.num_rows = name, schema, 0
        self.held = 0  # bytes
        self._space, self._key, self._width, self._folder = space, key, width, folder
        self._waiting: list[Sequence[Any]] = []  # as Python objects they take ten times the room
        self._tables: list[pa.Table] = []

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows by their values."""
        for row in rows:
            self._waiting.append(row)
            self.num_rows += 1
            if len(self._waiting) >= _BATCH:
                self._pack()
                self._space.settle()

    def put(self, table: pa.Table) -> None:
        """Add the rows of a table of the same schema."""
        self._pack()
        self.num_rows += table.num_rows
        self._keep(table)
        self._space.settle()

    def _pack(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._keep(arrow_of(self.schema, waiting))

    def _keep(self, table: pa.Table) -> None:
        self._tables.append(table)
        self.held += table.nbytes

    def release(self) -> None:
        """Put what is held into files."""
        table = self._all_held()
        self._tables, self.held = [], 0
        start = pc.utf8_slice_codeunits(table[self._key[0]], 0, self._width)
        for name in sorted(pc.unique(start).to_pylist()) if self._folder else ():
            shards.spill(self._folder / name, table.filter(pc.equal(start, name)))

    def clear(self) -> None:
        """Forget all rows."""
        self._waiting, self._tables, self.num_rows, self.held = [], [], 0, 0
        if self._folder:
            shards.forget(self._folder)

    def __iter__(self) -> Iterator[pa.Table]:
        """The rows in order of the key, in one piece or many."""
        for piece in self.parts():
            yield piece.sort_by([(name, "ascending") for name in self._key])

    def parts(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The rows, or some columns of them, in one part or many that follow each other in order of the key."""
        for name in part_names([self]):
            yield self.part(name, columns)

    def part(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one of the parts that `part_names` told."""
        names = columns or self.schema.names
        path = self._folder / name if self._folder and name else None
        if path is None:
            return self._all_held().select(names)
        return pa.concat_tables(shards.spilled(path, names) if path.exists() else [arrow_of(self.schema, ()).select(names)])  # fmt: skip

    def away(self) -> list[str]:
        """The names of the parts that lie in files."""
        return sorted(path.name for path in self._folder.iterdir()) if self._folder and self._folder.exists() else []

    def _all_held(self) -> pa.Table:
        self._pack()
        return pa.concat_tables(self._tables or [arrow_of(self.schema, ())])

    def divided(self, mine: Callable[[pa.Table], pa.Array]) -> tuple[Rows, pa.Table]:
        """The rows that are not `mine`, and a table of those that are; `mine` tells them in a part."""
        taken = pa.concat_tables([part.filter(mine(part)) for part in self.parts()])
        if not taken.num_rows:
            return self, taken
        rest = self._space.rows(self.name, self.schema, self._key, self._width)
        for part in self.parts():
            rest.put(part.filter(pc.invert(mine(part))))
        self.clear()
        return rest, taken


def part_names(tables: Sequence[Rows]) -> list[str]:
    """The parts of tables that are parted alike, all of which are in files if any is; one without a name where none is."""
    if any(each.away() for each in tables):
        for each in tables:
            each.release()
    return sorted({name for each in tables for name in each.away()}) or [""]


def aligned(tables: Mapping[str, Rows], columns: Mapping[str, Sequence[str] | None]) -> Iterator[dict[str, pa.Table]]:
    """The parts of several tables of articles side by side: those tables and columns that are named."""
    for part in part_names([tables[name] for name in columns]):
        yield {name: tables[name].part(part, wanted) for name, wanted in columns.items()}


def records(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows as dictionaries, few at a time: as Python objects all of them take ten times the room."""
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from batch.to_pylist()
