"""A recogniser that reads whole articles: told what the rules know, asked for names, its dates and measures beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from pipeline.documents import text_article
from pipeline.extract import Found, extract
from pipeline.model import Span
from pipeline.recognise import Reader
from pipeline.schema import DateRow, FigureRow, PersonMentionRow
from pipeline.stages import Settings, resources

TEXT = "5月4日，柯城区委书记何立冬到石梁镇调研。当天，区里投入1.2亿元，修路３公里。那天晚上，任静波没有合眼。"


@dataclass(frozen=True)
class Told:
    """A reader that sees what it is given, wherever it stands."""

    sees: Mapping[str, str]
    labels: frozenset[str] = frozenset({"PER", "date", "money"})
    known: dict[str, str] = field(default_factory=dict)
    name: str = "told"
    version: str = "1"

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[Span(t.find(w), t.find(w) + len(w), label) for w, label in self.sees.items() if w in t] for t in texts]

    def around(self, folded: str, position: int) -> tuple[int, int, list[Span]]:
        return 0, len(folded), self([folded])[0]

    def having_read(self, folded: str, known: Mapping[str, str]) -> Told:
        self.known.update(known)
        return self


def read(reader: Reader | None) -> Found:
    tools = resources(Settings(recogniser="rules"))
    article = text_article(TEXT, locality=tools.gazetteer.resolve("浙江省衢州市柯城区"))
    return extract(article, (), replace(tools, recogniser=reader))


def test_it_is_told_of_the_places_of_the_gazetteer_and_of_the_people_that_the_rules_name() -> None:
    reader = Told({"任静波": "PER"})
    found = read(reader)
    assert reader.known == {"柯城区": "LOC", "石梁镇": "LOC", "何立冬": "PER"}
    assert {row.surface for row in found.of(PersonMentionRow)} == {"何立冬", "任静波"}


@pytest.mark.parametrize(
    ("sees", "dates", "figures"),
    [
        (
            {"5月4日": "date", "1.2亿元": "money"},
            ["same", "unseen", "unseen"],
            ["same", None],
        ),  # 3公里: it knows no lengths
        ({"5月": "date", "4日,柯": "date", "2亿元": "money"}, ["differs", "unseen", "unseen"], ["differs", None]),
        ({"当天": "money"}, ["unseen", "unseen", "unseen"], ["unseen", None]),
    ],
)
def test_what_it_calls_a_date_or_money_stands_beside_ours(
    sees: dict[str, str], dates: list[str], figures: list[str | None]
) -> None:
    found = read(Told(sees))
    assert [row.surface for row in found.of(DateRow)] == ["5月4日", "当天", "那天晚上"]
    assert [row.cross_check for row in found.of(DateRow)] == dates
    assert [row.cross_check for row in found.of(FigureRow)] == figures


def test_where_none_was_asked_there_is_nothing_beside_ours() -> None:
    assert {row.cross_check for row in (*read(None).of(DateRow), *read(None).of(FigureRow))} == {None}
