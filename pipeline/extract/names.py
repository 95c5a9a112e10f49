"""Names of persons at a place in the text: how long a name there can be, and how much it looks like one.

In: a folded text and a position. Out: `Option`s (end, score): what the characters of the name say, and what stands right behind it.
What stands before (an office, a word for a person) is the caller's, who has thresholds for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon
from . import foreign
from .appointments import takes, verbs
from .grammar import rank_at

_HAN: Final = "\u3400-\u9fff\U00020000-\U0003134f"
_AGE: Final = re.compile(
    r"(?=[,(、今现年已快刚\d一二三四五六七八九十百])(?:[,(]?(?:今年|现年|年近|年仅|年过|已经|已|快|刚满|刚过|年满)?(?:\d{1,3}|[一二三四五六七八九十百]{1,4})[多余来]?岁"
    r"|[,(、](?:男|女)[,)、;](?:汉|.{1,4}族)?)"
)
_CHIEFS: Final = ("总书记", "国家主席", "委员长", "总理")
_OF_SITE: Final = re.compile(  # behind the name of a place
    "村(?![里民干医支两委主])|镇(?![里长党干])|乡(?![里长党干亲])|国家|自然保护|风景|景区|水库|旅游|湿地|大桥|隧道|高速|高铁|水电站|林场|流域|[南北东西两]岸"
)
_FAMILY: Final = re.compile(
    ".家[村镇乡屯湾沟岭坪坝寨洼庄峪岩河山店堡岗塘桥集营圈台埠咀坡垭畈]"
)  # a place called after a family
_MEMBER: Final = re.compile("(?:委员|代表)(?![会团队性作人])")
_DAY: Final = re.compile(r"(?:\d{1,2}月)?\d{1,2}[日号]")
_ADVERBS: Final = frozenset("正就便却已才又还都")
_NUMERALS: Final = frozenset("一二两三四五六七八九十几")
_STOP: Final = frozenset(",、。;:!?)】」』”\n…—\"'》")
_CLOSING: Final = frozenset("说讲等称问答笑道是家")  # verbs that can end a clause right behind a name
_CALLED: Final = frozenset("家伯叔嫂婶总工老局")  # behind a surname alone: how somebody or a family is called
_LINKS: Final = "、和及与"
_OPENING: Final = "\n。;!?:,“(■●◆▲□"
_INSIDE: Final = -1.5  # what a place in the middle of a clause says for a name
_GAPS: Final = " )的"  # between an office and a name
_LEAST: Final = -1.0  # what the characters of a name must say that nothing calls for,
_BEST_GIVEN: Final = 2.0  # what the other characters of a name can say at most
_LEAST_INSIDE: Final = 2.0  # and in the middle of a clause
_WORTH: Final = (-1.0, 1.1, 2.2, 3.0)  # of a surname, by its weight
_UNKNOWN: Final = -1.6  # what a first character that is no known surname says for a name


ByLast = dict[str, tuple[tuple[int, ...], frozenset[str]]]  # words and their lengths by their last character


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
    says_for: dict[str, float]  # a name, of a character in it
    never: frozenset[str]
    second: frozenset[str]
    verbs: frozenset[str]
    says: frozenset[str]
    titles: frozenset[str]
    nots: frozenset[str]
    nouns: frozenset[str]
    calls: frozenset[str]
    bylines: frozenset[str]


@cache
def tables() -> Tables:
    """The lexicons names_*.csv."""
    surnames = {s: int(row["weight"]) for row in lexicon.rows("names_surnames") for s in row["surnames"].split()}
    kinds = {
        kind: frozenset("".join(row["characters"] for row in lexicon.rows("names_characters") if row["kind"] == kind))
        for kind in ("given", "never", "second")
    }
    context = {
        kind: lexicon.words("names_context", kind=kind)
        for kind in ("verb", "title", "not", "noun", "call", "byline", "say")
    }
    says_for = {**dict.fromkeys(kinds["never"], -4.0), **dict.fromkeys(kinds["given"], 0.7)}
    return Tables(surnames, kinds["given"], says_for, kinds["never"], kinds["second"], context["verb"], context["say"], context["title"],
                  context["not"], context["noun"], context["call"], context["byline"])  # fmt: skip


@cache
def _starts() -> re.Pattern[str]:
    """A surname before what can be a given name, or an element of a minority name."""
    surnames, never = tables().surnames, "".join(sorted(tables().never))
    singles = "".join(sorted(s for s in surnames if len(s) == 1))
    compounds = lexicon.pattern(s for s in surnames if len(s) > 1).pattern
    alien = f"(?<=[{_OPENING}])(?=[{''.join(sorted(foreign.characters()))}]{{4}})"
    return re.compile(
        f"[{singles}](?=[{_HAN}])(?!.[{never}])|(?={compounds})|(?={foreign.beginnings().pattern})|{alien}"
    )


def openings(text: str, words: Set[str]) -> Iterator[int]:
    """Where a name can begin by its characters and the one before it, or is to be looked for whatever they are: behind what calls for one."""
    for match in _starts().finditer(text):
        start = match.start()
        here = text[start - 1 : start]
        edge = here in _edges()
        if here in _GAPS or (
            (edge or not _splits(text, start, words))
            and _looks_like_one(text, start, words, _LEAST if edge else _LEAST_INSIDE)
        ):
            yield start
    calling = _calling()
    for match in _last().finditer(text):
        end = match.end()
        if match[0] in _LINKS or _ends(text, end, calling):
            yield end


def _splits(text: str, start: int, words: Set[str]) -> bool:
    """Whether a name that begins at `start` would split a word; a character twice is none: 学习|习近平."""
    return text[start - 1 : start + 1] in words and text[start - 1 : start] != text[start]


@cache
def _edges() -> frozenset[str]:
    """What may stand before a name: the marks that open a clause or an item, the last characters of weak words before a name."""
    return frozenset({"", *_OPENING, "、", "”", *_calls()})


def _looks_like_one(text: str, start: int, words: Set[str], least: float) -> bool:
    """Whether the characters of a name that begins here say as much for it, or those of a name that is not Chinese."""
    surnames = tables().surnames
    for length in (1, 2):
        weight = surnames.get(text[start : start + length])
        if weight is None:
            continue
        worth = 1.0 + weight if length == 2 else _WORTH[weight]
        if worth + _BEST_GIVEN >= least and any(
            worth + _shape(text[start:end], text[start + length : end], worth, words) >= least
            for end in (start + length + 2, start + length + 1)
        ):
            return True
    return foreign.beginnings().match(text, start) is not None or foreign.may_go_on(text, start - 1, start + 3)


def options(text: str, start: int, words: Set[str], *, expected: bool = False) -> list[Option]:
    """The names that can begin at `start`, best first. `words`: common words of two or three characters.

    `expected`: an office or a word for a person stands right before, so that a name may also begin with what is no known surname.
    """
    surnames = tables().surnames
    found: list[Option | None] = []
    weight = surnames.get(text[start : start + 2])
    if weight is not None:
        found += [_judged(text, start, 2, n, 1.0 + weight, words, expected) for n in (3, 4)]
    weight = surnames.get(text[start : start + 1])
    if weight is not None or (expected and text[start : start + 1] not in tables().never):
        worth = _UNKNOWN if weight is None else _WORTH[weight]
        found += [_judged(text, start, 1, n, worth, words, expected) for n in (2, 3)]
    ends = [*foreign.spelled(text, start)]
    if expected and text[start : start + 2] not in words:
        ends += foreign.runs(text, start, surnames)
    found += [Option(end, score + after(text, end, words)) for end, score in ends]
    return sorted(
        (_lengthened(text, start, o, words) for o in found if o is not None), key=lambda o: (-o.score, -o.end)
    )


def _judged(
    text: str, start: int, surname: int, length: int, worth: float, words: Set[str], expected: bool
) -> Option | None:
    """The name of `length` characters, unless it is none."""
    table = tables()
    end = start + length
    given = text[start + surname : end]
    if len(given) < length - surname or min(given) < "\u3400" or max(given) > "\U0003134f":
        return None
    score = worth + _shape(text[start:end], given, worth, words)
    if len(given) == 1 and given in _CALLED:
        return None
    if text[start:end] in table.nots or text[start : start + 3] in table.nots:
        return None
    if text[start : start + 2] in table.nots:
        if not expected or length == 2:
            return None
        score -= 1.0
    office = rank_at(text, end, start) or text.startswith("同志", end - 1)
    if office or _addresses().match(text, start + surname) or _FAMILY.match(text, start):
        return None
    behind = after(text, end, words)
    last = given[-1]
    if length > surname + 1 and (last in table.second or (last in table.verbs and last not in table.given)):
        if last in table.second and _addresses().match(text, end):
            behind = min(behind, 0.3)
        score -= 2.0 if behind < 1.5 else 0.0 if last in table.given else 0.7
    if text[start - 1 : start] == "“" and "”" in text[end : end + 3]:
        score -= 3.0
    return Option(end, score + behind)


def _shape(name: str, given: str, worth: float, words: Set[str]) -> float:
    """What the characters of a name say for it besides its surname's worth: whether they are of given names or of common words."""
    table = tables()
    score = 0.6 if len(given) == 2 else -0.4
    if given.endswith(("镇", "乡")):
        score -= 2.5
    score += sum(table.says_for.get(character, -0.3) for character in given)
    if name in words:
        score -= 2.0 if given in table.given else 3.0
    elif len(name) == 3 and len(given) == 2 and name[:2] in words:
        score -= 2.5 if worth < 2 else 1.5
    if len(given) == 2 and given in words:
        particle = name[0] in table.calls
        score -= 5.0 if particle else 4.0 if given in table.verbs else 1.5 if worth < 2 else 0.3
    return score


