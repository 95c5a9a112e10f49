"""The frame of the command line: errors as one line and an exit status, the options that commands share, progress, printing."""

from __future__ import annotations

import inspect
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from ..run import Progress


class _Terminated(KeyboardInterrupt):
    """SIGTERM: workers are stopped and the lock is freed on the way out, as with Ctrl-C."""


class Commands(TyperGroup):
    """Every failure of any command as one line on stderr and its exit status."""

    def invoke(self, ctx: Any) -> Any:
        before = signal.signal(signal.SIGTERM, _terminated)
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (typer.TyperException, typer.Abort, typer.Exit):
            raise
        except KeyboardInterrupt as stop:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is stopping already
            typer.echo(
                "xianzhi: interrupted; finished documents are kept, the same command goes on from there", err=True
            )
            raise typer.Exit(143 if isinstance(stop, _Terminated) else 130) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to flush goes nowhere
            raise typer.Exit(141) from None
        except Exception as error:
            from ..errors import PipelineError  # late, so that --help stays fast

            if isinstance(error, PipelineError):
                typer.echo(f"xianzhi: {error}", err=True)
                raise typer.Exit(error.exit_status) from None
            if ctx.meta.get("verbose"):
                raise
            typer.echo(f"xianzhi: E999 {type(error).__name__}: {error} — a bug; run again with -v and report the traceback", err=True)  # fmt: skip
            raise typer.Exit(1) from None
        finally:
            signal.signal(signal.SIGTERM, before)


def _terminated(*_: object) -> None:
    raise _Terminated


# What commands are told


def tables(incomplete: str) -> list[str]:
    from ..schema import TABLES

    return [name for name in TABLES if name.startswith(incomplete)]


def _remember(ctx: typer.Context, verbose: bool) -> bool:
    ctx.meta["verbose"] = verbose
    return verbose


Raw = Annotated[Path, typer.Argument(metavar="RAW", help="Folder of text dumps (with sources.csv if you have one), or one file.")]  # fmt: skip
Out = Annotated[Path, typer.Argument(metavar="OUT", help="Output folder.")]
Table = Annotated[str, typer.Argument(metavar="TABLE", help="A table.", autocompletion=tables)]
Tables = Annotated[
    list[str] | None, typer.Option("--table", help="Only this table (repeatable).", autocompletion=tables)
]
Gazetteers = Annotated[
    list[Path] | None, typer.Option("--gazetteer", help="Add divisions from CSV or Parquet (repeatable).")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors and results.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", callback=_remember, help="Also list every rejected document; tracebacks for bugs.")]  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is said of the raw files besides themselves."""

    published: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Publication date where nothing else tells it.")] = None  # fmt: skip
    locality: Annotated[str | None, typer.Option(help="The paper's own unit where nothing else tells it, e.g. 浙江省衢州市柯城区.")] = None  # fmt: skip
    source: Annotated[str | None, typer.Option(help="The paper's name where nothing else tells it.")] = None
    gazetteer: Gazetteers = None
    text_column: Annotated[str | None, typer.Option(metavar="NAME", help="Column of JSONL, CSV and Parquet dumps that holds the text.")] = None  # fmt: skip
    recogniser: Annotated[str, typer.Option(metavar="NAME", help="What finds names beside the rules: crf, hanlp, or rules for nothing.")] = "crf"  # fmt: skip
    model: Annotated[str | None, typer.Option(metavar="MODEL", help="Its model: a weights file for crf, a folder or name for hanlp.")] = None  # fmt: skip
    private_names: Annotated[str, typer.Option(metavar="MODE", help="Names of people without a public post: keep, initial (王某某) or drop.")] = "keep"  # fmt: skip
    retry_rejected: Annotated[bool, typer.Option("--retry-rejected", help="Also try again what was rejected before and has not changed.")] = False  # fmt: skip

    def options(self) -> dict[str, Any]:
        return {
            "published": self.published.date() if self.published else None, "locality": self.locality,
            "source": self.source, "gazetteers": self.gazetteer or (), "text_column": self.text_column,
            "recogniser": self.recogniser, "model": self.model,
            "private_names": self.private_names, "retry_rejected": self.retry_rejected,
        }  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """The workers, and what one file may take in one."""

    workers: Annotated[int | None, typer.Option(min=0, help="Worker processes; default: as many as cores and work are worth; 0: none, and no limits.")] = None  # fmt: skip
    limit_s: Annotated[
        float, typer.Option(min=1, help="Seconds that one file may take in a worker, for each megabyte of it.")
    ] = 300.0
    limit_mb: Annotated[int | None, typer.Option(min=64, help="Memory that a worker may add; default: no limit.")] = None  # fmt: skip
    engine: Annotated[str, typer.Option(metavar="NAME", help="What runs the workers: processes, or dask for more than one machine.")] = "processes"  # fmt: skip
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask's scheduler, e.g. tcp://10.0.0.1:8786; default: a cluster on this machine.")] = None  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """How much is printed, and as what."""

    as_json: Json = False
    quiet: Quiet = False
    verbose: Verbose = False


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """A parameter whose type is a dataclass becomes one option a field."""
    groups: dict[str, Any] = {}
    parameters: list[inspect.Parameter] = []
    for name, kind in get_type_hints(command, include_extras=True).items():
        if isinstance(kind, type) and is_dataclass(kind):
            groups[name] = kind
            hints = get_type_hints(kind, include_extras=True)
            parameters += [
                inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
                for f in fields(kind)
            ]
        elif name != "return":
            parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind))

    @wraps(command)
    def called(**given: Any) -> None:
        made = {name: kind(**{f.name: given.pop(f.name) for f in fields(kind)}) for name, kind in groups.items()}
        command(**given, **made)

    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


@contextmanager
def progress(quiet: bool) -> Iterator[Progress | None]:
    """A bar on a terminal, a line every 30 s elsewhere, nothing when quiet."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import (  # fmt: skip
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        parts = (TextColumn("documents"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("documents", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        last = time.monotonic()

        def line(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= 30:
                last = time.monotonic()
                typer.echo(f"{done:,} of {total:,} documents", err=True)

        yield line


def put(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def put_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))
