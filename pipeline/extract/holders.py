"""Who holds which post: the names of an article and the posts printed before, behind and around them.

In: the text and its names in reading order, each with the series printed before it. Out: a `Holder` for each name, with its posts
expanded, the shorter ones dropped that a longer one contains.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from .appointments import appointing, governing
from .bodies import Named, assembly, lean, leans_on
from .grammar import WEAK, Line, grammar, is_own, rank_at
from .posts import Chunk, Memory, Post, expand, series

_SENTENCE: Final = re.compile(r"[。!?\n]")
_LINE: Final = re.compile(r"\n")
_GROUP: Final = re.compile(
    r"(?:等(?:\d+|[一二三四五六七八九十]+)?[位名]?)?"
    r"((?:省|市|州|盟|地|县|区|旗|镇|乡|街道|师|团|校)(?:委|级|直)?(?:四[套家大](?:班子)?|几大家|几套班子|党政)?(?:班子)?(?:副?[县厅处]级)?领导(?!小组)|大会(?:执行)?主席)"
)
_BETWEEN: Final = frozenset((",", "、", ";", "和", "及", ",和", "以及"))
_NOTED: Final = re.compile(r"^\([^()\n]{1,8}\)")
_OF_ALL: Final = frozenset(
    ("网格长", "大会执行主席", "执行主席", "主席团常务主席", "主席团成员")
)  # chiefs that are several
_AS_ONE: Final = re.compile("(?:同志)?(?:为|任|担任|当选)")
_APPOSED: Final = re.compile(r"[,(:](?:现任|时任|曾任|现为|系|是|为)?([^,。;:!?\n()]{2,36})(?=[,。;)\n])")
_IS: Final = re.compile(
    r"(?:同志|生前|此前|先前|早年)?(?:现任|时任|曾任|担任|当选为?|出任|接任|兼任|任|(?:因[^,。;:!?\n()]{1,12}?)?辞去|原是|原任|原为|曾是|是|系|原系|作为|身为|当上了?|辞去|被?(?:聘|选|推选|推举|任命|聘请)为)([^,。;:!?\n()]{2,36})"
)
_AS: Final = re.compile(r"(?:同志)?(?:的|为|任|担任|出任|兼任|(?:因[^,。;:!?\n()]{1,12}?)?辞去)?([^,。;:!?\n()]{2,36})")
_LIFE: Final = re.compile(r"(?:同志)?[,(](?:男|女)[,;)]|(?:同志)?系|出?生于")
_HELD: Final = re.compile(
    r"(现任|现为|时任|曾任|历任|先后任|先后担任|拟任|拟?提名为?|推荐为|拟提拔为|拟晋升为)([^,。;:!?\n()]{2,60}?)(?=(?:等职务?|职务)?(?:[,。;\n(]|$))"
)
_CHANGED: Final = re.compile(
    r"[,;](不再担任|不再兼任|免去其?|辞去|并任|兼任|同时兼任|提名为)([^,。;:!?\n()]{2,36}?)(?=(?:等职务?|职务)?(?:[,。;\n(]|$))"
)
_SERVED: Final = re.compile(
    r"(?:到|在|赴|来|回)([^,。;:!?\n()到在赴]{2,24}?)(?:担任|任|当)([^,。;:!?\n()]{2,12}?)(?=[,。;])"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A mention of a person and what told it; `posts` is the series printed before it."""

    start: int
    end: int
    source: str  # post, list, noun, verb, dotted, repeat
    score: float
    posts: tuple[Chunk, ...] = field(default=())


@dataclass(slots=True)
class Holder:
    """A person of the article and the posts that it gives."""

    name: str
    posts: list[Post] = field(default_factory=list)


