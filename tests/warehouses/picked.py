"""What picking tests ask of the books."""

from __future__ import annotations

from conftest import SITE
from sqlalchemy import select

from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.schema import Order, OrderLine, Pick, Slot, Stock, Task, Trouble


def picks(transactions: Transactions, pick_state: str = "") -> list[tuple[str, str, str, int]]:
    """Stops as (order, SKU, place, pieces), of one state if it is given."""
    asked = select(Pick.order, Pick.sku, Pick.place, Pick.pieces).order_by(
        Pick.order, Pick.line_no, Pick.place, Pick.lot
    )
    if pick_state:
        asked = asked.where(Pick.state == pick_state)
    with transactions.begin() as tx:
        return [(row[0], row[1], row[2], row[3]) for row in tx.execute(asked)]


def slots(transactions: Transactions) -> list[str]:
    """Orders on walks, by walk and slot."""
    with transactions.begin() as tx:
        return list(tx.scalars(select(Slot.order).order_by(Slot.task, Slot.slot_no)))


def state(transactions: Transactions, number: str, merchant: str = "ACME") -> str:
    """State of an order."""
    with transactions.begin() as tx:
        return str(
            tx.scalar(select(Order.state).where(Order.merchant == merchant, Order.number == number))
        )


def line(transactions: Transactions, number: str, line_no: int = 1) -> tuple[int, int, str]:
    """(picked, short, reason) of an order line."""
    with transactions.begin() as tx:
        row = tx.execute(
            select(OrderLine.picked, OrderLine.short, OrderLine.short_reason).where(
                OrderLine.order == number, OrderLine.line_no == line_no
            )
        ).one()
        return row.picked, row.short, row.short_reason


def troubles(transactions: Transactions, kind: str) -> list[str]:
    """Subjects of open troubles of a kind."""
    asked = select(Trouble.subject).where(Trouble.kind == kind, Trouble.closed_at.is_(None))
    with transactions.begin() as tx:
        return list(tx.scalars(asked.order_by(Trouble.subject)))


def tasks_of(transactions: Transactions, kind: str) -> list[tuple[str, str, int, str]]:
    """Open tasks of a kind as (place, SKU, pieces, reason)."""
    with transactions.begin() as tx:
        rows = tx.execute(
            select(Task.place, Task.sku, Task.pieces, Task.reason)
            .where(Task.kind == kind, Task.state == "open")
            .order_by(Task.place, Task.sku)
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def stock_of(transactions: Transactions, place: str) -> dict[tuple[str, str, str], int]:
    """Pieces in a place by (SKU, lot or serial, condition)."""
    with transactions.begin() as tx:
        rows = tx.execute(
            select(Stock.sku, Stock.lot, Stock.serial, Stock.condition, Stock.pieces).where(
                Stock.site == SITE, Stock.place == place, Stock.pieces > 0
            )
        )
        return {(sku, lot or serial, cond): pieces for sku, lot, serial, cond, pieces in rows}


def all_is_well(transactions: Transactions) -> bool:
    """Tell whether no invariant is broken."""
    with transactions.begin() as tx:
        return violations(tx, SITE) == ()
