"""Rules that the tables declare themselves, asked again: a database shell can switch them off.

What stands in a column as a plain code, without a foreign key, is held against what it names too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    String,
    cast,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from floorhand.domain.count_rules import RESULTS
from floorhand.store.schema import APPEND_ONLY, Order, Place, Table
from floorhand.store.violation import SITE, Rule, Violation, order_no

TABLES = Table.metadata.tables

REFERENCES = (
    # table, its columns, what they name, by which columns
    ("task", ("place",), "place", ("code",)),
    ("task", ("worker",), "worker", ("code",)),
    ("task", ("merchant", "sku"), "sku", ("merchant", "code")),
    ("slot", ("tote",), "place", ("code",)),
    ("slot", ("merchant", "order"), "orders", ("merchant", "number")),
    ("pick", ("place",), "place", ("code",)),
    ("pick", ("tote",), "place", ("code",)),
    ("place", ("merchant",), "merchant", ("code",)),
    ("seat", ("worker",), "worker", ("code",)),
    ("parked", ("worker",), "worker", ("code",)),
    ("delivery", ("dock",), "place", ("code",)),
    ("receipt", ("merchant", "sku"), "sku", ("merchant", "code")),
    ("returns", ("place",), "place", ("code",)),
    ("returns", ("merchant",), "merchant", ("code",)),
    ("inspection", ("merchant", "sku"), "sku", ("merchant", "code")),
    ("checked", ("merchant", "sku"), "sku", ("merchant", "code")),
    ("counted", ("merchant", "sku"), "sku", ("merchant", "code")),
    ("count_sheet", ("merchant", "sku"), "sku", ("merchant", "code")),
    ("count_sheet", ("worker",), "worker", ("code",)),
    ("refill", ("tote",), "place", ("code",)),
    ("count_sheet", ("first",), "task", ("id",)),
    ("handover", ("worker",), "worker", ("code",)),
    ("handover", ("taken_by",), "worker", ("code",)),
)
"""Columns without a foreign key that name something; where the last one is empty, nothing."""

KNOWN = (
    ("task", "kind", ("putaway", "pick", "pack", "count", "putback", "refill")),
    (
        "parcel",
        "state",
        ("open", "closed", "labelled", "handed_over", "unpacked", "cancelled"),
    ),
    ("returns", "kind", ("customer", "undelivered", "recall", "unknown")),
    ("returns", "custody", ("advised", "in_transit", "received", "disposed", "not_returned")),
    (
        "returns",
        "money",
        (
            "none",
            "pending",
            "already_refunded",
            "approve_sent",
            "reject_sent",
            "settled",
            "in_doubt",
        ),
    ),
    ("count_sheet", "result", ("", *RESULTS)),
    ("outbox", "state", ("waiting", "incomplete", "sent", "failed")),
)
"""Columns of few words that no CHECK constraint guards."""

SQLITE_TRIGGERS = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
POSTGRESQL_TRIGGERS = text(
    "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND tgenabled <> 'D' AND pg_table_is_visible(tgrelid)"
)
TRIGGERS = {
    "sqlite": (SQLITE_TRIGGERS, ("update", "delete", "replace")),
    "postgresql": (POSTGRESQL_TRIGGERS, ("update", "delete", "truncate")),
}
"""How to list the triggers of a database, and what they must forbid."""


def _row(table: SqlTable) -> Any:
    """Name a row by its table and key."""
    name: Any = literal(table.name)
    for column in table.primary_key:
        if column.name != "site":
            name = name.concat(" ").concat(cast(column, String))
    return name.label("row")


@cache
def _breaches() -> Any:
    """Ask for rows that break a CHECK constraint of their table."""
    return union_all(
        *[
            select(_row(table), literal(str(check.sqltext)).label("constraint"))
            .select_from(table)
            .where(table.c.site == SITE, text(f"NOT ({check.sqltext})"))
            for table in TABLES.values()
            for check in sorted(table.constraints, key=lambda each: str(each.name))
            if isinstance(check, CheckConstraint)
        ]
    )


@cache
def _all_unknown() -> Any:
    return union_all(*[_unknown(TABLES[table], name, words) for table, name, words in KNOWN])


def _unknown(table: SqlTable, name: str, words: Sequence[str]) -> Any:
    """Ask for words in a column that nothing in the program knows."""
    column = table.c[name]
    return select(_row(table), literal(name).label("column"), column.label("word")).where(
        table.c.site == SITE, column.not_in(words)
    )


def _lost(table: SqlTable, named: Sequence[str], parent: SqlTable, keys: Sequence[str]) -> Any:
    """Ask for rows of a table that name a row of another one which is not there."""
    there = parent.alias("there")
    columns = [table.c[name] for name in named]
    same = [there.c[key] == column for key, column in zip(keys, columns, strict=True)]
    value: Any = cast(columns[0], String)
    for column in columns[1:]:
        value = value.concat("/").concat(cast(column, String))
    return select(_row(table), literal(parent.name).label("what"), value.label("value")).where(
        table.c.site == SITE,
        *[column.is_not(None) for column in columns],
        ~select(there.c.site).where(there.c.site == SITE, *same).exists(),
    )


def _declared() -> Iterator[Any]:
    """Ask every foreign key that names more than the site."""
    for table in TABLES.values():
        for key in sorted(table.constraints, key=lambda each: str(each.name)):
            if not isinstance(key, ForeignKeyConstraint):
                continue
            pairs = [(each.parent.name, each.column.name) for each in key.elements]
            pairs = [(own, name) for own, name in pairs if name != "site"]
            if pairs:
                named, keys = zip(*pairs, strict=True)
                yield _lost(table, named, key.referred_table, keys)


@cache
def _all_lost() -> Any:
    plain = [
        _lost(TABLES[table], own, TABLES[of], keys).where(TABLES[table].c[own[-1]] != "")
        for table, own, of, keys in REFERENCES
    ]
    orders = select(order_no(Order.merchant, Order.number)).where(Order.site == SITE)
    bound = select(
        _row(TABLES["place"]),
        literal("orders").label("what"),
        Place.order_no.label("value"),
    ).where(Place.site == SITE, Place.order_no.is_not(None), Place.order_no.not_in(orders))
    return union_all(*_declared(), *plain, bound)


def _rows_are_only_added(tx: Session, _site: str) -> Iterator[Violation]:
    """Look for the triggers that keep what happened from being changed or deleted."""
    question, verbs = TRIGGERS[tx.get_bind().dialect.name]
    there = set(tx.scalars(question))
    for table in APPEND_ONLY:
        for verb in verbs:
            if f"{table}_no_{verb}" not in there:
                detail = f"nothing forbids {verb.upper()}: its trigger is missing"
                yield Violation("rows_are_only_added", f"table {table}", detail)


TABLE_CHECKS = (
    Rule("tables_keep_their_constraints", _breaches, "{row}", "must be: {constraint}"),
    Rule("words_are_known", _all_unknown, "{row}", "its {column} {word} is not known"),
    Rule("what_is_named_exists", _all_lost, "{row}", "names {value}, not found in {what}"),
    _rows_are_only_added,
)
"""Made when they are asked: to make them takes as long as a twelfth of a start, and most terminals
ask none."""
