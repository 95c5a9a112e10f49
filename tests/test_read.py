"""Bytes of any kind → text, right or rejected with a code."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import CODES, InputError
from pipeline.model import Source
from pipeline.read import read

SOURCE = Source(Path("a.txt"), "a.txt")
# Own sentences, in both forms of writing.
PLAIN = (
    "本报讯（记者 佟墨林）近日，县农业农村局组织技术人员到各乡镇查看秋粮长势。",
    "“今年雨水足，稻谷比去年每亩多收了80多斤。”红星村种粮大户裴书砚说。",
    "截至9月底，全县完成固定资产投资12.6亿元，同比增长8.3%；新开工项目27个。",
    "会议强调，要把群众的安危冷暖放在心上，扎实做好防汛、防火和安全生产工作。",
    "3.5公里的新路通到了家门口，孩子们上学再也不用绕行；老人们看病也方便了。",
    "县图书馆每周六、周日上午9:00至11:30开放，读者凭身份证即可借阅。",
)
TRADITIONAL = (
    "本報訊（記者 佟墨林）近日，縣農業農村局組織技術人員到各鄉鎮查看秋糧長勢。",
    "「今年雨水足，稻穀比去年每畝多收了80多斤。」紅星村種糧大戶裴書硯說。",
    "截至9月底，全縣完成固定資產投資12.6億元，同比增長8.3%；新開工項目27個。",
    "會議強調，要把群眾的安危冷暖放在心上，扎實做好防汛、防火和安全生產工作。",
    "3.5公里的新路通到了家門口，孩子們上學再也不用繞行；老人們看病也方便了。",
)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def prose(length: int, seed: int, sentences: tuple[str, ...] = PLAIN) -> str:
    """Text of so many characters, some lines short, some long."""
    rng = random.Random(seed)
    parts: list[str] = []
    while sum(map(len, parts)) < length + 40:
        parts += [rng.choice(sentences), rng.choice(("", "", "\n", "\n\n"))]
    text = "".join(parts)
    start = rng.randrange(len(text) - length + 1)
    return text[start : start + length]


def decoded(data: bytes) -> str | None:
    """The text, or None where it is rejected with a code."""
    try:
        (document,) = read(SOURCE, data)
    except InputError as error:
        return None if error.code in CODES else error.code
    return document.text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("length", [30, 100, 1000, 100_000])
def test_every_encoding_is_read_right(encoding: str, end: str, length: int) -> None:
    for seed in range(60 if length == 30 else 5 if length < 100_000 else 1):
        text = prose(length, seed, TRADITIONAL if encoding == "big5" else PLAIN)
        assert decoded(text.replace("\n", end).encode(encoding)) == text


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("length", [1, 2, 5, 10, 20])
def test_a_short_text_is_read_right_or_rejected(encoding: str, length: int) -> None:
    for seed in range(100):
        text = prose(length, seed, TRADITIONAL if encoding == "big5" else PLAIN)
        assert decoded(text.encode(encoding)) in (text, None)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
        (b"", "gb2312"),
        (b"", "hz"),
    ],
)
def test_marks_and_older_encodings(mark: bytes, encoding: str) -> None:
    for seed in range(20):
        text = prose(60, seed).replace("“", "").replace("”", "")
        assert decoded(mark + text.encode(encoding)) in ((text,) if encoding != "hz" else (text, None))


@pytest.mark.parametrize("inside", ["\ufeff", "\u200b", "\u202e", "𠮷", "䶮", "\u3000"], ids=ascii)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_what_cannot_be_seen_stays_where_it_is(inside: str, encoding: str) -> None:
    """Marks inside, widths of nothing, turns of direction, names beyond the plane: the text as it is, or a reject."""
    text = f"{PLAIN[0]}\n县长{inside}王伟到红星镇调研。\n{PLAIN[1]}"
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(("encoding", "told"), [("utf-8", "utf-8"), ("gbk", "gb18030"), ("utf-16", "utf-16")])
def test_the_text_is_what_open_reads(tmp_path: Path, encoding: str, told: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(prose(500, 1).replace("\n", "\r\n").encode(encoding))
    (document,) = read(Source(path, "a.txt"), path.read_bytes())
    assert (document.encoding, document.n_bytes) == (told, path.stat().st_size)
    assert document.text == path.read_text(encoding=document.encoding)


@pytest.mark.parametrize("written", ["gb18030", "big5", "utf-16-le"])
def test_traditional_characters_stay_as_they_are(written: str) -> None:
    text = prose(300, 2, TRADITIONAL)
    assert decoded(text.encode(written)) == text


GOOD = prose(3000, 3)
CUT = GOOD.encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E101"),
        (b" \r\n\t\n", "E101"),
        (b"\xef\xbb\xbf", "E101"),
        ("　\n　".encode(), "E101"),
        (bytes(range(256)) * 8, "E102"),
        (random.Random(1).randbytes(5000), "E102"),
        (b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(3000), "E102"),
        (GOOD[:500].encode() + random.Random(3).randbytes(20), "E105"),
        ("Привет, как дела? Всё хорошо, спасибо.".encode("koi8-r"), "E104"),
        ("今日は天気がいいですね。明日も晴れるでしょう。".encode("shift-jis"), "E104"),
        ("오늘은 날씨가 좋습니다. 내일도 맑겠습니다.".encode("euc-kr"), "E104"),
        (CUT[:1000] + b"\xff" + CUT[1000:], "E105"),
        (CUT[:-1], "E105"),
        (GOOD.encode("gb18030")[:1001] + b"\n" + CUT, "E104"),
        (CUT[:3000] + b"\0" + CUT[3000:], "E105"),
        (GOOD.replace("县", "\ufffd").encode() + "\ufffd".encode() * 30, "E105"),
        (b"Nothing but plain English stands in this file.\n" * 3, "E106"),
        ("— … ％\n".encode(), "E106"),
    ],
)
def test_what_gives_no_text_is_rejected_with_a_code(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as error:
        read(SOURCE, data)
    assert error.value.code == code, error.value


def test_damage_is_located() -> None:
    with pytest.raises(InputError, match=r"E105 damaged utf-8 at byte \d+ \(line 3\)"):
        read(SOURCE, "晴天的新闻。\n雨天的新闻。\n阴天的".encode() + b"\xe6\x96" + "新闻。\n".encode())


@pytest.mark.parametrize("other", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("main", ["utf-8", "gb18030", "big5", "utf-16-le"])
@pytest.mark.parametrize("length", [80, 300, 1000])
def test_mixed_encodings_are_rejected(main: str, other: str, length: int) -> None:
    if main == other:
        return
    for seed in range(10):
        around, within = prose(3000, seed, TRADITIONAL), prose(length, seed + 50, TRADITIONAL)
        cut = 137 * (seed + 1)
        assert decoded(around[:cut].encode(main) + within.encode(other) + around[cut:].encode(main)) is None


@pytest.mark.parametrize(
    "wrongly", [("utf-8", "gb18030"), ("utf-8", "latin-1"), ("gb18030", "latin-1"), ("gb18030", "big5")]
)
@pytest.mark.parametrize("saved", ["utf-8", "gb18030"])
@pytest.mark.parametrize("length", [40, 400])
def test_what_was_read_wrongly_before_it_was_saved_is_rejected(
    wrongly: tuple[str, str], saved: str, length: int
) -> None:
    for seed in range(20):
        assert decoded(prose(length, seed).encode(wrongly[0]).decode(wrongly[1], "replace").encode(saved)) is None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    "text",
    [
        "拟任人选名单\n" + "\n".join(f"{a}{b}{c}" for a in "佟裴牧鄢邬靳" for b in "翊璟晗沐" for c in "琰煜珩"),
        "昆明雷阵雨转多云19℃/28℃\n拉萨小雨转多云11℃/28℃\n西安晴24℃/35℃\n" * 20,
        "联通",
        "ａｂｃ１２３全角字母数字与汉字混排的一段话",
        "㐂㐄𠀋𠮷野家店里的客人很多，大家都说好。",
        "电话：0570-1234567　邮箱：abc@example.com\n" * 30,
        "哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈，他笑了。",
    ],
)
def test_odd_but_real_text_is_never_read_wrongly(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text or (encoding != "utf-8" and decoded(text.encode(encoding)) is None)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_a_code(data: bytes) -> None:
    decoded(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_text_gives_text_or_a_code(data: st.DataObject) -> None:
    encoded = bytearray(prose(120, data.draw(st.integers(0, 20))).encode(data.draw(st.sampled_from(ENCODINGS[:4]))))
    change: Callable[[int], None]
    for change in data.draw(st.lists(st.sampled_from((encoded.pop, encoded.reverse)), max_size=3)):  # type: ignore[arg-type]
        change(data.draw(st.integers(0, len(encoded) - 1))) if change == encoded.pop else encoded.reverse()
    for _ in range(data.draw(st.integers(0, 5))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    decoded(bytes(encoded))
