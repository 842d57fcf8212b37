"""What all tables share: the naming of constraints, UTC times, the site that leads every key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, Index, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""Alembic can only alter constraints that have names."""


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC; aware in Python on both databases, whatever the driver gives back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse naive times: they would silently mean another moment elsewhere."""
        if value is None:
            return None
        assert value.tzinfo is not None, value
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, _coltype: Any) -> Callable[[Any], Any] | None:
        """Give the moment back in UTC; at once, for a summary reads 50,000 of them.

        SQLAlchemy takes ten times as long for the texts of SQLite, and knows no time zone of them.
        """
        if dialect.name == "sqlite":
            return _of_text
        return _in_utc


def moments_of_texts(column: Iterable[str | None]) -> list[datetime | None]:
    """Read a column of moments as SQLite has them, which is quicker than one by one."""
    read = datetime.fromisoformat
    return [None if text is None else read(f"{text}+00:00") for text in column]


def _of_text(text: str | None) -> datetime | None:
    return moments_of_texts((text,))[0]


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo is UTC else moment.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of all tables. No relationships: rows are read with `select`, never walked."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcTime, str: String}


def where(condition: str) -> dict[str, Any]:
    """Say of which rows an index is, to both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def index_of_known(column: str) -> Index:
    """Give an index of a site's rows by a number that many of them do not have."""
    return Index(None, "site", column, **where(f"{column} != ''"))


Site = Annotated[str, mapped_column(primary_key=True)]
"""First column of every key, so that sites can live on servers of their own."""

Key = Annotated[str, mapped_column(primary_key=True)]

__all__ = ["Key", "Mapped", "Site", "Table", "UtcTime", "mapped_column", "where"]
