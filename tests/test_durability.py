"""Nothing lost, nothing torn: kills, crashes at every step of a publish, poison, and any order of changes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipeline import engine, stages, store
from pipeline.errors import PipelineError
from pipeline.plan import plan
from pipeline.run import run
from pipeline.stages import Result, Task

from .conftest import ROOT, SAMPLE, size
from .tasks import UnpicklableError, work

TOWNS = ("红星镇", "东风镇", "前进乡", "和平街道", "团结镇", "光明乡")


def fill(raw: Path, n: int) -> Path:
    """n small dumps of different towns and days."""
    raw.mkdir(parents=True, exist_ok=True)
    for i in range(n):
        text = SAMPLE.replace("红星镇", TOWNS[i % len(TOWNS)]).replace("120万", f"{100 + i}万")
        (raw / f"2021-06-{i + 1:02}.txt").write_text(text, encoding="utf8")
    return raw


def published(out: Path) -> dict[str, bytes]:
    """Every published file but the manifest, which holds timings."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.glob("*/*.parquet")) if ".xianzhi" not in p.parts}  # fmt: skip


def command(raw: Path, out: Path, *options: str, **environment: str) -> list[str]:
    del environment
    return [sys.executable, str(ROOT / "cli.py"), "run", str(raw), str(out), "-q", *options]


# Kills


@pytest.mark.slow
def test_a_killed_run_leaves_whole_files_and_the_next_one_makes_the_same_bytes(tmp_path: Path) -> None:
    raw, rng = fill(tmp_path / "raw", 24), random.Random(7)
    began = time.monotonic()
    run(raw, tmp_path / "whole", workers=0)
    subprocess.run(command(raw, tmp_path / "timed", "--workers", "2"), check=True)
    took, want = time.monotonic() - began, published(tmp_path / "whole")
    trials = size(20, 500)
    for n in range(trials):
        out = tmp_path / f"killed-{n % 4}"
        with subprocess.Popen(command(raw, out, "--workers", "2"), start_new_session=True) as victim:
            time.sleep(rng.uniform(0.05, took))
            os.killpg(victim.pid, signal.SIGKILL)
        for path in out.glob("*/*.parquet"):
            pq.read_metadata(path)
        if n % 4 == 3 or n >= trials - 4:
            run(raw, out, workers=0)
            assert published(out) == want
            shutil.rmtree(out)


class Crash(BaseException):
    """Stands for the power cut: nothing may catch it."""


