"""Our own articles laid out as papers and databases print them, with the answer known.

In: articles of data/gold/, a layout, a seed. Out: the raw text, the label of every line in it, the articles that are
to be found, and the lines that belong to none.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

GOLD = Path(__file__).resolve().parent.parent / "data" / "gold"
_HALF = str.maketrans("，（）？！：；", ",()?!:;")
_FULL = str.maketrans("0123456789()", "０１２３４５６７８９（）")
_NO_CUT = "。！？；：，、”’）》!?,;: )"

_PAPERS = (
    "青川湖日报",
    "竹海视窗",
    "石门关周刊",
    "大河口报",
    "云岭新报",
    "今日白沙",
    "草原之声",
    "榆林渡报",
    "苍山晨刊",
)
_SECTIONS = (
    "要闻",
    "综合新闻",
    "综合",
    "民生",
    "社会",
    "经济",
    "民生 · 社会",
    "文化旅游",
    "基层",
    "时政",
    "县域",
    "副刊",
)
_RUBRICS = ("要闻", "文化·旅游", "经济", "民生", "身边事", "一线", "党建", "三农")
_STAFF = ("责任编辑", "编辑", "责编", "本版编辑", "版式", "校对", "美编", "主编")
_NAMES = ("柳小楠", "詹天朗", "吴可为", "甘露棠", "陆小满", "马黑尔呷", "程 度", "欧阳一木", "巴特尔", "项远")
_WEEK = "一二三四五六日"
_CAPTIONS = (
    "▲{day}，高桥镇柳林村村民在采摘秋茶。该村今年新增茶园320亩。（{name} 摄）",
    "图为白马乡中心小学学生在雪地里上体育课。{name} 摄",
    "{day}，青龙街道组织志愿者清理河道垃圾，当天共清运12车。本报记者 {name} 摄",
    "▼花石镇板栗喜获丰收，一辆辆货车从大坪村开往外地。全镇今年产板栗2600吨。（记者 {name} 摄影报道）",
    "近日，松坪乡干部在田间给玉米测产。 （{name} 摄）",
)
_NOTICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("停水通知", ("因管道检修，定于{day}22时至次日6时对解放路以东区域停水，请用户提前储水。", "县自来水公司")),
    ("遗失声明", ("柏树乡村民不慎将残疾证遗失，声明作废。",)),
    ("公 告", ("根据上级防火令，即日起至5月31日为高火险期，期间严禁一切野外用火。举报电话：12119。",)),
    (
        "读者来信",
        ("编辑同志：", "我们小区门口的路灯坏了半个多月，老人晚上出门很不方便，盼望有关部门早点来修。", "读者 周敏"),
    ),
    (
        "门前的井盖谁来管",
        (
            "尊敬的编辑：",
            "学校门口的井盖松动已久，车子一过咣当作响。请问该找哪个部门？",
            "一位家长",
            "编者附记：县住建局已派人更换井盖。",
        ),
    ),
    ("节约用水 人人有责", ("水是生命之源。请随手关紧水龙头，让每一滴水都用在该用的地方。",)),
)
_LEADS = ("青川讯", "青川新闻网讯", "本报青川讯", "本报讯 ", "本网讯", "本台消息 ", "竹海融媒讯 ")
_BRIEFS = ("简讯", "一句话新闻", "要闻简报")
_ITEMS = (
    "县图书馆新购图书3200册，即日起向市民开放借阅。",
    "上河乡投资46万元修复灌溉渠道5.2公里。",
    "县人民医院专家到深山区义诊，接诊群众180余人次。",
    "全县中小学举行应急疏散演练，1.3万名师生参加。",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a paper, an extractor or a database sets its articles."""

    blank: int = 1  # empty lines between the paragraphs of an article
    between: tuple[int, ...] = (1, 2)  # between articles
    after_title: int | None = None  # below the headline; None: as between paragraphs
    indent: str = ""
    wrap: int = 0  # characters to a line
    in_bytes: bool = False  # the width counts a Chinese character twice
    breaks: float = 0.0  # share of long paragraphs that a column cuts in two
    break_blank: int = 1
    joined: bool = True  # the headline's lines on one line
    centred: bool = False
    half: bool = False
    wide: bool = False  # digits in full width
    every: int = 0  # empty lines after every line
    masthead: bool = False
    issues: int = 1  # issues of the paper in one file
    pages: bool = False  # page lines between articles
    interrupt: float = 0.0  # share of articles that a page line cuts
    rubrics: bool = False
    byline: str = "kept"  # or `line`: below the headline
    captions: bool = False
    notices: bool = False
    briefs: bool = False
    turns: bool = False
    fields: bool = False  # 标题:, 来源:, 日期:, 正文:
    colophon: bool = False
    end: str = "\n"


