"""Give a warehouse a busy month: a shift that robots worked, written again and again.

For measuring figures and boards in a building with a million operations a month. Robots work the
demo once; the database then copies what that wrote, shifted in time, under names of its own, by
people of its own. Stock is left as the robots left it, so the books do not add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    String,
    Table,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.robots.history import numbers, trust
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Order, OrderLine, Pick, PrintJob
from floorhand.store.schema import Table as Tables
from floorhand.store.schema.base import UtcTime
from floorhand.store.statistics import count_tables

DAYS: Final = 30
WORKED: Final = timedelta(hours=16)
"""Of each day, two shifts; the last one ends now."""

LANES: Final = 10
"""Of so many copies each has people of its own."""

SCAN_S: Final = 4
ROBOTS: Final = 2
SCANS_MAX: Final = 5_000
COPIES_AT_ONCE: Final = 250

MARK: Final = "~"
"""Stands between a copy's number and the name it copied; nothing in the demo has it."""

NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "operation": ("id", "undoes", "seat"),
    "scan": ("seat",),
    "move": ("operation",),
    "orders": ("number",),
    "order_line": ("order",),
    "task": ("id",),
    "pick": ("id", "task", "order"),
    "delivery": ("number",),
    "delivery_line": ("delivery",),
    "receipt": ("delivery",),
    "print_job": ("id",),
    "returns": ("number",),
    "inspection": ("id", "number"),
}
"""What is copied, and which of its columns name something that every copy has for itself."""

DONE_AT: Final = {
    **dict.fromkeys(("operation", "scan", "move", "inspection"), "at"),
    "print_job": "created_at",
}
"""When rows were written that also the demo has from before the shift; those are not copied."""

PALLETS: Final = {"move": ("source", "target"), "receipt": ("place",)}
"""Where a pallet may be named: it comes with one delivery."""

TOLD: Final = ("order", "delivery", "number")
"""Facts of operations that name such things."""


