"""`plan` says what `run` will do, and why; rejected documents rest until they change or are tried again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import lexicon, stages
from pipeline.plan import plan
from pipeline.run import extract, last_inputs, run


def verdicts(raw: Path, out: Path, **options: bool) -> dict[str, tuple[str, tuple[str, ...], str]]:
    return {each.path: (each.verdict, each.stages, each.reason) for each in plan(raw, out, **options)}


def test_a_fresh_output_needs_everything_and_then_nothing(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = verdicts(raw, out)
    assert set(first.values()) == {("do", ("split", "extract"), "new")}
    assert not out.exists()  # looking leaves no trace
    assert run(raw, out).done == {"split": len(first), "extract": len(first)}
    assert set(verdicts(raw, out).values()) == {("cached", (), "unchanged")}
    assert run(raw, out).done == {"cached": len(first)}


def edited(raw: Path) -> None:
    (raw / "one.txt").write_text("又一篇\n\n今年，全县新建公路12公里。\n", encoding="utf8")


def dated(raw: Path) -> None:
    told = raw / "sources.csv"
    told.write_text(told.read_text(encoding="utf8").replace("2021-06-19", "2021-02-03"), encoding="utf8")


def removed(raw: Path) -> None:
    (raw / "one.txt").unlink()


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        (edited, "do", "its bytes changed"),
        (dated, "do", "published 2021-06-19 → 2021-02-03"),
        (removed, "gone", "no longer in the raw folder"),
    ],
)
def test_a_change_and_its_reason(
    raw: Path, tmp_path: Path, change: Callable[[Path], None], verdict: str, reason: str
) -> None:
    out = tmp_path / "out"
    run(raw, out)
    change(raw)
    said = verdicts(raw, out)
    assert said["one.txt"][0] == verdict
    assert said["one.txt"][2].startswith(reason)
    assert {each[0] for path, each in said.items() if path != "one.txt"} <= {"cached"}
    done = run(raw, out).done
    assert done.get("split", 0) == sum(each[0] == "do" for each in said.values())


def test_a_changed_lexicon_is_named_and_redoes_only_what_depends_on_it(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    n = len(verdicts(raw, out))
    run(raw, out)
    now = stages.facts_versions(stages.Settings())
    name = next(name for name in sorted(now) if name.startswith("dates_"))
    assert (lexicon.FOLDER / name).exists()
    for module in ("stages", "plan"):
        monkeypatch.setattr(f"pipeline.{module}.facts_versions", lambda _: {**now, name: "changed"})
    assert set(verdicts(raw, out).values()) == {("do", ("extract",), f"changed: {name}")}
    assert run(raw, out, workers=0).done == {"extract": n}


def test_what_was_rejected_rests_until_it_changes_or_is_tried_again(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, tried = tmp_path / "out", []
    (raw / "empty.txt").write_bytes(b"")
    real = stages.split_rows
    monkeypatch.setattr(stages, "split_rows", lambda *args: (tried.append(args[0].name), real(*args))[1])
    assert [path for path, _ in run(raw, out, workers=0).rejects] == ["empty.txt"]
    assert verdicts(raw, out)["empty.txt"][0] == "rejected"
    tried.clear()
    report = run(raw, out, workers=0)
    assert (tried, report.published, report.exit_status) == ([], False, 3)
    assert verdicts(raw, out, retry_rejected=True)["empty.txt"][0] == "do"
    run(raw, out, workers=0, retry_rejected=True)
    assert tried == ["empty.txt"]
    (raw / "empty.txt").write_text("新的一天\n\n本报讯 昨日，全县降雨20毫米。\n", encoding="utf8")
    assert verdicts(raw, out)["empty.txt"][2].startswith("rejected before, tried again: E101")
    assert run(raw, out, workers=0).rejects == ()


def test_rejects_stay_when_extract_is_repeated(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (raw / "empty.txt").write_bytes(b"")
    run(raw, out)
    assert [path for path, _ in extract(out).rejects] == ["empty.txt"]
    assert [each.path for each in last_inputs(out).rejected()] == ["empty.txt"]
