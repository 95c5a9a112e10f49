"""Mentions of time in a folded text: one pass over the anchors, a hand-written parser at each.

In: folded text. Out: Mentions in reading order, not overlapping, each within one clause (but for ranges). A mention says what
is printed, fields by name, and resolves nothing: that needs the publication date and the mentions before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from . import lexer
from .lexer import Token, Value
from .numerals import number

Fields = dict[str, tuple[Value, str]]  # field → its number or code, what it is counted from

RANK: Final = {
    "century": 0, "decade": 1, "lunar": 2, "year": 3, "half": 4, "quarter": 4, "season": 4, "months": 4, "yearpart": 4, "feast": 5,
    "month": 5, "lunarmonth": 5, "monthpart": 6, "week": 6, "weekend": 7, "day": 8, "weekday": 8, "daypart": 9, "hour": 10, "clock": 10,
}  # fmt: skip

_DAYPARTS: Final = {
    "凌晨": "MO", "清晨": "MO", "早晨": "MO", "早上": "MO", "上午": "MO", "早间": "MO", "早": "MO", "晨": "MO", "中午": "MI", "正午": "MI", "午间": "MI",
    "下午": "AF", "午后": "AF", "傍晚": "EV", "晚上": "EV", "晚间": "EV", "晚": "EV", "深夜": "NI", "夜间": "NI", "夜里": "NI", "午夜": "NI", "半夜": "NI", "夜": "NI",
}  # fmt: skip
_SHORT_DAYPART: Final = re.compile(r"[早晚夜晨](?![会报宴稻点餐市教校高班间上晨里色读晚])")
_PARTS: Final = {
    "初": "early", "月初": "early", "上旬": "early", "中旬": "mid", "月中": "mid", "下旬": "late", "底": "late", "末": "late", "月底": "late", "月末": "late",
    "年初": "early", "年底": "late", "年末": "late", "年终": "late", "年中": "mid", "年内": "whole", "内": "whole", "全年": "whole", "同期": "same",
}  # fmt: skip
_PART: Final = re.compile(
    r"初(?![级中步心次赛夏春秋冬衷具见期诊评选一二三审稿试露始])|底(?![下线数色蕴气板部层盘片细])|末(?![端梢])|[上中下]旬|年[初底末](?![级])|年内(?![蒙部])|同期|内(?![蒙部容需外涝参控设地])"
)
_DECADE_PART: Final = re.compile(r"(?:初期|中期|后期|末期|中后期|初(?![级中步])|末(?![端梢])|中叶|以前|之前)")
_LUNAR_DAY: Final = re.compile(
    r"初[一二三四五六七八九十](?![中级年个名])|二十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十|十[一二三四五六七八九]?"
)
_LUNAR_FEASTS: Final = {(2, "二"), (3, "三"), (6, "六"), (7, "七"), (9, "九")}
_MINUTES: Final = re.compile(r"(\d{1,2}|[一二三四五十]{1,3})分|(半)|([一三])刻|整|(\d{2})(?=[许,、。;至到左])")
_ABOUT: Final = re.compile(r"许|左右|前后|上下|多(?![个名种次项])|钟")
_WEEKDAY_NOTE: Final = re.compile(r"\((?:星期|周|礼拜)[一二三四五六日天]\)")
_RANGE: Final = re.compile(r"(?:至|到|-|–|~|——?|直至|延续到|持续到|一直到)")
_SINCE: Final = re.compile(
    r"(?:以来|来(?![到自访源临历客宾电往料校华的得年了看说])|起(?![来到草步点义重飞诉航伏源码初早草价跑降吊立诉码底])|开始|(?:一直)?(?:至|到)(?:今(?![年天日晚夏冬春秋早晨])|目前|现在|如今)|以后|之后|后(?![续期备勤面代方天台来劲发半])|迄今)"
)
_VERB_SINCE: Final = re.compile(r"(?!之|以)[㐀-鿿]{1,8}?以来")
_UNTIL: Final = re.compile(r"以前|之前|前夕|前后|前(?![往来后夕期景列进沿行线去置提任身瞻台方锋辈途端排三])|为止")
_DURING: Final = re.compile(r"期间|这天|当天|当日|那天|这一天|间(?![隙接谍距])")
_FEAST_SPAN: Final = re.compile(
    r"(?:佳节)?(?:小长假|长假|假期|黄金周|假日|节假日|放假|节日)?期间|小长假|长假|假期|黄金周|假日"
)
_FEAST_TOLD: Final = re.compile(
    r"前夕|前后|前(?![往来进])|当天|当日|这天|这一天|来临|到来|过后|后(?![续勤])|节前|节后|以来|假前|临近|将至|之际|节气|时节|节|起"
)
_PLACE_TAIL: Final = (
    "路",
    "街",
    "村",
    "镇",
    "乡",
    "巷",
    "桥",
    "河",
    "社区",
    "广场",
    "小学",
    "中学",
    "大道",
    "公园",
    "寺",
    "湖",
    "山",
    "小区",
    "大桥",
    "英雄",
    "勋章",
    "奖",
    "红旗手",
    "工程",
    "口号",
    "起义",
    "运动",
    "学校",
    "厂",
    "煤矿",
    "农场",
    "林场",
    "水库",
    "渠",
    "门",
    "店",
    "制造",
    "子弟",
)
_ERA_TAIL: Final = re.compile(
    r"(期间|时期|以来|召开以来|胜利召开以来|末期?|初期|初|后期|中后期|前期|年代|之初|前(?![往来途景])|后(?![备代])|以后|之后|以前|之前|[一-十\d]{1,3}多?年来)"
)
_AFTER_DURATION: Final = re.compile(
    r"(?:多)?(?:(前(?![往来后夕期景列进沿行线去置提任身台方锋辈途端排三])|以前|之前)|(以?来(?![到自访源临历客宾电往料校华的得])|以来)|(后(?![续期备勤面代方天台劲发半])|以后|之后))"
)
_LAST: Final = ("最近的", "过去的", "最近", "过去", "近", "刚刚过去的")
_NEXT: Final = ("未来的", "今后的", "未来", "今后", "往后", "接下来的")
_THESE: Final = ("这", "前", "头", "此前")
_CLAUSE_START: Final = frozenset(',;:。!?\n…、(“"「』」)》— ■●□◆▲')


@dataclass(slots=True)
class Mention:
    """What is printed at text[start:end]. `kind`: point, vague, offset, every, era; `relation`: at, since, until, ago, later, last, next, these."""

    start: int
    end: int
    kind: str
    fields: Fields = field(default_factory=dict)
    until: Fields | None = None
    relation: str = "at"
    value: Value = None
    first_of_range: str = ""


def mentions(text: str) -> Iterator[Mention]:
    """The mentions of a folded text."""
    done = 0
    for anchor in lexer.anchors(text):
        if anchor.start() < done:
            continue
        mention = _mention(text, anchor.start(), done)
        if mention:
            done = mention.end
            yield mention


def _mention(text: str, position: int, done: int) -> Mention | None:
    token = lexer.read(text, position)
    if token is None:
        return None
    if token.kind in _SPECIAL:
        return _SPECIAL[token.kind](text, token, done)
    return _dated(text, token, done)


# --- special mentions: one token, perhaps with what is counted behind it -----------------------------------------------------


def _vague(text: str, token: Token, done: int) -> Mention | None:
    if token.unit in _LAST or token.unit in _NEXT:
        behind = token.end + (text[token.end : token.end + 1] == "的")
        counted = lexer.read(text, behind)
        if (
            counted
            and counted.kind in ("duration", "year", "month", "day")
            and counted.numeral
            and len(counted.numeral) < 4
        ):
            return _offset(text, counted, done, start=token.start, relation="last" if token.unit in _LAST else "next")
    end = token.end
    if text.startswith("以来", end):
        end += 2
    return Mention(token.start, end, "vague", {"near": (1, "")} if token.then else {}, value=token.value)


def _offset(text: str, token: Token, done: int, start: int | None = None, relation: str = "") -> Mention | None:
    """A length of time that is counted from a day: 两年前, 近三年, 5年来, 三天后."""
    unit = token.unit
    if token.numeral == "" and not relation:
        return None
    begin = token.start
    if relation == "":
        for prefixes, name in ((_LAST, "last"), (_THESE, "these")):
            for prefix in prefixes:
                if text.endswith(prefix, done, begin):
                    start, relation = begin - len(prefix), name
                    break
            if relation:
                break
    behind = _AFTER_DURATION.match(text, token.end)
    if (
        relation == "these"
        and unit in ("月", "季度")
        and text[start or 0] in "前头"
        and (months := _from_january(token))
    ):
        return _relation(
            text,
            Mention(start or 0, token.end, "point", {months.kind: (1, "")}, {months.kind: (token.value, "")}),
            done,
        )
    if relation in ("last", "next", "these"):
        end = behind.end() if behind and behind.group(2) else token.end
        if relation in ("last", "these") and text.endswith(("将", "接", "附", "临", "靠"), done, start):
            return None
        if relation == "these" and text[start or 0] in "前头" and unit not in ("年", "月", "天", "周", "星期", "日"):
            return None
        if relation == "last" and unit in ("小时", "分钟", "时", "点", "号"):
            return None
        if unit in ("号", "时", "点", "点钟", "世纪", "年代") or (
            relation == "these" and unit in ("小时", "分钟", "季度")
        ):
            return None
        return Mention(
            start if start is not None else begin,
            end,
            "offset",
            relation=relation,
            value=_length(token),
            first_of_range=unit,
        )
    if (
        behind is None
        or unit in ("号", "时", "点", "点钟", "年代")
        or (text.endswith(("第", "每", "每隔", "提", "在", "为期", "满"), done, begin) and behind.group(2))
    ):
        return None
    ago, last, _ = behind.groups()
    if not ago and unit in ("小时", "分钟"):
        return None
    if text.endswith(("第", "每", "每隔", "提前"), done, begin):
        return None
    return Mention(
        begin,
        behind.end(),
        "offset",
        relation="ago" if ago else "last" if last else "later",
        value=_length(token),
        first_of_range=unit,
    )


def _length(token: Token) -> Value:
    """The number of units, in half units where a half is printed; None where it is not told."""
    if token.base == "more" or token.first is not None:
        return None
    if token.numeral == "半":
        return "half"
    return token.value


def _every(text: str, token: Token, done: int) -> Mention | None:
    """每年底, 每天早上6点半, 每周三, 每逢周末."""
    fields, end = _fields(text, token.end, {}, inside=True)
    if token.value == "?" and not fields:
        behind = lexer.read(text, token.end)
        rest = re.compile("节假日|双休日|节日|假日|周末|汛期|暑期|寒暑假|假期|农忙时节|农忙").match(text, token.end)
        if rest:
            return Mention(token.start, rest.end(), "every", value="SET")
        if behind and behind.kind in ("duration", "year", "month", "day"):
            return Mention(token.start, behind.end, "every", value="SET")
        return None
    if token.value == "P1W" and not fields:
        weekday = re.compile("[一二三四五六日天]").match(text, token.end)
        if weekday:
            upto = re.compile("(?:至|到|-|—)周?[一二三四五六日天]").match(text, weekday.end())
            return Mention(
                token.start,
                (upto or weekday).end(),
                "every",
                {} if upto else {"weekday": (lexer.WEEKDAYS[weekday.group()], "")},
                value="P1W",
            )
    if fields and set(fields) == {"year"}:
        return None
    mention = Mention(token.start, max(end, token.end), "every", fields, value=token.value)
    _range(text, mention)
    return mention


def _era(text: str, token: Token, done: int) -> Mention | None:
    tail = _ERA_TAIL.match(text, token.end)
    if tail is None or (token.then == "plan" and text.endswith(tuple(lexer.CHINESE), done, token.start)):
        return None
    word = tail.group()
    if not token.then.startswith(("plan", "quoted")) and word.startswith(("末", "年代", "前期")):
        return None
    relation = (
        "since"
        if word.endswith(("来", "后")) and word not in ("后期", "中后期")
        else "until"
        if word.endswith("前")
        else "at"
    )
    part = "late" if word.startswith("末") else "early" if word == "初" and "quoted" in token.then else ""
    return Mention(token.start, tail.end(), "era", {"part": (part, "")}, relation=relation, value=token.value)


def _since_word(text: str, token: Token, done: int) -> Mention | None:
    return Mention(token.start, token.end, "point", {"day": (0, "published")}, relation="since")


_SPECIAL: Final = {"vague": _vague, "duration": _offset, "every": _every, "era": _era, "since": _since_word}


# --- dates ------------------------------------------------------------------------------------------------------------------


def _dated(text: str, token: Token, done: int) -> Mention | None:
    start = token.start
    fields, end = _fields(text, start, {}, token)
    if not fields:
        if token.kind == "year":  # 21年, 二十一年: a length
            token.kind = "duration"
            return _offset(text, token, done)
        if token.kind in ("month", "day", "quarter") and token.kind != "hour":
            return _offset(text, token, done)
        return None
    mention = Mention(start, end, "point", fields)
    if (
        token.kind in ("quarter", "month")
        and text.endswith(("前", "头"), done, start)
        and (months := _from_january(token))
    ):
        return _relation(
            text, Mention(start - 1, token.end, "point", {months.kind: (1, "")}, {months.kind: (token.value, "")}), done
        )
    if token.kind == "quarter" and text.endswith("第", done, start):
        mention.start -= 1
    elif text.endswith("第", done, start) and text[start] not in "“":
        return None
    if "hour" in fields and "daypart" not in fields and token.kind in ("hour", "clock"):
        for prefix in (text[start - 2 : start], text[start - 1 : start]):
            if prefix in _DAYPARTS and start - len(prefix) >= done:
                mention.start, fields["daypart"] = start - len(prefix), (_DAYPARTS[prefix], "")
                break
    if token.kind == "month" and text.endswith("每年的", done, start):
        return None
    _range(text, mention)
    mention = _relation(text, mention, done)
    return mention if _tells_time(text, mention, token, done) else None


def _fields(
    text: str, position: int, fields: Fields, token: Token | None = None, *, inside: bool = False
) -> tuple[Fields, int]:
    """The fields printed from the position on, ever finer, and where they end. A token already read is taken first."""
    rank, end = -1, position
    while True:
        token = token or _next(text, end, fields, inside or bool(fields))
        if token is None:
            break
        kind = token.kind
        if kind == "iso":
            year, rest = token.value  # type: ignore[misc]
            fields.update(year=(year, ""), month=(rest // 100, ""), day=(rest % 100, ""))
            rank, end, token = RANK["day"], token.end, None
            continue
        if kind in ("years", "days"):
            low, high = map(int, str(token.value).split())
            token.kind = kind = kind[:-1]
            token.first, token.value = low, high
        here = RANK.get(kind)
        if here is None or not _fits(text, token, fields, rank):
            break
        if here <= rank:
            break
        rank, end = here, token.end
        _put(text, token, fields)
        if token.first is not None and kind != "weekday":
            break
        end = _finish(text, end, kind, fields)
        if kind == "hour":
            break
        if (
            kind in ("day", "month")
            and fields.get(kind, (0, ""))[1] == ""
            and text[end : end + 1] == " "
            and text[end + 1 : end + 2].isdecimal()
        ):
            end_of_space = lexer.read(text, end + 1)
            if (
                end_of_space
                and RANK.get(end_of_space.kind, -1) > rank
                and end_of_space.kind in ("day", "hour", "clock")
            ):
                token = end_of_space
                continue
        token = None
    return fields, end


def _next(text: str, position: int, fields: Fields, inside: bool) -> Token | None:
    here = text[position : position + 1]
    if here and "lunarmonth" in fields and "day" not in fields:
        day = _LUNAR_DAY.match(text, position)
        if day:
            return Token("day", position, day.end(), number(day.group().lstrip("初")), unit="lunar")
        if "lunar" in fields and (fields["lunarmonth"][0], here) in _LUNAR_FEASTS:
            return Token("day", position, position + 1, fields["lunarmonth"][0], unit="lunar")
    token = lexer.read(text, position)
    if token:
        return token
    if here in ("第", "前", "头") and "year" in fields:
        token = lexer.read(text, position + 1)
        if token and here == "第":
            return token if token.kind == "quarter" else None
        return _from_january(token) if token else None
    if here == "的" and fields and not {"day", "weekday"} & fields.keys():
        token = lexer.read(text, position + 1)
        return (
            token
            if token
            and token.kind in ("feast", "month", "season", "half", "quarter", "day", "yearpart")
            and "year" in fields
            and token.kind != "vague"
            and token.base != "previous"
            else None
        )
    if here and here in "早晚夜晨" and inside and _SHORT_DAYPART.match(text, position):
        return Token("daypart", position, position + 1, _DAYPARTS[here])
    part = _PART.match(text, position) if inside and here in "初底末上中下年同内" else None
    if part:
        word = part.group()
        if word == "同期":
            return Token("yearpart", position, part.end(), "same")
        kind = "monthpart" if "month" in fields or "lunarmonth" in fields else "yearpart"
        if kind == "yearpart" and (word.endswith("旬") or ("year" not in fields and fields)):
            return None
        if word in ("内", "年内") and kind != "yearpart":
            return None
        return Token(kind, position, part.end(), _PARTS[word])
    return None


def _from_january(token: Token) -> Token | None:
    """今年前11个月, 前三季度: as a range from the first."""
    count, months = token.value, token.unit in ("月", "月份")
    if (
        not isinstance(count, int)
        or token.unit not in ("月", "月份", "季度")
        or token.first is not None
        or not 1 <= count <= (12 if months else 4)
    ):
        return None
    return Token("months" if months else "quarter", token.start, token.end, count, first=1, unit=token.unit)


def _fits(text: str, token: Token, fields: Fields, rank: int) -> bool:
    """Whether the token may be a date's next field: its number is in bounds, and its neighbours let it."""
    kind, value = token.kind, token.value
    if kind == "year" and not token.base:
        return _year_fits(text, token)
    if not isinstance(value, int) or token.base:
        return not (kind == "day" and token.base == "previous" and rank >= 0)
    low = token.first if token.first is not None else value
    if kind == "month":
        return 1 <= value <= 12 and 1 <= low <= 12
    if kind == "day":
        if token.unit != "lunar" and ("month" not in fields and "lunarmonth" not in fields) and rank >= 0:
            return False
        return 1 <= value <= 31 and 1 <= low <= 31
    if kind == "hour":
        return value <= 24 and low <= 24 and len(token.numeral) <= 3
    if kind == "quarter":
        return 1 <= value <= 4 and 1 <= low <= 4
    if kind == "decade":
        return value % 10 == 0 and (value < 100 or 1800 <= value <= 2090)
    if kind == "century":
        return 10 <= value <= 21
    return True


