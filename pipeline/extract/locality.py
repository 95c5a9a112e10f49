"""The county or city that an article speaks from, by its text alone: for papers of which nothing is told from outside.

In: an article and the gazetteer. Out: a `Guess`, or None rather than a guess that is no better than another.
Evidence is what names counties (县名, 县委, the paper's name), towns that one county has, and the class that 我县, 全区 tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import add

from .. import lexicon
from ..gazetteer import Gazetteer, Unit
from ..model import Article, Locality
from ..text import fold
from . import guards
from .endings import zone
from .scope import OTHERS, Form, scope

_LEAST, _MARGIN = 1.5, 1.4  # on 300 articles of 30 provinces: lower ones trade two wrong for each right
_HEADED, _SAID, _TOWN_NAMED, _TOWN_ALONE, _SHORT_ONLY, _SHORT_MOST = 1.5, 1.5, 2.0, 1.5, 0.6, 1.5
_TOWNS_ELSEWHERE = 0.4  # the towns of the text are those of others: 佛山市 helps 三岔河镇
_CHECKED = 12  # candidates whose villages are looked up
_AFTER_HEAD = frozenset(": \n")  # 湘乡: …
_CITIES = frozenset({"北京市", "上海市", "天津市", "重庆市"})
_HEAD = 120  # characters of title and dateline, which count double
_VISIT = 2.5  # 来宝调研 in the paper of 宝应
_VISITED = re.compile(r"(?:来|莅|抵)([\u4e00-\u9fff])(?=调研|视察|考察|检查|指导|督导|督查|慰问|采访|投资|参观|巡视)")
_TOWN = re.compile(r"镇|街道|苏木|乡(?!村)")
_CLASSES = re.compile(
    r"(?:我|全|本|该)([省市县区旗州盟])(?![别分城])|(?<![\u4e00-\u9fff])([市县区旗州])(?:委|长|政府|人大|政协|纪委|公安局|人民)"
)
_PAPER = re.compile(r"(?:日报|报讯|报(?=[记讯])|新闻网|融媒|电视台|发布|县委|市委|区委|旗委|县人|区人|市人|县公|区公)")
_VILLAGE = re.compile("[\u4e00-\u9fff]{1,6}?(?:村|社区|嘎查)")
_MOST_BEARERS = 12  # 城关镇 tells nothing
_TOWN_VILLAGE, _READ = 2.0, 16  # a town with a village of its own: bearers that are looked through for it


@dataclass(frozen=True, slots=True)
class Guess:
    """A locality and how sure it is, 0 to 1."""

    locality: Locality
    confidence: float


def locate(article: Article, gazetteer: Gazetteer) -> Guess | None:
    """The unit that the text speaks from, or None."""
    text = fold(article.text)
    classes = Counter(hit[1] or hit[2] for hit in _CLASSES.finditer(text))
    scores = _scores(text, gazetteer)
    ranked = _ranked(scores, classes)
    pairs = frozenset(map(add, text, text[1:]))
    for _, path in ranked[:_CHECKED]:
        scores[path] += _inside(text, pairs, path, gazetteer)
    ranked = _ranked(scores, classes)
    if not ranked:
        return None
    best, path = ranked[0]
    second = next((score for score, other in ranked[1:] if not path.startswith(other + "/")), 0.0)
    if best < _LEAST or best < second * _MARGIN:
        return None
    if _silent(text, path, classes, gazetteer):
        return None
    unit = gazetteer.unit(path)
    return Guess(Locality(path, unit.code if unit else None), round(min(0.99, best / (best + second + 1)), 2))


def _silent(text: str, path: str, classes: Counter[str], gazetteer: Gazetteer) -> bool:
    """Whether a district is known by its streets alone and does not speak itself: the paper may be its city's."""
    name = path.rpartition("/")[2]
    if path.count("/") < 2 or not name.endswith("区") or name[:-1] in text or classes["区"]:
        return False
    return not any(town in text for town in gazetteer.local(path).names if not town.endswith("街道"))


def _ranked(scores: Mapping[str, float], classes: Counter[str]) -> list[tuple[float, str]]:
    return sorted(
        ((score * _fits(path, classes), path) for path, score in scores.items()), key=lambda each: (-each[0], each[1])
    )


