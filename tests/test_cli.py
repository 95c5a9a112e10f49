"""The command line: exit codes, stdout against stderr, JSON, help with examples that run, signals, consoles."""

from __future__ import annotations

import importlib
import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import cli as command_line
from pipeline.commands import frame

from .conftest import ROOT, SAMPLE


def cli(*args: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """cli.py in a process of its own, with no terminal."""
    command = [sys.executable, "-W", "error", str(ROOT / "cli.py"), *map(str, args)]
    told = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, encoding="utf8", errors="replace", env=told, check=False)


def call(*args: object, **environment: str) -> Any:
    """The same in this process: its result has exit_code, stdout, stderr."""
    return CliRunner().invoke(command_line.app, list(map(str, args)), prog_name="xianzhi", env=environment)


def job(name: str, *args: object) -> Any:
    return call(name, *args, "--workers", "0")


# Help


def every_command() -> Iterator[tuple[list[str], Any]]:
    for name, command in get_command(command_line.app).commands.items():  # type: ignore[attr-defined]
        yield [name], command
        for inner, each in getattr(command, "commands", {}).items():
            yield [name, inner], each


def test_help_lists_every_command_and_each_has_an_example() -> None:
    top = cli("--help")
    assert (top.returncode, top.stderr) == (0, "")
    assert re.findall(r"^  (\w+)  ", top.stdout.split("Commands:")[1], re.MULTILINE) == list(
        get_command(command_line.app).commands
    )  # type: ignore[attr-defined]
    for words, command in every_command():
        example = rf"^ *Example: python cli\.py {' '.join(words)}"
        assert re.search(example, call(*words, "--help").stdout, re.MULTILINE), words
        assert command.help


@pytest.mark.slow
def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("processed"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "towns.csv").write_text("code,name\n110101001,东华门街道\n", encoding="utf8")
    for path in (tmp_path / "data" / "gold").rglob("*.jsonl"):  # a few articles of each are example enough
        path.write_text("".join(path.read_text(encoding="utf8").splitlines(keepends=True)[:8]), encoding="utf8")
    for name in ("before", "after"):
        assert call("run", "data/raw", name, "-q").exit_code == 0
    assert call("export", "before", "reviewed.json", "--format", "label-studio").exit_code == 0
    for words, command in every_command():
        example = [
            each
            for word in shlex.split(command.epilog.removeprefix("Example: python cli.py "))
            for each in (sorted(map(str, Path().glob(word))) or [word] if "*" in word else [word])
        ]
        done = call(*example)
        assert done.exit_code == 0, (words, done.output)


