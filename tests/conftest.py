"""Shared fixtures: own sample dumps, and the places where contracts and gold may lie."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

SAMPLE = """\
县领导督查汛期安全生产工作

本报讯(记者 牧仁图雅)6月18日上午,县委副书记、县长佟墨林到红星镇督查汛期安全生产工作。副县长裴书砚参加。

红星镇今年投入资金约120万元,加固堤防3.5公里,惠及群众2600余户。佟墨林要求,要压实责任,确保群众安全度汛。
"""


@pytest.fixture
def shared() -> Path:
    """The folder of contracts and gold beside the project; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("no shared folder beside the project")
    return SHARED


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A raw folder with two dumps and a sources.csv."""
    folder = tmp_path / "raw"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.txt").write_text(SAMPLE, encoding="utf8")
    (folder / "sub" / "2021-06-20.txt").write_text(SAMPLE.replace("红星镇", "东风镇"), encoding="gb18030")
    (folder / "sources.csv").write_text(
        "path,published,locality,source\none.txt,2021-06-19,浙江省衢州市开化县,测试报\n*/*.txt,,浙江省衢州市开化县,\n",
        encoding="utf8",
    )
    return folder


def size(usual: int, nightly: int) -> int:
    """How large a trial is: on every change, and with NIGHTLY=1 (`make nightly`)."""
    return nightly if os.environ.get("NIGHTLY") else usual


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser with an empty profile; skipped where no Chromium is installed."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        profile = tmp_path_factory.mktemp("profile")
        browser = playwright.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched(chromium: Any, path: Path, width: int = 1280) -> Iterator[Page]:
    """A file in a window; whatever the console says, any dialog, any request but for the file itself is an error."""
    said: list[str] = []
    tab = chromium.new_page()
    tab.set_viewport_size({"width": width, "height": 844})
    tab.set_default_timeout(10_000)
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda asked: said.append(asked.url) if asked.url not in (path.as_uri(), "data:,") else None)
    tab.goto(path.as_uri())
    yield tab
    tab.close()
    assert said == []
