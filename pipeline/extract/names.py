"""Names of persons at a place in the text: how long a name there can be, and how much it looks like one.

In: a folded text and a position. Out: `Option`s (end, score): what the characters of the name say, and what stands right behind it.
What stands before (an office, a word for a person) is the caller's, who has thresholds for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon

_HAN: Final = "\u3400-\u9fff\U00020000-\U0003134f"
_LONGEST_WORD: Final = 4
_AGE: Final = re.compile(
    r"[,(]?(?:今年|现年|年近|年仅|年过|已经|已|快|刚满|刚过|年满)?(?:\d{1,3}|[一二三四五六七八九十百]{1,4})[多余来]?岁"
    r"|[,(、](?:男|女)[,)、;](?:汉|.{1,4}族)?"
)
_STOP: Final = frozenset(",、。;:!?)】」』”\n…—\"'》")
_CLOSING: Final = frozenset("说讲等称问答笑道是")  # verbs that can end a clause right behind a name
_DOT: Final = "·"


@dataclass(frozen=True, slots=True)
class Option:
    """A name that could stand here: where it ends and what its own characters and the next ones say for it."""

    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Tables:
    """The lexicons of names, read once."""

    surnames: dict[str, int]
    given: frozenset[str]
    never: frozenset[str]
    second: frozenset[str]
    foreign: frozenset[str]
    verbs: frozenset[str]
    says: frozenset[str]
    titles: frozenset[str]
    nots: frozenset[str]
    nouns: frozenset[str]
    calls: frozenset[str]
    bylines: frozenset[str]
    elements: re.Pattern[str]


@cache
def tables() -> Tables:
    """The lexicons names_*.csv."""
    surnames = {s: int(row["weight"]) for row in lexicon.rows("names_surnames") for s in row["surnames"].split()}
    kinds = {
        kind: frozenset("".join(row["characters"] for row in lexicon.rows("names_characters") if row["kind"] == kind))
        for kind in ("given", "never", "second", "foreign")
    }
    context = {
        kind: lexicon.words("names_context", kind=kind)
        for kind in ("verb", "title", "not", "noun", "call", "byline", "say")
    }
    return Tables(surnames, kinds["given"], kinds["never"], kinds["second"], kinds["foreign"], context["verb"], context["say"], context["title"],
                  context["not"], context["noun"], context["call"], context["byline"], _elements())  # fmt: skip


def _elements() -> re.Pattern[str]:
    groups = []
    for row in lexicon.rows("names_elements"):
        words = sorted(set(row["elements"].split()), key=lambda w: (-len(w), w))
        groups.append("(?:" + "|".join(words) + "){1,4}")
    return re.compile("|".join(f"({group})" for group in groups))


@cache
def starts() -> re.Pattern[str]:
    """Where a name can begin: a surname before a Chinese character, or an element of a minority name."""
    singles = "".join(sorted(s for s in tables().surnames if len(s) == 1))
    firsts = "".join(sorted({word[0] for row in lexicon.rows("names_elements") for word in row["elements"].split()}))
    return re.compile(f"[{singles}{firsts}](?=[{_HAN}])")


@cache
def dotted() -> re.Pattern[str]:
    """Names of two to five parts with dots between them; their outer parts may hold words that are not theirs."""
    return re.compile(f"[{_HAN}]{{1,8}}(?:{_DOT}[{_HAN}A-Z]{{1,9}}){{1,4}}")


def dotted_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of transliterated names with dots."""
    for match in dotted().finditer(text):
        start, end = match.span()
        first, last = text.index(_DOT, start), text.rindex(_DOT, start, end)
        left = _foreign_start(text, start, first)
        right = _foreign_end(text, last + 1, end)
        if left < first and right > last + 1:
            yield left, right


def _foreign_start(text: str, low: int, first: int) -> int:
    """Where the first part of a dotted name begins: behind a word for a person or an office, or at a character of no such name."""
    table = tables()
    left = first
    while left > low and (text[left - 1] in table.foreign or text[left - 1] in table.given):
        left -= 1
        if first - left > 1 and any(
            text[max(0, left - n) : left] in table.nouns or text[max(0, left - n) : left] in _offices()
            for n in (2, 3, 4)
        ):
            return left
    while left < first and text[left] not in table.foreign:
        left += 1
    while element := next(
        (n for n in (4, 3, 2) if left - n >= low and table.elements.fullmatch(text, left - n, left + 1)), 0
    ):
        left -= element
    return left


@cache
def _offices() -> frozenset[str]:
    return lexicon.words("posts_ranks", "rank")


def _foreign_end(text: str, start: int, end: int) -> int:
    """Where the last part of a dotted name ends: at the first verb or at a character that no such name holds."""
    table = tables()
    whole = table.elements.match(text, start, end)
    position = whole.end() if whole else start
    while position < end and (position == start or text[position] in table.foreign):
        if position > start and any(text[position : position + n] in table.verbs for n in (2, 3, 4)):
            break
        position += 1
    return position


def options(text: str, start: int, words: Set[str]) -> list[Option]:
    """The names that can begin at `start`, best first. `words`: common words of two or three characters."""
    table = tables()
    found = []
    weight = table.surnames.get(text[start : start + 2])
    if weight is not None:
        found += [_judged(text, start, 2, n, 1.0 + weight, words) for n in (3, 4)]
    weight = table.surnames.get(text[start : start + 1])
    if weight is not None:
        worth = (-1.0, 1.1, 2.2, 3.0)[weight]
        found += [_judged(text, start, 1, n, worth, words) for n in (2, 3)]
    found += _minority(text, start)
    return sorted((_lengthened(text, start, o) for o in found if o is not None), key=lambda o: (-o.score, -o.end))


