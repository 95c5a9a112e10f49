"""Bytes → text and the name of its encoding, by evidence; InputError where there is not enough of it.

A byte order mark decides; else every encoding that decodes a sample strictly is scored by what it makes of it.
Chinese text is four fifths common characters and marks (0.80 measured), any wrong reading of its bytes one
fifteenth (0.06 at most), so a few characters tell them apart. The winner then decodes all, strictly, and no
stretch of the text may look like a wrong reading. Line ends become \\n: the text is what
`open(path, encoding=encoding)` reads. Bytes that are not held are read block by block, `survey` first, `parts` then.
"""

from __future__ import annotations

import codecs
import io
import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, permutations
from typing import Final

import numpy as np
import numpy.typing as npt

from . import lexicon
from .content import Content, blocks, cut, opened
from .errors import InputError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES: Final = (
    "utf-8", "gb18030", "big5", "cp950", "big5hkscs", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be",
)  # fmt: skip
_FAMILY: Final = {"cp950": "big5", "big5hkscs": "big5"}  # supersets, tried where the plain form does not decode

_WEAK: Final = frozenset({"gb18030", "big5", "cp950", "big5hkscs", "utf-16-le", "utf-16-be"})

_SAMPLE = 1 << 16
_LONGEST_LINE = 1 << 26  # characters; what is longer has no lines
_STEP, _WIDE, _NARROW = 1 << 20, 1 << 10, 1 << 5
# Log odds of nothing, a common, a rare, a bad character under a right and a wrong reading: 0.75 against 0.06 are common.
_LOG_ODDS: Final = np.array([0.0, math.log(0.75 / 0.06), math.log(0.25 / 0.94), -8.0])
_ENOUGH = 6.0  # odds of 400 to 1, against no reading and against the second best
_UTF8_BONUS = 4.0  # a chance sequence of three bytes is a UTF-8 character once in about 60

_HIGH, _NUL = re.compile(rb"[\x80-\xff]"), re.compile(rb"\0")
_UTF8_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){4}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def decode(data: bytes, *, escaped: bool = False) -> tuple[str, str]:
    """The text with \\n for every line end, and the Python name of its encoding. Raises InputError E101–E106.

    `escaped` text may have its Chinese in escapes or references, and be nothing but ASCII.
    """
    encoding = _decided(data, escaped)
    return "".join(_checked(data, encoding)), encoding


def survey(data: Content, *, escaped: bool = False) -> tuple[str, int]:
    """The name of the encoding and the number of characters, once all of the text is checked. Raises as `decode` does."""
    encoding = _decided(data, escaped)
    size = line = 0
    for part in _checked(data, encoding):
        size += len(part)
        line = len(part) - part.rfind("\n") - 1 + (line if "\n" not in part else 0)
        if line > _LONGEST_LINE:
            raise InputError("E105", f"damaged text: a line of more than {_LONGEST_LINE:,} characters")
    return encoding, size


def parts(data: Content, encoding: str) -> Iterator[str]:
    """The text, about a million characters at a time, without any check but that it decodes."""
    with opened(data) as stream, io.TextIOWrapper(stream, encoding, newline=None) as text:
        head = text.read(1).removeprefix("\ufeff")
        while part := head + text.read(_STEP - len(head)):
            yield part
            head = ""


def _decided(data: Content, escaped: bool) -> str:
    """The encoding by evidence; `ascii` where only that is there and escapes may hold the Chinese."""
    if not any(block.strip() for block in blocks(data)):
        raise InputError("E101", "empty file")
    if escaped and all(block.isascii() for block in blocks(data)):
        return "ascii"
    return _marked(cut(data, 0, 4)) or _scored(data)


def _checked(data: Content, encoding: str) -> Iterator[str]:
    """The text in parts; raises InputError where it does not decode, is a wrong reading, or nothing is Chinese."""
    if encoding == "gb18030" and (start := _find(data, _UTF8_RUN, 12)) is not None:
        raise InputError("E105", f"mixed encodings: {_where(data, start)} is UTF-8, the rest {encoding}")
    blank, chinese, lines = True, encoding == "ascii", 0
    try:
        for part in parts(data, encoding):
            blank = blank and not part.strip()
            if encoding != "ascii":
                _whole(part, encoding, lines)
            chinese = chinese or bool(_HAN.search(part))
            lines += part.count("\n")
            yield part
    except UnicodeDecodeError:
        raise _damaged(data, encoding) from None
    if blank:
        raise InputError("E101", "empty file")
    if not chinese:
        raise InputError("E106", "no Chinese text in the file")


def _find(data: Content, pattern: re.Pattern[bytes], longest: int) -> int | None:
    """Where a pattern of at most so many bytes is first found."""
    position, tail = 0, b""
    for block in blocks(data):
        if match := pattern.search(tail + block):
            return position - len(tail) + match.start()
        position += len(block)
        tail = (tail + block)[-longest:]
    return None


def one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean(text: str) -> str:
    """A text that no decoder has seen, as one would give it: one kind of line end, no NUL, no lone surrogates."""
    text = one_line_end(text).replace("\0", "")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _scored(data: Content) -> str:
    """The one encoding that makes Chinese of a sample of the bytes. Raises InputError where none or several do."""
    first = _find(data, _HIGH, 1)
    if first is None and _find(data, _NUL, 1) is None:
        raise InputError("E106", "no Chinese text: nothing but ASCII")
    sample = cut(data, (first or 0) & ~3, _SAMPLE)  # from a whole number of units of UTF-16 and UTF-32 on
    scores: dict[str, float] = {}
    for encoding in _CANDIDATES:
        if _FAMILY.get(encoding) not in scores and (score := _score(sample, encoding)) is not None:
            scores[encoding] = score
    ranked = sorted(scores, key=lambda each: -scores[each])
    if ranked and scores[ranked[0]] >= _ENOUGH:
        if len(ranked) > 1 and scores[ranked[0]] - scores[ranked[1]] < _ENOUGH:
            raise InputError("E104", f"encoding not decided between {ranked[0]} and {ranked[1]}", _FIX)
        return ranked[0]
    raise _undecided(data, sample)


