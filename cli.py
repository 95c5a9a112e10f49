"""The command line of xianzhi: parses, calls `pipeline`, prints. Results on stdout, all else on stderr.

Exit status: 0 done · 1 failed, nothing published · 2 usage · 3 published with rejects · 4 output in use ·
130 interrupted, 143 terminated, 141 reader gone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

try:
    import typer
except ModuleNotFoundError:
    sys.exit("xianzhi: this Python lacks what `make run` installs; type `. .venv/bin/activate` first")

from pipeline.commands import around
from pipeline.commands.frame import (
    Commands,
    Json,
    Limits,
    Out,
    Quiet,
    Raw,
    Shown,
    Table,
    Tables,
    Told,
    progress,
    put,
    put_json,
    spread,
    tables,
)

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.run import Report

app = typer.Typer(
    name="xianzhi", cls=Commands, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Raw dumps of Chinese local news → Parquet tables of officials, posts, places, dates and figures.",
    epilog="Example: python cli.py run data/raw data/processed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Where `split` writes, or that it only says what it would do."""

    out: Annotated[Path | None, typer.Argument(metavar="[OUT]", help="Output folder; not needed with --explain.")] = (
        None
    )
    explain: Annotated[bool, typer.Option("--explain", help="Print each line's verdict and why; write nothing.")] = (
        False
    )


# How results are printed


def _console() -> Console:
    from rich.console import Console

    tty = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not tty, width=None if tty else 160)


def _finish(report: Report, shown: Shown) -> None:
    """The closing summary, and the exit status."""
    from dataclasses import asdict

    from pipeline.summary import closing

    if shown.as_json:
        put_json(asdict(report) | {"exit_status": report.exit_status})
    elif not shown.quiet:
        put(closing(report, shown.verbose))
    if report.exit_status:
        raise typer.Exit(report.exit_status)


# The jobs


def _job(raw: Path, out: Path, upto: str, told: Told, limits: Limits, shown: Shown) -> None:
    from dataclasses import asdict

    with progress(shown.quiet or shown.as_json) as advance:
        from pipeline.run import run

        report = run(raw, out, upto=upto, progress=advance, **told.options(), **asdict(limits))
    _finish(report, shown)


@app.command(epilog="Example: python cli.py run data/raw data/processed")
@spread
def run(raw: Raw, out: Out, told: Told, limits: Limits, shown: Shown) -> None:
    """Everything: read, split, extract, link, publish the tables. What is unchanged is not done again."""
    _job(raw, out, "link", told, limits, shown)


@app.command(epilog="Example: python cli.py split data/raw data/processed")
@spread
def split(raw: Raw, target: Target, told: Told, limits: Limits, shown: Shown) -> None:
    """Stage 1: raw dumps → documents, articles, paragraphs, segments, bylines."""
    if target.explain:
        _explain(raw, told, shown)
    elif target.out is None:
        from pipeline.errors import UsageError

        raise UsageError("E003", "split needs an output folder", "or --explain, which writes nothing")
    else:
        _job(raw, target.out, "split", told, limits, shown)


def _explain(raw: Path, told: Told, shown: Shown) -> None:
    from dataclasses import asdict

    from pipeline.explain import Reason, explain

    options = {
        name: value
        for name, value in told.options().items()
        if name in ("published", "locality", "source", "text_column")
    }
    reasons = explain(raw, **options)
    if shown.as_json:
        put_json(
            [asdict(each) if isinstance(each, Reason) else {"path": each[0], "error": each[1]} for each in reasons]
        )
        return
    path = ""
    for each in reasons:
        name, line = (each.path, str(each)) if isinstance(each, Reason) else (each[0], f"rejected         {each[1]}")
        if name != path:
            typer.echo(f"# {name}")
            path = name
        typer.echo(line)


@app.command(epilog="Example: python cli.py extract data/processed")
@spread
def extract(out: Out, limits: Limits, shown: Shown) -> None:
    """Stage 2: the articles of OUT → people, posts, organisations, places, dates and figures mentioned."""
    from dataclasses import asdict

    with progress(shown.quiet or shown.as_json) as advance:
        from pipeline.run import extract

        report = extract(out, progress=advance, **asdict(limits))
    _finish(report, shown)


