"""Dumps of many records and laid-out documents: each text with what its file says of it."""

from __future__ import annotations

import csv
import importlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check import check
from pipeline.errors import InputError
from pipeline.model import Document, Source
from pipeline.read import read
from pipeline.run import run
from pipeline.store import read_table

TITLE = "县里修好一条新路"
BODY = (
    "本报讯（记者 佟墨林）近日，县交通运输局组织技术人员到各乡镇查看道路，了解建设进度，协调解决困难。",
    "截至9月底，全县完成固定资产投资12.6亿元，同比增长8.3%；新开工项目27个，其中交通项目9个。",
    "老人们看病方便了，孩子们上学再也不用绕行，3.5公里的新路通到了家门口。",
    "会议强调，要把群众的安危冷暖放在心上，扎实做好防汛、防火和安全生产工作。",
)
ROWS = [
    {"标题": TITLE, "正文": "\n".join(BODY[:2]), "发布日期": "2021年6月9日", "来源": "甲报", "属地": "浙江省衢州市"},
    {"标题": "", "正文": BODY[2], "发布日期": "", "来源": "", "属地": ""},
    {"标题": TITLE, "正文": f"{TITLE}\n{BODY[3]}", "发布日期": "2021-06-10 08:00", "来源": "乙报", "属地": ""},
]
OUTSIDE = Source(Path("x"), "x", date(2020, 1, 1), "option", "湖南省", "选项")


def jsonl(rows: Sequence[object]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def table(delimiter: str, encoding: str) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return stream.getvalue().encode(encoding)


def parquet(columns: object) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def documents(name: str, data: bytes, text_column: str | None = None) -> list[Document]:
    return read(
        Source(Path(name), name, OUTSIDE.published_on, "option", OUTSIDE.locality, OUTSIDE.source), data, text_column
    )


DUMPS = {
    "a.jsonl": jsonl(ROWS),
    "a.csv": table(",", "gb18030"),
    "b.csv": table(";", "utf-8-sig"),
    "a.tsv": table("\t", "utf-16"),
    "a.parquet": parquet({name: [row[name] for row in ROWS] for name in ROWS[0]}),
    "no_suffix": parquet({name: [row[name] for row in ROWS] for name in ROWS[0]}),
}


@pytest.mark.parametrize("name", DUMPS)
def test_a_record_is_a_document_with_what_it_says(name: str) -> None:
    first, second, third = documents(name, DUMPS[name])
    assert first.text == f"{TITLE}\n\n{BODY[0]}\n{BODY[1]}"
    assert first.source.name == f"{name}#1"
    assert (first.source.published_on, first.source.published_from) == (date(2021, 6, 9), "file")
    assert (first.source.locality, first.source.source) == ("浙江省衢州市", "甲报")
    assert second.text == BODY[2]
    assert (second.source.published_on, second.source.published_from) == (date(2020, 1, 1), "option")
    assert (second.source.locality, second.source.source) == ("湖南省", "选项")
    assert third.text == f"{TITLE}\n{BODY[3]}"
    assert third.source.published_on == date(2021, 6, 10)
    assert len({each.document_id for each in (first, second, third)}) == 3


def test_ids_of_records_stay_when_others_are_added() -> None:
    before = documents("a.jsonl", jsonl(ROWS[:2]))
    assert [each.document_id for each in before] == [each.document_id for each in documents("a.jsonl", jsonl(ROWS))[:2]]


def test_broken_records_are_rejected_and_the_others_kept() -> None:
    data = (
        jsonl(ROWS[:1])
        + b'{"broken\n[1, 2]\n\n'
        + jsonl([{"正文": " "}, {"标题": "无正文"}, ROWS[1], {"正文": ["列"]}])
    )
    found = [(each.source.name, (each.error or "")[:4]) for each in documents("a.jsonl", data)]
    assert found == [
        ("a.jsonl#1", ""), ("a.jsonl#2", "E109"), ("a.jsonl#3", "E109"), ("a.jsonl#5", "E101"), ("a.jsonl#6", "E109"),
        ("a.jsonl#7", ""), ("a.jsonl#8", "E101"),
    ]  # fmt: skip
    found = [
        (each.source.name, (each.error or "")[:4])
        for each in documents("a.csv", "正文,日期\n新闻一则。,2021-1-1\n多,一,列\n".encode())
    ]
    assert found == [("a.csv#1", ""), ("a.csv#2", "E109")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", jsonl([{"全部": BODY[0], "别的": BODY[1]}])),
        ("a.csv", f"全部,别的\n{BODY[0]},{BODY[1]}\n".encode()),
        ("a.parquet", parquet({"全部": [BODY[0]], "别的": [BODY[1]]})),
    ],
)
def test_the_text_column_can_be_named(name: str, data: bytes) -> None:
    assert [each.text for each in documents(name, data, "全部")] == [BODY[0]]
    assert [each.text for each in documents(name, data, "别的")] == [BODY[1]]
    for column in (None, "没有"):
        try:
            errors = [each.error for each in documents(name, data, column)]
        except InputError as error:
            errors = [str(error)]
        assert [str(each)[:5] for each in errors] == ["E109 "]
        assert "--text-column" in str(errors[0])


