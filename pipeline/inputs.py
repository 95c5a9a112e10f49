"""The raw files of a run: what is known of each from outside, its bytes' hash, the keys of its shards, why it has none.

In: an `Input` a file, in any order. Out: `Inputs`, in order of the path, held as columns: as objects a million of them take
gigabytes. OUT/inputs.parquet keeps them beside the manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from .model import Source
from .schema import arrow_of

_BATCH = 10_000
_OUTSIDE = ("published", "published_from", "locality", "source")
_COLUMNS = ("path", *_OUTSIDE, "sha256", "split", "facts", "error")
SCHEMA = pa.schema([(name, pa.string()) for name in _COLUMNS])


@dataclass(frozen=True, slots=True)
class Input:
    """A raw file of a run: what is known from outside, its bytes' hash, the keys of its shards, why it has none."""

    path: str
    outside: Mapping[str, str | None]
    sha256: str | None = None
    split: str | None = None
    facts: str | None = None
    error: str | None = None

    def source(self) -> Source:
        """The source as it was; its path leads nowhere, for its rows are in shards."""
        day = self.outside["published"]
        return Source(
            Path(self.path), self.path, date.fromisoformat(day) if day else None, self.outside["published_from"],
            self.outside["locality"], self.outside["source"],
        )  # fmt: skip


def outside(source: Source) -> dict[str, str | None]:
    """The facts of a source that its rows depend on, as they are kept."""
    day = source.published_on.isoformat() if source.published_on else None
    return dict(zip(_OUTSIDE, (day, source.published_from, source.locality, source.source), strict=True))


class Inputs:
    """The inputs of a run in order of the path; `table` is what is kept."""

    def __init__(self, table: pa.Table) -> None:
        in_one = all(column.num_chunks == 1 for column in table.columns)  # then it need not be copied
        self.table = table if in_one else table.combine_chunks()

    @classmethod
    def of(cls, inputs: Iterable[Input]) -> Inputs:
        """Inputs in any order."""
        rest, tables = iter(inputs), [arrow_of(SCHEMA, ())]
        while batch := list(islice(rest, _BATCH)):
            rows = [
                (i.path, *(i.outside[name] for name in _OUTSIDE), i.sha256, i.split, i.facts, i.error) for i in batch
            ]
            tables.append(arrow_of(SCHEMA, rows))
        columns = list(pa.concat_tables(tables).columns)
        tables.clear()
        order = pc.sort_indices(columns[0])
        for n in range(len(columns)):  # one after the other: a table sorted as one takes twice the room
            columns[n] = columns[n].take(order)
        return cls(pa.Table.from_arrays(columns, schema=SCHEMA))

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __getitem__(self, n: int) -> Input:
        return next(iter(Inputs(self.table.slice(n, 1))))

    def __iter__(self) -> Iterator[Input]:
        for batch in self.table.to_batches(max_chunksize=_BATCH):
            for path, *told, sha256, split, facts, error in zip(
                *(column.to_pylist() for column in batch.columns), strict=True
            ):
                yield Input(path, dict(zip(_OUTSIDE, told, strict=True)), sha256, split, facts, error)

    def rejected(self) -> Inputs:
        """Those that have no rows."""
        return Inputs(self.table.filter(pc.is_valid(self.table["error"])))

    def accepted(self) -> Inputs:
        """Those that have rows."""
        return Inputs(self.table.filter(pc.is_null(self.table["error"])))

    def originals(self) -> Iterator[str | None]:
        """For each the path of the first accepted one with the same bytes; None where it is that itself or none is known."""
        table, none = self.table, pa.nulls(len(self), pa.string())
        known = pc.if_else(pc.is_null(table["error"]), table["sha256"], none)
        paths = table["path"].take(pc.index_in(known, value_set=known, skip_nulls=True))
        return iter(pc.if_else(pc.equal(paths, table["path"]), none, paths).to_pylist())

    def digest(self, columns: Sequence[str]) -> str:
        """Names what some columns hold."""
        digest = hashlib.sha256()
        for batch in self.table.select(list(columns)).to_batches(max_chunksize=_BATCH):
            digest.update(json.dumps([column.to_pylist() for column in batch.columns]).encode())
        return digest.hexdigest()

    def keys(self) -> pa.ChunkedArray:
        """The keys of all shards that are in use."""
        return pa.chunked_array([*self.table["split"].chunks, *self.table["facts"].chunks], pa.string())