def _year_fits(text: str, token: Token) -> bool:
    numeral, value = token.numeral, token.value
    if not isinstance(value, int):
        return False
    if len(numeral) == 4 and not any(c in "十百千" for c in numeral):
        if token.first is not None and not 1000 <= token.first <= 2199:
            return False
        around = text.startswith(("历史", "的历史", "文明", "的文明", "老", "古"), token.end) or text.endswith(
            ("近", "约", "距今", "达", "逾", "超", "超过"), 0, token.start
        )
        return 1000 <= value <= 2199 and not (value % 100 == 0 and around)
    if token.unit == "年度":
        return len(numeral) == 2 and 10 <= value <= 99
    if (
        numeral.isdecimal()
        and len(numeral) == 2
        and token.first is None
        and not text.endswith(("近", "约", "第", "满", "达", "的"), 0, token.start)
    ):
        month = lexer.read(text, token.end)
        if (
            month
            and month.kind == "month"
            and month.unit == "月"
            and isinstance(month.value, int)
            and 1 <= month.value <= 12
        ):
            token.value = value + (2000 if value < 50 else 1900)
            return True
    return False


def _put(text: str, token: Token, fields: Fields) -> None:
    kind, value, base = token.kind, token.value, token.base
    if kind == "year" and token.unit == "年度" and isinstance(value, int) and value < 100:
        value += 2000
    if kind == "clock":
        kind = "hour"
    elif kind == "hour" and isinstance(value, int) and token.first is None:
        minutes = _MINUTES.match(text, token.end)
        value = (value, 0)
        if minutes and (token.unit != "点钟"):
            spelt, half, quarter, bare = minutes.groups()
            minute = (
                number(spelt)
                if spelt
                else 30
                if half
                else 15 * (number(quarter) or 0)
                if quarter
                else int(bare)
                if bare
                else 0
            )
            if minute is not None and minute < 60:
                value = (value[0], minute)
                fields["end"] = (minutes.end(), "")
    elif kind == "weekday" and token.first is not None:
        fields["week"] = (token.first, "published")
        base = ""
    elif kind == "weekday":
        base = ""
    if token.first is not None and kind != "weekday":
        fields["first"] = (token.first, kind)
    fields[kind] = (value, base)
    if kind == "feast":
        fields["days"] = (int(base), "")
        fields[kind] = (value, "")
    if kind == "year" and token.then:
        fields["season"] = (token.then, "")
    elif kind == "day" and token.then:
        fields["daypart"] = (token.then, "")
    if token.unit == "lunar":
        fields["lunar"] = (1, "")


