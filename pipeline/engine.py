"""map(function, tasks) → outcomes: in this process or in workers; a bad task is an outcome, not an exception.

The engine never sees tables and the function never sees the engine. A function raises `InputError` or
`WorkerError` to reject its task with a code; any other exception rejects it as E303, but that a PipelineError
which no document is to blame for ends the job. A worker holds one task at a time: one that kills its worker
twice is rejected (E301), one that outlasts `limit_s` is killed with it (E302), one that wants more memory than
`limit_mb` is rejected (E305). Outcomes come in the order of completion and carry the index of their task.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, TypeVar

from .errors import InputError, PipelineError, UsageError, WorkerError

T = TypeVar("T")
V = TypeVar("V")

_START_S = 60.0  # what a worker may take to import the function, on top of its first task's limit
ENGINES = ("processes", "dask")  # dask is `cluster`'s
_TASKS_A_WORKER = 16  # a worker takes half a second to start: what some 16 short dumps take


@dataclass(frozen=True, slots=True)
class Done(Generic[V]):
    """The value of `function(tasks[index])`."""

    index: int
    value: V


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why `tasks[index]` has no value: an error code and one line."""

    index: int
    code: str
    reason: str


Outcome = Done[V] | Rejected


@dataclass(frozen=True, slots=True)
class Pool:
    """How tasks are run: worker processes (None: as many as the work is worth; 0: in this process, without limits), and what one task may take in one.

    A single task for which nothing is told runs in this process."""

    workers: int | None = None
    limit_s: float = 300.0
    limit_mb: int | None = None
    engine: str = "processes"
    scheduler: str | None = None  # of the engine dask; None: a cluster on this machine

    def __post_init__(self) -> None:
        """Raises UsageError E003 where the parts do not go together."""
        if self.engine not in ENGINES:
            raise UsageError("E003", f"no engine {self.engine!r}", f"one of {', '.join(ENGINES)}")
        if self.scheduler and self.engine != "dask":
            raise UsageError("E003", "only the engine dask has a scheduler", "add --engine dask")
        if self.limit_mb and self.engine == "dask":
            raise UsageError("E003", "limit_mb is for the engine processes", "give Dask's workers a --memory-limit")


def run(function: Callable[[T], V], tasks: Sequence[T], pool: Pool) -> Iterator[Outcome[V]]:
    """The outcomes of all tasks, in the order of completion. `function` and tasks must pickle, but with 0 workers."""
    if pool.workers == 0 or (pool == Pool() and len(tasks) == 1):  # a worker takes longer to start than most files do
        return serial(function, tasks)
    workers = pool.workers or default_workers(len(tasks))
    return processes(function, tasks, workers=workers, limit_s=pool.limit_s, limit_mb=pool.limit_mb)


