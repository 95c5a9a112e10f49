"""Compressed files and archives: every member there, or an error in its place; bounded whatever is in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import archives
from pipeline.archives import unpack

TEXT = "本报讯 今日，全县晴转多云，最高气温25度。\n".encode() * 40


def zst(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zst,
}  # fmt: skip


def zipped(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


PACK = {"zip": zipped, "tar": tarred}


def unpacked(name: str, data: bytes) -> list[tuple[str, str | bytes]]:
    return [(m.path, f"{m.error.code} {m.error.what}" if m.error else m.data) for m in unpack(name, data)]


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_compressed_file_is_the_file_itself(kind: str) -> None:
    (member,) = unpack(f"2021/news.jsonl.{kind}", COMPRESS[kind](TEXT))
    assert (member.path, member.name, member.data) == ("", "news.jsonl", TEXT)


@pytest.mark.parametrize("kind", COMPRESS)
def test_several_streams_one_after_another_are_one_file(kind: str) -> None:
    assert unpacked("a.txt", COMPRESS[kind](TEXT) + COMPRESS[kind](TEXT)) == [("", TEXT * 2)]


@pytest.mark.parametrize("pack", PACK)
def test_members_come_in_their_order_without_what_is_no_dump(pack: str) -> None:
    members = {"b/2.txt": TEXT, "a.txt": b"", "__MACOSX/._a.txt": b"x", "pic.jpg": b"x", "中/文.txt": b"1"}
    wanted = [("b/2.txt", TEXT), ("a.txt", b""), ("中/文.txt", b"1")]
    assert unpacked(f"x.{pack}", PACK[pack](members)) == wanted


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("suffix", ["tar.{}", "t{}", "{}"])
def test_a_compressed_tar(kind: str, suffix: str) -> None:
    assert unpacked("a." + suffix.format(kind), COMPRESS[kind](tarred({"a.txt": TEXT}))) == [("a.txt", TEXT)]


def test_archives_within_archives_but_not_for_ever() -> None:
    inner = zipped({"c.txt.gz": gzip.compress(TEXT)})
    assert unpacked("a.tar", tarred({"b/b.zip": inner})) == [("b/b.zip/c.txt.gz", TEXT)]
    ((path, error),) = unpacked(
        "a.zip", zipped({"1.zip": zipped({"2.zip": zipped({"3.zip": zipped({"a.txt": TEXT})})})})
    )
    assert path == "1.zip/2.zip/3.zip"
    assert str(error).startswith("E107 archives within archives")


def test_a_word_document_is_not_unpacked() -> None:
    data = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    assert unpacked("a.docx", data) == unpacked("a", data) == [("", data)]


@pytest.mark.parametrize("encoding", ["utf8", "gb18030"])
def test_names_without_a_flag_are_read_as_they_were_meant(encoding: str) -> None:
    raw = "旧闻.txt".encode(encoding)
    data = zipped({"x" * len(raw): TEXT}).replace(b"x" * len(raw), raw)
    assert unpacked("a.zip", data) == [("旧闻.txt", TEXT)]


def test_a_name_that_stands_twice_is_two_members() -> None:
    data = zipped({"ab.txt": b"1", "ac.txt": b"2"}).replace(b"ac.txt", b"ab.txt")
    assert unpacked("a.zip", data) == [("ab.txt", b"1"), ("ab.txt (2)", b"2")]


@pytest.mark.parametrize("pack", PACK)
@pytest.mark.parametrize("name", ["../up.txt", "a/../../up.txt", "/etc/up.txt", "..\\up.txt", "C:\\up.txt"])
def test_a_path_that_climbs_out_is_an_error(pack: str, name: str) -> None:
    found = unpacked("a", PACK[pack]({name: TEXT, "good.txt": TEXT}))
    assert len(found) == 2
    assert found[0][1] == "E107 its path climbs out of the archive"
    assert found[1] == ("good.txt", TEXT)


def test_links_and_encrypted_members_are_errors() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert unpacked("a.tar", stream.getvalue()) == [("link.txt", "E107 a link or a device, no file")]
    data = bytearray(zipped({"a.txt": TEXT}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert unpacked("a.zip", bytes(data)) == [("a.txt", "E107 encrypted")]


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_bomb_is_an_error(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_FREE", 1 << 20)
    monkeypatch.setattr(archives, "RATIO_LIMIT", 50)
    bomb = COMPRESS[kind](bytes(8 << 20))
    ((path, error),) = unpacked("a", bomb)
    assert path == ""
    assert str(error).startswith("E107 over the limits")
    found = unpacked("a.zip", zipped({"a.txt": TEXT, "bomb.txt": bytes(8 << 20), "b.txt": TEXT}))
    assert [path for path, _ in found] == ["a.txt", "bomb.txt", ""]
    assert all(str(error).startswith("E107 over the limits") for _, error in found[1:])


def test_many_members_and_large_ones_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBER_LIMIT", 1000)
    found = unpacked("a.zip", zipped({"large.txt": TEXT, "b.txt": b"1"}))
    assert str(found[0][1]).startswith("E107 over the limits")
    assert found[1] == ("b.txt", b"1")
    monkeypatch.setattr(archives, "MEMBERS_LIMIT", 2)
    found = unpacked("a.tar", tarred({f"{n}.txt": b"1" for n in range(9)}))
    assert [path for path, _ in found] == ["0.txt", "1.txt", "2.txt", ""]
    assert str(found[-1][1]).startswith("E107 over the limits after 3 members")


PACKED = [pack(TEXT) for pack in COMPRESS.values()] + [pack({"a.txt": TEXT, "b.txt": TEXT}) for pack in PACK.values()]


@pytest.mark.parametrize("data", PACKED, ids=[*COMPRESS, *PACK])
def test_what_is_cut_off_is_an_error(data: bytes) -> None:
    for cut in (len(data) // 2, len(data) - (600 if data[257:262] == b"ustar" else 5)):
        found = unpacked("a", data[:cut])
        assert found
        # A tar whose end is missing still has all its members.
        assert str(found[-1][1]).startswith("E107") or found == unpacked("a", data)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PACKED), st.integers(0, 1 << 32), st.integers(1, 8))
def test_mutated_archives_give_members_or_errors(data: bytes, seed: int, changes: int) -> None:
    rng, mutated = random.Random(seed), bytearray(data)
    for _ in range(changes):
        mutated[rng.randrange(len(mutated))] = rng.randrange(256)
    for member in unpack("a.zip", bytes(mutated)):
        assert member.error or isinstance(member.data, bytes)
        member.path.encode("utf8")
