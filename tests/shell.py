"""What somebody with a database shell can do, whom no trigger and no constraint holds up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from compiled import create_engine
from sqlalchemy import URL, CheckConstraint, Connection

from floorhand.store.schema import Table

DROP_TRIGGER = re.compile(r"DROP TRIGGER (?P<trigger>(?P<table>\w+)_no_\w+)$")


@contextmanager
def shell(address: str | URL) -> Iterator[Connection]:
    """A connection that takes everything; what was done is kept when the block is left."""
    engine = create_engine(address)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
    engine.dispose()


def damage(address: str, *statements: str) -> None:
    """Do what no constraint and no trigger would let happen."""
    with shell(address) as connection:
        if connection.dialect.name == "postgresql":
            _drop_checks(connection)
        for statement in statements:
            connection.exec_driver_sql(_as_said(connection, statement))


def _as_said(connection: Connection, statement: str) -> str:
    """Name a trigger that is dropped as PostgreSQL does: with its table, and by the verb it has."""
    if connection.dialect.name == "sqlite":
        return statement
    there = statement.replace("_no_replace", "_no_truncate")
    return DROP_TRIGGER.sub(r"DROP TRIGGER \g<trigger> ON \g<table>", there)


def _drop_checks(connection: Connection) -> None:
    """PostgreSQL ignores no constraint that is there."""
    for table in Table.metadata.tables.values():
        for one in table.constraints:
            if isinstance(one, CheckConstraint):
                name = connection.dialect.identifier_preparer.format_constraint(one)
                connection.exec_driver_sql(
                    f'ALTER TABLE IF EXISTS "{table.name}" DROP CONSTRAINT {name}'
                )
