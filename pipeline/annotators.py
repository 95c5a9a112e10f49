"""To annotation tools and back: articles with their marked spans for Label Studio, doccano, spaCy and CoNLL; gold of our own.

Out: `TEXTS`, what `export` writes. In: `reviewed` reads what a tool gives back, `differences` turns it into corrections. Offsets are
code points here; Label Studio and doccano count UTF-16 units, as browsers do, and are converted both ways. CoNLL's columns
hold no two spans of a label that overlap: the longest stands, the others go along in a comment and come back from it. A text
that is not letter by letter the article's is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from .errors import UsageError

LABELS: Final = {
    "person_mentions": "PER", "posts": "POST", "organisation_mentions": "ORG", "place_mentions": "LOC", "dates": "DATE",
    "figures": "FIGURE",
}  # fmt: skip
_NEWLINE = "\n"
_SPACES: Final[dict[str, str | int | None]] = {" ": "␣", "\u3000": "⎵", "\t": "⇥"}  # a CoNLL token is not white space

Tables = Mapping[str, pa.Table]
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Marked:
    """An article's text and its spans in order; `labels` are those that were looked for."""

    article_id: str
    text: str
    spans: tuple[Span, ...]
    labels: tuple[str, ...]


def marked(tables: Tables) -> Iterator[Marked]:
    """The articles with the spans of those tables that are there."""
    names = [name for name in LABELS if name in tables]
    spans: dict[str, set[Span]] = {}
    for name in names:
        for row in tables[name].select(["article_id", "start_char", "end_char"]).to_pylist():
            spans.setdefault(row["article_id"], set()).add((row["start_char"], row["end_char"], LABELS[name]))
    for row in tables["articles"].select(["article_id", "text"]).to_pylist():
        found = tuple(sorted(spans.get(row["article_id"], ())))
        yield Marked(row["article_id"], row["text"], found, tuple(LABELS[name] for name in names))


def _units(text: str) -> list[int]:
    """Code point → UTF-16 unit, the end included."""
    at, result = 0, [0]
    for character in text:
        at += 1 + (character > "\uffff")
        result.append(at)
    return result


def _points(text: str) -> dict[int, int]:
    return {unit: point for point, unit in enumerate(_units(text))}


# Label Studio: a list of tasks, what we found as predictions, what a person said as annotations


def _to_label_studio(each: Marked) -> dict[str, Any]:
    units = _units(each.text)
    result = [
        {"id": f"{s}-{e}-{label}", "from_name": "label", "to_name": "text", "type": "labels",
         "value": {"start": units[s], "end": units[e], "text": each.text[s:e], "labels": [label]}}
        for s, e, label in each.spans
    ]  # fmt: skip
    data = {"text": each.text, "article_id": each.article_id, "labels": list(each.labels)}
    return {"data": data, "predictions": [{"model_version": "xianzhi", "result": result}]}


def _of_label_studio(task: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[tuple[int, int, str]]]:
    done = (
        [each for each in task.get("annotations") or () if not each.get("was_cancelled")]
        or task.get("predictions")
        or ()
    )
    values = [each["value"] for each in (done[-1]["result"] if done else ()) if each.get("type") == "labels"]
    return task["data"], [(value["start"], value["end"], label) for value in values for label in value["labels"]]


def _label_studio(tables: Tables) -> Iterator[str]:
    yield json.dumps([_to_label_studio(each) for each in marked(tables)], ensure_ascii=False, indent=1) + "\n"


# doccano, and spaCy as its training scripts and Prodigy read it: a line an article


def _doccano(tables: Tables) -> Iterator[str]:
    for each in marked(tables):
        units = _units(each.text)
        spans = [[units[s], units[e], label] for s, e, label in each.spans]
        yield _line({"text": each.text, "label": spans, "article_id": each.article_id, "labels": list(each.labels)})


def _spacy(tables: Tables) -> Iterator[str]:
    for each in marked(tables):
        spans = [{"start": s, "end": e, "label": label} for s, e, label in each.spans]
        meta = {"article_id": each.article_id, "labels": list(each.labels)}
        yield _line({"text": each.text, "spans": spans, "meta": meta})


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


