"""The documentation does not rot: generated pages are fresh, commands run, every command, table, code and format is spoken of."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from cli import app
from pipeline import store
from pipeline.annotators import LABELS
from pipeline.corrections import Correction, _checked
from pipeline.export import WRITERS
from pipeline.schema import TABLES

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf8")


@cache
def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, str] = module.pages()
    return pages


@pytest.mark.parametrize("name", ["cli.md", "tables.md", "data-card.md"])
def test_a_generated_page_is_fresh(name: str) -> None:
    assert text(f"docs/{name}") == generated()[name], "run `make docs`"


def test_the_reference_is_whole() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert [name for name in commands if f"\n## {name}" not in text("docs/cli.md")] == []
    assert [name for name in TABLES if f"\n## {name}" not in text("docs/tables.md")] == []
    assert [form for form in WRITERS if form not in text("docs/how-to.md")] == []
    assert [label for label in LABELS.values() if label not in text("docs/how-to.md")] == []


def test_the_chinese_readme_keeps_up_with_the_english_one() -> None:
    ours, theirs = text("README.zh.md"), text("README.md")
    assert [name for name in TABLES if f"`{name}`" not in ours] == []
    assert set(re.findall(r"^make \w+", theirs, re.MULTILINE)) <= set(re.findall(r"^make \w+", ours, re.MULTILINE))


def test_the_corrections_shown_are_corrections() -> None:
    block = re.search(r"```csv\n(action.*?)```", text("docs/how-to.md"), re.DOTALL)
    assert block
    rows = list(csv.DictReader(io.StringIO(block[1])))
    assert {row["action"] for row in rows} == {"add", "set", "remove", "merge"}
    for row in rows:
        span = {name: int(row[name]) if row[name] else None for name in ("start", "end")}
        _checked(Correction(**{**row, **span}))  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_transcript_in_the_readme_is_real(tmp_path: Path) -> None:
    command, shown = re.findall(r"```console\n\$ python cli.py ([^\n]*)\n(.*?)```", text("README.md"), re.DOTALL)[0]
    out = str(tmp_path / "out")
    for words in (["run", "data/raw", out, "-q"], command.replace("data/processed", out).split()):
        done = subprocess.run([sys.executable, "cli.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown.splitlines()


@pytest.mark.slow
def test_the_tutorial_runs(tmp_path: Path) -> None:
    """Its commands and its Python, in order, in a folder that holds the project's dumps."""
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "data" / "raw")
    for kind, block in re.findall(r"```(sh|python)\n(.*?)```", text("docs/tutorial.md"), re.DOTALL):
        lines = [f"{sys.executable} -c {shlex.quote(block)}"] if kind == "python" else block.splitlines()
        for line in lines:
            command = line.replace("python cli.py", f"{sys.executable} {ROOT / 'cli.py'}")
            done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.mark.slow
def test_the_how_tos_run(tmp_path: Path) -> None:
    """Every command of the how-tos, in order, on the project's dumps."""
    pytest.importorskip("deltalake")
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "raw")
    ran(tmp_path, "run raw out -q")
    for copy in ("before", "after"):
        shutil.copytree(tmp_path / "out", tmp_path / copy)
    first = store.read_table(tmp_path / "out", "figures").to_pylist()[0]
    real = {
        "RAW": "raw",
        "OUT": "out",
        "ID:START": f"{first['article_id']}:{first['start_char']}",
        "reviewed.json": "tasks.json",
        "FILE": str(ROOT / "data" / "gold" / "sample.jsonl"),
    }
    commands = [
        each for each in re.findall(r"python cli\.py ([^`|\n]+)", text("docs/how-to.md")) if "models/" not in each
    ]
    assert len(commands) > 10
    for command in commands:
        ran(tmp_path, " ".join(real.get(word, word) for word in command.split()))


def ran(folder: Path, words: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *words.split()], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stderr}"
