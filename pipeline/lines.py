"""What a line of a dump looks like: the features by which `split` decides.

In: the decoded text of a document. Out: its lines that hold something, stripped, each with its features. The
features' weights and the patterns are data: lexicons split_features.csv, split_patterns.csv.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from . import lexicon
from .credits import read
from .text import fold

_CLOSING = "”’」』》)】]\"'"
_SENTENCE_ENDS = "。!?…;:"
_INSIDE = frozenset(",、。;:!?)”’》】」』的了着们")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_LONGEST_LAYOUT = 100  # characters; patterns are tried on no longer lines
_LONGEST_CREDIT = 70
_LONGEST_TITLE = 34
_MARKER = re.compile(r"^[□■○◎●◆◇☉⊙▲△*·@★☆▪•—-]+ ?")
_SIGNED = re.compile(r"[。!?”… ] ?\([^()]{2,40}\)$")  # a sentence, and behind it who wrote it


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds something: its stripped span in the document, blank lines before it, its folded text."""

    start: int
    end: int
    blank: int
    indent: int
    text: str


@dataclass(frozen=True, slots=True)
class Looks:
    """A line's features, and whether a paragraph that ends with it is still open."""

    features: tuple[str, ...]
    is_open: bool


def lines(text: str) -> list[Line]:
    """The lines of a document that hold something, in order."""
    found: list[Line] = []
    start = blank = 0
    for match in [*_BREAK.finditer(text), None]:
        end = match.start() if match else len(text)
        raw = text[start:end]
        body = raw.strip()
        if body:
            indent = len(raw) - len(raw.lstrip())
            found.append(Line(start + indent, start + indent + len(body), blank, indent, fold(body)))
            blank = 0
        else:
            blank += 1
        start = match.end() if match else end
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """How a document is set: the width that its lines are wrapped at (0: not wrapped), whether paragraphs are indented, its usual gap."""

    width: int
    indents: bool
    gap: int


def page(found: Sequence[Line]) -> Page:
    """How the document is set, from the shares of its lines."""
    long = [len(line.text) for line in found if len(line.text) >= 12]
    width, n = Counter(long).most_common(1)[0] if long else (0, 0)
    near = sum(width - 2 <= each <= width for each in long)
    wrapped = (
        width <= 60
        and near >= max(3, 0.5 * len(long))
        and n >= 3
        and sum(each > width for each in long) <= 0.1 * len(long)
    )
    indented = sum(line.indent > 0 for line in found)
    gaps = Counter(line.blank for line in found[1:])
    usual = max(gaps, key=lambda gap: (gaps[gap], -gap)) if gaps else 0
    return Page(width if wrapped else 0, 0.15 * len(found) <= indented <= 0.9 * len(found) and indented >= 2, usual)


@cache
def _patterns() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    return tuple(
        (row["feature"], row["whole"] == "1", re.compile(row["pattern"])) for row in lexicon.rows("split_patterns")
    )


def _matched(text: str) -> list[str]:
    """The features that patterns give, in the lexicon's order."""
    names: dict[str, None] = {}
    head = text[:_LONGEST_LAYOUT]
    for name, whole, pattern in _patterns():
        if name not in names and (
            pattern.fullmatch(text) if whole and len(text) <= _LONGEST_LAYOUT else not whole and pattern.match(head)
        ):
            names[name] = None
    if _is_credit(text):
        names["credit"] = None
    return list(names)


def _is_credit(text: str) -> bool:
    """Whether a line is a credit from end to end, a role or a bracket or a mark making it one."""
    if len(text) > _LONGEST_CREDIT or text[-1] in "。!?":
        return False
    start = marker.end() if (marker := _MARKER.match(text)) else 0
    end = len(text)
    if text[start : start + 1] in ("(", "[", "【") and text[-1] in ")]】":
        start, end = start + 1, end - 1
    return bool(read(text, start, end, roleless=start > 0))


def looks(found: Sequence[Line]) -> list[Looks]:
    """The features of every line of a document, which depend on its neighbours and on how the page is set."""
    setting = page(found)
    matched = [_matched(line.text) for line in found]
    result = []
    for n, line in enumerate(found):
        names = ["always", *_of_text(line.text), *matched[n]]
        if setting.indents:
            names.append("indented" if line.indent else "not_indented")
        if n and line.blank > max(1, setting.gap):
            names.append("gap")
        following = matched[n + 1] if n + 1 < len(found) else []
        if "lead" in following or ("credit" in following and found[n + 1].text[0] != "("):
            names.append("before_lead")
        if n + 1 == len(found):
            names.append("last")
        result.append(Looks(tuple(names), _is_open(found, n, setting)))
    return result


def _of_text(text: str) -> list[str]:
    size, stripped = len(text), text.rstrip(_CLOSING)
    last = stripped[-1:] or text[-1]
    commas = text.count(",")
    return [
        name
        for name, holds in (
            ("short", size <= 12),
            ("title_length", 5 <= size <= _LONGEST_TITLE),
            ("long", size >= 40),
            ("very_long", size >= 60),
            ("closed", last in "。…;:" or (last in "!?" and size > _LONGEST_TITLE)),
            ("marked_end", last in "!?" and size <= _LONGEST_TITLE),
            ("full_stop_inside", "。" in stripped[:-1]),
            ("comma", commas > 0),
            ("commas", commas > 1),
            ("comma_long", commas > 0 and size >= 26),
            ("spaced", " " in text and size <= 50),
            ("quote_first", text[0] in '“"「'),
            ("inside_first", text[0] in _INSIDE),
        )
        if holds
    ]


def _is_open(found: Sequence[Line], n: int, setting: Page) -> bool:
    """Whether the paragraph cannot end with this line: no sentence ends here, or the line is full and the next is not indented."""
    text = found[n].text
    if setting.width and len(text) >= setting.width - 1 and n + 1 < len(found) and setting.indents:
        return not found[n + 1].indent
    if text[-1] == ")" and _SIGNED.search(text[-44:]):
        return False
    return (text.rstrip(_CLOSING)[-1:] or "。") not in _SENTENCE_ENDS
