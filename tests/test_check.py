"""check: every damage made to an output is found and named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import content, retrace, store
from pipeline.check import check
from pipeline.run import run
from pipeline.schema import TABLES, columns

from .conftest import SAMPLE

MORE = "佟墨林还看望了县人民医院的职工,医院占地20至30亩。\n"
Change = Callable[[list[dict[str, Any]]], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    (folder / "raw").mkdir()
    (folder / "raw" / "2021-06-20.txt").write_text(SAMPLE + MORE, encoding="utf8")
    run(folder / "raw", folder / "out", locality="浙江省衢州市开化县", workers=0)
    return folder


def damage(out: Path, table: str, change: Change) -> None:
    """Rewrite a table in place, schema and metadata kept, and own up to it in the manifest: only the rows can tell."""
    path = out / table / "part-0.parquet"
    old = pq.read_table(path)
    rows = old.to_pylist()
    change(rows)
    relaxed = pa.schema([f.with_nullable(True) for f in old.schema], metadata=old.schema.metadata)
    pq.write_table(pa.Table.from_pylist(rows, schema=relaxed), path)
    record = json.loads((out / "manifest.json").read_text(encoding="utf8"))
    record["tables"][table] |= {"rows": len(rows), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    (out / "manifest.json").write_text(json.dumps(record), encoding="utf8")


def first(column: str, value: object) -> Change:
    return lambda rows: rows[0].__setitem__(column, value)


def systematic() -> Iterator[tuple[str, Change, str]]:
    """For every column of every table what its declaration rules out."""
    for name, row in TABLES.items():
        yield name, lambda rows: rows.append(rows[0]), f"{name}.{','.join(row.key)}: key is not unique"
        for c in columns(name):
            where = f"{name}.{c.name}: "
            if not c.nullable:
                yield name, first(c.name, None), where + "null"
            if c.values:
                yield name, first(c.name, "?"), where + "value is not of the list"
            if c.low is not None:
                yield name, first(c.name, c.low - 1), where + "value out of range"
            if c.high is not None:
                yield name, first(c.name, c.high + 1), where + "value out of range"
            if c.to:
                yield name, first(c.name, "nobody"), where + f"no such row in {c.to}"
            if c.type == pa.string() and (name, c.name) != ("articles", "text"):
                yield name, first(c.name, ""), where + "empty string"
        if "surface" in (names := [c.name for c in columns(name)]):
            yield name, first("surface", "别的"), f"{name}.start_char: span does not hold"
        if "start_char" in names:
            yield name, first("end_char", 10_000), f"{name}.start_char: span does not hold"


DAMAGES: list[tuple[str, Change, str]] = [
    *systematic(),
    ("paragraphs", lambda rows: rows.reverse(), "paragraphs.article_id,ordinal: rows are not sorted"),
    ("dates", lambda rows: rows[0].update(start_date=rows[0]["end_date"].replace(year=2099)), "after end_date"),
    ("people", lambda rows: rows[0].update(first_seen=date(2099, 1, 1)), "after last_seen"),
    ("figures", lambda rows: rows[0].update(value_max=-1.0), "after value_max"),
    ("articles", first("text", "别的"), "articles.n_chars: does not fit"),
    ("articles", first("published_from", None), "articles.published_from: does not fit"),
    ("articles", first("raw_end_char", 10_000), "articles.raw_end_char: does not fit"),
    ("articles", lambda rows: rows.pop(), "documents.n_articles: does not fit"),
    ("documents", first("error", "E101 empty"), "documents.error: does not fit"),
    ("documents", first("sha256", "0" * 64), "documents.path: inputs of the run differ"),
    ("documents", first("path", "elsewhere.txt"), "documents.path: inputs of the run differ"),
    ("documents", lambda rows: rows.pop(), "documents.path: inputs of the run differ"),
    ("documents", first("status", "duplicate"), "documents.status: counts of the manifest differ"),
    ("people", first("n_articles", 99), "people.n_articles: does not fit"),
    ("person_mentions", lambda rows: rows.clear(), "people.n_articles: does not fit"),
    ("posts", first("name", "别人"), "posts.name: does not fit"),
    ("place_mentions", lambda rows: rows[0].update(start_char=rows[0]["end_char"]), "span does not hold"),
]


def test_a_sound_output_has_no_problems(sound: Path) -> None:
    assert [str(p) for p in check(sound / "out", raw=sound / "raw")] == []


@pytest.mark.parametrize(("table", "change", "named"), DAMAGES, ids=[d[2][:60] for d in DAMAGES])
def test_damage_is_named(sound: Path, tmp_path: Path, table: str, change: Change, named: str) -> None:
    shutil.copytree(sound / "out", tmp_path / "out", ignore=shutil.ignore_patterns(".xianzhi"))
    damage(tmp_path / "out", table, change)
    assert any(named in str(p) for p in check(tmp_path / "out"))


def test_another_dictionary_and_other_counts_are_named(sound: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(sound / "out", out)
    path = out / "figures" / "part-0.parquet"
    table = pq.read_table(path)
    other = table.schema.field("unit").with_metadata({"description": "something else"})
    pq.write_table(table.cast(table.schema.set(table.schema.get_field_index("unit"), other)), path)
    record = json.loads((out / "manifest.json").read_text(encoding="utf8"))
    record["tables"]["dates"]["rows"] += 1
    (out / "manifest.json").write_text(json.dumps(record), encoding="utf8")
    found = "\n".join(map(str, check(out)))
    assert "figures: dictionary differs from the schema" in found
    assert "figures/part-0.parquet is not the file that the run wrote" in found
    assert "dates: the manifest says" in found


@pytest.mark.parametrize("name", ["README.md", "inputs.parquet", "figures/part-0.parquet", "figures/part-1.parquet"])
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
    assert "part-0.parquet is damaged or gone" in found
    assert "segments.raw_start_char: raw file differs" in found


@pytest.mark.parametrize(("table", "change", "named"), DAMAGES[::9], ids=[d[2][:60] for d in DAMAGES[::9]])
def test_a_table_in_pieces_has_the_problems_of_the_whole(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, change: Change, named: str
) -> None:
    shutil.copytree(sound / "out", tmp_path / "out", ignore=shutil.ignore_patterns(".xianzhi"))
    damage(tmp_path / "out", table, change)
    whole = {str(each) for each in check(tmp_path / "out")}
    monkeypatch.setattr(store, "_PIECE", 2)
    assert {str(each) for each in check(tmp_path / "out")} == whole
    assert any(named in each for each in whole)


@pytest.mark.parametrize("window", [20, 100, 10**6])
def test_segments_are_followed_a_window_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for n in range(3):
        (raw / f"2021-06-{n + 1:02}.txt").write_text(
            f"第{n}期\n\n" + SAMPLE + MORE + "\n\n" + SAMPLE.replace("红星", "东风"), encoding="utf8"
        )
    run(raw, out, workers=0)
    monkeypatch.setattr(retrace, "_WINDOW", window)
    monkeypatch.setattr(content, "HELD", 100)
    assert list(check(out, raw=raw)) == []
    text = (raw / "2021-06-02.txt").read_text(encoding="utf8")
    (raw / "2021-06-02.txt").write_text(text.replace("医院占地", "医院占低"), encoding="utf8")
    (raw / "2021-06-03.txt").unlink()
    (problem,) = check(out, raw=raw)
    segments = store.read_table(out, "segments")
    articles = {row["article_id"]: row["document_id"] for row in store.read_table(out, "articles").to_pylist()}
    kept = next(
        row["document_id"] for row in store.read_table(out, "documents").to_pylist() if row["path"].endswith("01.txt")
    )
    assert problem.rows == sum(articles[each] != kept for each in segments["article_id"].to_pylist())
