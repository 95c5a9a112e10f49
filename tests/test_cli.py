"""The command line as a process: exit codes, stdout against stderr, JSON, help with examples."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import ROOT, SAMPLE

COMMANDS = ["run", "split", "extract", "link", "plan", "status", "check", "schema", "show", "why", "find", "diff", "export", "report", "score", "version", "gazetteer"]


def cli(*args: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """cli.py in a process of its own, with no terminal."""
    command = [sys.executable, "-W", "error", str(ROOT / "cli.py"), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


def test_help_lists_every_command_and_each_has_an_example() -> None:
    top = cli("--help")
    assert top.returncode == 0
    assert re.findall(r"^  (\w+)  ", top.stdout.split("Commands:")[1], re.MULTILINE) == COMMANDS
    for command in COMMANDS:
        text = cli(command, "--help").stdout
        assert re.search(rf"^ *Example: python cli\.py {command} ?", text, re.MULTILINE), command


def test_run_check_show_and_schema(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = cli("run", raw, out)
    assert done.returncode == 0, done.stderr
    assert "documents: ok=2" in done.stdout
    assert re.search(r"time .*split \d+%.*extract \d+%", done.stdout)
    assert done.stderr == ""
    assert cli("check", out, "--raw", raw).stdout == "All invariants hold.\n"
    shown = cli("show", out, "县领导督查汛期")
    assert shown.returncode == 2, "two articles have this title"
    key = json.loads(cli("run", raw, out, "--json").stdout)
    assert key["published"] is False
    assert "计数" in cli("schema", "figures").stdout or "数量" in cli("schema", "figures").stdout
    assert set(json.loads(cli("schema", "--json").stdout)) >= {"articles", "posts"}


def test_show_marks_an_article(raw: Path, tmp_path: Path) -> None:
    (raw / "sub" / "2021-06-20.txt").unlink()
    cli("run", raw, tmp_path / "out")
    shown = cli("show", tmp_path / "out", "县领导督查汛期")
    assert shown.returncode == 0
    assert all(word in shown.stdout for word in ("佟墨林", "县长", "figures", "3.5公里", "红星镇"))
    rows = json.loads(cli("show", tmp_path / "out", "县领导督查汛期", "--json").stdout)
    assert rows["articles"][0]["title"] == "县领导督查汛期安全生产工作"


def test_rejects_make_exit_status_3_and_are_listed(raw: Path, tmp_path: Path) -> None:
    (raw / "empty.txt").write_bytes(b"")
    done = cli("run", raw, tmp_path / "out", "-v")
    assert done.returncode == 3
    assert "rejected 1: E101 empty file (1)" in done.stdout
    assert "empty.txt: E101" in done.stdout
    quiet = cli("run", raw, tmp_path / "out", "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (3, "", "")
    report = json.loads(cli("run", raw, tmp_path / "out", "--json").stdout)
    assert report["exit_status"] == 3
    assert report["rejects"][0][0] == "empty.txt"


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (["run", "{tmp}/none", "{tmp}/out"], 2, r"E001 .*none.* — "),
        (["run", "{raw}", "{raw}/one.txt"], 1, r"E201 .* — "),
        (["run", "{raw}", "{tmp}"], 1, r"E201 .* — "),
        (["run", "{raw}", "{tmp}/out", "--locality", "不知道的地方"], 2, r"E003 .* — "),
        (["check", "{tmp}/none"], 2, r"E005 .* — "),
        (["schema", "nothing"], 2, r"E005 no table 'nothing' — one of documents"),
        (["show", "{tmp}/none", "x"], 2, r"E005 .* — "),
        (["extract", "{tmp}/none"], 2, r"E005 .* — "),
        (["link", "{tmp}/none"], 2, r"E005 .* — "),
    ],
)
def test_errors_are_one_line_with_a_code_and_the_fix(
    raw: Path, tmp_path: Path, args: list[str], status: int, message: str
) -> None:
    done = cli(*(arg.format(raw=raw, tmp=tmp_path) for arg in args))
    assert done.returncode == status
    assert done.stdout == ""
    assert re.fullmatch(rf"xianzhi: {message}.*\n", done.stderr), done.stderr


def test_a_broken_sources_csv_names_the_line(raw: Path, tmp_path: Path) -> None:
    (raw / "sources.csv").write_text("path,published,locality,source\none.txt,2021-02-30,,\n", encoding="utf8")
    done = cli("run", raw, tmp_path / "out")
    assert done.returncode == 2
    assert re.search(r"E002 .*line 2", done.stderr)
    assert not (tmp_path / "out").exists()


def test_output_is_utf8_whatever_the_locale(raw: Path, tmp_path: Path) -> None:
    done = cli("run", raw, tmp_path / "out", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="")
    assert done.returncode == 0, done.stderr
    assert "articles=2" in done.stdout


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_run_leaves_no_process_and_goes_on_later(
    tmp_path: Path, sent: signal.Signals, status: int, workers: int
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for number in range(400):
        (raw / f"{number:03}.txt").write_text(SAMPLE.replace("120", str(number + 200)) * 5, encoding="utf8")
    command = [sys.executable, str(ROOT / "cli.py"), "run", str(raw), str(out), "--workers", str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0) as job:
        wait_for(lambda: any(out.rglob("*.arrows")))
        job.send_signal(sent)
        _, errors = job.communicate(timeout=20)
        assert job.returncode == status, errors
    assert "the same command goes on from there" in errors
    wait_for(lambda: not group_lives(job.pid))
    assert not (out / "manifest.json").exists()
    assert any(out.rglob("*.arrows")), "what was finished is kept"


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
