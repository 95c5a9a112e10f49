"""The user's own gazetteers, Parquet or CSV, merged into the tree of the dictionary.

In: a file with a code and a name a row, and level, parent, latitude, longitude where it has them, under any of the usual
column names; codes of 2 to 12 digits. A unit of the tree gets the row's code and point, a unit that is not there is added,
a county or higher unit whose code now has another name is renamed. Out: nothing; the tree is changed.
Raises UsageError E004 that names file and line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import lexicon
from .divisions import Node, official, shorts
from .errors import UsageError

_COLUMNS = {
    "code": ("code", "id", "adcode", "区划代码", "代码", "行政区划代码"),
    "name": ("name", "fullname", "full_name", "名称", "地名"),
    "level": ("level", "rank", "deep", "级别", "层级"),
    "parent": ("parent", "parent_code", "pcode", "pid", "parent_id", "parentcode", "streetcode", "areacode", "citycode", "provincecode", "上级代码"),
    "latitude": ("lat", "latitude", "纬度"),
    "longitude": ("lon", "lng", "longitude", "经度"),
}  # fmt: skip
_LEVEL_NAMES = {"province": 1, "city": 2, "prefecture": 2, "county": 3, "area": 3, "district": 3, "town": 4, "township": 4,
                "street": 4, "village": 5, "省": 1, "市": 2, "县": 3, "乡": 4, "镇": 4, "村": 5}  # fmt: skip
_DIGITS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str  # 6, 9 or 12 digits, or empty
    name: str
    level: int
    parent: str
    latitude: str
    longitude: str


def merge(roots: dict[str, Node], path: Path) -> None:
    """Add the units of one file to the tree."""
    rows = sorted(_rows(path), key=lambda row: row.level)
    virtual = lexicon.words("place_words", kind="virtual")
    by_code = {node.code: node for node in _coded(roots) if node.code}
    named = {(row.code, official(row.name)) for row in rows if row.level <= 3}
    for row in rows:
        parent = _parent(by_code, row, path)
        name = official(row.name)
        if name in virtual or (row.level == 2 and name in roots):
            group = by_code.get(row.parent) or roots.get(name)
            if group is not None:
                by_code.setdefault(row.code, group)
            continue
        siblings = parent.children if parent else roots
        if row.code and row.level <= 3 and name not in siblings:
            _rename(siblings, by_code.get(row.code), name, row, named)
        node = siblings.get(name)
        if node is None:
            node = siblings[name] = Node(row.level, shorts=shorts(name, row.level))
        node.code = row.code or node.code
        node.latitude, node.longitude = row.latitude or node.latitude, row.longitude or node.longitude
        if row.code:
            by_code[row.code] = node


def _rename(siblings: dict[str, Node], node: Node | None, name: str, row: _Row, named: set[tuple[str, str]]) -> None:
    """Give the unit that has the row's code its new name, unless the file keeps the old one beside it."""
    old = next((each for each, other in siblings.items() if other is node), None)
    if node is not None and old is not None and (row.code, old) not in named:
        siblings[name] = siblings.pop(old)
        node.shorts = shorts(name, row.level)


def _coded(nodes: dict[str, Node]) -> Iterator[Node]:
    for node in nodes.values():
        if node.level <= 3:
            yield node
            yield from _coded(node.children)


def _parent(by_code: dict[str, Node], row: _Row, path: Path) -> Node | None:
    """The node that the row lies in; the nearest enclosing code that is known where its own parent is a grouping unit."""
    if row.level == 1:
        return None
    codes = [row.parent] if row.parent else []
    size, told = len(row.code), len(row.code.rstrip("0"))
    codes += [_padded(row.code[:n]) for n in reversed(_DIGITS) if n < told or (n < size and n <= 6)]
    for code in codes:
        if code != row.code and (known := by_code.get(code)):
            return known
    raise _broken(
        path, row.line, f"parent {row.parent or '?'} of {row.name} is in no list", "put the parent into the file"
    )


def _rows(path: Path) -> Iterator[_Row]:
    records = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    for line, record in records:
        found = {key: _first(record, names) for key, names in _COLUMNS.items()}
        name = found["name"].replace(" ", "")
        if not name:
            raise _broken(path, line, "no name", "give every row a name")
        code, parent = (_code(found[key], path, line) for key in ("code", "parent"))
        yield _Row(line, code, name, _level(found["level"], code, parent, path, line), parent,
                   _degrees(found["latitude"], 90, path, line), _degrees(found["longitude"], 180, path, line))  # fmt: skip


def _first(record: dict[str, str], names: tuple[str, ...]) -> str:
    return next((record[name] for name in names if record.get(name)), "")


def _csv(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("E004", f"gazetteer {path} is not UTF-8", "save it as UTF-8") from None
    reader = csv.reader(text.splitlines())
    names = [name.strip().lower() for name in next(reader, [])]
    _check(names, path)
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(names):
            raise _broken(path, reader.line_num, f"{len(cells)} cells, {len(names)} columns", "mend the line")
        yield reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=True))


def _parquet(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(
            "E004", f"gazetteer {path} is no Parquet file: {error}", "name a Parquet or CSV file"
        ) from None
    names = [name.lower() for name in table.column_names]
    _check(names, path)
    wanted = {name for each in _COLUMNS.values() for name in each}
    kept = [(name, table.column(i).to_pylist()) for i, name in enumerate(names) if name in wanted]
    for number, values in enumerate(zip(*(column for _, column in kept), strict=True), 1):
        yield number, {name: _text(value) for (name, _), value in zip(kept, values, strict=True)}


def _text(value: Any) -> str:
    return "" if value is None or str(value) == "nan" else str(value).strip()


def _check(names: list[str], path: Path) -> None:
    for key in ("code", "name"):
        if not any(name in names for name in _COLUMNS[key]):
            raise _broken(path, 1, f"no column {key}", "use the columns code, name, level, parent")


def _code(text: str, path: Path, line: int) -> str:
    """The code in the form of its level: 330802000000 and 330802 are one code; 0 is the parent of provinces in some lists."""
    digits = text.removesuffix(".0")
    if digits in {"", "0"}:
        return ""
    if not digits.isdigit() or len(digits) not in _DIGITS:
        raise _broken(path, line, f"code {text!r} has not 2, 4, 6, 9 or 12 digits", "mend the code")
    return _padded(digits)


def _padded(digits: str) -> str:
    if len(digits) < 6:
        return digits.ljust(6, "0")
    for n in (12, 9):
        if len(digits) == n and digits.endswith("000"):
            digits = digits[: n - 3]
    return digits


def _level(text: str, code: str, parent: str, path: Path, line: int) -> int:
    text = text.removesuffix(".0").lower()
    if text in _LEVEL_NAMES:
        return _LEVEL_NAMES[text]
    if text:
        if text not in {"1", "2", "3", "4", "5"}:
            raise _broken(path, line, f"level {text!r} is not 1 to 5", "mend the level")
        return int(text)
    if not code:
        return _level("", parent, "", path, line) + 1 if parent else 5
    if len(code) == 6:
        return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
    return 4 if len(code) == 9 else 5


def _degrees(text: str, most: int, path: Path, line: int) -> str:
    if not text:
        return ""
    try:
        value = float(text)
    except ValueError:
        value = most + 1.0
    if not -most <= value <= most:
        raise _broken(path, line, f"{text!r} is no degree", "mend latitude or longitude")
    return f"{value:.6g}"


def _broken(path: Path, line: int, what: str, fix: str) -> UsageError:
    return UsageError("E004", f"gazetteer {path} line {line}: {what}", fix)