def test_odd_cells() -> None:
    rows = [{"text": "第一行\r\n第二行\r第三行\0", "date": 20210619}, {"text": "半个\ud83d字", "date": None}]
    found = documents(
        "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode() + b"\n" + jsonl([{"text": "字"}])
    )
    assert [each.text for each in found] == ["第一行\n第二行\n第三行", "半个\ufffd字", "字"]
    assert found[0].source.published_on == date(2021, 6, 19)
    stamps = {"text": ["新闻"], "date": pa.array([date(2021, 6, 19)])}
    assert documents("a.parquet", parquet(stamps))[0].source.published_on == date(2021, 6, 19)


def test_escaped_json_is_text_too() -> None:
    data = json.dumps({"text": BODY[0]}).encode() + b"\n"
    assert data.isascii()
    assert [each.text for each in documents("a.jsonl", data)] == [BODY[0]]


def test_a_cell_of_any_length() -> None:
    text = BODY[0] * 5000
    assert documents("a.csv", f"text,n\n{text},1\n".encode())[0].text == text


def test_tags_in_a_cell_are_taken_off() -> None:
    cell = f"<div class='x'><p>&nbsp;&nbsp;{BODY[0]}</p><p><span>{BODY[2]}</span><br/>5&lt;6</p></div>"
    assert documents("a.jsonl", jsonl([{"text": cell}]))[0].text == f"\xa0\xa0{BODY[0]}\n{BODY[2]}\n5<6"
    plain = "气温<30度，风力>3级。"
    assert documents("a.jsonl", jsonl([{"text": plain}]))[0].text == plain


def test_a_run_over_dumps_of_every_kind_holds_all_invariants(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for name, data in DUMPS.items():
        (raw / name).write_bytes(data)
    with zipfile.ZipFile(raw / "news.zip", "w") as archive:
        archive.writestr("2021/2021-06-11.txt", "\n".join(BODY).encode("gb18030"))
        archive.writestr("empty.txt", b"")
        archive.writestr("in.jsonl", jsonl([*ROWS, {"标题": "没有正文"}]))
    report = run(raw, out, upto="split", workers=1)
    assert report.documents == {"ok": 3 * (len(DUMPS) - 1) + 4, "duplicate": 3, "rejected": 2}  # no_suffix is a.parquet
    assert dict(report.rejects).keys() == {"news.zip/empty.txt", "news.zip/in.jsonl#4"}
    assert [str(each) for each in check(out, raw=raw)] == []
    told = {row["path"]: row for row in read_table(out, "documents").to_pylist()}
    assert told["news.zip/2021/2021-06-11.txt"]["published_on"] == date(2021, 6, 11)
    assert told["a.csv#1"]["source"] == "甲报"
    assert run(raw, out, upto="split", workers=1).published is False


# Pages


def page(body: str, encoding: str = "utf-8", title: str = TITLE) -> bytes:
    return f"""<!DOCTYPE html><html><head><meta charset="{encoding}"><title>{title}_甲县新闻网</title></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/n">新闻</a></li><li><a href="/z">专题</a></li></ul></div>
<h1>{title}</h1><div class="info">2021-06-19　来源：甲报</div>
{body}
<div class="footer">版权所有 甲县融媒体中心 <a href="x">联系我们</a></div></body></html>""".encode(encoding)


LAYOUTS = {
    "paragraphs": '<div class="content">' + "".join(f"<p>　　{each}</p>" for each in BODY) + "</div>",
    "divisions": '<div class="editor">' + "".join(f"<div>&nbsp;&nbsp;{each}</div>" for each in BODY) + "</div>",
    "table": "<table><tr><td>" + "".join(f"<P>　　{each}</P>" for each in BODY) + "</td></tr></table>",
    "breaks": "<div id='zoom'>" + "<br>　　".join(BODY) + "</div>",
}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_web_page_is_its_article(layout: str, encoding: str) -> None:
    pytest.importorskip("trafilatura")
    (found,) = read(Source(Path("a.html"), "a.html"), page(LAYOUTS[layout], encoding))
    lines = [line.strip() for line in found.text.split("\n") if line.strip()]
    assert lines[0] == TITLE
    assert lines[-len(BODY) :] == list(BODY)
    assert "首页" not in found.text
    assert "版权所有" not in found.text
    assert (found.encoding, found.source.published_on, found.source.published_from) == (
        encoding,
        date(2021, 6, 19),
        "file",
    )


def test_a_page_is_known_by_its_beginning_and_character_references_are_read() -> None:
    pytest.importorskip("trafilatura")
    data = page(LAYOUTS["paragraphs"]).decode().encode("ascii", "xmlcharrefreplace")
    (found,) = read(Source(Path("a"), "a"), data)
    assert all(each in found.text for each in BODY)


def test_a_date_in_the_name_counts_more_than_one_in_the_page() -> None:
    pytest.importorskip("trafilatura")
    (found,) = read(Source(Path("a"), "a.html", date(2022, 2, 2), "file"), page(LAYOUTS["paragraphs"]))
    assert found.source.published_on == date(2022, 2, 2)


def test_a_page_without_an_article_is_rejected() -> None:
    pytest.importorskip("trafilatura")
    with pytest.raises(InputError, match="E106"):
        read(
            Source(Path("a"), "a.html"), "<html><body><script>var 变量 = '中文的脚本';</script></body></html>".encode()
        )


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(xml: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", xml)
    return stream.getvalue()


def test_a_word_document_is_its_paragraphs() -> None:
    xml = f"""<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>县里修好</w:t></w:r><w:r><w:t>一条新路</w:t></w:r></w:p>
<w:p/><w:p><w:r><w:t>第一行</w:t><w:br/><w:t>第二行</w:t><w:tab/><w:delText>删去</w:delText></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:t>框外</w:t><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></w:r></w:p></w:body></w:document>"""
    (found,) = documents("a.docx", word(xml))
    assert found.text == "县里修好一条新路\n\n第一行\n第二行\n甲\n乙\n框外\n框内"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (word("<broken"), "E102"),
        (word(f'<!DOCTYPE x [<!ENTITY a "b">]><w:document xmlns:w="{WORD}"/>'), "E107"),
        (word(f'<w:document xmlns:w="{WORD}"/>'), "E106"),
        (word("")[:80], "E102"),
    ],
)
def test_a_broken_word_document_is_rejected(data: bytes, code: str) -> None:
    with pytest.raises(InputError, match=code):
        documents("a.docx", data)