class Faults:
    """Counts the file operations of the store and makes the n-th fail, or all writing from it on; armed with None it only counts."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.arm(None)

    def arm(self, n: int | None, error: BaseException | None = None, *, lasting: bool = False) -> list[str]:
        self.done.clear()
        self.n, self.error, self.lasting = n, error or Crash(), lasting
        return self.done

    def step(self, name: str) -> None:
        self.done.append(name)
        at = len(self.done) - 1
        full = self.lasting and name in ("before open", "before fsync")  # what a full disk goes on refusing
        if self.n is not None and (at == self.n or (full and at > self.n)):
            raise self.error

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Faults before and after every replace, fsync and unlink, and before every opening for writing."""
        for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "open"), (os, "fsync")):
            patch.setattr(owner, name, self.wrapped(name, getattr(owner, name)))

    def wrapped(self, name: str, original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            if name == "open" and not any(mode in str(args[1:]) for mode in "wa"):
                return original(*args, **options)
            self.step(f"before {name}")
            result = original(*args, **options)
            if name != "open":
                self.step(f"after {name}")
            return result

        return call


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    made = Faults()
    made.install(monkeypatch)
    return made


EVERY = pytest.mark.parametrize("every", [37, pytest.param(1, marks=pytest.mark.slow)])


@EVERY
def test_a_crash_at_any_step_leaves_old_or_new_and_the_next_run_heals(
    tmp_path: Path, faults: Faults, every: int
) -> None:
    old_raw, new_raw = fill(tmp_path / "old", 1), fill(tmp_path / "new", 2)
    run(old_raw, tmp_path / "was", workers=0)
    run(new_raw, tmp_path / "want", workers=0)
    old, want = published(tmp_path / "was"), published(tmp_path / "want")
    total = steps(tmp_path, new_raw, faults)
    for n in range(0, total, every):
        out = tmp_path / "crashed"
        faults.arm(None)
        shutil.copytree(tmp_path / "was", out)
        done = faults.arm(n)
        with pytest.raises(Crash):
            run(new_raw, out, workers=0)
        where = done[-1]
        faults.arm(None)
        for name in ("articles", "dates", "people"):
            try:
                table = store.read_table(out, name)
            except PipelineError as error:
                assert error.code == "E203"  # noqa: PT017  (a mix is refused, never given out)
            else:
                assert any(table.equals(store.read_table(tmp_path / each, name)) for each in ("was", "want"))
        run(new_raw, out, workers=0)
        assert published(out) == want, f"after a crash {where}, step {n}"
        shutil.rmtree(out)
    assert published(tmp_path / "was") == old


def steps(folder: Path, raw: Path, faults: Faults) -> int:
    """How many file operations an update of `was` takes."""
    shutil.copytree(folder / "was", folder / "counted")
    done = faults.arm(None)
    run(raw, folder / "counted", workers=0)
    assert len(done) > 80, "the injection sees the store's operations"
    return len(done)


@EVERY
@pytest.mark.parametrize(
    ("errno", "lasting"), [(28, True), (30, False), (5, False)], ids=["disk full", "read-only", "EIO"]
)
def test_a_failing_disk_leaves_the_old_data(
    tmp_path: Path, faults: Faults, every: int, errno: int, lasting: bool
) -> None:
    old_raw, new_raw = fill(tmp_path / "old", 1), fill(tmp_path / "new", 2)
    run(old_raw, tmp_path / "was", workers=0)
    old = whole(tmp_path / "was")
    total = steps(tmp_path, new_raw, faults)
    want = published(tmp_path / "counted")
    for n in range(0, total, every):
        out = tmp_path / "failed"
        faults.arm(None)
        shutil.copytree(tmp_path / "was", out)
        done = faults.arm(n, OSError(errno, os.strerror(errno)), lasting=lasting)
        try:
            run(new_raw, out, workers=0)
        except PipelineError as error:
            assert (error.code, error.exit_status) == ("E202", 1)  # noqa: PT017  (or it could be done without)
            assert whole(out) == old, f"{done[n]}, step {n}"
        faults.arm(None)
        run(new_raw, out, workers=0)
        assert published(out) == want
        shutil.rmtree(out)


def whole(out: Path) -> dict[str, bytes]:
    return {**published(out), **{name: (out / name).read_bytes() for name in ("README.md", "manifest.json")}}


def test_readers_never_see_a_mixture(tmp_path: Path) -> None:
    small, large, out = fill(tmp_path / "small", 1), fill(tmp_path / "large", 3), tmp_path / "out"
    run(small, out, workers=0)
    stop = threading.Event()

    def read() -> list[int]:
        seen = []
        while not stop.is_set():
            seen.append(store.read_table(out, "documents").num_rows)
        return seen

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for n in range(size(20, 200)):
                run((large, small)[n % 2], out, workers=0)
        finally:
            stop.set()
    seen = [n for reader in readers for n in reader.result()]
    assert set(seen) <= {1, 3}
    assert len(seen) >= size(20, 10_000)


# Poison


def poisoned(task: Task) -> Result:
    """The real stages, but for documents whose name says what they do to their worker, and before which stage."""
    kind, _, stage = task.source.path.stem.partition("-at-")
    if stage == "extract":
        stages.process(replace(task, facts=False))
    if stage:
        poison(kind)
    return stages.process(task)


def poison(kind: str) -> None:
    match kind:
        case "exit" | "kill" | "segfault":
            work(kind)
        case "loop":
            while True:
                pass
        case "memory":
            bytearray(64 << 30)
        case "recurse":
            poison(kind)
        case "unpicklable":
            raise UnpicklableError
        case "raise":
            raise ValueError("broken\nover two lines")


POISONS = {"exit": "E301", "kill": "E301", "segfault": "E301", "loop": "E302", "memory": "E305", "recurse": "E303", "unpicklable": "E303", "raise": "E303"}  # fmt: skip
PLACES = {"first": "0", "middle": "2021-06-02", "last": "z"}


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["split", "extract"])
@pytest.mark.parametrize("place", PLACES if size(0, 1) else ["middle"])
@pytest.mark.parametrize("kind", POISONS)
def test_a_poison_document_is_one_reject_and_the_others_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, place: str, stage: str
) -> None:
    raw = fill(tmp_path / "raw", 4)
    run(raw, tmp_path / "clean", workers=0)
    (raw / PLACES[place]).mkdir()
    (raw / PLACES[place] / f"{kind}-at-{stage}.txt").write_text(SAMPLE, encoding="utf8")
    monkeypatch.setattr(sys.modules["pipeline.run"], "process", poisoned)
    report = run(raw, tmp_path / "out", workers=2, limit_s=30.0 if kind == "loop" else 300.0)
    ((path, reason),) = report.rejects
    assert path == f"{PLACES[place]}/{kind}-at-{stage}.txt"
    assert reason.startswith(POISONS[kind])
    assert "\n" not in reason
    (row,) = (each for each in store.read_table(tmp_path / "out", "documents").to_pylist() if each["status"] == "rejected")  # fmt: skip
    assert (row["path"], row["error"], len(row["sha256"])) == (path, reason, 64)
    for name in report.rows.keys() - {"documents"}:  # the bytes differ by the run's id
        assert store.read_table(tmp_path / "out", name).equals(store.read_table(tmp_path / "clean", name)), name


