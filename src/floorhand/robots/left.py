"""What a crew leaves undone, and why: a person has begun or parked it, or no bin takes it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from floorhand.store.schema import (
    Delivery,
    Order,
    OrderLine,
    Parked,
    Place,
    Seat,
    Slot,
    Task,
    Worker,
)
from floorhand.store.shelves import free_by_sku
from floorhand.store.tasks import LIVE

LEFT_SHOWN_MAX = 50
"""Rows of each kind that a result holds."""

JOBS_OF = {"putaway": "putaway", "putback": "putaway", "pick": "picking", "pack": "packing"}
"""Which job does a kind of task. Counts and refills that are left keep no goods from leaving: a
count may want another person than there is."""


def not_shipped(tx: Session, site: str) -> list[dict[str, str]]:
    """List the orders that did not leave, each with its state and why."""
    rows = tx.execute(
        select(Order.merchant, Order.number, Order.state, Order.hold_reason)
        .where(Order.site == site, Order.state != "shipped")
        .order_by(Order.merchant, Order.number)
    ).all()
    return [
        {
            "order": f"{row.merchant}/{row.number}",
            "state": row.state,
            "reason": row.hold_reason or _why(tx, site, *row[:3]),
        }
        for row in rows
    ]


def _why(tx: Session, site: str, merchant: str, number: str, state: str) -> str:
    """Say why an order did not leave: short, without stock, or in somebody's hands."""
    if state == "waiting":
        return f"no stock: {', '.join(_lacking(tx, site, merchant, number))}"
    if state in ("picking", "packing"):
        return _with_whom(tx, site, merchant, number)
    found = tx.scalars(
        select(OrderLine.short_reason)
        .where(*_of_order(site, merchant, number), OrderLine.short_reason != "")
        .distinct()
    )
    return " ".join(sorted(found))


def _lacking(tx: Session, site: str, merchant: str, number: str) -> Sequence[str]:
    free = free_by_sku(site).subquery()
    wanted = OrderLine.ordered - OrderLine.picked - OrderLine.short
    return tx.scalars(
        select(OrderLine.sku)
        .outerjoin(free, and_(free.c.merchant == OrderLine.merchant, free.c.sku == OrderLine.sku))
        .where(*_of_order(site, merchant, number), wanted > func.coalesce(free.c.free, 0))
        .distinct()
        .order_by(OrderLine.sku)
    ).all()


def _with_whom(tx: Session, site: str, merchant: str, number: str) -> str:
    """Name who has an order on a walk or at a bench."""
    slot = and_(Slot.site == site, Slot.merchant == merchant, Slot.order == number)
    tote = and_(Place.site == site, Place.order_no == f"{merchant}/{number}")
    name = tx.scalar(
        select(Worker.name)
        .join(Task, and_(Task.site == Worker.site, Task.worker == Worker.code))
        .where(
            Task.site == site,
            Task.state == "claimed",
            or_(
                Task.id.in_(select(Slot.task).where(slot)),
                and_(Task.kind == "pack", Task.place.in_(select(Place.code).where(tote))),
            ),
        )
        .limit(1)
    )
    return f"begun by {name}" if name else ""


def _of_order(site: str, merchant: str, number: str) -> tuple[ColumnElement[bool], ...]:
    return (OrderLine.site == site, OrderLine.merchant == merchant, OrderLine.order == number)


def left_over(tx: Session, site: str) -> list[dict[str, str]]:
    """List deliveries that are not closed and tasks that are not done, with who has them."""
    deliveries = tx.scalars(
        select(Delivery.number)
        .where(Delivery.site == site, Delivery.state != "closed")
        .order_by(Delivery.number)
        .limit(LEFT_SHOWN_MAX)
    )
    tasks = tx.execute(
        select(Task.kind, Task.place, Task.sku, Task.state, Task.worker, Worker.name)
        .outerjoin(Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
        .where(
            Task.site == site,
            Task.kind.in_(JOBS_OF),
            Task.state.in_(LIVE),
        )
        .order_by(Task.created_at, Task.id)
        .limit(LEFT_SHOWN_MAX)
    )
    found = [
        {"work": f"receiving {number}", "reason": _at_delivery(tx, site, number)}
        for number in deliveries
    ]
    for kind, place, sku, state, worker, name in tasks:
        reason = "no bin" if state == "parked" else ""
        if worker:
            parked = _has_parked(tx, site, worker, JOBS_OF[kind])
            reason = f"{'parked' if parked else 'begun'} by {name or worker}"
        found.append({"work": " ".join(filter(None, (kind, place, sku))), "reason": reason})
    return found


def _at_delivery(tx: Session, site: str, number: str) -> str:
    """Say who has a delivery on the screen, or parked."""
    for table, word in ((Seat, "open"), (Parked, "parked")):
        named = tx.scalar(
            select(Worker.name)
            .join(table, and_(table.site == Worker.site, table.worker == Worker.code))
            .where(
                Worker.site == site, table.flow == "receiving", table.state.contains(f'"{number}"')
            )
            .limit(1)
        )
        if named is not None:
            return f"{word} by {named}"
    return ""


def _has_parked(tx: Session, site: str, worker: str, flow: str) -> bool:
    return (
        tx.scalar(
            select(Parked.worker).where(
                Parked.site == site, Parked.worker == worker, Parked.flow == flow
            )
        )
        is not None
    )
