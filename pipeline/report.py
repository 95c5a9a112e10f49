"""An output as a page to look at: one HTML file without a network, its data packed inside.

In: an output folder. Out: one file; above 5,000 articles a folder of such files by date, with an index. The
page itself is `assets/report.html`; here its data are gathered and packed. All text reaches the page as data
and is set as text by the script, never as markup.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import store
from .errors import OutputError
from .schema import TABLES, columns

_ASSETS = Path(__file__).parent / "assets"
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
    tables = {name: store.read_table(out, name) for name in ("documents", "articles", *_BY_ARTICLE, *_DIMENSIONS)}
    articles = sorted(
        _rows(tables["articles"]), key=lambda each: (str(each.get("published_on", "")), each["article_id"])
    )
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
    store.write_atomically(target / "index.html", _index(pages).encode())
    return [target / "index.html", *written]


def _page(record: Mapping[str, Any], articles: Sequence[Mapping[str, Any]], held: Mapping[str, Any],
          tables: Mapping[str, pa.Table]) -> bytes:  # fmt: skip
    rows = [{**each, "rows": held.get(each["article_id"], {})} for each in articles]
    data = {
        "run": {name: record[name] for name in ("documents", "rejects", "settings")},
        "counts": {name: entry["rows"] for name, entry in record["tables"].items()},
        "documents": {each["document_id"]: each["path"] for each in _rows(tables["documents"])},
        "articles": rows,
        **{name: _used(tables[name], name, rows) for name in _DIMENSIONS},
        "docs": {
            name: {"doc": row.doc, "columns": {c.name: (c.en, c.zh) for c in columns(name)}}
            for name, row in TABLES.items()
        },
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    packed = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
    template = (_ASSETS / "report.html").read_text(encoding="utf8")
    return template.replace("{{packed}}", packed).encode()


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


def _index(pages: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    items = []
    for number, page in enumerate(pages, 1):
        days = [str(each["published_on"]) for each in page if "published_on" in each]
        span = f"{min(days)} – {max(days)}" if days else "no date · 日期不详"
        items.append(f'<li><a href="page-{number:04}.html">{html.escape(span)}</a> · {len(page):,} 篇 articles</li>')
    template = (_ASSETS / "index.html").read_text(encoding="utf8")
    return template.replace("{{pages}}", "\n".join(items))
