"""The tables: each is a frozen dataclass, everything else is derived from it.

A field of a row class is a column; its annotation gives the Arrow type and whether null is allowed, its
metadata the English and Chinese description, the values allowed and the table it points to. `TABLES`
maps table names to row classes, `arrow_schema` derives the Arrow schema, `to_arrow` turns rows into a
sorted table. Nothing else in the project declares a column.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Union

import numpy as np
import pyarrow as pa

SCHEMA_VERSION = "1"


def column(en: str, zh: str, *, values: Sequence[str] = (), to: str = "", low: float | None = None,
           high: float | None = None, default: Any = MISSING) -> Any:  # fmt: skip
    """A column's documentation and constraints: allowed values, the table its value is a key of, its range; and what it holds unless told."""
    told = {"en": en, "zh": zh, "values": tuple(values), "to": to, "low": low, "high": high}
    return field(default=default, metadata=told)


class Row:
    """A row of a table. `table`, `key` and `order` are column names; `doc` describes one row in two languages."""

    __slots__ = ()
    table: ClassVar[str]
    doc: ClassVar[tuple[str, str]]
    key: ClassVar[tuple[str, ...]]


_ARTICLE = ("the article", "所属文章")
_START = ("first character of the surface in articles.text", "在 articles.text 中的起点(码位)")
_END = ("one past the last character", "终点(不含)")
_SURFACE = ("the text as printed: text[start_char:end_char]", "原文字面")
_LEVELS = ("national", "province", "prefecture", "county", "township", "village", "grid")


def _article() -> Any:
    return column(*_ARTICLE, to="articles")


def _start() -> Any:
    return column(*_START, low=0)


def _end() -> Any:
    return column(*_END, low=1)


def _cross_check(what: str) -> Any:
    en = f"whether HanLP sees the same {what} here, one that differs in extent, or none; null where it was not asked or cannot tell"
    zh = "HanLP 在此处识别的范围相同、不同或未识别;未使用 HanLP 或其模型无此标签时为空"
    return column(en, zh, values=("same", "differs", "unseen"), default=None)


@dataclass(frozen=True, slots=True)
class DocumentRow(Row):
    table: ClassVar = "documents"
    doc: ClassVar = ("a raw file, or a record of a dump that holds many", "一个原始文件(或转储中的一条记录)")
    key: ClassVar = ("document_id",)
    document_id: str = column("stable id, from path and bytes", "稳定标识")
    path: str = column("relative to the raw folder", "相对原始目录的路径")
    sha256: str | None = column("of the bytes; null where they could not be read", "字节的 SHA-256")
    encoding: str | None = column("as decided from the bytes", "判定的编码")
    n_bytes: int | None = column("size of the file in bytes", "字节数", low=0)
    n_chars: int | None = column("code points after decoding", "解码后的码位数", low=0)
    n_articles: int = column("articles cut from it", "切出的文章数", low=0)
    source: str | None = column("the paper, from sources.csv", "来源报刊")
    published_on: date | None = column("publication date known from outside", "外部给出的出版日期")
    locality_code: str | None = column("code of the locality known from outside", "外部给出的属地代码")
    status: str = column("ok, rejected, duplicate", "状态", values=("ok", "rejected", "duplicate"))
    error: str | None = column("code and reason where rejected; the first path where duplicate", "拒收代码与原因")


@dataclass(frozen=True, slots=True)
class ArticleRow(Row):
    table: ClassVar = "articles"
    doc: ClassVar = ("an article cut from a document", "从文件中切出的一篇文章")
    key: ClassVar = ("article_id",)
    article_id: str = column("stable id, from document and text", "稳定标识")
    document_id: str = column("the document it was cut from", "所属文件", to="documents")
    ordinal: int = column("position in the document, from 0", "在文件中的序号", low=0)
    kind: str = column("news, photo, brief", "体裁", values=("news", "photo", "brief"))
    title: str | None = column("kicker, headline and sub-headline joined by one space", "标题(引题、主题、副题)")
    kicker: str | None = column("line above the headline", "引题")
    subtitle: str | None = column("line below the headline", "副题")
    text: str = column("title lines, then paragraphs, one a line", "正文(含标题行)")
    n_chars: int = column("code points of text", "字数", low=0)
    published_on: date | None = column("publication date", "出版日期")
    published_from: str | None = column("where the date is from", "日期来源", values=("file", "text", "option"))
    locality_code: str | None = column("GB/T 2260 code of the paper's own unit", "属地代码")
    locality_path: str | None = column("full names from the province down, joined by /", "属地全称路径")
    raw_start_char: int = column("first character in the decoded document", "在解码文件中的起点", low=0)
    raw_end_char: int = column("one past the last character in the decoded document", "在解码文件中的终点", low=0)


