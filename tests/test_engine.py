"""The engine: an outcome for every task whatever a task does, in this process and in workers."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline import engine
from pipeline.errors import InputError, OutputError, PipelineError, UsageError

from .conftest import ROOT


def work(task: str) -> object:
    """Does to its worker what the task says."""
    match task:
        case "raise":
            raise ValueError("broken\nover two lines")
        case "reject":
            raise InputError("E101", "empty file", "give it text")
        case "leave":
            sys.exit("enough")
        case "exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            ctypes.string_at(0)
        case "hang":
            time.sleep(60)
        case "unpicklable":
            raise UnpicklableError
        case "lambda":
            return lambda: task
        case "recurse":
            return work(task)
        case "memory":
            return str(len(bytearray(4 << 30)))
        case "disk":
            raise OutputError("E202", "disk full", "free space")
        case "pid":
            return os.getpid()
    return task.upper()


class UnpicklableError(Exception):
    def __reduce__(self) -> str:
        raise TypeError("no")

    def __str__(self) -> str:
        raise TypeError("neither")


class Undead:
    """Kills the worker that unpickles it."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)

    def __call__(self, task: str) -> str:
        return task


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
    assert isinstance(odd, engine.Rejected)
    assert odd.reason.encode("utf8")


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


def test_an_error_that_no_task_is_to_blame_for_ends_the_job() -> None:
    for workers in (0, 2):
        with pytest.raises(OutputError, match="E202"):
            outcomes(engine.run(work, ["a", "disk", "b"], engine.Pool(workers)))
    assert multiprocessing.active_children() == []


def test_workers_that_do_not_start_end_the_job() -> None:
    with pytest.raises(PipelineError, match="E306"):
        outcomes(engine.processes(Undead(), ["a"], workers=1))


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
    code = "from pipeline import engine; from tests.test_engine import work\nfor o in engine.processes(work, ['pid', 'hang'], workers=1): print(o.value, flush=True)"
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


@pytest.mark.parametrize(("tasks", "most"), [(0, 1), (1, 1), (31, 1), (10_000, os.cpu_count() or 1)])
def test_workers_are_no_more_than_the_work_is_worth(tasks: int, most: int) -> None:
    assert 1 <= engine.default_workers(tasks) <= most


def test_the_life_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in a worker, run here: where coverage and a debugger see it."""
    limits: list[object] = []
    monkeypatch.setattr("resource.setrlimit", lambda *args: limits.append(args))
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
        finally:
            signal.signal(signal.SIGINT, before)
    kinds = [each if isinstance(each, str) else getattr(each, "code", "done") for each in answers]
    assert kinds == ["began", "done", "began", "E303", "began", "E202"]
    assert len(limits) == 1


def test_a_worker_goes_with_its_parent_and_is_confined_only_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = multiprocessing.Pipe()
    left: list[int] = []
    monkeypatch.setattr(engine.multiprocessing, "parent_process", lambda: SimpleNamespace(sentinel=ours))
    monkeypatch.setattr(os, "_exit", left.append)
    theirs.close()
    engine._die_with_parent()
    engine._confine(None)
    assert left == [1]


def test_too_little_memory_is_an_outcome() -> None:
    def greedy(_: str) -> str:
        raise MemoryError

    assert [each.code for each in engine.serial(greedy, ["a"])] == ["E305"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong", [{"engine": "spark"}, {"scheduler": "tcp://here:1"}, {"engine": "dask", "limit_mb": 100}], ids=str
)
def test_a_pool_whose_parts_do_not_go_together_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="E003"):
        engine.Pool(**wrong)


def test_a_heavy_task_may_take_longer() -> None:
    class Heavy:
        weight = 2.5

    assert [engine.allowed(task, 4.0) for task in (Heavy(), 1)] == [10.0, 4.0]
