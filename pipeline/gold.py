"""Gold articles: read, and turned into dumps whose answer is known.

In: a gold file, one JSON object a line (id, locality, published, title, paragraphs, and what is annotated).
Out: raw folders for the pipeline: `dumps` for scoring the extraction, `issues` for scoring the split.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import store
from .errors import UsageError

Gold = Mapping[str, Any]

_HALF_WIDTH = str.maketrans("，（）？！：；", ",()?!:;")
_ISSUE = 4  # articles an issue


def read_gold(path: Path) -> list[Gold]:
    """The articles of a gold file. Raises UsageError E005 where it cannot be read."""
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError(
            "E005", f"{path} is no gold file: {error}", "name a JSONL file of annotated articles"
        ) from None


def dumps(gold: Path, raw: Path) -> None:
    """One dump an article, `<id>.txt`, and sources.csv: what the extraction is scored on."""
    table = io.StringIO()
    sources = csv.writer(table, lineterminator="\n")
    sources.writerow(["path", "published", "locality", "source"])
    for article in read_gold(gold):
        name = f"{article['id']}.txt"
        blocks = [*filter(None, [article["title"]]), *article["paragraphs"]]
        store.write_atomically(raw / name, ("\n\n".join(blocks) + "\n").encode())
        sources.writerow([name, article["published"] or "", article.get("locality") or "", ""])
    store.write_atomically(raw / "sources.csv", table.getvalue().encode())


def issues(gold: Path, raw: Path) -> None:
    """Several articles a dump as they come out of a paper's PDF, and issues.json: what the split is scored on.

    Every other long paragraph is cut in mid-sentence by a column break, every other issue has half-width
    punctuation, and the gaps between articles vary: nothing is drawn by chance.
    """
    titled = [article for article in read_gold(gold) if article["title"]]
    answers: dict[str, list[str]] = {}
    for number, first in enumerate(range(0, len(titled), _ISSUE)):
        name, members = f"issue-{number:02d}.txt", titled[first : first + _ISSUE]
        parts = ["\n" * (number % 3)]
        for ordinal, article in enumerate(members):
            blocks = [article["title"]]
            for position, paragraph in enumerate(article["paragraphs"]):
                blocks += _columns(paragraph) if (number + ordinal + position) % 2 else [paragraph]
            parts.append("\n\n".join(blocks) + "\n" * (2 + (number + ordinal) % 3))
        text = "".join(parts)
        store.write_atomically(raw / name, (text.translate(_HALF_WIDTH) if number % 2 else text).encode())
        answers[name] = [article["id"] for article in members]
    store.write_atomically(raw / "issues.json", json.dumps(answers, ensure_ascii=False, indent=1).encode())


def _columns(paragraph: str) -> list[str]:
    """A long paragraph in two, between two Chinese characters near its middle."""
    for cut in range(len(paragraph) // 2, len(paragraph) - 20) if len(paragraph) > 80 else ():
        if all("\u4e00" <= c <= "\u9fff" for c in paragraph[cut - 1 : cut + 1]):
            return [paragraph[:cut], paragraph[cut:]]
    return [paragraph]
