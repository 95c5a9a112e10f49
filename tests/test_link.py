"""Who is one person: appearances of a name across articles."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import spill
from pipeline.link import Appearance, link, persons
from pipeline.schema import (
    ArticleRow,
    OrganisationRow,
    PersonMentionRow,
    PlaceRow,
    PostRow,
    arrow_schema,
    values,
)
from pipeline.spill import Space

TABLES = ("articles", "person_mentions", "posts", "organisations", "places")


def article(n: int, day: date | None, code: str | None = "330803", path: str | None = None) -> ArticleRow:
    return ArticleRow(f"a{n:04}", "d0", n, "news", None, None, None, "文", 1, day, None, code, path, 0, 1)


def post(n: int, name: str, title: str, level: str, code: str | None, organisation: str | None = None, public: bool = True) -> PostRow:  # fmt: skip
    return PostRow(f"a{n:04}", name, name, (organisation or "") + title, organisation, None, title, level, code, public, "current", 0, 1)  # fmt: skip


def mention(n: int, name: str) -> PersonMentionRow:
    return PersonMentionRow(f"a{n:04}", 0, len(name), name, name, "post", 1.0)


def linked(rows: Mapping[str, list], folder: Path | None = None) -> dict[str, pa.Table]:
    """The tables that `link` makes, sorted."""
    space = Space(folder)
    made = link({name: space.table(name, map(values, rows.get(name, ()))) for name in TABLES}, space)
    return {name: pa.concat_tables(each) for name, each in made.items()}


def ids(rows: list) -> dict[str, str]:
    """Article → person id, where each article names one person."""
    tables = {name: [row for row in rows if row.table == name] for name in TABLES}
    mentioned = [mention(int(row.article_id[1:]), row.name) for row in tables["posts"]]
    tables["person_mentions"] += {(m.article_id, m.surface): m for m in mentioned}.values()
    made = linked(tables)
    found = made["person_mentions"].select(["article_id", "person_id"]).to_pylist()
    assert {each["person_id"] for each in found} == set(made["people"]["person_id"].to_pylist())
    return {each["article_id"]: each["person_id"] for each in found}


DAY = date(2022, 1, 13)
LATER = date(2023, 5, 4)


@pytest.mark.parametrize(
    ("rows", "one"),
    [
        pytest.param([post(0, "朱素芳", "领导", "county", "330803", "区"), post(1, "朱素芳", "书记", "county", "330803", "区委")], True, id="group label and post of one county"),
        pytest.param([post(0, "王伟", "县长", "county", "330803"), post(1, "王伟", "县长", "county", "620102")], False, id="two counties"),
        pytest.param([post(0, "王伟", "县长", "county", "330803"), post(1, "王伟", "县长", "county", "620102"), post(1, "王伟", "原县长", "county", "330803")], True, id="a move is stated"),
        pytest.param([post(0, "陈力", "局长", "county", "330803", "区财政局"), post(1, "陈力", "镇长", "township", "330803105", "航埠镇")], True, id="a new post in the county"),
        pytest.param([post(0, "陈力", "书记", "village", "330803", "甲村党支部"), post(1, "陈力", "书记", "village", "330803", "乙村党支部")], False, id="two villages"),
        pytest.param([post(0, "陈力", "书记", "village", "330803", "河口镇甲村党支部"), post(1, "陈力", "主任", "village", "330803", "甲村村委会")], True, id="two bodies of one village"),
        pytest.param([post(0, "汤平", "书记", "province", "330000", "省委"), mention(1, "汤平")], True, id="the province's leader without a post"),
        pytest.param([post(0, "汤平", "总经理", None, None, "甲公司", False), post(1, "汤平", "总经理", "other", None, "乙公司", False)], False, id="two companies"),
        pytest.param([post(0, "汤平", "总经理", None, None, "甲公司", False), mention(1, "汤平")], True, id="a company's head without the post"),
        pytest.param([post(0, "汤平原", "书记", "county", "330803", "区委"), post(1, "汤平原", "副市长", "prefecture", "330800")], True, id="promoted"),
    ],
)  # fmt: skip
def test_who_is_one_person(rows: list, one: bool) -> None:
    found = ids([article(0, DAY), article(1, LATER), *rows])
    assert (found["a0000"] == found["a0001"]) is one


def test_leaders_of_county_and_prefecture_at_one_time_are_two() -> None:
    rows = [article(n, DAY + timedelta(n)) for n in range(3)]
    rows += [post(n, "王伟", "书记", "county", "330803") for n in (0, 2)]
    found = ids([*rows, post(1, "王伟", "市长", "prefecture", "330800")])
    assert found["a0000"] == found["a0002"] != found["a0001"]


def test_an_unknown_locality_keeps_its_own_people() -> None:
    rows = [article(0, DAY, None), article(1, DAY, None), mention(0, "王伟"), mention(1, "王伟")]
    assert len(set(ids(rows).values())) == 2


def test_rows_and_counts_of_people() -> None:
    rows = {
        "articles": [article(0, LATER), article(1, DAY), article(2, None)],
        "posts": [post(0, "李娟", "区长", "county", "330803")],
        "person_mentions": [mention(n, "李娟") for n in range(3)],
    }
    (person,) = linked(rows)["people"].to_pylist()
    assert (person["is_official"], person["n_articles"]) == (True, 3)
    assert (person["first_seen"], person["last_seen"]) == (DAY, LATER)


def test_two_spellings_of_a_name_in_one_article_are_one_appearance_more_than_the_articles() -> None:
    rows = {
        "articles": [article(0, DAY)],
        "person_mentions": [mention(0, "阿依·古丽"), replace(mention(0, "阿依•古丽"), start_char=9)],
    }
    (person,) = linked(rows)["people"].to_pylist()
    assert (person["name"], person["n_articles"]) == ("阿依·古丽", 1)


def test_dimensions_keep_one_row_an_id_with_the_longest_name_and_all_that_is_known() -> None:
    made = linked({
        "organisations": [OrganisationRow("o1", "区财政局", None, "county", None), OrganisationRow("o1", "柯城区财政局", "government", None, "330803")],
        "places": [PlaceRow("x", "衢州市", "admin", "prefecture", "330800", None, None, None, None)] * 2,
    })  # fmt: skip
    (organisation,) = made["organisations"].to_pylist()
    assert tuple(organisation.values()) == ("o1", "柯城区财政局", "government", "county", "330803")
    assert made["places"].num_rows == 1
    assert made["places"].schema == arrow_schema("places")


@pytest.mark.parametrize("nameless", [False, True])
def test_an_id_is_made_of_the_name_unless_that_is_to_be_hidden(nameless: bool) -> None:
    space = Space()
    rows = {
        "articles": [article(0, DAY)],
        "posts": [post(0, "李娟", "区长", "county", "330803")],
        "person_mentions": [mention(0, "李娟"), replace(mention(0, "王五"), start_char=7)],
    }
    found = []
    for name in ("王五", "赵六"):
        rows["person_mentions"][1] = replace(rows["person_mentions"][1], surface=name, person_id=name)
        made = link(
            {name: space.table(name, map(values, rows.get(name, ()))) for name in TABLES}, space, nameless=nameless
        )
        found.append({row["name"]: row["person_id"] for piece in made["people"] for row in piece.to_pylist()})
    one, other = found
    assert one["李娟"] == other["李娟"]
    assert (one["王五"] == other["赵六"]) is nameless


def pairs(counts: Iterable[int]) -> int:
    return sum(n * (n - 1) for n in counts)


COUNTIES = [f"{province}{prefecture:02}{county:02}" for province in (33, 52) for prefecture in (1, 2) for county in range(21, 26)]  # fmt: skip


def careers(rng: random.Random) -> list[list[tuple[date, list[PostRow]]]]:
    """300 careers over 20 counties with few names: posts in turn, some promoted, some moved with the move stated."""
    result = []
    taken: dict[tuple[str, str], int] = {}
    for n in range(300):
        name = rng.choice("赵钱孙李周吴郑王") + rng.choice("伟芳敏静军") + rng.choice("东南西北中春夏秋冬华")
        county, day, seen = rng.choice(COUNTIES), date(2015, 1, 1) + timedelta(rng.randrange(900)), []
        while (name, county) in taken:
            county = rng.choice(COUNTIES)
        taken[name, county] = n
        for _ in range(rng.randint(2, 6)):
            day += timedelta(rng.randint(20, 400))
            stated = []
            free = [c for c in COUNTIES if (name, c) not in taken]
            if rng.random() < 0.1 and free:
                stated, county = [post(0, name, "原县长", "county", county)], rng.choice(free)
                taken[name, county] = n
            level = rng.choice(("county", "township"))
            seen.append(
                (
                    day,
                    [
                        *stated,
                        post(
                            0, name, rng.choice(("局长", "书记", "主任")), level, county + "100" * (level == "township")
                        ),
                    ],
                )
            )
        result.append(seen)
    return result


@pytest.mark.parametrize("seed", range(3))
def test_careers_come_out_whole(seed: int) -> None:
    appearances, truth = [], {}
    for person, seen in enumerate(careers(random.Random(seed))):
        for n, (day, posts) in enumerate(seen):
            key = f"{person:03}-{n}"
            seats = tuple(each.jurisdiction_code[:6] for each in posts)
            appearances.append(Appearance(key, posts[0].name, seats, seats[-1], day, True, True))
            truth[key] = person
    found = {}
    for name in {each.name for each in appearances}:
        for seat, members in persons([each for each in appearances if each.name == name]).items():
            found |= {each.article_id: (name, seat) for each in members}
    both = Counter((truth[key], found[key]) for key in truth)
    right = pairs(both.values())
    precision, recall = right / pairs(Counter(found.values()).values()), right / pairs(Counter(truth.values()).values())
    assert 2 * precision * recall / (precision + recall) >= 0.98


@settings(deadline=None)  # the first example loads what Arrow loads late
@given(st.lists(st.tuples(st.sampled_from(["330803", "330802", "330800", "330000", "620102"]), st.integers(0, 999)), min_size=1, max_size=8), st.randoms())  # fmt: skip
def test_the_order_of_rows_does_not_matter(seen: list[tuple[str, int]], rng: random.Random) -> None:
    seen = sorted(seen, key=lambda each: each[1])
    levels = {"330800": "prefecture", "330000": "province"}
    rows = [article(n, DAY + timedelta(d), code) for n, (code, d) in enumerate(seen)]
    held = [post(n, "王伟", "书记", levels.get(code, "county"), code) for n, (code, _) in enumerate(seen)]
    told = [mention(n, "王伟") for n in range(len(seen))]
    in_order = linked({"articles": rows, "posts": held, "person_mentions": told})
    for each in (rows, held, told):
        rng.shuffle(each)
    assert linked({"articles": rows, "posts": held, "person_mentions": told}) == in_order


def test_a_table_in_parts_is_linked_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, rows = random.Random(1), defaultdict[str, list](list)
    for n in range(300):
        spread = f"{n % 16:x}{n:03}"
        name, code = rng.choice("赵钱孙李") + rng.choice("伟芳敏"), rng.choice(COUNTIES)
        rows["articles"].append(replace(article(n, DAY + timedelta(n % 90), code), article_id=spread))
        rows["person_mentions"].append(replace(mention(n, name), article_id=spread))
        rows["posts"] += [replace(post(n, name, "书记", "county", code), article_id=spread)] * rng.randint(0, 1)
        rows["organisations"].append(OrganisationRow(f"o{n % 7:x}", f"{n}局", None, rng.choice([None, "county"]), None))
    whole = linked(rows)
    monkeypatch.setattr(spill, "_BATCH", 20)
    monkeypatch.setattr(spill, "HELD", 1000)
    assert linked(rows, tmp_path) == whole
    assert list(tmp_path.iterdir())
