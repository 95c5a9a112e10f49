"""The report: one file, nothing from outside, nothing unescaped; in Chromium it opens, filters, sorts and answers clicks."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline import store
from pipeline.diff import diff
from pipeline.errors import OutputError
from pipeline.page import page
from pipeline.report import compared, report
from pipeline.run import run

from .conftest import SAMPLE, watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>{{packed}}"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "raw").mkdir()
    (folder / "raw" / "2021-06-19.txt").write_text(SAMPLE, encoding="utf8")
    (folder / "raw" / "2021-07-02.txt").write_text(
        SAMPLE.replace("红星镇", "东风镇").replace("120万", "3亿"), encoding="utf8"
    )
    (folder / "raw" / "evil.txt").write_text(
        f"标题{EVIL}\n\n2月3日，{EVIL}县长佟墨林捐款500元。😀花了30元。\n", encoding="utf8"
    )
    (folder / "raw" / "empty.txt").write_bytes(b"")
    run(folder / "raw", folder / "out", locality="浙江省衢州市开化县", workers=0)
    return folder / "out"


def held(path: Path) -> dict[str, Any]:
    """The data inside a page."""
    packed = re.search(r'id="data">([^<]*)<', path.read_text(encoding="utf8"))
    assert packed
    data: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    return data


def test_a_page_holds_every_row_and_reaches_for_nothing(out: Path, tmp_path: Path) -> None:
    (path,) = report(out, tmp_path / "report.html")
    text = path.read_text(encoding="utf8")
    assert EVIL not in text
    assert not re.search(r"https?:|\bsrc=|url\(|@import|innerHTML|document\.write|eval\(", text)
    data = held(path)
    for name in ("dates", "figures", "posts", "person_mentions"):
        assert sum(len(each["rows"].get(name, ())) for each in data["articles"]) == store.read_table(out, name).num_rows
    assert data["rejects"][0][0] == "empty.txt"
    assert report(out, tmp_path / "again.html")[0].read_bytes() == path.read_bytes()


def test_no_two_scripts_use_a_word_for_two_things() -> None:
    assets = Path(__file__).parents[1] / "pipeline" / "assets"
    for page_of in (
        ("frame", "overview", "articles", "officials", "places", "figures"),
        ("frame", "index"),
        ("frame", "changes"),
    ):
        said: dict[str, set[str]] = {}
        for each in page_of:
            words = (assets / f"{each}.js").read_text(encoding="utf8").split("WORDS")[1].split("});")[0].split("};")[0]
            for key, pair in re.findall(r"(\w+): (\[\"[^\]]*\])", words):
                said.setdefault(key, set()).add(pair)
        assert {key: pairs for key, pairs in said.items() if len(pairs) > 1} == {}


def test_many_articles_are_a_folder_of_pages_by_date(out: Path, tmp_path: Path) -> None:
    index, *pages = report(out, tmp_path / "pages", articles_a_page=1)
    assert [each["href"] for each in held(index)["pages"]] == [each.name for each in pages]
    assert held(pages[0])["articles"][0]["published_on"] == "2021-06-19"
    assert set(held(pages[0])["places"]) < {each["place_id"] for each in store.read_table(out, "places").to_pylist()}


def test_articles_stand_as_in_the_paper(out: Path, tmp_path: Path) -> None:
    (path,) = report(out, tmp_path / "report.html")
    order = [
        (each.get("published_on", "undated"), each["document_id"], each["ordinal"]) for each in held(path)["articles"]
    ]
    assert order == sorted(order)


def test_a_target_of_another_kind_is_left_alone(out: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(OutputError, match="E204"):
        report(out, tmp_path / "there")


def test_a_page_allows_its_own_script_only() -> None:
    text = page("<题>", ("index",), {"pages": []}).decode()
    assert "<title>&lt;题&gt;</title>" in text
    assert re.search(r"default-src 'none'; style-src 'sha256-[^ ]+'; script-src 'sha256-[^ ]+';", text)


# In Chromium


@pytest.fixture(params=[1280, 390], ids=["wide", "narrow"])
def opened(chromium: Any, out: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The report in a window; whatever the console says, any dialog, any request but for the file itself is an error."""
    (path,) = report(out, tmp_path / "report.html")
    with watched(chromium, path, width=request.param) as tab:
        tab.wait_for_selector(".lead")
        yield tab


