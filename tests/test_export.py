"""Exports open in other programs, whole, with real dates and without formulas."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from openpyxl import load_workbook

from pipeline import store
from pipeline.errors import OutputError, UsageError
from pipeline.export import WRITERS, defused, export
from pipeline.run import run
from pipeline.schema import columns


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    (folder / "raw").mkdir()
    text = "=1+1是公式吗\n\n2月3日，县农业农村局组织120名干部到红星镇帮助春耕。\n"
    (folder / "raw" / "2021-02-04.txt").write_text(text, encoding="utf8")
    run(folder / "raw", folder / "out", locality="浙江省衢州市开化县", workers=0)
    return folder / "out"


def wanted(out: Path, table: str) -> list[dict[str, object]]:
    return store.read_table(out, table).to_pylist()


def test_csv_opens_in_excel_and_runs_nothing(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "csv", "csv")
    assert (tmp_path / "csv" / "articles.csv").read_bytes().startswith("\ufeffarticle_id".encode())
    with (tmp_path / "csv" / "articles.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["text"] == defused(wanted(out, "articles")[0]["text"])
    assert row["published_on"] == "2021-02-04"


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1+1", "'=1+1"), ("+86", "'+86"), ("@a", "'@a"), ("-", "-"), ("=", "="), ("-1+1", "'-1+1"), ("\t=1", "'\t=1"), ("正文", "正文"), ("", ""), (-1, -1), (None, None)],
)  # fmt: skip
def test_formulas_are_defused(value: object, written: object) -> None:
    assert defused(value) == written


def test_a_workbook_holds_every_table_and_what_columns_mean(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "all.xlsx", "xlsx")
    book = load_workbook(tmp_path / "all.xlsx")
    assert set(book.sheetnames) == {"README", *store.manifest(out)["tables"]}
    head, *rows = book["articles"].iter_rows(values_only=True)
    assert rows[0][head.index("published_on")].date() == date(2021, 2, 4)
    assert rows[0][head.index("text")].startswith("=1+1")
    assert book["articles"].cell(2, head.index("text") + 1).data_type == "s"
    assert book["articles"].column_dimensions["A"].width > 16


def test_sqlite_holds_keys_that_hold_and_notes_for_datasette(out: Path, tmp_path: Path) -> None:
    database, notes = export(out, tmp_path / "county.sqlite", "sqlite").paths
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("SELECT count(*) FROM dates").fetchone() == (len(wanted(out, "dates")),)
    assert connection.execute("SELECT published_on FROM articles").fetchone() == ("2021-02-04",)
    connection.close()
    tables = json.loads(notes.read_text(encoding="utf8"))["databases"]["county"]["tables"]
    assert tables["dates"]["columns"]["timex_value"].startswith("TIMEX3")


def test_duckdb_keeps_types_and_comments(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "county.duckdb", "duckdb")
    with duckdb.connect(str(tmp_path / "county.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT published_on FROM articles").fetchone() == (date(2021, 2, 4),)
        (comment,) = connection.execute(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'figures' AND column_name = 'unit'"
        ).fetchone()
    assert "单位" in comment


def test_delta_keeps_types_and_comments(out: Path, tmp_path: Path) -> None:
    deltalake = pytest.importorskip("deltalake")
    assert export(out, tmp_path / "开化 delta", "delta").paths == (tmp_path / "开化 delta",)
    assert {path.name for path in (tmp_path / "开化 delta").iterdir()} == set(store.manifest(out)["tables"])
    table = deltalake.DeltaTable(tmp_path / "开化 delta" / "articles")
    assert [each["published_on"] for each in pa.table(table.to_pyarrow_table()).to_pylist()] == [date(2021, 2, 4)]
    assert {field.name for field in table.schema().fields if not field.nullable} == {
        c.name for c in columns("articles") if not c.nullable
    }
    assert (
        "在解码文件中的起点"
        in next(field for field in table.schema().fields if field.name == "raw_start_char").metadata["comment"]
    )
    assert "文章" in table.metadata().description


def test_without_its_extra_delta_says_how_to_get_it(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(UsageError, match=r"E007 .*pip install 'xianzhi\[delta\]'"):
        export(out, tmp_path / "x", "delta")
    assert list(tmp_path.iterdir()) == []


def test_jsonl_nests_the_rows_of_an_article(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "a.jsonl", "jsonl")
    (article,) = map(json.loads, (tmp_path / "a.jsonl").read_text(encoding="utf8").splitlines())
    assert [each["surface"] for each in article["dates"]] == [each["surface"] for each in wanted(out, "dates")]
    assert all(each["place"]["place_id"] == each["place_id"] for each in article["place_mentions"])


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_a_target_that_exists_is_left_alone(out: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / "there"
    target.write_text("mine", encoding="utf8")
    with pytest.raises(OutputError, match="E204"):
        export(out, target, form)
    assert target.read_text(encoding="utf8") == "mine"


def test_an_unknown_format_or_table(out: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one of csv"):
        export(out, tmp_path / "x", "spss")
    with pytest.raises(UsageError, match="no table 'figure'"):
        export(out, tmp_path / "x", "csv", ["figure"])
    assert list(tmp_path.iterdir()) == []