LAYOUTS: dict[str, Layout] = {
    "columns": Layout(breaks=0.35, between=(1, 1, 1, 2, 4)),
    "columns half": Layout(byline="line", breaks=0.35, between=(1, 2, 4), half=True, captions=True),
    "columns close": Layout(breaks=0.3, break_blank=0, between=(2,), masthead=True, pages=True),
    "indented": Layout(
        byline="line", blank=0, between=(0,), after_title=0, indent="　　", joined=False, pages=True, captions=True
    ),
    "indented gaps": Layout(
        blank=0, between=(1,), after_title=0, indent="　　", masthead=True, rubrics=True, wide=True, joined=False
    ),
    "spaces": Layout(blank=0, between=(1, 2), after_title=0, indent="    ", joined=False, byline="line", notices=True),
    "bare": Layout(blank=0, between=(0,), after_title=0),
    "bare gaps": Layout(
        blank=0, between=(1,), after_title=0, masthead=True, byline="line", captions=True, joined=False
    ),
    "narrow": Layout(
        byline="line", blank=0, between=(2,), after_title=0, indent="　　", wrap=20, joined=False, notices=True
    ),
    "narrow close": Layout(
        blank=0, between=(0,), after_title=0, indent="　　", wrap=22, joined=False, pages=True, masthead=True
    ),
    "centred": Layout(
        byline="line",
        blank=0,
        between=(1,),
        after_title=0,
        indent="　　",
        wrap=48,
        in_bytes=True,
        centred=True,
        joined=False,
    ),
    "wrapped": Layout(blank=1, between=(2,), after_title=1, wrap=36, half=True, joined=False),
    "wrapped close": Layout(blank=0, between=(1,), after_title=0, wrap=30, joined=False, byline="line"),
    "loose": Layout(blank=0, between=(0,), after_title=0, indent="　　", wrap=24, every=1, joined=False),
    "loose gaps": Layout(byline="line", blank=1, between=(3,), after_title=1, wrap=28, every=1),
    "sections": Layout(masthead=True, pages=True, byline="line", captions=True, joined=False, notices=True),
    "turns": Layout(masthead=True, pages=True, turns=True, joined=False, interrupt=0.5, between=(2,)),
    "pages": Layout(blank=0, between=(1,), after_title=0, indent="　　", interrupt=0.6, pages=True, colophon=True),
    "issues": Layout(masthead=True, issues=3, pages=True, between=(2,), half=True, briefs=True),
    "database": Layout(blank=0, between=(1, 2), after_title=0, fields=True, indent="　　"),
    "briefs": Layout(briefs=True, masthead=True, colophon=True, captions=True, between=(2,)),
    "old mac": Layout(blank=0, between=(1,), after_title=0, indent="\t", joined=False, end="\r", notices=True),
    "windows": Layout(breaks=0.3, end="\r\n", masthead=True, captions=True, byline="line", between=(1, 2)),
}


@dataclass(frozen=True, slots=True)
class Article:
    """What is to be found: title, paragraphs, and the date of issue printed above, if any."""

    title: str | None
    paragraphs: tuple[str, ...]
    published: date | None = None


@dataclass(slots=True)
class Laid:
    """A dump and its answer. `labels` has one entry a line that holds something."""

    text: str = ""
    labels: list[str] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    discards: list[str] = field(default_factory=list)


def own_articles(*names: str) -> list[dict[str, Any]]:
    """Annotated articles of ours, by the names of their files; all of them by default."""
    paths = [GOLD / name for name in names] or [GOLD / "sample.jsonl", *sorted((GOLD / "train").glob("*.jsonl"))]
    return [
        json.loads(line)
        for path in paths
        if path.exists()
        for line in path.read_text(encoding="utf8").splitlines()
        if line.strip()
    ]


def lay_out(articles: Sequence[dict[str, Any]], layout: Layout, seed: int) -> Laid:
    """The articles as one dump, in the order given, with what the layout adds between them."""
    return _Setter(layout, random.Random(seed)).set(articles)


