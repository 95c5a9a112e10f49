"""The command line of xianzhi: parses, calls `pipeline`, prints. Results on stdout, all else on stderr.

Exit status: 0 done · 1 failed, nothing published · 2 usage · 3 published with rejects · 4 output in use · 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.run import Report

app = typer.Typer(
    name="xianzhi", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Raw dumps of Chinese local news → Parquet tables of officials, posts, places, dates and figures.",
    epilog="Example: python cli.py run data/raw data/processed",
)  # fmt: skip

Raw = Annotated[
    Path, typer.Argument(metavar="RAW", help="Folder of text dumps (with sources.csv if you have one), or one file.")
]
Out = Annotated[Path, typer.Argument(metavar="OUT", help="Output folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors and results.")]
Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="Also list every rejected document; tracebacks for bugs.")
]
Workers = Annotated[
    int | None,
    typer.Option(min=0, help="Worker processes; default: as many as cores and work are worth; 0: none, and no limits."),
]
Published = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Publication date where nothing else tells it.")
]
LocalityOption = Annotated[
    str | None,
    typer.Option("--locality", help="The paper's own unit where nothing else tells it, e.g. 浙江省衢州市柯城区."),
]
SourceOption = Annotated[str | None, typer.Option("--source", help="The paper's name where nothing else tells it.")]
Seconds = Annotated[float, typer.Option("--limit-s", min=1, help="Seconds that one file may take in a worker.")]
Megabytes = Annotated[
    int | None, typer.Option("--limit-mb", min=64, help="Memory that a worker may add; default: no limit.")
]
TextOption = Annotated[
    str | None,
    typer.Option("--text-column", metavar="NAME", help="Column of JSONL, CSV and Parquet dumps that holds the text."),
]
Retry = Annotated[
    bool, typer.Option("--retry-rejected", help="Also try again what was rejected before and has not changed.")
]
Gazetteers = Annotated[
    list[Path] | None, typer.Option("--gazetteer", help="Add divisions from CSV or Parquet (repeatable).")
]


class _Terminated(KeyboardInterrupt):
    """SIGTERM: workers are stopped and the lock is freed on the way out."""


def _terminated(*_: object) -> None:
    raise _Terminated


@contextmanager
def _errors(verbose: bool = False) -> Iterator[None]:
    """Every failure as one line on stderr and its exit status; SIGTERM ends a job as Ctrl-C does."""
    import signal

    from pipeline.errors import PipelineError

    signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    except PipelineError as error:
        typer.echo(f"xianzhi: {error}", err=True)
        raise typer.Exit(error.exit_status) from None
    except KeyboardInterrupt as stop:
        typer.echo("xianzhi: interrupted; finished documents are kept, the same command goes on from there", err=True)
        raise typer.Exit(143 if isinstance(stop, _Terminated) else 130) from None
    except BrokenPipeError:
        raise typer.Exit(141) from None
    except Exception as error:
        if verbose:
            raise
        typer.echo(
            f"xianzhi: E999 {type(error).__name__}: {error} — a bug; run again with -v and report the traceback",
            err=True,
        )
        raise typer.Exit(1) from None


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, a line every 30 s elsewhere, nothing when quiet."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import (
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


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def _finish(report: Report, as_json: bool, quiet: bool, verbose: bool) -> None:
    """The closing summary, and the exit status."""
    from dataclasses import asdict

    if as_json:
        _print_json(asdict(report) | {"exit_status": report.exit_status})
    elif not quiet:
        documents = " ".join(f"{status}={n:,}" for status, n in report.documents.items())
        state = "" if report.published else "  unchanged, nothing touched"
        files = " ".join(f"{what}={n:,}" for what, n in sorted(report.done.items()))
        typer.echo(f"Done in {report.elapsed_s:.1f} s: {report.out}  documents: {documents or 'none'}{state}")
        typer.echo(f"  files  {files or 'none'}")
        typer.echo("  rows   " + "  ".join(f"{name}={rows:,}" for name, rows in report.rows.items()))
        _print_rejects(report, verbose)
        if total := sum(report.seconds.values()):
            shares = "  ".join(f"{stage} {s / total:.0%}" for stage, s in report.seconds.items())
            typer.echo(f"  time   {shares}  of {total:.1f} CPU s")
    if report.exit_status:
        raise typer.Exit(report.exit_status)


def _print_rejects(report: Report, verbose: bool) -> None:
    from collections import Counter

    from pipeline.errors import CODES

    codes = Counter(reason.split(" ", 1)[0] for _, reason in report.rejects)
    if codes:
        listed = ", ".join(f"{code} {CODES.get(code, '')} ({n})" for code, n in sorted(codes.items()))
        typer.echo(
            f"  rejected {len(report.rejects)}: {listed}"
            + ("" if verbose else "  (-v lists them; also in the documents table)")
        )
        for path, reason in report.rejects if verbose else ():
            typer.echo(f"    {path}: {reason}")


def _pipeline(raw: Path, out: Path, upto: str, published: datetime | None, locality: str | None, source: str | None,
              gazetteers: list[Path] | None, text_column: str | None, retry: bool, workers: int | None, limit_s: float, limit_mb: int | None, as_json: bool, quiet: bool, verbose: bool) -> None:  # fmt: skip
    with _errors(verbose), _progress(quiet or as_json) as progress:
        from pipeline.run import run

        report = run(
            raw, out, upto=upto, published=published.date() if published else None, locality=locality, source=source,
            gazetteers=gazetteers or (), text_column=text_column, retry_rejected=retry, workers=workers, limit_s=limit_s, limit_mb=limit_mb, progress=progress,
        )  # fmt: skip
    _finish(report, as_json, quiet, verbose)


@app.command(epilog="Example: python cli.py run data/raw data/processed")
def run(raw: Raw, out: Out, published: Published = None, locality: LocalityOption = None, source: SourceOption = None,
        gazetteer: Gazetteers = None, text_column: TextOption = None, retry_rejected: Retry = False, workers: Workers = None, limit_s: Seconds = 300.0, limit_mb: Megabytes = None, as_json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:  # fmt: skip
    """Everything: read, split, extract, link, publish the tables. What is unchanged is not done again."""
    _pipeline(
        raw,
        out,
        "link",
        published,
        locality,
        source,
        gazetteer,
        text_column,
        retry_rejected,
        workers,
        limit_s,
        limit_mb,
        as_json,
        quiet,
        verbose,
    )


@app.command(epilog="Example: python cli.py split data/raw data/processed")
def split(raw: Raw, out: Out, published: Published = None, locality: LocalityOption = None, source: SourceOption = None,
          gazetteer: Gazetteers = None, text_column: TextOption = None, retry_rejected: Retry = False, workers: Workers = None, limit_s: Seconds = 300.0, limit_mb: Megabytes = None, as_json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:  # fmt: skip
    """Stage 1: raw dumps → documents, articles, paragraphs, segments, bylines."""
    _pipeline(
        raw,
        out,
        "split",
        published,
        locality,
        source,
        gazetteer,
        text_column,
        retry_rejected,
        workers,
        limit_s,
        limit_mb,
        as_json,
        quiet,
        verbose,
    )


@app.command(epilog="Example: python cli.py extract data/processed")
def extract(
    out: Out, workers: Workers = None, as_json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Stage 2: the articles of OUT → people, posts, organisations, places, dates and figures mentioned."""
    with _errors(verbose), _progress(quiet or as_json) as progress:
        from pipeline.run import extract

        report = extract(out, workers=workers, progress=progress)
    _finish(report, as_json, quiet, verbose)