# The same bytes, whatever the machine


MACHINES = [
    ("1", "1", "C", "UTC"), ("2", "7", "zh_CN.GB18030", "Asia/Urumqi"), ("4", "99", "C.UTF-8", "Pacific/Kiritimati"),
    *([("8", "3", "C", "America/Los_Angeles"), ("16", "random", "zh_CN.UTF-8", "Asia/Shanghai")] if size(0, 1) else []),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES, ids=" ".join)
def test_workers_hash_seeds_locales_zones_and_the_order_of_files_change_nothing(
    tmp_path: Path, machine: tuple[str, str, str, str]
) -> None:
    workers, seed, locale, zone = machine
    raw = fill(tmp_path / "raw", 8)
    run(raw, tmp_path / "plain", workers=0)
    environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone}
    subprocess.run(command(raw, tmp_path / "out", "--workers", workers), check=True, env=environment)
    assert published(tmp_path / "out") == published(tmp_path / "plain")


@pytest.mark.parametrize("seed", range(size(2, 5)))
def test_in_any_order_dumps_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """As a folder lists its files, and as they are done, in one run or one after the other."""
    raw = fill(tmp_path / "raw", 6)
    run(raw, tmp_path / "plain", workers=0)
    names = sorted(path.name for path in raw.iterdir())
    random.Random(seed).shuffle(names)
    parts = fill(tmp_path / "parts", 0)
    for name in names:
        shutil.copy(raw / name, parts / name)
        if name in names[2::2]:
            run(parts, tmp_path / "grown", workers=0)
    run(parts, tmp_path / "grown", workers=0)
    assert published(tmp_path / "grown") == published(tmp_path / "plain")
    serial = engine.serial
    monkeypatch.setattr(engine, "serial", lambda function, tasks: random.Random(seed).sample(found := list(serial(function, tasks)), len(found)))  # fmt: skip
    run(parts, tmp_path / "shuffled", workers=0)
    assert published(tmp_path / "shuffled") == published(tmp_path / "plain")


