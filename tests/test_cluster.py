"""The engine dask: a scheduler and workers as processes of their own, and what becomes of a job that loses one."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import stages
from pipeline.cluster import clustered
from pipeline.engine import Done, Pool, Rejected
from pipeline.errors import OutputError, PipelineError, UsageError
from pipeline.run import run
from pipeline.stages import Result, Task

from .conftest import ROOT, SAMPLE

pytest.importorskip("distributed")


def slowly(task: Task) -> Result:
    time.sleep(0.1)
    return stages.process(task)


def work(task: str) -> str:
    if task == "disk":
        raise OutputError("E202", "disk full", "free space")
    if task == "hang":
        time.sleep(60)
    return task.upper()


class Foreign:
    """A function that the worker's installation does not have."""

    def __call__(self, task: str) -> str:
        return task

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return importlib.import_module, ("not_installed_here",)


def same() -> str:
    return "1"


def process_id() -> str:
    return str(os.getpid())


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with started("scheduler", "--host", "127.0.0.1", "--port", str(port), folder=tmp_path_factory.mktemp("scheduler")):
        yield f"tcp://127.0.0.1:{port}"


class started:  # noqa: N801
    """A process of Dask's for the length of a block; it imports the project and its tests."""

    def __init__(self, *arguments: str, folder: Path) -> None:
        self.command = [sys.executable, "-W", "ignore", "-m", "dask", *arguments, "--no-dashboard"]
        self.folder = folder

    def __enter__(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, cwd=self.folder, env=environment, stdout=quiet, stderr=quiet)
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def worker(scheduler: str, folder: Path, *options: str) -> started:
    return started("worker", scheduler, "--nthreads", "1", "--local-directory", str(folder), *options, folder=folder)


def published(out: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in out.glob("*/*.parquet")}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_job_that_loses_a_worker_gives_the_bytes_of_a_serial_run(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for day in range(1, 25):
        text = SAMPLE.replace("红星镇", ("红星镇", "东风镇", "前进乡")[day % 3]).replace("120万", f"{100 + day}万")
        (raw / f"2021-06-{day:02}.txt").write_text(text, encoding="utf8")
    run(raw, tmp_path / "serial", workers=0)
    monkeypatch.setattr(sys.modules["pipeline.run"], "process", slowly)
    with worker(scheduler, tmp_path, "--no-nanny") as victim, worker(scheduler, tmp_path, "--no-nanny"):

        def kill_one(done: int, total: int) -> None:
            if done == 8:
                victim.send_signal(signal.SIGKILL)

        report = run(raw, tmp_path / "dask", engine="dask", scheduler=scheduler, progress=kill_one)
        assert victim.wait(timeout=10) == -signal.SIGKILL
    assert (report.exit_status, report.documents) == (0, {"ok": 24})
    assert published(tmp_path / "dask") == published(tmp_path / "serial")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_hangs_is_rejected_and_the_rest_is_done(scheduler: str, tmp_path: Path) -> None:
    pool = Pool(limit_s=0.5, engine="dask", scheduler=scheduler)
    with worker(scheduler, tmp_path):
        found = {each.index: each for each in clustered(work, ["a", "hang", "b"], pool, same)}
    assert [found[0], found[2]] == [Done(0, "A"), Done(2, "B")]
    assert isinstance(found[1], Rejected)
    assert found[1].code == "E301"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_full_disk_and_other_code_end_the_job(scheduler: str, tmp_path: Path) -> None:
    pool = Pool(engine="dask", scheduler=scheduler)
    with worker(scheduler, tmp_path, "--no-nanny"):
        with pytest.raises(OutputError, match="E202"):
            list(clustered(work, ["a", "disk"], pool, same))
        with pytest.raises(PipelineError, match="E307"):
            list(clustered(work, ["a"], pool, process_id))
        with pytest.raises(PipelineError, match="E306"):
            list(clustered(Foreign(), ["a"], pool, same))


def test_what_does_not_go_together_is_said_before_anything_starts(tmp_path: Path, raw: Path) -> None:
    for options in ({"engine": "spark"}, {"scheduler": "tcp://127.0.0.1:1"}, {"engine": "dask", "limit_mb": 100}):
        with pytest.raises(UsageError, match="E003"):
            run(raw, tmp_path / "out", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_scheduler_that_does_not_answer_is_one_error(
    tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cluster._CONNECT_S", 0.5)
    with pytest.raises(PipelineError, match=r"E306 no Dask scheduler at tcp:"):
        run(raw, tmp_path / "out", engine="dask", scheduler="tcp://127.0.0.1:1")


def test_without_dask_the_engine_names_the_extra(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="E007"):
        run(raw, tmp_path / "out", engine="dask")
