"""The engine: an outcome for every task whatever a task does, in this process and in workers."""

from __future__ import annotations

import inspect
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline import engine
from pipeline.errors import OutputError, PipelineError, UsageError

from .conftest import ROOT
from .tasks import Undead, work


def outcomes(run: object) -> dict[int, object]:
    found = {o.index: o.value if isinstance(o, engine.Done) else o.code for o in run}  # type: ignore[attr-defined]
    return dict(sorted(found.items()))


TASKS = ["a", "raise", "b", "reject", "leave", "unpicklable", "recurse", "c"]
WANT = {0: "A", 1: "E303", 2: "B", 3: "E101", 4: "E303", 5: "E303", 6: "E303", 7: "C"}


def test_in_this_process_tasks_keep_their_order_and_errors_become_outcomes() -> None:
    assert [o.index for o in engine.run(work, TASKS, engine.Pool(0))] == list(range(len(TASKS)))
    assert outcomes(engine.run(work, TASKS, engine.Pool(0))) == WANT


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_give_what_this_process_gives(workers: int) -> None:
    assert outcomes(engine.run(work, TASKS, engine.Pool(workers))) == WANT


def test_a_reason_is_one_line_that_any_table_holds() -> None:
    (raised,) = engine.serial(work, ["raise"])
    assert raised == engine.Rejected(0, "E303", "ValueError: broken over two lines")
    (odd,) = engine.serial(lambda _: (_ for _ in ()).throw(KeyError("\ud800")), ["x"])
    assert odd == engine.Rejected(0, "E303", "KeyError: '\\ud800'")
    (long,) = engine.serial(lambda _: (_ for _ in ()).throw(ValueError("\ud800" + "x" * 400)), ["x"])
    assert long == engine.Rejected(0, "E303", f"ValueError: ?{'x' * 287}")


@pytest.mark.parametrize("workers", [1, 2])
def test_poison_rejects_itself_and_spares_the_others(workers: int) -> None:
    tasks = ["exit", "a", "kill", "b", "segfault", "c", "lambda", "memory", "d"]
    want = {0: "E301", 1: "A", 2: "E301", 3: "B", 4: "E301", 5: "C", 6: "E303", 7: "E305", 8: "D"}
    assert outcomes(engine.processes(work, tasks, workers=workers, limit_mb=512)) == want


def test_a_hanging_task_is_rejected_at_its_limit_and_only_its_worker_is_replaced() -> None:
    tasks = ["pid", "hang", "pid", "hang", "pid", "pid"]
    found = outcomes(engine.processes(work, tasks, workers=2, limit_s=1))
    assert [found.pop(1), found.pop(3)] == ["E302", "E302"]
    assert len(set(found.values())) <= 3
    assert multiprocessing.active_children() == []


def test_a_limit_of_months_is_no_more_than_the_system_can_wait() -> None:
    assert outcomes(engine.processes(work, ["a"], workers=1, limit_s=1e7)) == {0: "A"}


@pytest.mark.benchmarks
def test_a_loop_ends_within_five_seconds_of_its_limit() -> None:
    began = time.monotonic()
    assert outcomes(engine.processes(work, ["hang", "a"], workers=2, limit_s=3.0)) == {0: "E302", 1: "A"}
    assert time.monotonic() - began <= 3.0 + 5.0


def test_an_error_that_no_task_is_to_blame_for_ends_the_job() -> None:
    for workers in (0, 2):
        with pytest.raises(OutputError, match="E202"):
            outcomes(engine.run(work, ["a", "disk", "b"], engine.Pool(workers)))
    assert multiprocessing.active_children() == []


def test_workers_that_do_not_start_end_the_job() -> None:
    with pytest.raises(PipelineError) as error:
        outcomes(engine.processes(Undead(), ["a"], workers=1))
    assert str(error.value) == "E306 worker processes do not start — run with --workers 0 to see why"


def test_a_worker_that_dies_while_idle_costs_nothing() -> None:
    tasks = ["pid", "pid"]
    found = []
    for outcome in engine.processes(work, tasks, workers=1):
        found.append(outcome)
        if len(found) == 1:
            os.kill(outcome.value, signal.SIGKILL)  # type: ignore[union-attr,arg-type]
            time.sleep(0.1)
    assert [type(each) for each in found] == [engine.Done, engine.Done]


