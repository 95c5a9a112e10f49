"""Shards → tables: the rows of all documents of a run, and the ids that name what a table was made from.

In: the inputs of a run, each with the keys of its shards. Out: the `Rows` of each table.
Nothing but the inputs, the shards and this module's code decides a row, so equal run ids mean equal tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import shards
from .documents import rejected
from .extract.found import Resources
from .fingerprint import components
from .inputs import Input, Inputs
from .schema import SCHEMA_VERSION, DocumentRow, values
from .spill import Rows, Space

STAGES = ("split", "extract", "link")
PUBLISHED = {
    "split": ("documents", "articles", "paragraphs", "segments", "bylines"),
    "extract": ("person_mentions", "posts", "organisation_mentions", "place_mentions", "dates", "figures"),
    "link": ("people", "person_mentions", "posts", "organisations", "places"),
}
_CODE = {"split": ("gather",), "extract": ("gather", "overlay"), "link": ("gather", "overlay", "link")}


@dataclass(frozen=True, slots=True)
class Over:
    """What is laid over the rows before they are published: the fingerprint of the corrections, and how private names appear."""

    corrections: str = ""
    private_names: str = "keep"


def run_id(stage: str, inputs: Inputs, over: Over) -> str:
    """Names what a stage's tables are made from; corrections count from the stage extract on."""
    code = _CODE[stage] + (("privacy",) if over.private_names != "keep" else ())
    columns = ("path", "split", "error") if stage == "split" else ("path", "split", "facts", "error")
    parts = [
        stage, SCHEMA_VERSION, over.private_names, over.corrections if stage != "split" else "",
        *map(str, sorted(components(*code).items())), inputs.digest(columns),
    ]  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def due_tables(held: Mapping[str, str], inputs: Inputs, stages: Sequence[str], broken: Collection[str], over: Over) -> tuple[dict[str, str], list[str]]:  # fmt: skip
    """What a job of `stages` has to publish, each with its run id, and which tables of later stages no longer fit and have to go.

    `held` maps the tables that are there to their run ids. A table is left alone where it is whole and made from
    the same by this stage or by a later one that publishes it too.
    """
    ids = {stage: run_id(stage, inputs, over) for stage in STAGES}
    due = {
        name: ids[stage]
        for name, stage in {name: stage for stage in stages for name in PUBLISHED[stage]}.items()
        if name in broken or held.get(name) not in _ids_from(stage, name, ids)
    }
    later = STAGES[STAGES.index(stages[-1]) + 1 :]
    stale = {
        name
        for stage in later
        for name in PUBLISHED[stage]
        if name in held.keys() - due.keys()
        and (held[name] not in _ids_from(stage, name, ids) or due.keys() & set(PUBLISHED[stage]))
    }
    return due, sorted(stale)


def _ids_from(stage: str, name: str, ids: Mapping[str, str]) -> list[str]:
    """The run ids that a table may have from a stage on."""
    return [ids[each] for each in STAGES[STAGES.index(stage) :] if name in PUBLISHED[each]]


def gather(out: Path, inputs: Inputs, tools: Resources, space: Space) -> dict[str, Rows]:
    """The rows of all documents by table; the same bytes at a second path keep their document's row only.

    Raises OutputError E203 where a shard is gone or damaged.
    """
    rows = {name: space.table(name) for name in sorted({name for stage in STAGES for name in PUBLISHED[stage]})}
    for each, original in zip(inputs, inputs.originals(), strict=True):
        if each.error or not each.split:
            outcast = rejected(each.source(), each.error or "E303", each.sha256, tools)
            rows["documents"].add([values(outcast)])
            continue
        for tables in _chunks(out, each, whole=original is None):
            if original is not None:
                twins = (_duplicate(DocumentRow(*row), original) for row in tables.get("documents", ()))
                rows["documents"].add(map(values, twins))
                continue
            for name, several in tables.items():
                rows[name].add(several)
    return rows


def _chunks(out: Path, each: Input, *, whole: bool) -> Iterator[dict[str, list[list[Any]]]]:
    """The rows of a raw file by table, those of the stage split alone unless it is wanted whole."""
    for key in (each.split, each.facts) if whole else (each.split,):
        if key:
            yield from shards.read_shard(shards.shard_path(out, key))


def _duplicate(row: DocumentRow, original: str) -> DocumentRow:
    if row.status == "rejected":
        return row
    return replace(row, status="duplicate", n_articles=0, error=f"same bytes as {original}")