@cache
def _addresses() -> re.Pattern[str]:
    """Forms of address behind a bare surname: 王先生, 李大妈, 张书记."""
    return lexicon.pattern(title for title in tables().titles if len(title) > 1)


def after(text: str, end: int, words: Set[str]) -> float:
    """What the characters behind a name say for it."""
    table = tables()
    if end >= len(text) or text[end] in _STOP:
        return 4.0 if _AGE.match(text, end) else 1.5
    if text.startswith(_CHIEFS, end):
        return 5.0
    if _AGE.match(text, end):
        return 4.0
    if _OF_SITE.match(text, end):
        return -3.0
    if takes(text, end):
        return 3.0
    score = 0.3 if text[end] in _NUMERALS else -1.5
    if _DAY.match(text, end):
        score = 2.0
    elif text[end] in "( 0123456789/“《":
        score = 1.0
    elif _says().match(text, end):
        score = 3.0
    elif _acts().match(text, end) or _MEMBER.match(text, end):
        score = 2.0
    elif text[end] == "等":
        score = 1.5
    elif text[end] in table.verbs or text[end] in table.second:
        ends = text[end + 1 : end + 2] in _STOP or end + 1 == len(text)
        score = (0.3 if text[end] in table.given else 0.9) if not ends or text[end] in _CLOSING else -1.5
    elif text[end : end + 2] in words or text[end : end + 3] in words:
        score = 0.3
    if text[end - 1 : end + 1] in words:
        score -= 2.5 if score < 1.5 and text[end] not in _ADVERBS else 1.0
    return score


