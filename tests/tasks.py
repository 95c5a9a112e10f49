"""What the tests of the engine ask of its workers; apart from them, for a worker that imports pytest takes half a second to start."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from pipeline.errors import InputError, OutputError


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
            time.sleep(600)
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
        case _ if task.startswith("once "):
            return once(Path(task.removeprefix("once ")))
    return task.upper()


def once(mark: Path) -> str:
    """Kills its worker, but only the first."""
    if not mark.exists():
        mark.touch()
        os._exit(3)
    return "late"


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