def _finish(text: str, end: int, kind: str, fields: Fields) -> int:
    """What belongs to a field without changing it: the note of the weekday, 当天 behind a feast, the decade's part."""
    if kind in ("hour", "clock"):
        stop, _ = fields.pop("end", (end, ""))
        end = stop if isinstance(stop, int) else end
        about = _ABOUT.match(text, end)
        return about.end() if about else end
    if kind == "day":
        note = _WEEKDAY_NOTE.match(text, end)
        return note.end() if note else end
    if kind == "year" and text.startswith("度", end) and not text.startswith(("过", "假"), end + 1):
        return end + 1
    if kind in ("decade", "century"):
        part = _DECADE_PART.match(text, end)
        return part.end() if part and part.group() not in ("以前", "之前") else end
    if kind == "month" and fields.get("year", (0, ""))[0] != 0 and text.startswith("份", end):
        return end + 1
    if kind == "month" and not fields["month"][1] and _lunar_follows(text, end, fields):
        fields["lunarmonth"] = fields.pop("month")
        fields["lunar"] = (1, "")
    return end


def _lunar_follows(text: str, end: int, fields: Fields) -> bool:
    """二月初二, 八月十五, 三月三, 农历七月十四: a lunar day behind a month's name in Chinese numerals."""
    month, day = fields["month"][0], _LUNAR_DAY.match(text, end)
    if "first" in fields or not isinstance(month, int):
        return False
    if day and not text.startswith(("日", "号", "月", "个", "年", "五"), day.end()):
        return (
            "lunar" in fields or day.group().startswith("初") or (day.group() == "十五" and text[end - 2] in "一七八")
        )
    here = text[end : end + 1]
    return (
        (month, here) in _LUNAR_FEASTS
        and text[end - 2] == here
        and not text.startswith(tuple("日号月个年天至到十-~"), end + 1)
    )


