"""map(function, tasks) over the workers of a Dask cluster: the engine for more than one machine (extra `dask`).

In: a function and tasks that pickle, and a Pool with the scheduler's address or none for a cluster on this machine. Out: the
engine's outcomes, in the order of completion. A worker writes its shards itself, whole or not at all, under keys of their
content: a task that runs twice after a worker was lost does no harm, and the tables are byte-equal to those of a serial run.
All workers and the caller see the raw folder and the output folder under the same paths, and have the same xianzhi installed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from .engine import Attempt, Outcome, Pool, Rejected, allowed
from .errors import PipelineError, UsageError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
V = TypeVar("V")

_IN_FLIGHT: Final = (
    4  # tasks a thread of a worker: none waits for work, and the scheduler holds a few hundred, not 10^6
)
_CONNECT_S: Final = 10
_SETTINGS: Final = {
    "distributed.scheduler.allowed-failures": 1,  # of a scheduler that we start: a document may take two workers down
    "distributed.comm.timeouts.connect": _CONNECT_S,
    "distributed.worker.profile.enabled": False,  # costs a tenth of the CPU
}


@dataclass(frozen=True, slots=True)
class _Remote(Generic[T, V]):
    """What runs in a worker: it ends the worker where the task outlasts its limit, as the document's code cannot be stopped."""

    attempt: Attempt[T, V]
    limit_s: float
    version: Callable[[], str]
    ours: str

    def __call__(self, index: int, task: T) -> Outcome[V]:
        if self.version() != self.ours:
            raise PipelineError("E307", "a worker has another version of the code, a lexicon or the divisions", "install the same everywhere")  # fmt: skip
        timer = threading.Timer(allowed(task, self.limit_s), os._exit, (1,))
        timer.daemon = True
        timer.start()
        try:
            return self.attempt(index, task)
        finally:
            timer.cancel()


def clustered(function: Callable[[T], V], tasks: Sequence[T], pool: Pool, version: Callable[[], str]) -> Iterator[Outcome[V]]:  # fmt: skip
    """The outcomes of all tasks. What `version` says has to be the same here and on every worker.

    Raises UsageError E007 where Dask is not installed, PipelineError E306 where no scheduler answers or the
    workers cannot import the function, E307 where they run other code.
    """
    with _client(pool) as client:
        remote = _Remote(Attempt(function), pool.limit_s, version, version())
        yield from _through(client, remote, tasks)


def _through(client: Client, remote: _Remote[T, V], tasks: Sequence[T]) -> Iterator[Outcome[V]]:
    """Keeps the cluster busy, and tries once more, alone, what was on workers that were lost: Dask blames all that they had."""
    from distributed import as_completed  # noqa: PLC0415

    flying: dict[Any, int] = {}
    lost: list[int] = []
    done, room = as_completed(), 0

    def landed() -> Iterator[Outcome[V]]:
        future = next(done)
        index = flying.pop(future)
        outcome = _outcome(future)
        if outcome is None:
            lost.append(index)
        else:
            yield outcome

    for index, task in enumerate(tasks):
        if len(flying) >= room:
            room = _IN_FLIGHT * max(1, sum(client.nthreads().values()))  # workers may have come or gone
        while len(flying) >= room:
            yield from landed()
        future = client.submit(remote, index, task, pure=False)
        flying[future] = index
        done.add(future)
    while flying:
        yield from landed()
    for index in lost:
        alone = _outcome(client.submit(remote, index, tasks[index], pure=False))
        yield alone or Rejected(index, "E301", "workers were lost, or it outlasted its limit, again and again")


def _outcome(future: Any) -> Outcome[Any] | None:
    """What became of a task; None where its workers were lost."""
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    try:
        return future.result()  # type: ignore[no-any-return]
    except KilledWorker:
        return None
    except PipelineError:
        raise
    except Exception as error:
        raise PipelineError("E306", f"workers cannot run xianzhi: {error}", "install it where they start") from error


@contextmanager
def _client(pool: Pool) -> Iterator[Client]:
    """A client of the scheduler, or of a cluster of processes on this machine that ends with it."""
    try:
        import dask  # noqa: PLC0415
        from distributed import Client, LocalCluster  # noqa: PLC0415
    except ImportError:
        raise UsageError("E007", "the engine dask is not installed", "pip install 'xianzhi[dask]'") from None
    with dask.config.set(_SETTINGS):
        if pool.scheduler is None:
            local = LocalCluster(n_workers=pool.workers, threads_per_worker=1, dashboard_address=None)
            with local as cluster, Client(cluster) as client:
                yield client
            return
        try:
            client = Client(pool.scheduler, timeout=_CONNECT_S)
        except (OSError, ValueError) as error:
            reason = (str(error).splitlines() or [""])[0]
            raise PipelineError("E306", f"no Dask scheduler at {pool.scheduler}: {reason}", "start one: `dask scheduler`") from None  # fmt: skip
        with client:
            yield client