@dataclass(frozen=True, slots=True)
class ParagraphRow(Row):
    table: ClassVar = "paragraphs"
    doc: ClassVar = ("a line of the text: a title line or a logical paragraph", "文本的一行:标题行或逻辑段落")
    key: ClassVar = ("article_id", "ordinal")
    article_id: str = _article()
    ordinal: int = column("position in the article, from 0", "序号", low=0)
    kind: str = column("title, byline, body, caption", "类型", values=("title", "byline", "body", "caption"))
    start_char: int = _start()
    end_char: int = _end()


@dataclass(frozen=True, slots=True)
class SegmentRow(Row):
    table: ClassVar = "segments"
    doc: ClassVar = ("a run of the text that stands unbroken in the raw document", "在原始文件中连续出现的一段")
    key: ClassVar = ("article_id", "start_char")
    article_id: str = _article()
    start_char: int = _start()
    end_char: int = _end()
    raw_start_char: int = column("where the run starts in the decoded document", "在解码文件中的起点", low=0)


@dataclass(frozen=True, slots=True)
class BylineRow(Row):
    table: ClassVar = "bylines"
    doc: ClassVar = ("a credited name: reporter, correspondent, photographer …", "署名:记者、通讯员、摄影等")
    key: ClassVar = ("article_id", "ordinal")
    article_id: str = _article()
    ordinal: int = column("position in the article, from 0", "序号", low=0)
    role: str | None = column("as printed; null where no role is printed", "身份(照录)")
    name: str = column("name as printed, without inner spaces", "姓名")
    start_char: int = _start()
    end_char: int = _end()


@dataclass(frozen=True, slots=True)
class PersonRow(Row):
    table: ClassVar = "people"
    doc: ClassVar = ("a person, across all articles", "跨文章的人物")
    key: ClassVar = ("person_id",)
    person_id: str = column("stable id", "稳定标识")
    name: str = column("full name", "姓名")
    is_official: bool = column("holds or held a public post", "是否担任公职")
    n_articles: int = column("articles that name the person", "出现的文章数", low=1)
    first_seen: date | None = column("earliest publication date", "最早出现日期")
    last_seen: date | None = column("latest publication date", "最晚出现日期")


@dataclass(frozen=True, slots=True)
class PersonMentionRow(Row):
    table: ClassVar = "person_mentions"
    doc: ClassVar = ("a name in the text", "文中一处人名")
    key: ClassVar = ("article_id", "start_char")
    article_id: str = _article()
    start_char: int = _start()
    end_char: int = _end()
    surface: str = column(*_SURFACE)
    person_id: str = column("the person; before link, the name", "人物标识", to="people")
    source: str = column("what found it: post, list, verb, recogniser, repeat …", "识别依据")
    score: float = column("0 to 1", "置信度", low=0, high=1)


@dataclass(frozen=True, slots=True)
class PostRow(Row):
    table: ClassVar = "posts"
    doc: ClassVar = ("a post that an article gives a person, expanded", "文章所述人物的一个职务(已展开)")
    key: ClassVar = ("article_id", "person_id", "post", "start_char")
    article_id: str = _article()
    person_id: str = column("the person; before link, the name", "人物标识", to="people")
    name: str = column("the person's name", "姓名")
    post: str = column("expanded post, e.g. 省经信厅厅长", "完整职务")
    organisation: str | None = column("the post without its office", "机构")
    organisation_id: str | None = column("the organisation", "机构标识", to="organisations")
    title: str = column("the office: 书记, 局长 …", "职位")
    level: str | None = column("level of the unit the post belongs to", "层级", values=_LEVELS)
    jurisdiction_code: str | None = column("code of the unit the post belongs to", "所属辖区代码")
    is_public: bool = column("a public post", "是否公职")
    status: str = column("current, former, acting", "状态", values=("current", "former", "acting"))
    start_char: int = _start()
    end_char: int = _end()


