"""Corrections: laid over the rows, seen as such, kept over re-runs, left out with a reason where they no longer fit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import app
from pipeline import spill, store
from pipeline.check import check
from pipeline.corrections import COLUMNS, CORRECTIONS
from pipeline.errors import UsageError
from pipeline.run import link, run
from pipeline.why import why

from .conftest import SAMPLE
from .test_run import digest

HERE = "浙江省衢州市开化县"
Lines = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "2021-06-19.txt").write_text(SAMPLE, encoding="utf8")
    run(tmp_path / "raw", tmp_path / "out", locality=HERE, workers=0)
    return tmp_path


def rows(folder: Path, table: str, **wanted: object) -> list[dict[str, Any]]:
    return [
        row
        for row in store.read_table(folder / "out", table).to_pylist()
        if all(row[k] == v for k, v in wanted.items())
    ]


def the_article(folder: Path) -> dict[str, Any]:
    (article,) = rows(folder, "articles")
    return article


def at(folder: Path, words: str) -> dict[str, object]:
    """Id, start, end and surface of the first place where the words stand."""
    article = the_article(folder)
    start = article["text"].index(words)
    return {"id": article["article_id"], "start": start, "end": start + len(words), "surface": words}


def write(folder: Path, *lines: dict[str, object]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{"who": "审校", "when": "2026-01-02", **line} for line in lines])
    (folder / "raw" / CORRECTIONS).write_text(text.getvalue(), encoding="utf-8-sig")


def apply(folder: Path, *lines: dict[str, object]) -> list[dict[str, Any]]:
    """Write the lines, run, check all invariants, and return what became of each line."""
    write(folder, *lines)
    run(folder / "raw", folder / "out", locality=HERE, workers=0)
    assert [str(problem) for problem in check(folder / "out", raw=folder / "raw")] == []
    outcomes: list[dict[str, Any]] = store.manifest(folder / "out")["corrections"]
    return outcomes


def test_a_value_is_set_and_the_old_one_kept_on_record(folder: Path) -> None:
    line = {
        "action": "set",
        "table": "figures",
        **at(folder, "3.5公里"),
        "field": "item",
        "was": "堤防",
        "value": "加固堤防",
    }
    (outcome,) = apply(folder, line)
    assert (outcome["line"], outcome["old"], outcome["refused"]) == (2, "堤防", None)
    assert rows(folder, "figures", surface="3.5公里")[0]["item"] == "加固堤防"


def test_corrections_survive_runs_and_go_with_their_line(folder: Path) -> None:
    before = {name: store.read_table(folder / "out", name) for name in store.manifest(folder / "out")["tables"]}
    line = {
        "action": "set",
        "table": "dates",
        **at(folder, "6月18日上午"),
        "field": "start_date",
        "value": "2021-06-17",
    }
    apply(folder, line)
    (folder / "raw" / "more.txt").write_text("新闻一则\n\n3月1日,本县新修公路8公里。\n", encoding="utf8")
    run(folder / "raw", folder / "out", locality=HERE, workers=0)
    assert str(rows(folder, "dates", surface="6月18日上午")[0]["start_date"]) == "2021-06-17"
    assert not run(folder / "raw", folder / "out", locality=HERE, workers=0).published
    (folder / "raw" / "more.txt").unlink()
    (folder / "raw" / CORRECTIONS).unlink()
    run(folder / "raw", folder / "out", locality=HERE, workers=0)
    assert all(store.read_table(folder / "out", name).equals(table) for name, table in before.items())


def test_a_file_of_nothing_but_its_header_corrects_nothing(folder: Path) -> None:
    write(folder)
    assert run(folder / "raw", folder / "out", locality=HERE, workers=0).exit_status == 0


def test_link_alone_applies_them(folder: Path) -> None:
    write(folder, {"action": "remove", "table": "figures", **at(folder, "3.5公里")})
    assert link(folder / "out").published
    assert rows(folder, "figures", surface="3.5公里") == []
    assert len(rows(folder, "figures")) == 2
    assert not link(folder / "out").published


def test_a_name_is_added_with_a_post(folder: Path) -> None:
    name = {"table": "person_mentions", **at(folder, "牧仁图雅")}
    post = {"table": "posts", **at(folder, "记者")}
    apply(
        folder,
        {"action": "add", **name},
        {"action": "add", **post},
        *(
            {"action": "set", **post, "field": field, "value": value}
            for field, value in (("name", "牧仁图雅"), ("post", "县报社记者"), ("title", "记者"))
        ),
    )
    (mention,) = rows(folder, "person_mentions", surface="牧仁图雅")
    assert (mention["source"], mention["score"]) == ("correction", 1.0)
    (person,) = rows(folder, "people", person_id=mention["person_id"])
    assert (person["name"], person["is_official"], person["n_articles"]) == ("牧仁图雅", True, 1)
    assert rows(folder, "posts", person_id=mention["person_id"])[0]["post"] == "县报社记者"


def test_a_place_is_said_by_its_path(folder: Path) -> None:
    spot = at(folder, "红星镇")
    apply(
        folder,
        {"action": "set", "table": "place_mentions", **spot, "field": "path", "value": "浙江省/衢州市/开化县/华埠镇"},
    )
    (mention,) = rows(folder, "place_mentions", start_char=spot["start"])
    assert mention["method"] == "correction"
    (place,) = rows(folder, "places", place_id=mention["place_id"])
    assert (place["name"], place["level"]) == ("华埠镇", "township")
    assert len(rows(folder, "places", name="红星镇")) == 1, "it is named a second time"


def test_places_that_nothing_names_any_more_go(folder: Path) -> None:
    found = [
        {"action": "remove", "table": "place_mentions", "id": row["article_id"], "start": row["start_char"]}
        for row in rows(folder, "place_mentions")
    ]
    apply(folder, *found)
    assert rows(folder, "place_mentions") == []
    of_figures = {row["subject_place_id"] for row in rows(folder, "figures")}
    assert [row["name"] for row in rows(folder, "places", name="红星镇") if row["place_id"] not in of_figures] == []


def test_two_persons_become_one(folder: Path) -> None:
    one, other = sorted(rows(folder, "people"), key=lambda row: row["name"])
    apply(folder, {"action": "merge", "table": "people", "id": one["person_id"], "value": other["person_id"]})
    assert [row["person_id"] for row in rows(folder, "people")] == [other["person_id"]]
    assert {row["person_id"] for row in rows(folder, "person_mentions")} == {other["person_id"]}


def test_a_mention_becomes_another_persons(folder: Path) -> None:
    one, other = sorted(rows(folder, "people"), key=lambda row: row["name"])
    first = rows(folder, "person_mentions", person_id=one["person_id"])[0]
    spot = {"id": first["article_id"], "start": first["start_char"]}
    apply(
        folder, {"action": "set", "table": "person_mentions", **spot, "field": "person_id", "value": other["person_id"]}
    )
    assert rows(folder, "person_mentions", start_char=first["start_char"])[0]["person_id"] == other["person_id"]


def test_an_entity_is_set(folder: Path) -> None:
    person = rows(folder, "people")[0]
    apply(
        folder,
        {"action": "set", "table": "people", "id": person["person_id"], "field": "is_official", "value": "false"},
    )
    assert rows(folder, "people", person_id=person["person_id"])[0]["is_official"] is False


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"action": "remove", "table": "dates", "id": "gone", "start": 0}, "the article is gone"),
        ({"action": "remove", "table": "dates", "start": 3}, "no such row"),
        ({"action": "remove", "table": "dates", "start": 0, "end": 2, "surface": "不是"}, "the text there is another"),
        ({"action": "remove", "table": "dates", "start": 26, "field": "timex_value", "was": "2020"}, "no such row"),
        ({"action": "add", "table": "dates", "start": 26, "end": 33}, "a row is there already"),
        ({"action": "add", "table": "figures", "start": 0, "end": 2}, "nothing sets its value, unit"),
        ({"action": "add", "table": "person_mentions", "start": 10, "end": 20}, "a mention lies in one line"),
        ({"action": "merge", "table": "people", "id": "p1", "value": "p2"}, "people has no p1"),
    ],
)  # fmt: skip
def test_what_no_longer_fits_is_left_out_with_a_reason(folder: Path, line: dict[str, object], reason: str) -> None:
    before = store.read_table(folder / "out", str(line["table"]))
    (outcome,) = apply(folder, {"id": the_article(folder)["article_id"], **line})
    assert outcome["refused"] == reason
    assert store.read_table(folder / "out", str(line["table"])).to_pylist() == before.to_pylist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "line 1: the header"),
        ("action,table,id\nmove,dates,a\n", "line 2: 'move' of 'dates'"),
        ("action,table,id\nremove,dates,a\n", "line 2: a mention has a start"),
        ("action,table,id,start,field,value\nset,dates,a,0,colour,red\n", "no column 'colour'"),
        ("action,table,id,start,field,value\nset,dates,a,0,start_date,soon\n", "is no date"),
        ("action,table,id,start,field,value\nset,dates,a,0,timex_type,DAY\n", "one of DATE, TIME, SET"),
        ("action,table,id,start,field,value\nset,figures,a,0,unit,\n", "unit cannot be empty"),
        ("action,table,id,start,field,value\nset,posts,a,0,is_public,yes\n", "true or false"),
        ("action,table,id,field,value\nset,places,a,latitude,200\n", "out of range"),
        ("action,table,id,start\nremove,dates,a,x\n", "line 2: invalid literal"),
        ("action,table,id,start\nremove,dates,a,1,2,3\n", "line 2: more cells"),
        ("action,table,id\nmerge,people,a\n", "`value` names"),
    ],
)  # fmt: skip
def test_a_broken_file_stops_the_run_and_names_the_line(folder: Path, text: str, message: str) -> None:
    (folder / "raw" / CORRECTIONS).write_text(text, encoding="utf8")
    with pytest.raises(UsageError, match="E009") as error:
        run(folder / "raw", folder / "out", locality=HERE, workers=0)
    assert message in str(error.value)


def test_link_does_not_forget_corrections_whose_file_is_gone(folder: Path) -> None:
    apply(folder, {"action": "remove", "table": "figures", **at(folder, "3.5公里")})
    (folder / "raw").rename(folder / "elsewhere")
    with pytest.raises(UsageError, match=r"E009 .*gone"):
        link(folder / "out")


def test_who_corrected_a_row_is_told_by_why(folder: Path) -> None:
    spot = at(folder, "3.5公里")
    line = {"action": "set", "table": "figures", **spot, "field": "item", "value": "加固堤防"}
    apply(folder, line)
    where = f"{spot['id']}:{spot['start']}"
    (told,) = why(folder / "out", "figures", where).corrections
    assert (told["field"], told["old"], told["who"], told["when"]) == ("item", "堤防", "审校", "2026-01-02")
    done = CliRunner().invoke(app, ["why", str(folder / "out"), "figures", where])
    assert f"set figures {where} item (审校, 2026-01-02), was 堤防" in done.stdout
    assert why(folder / "out", "dates", "0").corrections == ()
    apply(folder, {**line, "who": "复核"})
    assert why(folder / "out", "figures", where).corrections[0]["who"] == "复核"


def test_who_merged_two_people_is_told_of_the_one_that_stays(folder: Path) -> None:
    first, second, *_ = rows(folder, "people")
    apply(folder, {"action": "merge", "table": "people", "id": first["person_id"], "value": second["person_id"]})
    (told,) = why(folder / "out", "people", second["person_id"]).corrections
    assert (told["action"], told["id"], told["who"]) == ("merge", first["person_id"], "审校")


def test_what_was_left_out_is_said_by_the_run_and_by_status(folder: Path) -> None:
    gone = {"action": "set", "table": "figures", **at(folder, "3.5公里"), "field": "item", "was": "别的", "value": "新"}
    write(folder, gone, {"action": "remove", "table": "figures", **at(folder, "3.5公里")})
    done = CliRunner().invoke(app, ["link", str(folder / "out")])
    assert "corrections.csv line 2: no such row" in done.stdout
    assert run(folder / "raw", folder / "out", locality=HERE, workers=0).refused == ((2, "no such row"),)
    done = CliRunner().invoke(app, ["status", str(folder / "out")])
    assert "corrected  1 applied, 1 left out" in done.stdout
    assert re.search(r"left out   line 2: set figures \w+:\d+ item \(审校, 2026-01-02\): no such row", done.stdout)


def test_tables_in_parts_are_corrected_as_the_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        (folder / "raw" / f"more-{n}.txt").write_text(
            SAMPLE.replace("红星镇", f"红{n}星镇").replace("裴书砚", f"裴书{'砚山水火'[n % 4]}"), encoding="utf8"
        )
    run(folder / "raw", folder / "out", locality=HERE, workers=0)
    people, places = rows(folder, "people"), rows(folder, "places")
    mentions, figures = rows(folder, "person_mentions"), rows(folder, "figures")
    spots = [{"id": row["article_id"], "start": row["start_char"]} for row in mentions]
    write(
        folder,
        *({"action": "remove", "table": "place_mentions", "id": row["article_id"], "start": row["start_char"]} for row in rows(folder, "place_mentions")[::2]),
        *({"action": "set", "table": "figures", "id": row["article_id"], "start": row["start_char"], "field": "item", "value": "新"} for row in figures[::5]),
        {"action": "merge", "table": "people", "id": people[0]["person_id"], "value": people[1]["person_id"]},
        {"action": "merge", "table": "places", "id": places[0]["place_id"], "value": places[1]["place_id"]},
        *({"action": "set", "table": "person_mentions", **spot, "field": "person_id", "value": people[2]["person_id"]} for spot in spots[::7]),
    )  # fmt: skip
    run(folder / "raw", folder / "out", locality=HERE, workers=0)
    monkeypatch.setattr(spill, "_BATCH", 10)
    monkeypatch.setattr(spill, "HELD", 1000)
    run(folder / "raw", folder / "parts", locality=HERE, workers=0)
    assert digest(folder / "parts") == digest(folder / "out")
    assert not any(each["refused"] for each in store.manifest(folder / "parts")["corrections"])
