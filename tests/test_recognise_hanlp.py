"""HanLP as a recogniser: token spans to characters, errors at once, and a tiny model trained, saved, loaded and run for real."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline import recognise
from pipeline.errors import UsageError
from pipeline.recognise import hanlp

installed = pytest.mark.skipif(importlib.util.find_spec("hanlp") is None, reason="the extra hanlp is not installed")


@pytest.mark.parametrize(
    ("line", "tokens", "entities", "spans"),
    [
        ("县长 王明说", ["县长", "王明", "说"], [("王明", "PERSON", 1, 2)], [(3, 5, "PER")]),
        ("到青田县调研", ["到", "青田", "县", "调研"], [("青田县", "LOCATION", 1, 3)], [(1, 4, "LOC")]),
        (
            "县法院判了3年",
            ["县", "法院", "判", "了", "3年"],
            [("县法院", "nt", 0, 2), ("3年", "DATE", 4, 5)],
            [(0, 3, "ORG")],
        ),
        ("无", ["无"], [("无", "PERSON", 1, 1)], []),
    ],
)
def test_entities_of_tokens_are_spans_of_characters(
    line: str, tokens: list[str], entities: list[tuple[str, str, int, int]], spans: list[tuple[int, int, str]]
) -> None:
    assert hanlp.of_tokens(line, tokens, entities) == spans


def test_a_model_with_tasks_is_asked_for_its_words_and_entities_in_batches() -> None:
    asked = []

    def model(lines: list[str], tasks: list[str]) -> dict[str, list[object]]:
        asked.append(len(lines))
        return {"tok/fine": [list(line) for line in lines], "ner/msra": [[("王明", "PERSON", 0, 2)] for _ in lines]}

    found = hanlp.Hanlp(model, "ner/msra", "1")(["王明来了。王明走了。" * 40, ""])
    assert asked == [64, 16]
    assert [(s.start, s.end) for s in found[0][:2]] == [(0, 2), (5, 7)]
    assert found[1] == []


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hanlp", None)
    with pytest.raises(UsageError, match=r"E007.*extra hanlp"):
        recognise.load("hanlp")


def test_a_model_that_cannot_be_had_is_one_error_and_no_waiting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretrained = SimpleNamespace(ALL={hanlp.DEFAULT: "https://models.invalid/hanlp/mtl/small.zip"})
    monkeypatch.setitem(
        sys.modules, "hanlp", SimpleNamespace(pretrained=pretrained, load=lambda _: pytest.fail("asked HanLP"))
    )
    monkeypatch.setenv("HANLP_HOME", str(tmp_path))

    def silence(*_: object, **__: object) -> None:
        time.sleep(5)
        raise TimeoutError

    monkeypatch.setattr(hanlp.socket, "create_connection", silence)
    with pytest.raises(UsageError, match=r"E010.*does not answer"):
        recognise.load("hanlp")


def test_a_broken_folder_is_one_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def load(_: str) -> None:
        raise FileNotFoundError("config.json")

    monkeypatch.setitem(sys.modules, "hanlp", SimpleNamespace(load=load))
    with pytest.raises(UsageError, match=r"E010.*config\.json"):
        recognise.load("hanlp", str(tmp_path))


@installed
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_tiny_model_is_trained_saved_loaded_and_run(tmp_path: Path) -> None:
    ner = importlib.import_module("hanlp.components.ner.rnn_ner")

    names = [a + b for a in "王李张刘陈" for b in "明强华军"]
    blocks = []
    for name in names:
        tags = ["O", "O", "B-PERSON", "E-PERSON", "O", "O", "O"]
        blocks.append("\n".join(f"{c}\t{t}" for c, t in zip(f"县长{name}介绍。", tags, strict=True)))
    data = tmp_path / "train.tsv"
    data.write_text("\n\n".join(blocks * 5) + "\n", encoding="utf8")
    ner.RNNNamedEntityRecognizer().fit(
        str(data), str(data), str(tmp_path / "model"), embed=16, rnn_hidden=16, epochs=8, lr=0.02, batch_size=20, crf=False,
        tagging_scheme="IOBES", devices=-1,
    )  # fmt: skip
    found = recognise.load("hanlp", str(tmp_path / "model"))
    assert found is not None
    assert [[(s.start, s.end, s.label) for s in spans] for spans in found(["县长王明介绍。县长李华介绍。"])] == [
        [(2, 4, "PER"), (9, 11, "PER")]
    ]
