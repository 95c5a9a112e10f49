"""The habits of the house, held by tests: quiet imports, pins, lexicons, sizes, documents that cannot rot."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.main import get_command

import pipeline
from cli import app
from pipeline import lexicon

PROJECT = Path(__file__).parents[1]
MODULES = [*sorted((PROJECT / "pipeline").rglob("*.py")), PROJECT / "cli.py"]
TESTS = sorted((PROJECT / "tests").glob("*.py"))
LEXICONS = sorted((PROJECT / "pipeline" / "lexicons").glob("*.csv"))
CONFIG = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf8"))
EXTRA = {"pipeline.recognise.hanlp"}  # needs what the default path does without

# Ratchets: what may be longer than the house allows, and how long. A number may fall, and goes when it is under the limit.
MODULE_LIMIT, FUNCTION_LIMIT = 400, 40
LONG_MODULES: dict[str, int] = {"pipeline/schema.py": 415}
LONG_FUNCTIONS: dict[str, int] = {}


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"))


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)


# Imports


def test_importing_everything_is_quiet_and_light() -> None:
    names = sorted(name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in MODULES)
    wanted = [each for each in names if each not in EXTRA]
    heavy = "{'torch', 'hanlp', 'transformers', 'jionlp', 'polars', 'requests'}"
    done = python(
        "-W",
        "error",
        "-c",
        f"import sys, importlib\nfor n in {wanted}: importlib.import_module(n)\nsys.exit(str(sorted({heavy} & set(sys.modules)) or ''))",
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", "")


def test_public_names_are_there() -> None:
    """Their order is ruff's (RUF022)."""
    assert all(hasattr(pipeline, each) for each in pipeline.__all__)


# Sizes and documentation of the code


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize("path", MODULES + TESTS, ids=name)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert path.stat().st_size == 0 or ast.get_docstring(tree(path))


def test_no_module_is_too_long() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf8").splitlines()) for path in MODULES}
    assert {path: n for path, n in lengths.items() if n > MODULE_LIMIT} == LONG_MODULES


def test_no_function_is_too_long() -> None:
    assert {where: n for path in MODULES for where, n in functions(path) if n > FUNCTION_LIMIT} == LONG_FUNCTIONS


WRITES = re.compile(
    r"""write_(text|bytes|table)\(|open\([^)]*['"][wax]b?\+?['"]|shutil\.|\.(touch|unlink|rename|symlink_to)\("""
)


def test_only_the_store_writes() -> None:
    """Files are written by `store` and `shards`, and by `export` to a path that the store gives and moves, so that every one of them is whole or not there."""
    assert {name(path) for path in MODULES if WRITES.search(path.read_text(encoding="utf8"))} == {
        "pipeline/export.py",
        "pipeline/shards.py",
        "pipeline/store.py",
    }


# Lexicons


@pytest.mark.parametrize("path", LEXICONS, ids=name)
def test_a_lexicon_parses(path: Path) -> None:
    text = path.read_bytes().decode("utf8")
    assert "\r" not in text
    assert not text.startswith("\ufeff")
    assert text.endswith("\n")
    rows = lexicon.rows(path.stem)
    assert rows
    assert all(
        value == value.strip() for row in rows for column, value in row.items() if column != "values"
    )  # what is weighed may end in a space
    assert len({tuple(row.items()) for row in rows}) == len(rows), "a line stands twice"


# Pins


def pins() -> dict[str, str]:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def requirements(*extras: str) -> list[Requirement]:
    project = CONFIG["project"]
    return [
        Requirement(line)
        for line in [*project["dependencies"], *(r for each in extras for r in project["optional-dependencies"][each])]
    ]


def test_every_pin_is_exact_and_names_no_address() -> None:
    assert list(pins()) == sorted(pins(), key=str.lower)
    assert all(re.fullmatch(r"[0-9][0-9a-z.]*", pin) for pin in pins().values())


def test_every_requirement_is_bounded_and_pinned() -> None:
    pinned = {canonicalize_name(each): pin for each, pin in pins().items()}
    for requirement in requirements(*CONFIG["project"]["optional-dependencies"]):
        operators = {clause.operator for clause in requirement.specifier}
        assert operators & {"<", "==", "~="}, requirement
        assert requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "")), requirement


def test_every_requirement_says_why() -> None:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf8")
    section = text[text.index("dependencies = [") : text.index("[tool.")]
    lines = [line for line in section.splitlines() if line.startswith('    "')]
    assert lines
    assert [line for line in lines if "  # " not in line] == []


