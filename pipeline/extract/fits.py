"""Whether a stem and its ending are a name: 祥和小区 is one place, 精品民宿 a kind of place, 邬长河 a man.

In: a `Stem`. Out: a `Candidate`, or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..gazetteer import Gazetteer
from . import guards
from .endings import HOLDERS, Candidate, lists
from .stems import Stem
from .units import Match

_SCHOOL = re.compile("小学|中学|幼儿园|学校|医院|支行|分行|派出所|公司|大学|学院")
_LAWS = re.compile("[^《》]*(?:条例|办法|规定|规划|方案|意见|决定|草案)")
_TRAINS = re.compile("高铁|火车|列车|动车|乘车|车次|开往|出发|发车|下车|站台|候车|客流|旅客|检票|停靠|铁路")
_REACH = re.compile("[一-龥]{1,3}[市县区旗镇乡]段|[一-龥]{2}段(?=[水河堤])")  # 苏子河|永陵镇段
_MEASURES, _NUMERALS = frozenset("家里个条座处多余年月日公"), frozenset("0123456789一二两三四五六七八九十百千万几个")
_PARTS = frozenset("副原各本该多数几两县市省区全逐据应其及兼每月日年时")  # a unit rarely begins so
_SIDES = frozenset("东西南北中前后")
_LEVELS = frozenset("县市区旗")
_ACTS = frozenset("跑成满空好走铺待住修扫出下上进入回开")
_EVENTS = frozenset({"纪念馆", "陈列馆"})  # named by what is remembered there, in common words
_MEN = frozenset("河江海山峰岭")  # given names end so, too
_NATIONAL = ("自然保护区", "森林公园", "湿地公园", "地质公园", "国家公园")  # carry the name of the city before them
_ZONES = ("开发区", "工业园区", "产业园区", "高新区", "经开区")  # a county has one of each
_WIDE = frozenset({"province", "prefecture"})
_PLAIN = frozenset("河溪湖洲峡岛")  # common nouns name these, too: 荷叶洲
_VAGUE = frozenset("海江线沟谷坝楼塔亭阁泉洼滩")  # alone at the end of a name they need evidence


def fitting(stem: Stem, starts: Mapping[int, Match], gazetteer: Gazetteer) -> Candidate | None:
    """The candidate that a stem makes with its ending. `starts`: the known names by where they begin."""
    if stem.end - stem.start > stem.ending.most:
        return None
    if stem.words and _counted(stem.folded, stem.start):
        return None
    found = _site(stem, gazetteer) if stem.ending.kind == "site" else _unit(stem, starts)
    return found if found and _whole(stem, found.start, gazetteer) else None


def _counted(folded: str, start: int) -> bool:
    """Whether what seems to begin a name is a measure, stands behind one or is a pronoun: 40|家宾馆, 23座|山塘水库, 其县公路."""
    measured = (folded[at] in _MEASURES and folded[at - 1 : at] in _NUMERALS for at in (start, start - 1) if at > 0)
    return folded[start] in "其该此" or any(measured)


def _no_site(stem: Stem) -> bool:
    """Whether what stands around the ending says that no place is named: 慈利坐|高铁, 《天鹅湖》, 电厂路|小学, 五寨至|霞寨|公路."""
    folded, suffix, held = stem.folded, stem.ending.suffix, stem.held
    last = stem.words[-1].text if stem.words else ""
    if len(last) == 1 and last in (lists().verbs if len(suffix) > 1 else _ACTS):
        return True
    before = folded[held.start - 1 : held.start] if held else stem.edge
    if before == "至" and suffix.endswith(("路", "高速", "高铁")):
        return True
    beside = _SCHOOL.match(folded, stem.close) or guards.team(folded, stem.close)
    return "·" in stem.text or _booked(stem) or bool(beside)


def _site(stem: Stem, gazetteer: Gazetteer) -> Candidate | None:
    known, ending, held, length = lists(), stem.ending, stem.held, stem.end - stem.start
    if _no_site(stem):
        return None
    if ending.group == "zone" and stem.edge in _LEVELS and stem.plain and length > 1:
        return Candidate(stem.start - 1, stem.close, ending)  # 县|食品产业园
    if held and (inherited := _inherited(stem, held)):
        return inherited
    if length == 1 and not held and ending.need == "edge" and len(ending.suffix) > 1 and stem.text not in _SIDES:
        return None
    if length < ending.least or (ending.group == "road" and not held and not _road(stem)):
        return None
    if stem.head and not held and ending.group not in {"zone", "station"} and (behind := _behind_head(stem)):
        return behind
    if ending.need == "name":
        return Candidate(stem.start, stem.close, ending) if _proper(stem) and (length > 1 or held) else None
    if (stem.text in known.common and stem.text not in known.own and ending.suffix != "大道") or (
        not stem.own and stem.words and stem.words[-1].text in known.common and ending.suffix != "大道"
    ):
        return None
    if ending.need == "place":
        return Candidate(stem.start, stem.close, ending) if _evident(stem, gazetteer) else None
    if not length:
        return Candidate(stem.start, stem.close, ending)
    if ending.group == "home" and not stem.own and not (held or _lived_in(stem)):
        return None
    return Candidate(stem.start, stem.close, ending) if stem.own or (stem.words and stem.words[-1].tag != "w") else None


def _proper(stem: Stem) -> bool:
    """Whether the stem tells one place of its kind from others."""
    held, size = stem.held, stem.end - stem.start
    return (
        stem.own
        or stem.head
        or (held is not None and held.kind == "short" and stem.named)
        or (stem.ending.suffix in _EVENTS and size > 3 and stem.plain)
        or stem.text.startswith("中国")
        or (stem.text.startswith("国家") and size > 4)
        or (
            stem.ending.group == "spot"
            and [w.tag for w in stem.words] == ["n"]
            and stem.text not in lists().sorts | lists().before
        )
    )


def _lived_in(stem: Stem) -> bool:
    """Whether something beside the name says that it is one compound: 家住林业小区, 林业小区3号楼."""
    following = stem.folded[stem.close : stem.close + 1]
    return following.isdigit() or stem.edge in lists().evidence[0] or following in "里内的"


def _behind_head(stem: Stem) -> Candidate | None:
    """A name behind the short one of the city it lies in: 上海|虹桥机场."""
    rest = [word for word in stem.words if word.start >= stem.start + 2]
    names = lists()
    own = any(
        (not word.tag or word.tag == "z" or word.text in names.own) and word.text not in names.common for word in rest
    )
    if not own or stem.end - rest[0].start < 2:
        return None
    return Candidate(rest[0].start, stem.close, stem.ending)


def _booked(stem: Stem) -> bool:
    """Whether it stands in the title of a book or a play: 《天鹅湖》."""
    opened = stem.folded.rfind("《", max(0, stem.start - 20), stem.start)
    return opened >= 0 and "》" not in stem.folded[opened : stem.start] and not _LAWS.match(stem.folded, stem.close)


def _road(stem: Stem) -> bool:
    """Not 在路上, 连路 nor 沿着山路; 横街 where it is said that someone lives there, 兴业路上 where a name stands before or is in it."""
    if stem.end - stem.start == 1 and stem.text not in _SIDES and stem.edge not in lists().evidence[0]:
        return False
    if stem.name.endswith("山路") and not (
        stem.head or stem.text[0] in _SIDES or stem.text in lists().own | lists().traps
    ):
        return False
    return (
        stem.folded[stem.close : stem.close + 1] != "上"
        or stem.own
        or (not stem.edge and stem.folded[stem.start - 1 : stem.start].isalnum())
    )


def _inherited(stem: Stem, held: Match) -> Candidate | None:
    """A name that begins with the known name before it: 柯城|经济开发区, 点头镇|白茶交易市场."""
    ending, length = stem.ending, stem.end - stem.start
    whole = Candidate(held.start, stem.close, ending, held)
    if held.kind == "stem" or (held.kind == "short" and length == 1):
        apart = length > 1 and stem.words and ending.group == "zone"
        return Candidate(stem.start, stem.close, ending) if apart else whole
    if held.kind == "short" and length and (ending.group == "hall" or ending.suffix.endswith(_NATIONAL)):
        return whole  # 盱眙|龙虾博物馆
    if held.kind == "short":
        natural = ending.need == "place" and length > 0
        plain = not stem.named and (stem.plain or not length)
        return whole if not natural and (plain or ending.group == "zone") else None
    if (
        held.kind == "full"
        and not length
        and ending.group == "zone"
        and ending.suffix.endswith(("开发区", "工业园区", "产业园区", "高新区", "经开区"))
    ):
        return Candidate(held.start, stem.close, ending)  # 巨鹿县|经济开发区
    local = held.unit is None or held.unit.level not in {"province", "prefecture", "county"}
    if held.kind != "full" or not length or not stem.words or not (local or ending.need == "name"):
        return None
    if local and ending.group in {"trade", "hall", "zone", "market"} and (not stem.own or ending.group != "zone"):
        return Candidate(held.start, stem.close, ending)
    if not stem.own and ending.need == "name" and held.unit:
        return (
            Candidate(stem.start, stem.close, ending)
            if ending.group == "zone" or stem.text not in lists().common
            else None
        )
    return None


def _evident(stem: Stem, gazetteer: Gazetteer) -> bool:
    """Whether what ends like a river or a hill is one: people's names end in 江 and 山, too."""
    folded, start, end, held = stem.folded, stem.start, stem.close, stem.held
    group, size = stem.ending.group, len(stem.name)
    if stem.edge[-1:] in HOLDERS or stem.edge in lists().persons or folded[start - 1 : start] == "·":
        return False
    if group == "station":
        return stem.head and size < 5 and bool(_TRAINS.search(folded, max(0, start - 20), end + 4))
    listed = stem.name in gazetteer.tags
    if (listed and size < 3) or not (stem.own or stem.plain or listed):
        return False
    if group == "market" and (not stem.own or stem.words[0].tag):
        return False  # 旧货市场, 广州市场
    if _told(stem):
        return True
    if guards.continued(folded, end, gazetteer):
        return False
    if size > 2 and any(unit.level in _WIDE for unit in gazetteer.shortened.get(stem.name[-2:], ())):
        return False  # 希望台湾
    vague = stem.ending.suffix in _VAGUE
    before = lists().evidence[0]
    if any(folded[max(0, start - n) : start] in before for n in ((1, 2) if stem.own and not vague else (2,))):
        return True
    if held and size > 2 and held.kind in {"full", "short"}:
        return stem.name not in gazetteer.shortened  # 江苏|昆山
    opens = not stem.edge and not folded[start - 1 : start].isalnum()
    if stem.plain and stem.ending.suffix in _PLAIN and size == 3 and opens and stem.text not in lists().sorts:
        return True
    if not (stem.own or listed) or vague or (_man(stem) and not (opens and _noun(folded, end, gazetteer))):
        return False
    return size > 2 and (group == "water" or opens)


