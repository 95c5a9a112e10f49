"""What a run would do to each raw file, and why, without doing it.

In: what `run` is given. Out: a Verdict a file. It goes by the same sources, keys and shards as `run`, so what
it announces is what happens; the reasons are read off the last run's manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from . import shards, store
from .errors import OutputError, UsageError
from .inputs import Input, outside
from .model import Source
from .run import keys_of, last_inputs, prepare, still_rejected
from .stages import Settings, facts_versions, split_versions


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done to a raw file: the stages that its rows have to go through, and the reason."""

    path: str
    verdict: str  # do, cached, rejected, gone
    stages: tuple[str, ...]
    reason: str


def plan(raw: Path, out: Path, *, published: date | None = None, locality: str | None = None, source: str | None = None,
         gazetteers: Sequence[Path] = (), retry_rejected: bool = False, text_column: str | None = None, recogniser: str = "crf",
         model: str | None = None, private_names: str = "keep") -> Iterator[Verdict]:  # fmt: skip
    """A verdict for every file below `raw` and every file that the last run had and this one has not, in order of the path. Raises as `run` does."""
    found, settings, _ = prepare(
        raw,
        out,
        published=published,
        locality=locality,
        source=source,
        gazetteers=gazetteers,
        text_column=text_column,
        recogniser=recogniser,
        model=model,
        private_names=private_names,
    )
    versions = _last_versions(out)
    changed = {
        "split": _changed(versions.get("split", {}), split_versions(settings)),
        "extract": _changed(versions.get("extract", {}), facts_versions(settings)),
    }
    pairs = _pairs(found, last_inputs(out))
    return (
        _verdict(now, before, out, settings, changed, retry_rejected)
        if now
        else Verdict(path, "gone", (), "no longer in the raw folder: its rows leave the tables")
        for path, now, before in pairs
    )


def _pairs(found: Iterable[Source], before: Iterable[Input]) -> Iterator[tuple[str, Source | None, Input | None]]:
    """The files that there are and those that there were, both in order of the path, side by side."""
    now = ((each.name, each, None) for each in found)
    then = ((each.path, None, each) for each in before)
    for path, group in groupby(merge(now, then, key=itemgetter(0)), itemgetter(0)):
        several = list(group)
        known = next((each for _, _, each in several if each), None)
        sources = [each for _, each, _ in several if each]
        yield from ((path, each, known) for each in sources)
        if not sources:
            yield path, None, known


def _verdict(source: Source, before: Input | None, out: Path, settings: Settings, changed: Mapping[str, str],
             retry_rejected: bool) -> Verdict:  # fmt: skip
    if before and not retry_rejected and still_rejected(source, before, settings):
        return Verdict(source.name, "rejected", (), f"rejected before: {before.error}")
    keys = keys_of(source, settings)
    if keys is None:
        return Verdict(source.name, "do", ("split", "extract"), "cannot be read: it will be rejected")
    there = [shards.has_shard(shards.shard_path(out, key)) for key in (keys.split, keys.facts)]
    if all(there):
        return Verdict(source.name, "cached", (), "unchanged")
    stages = ("extract",) if there[0] else ("split", "extract")
    return Verdict(source.name, "do", stages, _reason(source, keys.sha256, before, stages[0], changed))


def _reason(source: Source, sha256: str, before: Input | None, stage: str, changed: Mapping[str, str]) -> str:
    if before is None:
        return "new"
    if before.error:
        return f"rejected before, tried again: {before.error}"
    if before.sha256 != sha256:
        return "its bytes changed"
    told = outside(source)
    facts = [f"{name} {before.outside.get(name)} → {told[name]}" for name in told if before.outside.get(name) != told[name]]  # fmt: skip
    if facts:
        return "; ".join(facts)
    if changed[stage]:
        return f"changed: {changed[stage]}"
    return "its rows are gone from the output folder" if before.facts else f"not through {stage} yet"


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The names of the components whose fingerprints differ."""
    return ", ".join(name for name in sorted({*before, *now}) if before.get(name) != now.get(name))


def _last_versions(out: Path) -> Mapping[str, Any]:
    try:
        return dict(store.manifest(out)["versions"])
    except (UsageError, OutputError):
        return {}
