"""The scores that were reached on a gold file, as floors that no change may fall below.

`floors.json` beside the gold files holds F1 (or accuracy) by measure and the hash of the gold. `gate` raises where
a score falls below its floor; `raise_floors` lowers none unless it is told to, and replaces the file atomically.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import store
from .errors import QualityError, UsageError

Scores = Mapping[str, Mapping[str, float]]

TOLERANCE = 0.0005  # a twentieth of a percent: below what one article changes


@dataclass(frozen=True, slots=True)
class Floors:
    """The least that each measure may reach (F1, or accuracy where it is a share), and the hash of the gold it was reached on."""

    sha256: str
    least: Mapping[str, float]


def headline(row: Mapping[str, float]) -> float:
    """The figure of a measure that is held to a floor."""
    return row["f1"] if "f1" in row else row["accuracy"]


def fingerprint(gold: Path) -> str:
    return hashlib.sha256(gold.read_bytes()).hexdigest()


def read_floors(path: Path) -> dict[str, Floors]:
    """The floors by the gold file's name."""
    if not path.exists():
        return {}
    return {
        name: Floors(each["sha256"], each["least"])
        for name, each in json.loads(path.read_text(encoding="utf8")).items()
    }


def gate(results: Scores, floors: Floors, gold: Path | None = None) -> None:
    """Raises QualityError E501 that names every measure below its floor, E502 where `gold` is not the gold of the floors."""
    if gold is not None and fingerprint(gold) != floors.sha256:
        raise QualityError(
            "E502", f"{gold} is not the gold that its floors were reached on", "score with --update-floors"
        )
    if low := _falls(results, floors):
        raise QualityError(
            "E501", "below the floor: " + ", ".join(low), "mend it, or score with --update-floors --allow-regression"
        )


def hold(path: Path, gold: Path, results: Scores) -> None:
    """Hold the floors of `gold` in the file `path`. Raises as `gate` does, and UsageError E005 where it has none."""
    floors = read_floors(path).get(gold.name)
    if floors is None:
        raise UsageError("E005", f"{path} has no floors for {gold.name}", "score with --update-floors")
    gate(results, floors, gold)


def raise_floors(path: Path, gold: Path, results: Scores, *, allow_regression: bool = False) -> Floors:
    """Write what was reached as the new floors of `gold`. Raises QualityError E501 where one would be lowered, unless that is allowed.

    What falls by less than the tolerance keeps its old floor, so that floors do not drift downwards step by step.
    """
    floors = read_floors(path)
    old, reached = floors.get(gold.name), {name: headline(row) for name, row in results.items()}
    if old and not allow_regression:
        if low := _falls(results, old):
            raise QualityError(
                "E501",
                "a floor would be lowered: " + ", ".join(low),
                "add --allow-regression and say why in the commit",
            )
        reached = {name: max(value, old.least.get(name, 0.0)) for name, value in reached.items()}
    floors[gold.name] = Floors(fingerprint(gold), reached)
    record = {name: {"sha256": each.sha256, "least": dict(each.least)} for name, each in sorted(floors.items())}
    store.write_atomically(path, (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode())
    return floors[gold.name]


def _falls(results: Scores, floors: Floors) -> list[str]:
    reached = {name: headline(row) for name, row in results.items()}
    return [
        f"{name} {reached.get(name, 0.0):.4f} < {least:.4f}"
        for name, least in floors.least.items() if reached.get(name, 0.0) < least - TOLERANCE - 1e-9
    ]  # fmt: skip
