"""Files of any size: what is read, split and published piece by piece is what the whole gives."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import content, encoding, shards, spill, split, store
from pipeline.check import check
from pipeline.content import Stored
from pipeline.errors import InputError
from pipeline.model import Document, LongText, Source
from pipeline.read import read
from pipeline.run import extract, link, run
from pipeline.schema import arrow_schema
from pipeline.spill import Space, aligned

from .layouts import LAYOUTS, lay_out, own_articles
from .test_run import digest

SOURCE = Source(Path("a.txt"), "a.txt")


def dump(seed: int, layouts: tuple[str, ...] = tuple(LAYOUTS)) -> str:
    """Several issues, one behind the other."""
    rng = random.Random(seed)
    return "\n\n".join(lay_out(rng.sample(own_articles(), 4), LAYOUTS[name], seed).text for name in layouts)


def in_steps(text: str, step: int) -> LongText:
    return LongText(lambda: (text[n : n + step] for n in range(0, len(text), step)), len(text))


def stored(data: bytes) -> Stored:
    return Stored(partial(io.BytesIO, data), len(data))


# Splitting


@pytest.mark.parametrize("published", [None, date(2020, 1, 1)])
@pytest.mark.parametrize(("step", "check_after"), [(1, 1), (7, 2), (100, 16), (5000, 512), (1 << 20, 1)])
def test_a_text_in_pieces_is_split_as_the_whole(
    monkeypatch: pytest.MonkeyPatch, step: int, check_after: int, published: date | None
) -> None:
    source = Source(Path("a.txt"), "a.txt", published, "file" if published else None)
    text = dump(step) if step > 1 else dump(1, tuple(LAYOUTS)[:3])
    want = split.split(Document("d", source, "", "utf-8", 0, text))
    monkeypatch.setattr(split, "_CHECK", check_after)
    long = Document("d", source, "", "utf-8", 0, "", long=in_steps(text, step))
    assert list(split.articles(long)) == want
    assert want


# Reading

TEXT = dump(5)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32"])
def test_stored_bytes_are_decoded_as_held_ones(monkeypatch: pytest.MonkeyPatch, written: str, end: str) -> None:
    monkeypatch.setattr(content, "_BLOCK", 1001)
    data = ("-" * 5000 + "\n" + TEXT).replace("\n", end).encode(written)
    (held,), (long,) = read(SOURCE, data), read(SOURCE, stored(data))
    assert ("".join(long.parts()), long.n_chars) == (held.text, len(held.text))
    assert (long.document_id, long.encoding, long.text) == (held.document_id, held.encoding, "")


@pytest.mark.parametrize("where", [0, 1 << 16, 1 << 20, -1])
@pytest.mark.parametrize("damage", [b"\xff", b"\0", "坏了的另一种编码的一段文字,应当被发现。".encode("gb18030") * 8])
def test_late_damage_rejects_the_document(monkeypatch: pytest.MonkeyPatch, where: int, damage: bytes) -> None:
    monkeypatch.setattr(content, "_BLOCK", 1001)
    data = (TEXT * (1 + (3 << 20) // len(TEXT.encode()))).encode()
    data = data[:where] + damage + data[where:]
    reasons = []
    for each in (data, stored(data)):
        with pytest.raises(InputError) as error:
            read(SOURCE, each)
        reasons.append(str(error.value))
    assert reasons[0] == reasons[1]


def test_a_line_without_end_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_LONGEST_LINE", 1000)
    with pytest.raises(InputError, match="E105"):
        read(SOURCE, stored("".join(TEXT.split()).encode()))


ROWS = [
    {"标题": f"第{n}件事", "正文": TEXT[n * 50 : n * 50 + 400] or "完", "发布日期": "2021-06-09"} for n in range(60)
]


def jsonl() -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


def table() -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(ROWS[0]))
    writer.writeheader()
    writer.writerows(ROWS)
    return stream.getvalue().encode("gb18030")


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), stream)
    return stream.getvalue()


@pytest.mark.parametrize(("name", "made"), [("a.jsonl", jsonl), ("a.csv", table), ("a.parquet", parquet)])
def test_records_of_stored_bytes(name: str, made: Callable[[], bytes]) -> None:
    source = Source(Path(name), name)
    assert read(source, stored(made())) == read(source, made())


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)  # type: ignore[no-any-return]


def zipped(data: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/c.txt", data)
    return sink.getvalue()


def tarred(data: bytes) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as archive:
        entry = tarfile.TarInfo("b/c.txt")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return sink.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd, zipped, tarred])
def test_a_large_member_is_unpacked_again_whenever_it_is_read(
    monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    data = pack(TEXT.encode())
    (held,) = read(SOURCE, data)
    monkeypatch.setattr(content, "HELD", 1000)
    (long,) = read(SOURCE, stored(data))
    assert long.long
    assert "".join(long.parts()) == held.text
    assert long.document_id == held.document_id


# The whole run


def test_a_run_in_small_pieces_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for n in range(3):
        (raw / f"2021-06-{n + 1:02}.txt").write_text(dump(n, tuple(LAYOUTS)[n : n + 3]), encoding="utf8")
    (raw / "again.txt").write_bytes((raw / "2021-06-01.txt").read_bytes())
    run(raw, tmp_path / "whole", workers=0, locality="浙江省衢州市开化县")
    monkeypatch.setattr(content, "HELD", 1000)
    monkeypatch.setattr(shards, "_CHUNK", 20)
    monkeypatch.setattr(spill, "_BATCH", 10)
    monkeypatch.setattr(spill, "HELD", 1000)
    run(raw, tmp_path / "pieces", upto="split", workers=0, locality="浙江省衢州市开化县")
    extract(tmp_path / "pieces", workers=0)
    link(tmp_path / "pieces")
    assert digest(tmp_path / "pieces") == digest(tmp_path / "whole")
    assert list(check(tmp_path / "pieces", raw=raw)) == list(check(tmp_path / "whole", raw=raw))
    assert not (tmp_path / "pieces" / ".xianzhi" / "spill").exists()


def test_a_file_that_changes_while_it_is_read_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "HELD", 1000)
    raw, real = tmp_path / "raw", Path.open
    raw.mkdir()
    (raw / "2021-06-01.txt").write_text(TEXT, encoding="utf8")
    opened: list[Path] = []

    def grows(self: Path, mode: str = "r", *args: int, **options: int) -> AbstractContextManager[IO[bytes]]:
        if self.suffix == ".txt":
            opened.append(self)
            if len(opened) == 8:
                with real(self, "ab") as file:
                    file.write("新的一行字。\n".encode())
        return real(self, mode, *args, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(Path, "open", grows)
    report = run(raw, tmp_path / "out", workers=0)
    assert [(path, reason[:4]) for path, reason in report.rejects] == [("2021-06-01.txt", "E103")]
    assert not list((tmp_path / "out").rglob(".*.rows*"))


def test_rows_that_were_put_away_come_back_sorted(tmp_path: Path) -> None:
    rng = random.Random(3)
    ids = [f"{rng.getrandbits(64):016x}" for _ in range(500)]
    rows = Space(tmp_path).table("segments")
    for start in range(0, 500, 50):
        rows.add([(key, 0, 1, 2) for key in ids[start : start + 50]])
        if start % 100 == 0:
            rows.release()
    assert rows.num_rows == 500
    assert [key for piece in rows for key in piece["article_id"].to_pylist()] == sorted(ids)
    assert [key for piece in rows for key in piece["article_id"].to_pylist()] == sorted(ids), "more than once"
    rest, taken = rows.divided(lambda part: pc.less(part["article_id"], "8"))
    assert sorted(taken["article_id"].to_pylist()) == [key for key in sorted(ids) if key < "8"]
    assert [key for piece in rest for key in piece["article_id"].to_pylist()] == [
        key for key in sorted(ids) if key >= "8"
    ]
    assert rest.divided(lambda part: pc.less(part["article_id"], "8"))[0] is rest


def test_parts_of_several_tables_come_side_by_side(tmp_path: Path) -> None:
    space = Space(tmp_path)
    some, all_ = [f"{n:x}" for n in range(0, 16, 3)], [f"{n:x}" for n in range(16)]
    tables = {"segments": space.table("segments", ((key, 0, 1, 2) for key in some)), "paragraphs": space.table("paragraphs", ((key, 0, "body", 0, 1) for key in all_))}  # fmt: skip
    wanted = {"segments": ["article_id"], "paragraphs": None}
    assert [each["segments"].num_rows for each in aligned(tables, wanted)] == [len(some)], "what is held is one part"
    tables["paragraphs"].release()
    parts = list(aligned(tables, wanted))
    assert [each["paragraphs"]["article_id"].to_pylist() for each in parts] == [[key] for key in all_]
    assert [each["segments"]["article_id"].to_pylist() for each in parts] == [
        [key] if key in some else [] for key in all_
    ]


def test_large_tables_are_cut_into_groups_by_their_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_ROW_GROUP", 30)
    schema = arrow_schema("segments")
    table = pa.Table.from_pylist([{"article_id": f"{n:03}", "start_char": 0, "end_char": 1, "raw_start_char": 2} for n in range(100)], schema=schema)  # fmt: skip
    files = []
    for step in (7, 30, 100):
        path = tmp_path / f"{step}.parquet"
        store._write_parquet(path, "segments", (table.slice(n, step) for n in range(0, 100, step)), "r")
        files.append(path.read_bytes())
    assert len(set(files)) == 1
    assert pq.read_metadata(path).num_row_groups == 4