@cache
def _says() -> re.Pattern[str]:
    return lexicon.pattern([*(word for word in tables().says if 2 <= len(word) <= 5), "说,", "说:"])


@cache
def _acts() -> re.Pattern[str]:
    return lexicon.pattern(word for word in tables().verbs | tables().titles if 2 <= len(word) <= 4)


def _lengthened(text: str, start: int, option: Option, words: Set[str]) -> Option:
    """A name that an element follows goes on: 敖特根|巴雅尔."""
    end = foreign.goes_on(text, start, option.end)
    return option if end == option.end else Option(end, option.score + 1.0 + after(text, end, words))


def before(text: str, start: int, words: Set[str], *, appointed: bool, called: bool) -> float:
    """What stands before a name says for it, offices aside: a verb of appointing, a word for a person (`called`), a mark, a place."""
    here = text[start - 1 : start]
    if appointed:
        return 4.0
    if start == 0 or here in _OPENING:
        return 0.7
    is_word = _splits(text, start, words)
    if called:
        return 1.5 if is_word else 4.0
    if here == "、":
        return 0.0
    score = _INSIDE
    if here in " ”":
        score = 0.3 if here == " " else 1.5
    elif _OF_PLACE.search(text, max(0, start - 8), start):
        score = 2.0
    elif _ends(text, start, _calls()):
        score = 0.8
    return score - 2.5 if is_word else score


@cache
def _calls() -> ByLast:
    return _by_last(word for word in tables().calls if len(word) <= 3)