def go(tab: Page, where: str) -> None:
    tab.evaluate("where => { location.hash = where }", where)
    tab.wait_for_timeout(50)


def counted(tab: Page, selector: str, n: int) -> None:
    """Wait until so many are there; a filter waits for the end of typing."""
    tab.locator(f":nth-match({selector}, {n})").wait_for()
    for _ in range(40):
        if tab.locator(selector).count() == n:
            return
        tab.wait_for_timeout(50)
    assert tab.locator(selector).count() == n


def fits(tab: Page) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.slow
def test_every_page_opens_and_fits(opened: Page) -> None:
    first = {
        name: opened.evaluate(f"async () => Object.keys((await {UNPACK})['{name}'])[0]")
        for name in ("people", "places")
    }
    article = opened.evaluate(f"async () => (await {UNPACK}).articles[0].article_id")
    for language in ("zh-CN", "en"):
        assert opened.evaluate("document.documentElement.lang") == language
        for where in (
            "overview",
            "articles",
            "officials",
            "places",
            "figures",
            "figures?group=item",
            f"article/{article}",
            f"official/{first['people']}",
            f"place/{first['places']}",
        ):
            go(opened, where)
            assert opened.locator("main > section > *").count(), where
            assert fits(opened), where
            assert not re.search(r"undefined|NaN|\[object", opened.inner_text("body")), where
        opened.click("#language")


UNPACK = """new Response(new Blob([Uint8Array.from(atob(document.getElementById("data").textContent), c => c.charCodeAt(0))])
  .stream().pipeThrough(new DecompressionStream("gzip"))).json()"""


@pytest.mark.slow
def test_articles_are_filtered_and_the_address_keeps_the_filter(opened: Page) -> None:
    go(opened, "articles")
    assert opened.locator(".list li").count() == 3
    opened.fill("input[type=search]", "东风镇")
    counted(opened, ".list li", 1)
    assert opened.inner_text(".list p b") == "东风镇"
    assert "q=" in opened.url
    opened.fill("input[type=search]", "")
    opened.fill("input[type=date] >> nth=0", "2021-07-01")
    counted(opened, ".list li", 1)


@pytest.mark.slow
def test_back_in_a_list_the_page_stands_where_it_was_left(opened: Page) -> None:
    go(opened, "figures")
    opened.set_viewport_size({"width": 390, "height": 200})
    opened.evaluate("scrollTo(0, 350)")
    opened.wait_for_timeout(300)
    opened.locator("a.quote").last.evaluate("node => node.click()")
    opened.wait_for_selector(".text")
    opened.go_back()
    opened.wait_for_selector("a.quote")
    assert opened.evaluate("scrollY") == 350
    go(opened, "articles")
    assert opened.evaluate("scrollY") == 0


@pytest.mark.slow
def test_of_a_list_that_is_whole_no_more_is_offered(opened: Page) -> None:
    go(opened, "articles")
    assert not opened.locator(".more").is_visible()


@pytest.mark.slow
def test_figures_put_together_lead_to_their_rows(opened: Page) -> None:
    go(opened, "figures?group=item")
    group = opened.locator("tbody a").first
    words = group.inner_text()
    group.click()
    opened.wait_for_selector("a.quote")
    assert set(opened.locator("tbody td:nth-child(3)").all_inner_texts()) >= {words}


@pytest.mark.slow
def test_the_first_page_tells_which_officials_are_named_with_which_towns(opened: Page) -> None:
    told = opened.locator(".heat a.cell[title*=镇]").evaluate_all("cells => cells.map(cell => cell.title)")
    assert {"佟墨林 红星镇: 1", "佟墨林 东风镇: 1", "裴书砚 红星镇: 1", "裴书砚 东风镇: 1"} <= set(told)


@pytest.mark.slow
def test_the_branch_that_holds_most_is_open(opened: Page) -> None:
    go(opened, "places")
    assert "开化县" in opened.locator("details[open] > summary").all_inner_texts()[-1]