def test_a_job_that_is_given_up_leaves_no_worker() -> None:
    running = engine.processes(work, ["a", "hang", "hang"], workers=2)
    assert next(running) == engine.Done(0, "A")
    running.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_workers_die_with_a_parent_that_is_killed() -> None:
    code = "from pipeline import engine; from tests.tasks import work\nfor o in engine.processes(work, ['pid', 'hang'], workers=1): print(o.value, flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        parent.kill()
    for _ in range(500):
        if not Path(f"/proc/{worker}").exists():
            break
        time.sleep(0.02)
    assert not Path(f"/proc/{worker}").exists()


def test_no_tasks_start_no_worker() -> None:
    assert outcomes(engine.processes(work, [], workers=4)) == {}


@pytest.mark.parametrize(("tasks", "workers"), [(0, 1), (1, 1), (31, 1), (32, 2), (47, 2), (48, 3), (10_000, 8)])
def test_workers_are_no_more_than_the_work_is_worth(monkeypatch: pytest.MonkeyPatch, tasks: int, workers: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", {0: set(range(8))}.__getitem__)
    assert engine.default_workers(tasks) == workers
    monkeypatch.setattr(engine, "processes", lambda *_, workers, **__: workers)
    assert engine.run(work, range(tasks), engine.Pool(limit_s=9.0)) == workers  # type: ignore[comparison-overlap,arg-type]
    assert engine.run(work, range(tasks), engine.Pool(5)) == 5  # type: ignore[comparison-overlap,arg-type]


@pytest.mark.parametrize(("cores", "workers"), [(4, 4), (None, 1)])
def test_where_the_cores_at_hand_are_not_told_those_of_the_machine_count(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, workers: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert engine.default_workers(10_000) == workers


def test_where_tasks_are_run() -> None:
    """One alone of which nothing is told: here; with workers, with a limit, or where there are two: there."""
    here = os.getpid()
    assert outcomes(engine.run(work, ["pid"], engine.Pool())) == {0: here}
    for tasks, pool in (
        (["pid"], engine.Pool(1)),
        (["pid"], engine.Pool(limit_s=9.0)),
        (["pid", "pid"], engine.Pool()),
    ):
        assert here not in outcomes(engine.run(work, tasks, pool)).values()
    assert engine.Pool() == engine.Pool(None, 300.0, None, "processes", None)
    assert inspect.signature(engine.processes).parameters["limit_s"].default == 300.0


def test_a_task_that_killed_its_worker_is_tried_once_more_at_the_end(tmp_path: Path) -> None:
    found = list(engine.processes(work, [f"once {tmp_path / 'mark'}", "a", "b"], workers=1))
    assert found == [engine.Done(1, "A"), engine.Done(2, "B"), engine.Done(0, "late")]


def test_what_a_reject_says() -> None:
    tasks = ["exit", "hang", "memory", "reject"]
    found = {each.index: each for each in engine.processes(work, tasks, workers=2, limit_s=1.5, limit_mb=512)}
    assert found == {
        0: engine.Rejected(0, "E301", "the worker was killed while it ran this document, twice"),
        1: engine.Rejected(1, "E302", "not done after 1.5 s"),
        2: engine.Rejected(2, "E305", "more memory needed than a worker may have"),
        3: engine.Rejected(3, "E101", "empty file"),
    }


class Pipe:
    """A worker's pipe that tells what it is told to."""

    def __init__(self, *messages: object) -> None:
        self.messages, self.sent, self.closed = list(messages), list[object](), False

    def poll(self) -> bool:
        return bool(self.messages)

    def recv(self) -> object:
        return self.messages.pop(0)

    def send(self, message: object) -> None:
        self.sent.append(message)

    def close(self) -> None:
        self.closed = True


def test_a_first_task_has_time_for_the_start_of_its_worker_and_then_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(engine, "time", SimpleNamespace(monotonic=lambda: now[0]))
    pipe, process = Pipe("began", engine.Done(7, "A")), SimpleNamespace(kill=lambda: None, join=lambda: None)
    worker = engine._Worker(process, pipe)  # type: ignore[arg-type]
    assert (worker.busy, worker.alive, worker.proven) == (False, True, False)
    worker.give(7, "a", 5.0)
    assert (worker.deadline, worker.busy, pipe.sent) == (165.0, True, [(7, "a")])
    now[0] = 130.0
    assert worker.hear() == "began"
    assert (worker.deadline, worker.busy, worker.proven) == (135.0, True, True)
    assert worker.hear() == engine.Done(7, "A")
    assert (worker.busy, worker.alive) == (False, True)
    worker.give(8, "b", 5.0)
    assert worker.deadline == 135.0
    assert worker.hear() == engine.Rejected(8, "E302", "not done after 5 s")
    assert (worker.busy, worker.alive, pipe.closed) == (False, False, True)


def test_a_worker_is_hired_where_there_may_be_one_more() -> None:
    crew: list[engine._Worker] = []
    try:
        first = engine._idle(crew, 2, engine.Attempt(work), None)
        assert first
        assert crew == [first]
        assert engine._idle(crew, 2, engine.Attempt(work), None) is first
        first.busy = True
        second = engine._idle(crew, 2, engine.Attempt(work), None)
        assert second
        assert second.process.daemon, "it does not outlive a parent that leaves"
        second.busy = True
        assert engine._idle(crew, 2, engine.Attempt(work), None) is None
        second.busy = False
        assert engine._idle(crew, 2, engine.Attempt(work), None) is second
    finally:
        for worker in crew:
            worker._bury()
    assert multiprocessing.active_children() == []


def test_the_life_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in a worker, run here: where coverage and a debugger see it."""
    limits, threads = list[tuple[int, tuple[int, int]]](), list[dict[str, object]]()
    monkeypatch.setattr("resource.setrlimit", lambda *args: limits.append(args))
    monkeypatch.setattr("resource.getpagesize", lambda: 4096)
    monkeypatch.setattr(engine, "Path", lambda name: SimpleNamespace(read_text=lambda encoding: f"1000 {name} {encoding}"))  # fmt: skip
    monkeypatch.setattr(engine, "threading", SimpleNamespace(Thread=lambda **told: SimpleNamespace(start=lambda: threads.append(told))))  # fmt: skip
    before = signal.getsignal(signal.SIGINT)
    ours, theirs = multiprocessing.Pipe()
    for message in enumerate(["a", "lambda", "disk"]):
        ours.send(message)
    answers: list[object] = []

    def hear() -> None:
        answers.extend(ours.recv() for _ in range(6))
        ours.close()

    with ThreadPoolExecutor(1) as listener:
        listener.submit(hear)
        try:
            engine._serve(theirs, engine.Attempt(work), 64)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN, "the parent decides"
        finally:
            signal.signal(signal.SIGINT, before)
    kinds = [each if isinstance(each, str) else getattr(each, "code", "done") for each in answers]
    assert kinds == ["began", "done", "began", "E303", "began", "E202"]
    assert threads == [{"target": engine._die_with_parent, "daemon": True}]
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    assert limits == [(resource.RLIMIT_AS, (1000 * 4096 + 64 * 2**20, hard))]


def test_a_worker_goes_with_its_parent_and_is_confined_only_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = multiprocessing.Pipe()
    left: list[int] = []
    monkeypatch.setattr(engine.multiprocessing, "parent_process", lambda: SimpleNamespace(sentinel=ours))
    monkeypatch.setattr(os, "_exit", left.append)
    theirs.close()
    engine._die_with_parent()
    engine._confine(None)
    assert left == [1]
    monkeypatch.setattr(engine.multiprocessing, "parent_process", lambda: None)
    engine._die_with_parent()
    assert left == [1], "who has no parent stays"


def test_too_little_memory_is_an_outcome() -> None:
    def greedy(_: str) -> str:
        raise MemoryError

    assert [each.code for each in engine.serial(greedy, ["a"])] == ["E305"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"engine": "spark"}, "E003 no engine 'spark' — one of processes, dask"),
        ({"scheduler": "tcp://here:1"}, "E003 only the engine dask has a scheduler — add --engine dask"),
        ({"engine": "dask", "limit_mb": 100}, "E003 limit_mb is for the engine processes — give Dask's workers a --memory-limit"),
    ],
    ids=str,
)  # fmt: skip
def test_a_pool_whose_parts_do_not_go_together_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        engine.Pool(**wrong)
    assert str(error.value) == message
    assert engine.Pool(engine="dask", scheduler="tcp://here:1").limit_mb is None


@pytest.mark.parametrize("made", [engine.Pool(), engine.Done(0, "A"), engine.Rejected(0, "E303", ""), engine.Attempt(work)], ids=repr)  # fmt: skip
def test_what_is_sent_to_and_fro_cannot_be_changed(made: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(made, made.__slots__[0], None)


def test_a_heavy_task_may_take_longer() -> None:
    class Heavy:
        weight = 2.5

    class Light:
        weight = 0.5

    assert [engine.allowed(task, 4.0) for task in (Heavy(), Light(), 1)] == [10.0, 4.0, 4.0]
