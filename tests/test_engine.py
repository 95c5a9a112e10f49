"""The engine: outcomes for every task whatever a task does, serial and over processes."""

from __future__ import annotations

import ctypes
import os
import signal
import time

import pytest

from pipeline import engine
from pipeline.errors import InputError


def work(task: str) -> str:
    """Does to its worker what the task says."""
    if task == "raise":
        raise ValueError("broken")
    if task == "reject":
        raise InputError("E101", "empty file", "give it text")
    if task == "exit":
        os._exit(3)
    if task == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "hang":
        time.sleep(60)
    if task == "unpicklable":
        raise UnpicklableError
    if task == "segfault":
        ctypes.string_at(0)
    if task == "recurse":
        return work_deeper(0)
    if task == "memory":
        return str(len(bytearray(4 << 30)))
    return task.upper()


def work_deeper(n: int) -> str:
    return work_deeper(n + 1)


class UnpicklableError(Exception):
    def __reduce__(self) -> str:
        raise TypeError("no")


def outcomes(run: object) -> dict[int, str]:
    found = {o.index: o.value if isinstance(o, engine.Done) else o.code for o in run}  # type: ignore[attr-defined]
    return dict(sorted(found.items()))


TASKS = ["a", "raise", "b", "reject", "c"]
WANT = {0: "A", 1: "E303", 2: "B", 3: "E101", 4: "C"}


def test_serial_keeps_order_and_turns_errors_into_outcomes() -> None:
    assert [o.index for o in engine.serial(work, TASKS)] == [0, 1, 2, 3, 4]
    assert outcomes(engine.serial(work, TASKS)) == WANT


def test_processes_give_what_serial_gives() -> None:
    assert outcomes(engine.processes(work, TASKS, workers=2)) == WANT


@pytest.mark.parametrize("poison", ["exit", "kill", "segfault"])
@pytest.mark.parametrize("at", [0, 3])
def test_a_killed_worker_rejects_one_task_and_spares_the_others(poison: str, at: int) -> None:
    tasks = ["a", "b", "c"]
    tasks.insert(at, poison)
    found = outcomes(engine.processes(work, tasks, workers=2))
    assert found.pop(at) == "E301"
    assert sorted(found.values()) == ["A", "B", "C"]


def test_a_hanging_task_is_rejected_at_the_limit_and_the_others_finish() -> None:
    began = time.monotonic()
    found = outcomes(engine.processes(work, ["a", "hang", "b", "c"], workers=2, limit_s=3))
    assert found == {0: "A", 1: "E302", 2: "B", 3: "C"}
    assert time.monotonic() - began < 30


def test_an_unpicklable_exception_is_an_outcome() -> None:
    assert outcomes(engine.processes(work, ["unpicklable", "a"], workers=2)) == {0: "E303", 1: "A"}


def test_a_greedy_or_endless_recursion_is_rejected_and_the_worker_goes_on() -> None:
    found = outcomes(engine.processes(work, ["a", "memory", "b", "recurse", "c"], workers=2, limit_mb=512))
    assert found == {0: "A", 1: "E305", 2: "B", 3: "E303", 4: "C"}


@pytest.mark.parametrize(("tasks", "most"), [(0, 1), (1, 1), (31, 1), (10_000, os.cpu_count() or 1)])
def test_workers_are_no_more_than_the_work_is_worth(tasks: int, most: int) -> None:
    assert 1 <= engine.default_workers(tasks) <= most
