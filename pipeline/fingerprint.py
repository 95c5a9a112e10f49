"""What a stage's rows depend on besides the input: its code, lexicons and distributions, each with a fingerprint.

A stage names the modules that it begins with; the modules that those import, the lexicons that any of them
names, and the distributions that they use, are read off their source. So a change of one file, or another
version of jieba, redoes what depends on it and nothing else.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import lexicon
from .schema import SCHEMA_VERSION

_HERE = Path(__file__).parent
# A statement of import, found in the text: to parse all modules takes 0.2 s, in every worker.
_IMPORT = re.compile(r"^ *(?:from (\.*)([\w.]*) import (\([^)]*\)|[^\n]*)|import ([^\n#]*))", re.MULTILINE)
_NAME = re.compile(r"(?:^|[,(])\s*([\w.]+)")  # without `as`
_DISTRIBUTION = {"pdfminer": "pdfminer.six"}  # where the name is not the package's


@cache
def components(*roots: str) -> Mapping[str, str]:
    """Name → fingerprint of all that the modules `roots` depend on: `code`, `x.csv` for each lexicon x, versions of distributions."""
    sources = {path: path.read_bytes() for path in _closure(roots)}
    code = hashlib.sha256(SCHEMA_VERSION.encode())
    for path in sorted(sources):
        code.update(path.relative_to(_HERE).as_posix().encode() + b"\0" + sources[path])
    text = b"\n".join(sources.values())
    used = [p for p in sorted(lexicon.FOLDER.glob("*.csv")) if f'"{p.stem}"'.encode() in text]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in used}
    return {"code": code.hexdigest()[:16], **found, **_distributions(sources)}


def _distributions(modules: Iterable[Path]) -> dict[str, str]:
    """The distributions that the modules import and their versions; empty for an extra that is not installed."""
    tops = {name.split(".")[0] for path in modules for name in _imports(path)[1]}
    found = {}
    for top in sorted(tops - sys.stdlib_module_names):
        name = _DISTRIBUTION.get(top, top)
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def _closure(roots: tuple[str, ...]) -> set[Path]:
    """The files of the modules named (`split`, `extract/bylines`, `extract`) and of all that they import from this package."""
    found: set[Path] = set()
    todo = [path for root in roots for path in _files(_HERE / root)]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += _imports(path)[0]
    return found


def _files(module: Path) -> list[Path]:
    """A module's file, or a package's `__init__`; nothing where the name is neither."""
    return [p for p in (module.with_name(f"{module.name}.py"), module / "__init__.py") if p.is_file()]


@cache
def _imports(path: Path) -> tuple[frozenset[Path], frozenset[str]]:
    """What a module imports: files of this package by relative imports, and the names of modules outside it."""
    inner: set[Path] = set()
    outer: set[str] = set()
    for dots, module, names, plain in _IMPORT.findall(path.read_text(encoding="utf8")):
        if dots:
            base = path.parents[len(dots) - 1] / module.replace(".", "/")
            inner.update(_files(base) if module else ())
            inner.update(file for name in _NAME.findall(names) for file in _files(base / name))
        else:
            outer.update([module] if module else _NAME.findall(plain))
    return frozenset(inner), frozenset(outer)
