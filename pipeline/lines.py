"""What a line of a dump looks like: the features by which `split` decides.

In: the decoded text of a document, in one piece or many. Out: its lines that hold something, stripped, one after the
other, each with its features. How the page is set and what repeats is known from a first reading. The features' weights and the patterns are data: lexicons split_features.csv, split_patterns.csv.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from . import lexicon
from .credits import may_be, read
from .text import fold

_CLOSING = "”’」』》)】]\"'"
_SENTENCE_ENDS = "。!?…;:"
_FIRST = {
    **dict.fromkeys('“"「', "quote_first"), **dict.fromkeys("—─", "dash_first"),
    **dict.fromkeys(",、。;:!?)”’》】」』的了着们", "inside_first"),
}  # fmt: skip
_LONGEST_LAYOUT = 100  # characters; patterns are tried on no longer lines
_LONGEST_CREDIT = 70
_LONGEST_TITLE = 34
_CUT = 26  # characters from which on a line that ends in mid-sentence is the first part of one
_SHORT = 24  # characters of a line that may be layout because it repeats, or be a headline without a gap
_LONG, _VERY_LONG = 40, 60
_SIZES = (
    ("short", 1, 12),
    ("title_length", 5, _LONGEST_TITLE),
    ("long", _LONG, _VERY_LONG),
    ("very_long", _VERY_LONG, _VERY_LONG),
)
_OF_SIZE = [[name for name, low, high in _SIZES if low <= size <= high] for size in range(_VERY_LONG + 1)]
_SLACK = (1, 3)  # how far from the margin a full line may end, in characters and in bytes
_BRACKETS = (("(", ")"), ("《", "》"), ("【", "】"))
_WINDOW = 12  # lines before a caption that may belong to its article
_MARKER = re.compile(r"^[□■○◎●◆◇☉⊙▲△*·@★☆▪•—-]+ ?")
_SIGNED = re.compile(r"[。!?”… ] ?\([^()]{2,40}\)$")  # a sentence, and behind it who wrote it
_PLACE = re.compile(r"[一-鿿]{2}(?:[县市区旗州]|街道|[乡镇村]|社区|苏木|嘎查|农场|林场|水库|公园|广场|小学|中学)")
_PICTURE = frozenset(("caption", "shown", "photo_end"))
_ENDED = frozenset(("closed", "marked_end", "colon_end", "signed_off", "photo_end"))
_LAYOUT = frozenset(("page", "issue", "staff", "contact", "paper", "turn", "field", "web"))
# Without any of these nothing says that a line is layout.
OF_LAYOUT = _LAYOUT | {"section", "latin", "number", "rule", "rubric", "repeated", "after_layout", "before_layout"}


class Line(NamedTuple):
    """A line that holds something: its stripped span in the document, blank lines before it, its text folded and as it is."""

    start: int
    end: int
    blank: int
    indent: int
    text: str
    raw: str


Features = tuple[str, ...]


def lines(parts: Iterable[str]) -> Iterator[Line]:
    """The lines of a document that hold something, in order. What a paper prints before or behind a text on the
    same line, (下转四版), is a line of its own."""
    start = blank = 0
    rest = ""
    for part in chain(parts, "\n"):
        text, end, rest = (rest + part).rpartition("\n")
        folded, offset = fold(text), start
        for raw in (text + end).splitlines(keepends=True):
            body = raw.strip()
            if body:
                indent = raw.index(body[0])
                first = start + indent
                plain = folded[first - offset : first - offset + len(body)]
                for low, high in _pieces(plain):
                    yield Line(first + low, first + high, blank, 0 if low else indent, plain[low:high], body[low:high])
                    blank = 0
            else:
                blank += 1
            start += len(raw)


def _pieces(text: str) -> list[tuple[int, int]]:
    """The spans of a line: what is cut off its head, itself, what is cut off its tail."""
    low, high = 0, len(text)
    turned = "版" in text
    found = []
    if turned or ":" in text[:10] or text[0] in "【[":
        match = _cut("head").match(text)
        if match and match.end() < high:
            found.append((0, match.end()))
            low = high - len(text[match.end() :].lstrip())
    if turned and (match := _cut("tail").search(text, max(low + 1, high - 30))):
        found.append((low, low + len(text[low : match.start()].rstrip())))
        low = match.start()
    found.append((low, high))
    return found


@cache
def _cut(how: str) -> re.Pattern[str]:
    either = "|".join(row["pattern"] for row in lexicon.rows("split_patterns") if row["how"] == how)
    return re.compile(f"(?:{either})$" if how == "tail" else either)


@dataclass(frozen=True, slots=True)
class Page:
    """How a document is set: the width that its lines are wrapped at (0: not wrapped), the indent of its paragraphs
    (0: none), its usual gap, and which short lines stand in it more than once."""

    width: int
    indent: int
    gap: int
    bytes: bool  # the width counts a Chinese character twice
    slack: int  # how far from the margin a full line may end
    repeated: Collection[int]  # hashes


def page(found: Iterable[Line]) -> Page:
    """How the document is set, from the shares of its lines."""
    indents, gaps = Counter[int](), Counter[int]()
    sizes = Counter[int](), Counter[int]()  # of long lines, in characters and in bytes
    short = array("q")  # 8 bytes a line: a large dump has millions
    count = 0
    for count, line in enumerate(found, 1):
        if line.indent:
            indents[line.indent] += 1
        if count > 1:
            gaps[line.blank] += len(line.text)  # what is text, not furniture, decides
        if len(line.text) >= 10:
            sizes[0][_size(line, False)] += 1
            sizes[1][_size(line, True)] += 1
        if len(line.text) <= _SHORT:
            short.append(hash(line.text))
    indent, n = indents.most_common(1)[0] if indents else (0, 0)
    gap = max(gaps, key=lambda each: (gaps[each], -each)) if gaps else 0
    in_bytes = (wide := _wrapped(sizes[1], True))[0] > (plain := _wrapped(sizes[0], False))[0]
    _, width, slack = wide if in_bytes else plain
    values, times = np.unique(np.frombuffer(short, "q"), return_counts=True)
    repeated = frozenset(values[times > 1].tolist())
    return Page(width, indent if n >= 2 and n >= 0.1 * count else 0, gap, in_bytes, slack, repeated)


def _wrapped(sizes: Mapping[int, int], in_bytes: bool) -> tuple[float, int, int]:
    """The share of long lines that end at the margin, the margin, and how far from it; zeros where the text is not wrapped."""

    def between(low: float, high: float) -> int:
        return sum(n for size, n in sizes.items() if low <= size <= high)

    total = sum(sizes.values())
    if total < 4:
        return 0.0, 0, 0
    margin = max(sizes, key=lambda size: sizes[size])
    slack = _SLACK[in_bytes]
    near = between(margin - slack, margin + slack)
    beyond = between(margin + slack + 1, 1 << 40)
    if near < max(3, 0.45 * total) or beyond > 0.1 * total or margin > (120 if in_bytes else 60):
        return 0.0, 0, 0
    exact = between(margin - in_bytes, margin + slack) >= 0.9 * near  # a mark may hang beyond the margin
    return near / total, margin, int(in_bytes) if exact else slack


def _size(line: Line, in_bytes: bool) -> int:
    """How wide a line is, in characters or in half ones: three bytes of UTF-8 are a Chinese character, one is a Latin one."""
    if not in_bytes:
        return line.indent + len(line.text)
    return 2 * line.indent + (len(line.text.encode("utf8", "replace")) + len(line.text)) // 2


def _measure(line: Line, setting: Page) -> str:
    """Whether a line fills the measure, or goes beyond it as only a headline can; nothing where lines are not wrapped."""
    if not setting.width:
        return ""
    size = _size(line, setting.bytes)
    if size > setting.width + _SLACK[setting.bytes]:
        return "beyond"
    return "full" if size >= setting.width - setting.slack else "not_full"


@cache
def _either(how: str) -> re.Pattern[str]:
    """The patterns of a kind as one; the name of the group that matches is the feature's and a number."""
    found = [row for row in lexicon.rows("split_patterns") if row["how"] == how]
    return re.compile("|".join(f"(?P<{row['feature']}_{n}>{row['pattern']})" for n, row in enumerate(found)))


