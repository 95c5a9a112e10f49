"""Scores the tables of an output against gold articles.

In: a gold file (one JSON object a line, as the annotation guide says) and an output folder made from its dumps.
Out: one line a measure: precision, recall and F1 over multisets, micro-averaged, or the share of the matched
ones that are right as well. Text is compared after NFKC and without white space. `evaluate` does all of it:
it writes the dumps, runs the pipeline over them and scores what comes out.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from . import store
from .errors import UsageError
from .gold import Gold, dumps, issues, read_gold
from .run import run

Record = Mapping[str, Any]
Scores = dict[str, dict[str, float]]

_SPELLINGS = {
    "人": "人 名 位", "平方米": "㎡ 平米", "平方公里": "平方公里", "比例": "%", "千克": "公斤", "公里": "千米", "元": "亿元 万元",
}  # fmt: skip
_UNITS = {other: unit for unit, others in _SPELLINGS.items() for other in others.split()}
_TALLIES = (
    "title",
    "bylines",
    "people",
    "officials",
    "posts",
    "places",
    "sites",
    "admin",
    "dates",
    "figures",
    "figures_strict",
)
_SHARES = ("locality", "place_path", "date_value", "date_timex", "figure_value", "figure_item", "figure_subject")
_SPLIT = ("boundaries", "titles", "whole_articles", "paragraphs")


@dataclass(slots=True)
class Tally:
    """Precision, recall and F1 over multisets, summed over all articles; what was missed (-) and invented (+)."""

    hits: int = 0
    gold: int = 0
    found: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, where: str, gold: Iterable[Hashable], found: Iterable[Hashable]) -> None:
        wanted, got = Counter(gold), Counter(found)
        both = wanted & got
        self.hits, self.gold, self.found = (
            self.hits + both.total(),
            self.gold + wanted.total(),
            self.found + got.total(),
        )
        for sign, rest in (("-", wanted - both), ("+", got - both)):
            self.errors += [f"{where} {sign} {item}" for item in rest.elements()]

    def row(self) -> dict[str, float]:
        precision, recall = self.hits / max(1, self.found), self.hits / max(1, self.gold)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(f1, 4),
            "gold": self.gold,
            "found": self.found,
        }


@dataclass(slots=True)
class Share:
    """How many of the matched ones are right in one more respect; those that are not (x)."""

    hits: int = 0
    n: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, where: str, right: bool, what: str) -> None:
        self.n, self.hits = self.n + 1, self.hits + right
        if not right:
            self.errors.append(f"{where} x {what}")

    def row(self) -> dict[str, float]:
        return {"accuracy": round(self.hits / max(1, self.n), 4), "n": self.n}


@dataclass(slots=True)
class Measures:
    """All measures by name."""

    tally: dict[str, Tally]
    share: dict[str, Share]

    def all(self) -> dict[str, Tally | Share]:
        return {**self.tally, **self.share}

    def rows(self) -> Scores:
        return {name: each.row() for name, each in self.all().items()}

    def wrong(self, name: str) -> list[str]:
        """What a measure missed (-), invented (+) or got wrong (x). Raises UsageError E005 for a name that is none."""
        if name not in self.all():
            raise UsageError("E005", f"no measure {name!r}", f"one of {', '.join(self.all())}")
        return self.all()[name].errors


def score(gold: Path, out: Path) -> Scores:
    """Every measure of the extraction; `out` was made from `dumps(gold, …)`."""
    return measure(read_gold(gold), out).rows()


def score_split(gold: Path, out: Path, issues: Path) -> Scores:
    """Every measure of the split; `out` was made from the folder `issues`, whose issues.json has the answers."""
    return measure_split(read_gold(gold), out, issues).rows()


# The extraction


def measure(gold: Sequence[Gold], out: Path) -> Measures:
    """The tables of `out` against gold, one article of gold at a time."""
    measures = Measures({name: Tally() for name in _TALLIES}, {name: Share() for name in _SHARES})
    tables = _tables(out)
    documents = {PurePath(row["path"]).stem: row["document_id"] for row in tables["documents"]}
    rows_of = {name: _by(rows, "article_id") for name, rows in tables.items() if rows and "article_id" in rows[0]}
    articles = _by(tables["articles"], "document_id")
    people = {row["person_id"]: row["name"] for row in tables["people"]}
    places = {row["place_id"]: row for row in tables["places"]}
    for article in gold:
        mine = articles.get(documents.get(article["id"], ""), [])
        ids = sorted(row["article_id"] for row in mine)
        found = {name: [row for i in ids for row in rows.get(i, ())] for name, rows in rows_of.items()}
        view = defaultdict(list, found)
        _score_head(measures, article, mine, view)
        _score_people(measures, article, view, people)
        _score_places(measures, article, view, places)
        _score_dates(measures, article, view)
        _score_figures(measures, article, view)
    return measures


def _score_head(measures: Measures, gold: Gold, articles: Sequence[Record], found: Mapping[str, list[Record]]) -> None:
    tally, where = measures.tally, gold["id"]
    if gold["title"]:
        tally["title"].add(
            where, [plain(gold["title"])], [plain(row["title"]) for row in articles if plain(row["title"])]
        )
    if gold.get("locality") and articles:
        paths = [plain(row["locality_path"]) for row in articles]
        right = all(path.replace("/", "") == plain(gold["locality"]) for path in paths)
        measures.share["locality"].add(where, right, f"{gold['locality']} | {paths}")
    tally["bylines"].add(where, [_credit(row) for row in gold["bylines"]], [_credit(row) for row in found["bylines"]])


def _credit(row: Record) -> tuple[str, str]:
    return plain(row["role"]), plain(row["name"])


def _score_people(measures: Measures, gold: Gold, found: Mapping[str, list[Record]], people: Mapping[str, str]) -> None:
    tally, where, persons = measures.tally, gold["id"], gold["people"]
    ids = {row["person_id"] for name in ("person_mentions", "posts") for row in found[name]}
    tally["people"].add(where, {plain(p["name"]) for p in persons}, {plain(people[i]) for i in ids if i in people})
    # an official, for one article: a person whom that article gives a public post
    officials = {plain(row["name"]) for row in found["posts"] if row["is_public"]}
    tally["officials"].add(where, {plain(p["name"]) for p in persons if p["official"]}, officials)
    posts = {(plain(p["name"]), plain(post)) for p in persons for post in p["posts"]}
    tally["posts"].add(where, posts, {(plain(row["name"]), plain(row["post"])) for row in found["posts"]})


def _score_places(
    measures: Measures, gold: Gold, found: Mapping[str, list[Record]], places: Mapping[str, Record]
) -> None:
    tally, where = measures.tally, gold["id"]
    names: dict[str, Record] = {}
    for row in found["place_mentions"]:
        if row["place_id"] in places:
            names.setdefault(plain(row["surface"]), places[row["place_id"]])
    tally["places"].add(where, {plain(p["name"]) for p in gold["places"]}, list(names))
    for kind, name in (("admin", "admin"), ("site", "sites")):
        wanted = {plain(p["name"]) for p in gold["places"] if p["kind"] == kind}
        tally[name].add(where, wanted, [surface for surface, place in names.items() if place["kind"] == kind])
    for place in gold["places"]:
        if place["kind"] == "admin" and place.get("path") and plain(place["name"]) in names:
            got = plain(names[plain(place["name"])]["path"])
            measures.share["place_path"].add(where, got == plain(place["path"]), f"{place['path']} | {got}")


def _score_dates(measures: Measures, gold: Gold, found: Mapping[str, list[Record]]) -> None:
    where, rows = gold["id"], found["dates"]
    measures.tally["dates"].add(where, map(_surface, gold["dates"]), map(_surface, rows))
    for want, got in _pairs(gold["dates"], rows, _surface):
        start, end = _iso(got["start_date"]), _iso(got["end_date"])
        what = f"{want['surface']} {want['start']}..{want['end']} | {start}..{end}"
        measures.share["date_value"].add(where, _same_date(want, got), what)
        right = plain(want["value"]) == plain(got["timex_value"])
        measures.share["date_timex"].add(where, right, f"{want['surface']} {want['value']} | {got['timex_value']}")


def _same_date(want: Record, got: Record) -> bool:
    for side in ("start", "end"):
        day = _iso(got[f"{side}_date"])
        if str(want[side] or "").startswith("XXXX"):  # the year is unknown: the value says what is known
            value = plain(got["timex_value"])
            if day or (want[side][:7] not in value and value != plain(want["value"])):
                return False
        elif want[side] != day:
            return False
    return True


def _score_figures(measures: Measures, gold: Gold, found: Mapping[str, list[Record]]) -> None:
    where, wanted, rows = gold["id"], gold["figures"], found["figures"]
    measures.tally["figures"].add(where, map(_surface, wanted), map(_surface, rows))
    measures.tally["figures_strict"].add(where, map(_strict, wanted), map(_strict, rows))
    for want, got in _pairs(wanted, rows, _surface):
        right = (
            _close(want["value"], got["value"]) and _unit(want) == _unit(got) and want["qualifier"] == got["qualifier"]
        )
        sides = [f"{each['value']} {each['unit']} {each['qualifier']}" for each in (want, got)]
        measures.share["figure_value"].add(where, right, f"{want['surface']} {' | '.join(sides)}")
        for name in ("item", "subject"):
            if want.get(name):
                a, b = plain(want[name]), plain(got[name])
                measures.share[f"figure_{name}"].add(
                    where, bool(b) and (a in b or b in a), f"{want['surface']} {a} | {b}"
                )


def _strict(row: Record) -> tuple[str, str, str]:
    return f"{float(row['value']):.4g}", _unit(row), row["qualifier"]


# The split


def measure_split(gold: Sequence[Gold], out: Path, issues: Path) -> Measures:
    """The articles of `out` against the articles that each issue was put together from, in their order."""
    measures = Measures({name: Tally() for name in _SPLIT}, {})
    tables, by_id = _tables(out), {article["id"]: article for article in gold}
    documents = {PurePath(row["path"]).name: row["document_id"] for row in tables["documents"]}
    articles, paragraphs = _by(tables["articles"], "document_id"), _by(tables["paragraphs"], "article_id")
    answers = json.loads((issues / "issues.json").read_text(encoding="utf8"))
    for name, members in answers.items():
        rows = sorted(articles.get(documents.get(name, ""), []), key=lambda row: row["ordinal"])
        found = [_parts(row, paragraphs.get(row["article_id"], [])) for row in rows]
        want = [(plain(by_id[m]["title"]), [plain(p) for p in by_id[m]["paragraphs"]]) for m in members]
        tally = measures.tally
        tally["boundaries"].add(name, [_head(ps) for _, ps in want], [_head(ps) for _, ps in found])
        tally["titles"].add(name, [title for title, _ in want], [title for title, _ in found])
        tally["whole_articles"].add(name, ["".join(ps) for _, ps in want], ["".join(ps) for _, ps in found])
        tally["paragraphs"].add(name, [p for _, ps in want for p in ps], [p for _, ps in found for p in ps])
    return measures


def _parts(article: Record, paragraphs: Iterable[Record]) -> tuple[str, list[str]]:
    """Title and paragraphs of an article, the title's own lines left out."""
    title = plain(article["title"])
    lines = [
        plain(article["text"][row["start_char"] : row["end_char"]])
        for row in sorted(paragraphs, key=lambda row: row["ordinal"]) if row["kind"] != "title"
    ]  # fmt: skip
    return title, [line for line in lines if line and line != title]


