"""What a stage's rows depend on besides the input: its code and lexicons, each with a fingerprint.

A stage names the modules that it begins with; the modules that those import, and the lexicons that any of
them names, are read off their source. So a change of one file redoes what depends on it and nothing else.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from . import lexicon
from .schema import SCHEMA_VERSION

_HERE = Path(__file__).parent


@cache
def components(*roots: str) -> Mapping[str, str]:
    """Name → fingerprint of all that the modules `roots` depend on: `code`, and `x.csv` for each lexicon x."""
    sources = {path: path.read_bytes() for path in _closure(roots)}
    code = hashlib.sha256(SCHEMA_VERSION.encode())
    for path in sorted(sources):
        code.update(path.relative_to(_HERE).as_posix().encode() + b"\0" + sources[path])
    text = b"\n".join(sources.values())
    used = [p for p in sorted(lexicon.FOLDER.glob("*.csv")) if f'"{p.stem}"'.encode() in text]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in used}
    return {"code": code.hexdigest()[:16], **found}


def _closure(roots: tuple[str, ...]) -> set[Path]:
    """The files of the modules named (`split`, `extract/bylines`, `extract`) and of all that they import from this package."""
    found: set[Path] = set()
    todo = [path for root in roots for path in _files(_HERE / root)]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += _imports(path)
    return found


def _files(module: Path) -> list[Path]:
    """A module's file, or a package's `__init__`; nothing where the name is neither."""
    return [p for p in (module.with_name(f"{module.name}.py"), module / "__init__.py") if p.is_file()]


def _imports(path: Path) -> list[Path]:
    """The files of this package that a module imports by a relative import."""
    found: list[Path] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1] / (node.module or "").replace(".", "/")
            found += _files(base) if node.module else []
            found += [file for alias in node.names for file in _files(base / alias.name)]
    return found
