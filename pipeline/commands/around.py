"""The commands around the pipeline: scores on annotated articles, weights of the recogniser, divisions of the gazetteer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .frame import Gazetteers, Json, put, put_json

app = typer.Typer(rich_markup_mode=None)


@app.command(epilog="Example: python cli.py score data/gold/sample.jsonl --errors posts")
def score(gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Annotated articles, one JSON object a line.")],
          out: Annotated[Path | None, typer.Argument(metavar="[OUT]", help="Score this output, made from the gold's dumps, instead of a fresh run.")] = None,
          errors: Annotated[str | None, typer.Option(metavar="MEASURE", help="List what was missed (-), invented (+) or wrong (x).")] = None,
          floors: Annotated[Path | None, typer.Option(help="Fail where a measure is below its floor in this file.")] = None,
          update_floors: Annotated[bool, typer.Option(help="Write what was reached into the floors file.")] = False,
          allow_regression: Annotated[bool, typer.Option(help="Let --update-floors lower a floor.")] = False,
          as_json: Json = False) -> None:  # fmt: skip
    """How right the pipeline is on annotated articles: precision, recall, F1, and accuracy of values."""
    from .. import floors as held
    from .. import score as scoring

    measures = scoring.measures(gold, out)
    results = measures.rows()
    if errors is not None:
        put(measures.wrong(errors))
    elif as_json:
        put_json(results)
    else:
        put(f"{name:16} " + "  ".join(f"{key} {value}" for key, value in row.items()) for name, row in results.items())  # fmt: skip
    if floors is not None and update_floors:
        held.raise_floors(floors, gold, results, allow_regression=allow_regression)
    elif floors is not None:
        held.hold(floors, gold, results)


@app.command(epilog="Example: python cli.py train data/gold/train/*.jsonl --out names.crf.gz")
def train(gold: Annotated[list[Path], typer.Argument(metavar="GOLD…", help="Annotated articles or texts with spans, one JSON object a line.")],
          out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the weights go.")]) -> None:  # fmt: skip
    """Train the embedded recogniser on annotated articles; use it with --recogniser crf --model FILE."""
    from .. import train as training

    put([f"{out}  {training.train(gold, out)} sentences, {out.stat().st_size / 1e6:.1f} MB"])


@app.command(epilog="Example: python cli.py compare data/gold/train/*.jsonl --folds 5")
def compare(gold: Annotated[list[Path], typer.Argument(metavar="GOLD…", help="Annotated articles or texts with spans, one JSON object a line.")],
            folds: Annotated[int, typer.Option(min=0, help="Train the CRF on the other folds of all files; 0: use the weights.")] = 0,
            also: Annotated[list[Path] | None, typer.Option("--with", metavar="FILE", help="With --folds: train on this file as well (repeatable).")] = None,
            model: Annotated[Path | None, typer.Option(metavar="FILE", help="Other weights.")] = None,
            as_json: Json = False) -> None:  # fmt: skip
    """Persons found by the rules alone, the CRF alone, both, and jieba: precision, recall, F1."""
    from dataclasses import asdict

    from ..compare import compare as lines

    found = list(lines(gold, folds=folds, also=also or (), model=model))
    if as_json:
        put_json([asdict(each) for each in found])
    else:
        put(
            f"{e.file:20} {e.finder:14} P {e.precision:.4f}  R {e.recall:.4f}  F1 {e.f1:.4f}  of {e.gold}"
            for e in found
        )


@app.command(epilog="Example: python cli.py bench --raw data/raw --seconds 1 --chart bench.svg")
def bench(raw: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of dumps; default: the gold articles of the repository.")] = None,
          seconds: Annotated[float, typer.Option(min=0.1, help="CPU seconds that each tool beside us is given.")] = 5.0,
          peer: Annotated[list[str] | None, typer.Option("--peer", metavar="NAME", help="Only this tool beside us (repeatable).")] = None,
          chart: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the speeds.")] = None,
          estimate: Annotated[bool, typer.Option("--estimate", help="Also what an archive of all counties takes.")] = False,
          as_json: Json = False) -> None:  # fmt: skip
    """Speed and memory of the run, its stages and the tools of the extra `bench` that are installed, on the same text."""
    from .. import bench as measuring
    from ..store import write_atomically

    found = measuring.bench(raw, seconds=seconds, peers=peer or None)
    if chart is not None:
        write_atomically(chart, measuring.chart(found).encode())
    archive = list(measuring.estimate(found)) if estimate else []
    if as_json:
        put_json(measuring.report(found) | {"estimate": archive})
    else:
        put([*measuring.lines(found), *archive])
    if any(each.kind == "failed" for each in found):
        raise typer.Exit(1)


divisions = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The divisions that places are resolved against.",
    epilog="Example: python cli.py gazetteer show 柯城区/石梁镇",
)  # fmt: skip


@divisions.command("build", epilog="Example: python cli.py gazetteer build --gazetteer towns.csv")
def gazetteer_build(gazetteer: Gazetteers = None,
                    wheel: Annotated[Path | None, typer.Option("--from", metavar="FILE.whl", help="Take the dictionary out of a wheel of jionlp that is not installed.")] = None) -> None:  # fmt: skip
    """Compile the divisions into the user's cache; every run does so at first use."""
    from ..divisions import keep
    from ..gazetteer import load

    if wheel is not None:
        keep(wheel)
    known = load(gazetteer or ())
    typer.echo(f"{len(known.national):,} units down to the county, fingerprint {known.fingerprint}")


@divisions.command("show", epilog="Example: python cli.py gazetteer show 柯城区/石梁镇")
def gazetteer_show(name: Annotated[str, typer.Argument(metavar="NAME", help="A unit, a chain of units, or a 6-digit code.")],
                   gazetteer: Gazetteers = None, as_json: Json = False) -> None:  # fmt: skip
    """What is known of a unit, and the units right below it."""
    from ..errors import UsageError
    from ..gazetteer import load

    known = load(gazetteer or ())
    place = known.resolve(name)
    unit = known.unit(place.path) if place else None
    if unit is None:
        raise UsageError("E003", f"{name!r} is not exactly one unit", "name its county too: 柯城区/石梁镇")
    below = [each.name for each in known.within(unit.path) if each.parent == unit.path]
    formerly = [f"{old.before} (to {old.until})" for old in known.renames if old.now == unit.path]
    facts = {"path": unit.path, "level": unit.level, "code": unit.code, "shorts": unit.shorts, "formerly": formerly,
             "latitude": unit.latitude, "longitude": unit.longitude, "below": below}  # fmt: skip
    if as_json:
        put_json(facts)
    else:
        put(f"{key:<10} {' '.join(value) if isinstance(value, (list, tuple)) else value or ''}" for key, value in facts.items())  # fmt: skip
