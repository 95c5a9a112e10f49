"""What tables and columns mean, in English and Chinese, derived from `schema`: README.md of an output, comments in SQL."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from .errors import CODES
from .schema import TABLES, Column, columns

_LOADING = """\
## Loading · 读取

```python
import pandas as pd
figures = pd.read_parquet("figures", dtype_backend="pyarrow")   # pandas: real date types
```

```python
import polars as pl
posts = pl.read_parquet("posts/*.parquet")                      # polars
```

```python
import duckdb                                                   # DuckDB
duckdb.sql("SELECT unit, sum(value) FROM 'figures/*.parquet' GROUP BY unit ORDER BY 2 DESC").show()
```

```python
from pipeline import connect, load                              # xianzhi itself
load(".", "posts")            # a DataFrame with real date types
connect(".").sql("FROM posts JOIN articles USING (article_id) SELECT name, post, published_on")
```
"""


def readme(record: Mapping[str, Any]) -> str:
    """README.md of an output folder: what it holds, how to load it, every column. Shape: one Markdown text."""
    return "\n".join([*_head(record), _LOADING, *_tables(record)])


def reference() -> str:
    """All tables that there can be, for the documentation."""
    head = [
        "# Tables · 数据表\n",
        "Made by `make docs` from the code. Each table is a folder of Parquet files; offsets are Unicode code points, half-open, into `articles.text`.",
        "Null means “not stated”. 由代码生成；位置均为 `articles.text` 中的码位（左闭右开），空值表示原文未说明。\n",
        "| table · 表 | one row is · 每行为 |\n| --- | --- |",
        *(f"| [{name}](#{name}) | {row.doc[0]} · {row.doc[1]} |" for name, row in TABLES.items()),
    ]
    return "\n".join([*head, *(line for name in TABLES for line in _columns(name)), ""])


def comments(name: str, kind: str, held: Container[str]) -> Iterator[str]:
    """SQL statements of DuckDB that attach the descriptions to a TABLE or VIEW and those of its columns that it holds: an older output has fewer."""
    yield f"COMMENT ON {kind} {name} IS {_quoted(' · '.join(TABLES[name].doc))}"
    for column in columns(name):
        if column.name in held:
            yield f"COMMENT ON COLUMN {name}.{column.name} IS {_quoted(f'{column.en} · {column.zh}')}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _head(record: Mapping[str, Any]) -> Iterator[str]:
    yield "# xianzhi output · 县志输出\n"
    yield "Normalised tables from dumps of local news. Written by xianzhi; `manifest.json` is the record of the run, `inputs.parquet` the list of raw files."
    yield "由 xianzhi 从地方新闻文本生成的规范化数据表;`manifest.json` 为运行记录,`inputs.parquet` 为原始文件清单。\n"
    yield "Offsets are Unicode code points, half-open, into `articles.text`. Null means “not stated”."
    yield "位置均为 `articles.text` 中的码位(左闭右开)。空值表示原文未说明。\n"
    yield "Documents · 文件: " + ", ".join(f"{n} {status}" for status, n in record["documents"].items()) + "\n"
    if record.get("settings", {}).get("private_names", "keep") != "keep":
        yield "Names of people without a public post are hidden here, but not in the work folder `.xianzhi`: leave it out when you pass this on."
        yield "无公职人员的姓名在此已隐去,但工作目录 `.xianzhi` 中仍存原文:对外提供时请勿附带。\n"
    if record["rejects"]:
        yield "| rejected · 拒收 | code · 代码 | meaning · 含义 |\n| --- | --- | --- |"
        for path, reason in record["rejects"]:
            code = reason.split(" ", 1)[0]
            yield f"| {_cell(path)} | {code} | {_cell(CODES.get(code, reason))} |"
        yield ""


def _tables(record: Mapping[str, Any]) -> Iterator[str]:
    yield "## Tables · 数据表\n\n| table · 表 | rows · 行数 | one row is · 每行为 |\n| --- | --- | --- |"
    present = [name for name in TABLES if name in record["tables"]]
    for name in present:
        en, zh = TABLES[name].doc
        yield f"| [{name}](#{name}) | {record['tables'][name]['rows']:,} | {en} · {zh} |"
    for name in present:
        yield from _columns(name)
    yield ""


def _columns(name: str) -> Iterator[str]:
    yield f"\n## {name}\n\nKey · 主键: {', '.join(f'`{key}`' for key in TABLES[name].key)}\n"
    yield "| column · 列 | type · 类型 | English | 中文 |\n| --- | --- | --- | --- |"
    for column in columns(name):
        yield f"| {column.name} | {column.type}{' or null' if column.nullable else ''} | {_cell(column.en + _notes(column))} | {_cell(column.zh)} |"


def _notes(column: Column) -> str:
    return (f" (one of {', '.join(column.values)})" if column.values else "") + (f" → {column.to}" if column.to else "")


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
