"""An output, or what changed between two, as a page to look at: one HTML file without a network, its data packed inside.

In: an output folder. Out: one file; above 5,000 articles a folder of such files by date, with an index. What
the page does with its data stands in `assets/`; here they are gathered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from . import store
from .errors import OutputError
from .page import page
from .schema import TABLES, columns

if TYPE_CHECKING:
    from .diff import Change

_SCRIPTS = ("overview", "articles", "officials", "places", "figures", "report")
_A_PAGE = 5_000  # articles: 20 MB of JSON, parsed in half a second
_BY_ARTICLE = (
    "paragraphs", "bylines", "person_mentions", "posts", "organisation_mentions", "place_mentions", "dates", "figures",
)  # fmt: skip
_DIMENSIONS = ("people", "places", "organisations")


def report(out: Path, target: Path, *, articles_a_page: int = _A_PAGE) -> list[Path]:
    """Write the report of `out` to `target`, a file, or a folder where the articles do not fit one page; returns the files.

    Raises UsageError E005 where `out` is no output or lacks a table, OutputError E204 where the target exists as something else.
    """
    record = store.manifest(out)
    tables = store.read_tables(out, ("documents", "articles", *_BY_ARTICLE, *_DIMENSIONS))
    articles = sorted(_rows(tables["articles"]), key=_printed)
    held = _by_article(tables)
    pages = [articles[n : n + articles_a_page] for n in range(0, len(articles), articles_a_page)] or [[]]
    if target.is_dir() != (len(pages) > 1) and target.exists():
        raise OutputError("E204", f"{target} exists", "name a new file, or remove it")
    if len(pages) == 1:
        store.write_atomically(target, _page(record, articles, held, tables))
        return [target]
    written = []
    for number, each in enumerate(pages, 1):
        path = target / f"page-{number:04}.html"
        store.write_atomically(path, _page(record, each, held, tables))
        written.append(path)
    store.write_atomically(target / "index.html", _index(pages))
    return [target / "index.html", *written]


def _printed(article: Mapping[str, Any]) -> tuple[str, str, int]:
    """By date, then in the order of the paper."""
    return str(article.get("published_on", "undated")), article["document_id"], article["ordinal"]


def _page(record: Mapping[str, Any], articles: Sequence[Mapping[str, Any]], held: Mapping[str, Any],
          tables: Mapping[str, pa.Table]) -> bytes:  # fmt: skip
    rows = [{**each, "rows": held.get(each["article_id"], {})} for each in articles]
    data = {
        "rejects": record["rejects"],
        "counts": {name: entry["rows"] for name, entry in record["tables"].items()},
        "documents": {each["document_id"]: each["path"] for each in _rows(tables["documents"])},
        "articles": rows,
        **{name: _used(tables[name], name, rows) for name in _DIMENSIONS},
        "docs": {
            name: {"doc": row.doc, "columns": {c.name: (c.en, c.zh) for c in columns(name)}}
            for name, row in TABLES.items()
        },
    }
    return page("县志 xianzhi", _SCRIPTS, data)


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Rows as dictionaries without their nulls."""
    for row in table.to_pylist():
        yield {name: value for name, value in row.items() if value is not None}


def _by_article(tables: Mapping[str, pa.Table]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    held: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in _BY_ARTICLE:
        for row in _rows(tables[name]):
            held.setdefault(row.pop("article_id"), {}).setdefault(name, []).append(row)
    return held


def _used(table: pa.Table, name: str, articles: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The dimension rows that the articles point to, and their parents, by id."""
    known = {row[TABLES[name].key[0]]: row for row in _rows(table)}
    todo = [row[c.name] for each in articles for kind, rows in each["rows"].items()
            for c in columns(kind) if c.to == name for row in rows if c.name in row]  # fmt: skip
    used: dict[str, dict[str, Any]] = {}
    while todo:
        key = todo.pop()
        if key in known and key not in used:
            used[key] = known[key]
            todo += [known[key]["parent_id"]] if "parent_id" in known[key] else []
    return dict(sorted(used.items()))


def _index(pages: Sequence[Sequence[Mapping[str, Any]]]) -> bytes:
    held = []
    for number, each in enumerate(pages, 1):
        days = [str(article["published_on"]) for article in each if "published_on" in article]
        span = {"from": min(days), "to": max(days)} if days else {}
        held.append({"href": f"page-{number:04}.html", "articles": len(each), **span})
    return page("县志 xianzhi", ("index",), {"pages": held})


def compared(a: Path, b: Path, changes: Iterable[Change], target: Path) -> None:
    """Write the changes from `a` to `b`, each in its context, as a page. Raises OutputError E204 where the target exists."""
    if target.exists():
        raise OutputError("E204", f"{target} exists", "name a new file, or remove it")
    titles = {
        row["article_id"]: row["title"] for out in (a, b) for row in store.read_table(out, "articles").to_pylist()
    }
    rows = [asdict(each) | {"title": titles.get(each.article_id or "")} for each in changes]
    data = {"a": str(a), "b": str(b), "changes": rows}
    store.write_atomically(target, page("县志 xianzhi", ("changes",), data))