@pytest.mark.slow
def test_an_output_without_articles_has_a_page(chromium: Any, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "empty.txt").write_bytes(b"")
    run(tmp_path / "raw", tmp_path / "out", workers=0)
    (path,) = report(tmp_path / "out", tmp_path / "report.html")
    with watched(chromium, path) as tab:
        tab.wait_for_selector(".lead")
        assert "E101" in tab.inner_text("main")
        for where in ("articles", "officials", "places", "figures", "article/none"):
            go(tab, where)
            assert "没有找到" in tab.inner_text("main"), where


@pytest.mark.slow
def test_a_click_on_a_mark_shows_its_row_and_what_it_lies_in(opened: Page) -> None:
    go(opened, "articles?q=红星镇")
    opened.click(".list a.title")
    opened.click(".text mark.figures >> text=3.5公里")
    assert {"3.5", "公里"} <= set(opened.locator("aside dd").all_inner_texts())
    opened.keyboard.press("Escape")
    assert opened.locator("mark.on").count() == 0
    opened.click(".legend button:has(mark.figures)")
    assert "off" in (opened.locator(".text mark.figures").first.get_attribute("class") or "")
    opened.click(".text mark.person_mentions >> nth=0")
    opened.click("aside a >> text=佟墨林")
    assert opened.inner_text(".name") == "佟墨林"
    assert "县长" in opened.inner_text(".track")


@pytest.mark.slow
def test_texts_are_shown_letter_by_letter(opened: Page, out: Path) -> None:
    """Marks leave the text as it is, whatever it holds: tags, characters beyond 16 bits."""
    for row in store.read_table(out, "articles").to_pylist():
        go(opened, f"article/{row['article_id']}")
        assert "\n".join(opened.locator(".text p").all_text_contents()) == row["text"]
        if "😀" in row["text"]:
            assert "30元" in opened.locator(".text mark.figures").all_text_contents()


@pytest.mark.slow
def test_figures_are_summed_and_sorted(opened: Page) -> None:
    go(opened, "figures?dimension=money&q=资金")
    assert "3.012亿 元" in opened.inner_text("main .soft >> nth=0")
    opened.evaluate("document.querySelectorAll('th button')[1].click()")
    assert opened.locator("tbody td.n").first.inner_text() == "300,000,000 元"
    assert opened.locator("th").nth(1).get_attribute("aria-sort") == "descending"
    opened.evaluate("document.querySelectorAll('th button')[1].click()")
    assert opened.locator("tbody td.n").first.inner_text() == "1,200,000 元"


@pytest.mark.slow
def test_the_keyboard_suffices(opened: Page) -> None:
    opened.keyboard.press("2")
    opened.wait_for_selector(".list a.title")
    opened.keyboard.press("/")
    opened.wait_for_function("document.activeElement.type === 'search'")
    opened.keyboard.press("Escape")
    opened.locator(".list a.title").first.focus()
    opened.keyboard.press("Enter")
    opened.wait_for_selector(".text")
    before = opened.url
    opened.keyboard.press("ArrowRight")
    opened.wait_for_url(lambda url: url != before)
    opened.locator(".text mark").first.focus()
    opened.keyboard.press("Enter")
    opened.wait_for_selector("mark.on")
    assert opened.locator("mark.on").count() == 1
    opened.keyboard.press("?")
    opened.wait_for_selector("dialog[open]")


# What changed


@pytest.mark.slow
def test_changes_are_a_page_too(chromium: Any, tmp_path: Path) -> None:
    for name, published in (("a", None), ("b", date(2022, 1, 1))):
        raw = tmp_path / name / "raw"
        raw.mkdir(parents=True)
        (raw / "one.txt").write_text(SAMPLE, encoding="utf8")
        run(raw, tmp_path / name / "out", locality="浙江省衢州市开化县", published=published, workers=0)
    a, b = tmp_path / "a" / "out", tmp_path / "b" / "out"
    found = list(diff(a, b))
    compared(a, b, found, tmp_path / "changes.html")
    with pytest.raises(OutputError, match="E204"):
        compared(a, b, found, tmp_path / "changes.html")
    tab = chromium.new_page()
    tab.goto((tmp_path / "changes.html").as_uri())
    counted(tab, ".change", len(found))
    tab.select_option("select >> nth=0", "dates")
    counted(tab, ".change", len([each for each in found if each.table == "dates"]))
    assert "2021-06-18" in tab.inner_text(".change ins >> nth=0")
    tab.close()
