"""The place stage beside cpca and JioNLP's recognize_location on the same annotated articles: characters a CPU second, units right.

`python -m tests.peers_places [GOLD…]` prints a line a tool; what is not installed is left out (`pip install cpca jionlp`, JioNLP takes
2 GB and a minute to start). A unit is right where its path is one of the article's or lies above one; found are those whose own
path is given. The peers are told no locality, so ours is measured with and without.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline.documents import text_article
from pipeline.extract import Found, Resources
from pipeline.extract.locality import placed
from pipeline.extract.places import places
from pipeline.gazetteer import Gazetteer, load
from pipeline.schema import PlaceMentionRow, PlaceRow

GOLD = sorted((Path(__file__).parents[1] / "data" / "gold").rglob("*.jsonl"))
_GROUPS = frozenset({"市辖区", "县", "省直辖县级行政区划", ""})
Finder = Callable[[str, str], set[str]]  # a text and where its paper is printed → paths of units


@dataclass(frozen=True, slots=True)
class Line:
    """What one tool does: `speed` in characters a CPU second after start; `to_county`: recall of the units down to the county, as
    deep as the peers go."""

    tool: str
    speed: float
    precision: float
    recall: float
    to_county: float

    def __str__(self) -> str:
        shares = f"precision {self.precision:.3f}  recall {self.recall:.3f}, to the county {self.to_county:.3f}"
        return f"{self.tool:28} {self.speed:>12,.0f} characters a CPU s   {shares}"


def path(parts: Iterable[Any]) -> str:
    """A path of names without repetition and without units that only group others."""
    return "/".join(dict.fromkeys(part for part in parts if isinstance(part, str) and part not in _GROUPS))


def ours(known: Gazetteer, told: bool, text: str, locality: str) -> set[str]:
    article = text_article(text, locality=known.resolve(locality) if told else None)
    if not told:
        article = text_article(text, locality=placed(article, known))
    rows = list(places(article, Found(), Resources(known)))
    named = {row.place_id for row in rows if isinstance(row, PlaceMentionRow)}
    return {
        row.path
        for row in rows
        if isinstance(row, PlaceRow) and row.place_id in named and row.kind == "admin" and row.path
    }


def cpca(text: str, _: str) -> set[str]:
    import cpca as tool  # noqa: PLC0415

    with suppress(KeyError):  # what it raises for a text without a place
        rows = tool.transform_text_with_addrs(text).to_dict("records")
        return {path((row["省"], row["市"], row["区"])) for row in rows} - {""}
    return set()


def jionlp(text: str, _: str) -> set[str]:
    import jionlp as tool  # noqa: PLC0415

    found = tool.recognize_location(text)["domestic"] or ()
    return {path(unit.get(level) for level in ("province", "city", "county")) for unit, _count in found} - {""}


def tools() -> Iterator[tuple[str, Finder]]:
    known = load()
    yield "xianzhi, locality told", partial(ours, known, True)
    yield "xianzhi, from text alone", partial(ours, known, False)
    if find_spec("cpca"):
        yield "cpca", cpca
    if find_spec("jiojio"):  # JioNLP's own dependency: with it, it can be run
        yield "JioNLP recognize_location", jionlp


def measure(gold: Iterable[Path]) -> Iterator[Line]:
    """A line a tool, each over all articles twice: the second time counts."""
    entries = [json.loads(line) for each in gold for line in each.read_text(encoding="utf8").splitlines()]
    texts = ["\n".join([*filter(None, [entry["title"]]), *entry["paragraphs"]]) for entry in entries]
    wanted = [{p["path"] for p in entry["places"] if p["kind"] == "admin" and p.get("path")} for entry in entries]
    for name, find in tools():
        for text, entry in zip(texts, entries, strict=True):
            find(text, entry["locality"] or "")
        began = time.process_time()
        found = [find(text, entry["locality"] or "") for text, entry in zip(texts, entries, strict=True)]
        used = time.process_time() - began
        pairs = list(zip(wanted, found, strict=True))
        right = sum(any(f"{gold}/".startswith(unit + "/") for gold in units) for units, got in pairs for unit in got)
        recalls = [
            _recall([({u for u in units if u.count("/") < deep}, got) for units, got in pairs]) for deep in (9, 3)
        ]
        yield Line(name, sum(map(len, texts)) / used, right / max(1, sum(map(len, found))), *recalls)


def _recall(pairs: list[tuple[set[str], set[str]]]) -> float:
    return sum(len(units & got) for units, got in pairs) / max(1, sum(len(units) for units, _ in pairs))


if __name__ == "__main__":
    for line in measure(map(Path, sys.argv[1:]) if sys.argv[1:] else GOLD):
        print(line)  # noqa: T201