_FIX = "save the file as UTF-8"


def _score(sample: bytes, encoding: str) -> float | None:
    """The log odds that the sample is Chinese in this encoding; None where it does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(sample, final=len(sample) < _SAMPLE)
    except UnicodeDecodeError:
        return None
    if encoding == "utf-8":
        return _odds(text) + _UTF8_BONUS * sum(character >= "\u2e80" for character in text)
    return _odds(text)


def _odds(text: str) -> float:
    """The log odds that a text is Chinese and not a wrong reading of Chinese."""
    return float(np.bincount(_kinds(text), minlength=4) @ _LOG_ODDS)


def _kinds(text: str) -> npt.NDArray[np.uint8]:
    """What each character says of the encoding: nothing (0), common (1), rare (2), bad (3)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kinds: npt.NDArray[np.uint8] = _kind_of_code()[np.minimum(codes, 0x10000)]
    return kinds


@cache
def _kind_of_code() -> npt.NDArray[np.uint8]:
    common = frozenset("".join(row["characters"] for row in lexicon.rows("common_characters")))
    kinds = np.full(0x10001, 2, dtype=np.uint8)
    for code in range(0x10000):
        character = chr(code)
        if character in common:
            kinds[code] = 1
        elif character.isspace() or character == "\x1a" or (code < 0x80 and character.isprintable()):
            kinds[code] = 0
        elif character == "\ufffd" or not character.isprintable():
            kinds[code] = 3
    return kinds


def _undecided(data: Content, sample: bytes) -> InputError:
    """Why no encoding makes Chinese of the bytes: binary, damaged, or something else."""
    if len(_CONTROL.findall(sample)) * 100 > len(sample):
        return InputError("E102", "binary file")
    for encoding in ("utf-8", "gb18030", "big5"):
        text = sample.decode(encoding, "replace")
        lost = text.count("\ufffd")
        if _odds(text.replace("\ufffd", "")) > max(_ENOUGH, -_LOG_ODDS[3] * lost):
            return _damaged(data, encoding)
    return InputError("E104", "encoding not decided: no known one makes Chinese of it", _FIX)


def _damaged(data: Content, encoding: str) -> InputError:
    return InputError("E105", f"damaged {encoding} at {_where(data, _break(data, encoding))}", "mend or cut what is broken there")  # fmt: skip


def _break(data: Content, encoding: str) -> int:
    """The byte at which the data do not decode."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    for block in chain(blocks(data), (b"",)):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return position - held + error.start
        position += len(block)
    return position


def _where(data: Content, position: int) -> str:
    line = len(re.findall(rb"\r\n|\r|\n", cut(data, 0, position))) + 1
    return f"byte {position:,} (line {line:,})"


def _whole(part: str, encoding: str, lines: int) -> None:
    """Raises InputError where a stretch of the text, behind so many lines, is a wrong reading."""
    if "\0" in part:
        raise InputError("E105", f"damaged text: NUL in {_line(part, part.index(chr(0)), lines)}")
    if (wrong := _misread(part, encoding in _WEAK)) is not None:
        where = _line(part, wrong, lines)
        raise InputError("E105", f"damaged text: as {encoding} it is no Chinese in {where}", _FIX)


def _line(part: str, position: int, lines: int) -> str:
    return f"line {lines + part.count(chr(10), 0, position) + 1:,}"


def _misread(text: str, weak: bool) -> int | None:
    """Where a stretch begins that is a wrong reading; None where all is Chinese.

    Real text of a thousand characters never had less than half of them common (measured). A window of 32 may, and
    so may a list of rare names: it has to make sense in another reading too, unless the encoding is a `weak` one,
    which decodes almost any bytes.
    """
    kinds = np.pad(_kinds(text), (0, -len(text) % _WIDE))
    for width, least, share in ((_WIDE, 64, 0.15), (_NARROW, 14, 0.25)):
        windows = kinds.reshape(-1, width)
        told, common = np.count_nonzero(windows, axis=1), np.count_nonzero(windows == 1, axis=1)
        for window in np.flatnonzero((told >= least) & (common < share * told)):
            start = int(window) * width
            if (width == _WIDE and weak) or _other_reading(text[start : start + width]):
                return start
    for window in np.flatnonzero(np.count_nonzero(kinds.reshape(-1, _WIDE) == 3, axis=1) * 50 > _WIDE):
        start = int(window) * _WIDE
        if text.count("\ufffd", start, start + _WIDE) * 50 > _WIDE:
            return start
    return None


def _other_reading(window: str) -> bool:
    """Whether the characters become Chinese when written in one encoding and read in another."""
    for written, read in permutations(("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be", "latin-1", "cp1252"), 2):
        again = window.encode(written, "ignore").decode(read, "ignore")
        kinds = _kinds(again)
        told, common = np.count_nonzero(kinds), np.count_nonzero(kinds == 1)
        if told * 4 > len(window) and common >= 5 and common > 0.4 * told:
            return True
    return False