@cache
def _patterns(how: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((r["feature"], re.compile(r["pattern"])) for r in lexicon.rows("split_patterns") if r["how"] == how)


def _feature(match: re.Match[str] | None) -> list[str]:
    return [(match.lastgroup or "").rpartition("_")[0]] if match else []


def _matched(text: str) -> list[str]:
    """The features that patterns give: of the line's start, of its end, of a line of layout, of a credit."""
    names = _feature(_either("start").match(text, 0, _LONGEST_LAYOUT))
    names += _feature(_either("end").fullmatch(text, max(0, len(text) - 8)))
    if len(text) <= _LONGEST_LAYOUT and "。" not in text:
        names += _feature(_either("whole").fullmatch(text))
        if _either("token").match(text):
            names += dict.fromkeys(_tokens(text))
        if _is_credit(text):
            names.append("credit")
    return names


def _tokens(text: str) -> list[str]:
    """The kinds of layout words that a line is made of; none where anything else stands in it."""
    kinds: list[str] = []
    position = 0
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        ends = [(match.end(), name) for name, pattern in _patterns("token") if (match := pattern.match(text, position))]
        if not ends:
            return []
        position, kind = max(ends)
        kinds.append(kind)
    return kinds


def _is_credit(text: str) -> bool:
    """Whether a line is a credit from end to end, a role or a bracket or a mark making it one."""
    if len(text) > _LONGEST_CREDIT or text[-1] in "!?":
        return False
    start = marker.end() if (marker := _MARKER.match(text)) else 0
    if not start and not may_be(text):
        return False
    end = len(text)
    if text[start : start + 1] in ("(", "[", "【") and text[-1] in ")]】":
        start, end = start + 1, end - 1
    return bool(read(text, start, end, roleless=start > 0))


def looks(found: Iterable[Line], setting: Page) -> Iterator[tuple[Line, Features, str]]:
    """Every line of a document with its features, which depend on its neighbours and on how the page is set, and how
    a paragraph that ends with it would end: open, closed, or full (at the margin)."""
    before: deque[Line] = deque(maxlen=_WINDOW)
    line, matched, last = None, list[str](), list[str]()  # a line, its patterns, the features of the line before it
    front = True  # nothing but layout so far
    for following in chain(found, (None,)):
        ahead = _matched(following.text) if following else []
        if line:
            if "issue" in matched and not _LAYOUT.isdisjoint(last):  # a date below a paper's name signs nothing
                matched = [name for name in matched if name != "signed"]
            names = ["always", *_of_text(line.text), *matched, *_of_place(line, bool(before), following, setting)]
            if front:
                names.append("first")
                front = not OF_LAYOUT.isdisjoint(matched)
            if len(line.text) <= _SHORT and hash(line.text) in setting.repeated:
                names.append("repeated")
            names += _after(before[-1].text if before else "", last, matched)
            if following:
                names += _before(following, ahead)
            if OF_LAYOUT.isdisjoint(names):
                names.append("plain")
            if not _PICTURE.isdisjoint(matched) and _strange(line, before):
                names.append("strange")
            yield line, tuple(names), _ending(line, names, following, setting)
            before.append(line)
            last = names
        line, matched = following, ahead


def _of_text(text: str) -> list[str]:
    """What a line's characters say, its length and its marks."""
    size, first, stripped = len(text), text[0], text.rstrip(_CLOSING)
    last, commas = stripped[-1:] or text[-1], text.count(",")
    names = _OF_SIZE[min(size, _VERY_LONG)].copy()
    if last in "。…;" or (last in "!?" and size > _LONGEST_TITLE):
        names.append("closed")
    elif last in "!?":
        names.append("marked_end")
    elif last == ":":
        names.append("colon_end")
    if text.find("。", 0, len(stripped) - 1) >= 0:
        names.append("full_stop_inside")
    if commas:
        names.append("comma")
        if commas > 1:
            names.append("commas")
        if size >= 26:
            names.append("comma_long")
    if size <= 50 and " " in text:
        names.append("spaced")
    elif size >= _SHORT and not commas:
        names.append("unbroken")
    if first in _FIRST:
        names.append(_FIRST[first])
    if first in "([【" and size <= 45 and text[-1] in ")]】":
        names.append("bracketed")
    if text[-1] == ")" and _SIGNED.search(text[-44:]):
        names.append("signed_off")
    return names


def _of_place(line: Line, behind: bool, following: Line | None, setting: Page) -> list[str]:
    """What a line's place on the page says: its indent, whether it fills the measure, the gaps around it."""
    names = []
    if setting.indent:
        names.append("centred" if line.indent > setting.indent + 1 else "indented" if line.indent else "not_indented")
    if measure := _measure(line, setting):
        names.append(measure)
    if behind and line.blank > setting.gap:
        names.append("gap")
    if following and following.blank > setting.gap:
        names.append("gap_after")
    if not following:
        names.append("last")
    return names


def _after(text: str, last: Sequence[str], matched: Sequence[str]) -> list[str]:
    """What the line in front, its text and its features, says of a line whose patterns are `matched`."""
    names = []
    if any(text.rfind(opening) > text.rfind(closing) for opening, closing in _BRACKETS):
        names.append("within")
    if not _LAYOUT.isdisjoint(last):
        names.append("after_layout")
    if "signed_off" in last or "bracketed" in last:
        names.append("after_signed")
    if "short" in last and "full" not in last:
        names.append("after_short")
    if len(text) >= _CUT and _ENDED.isdisjoint(last):
        names.append("after_cut")
    if "lead" in matched and ("closed" in last or "signed_off" in last):
        names.append("lead_again")
    return names


def _before(following: Line, matched: Sequence[str]) -> list[str]:
    """What the line behind says of a line."""
    if "lead" in matched:
        return ["before_lead"]
    if not _LAYOUT.isdisjoint(matched):
        return ["before_layout"]
    if "credit" in matched and following.text[0] != "(":
        return ["before_credit"]
    if "caption" in matched or "shown" in matched:
        return ["before_caption"]
    if "note" in matched:
        return ["before_note"]
    return ["before_long"] if len(following.text) >= 40 or "time_first" in matched else []


def _strange(line: Line, before: Iterable[Line]) -> bool:
    """Whether a caption names a place, and none that the lines before it name: it is a picture of its own."""
    places = {match[0] for match in _PLACE.finditer(line.text[:60])}
    told = "".join(each.text for each in before)
    return bool(places) and not any(place[:2] in told for place in places)


def _ending(line: Line, names: Sequence[str], following: Line | None, setting: Page) -> str:
    """Whether a paragraph that ends with this line ends in mid-sentence, or with a sentence at the margin."""
    if following and "full" in names:
        return "closed" if setting.indent and following.indent else "full"
    if "signed_off" in names or ("note" in names and "short" in names):
        return "closed"
    return "closed" if (line.text.rstrip(_CLOSING)[-1:] or "。") in _SENTENCE_ENDS else "open"