def test_completion_offers_commands_tables_and_formats() -> None:
    def offered(line: str) -> set[str]:
        words = line.split(" ")
        told = {"_XIANZHI_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        return set(call(**told).stdout.split())

    assert offered("xianzhi sc") == {"schema", "score"}
    assert offered("xianzhi schema person") == {"person_mentions"}
    assert offered("xianzhi export out target --format xl") == {"xlsx"}


# Results


def test_run_check_show_and_schema(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = job("run", raw, out)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    assert "documents: ok=2" in done.stdout
    assert re.search(r"time .*split \d+%.*extract \d+%", done.stdout)
    assert call("check", out, "--raw", raw).stdout == "All invariants hold.\n"
    assert call("show", out, "县领导督查汛期").exit_code == 2, "two articles have this title"
    assert json.loads(job("run", raw, out, "--json").stdout)["published"] is False
    assert "数量" in call("schema", "figures").stdout
    assert set(json.loads(call("schema", "--json").stdout)) >= {"articles", "posts"}
    assert call("version").stdout.startswith("xianzhi ")


def test_stages_plan_and_status(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert [each["verdict"] for each in json.loads(call("plan", raw, out, "--json").stdout)] == ["do", "do"]
    assert job("split", raw, out).exit_code == 0
    assert "extract         one.txt  (not through extract yet)" in call("plan", raw, out).stdout
    assert job("extract", out).exit_code == 0
    assert call("link", out).exit_code == 0
    assert call("plan", raw, out, "-q").stdout == "cached=2\n"
    assert re.search(r"rows +figures +\d", call("status", out).stdout)
    assert json.loads(call("status", out, "--rejected", "--json").stdout) == {"rejects": []}


def test_show_marks_an_article(raw: Path, tmp_path: Path) -> None:
    (raw / "sub" / "2021-06-20.txt").unlink()
    job("run", raw, tmp_path / "out")
    shown = call("show", tmp_path / "out", "县领导督查汛期")
    assert shown.exit_code == 0
    assert all(word in shown.stdout for word in ("佟墨林", "县长", "figures", "3.5公里", "红星镇"))
    rows = json.loads(call("show", tmp_path / "out", "县领导督查汛期", "--json").stdout)
    assert rows["articles"][0]["title"] == "县领导督查汛期安全生产工作"


def test_find_says_what_why_asks_for_and_how_many_more_there_are(raw: Path, tmp_path: Path) -> None:
    job("run", raw, tmp_path / "out")
    shown = call("find", tmp_path / "out", "佟墨林").stdout
    row = re.search(r"^(\w{16}:\d+) +佟墨林", shown, re.MULTILINE)
    assert row
    assert call("why", tmp_path / "out", "posts", row[1]).exit_code == 0
    assert "more; --json lists them all" not in shown
    (raw / "long.txt").write_text("修路记\n\n" + "".join(f"修路{n}公里。" for n in range(2, 42)), encoding="utf8")
    job("run", raw, tmp_path / "out")
    assert "… and 20 more; --json lists them all" in call("find", tmp_path / "out", "修路").stdout


def test_rejects_make_exit_status_3_and_are_listed(raw: Path, tmp_path: Path) -> None:
    (raw / "empty.txt").write_bytes(b"")
    done = job("run", raw, tmp_path / "out", "-v")
    assert done.exit_code == 3
    assert "rejected 1: E101 empty file (1)" in done.stdout
    assert "empty.txt: E101" in done.stdout
    quiet = job("run", raw, tmp_path / "out", "-q")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (3, "", "")
    told = json.loads(job("run", raw, tmp_path / "out", "--json").stdout)
    assert (told["exit_status"], told["rejects"][0][0]) == (3, "empty.txt")
    assert "E101" in call("status", tmp_path / "out", "--rejected").stdout


# Errors


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (["run", "{tmp}/none", "{tmp}/out"], 2, r"E001 .*none.* — "),
        (["run", "{raw}", "{raw}/one.txt"], 1, r"E201 .* — "),
        (["run", "{raw}", "{tmp}"], 1, r"E201 .* — "),
        (["run", "{raw}", "{tmp}/out", "--locality", "不知道的地方"], 2, r"E003 .* — "),
        (["plan", "{tmp}/none", "{tmp}/out"], 2, r"E001 .*none.* — "),
        (["status", "{tmp}/none"], 2, r"E005 .* — "),
        (["check", "{tmp}/none"], 2, r"E005 .* — "),
        (["schema", "nothing"], 2, r"E005 no table 'nothing' — one of documents"),
        (["show", "{tmp}/none", "x"], 2, r"E005 .* — "),
        (["find", "{tmp}/none", "x"], 2, r"E005 .* — "),
        (["why", "{tmp}/none", "posts", "0"], 2, r"E005 .* — "),
        (["diff", "{tmp}/none", "{tmp}/none"], 2, r"E005 .* — "),
        (["export", "{tmp}/none", "{tmp}/x.csv"], 2, r"E005 .* — "),
        (["extract", "{tmp}/none"], 2, r"E005 .* — "),
        (["link", "{tmp}/none"], 2, r"E005 .* — "),
        (["score", "{tmp}/none.jsonl"], 2, r"E005 .* — "),
    ],
)
def test_errors_are_one_line_with_a_code_and_the_fix(
    raw: Path, tmp_path: Path, args: list[str], status: int, message: str
) -> None:
    done = call(*(arg.format(raw=raw, tmp=tmp_path) for arg in args))
    assert (done.exit_code, done.stdout) == (status, "")
    assert re.fullmatch(rf"xianzhi: {message}.*\n", done.stderr), done.stderr


def test_a_broken_sources_csv_names_the_line(raw: Path, tmp_path: Path) -> None:
    (raw / "sources.csv").write_text("path,published,locality,source\none.txt,2021-02-30,,\n", encoding="utf8")
    done = call("run", raw, tmp_path / "out")
    assert done.exit_code == 2
    assert re.search(r"E002 .*line 2", done.stderr)
    assert not (tmp_path / "out").exists()


def test_a_bug_is_one_line_and_with_v_a_traceback(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("pipeline.run"), "prepare", lambda *_, **__: 1 / 0)
    done = call("run", raw, tmp_path / "out")
    assert done.exit_code == 1
    assert re.fullmatch(r"xianzhi: E999 ZeroDivisionError: .*-v.*\n", done.stderr)
    assert isinstance(call("run", raw, tmp_path / "out", "-v").exception, ZeroDivisionError)


def test_usage_errors_are_status_2() -> None:
    assert [call(*args).exit_code for args in ([], ["nothing"], ["run"], ["run", "a", "b", "--workers", "-1"])] == [
        2
    ] * 4


# Consoles and signals


def test_progress_is_a_bar_on_a_terminal(raw: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, str(ROOT / "cli.py"), "run", str(raw), str(tmp_path / "out"), "--workers", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}) as done:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal tells that nobody writes any more
            while part := os.read(ours, 4096):
                shown += part
        assert done.stdout
        assert b"\x1b" not in done.stdout.read()
    os.close(ours)
    assert done.returncode == 0
    assert "documents" in shown.decode()
    assert "2/2" in shown.decode()


