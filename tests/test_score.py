"""The scores: definitions on small cases, agreement with a second scorer where there is one, dumps, floors."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import floors as floors_of
from pipeline import gold as gold_files
from pipeline import score, store
from pipeline.errors import QualityError, UsageError
from pipeline.inputs import Inputs
from pipeline.run import run
from pipeline.schema import (
    ArticleRow,
    BylineRow,
    DateRow,
    DocumentRow,
    FigureRow,
    ParagraphRow,
    PersonMentionRow,
    PersonRow,
    PlaceMentionRow,
    PlaceRow,
    PostRow,
    Row,
    to_arrow,
)

SHARED = Path(__file__).parents[2] / "shared"
SECOND = SHARED / "eval" / "score.py"
PROJECT = Path(__file__).parents[1]

GOLD: dict[str, Any] = {
    "id": "a-01", "locality": "江西省九江市修水县", "published": "2023-05-06", "title": "山泉引到家 村民笑开颜",
    "paragraphs": ["5月4日，县水利局局长方沐安到石坳乡查看管网，共铺设约12公里。", "年底前还有300户通水。"],
    "bylines": [{"role": "记者", "name": "叶知秋"}],
    "people": [{"name": "方沐安", "official": True, "posts": ["县水利局局长"]}, {"name": "柳大壮", "official": False, "posts": []}],
    "places": [{"name": "石坳乡", "kind": "admin", "path": "江西省/九江市/修水县/石坳乡"}, {"name": "清水塘", "kind": "site", "path": None}],
    "dates": [{"surface": "5月4日", "start": "2023-05-04", "end": "2023-05-04", "value": "2023-05-04"},
              {"surface": "年底前", "start": None, "end": "2023-12-31", "value": "2023-12"}],
    "figures": [{"surface": "约12公里", "value": 12, "unit": "公里", "qualifier": "~", "item": "管网", "subject": "石坳乡"},
                {"surface": "300户", "value": 300, "unit": "户", "qualifier": "=", "item": None, "subject": None}],
}  # fmt: skip


def write(out: Path, rows: Iterable[Row]) -> Path:
    """An output folder with these rows."""
    tables: dict[str, list[Row]] = {
        name: []
        for name in (
            "documents",
            "articles",
            "paragraphs",
            "bylines",
            "people",
            "person_mentions",
            "posts",
            "places",
            "place_mentions",
            "dates",
            "figures",
        )
    }
    for row in rows:
        tables[row.table].append(row)
    arrow = {name: ("r", to_arrow(name, each)) for name, each in tables.items()}
    store.open_output(out)
    record = {
        "tool": "xianzhi",
        "tables": {name: {"run_id": "r", "rows": table.num_rows} for name, (_, table) in arrow.items()},
    }
    store.publish(
        out,
        {name: (run_id, [table]) for name, (run_id, table) in arrow.items()},
        manifest=record,
        readme="",
        inputs=Inputs.of([]).table,
    )
    return out


def article(
    article_id: str, document: str, title: str | None, *, path: str | None = None, ordinal: int = 0, text: str = ""
) -> ArticleRow:
    return ArticleRow(
        article_id, document, ordinal, "news", title, None, None, text, len(text), None, None, None, path, 0, len(text)
    )


def document(document_id: str, path: str) -> DocumentRow:
    return DocumentRow(document_id, path, "0" * 64, "utf-8", 1, 1, 1, None, None, None, "ok", None)


def rows(**changes: Any) -> list[Row]:
    """What a run finds in GOLD: everything right, but for the changes."""
    c = {"title": GOLD["title"], "post": "县水利局局长", "public": True, "unit": "公里", "value": 12.0, "item": "供水管网", "end": date(2023, 5, 4),
         "path": "江西省/九江市/修水县/石坳乡", "person": "柳大壮"} | changes  # fmt: skip
    return [
        document("d", "a-01.txt"),
        article("A", "d", c["title"], path="江西省/九江市/修水县"),
        BylineRow("A", 0, "记者", "叶知秋", 0, 3),
        PersonRow("p1", "方沐安", True, 1, None, None), PersonRow("p2", c["person"], False, 1, None, None),
        PersonMentionRow("A", 1, 4, "方沐安", "p1", "post", 1.0), PersonMentionRow("A", 9, 12, c["person"], "p2", "list", 1.0),
        PostRow("A", "p1", "方沐安", c["post"], None, None, "局长", "county", None, c["public"], "current", 1, 4),
        PlaceRow("s", "石坳乡", "admin", "township", None, None, c["path"], None, None),
        PlaceRow("q", "清水塘", "site", None, None, None, None, None, None),
        PlaceMentionRow("A", 1, 4, "石坳乡", "s", "gazetteer", 1.0), PlaceMentionRow("A", 5, 8, "清水塘", "q", "suffix", 1.0),
        DateRow("A", 0, 4, "5月4日", "DATE", "2023-05-04", date(2023, 5, 4), c["end"], "day", "published"),
        DateRow("A", 7, 10, "年底前", "DATE", "2023-12", None, date(2023, 12, 31), "month", "published"),
        FigureRow("A", 0, 5, "约12公里", c["value"], None, c["unit"], None, None, None, None, "~", c["item"], "石坳乡", None),
        FigureRow("A", 7, 11, "300户", 300.0, None, "户", None, None, None, None, "=", None, None, None),
    ]  # fmt: skip


def gold_file(folder: Path, articles: Iterable[Any] = (GOLD,), name: str = "gold.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in articles), encoding="utf8")
    return path


def scored(tmp_path: Path, **changes: Any) -> score.Scores:
    return score.score(gold_file(tmp_path), write(tmp_path / "out", rows(**changes)))


def test_a_perfect_output_is_perfect_everywhere(tmp_path: Path) -> None:
    assert {name: floors_of.headline(row) for name, row in scored(tmp_path).items()} == dict.fromkeys(
        (*score._TALLIES, *score._SHARES), 1.0
    )


@pytest.mark.parametrize(
    ("change", "measure", "want"),
    [
        ({"title": "山泉引到家　村民笑开颜"}, "title", 1.0),  # white space and width do not count
        ({"title": "山泉引到家"}, "title", 0.0),
        ({"post": "水利局局长"}, "posts", 0.0),
        ({"public": False}, "officials", 0.0),
        ({"person": "柳大"}, "people", 0.5),
        ({"unit": "千米"}, "figure_value", 1.0),
        ({"unit": "米"}, "figure_value", 0.5),
        ({"value": 12.02}, "figure_value", 1.0),
        ({"value": 12.1}, "figures_strict", 0.5),
        ({"item": "管"}, "figure_item", 1.0),
        ({"item": None}, "figure_item", 0.0),
        ({"end": None}, "date_value", 0.5),
        ({"path": "江西省/九江市"}, "place_path", 0.0),
    ],
)
def test_a_measure_tells_what_is_wrong(tmp_path: Path, change: dict[str, Any], measure: str, want: float) -> None:
    assert floors_of.headline(scored(tmp_path, **change)[measure]) == want


def test_errors_say_what_was_missed_and_invented(tmp_path: Path) -> None:
    measures = score.measure([GOLD], write(tmp_path / "out", rows(post="局长")))
    assert measures.tally["posts"].errors == ["a-01 - ('方沐安', '县水利局局长')", "a-01 + ('方沐安', '局长')"]


def test_a_missing_document_counts_as_missed(tmp_path: Path) -> None:
    scores = score.score(gold_file(tmp_path), write(tmp_path / "out", []))
    assert scores["dates"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "gold": 2, "found": 0}


def test_an_unknown_year(tmp_path: Path) -> None:
    gold = GOLD | {
        "published": None,
        "dates": [{"surface": "5月4日", "start": "XXXX-05-04", "end": "XXXX-05-04", "value": "XXXX-05-04"}],
    }
    found = [*rows()[:2], DateRow("A", 0, 4, "5月4日", "DATE", "XXXX-05-04", None, None, "day", None)]
    assert score.measure([gold], write(tmp_path / "out", found)).rows()["date_value"] == {"accuracy": 1.0, "n": 1}


@pytest.mark.parametrize("text", ["", "{", '{"id": 1'])
def test_a_broken_gold_file_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gold.jsonl"
    if text:
        path.write_text(text, encoding="utf8")
    with pytest.raises(UsageError, match="E005"):
        gold_files.read_gold(path)


def test_split_measures(tmp_path: Path) -> None:
    issues = tmp_path / "issues"
    second = GOLD | {"id": "a-02", "title": "稻田养鱼", "paragraphs": ["一田两用好收成。"]}
    gold = gold_file(tmp_path, [GOLD, second])
    gold_files.issues(gold, issues)
    texts = ["\n".join([each["title"], *each["paragraphs"]]) for each in (GOLD, second)]
    found: list[Row] = [document("d", "issue-00.txt")]
    for ordinal, (text, each) in enumerate(zip(texts, (GOLD, second), strict=True)):
        found.append(article(f"A{ordinal}", "d", each["title"], ordinal=ordinal, text=text))
        start = 0
        for position, line in enumerate(text.split("\n")):
            found.append(
                ParagraphRow(f"A{ordinal}", position, "body" if position else "title", start, start + len(line))
            )
            start += len(line) + 1
    scores = score.score_split(gold, write(tmp_path / "out", found), issues)
    assert {name: floors_of.headline(row) for name, row in scores.items()} == dict.fromkeys(score._SPLIT, 1.0)
    joined = [row for row in found if not (isinstance(row, ArticleRow) and row.ordinal == 1)]
    assert score.score_split(gold, write(tmp_path / "out", joined), issues)["boundaries"]["recall"] == 0.5


def test_dumps_hold_all_of_the_gold(tmp_path: Path) -> None:
    gold_files.dumps(gold_file(tmp_path), tmp_path / "raw")
    assert (tmp_path / "raw" / "a-01.txt").read_text(encoding="utf8") == "\n\n".join(
        [GOLD["title"], *GOLD["paragraphs"]]
    ) + "\n"
    assert (tmp_path / "raw" / "sources.csv").read_text(encoding="utf8").splitlines()[
        1
    ] == "a-01.txt,2023-05-06,江西省九江市修水县,"


def test_issues_lose_no_character(tmp_path: Path) -> None:
    long = "".join(f"村里第{n}口井打到了水层" for n in "甲乙丙丁戊己庚辛") + "。"
    articles = [
        GOLD | {"id": f"a-{n}", "title": f"第{n}篇", "paragraphs": [long, *GOLD["paragraphs"]]} for n in range(9)
    ]
    gold_files.issues(gold_file(tmp_path, articles), tmp_path / "raw")
    text = "".join(path.read_text(encoding="utf8") for path in sorted((tmp_path / "raw").glob("*.txt")))
    want = "".join(each["title"] + "".join(each["paragraphs"]) for each in articles)
    assert score.plain(text) == score.plain(want)
    assert 0 < text.count(long) < 9  # some are cut by a column break
    assert len(json.loads((tmp_path / "raw" / "issues.json").read_text(encoding="utf8"))) == 3


# Floors


def test_a_fall_is_refused(tmp_path: Path) -> None:
    gold, floors = gold_file(tmp_path), tmp_path / "floors.json"
    good, bad = scored(tmp_path), scored(tmp_path, post="局长")
    kept = floors_of.raise_floors(floors, gold, good)
    floors_of.gate(good, kept, gold)
    with pytest.raises(QualityError, match=r"posts 0.0000 < 1.0000"):
        floors_of.gate(bad, kept, gold)
    before = floors.read_bytes()
    with pytest.raises(QualityError, match="E501"):
        floors_of.raise_floors(floors, gold, bad)
    assert floors.read_bytes() == before
    assert floors_of.raise_floors(floors, gold, bad, allow_regression=True).least["posts"] == 0.0
    assert floors_of.read_floors(floors)["gold.jsonl"].sha256 == floors_of.fingerprint(gold)


@pytest.mark.parametrize(("reached", "falls"), [(0.9, False), (0.8995, False), (0.8994, True), (0.95, False)])
def test_the_tolerance(tmp_path: Path, reached: float, falls: bool) -> None:
    gold, path = gold_file(tmp_path), tmp_path / "floors.json"
    floors = floors_of.raise_floors(path, gold, {"dates": {"f1": 0.9}, "locality": {"accuracy": 1.0}})
    results = {"dates": {"f1": reached}, "locality": {"accuracy": 1.0}}
    if falls:
        with pytest.raises(QualityError):
            floors_of.gate(results, floors)
    else:
        floors_of.gate(results, floors)
        assert floors_of.raise_floors(path, gold, results).least["dates"] == max(0.9, reached)  # no drift downwards


def test_a_measure_that_vanished_is_a_fall() -> None:
    with pytest.raises(QualityError, match="dates"):
        floors_of.gate({}, floors_of.Floors("", {"dates": 0.5}))


def test_another_gold_is_refused(tmp_path: Path) -> None:
    gold = gold_file(tmp_path)
    floors = floors_of.raise_floors(tmp_path / "floors.json", gold, {"dates": {"f1": 0.9}})
    gold.write_text(gold.read_text(encoding="utf8") + "\n", encoding="utf8")
    with pytest.raises(QualityError, match="E502"):
        floors_of.gate({"dates": {"f1": 0.9}}, floors, gold)


# The second scorer: the same definitions, written by somebody else


def second(*arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SECOND), *map(str, arguments), "--json"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(not SECOND.exists(), reason="no second scorer here")
def test_agrees_with_the_second_scorer(tmp_path: Path) -> None:
    rng = random.Random(20230506)
    golds, found = [], []
    for n in range(40):
        golds.append(GOLD | {"id": f"g-{n}", "figures": GOLD["figures"] * rng.randrange(3), "people": rng.sample(GOLD["people"], rng.randrange(3)),
                             "dates": rng.sample(GOLD["dates"], rng.randrange(3)), "title": rng.choice([None, GOLD["title"]])})  # fmt: skip
        found += _noisy(rng, n)
    gold, out = gold_file(tmp_path, golds), write(tmp_path / "out", found)
    assert score.score(gold, out) == second(gold, out)


def _noisy(rng: random.Random, n: int) -> list[Row]:
    """GOLD as a bad run finds it, with ids of its own."""
    changes = {"value": rng.choice([12.0, 12.01, 13.0]), "unit": rng.choice(["公里", "千米", "米"]), "item": rng.choice([None, "管", "水"]),
               "public": rng.random() < 0.5, "post": rng.choice(["县水利局局长", "局长"]), "end": rng.choice([None, date(2023, 5, 4)]),
               "path": rng.choice([None, "江西省/九江市/修水县/石坳乡"]), "title": rng.choice([None, "山泉引到家　村民笑开颜", "稻"]),
               "person": rng.choice(["柳大壮", "柳大"])}  # fmt: skip
    result = []
    for row in rows(**changes):
        own = {
            f: f"{getattr(row, f)}{n}"
            for f in ("document_id", "article_id", "person_id", "place_id")
            if hasattr(row, f)
        }
        if isinstance(row, DocumentRow):
            own["path"] = f"issue/g-{n}.txt"
        if isinstance(row, (DocumentRow, ArticleRow, PersonRow, PlaceRow)) or rng.random() < 0.8:
            result.append(replace(row, **own))  # type: ignore[arg-type]
    return result


@pytest.mark.skipif(not SECOND.exists(), reason="no second scorer here")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["dev", "seed"])
def test_agrees_with_the_second_scorer_on_a_run(tmp_path: Path, name: str) -> None:
    gold = SHARED / "gold" / f"{name}.jsonl"
    subprocess.run(
        [sys.executable, str(SHARED / "eval" / "assemble.py"), str(gold), str(tmp_path / "theirs")], check=True
    )
    gold_files.dumps(gold, tmp_path / "single")
    for path in (tmp_path / "theirs" / "single").glob("*.txt"):
        assert path.read_bytes() == (tmp_path / "single" / path.name).read_bytes()
    issues = tmp_path / "theirs" / "issues"
    run(tmp_path / "single", tmp_path / "out", workers=0)
    run(issues, tmp_path / "split", workers=0, upto="split")
    assert score.score(gold, tmp_path / "out") == second(gold, tmp_path / "out")
    assert score.score_split(gold, tmp_path / "split", issues) == second(gold, tmp_path / "split", "--split", issues)


# What was reached


@pytest.mark.parametrize(
    "gold",
    [PROJECT / "data/gold/sample.jsonl", SHARED / "gold/dev.jsonl", SHARED / "gold/seed.jsonl"],
    ids=lambda path: path.name,
)
def test_no_score_falls_below_its_floor(gold: Path) -> None:
    floors = floors_of.read_floors(PROJECT / "data/gold/floors.json").get(gold.name)
    if (
        floors is None
        or not gold.exists()
        or (gold.parent != PROJECT / "data/gold" and floors_of.fingerprint(gold) != floors.sha256)
    ):
        pytest.skip("no such gold here, or no floors for it")
    floors_of.gate(score.evaluate(gold).rows(), floors, gold)
