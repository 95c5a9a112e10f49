"""why leads from a row to the raw bytes; find gathers all about a name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline import lexicon, store
from pipeline.errors import UsageError
from pipeline.makers import makers
from pipeline.run import run
from pipeline.schema import TABLES
from pipeline.why import find, why


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("why")
    (folder / "raw").mkdir()
    text = "  县里修路\n\n  2月3日，县交通运输局局长佟墨林到红星镇。\n红星镇今年新建公路12公里。\n"
    (folder / "raw" / "2021-02-04.txt").write_text(text, encoding="gb18030")
    run(folder / "raw", folder / "out", locality="浙江省衢州市开化县", workers=0)
    return folder


@pytest.mark.parametrize("table", [name for name in TABLES if "surface" in TABLES[name].__slots__])
def test_every_mention_leads_to_its_bytes(folder: Path, table: str) -> None:
    data = (folder / "raw" / "2021-02-04.txt").read_bytes()
    rows = store.read_table(folder / "out", table).to_pylist()
    for n, row in enumerate(rows):
        answer = why(folder / "out", table, str(n))
        (trace,) = answer.traces
        assert answer.row == row
        assert trace.sentence[trace.start : trace.end] == row["surface"]
        assert "".join(piece.text for piece in trace.pieces) == row["surface"]
        for piece in trace.pieces:
            assert piece.start_byte is not None
            assert data[piece.start_byte :].startswith(piece.text.encode("gb18030"))


@pytest.mark.parametrize(
    ("table", "words", "made_by"),
    [
        ("figures", "12公里", ["figures_units.csv 公里"]),
        ("dates", "今年", ["anchor published", "dates_words.csv 今年"]),
        ("place_mentions", "红星镇", ["method grammar, score 0.70", "place_suffixes.csv 镇"]),
        ("person_mentions", "佟墨林", ["source post, score 1.00", "names_surnames.csv 佟"]),
        ("organisation_mentions", "县交通运输局", ["posts_bodies.csv 局"]),
    ],
)
def test_what_made_a_row_is_named(folder: Path, table: str, words: str, made_by: list[str]) -> None:
    n = next(n for n, row in enumerate(store.read_table(folder / "out", table).to_pylist()) if row["surface"] == words)
    told = why(folder / "out", table, str(n)).traces[0].made_by
    assert [re.sub(r" line \d+", "", each) for each in told] == made_by
    for name, number, word in re.findall(r"(\w+\.csv) line (\d+) (\w+)", "\n".join(told)):
        assert word in (lexicon.FOLDER / name).read_text(encoding="utf8").splitlines()[int(number) - 1]


def test_a_name_by_the_recogniser_names_its_weights() -> None:
    row = {"surface": "佟墨林", "source": "recogniser", "score": 0.9}
    told = list(makers("person_mentions", row, {"extract": {"recogniser": "crf 1f9a"}}, {}))
    assert told[:2] == ["source recogniser, score 0.90", "crf 1f9a"]


def test_a_place_of_the_lists_names_its_division() -> None:
    row = {"surface": "县里", "method": "scope", "score": 0.95}
    told = makers("place_mentions", row, {}, {"code": "330824", "path": "浙江省/衢州市/开化县"})
    assert list(told) == ["method scope, score 0.95", "division 330824 浙江省/衢州市/开化县"]


def test_what_a_reviewer_made_no_lexicon_made() -> None:
    row = {"surface": "红星镇", "method": "correction", "score": 1.0}
    assert list(makers("place_mentions", row, {}, {"code": "330824", "path": "浙江省"})) == [
        "method correction, score 1.00"
    ]


def test_of_words_that_overlap_the_longest_is_named() -> None:
    told = list(makers("posts", {"post": "县人大常委会副主任"}, {}, {}))
    assert [each.split()[-1] for each in told] == ["人大常委会", "主任"]


def test_a_place_is_traced_to_each_of_its_mentions(folder: Path) -> None:
    places = store.read_table(folder / "out", "places").to_pylist()
    (town,) = [each for each in places if each["name"] == "红星镇"]
    answer = why(folder / "out", "places", town["place_id"])
    assert [trace.row["surface"] for trace in answer.traces] == ["红星镇", "红星镇"]


def test_rows_by_article_and_start(folder: Path) -> None:
    first = store.read_table(folder / "out", "dates").to_pylist()[0]
    assert why(folder / "out", "dates", f"{first['article_id']}:{first['start_char']}").row == first


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le", "utf-32"])
def test_bytes_are_right_in_every_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    text = "縣里修路\n\n  2月3日，縣長佟墨林到紅星鎮。\n紅星鎮今年新建公路12公里。全縣共有公路300公里。\n" * 3
    data = text.replace("\n", end).encode(encoding)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_bytes(data)
    run(tmp_path / "raw", tmp_path / "out", workers=0)
    document = store.read_table(tmp_path / "out", "documents").to_pylist()[0]
    assert document["status"] == "ok", document["error"]
    plain = (
        "utf-8" if encoding == "utf-8-sig" else {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
    )
    n = store.read_table(tmp_path / "out", "figures").num_rows
    pieces = [
        piece for i in range(n) for trace in why(tmp_path / "out", "figures", str(i)).traces for piece in trace.pieces
    ]
    assert pieces
    for piece in pieces:
        assert piece.start_byte is not None
        assert data[piece.start_byte :].startswith(piece.text.encode(plain))


def test_what_is_no_text_file_has_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    rows = [{"text": "县里修路\n\n今年，全县修路12公里。"}, {"text": "县里架桥\n\n今年，全县架桥3座。"}]
    (tmp_path / "raw" / "a.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf8"
    )
    run(tmp_path / "raw", tmp_path / "out", workers=0)
    assert [piece.start_byte for piece in why(tmp_path / "out", "figures", "0").traces[0].pieces] == [None]


def test_without_the_raw_file_the_way_ends_at_its_characters(folder: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text("县里\n\n今年，全县修路12公里。\n", encoding="utf8")
    run(raw, tmp_path / "out", workers=0)
    (raw / "a.txt").unlink()
    (trace,) = why(tmp_path / "out", "dates", "0").traces
    assert [piece.start_byte for piece in trace.pieces] == [None]


@pytest.mark.parametrize(("table", "row"), [("dates", "nobody"), ("dates", "99999999999"), ("dates", "ffff:3"), ("nonsense", "0")])  # fmt: skip
def test_no_such_row(folder: Path, table: str, row: str) -> None:
    with pytest.raises(UsageError, match="E005"):
        why(folder / "out", table, row)


def test_find_gathers_all_about_a_name(folder: Path) -> None:
    found = find(folder / "out", "佟墨林")
    assert {"people", "posts", "person_mentions"} <= set(found)
    with pytest.raises(UsageError, match="nothing is called"):
        find(folder / "out", "无名氏")
