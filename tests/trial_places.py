"""A trial of the place stage: 2,000 sentences over 200 counties of all provinces, made from the gazetteer's own names.

Out: precision and recall of the administrative names (span and path). `python -m tests.trial_places` prints them and what
went wrong; the test in test_trial_places.py holds both to 0.97. Patterns and traps are our own; names are drawn by a fixed seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.documents import text_article
from pipeline.extract import Found, Resources
from pipeline.extract.places import places
from pipeline.gazetteer import Gazetteer, Unit, load
from pipeline.model import Locality
from pipeline.schema import PlaceMentionRow, PlaceRow

COUNTIES, EACH, SEED = 200, 10, 20240501
_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,9}")
# {c} county, {s} its short form, {t} {u} towns, {v} {w} villages of {t}, {p} prefecture, {o} {q} another county and a town of it.
PATTERNS = (
    "县委主要负责人到{t}{v}检查春耕,随后前往{u}。",
    "记者在{c}{t}{v}看到,新修的水渠已经通水。",
    "{t}党委书记介绍,{v}今年又有三户搬进新房。",
    "{v}村民正在晾晒粮食。",
    "会议传达了{p}有关文件精神,{c}作了交流发言。",
    "{t}、{u}等地出现强降雨。",
    "去年以来,{c}{t}建成仓库两座。",
    "家住{t}{v}的老人领到了补贴。",
    "{o}{q}的考察组一行来到{c}。",
    "由{t}至{u}的班车每天六趟。",
    "来自{c}的选手获得第一名,{o}选手名列第二。",
    "{t}政府与{v}签订了协议。",
    "{v}和{w}共用一口机井。",
    "3月5日,{t}组织干部下村入户,了解村情民意。",
    "{c}人民法院巡回法庭开进{v}。",
    "他先后在{t}、{u}担任民政助理。",
    "全县小麦长势良好,{t}苗情最佳。",
    "“我们{v}的路修好了!”老支书说。",
    "{c}人大常委会组织代表视察{t}敬老院。",
    "截至目前,{u}已完成任务的八成。",
)
TRAPS = (
    "各乡镇要加强网格化管理,开展网格员培训。",
    "三镇两村联办庙会,“四平台”运行顺畅。",
    "干部进村入户,老旧小区改造年底完工。",
    "公安民警友好协商,双方和平解决纠纷。",
    "合作社兴国兴农,比如发展南部山区特色种植。",
    "返乡青年建设家乡,全村老少齐上阵。",
    "农村公路和城镇道路同步养护,过街天桥已经加固。",
    "他说出路在脚下,思路决定出路。",
    "每个社区都要有阅览室,行政村全覆盖。",
    "县城和集镇的生产线恢复运转。",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    locality: Locality
    names: frozenset[tuple[int, int, str]]


def sentences(gazetteer: Gazetteer) -> Iterator[Sentence]:
    """The trial, the same on every machine."""
    rng = random.Random(SEED)
    fit = [unit for unit in gazetteer.national.values() if unit.level == "county" and _towns(gazetteer, unit)]
    by_province: dict[str, list[Unit]] = {}
    for unit in fit:
        by_province.setdefault(unit.path.partition("/")[0], []).append(unit)
    chosen = [rng.choice(units) for units in by_province.values()]
    rest = [unit for unit in fit if unit not in chosen]
    chosen += rng.sample(rest, COUNTIES - len(chosen))
    for county in chosen:
        for _ in range(EACH):
            yield _sentence(rng, gazetteer, county, rng.choice([unit for unit in chosen if unit.path != county.path]))


def _towns(gazetteer: Gazetteer, county: Unit) -> list[tuple[Unit, list[Unit]]]:
    """Towns with at least two villages whose names are plain and one in the county."""
    local = list(gazetteer.local(county.path))
    names = [unit.name for unit in local]
    plain = [unit for unit in local if _PLAIN.fullmatch(unit.name) and names.count(unit.name) == 1]
    found = []
    for town in plain:
        if town.level == "township" and town.name.endswith(("镇", "乡", "街道", "苏木")) and len(town.name) > 2:
            villages = [
                unit for unit in plain
                if unit.parent == town.path and unit.name.endswith(("村", "社区", "嘎查")) and len(unit.name) > 2
            ]  # fmt: skip
            if len(villages) > 1:
                found.append((town, villages))
    return found if len(found) > 2 else []


def _sentence(rng: random.Random, gazetteer: Gazetteer, county: Unit, other: Unit) -> Sentence:
    towns = _towns(gazetteer, county)
    (town, villages), (second, _) = rng.sample(towns, 2)
    first, next_one = rng.sample(villages, 2)
    away, _ = rng.choice(_towns(gazetteer, other))
    prefecture = gazetteer.ancestor(county, "prefecture") or gazetteer.ancestor(county, "province") or county
    units = {"c": county, "t": town, "u": second, "v": first, "w": next_one, "p": prefecture, "o": other, "q": away}
    pattern = rng.choice(PATTERNS)
    if rng.random() < 0.5:
        pattern = rng.choice(TRAPS) + pattern if rng.random() < 0.5 else pattern + rng.choice(TRAPS)
    text, names = "", set()
    for part in re.split(r"(\{[a-z]\})", pattern):
        unit = units[part[1]] if part.startswith("{") else None
        if unit:
            names.add((len(text), len(text) + len(unit.name), unit.path))
        text += unit.name if unit else part
    return Sentence(text, Locality(county.path, county.code), frozenset(names))


def measure(gazetteer: Gazetteer) -> tuple[float, float, list[str]]:
    """Precision, recall, and a line an error."""
    tools = Resources(gazetteer=gazetteer)
    hit = wanted = given = 0
    errors = []
    for each in sentences(gazetteer):
        rows = list(places(text_article(each.text, locality=each.locality), Found(), tools))
        paths = {row.place_id: (row.kind, row.path) for row in rows if isinstance(row, PlaceRow)}
        found = {
            (row.start_char, row.end_char, str(paths[row.place_id][1])) for row in rows
            if isinstance(row, PlaceMentionRow) and paths[row.place_id][0] == "admin"
        }  # fmt: skip
        hit, wanted, given = hit + len(found & each.names), wanted + len(each.names), given + len(found)
        for sign, items in (("-", each.names - found), ("+", found - each.names)):
            errors += [f"{sign} {each.text[a:b]} {path} | {each.text}" for a, b, path in sorted(items)]
    return hit / given, hit / wanted, errors


if __name__ == "__main__":
    precision, recall, errors = measure(load())
    print(*errors, f"precision {precision:.4f}  recall {recall:.4f}", sep="\n")  # noqa: T201