def build_month(
    transactions: Transactions,
    site: str,
    operations: int,
    now: datetime,
    scans: int = SCANS_MAX,
) -> int:
    """Build the demo with a month behind it; give how many operations that has.

    Args:
        transactions: An empty database; nobody else may use it meanwhile.
        site: The building.
        operations: About how many.
        now: The end of the month.
        scans: After so many each robot ends its shift, if it has not found its work done.
    """
    start = now - timedelta(days=DAYS - 1) - WORKED
    build_demo(transactions, site, start - timedelta(hours=1))
    _work(transactions, site, start, scans)
    with transactions.begin() as tx:
        sent = {"state": "sent", "sent_at": PrintJob.created_at}
        tx.execute(update(PrintJob).where(PrintJob.state == "waiting").values(sent))
    trust(engine_of(transactions))
    operation = Tables.metadata.tables["operation"]
    shift = operation.c.at >= start
    with transactions.begin() as tx:
        once = tx.scalar(select(func.count()).select_from(operation).where(shift)) or 1
        end = tx.scalar(select(func.max(operation.c.at)).select_from(operation)) or start
    copies = max(1, operations // once)
    room_s = (WORKED - (end - start)).total_seconds()
    apart_s = max(1, int(room_s * DAYS / copies))
    for first in range(1, copies, COPIES_AT_ONCE):
        named = numbers(first, min(copies, first + COPIES_AT_ONCE))
        with transactions.begin() as tx:
            if tx.get_bind().dialect.name == "postgresql":
                tx.execute(text("SET LOCAL session_replication_role = replica"))
            for table in NAMED:
                tx.execute(_copying(Tables.metadata.tables[table], named, start, apart_s, tx))
    with engine_of(transactions).begin() as connection:
        count_tables(connection)
    return once * copies


def _work(transactions: Transactions, site: str, start: datetime, scans: int) -> None:
    """Let robots work until nothing is left, or their shift is over, by a clock of their own."""
    ticks = count()

    def clock() -> datetime:
        return start + timedelta(seconds=SCAN_S * next(ticks))

    with transactions.begin() as tx:
        crew = supply.hire(tx, site, ROBOTS)
    robots = [
        Robot(
            transactions,
            site,
            seat=f"R{number}",
            badge=badge,
            worker=worker,
            now=clock,
            rng=Random(number),
            mistakes=0.04,
            undo=0.02,
        )
        for number, (worker, badge) in enumerate(crew)
    ]
    for _ in range(scans):
        if not any([robot.step() for robot in robots]):
            for robot in robots:
                robot.wake()
            if not any([robot.step() for robot in robots]):
                return


def _copying(table: Table, named: CTE, start: datetime, apart_s: int, tx: Any) -> Any:
    """Make the statement that copies the rows of the shift once for each number.

    They are put aside first: the table, which grows, is read once and not for each number. They
    are written in the order in which they would have come, as they lie in a building's own file.
    """
    offset_s = cast(named.c.n % DAYS * 86_400 + named.c.n / DAYS * apart_s, Integer)
    own = [table.c[name].not_like(f"%{MARK}%") for name in NAMED[table.name][:1]]
    began = [table.c[DONE_AT[table.name]] >= start] if table.name in DONE_AT else []
    shift = select(table).where(*own, *began).cte("shift").prefix_with("MATERIALIZED")
    columns = {
        column.name: value.label(column.name)
        for column in shift.columns
        for value in [_value(table.name, column, named, offset_s, tx.get_bind().dialect.name)]
    }
    done_at = [columns[DONE_AT[table.name]]] if table.name in DONE_AT else [offset_s]
    rows = select(*columns.values()).select_from(shift.join(named, literal(True)))
    rows = rows.order_by(*done_at)
    return insert(table).from_select(list(columns), rows)


def _value(
    table: str, column: ColumnElement[Any], named: CTE, offset_s: Any, dialect: str
) -> ColumnElement[Any]:
    name = str(column.key)
    own = cast(named.c.n, String).concat(MARK)
    if isinstance(column.type, UtcTime):
        return _later(column, offset_s, dialect)
    if name in NAMED[table]:
        return own.concat(column)
    if name in PALLETS.get(table, ()):
        place = Tables.metadata.tables["place"]
        pallets = select(place.c.code).where(place.c.kind == "pallet")
        return case((column.in_(pallets), own.concat(column)), else_=column)
    if name == "worker":
        return column.concat("-").concat(cast(cast(named.c.n / DAYS, Integer) % LANES, String))
    if name == "facts":
        for word in TOLD:
            begins = f'"{word}":"'
            column = func.replace(column, begins, literal(begins).concat(own))
    return column


def _later(column: ColumnElement[Any], offset_s: Any, dialect: str) -> ColumnElement[Any]:
    """Shift a time, in the form in which the database keeps it."""
    if dialect == "postgresql":
        return column + func.make_interval(0, 0, 0, 0, 0, 0, offset_s)
    shifted = func.strftime("%Y-%m-%d %H:%M:%f", column, cast(offset_s, String).concat(" seconds"))
    return case((column.is_not(None), shifted.concat("000")), else_=None)


def reopen(tx: Session, site: str) -> None:
    """Let the orders of the first copy be there to be picked, as those of the demo once were."""
    mine = f"1{MARK}%"
    fresh = {"state": "released", "shipped_at": None, "closed_at": None}
    of_orders = (Order.site == site, Order.number.like(mine))
    of_lines = (OrderLine.site == site, OrderLine.order.like(mine))
    tx.execute(update(Order).where(*of_orders).values(fresh))
    tx.execute(delete(Pick).where(Pick.site == site, Pick.order.like(mine)))
    none = {"picked": 0, "packed": 0, "short": 0, "short_reason": ""}
    tx.execute(update(OrderLine).where(*of_lines).values(none))
