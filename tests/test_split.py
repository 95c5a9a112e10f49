"""Splitting: every article of a dump whole, every line in one article or in a named discard."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model import Article, Document, Source
from pipeline.read import read
from pipeline.score import Tally, plain
from pipeline.sources import find
from pipeline.split import LABELS, split, verdicts

from .layouts import LAYOUTS, Laid, lay_out, own_articles, some

ARTICLES = own_articles()
RAW = Path(__file__).resolve().parent.parent / "data" / "raw"


def document(text: str, published: date | None = None) -> Document:
    return Document("d", Source(Path("a.txt"), "a.txt", published, "file" if published else None), "", "utf-8", 0, text)


def titles(text: str) -> list[str | None]:
    return [article.title for article in split(document(text))]


def laid(layout: str, seed: int, articles: list[dict[str, Any]] = ARTICLES) -> Laid:
    rng = random.Random(f"{layout} {seed}")
    return lay_out(some(articles, LAYOUTS[layout], rng), LAYOUTS[layout], seed)


def kept(text: str) -> None:
    """Every character that is no white space stands in exactly one article, at its segment, or in a discard."""
    of = document(text)
    count = [0] * len(text)
    for article in split(of):
        whole = article.text
        for segment in article.segments:
            span = slice(segment.raw_start, segment.raw_start + segment.end - segment.start)
            assert whole[segment.start : segment.end].lstrip("\n") == text[span].lstrip("\n")
            for position in range(span.start, span.stop):
                count[position] += 1
        assert [block.start for block in article.blocks] == sorted({block.start for block in article.blocks})
        assert "".join(whole[b.start : b.end] for b in article.blocks) == whole.replace("\n", "")
    for each in verdicts(of):
        if each.discarded:
            for position in range(each.line.start, each.line.end):
                count[position] += 1
    assert [n for n, character in zip(count, text, strict=True) if n != 1 and not character.isspace()] == []


# Whole dumps


def test_the_generator_knows_the_label_of_every_line() -> None:
    for layout in LAYOUTS:
        dump = laid(layout, 1)
        assert len(verdicts(document(dump.text))) == len(dump.labels), layout


# The floors are what every layout reaches on the articles of data/gold, less a few errors.
FLOORS = {
    "narrow pages": 0.88,
    "narrow bare": 0.72,
    "indented": 0.9,
    "untitled": 0.75,
    "headings wrapped": 0.88,
    "mixed": 0.83,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_split(layout: str) -> None:
    bodies, heads = Tally(), Tally()
    for seed in range(12):
        dump = laid(layout, seed)
        found = split(document(dump.text))
        heads.add("", [plain(a.title) for a in dump.articles], [plain(a.title) for a in found])
        bodies.add("", ["".join(map(plain, a.paragraphs)) for a in dump.articles], list(map(body, found)))
    floor = FLOORS.get(layout, 0.93)
    assert heads.row()["f1"] >= floor
    assert bodies.row()["f1"] >= floor


def body(article: Article) -> str:
    return "".join(plain(article.text[b.start : b.end]) for b in article.blocks if b.kind != "title")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_lost(layout: str) -> None:
    for seed in range(100, 109):
        kept(laid(layout, seed).text)


@pytest.mark.slow
def test_nothing_is_lost_in_ten_thousand_layouts() -> None:
    for seed in range(10_000):
        kept(laid(sorted(LAYOUTS)[seed % len(LAYOUTS)], seed).text)


@given(st.text() | st.text("　 \n\r\t本报讯(记者王)。,:第3版上接下转一二2022年月日标题【】□▲摄", max_size=300))
@settings(deadline=None)
def test_any_text_is_kept(text: str) -> None:
    kept(text)


# The sample dumps: how many articles each holds, and titles that once were not found or had more than they should.
SAMPLES = {
    "2022-07-12-遂昌.txt": (7, "县医院来了“夜门诊”"),
    "anhui/jinzhai_第213期.txt": (6, "红土地上的讲解员"),
    "fujian/pingnan/屏南视窗312期.txt": (6, "周怀舟在全县春运暨森林防火会议上要求 绷紧春运防火弦 过个安稳年"),
    "guizhou/剑河20201023.txt": (6, "易地搬迁不是终点 ——仰阿莎街道思源社区后续扶持见闻"),
    "heilongjiang/讷河/20121009.txt": (6, "市委召开秋收暨秋整地工作会议 代永福强调：抢抓10月 颗粒归仓"),
    "hunan/2015-08-20_01版.txt": (6, "简讯"),
    "jiangsu/泗洪_第4版.txt": (7, "县委县政府召开工业项目督查会 尹怀锦要求5月底前清零欠账"),
    "neimenggu/abaga-0721.txt": (6, "流动卫生室开到牧户家"),
    "shandong/caoxian20051123.txt": (7, "读者来信"),
    "sichuan/昭觉要闻版.txt": (7, "火补曲者督导易地扶贫搬迁社区春季用工 “岗位送到楼下 培训办到家门口”"),
    "xinjiang/尼勒克2024-06-13.txt": (6, "种蜂场小学有了塑胶跑道"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_dumps(name: str) -> None:
    source = next(each for each in find(RAW) if each.name == name)
    (dump,) = read(source, source.path.read_bytes())
    found = split(dump)
    count, title = SAMPLES[name]
    assert len(found) == count
    assert title in [article.title for article in found]
    assert all(article.published_on for article in found)


# Pages that the weights have not seen: before every line the label of each of its pieces, before an empty one a dash.
PAGES = sorted((Path(__file__).parent / "pages").glob("*.txt"))
LETTERS = {
    "t": "title",
    "c": "credit",
    "o": "opening",
    "b": "body",
    "+": "continuation",
    "s": "signature",
    "d": "discard",
}


def labelled(page: Path) -> tuple[str, list[str]]:
    rows = [line.partition(" ") for line in page.read_text(encoding="utf8").splitlines()]
    labels = [LETTERS[letter] for letters, _, text in rows if text.strip() for letter in letters]
    return "\n".join(text for _, _, text in rows), labels


def test_fresh_pages() -> None:
    wrong = lines = 0
    for page in PAGES:
        text, labels = labelled(page)
        found = ["discard" if each.discarded else each.label for each in verdicts(document(text))]
        wrong += sum(a != b for a, b in zip(found, labels, strict=True))
        lines += len(labels)
    assert wrong <= 0.03 * lines


# What a line is


BODY = "本报讯（记者 佟墨林）近日，县农业农村局组织技术人员到各乡镇查看秋粮长势，解答农户提出的问题。"
MORE = "据了解，今年全县种植水稻12.6万亩，比去年增加3200亩，预计9月下旬开镰，总产量可达6.3万吨左右。"


def test_a_kicker_and_a_subtitle() -> None:
    (article,) = split(document(f"佟墨林在秋收会议上要求\n抢晴天 抓进度\n\n{BODY}\n{MORE}\n"))
    assert (article.title, article.kicker, article.subtitle) == (
        "佟墨林在秋收会议上要求 抢晴天 抓进度",
        "佟墨林在秋收会议上要求",
        None,
    )
    (article,) = split(document(f"最后一班渡船\n——青川湖上的摆渡人\n\n{BODY}\n{MORE}\n"))
    assert (article.kicker, article.subtitle) == (None, "——青川湖上的摆渡人")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("第3版 民生 · 社会", "page"), ("A3版 要闻", "page"), ("2022年1月13日 星期四", "issue"), ("总第312期  2010年1月28日  农历己丑年十二月十四", "issue"),
        ("二〇二二年一月十三日 星期四", "issue"), ("责任编辑：柳小楠 校对：项远", "staff"), ("新闻热线：0570-1234567", "contact"),
    ],
)  # fmt: skip
def test_layout_is_discarded_under_a_name(line: str, name: str) -> None:
    text = f"{line}\n\n秋粮长势喜人\n\n{BODY}\n\n{MORE}\n"
    assert titles(text) == ["秋粮长势喜人"]
    assert verdicts(document(text))[0].discarded == name


def test_a_turn_is_cut_off_the_line_it_stands_on() -> None:
    text = f"秋粮长势喜人\n\n{BODY}\n\n{MORE}（下转四版）\n"
    (article,) = split(document(text))
    assert article.text.endswith("左右。")
    assert [each.discarded for each in verdicts(document(text)) if each.discarded] == ["turn"]


@pytest.mark.parametrize("day", ["2021年3月8日", "2021.3.8", "2021-03-08", "二〇二一年三月八日"])
def test_the_date_of_issue_is_the_articles(day: str) -> None:
    (article,) = split(document(f"云岭新报\n{day} 星期一\n\n秋粮长势喜人\n\n{BODY}\n\n{MORE}\n"))
    assert (article.published_on, article.published_from) == (date(2021, 3, 8), "text")


def test_several_issues_have_their_own_dates() -> None:
    issues = [f"云岭新报\n2021年3月{day}日\n\n秋粮长势喜人{day}\n\n{BODY}\n\n{MORE}\n" for day in (8, 15)]
    outside = date(2021, 3, 8)
    assert [a.published_on for a in split(document("\n\n".join(issues), outside))] == [
        date(2021, 3, 8),
        date(2021, 3, 15),
    ]
    assert [a.published_from for a in split(document(issues[0], outside))] == ["file"]


@pytest.mark.parametrize(
    ("caption", "count"),
    [("▲3月8日，高桥镇柳林村村民在采摘春茶，当天采鲜叶2600斤。（项远 摄）", 2), ("图为技术人员在查看秋粮。项远 摄", 1)],
)
def test_a_picture_of_its_own_is_an_article(caption: str, count: int) -> None:
    found = split(document(f"秋粮长势喜人\n\n{BODY}\n\n{MORE}\n\n{caption}\n"))
    assert len(found) == count
    assert found[-1].kind == ("photo" if count == 2 else "brief")


def test_an_empty_document_has_no_articles() -> None:
    assert split(document(" \n\n")) == []


def test_the_same_text_twice_is_two_articles() -> None:
    found = split(document(f"秋粮长势喜人\n\n{BODY}\n\n{MORE}\n\n\n" * 2))
    assert len({article.article_id for article in found}) == 2


def test_a_verdict_says_why() -> None:
    first = verdicts(document(f"秋粮长势喜人\n\n{BODY}\n"))[0]
    assert first.label == "title"
    assert "before_lead" in first.features
    assert len(first.scores) == len(LABELS)