def default_workers(tasks: int) -> int:
    """The cores at hand, but no more than the work is worth."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, tasks // _TASKS_A_WORKER))


def serial(function: Callable[[T], V], tasks: Sequence[T]) -> Iterator[Outcome[V]]:
    """One task after the other in this process."""
    attempt = Attempt(function)
    for index, task in enumerate(tasks):
        yield attempt(index, task)


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T, V]):
    """Calls the function and turns its exceptions into outcomes."""

    function: Callable[[T], V]

    def __call__(self, index: int, task: T) -> Outcome[V]:
        try:
            return Done(index, self.function(task))
        except (InputError, WorkerError) as error:
            return Rejected(index, error.code, _line(error.what))
        except PipelineError:
            raise  # the disk is full, a lexicon is broken: no document is to blame
        except MemoryError:
            return Rejected(index, "E305", "more memory needed than a worker may have")
        except (Exception, SystemExit) as error:
            return Rejected(index, "E303", _line(_told(error)))


def _told(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


def _line(text: str) -> str:
    """One line that any table can hold."""
    return " ".join(text.split())[:300].encode("utf8", "replace").decode()


def allowed(task: object, limit_s: float) -> float:
    """The seconds that a task may take: the limit, times the weight of a task that says it is heavier than most."""
    return limit_s * max(1.0, getattr(task, "weight", 1.0))


def processes(
    function: Callable[[T], V],
    tasks: Sequence[T],
    *,
    workers: int,
    limit_s: float = 300.0,
    limit_mb: int | None = None,
) -> Iterator[Outcome[V]]:
    """At most `workers` processes, one task in each. A process that dies is replaced; its task is tried once more, at the end.

    `limit_s` is wall-clock seconds a task of common weight, `limit_mb` the address space that a worker may add to what it starts with.
    """
    queue, suspects, crew = deque(range(len(tasks))), set[int](), list[_Worker]()
    try:
        while queue or any(worker.busy for worker in crew):
            while queue and (worker := _idle(crew, workers, Attempt(function), limit_mb)):
                index = queue.popleft()
                worker.give(index, tasks[index], allowed(tasks[index], limit_s))
            for worker in _news(crew):
                message = worker.hear()
                if not worker.alive:
                    crew.remove(worker)
                if isinstance(message, PipelineError):
                    raise message
                if isinstance(message, (Done, Rejected)):
                    yield message
                elif message == _DIED and worker.index in suspects:
                    yield Rejected(worker.index, "E301", "the worker was killed while it ran this document, twice")
                elif message == _DIED:
                    suspects.add(worker.index)
                    queue.append(worker.index)
    finally:
        for worker in crew:
            worker.process.kill()
        for worker in crew:
            worker.process.join()


_BEGAN = "began"
_DIED = "died"


@dataclass(slots=True)
class _Worker:
    """A process, the task it is at, and the moment it has to be done."""

    process: BaseProcess
    pipe: Connection[Any, Any]
    index: int = -1
    busy: bool = False
    alive: bool = True
    proven: bool = False  # it has begun a task: it can import the function
    limit_s: float = 0.0
    deadline: float = 0.0

    def give(self, index: int, task: object, limit_s: float) -> None:
        self.index, self.busy, self.limit_s = index, True, limit_s
        self.deadline = time.monotonic() + limit_s + (0.0 if self.proven else _START_S)
        with suppress(BrokenPipeError):  # it died while it was idle: `hear` finds out
            self.pipe.send((index, task))

    def hear(self) -> object:
        """What became of the task: an outcome, an error that ends the job, began or died."""
        if not self.pipe.poll():
            self._bury()
            return Rejected(self.index, "E302", f"not done after {self.limit_s:g} s")
        try:
            message = self.pipe.recv()
        except (EOFError, OSError):
            self._bury()
            if not self.proven:
                raise PipelineError(
                    "E306", "worker processes do not start", "run with --workers 0 to see why"
                ) from None
            return _DIED
        if message == _BEGAN:
            self.proven, self.deadline = True, time.monotonic() + self.limit_s
        else:
            self.busy = False
        return message

    def _bury(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self.busy = self.alive = False


def _news(crew: Sequence[_Worker]) -> list[_Worker]:
    """Waits until a worker has something to tell or is late, and returns those."""
    busy = [worker for worker in crew if worker.busy]
    first = min(worker.deadline for worker in busy)
    left = min(max(0.0, first - time.monotonic()), 3600.0)  # the system takes no more than weeks
    ready = wait([worker.pipe for worker in busy], timeout=left)
    now = time.monotonic()
    return [worker for worker in busy if worker.pipe in ready or worker.deadline <= now]


def _idle(crew: list[_Worker], most: int, attempt: Attempt[Any, Any], limit_mb: int | None) -> _Worker | None:
    """A worker that has nothing to do, hired where there may be one more; None where all are busy."""
    for worker in crew:
        if not worker.busy:
            return worker
    if len(crew) == most:
        return None
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, attempt, limit_mb), daemon=True)
    process.start()
    theirs.close()  # so that its death closes the pipe
    crew.append(_Worker(process, ours))
    return crew[-1]


def _serve(pipe: Connection[Any, Any], attempt: Attempt[Any, Any], limit_mb: int | None) -> None:
    """The life of a worker: tasks in, outcomes out, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _confine(limit_mb)
    while True:
        try:
            index, task = pipe.recv()
        except EOFError:
            return
        pipe.send(_BEGAN)
        try:
            answer: object = attempt(index, task)
        except PipelineError as error:
            answer = error
        try:
            pipe.send(answer)
        except Exception as error:  # the value does not pickle
            pipe.send(Rejected(index, "E303", _line(_told(error))))


def _die_with_parent() -> None:
    """A killed parent cannot stop its workers: each goes by itself, even from the middle of a task."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _confine(limit_mb: int | None) -> None:
    """A task that asks for more memory gets a MemoryError, and the machine stays usable."""
    if limit_mb is not None:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize() + limit_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))
