"""For notebooks and programs: the rows of one text, a table as a DataFrame, an output as a database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from . import store
from .dictionary import comments
from .documents import article_rows, text_article
from .errors import UsageError
from .extract import Found, bylines, extract
from .extract.locality import placed
from .gather import PUBLISHED, STAGES
from .link import link
from .schema import TABLES, Row, values
from .spill import Space
from .stages import Settings, resources

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def extract_text(
    text: str, *, published: date | str | None = None, locality: str | None = None, gazetteers: tuple[Path, ...] = ()
) -> dict[str, list[Row]]:
    """The rows of one text by table name, every table but documents; offsets are into `text`.

    `published` is a date or `YYYY-MM-DD`, `locality` the paper's own unit (浙江省衢州市柯城区 or 330802).
    Raises UsageError E003 for either where it is not understood.
    """
    tools = resources(Settings(gazetteers))
    place = tools.gazetteer.resolve(locality) if locality else None
    if locality and place is None:
        raise UsageError("E003", f"locality {locality!r} is not known", "give its full name, e.g. 浙江省衢州市柯城区")
    article = text_article(text, published_on=_day(published), locality=place)
    if place is None and (found_place := placed(article, tools.gazetteer)):
        article = text_article(text, published_on=article.published_on, locality=found_place)
    rows: dict[str, list[Row]] = {name: [] for stage in STAGES for name in PUBLISHED[stage] if name != "documents"}
    for row in [*article_rows(article), *extract(article, bylines(article, Found(), tools), tools)]:
        rows[row.table].append(row)
    space = Space()
    tables = {name: space.table(name, map(values, each)) for name, each in rows.items()}
    for name, linked in link(tables, space).items():
        rows[name] = [TABLES[name](**row) for piece in linked for row in piece.to_pylist()]
    return rows


def _day(published: date | str | None) -> date | None:
    try:
        return date.fromisoformat(published) if isinstance(published, str) else published
    except ValueError:
        raise UsageError("E003", f"published {published!r} is not a date", "write YYYY-MM-DD") from None


def load(out: str | Path, table: str) -> pd.DataFrame:
    """A published table as a DataFrame with Arrow types: real dates, strings, nullable integers.

    Raises UsageError E005 for a folder or table that is not there, OutputError E203 for a damaged one.
    """
    import pandas as pd  # noqa: PLC0415  (0.5 s that `--help` need not pay)

    frame: pd.DataFrame = store.read_table(Path(out), table).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def connect(out: str | Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view a table; tables and columns carry their descriptions as comments."""
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect()
    for name in store.manifest(Path(out))["tables"]:
        files = str(Path(out).resolve() / name / "*.parquet").replace("'", "''")
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{files}')")
        for statement in comments(name, "VIEW", connection.table(name).columns):
            connection.execute(statement)
    return connection
