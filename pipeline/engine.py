"""map(function, tasks) → outcomes: in this process or over a pool; a bad task is an outcome, not an exception.

The engine never sees tables and the function never sees the engine. A function raises `InputError` or
`WorkerError` to reject its task with a code; any other exception rejects it as E303, but that a PipelineError
which no document is to blame for ends the job. With processes, a task that kills its
worker is found by running the suspects one by one (E301), one that outlasts `limit_s` is killed (E302), one
that wants more memory than `limit_mb` is rejected (E305).
Outcomes come in the order of completion and carry the index of their task.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from .errors import InputError, PipelineError, WorkerError

T = TypeVar("T")
V = TypeVar("V")

_POLL_S = 0.5


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
    """How tasks are run: processes (None: as many as the work is worth), and what one task may take there."""

    workers: int | None = None
    limit_s: float = 300.0
    limit_mb: int | None = None


def run(function: Callable[[T], V], tasks: Sequence[T], pool: Pool) -> Iterator[Outcome[V]]:
    """The outcomes of all tasks: in this process where one worker is enough and no memory limit is asked for."""
    workers = pool.workers or default_workers(len(tasks))
    if workers == 1 and pool.limit_mb is None:
        return serial(function, tasks)
    return processes(function, tasks, workers=workers, limit_s=pool.limit_s, limit_mb=pool.limit_mb)


@dataclass(frozen=True, slots=True)
class _Attempt(Generic[T, V]):
    """Calls the function in a worker and turns its exceptions into outcomes, so that nothing has to be pickled back."""

    function: Callable[[T], V]

    def __call__(self, index: int, task: T) -> Outcome[V]:
        try:
            return Done(index, self.function(task))
        except (InputError, WorkerError) as error:
            return Rejected(index, error.code, error.what)
        except PipelineError:
            raise  # the disk is full, a lexicon is broken: no document is to blame
        except MemoryError:
            return Rejected(index, "E305", "more memory needed than a worker may have")
        except Exception as error:
            return Rejected(index, "E303", f"{type(error).__name__}: {error}"[:300])


def default_workers(tasks: int) -> int:
    """The cores at hand, but no more than the work is worth: a worker costs about a second to start."""
    return max(
        1, min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, tasks // 16)
    )


def serial(function: Callable[[T], V], tasks: Sequence[T]) -> Iterator[Outcome[V]]:
    """One task after the other in this process."""
    attempt = _Attempt(function)
    for index, task in enumerate(tasks):
        yield attempt(index, task)


def processes(
    function: Callable[[T], V],
    tasks: Sequence[T],
    *,
    workers: int,
    limit_s: float = 300.0,
    limit_mb: int | None = None,
) -> Iterator[Outcome[V]]:
    """A pool of processes with at most `workers` tasks in flight; `function` and tasks must pickle.

    `limit_s` is wall-clock seconds a task, `limit_mb` the address space that a worker may add to what it starts with.
    """
    attempt = _Attempt(function)
    queue = list(range(len(tasks) - 1, -1, -1))
    suspects: list[int] = []
    while queue or suspects:
        # After a crash the tasks that were in flight run alone: only one of them is to blame.
        alone = bool(suspects)
        batch = [suspects.pop()] if alone else queue
        lost = yield from _pool(attempt, tasks, batch, 1 if alone else workers, limit_s, limit_mb)
        if alone and lost:
            yield Rejected(lost[0], "E301", "the worker was killed while it ran this document, twice")
        else:
            suspects += lost


def _pool(
    attempt: _Attempt[T, V], tasks: Sequence[T], queue: list[int], workers: int, limit_s: float, limit_mb: int | None
) -> Generator[Outcome[V], None, list[int]]:
    """Runs tasks off the end of `queue` until it is empty or the pool breaks; returns the indexes that were in flight then."""
    context = multiprocessing.get_context(
        "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    )
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_confine, initargs=(limit_mb,))
    flying: dict[Future[Outcome[V]], tuple[int, float]] = {}
    try:
        while queue or flying:
            while queue and len(flying) < workers:
                index = queue[-1]
                flying[pool.submit(attempt, index, tasks[index])] = index, time.monotonic()
                queue.pop()  # only now: submit raises where the pool is broken already
            done, _ = wait(flying, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()  # BrokenProcessPool is raised here, before the future is forgotten
                del flying[future]
            late = [f for f, (_, since) in flying.items() if time.monotonic() - since > limit_s]
            if late:
                for future in late:
                    index, _ = flying.pop(future)
                    yield Rejected(index, "E302", f"not done after {limit_s:g} s")
                queue += [index for index, _ in flying.values()]
                _kill(pool)
                return []
    except BrokenProcessPool:
        return sorted((index for index, _ in flying.values()), reverse=True)
    except BaseException:
        _kill(pool)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return []


def _confine(limit_mb: int | None) -> None:
    """Runs in a new worker: a task that asks for more memory gets a MemoryError, and the machine stays usable."""
    if limit_mb is not None:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize() + limit_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.kill()