def holders(line: Line, names: Sequence[Name], organisations: Iterable[Named]) -> list[Holder]:
    """The persons in the order of their first mention, with their posts. `organisations`: those of the running text."""
    text = line.text
    held: dict[str, Holder] = {}
    named = _named(line, organisations)
    memory = Memory()
    sentence = -1
    stops = [m.start() for m in _SENTENCE.finditer(text)]
    number = 0
    chain: list[Name] = []
    while number < len(names):
        group = _list(text, names, number)
        first = names[number]
        if not _goes_on(text, chain, first):
            chain = []
        chain.extend(group)
        here = bisect_left(stops, first.start)
        if here != sentence:
            memory = Memory()
            sentence = here
        posts = _expanded(line, first.posts, memory, named) if first.posts else []
        for position, name in enumerate(group):
            mine = posts if position == 0 or _shared(text, first, group) else []
            held.setdefault(text[name.start : name.end], Holder(text[name.start : name.end])).posts.extend(mine)
        limit = names[number + len(group)].start if number + len(group) < len(names) else len(text)
        label = _GROUP.match(text, group[-1].end)
        if label:
            for name in chain:
                held[text[name.start : name.end]].posts.append(_labelled(label))
        for name, extra in _around(line, chain, group, memory, named, limit) if not label else ():
            held[text[name.start : name.end]].posts.extend(extra)
        number += len(group)
    for served, chunk_posts in (*_served(line, names, stops), *_said(line, names, named)):
        known = [p.post for p in held[served].posts]
        held[served].posts.extend(p for p in chunk_posts if not any(p.post.endswith(k) for k in known))
    return [Holder(h.name, _distinct(h.posts)) for h in held.values()]


def _named(line: Line, organisations: Iterable[Named]) -> list[Named]:
    """Organisations and places of the text in reading order."""
    text = line.text
    places = [Named(a, b, text[a:b], "place") for a, b in line.units] + [
        Named(a, b, text[a:b], "site") for a, b in line.sites
    ]
    return sorted([*organisations, *places], key=lambda n: (n.start, n.end))


def _expanded(line: Line, chunks: Sequence[Chunk], memory: Memory, named: Sequence[Named]) -> list[Post]:
    def leaning(chunk: Chunk) -> str:
        if memory.base and not chunk.body and leans_on(memory.base, chunk):
            return ""
        return lean(line, chunk, named)

    return expand(chunks, memory, line.is_unit, leaning)


def _list(text: str, names: Sequence[Name], number: int) -> list[Name]:
    """The names from `number` on that stand in one list, none but the first with a post of its own."""
    group = [names[number]]
    for name in names[number + 1 :]:
        gap = _NOTED.sub("", text[group[-1].end : name.start])
        if name.posts or gap not in ("、", "和", "及", "与", " ", ",", "以及"):
            break
        if gap == "," and name.source != "list":
            break
        group.append(name)
    return group


def _shared(text: str, first: Name, group: Sequence[Name]) -> bool:
    """Whether the posts before the first name of a list are everyone's."""
    if not first.posts:
        return False
    office = first.posts[-1]
    closed = text.startswith("等", group[-1].end)
    chief = office.rank.endswith(("长", "书记", "主席", "主任", "总理")) and "副" not in office.prefix
    if len(first.posts) > 1:
        return closed or (not chief and text[group[-1].end : group[-1].end + 1] not in "、,")
    return not chief or closed or office.rank in _OF_ALL


def _around(
    line: Line, chain: Sequence[Name], group: Sequence[Name], memory: Memory, named: Sequence[Named], limit: int
) -> Iterable[tuple[Name, list[Post]]]:
    """Posts behind or around a name: appositives, 省委袁家军书记, 张三任…, 选举张三、李四为…."""
    text = line.text
    if split := _split(line, group[0]):
        yield group[0], [split]
    lives = [_LIFE.match(text, name.end) is not None for name in group]
    later = {life: list(_later(line, life, group[-1].end, limit)) for life in set(lives)}
    for name, life in zip(group, lives, strict=True):
        behind = _behind(line, name)
        posts = _expanded(line, behind, Memory() if name.posts else memory, named) if behind else []
        yield name, posts
        if posts and name is group[-1] and _AS_ONE.match(text, name.end):
            yield from ((other, posts) for other in _others(text, chain))
        for chunks in later[life]:
            yield name, _expanded(line, chunks, memory, named)


def _others(text: str, chain: Sequence[Name]) -> Iterable[Name]:
    """Those listed before the last one of a series with 、 and 和: 局长甲、镇长乙任副组长."""
    for before, after in zip(chain[-2::-1], chain[::-1], strict=False):
        if text[before.end : after.posts[0].start if after.posts else after.start] not in ("、", "和", "及", "与"):
            return
        yield before


