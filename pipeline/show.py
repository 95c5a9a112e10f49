"""One article for the terminal: its text with every mention marked, and the rows of each table beneath."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from . import store
from .errors import UsageError
from .schema import TABLES, columns
from .summary import correction

if TYPE_CHECKING:
    from .diff import Change
    from .why import Answer

_SPAN = frozenset(("article_id", "start_char", "end_char", "surface"))
# Inner mentions are drawn over outer ones: the order is from wide to narrow.
STYLES = {
    "bylines": "dim italic", "organisation_mentions": "underline", "posts": "cyan", "place_mentions": "green",
    "person_mentions": "bold magenta", "dates": "yellow", "figures": "bold blue",
}  # fmt: skip
_HIDDEN = frozenset(("article_id",))
_ID_TOO = frozenset(("text", "end_char", "score", "kicker", "subtitle", "raw_start_char", "raw_end_char"))
_SHOWN = 20
_LONG = _ID_TOO | {"jurisdiction_code", "is_public", "ordinal", "locality_code", "n_chars"}


def article(out: Path, article_id: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of one article by table, people and places included; `article_id` may be a unique beginning, or a title's part.

    Raises UsageError E005 where no article, or more than one, answers to it.
    """
    present = store.manifest(out)["tables"]
    everything = store.read_table(out, "articles")
    ids, titles = everything["article_id"], pc.fill_null(everything["title"], "")
    found = everything.filter(pc.starts_with(ids, article_id))
    found = found if found.num_rows else everything.filter(pc.match_substring(titles, article_id))
    if found.num_rows != 1:
        what = f"{found.num_rows} articles answer to {article_id!r}"
        some = ", ".join(f"{r['article_id']} {r['title'] or ''}".strip() for r in found.slice(0, 5).to_pylist())
        raise UsageError("E005", what + (f": {some}" if some else ""), "give an article_id of the articles table")
    key = found["article_id"][0].as_py()
    rows = {"articles": found.to_pylist()}
    for name in STYLES:
        if name in present:
            table = store.read_table(out, name)
            rows[name] = table.filter(pc.equal(table["article_id"], key)).to_pylist()
    if "places" in present:
        paths = {r["place_id"]: r["path"] for r in store.read_table(out, "places").to_pylist()}
        for row in rows.get("place_mentions", []):
            row["path"] = paths.get(row["place_id"])
    return rows


def render(rows: dict[str, list[dict[str, Any]]]) -> RenderableType:
    """The marked text, a legend, and one table for each kind of row that the article has."""
    head = rows["articles"][0]
    facts = (
        head["article_id"],
        str(head["published_on"] or "no date"),
        head["locality_path"] or "no locality",
        head["kind"],
    )
    text = Text(head["text"])
    for name, style in STYLES.items():
        for row in rows.get(name, []):
            text.stylize(style, row["start_char"], row["end_char"])
    legend = Text("  ").join(Text(name, style) for name, style in STYLES.items() if rows.get(name))
    return Group(Text(" · ".join(facts), "dim"), Text(), text, Text(), legend, *_tables(rows))


def listing(rows: dict[str, list[dict[str, Any]]]) -> RenderableType:
    """Rows by table, one table of the terminal each, with the columns that say something; `row` is what `why` asks for.

    At most 20 rows a table, and how many more there are.
    """
    parts: list[RenderableType] = []
    for name, found in rows.items():
        parts += [Text(), _table(name, [_named(name, row) for row in found[:_SHOWN]], _LONG)]
        if len(found) > _SHOWN:
            parts.append(Text(f"… and {len(found) - _SHOWN:,} more; --json lists them all", "dim"))
    return Group(*parts)


def _named(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row by one name for its ids: ARTICLE:START of a mention, the key of another; the ids of other tables go."""
    key = row[TABLES[name].key[0]]
    rest = {column: value for column, value in row.items() if not column.endswith("_id") and column != "start_char"}
    return {"row": f"{key}:{row['start_char']}" if "start_char" in row else key} | rest


def _tables(rows: dict[str, list[dict[str, Any]]]) -> Iterator[RenderableType]:
    for name in STYLES:
        if found := rows.get(name):
            yield Text()
            yield _table(name, sorted(found, key=lambda r: r["start_char"]), _HIDDEN)


def traced(answer: Answer) -> RenderableType:
    """A row and its corrections, then each of its traces: what made it, its sentence with the span marked, its pieces in the raw file."""
    lines = [
        Text(f"{name:<20}", "dim").append(_cell(value).plain, "default")
        for name, value in answer.row.items()
        if value is not None and name != "text"
    ]
    for each in answer.corrections:
        old = "" if each["old"] is None else f", was {each['old']}"
        line = f"{'corrected':<20}", f"{correction(each)}{old}, line {each['line']} of corrections.csv"
        lines.append(Text(line[0], "dim").append(line[1], "default"))
    for trace in answer.traces:
        facts = (trace.article_id, trace.title or "", trace.paragraph)
        sentence = Text(trace.sentence.rstrip("\n"))
        sentence.stylize("bold reverse", trace.start, trace.end)
        lines += [Text("\n" + " · ".join(filter(None, facts)), "dim"), sentence]
        lines += [Text(f"  {made_by}", "dim") for made_by in trace.made_by]
        for piece in trace.pieces:
            byte = "" if piece.start_byte is None else f", byte {piece.start_byte}"
            lines.append(Text(f"  {piece.path} character {piece.raw_start_char}{byte}: {piece.text}", "dim"))
    return Group(*lines)


_SIGN = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


def change(each: Change) -> Text:
    """A change of a row as one line: sign, table, the words around it, values before → after."""
    sign, style = _SIGN[each.kind]
    line = Text(f"{sign} {each.table:<22}", style)
    if each.context:
        before, mention, after = (part.replace("\n", "⏎") for part in each.context)
        line.append(f"…{before}", "dim").append(mention, "bold").append(f"{after}…", "dim")
    else:
        line.append(" ".join(map(str, each.key)), "bold")
    shown = {c: pair for c, pair in each.values.items() if c not in _SPAN}
    if each.kind == "changed":
        return line.append("".join(f"  {c}: {a} → {b}" for c, (a, b) in shown.items()))
    values = [f"{c}={a if b is None else b}" for c, (a, b) in shown.items() if c not in _ID_TOO]
    return line.append("  " + " ".join(values))


def _table(name: str, rows: list[dict[str, Any]], hidden: frozenset[str]) -> RenderableType:
    known = ["row", *(c.name for c in columns(name))]
    order = [
        key for key in (*known, *(key for key in rows[0] if key not in known)) if key in rows[0] and key not in hidden
    ]
    order = [key for key in order if any(row[key] is not None for row in rows)]
    order = [key for key in order if not (key.endswith("_id") and hidden is _HIDDEN)]
    title = Text(f"{name} · {TABLES[name].doc[1]}", STYLES.get(name, "bold"))
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for key in order:
        table.add_column(key, overflow="fold", no_wrap=key == "row")
    for row in rows:
        table.add_row(*(_cell(row[key]) for key in order))
    return table


def _cell(value: object) -> Text:
    return Text("" if value is None else f"{value:,.10g}" if isinstance(value, float) else str(value))
