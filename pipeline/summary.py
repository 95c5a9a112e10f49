"""What is printed of a run, a plan, an output and the schema: lines of text, and the same as plain data for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .errors import CODES, UsageError
from .schema import TABLES, columns

if TYPE_CHECKING:
    from .plan import Verdict
    from .run import Report


def closing(report: Report, verbose: bool) -> Iterator[str]:
    """The closing summary: documents, articles, rows a table, rejects with codes, time share a stage."""
    documents = " ".join(f"{status}={n:,}" for status, n in report.documents.items()) or "none"
    state = "" if report.published else "  unchanged, nothing touched"
    yield f"Done in {report.elapsed_s:.1f} s: {report.out}  documents: {documents}{state}"
    yield "  files  " + (" ".join(f"{what}={n:,}" for what, n in sorted(report.done.items())) or "none")
    yield "  rows   " + "  ".join(f"{name}={rows:,}" for name, rows in report.rows.items())
    codes = Counter(reason.split(" ", 1)[0] for _, reason in report.rejects)
    if codes:
        listed = ", ".join(f"{code} {CODES.get(code, '')} ({n})" for code, n in sorted(codes.items()))
        hint = "" if verbose else f"  (-v, or `cli.py status {report.out} --rejected`, lists them)"
        yield f"  rejected {len(report.rejects)}: {listed}{hint}"
        if verbose:
            yield from (f"    {path}: {reason}" for path, reason in report.rejects)
    if report.refused:
        yield f"  corrections left out {len(report.refused)}:"
        yield from (f"    corrections.csv line {line}: {reason}" for line, reason in report.refused)
    if total := sum(report.seconds.values()):
        shares = "  ".join(f"{stage} {s / total:.0%}" for stage, s in report.seconds.items())
        yield f"  time   {shares}  of {total:.1f} CPU s"


def planned(verdicts: Iterable[Verdict], *, listed: bool = True) -> Iterator[str]:
    """One line a file where they are to be listed, and the counts last."""
    counts: Counter[str] = Counter()
    for each in verdicts:
        counts[each.verdict] += 1
        if listed:
            yield f"{' + '.join(each.stages) or each.verdict:<16}{each.path}  ({each.reason})"
    yield "  ".join(f"{verdict}={n:,}" for verdict, n in sorted(counts.items())) or "no files"


def held(record: Mapping[str, Any]) -> Iterator[str]:
    """What a manifest says of an output."""
    for name in ("settings", "documents"):
        for key, value in record.get(name, {}).items():
            yield f"{name:<11}{key:<24}{value if value or value == 0 else '-'}"
    for stage, parts in record.get("versions", {}).items():
        if isinstance(parts, Mapping):
            yield f"{'version':<11}{stage:<24}code {parts['code']}, {len(parts) - 1} more"
        else:
            yield f"{'version':<11}{stage:<24}{parts}"
    for table, entry in record.get("tables", {}).items():
        yield f"{'rows':<11}{table:<24}{entry['rows']:,}  (run {entry['run_id']})"
    for path, reason in record["rejects"]:
        yield f"{'rejected':<11}{path}: {reason}"
    lines = record.get("corrections", ())
    left_out = [each for each in lines if each["refused"]]
    if lines:
        yield f"{'corrected':<11}{len(lines) - len(left_out):,} applied, {len(left_out):,} left out"
    for each in left_out:
        yield f"{'left out':<11}line {each['line']}: {correction(each)}: {each['refused']}"


def correction(each: Mapping[str, Any]) -> str:
    """A line of corrections.csv as the manifest keeps it: what it does to which row, and whose it is."""
    where = each["id"] if each["start"] is None else f"{each['id']}:{each['start']}"
    what = f"{each['action']} {each['table']} {where}"
    what += f" {each['field']}" * bool(each["field"]) + f" into {each['into']}" * bool(each["into"])
    return what + f" ({', '.join(filter(None, (each['who'], each['when'])))})" * bool(each["who"] or each["when"])


def described(table: str | None) -> dict[str, Any]:
    """The schema of a table, or of all. Raises UsageError E005 for a name that is none."""
    if table is not None and table not in TABLES:
        raise UsageError("E005", f"no table {table!r}", f"one of {', '.join(TABLES)}")
    return {
        name: {"description": row.doc, "key": row.key, "columns": [
            {"name": c.name, "type": str(c.type), "null": c.nullable, "en": c.en, "zh": c.zh, "values": c.values, "to": c.to}
            for c in columns(name)]}
        for name, row in TABLES.items() if table in (None, name)
    }  # fmt: skip


def columns_of(schema: Mapping[str, Any]) -> Iterator[str]:
    """The same, a line a column."""
    for name, each in schema.items():
        yield f"{name} — {each['description'][0]} · {each['description'][1]}"
        for c in each["columns"]:
            notes = (" | " + ", ".join(c["values"]) if c["values"] else "") + (f" → {c['to']}" if c["to"] else "")
            yield f"  {c['name']:<18}{c['type'] + ('?' if c['null'] else ''):<15}{c['en']} · {c['zh']}{notes}"