@dataclass(frozen=True, slots=True)
class OrganisationRow(Row):
    table: ClassVar = "organisations"
    doc: ClassVar = ("an organisation, across all articles", "跨文章的机构")
    key: ClassVar = ("organisation_id",)
    organisation_id: str = column("stable id", "稳定标识")
    name: str = column("longest name seen", "名称")
    kind: str | None = column(
        "system it belongs to",
        "类别",
        values=(
            "party",
            "government",
            "congress",
            "cppcc",
            "discipline",
            "judicial",
            "military",
            "mass",
            "institution",
            "enterprise",
            "grassroots",
            "media",
            "other",
        ),
    )
    level: str | None = column("level of its unit", "层级", values=_LEVELS)
    jurisdiction_code: str | None = column("code of its unit", "所属辖区代码")


@dataclass(frozen=True, slots=True)
class OrganisationMentionRow(Row):
    table: ClassVar = "organisation_mentions"
    doc: ClassVar = ("an organisation in the text", "文中一处机构名")
    key: ClassVar = ("article_id", "start_char", "end_char")
    article_id: str = _article()
    start_char: int = _start()
    end_char: int = _end()
    surface: str = column(*_SURFACE)
    organisation_id: str = column("the organisation", "机构标识", to="organisations")


@dataclass(frozen=True, slots=True)
class PlaceRow(Row):
    table: ClassVar = "places"
    doc: ClassVar = ("a place, across all articles", "跨文章的地点")
    key: ClassVar = ("place_id",)
    place_id: str = column("stable id, from kind and path", "稳定标识")
    name: str = column("official name, or as printed", "名称")
    kind: str = column("administrative unit or other named place", "类别", values=("admin", "site"))
    level: str | None = column("administrative level", "行政层级", values=_LEVELS[1:])
    code: str | None = column("6 digits to the county, 9 for a town, 12 for a village", "区划代码")
    parent_id: str | None = column("the unit it lies in", "上级地点", to="places")
    path: str | None = column("full official names from the province down, joined by /", "全称路径")
    latitude: float | None = column("WGS84 degrees", "纬度", low=-90, high=90)
    longitude: float | None = column("WGS84 degrees", "经度", low=-180, high=180)


@dataclass(frozen=True, slots=True)
class PlaceMentionRow(Row):
    table: ClassVar = "place_mentions"
    doc: ClassVar = ("a place in the text", "文中一处地名")
    key: ClassVar = ("article_id", "start_char", "end_char")
    article_id: str = _article()
    start_char: int = _start()
    end_char: int = _end()
    surface: str = column(*_SURFACE)
    place_id: str = column("the place", "地点标识", to="places")
    method: str = column("how it was resolved", "解析方法")
    score: float = column("0 to 1", "置信度", low=0, high=1)


@dataclass(frozen=True, slots=True)
class DateRow(Row):
    table: ClassVar = "dates"
    doc: ClassVar = ("a date expression, as TIMEX3", "时间表达(TIMEX3)")
    key: ClassVar = ("article_id", "start_char")
    article_id: str = _article()
    start_char: int = _start()
    end_char: int = _end()
    surface: str = column(*_SURFACE)
    timex_type: str = column("DATE, TIME, SET", "类型", values=("DATE", "TIME", "SET"))
    timex_value: str = column("TIMEX3 value", "TIMEX3 值")
    start_date: date | None = column("first day; null where open or vague", "起始日")
    end_date: date | None = column("last day, inclusive; null where open or vague", "结束日(含)")
    granularity: str | None = column(
        "of the value",
        "粒度",
        values=("century", "decade", "year", "half", "quarter", "season", "month", "week", "day", "time"),
    )
    anchor: str | None = column(
        "what it was resolved against: published, previous, or null", "解析依据", values=("published", "previous")
    )
    cross_check: str | None = _cross_check("date")


