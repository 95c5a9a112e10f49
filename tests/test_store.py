"""The store: atomic files, shards that notice damage, the lock, and folders that are not ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline import shards, store
from pipeline.errors import LockedError, OutputError, PipelineError, UsageError
from pipeline.inputs import Input, Inputs, outside
from pipeline.model import Source
from pipeline.schema import TABLES, BylineRow, DocumentRow, Row, sort, to_arrow

INPUTS = Inputs.of([Input("a.txt", outside(Source(Path("a.txt"), "a.txt")), "00", "ab12")]).table
ROWS = [BylineRow("a1", 0, "记者", "牧仁", 3, 5), BylineRow("a1", 1, None, "图雅", 6, 8)]


def publish(out: Path, rows: list[Row], run_id: str = "r1") -> None:
    table = to_arrow("bylines", rows)
    record = {"tool": "xianzhi", "tables": {"bylines": {"run_id": run_id, "rows": len(rows)}}}
    store.publish(
        out, {"bylines": (run_id, [sort("bylines", table)])}, manifest=record, readme="# test\n", inputs=INPUTS
    )


def test_shard_round_trip(tmp_path: Path) -> None:
    path = shards.shard_path(tmp_path, "ab12")
    dated = DocumentRow("d", "a.txt", "00", "utf-8", 3, 1, 0, None, date(2021, 6, 19), None, "ok", None)
    assert shards.write_shard(path, [dated, *ROWS]) == [dated, *ROWS]
    (tables,) = shards.read_shard(path)
    assert {name: [TABLES[name](*each) for each in rows] for name, rows in tables.items()} == {
        "bylines": ROWS,
        "documents": [dated],
    }


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_a_damaged_shard_is_none(tmp_path: Path, damage: str) -> None:
    path = shards.shard_path(tmp_path, "ab12")
    shards.write_shard(path, ROWS)
    data = path.read_bytes()
    path.write_bytes({"truncated": data[:-9], "flipped": data[:50] + b"x" + data[51:], "empty": b""}[damage])
    with pytest.raises(OutputError, match="E203"):
        list(shards.read_shard(path))
    assert not shards.has_shard(path)


def test_publish_and_read_back(tmp_path: Path) -> None:
    store.open_output(tmp_path / "out")
    publish(tmp_path / "out", ROWS[::-1])
    table = store.read_table(tmp_path / "out", "bylines")
    assert table["ordinal"].to_pylist() == [0, 1], "published sorted by the key"
    assert table.schema.field("role").metadata[b"description"] == b"as printed; null where no role is printed"
    assert not list((tmp_path / "out").rglob(".*.*[0-9]")), "no temporary file stays"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    store.write_atomically(target, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="E202"):
        store.write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_table_of_another_run_is_refused(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    other = (tmp_path / "bylines" / "part-0.parquet").read_bytes()
    publish(tmp_path, ROWS[:1], "r2")
    (tmp_path / "bylines" / "part-0.parquet").write_bytes(other)
    with pytest.raises(OutputError, match="E203"):
        store.read_table(tmp_path, "bylines")


def test_a_folder_that_holds_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(OutputError, match="E201"):
        store.open_output(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]
    with pytest.raises(OutputError, match="E201"):
        store.open_output(tmp_path / "thesis.docx")


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="E005"):
        store.read_table(tmp_path, "bylines")
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    with pytest.raises(UsageError, match="no table 'bylinse'"):
        store.read_table(tmp_path, "bylinse")
    with pytest.raises(UsageError, match="has no table dates"):
        store.read_table(tmp_path, "dates")
    (tmp_path / "bylines" / "part-0.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(OutputError, match="E203"):
        store.read_table(tmp_path, "bylines")


def test_the_lock_names_its_holder_and_is_freed_by_its_death(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    code = (
        "import sys, time; from pathlib import Path; from pipeline import store\n"
        "with store.locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"E401.*process {holder.pid} on .* since"), store.locked(tmp_path):
            pass
        holder.kill()
        holder.wait()
    with store.locked(tmp_path):
        pass


def test_what_is_staged_is_left_to_who_holds_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_output(tmp_path)
    real = store._swap

    def swap(staging: Path, *rest: Any) -> None:
        store.open_output(tmp_path)  # a second run begins while this one is about to publish
        with pytest.raises(LockedError), store.locked(tmp_path):
            pass
        real(staging, *rest)

    monkeypatch.setattr(store, "_swap", swap)
    with store.locked(tmp_path):
        publish(tmp_path, ROWS)
    assert store.read_table(tmp_path, "bylines").num_rows == 2
    left = tmp_path / store.STATE / "staging" / "bylines"
    left.mkdir(parents=True)
    with store.locked(tmp_path):
        assert not left.exists(), "what a crash left is removed"


def test_stale_shards_are_swept(tmp_path: Path) -> None:
    for key in ("aa11", "bb22"):
        shards.write_shard(shards.shard_path(tmp_path, key), ROWS)
    assert shards.sweep_shards(tmp_path, pa.chunked_array([["aa11", None]])) == 1
    assert shards.shard_path(tmp_path, "aa11").exists()
    assert not shards.shard_path(tmp_path, "bb22").exists()


def test_a_shard_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"E203.*gone"):
        list(shards.read_shard(shards.shard_path(tmp_path, "ab12")))


def test_a_folder_that_cannot_be_made_or_locked_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="E202"):
        store.open_output(tmp_path / "file" / "out")
    with pytest.raises(OutputError, match="E202"), store.locked(tmp_path / "nowhere"):
        pass


@pytest.mark.parametrize(("text", "code"), [("{", "E203"), ("[]", "E005"), ('{"tool": "other"}', "E005")])
def test_a_manifest_that_is_not_ours_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(PipelineError, match=code):
        store.manifest(tmp_path)


def test_what_the_run_did_not_write_is_named(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    record = store.manifest(tmp_path)
    assert list(store.changed_files(tmp_path, record)) == []
    (tmp_path / "bylines" / "more.parquet").write_bytes(b"")
    (tmp_path / "README.md").unlink()
    (tmp_path / "inputs.parquet").write_bytes(b"")
    assert list(store.changed_files(tmp_path, record)) == ["README.md", "inputs.parquet", "bylines/more.parquet"]
    with pytest.raises(OutputError, match="E203"):
        store.read_inputs(tmp_path)


def test_publishing_removes_other_files_of_a_table_and_dropped_tables(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    (tmp_path / "dates").mkdir()
    (tmp_path / "bylines" / "part-1.parquet").write_bytes(b"")
    record = {"tool": "xianzhi", "tables": {"bylines": {"run_id": "r2", "rows": 2}}}
    table = to_arrow("bylines", ROWS)
    store.publish(
        tmp_path, {"bylines": ("r2", [table])}, manifest=record, readme="", inputs=INPUTS, drop=["dates", "people"]
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        ".xianzhi",
        "README.md",
        "bylines",
        "inputs.parquet",
        "manifest.json",
    ]
    assert [p.name for p in (tmp_path / "bylines").iterdir()] == ["part-0.parquet"]


@pytest.mark.parametrize("links", [True, False])
def test_a_publish_that_fails_at_the_end_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    (tmp_path / "dates").mkdir()
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "manifest.json" and self.parent.name == "staging":
            raise OSError(5, "Input/output error")
        return real(self, target)

    def no_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        if not links:
            patch.setattr("os.link", no_links)
        record = {"tool": "xianzhi", "tables": {"bylines": {"run_id": "r2", "rows": 1}}}
        with pytest.raises(OutputError, match="E202"):
            store.publish(tmp_path, {"bylines": ("r2", [to_arrow("bylines", ROWS[:1])])}, manifest=record, readme="new", inputs=INPUTS, drop=["dates"])  # fmt: skip
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert (tmp_path / "dates").is_dir()


def test_readers_wait_for_a_run_that_publishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    manifest = (tmp_path / "manifest.json").read_bytes()
    publish(tmp_path, ROWS[:1], "r2")
    after = (tmp_path / "manifest.json").read_bytes()
    (tmp_path / "manifest.json").write_bytes(manifest)
    with store.locked(tmp_path):
        monkeypatch.setattr("time.sleep", lambda _: (tmp_path / "manifest.json").write_bytes(after))
        assert store.read_table(tmp_path, "bylines").num_rows == 1


def test_readers_do_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    manifest = (tmp_path / "manifest.json").read_bytes()
    publish(tmp_path, ROWS[:1], "r2")
    (tmp_path / "manifest.json").write_bytes(manifest)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with store.locked(tmp_path), pytest.raises(OutputError, match="E203"):
        store.read_table(tmp_path, "bylines")


def test_a_copy_without_its_state_reads(tmp_path: Path) -> None:
    store.open_output(tmp_path / "out")
    publish(tmp_path / "out", ROWS)
    shutil.copytree(tmp_path / "out", tmp_path / "copy", ignore=shutil.ignore_patterns(".xianzhi"))
    assert store.read_table(tmp_path / "copy", "bylines").num_rows == 2


def test_a_stamp_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="E005"):
        store.read_tables(tmp_path, ["bylines"])
    assert store._stamp(tmp_path) == (0, 0)


def test_an_unfinished_target_is_whole_or_not_there(tmp_path: Path) -> None:
    with store.unfinished(tmp_path / "a" / "new") as path:
        path.mkdir()
        (path / "x").write_text("x")
    assert (tmp_path / "a" / "new" / "x").exists()
    with pytest.raises(OutputError, match="E204"), store.unfinished(tmp_path / "a" / "new"):
        pass
    for make in (Path.mkdir, Path.touch):

        def fail(make: Callable[[Path], None] = make) -> None:
            with store.unfinished(tmp_path / "b") as path:
                make(path)
                raise OSError(28, "No space left on device")

        with pytest.raises(OutputError, match="E202"):
            fail()
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