def _goes_on(text: str, chain: Sequence[Name], name: Name) -> bool:
    """Whether a name with its posts stands in one series with those before it: 县委书记甲,县长乙."""
    start = name.posts[0].start if name.posts else name.start
    return bool(chain) and text[chain[-1].end : start] in _BETWEEN


def _labelled(label: re.Match[str]) -> Post:
    """The post of everyone in a group: 甲、乙等县领导."""
    title = "领导" if label[1].endswith("领导") else label[1]
    return _plain(label[1][: -len(title)], title, label.start(1), label.end(1))


def _served(line: Line, names: Sequence[Name], stops: Sequence[int]) -> Iterable[tuple[str, list[Post]]]:
    """到某村任第一书记: of the first person of the sentence, or the last before it."""
    text = line.text
    ends = [n.end for n in names]
    for match in _SERVED.finditer(text):
        before = bisect_right(ends, match.start())
        stop = bisect_left(stops, match.start())
        first = bisect_right(ends, stops[stop - 1]) if stop else 0
        if not before or _KIN.search(text, ends[before - 1], match.start()):
            continue
        holder = names[min(first, before - 1)]
        chunks = series(line, match.end(2), match.start(2))
        organisation = match[1]
        if not chunks or chunks[0].start > match.start(2) or not is_own(organisation, line.is_unit):
            continue
        posts = [_plain(organisation + c.body, c.title, match.start(1), c.end) for c in chunks]
        yield text[holder.start : holder.end], posts


_KIN: Final = re.compile(
    "儿子|女儿|儿媳|女婿|丈夫|妻子|父亲|母亲|哥哥|弟弟|姐姐|妹妹|孙子|孙女|老伴|爱人"
)  # of whom it is said
_SAID: Final = re.compile(
    r"(?<=[。!?\n,;”])(?:(?:他|她)(?:是|任|担任|兼任|还是|也是|曾任|曾是|当上了?)(?:[村镇乡县市]里|镇上|当地)?|这[位名])([^,。;:!?\n()]{2,36})(?=[,。;])"
)


def _said(line: Line, names: Sequence[Name], named: Sequence[Named]) -> Iterable[tuple[str, list[Post]]]:
    """她是某校校长: of the last person named before in the paragraph, or at the end of the one before."""
    text = line.text
    ends = [n.end for n in names]
    for match in _SAID.finditer(text):
        before = bisect_right(ends, match.start())
        if not before or text.count("\n", ends[before - 1], match.start()) > 1:
            continue
        chunks = series(line, match.end(1), match.start(1))
        if chunks and chunks[0].start <= match.start(1) and (chunks[0].body or chunks[0].rank not in WEAK):
            name = names[before - 1]
            yield text[name.start : name.end], _expanded(line, chunks, Memory(), named)


def _plain(organisation: str, title: str, start: int, end: int) -> Post:
    return Post(organisation + title, organisation, title, "current", start, end)


_BODY_BEFORE: Final = re.compile(
    r"(?:中共)?(?:[省市州盟地县区旗]委|自治区党委|党中央|中央|[镇乡]党委|党工委|政府|人大常委会|政协|纪委|法院|检察院|公安局)$"
)


def _split(line: Line, name: Name) -> Post | None:
    """The office right behind a name: 省委袁家军书记, 习近平总书记."""
    text = line.text
    ranks = grammar().ranks
    office = next(
        (
            text[name.end : name.end + n]
            for n in range(grammar().longest_rank, 1, -1)
            if text[name.end : name.end + n] in ranks
        ),
        "",
    )
    if not office or name.posts or (office in WEAK and office != "委员"):
        return None
    if office == "委员":
        organisation = assembly(text)
        end = name.end + len(office)
        return _plain(organisation, office, name.start, end) if organisation else None
    body = _BODY_BEFORE.search(text, max(0, name.start - 12), name.start)
    organisation = body[0] if body else ""
    end = name.end + len(office)
    return Post(organisation + office, organisation, office, "current", name.start, end)


_OVER: Final = ("免", "曾", "历任", "先后", "辞去", "不再")