_OF_PLACE: Final = re.compile(r"(?:村|社区|[\d一二三四五六七八九十]多?岁|[\u4e00-\u9fff]{2}[镇乡县市区旗组屯团队])的$")


def is_expected(text: str, start: int) -> bool:
    """Whether a word for a person, an age and what somebody is, or a verb of appointing stands right before."""
    if _ends(text, start, _before_names()):
        return True
    low = max(0, start - 11)
    return text.find("岁的", low, start) >= 0 and _AGED.search(text, low, start) is not None


def is_barred(text: str, start: int) -> bool:
    """Whether two characters are known to be no name, which a recogniser may know better: 运维班长|田野."""
    return text[start : start + 2] in tables().nots


_AGED: Final = re.compile(f"(?:\\d|[一二三四五六七八九十])多?岁的[“”{_HAN}]{{2,7}}$")  # 47岁的菇农


@cache
def _before_names() -> ByLast:
    """The words for persons and the verbs of appointing, by their last character."""
    return _by_last(tables().nouns | verbs())


@cache
def _calling() -> ByLast:
    """All that makes a name expected, by its last character."""
    return _by_last(tables().nouns | verbs() | lexicon.words("posts_ranks", "rank"))


def _by_last(words: Iterable[str]) -> ByLast:
    several: dict[str, list[str]] = {}
    for word in words:
        several.setdefault(word[-1], []).append(word)
    return {last: (tuple(sorted({len(w) for w in ws})), frozenset(ws)) for last, ws in several.items()}


def _ends(text: str, end: int, words: ByLast) -> bool:
    """Whether one of the words ends here."""
    lengths, fitting = words.get(text[end - 1 : end], ((), frozenset()))
    return any(length <= end and text[end - length : end] in fitting for length in lengths)


@cache
def _last() -> re.Pattern[str]:
    """The last characters of what makes a name expected."""
    return re.compile(f"[{''.join(sorted(_calling()))}{_LINKS}](?=[{_HAN}])")


_AREAS: Final = re.compile(
    r"(?:[、和及与][^、,。;:!?\n()]{2,8}?){0,12}(?:等地|等?(?:\d+|[一二三四五六七八九十两]+)[个大条座处家]?[^、,。;:!?\n()名位人]{0,3}"
    r"(?:[省市县区镇乡村湖河江山园路街线站]|街道|水库|地|景点|品牌|网格|企业|公司)|等[省市县区镇乡村](?!领导|干部|四|级|直|委|政|人|班|几|党|支))"
)


def in_areas(text: str, end: int) -> bool:
    """Whether the list that goes on at `end` is closed by a word for places or firms: 甲、乙、丙三乡镇."""
    return text[end : end + 1] in "、等两三四五六七八九" and _AREAS.match(text, end) is not None


def is_credited(text: str, start: int, end: int) -> bool:
    """Whether a name is credited: behind 记者, 通讯员 …, behind a newsroom in brackets, before 摄, 文/图."""
    stem = text[max(0, start - 9) : start].rstrip(" :|/")
    return (
        (stem.endswith(_roles()) and not stem.endswith("总编辑"))
        or bool(_NEWSROOM.search(text, max(0, start - 16), start) or _SIGNED.match(text, end))
        or _signs(text, start, end)
    )


def _signs(text: str, start: int, end: int) -> bool:
    """Whether a name is one of several, and of nothing else, in brackets at the end of a line."""
    low, high = text.rfind("(", max(0, start - 24), start), text.find(")", end, end + 24)
    return (
        low >= 0
        and high >= 0
        and text[high + 1 : high + 2] in ("", "\n")
        and bool(_SIGNATURE.fullmatch(text, low + 1, high))
    )


_NEWSROOM: Final = re.compile(r"\([^()\n]{0,10}(?:融媒体?中心|记者站|电视台|日?报社|广播站|宣传部) ?$")
_SIGNATURE: Final = re.compile(f"[{_HAN}·]{{2,8}}(?: [{_HAN}·]{{2,8}})+")
_SIGNED: Final = re.compile(r" ?(?:摄影报道|摄影?|文/图|图/文|供图)(?=[)\n]|$)")


@cache
def _roles() -> tuple[str, ...]:
    return tuple(sorted(role for role in tables().bylines if len(role) > 1))