# --- what stands around a date ------------------------------------------------------------------------------------------------


def _range(text: str, mention: Mention) -> None:
    """Adds the other end: 至, 到, dashes, or a second season at once (去冬今春)."""
    fields = mention.fields
    if "first" in fields:
        first, kind = fields.pop("first")
        mention.until = dict(fields)
        fields[kind] = ((first, 0), "") if kind == "hour" else (first, fields[kind][1])
        return
    sep = _RANGE.match(text, mention.end)
    position = sep.end() if sep else mention.end
    if not sep and "season" not in fields:
        return
    token = lexer.read(text, position)
    if (
        token is None
        or (token.kind not in RANK and token.kind != "iso")
        or (not sep and not (token.kind == "year" and token.then))
    ):
        return
    until, end = _fields(text, position, {})
    if not until:
        return
    until.pop("first", None)
    coarsest = min(RANK[name] for name in until if name in RANK)
    inherited = {
        name: value
        for name, value in fields.items()
        if name in RANK and RANK[name] < coarsest and not (name == "daypart" and "daypart" in until)
    }
    if "hour" in fields and not ({"hour", "clock"} & until.keys()) and "day" not in until and "month" not in until:
        return
    mention.until, mention.end = inherited | until, end


def _relation(text: str, mention: Mention, done: int) -> Mention:
    """Reads 以来, 起, 前, 期间 behind the mention and 自, 截至 before it."""
    start, end, fields = mention.start, mention.end, mention.fields
    if "feast" in fields:
        span = _FEAST_SPAN.match(text, end)
        if span:
            mention.end = end = span.end()
            fields["span"] = (1, "")
    since = _SINCE.match(text, end)
    prefixed = next(
        (
            p
            for p in ("自从", "自", "从")
            if text.endswith(p, done, start) and not (p == "自" and text.endswith(("各自", "来自"), done, start))
        ),
        "",
    )
    if since and since.group().startswith("开始") and not prefixed:
        since = None
    if since is None and (verb := _VERB_SINCE.match(text, end)) and not _token_within(text, end, verb.end()):
        since = verb
    closing = mention.until is None or (since is not None and since.group() in ("以来", "起"))
    if since and closing and _may_open(text, mention, since):
        mention.relation, mention.end = "since", since.end()
        mention.start -= len(prefixed)
    elif prefixed and mention.until is not None:
        mention.start -= len(prefixed)
    elif before := _UNTIL.match(text, end):
        mention.end = before.end()
        if before.group() != "前后":
            mention.relation = "until"
    else:
        during = _DURING.match(text, end)
        if (
            during
            and (during.group() != "间" or mention.until)
            and (during.group() in ("期间", "间") or "day" in fields or "feast" in fields)
        ):
            mention.end = during.end()
    if mention.relation == "at" and mention.until is None:
        for prefix in ("截至到", "截止到", "截至", "截止"):
            if text.endswith(prefix, done, start):
                mention.start, mention.relation = start - len(prefix), "until"
                break
    return mention


