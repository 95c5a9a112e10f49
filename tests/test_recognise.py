"""The embedded recogniser: tags and spans, training, its file, its place beside the rules. All persons are invented."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import recognise
from pipeline.documents import text_article
from pipeline.errors import UsageError
from pipeline.extract import Resources, extract
from pipeline.model import Span
from pipeline.recognise import crf
from pipeline.recognise.features import features
from pipeline.schema import PersonMentionRow
from pipeline.stages import Settings, resources
from pipeline.text import sentence_at, sentences

TAUGHT = [
    (f"县长{name}介绍情况。", [(0, 2, "POST"), (2, 2 + len(name), "PER")])
    for name in ("王明", "李华", "张小军", "赵丽")
] * 5


@pytest.fixture(scope="module")
def tiny() -> crf.Crf:
    return crf.opened(crf.train(TAUGHT, **{"max_iterations": 30, "feature.minfreq": 1}))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(recognise.LABELS)), max_size=6))
def test_spans_and_tags_are_inverse(parts: list[tuple[int, int, str]]) -> None:
    spans, position = [], 0
    for gap, length, label in parts:
        spans.append((position + gap, position + gap + length, label))
        position += gap + length
    assert crf.spans_of(crf.tags_of(position + 1, spans)) == spans


@pytest.mark.parametrize("tags", [["B-PER", "O"], ["I-PER", "E-PER"], ["B-PER", "E-LOC"], ["B-PER", "B-PER"]])
def test_a_run_that_does_not_close_is_no_span(tags: list[str]) -> None:
    assert crf.spans_of(tags) == []


def test_a_feature_list_for_every_character() -> None:
    assert [len(features(text, 0, len(text))) for text in ("", "王", "县委书记王明")] == [0, 1, 6]


@given(st.text(alphabet="县委书记王明说,:王9a ", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_a_stretch_sees_the_characters_around_it(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    whole = [each[:14] for each in features(text, 0, len(text))]
    assert [each[:14] for each in features(text, start, end)] == whole[start:end]


@given(st.text(alphabet="会议。”!,\n县 ", max_size=20))
def test_every_character_lies_in_its_sentence(text: str) -> None:
    for start, end in sentences(text):
        assert sentence_at(text, end - 1)[1] == end
        assert sentence_at(text, start)[0] <= start
    assert "".join("".join(text[a:b] for a, b in sentences(text)).split()) == "".join(text.split())


def test_a_clause_gives_the_persons_of_the_whole_sentence() -> None:
    found = recognise.load("crf")
    assert found is not None
    text = "4月3日,县委书记何立冬,县长苟建业到芦溪镇调研。何立冬指出:要抓好春耕。村民毛春生、尹德贵正在田里忙活。"
    whole = {(s.start, s.end) for s in found([text])[0] if s.label == "PER"}
    parts = {(s.start, s.end) for at in range(len(text)) for s in found.around(text, at)[2] if s.label == "PER"}
    assert parts == whole != set()


def test_what_was_taught_is_found_again_in_every_sentence(tiny: crf.Crf) -> None:
    text = "县长王明介绍情况。县长李华介绍情况。"
    assert [(s.start, s.end, s.label) for s in tiny([text])[0]] == [
        (0, 2, "POST"),
        (2, 4, "PER"),
        (9, 11, "POST"),
        (11, 13, "PER"),
    ]
    assert all(0 < s.score <= 1 for s in tiny([text])[0])


def test_the_same_sentences_give_the_same_weights() -> None:
    assert crf.train(TAUGHT, max_iterations=5) == crf.train(TAUGHT, max_iterations=5)


@pytest.mark.parametrize("data", [None, b"no weights", gzip.compress(b"xianzhi crf 0\n...")])
def test_a_file_that_holds_no_weights_of_these_features_is_an_error(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "w.gz").write_bytes(data)
    with pytest.raises(UsageError, match="E010"):
        recognise.load("crf", str(tmp_path / "w.gz"))


def test_who_implements_it() -> None:
    assert recognise.load("rules") is None
    with pytest.raises(UsageError, match=r"E010.*choose one of rules, crf, hanlp"):
        recognise.load("bert")


def test_the_weights_of_the_package_are_small_and_find_names() -> None:
    assert crf.WEIGHTS.stat().st_size < 10_000_000
    found = recognise.load("crf")
    assert found is not None
    assert Span(4, 7, "PER") in found(["县委书记何立冬在会上讲话。"])[0]


class Told:
    """A recogniser that finds one name wherever it stands."""

    name = version = "told"

    def __init__(self, name: str) -> None:
        self._sought = name

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        return [
            [Span(at, at + len(self._sought), "PER")] if (at := text.find(self._sought)) >= 0 else [] for text in texts
        ]

    def around(self, folded: str, position: int) -> tuple[int, int, list[Span]]:
        return 0, len(folded), self([folded])[0]


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("那天晚上，任静波一夜没有合眼。", "任静波", True),  # the rules leave it open: the span decides
        ("那天晚上，高标准农田建成了。", "高标准", False),  # no span makes a name of a common word
    ],
)
def test_a_span_is_evidence_beside_the_rules(text: str, name: str, found: bool) -> None:
    tools = replace(resources(Settings(recogniser="rules")), recogniser=Told(name))
    rows = extract(text_article(text), (), tools).of(PersonMentionRow)
    assert (name in {row.surface for row in rows}) is found


def test_without_a_recogniser_the_rules_work_alone() -> None:
    tools: Resources = resources(Settings(recogniser="rules"))
    rows = extract(text_article("县委书记何立冬在会上讲话。"), (), tools).of(PersonMentionRow)
    assert [row.surface for row in rows] == ["何立冬"]
