"""Names that are in no list, by their endings: 珊塘网格, 香榭丽花园, 独秀大道.

In: a folded text, the names of lists that are known in it, the gazetteer. Out: candidates with the ending's kind and level.
A name reaches left from its ending, word by word, to the nearest edge: a mark, a known name, or a word that is part of no name.
It must have something of its own: 精品民宿 is a kind of place, 祥和小区 is one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from ..gazetteer import Gazetteer
from . import guards, numbered
from .cut import Word, cut
from .endings import HOLDERS, Candidate, Ending, endings, lists, pattern
from .units import Match

_CJK = re.compile(r"[㐀-鿿豈-﫿·〇]")
_DOOR = re.compile(r"(?:[一二三四五六]段)?\d{1,4}号(?![楼院店桥线])")
_QUOTED = re.compile(r"“[^“”\n]{2,8}”$")
_STOP_TAGS = frozenset("vdpcrmqutfy")
_ROADS = frozenset({"路", "街", "大道", "大街", "巷", "弄"})
_MEASURES, _NUMERALS = frozenset("家里个条座处多余年月日公"), frozenset("0123456789一二两三四五六七八九十百千万几")
_VERBS = frozenset("坐通修走跑办拿砸帮报防架牵守凑爬吃买卖送挖搬租等找写看听说问叫请让给用靠带护祭封引采")
_PARTS = frozenset("副原各本该多数几两县市省区全逐据应其及兼每月日年时")  # a unit rarely begins so
_VILLAGERS = frozenset("民委干里级")
_CLAUSE = 18  # characters to the left that are cut into words
_WATERS = frozenset("河溪湖渠湾港")


def candidates(folded: str, known: list[Match], gazetteer: Gazetteer) -> list[Candidate]:
    """Names by ending."""
    covered = bytearray(len(folded) + 1)
    ends: dict[int, Match] = {}
    for m in known:
        covered[m.start : m.end] = (b"\1" if m.kind in {"short", "stem"} else b"\2") * (m.end - m.start)
        ends[m.end] = m
    found = [
        *numbered.roads(folded),
        *numbered.ordinals(folded, covered),
        *numbered.corps(folded, covered),
        *numbered.famous(folded, covered, ends),
    ]
    for each in found:
        covered[each.start : each.end] = b"\2" * (each.end - each.start)
    named: list[Candidate] = []
    last = 0
    for found_at in pattern().finditer(folded):
        hit = _uncovered(folded, found_at, covered)
        if hit is None or hit.start() < last:
            continue
        stem_end, ending = _longest(folded, hit, covered)
        end = stem_end + len(ending.suffix)
        if not _right(folded, end, ending):
            continue
        candidate = _candidate(folded, stem_end, ending, last, covered, ends, gazetteer)
        before = named[-1] if named and ending.kind == "site" and named[-1].ending.kind == "site" else None
        if candidate is None and before and _kind_word(folded, before.end, stem_end, gazetteer):
            candidate = Candidate(named.pop().start, end, ending, before.swallows)
        if candidate:
            last = candidate.end
            named.append(candidate)
    return [*found, *named, *_shortened(folded, named, covered)]


def _uncovered(folded: str, hit: re.Match[str], covered: bytearray) -> re.Match[str] | None:
    """The ending, or what of it lies behind a known name: 扬子新村|社区."""
    start = hit.start()
    if covered[hit.end() - 1]:
        return None
    while covered[start]:
        start += 1
    return hit if start == hit.start() else pattern().match(folded, start)


def _kind_word(folded: str, start: int, stem_end: int, gazetteer: Gazetteer) -> bool:
    """Whether only common nouns stand between a name and the next ending: 乔府大院|稻米|加工园."""
    if not 2 <= stem_end - start <= 4:
        return False
    return all(word.tag in {"n", "w"} for word in cut(folded, start, stem_end, gazetteer.tags))


def _shortened(folded: str, named: list[Candidate], covered: bytearray) -> Iterator[Candidate]:
    """A name of the text said again without its first word: 富春药谷小镇, later 药谷小镇."""
    taken = {i for each in named for i in range(each.start, each.end)}
    for each in named:
        name = folded[each.start : each.end]
        rest = name[2:]
        if each.ending.kind != "site" or len(rest) - len(each.ending.suffix) < 2:
            continue
        for hit in re.finditer(re.escape(rest), folded):
            if hit.start() not in taken and not folded[hit.start() - 1 : hit.start()].isalnum():
                yield Candidate(hit.start(), hit.end(), each.ending)


def _longest(folded: str, hit: re.Match[str], covered: bytearray) -> tuple[int, Ending]:
    """Where the stem ends, and the ending: the last of a row of endings, 文昌苑|小区, 铁牛庙|村."""
    start, ending = hit.start(), endings()[hit[0]]
    while following := pattern().match(folded, start + len(ending.suffix)):
        then = endings()[following[0]]
        if covered[following.end() - 1] or ending.kind == "admin" or not _right(folded, following.end(), then):
            break
        start, ending = following.start(), then
    if (
        ending.suffix == "村"
        and folded[start + 1 : start + 2] == "村"
        and folded[start + 2 : start + 3] not in _VILLAGERS
    ):
        start += 1  # 安村村
    return start, ending


def _candidate(
    folded: str, stem_end: int, ending: Ending, last: int, covered: bytearray, ends: Mapping[int, Match], gazetteer: Gazetteer
) -> Candidate | None:  # fmt: skip
    end = stem_end + len(ending.suffix)
    if quoted := _QUOTED.search(folded, max(last, stem_end - 10), stem_end):
        return Candidate(quoted.start(), end, ending) if ending.need in {"edge", "name"} else None
    low = stem_end
    floor = max(last, stem_end - _CLAUSE)
    while low > floor and not covered[low - 1] and _CJK.match(folded[low - 1]):
        low -= 1
    start, words, edge = _left(folded, low, stem_end, gazetteer)
    held = ends.get(start)
    if stem_end - start > ending.most or any(folded[w.start : w.end] in _VERBS for w in words[:-1]):
        return None
    if words and _counted(folded, start):
        return None
    own = _own(folded, words, ending)
    if ending.kind == "site":
        candidate = _site(gazetteer, folded, start, stem_end, ending, held, words, own, edge)
    else:
        candidate = _unit(folded, start, stem_end, ending, held, words, own)
    if candidate is None or not _whole(folded, candidate.start, stem_end, ending, held, gazetteer):
        return None
    if ending.suffix in _ROADS and (door := _DOOR.match(folded, end)):
        candidate = Candidate(candidate.start, door.end(), ending, candidate.swallows)
    return candidate


def _counted(folded: str, start: int) -> bool:
    """Whether what seems to begin a name is a measure or a pronoun: 40|家宾馆, 两|里多山路, 其县公路."""
    return folded[start] in "其该此" or (folded[start] in _MEASURES and folded[start - 1 : start] in _NUMERALS)


@lru_cache(maxsize=8)
def _vocabulary(gazetteer: Gazetteer) -> Mapping[str, str]:
    """The words of the gazetteer and those of the lexicon that it lacks."""
    common = lists().common | lists().persons | {word for word in lists().before if len(word) > 1}
    return {**{word: "n" for word in common if 1 < len(word) < 4}, **gazetteer.tags}


def _left(folded: str, low: int, stem_end: int, gazetteer: Gazetteer) -> tuple[int, list[Word], str]:
    """Where the stem begins, its words, and the word that stands before."""
    known = lists()
    words = cut(folded, low, stem_end, _vocabulary(gazetteer))
    first = len(words)
    while first:
        start, end, tag = words[first - 1]
        word = folded[start:end]
        if word not in known.own:
            single = end - start == 1
            if single and word in known.before and folded[start : start + 2] not in known.inner:
                break
            if not single and (
                tag in _STOP_TAGS or word in known.before or word in known.persons or word[-1] in HOLDERS
            ):
                break
        first -= 1
    kept = words[first:]
    edge = folded[words[first - 1].start : words[first - 1].end] if first else ""
    return (kept[0].start if kept else stem_end), kept, edge


def _own(folded: str, words: list[Word], ending: Ending) -> bool:
    """Whether the stem holds something that is no common word; a word of good sound is enough for a road, not for a market."""
    known = lists()
    size = 0
    for start, end, tag in words:
        word = folded[start:end]
        if (word in known.own and ending.need != "name") or tag == "z":
            return True
        if end - start == 1 and word not in known.common and word not in _VERBS:
            size += 1
    return size > 0


def _site(
    gazetteer: Gazetteer,
    folded: str,
    start: int,
    stem_end: int,
    ending: Ending,
    held: Match | None,
    words: list[Word],
    own: bool,
    edge: str,
) -> Candidate | None:
    end = stem_end + len(ending.suffix)
    length = stem_end - start
    if held and not own and held.kind in {"short", "stem"} and not (ending.need == "place" and length):
        return Candidate(held.start, end, ending, held)
    if held and (held.kind == "stem" or (held.kind == "short" and length == 1)):
        return Candidate(held.start, end, ending, held)
    if held and held.kind == "full" and not own and length and ending.need == "name" and held.unit:
        return Candidate(held.start, end, ending)
    if length < ending.least:
        return None
    stem = folded[start:stem_end]
    if ending.need == "name":
        own = own or stem.startswith(("中国", "国家"))
        return Candidate(start, end, ending) if own and not (length == 1 and not held) else None
    if (stem in lists().common and stem not in lists().own) or (
        not own and words and folded[words[-1].start : stem_end] in lists().common
    ):
        return None
    if ending.need == "place":
        return (
            Candidate(start, end, ending)
            if _placed(folded, start, stem_end, ending, held, own, edge, gazetteer)
            else None
        )
    return Candidate(start, end, ending) if own or (words and words[-1].tag != "w") else None


def _placed(
    folded: str,
    start: int,
    stem_end: int,
    ending: Ending,
    held: Match | None,
    own: bool,
    edge: str,
    gazetteer: Gazetteer,
) -> bool:
    """Whether what ends like a river or a hill is one: people's names end in 江 and 山, too."""
    end = stem_end + len(ending.suffix)
    before, after = lists().evidence
    name = folded[start:end]
    if not own or edge[-1:] in HOLDERS or edge in lists().persons or (folded[start - 1 : start] == "·"):
        return False
    if any(folded[end : end + n] in after for n in (1, 2, 3)) or any(
        folded[max(0, start - n) : start] in before for n in (1, 2)
    ):
        return True
    if guards.continued(folded, end, gazetteer):
        return False
    if held and held.kind == "full":
        return len(name) > 2
    if ending.suffix in _WATERS and len(name) > 2:
        return name[0] not in lists().surnames or not folded[start - 1 : start].isalnum()
    return (
        len(name) > 3
        and ending.suffix not in {"海", "江", "线", "沟", "谷", "坝"}
        and not folded[start - 1 : start].isalnum()
    )