@dataclass(frozen=True, slots=True)
class FigureRow(Row):
    table: ClassVar = "figures"
    doc: ClassVar = ("a quantity with its unit and what it counts", "数量:值、单位、所计之物")
    key: ClassVar = ("article_id", "start_char")
    article_id: str = _article()
    start_char: int = _start()
    end_char: int = _end()
    surface: str = column(*_SURFACE)
    value: float = column("number in unit, multipliers multiplied out", "以 unit 计的数值")
    value_max: float | None = column("upper end of a range", "区间上限")
    unit: str = column("元, 亩, 人, 户, 比例 … as the annotation guide spells it", "单位")
    dimension: str | None = column("money, area, length, mass, count, ratio, duration …", "量纲")
    si_value: float | None = column("value in si_unit", "换算值")
    si_value_max: float | None = column("value_max in si_unit", "换算上限")
    si_unit: str | None = column("元, m2, m, kg, s, person, 1 …", "换算单位")
    qualifier: str = column("= exact, ~ about, > more than, < less than", "限定", values=("=", "~", ">", "<"))
    item: str | None = column("the noun counted or the attribute measured", "所计之物或属性")
    subject: str | None = column("the thing it is said of", "主体")
    subject_place_id: str | None = column("the place that the subject is or lies in", "主体所在地点", to="places")
    cross_check: str | None = _cross_check("measure of this dimension")


_ROWS: tuple[type[Row], ...] = (
    DocumentRow, ArticleRow, ParagraphRow, SegmentRow, BylineRow, PersonRow, PersonMentionRow, PostRow, OrganisationRow,
    OrganisationMentionRow, PlaceRow, PlaceMentionRow, DateRow, FigureRow)  # fmt: skip
TABLES: Mapping[str, type[Row]] = types.MappingProxyType({row.table: row for row in _ROWS})
_ARROW: Mapping[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column as readers see it: Arrow type, nullability, descriptions, constraints."""

    name: str
    type: pa.DataType
    nullable: bool
    en: str
    zh: str
    values: tuple[str, ...]
    to: str
    low: float | None
    high: float | None


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, in order."""
    row = TABLES[table]
    hints = typing.get_type_hints(row)
    result = []
    for f in fields(row):  # type: ignore[arg-type]
        hint, nullable = hints[f.name], False
        if typing.get_origin(hint) in (types.UnionType, Union):
            nullable = True
            hint = next(a for a in typing.get_args(hint) if a is not type(None))
        result.append(Column(f.name, _ARROW[hint], nullable, **f.metadata))
    return tuple(result)


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table, with the descriptions in the metadata of table and fields."""
    arrow_fields = [
        pa.field(c.name, c.type, c.nullable, metadata={"description": c.en, "description_zh": c.zh} | ({"values": "|".join(c.values)} if c.values else {}))
        for c in columns(table)]  # fmt: skip
    en, zh = TABLES[table].doc
    metadata = {
        "schema_version": SCHEMA_VERSION,
        "table": table,
        "description": en,
        "description_zh": zh,
        "primary_key": ",".join(TABLES[table].key),
    }
    return pa.schema(arrow_fields, metadata=metadata)


def values(row: Row) -> tuple[Any, ...]:
    """What a row holds, in the order of its columns."""
    return _values_of(row.table)(row)


@cache
def _values_of(table: str) -> Callable[[Row], tuple[Any, ...]]:
    return attrgetter(*(c.name for c in columns(table)))


def to_arrow(table: str, rows: Iterable[Row]) -> pa.Table:
    """Rows of one table, in the order given, as an Arrow table of its schema."""
    return arrow_of(arrow_schema(table), [values(row) for row in rows])


def arrow_of(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    """The values of rows as an Arrow table."""
    transposed = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.Table.from_arrays(
        [arrow_array(v, f.type) for v, f in zip(transposed, schema, strict=True)], schema=schema
    )


def arrow_array(column: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """`pa.array(column, kind)`, which imports pandas to see that a list is no Series: 0.35 s of a run on one small file."""
    there = np.fromiter((value is not None for value in column), bool, len(column))
    valid = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    if pa.types.is_string(kind):
        parts = [b"" if value is None else value.encode() for value in column]
        ends = np.cumsum([0, *map(len, parts)])
        if ends[-1] > np.iinfo(np.int32).max:
            return pa.array(column, kind)  # several chunks
        buffers = [valid, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(b"".join(parts))]
        return pa.Array.from_buffers(kind, len(column), buffers)
    if pa.types.is_boolean(kind):
        numbers = np.packbits(np.array([bool(value) for value in column], bool), bitorder="little")
    elif pa.types.is_date(kind):
        numbers = np.array(column, "datetime64[D]").astype(np.int64).astype(np.int32)
    else:
        numbers = np.array([0 if value is None else value for value in column], kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(column), [valid, pa.py_buffer(numbers)])


def sort(table: str, data: pa.Table) -> pa.Table:
    """The table sorted by its key: the order in which it is published."""
    return data.sort_by([(name, "ascending") for name in TABLES[table].key])