def _judged(text: str, start: int, surname: int, length: int, worth: float, words: Set[str]) -> Option | None:
    table = tables()
    end = start + length
    name = text[start:end]
    given = name[surname:]
    if len(name) < length or not all("\u3400" <= c <= "\U0003134f" for c in name):
        return None
    if name in table.nots or name[:2] in table.nots or text[start : start + 3] in table.nots:
        return None
    if any(text.startswith(t, start + surname) for t in _addresses()):
        return None
    score = worth + (0.6 if len(given) == 2 else -0.4)
    for character in given:
        score += 0.7 if character in table.given else -4.0 if character in table.never else -0.3
    if name in words:
        score -= 2.0 if given in table.given else 3.0
    elif surname == 1 and length == 3 and name[:2] in words:
        score -= 2.5 if worth < 2 else 1.5
    if len(given) == 2 and given in words:
        particle = name[0] in table.calls
        score -= 5.0 if particle else 4.0 if given in table.verbs else 1.5 if worth < 2 else 0.3
    behind = after(text, end, words)
    last = given[-1]
    if length > surname + 1 and (last in table.second or (last in table.verbs and last not in table.given)):
        if last in table.second and any(text.startswith(t, end) for t in _addresses()):
            behind = min(behind, 0.3)
        score -= 2.0 if behind < 1.5 else 0.0 if last in table.given else 0.7
    if text[start - 1 : start] == "“" and text[end : end + 1] == "”":
        score -= 3.0
    return Option(end, score + behind)


@cache
def _addresses() -> tuple[str, ...]:
    """Forms of address behind a bare surname: 王先生, 李大妈, 张书记."""
    return tuple(sorted(t for t in tables().titles if len(t) > 1))


def after(text: str, end: int, words: Set[str]) -> float:
    """What the characters behind a name say for it."""
    table = tables()
    if end >= len(text) or text[end] in _STOP:
        return 4.0 if _AGE.match(text, end) else 1.5
    if _AGE.match(text, end):
        return 4.0
    score = -1.5
    if text[end] in "( 0123456789/“《":
        score = 1.0
    elif any(text[end : end + n] in table.says for n in (5, 4, 3, 2)) or text[end : end + 2] in ("说,", "说:"):
        score = 3.0
    elif any(text[end : end + n] in table.verbs or text[end : end + n] in table.titles for n in (4, 3, 2)):
        score = 2.0
    elif text[end] == "等":
        score = 1.5
    elif text[end] in table.verbs or text[end] in table.second:
        ends = text[end + 1 : end + 2] in _STOP or end + 1 == len(text)
        score = (0.3 if text[end] in table.given else 0.9) if not ends or text[end] in _CLOSING else -1.5
    elif text[end : end + 2] in words or text[end : end + 3] in words:
        score = 0.3
    if text[end - 1 : end + 1] in words:
        score -= 2.5 if score < 1.5 else 1.0
    return score


def _minority(text: str, start: int) -> list[Option]:
    """Names of elements set side by side: 扎西顿珠, 乌云其其格."""
    match = tables().elements.match(text, start)
    if match is None or match.end() - start < 2:
        return []
    end = match.end()
    behind = after(text, end, frozenset())
    if end - start < 4:
        return [Option(end, 0.5 + behind)]
    return [Option(end, 4.5 + behind)]


def _lengthened(text: str, start: int, option: Option) -> Option:
    """A name that an element follows goes on: 敖特根|巴雅尔."""
    match = tables().elements.match(text, option.end)
    alien = all(c in tables().foreign for c in text[start : option.end])
    if not alien or match is None or match.end() - option.end < 2 or text[option.end : match.end()] in tables().verbs:
        return option
    return Option(match.end(), option.score + 1.0 + after(text, match.end(), frozenset()))


def before(text: str, start: int, words: Set[str]) -> float:
    """What stands before a name says for it, offices aside."""
    table = tables()
    if start == 0 or text[start - 1] in "\n。;!?:,“(■●◆▲□":
        return 0.7
    longest = max((n for n in range(2, 8) if text[max(0, start - n) : start] in table.nouns), default=0)
    if longest:
        return 1.5 if text[start - 1 : start + 1] in words else 4.0
    score = -1.5
    if text[start - 1] == "、":
        return 0.0
    if text[start - 1] == " ":
        score = 0.3
    elif any(text[max(0, start - n) : start] in table.calls for n in (1, 2, 3)):
        score = 0.8
    if text[start - 1 : start + 1] in words:
        score -= 2.5
    return score


_AREAS: Final = re.compile(
    r"(?:[、和及与][^、,。;:!?\n()]{1,8}?){0,12}(?:等地|等?(?:\d+|[一二三四五六七八九十两]+)[个大条座处家]?[^、,。;:!?\n()名位人]{0,3}"
    r"(?:[省市县区镇乡村湖河江山园路街线站]|街道|水库|地|景点|品牌|网格|企业|公司)|等[省市县区镇乡村](?!领导|干部|四|级|直|委|政|人|班|几|党|支))"
)


def in_areas(text: str, end: int) -> bool:
    """Whether the list that goes on at `end` is closed by a word for places or firms: 甲、乙、丙三乡镇."""
    return text[end : end + 1] in "、等两三四五六七八九" and _AREAS.match(text, end) is not None


def is_credited(text: str, start: int) -> bool:
    """Whether the name at `start` is credited: behind 记者, 通讯员 … and no more than one space or colon."""
    stem = text[max(0, start - 9) : start].rstrip(" :|/")
    return any(stem.endswith(role) for role in _roles())


@cache
def _roles() -> tuple[str, ...]:
    return tuple(sorted(role for role in tables().bylines if len(role) > 1))
