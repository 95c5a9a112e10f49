"""What a stage depends on is read off the source: the same imports that a parser finds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pipeline import fingerprint

from .conftest import ROOT

MODULES = sorted((ROOT / "pipeline").rglob("*.py"))


def parsed(path: Path) -> tuple[set[str], set[str]]:
    """Modules of this package and others, by the syntax tree."""
    inner, outer = set[str](), set[str]()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1] / (node.module or "").replace(".", "/")
            inner |= {str(base / alias.name) for alias in node.names} | ({str(base)} if node.module else set())
        elif isinstance(node, ast.ImportFrom):
            outer.add(node.module or "")
        elif isinstance(node, ast.Import):
            outer |= {alias.name for alias in node.names}
    return {f"{name}.py" for name in inner} | {f"{name}/__init__.py" for name in inner}, outer


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_are_those_that_a_parser_finds(path: Path) -> None:
    inner, outer = fingerprint._imports(path)
    want, others = parsed(path)
    assert {str(each) for each in inner} == {each for each in want if Path(each).is_file()}
    assert others <= outer, "an example in a docstring may add one, but none is missed"


def test_a_stage_depends_on_its_modules_lexicons_and_distributions() -> None:
    found = fingerprint.components("extract")
    assert {"code", "names_surnames.csv", "pyarrow"} <= set(found)
    assert set(fingerprint.components("split")) <= set(fingerprint.components("documents"))
    assert "posts_ranks.csv" not in fingerprint.components("split")
