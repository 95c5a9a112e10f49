"""Organisations: what an organisation of a post is: its system, its level, the unit it belongs to, its id.

In: the organisation as the post writes it, the place mentions of the article, the gazetteer and the paper's own unit.
Out: a `Body`; equal bodies of one unit have one id, whether printed long or short, with or without their unit's name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from .. import lexicon
from ..gazetteer import Gazetteer, Unit
from ..model import Locality

_LEVELS: Final[Mapping[str, str]] = {
    "国": "national", "中央": "national", "全国": "national", "中国": "national", "中共中央": "national",
    "省": "province", "自治区": "province", "兵团": "province", "市": "prefecture", "州": "prefecture", "盟": "prefecture",
    "地区": "prefecture", "地": "prefecture", "师": "prefecture", "县": "county", "区": "county", "旗": "county", "镇": "township",
    "乡": "township", "街道": "township", "苏木": "township", "团": "township", "村": "village", "社区": "village", "嘎查": "village",
    "居": "village", "网格": "grid", "微网格": "grid",
}  # fmt: skip
_HEAD: Final = re.compile("|".join(sorted(_LEVELS, key=lambda w: -len(w))))
_DEPUTY: Final = re.compile("^(?:原|前|时任|代理|代|拟任)?(?:常务)?副?")  # 常务副|市长
_SUFFIX: Final = re.compile(
    r"[\u3400-\u9fff]{1,12}?(?:微网格|网格|社区|嘎查|街道|苏木|自治区|地区|自治[州县旗]|[省市州盟县区旗镇乡村])"
)
_STATE_FIRM: Final = re.compile(r"国有|国资|国投|城投|交投|文旅投|水投|农投|供电|电网|中石|中铁|中建|中国|烟草|邮政|移动|联通|电信|铁塔|农商|农业银行|建设银行|工商银行|人民银行|新华书店|供水|公交|自来水")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation: id, name, system, level, code of the unit it belongs to."""

    organisation_id: str
    name: str
    system: str | None
    level: str | None
    code: str | None


@cache
def _systems() -> tuple[tuple[str, str], ...]:
    found = [(row["body"], row["system"]) for row in lexicon.rows("posts_bodies") if row["system"]]
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def _forms() -> tuple[tuple[str, str], ...]:
    return tuple((row["long"], row["short"]) for row in lexicon.rows("organisations_forms"))


@cache
def system(organisation: str) -> str | None:
    """The system that an organisation belongs to, by the body that its name ends with; the longest wins."""
    for body, kind in _systems():
        if organisation.endswith(body):
            return kind
    for body, kind in _systems():
        if len(body) > 1 and body in organisation:
            return kind
    return None


def is_public(organisation: str, office_system: str, level: str | None) -> bool:
    """Whether a post is a public one: anything but firms, associations and what only the office tells to be private."""
    kind = system(organisation) if organisation else None
    if kind == "enterprise":
        return bool(_STATE_FIRM.search(organisation)) or bool(
            re.search(r"村|社区", organisation) and "股份" in organisation
        )
    if kind == "other":
        return bool(re.search(r"老年协会|红白理事会|业主", organisation))
    if kind is not None:
        return True
    if office_system:
        return office_system != "enterprise"
    return level is not None


def short_form(name: str) -> str:
    """The name with every body in its short form."""
    for long, short in _forms():
        name = name.replace(long, short)
    return name


def body(name: str, title: str, units: Mapping[str, Unit | None], gazetteer: Gazetteer, own: Locality | None) -> Body:
    """The organisation `name` of a post with this title. `units`: what unit names mean in this article."""
    printed, last = _unit_prefix(name, units)
    unit = units.get(last)
    level = unit.level if unit else None
    rest = name[len(printed) :]
    if unit is None and not printed:
        head = _HEAD.match(name or _DEPUTY.sub("", title))
        if head:
            level = _level(head[0], own, gazetteer)
            unit = gazetteer.ancestor(own, level) if own and level in ("province", "prefecture", "county") else None
            rest = name[len(head[0]) :] if name else ""
    elif unit is None:
        level = _level_of_name(last)
    code = unit.code if unit else None
    if code is None and own is not None:
        code = own.code
    key = f"{code or ''}\0{level or ''}\0{short_form(rest if unit else name)}"
    organisation_id = "o" + hashlib.sha256(key.encode()).hexdigest()[:15]
    return Body(organisation_id, name, system(name), level, code)


def _level(word: str, own: Locality | None, gazetteer: Gazetteer) -> str:
    """The level of a bare level word: 市 is the county-level city itself in its own paper, the municipality in its districts'."""
    if word == "市" and own is not None:
        here = gazetteer.unit(own.path)
        if here is not None and here.level == "county" and here.name.endswith("市"):
            return "county"
        if "/" in own.path and gazetteer.ancestor(own, "prefecture") is None:
            return "province"
    return _LEVELS[word]


def _level_of_name(name: str) -> str | None:
    for length in (3, 2, 1):
        if name[-length:] in _LEVELS:
            return _LEVELS[name[-length:]]
    return None


def _unit_prefix(name: str, units: Mapping[str, Unit | None]) -> tuple[str, str]:
    """The chain of units that an organisation's name begins with, and the last unit of it."""
    position, last = 0, ""
    while position < len(name):
        step = max((u for u in units if name.startswith(u, position)), key=len, default="")
        if not step:
            break
        last, position = step, position + len(step)
    if not position and name[:1] not in _LEVELS:
        match = _SUFFIX.match(name)
        return (match[0], match[0]) if match and match.end() > 1 else ("", "")
    return name[:position], last