def _unit(
    folded: str, start: int, stem_end: int, ending: Ending, held: Match | None, words: list[Word], own: bool
) -> Candidate | None:
    end = stem_end + len(ending.suffix)
    length = stem_end - start
    full = bool(held and held.kind == "full")
    if held and held.unit and held.unit.level == "village" and ending.level == "village":
        return Candidate(held.start, end, ending, held) if full and length <= 2 else None
    if held and held.kind == "stem" and not length:
        return Candidate(held.start, end, ending, held)
    if length < ending.least or folded[start:stem_end] in lists().common:
        return None
    if ending.need == "chain":
        return Candidate(start, end, ending) if full else None
    if ending.need == "place":
        return Candidate(start, end, ending) if full or (own and folded[start - 1 : start] in "在到往的、") else None
    if full and (own or words[-1].tag not in {"a", "w"}):
        return Candidate(start, end, ending)
    return Candidate(start, end, ending) if own and _named(folded, start, stem_end, words) else None


def _named(folded: str, start: int, stem_end: int, words: list[Word]) -> bool:
    """Whether the stem is a name through and through: not 三镇, 副镇, 佟德凯坐镇."""
    if len(words) > 2 and any(w.tag for w in words[1:]):
        return False
    if folded[start] in _PARTS or folded[stem_end - 1] in "全各副该本" or folded[start].isdigit():
        return False
    return words[-1].tag not in {"a", "w"}


def _whole(folded: str, start: int, stem_end: int, ending: Ending, held: Match | None, gazetteer: Gazetteer) -> bool:
    """Whether the ending begins there: not 农|村, 返|乡; not the second half of a word (了解|村)."""
    known = lists()
    stem, name = folded[start:stem_end], folded[start : stem_end + len(ending.suffix)]
    if name in known.generic or (ending.kind == "admin" and name.endswith(known.generic_ends)):
        return False
    pair = folded[stem_end - 1 : stem_end + 1] if len(ending.suffix) == 1 else ""
    if (
        pair != "村村"
        and pair in known.pairs
        and (pair in gazetteer.tags or not (held and held.kind == "full" and len(stem) > 1))
    ):
        return False
    if len(stem) == 1 and (name in gazetteer.tags or folded[start - 1 : stem_end] in gazetteer.tags):
        return False
    if ending.need not in {"plain", "chain"} or held or stem in known.own:
        return True
    return folded[stem_end - 1] not in known.verb_ends


def _right(folded: str, end: int, ending: Ending) -> bool:
    """Whether the ending is not the first half of a longer word (路面, 山区, 村民)."""
    return not (end < len(folded) and folded[end] in lists().next.get(ending.suffix, ""))
