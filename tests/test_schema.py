"""The schema: derived from the row classes, equal to the contract, documented in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dictionary, schema
from pipeline.schema import (
    SCHEMA_VERSION,
    TABLES,
    BylineRow,
    DateRow,
    PlaceRow,
    Row,
    arrow_array,
    arrow_of,
    arrow_schema,
    columns,
    sort,
    to_arrow,
)

LATER = {"events", "event_people"}
ADDED = {"dates": ["cross_check"], "figures": ["cross_check"]}  # the contract lets columns be added


def contract(shared: Path) -> dict[str, list[str]]:
    """Table → columns as SCHEMA.md lists them."""
    found = {}
    for line in (shared / "SCHEMA.md").read_text(encoding="utf8").splitlines():
        if match := re.match(r"\| `(\w+)`.*\| ([^|]+) \|$", line):
            names = re.sub(r"\([^)]*\)", "", match[2])
            found[match[1]] = [name.strip() for name in names.split(",")]
    return found


def test_tables_and_columns_are_those_of_the_contract(shared: Path) -> None:
    wanted = {name: names + ADDED.get(name, []) for name, names in contract(shared).items() if name not in LATER}
    assert {name: [c.name for c in columns(name)] for name in TABLES} == wanted


def shape() -> Iterator[str]:
    """What a reader relies on: names, types, keys, and what a value may be."""
    for name, row in TABLES.items():
        yield f"{name} {','.join(row.key)}"
        for c in columns(name):
            limits = [
                *c.values,
                *([f"→ {c.to}"] if c.to else []),
                *(f"{n:g}" for n in (c.low, c.high) if n is not None),
            ]
            yield f"{name}.{c.name} {c.type}{'?' * c.nullable} {' '.join(limits)}".rstrip()


def test_a_change_of_the_schema_needs_a_new_version() -> None:
    snapshot = Path(__file__).parent / "snapshots" / f"schema-{SCHEMA_VERSION}.txt"
    assert list(shape()) == snapshot.read_text(encoding="utf8").splitlines()


def test_what_travels_with_the_rows() -> None:
    """The descriptions and the schema's version are in every file."""
    schema = arrow_schema("bylines")
    assert schema.metadata == {
        b"schema_version": b"1", b"table": b"bylines", b"primary_key": b"article_id,ordinal",
        b"description": "a credited name: reporter, correspondent, photographer …".encode(),
        b"description_zh": "署名:记者、通讯员、摄影等".encode(),
    }  # fmt: skip
    assert schema.field("ordinal").metadata == {b"description": b"position in the article, from 0", b"description_zh": "序号".encode()}  # fmt: skip
    assert schema.field("role").nullable
    assert not schema.field("name").nullable
    assert arrow_schema("places").field("kind").metadata[b"values"] == b"admin|site"


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described_in_english_and_chinese(name: str) -> None:
    assert all(c.en and re.search(r"[一-鿿]", c.zh) for c in columns(name))
    schema = arrow_schema(name)
    assert schema.metadata[b"schema_version"] == SCHEMA_VERSION.encode()
    assert all(field.metadata[b"description"] for field in schema)
    assert set(TABLES[name].key) <= set(schema.names)
    assert all(c.to in ("", *TABLES) for c in columns(name))


@pytest.mark.parametrize("row", TABLES.values(), ids=TABLES)
def test_a_row_cannot_be_changed_and_is_small(row: type[Row]) -> None:
    made = row(*[None] * len(columns(row.table)))
    assert not hasattr(made, "__dict__")
    for name in row.key:
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, "other")
    with pytest.raises(FrozenInstanceError):
        columns(row.table)[0].name = "other"  # type: ignore[misc]
    assert not hasattr(columns(row.table)[0], "__dict__")


def test_rows_become_an_arrow_table_and_come_back() -> None:
    rows = [
        DateRow("b", 3, 5, "今年", "DATE", "2022", date(2022, 1, 1), date(2022, 12, 31), "year", "published"),
        DateRow("a", 0, 2, "近日", "DATE", "PAST_REF", None, None, None, None),
    ]
    table = sort("dates", to_arrow("dates", rows))
    assert table.schema.field("start_date").type == pa.date32()
    assert [DateRow(**r) for r in table.to_pylist()] == rows[::-1]
    assert to_arrow("places", []).schema == arrow_schema("places")
    assert PlaceRow.key == ("place_id",)


VALUES = [
    (pa.string(), st.text(st.characters(exclude_categories=["Cs"]))),
    (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    (pa.float64(), st.floats(allow_nan=False)),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
]


@settings(deadline=None)  # pyarrow imports pandas at the first
@given(st.sampled_from(VALUES).flatmap(lambda each: st.tuples(st.just(each[0]), st.lists(st.none() | each[1]))))
def test_a_column_is_what_pyarrow_makes_of_its_values(case: tuple[pa.DataType, list[object]]) -> None:
    kind, column = case
    made = arrow_array(column, kind)
    made.validate(full=True)
    assert made.equals(pa.array(column, kind))


def test_the_dictionary_names_every_table_and_column() -> None:
    record = {
        "documents": {"ok": 2, "rejected": 1},
        "rejects": [["a|b.txt", "E101 empty file"]],
        "tables": {name: {"rows": 1} for name in TABLES},
    }
    text = dictionary.readme(record)
    assert "a\\|b.txt" in text
    for name in TABLES:
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert all(f"\n| {c.name} |" in section for c in columns(name))


def test_rows_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        arrow_of(arrow_schema("bylines"), [("a1", 0, None, "牧仁", 3, 5), ("a1", 1, None, "图雅", 6, 8, "more")])
    with pytest.raises(ValueError, match="zip"):
        arrow_of(arrow_schema("bylines"), [("a1", 0)])


def test_strings_too_long_for_one_chunk_are_left_to_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema.np, "iinfo", lambda _: SimpleNamespace(max=3))
    rows = [BylineRow("a1", n, None, "牧仁", 3, 5) for n in range(2)]
    assert to_arrow("bylines", rows)["name"].to_pylist() == ["牧仁", "牧仁"]
