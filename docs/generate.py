"""Writes cli.md and tables.md beside it from the code, and the counts of data-card.md from the corpus; `make docs` runs it, a test fails where they are stale."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from cli import app  # noqa: E402
from pipeline.dictionary import reference  # noqa: E402
from pipeline.errors import CODES  # noqa: E402

_KINDS = {"E0": "usage, exit 2", "E1": "a document, exit 3", "E2": "output, exit 1", "E3": "a worker, exit 3", "E4": "lock, exit 4", "E5": "quality, exit 1"}  # fmt: skip


def pages() -> dict[str, str]:
    """File name → text."""
    card = (HERE / "data-card.md").read_text(encoding="utf8")
    counts = "\n".join(["<!-- counts -->", *_counts(), "<!-- end -->"])
    return {
        "cli.md": "\n".join(_cli()),
        "tables.md": reference(),
        "data-card.md": re.sub(r"<!-- counts -->.*<!-- end -->", lambda _: counts, card, flags=re.DOTALL),
    }


def _counts() -> Iterator[str]:
    names = ("bylines", "people", "officials", "posts", "places", "dates", "figures")
    yield "| file | articles | characters | " + " | ".join(names) + " |\n|" + " --- |" * (len(names) + 3)
    gold = HERE.parent / "data" / "gold"
    for path in (*sorted(gold.glob("train/*.jsonl")), gold / "sample.jsonl"):
        articles = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line.strip()]
        people = [person for article in articles for person in article["people"]]
        found = {
            name: sum(len(article[name]) for article in articles)
            for name in names
            if name not in ("officials", "posts")
        }
        found |= {
            "officials": sum(person["official"] for person in people),
            "posts": sum(len(person["posts"]) for person in people),
        }
        letters = sum(len((article["title"] or "") + "".join(article["paragraphs"])) for article in articles)
        yield (
            f"| `{path.relative_to(HERE.parent)}` | {len(articles)} | {letters:,} | "
            + " | ".join(f"{found[name]:,}" for name in names)
            + " |"
        )


def _cli() -> Iterator[str]:
    root: Any = get_command(app)
    yield f"# Commands\n\n{root.help}\n"
    yield "Made by `make docs` from the code. Results go to stdout, all else to stderr. Exit status: 0 done, 1 failed and nothing published,"
    yield "2 usage, 3 published with rejected documents, 4 output in use, 130 interrupted, 143 terminated, 141 reader gone.\n"
    for name, command in root.commands.items():
        for full, each in _leaves(name, command):
            yield from _command(full, each)
    yield "## Codes\n\nEvery error says its code, what is wrong and the fix.\n\n| code | meaning | kind |\n| --- | --- | --- |"
    yield from (f"| {code} | {meaning} | {_KINDS[code[:2]]} |" for code, meaning in CODES.items())
    yield ""


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for inner, each in command.commands.items():
            yield from _leaves(f"{name} {inner}", each)
    else:
        yield name, command


def _command(name: str, command: Any) -> Iterator[str]:
    yield f"## {name}\n\n{command.help}\n"
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
    usage = " ".join(
        [
            f"python cli.py {name}",
            *(["[OPTIONS]"] if options else []),
            *(each.metavar or each.name.upper() for each in arguments),
        ]
    )
    yield f"```\n{usage}\n```\n"
    if arguments or options:
        yield "| | |\n| --- | --- |"
    yield from (f"| `{each.metavar or each.name.upper()}` | {_cell(each.help)} |" for each in arguments)
    for each in options:
        flags = "`, `".join(each.opts)
        value = "" if each.is_flag else f" {each.metavar or each.name.upper()}"
        default = (
            ""
            if each.is_flag or each.default in (None, (), []) or callable(each.default)
            else f" Default: {each.default}."
        )
        yield f"| `{flags}{value}` | {_cell(each.help)}{default} |"
    yield f"\n{command.epilog.replace('Example: ', 'Example: `', 1)}`\n" if command.epilog else ""


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf8")
