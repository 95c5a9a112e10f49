"""The batch jobs on real files: what is new is done, what is unchanged is left alone, nothing is lost."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline import sources, store
from pipeline.check import check
from pipeline.errors import OutputError, PipelineError, UsageError
from pipeline.gather import PUBLISHED, STAGES
from pipeline.run import extract, link, run

from .conftest import ROOT

TABLES = sorted({name for stage in STAGES for name in PUBLISHED[stage]})


def digest(out: Path) -> dict[str, bytes]:
    return {name: (out / name / "part-0.parquet").read_bytes() for name in TABLES}


def documents(out: Path) -> dict[str, tuple[str, str | None]]:
    return {d["path"]: (d["status"], d["error"]) for d in store.read_table(out, "documents").to_pylist()}


def test_a_run_publishes_every_table_and_all_invariants_hold(raw: Path, tmp_path: Path) -> None:
    report = run(raw, tmp_path / "out", workers=0)
    assert report.documents == {"ok": 2}
    assert report.exit_status == 0
    assert set(report.rows) == set(TABLES)
    assert [str(p) for p in check(tmp_path / "out", raw=raw)] == []
    posts = store.read_table(tmp_path / "out", "posts").to_pylist()
    assert {(p["name"], p["post"]) for p in posts} >= {("佟墨林", "县长"), ("裴书砚", "副县长")}


def test_stages_one_by_one_give_the_bytes_of_a_whole_run(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "whole", workers=0)
    run(raw, tmp_path / "staged", upto="split", workers=0)
    assert not (tmp_path / "staged" / "dates").exists()
    extract(tmp_path / "staged", workers=0)
    assert [str(p) for p in check(tmp_path / "staged", raw=raw)] == []
    link(tmp_path / "staged")
    assert digest(tmp_path / "staged") == digest(tmp_path / "whole")


def test_workers_do_not_change_a_byte(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "none", workers=0)
    run(raw, tmp_path / "two", workers=2)
    assert digest(tmp_path / "none") == digest(tmp_path / "two")


def test_an_unchanged_rerun_touches_nothing(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(raw, out, workers=0)
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file() and p.name != "lock"}
    assert not run(raw, out, workers=0).published
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file() and p.name != "lock"} == before


@pytest.mark.benchmarks
def test_an_unchanged_rerun_is_quick(tmp_path: Path) -> None:
    """Two seconds and a millisecond a document, of CPU."""
    raw, n = tmp_path / "raw", 1000
    raw.mkdir()
    for i in range(n):
        (raw / f"{i:04}.txt").write_text(f"新闻一则\n\n3月1日,本县新修公路{i + 1}公里。\n", encoding="utf8")
    run(raw, tmp_path / "out", workers=0)
    began = time.process_time()
    assert run(raw, tmp_path / "out", workers=0).published is False
    assert time.process_time() - began <= 2.0 + 0.001 * n


def test_added_changed_and_removed_dumps(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(raw, out, workers=0)
    kept = set((out / ".xianzhi").rglob("*.rows"))
    (raw / "new.txt").write_text("新闻一则\n\n3月1日,本县新修公路8公里。\n", encoding="utf8")
    assert run(raw, out, workers=0).documents == {"ok": 3}
    assert kept < set((out / ".xianzhi").rglob("*.rows")), "the shards of unchanged dumps stay"
    (raw / "new.txt").unlink()
    assert run(raw, out, workers=0).documents == {"ok": 2}
    fresh = tmp_path / "fresh"
    run(raw, fresh, workers=0)
    assert digest(out) == digest(fresh)
    assert {p.name for p in (out / ".xianzhi").rglob("*.rows")} == {p.name for p in kept}


def test_bad_documents_are_rejected_rows_and_the_rest_is_published(raw: Path, tmp_path: Path) -> None:
    (raw / "empty.txt").write_bytes(b"")
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 8)
    shutil.copy(raw / "one.txt", raw / "two.txt")
    report = run(raw, tmp_path / "out", workers=0)
    found = documents(tmp_path / "out")
    assert report.exit_status == 3
    assert sorted(path for path, _ in report.rejects) == ["binary.txt", "empty.txt"]
    assert found["empty.txt"][0] == "rejected"
    assert str(found["empty.txt"][1]).startswith("E101")
    assert str(found["binary.txt"][1]).startswith("E102")
    assert [str(p) for p in check(tmp_path / "out")] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_rejected_row(raw: Path, tmp_path: Path) -> None:
    (raw / "secret.txt").write_text("文")
    (raw / "secret.txt").chmod(0)
    run(raw, tmp_path / "out", workers=0)
    assert str(documents(tmp_path / "out")["secret.txt"][1]).startswith("E103")


def test_a_file_that_vanishes_during_the_run_is_a_rejected_row(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = sources.find

    def find_then_remove(*args: object, **options: object) -> object:
        found = find(*args, **options)  # type: ignore[arg-type]
        (raw / "one.txt").unlink()
        return found

    monkeypatch.setattr(sources, "find", find_then_remove)
    run(raw, tmp_path / "out", workers=0)
    assert str(documents(tmp_path / "out")["one.txt"][1]).startswith("E103")


def test_the_same_bytes_at_a_second_path_are_a_duplicate(raw: Path, tmp_path: Path) -> None:
    shutil.copy(raw / "one.txt", raw / "zz.txt")
    report = run(raw, tmp_path / "out", workers=0)
    assert report.documents == {"duplicate": 1, "ok": 2}
    assert documents(tmp_path / "out")["zz.txt"] == ("duplicate", "same bytes as one.txt")


def test_a_damaged_shard_is_made_again(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(raw, out, workers=0)
    want = digest(out)
    shard = next((out / ".xianzhi").rglob("*.rows"))
    shard.write_bytes(shard.read_bytes()[:-5])
    (raw / "new.txt").write_text("新闻一则\n\n3月1日,本县新修公路8公里。\n", encoding="utf8")
    run(raw, out, workers=0)
    (raw / "new.txt").unlink()
    run(raw, out, workers=0)
    assert digest(out) == want


def test_the_manifest_holds_inputs_versions_settings_and_counts(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out", workers=0, source="测试报")
    record = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf8"))
    inputs = pq.read_table(tmp_path / "out" / "inputs.parquet")
    assert inputs["path"].to_pylist() == ["one.txt", "sub/2021-06-20.txt"]
    assert all(len(each) == 64 for each in inputs["sha256"].to_pylist())
    assert record["inputs"] == hashlib.sha256((tmp_path / "out" / "inputs.parquet").read_bytes()).hexdigest()
    assert record["settings"]["source"] == "测试报"
    assert set(record["versions"]) == {"schema", "split", "extract", "link"}
    ids = {pq.read_schema(tmp_path / "out" / n / "part-0.parquet").metadata[b"run_id"].decode() for n in TABLES}
    assert ids == {entry["run_id"] for entry in record["tables"].values()}


def test_folders_that_cannot_be_used(raw: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="E001"):
        run(tmp_path / "nothing", tmp_path / "out")
    with pytest.raises(OutputError, match="E201"):
        run(raw, raw / "out")
    with pytest.raises(UsageError, match="E003"):
        run(raw, tmp_path / "out", locality="不存在的地方")
    with pytest.raises(UsageError, match="E005"):
        extract(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    run(raw, tmp_path / "out", upto="split", workers=0)
    with pytest.raises(UsageError, match="not extracted"):
        link(tmp_path / "out")


# What is redone, and what is left alone


def touched(out: Path, before: dict[Path, int]) -> set[str]:
    """The published files that are other than before."""
    return {p.relative_to(out).parts[0] for p, then in stamps(out).items() if before.get(p) != then}


def stamps(out: Path) -> dict[Path, int]:
    return {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file() and ".xianzhi" not in p.parts}


def change(monkeypatch: pytest.MonkeyPatch, *roots: str) -> None:
    """The components of these roots get another fingerprint, as if a lexicon of theirs had changed."""
    for name in ("stages", "run", "gather"):
        module = importlib.import_module(f"pipeline.{name}")

        def changed(*asked: str, real: Callable[..., Mapping[str, str]] = module.components) -> dict[str, str]:
            return {**real(*asked), **({"other.csv": "1"} if set(asked) & set(roots) else {})}

        monkeypatch.setattr(module, "components", changed)


@pytest.mark.parametrize(
    ("root", "done", "tables"),
    [
        ("documents", {"split": 2, "extract": 2}, set(TABLES)),
        ("extract", {"extract": 2}, set(TABLES) - set(PUBLISHED["split"])),
        ("link", {"cached": 2}, set(PUBLISHED["link"])),
    ],
)
def test_a_changed_component_redoes_what_depends_on_it_and_only_that(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str, done: dict[str, int], tables: set[str]
) -> None:
    out = tmp_path / "out"
    run(raw, out, workers=0)
    before = stamps(out)
    change(monkeypatch, root)
    assert run(raw, out, workers=0).done == done
    assert touched(out, before) == tables | {"README.md", "inputs.parquet", "manifest.json"}
    assert run(raw, out, workers=0).published is False


def test_every_lexicon_that_a_stage_reads_is_among_its_components(raw: Path) -> None:
    """In a process of its own, for a lexicon is read once a process."""
    code = """if True:
        import sys
        from pathlib import Path
        read = set()
        sys.addaudithook(lambda event, args: read.add(Path(str(args[0]))) if event == "open" else None)
        from pipeline.documents import split_rows
        from pipeline.sources import find
        from pipeline.stages import Settings, fact_rows, facts_versions, resources, split_versions
        tools, rows = resources(Settings()), {}
        for source in find(Path(sys.argv[1])):
            for row in split_rows(source, source.path.read_bytes(), "", tools):
                rows.setdefault(row.table, []).append(row)
        of_split = {path.name for path in read if path.parent.name == "lexicons"}
        list(fact_rows([row for several in rows.values() for row in several], tools))
        of_both = {path.name for path in read if path.parent.name == "lexicons"}
        assert of_split and of_split < of_both
        print(sorted(of_split - set(split_versions(Settings()))), sorted(of_both - of_split - set(facts_versions(Settings()))))
    """
    done = subprocess.run([sys.executable, "-c", code, str(raw)], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout == "[] []\n", done.stdout + done.stderr


@pytest.mark.parametrize("name", ["posts", "README.md", "inputs.parquet"])
def test_what_was_lost_or_damaged_is_published_again(raw: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    run(raw, out, workers=0)
    want = digest(out)
    (out / name).unlink() if (out / name).is_file() else shutil.rmtree(out / name)
    before = stamps(out)
    assert run(raw, out, workers=0).published
    assert touched(out, before) == {name, "README.md", "inputs.parquet", "manifest.json"}
    assert digest(out) == want
    assert list(check(out)) == []


def test_stages_that_are_repeated_leave_what_fits_and_remove_what_does_not(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(raw, out, workers=0)
    want = digest(out)
    assert run(raw, out, upto="split", workers=0).published is False
    assert extract(out, workers=0).published is False
    assert link(out).published is False
    assert digest(out) == want
    (raw / "new.txt").write_text("新闻一则\n\n3月1日,本县新修公路8公里。\n", encoding="utf8")
    run(raw, out, upto="split", workers=0)
    assert {p.parent.name for p in out.glob("*/*.parquet")} == set(PUBLISHED["split"])
    assert list(check(out, raw=raw)) == []
    extract(out, workers=0)
    assert not (out / "people").exists()
    link(out)
    run(raw, tmp_path / "fresh", workers=0)
    assert digest(out) == digest(tmp_path / "fresh")


def test_code_that_changes_during_a_run_ends_it(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("pipeline.run"), "versions", lambda _: "those of an hour ago")
    with pytest.raises(PipelineError, match="E307"):
        run(raw, tmp_path / "out", workers=1)
    assert not (tmp_path / "out" / "manifest.json").exists()
