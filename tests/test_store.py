"""The store: atomic files, shards that notice damage, the lock, and folders that are not ours."""

from __future__ import annotations

import fcntl
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import shards, store
from pipeline.errors import LockedError, OutputError, PipelineError, UsageError
from pipeline.inputs import Input, Inputs, outside
from pipeline.model import Source
from pipeline.schema import TABLES, BylineRow, DocumentRow, Row, arrow_schema, sort, to_arrow

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
    for name in ("new", "newer"):
        with store.unfinished(tmp_path / "a" / "b" / name) as path:
            path.mkdir()
            (path / "x").write_text("x")
        assert (tmp_path / "a" / "b" / name / "x").exists()
    with pytest.raises(OutputError, match="E204"), store.unfinished(tmp_path / "a" / "b" / "new"):
        pass
    for make in (Path.mkdir, Path.touch):

        def fail(make: Callable[[Path], None] = make) -> None:
            with store.unfinished(tmp_path / "b") as path:
                make(path)
                raise OSError(28, "No space left on device")

        with pytest.raises(OutputError, match="E202"):
            fail()
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


# To the letter: what is promised about every file, and what is said when it cannot be kept


def test_what_is_published_is_synced_before_it_is_seen_and_the_manifest_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut may leave: a name that is seen is of bytes that are on the disk."""
    store.open_output(tmp_path)
    events: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        events.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        fsync(descriptor)

    def replaced(self: Path, target: Path) -> Path:
        events.append(f"seen {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    publish(tmp_path, ROWS)
    files = ["part-0.parquet", "inputs.parquet", "README.md", "manifest.json"]
    assert events[:4] == [f"sync {each}" for each in files]
    out = tmp_path.name
    assert events[4:] == [
        "seen part-0.parquet", "sync bylines", "seen README.md", f"sync {out}", "seen inputs.parquet", f"sync {out}", "seen manifest.json", f"sync {out}",
    ]  # fmt: skip
    del events[:]
    store.write_atomically(tmp_path / "deep" / "down" / "file", b"new")
    assert [re.sub(r"\.[0-9a-f]{8}$", "", each) for each in events] == ["sync .file", "seen file", "sync down"]
    del events[:]
    with store.replacing(tmp_path / "file", durable=False) as file:
        file.write(b"quick")
    assert events == ["seen file"]
    assert (tmp_path / "file").read_bytes() == b"quick"
    with store.unfinished(tmp_path / "new") as path:
        path.touch()
    assert events == ["seen file", "seen new", f"sync {out}"]


def test_a_file_is_made_beside_its_place_under_a_hidden_name(tmp_path: Path) -> None:
    for making, name in ((store.replacing(tmp_path / "file"), r"\.file\.[0-9a-f]{8}"), (store.unfinished(tmp_path / "new"), rf"\.new\.{os.getpid()}")):  # fmt: skip
        with making as made:
            if isinstance(made, Path):
                made.touch()
            (seen,) = [p.name for p in tmp_path.iterdir() if p.name not in ("file", "new")]
            assert re.fullmatch(name, seen)


def test_an_error_of_the_writer_is_its_own_and_leaves_the_old_file(tmp_path: Path) -> None:
    store.write_atomically(tmp_path / "file", b"old")
    with pytest.raises(ZeroDivisionError), store.replacing(tmp_path / "file") as file:
        file.write(b"%d" % (1 // 0))
    with pytest.raises(ZeroDivisionError), store.unfinished(tmp_path / "new") as path:
        path.write_bytes(b"%d" % (1 // 0))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"file": b"old"}


def test_the_record_is_text_that_people_read(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    record = {"tool": "xianzhi", "settings": {"source": "测试报"}, "tables": {"bylines": {"run_id": "r1", "rows": 2}}}
    store.publish(tmp_path, {"bylines": ("r1", [to_arrow("bylines", ROWS)])}, manifest=record, readme="", inputs=INPUTS)
    lines = (tmp_path / "manifest.json").read_text(encoding="utf8").splitlines(keepends=True)
    assert lines[:3] == ["{\n", ' "tool": "xianzhi",\n', ' "settings": {\n']
    assert lines[3] == '  "source": "测试报"\n'
    assert lines[-1] == "}\n"
    assert record["tables"] == {"bylines": {"run_id": "r1", "rows": 2}}, "what was given is left as it was"


def test_tables_can_go_without_any_that_come(tmp_path: Path) -> None:
    """Whatever a crash left staged."""
    store.open_output(tmp_path)
    (tmp_path / ".xianzhi" / "staging" / "bylines").mkdir(parents=True)
    publish(tmp_path, ROWS)
    store.publish(tmp_path, {}, manifest={"tool": "xianzhi", "tables": {}}, readme="", inputs=INPUTS, drop=["bylines"])
    assert sorted(p.name for p in tmp_path.iterdir()) == [".xianzhi", "README.md", "inputs.parquet", "manifest.json"]


def test_no_file_stays_open(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with store.locked(tmp_path):
            publish(tmp_path, ROWS)
        store.read_table(tmp_path, "bylines")
        list(store.pieces(tmp_path, "bylines"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_on_a_file_system_without_links_a_publish_replaces_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    monkeypatch.setattr("os.link", no_links)
    publish(tmp_path, ROWS[:1], "r2")
    table, rows = store.shape(tmp_path, "bylines")
    assert (table.names, rows) == (arrow_schema("bylines").names, 1)


def test_what_a_file_holds_beside_its_rows(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    for path in (tmp_path / "bylines" / "part-0.parquet", tmp_path / "inputs.parquet"):
        group = pq.read_metadata(path).row_group(0)
        assert {group.column(n).compression for n in range(group.num_columns)} == {"ZSTD"}
    schema = pq.read_schema(tmp_path / "bylines" / "part-0.parquet")
    want = arrow_schema("bylines")
    assert schema.equals(want.with_metadata({**want.metadata, b"run_id": b"r1"}), check_metadata=True)
    assert store._run_id(schema.with_metadata({b"run_id": b"\xff"})) == "\ufffd"
    assert store._run_id(schema.remove_metadata()) == ""


def test_a_table_comes_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    monkeypatch.setattr(store, "_PIECE", 1)
    found = list(store.pieces(tmp_path, "bylines", ["name", "ordinal"]))
    assert [each.to_pylist() for each in found] == [[{"name": row.name, "ordinal": n}] for n, row in enumerate(ROWS)]


@pytest.mark.parametrize(("sizes", "groups"), [([], [0]), ([0], [0]), ([3], [3]), ([4], [4]), ([4, 4], [4, 4]), ([1, 2, 2], [4, 1]), ([9], [4, 4, 1]), ([4, 0, 1], [4, 1])])  # fmt: skip
def test_rows_are_cut_into_groups(sizes: list[int], groups: list[int]) -> None:
    rows = [BylineRow("a1", n, None, "牧仁", 3, 5) for n in range(sum(sizes))]
    pieces = [to_arrow("bylines", rows[sum(sizes[:n]) :][:size]) for n, size in enumerate(sizes)]
    found = list(store._groups(arrow_schema("bylines"), pieces, 4))
    assert [each.num_rows for each in found] == groups
    assert pa.concat_tables(found)["ordinal"].to_pylist() == list(range(sum(sizes)))


def test_what_is_held_of_a_text_table_is_bounded() -> None:
    assert (store._ROW_GROUP, store._ROW_GROUPS, store._PIECE) == (
        1_000_000,
        {"articles": 50_000, "documents": 100_000},
        50_000,
    )


def damaged(out: Path) -> None:
    (out / "bylines" / "part-0.parquet").write_bytes(b"PAR1 not really")


@pytest.mark.parametrize(
    ("prepare", "act", "message"),
    [
        (None, store.manifest, "E005 {out} holds no output of xianzhi — run `cli.py run RAW OUT` first"),
        (None, lambda out: store.manifest(out / "README.md"), "E005 {out}/README.md holds no output of xianzhi — run `cli.py run RAW OUT` first"),
        (lambda out: (out / "manifest.json").write_text("{"), store.manifest, "E203 {out}/manifest.json is damaged — run the pipeline again"),
        (lambda out: (out / "manifest.json").write_text("{}"), store.manifest, "E005 {out}/manifest.json is not xianzhi's — name an output folder"),
        (damaged, lambda out: store.read_table(out, "bylines"), "E203 {out}/bylines/part-0.parquet is damaged or gone — run the pipeline again"),
        (damaged, lambda out: list(store.pieces(out, "bylines")), "E203 {out}/bylines/part-0.parquet is damaged or gone — run the pipeline again"),
        (lambda _: None, lambda out: store.read_table(out, "dates"), "E005 {out} has no table dates — run the stage that writes it"),
        (lambda _: None, lambda out: store.read_table(out, "bylinse"), f"E005 no table 'bylinse' — one of {', '.join(TABLES)}"),
        (lambda _: None, lambda out: store.open_output(out / "README.md"), "E201 {out}/README.md is a file — name a folder"),
        (lambda out: shutil.rmtree(out / ".xianzhi"), store.open_output, "E201 {out} holds something that xianzhi did not write — name an empty or new folder"),
        (lambda _: None, lambda out: store.unfinished(out / "bylines").__enter__(), "E204 {out}/bylines exists — name a new one, or remove it"),
        (lambda _: None, lambda out: store.write_atomically(out / "README.md" / "x", b""), "E202 {out}/README.md/x cannot be written: File exists — free space or mend permissions, then run again"),
        (lambda _: None, lambda out: store.write_atomically(out / "bylines", b""), "E202 {out}/bylines cannot be written: Is a directory — free space or mend permissions, then run again"),
    ],
)  # fmt: skip
def test_what_is_said(
    tmp_path: Path, prepare: Callable[[Path], object] | None, act: Callable[[Path], object], message: str
) -> None:
    store.open_output(tmp_path)
    if prepare:
        publish(tmp_path, ROWS)
        prepare(tmp_path)
    with pytest.raises(PipelineError) as error:
        act(tmp_path)
    assert str(error.value) == message.replace("{out}", str(tmp_path))


def test_a_table_of_another_run_is_refused_at_once_where_nobody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    manifest = (tmp_path / "manifest.json").read_bytes()
    publish(tmp_path, ROWS[:1], "r2")
    (tmp_path / "manifest.json").write_bytes(manifest)
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    for read in (lambda: store.read_table(tmp_path, "bylines"), lambda: list(store.pieces(tmp_path, "bylines"))):
        with pytest.raises(OutputError, match=f"E203 {tmp_path} is not whole: a run was stopped while it published — run the pipeline again"):  # fmt: skip
            read()
    assert slept == []
    with store.locked(tmp_path), pytest.raises(OutputError, match="E203"):
        store.read_table(tmp_path, "bylines")
    assert slept == [0.05] * 200, "ten seconds for a run that publishes"


def test_readers_read_again_what_changed_while_they_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_output(tmp_path)
    publish(tmp_path, ROWS)
    real, reads = store._read_parquet, list[Path]()

    def read(path: Path, *rest: Any) -> pa.Table:
        table = real(path, *rest)
        if not reads:
            publish(tmp_path, ROWS[:1], "r2")
        reads.append(path)
        return table

    monkeypatch.setattr(store, "_read_parquet", read)
    assert store.read_table(tmp_path, "bylines").num_rows == 1
    assert len(reads) == 2


def test_a_state_of_private_names_is_the_owners_alone(tmp_path: Path) -> None:
    (tmp_path / ".gitkeep").touch()
    store.open_output(tmp_path)
    assert (tmp_path / ".xianzhi").stat().st_mode & 0o077
    store.open_output(tmp_path, private=True)
    assert (tmp_path / ".xianzhi").stat().st_mode & 0o777 == 0o700


def test_a_publish_that_fails_takes_back_a_table_that_was_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a step back fails as well: the others are still made."""
    store.open_output(tmp_path)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "manifest.json":
            (tmp_path / "README.md").unlink()
            (tmp_path / "README.md").mkdir()  # cannot be unlinked
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OutputError, match="E202"):
        publish(tmp_path, ROWS)
    assert list((tmp_path / "bylines").iterdir()) == []
    assert not (tmp_path / "inputs.parquet").exists()
    assert [p.name for p in (tmp_path / ".xianzhi").iterdir()] == ["shards"], "nothing stays staged"


