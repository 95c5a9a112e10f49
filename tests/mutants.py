"""Mutation testing: how many small wrong changes of a module its tests notice: `python -m tests.mutants [MODULE …]`.

In: a module of pipeline/, and the tests that belong to it. A mutant is the module with one change: a comparison, an operator, a constant,
a condition, a statement left out, an exception not caught. It is written into a copy of the project, and the tests run there until one fails,
in a fork of this process, which has imported what is large. Out: the mutants that no test noticed. Those of `mutants.csv` change
nothing that could be noticed, and are left out with the reason given there. The exit status is 1 where a module is below 90 %.
(mutmut leaves decorated functions and declarations as they are, a third of these modules; cosmic-ray starts Python anew for each mutant, 3 s.)
"""

from __future__ import annotations

import argparse
import ast
import copy
import csv
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Final

import hypothesis.stateful  # noqa: F401  (imported once for all mutants, as the next three are)
import pandas as pd  # noqa: F401
import pyarrow.compute
import pyarrow.parquet  # noqa: F401
import pytest

from .conftest import ROOT

TESTS: Final = {  # the quick ones first
    "store": ("tests/test_store.py", "tests/test_durability.py::test_a_failing_disk_leaves_the_old_data"),
    "engine": ("tests/test_engine.py",),
    "schema": ("tests/test_schema.py", "tests/test_docs.py::test_a_generated_page_is_fresh[tables.md]"),
    "numerals": ("tests/test_numerals.py",),
}
WANTED: Final = 0.9

_SWAPS: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.FloorDiv: ast.Div, ast.Mod: ast.Div,
    ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip
_UNTOUCHED: Final = ("annotation", "returns", "type_params", "format_spec", "ctx")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change: where, what stood there, what stands there now, and all of its source."""

    module: str
    function: str
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.before} → {self.after}"


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its source."""
    tree = ast.parse(source)
    for function, parent, field, index in _places(tree):
        found = getattr(parent, field)
        old = found if index is None else found[index]
        for new in _variants(old, parent, field):
            _put(parent, field, index, new)
            yield Mutant(module, function, *_told(old, new, parent), ast.unparse(tree))
        _put(parent, field, index, old)