def test_what_is_installed_is_what_is_pinned() -> None:
    wrong = {}
    for each, pin in pins().items():
        if each == "setuptools":
            continue  # comes with the virtual environment; the pin is torch's
        try:
            installed = version(each).split("+")[0]  # 2.13.0+cpu is a build of 2.13.0
        except PackageNotFoundError:
            continue  # an extra that is not here
        if installed != pin:
            wrong[each] = (installed, pin)
    assert wrong == {}


# Documents that cannot rot

DOCUMENTS = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_document_names_what_there_is(path: Path) -> None:
    text = path.read_text(encoding="utf8")
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets
    commands = set(re.findall(r"cli\.py ([a-z]+)", text))
    assert commands <= set(get_command(app).commands)  # type: ignore[attr-defined]
    links = {link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link}
    assert [link for link in links if not (path.parent / link).exists()] == []
    paths = set(re.findall(r"`((?:pipeline|tests|data)/[\w./-]+)`", text))
    assert [each for each in paths if not (PROJECT / each).exists()] == []


def test_every_promise_names_tests_that_there_are() -> None:
    text = (PROJECT / "tests" / "reliability.md").read_text(encoding="utf8")
    code = "\n".join(path.read_text(encoding="utf8") for path in TESTS)
    assert [each for each in re.findall(r"`(test_\w+)`", text) if f"def {each}(" not in code] == []
    assert [each for each in re.findall(r"`(test_\w+\.py)`", text) if not (PROJECT / "tests" / each).exists()] == []


def test_the_examples_of_contributing_are_real() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf8")
    shown = re.findall(r"```csv (\w+)\n(.*?)```", text, re.DOTALL)
    assert shown
    for stem, lines in shown:
        assert set(lines.splitlines()) <= set((lexicon.FOLDER / f"{stem}.csv").read_text(encoding="utf8").splitlines())
    code = "\n".join(path.read_text(encoding="utf8") for path in MODULES)
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        assert [line for line in block.splitlines() if line not in code] == []


def test_the_readme_lists_every_table() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf8")
    assert [table for table in pipeline.schema.TABLES if f"`{table}`" not in text] == []


def test_the_example_in_the_readme_runs() -> None:
    example = re.search(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf8"), re.DOTALL)
    assert example
    lines = [line for line in example[1].splitlines() if "data/processed" not in line]
    scope: dict[str, object] = {}
    for line in lines:
        code, _, result = line.partition("  # '")
        if result:
            assert eval(code, scope) == result.strip().strip("'")
        else:
            exec(code, scope)


def test_nothing_names_the_machine_it_was_made_on() -> None:
    tracked = [
        *MODULES,
        *TESTS,
        *DOCUMENTS,
        *LEXICONS,
        *(PROJECT / each for each in ("Makefile", "pyproject.toml", "constraints.txt", "NOTICE", ".ci/run")),
    ]
    words = re.compile(r"/" r"work/|/" r"root/|/" r"home/|/" r"opt/|file" r"://")
    assert [name(path) for path in tracked if words.search(path.read_text(encoding="utf8"))] == []


def test_every_target_says_what_it_does() -> None:
    lines = (PROJECT / "Makefile").read_text(encoding="utf8").splitlines()
    phony = next(line for line in lines if line.startswith(".PHONY")).split()[1:]
    assert phony == [line.split(":")[0] for line in lines if re.match(r"[a-z]+:.*## ", line)]


def test_ci_and_the_hooks_call_the_same_targets() -> None:
    text = (PROJECT / ".ci/run").read_text(encoding="utf8") + (PROJECT / ".pre-commit-config.yaml").read_text(
        encoding="utf8"
    )
    assert {"lint", "types", "imports", "test"} <= set(re.findall(r"make ([a-z]+)", text))
    assert not re.search(r"ruff check|mypy\s*$|pytest -", text)


# The start of the command line


@pytest.mark.benchmarks
def test_help_starts_fast(tmp_path: Path) -> None:
    bare = tmp_path / "bare.py"
    bare.write_text(
        "import typer\napp = typer.Typer(rich_markup_mode=None)\n@app.command()\ndef a() -> None: ...\n@app.command()\ndef b() -> None: ...\napp()\n",
        encoding="utf8",
    )

    def seconds(script: Path) -> float:
        began = time.perf_counter()
        assert python(str(script), "--help").returncode == 0
        return time.perf_counter() - began

    pairs = [(seconds(PROJECT / "cli.py"), seconds(bare)) for _ in range(7)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert ours - theirs <= 0.4, f"{ours:.3f} s against {theirs:.3f} s"