def test_progress_is_a_line_every_30_s_elsewhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with frame.progress(quiet=False) as advance:
        assert advance
        for done in range(100):
            now[0] += 1.0
            advance(done, 1000)
    assert capsys.readouterr().err.splitlines() == [f"{n} of 1,000 documents" for n in (29, 59, 89)]
    with frame.progress(quiet=True) as advance:
        assert advance is None


@pytest.mark.parametrize("encoding", ["", "gbk", "ascii"])
def test_any_console_is_written_to(encoding: str) -> None:
    done = cli("schema", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert "articles" in done.stdout


def test_a_reader_that_goes_away_ends_it_silently() -> None:
    command = [sys.executable, str(ROOT / "cli.py"), "schema", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as done:
        assert done.stdout
        done.stdout.close()
        assert done.stderr
        assert done.stderr.read() == ""
    assert done.returncode == 141


@pytest.mark.parametrize(
    ("sent", "status", "workers"),
    [([signal.SIGINT], 130, 2), ([signal.SIGTERM], 143, 2), ([signal.SIGINT] * 2, 130, 1), ([signal.SIGTERM], 143, 0)],
    ids=["INT", "TERM", "INT twice", "TERM, no worker"],
)
def test_a_stopped_run_leaves_no_process_and_goes_on_later(
    tmp_path: Path, sent: list[signal.Signals], status: int, workers: int
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for number in range(400):
        (raw / f"{number:03}.txt").write_text(SAMPLE.replace("120", str(number + 200)) * 5, encoding="utf8")
    command = [sys.executable, str(ROOT / "cli.py"), "run", str(raw), str(out), "--workers", str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0) as run:
        wait_for(lambda: any(out.rglob("*.rows")))
        for each in sent:
            os.killpg(run.pid, each)
            time.sleep(0.05)
        _, errors = run.communicate(timeout=20)
        assert run.returncode == status, errors
    assert "the same command goes on from there" in errors
    wait_for(lambda: not group_lives(run.pid))
    assert not (out / "manifest.json").exists()
    assert any(out.rglob("*.rows")), "what was finished is kept"


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
