"""Copy a whole warehouse from one database into another, and prove that all of it is there.

The source is read as it was at one moment, table by table, in the order of its keys; nothing is
kept in memory but a few rows. The target is one transaction, or a file that gets its name last:
whoever looks there finds a whole warehouse or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Boolean, Connection, func, select
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import SQLAlchemyError

from floorhand.errors import DatabaseUnusable
from floorhand.store.copy_target import Row, Target, target_at
from floorhand.store.db import HEAD, address_of
from floorhand.store.schema import Scan, Table
from floorhand.store.schema.base import UtcTime
from floorhand.store.snapshot import broken_rules, schema_of, sites_of, snapshot
from floorhand.store.troubles import explain, name_of

ROWS_AT_ONCE: Final = 5_000
"""Rows that are in memory at a time."""

DIGEST_BYTES: Final = 16

Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is."""

TABLES: Final = tuple(Table.metadata.sorted_tables)
"""In the order in which they refer to each other."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and a digest of all of them, in whatever order they come."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, and how many scans came too late for it."""

    sites: tuple[str, ...]
    sums: Mapping[str, Sum]
    scans_since: int

    @property
    def rows(self) -> int:
        """Count the rows of all tables."""
        return sum(one.rows for one in self.sums.values())


def copy_warehouse(source: str, target: str, tell: Tell) -> Copied:
    """Copy all tables of a warehouse into an empty database.

    Args:
        source: Where it is; of the newest schema.
        target: Where it is to be: an empty database, or a file that is not there yet.
        tell: Hears of the progress.

    Raises:
        DatabaseUnusable: If one of them cannot be used, or a rule is broken in one of them, or they
            differ in the end. Then there is nothing in the target.
        DatabaseAway: If one does not answer any more.
    """
    shown = name_of(address_of(source)), name_of(address_of(target))
    try:
        with target_at(target) as into:
            with snapshot(source) as reading:
                if (schema := schema_of(reading)) != HEAD:
                    raise DatabaseUnusable(f"{shown[0]} has schema {schema}; {HEAD} can be copied.")
                tell(f"checking {shown[0]}", 0, 1)
                _require_sound(reading, shown[0])
                sums = _load(reading, into, tell)
            into.finish(tell)
            _compare(sums, into.connection, tell)
            tell(f"checking {shown[1]}", 0, 1)
            _require_sound(into.connection, shown[1])
            sites = sites_of(into.connection)
            tell("writing it for good", 0, 1)
    except SQLAlchemyError as error:
        raise explain(error, shown[1]) from error
    with snapshot(source) as now:
        return Copied(sites, sums, _count(now, Scan.__table__) - sums["scan"].rows)


def rows_of(connection: Connection, table: SqlTable, *, in_order: bool = True) -> Iterator[Row]:
    """Read a table, a few rows at a time; values are the same whatever the database."""
    question = select(table)
    if in_order:
        question = question.order_by(*table.primary_key.columns)
    readers = [(number, _reader(column.type)) for number, column in enumerate(table.columns)]
    turned = [(number, read) for number, read in readers if read is not None]
    found = connection.exec_driver_sql(
        str(question.compile(dialect=connection.dialect)),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for rows in found.partitions(ROWS_AT_ONCE):  # without it a server is asked for all of them
        for row in rows:
            if not turned:
                yield tuple(row)
                continue
            values = list(row)
            for number, read in turned:
                if values[number] is not None:
                    values[number] = read(values[number])
            yield tuple(values)


def sum_of(rows: Iterator[Row]) -> Sum:
    """Sum rows up."""
    summing = Summing()
    for _ in summing.through(rows):
        pass
    return summing.sum()


class Summing:
    """Sums rows up while they pass: the sum of their digests is the same in any order."""

    def __init__(self) -> None:
        self._rows = 0
        self._total = 0

    def through(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Hand rows on."""
        for row in rows:
            told = blake2b(ascii(row).encode("ascii"), digest_size=DIGEST_BYTES).digest()
            self._total += int.from_bytes(told, "big")
            self._rows += 1
            yield row

    def sum(self) -> Sum:
        """Give what has passed so far."""
        total = self._total % (1 << 8 * DIGEST_BYTES)
        return Sum(self._rows, f"{total:0{2 * DIGEST_BYTES}x}")


def _load(source: Connection, into: Target, tell: Tell) -> dict[str, Sum]:
    sums = {}
    for table in TABLES:
        total = _count(source, table)
        summing = Summing()
        rows = summing.through(rows_of(source, table))
        into.load(table, _told(rows, tell, f"copying {table.name}", total))
        sums[table.name] = summing.sum()
    return sums


def _compare(sums: Mapping[str, Sum], copy: Connection, tell: Tell) -> None:
    """Read the copy back.

    Raises:
        DatabaseUnusable: If a table is not what was read.
    """
    for table in TABLES:
        was, rows = sums[table.name], rows_of(copy, table, in_order=False)
        now = sum_of(_told(rows, tell, f"comparing {table.name}", was.rows))
        if now != was:
            raise DatabaseUnusable(
                f"The copy of {table.name} is not what was read: {now.rows} rows of {was.rows}, "
                f"digest {now.digest} for {was.digest}. Nothing was kept of the copy."
            )


def _require_sound(connection: Connection, shown: str) -> None:
    if broken := broken_rules(connection):
        raise DatabaseUnusable(
            f"{shown} breaks {len(broken)} rules, the first: {broken[0]}. Nothing was copied; "
            "floorhand check lists them."
        )


def _told(rows: Iterator[Row], tell: Tell, what: str, total: int) -> Iterator[Row]:
    tell(what, 0, total)
    for number, row in enumerate(rows, start=1):
        if not number % ROWS_AT_ONCE:
            tell(what, number, total)
        yield row


def _count(connection: Connection, table: Any) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _reader(kind: object) -> Callable[[Any], Any] | None:
    """Say how a value becomes the same on each database; None if it is so by itself."""
    if isinstance(kind, UtcTime):
        return _moment
    return bool if isinstance(kind, Boolean) else None


def _moment(value: str | datetime) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