def _inside(text: str, pairs: frozenset[str], path: str, gazetteer: Gazetteer) -> float:
    """How many villages of a county the text names in full, to three: few share both county and village. `pairs`: any two characters
    that stand together in it."""
    found = {
        name
        for villages in gazetteer.local(path).names.values()
        for name in villages
        if name[:2] in pairs and len(name) > 2 and name in text
    }
    return float(min(3, len(found - lexicon.words("place_words", kind="generic"))))


def _scores(text: str, gazetteer: Gazetteer) -> dict[str, float]:
    """What speaks for each unit: its name, the towns that it has, the prefecture that is named beside it."""
    scores: dict[str, float] = {}
    printed: set[str] = set()
    renamed: dict[str, str] = {}
    for start, end, forms, chained in _names(text, gazetteer):
        full = chained or forms[0].kind != "short"
        word = not full and (
            text[start:end] in gazetteer.words or text[start:end] in lexicon.words("place_words", kind="trap")
        )
        weight = (2.0 if full else 0.3 if word else 1.0) / len(forms)
        headed = start == 0 and text[end : end + 1] in _AFTER_HEAD
        weight *= (_HEADED if start < _HEAD else 1.0) * (_SAID if _PAPER.match(text, end) else 1.0)
        for form in forms:
            path = form.unit.path
            if form.kind == "variant":
                path = gazetteer.formerly(form.unit, text[start:end])
                renamed[form.unit.path] = path
            scores[path] = scores.get(path, 0.0) + weight
            if full or headed or _PAPER.match(text, end):
                printed.add(path)
    for path in _visited(text, scores, printed, gazetteer):
        scores[path] = scores.get(path, 0.0) + _VISIT
        printed.add(path)
    named = set(scores)
    of_town = _add_towns(scores, _towns(text, gazetteer), text, gazetteer)
    for path in scores:
        parent = path.rpartition("/")[0]
        if "/" in parent and parent in named and path.count("/") > 1:
            scores[path] += 0.5
    for now, before in renamed.items():
        scores[before] += scores.pop(now, 0.0)
    for path in scores:
        if of_town and not any(f"{each}/".startswith(path + "/") for each in of_town):
            scores[path] *= _TOWNS_ELSEWHERE
    told = printed | of_town.keys()
    return {path: score if path in told else min(_SHORT_MOST, score * _SHORT_ONLY) for path, score in scores.items()
            if ("/" in path or path in _CITIES) and not path.startswith("台湾省") and not zone(path.rpartition("/")[2], "county")}  # fmt: skip


def _visited(text: str, named: Mapping[str, float], printed: Container[str], gazetteer: Gazetteer) -> set[str]:
    """The units that 来宝调研 means: of those that are named, and of the counties of a prefecture that is named in full."""
    initials = set(_VISITED.findall(text))
    inner = {unit.path for path in named if path in printed for unit in gazetteer.counties(path)} if initials else set()
    return {path for path in inner | named.keys() if path.rpartition("/")[2][0] in initials}


def _add_towns(
    scores: dict[str, float], towns: Mapping[str, tuple[Unit, ...]], text: str, gazetteer: Gazetteer
) -> Counter[str]:
    """Adds what the towns of the text say of their counties, and counts these."""
    of_town = Counter(unit.path for units in towns.values() for unit in units)
    named = set(scores)
    for name, units in towns.items():
        holders = [unit for unit in units if _holds(unit, name, text, gazetteer)] if len(units) <= _READ else []
        for unit in units:
            if len(holders) == 1 and unit in holders:
                scores[unit.path] = scores.get(unit.path, 0.0) + _TOWN_VILLAGE
            if unit.path in named:
                scores[unit.path] += _TOWN_NAMED
            elif len(units) == 1 or (len(units) <= _MOST_BEARERS and of_town[unit.path] > 1):
                sure = unit.parent in named or (len(units) == 1 and (bool(holders) or not _chained(name, text)))
                scores[unit.path] = scores.get(unit.path, 0.0) + _TOWN_ALONE * (1.0 if sure else 0.5)
    return of_town