def _may_open(text: str, mention: Mention, since: re.Match[str]) -> bool:
    word, fields = since.group(), mention.fields
    if word == "来":
        return False
    if word in ("后", "以后", "之后"):
        return "hour" not in fields and "daypart" not in fields and not (fields.keys() & {"day"} and fields["day"][1])
    return True


def _token_within(text: str, start: int, end: int) -> bool:
    return any(lexer.read(text, p) is not None for p in range(start, end - 2)) or any(
        c in "年月日近、" for c in text[start:end]
    )


def _tells_time(text: str, mention: Mention, token: Token, done: int) -> bool:
    """Whether a mention so short is a date at all: single fields that are also counts, names or goods."""
    fields = mention.fields
    names = fields.keys() & RANK.keys()
    bare = mention.until is None and mention.relation == "at"
    before = text[max(done, mention.start - 3) : mention.start]
    if names == {"lunar"}:
        return False
    if names == {"lunarmonth"} and token.unit == "大年":
        return False
    if "feast" in fields:
        return _feast_tells(text, mention, token, before)
    if names == {"daypart"}:
        return (
            bare
            and mention.end - mention.start == 2
            and text[mention.end : mention.end + 1] == ","
            and (mention.start == 0 or text[mention.start - 1] in "。\n!?;")
        )
    if "hour" in names and not names & {"day", "weekday", "feast"}:
        return _hour_tells(text, mention, token, before)
    if "day" in names and not names & {"month", "lunarmonth"} and not fields["day"][1]:
        return _day_tells(text, mention, token, before)
    if names == {"season"} and text.startswith(_PLACE_TAIL, mention.end):
        return False
    if "month" in names and before.endswith(("每", "满", "近", "个")):
        return False
    return not (names == {"lunarmonth"} and text.startswith(_PLACE_TAIL, mention.end))