@app.command(epilog="Example: python cli.py link data/processed")
@spread
def link(out: Out, shown: Shown) -> None:
    """Stage 3: the mentions of OUT → people, organisations and places across articles."""
    from pipeline.run import link

    _finish(link(out), shown)


@app.command(epilog="Example: python cli.py plan data/raw data/processed")
@spread
def plan(raw: Raw, out: Out, told: Told, shown: Shown) -> None:
    """What `run` would do to each raw file, and why. Changes nothing."""
    from dataclasses import asdict

    from pipeline.plan import plan
    from pipeline.summary import planned

    verdicts = plan(raw, out, **told.options())
    if shown.as_json:
        put_json([asdict(each) for each in verdicts])
    else:
        put(planned(verdicts, listed=not shown.quiet))


# Looking at an output


@app.command(epilog="Example: python cli.py status data/processed")
def status(out: Out, rejected: Annotated[bool, typer.Option("--rejected", help="Only the rejected documents.")] = False,
           as_json: Json = False) -> None:  # fmt: skip
    """What an output holds: settings, versions, documents, rows, and what was rejected and why."""
    from pipeline.store import manifest
    from pipeline.summary import held

    record = manifest(out)
    record = {"rejects": record["rejects"]} if rejected else record
    if as_json:
        put_json({name: value for name, value in record.items() if name != "inputs"})
    else:
        put(held(record))


@app.command(epilog="Example: python cli.py check data/processed --raw data/raw")
def check(out: Out, raw: Annotated[Path | None, typer.Option(help="Also follow every segment into the raw files.")] = None,
          as_json: Json = False) -> None:  # fmt: skip
    """The invariants of an output: schema, keys, enumerations, ranges, spans back to the raw text."""
    from dataclasses import asdict

    from pipeline.check import check

    problems = list(check(out, raw=raw))
    if as_json:
        put_json([asdict(problem) for problem in problems])
    else:
        put(map(str, problems))
        typer.echo(f"{len(problems)} problems" if problems else "All invariants hold.", err=bool(problems))
    if problems:
        raise typer.Exit(1)


@app.command(epilog="Example: python cli.py schema figures")
def schema(table: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="One table; default: all.", autocompletion=tables)] = None,
           as_json: Json = False) -> None:  # fmt: skip
    """The tables and their columns, in English and Chinese."""
    from pipeline.summary import columns_of, described

    found = described(table)
    if as_json:
        put_json(found)
    else:
        put(columns_of(found))


@app.command(epilog="Example: python cli.py show data/processed 天堂寨")
def show(out: Out, article: Annotated[str, typer.Argument(metavar="ARTICLE", help="An article_id, its beginning, or part of a title.")],
         as_json: Json = False) -> None:  # fmt: skip
    """One article with its mentions marked and its rows beneath."""
    from pipeline import show as view

    rows = view.article(out, article)
    if as_json:
        put_json(rows)
    else:
        _console().print(view.render(rows))


@app.command(epilog="Example: python cli.py why data/processed figures 0")
def why(out: Out, table: Table, row: Annotated[str, typer.Argument(metavar="ROW", help="A row's number from 0, ARTICLE:START, or an id.")],
        as_json: Json = False) -> None:  # fmt: skip
    """From a row back to the raw bytes: article, sentence, span, file and offset, what made the row and who corrected it."""
    from dataclasses import asdict

    from pipeline.show import traced
    from pipeline.why import why

    answer = why(out, table, row)
    if as_json:
        put_json(asdict(answer))
    else:
        _console().print(traced(answer))


@app.command(epilog="Example: python cli.py find data/processed 天堂寨")
def find(out: Out, name: Annotated[str, typer.Argument(metavar="NAME", help="A name or a part of one.")], as_json: Json = False) -> None:  # fmt: skip
    """Everything about a name: people, posts, places, organisations, figures said of it."""
    from pipeline.show import listing
    from pipeline.why import find

    rows = find(out, name)
    if as_json:
        put_json(rows)
    else:
        _console().print(listing(rows))


