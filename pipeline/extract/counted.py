"""What a quantity counts or measures, and of what: `item` and `subject` from the words around it.

In: a folded text, its quantities, the word classes, spans that are one name. Out: for every quantity the spans of item and subject, or None.
The item of a count is the noun behind it (22名|外卖骑手), else the one before (停车位|35个); of a measure what is measured
(总投资|约1亿元), else the noun behind. The subject is what stands right before the item in its clause, else what the clause begins
with, else the subject of the quantity before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..quantities import Quantity
from .phrases import WHERE, Phrases, Span, clause_end, clause_start, ends, is_word

_COUNTS: Final = frozenset(("count", "person", "household", "person-time"))
_LONGEST: Final = 12
_SENTENCE_END: Final = frozenset("。!?\n")
_ADJACENT: Final = frozenset(("", "、", "和", "及", "与", "至", ","))
_DIMENSION: Final = re.compile(r"[长高宽深厚粗重]?的")
_SAYS: Final = re.compile(
    r"(?:介绍|说|表示|透露|告诉|指出|汇报|称|认为|强调|坦言|回忆|预计|获悉|了解|统计|显示|看到)[^,]{0,4}$"
)
_FROM: Final = re.compile(r"(?:从|由|自|较|比|低于|高于|超过)")
_CHANGED: Final = re.compile(
    r"(?:增加|提高|提升|增长|扩大|发展|上升|上涨|涨|升|增|扩|加宽|加高|下降|降低|减少|缩短|下跌|跌|降|减|压缩|压|缩|提|调整|调|变)(?:到|至|为|成)了?$"
)


def counted(phrases: Phrases, found: Sequence[Quantity]) -> list[tuple[Span | None, Span | None]]:
    """Item and subject of each quantity."""
    result: list[tuple[Span | None, Span | None]] = []
    for number, each in enumerate(found):
        before = found[number - 1] if number and _same_sentence(phrases.text, found[number - 1], each) else None
        earlier = result[-1] if before else (None, None)
        following = found[number + 1].start if number + 1 < len(found) else len(phrases.text)
        item = _item(phrases, each, before, earlier[0], following)
        result.append((item, _subject(phrases, each, item, before, earlier)))
    return result


def _same_sentence(text: str, before: Quantity, each: Quantity) -> bool:
    return each.start - before.end < 80 and not any(mark in text[before.end : each.start] for mark in "。!?\n")


# --- item --------------------------------------------------------------------------------------------------------------------


def _item(
    phrases: Phrases, each: Quantity, before: Quantity | None, earlier: Span | None, following: int
) -> Span | None:
    if each.unit.dimension == "age":
        return None
    text = phrases.text
    low = clause_start(text, each.start)
    if before and before.end > low:
        low = max(before.end, earlier[1] if earlier and earlier[1] <= each.start else 0)
    high = clause_end(text, each.end, following)
    own = _own_item(phrases, each, before.end if before and before.end > low - 24 else low, low, high)
    adjacent = (
        before is not None
        and text[before.end : each.start] in _ADJACENT
        and before.unit.dimension == each.unit.dimension
    )
    if earlier and (
        own is None
        or (adjacent and each.unit.dimension not in _COUNTS and own[0] >= each.end)
        or text[low : each.start].strip() == "其中"
    ):
        return earlier
    return own


def _own_item(phrases: Phrases, each: Quantity, after: int, low: int, high: int) -> Span | None:
    text, dimension = phrases.text, each.unit.dimension
    start = clause_start(text, each.start)
    if (changed := _CHANGED.search(text, max(after, each.start - 6), each.start)) and (
        found := _measured_before(phrases, start, changed.start())
    ):
        return found
    if size := ends("change", text, low, each.start):
        return _change(phrases, low, each.start, size)
    behind = phrases.noun_behind(each.end, high, whole=dimension in _COUNTS)
    end = phrases.linked(low, each.start, ratio=dimension == "ratio")
    if dimension in _COUNTS:
        return behind or phrases.before(low, end) or phrases.deed(each.end, high)
    if dimension == "duration":
        return _lasting(phrases, each, behind, low, end, high)
    attribute = phrases.attribute(low, end)
    if attribute is None or (behind and ends("yield", text, low, end)):
        return behind or phrases.before(low, end) or phrases.deed(each.end, high)
    return attribute


def _change(phrases: Phrases, low: int, end: int, size: int) -> Span:
    """化肥用量减少|两成: what changed and which way; 增长 alone where what changed does not stand right before it."""
    near = phrases.owner_before(low, end - size)
    joined = near and near[1] == end - size and near[0] >= low
    return (max(near[0], end - _LONGEST), end) if near and joined else (end - size, end)


def _lasting(phrases: Phrases, each: Quantity, behind: Span | None, low: int, end: int, high: int) -> Span | None:
    """当了24年|村支书, 休了四个月|病假, 经商|20多年, 花了7天|讲政策, 放行|只用了6分钟."""
    if spent := ends("spend", phrases.text, low, end):
        return phrases.deed(each.end, high) or phrases.before(low, phrases.linked(low, end - spent))
    direct = behind if behind and behind[0] <= each.end + 1 else None
    return direct or phrases.before(low, end) or phrases.deed(each.end, high)


def _measured_before(phrases: Phrases, low: int, end: int) -> Span | None:
    """What is said to change: 占有率|由54%提升到75%, 亩产|从百十斤提高到260斤."""
    text = phrases.text
    origin = max((match.start() for match in _FROM.finditer(text, low, end)), default=-1)
    stop = origin if origin > low else end
    stop = phrases.linked(low, stop)
    return phrases.attribute(low, stop) or phrases.before(low, stop)


# --- subject -----------------------------------------------------------------------------------------------------------------


def _subject(
    phrases: Phrases,
    each: Quantity,
    item: Span | None,
    before: Quantity | None,
    earlier: tuple[Span | None, Span | None],
) -> Span | None:
    text = phrases.text
    if each.unit.dimension == "age":
        return _aged(phrases, each)
    start = clause_start(text, each.start)
    if before and item and earlier[0] and _is_theirs(phrases, item, before, earlier[0]):
        return earlier[0]
    end = min(item[0], each.start) if item and item[0] >= start else each.start
    if (
        item
        and item[1] <= each.start
        and _DIMENSION.match(text, each.end)
        and (behind := phrases.noun_behind(each.end, min(len(text), each.end + 24)))
    ):
        return behind  # 总投资20亿元的|锡洲项目
    if item and is_word("change", text[item[0] : item[1]]):
        return phrases.owner_before(start, end) or earlier[0] or earlier[1]
    own = _owner(phrases, start, end, item)
    if own:
        return own
    if before and before.start >= start and earlier[1]:
        return earlier[1]
    return _carried(phrases, start, item, before, earlier[1])


def _is_theirs(phrases: Phrases, item: Span, before: Quantity, earlier: Span) -> bool:
    """Whether it is said of what the quantity before counts: 开工项目31个,总投资…; 20余位劳力务工,人均增收…."""
    text = phrases.text
    if before.unit.dimension not in _COUNTS or text[clause_start(text, item[0]) : item[0]].strip():
        return False
    if text.startswith(("人均", "户均", "平均年龄", "每人", "每户"), item[0]):
        return before.unit.dimension in ("person", "household")
    return earlier[1] <= before.start and earlier[0] == clause_start(text, before.start)


def _owner(phrases: Phrases, start: int, end: int, item: Span | None) -> Span | None:
    """The subject within the clause: a collective (全县, 村里), what stands right before the item, what the clause begins with."""
    text = phrases.text
    near = phrases.owner_before(start, end) if item and item[0] == end else None
    if near and near[1] == end:
        return near
    if where := list(WHERE.finditer(text, start, end)):
        return where[-1].span()
    if near:
        return near
    if text.startswith(("他", "她"), start) and (person := phrases.name_in(max(0, start - 120), start)):
        return person
    topic = phrases.topic(start, end)
    return None if topic and item and topic[0] < item[1] and item[0] < topic[1] else topic


def _carried(
    phrases: Phrases, start: int, item: Span | None, before: Quantity | None, earlier: Span | None
) -> Span | None:
    """The subject of the clauses before in the sentence; the subject of the quantity before, where it is nearer."""
    text = phrases.text
    for _ in range(5):
        if start == 0 or text[start - 1] not in ",;:…—":
            break
        stop = start - 1
        start = clause_start(text, stop)
        if before and start <= before.end <= stop + 1 and earlier:
            return earlier
        where = list(WHERE.finditer(text, start, stop))
        if where:
            return where[-1].span()
        if _SAYS.search(text, start, stop):
            break
        topic = phrases.topic(start, stop)
        first = start == 0 or text[start - 1] in _SENTENCE_END
        if topic and not first and not phrases.is_named(topic):
            continue
        if topic and not (item and topic[0] < item[1] and item[0] < topic[1]):
            return topic
    return earlier


def _aged(phrases: Phrases, each: Quantity) -> Span | None:
    """Who is that old: the name or noun right before, or behind 的."""
    text = phrases.text
    start = clause_start(text, each.start)
    if behind := phrases.noun_behind(each.end, min(len(text), each.end + 24)):
        return phrases.name_in(behind[0], min(len(text), behind[1] + 14)) or behind
    end = phrases.linked(start, each.start)
    return phrases.name_in(start, end) or phrases.topic(start, end) or _previous_name(phrases, start)


def _previous_name(phrases: Phrases, start: int) -> Span | None:
    low = clause_start(phrases.text, max(0, start - 1))
    return phrases.name_in(low, start) or (phrases.topic(low, start - 1) if start else None)
