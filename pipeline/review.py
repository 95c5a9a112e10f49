"""What a reviewer changed in an annotation tool → lines for corrections.csv, or gold articles.

In: an output folder and the reviewed file. Out: corrections whose values are read off the marked words as the extractors
read them, the spans of which nothing could be made, and gold articles with all of it applied.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from . import corrections, store
from .across import across
from .annotators import LABELS, Marked, Span, gold, marked, reviewed
from .corrections import COLUMNS, CORRECTIONS, Correction
from .documents import text_article
from .extract import Resources, extract
from .gather import gather
from .inputs import Inputs
from .model import Locality
from .schema import Row
from .spill import Space
from .stages import Settings, resources

_TABLES = {label: table for table, label in LABELS.items()}
_READ = {  # the columns that are read off a marked text
    "dates": ("timex_type", "timex_value", "start_date", "end_date", "granularity", "anchor"),
    "figures": ("value", "value_max", "unit", "dimension", "si_value", "si_value_max", "si_unit", "qualifier"),
    "posts": ("post", "organisation", "title", "level", "jurisdiction_code", "is_public", "status"),
}


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewed file says: its articles, what it changes, and the spans of which nothing could be made."""

    articles: tuple[str, ...]
    lines: tuple[Correction, ...]
    unread: tuple[str, ...]


def review(out: Path, path: Path, *, who: str = "", when: date | None = None) -> Review:
    """The corrections that a reviewed file amounts to. Raises UsageError E011 where it does not fit the output."""
    tables = store.read_tables(out, ("articles", *LABELS))
    rows = {row["article_id"]: row for row in tables["articles"].to_pylist()}
    ours = {each.article_id: each for each in marked(tables)}
    tools = resources(Settings(tuple(Path(each) for each in store.manifest(out)["settings"]["gazetteers"])))
    lines: list[Correction] = []
    unread: list[str] = []
    found = reviewed(path, {key: row["text"] for key, row in rows.items()})
    for each in found:
        for line in _differences(ours[each.article_id], each, rows[each.article_id], tools):
            if isinstance(line, str):
                unread.append(line)
            else:
                lines.append(replace(line, who=who, when=when.isoformat() if when else ""))
    return Review(tuple(each.article_id for each in found), tuple(lines), tuple(unread))


def _differences(ours: Marked, theirs: Marked, article: Mapping[str, Any], tools: Resources) -> Iterator[Correction | str]:  # fmt: skip
    """Lines for the spans that only one of them has, names first; a text for what cannot be read."""
    known = {span for span in ours.spans if span[2] in theirs.labels}
    for start, end, label in sorted(known - set(theirs.spans)):
        yield Correction("remove", _TABLES[label], ours.article_id, start, end, ours.text[start:end])
    order = [*LABELS.values()]
    for span in sorted(set(theirs.spans) - known, key=lambda each: (order.index(each[2]), each)):
        start, end, label = span
        line = Correction("add", _TABLES[label], ours.article_id, start, end, ours.text[start:end])
        values = _read(span, theirs, article, tools)
        if values is None:
            yield f"{label} {line.surface!r} at {ours.article_id}:{start}"
            continue
        yield line
        yield from (replace(line, action="set", field=name, value=value) for name, value in values.items())


def _read(span: Span, theirs: Marked, article: Mapping[str, Any], tools: Resources) -> dict[str, str] | None:
    """The columns of an added span as the extractors read the words by themselves; None where they cannot."""
    start, end, label = span
    words, table = theirs.text[start:end], _TABLES[label]
    if label == "PER":
        return {}
    if label == "ORG":
        return {"name": words}
    if label == "LOC":
        return _place(words, article, tools)
    if label == "POST":
        return _post(span, theirs, article, tools)
    row = next((row for row in _rows(words, article, tools, table) if getattr(row, "surface", "") == words), None)
    return None if row is None else _columns(row, table)


def _place(words: str, article: Mapping[str, Any], tools: Resources) -> dict[str, str]:
    places = {getattr(row, "place_id", ""): row for row in _rows(words, article, tools, "places")}
    for row in _rows(words, article, tools, "place_mentions"):
        place = places[getattr(row, "place_id", "")]
        if getattr(row, "surface", "") == words and getattr(place, "path", None):
            return {"path" if getattr(place, "kind", "") == "admin" else "site": getattr(place, "path", "")}
    return {"site": article["locality_path"] or ""}


def _post(span: Span, theirs: Marked, article: Mapping[str, Any], tools: Resources) -> dict[str, str] | None:
    """The post of the nearest name in the same line: the first behind, else the last before."""
    start, end, _ = span
    line = (theirs.text.rfind("\n", 0, start), (theirs.text + "\n").index("\n", end))
    names = [(s, e) for s, e, label in theirs.spans if label == "PER" and line[0] < s and e <= line[1]]
    behind, before = [each for each in names if each[0] >= end], [each for each in names if each[1] <= start]
    if not behind and not before:
        return None
    low, high = behind[0] if behind else before[-1]
    name, words = theirs.text[low:high], theirs.text[start:end]
    row = next((row for row in _rows(words + name, article, tools, "posts") if getattr(row, "name", "") == name), None)
    return {"name": name, **(_columns(row, "posts") if row else {"post": words, "title": words})}


def _rows(words: str, article: Mapping[str, Any], tools: Resources, table: str) -> list[Row]:
    place = Locality(article["locality_path"], article["locality_code"]) if article["locality_path"] else None
    alone = text_article(words, published_on=article["published_on"], locality=place)
    return [row for row in extract(alone, (), tools) if row.table == table]


def _columns(row: Row, table: str) -> dict[str, str]:
    values = {name: getattr(row, name) for name in _READ[table]}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items() if value is not None}  # fmt: skip


def append(raw: Path, lines: Sequence[Correction]) -> Path:
    """Add lines to the corrections beside the dumps; returns the file."""
    path = (raw if raw.is_dir() else raw.parent) / CORRECTIONS
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in (*corrections.read(raw), *lines):
        values = {name: getattr(each, name) for name in COLUMNS}
        writer.writerow({name: "" if value is None else value for name, value in values.items()})
    store.write_atomically(path, text.getvalue().encode("utf-8-sig"))
    return path


def write_gold(out: Path, found: Review, target: Path) -> None:
    """The reviewed articles, with these and all earlier corrections applied, as gold."""
    record = store.manifest(out)
    tools = resources(Settings(tuple(Path(each) for each in record["settings"]["gazetteers"])))
    earlier = corrections.read(Path(record["settings"]["raw"]))
    last = max((each.line for each in earlier), default=1)
    lines = [*earlier, *(replace(each, line=last + n) for n, each in enumerate(found.lines, 1))]
    space = Space()
    rows = gather(out, Inputs(store.read_inputs(out)), tools, space)
    corrected, _ = across(rows, lines, ("extract", "link"), tools.gazetteer, space)
    tables = {name: next(iter(each)) for name, each in corrected.items()}
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in gold(tables, found.articles))
    store.write_atomically(target, text.encode())