def printed(*texts: tuple[int, int, str]) -> bytes:
    """A PDF of one page: x, y and the text that stands there, in a font that every reader of Chinese knows."""
    shown = "".join(
        f"BT /F 12 Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n" for x, y, text in texts
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(shown)}>>stream\n{shown}endstream",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 7 0 R"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 900]/Ascent 880/Descent -120>>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\n"
    return (body + end + f"startxref\n{len(body)}\n%%EOF").encode()


def test_a_pdf_is_read_column_after_column() -> None:
    pytest.importorskip("pdfminer")
    lines = [BODY[0][:18], BODY[0][18:36], BODY[0][36:], BODY[1][:18], BODY[1][18:36], BODY[1][36:]]
    places = [(40, 700), (40, 684), (40, 668), (320, 700), (320, 684), (320, 668)]
    by_row = sorted(zip(places, lines, strict=True), key=lambda each: (-each[0][1], each[0][0]))
    data = printed((40, 760, TITLE), *((x, y, line) for (x, y), line in by_row))
    (found,) = documents("a.pdf", data)
    assert found.text.replace("\n", "") == "".join([TITLE, *lines])


def test_a_pdf_without_text_is_rejected() -> None:
    pytest.importorskip("pdfminer")
    with pytest.raises(InputError, match="E106 no text layer"):
        documents("a.pdf", printed())


@pytest.mark.parametrize(("name", "data", "extra"), [("a.html", page(""), "html"), ("a.pdf", printed(), "pdf")])
def test_without_the_extra_the_fix_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, extra: str
) -> None:
    def missing(module: str) -> None:
        raise ModuleNotFoundError(module)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(InputError, match=rf"E108 .*pip install 'xianzhi\[{extra}\]'"):
        documents(name, data)


# Whatever comes


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(DUMPS)), st.integers(0, 1 << 32), st.integers(1, 6))
def test_mutated_dumps_give_records_or_a_code(name: str, seed: int, changes: int) -> None:
    mutated(name, DUMPS[name], seed, changes)


@pytest.mark.slow
@pytest.mark.parametrize("make", [lambda: page(LAYOUTS["table"]), lambda: printed((40, 700, BODY[0])), lambda: word(f'<w:document xmlns:w="{WORD}"><w:p><w:t>甲</w:t></w:p></w:document>')])  # fmt: skip
def test_mutated_pages_give_text_or_a_code(make: Callable[[], bytes]) -> None:
    for seed in range(150):
        mutated("a.html" if seed % 2 else "a", make(), seed, 1 + seed % 9)


def mutated(name: str, data: bytes, seed: int, changes: int) -> None:
    rng, changed = random.Random(seed), bytearray(data)
    for _ in range(changes):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    try:
        found = documents(name, bytes(changed))
    except InputError:
        return
    for document in found:
        document.text.encode("utf8")
        assert bool(document.error) != bool(document.text)