@app.command(epilog="Example: python cli.py diff before after --table figures")
def diff(a: Annotated[Path, typer.Argument(metavar="A", help="An output folder.")], b: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
         table: Tables = None, html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the changes as a page instead.")] = None,
         quiet: Quiet = False, as_json: Json = False) -> None:  # fmt: skip
    """Two outputs compared row by row; -q prints the counts only. Exit status 1 where they differ."""
    from collections import Counter
    from dataclasses import asdict

    from pipeline.diff import diff
    from pipeline.show import change

    changes = list(diff(a, b, tuple(table or ())))
    if html:
        from pipeline.report import compared

        compared(a, b, changes, html)
    if as_json:
        put_json([asdict(each) for each in changes])
    else:
        console = _console()
        for each in () if quiet or html else changes:
            console.print(change(each))
        for name, n in sorted(Counter(f"{each.table} {each.kind}" for each in changes).items()):
            typer.echo(f"{name:<32}{n:,}")
        put(() if changes else ["The outputs hold the same rows."])
    if changes:
        raise typer.Exit(1)


# Taking it elsewhere


def _formats(incomplete: str) -> list[str]:
    from pipeline.export import WRITERS

    return [name for name in WRITERS if name.startswith(incomplete)]


@app.command(epilog="Example: python cli.py export data/processed county.xlsx")
def export(out: Out, target: Annotated[Path, typer.Argument(metavar="TARGET", help="File to write; a folder for csv and delta.")],
           form: Annotated[str | None, typer.Option("--format", help="csv, xlsx, sqlite, duckdb, delta, jsonl, label-studio, doccano, spacy or conll; default: by TARGET's ending.", autocompletion=_formats)] = None,
           table: Tables = None, quiet: Quiet = False) -> None:  # fmt: skip
    """The tables for other programs: CSV for Excel, a workbook, SQLite (Datasette opens it), DuckDB, Delta Lake, JSON lines."""
    from pipeline.export import ENDINGS, export

    written = export(out, target, form or ENDINGS.get(target.suffix, "csv"), table or ())
    put(() if quiet else map(str, written.paths))
    if written.note:
        typer.echo(written.note, err=True)


@app.command("import", epilog="Example: python cli.py import reviewed.json data/processed --who 王芳")
def take_back(reviewed: Annotated[Path, typer.Argument(metavar="REVIEWED", help="What Label Studio, doccano, spaCy or CoNLL made of an export.")], out: Out,
              who: Annotated[str, typer.Option(help="The reviewer, noted in every line.")] = "",
              gold: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the reviewed articles as gold instead of corrections.")] = None,
              as_json: Json = False) -> None:  # fmt: skip
    """A reviewed export back: as corrections beside the dumps, which `link` applies, or as gold articles to train and score on."""
    from dataclasses import asdict

    from pipeline import review as reviewing
    from pipeline.store import manifest

    found = reviewing.review(out, reviewed, who=who, when=datetime.now(tz=UTC).date())
    written = gold
    if gold:
        reviewing.write_gold(out, found, gold)
    elif found.lines:
        written = reviewing.append(Path(manifest(out)["settings"]["raw"]), found.lines)
    if as_json:
        put_json(asdict(found) | {"written": written})
    else:
        put(f"cannot be read by itself, add it by hand: {each}" for each in found.unread)
        what = f"{len(found.lines)} lines → {written}" if written else "nothing changed"
        what += f"; apply them: python cli.py link {out}" * bool(written and not gold)
        typer.echo(f"{len(found.articles)} articles, {what}")


@app.command(epilog="Example: python cli.py report data/processed report.html")
def report(out: Out, target: Annotated[Path, typer.Argument(metavar="[TARGET]", help="HTML file to write; a folder above 5,000 articles.")] = Path("report.html"),
           quiet: Quiet = False) -> None:  # fmt: skip
    """The output as a page to look at: articles with their mentions, officials, places, figures. Needs no network."""
    from pipeline.report import report

    written = report(out, target)
    put(() if quiet else map(str, written[:1]))


app.add_typer(around.app)
app.add_typer(around.divisions, name="gazetteer")


@app.command(epilog="Example: python cli.py version")
def version() -> None:
    """The version of xianzhi and of its tables."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    from pipeline.schema import SCHEMA_VERSION

    try:
        number = installed("xianzhi")
    except PackageNotFoundError:
        number = "(not installed)"
    typer.echo(f"xianzhi {number}, schema {SCHEMA_VERSION}")


def main() -> None:
    """The entry point. A console that cannot show a character gets its escape, not an error."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(prog_name=None if sys.argv[0].endswith(".py") else "xianzhi")


if __name__ == "__main__":
    main()