@app.command(epilog="Example: python cli.py link data/processed")
def link(out: Out, as_json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Stage 3: the mentions of OUT → people, organisations and places across articles."""
    with _errors(verbose):
        from pipeline.run import link

        report = link(out)
    _finish(report, as_json, quiet, verbose)


@app.command(epilog="Example: python cli.py plan data/raw data/processed")
def plan(raw: Raw, out: Out, published: Published = None, locality: LocalityOption = None, source: SourceOption = None,
         gazetteer: Gazetteers = None, text_column: TextOption = None, retry_rejected: Retry = False, as_json: Json = False) -> None:  # fmt: skip
    """What `run` would do to each raw file, and why. Changes nothing."""
    from collections import Counter
    from dataclasses import asdict

    with _errors():
        from pipeline.plan import plan

        verdicts = plan(
            raw, out, published=published.date() if published else None, locality=locality, source=source,
            gazetteers=gazetteer or (), text_column=text_column, retry_rejected=retry_rejected,
        )  # fmt: skip
    if as_json:
        _print_json([asdict(each) for each in verdicts])
        return
    for each in verdicts:
        what = " + ".join(each.stages) or each.verdict
        typer.echo(f"{what:<16}{each.path}  ({each.reason})")
    counts = Counter(each.verdict for each in verdicts)
    typer.echo("  ".join(f"{verdict}={n:,}" for verdict, n in sorted(counts.items())), err=True)


@app.command(epilog="Example: python cli.py status data/processed")
def status(out: Out, rejected: Annotated[bool, typer.Option("--rejected", help="Only the rejected documents.")] = False,
           as_json: Json = False) -> None:  # fmt: skip
    """What an output holds: settings, versions, documents, rows, and what was rejected and why."""
    with _errors():
        from pipeline.store import manifest

        record = manifest(out)
    if rejected:
        record = {"rejects": record["rejects"]}
    if as_json:
        _print_json({name: value for name, value in record.items() if name != "inputs"})
        return
    for name in ("settings", "documents"):
        for key, value in record.get(name, {}).items():
            typer.echo(f"{name:<11}{key:<24}{value if value or value == 0 else '-'}")
    for table, entry in record.get("tables", {}).items():
        typer.echo(f"{'rows':<11}{table:<24}{entry['rows']:,}  (run {entry['run_id']})")
    for path, reason in record["rejects"]:
        typer.echo(f"{'rejected':<11}{path}: {reason}")


@app.command(epilog="Example: python cli.py check data/processed --raw data/raw")
def check(out: Out, raw: Annotated[Path | None, typer.Option(help="Also follow every segment into the raw files.")] = None,
          as_json: Json = False) -> None:  # fmt: skip
    """The invariants of an output: schema, keys, enumerations, ranges, spans back to the raw text."""
    from dataclasses import asdict

    with _errors():
        from pipeline.check import check

        problems = list(check(out, raw=raw))
    if as_json:
        _print_json([asdict(problem) for problem in problems])
    else:
        for problem in problems:
            typer.echo(str(problem))
        typer.echo(f"{len(problems)} problems" if problems else "All invariants hold.", err=bool(problems))
    if problems:
        raise typer.Exit(1)


@app.command(epilog="Example: python cli.py schema figures")
def schema(table: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="One table; default: all.")] = None,
           as_json: Json = False) -> None:  # fmt: skip
    """The tables and their columns, in English and Chinese."""
    with _errors():
        from pipeline.errors import UsageError
        from pipeline.schema import TABLES, columns

        if table is not None and table not in TABLES:
            raise UsageError("E005", f"no table {table!r}", f"one of {', '.join(TABLES)}")
    described: dict[str, Any] = {
        name: {"description": row.doc, "key": row.key, "columns": [
            {"name": c.name, "type": str(c.type), "null": c.nullable, "en": c.en, "zh": c.zh, "values": c.values, "to": c.to}
            for c in columns(name)]}
        for name, row in TABLES.items() if table in (None, name)
    }  # fmt: skip
    if as_json:
        _print_json(described)
        return
    for name, each in described.items():
        typer.echo(f"{name} — {each['description'][0]} · {each['description'][1]}")
        for c in each["columns"]:
            notes = (" | " + ", ".join(c["values"]) if c["values"] else "") + (f" → {c['to']}" if c["to"] else "")
            typer.echo(f"  {c['name']:<18}{c['type'] + ('?' if c['null'] else ''):<15}{c['en']} · {c['zh']}{notes}")


@app.command(epilog="Example: python cli.py show data/processed 省经信厅领导")
def show(out: Out, article: Annotated[str, typer.Argument(metavar="ARTICLE", help="An article_id, its beginning, or part of a title.")],
         as_json: Json = False) -> None:  # fmt: skip
    """One article with its mentions marked and its rows beneath."""
    with _errors():
        from pipeline import show as view

        rows = view.article(out, article)
        if as_json:
            _print_json(rows)
        else:
            _console().print(view.render(rows))


@app.command(epilog="Example: python cli.py why data/processed figures 0")
def why(out: Out, table: Annotated[str, typer.Argument(metavar="TABLE", help="A table.")],
        row: Annotated[str, typer.Argument(metavar="ROW", help="A row's number from 0, ARTICLE:START, or an id.")], as_json: Json = False) -> None:  # fmt: skip
    """From a row back to the raw bytes: article, sentence, span, file and offset, and what made the row."""
    from dataclasses import asdict

    with _errors():
        from pipeline.why import why

        found, traces = why(out, table, row)
        if as_json:
            _print_json({"row": found, "traces": [asdict(trace) for trace in traces]})
            return
        from rich.text import Text

        console = _console()
        for name, value in found.items():
            if value is not None and name != "text":
                console.print(Text(f"{name:<20}", "dim").append(str(value), "default"))
        for trace in traces:
            sentence = Text(trace.sentence)
            sentence.stylize("bold reverse", trace.start, trace.end)
            facts = (trace.article_id, trace.title or "", trace.paragraph, trace.made_by)
            console.print(Text("\n" + " · ".join(filter(None, facts)), "dim"))
            console.print(sentence)
            for piece in trace.pieces:
                where = f"character {piece.raw_start_char}" + (
                    "" if piece.start_byte is None else f", byte {piece.start_byte}"
                )
                console.print(Text(f"  {piece.path} {where}: {piece.text}", "dim"))


@app.command(epilog="Example: python cli.py find data/processed 红星镇")
def find(
    out: Out,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name or a part of one.")],
    as_json: Json = False,
) -> None:
    """Everything about a name: people, posts, places, organisations, figures said of it."""
    with _errors():
        from pipeline.show import listing
        from pipeline.why import find

        rows = find(out, name)
        if as_json:
            _print_json(rows)
        else:
            _console().print(listing(rows))


@app.command(epilog="Example: python cli.py diff before after --table figures")
def diff(a: Annotated[Path, typer.Argument(metavar="A", help="An output folder.")], b: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
         table: Annotated[list[str] | None, typer.Option(help="Only this table (repeatable).")] = None,
         quiet: Quiet = False, as_json: Json = False) -> None:  # fmt: skip
    """Two outputs compared row by row; -q prints the counts only. Exit status 1 where they differ."""
    from collections import Counter
    from dataclasses import asdict

    with _errors():
        from pipeline.diff import diff
        from pipeline.show import change

        changes = list(diff(a, b, tuple(table or ())))
    if as_json:
        _print_json([asdict(each) for each in changes])
    else:
        console = _console()
        for each in () if quiet else changes:
            console.print(change(each))
        for name, n in sorted(Counter(f"{each.table} {each.kind}" for each in changes).items()):
            typer.echo(f"{name:<32}{n:,}")
        typer.echo("" if changes else "The outputs hold the same rows.", nl=not changes)
    if changes:
        raise typer.Exit(1)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


@app.command(epilog="Example: python cli.py export data/processed county.xlsx")
def export(out: Out, target: Annotated[Path, typer.Argument(metavar="TARGET", help="File to write; a folder for csv.")],
           form: Annotated[str | None, typer.Option("--format", help="csv, xlsx, sqlite, duckdb or jsonl; default: by TARGET's ending.")] = None,
           table: Annotated[list[str] | None, typer.Option(help="Only this table (repeatable).")] = None, quiet: Quiet = False) -> None:  # fmt: skip
    """The tables for other programs: CSV for Excel, a workbook, SQLite (Datasette opens it), DuckDB, JSON lines."""
    with _errors():
        from pipeline.export import export

        endings = {".xlsx": "xlsx", ".sqlite": "sqlite", ".db": "sqlite", ".duckdb": "duckdb", ".jsonl": "jsonl"}
        written = export(out, target, form or endings.get(target.suffix, "csv"), table or ())
    for path in () if quiet else written:
        typer.echo(path)


@app.command(epilog="Example: python cli.py report data/processed report.html")
def report(out: Out, target: Annotated[Path, typer.Argument(metavar="[TARGET]", help="HTML file to write; a folder above 5,000 articles.")] = Path("report.html"),
           quiet: Quiet = False) -> None:  # fmt: skip
    """The output as a page to look at: articles with their mentions, officials, places, figures. Needs no network."""
    with _errors():
        from pipeline.report import report

        written = report(out, target)
    if not quiet:
        typer.echo(written[0])


@app.command(epilog="Example: python cli.py score data/gold/sample.jsonl --errors posts")
def score(gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Annotated articles, one JSON object a line.")],
          out: Annotated[Path | None, typer.Argument(metavar="[OUT]", help="Score this output, made from the gold's dumps, instead of a fresh run.")] = None,
          errors: Annotated[str | None, typer.Option(metavar="MEASURE", help="List what was missed (-), invented (+) or wrong (x).")] = None,
          floors: Annotated[Path | None, typer.Option(help="Fail where a measure is below its floor in this file.")] = None,
          update_floors: Annotated[bool, typer.Option(help="Write what was reached into the floors file.")] = False,
          allow_regression: Annotated[bool, typer.Option(help="Let --update-floors lower a floor.")] = False,
          as_json: Json = False) -> None:  # fmt: skip
    """How right the pipeline is on annotated articles: precision, recall, F1, and accuracy of values."""
    with _errors():
        from pipeline import score as scoring
        from pipeline.errors import UsageError
        from pipeline.floors import gate, raise_floors, read_floors
        from pipeline.gold import read_gold

        measures = scoring.measure(read_gold(gold), out) if out else scoring.evaluate(gold)
        results = measures.rows()
        if errors is not None and errors not in results:
            raise UsageError("E005", f"no measure {errors!r}", f"one of {', '.join(results)}")
        if errors is not None:
            typer.echo("\n".join(measures.all()[errors].errors))
        elif as_json:
            _print_json(results)
        else:
            for name, row in results.items():
                typer.echo(f"{name:16} " + "  ".join(f"{key} {value}" for key, value in row.items()))
        if floors is not None and update_floors:
            raise_floors(floors, gold, results, allow_regression=allow_regression)
        elif floors is not None:
            least = read_floors(floors).get(gold.name)
            if least is None:
                raise UsageError("E005", f"{floors} has no floors for {gold.name}", "score with --update-floors")
            gate(results, least, gold)


divisions = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The divisions that places are resolved against.",
    epilog="Example: python cli.py gazetteer show 柯城区/石梁镇",
)  # fmt: skip
app.add_typer(divisions, name="gazetteer")


@divisions.command("build", epilog="Example: python cli.py gazetteer build --gazetteer towns.csv")
def gazetteer_build(gazetteer: Gazetteers = None) -> None:
    """Compile the divisions into the user's cache; every run does so at first use."""
    with _errors():
        from pipeline.gazetteer import load

        known = load(gazetteer or ())
    typer.echo(f"{len(known.national):,} units down to the county, fingerprint {known.fingerprint}")


@divisions.command("show", epilog="Example: python cli.py gazetteer show 柯城区/石梁镇")
def gazetteer_show(name: Annotated[str, typer.Argument(metavar="NAME", help="A unit, a chain of units, or a 6-digit code.")],
                   gazetteer: Gazetteers = None, as_json: Json = False) -> None:  # fmt: skip
    """What is known of a unit, and the units right below it."""
    with _errors():
        from pipeline.errors import UsageError
        from pipeline.gazetteer import load

        known = load(gazetteer or ())
        place = known.resolve(name)
        unit = known.unit(place.path) if place else None
        if unit is None:
            raise UsageError("E003", f"{name!r} is not exactly one unit", "name its county too: 柯城区/石梁镇")
        below = [each.name for each in known.within(unit.path) if each.parent == unit.path]
    fields = {"path": unit.path, "level": unit.level, "code": unit.code, "shorts": unit.shorts,
              "latitude": unit.latitude, "longitude": unit.longitude, "below": below}  # fmt: skip
    if as_json:
        _print_json(fields)
        return
    for key, value in fields.items():
        typer.echo(f"{key:<10} {' '.join(value) if isinstance(value, (list, tuple)) else value or ''}")


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


if __name__ == "__main__":
    app()
