"""Annotated articles → labelled sentences → weights; what each finder is worth. All persons are invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import recognise
from pipeline.compare import compare
from pipeline.errors import UsageError
from pipeline.gold import read_gold
from pipeline.train import labelled_sentences, train

ARTICLE = {
    "id": "t-1", "locality": None, "published": None, "title": "何立冬到溪口村调研",
    "paragraphs": ["5月6日，县委书记、县长何立冬来到溪口村。何立冬说，要抓好生产。", "（记者 宋雨薇）"],
    "people": [{"name": "何立冬", "official": True, "posts": ["县委书记", "县长"]}],
    "bylines": [{"role": "记者", "name": "宋雨薇"}], "places": [{"name": "溪口村", "kind": "admin", "path": None}],
    "dates": [], "figures": [],
}  # fmt: skip


def test_the_labels_of_an_article() -> None:
    labelled = [(text, [(text[a:b], label) for a, b, label in spans]) for text, spans in labelled_sentences(ARTICLE)]
    assert labelled[0][1] == [("何立冬", "PER"), ("溪口村", "LOC")]
    assert sorted(labelled[1][1]) == sorted(
        [("何立冬", "PER"), ("县委", "ORG"), ("书记", "POST"), ("县长", "POST"), ("溪口村", "LOC")]
    )
    assert labelled[-1][1] == [("宋雨薇", "PER")]


def test_a_text_with_spans_keeps_the_labels_that_are_ours() -> None:
    entry = {"text": "王明来了。他说好。", "spans": [[0, 2, "PER"], [5, 6, "PER.NOM"]]}
    assert list(labelled_sentences(entry)) == [("王明来了。", [(0, 2, "PER")]), ("他说好。", [])]


def test_weights_of_ones_own(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join([json.dumps(ARTICLE, ensure_ascii=False)] * 5), encoding="utf8")
    assert train([gold], tmp_path / "own.gz") == 20
    found = recognise.load("crf", str(tmp_path / "own.gz"))
    assert found is not None
    assert {s.label for s in found(["县委书记、县长何立冬来到溪口村。"])[0]} >= {"PER", "POST"}


def test_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text("no JSON", encoding="utf8")
    with pytest.raises(UsageError, match="E005"):
        read_gold(tmp_path / "gold.jsonl")


def test_a_line_for_every_file_and_finder(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join([json.dumps(ARTICLE, ensure_ascii=False)] * 2), encoding="utf8")
    lines = {line.finder: line for line in compare([gold], folds=2)}
    assert list(lines) == ["rules", "crf", "both", "jieba.posseg"]
    assert lines["rules"].f1 == lines["both"].f1 == 1.0


def test_the_folds_may_be_trained_on_more_than_each_other(tmp_path: Path) -> None:
    gold, more = tmp_path / "gold.jsonl", tmp_path / "more.jsonl"
    gold.write_text(json.dumps(ARTICLE, ensure_ascii=False), encoding="utf8")
    more.write_text("\n".join([json.dumps(ARTICLE, ensure_ascii=False)] * 5), encoding="utf8")
    with pytest.raises(UsageError, match="E005"):
        list(compare([gold], folds=1))
    assert {line.finder: line.f1 for line in compare([gold], folds=1, also=[more])}["crf"] == 1.0