def _told(chunks: list[Chunk], lead: str) -> list[Chunk]:
    """The chunks with what the words before them say: 原是 and 时任 stay part of the post, 曾任, 辞去 and 拟任 only tell the status."""
    marker = "原" if lead[:1] == "原" else lead if lead == "时任" else ""
    status = "former" if lead.startswith(_OVER) else "acting" if lead.startswith(("拟", "提名")) else ""
    first, *rest = chunks
    return [replace(first, marker=first.marker or marker, status=status), *(replace(c, status=status) for c in rest)]


def _later(line: Line, life: bool, start: int, limit: int) -> Iterable[list[Chunk]]:
    """The posts of a life behind names that end at `start` (某某,女,1985年3月生,现任…,拟任…), or what they no longer are or are besides."""
    text = line.text
    stop = (_LINE if life else _SENTENCE).search(text, start, limit)
    for match in (_HELD if life else _CHANGED).finditer(text, start, stop.start() if stop else limit):
        chunks = series(line, match.end(2), match.start(2))
        if chunks and chunks[0].start <= match.start(2) + 1:
            yield _told(chunks, match[1])


def _behind(line: Line, name: Name) -> list[Chunk]:
    """The series in an appositive or predicate right behind a name."""
    text = line.text
    begins = name.posts[0].start if name.posts else name.start
    verb = appointing(text, begins - (text[begins - 1 : begins] == ":"))
    if not verb and text.startswith("为", name.end):
        verb = governing(text, begins)
    if chunk := _heading(line, name):
        return [chunk]
    for pattern in (_APPOSED, _AS, _IS) if verb else (_APPOSED, _IS):
        match = pattern.match(text, name.end)
        if match is None:
            continue
        start, end = match.span(1)
        ends = [end] if pattern is _APPOSED else [e for e in range(end, start + 1, -1) if rank_at(text, e, start)]
        read = (series(line, e, start) for e in ends)
        chunks = next((each for each in read if each and each[0].start <= start + 1), [])
        if pattern is _APPOSED and name.posts and chunks and chunks[-1].rank in ("常委", "委员", "领导", "代表"):
            return []  # the next in a list, not said of this one: 主任某某,县委常委,…
        if chunks:
            lead = text[match.start() : start].lstrip(",(:")
            return _told(chunks, "免" if verb.startswith("免") else lead)
    return []


_HEADED: Final = re.compile(
    r"(?:兼任|担任|任)(副?(?:组长|总指挥|指挥长|指挥|队长|书记|会长|理事长|召集人))(?=[、,。;]|的)"
)
_GIVEN: Final = re.compile(
    r"[^。;\n]{0,60}?的((?:“[^“”\n]{1,8}”)?[\u4e00-\u9fff]{0,16}?(?:领导小组|指挥部|专班|工作组|工作队|委员会))"
)
_FORMED: Final = re.compile(
    r"(?:成立|组建|设立|办起|建起|建立)了?((?:“[^“”\n]{1,8}”)?[\u4e00-\u9fff]{0,16}?(?:领导小组|指挥部|专班|工作组|[\u4e00-\u9fff]队|委员会|协会|党委|党支部))(?=[,。])"
)


def _heading(line: Line, name: Name) -> Chunk | None:
    """由县长甲任组长、副县长乙任副组长的某某领导小组; 成立某某指挥部,县长甲任总指挥."""
    match = _HEADED.match(line.text, name.end)
    if match is None:
        return None
    given = _GIVEN.match(line.text, match.end(1))
    low = max(line.text.rfind(mark, 0, name.start) for mark in "。!?\n") + 1
    formed = list(_FORMED.finditer(line.text, low, name.start))
    body = given[1] if given else formed[-1][1] if formed else ""
    rank = rank_at(line.text, match.end(1), match.start(1))
    return Chunk(match.start(1), match.end(1), body, match[1].removesuffix(rank), rank) if body and rank else None


def _distinct(posts: Iterable[Post]) -> list[Post]:
    """Each post once; a shorter one that another one ends with is dropped (书记 ⊂ 区委书记), and 村支书 beside a longer one."""
    unique = list({p.post: p for p in reversed(list(posts))}.values())[::-1]
    full = [p.post for p in unique if p.organisation]
    return [
        p
        for p in unique
        if not any(q.post != p.post and q.post.endswith(p.post) for q in unique)
        and not (p.title.startswith("老") and len(unique) > 1)
        and not (p.post in ("村支书", "支书") and any("书记" in q for q in full))
    ]
