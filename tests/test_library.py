"""The library: the rows of one text, tables as DataFrames, an output as a database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

import pipeline
from pipeline import connect, extract_text, load
from pipeline.errors import UsageError
from pipeline.run import run
from pipeline.schema import TABLES, columns
from pipeline.store import manifest, read_table

SNAPSHOTS = Path(__file__).parent / "snapshots"
GOLDEN = [path for path in SNAPSHOTS.iterdir() if path.is_dir()]
TEXT = "6月18日,县长佟墨林到开化县音坑乡调研,要求今年建成高标准农田约1.2万亩。"


def test_public_names_are_sorted_and_there() -> None:
    assert pipeline.__all__ == sorted(pipeline.__all__)
    assert all(hasattr(pipeline, name) for name in pipeline.__all__)


def test_extract_text_gives_rows_with_offsets_into_the_text() -> None:
    rows = extract_text(TEXT, published="2021-06-20", locality="浙江省衢州市开化县")
    assert set(rows) == set(TABLES) - {"documents"}
    (figure,) = rows["figures"]
    assert (figure.value, figure.unit, figure.qualifier) == (12000.0, "亩", "~")  # type: ignore[attr-defined]
    assert TEXT[figure.start_char : figure.end_char] == "约1.2万亩"  # type: ignore[attr-defined]
    assert [d.start_date for d in rows["dates"]] == [date(2021, 6, 18), date(2021, 1, 1)]  # type: ignore[attr-defined]
    (post,) = rows["posts"]
    assert (post.name, post.post) == ("佟墨林", "县长")  # type: ignore[attr-defined]
    assert post.person_id == rows["people"][0].person_id  # type: ignore[attr-defined]
    paths = {p.path for p in rows["places"]}  # type: ignore[attr-defined]
    assert "浙江省/衢州市/开化县/音坑乡" in paths


@pytest.mark.parametrize("text", ["", "\n\n", "。", "abc", "1" * 500, "\ud800", "第" * 300])
def test_extract_text_takes_any_text(text: str) -> None:
    extract_text(text)


def test_extract_text_names_what_it_does_not_understand() -> None:
    with pytest.raises(UsageError, match=r"E003.*不存在"):
        extract_text(TEXT, locality="不存在")
    with pytest.raises(UsageError, match=r"E003.*2021-13-01"):
        extract_text(TEXT, published="2021-13-01")


def test_load_gives_real_dates_and_strings(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out", workers=0)
    dates = load(tmp_path / "out", "dates")
    assert str(dates["start_date"].dtype) == "date32[day][pyarrow]"
    assert dates["start_date"].dropna().iloc[0] == date(2021, 6, 18)
    with pytest.raises(UsageError, match="E005"):
        load(tmp_path / "out", "nothing")


def test_connect_gives_views_with_comments(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out", workers=0)
    with connect(tmp_path / "out") as connection:
        names = {row[0] for row in connection.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
        assert names == set(TABLES)
        sql = "SELECT comment FROM duckdb_columns() WHERE table_name = 'figures' AND column_name = 'unit'"
        ((comment,),) = connection.sql(sql).fetchall()
        assert "单位" in comment
        assert connection.sql("SELECT count(*) FROM posts JOIN people USING (person_id)").fetchall() != [(0,)]


def test_every_reader_sees_the_same_rows(raw: Path, tmp_path: Path) -> None:
    """The same rows, types and sums; codes keep their zeros; every column can be named in SQL as it is."""
    run(raw, tmp_path / "out", workers=0)
    for name in TABLES:
        folder = tmp_path / "out" / name
        want = read_table(tmp_path / "out", name).to_pylist()
        assert load(tmp_path / "out", name).convert_dtypes(dtype_backend="pyarrow").shape == (len(want), len(columns(name)))  # fmt: skip
        assert pl.read_parquet(folder / "*.parquet").to_dicts() == want
        assert pq.read_table(folder / "part-0.parquet").to_pylist() == want
        sql = f"SELECT {', '.join(c.name for c in columns(name))} FROM '{folder}/*.parquet'"
        assert duckdb.sql(sql).to_arrow_table().to_pylist() == want
        for backend in ("pyarrow", "numpy_nullable"):
            frame = pd.read_parquet(folder, dtype_backend=backend)  # type: ignore[call-overload]
            found = [{k: None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]
            assert found == want
    codes = {row["code"] for row in read_table(tmp_path / "out", "places").to_pylist() if row["code"]}
    assert codes
    assert {len(code) for code in codes} <= {2, 4, 6, 9, 12}


@pytest.mark.parametrize("version", sorted(path.name for path in GOLDEN), ids=str)
def test_an_output_of_every_version_loads(version: str) -> None:
    """As it was written when the version was new; a column may have been added since."""
    out = SNAPSHOTS / version
    for name in manifest(out)["tables"]:
        found = load(out, name)
        assert set(found.columns) <= {c.name for c in columns(name)}
        assert len(found) == manifest(out)["tables"][name]["rows"]
    (post,) = (each for each in load(out, "posts").to_dict("records") if each["name"] == "裴书砚")
    assert post["post"] == "副县长"
    with connect(out) as connection:
        assert connection.sql("SELECT count(*) FROM figures JOIN articles USING (article_id)").fetchall() == [(3,)]


def test_the_dictionary_s_snippets_run(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(raw, tmp_path / "out", workers=0)
    monkeypatch.chdir(tmp_path / "out")
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf8")
    snippets = [part.split("```")[0] for part in text.split("```python\n")[1:]]
    assert len(snippets) == 4
    for snippet in snippets:
        exec(compile(snippet, "README.md", "exec"), {})