# CoNLL: a character a line, then a BIO column a label; a blank line ends a line of the text


def overlapping(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans that a longer one of their label, or an earlier of the same length, leaves no room for in its column."""
    taken: list[Span] = []
    left: list[Span] = []
    for start, end, label in sorted(spans, key=lambda each: (each[0] - each[1], each)):
        free = all(end <= low or high <= start for low, high, other in taken if other == label)
        (taken if free else left).append((start, end, label))
    return tuple(sorted(left))


def left_out(tables: Tables) -> str | None:
    """What there is to say of a CoNLL export: how many spans its columns could not hold."""
    n = sum(len(overlapping(each.spans)) for each in marked(tables))
    return f"{n:,} spans overlap a longer one of their label: they stand in `# overlapping` comments, and come back from them" if n else None  # fmt: skip


def _conll(tables: Tables) -> Iterator[str]:
    for each in marked(tables):
        yield f"# article_id = {each.article_id}\n# columns = char {' '.join(each.labels)}\n"
        left = overlapping(each.spans)
        if left:
            yield f"# overlapping = {' '.join(f'{start}-{end}-{label}' for start, end, label in left)}\n"
        tags = {label: ["O"] * len(each.text) for label in each.labels}
        for start, end, label in set(each.spans) - set(left):
            tags[label][start:end] = [f"B-{label}"] + [f"I-{label}"] * (end - start - 1)
        for n, character in enumerate(each.text):
            row = [str(_SPACES.get(character, character)), *(tags[label][n] for label in each.labels)]
            yield "\n" if character == _NEWLINE else "\t".join(row) + "\n"
        yield "\n\n"


def _read_conll(text: str) -> Iterator[tuple[dict[str, Any], list[Span]]]:
    for part in text.split("# article_id = ")[1:]:
        article_id, head, *lines = part.split("\n")
        labels = head.removeprefix("# columns = char ").split()
        while lines and not lines[-1]:
            lines.pop()
        spans: list[Span] = []
        if lines and lines[0].startswith("# overlapping = "):
            for said in lines.pop(0).removeprefix("# overlapping = ").split():
                start, end, label = said.split("-")
                spans.append((int(start), int(end), label))
        rows = [line.split("\t") if line else [_NEWLINE] for line in lines]
        for n, label in enumerate(labels, 1):
            begin = None
            for at, row in enumerate([*rows, [_NEWLINE]]):
                tag = row[n] if len(row) > n else "O"
                if begin is not None and not tag.startswith("I-"):
                    spans.append((begin, at, label))
                    begin = None
                begin = at if tag.startswith("B-") else begin
        characters = "".join(row[0] for row in rows)
        yield {"text": characters, "article_id": article_id, "labels": labels, "signs": True}, spans


TEXTS: Final[Mapping[str, Callable[[Tables], Iterator[str]]]] = {
    "label-studio": _label_studio,
    "doccano": _doccano,
    "spacy": _spacy,
    "conll": _conll,
}


# Back


def reviewed(path: Path, texts: Mapping[str, str]) -> list[Marked]:
    """What a person made of the articles; `texts` are ours by article id. The format is told by the content.

    Raises UsageError E011 where the file is none of ours, or its text is not the article's.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return [_checked(data, spans, in_units, texts) for data, spans, in_units in _records(text)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError("E011", f"{path} cannot be imported: {type(error).__name__} {error}", "give what Label Studio (JSON), doccano (JSONL), spaCy or CoNLL wrote") from None  # fmt: skip


def _records(text: str) -> Iterator[tuple[Mapping[str, Any], Sequence[Span], bool]]:
    """Data, spans and whether they count UTF-16 units, for each article."""
    if text.startswith("# article_id"):
        yield from ((data, spans, False) for data, spans in _read_conll(text))
        return
    values = (
        json.loads(text)
        if text.lstrip().startswith("[")
        else [json.loads(line) for line in text.splitlines() if line.strip()]
    )
    for value in values:
        if "data" in value:
            yield *_of_label_studio(value), True
        elif "spans" in value:
            yield {**value.get("meta", {}), "text": value["text"]}, [(s["start"], s["end"], s["label"]) for s in value["spans"]], False  # fmt: skip
        else:
            yield value, [tuple(each) for each in value.get("label", value.get("labels", ()))], True


def _checked(data: Mapping[str, Any], spans: Sequence[Span], in_units: bool, texts: Mapping[str, str]) -> Marked:
    said = data["text"]
    key = data.get("article_id") or next((each for each, text in texts.items() if text == said), "")
    ours = texts.get(key)
    if ours is None:
        raise UsageError(
            "E011", f"no article {key or said[:20]!r} in this output", "import into the output that was exported"
        )
    plain = ours.translate(str.maketrans(_SPACES)) if "signs" in data else ours
    if said != plain:
        at = next((n for n, (a, b) in enumerate(zip(said, plain, strict=False)) if a != b), min(len(said), len(plain)))
        raise UsageError("E011", f"the text of {key} differs from character {at}: {said[at : at + 10]!r}, not {plain[at : at + 10]!r}", "export again and review that")  # fmt: skip
    points = _points(ours) if in_units else {n: n for n in range(len(ours) + 1)}
    labels = tuple(data.get("labels") or LABELS.values())
    found = set()
    for start, end, label in spans:
        if label not in LABELS.values() or start not in points or end not in points or start >= end:
            raise UsageError("E011", f"{key} has a span {start}–{end} {label!r} that cannot be", f"labels are {', '.join(LABELS.values())}")  # fmt: skip
        found.add((points[start], points[end], label))
    return Marked(key, ours, tuple(sorted(found)), labels)


# Gold of our own


def gold(tables: Tables, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Articles as the annotation guide writes them down."""
    held = {name: _by_article(table) for name, table in tables.items() if "article_id" in table.column_names}
    places = {row["place_id"]: row for row in tables["places"].to_pylist()}
    for key in ids:
        rows = {name: found.get(key, []) for name, found in held.items()}
        (article,) = rows["articles"]
        lines = [
            article["text"][row["start_char"] : row["end_char"]] for row in rows["paragraphs"] if row["kind"] != "title"
        ]
        yield {
            "id": key, "locality": (article["locality_path"] or "").replace("/", "") or None,
            "published": article["published_on"] and article["published_on"].isoformat(), "title": article["title"],
            "paragraphs": lines, "bylines": [{"role": row["role"], "name": row["name"]} for row in rows["bylines"]],
            "people": list(_people(rows)), "places": list(_places(rows["place_mentions"], places)),
            "dates": [_said(row, start="start_date", end="end_date", value="timex_value") for row in rows["dates"]],
            "figures": [_said(row, value="value", value_max="value_max", unit="unit", qualifier="qualifier", item="item", subject="subject") for row in rows["figures"]],
        }  # fmt: skip


def _by_article(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    order = "start_char" if "start_char" in table.column_names else "article_id"
    rows = sorted(table.to_pylist(), key=lambda row: (row["article_id"], row[order]))
    return {key: list(found) for key, found in groupby(rows, key=lambda row: row["article_id"])}


def _people(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    names = {row["person_id"]: row["name"] for row in rows["posts"]}
    names = {row["person_id"]: names.get(row["person_id"], row["surface"]) for row in rows["person_mentions"]} | names
    for key, name in names.items():
        posts = [row for row in rows["posts"] if row["person_id"] == key]
        yield {"name": name, "official": any(row["is_public"] for row in posts), "posts": list(dict.fromkeys(row["post"] for row in posts))}  # fmt: skip


def _places(mentions: Sequence[Mapping[str, Any]], places: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for name, place_id in {row["surface"]: row["place_id"] for row in reversed(mentions)}.items():
        yield {"name": name, "kind": places[place_id]["kind"], "path": places[place_id]["path"]}


def _said(row: Mapping[str, Any], **names: str) -> dict[str, Any]:
    values = {key: row[column] for key, column in names.items()}
    if values.get("value_max", "") is None:
        del values["value_max"]
    return {"surface": row["surface"]} | {
        key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in values.items()
    }