def _head(paragraphs: Sequence[str]) -> str:
    return paragraphs[0][:12] if paragraphs else ""


# Comparing


def plain(value: object) -> str:
    """NFKC without white space; nothing for null."""
    return "" if value is None else "".join(unicodedata.normalize("NFKC", str(value)).split())


def _surface(row: Record) -> str:
    return plain(row["surface"])


def _unit(row: Record) -> str:
    unit = plain(row["unit"])
    return _UNITS.get(unit, unit)


def _iso(day: object) -> str | None:
    return None if day is None else str(day)[:10]


def _close(want: float | None, got: float | None) -> bool:
    return want is not None and got is not None and abs(want - got) <= 2e-3 * max(1e-9, abs(want))


def _pairs(
    gold: Iterable[Record], found: Iterable[Record], key: Callable[[Record], str]
) -> Iterator[tuple[Record, Record]]:
    """Gold and found rows of equal key, in reading order."""
    queues: dict[str, deque[Record]] = defaultdict(deque)
    for row in found:
        queues[key(row)].append(row)
    for row in gold:
        if queues[key(row)]:
            yield row, queues[key(row)].popleft()


def _tables(out: Path) -> defaultdict[str, list[Record]]:
    return defaultdict(list, {name: store.read_table(out, name).to_pylist() for name in store.manifest(out)["tables"]})


def _by(rows: Iterable[Record], column: str) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


# All of it


def measures(gold: Path, out: Path | None = None) -> Measures:
    """The measures of an output that was made from the gold's dumps, or of a fresh run."""
    return evaluate(gold) if out is None else measure(read_gold(gold), out)


def evaluate(gold: Path) -> Measures:
    """Dumps and issues → run → score, in a temporary folder: the measures of the extraction and of the split."""
    articles = read_gold(gold)
    with tempfile.TemporaryDirectory(prefix="xianzhi-score-") as folder:
        work = Path(folder)
        dumps(gold, work / "dumps")
        issues(gold, work / "issues")
        run(work / "dumps", work / "out", workers=0)
        run(work / "issues", work / "split", workers=0, upto="split")
        facts, cut = measure(articles, work / "out"), measure_split(articles, work / "split", work / "issues")
    return Measures(facts.tally | cut.tally, facts.share)
