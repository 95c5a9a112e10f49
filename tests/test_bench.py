"""The bench: what it measures and how it is told; and the benchmarks that hold the promises of docs/scale.md (`make bench`)."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

import cli as command_line
from pipeline import store
from pipeline.bench import Measurement, bench, chart, estimate, lines, own_text, ratios, report
from pipeline.errors import UsageError
from pipeline.inputs import Inputs
from pipeline.run import run
from pipeline.schema import arrow_schema

FOUND = [
    Measurement("xianzhi, bytes to tables", "whole", 100_000, 2.0, 0.6, 200, output_mb=0.5, shards_mb=1.0),
    Measurement("split", "stage", 100_000, 0.5),
    Measurement("people", "extractor", 100_000, 1.0),
    Measurement("jieba.cut", "peer", 500_000, 5.0, 0.8, 170),
    Measurement("peer cpca: no such thing", "failed", 0, 0.0),
]


def test_a_ratio_says_how_many_times_as_fast_the_whole_run_is() -> None:
    assert ratios(FOUND) == {"jieba.cut": 0.5}
    assert report(FOUND)["measurements"][0]["speed"] == 50_000
    shown = list(lines(FOUND))
    assert "0.50 ×" in next(line for line in shown if line.startswith("jieba.cut"))
    assert shown[-1] == "not measured: peer cpca: no such thing"


def test_a_peer_that_is_not_installed_is_named_with_the_way_to_install_it() -> None:
    *_, told = lines([*FOUND, Measurement("Recognizers-Text, 7 models", "absent", 0, 0.0)])
    assert told == "not installed (pip install -e '.[bench]'): Recognizers-Text, 7 models"


def test_an_archive_is_extrapolated_from_the_whole_run() -> None:
    told = "\n".join(estimate(FOUND))
    assert "16,800,000 files, 2.52e+11 characters" in told
    assert "1,400 core hours at 50,000" in told
    assert "33,600,000 files" in told


def test_the_chart_has_a_bar_a_tool() -> None:
    drawn = chart(FOUND)
    assert drawn.count("<rect") == 2
    assert chart([]).startswith("<svg")


def test_our_own_text_is_long_enough(tmp_path: Path) -> None:
    raw = own_text(tmp_path)
    assert sum(len(path.read_text(encoding="utf8")) for path in raw.glob("*.txt")) > 100_000
    assert (raw / "sources.csv").exists()


def test_a_peer_that_is_not_known_is_refused(raw: Path) -> None:
    with pytest.raises(UsageError, match="E003"):
        bench(raw, peers=["a faster tool"])


@pytest.mark.slow
def test_the_command_measures_the_run_its_stages_and_a_peer(raw: Path, tmp_path: Path) -> None:
    options = [
        "--raw",
        raw,
        "--seconds",
        "0.1",
        "--peer",
        "jieba.cut",
        "--json",
        "--estimate",
        "--chart",
        tmp_path / "b.svg",
    ]
    done = CliRunner().invoke(command_line.app, ["bench", *map(str, options)])
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    kinds = [each["kind"] for each in told["measurements"]]
    assert (kinds[0], kinds[-1]) == ("whole", "peer")
    assert {"stage", "extractor"} <= set(kinds)
    assert told["ratios"].keys() == {"jieba.cut"}
    assert told["estimate"]
    assert (tmp_path / "b.svg").read_text(encoding="utf8").startswith("<svg")


@pytest.mark.slow
def test_what_fails_is_told_and_is_exit_status_1(tmp_path: Path) -> None:
    done = CliRunner().invoke(command_line.app, ["bench", "--raw", str(tmp_path / "nothing")])
    assert done.exit_code == 1
    assert "not measured: whole" in done.stdout


# Benchmarks: they need a machine that does nothing else


def copies(folder: Path, n: int) -> Path:
    """Our own text n times, each time other bytes."""
    own, raw = own_text(folder), folder / f"raw-{n}"
    head, *told = (own / "sources.csv").read_text(encoding="utf8").splitlines()
    for k in range(n):
        (raw / str(k)).mkdir(parents=True)
        for path in own.glob("*.txt"):
            (raw / str(k) / path.name).write_text(f"{path.read_text(encoding='utf8')}\n第{k}号\n", encoding="utf8")
    lines = [head, *(f"{k}/{line}" for k in range(n) for line in told)]
    (raw / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf8")
    return raw


@pytest.mark.benchmarks
def test_cost_is_linear_in_the_input(tmp_path: Path) -> None:
    run(copies(tmp_path / "warm", 1), tmp_path / "warm" / "out", workers=0)
    sizes, costs = [1, 2, 4, 8, 16], []
    for n in sizes:
        raw, began = copies(tmp_path / str(n), n), time.process_time()
        run(raw, tmp_path / str(n) / "out", workers=0)
        costs.append(time.process_time() - began)
    assert np.polyfit(np.log(sizes), np.log(costs), 1)[0] <= 1.05


@pytest.mark.benchmarks
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_two_workers_are_nearly_twice_as_fast_as_one(tmp_path: Path) -> None:
    raw, took = copies(tmp_path, 8), list[float]()
    for workers in (1, 2):
        began = time.monotonic()
        run(raw, tmp_path / f"out-{workers}", workers=workers)
        took.append(time.monotonic() - began)
    assert took[0] / took[1] >= 1.8


FIGURES, ARTICLES, POSTS, COUNTIES = 10_000_000, 1_200_000, 3_500_000, 2_800


def picked(values: list[Any], kind: pa.DataType, picks: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(picks.astype(np.int32)), pa.array(values, kind)).cast(kind)


def table(name: str, n: int, rng: np.random.Generator, known: dict[str, pa.Array]) -> pa.Table:
    """n rows of the real schema: the columns given, and for the others a thousand different values each."""
    columns = []
    for field in arrow_schema(name):
        if field.name in known:
            columns.append(known[field.name])
        elif pa.types.is_string(field.type):
            columns.append(picked([f"{field.name}{i}" for i in range(1000)], field.type, rng.integers(0, 1000, n)))
        elif pa.types.is_date(field.type):
            columns.append(pa.array(rng.integers(12_000, 19_000, n).astype(np.int32)).cast(field.type))
        else:
            columns.append(pa.array(rng.integers(0, 5000, n)).cast(field.type))
    return pa.Table.from_arrays(columns, schema=arrow_schema(name))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output of 10^7 figures, published by the store; skewed as names and units are."""
    out, rng = tmp_path_factory.mktemp("archive"), np.random.default_rng(7)
    ids = pa.array([f"{i * 0x9E3779B97F4A7C15 % 2**64:016x}" for i in range(ARTICLES)])
    paths = [f"省{i // 100}/市{i // 10}/县{i}" for i in range(COUNTIES)]
    units = ["人", "元", "亩", "户", "公里", "吨", *(f"单位{i}" for i in range(200))]

    def skewed(n: int, most: int) -> np.ndarray:
        return (rng.zipf(1.3, n) - 1) % most

    articles = table("articles", ARTICLES, rng, {
        "article_id": ids, "text": pa.array([""] * ARTICLES), "locality_path": picked(paths, pa.string(), rng.integers(0, COUNTIES, ARTICLES)),
    })  # fmt: skip
    figures = table("figures", FIGURES, rng, {
        "article_id": ids.take(pa.array(rng.integers(0, ARTICLES, FIGURES))), "unit": picked(units, pa.string(), skewed(FIGURES, len(units))),
    })  # fmt: skip
    people = [f"p{i:015x}" for i in range(300_000)]
    posts = table("posts", POSTS, rng, {
        "article_id": ids.take(pa.array(rng.integers(0, ARTICLES, POSTS))), "person_id": picked(people, pa.string(), skewed(POSTS, len(people))),
    })  # fmt: skip
    store.open_output(out)
    made = {"articles": articles, "figures": figures, "posts": posts}
    record = {
        "tool": "xianzhi",
        "tables": {name: {"run_id": "r", "rows": rows.num_rows} for name, rows in made.items()},
    }
    store.publish(
        out,
        {name: ("r", [rows]) for name, rows in made.items()},
        manifest=record,
        readme="",
        inputs=Inputs.of(()).table,
    )
    return out


@pytest.mark.benchmarks
@pytest.mark.parametrize(
    "question",
    [
        "SELECT locality_path, year(published_on) AS y, sum(value) FROM '{out}/figures/*.parquet' JOIN '{out}/articles/*.parquet' USING (article_id) WHERE unit = '亩' GROUP BY ALL",
        "SELECT * FROM '{out}/posts/*.parquet' WHERE person_id = 'p000000000000007' ORDER BY article_id",
    ],
    ids=["mu by county and year", "posts of a person"],
)
def test_ten_million_figures_answer_in_a_second(archive: Path, question: str) -> None:
    with duckdb.connect() as connection:
        times = []
        for _ in range(3):
            began = time.monotonic()
            assert connection.sql(question.format(out=archive)).fetchall()
            times.append(time.monotonic() - began)
    assert min(times) < 1
