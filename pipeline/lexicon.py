"""Lexicons: UTF-8 CSV files with a header in `pipeline/lexicons/`, read once and fingerprinted.

A line that starts with # is a comment. `rows("units")` gives the lines of units.csv as dictionaries;
`fingerprint()` changes when any byte of any lexicon changes, and is part of every shard's key.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .errors import UsageError

FOLDER = Path(__file__).parent / "lexicons"


@cache
def numbered(name: str) -> tuple[tuple[int, dict[str, str]], ...]:
    """The lines of `lexicons/<name>.csv`, each with its number in the file. Raises UsageError E006 that names the line."""
    path = FOLDER / f"{name}.csv"
    lines = [
        (n, line)
        for n, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    reader = csv.DictReader(line for _, line in lines)
    result = []
    for (number, _), row in zip(lines[1:], reader, strict=True):
        if None in row or None in row.values():
            raise UsageError(
                "E006", f"{path.name} line {number}: {len(reader.fieldnames or ())} columns expected", "mend the line"
            )
        result.append((number, row))
    return tuple(result)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The lines of `lexicons/<name>.csv`. Raises UsageError E006 that names the line."""
    return tuple(row for _, row in numbered(name))


@cache
def words(name: str, column: str = "word", **where: str) -> frozenset[str]:
    """One column of a lexicon, of the rows whose other columns equal `where`."""
    return frozenset(row[column] for row in rows(name) if all(row[key] == value for key, value in where.items()))


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """One of the words, the longest first; grouped by the first character, so that most places are passed at once."""
    rest: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        rest.setdefault(word[0], []).append(re.escape(word[1:]))
    firsts = "".join(map(re.escape, sorted(rest)))
    groups = "|".join(f"{re.escape(first)}(?:{'|'.join(rest[first])})" for first in sorted(rest))
    return re.compile(f"(?=[{firsts}])(?:{groups})")


@cache
def fingerprint() -> str:
    """Sixteen hex digits over the names and bytes of all lexicons."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