def _told(stem: Stem) -> bool:
    """Whether what stands behind says that it is a river, a hill, a bridge: 水位, 脚下, 永陵镇段."""
    folded, end, after = stem.folded, stem.close, lists().evidence[1]
    if stem.own and stem.ending.group == "water" and _REACH.match(folded, end):
        return True
    return any(folded[end : end + n] in after for n in range(1, 5)) and (
        folded[end] not in "上下" or len(stem.name) > 2
    )


def _man(stem: Stem) -> bool:
    """Whether it may be a man's name."""
    return stem.name[0] in lists().surnames and stem.ending.suffix in _MEN and len(stem.name) < 4


def _noun(folded: str, start: int, gazetteer: Gazetteer) -> bool:
    """Whether a noun follows; behind a man's name stands what he does."""
    word = folded[start : start + 2]
    person = word in lists().persons or word[-1:] in HOLDERS
    return gazetteer.tags.get(word, "").lower() in {"n", "w"} and not person


def _unit(stem: Stem, starts: Mapping[int, Match]) -> Candidate | None:
    ending, held, length = stem.ending, stem.held, stem.end - stem.start
    whole = Candidate(stem.start, stem.close, ending)
    full = bool(held and held.kind == "full")
    if held and held.unit and held.unit.level == "village" and ending.level == "village":
        return Candidate(held.start, stem.close, ending, held) if full and length <= 2 else None
    if held and held.kind == "stem" and not length:
        return Candidate(held.start, stem.close, ending, held)
    if length < ending.least or stem.text in lists().common:
        return None
    if ending.need == "chain":
        return whole if full else None
    if ending.need == "place":
        return whole if full or (stem.own and stem.folded[stem.start - 1 : stem.start] in "在到往从的、") else None
    if not full and (stem.edge in lists().persons or stem.edge[-1:] in HOLDERS) and length == 1:
        return None  # 副市长|郑镇坤
    if full and (stem.own or stem.words[-1].tag not in {"a", "w"}):
        return whole
    inner = starts.get(stem.close)
    if ending.level == "township" and inner and inner.kind == "full" and inner.unit and inner.unit.level == "village":
        return whole  # 黄土乡|皇都村
    return whole if stem.own and _named(stem) else None


