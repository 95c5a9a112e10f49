"""HanLP as a recogniser: token spans to characters, errors at once, and a tiny model trained, saved, loaded and run for real."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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
            [(0, 3, "ORG"), (5, 7, "date")],
        ),
        ("无", ["无"], [("无", "PERSON", 1, 1)], []),
        ('"王明"到', ["“", "王明", "”", "到"], [("王明", "PERSON", 1, 2)], [(1, 3, "PER")]),
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


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """HanLP without a network: nothing is kept, no host answers, and to ask HanLP itself is a failure."""
    pretrained = SimpleNamespace(ALL={hanlp.DEFAULT: "https://models.invalid/hanlp/mtl/small.zip"})
    mirrors = SimpleNamespace(tokenizer_mirrors={"small": "https://models.invalid/hanlp/transformers/small.zip"})
    package = SimpleNamespace(pretrained=pretrained, load=lambda *_, **__: pytest.fail("asked HanLP"))
    monkeypatch.setitem(sys.modules, "hanlp", package)
    monkeypatch.setitem(sys.modules, "hanlp.layers.transformers.resource", mirrors)
    monkeypatch.setenv("HANLP_HOME", str(tmp_path))

    def silence(*_: object, **__: object) -> None:
        time.sleep(5)
        raise TimeoutError

    monkeypatch.setattr(hanlp.socket, "create_connection", silence)
    return package


def encoder(model: Path, name: str) -> str:
    model.mkdir(parents=True)
    (model / "config.json").write_text(json.dumps({"encoder": {"transformer": name}}), encoding="utf8")
    return str(model)


@pytest.mark.usefixtures("silent")
def test_a_model_that_cannot_be_had_is_one_error_and_no_waiting() -> None:
    with pytest.raises(UsageError, match=r"E010.*mtl/small\.zip.*does not answer"):
        recognise.load("hanlp")


@pytest.mark.usefixtures("silent")
def test_a_model_without_its_encoder_is_the_same_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"E010.*transformers/small\.zip.*does not answer"):
        recognise.load("hanlp", encoder(tmp_path / "model", "small"))


def test_a_model_whose_encoder_is_kept_is_loaded(silent: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "transformers" / "small").mkdir(parents=True)
    entities = SimpleNamespace(
        vocabs=SimpleNamespace(tag=SimpleNamespace(idx_to_token=["O", "B-nr", "S-MONEY", "E-LAW"]))
    )

    class Model(dict[str, object]):
        tasks = ("ner/msra",)

    silent.load = lambda where, verbose: Model({"ner/msra": entities})
    found = recognise.load("hanlp", encoder(tmp_path / "mtl" / "own", "small"))
    assert isinstance(found, recognise.Reader)
    assert found.labels == {"PER", "money"}


@pytest.mark.parametrize("reason", ["config.json", "pkg_resources"])
def test_a_broken_folder_is_one_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, reason: str
) -> None:
    def load(_: str, verbose: bool) -> None:
        sys.stderr.write("a page of advice")
        raise FileNotFoundError(reason)

    monkeypatch.setitem(sys.modules, "hanlp", SimpleNamespace(load=load))
    with pytest.raises(UsageError, match=rf"E010.*{reason}"):
        recognise.load("hanlp", str(tmp_path))
    assert capsys.readouterr().err == ""


NAMES = [surname + given for surname in "王李张刘陈" for given in "明强华军"]
SENTENCES = [
    *([("县长", "O"), (name, "S-PERSON"), ("介绍", "O"), ("。", "O")] for name in NAMES),
    *([(f"{n % 9 + 1}月", "B-DATE"), (f"{n % 7 + 2}日", "E-DATE"), ("石梁", "O"), ("镇", "O"), ("投入", "O"), (f"{n + 1}", "B-MONEY"),
       ("万元", "E-MONEY"), ("。", "O")] for n in range(20)),
]  # fmt: skip
TEXT = "3月4日石梁镇投入5万元。县长王明介绍。"


def spans(found: recognise.Recogniser, text: str = TEXT) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label) for span in found.around(text, 0)[2]]


@pytest.fixture
def torch() -> Any:
    """The same random weights each time, and one thread: two that share a busy core take ten times as long."""
    torch = importlib.import_module("torch")
    torch.manual_seed(1)
    torch.set_num_threads(1)
    return torch


@installed
@pytest.mark.slow
@pytest.mark.usefixtures("torch")
@pytest.mark.filterwarnings("ignore")
def test_a_tiny_tagger_of_characters_is_trained_saved_loaded_and_run(tmp_path: Path) -> None:
    ner = importlib.import_module("hanlp.components.ner.rnn_ner")
    data = tmp_path / "train.tsv"
    lines = [
        "\n".join(f"{c}\t{t}" for c, t in zip(f"县长{name}介绍。", ["O", "O", "B-PERSON", "E-PERSON", "O", "O", "O"], strict=True))
        for name in NAMES
    ]  # fmt: skip
    data.write_text("\n\n".join(lines * 5) + "\n", encoding="utf8")
    ner.RNNNamedEntityRecognizer().fit(
        str(data), str(data), str(tmp_path / "model"), embed=16, rnn_hidden=16, epochs=8, lr=0.02, batch_size=20, crf=False,
        tagging_scheme="IOBES", devices=-1,
    )  # fmt: skip
    found = recognise.load("hanlp", str(tmp_path / "model"))
    assert found is not None
    assert [[(s.start, s.end, s.label) for s in each] for each in found(["县长王明介绍。县长李华介绍。"])] == [
        [(2, 4, "PER"), (9, 11, "PER")]
    ]


def trained(folder: Path) -> str:
    """A multi-task model of words and entities, trained on an encoder of random weights; the folder that it was saved in."""
    parts = {
        "MultiTaskLearning": "components.mtl.multi_task_learning", "TaggingTokenization": "components.mtl.tasks.tok.tag_tok",
        "TaggingNamedEntityRecognition": "components.mtl.tasks.ner.tag_ner", "SortingSamplerBuilder": "common.dataset",
        "ContextualWordEmbedding": "layers.embeddings.contextual_word_embedding",
    }  # fmt: skip
    make = SimpleNamespace(**{k: getattr(importlib.import_module(f"hanlp.{v}"), k) for k, v in parts.items()})
    transformers = importlib.import_module("transformers")
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted({c for s in SENTENCES for w, _ in s for c in w})]
    inside = folder / "encoder"
    transformers.ElectraModel(
        transformers.ElectraConfig(
            vocab_size=len(tokens), embedding_size=16, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=32, max_position_embeddings=64)).save_pretrained(inside)  # fmt: skip
    (inside / "vocab.txt").write_text("\n".join(tokens) + "\n", encoding="utf8")
    words, entities = folder / "words.txt", folder / "entities.tsv"
    words.write_text("".join(" ".join(w for w, _ in s) + "\n" for s in SENTENCES), encoding="utf8")
    entities.write_text("".join("".join(f"{w}\t{t}\n" for w, t in s) + "\n" for s in SENTENCES), encoding="utf8")
    common = {"max_seq_len": 64, "hard_constraint": True, "lr": 0.01}
    batches = make.SortingSamplerBuilder(batch_size=8)
    make.MultiTaskLearning().fit(
        make.ContextualWordEmbedding("token", str(inside), average_subwords=True, max_sequence_length=64),
        {
            "tok/fine": make.TaggingTokenization(
                str(words), str(words), None, batches, char_level=True, tagging_scheme="BMES", **common),
            "ner/msra": make.TaggingNamedEntityRecognition(
                str(entities), str(entities), None, batches, dependencies="tok/fine", **common),
        }, str(folder / "model"), 8, lr=0.01, encoder_lr=0.01, eval_trn=False, devices=-1, patience=100, seed=1,
    )  # fmt: skip
    return str(folder / "model")


@installed
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_tiny_multi_task_model_is_trained_saved_loaded_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torch: Any
) -> None:
    def adam(groups: object, **told: object) -> object:  # transformers has none any more, and HanLP trains with it
        return torch.optim.AdamW(groups, **told)

    monkeypatch.setattr(importlib.import_module("transformers.optimization"), "AdamW", adam, raising=False)
    found = recognise.load("hanlp", trained(tmp_path))
    assert isinstance(found, recognise.Reader)
    assert found.labels == {"PER", "date", "money"}
    seen = [(0, 4, "date"), (9, 12, "money"), (15, 17, "PER")]
    assert spans(found) == seen
    assert spans(found.having_read(TEXT, {"石梁镇": "LOC"})) == [seen[0], (4, 7, "LOC"), *seen[1:]]