class _Setter:
    def __init__(self, layout: Layout, rng: random.Random) -> None:
        self.layout, self.rng = layout, rng
        self.laid = Laid()
        self.day: date | None = None
        self.lines: list[str] = []
        self.page = 1

    def set(self, articles: Sequence[dict[str, Any]]) -> Laid:
        layout, rng = self.layout, self.rng
        size = max(1, -(-len(articles) // layout.issues))
        self.lines += [""] * rng.randrange(0, 4)
        for n, article in enumerate(articles):
            if layout.masthead and n % size == 0:
                self.masthead()
            elif layout.pages and rng.random() < 0.4:
                self.page_lines()
            if layout.rubrics and rng.random() < 0.4:
                self.layout_line(f"【{rng.choice(_RUBRICS)}】")
            self.article(article["title"], self.paragraphs(article), [each["name"] for each in article["bylines"]])
            self.extras()
            self.lines += [""] * rng.choice(layout.between)
        if layout.colophon:
            self.colophon()
        self.laid.text = layout.end.join(self.lines) + layout.end * rng.randrange(0, 3)
        return self.laid

    def extras(self) -> None:
        layout, rng = self.layout, self.rng
        for wanted, share, make in (
            (layout.captions, 0.35, self.caption),
            (layout.notices, 0.3, self.notice),
            (layout.briefs, 0.3, self.briefs),
        ):
            if wanted and rng.random() < share:
                self.lines += [""] * max(layout.blank, rng.choice(layout.between))
                make()

    # What stands in no article

    def layout_line(self, text: str) -> None:
        text = self.folded(text)
        self.put(text, "discard")
        self.laid.discards.append(text)

    def masthead(self) -> None:
        rng = self.rng
        self.day = date(rng.randrange(2003, 2025), rng.randrange(1, 13), rng.randrange(1, 29))
        printed = rng.choice(
            ("{0.year}年{0.month}月{0.day}日", "{0.year}.{0.month}.{0.day}", "{0.year}-{0.month:02}-{0.day:02}")
        ).format(self.day)
        week, editor = f"星期{_WEEK[self.day.weekday()]}", f"{rng.choice(_STAFF)}：{rng.choice(_NAMES)}"
        paper, number, section = rng.choice(_PAPERS), rng.randrange(1, 9), rng.choice(_SECTIONS)
        for line in rng.choice(
            (
                (paper, f"{printed} {week}  {editor}", f"第{number}版 {section}"),
                (f"{printed}  {week}", f"{number}版 {section}    {editor}  校对：{rng.choice(_NAMES)}"),
                (paper, f"总第{rng.randrange(99, 4000)}期  {printed}  农历三月初六", editor),
                (f"第{number}版  {section}    {printed}    {editor}",),
                (f"{paper} {printed} {week} 第{number:02}版 {section}",),
                (f"{number:02}", section, printed),
            )
        ):
            self.layout_line(line)
        self.lines += [""] * rng.randrange(0, 3)

    def page_lines(self) -> None:
        rng = self.rng
        self.page += 1
        section, name = rng.choice(_SECTIONS), rng.choice(_NAMES)
        for line in rng.choice(
            (
                (f"第{self.page}版 {section}",),
                (f"- {self.page} -",),
                (f"{self.page:02}", section, "ZONGHE"),
                (f"A{self.page} {section}",),
                (f"第{'一二三四五六七八九十'[(self.page - 1) % 10]}版 {section}", f"责任编辑：{name}"),
                (f"{self.page:02}",),
                (f"第{self.page}版 {section}", f"责任编辑：{name} 电子信箱：abc@example.com"),
            )
        ):
            self.layout_line(line)
        self.lines += [""] * rng.randrange(0, 2)

    def colophon(self) -> None:
        for line in (
            "本报地址：解放路18号  邮编：310000  电话：0570-1234567",
            "国内统一刊号：CN33-0000  邮发代号：31-99  印刷：县印刷厂",
        ):
            self.layout_line(line)

    # Articles

    def caption(self) -> None:
        day = f"{self.rng.randrange(1, 13)}月{self.rng.randrange(1, 29)}日"
        title = self.rng.choice((None, None, None, "图片新闻"))
        self.article(title, [self.rng.choice(_CAPTIONS).format(day=day, name=self.rng.choice(_NAMES))], [])

    def notice(self) -> None:
        title, paragraphs = self.rng.choice(_NOTICES)
        self.article(title, [each.format(day=f"{self.rng.randrange(1, 13)}月8日") for each in paragraphs], [])

    def briefs(self) -> None:
        mark = self.rng.choice("●■◆▲")
        items = [
            f"{mark}{each}（{self.rng.choice(_NAMES[:4])}）"
            for each in self.rng.sample(_ITEMS, self.rng.randrange(2, 4))
        ]
        self.article(self.rng.choice(_BRIEFS), items, [])

    def paragraphs(self, article: dict[str, Any]) -> list[str]:
        """The article's paragraphs; with the layout's byline line, the credit of 本报讯 stands below the headline."""
        paragraphs = list(article["paragraphs"])
        if paragraphs[0].startswith("本报讯") and self.rng.random() < 0.3:
            paragraphs[0] = self.rng.choice(_LEADS) + paragraphs[0].removeprefix("本报讯")
        first = paragraphs[0].translate(_HALF)
        if (
            self.layout.byline == "line"
            and self.rng.random() < 0.6
            and first.startswith("本报讯(")
            and (end := first.find(")")) < 40
        ):
            credit = paragraphs[0][4:end].replace("　", " ")
            mark = self.rng.choice(("□ 本报", "本报", "□本报"))
            rest = self.rng.choice(("", "", "本报讯 ")) + paragraphs[0][end + 1 :].lstrip()
            paragraphs[:1] = [
                f"{mark if credit.startswith('记者') else '□'}{credit}{self.rng.choice(('', '', '报道'))}",
                rest,
            ]
        return paragraphs

    def article(self, title: str | None, paragraphs: list[str], names: list[str]) -> None:
        layout, rng = self.layout, self.rng
        if layout.fields and title:
            self.fields(title)
        elif title:
            parts = [title] if layout.joined or title == "公 告" else title.split(" ")
            for part in parts:
                self.put(f"{' ' * rng.randrange(8, 20)}{part}" if layout.centred else part, "title")
            self.lines += [""] * (layout.blank if layout.after_title is None else layout.after_title)
        kept = [self.folded(each) for each in paragraphs]
        cut = rng.randrange(1, len(kept)) if len(kept) > 2 and rng.random() < layout.interrupt else 0
        for n, text in enumerate(kept):
            if n:
                self.lines += [""] * layout.blank
            label = _label(text, n, len(kept), names, titled=title is not None)
            self.paragraph(
                text, label, interrupted=n == cut > 0, turned=layout.turns and n + 1 == len(kept) and rng.random() < 0.3
            )
        folded = self.folded(title) if title else None
        self.laid.articles.append(Article(folded, tuple(kept), self.day))

    def fields(self, title: str) -> None:
        rng = self.rng
        day = date(rng.randrange(2003, 2025), rng.randrange(1, 13), rng.randrange(1, 29))
        self.day = day
        self.layout_line(f"来源：{rng.choice(_PAPERS)}  日期：{day}  版次：第{rng.randrange(1, 5)}版")
        self.put(self.folded(f"标题：{title}"), "field title")
        self.layout_line("正文：")

    def paragraph(self, text: str, label: str, *, interrupted: bool, turned: bool) -> None:
        layout, rng = self.layout, self.rng
        parts = [text]
        if len(text) > 80 and (interrupted or rng.random() < layout.breaks) and (cut := _cut(text, rng)):
            parts = [text[:cut], text[cut:]]
        for n, part in enumerate(parts):
            if n and interrupted:
                self.lines += [""] * layout.blank
                self.page_lines()
            elif n:
                self.lines += [""] * layout.break_blank
            shown = part + ("（下转四版）" if turned and n + 1 == len(parts) else "")
            self.put(layout.indent + shown if n == 0 else shown, "continuation" if n else label)
            if shown != part:
                self.laid.labels.append("discard")

    def put(self, text: str, label: str) -> None:
        """A line, wrapped at the width; the label is its first part's."""
        text = self.folded(text)
        pieces = list(_wrap(text, self.layout)) if label not in ("title", "discard") else [text]
        for n, piece in enumerate(pieces):
            self.lines += [piece, *[""] * self.layout.every]
            self.laid.labels += (
                ["discard", "title"]
                if label == "field title"
                else [label if n == 0 else "title" if label == "title" else "continuation"]
            )

    def folded(self, text: str) -> str:
        if self.layout.half:
            return text.translate(_HALF)
        return text.translate(_FULL) if self.layout.wide else text


def _label(text: str, n: int, of: int, names: Sequence[str], *, titled: bool) -> str:
    """What a paragraph is: a credit below the headline, a signature at the end, or a paragraph of the body."""
    credited = len(text) <= 45 and "。" not in text and any(name in "".join(text.split()) for name in names)
    if (
        n == 0
        and titled
        and (credited or text.startswith(("□", "本报记者", "本报通讯员")))
        and of > 1
        and len(text) <= 45
    ):
        return "credit"
    if n and (credited or (n + 1 == of and len(text) <= 30 and text[-1] not in "。！？!?：:…”")):
        return "signature"
    return "body" if n or titled else "opening"


def _cut(text: str, rng: random.Random) -> int:
    """A place in mid-sentence; 0 where there is none."""
    cut = rng.randrange(30, len(text) - 20)
    while cut < len(text) - 5 and (
        text[cut - 1] in _NO_CUT or text[cut] in _NO_CUT or text[cut - 1].isascii() or text[cut].isascii()
    ):
        cut += 1
    return cut if cut < len(text) - 5 else 0


def _wrap(text: str, layout: Layout) -> Iterator[str]:
    if not layout.wrap:
        yield text
        return
    line, size = "", 0
    for character in text:
        width = 2 if layout.in_bytes and character > "\u2000" else 1
        if size + width > layout.wrap:
            yield line
            line, size = "", 0
        line, size = line + character, size + width
    if line:
        yield line
