"""Triggers that keep rows from being changed or deleted, or note how they are changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect

from floorhand.store.notes import CHARACTERS_MAX

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

SQLITE_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, '{table} is append-only: this row is there already'); END
"""
"""INSERT OR REPLACE deletes the row that is in its way, and fires no trigger for that delete."""

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23000'; END $$
"""

POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH {each} EXECUTE FUNCTION append_only()
"""

NOTE_FUNCTION = """
CREATE OR REPLACE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
PERFORM set_config('floorhand.noted', current_setting('floorhand.noted') || json_build_array(
TG_TABLE_NAME,
CASE WHEN TG_OP <> 'INSERT' THEN to_json(OLD) END,
CASE WHEN TG_OP <> 'DELETE' THEN to_json(NEW) END)::text || ',', true);
RETURN NULL; END $$
"""
"""Notes stand one behind the other in a setting of the transaction, as the inside of a JSON list. A
temporary table would be emptied at every commit, which takes longer than all else of it."""

NOTE = """
CREATE TRIGGER {table}_noted AFTER {verbs} ON {table} FOR EACH ROW
WHEN (length(current_setting('floorhand.noted', true)) BETWEEN 1 AND {most})
EXECUTE FUNCTION note_change()
"""
"""A transaction that is no scan, such as an import, does not turn the notes on."""


def append_only(op: Any, table: str) -> None:
    """Forbid UPDATE and DELETE (and REPLACE, TRUNCATE) on a table.

    Args:
        op: Alembic's operations.
        table: Name of the table; ours, never data.
    """
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(SQLITE.format(table=table, verb=verb))
        key = inspect(op.get_bind()).get_pk_constraint(table)["constrained_columns"]
        same = " AND ".join(f'"{column}" = NEW."{column}"' for column in key)
        op.execute(SQLITE_REPLACE.format(table=table, same=same))
        return
    op.execute(POSTGRESQL_FUNCTION)
    for verb, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        op.execute(POSTGRESQL.format(table=table, verb=verb, each=each))


def noted(op: Any, table: str, columns: Sequence[str]) -> None:
    """Note how rows of a table change, on PostgreSQL; on SQLite each connection does so itself.

    Args:
        op: Alembic's operations.
        table: Name of the table; ours, never data.
        columns: Only changes of these; none: every insert, update and delete.
    """
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(NOTE_FUNCTION)
    verbs = f"UPDATE OF {', '.join(columns)}" if columns else "INSERT OR UPDATE OR DELETE"
    op.execute(NOTE.format(table=table, verbs=verbs, most=CHARACTERS_MAX))
