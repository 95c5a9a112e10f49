"""The raw files of a run as columns: kept in order of the path, the same when they are read back."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import inputs
from pipeline.inputs import Input, Inputs

FACTS = {"published": "2021-06-09", "published_from": "file", "locality": None, "source": "试验报"}
MAYBE = st.none() | st.sampled_from(["aa", "bb", "cc"])
SOME = st.lists(
    st.builds(Input, st.text("ab/中𠀀", min_size=1, max_size=4), st.just(FACTS), MAYBE, MAYBE, MAYBE, MAYBE),
    max_size=12, unique_by=lambda each: each.path,
)  # fmt: skip
LATE = settings(deadline=None)  # the first example loads what Arrow loads late


@LATE
@given(SOME)
def test_they_come_back_in_order_of_the_path(some: list[Input]) -> None:
    made = Inputs.of(some)
    in_order = sorted(some, key=lambda each: each.path)
    assert list(made) == [made[n] for n in range(len(made))] == in_order
    assert list(made.rejected()) == [each for each in in_order if each.error]
    assert list(made.accepted()) == [each for each in in_order if not each.error]
    assert {key for key in made.keys().to_pylist() if key} == {
        key for each in some for key in (each.split, each.facts) if key
    }


@LATE
@given(SOME)
def test_the_original_is_the_first_accepted_with_the_same_bytes(some: list[Input]) -> None:
    in_order, first, want = sorted(some, key=lambda each: each.path), dict[str, str](), []
    for each in in_order:
        twin = None if each.error or not each.sha256 else first.setdefault(each.sha256, each.path)
        want.append(None if twin == each.path else twin)
    assert list(Inputs.of(some).originals()) == want


@LATE
@given(SOME, SOME)
def test_a_digest_names_what_the_columns_hold(some: list[Input], others: list[Input]) -> None:
    one, other = Inputs.of(some), Inputs.of(others)
    for columns in (("path",), ("path", "split", "error")):
        same = one.table.select(columns).equals(other.table.select(columns))
        assert (one.digest(columns) == other.digest(columns)) is same
        assert Inputs.of(some[::-1]).digest(columns) == one.digest(columns)


def test_the_source_is_what_it_was() -> None:
    source = Input("a/b.txt", FACTS).source()
    assert (source.path, source.name) == (Path("a/b.txt"), "a/b.txt")
    assert inputs.outside(source) == FACTS
