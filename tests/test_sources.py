"""Which files a raw folder gives, and what is known of each from outside."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.names import day, day_in, is_dump
from pipeline.sources import find


def lay(folder: Path, *names: str, table: str | bytes | None = None) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("本报讯 今日晴。\n", encoding="utf8")
    if table is not None:
        (folder / "sources.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    return folder


def test_files_at_any_depth_by_name_without_what_is_no_dump(tmp_path: Path) -> None:
    lay(tmp_path, "b.txt", "a/z/1.html", "a.txt", ".git/x.txt", "a/.DS_Store", "a/pic.JPG", "answers.json",
        "__MACOSX/b.txt", "Thumbs.db", "a/~$x.docx", "no_suffix", table="path\n")  # fmt: skip
    (tmp_path / "gone.txt").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    assert [each.name for each in find(tmp_path)] == ["a.txt", "a/z/1.html", "b.txt", "gone.txt", "no_suffix"]
    assert find(tmp_path)[1].path == tmp_path / "a/z/1.html"


def test_one_file_goes_by_the_table_beside_it(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "b.txt", table="path,source\na.txt,试验报\n")
    assert [(each.name, each.source) for each in find(tmp_path / "a.txt")] == [("a.txt", "试验报")]


def test_a_name_in_gb18030_is_shown_in_characters(tmp_path: Path) -> None:
    name = os.fsdecode("旧报.txt".encode("gb18030"))
    (tmp_path / name).write_text("文")
    found = find(tmp_path)
    assert [each.name for each in found] == ["旧报.txt"]
    assert found[0].path.read_text() == "文"


TABLE = """\
path,published,locality,source
*.txt,,浙江省衢州市,市报
2020/**/*.txt,2020-01-01,,
2020/a.txt,2020-05-04,浙江省衢州市龙游县,
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", (None, None, "浙江省衢州市", "市报")),
        ("2021-06-20.txt", (date(2021, 6, 20), "file", "浙江省衢州市", "市报")),
        ("2020/a.txt", (date(2020, 5, 4), "file", "浙江省衢州市龙游县", "选项")),
        ("2020/x/y/2021-06-20.txt", (date(2020, 1, 1), "file", "湖南省", "选项")),
        ("2019/a.txt", (None, None, "湖南省", "选项")),
    ],
)
def test_what_is_known_of_a_file(tmp_path: Path, name: str, expected: tuple[object, ...]) -> None:
    lay(tmp_path, name, table=TABLE)
    (found,) = find(tmp_path, locality="湖南省", source="选项")
    assert (found.published_on, found.published_from, found.locality, found.source) == expected


def test_an_option_fills_what_is_left_open(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "20210620.txt")
    days = {each.name: (each.published_on, each.published_from) for each in find(tmp_path, published=date(2022, 1, 1))}
    assert days == {"a.txt": (date(2022, 1, 1), "option"), "20210620.txt": (date(2021, 6, 20), "file")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_table_as_a_spreadsheet_saves_it(tmp_path: Path, encoding: str) -> None:
    rows = "Path,Published,Locality,Source\r\n.\\甲.txt,2021/6/9,浙江省衢州市常山县,常山的报纸\r\n,,,\r\n"
    lay(tmp_path, "甲.txt", table=rows.encode(encoding))
    (found,) = find(tmp_path)
    assert (found.published_on, found.locality, found.source) == (date(2021, 6, 9), "浙江省衢州市常山县", "常山的报纸")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("path,published\na.txt,2021-02-30\n", "line 2: published '2021-02-30'"),
        ("path,published\n\na.txt,昨天\n", "line 3: published '昨天'"),
        ("path,source\na.txt,报,多\n", "line 2: 2 columns"),
        ("path,source\n,报\n", "line 2: 2 columns"),
        ("file,source\na.txt,报\n", "line 1: the header"),
        ("path,path\na.txt,报\n", "line 1: the header"),
        ('path,source\na.txt,"报\n', "line 2"),
        (b"path,source\na.txt,\xff\xfe\xff\n", "E002"),
        (b"path\0,source\n", "E002"),
    ],
)
def test_a_broken_table_is_one_error_that_names_the_line(tmp_path: Path, table: str | bytes, message: str) -> None:
    lay(tmp_path, "a.txt", table=table)
    with pytest.raises(UsageError, match=message) as error:
        find(tmp_path)
    assert error.value.code == "E002"


@pytest.mark.parametrize("raw", ["missing", "empty"])
def test_no_files_is_an_error(tmp_path: Path, raw: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="E001"):
        find(tmp_path / raw)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2022-01-13.txt", date(2022, 1, 13)),
        ("a/20220113_2.html", date(2022, 1, 13)),
        ("日报2022年1月3日第2版.pdf", date(2022, 1, 3)),
        ("2022_1_3.txt", date(2022, 1, 3)),
        ("2021-12-31/4.txt", date(2021, 12, 31)),
        ("2021-12-31/2022-01-01.txt", date(2022, 1, 1)),
        ("2022-01-13至2022-01-15.txt", None),
        ("2022-02-30.txt", None),
        ("120220113.txt", None),
        ("202201131.txt", None),
        ("4201.txt", None),
        ("2022-1.txt", None),
    ],
)
def test_a_date_in_a_name(name: str, expected: date | None) -> None:
    assert day_in(name) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-06-19", date(2021, 6, 19)),
        ("2021/6/9", date(2021, 6, 9)),
        ("2021.06.09", date(2021, 6, 9)),
        ("20210619", date(2021, 6, 19)),
        ("2021年6月9日", date(2021, 6, 9)),
        ("2021-06-19 08:30:00", date(2021, 6, 19)),
        ("2021-06-19T08:30:00+08:00", date(2021, 6, 19)),
        ("2021-06-19 or so", None),
        ("2021-6", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_a_date_in_a_column(value: str, expected: date | None) -> None:
    assert day(value) == expected


def test_a_path_that_climbs_is_not_hidden() -> None:
    assert is_dump("../a.txt")
