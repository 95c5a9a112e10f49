"""To annotation tools and back: nothing is lost, offsets hold for every character, what does not fit is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli import app
from pipeline import store
from pipeline.annotators import LABELS, TEXTS, left_out, marked, reviewed
from pipeline.check import check
from pipeline.errors import UsageError
from pipeline.export import export
from pipeline.review import append, review, write_gold
from pipeline.run import link, run
from pipeline.score import measures

TEXT = "😀县里修路𠮷事\n\n本报讯 2月3日，县交通运输局局长佟墨林到红星镇。\n红星镇今年新建公路12公里。田野说好。\n"
FORMS = sorted(TEXTS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("annotators")
    (folder / "raw").mkdir()
    (folder / "raw" / "2021-02-04.txt").write_text(TEXT, encoding="utf8")
    run(folder / "raw", folder / "out", locality="浙江省衢州市开化县", workers=0)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "2021-02-04.txt").write_text(TEXT, encoding="utf8")
    run(tmp_path / "raw", tmp_path / "out", locality="浙江省衢州市开化县", workers=0)
    return tmp_path


def texts(out: Path) -> dict[str, str]:
    return {row["article_id"]: row["text"] for row in store.read_table(out, "articles").to_pylist()}


@pytest.mark.parametrize("form", FORMS)
def test_what_goes_out_comes_back_the_same(made: Path, tmp_path: Path, form: str) -> None:
    export(made / "out", tmp_path / "x", form)
    tables = store.read_tables(made / "out", ("articles", *LABELS))
    assert reviewed(tmp_path / "x", texts(made / "out")) == list(marked(tables))
    assert review(made / "out", tmp_path / "x").lines == ()


@pytest.mark.parametrize("form", FORMS)
def test_a_part_of_the_labels_leaves_the_others_alone(made: Path, tmp_path: Path, form: str) -> None:
    export(made / "out", tmp_path / "x", form, ["dates"])
    assert review(made / "out", tmp_path / "x").lines == ()


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(st.text(st.sampled_from("县长😀𠮷 \u3000\t\n，e\u0301#"), min_size=1, max_size=30)).strip("\n") or "文"
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    return text, [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if "\n" not in text[a:b]]


def dated(text: str, spans: list[tuple[int, int]]) -> dict[str, pa.Table]:
    """An article whose spans are all dates."""
    return {
        "articles": pa.table({"article_id": ["a"], "text": [text]}),
        "dates": pa.table({"article_id": ["a"] * len(spans), "start_char": [s for s, _ in spans], "end_char": [e for _, e in spans]},
                          schema=pa.schema([("article_id", pa.string()), ("start_char", pa.int32()), ("end_char", pa.int32())])),
    }  # fmt: skip


@given(marked_texts(), st.sampled_from(FORMS))
def test_offsets_hold_for_every_character(tmp_path_factory: pytest.TempPathFactory, case: tuple[str, list[tuple[int, int]]], form: str) -> None:  # fmt: skip
    text, spans = case
    tables = dated(text, spans)
    path = tmp_path_factory.getbasetemp() / "offsets"
    path.write_text("".join(TEXTS[form](tables)), encoding="utf8", newline="")
    (found,) = reviewed(path, {"a": text})
    assert [(s, e) for s, e, _ in found.spans] == spans


@st.composite
def overlapping_spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    ends = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted).filter(lambda pair: pair[0] < pair[1])
    return sorted(draw(st.sets(ends.map(lambda pair: (pair[0], pair[1])), max_size=8)))


@given(overlapping_spans(), st.sampled_from(FORMS))
def test_spans_that_overlap_come_back_too(tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int]], form: str) -> None:  # fmt: skip
    path = tmp_path_factory.getbasetemp() / "overlapping"
    path.write_text("".join(TEXTS[form](dated("县长到红星镇调研", spans))), encoding="utf8", newline="")
    (found,) = reviewed(path, {"a": "县长到红星镇调研"})
    assert [(s, e) for s, e, _ in found.spans] == spans


def test_of_spans_that_overlap_conll_shows_the_longest_and_counts_the_rest() -> None:
    tables = dated("县供销社棉麻公司", [(0, 4), (0, 8), (4, 6), (7, 8)])
    text = "".join(TEXTS["conll"](tables))
    assert [line.split("\t")[1] for line in text.splitlines() if "\t" in line] == ["B-DATE", *["I-DATE"] * 7]
    assert "# overlapping = 0-4-DATE 4-6-DATE 7-8-DATE\n" in text
    assert str(left_out(tables)).startswith("3 spans overlap a longer one")
    assert left_out(dated("县供销社棉麻公司", [(0, 4), (4, 8)])) is None


def test_a_reviewer_may_take_the_outer_of_two_spans_away(tmp_path: Path) -> None:
    path = tmp_path / "conll"
    text = "".join(TEXTS["conll"](dated("县供销社棉麻公司", [(0, 4), (0, 8)])))
    path.write_text(text.replace("B-DATE", "O").replace("I-DATE", "O"), encoding="utf8")
    (found,) = reviewed(path, {"a": "县供销社棉麻公司"})
    assert found.spans == ((0, 4, "DATE"),)


def test_label_studio_and_doccano_count_as_browsers_do(made: Path, tmp_path: Path) -> None:
    export(made / "out", tmp_path / "ls", "label-studio")
    (task,) = json.loads((tmp_path / "ls").read_text(encoding="utf8"))
    units = task["data"]["text"].encode("utf-16-le")
    for each in task["predictions"][0]["result"]:
        value = each["value"]
        assert units[2 * value["start"] : 2 * value["end"]].decode("utf-16-le") == value["text"]


Edit = Callable[[list[list[Any]], str], None]


def doccano(folder: Path, edit: Edit) -> Path:
    """An export to doccano, changed; what doccano adds of its own is there too."""
    export(folder / "out", folder / "doccano.jsonl", "doccano")
    record = json.loads((folder / "doccano.jsonl").read_text(encoding="utf8"))
    edit(record["label"], record["text"])
    path = folder / "reviewed.jsonl"
    path.write_text(json.dumps({"id": 1, "Comments": [], **record}, ensure_ascii=False) + "\n", encoding="utf8")
    return path


def at(text: str, words: str) -> list[Any]:
    start = len(text[: text.index(words)].encode("utf-16-le")) // 2
    return [start, start + len(words.encode("utf-16-le")) // 2]


def test_a_reviewed_file_becomes_corrections_that_link_applies(folder: Path) -> None:
    def edit(spans: list[list[Any]], text: str) -> None:
        spans[:] = [each for each in spans if each[2] != "FIGURE"]
        spans.append([*at(text, "田野"), "PER"])
        spans.append([*at(text, "县里"), "LOC"])

    before = store.read_table(folder / "out", "figures").num_rows
    found = review(folder / "out", doccano(folder, edit), who="王芳")
    assert found.unread == ()
    append(folder / "raw", found.lines)
    link(folder / "out")
    assert [str(each) for each in check(folder / "out")] == []
    assert all(each["refused"] is None for each in store.manifest(folder / "out")["corrections"])
    assert before > store.read_table(folder / "out", "figures").num_rows == 0
    names = {row["surface"]: row["source"] for row in store.read_table(folder / "out", "person_mentions").to_pylist()}
    assert names["田野"] == "correction"
    assert review(folder / "out", folder / "reviewed.jsonl").lines == ()


def test_values_are_read_off_the_marked_words(folder: Path) -> None:
    for table in ("dates", "figures", "posts"):
        export(folder / "out", folder / f"{table}.jsonl", "doccano", [table])
    append(
        folder / "raw",
        [
            line
            for table in ("dates", "figures", "posts")
            for line in review(folder / "out", emptied(folder / f"{table}.jsonl")).lines
        ],
    )
    link(folder / "out")
    assert store.read_table(folder / "out", "dates").num_rows == 0
    append(folder / "raw", review(folder / "out", doccano(folder, again)).lines)
    link(folder / "out")
    assert [str(each) for each in check(folder / "out")] == []
    (day,) = store.read_table(folder / "out", "dates").to_pylist()
    assert (day["timex_value"], str(day["start_date"])) == ("2021-02-03", "2021-02-03")
    (figure,) = store.read_table(folder / "out", "figures").to_pylist()
    assert (figure["value"], figure["unit"], figure["si_value"]) == (12, "公里", 12000)
    (post,) = store.read_table(folder / "out", "posts").to_pylist()
    assert (post["name"], post["post"], post["title"]) == ("佟墨林", "县交通运输局局长", "局长")


def emptied(path: Path) -> Path:
    record = json.loads(path.read_text(encoding="utf8"))
    path.write_text(json.dumps({**record, "label": []}, ensure_ascii=False), encoding="utf8")
    return path


def again(spans: list[list[Any]], text: str) -> None:
    spans += [[*at(text, "2月3日"), "DATE"], [*at(text, "12公里"), "FIGURE"], [*at(text, "县交通运输局局长"), "POST"]]


def test_what_cannot_be_read_is_named(folder: Path) -> None:
    found = review(folder / "out", doccano(folder, lambda spans, text: spans.append([*at(text, "修路"), "DATE"])))
    assert found.lines == ()
    assert found.unread[0].startswith("DATE '修路' at ")


def test_a_reviewed_file_becomes_gold(folder: Path) -> None:
    path = doccano(folder, lambda spans, text: spans.append([*at(text, "田野"), "PER"]))
    write_gold(folder / "out", review(folder / "out", path), folder / "gold.jsonl")
    (article,) = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf8").splitlines()]
    assert "田野" in {each["name"] for each in article["people"]}
    assert {"name": "佟墨林", "official": True, "posts": ["县交通运输局局长"]} in article["people"]
    assert measures(folder / "gold.jsonl").rows()["figures"]["f1"] == 1.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "别的", "label": []}', "no article '别的'"),
        ('{"text": "别的", "label": [], "article_id": "ID"}', "differs from character 0"),
        ('{"text": "TEXT", "label": [[1, 2, "PER"]], "article_id": "ID"}', "span 1–2 'PER' that cannot be"),
        ('{"text": "TEXT", "label": [[0, 2, "PERSON"]], "article_id": "ID"}', "labels are PER"),
        ("nonsense", "JSONDecodeError"),
        ('{"label": []}', "KeyError"),
    ],
)
def test_what_does_not_fit_is_refused(made: Path, tmp_path: Path, content: str, message: str) -> None:
    ((key, text),) = texts(made / "out").items()
    content = content.replace("ID", key).replace("TEXT", text.replace("\n", "\\n"))
    (tmp_path / "x").write_text(content, encoding="utf8")
    with pytest.raises(UsageError, match="E011") as error:
        review(made / "out", tmp_path / "x")
    assert message in str(error.value)


def test_the_commands(folder: Path) -> None:
    path = doccano(folder, lambda spans, text: spans.append([*at(text, "田野"), "PER"]))
    done = CliRunner().invoke(app, ["import", str(path), str(folder / "out"), "--who", "王芳"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("1 articles, 1 lines → ")
    assert "王芳" in (folder / "raw" / "corrections.csv").read_text(encoding="utf-8-sig")
    done = CliRunner().invoke(
        app, ["import", str(path), str(folder / "out"), "--gold", str(folder / "g.jsonl"), "--json"]
    )
    assert json.loads(done.stdout)["articles"]


def test_a_review_without_changes_writes_nothing(folder: Path) -> None:
    export(folder / "out", folder / "x", "conll")
    done = CliRunner().invoke(app, ["import", str(folder / "x"), str(folder / "out")])
    assert done.stdout == "1 articles, nothing changed\n"
    assert not (folder / "raw" / "corrections.csv").exists()
