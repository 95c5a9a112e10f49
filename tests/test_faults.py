"""Real faults of the machine: a full disk, a limit of size, a folder of somebody else's, holders that are killed; the old output stays whole."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.run import run

from .conftest import ROOT, size
from .test_durability import command, fill, published, whole

# Root as everybody else: bound by permissions.
BOUND = ("setpriv", "--inh-caps=-dac_override,-dac_read_search", "--bounding-set=-dac_override,-dac_read_search")
HOLDER = (
    "import sys, time; from pathlib import Path; from pipeline import store\n"
    "with store.locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


def two_versions(tmp_path: Path) -> tuple[Path, Path]:
    """An output of one dump, and a raw folder with more."""
    run(fill(tmp_path / "old", 1), tmp_path / "out", workers=0)
    return fill(tmp_path / "new", 3), tmp_path / "out"


def limited(kind: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (most, most))


def heals(raw: Path, out: Path, fresh: Path) -> None:
    run(raw, out, workers=0)
    run(raw, fresh, workers=0)
    assert published(out) == published(fresh)


@pytest.mark.parametrize("most", [6_000, *(pytest.param(n, marks=pytest.mark.slow) for n in (0, 2_000, 8_000))])
def test_files_that_cannot_grow_leave_the_old_output(tmp_path: Path, most: int) -> None:
    """The limit of a file's size in bytes: what the kernel refuses in the middle of a write, wherever it is."""
    raw, out = two_versions(tmp_path)
    before = whole(out)
    done = subprocess.run(command(raw, out, "--workers", "0"), capture_output=True, text=True, check=False, preexec_fn=limited(resource.RLIMIT_FSIZE, most))  # fmt: skip
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.startswith("xianzhi: E202 ")
    assert "File too large" in done.stderr
    assert whole(out) == before
    heals(raw, out, tmp_path / "fresh")


def mounted(folder: Path, kilobytes: int) -> list[str]:
    """What to put before a command, so that it sees a file system of this size in the folder, and nobody else does."""
    script = f'mount -t tmpfs -o size={kilobytes}k tmpfs "{folder}" && "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]


@pytest.mark.slow
@pytest.mark.parametrize("room", [64, 128, 192, 256, 320])
def test_a_small_disk_that_is_full_leaves_the_old_output(tmp_path: Path, room: int) -> None:
    """The disk has room for the old output and so many kB of the new one."""
    (tmp_path / "disk").mkdir()
    if shutil.which("unshare") is None or subprocess.run([*mounted(tmp_path / "disk", 64), "true"], capture_output=True, check=False).returncode:  # fmt: skip
        pytest.skip("no file system can be mounted here")
    raw, out = two_versions(tmp_path)
    taken = sum(-(-p.stat().st_size // 4096) * 4 + 4 for p in out.rglob("*"))
    script = (
        'cp -r "$1" disk/out && "$2" cli.py run "$3" disk/out -q --workers 0; echo $?; cp -r disk/out after;'
        'mount -o remount,size=64m disk && "$2" cli.py run "$3" disk/out -q --workers 0; echo $?; cp -r disk/out healed'
    ).replace("disk", str(tmp_path / "disk")).replace("after", str(tmp_path / "after")).replace("healed", str(tmp_path / "healed"))  # fmt: skip
    done = subprocess.run(
        [*mounted(tmp_path / "disk", taken + room), "sh", "-c", script, "sh", str(out), sys.executable, str(raw)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    first, second = map(int, done.stdout.split())
    assert (first, second) in ((1, 0), (0, 0)), done.stderr
    if first:
        assert "E202" in done.stderr
        assert "No space left on device" in done.stderr
        assert whole(tmp_path / "after") == whole(out)
    heals(raw, tmp_path / "out", tmp_path / "fresh")
    assert published(tmp_path / "healed") == published(tmp_path / "fresh")


@pytest.mark.parametrize(
    "closed", ["posts", *(pytest.param(each, marks=pytest.mark.slow) for each in (".", ".xianzhi"))]
)
def test_a_folder_that_may_not_be_written_stays_as_it_is(tmp_path: Path, closed: str) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root writes everywhere")
    raw, out = two_versions(tmp_path)
    before = whole(out)
    (out / closed).chmod(0o555)
    done = subprocess.run([*BOUND[: 3 * (os.geteuid() == 0)], *command(raw, out, "--workers", "0")], capture_output=True, text=True, check=False)  # fmt: skip
    (out / closed).chmod(0o755)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert "E202" in done.stderr
    assert "Permission denied" in done.stderr
    assert whole(out) == before
    heals(raw, out, tmp_path / "fresh")


@pytest.mark.slow
def test_a_lock_is_free_at_once_when_its_holder_is_killed(tmp_path: Path) -> None:
    run(fill(tmp_path / "raw", 1), tmp_path / "out", workers=0)
    for _ in range(size(2, 100)):
        with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "out")], cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:  # fmt: skip
            assert holder.stdout
            assert holder.stdout.readline() == "held\n"
            refused = subprocess.run(command(tmp_path / "raw", tmp_path / "out"), capture_output=True, text=True, check=False)  # fmt: skip
            assert refused.returncode == 4
            assert f"is in use by process {holder.pid} on " in refused.stderr
            holder.kill()
            holder.wait()
        assert run(tmp_path / "raw", tmp_path / "out", workers=0).published is False
