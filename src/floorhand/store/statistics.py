"""Tell the planner of a database what a warehouse looks like.

Without statistics SQLite takes every indexed column for about as rare as any other, and so it
would rather read all rows of a site than look a barcode up: every table leads with the site, of
which there is one. ``ANALYZE`` would count what is there, which at the start is nothing. So the
statistics are written by hand, from the kinds of columns; plans then are the same in an empty and
in a full building.

PostgreSQL errs likewise, and counts by itself what has changed, about once a minute. What was
filled at one stroke is counted at once, or the first minute of a warehouse would be its slowest.

Source: sqlite.org/fileformat2.html, "The sqlite_stat1 table"; sqlite.org/optoverview.html;
PostgreSQL's manual, "Updating Planner Statistics" and "pg_class" (reltuples).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, TextClause, text

from floorhand.store.schema import Table

ROWS = 100_000
"""Rows that each table is taken to have."""

FEW = {"site": 1, "merchant": 10, "flow": 6, "kind": 6, "state": 5, "custody": 5, "zone": 10}
"""Columns with few different values, and how many those are; `MANY` in all others."""

MANY = 5_000


def tell_planner(connection: Connection) -> None:
    """Write the statistics of all tables; the planner of connections opened later reads them."""
    connection.execute(text("ANALYZE"))
    write_statistics(connection)


def write_statistics(connection: Connection) -> None:
    """Write them once more, for indexes that were made anew."""
    connection.execute(text("DELETE FROM sqlite_stat1"))
    connection.execute(
        text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)"),
        list(_statistics(connection)),
    )


_TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' {which}
ORDER BY relname
"""
_ALL = text(_TABLES.format(which=""))
_NEVER_COUNTED = text(_TABLES.format(which="AND reltuples <= 0"))


def count_tables(connection: Connection) -> None:
    """Let PostgreSQL count all tables in which there is anything.

    An empty table that was counted is taken for empty until the server counts it by itself: then
    every index seems as good as any other to find a row by, and the one that reads all rows of the
    site may be taken. One that was never counted is taken for a small table.
    """
    if connection.dialect.name == "postgresql":
        _count(connection, _ALL)


def count_new_tables(connection: Connection) -> None:
    """Let PostgreSQL count those tables that were filled since it last looked."""
    if connection.dialect.name == "postgresql":
        _count(connection, _NEVER_COUNTED)


def _count(connection: Connection, which: TextClause) -> None:
    for table in connection.scalars(which).all():
        if connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table})")):
            connection.execute(text(f"ANALYZE {table}"))


def _statistics(connection: Connection) -> Iterator[dict[str, str]]:
    for table in Table.metadata.tables:
        for _, index, unique, *_ in connection.execute(text(f'PRAGMA index_list("{table}")')):
            columns = [row[2] for row in connection.execute(text(f'PRAGMA index_info("{index}")'))]
            yield {"tbl": table, "idx": index, "stat": _stat(columns, bool(unique))}


def _stat(columns: Sequence[str], unique: bool) -> str:
    """Say how many rows there are, then how many share the first, the first two … columns."""
    shared, figures = ROWS, [ROWS]
    for column in columns:
        shared = max(1, shared // FEW.get(column, MANY))
        figures.append(shared)
    if unique:
        figures[-1] = 1
    return " ".join(str(figure) for figure in figures)
