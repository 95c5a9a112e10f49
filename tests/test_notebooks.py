"""The notebooks run from beginning to end, are committed without output, and their charts have the words in them."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest

from pipeline.charts import FONTS, HOW, chinese_font, html, style
from pipeline.run import run

from .conftest import watched

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_five() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_has_no_output(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert cells[0]["cell_type"] == "markdown"
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert sum(len(cell["source"]) for cell in code) < 80


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # what the kernel's own packages warn of is not ours
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> None:
    """On an output of its own, so that the user's is left alone; its charts open without a network."""
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    folder = tmp_path_factory.getbasetemp() / "notebooks"
    if not folder.exists():
        run(ROOT / "data" / "raw", folder.parent / "data" / "processed")
        folder.mkdir()
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [
        data
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        for data in output.get("data", {}).items()
    ]
    assert not [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]
    charts = ["".join(data) for kind, data in shown if kind == "text/html" and "vegaEmbed" in "".join(data)]
    assert charts
    assert all(re.search(r'"datasets": \{"data-\w+": \[\{', chart) for chart in charts), "every chart has data"
    page = folder / f"{path.stem}.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><link rel=icon href='data:,'>{''.join(charts)}", encoding="utf8"
    )
    with watched(request.getfixturevalue("chromium"), page) as tab:
        tab.locator(f":nth-match(svg.marks, {len(charts)})").wait_for()
        assert all(re.search("[一-鿿]", text) for text in tab.locator("svg.marks").all_text_contents())


def test_the_first_font_that_is_installed_is_found(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "wqy-zenhei.ttc").touch()
    assert chinese_font([tmp_path]) == "WenQuanYi Zen Hei"
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    assert chinese_font([tmp_path, tmp_path / "none"]) == "Noto Sans CJK SC"


def test_without_one_the_way_to_get_it_is_said(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="no font with Chinese found"):
        assert chinese_font([tmp_path]) is None
    assert {"darwin", "win32", "linux"} == set(HOW)


def test_no_text_of_a_chart_ends_its_script() -> None:
    pytest.importorskip("vl_convert")
    (shown,) = html({"title": "</script><script>alert(1)</script>"}).values()
    assert shown.count("</script>") == 1


@pytest.mark.slow
def test_a_chart_is_drawn_with_the_font(tmp_path: Path) -> None:
    alt = pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    style()
    assert next(iter(FONTS)) in alt.theme.get()()["config"]["font"]
    chart = alt.Chart(alt.Data(values=[{"县": "遂昌县", "n": 3}]), title="文章").mark_bar().encode(x="n:Q", y="县:N")
    chart.save(str(tmp_path / "chart.png"))
    assert "遂昌县" in chart.to_json(ensure_ascii=False)
    width, height = struct.unpack(">II", (tmp_path / "chart.png").read_bytes()[16:24])
    assert width > 300
    assert height > 30