def _named(stem: Stem) -> bool:
    """Whether the stem is a name through and through: not 三镇, 副镇, 佟德凯坐镇."""
    folded, words = stem.folded, stem.words
    if len(words) > 2 and any(w.tag for w in words[1:]):
        return False
    if folded[stem.start] in _PARTS or folded[stem.end - 1] in "全各副该本" or folded[stem.start].isdigit():
        return False
    return words[-1].tag not in {"a", "w"}


def _whole(stem: Stem, start: int, gazetteer: Gazetteer) -> bool:
    """Whether the ending begins there: not 农|村, 返|乡; not the second half of a word (了解|村)."""
    known, folded, ending, held = lists(), stem.folded, stem.ending, stem.held
    text, name = folded[start : stem.end], folded[start : stem.close]
    if name in known.generic or name.endswith(known.no_names):
        return False
    if ending.kind == "admin" and name.endswith(known.generic_ends):
        return False
    pair = folded[stem.end - 1 : stem.end + 1] if len(ending.suffix) == 1 else ""
    listed = pair != "村村" and pair in known.pairs and not (len(stem.words) == 1 and len(text) > 1)
    if listed and (pair in gazetteer.tags or not (held and held.kind == "full" and len(text) > 1)):
        return False
    if len(text) == 1 and (name in gazetteer.tags or folded[start - 1 : stem.end] in gazetteer.tags):
        return False
    if ending.need not in {"plain", "chain"} or (held and ending.group != "home") or text in known.own:
        return True
    return folded[stem.end - 1] not in known.verb_ends