# The lock


def test_the_lock_says_who_holds_it_whatever_stood_there(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    lock = tmp_path / ".xianzhi" / "lock"
    lock.write_bytes(b"somebody else " * 100)
    with store.locked(tmp_path):
        assert re.fullmatch(rf"process {os.getpid()} on \S+ since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d", lock.read_text())
        assert store._is_written(tmp_path)
        for said, told in ((b"", "an unknown process"), (b"\xff\n", "\ufffd")):
            lock.write_bytes(said)
            with pytest.raises(LockedError) as error, store.locked(tmp_path):
                pass
            assert str(error.value) == f"E401 {tmp_path} is in use by {told} — wait for it or stop it"
    assert not store._is_written(tmp_path)
    assert not store._is_written(tmp_path / "nowhere")


def test_a_reader_that_looks_for_a_writer_keeps_no_run_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open_output(tmp_path)
    slept: list[float] = []
    with (tmp_path / ".xianzhi" / "lock").open("ab+") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        assert not store._is_written(tmp_path), "another reader is no writer"

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) == 9:
                fcntl.flock(reader, fcntl.LOCK_UN)

        monkeypatch.setattr("time.sleep", sleep)
        with store.locked(tmp_path):
            assert slept == [0.02] * 9
        fcntl.flock(reader, fcntl.LOCK_SH)
        with pytest.raises(LockedError), store.locked(tmp_path):
            pass
    assert len(slept) == 18


def test_who_cannot_write_its_name_holds_the_lock_all_the_same(tmp_path: Path) -> None:
    store.open_output(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))  # as on a disk that is full
    try:
        with store.locked(tmp_path):
            assert store._is_written(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