class Changes(RuleBasedStateMachine):
    """Dumps are added, edited, renamed, removed, dated, options and lexicons change, runs are killed; an output then equals a fresh one."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=os.environ["PYTEST_STATE"]))
        self.raw, self.out = fill(self.folder / "raw", 1), self.folder / "out"
        self.dated: dict[str, str] = {}
        self.locality: str | None = None
        self.patch = pytest.MonkeyPatch()

    def names(self) -> list[str]:
        return sorted(p.name for p in self.raw.glob("*.txt"))

    @rule(n=st.integers(0, 9), town=st.sampled_from(TOWNS))
    def write(self, n: int, town: str) -> None:
        (self.raw / f"dump-{n}.txt").write_text(SAMPLE.replace("红星镇", town), encoding="utf8")

    @rule(n=st.integers(0, 9))
    def remove(self, n: int) -> None:
        if len(names := self.names()) > 1:
            (self.raw / names[n % len(names)]).unlink()

    @rule(n=st.integers(0, 9), m=st.integers(0, 9))
    def rename(self, n: int, m: int) -> None:
        names = self.names()
        (self.raw / names[n % len(names)]).replace(self.raw / f"dump-{m}.txt")

    @rule(n=st.integers(0, 9))
    def empty(self, n: int) -> None:
        (self.raw / f"dump-{n}.txt").write_bytes(b"")

    @rule(n=st.integers(0, 9), day=st.dates(date(1990, 1, 1), date(2030, 1, 1)))
    def dates(self, n: int, day: object) -> None:
        self.dated[f"dump-{n}.txt"] = str(day)
        lines = ["path,published,locality,source", *(f"{name},{day},," for name, day in sorted(self.dated.items()))]
        (self.raw / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf8")

    @rule(locality=st.sampled_from([None, "浙江省衢州市开化县", "浙江省衢州市柯城区"]))
    def move(self, locality: str | None) -> None:
        self.locality = locality

    @rule(word=st.sampled_from(["a", "b"]))
    def edit_a_lexicon(self, word: str) -> None:
        self.patch.setattr(stages, "facts_versions", lambda _: {"figures_units.csv": word})

    @rule()
    def lose_a_shard(self) -> None:
        for shard in sorted(self.out.rglob("*.rows"))[:1]:
            shard.unlink()

    @rule(table=st.sampled_from(["posts", "articles", "people"]))
    def lose_a_table(self, table: str) -> None:
        shutil.rmtree(self.out / table, ignore_errors=True)

    @rule(n=st.integers(0, 150))
    def kill(self, n: int) -> None:
        faults = Faults()
        with pytest.MonkeyPatch.context() as patch, suppress(Crash):
            faults.install(patch)
            faults.arm(n)
            run(self.raw, self.out, workers=0, locality=self.locality)

    @rule(stage=st.sampled_from(["split", "extract"]))
    def stop_after(self, stage: str) -> None:
        run(self.raw, self.out, workers=0, locality=self.locality, upto=stage)

    @invariant()
    def an_incremental_output_equals_a_fresh_one(self) -> None:
        run(self.raw, self.out, workers=0, locality=self.locality)
        fresh = self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        said = {each.path: each for each in plan(self.raw, fresh, locality=self.locality)}
        done = run(self.raw, fresh, workers=0, locality=self.locality)
        assert sum(each.verdict == "do" for each in said.values()) == sum(done.done.values()) - done.done.get(
            "extract", 0
        )
        assert published(self.out) == published(fresh)

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_STATE", str(tmp_path))


@pytest.mark.slow
@pytest.mark.usefixtures("state")
def test_any_order_of_changes() -> None:
    machine = Changes.TestCase()
    machine.settings = settings(
        max_examples=size(10, 250), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
        derandomize=True, database=None, phases=[Phase.generate],
    )  # fmt: skip
    machine.runTest()