def _feast_tells(text: str, mention: Mention, token: Token, before: str) -> bool:
    fields = mention.fields
    if text.startswith(_PLACE_TAIL, mention.end) and "span" not in fields:
        return False
    if "year" in fields or "span" in fields or mention.until is not None or mention.relation != "at":
        return True
    tail = text[token.end : mention.end]
    if token.then == "yes" or tail:
        return not before.endswith(("是", "庆祝", "欢庆", "喜迎", "“", "《", "闹", "庆"))
    return bool(_FEAST_TOLD.match(text, mention.end))


def _hour_tells(text: str, mention: Mention, token: Token, before: str) -> bool:
    fields = mention.fields
    if "daypart" in fields or mention.until is not None:
        return (
            token.unit != "点"
            or not token.numeral
            or mention.until is None
            or "daypart" in fields
            or token.kind == "clock"
            or (text[mention.end - 1] in "时点许半分钟" and token.numeral.isdecimal())
        )
    if token.kind == "clock":
        return (
            not before.endswith(("比", "以", "按", "为", "约", "负", "胜", "第", "图"))
            and not text.startswith(
                (
                    "比",
                    "的比",
                    "战",
                    "胜",
                    "大胜",
                    "负",
                    "力克",
                    "险胜",
                    "告负",
                    "-",
                    "告捷",
                    "取胜",
                    "领先",
                    "击败",
                    ",",
                ),
                mention.end,
            )
            and (before == "" or before[-1] in _CLAUSE_START or before[-1] in "从在于至到晚早午晨")
        )
    if token.unit in ("点钟",):
        return True
    printed = text[token.start : mention.end]
    if token.unit == "时" and token.numeral.isdecimal():
        return len(token.numeral) <= 2
    return printed.endswith(("半", "分", "许", "刻", "整", "左右", "钟", "前后")) and (
        token.numeral.isdecimal() or not printed.endswith("分")
    )


def _day_tells(text: str, mention: Mention, token: Token, before: str) -> bool:
    if token.kind != "day":
        return True
    if before.endswith(
        (
            "为期",
            "历时",
            "共",
            "连续",
            "长达",
            "达",
            "第",
            "每",
            "近",
            "逾",
            "满",
            "多",
            "几",
            "数",
            "〕",
            "]",
            "）",
            "字",
            "百",
            "这",
            "前",
            "仅",
            "用",
            "约",
            "整",
            "周",
            "星期",
            "生",
            "假",
            "过",
            "有",
            "头",
            "余",
            "·",
            "0",
            "月",
            "年",
        )
    ):
        return False
    if token.unit == "号":
        told = (
            mention.until is not None
            or mention.relation != "at"
            or "daypart" in mention.fields
            or "hour" in mention.fields
        )
        behind = text[mention.end : mention.end + 1]
        return (
            (before == "" or before[-1] in _CLAUSE_START or before[-1] in "于从到至自")
            and (told or behind == ",")
            and not before.endswith("、")
        )
    if not token.numeral.isdecimal():
        return (
            isinstance(token.value, int)
            and token.value > 10
            and token.numeral[0] in "十二三廿卅"
            and mention.relation != "later"
        )
    return True
