"""The store: atomic files, shards that notice damage, the lock, and folders that are not ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import store
from pipeline.errors import LockedError, OutputError, UsageError
from pipeline.schema import BylineRow, Row, arrow_schema, to_arrow

ROWS = [BylineRow("a1", 0, "记者", "牧仁", 3, 5), BylineRow("a1", 1, None, "图雅", 6, 8)]


def publish(out: Path, rows: list[Row], run_id: str = "r1") -> None:
    table = to_arrow("bylines", rows)
    record = {"tool": "xianzhi", "tables": {"bylines": {"run_id": run_id, "rows": len(rows)}}}
    store.publish(out, {"bylines": (run_id, table)}, manifest=record, readme="# test\n")


def test_shard_round_trip(tmp_path: Path) -> None:
    path = store.shard_path(tmp_path, "ab12")
    store.write_shard(path, ROWS)
    tables = store.read_shard(path)
    assert list(tables) == ["bylines"]
    assert tables["bylines"].schema.equals(arrow_schema("bylines"))
    assert [BylineRow(**r) for r in tables["bylines"].to_pylist()] == ROWS


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty"])
def test_a_damaged_shard_is_removed_and_named(tmp_path: Path, damage: str) -> None:
    path = store.shard_path(tmp_path, "ab12")
    store.write_shard(path, ROWS)
    data = path.read_bytes()
    path.write_bytes({"truncated": data[:-9], "flipped": data[:50] + b"x" + data[51:], "empty": b""}[damage])
    with pytest.raises(OutputError, match="E203"):
        store.read_shard(path)
    assert not path.exists()


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


def test_stale_shards_are_swept(tmp_path: Path) -> None:
    for key in ("aa11", "bb22"):
        store.write_shard(store.shard_path(tmp_path, key), ROWS)
    assert store.sweep_shards(tmp_path, frozenset({"aa11"})) == 1
    assert store.shard_path(tmp_path, "aa11").exists()
    assert not store.shard_path(tmp_path, "bb22").exists()
