"""check: every damage made to an output is found and named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.check import check
from pipeline.run import run

from .conftest import SAMPLE

Change = Callable[[list[dict[str, Any]]], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    (folder / "raw").mkdir()
    (folder / "raw" / "2021-06-20.txt").write_text(SAMPLE, encoding="utf8")
    run(folder / "raw", folder / "out", locality="浙江省衢州市开化县", workers=0)
    return folder


def damage(out: Path, table: str, change: Change) -> None:
    """Rewrite a table in place, schema and metadata kept."""
    path = out / table / "part-0.parquet"
    old = pq.read_table(path)
    rows = old.to_pylist()
    change(rows)
    relaxed = pa.schema([f.with_nullable(True) for f in old.schema], metadata=old.schema.metadata)
    pq.write_table(pa.Table.from_pylist(rows, schema=relaxed), path)


def first(column: str, value: object) -> Change:
    return lambda rows: rows[0].__setitem__(column, value)


DAMAGES: list[tuple[str, Change, str]] = [
    ("figures", first("surface", "别的"), "figures.start_char: span does not hold"),
    ("dates", first("end_char", 10_000), "dates.start_char: span does not hold"),
    ("figures", first("qualifier", "?"), "figures.qualifier: value is not of the list"),
    ("place_mentions", first("score", 1.5), "place_mentions.score: value out of range"),
    ("posts", first("person_id", "h0"), "posts.person_id: no such row in people"),
    ("place_mentions", first("place_id", "p0"), "place_mentions.place_id: no such row in places"),
    ("articles", first("document_id", "d0"), "articles.document_id: no such row in documents"),
    ("people", lambda rows: rows.append(rows[0]), "people.person_id: key is not unique"),
    ("paragraphs", lambda rows: rows.reverse(), "paragraphs.article_id,ordinal: rows are not sorted"),
    ("dates", lambda rows: rows.pop(), "dates: the manifest says"),
    ("documents", first("path", None), "documents.path: null"),
    ("documents", first("source", ""), "documents.source: empty string"),
    ("dates", lambda rows: rows[0].update(start_date=rows[0]["end_date"].replace(year=2099)), "after end_date"),
]


def test_a_sound_output_has_no_problems(sound: Path) -> None:
    assert [str(p) for p in check(sound / "out", raw=sound / "raw")] == []


@pytest.mark.parametrize(("table", "change", "named"), DAMAGES, ids=[d[2][:40] for d in DAMAGES])
def test_damage_is_named(sound: Path, tmp_path: Path, table: str, change: Change, named: str) -> None:
    shutil.copytree(sound / "out", tmp_path / "out")
    damage(tmp_path / "out", table, change)
    assert any(named in str(p) for p in check(tmp_path / "out"))


@pytest.mark.parametrize("name", ["README.md", "figures/part-0.parquet", "figures/part-1.parquet"])
def test_a_file_that_the_run_did_not_write_is_named(sound: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(sound / "out", tmp_path / "out")
    with (tmp_path / "out" / name).open("ab") as file:
        file.write(b" ")
    assert any(f"{name} is not the file that the run wrote" in str(p) for p in check(tmp_path / "out"))


def test_missing_column_torn_file_and_changed_raw_are_named(sound: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(sound / "out", out)
    table = pq.read_table(out / "figures" / "part-0.parquet")
    pq.write_table(table.drop_columns(["unit"]), out / "figures" / "part-0.parquet")
    (out / "dates" / "part-0.parquet").write_bytes(b"PAR1")
    shutil.copytree(sound / "raw", tmp_path / "raw")
    dump = tmp_path / "raw" / "2021-06-20.txt"
    dump.write_text(dump.read_text(encoding="utf8").replace("红星", "红旗"), encoding="utf8")
    found = "\n".join(str(p) for p in check(out, raw=tmp_path / "raw"))
    assert "figures: columns differ from the schema" in found
    assert "part-0.parquet is damaged" in found
    assert "segments.raw_start_char: raw file differs" in found
