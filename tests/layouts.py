"""Our own articles laid out as papers and databases print them, with the answer known.

In: articles of data/gold/, a layout, a seed. Out: the raw text, the label of every line in it, the articles that are
to be found, and the lines that belong to none.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from .furniture import (
    BRIEFS,
    CAPTIONS,
    COLOPHON,
    DIGEST,
    DRESSES,
    ITEMS,
    LEADS,
    MASTHEADS,
    MOTTOS,
    NAMES,
    NOTES,
    NOTICES,
    PAGE_LINES,
    PAPERS,
    PICTURES,
    PLACES,
    RUBRICS,
    SECTIONS,
    STAFF,
    SUBHEADS,
    WEEK,
    Dress,
)

GOLD = Path(__file__).resolve().parent.parent / "data" / "gold"
_HALF = str.maketrans("，（）？！：；", ",()?!:;")
_FULL = str.maketrans("0123456789()", "０１２３４５６７８９（）")
_HANGS = "，。、：；！？”》）,.:;!?)"
_NO_CUT = "。！？；：，、”’）》!?,;: )"


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
    dress: str = ""  # of tests.furniture.DRESSES: what stands around every article
    notes: float = 0.0  # share of articles with a note of the editor behind them
    subheads: float = 0.0  # share of articles with headings in their text
    untitled: float = 0.0
    led: float = 0.0  # share of articles that begin with 本报讯
    signed: float = 0.0  # share of articles whose last sentence names its author behind it
    title_wrap: int = 0
    hang: bool = False  # a mark that closes may stand beyond the width
    ragged: float = 0.0  # share of lines with an empty line behind them
    mixed: bool = False  # every article has or has not empty lines between its paragraphs
    digest: bool = False  # headlines of the issue below the masthead
    sentences: bool = False  # every sentence is a paragraph
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
    "database": Layout(blank=0, between=(1, 2), after_title=0, dress="database", indent="　　"),
    "briefs": Layout(briefs=True, masthead=True, colophon=True, captions=True, between=(2,)),
    "old mac": Layout(blank=0, between=(1,), after_title=0, indent="\t", joined=False, end="\r", notices=True),
    "founder": Layout(blank=0, between=(0, 1), after_title=0, dress="founder", indent="　　", joined=False),
    "records": Layout(blank=0, between=(1, 2), after_title=0, dress="records"),
    "web site": Layout(blank=0, between=(0, 2), after_title=0, dress="web site", indent="　　", signed=0.2),
    "web site bare": Layout(blank=0, between=(1, 2), after_title=0, dress="web site", notes=0.2),
    "copied": Layout(dress="copied", between=(2, 3), sentences=True),
    "copied close": Layout(blank=0, between=(1,), after_title=0, dress="copied"),
    "station": Layout(blank=0, between=(1,), after_title=0, dress="station"),
    "narrow pages": Layout(
        blank=0,
        between=(0,),
        after_title=0,
        indent="　　",
        wrap=13,
        joined=False,
        pages=True,
        masthead=True,
        byline="line",
        title_wrap=11,
        hang=True,
        end="\n",
    ),
    "narrow bare": Layout(blank=0, between=(0, 1), after_title=0, wrap=15, half=True, joined=False, hang=True),
    "untitled": Layout(untitled=0.7, led=0.5, signed=0.7, masthead=True, issues=2, captions=True),
    "untitled close": Layout(blank=0, between=(0, 1), after_title=0, untitled=0.4, led=0.7, signed=0.7, pages=True),
    "notes": Layout(notes=0.7, byline="line", joined=False, captions=True),
    "notes close": Layout(blank=0, between=(0, 1), after_title=0, notes=0.6, indent="　　", notices=True),
    "pictures": Layout(captions=True, blank=1, between=(1, 2), notes=0.2),
    "headings": Layout(
        subheads=0.7, blank=0, between=(0, 1), after_title=0, indent="　　", byline="line", pages=True, joined=False
    ),
    "headings wrapped": Layout(
        subheads=0.5, blank=0, between=(0,), after_title=0, indent="　　", wrap=18, joined=False, title_wrap=14
    ),
    "mixed": Layout(mixed=True, between=(1, 2), captions=True, byline="line", untitled=0.1, signed=0.2),
    "mixed pages": Layout(mixed=True, between=(1,), pages=True, masthead=True, joined=False, breaks=0.2, notices=True),
    "untitled leads": Layout(untitled=0.8, led=1.0, signed=0.3, pages=True, breaks=0.2, between=(1,)),
    "front page": Layout(masthead=True, digest=True, turns=True, pages=True, indent="　　", blank=0, between=(0, 1)),
    "ragged": Layout(wrap=26, indent="　　", blank=0, between=(0, 1, 2), after_title=0, ragged=0.12, joined=False),
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


def some(articles: Sequence[dict[str, Any]], layout: Layout, rng: random.Random) -> list[dict[str, Any]]:
    """A few articles; one without a headline only where the layout shows that it begins."""
    fit = [each for each in articles if each["title"] or layout.untitled]
    return rng.sample(fit, rng.choice((1, 2, 3, 4, 6)))


def lay_out(articles: Sequence[dict[str, Any]], layout: Layout, seed: int) -> Laid:
    """The articles as one dump, in the order given, with what the layout adds between them."""
    return _Setter(layout, random.Random(seed)).set(articles)


class _Setter:
    def __init__(self, layout: Layout, rng: random.Random) -> None:
        self.layout, self.rng = layout, rng
        self.dress = DRESSES.get(layout.dress, Dress())
        self.laid = Laid()
        self.day: date | None = None
        self.lines: list[str] = []
        self.page = 1
        self.titles: list[str] = []

    def set(self, articles: Sequence[dict[str, Any]]) -> Laid:
        layout, rng = self.layout, self.rng
        size = max(1, -(-len(articles) // layout.issues))
        self.titles = [each["title"] for each in articles if each["title"]] or ["简讯"]
        self.lines += [""] * rng.randrange(0, 4)
        for n, article in enumerate(articles):
            if layout.masthead and n % size == 0:
                self.masthead()
            elif layout.pages and rng.random() < 0.4:
                self.page_lines()
            if layout.rubrics and rng.random() < 0.4:
                self.layout_line(f"【{rng.choice(RUBRICS)}】")
            self.article(article["title"], self.paragraphs(article), [each["name"] for each in article["bylines"]])
            self.extras()
            self.lines += [""] * rng.choice(layout.between)
        if layout.colophon:
            self.layout_lines(COLOPHON)
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

    def layout_lines(self, lines: Sequence[str]) -> None:
        """Lines of furniture, filled in; one that begins with a label and a bar is no layout."""
        rng, day = self.rng, self.day
        name, other = rng.sample(NAMES, 2)
        told = {
            "paper": rng.choice(PAPERS), "place": rng.choice(PLACES), "section": rng.choice(SECTIONS), "name": name,
            "other": other, "staff": rng.choice(STAFF), "motto": rng.choice(MOTTOS), "number": rng.randrange(99, 4000), "day": day,
            "page": self.page, "chinese": "一二三四五六七八九十"[(self.page - 1) % 10], "title": rng.choice(self.titles),
            "clock": f"{rng.randrange(7, 22):02}:{rng.randrange(60):02}", "spaced": " ".join(rng.choice(PLACES) + "报"),
            "week": f"星期{WEEK[day.weekday()]}" if day else "",
            "printed": rng.choice(("{0.year}年{0.month}月{0.day}日", "{0.year}.{0.month}.{0.day}", "{0}")).format(day) if day else "",
        }  # fmt: skip
        for line in lines:
            label, bar, text = line.rpartition("|")
            if bar:
                self.put(text.format(**told), label)
            else:
                self.layout_line(text.format(**told))

    def date(self) -> None:
        self.day = date(self.rng.randrange(2003, 2025), self.rng.randrange(1, 13), self.rng.randrange(1, 29))

    def masthead(self) -> None:
        rng = self.rng
        self.date()
        self.page = rng.randrange(1, 9)
        self.layout_lines(rng.choice(MASTHEADS))
        if self.layout.digest:
            head, item = rng.choice(DIGEST)
            self.layout_lines((head, *[item] * rng.randrange(2, 4)))
        self.page = 1
        self.lines += [""] * rng.randrange(0, 3)

    def page_lines(self) -> None:
        self.page += 1
        self.layout_lines(self.rng.choice(PAGE_LINES))
        self.lines += [""] * self.rng.randrange(0, 2)

    # Articles

    def caption(self) -> None:
        day = f"{self.rng.randrange(1, 13)}月{self.rng.randrange(1, 29)}日"
        title = self.rng.choice(PICTURES) if self.rng.random() < 0.5 else None
        text = self.rng.choice(CAPTIONS if title else CAPTIONS[1:]).format(day=day, name=self.rng.choice(NAMES))
        self.article(title, [text], [])

    def notice(self) -> None:
        title, paragraphs = self.rng.choice(NOTICES)
        self.article(title, [each.format(day=f"{self.rng.randrange(1, 13)}月8日") for each in paragraphs], [])

    def briefs(self) -> None:
        mark = self.rng.choice("●■◆▲")
        items = [
            f"{mark}{each}（{self.rng.choice(NAMES[:4])}）" for each in self.rng.sample(ITEMS, self.rng.randrange(2, 4))
        ]
        self.article(self.rng.choice(BRIEFS), items, [])

    def paragraphs(self, article: dict[str, Any]) -> list[str]:
        """The article's paragraphs; with the layout's byline line, the credit of 本报讯 stands below the headline."""
        layout, rng = self.layout, self.rng
        paragraphs = list(article["paragraphs"])
        if paragraphs[0].startswith("本报讯") and rng.random() < 0.3:
            paragraphs[0] = rng.choice(LEADS) + paragraphs[0].removeprefix("本报讯")
        if layout.byline == "line" and rng.random() < 0.6:
            paragraphs[:1] = self.credit_first(paragraphs[0])
        if layout.sentences:
            paragraphs = [part for each in paragraphs for part in re.findall(r"[^。]*。[”）]*|[^。]+$", each)]
        if rng.random() < layout.led and not re.match("本[报网台]|[^，。]{2,8}讯", paragraphs[0]):
            paragraphs[0] = rng.choice(LEADS[3:6]) + paragraphs[0]
        if rng.random() < layout.signed and paragraphs[-1][-1] == "。":
            paragraphs[-1] += rng.choice(("（{0}）", " （{0}）", "（记者 {0}）")).format(rng.choice(NAMES[:6]))
        if len(paragraphs) > 3 and rng.random() < layout.subheads:
            for n in (2, 5):
                paragraphs[n:n] = [rng.choice(SUBHEADS)] if n < len(paragraphs) else []
        if rng.random() < layout.notes:
            paragraphs += rng.choice(NOTES)
        return paragraphs

    def credit_first(self, first: str) -> list[str]:
        """`本报讯（记者 某某）近日…` as a credit's line and the text."""
        plain = first.translate(_HALF)
        if not plain.startswith("本报讯(") or (end := plain.find(")")) >= 40:
            return [first]
        rng, credit = self.rng, first[4:end].replace("　", " ")
        mark = rng.choice(("□ 本报", "本报", "□本报")) if credit.startswith("记者") else "□"
        rest = rng.choice(("", "", "本报讯 ")) + first[end + 1 :].lstrip()
        return [f"{mark}{credit}{rng.choice(('', '', '报道'))}", rest]

    def article(self, title: str | None, paragraphs: list[str], names: list[str]) -> None:
        if self.layout.mixed:
            self.layout = replace(self.layout, blank=self.rng.randrange(2))
        layout, rng, dress = self.layout, self.rng, self.dress
        titled = title is not None and rng.random() >= layout.untitled
        if titled and title:
            if layout.dress:
                self.date()
            self.layout_lines(rng.choice(dress.above))
            self.title(title)
            ahead = self.dressed(dress.below)
            self.lines += [""] * (layout.blank if layout.after_title is None else layout.after_title)
        else:
            ahead = []
        kept = [self.folded(each) for each in paragraphs]
        cut = rng.randrange(1, len(kept)) if len(kept) > 2 and rng.random() < layout.interrupt else 0
        for n, text in enumerate(kept):
            if n:
                self.lines += [""] * layout.blank
            label = _label(text, n, len(kept), names, titled=titled)
            before = (rng.choice(dress.others) if n else dress.first) if titled and label == "body" else ""
            self.paragraph(
                text, label, before, interrupted=n == cut > 0,
                turned=layout.turns and n + 1 == len(kept) and rng.random() < 0.3,
            )  # fmt: skip
        behind = self.dressed(dress.foot) if titled else []
        shown = self.folded(title) if titled and title else None
        self.laid.articles.append(Article(shown, (*ahead, *kept, *behind), self.day))

    def title(self, title: str) -> None:
        layout = self.layout
        parts = [title] if layout.joined or title == "公 告" else title.split(" ")
        if layout.title_wrap:
            parts = [
                piece
                for part in parts
                for piece in (
                    (part[: len(part) // 2], part[len(part) // 2 :]) if len(part) > layout.title_wrap else (part,)
                )
            ]
        for n, part in enumerate(parts):
            before = self.dress.kicker if n == 0 and len(parts) == 2 else self.dress.title
            if before and n <= bool(self.dress.kicker):
                self.put(before + part, "field title")
            else:
                self.put(f"{' ' * self.rng.randrange(8, 20)}{part}" if layout.centred else part, "title")

    def dressed(self, wordings: Sequence[Sequence[str]]) -> list[str]:
        """Puts the lines of one wording; gives those of them that belong to the article."""
        start = len(self.lines)
        lines = self.rng.choice(wordings)
        self.layout_lines(lines)
        return [
            shown.removeprefix("Author-") for shown, line in zip(self.lines[start:], lines, strict=True) if "|" in line
        ]

    def paragraph(self, text: str, label: str, before: str, *, interrupted: bool, turned: bool) -> None:
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
            if n == 0:
                self.put(layout.indent + before + shown, f"field {label}" if before else label)
            else:
                self.put(shown, "continuation")
            if shown != part:
                self.laid.labels.append("discard")

    def put(self, text: str, label: str) -> None:
        """A line, wrapped at the width; the label is its first part's, behind what of it is layout of its own."""
        text = self.folded(text)
        pieces = list(_wrap(text, self.layout)) if label not in ("title", "discard") else [text]
        for n, piece in enumerate(pieces):
            ragged = n + 1 < len(pieces) and self.rng.random() < self.layout.ragged
            self.lines += [piece, *[""] * (self.layout.every + ragged)]
            self.laid.labels += label.replace("field ", "discard ").split() if n == 0 else ["continuation"]

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
    if n and (credited or (n + 1 == of and len(text) <= 30 and "。" not in text and text[-1] not in "！？!?：:…”")):
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
        if size + width > layout.wrap and not (layout.hang and character in _HANGS):
            yield line
            line, size = "", 0
        line, size = line + character, size + width
    if line:
        yield line