def _places(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST, str, int | None]]:
    """Every place of a tree that holds a node: the function, the parent, its field and the index there."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
    for field, value in ast.iter_fields(node):
        if field in _UNTOUCHED:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield function, node, field, index
                yield from _places(child, function)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _variants(node: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    if type(node) in _SWAPS:
        yield _SWAPS[type(node)]()
    condition = field == "test" or (isinstance(parent, ast.comprehension) and field == "ifs")
    if condition and not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)  # type: ignore[arg-type]
    match node:
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant() if not isinstance(parent, ast.Expr):  # or it is documentation
            yield from _constants(node)
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and not value.value):
            yield ast.Return(ast.Constant(None))
        case ast.ExceptHandler(type=ast.expr()):
            caught = copy.copy(node)
            caught.type = ast.Tuple([], ast.Load())
            yield caught
        case ast.Call(func=ast.Name(id="suppress"), args=[_, *_]):
            yield ast.Call(node.func, [], [])


def _constants(node: ast.Constant) -> Iterator[ast.Constant]:
    match node.value:
        case bool():
            yield ast.Constant(not node.value)
        case int() | float():
            yield ast.Constant(node.value + 1)
        case str():
            yield ast.Constant(f"XX{node.value}XX")
        case bytes():
            yield ast.Constant(b"XX" + node.value)


def _told(old: ast.AST, new: ast.AST, parent: ast.AST) -> tuple[str, str]:
    """What stood and what stands there: of an operator or an exception caught the whole expression or line."""
    if isinstance(new, ast.ExceptHandler) and isinstance(old, ast.ExceptHandler) and old.type:
        return f"except {ast.unparse(old.type)}", "except ()"
    if type(old) in _SWAPS and not isinstance(old, ast.stmt):
        return ast.unparse(_with(parent, new, old)), ast.unparse(parent)
    return ast.unparse(old), ast.unparse(new)


def _with(parent: ast.AST, new: ast.AST, old: ast.AST) -> ast.AST:
    """The parent as it was, with `old` for `new`."""
    return copy.copy(parent).__class__(**{
        field: [old if each is new else each for each in value] if isinstance(value, list) else old if value is new else value
        for field, value in ast.iter_fields(parent)
    })  # fmt: skip


# Running them


class Workshop:
    """A copy of the project, in which mutants of one module are tested."""

    def __init__(self, module: str, folder: Path) -> None:
        self.module, self.project, self.temporary = module, folder / "project", folder / "tmp"
        left_out = shutil.ignore_patterns(".*", "__pycache__", "processed", "notebooks")
        shutil.copytree(ROOT, self.project, ignore=left_out)
        self.source = (ROOT / "pipeline" / f"{module}.py").read_text(encoding="utf8")
        self.moment = 10**9
        began = time.monotonic()
        if self.noticed(ast.unparse(ast.parse(self.source)), 600.0):
            raise SystemExit(f"the tests of {module} fail without a mutant")
        self.limit_s = 20.0 + 3 * (time.monotonic() - began)

    def noticed(self, source: str, limit_s: float | None = None) -> bool:
        """Whether a test fails, or does not end, with this source in the module's place."""
        path = self.project / "pipeline" / f"{self.module}.py"
        path.write_text(source, encoding="utf8")
        self.moment += 2
        os.utime(
            path, (self.moment, self.moment)
        )  # a second in which two are written would make the bytecode of one stand for the other
        child = os.fork()
        if not child:
            os._exit(self._test())
        deadline = time.monotonic() + (limit_s or self.limit_s)
        while not (done := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < deadline:
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # and what its tests may have left
        return (done if done[0] else os.waitpid(child, 0))[1] != 0

    def _test(self) -> int:
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for each in range(3):
            os.dup2(silence, each)
        os.chdir(self.project)
        sys.path.insert(0, str(self.project))
        for name in [name for name in sys.modules if name.split(".")[0] in ("tests", "pipeline")]:
            del sys.modules[name]
        sys.modules["__main__"] = ModuleType("__main__")  # or every worker process would import this module
        os.environ["CI"] = "1"  # Hypothesis tries the same examples every time
        early = "ignore::pytest.PytestAssertRewriteWarning"  # of Hypothesis, which is imported already
        options = ("-x", "-p", "no:cacheprovider", "-W", early, "--basetemp", str(self.temporary))
        return int(pytest.main([*TESTS[self.module], *options]))


def equivalent() -> set[tuple[str, ...]]:
    """The mutants that change nothing, as module, function, before and after."""
    with (ROOT / "tests" / "mutants.csv").open(encoding="utf8", newline="") as file:
        return {(row["module"], row["function"], row["before"], row["after"]) for row in csv.DictReader(file)}


def survivors(module: str, most: int, seed: int) -> float:
    """Names the mutants of a module that no test notices; returns the share of those that are noticed."""
    with TemporaryDirectory() as folder:
        shop = Workshop(module, Path(folder))
        same = equivalent()
        every = [each for each in mutants(module, shop.source) if (each.module, each.function, each.before, each.after) not in same]  # fmt: skip
        tried = every if len(every) <= most else random.Random(seed).sample(every, most)
        killed = 0
        for count, mutant in enumerate(tried, 1):
            noticed = shop.noticed(mutant.source)
            killed += noticed
            sys.stderr.write(f"\r{module} {count}/{len(tried)}")
            if not noticed:
                sys.stdout.write(f"{mutant}\n")
                sys.stdout.flush()
    share = killed / len(tried)
    sys.stdout.write(f"{module}: {killed} of {len(tried)} mutants noticed, {share:.1%} (there are {len(every)})\n")
    return share


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("modules", nargs="*", default=list(TESTS), help=", ".join(TESTS))
    parser.add_argument("--most", type=int, default=10_000, help="try so many of each module, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args(argv)
    return int(any(survivors(module, told.most, told.seed) < WANTED for module in told.modules))


if __name__ == "__main__":
    sys.exit(main())