def _chained(town: str, text: str) -> bool:
    """Whether a village stands right behind the town somewhere."""
    return any(_VILLAGE.match(text, hit.end()) for hit in re.finditer(town, text))


def _holds(county: Unit, town: str, text: str, gazetteer: Gazetteer) -> bool:
    """Whether the text names a village of the town that this county has."""
    generic = lexicon.words("place_words", kind="generic")
    villages = gazetteer.local(county.path).names.get(town, ())
    return any(len(name) > 2 and name in text and name not in generic for name in villages)


def _names(text: str, gazetteer: Gazetteer) -> Iterator[tuple[int, int, tuple[Form, ...], bool]]:
    """Names of cities and counties, the longest at each place, and whether the unit above stands right before it; what is a
    person's name or an ordinary word's part is left out."""
    names = scope(gazetteer, "")
    last, before = 0, ()  # type: tuple[int, tuple[Form, ...]]
    for start in names.starts(text):
        if start < last:
            continue
        here = names.at(text[start : start + 2])
        for size in here.lengths:
            forms = here.forms.get(text[start : start + size])
            if forms is None or start + size > len(text):
                continue
            inner = tuple(form for form in forms if _lies_in(form, before)) if start == last else ()
            last, before = start + size, inner or forms
            if inner:
                yield start, last, inner, True
            elif _stands(text, start, last, forms, gazetteer):
                yield start, last, _within(forms, text), False
            break


def _lies_in(form: Form, before: tuple[Form, ...]) -> bool:
    return any(form.unit.path.startswith(outer.unit.path + "/") for outer in before)


def _stands(text: str, start: int, end: int, forms: tuple[Form, ...], gazetteer: Gazetteer) -> bool:
    """Whether a name is one: not in 代理|县长, 代|县长; a short one no person's, no word's part, not 南关|社区 nor 大兴镇安."""
    if forms[0].kind != "short":
        return end - start > 2 or not (guards.crossed(text, start, gazetteer) or text[end : end + 1] == "长")
    if guards.person(text, start) or guards.crossed(text, start, gazetteer) or guards.continued(text, end, gazetteer):
        return False
    return not (text[start] in "镇乡村县市区" and text[start - 1 : start].isalnum())


def _within(forms: tuple[Form, ...], text: str) -> tuple[Form, ...]:
    """Of several bearers of a name, those whose province or prefecture the text names."""
    near = tuple(form for form in forms if any(part[:2] in text for part in form.unit.path.split("/")[:-1]))
    return near or forms


def _towns(text: str, gazetteer: Gazetteer) -> dict[str, tuple[Unit, ...]]:
    """Every town's name in the text with its bearers, the longest name at each place; by the name of the list where the text prints
    another class, 虎洞乡 for 虎洞镇."""
    found: dict[str, tuple[Unit, ...]] = {}
    for hit in _TOWN.finditer(text):
        stems = [text[hit.start() - size : hit.start()] for size in range(min(8, hit.start()), 0, -1)]
        names = [stem + hit[0] for stem in stems] + [
            stem + other for stem in stems if len(stem) > 1 for other in OTHERS.get(hit[0], ())
        ]
        if name := next((name for name in names if name in gazetteer.towns), ""):
            found[name] = gazetteer.towns[name]
    return found


@cache
def _ends(name: str) -> str:
    return "区" if name.endswith("区") and not name.endswith(("自治区", "地区")) else name[-1]


def _fits(path: str, classes: Counter[str]) -> float:
    """How well the class of a unit goes with 我县, 全区, 县委: 市 is a prefecture where counties speak, too."""
    name = path.rpartition("/")[2]
    own, total = classes[_ends(name)], sum(classes.values())
    if not total:
        return 1.0
    county = path.count("/") == 2 or (path.count("/") == 1 and name[-1] in "县区旗")
    if not county and classes["县"] + classes["区"] + classes["旗"]:
        return 0.4 if own < classes["县"] + classes["区"] + classes["旗"] else 1.0
    return 1.0 if own else 0.5


def placed(article: Article, gazetteer: Gazetteer) -> Locality | None:
    """The locality alone."""
    guess = locate(article, gazetteer)
    return guess.locality if guess else None
