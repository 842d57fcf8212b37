"""What a merchant is told in tables: stock, orders, deliveries, returns, and what did not fit.

Each question names the merchant: nothing of another one's can be in an answer. Nobody who works
here is named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from floorhand.domain.cut_offs import BLOCKED, WORKABLE
from floorhand.domain.reasons import HELD
from floorhand.domain.things import AVAILABLE, CONDITIONS, OUTSIDE
from floorhand.store.cells import Lead, Word, why
from floorhand.store.holds import condition_now, state_now, why_held
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Inspection,
    Order,
    OrderLine,
    Return,
    Sku,
    Stock,
)
from floorhand.store.service_asked import Asked, Row, Told
from floorhand.store.service_discrepancies import discrepancies


def stock(tx: Session, asked: Asked) -> Told:
    """List what is here of each SKU by condition, what orders have of it, and what is to come."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    by = (Stock.sku, condition_now(Stock))
    held = select(*by, func.sum(Stock.pieces), func.sum(Stock.reserved)).where(
        Stock.site == asked.site, Stock.merchant == asked.merchant, Stock.place.not_in(OUTSIDE)
    )
    for sku, condition, pieces, reserved in tx.execute(held.group_by(*by)):
        counted[sku][condition] += int(pieces)
        counted[sku]["promised"] += int(reserved)
    to_come = (
        select(
            DeliveryLine.sku,
            func.sum(DeliveryLine.expected - DeliveryLine.received - DeliveryLine.damaged),
        )
        .join(
            Delivery,
            (Delivery.site == DeliveryLine.site) & (Delivery.number == DeliveryLine.delivery),
        )
        .where(
            Delivery.site == asked.site,
            Delivery.merchant == asked.merchant,
            DeliveryLine.merchant == asked.merchant,
            Delivery.state != "closed",
            DeliveryLine.expected > DeliveryLine.received + DeliveryLine.damaged,
        )
        .group_by(DeliveryLine.sku)
    )
    for sku, pieces in tx.execute(to_come):
        counted[sku]["to_come"] += int(pieces)
    names = _names(tx, asked)
    others = tuple(one for one in CONDITIONS if one != AVAILABLE)
    rows = tuple(
        (
            Lead("sku", f"{asked.merchant}/{sku}", sku),
            names.get(sku, ""),
            of[AVAILABLE],
            of["promised"],
            *(of[condition] or None for condition in others),
            sum(of[condition] for condition in CONDITIONS),
            of["to_come"] or None,
        )
        for sku, of in sorted(counted.items())
    )
    heads = ("sku", "name", AVAILABLE, "promised", *others, "in_all", "to_come")
    return Told(heads, rows)


def orders(tx: Session, asked: Asked) -> Told:
    """List the orders that have not left, the most urgent first."""
    question = (
        _orders(asked)
        .add_columns(
            state_now(Order).label("state_now"),
            func.coalesce(why_held(Order), Order.hold_reason).label("reason"),
        )
        .where(Order.state.in_((*WORKABLE, *BLOCKED)))
        .order_by(Order.due_at, Order.number)
    )
    return Told(
        ("order", "state", "placed", "due", "pieces", "left", "reason"),
        tuple(
            (
                *_order(asked, row.number, row.state_now),
                row.placed_at,
                row.due_at,
                *_left(row),
                why(row.reason, HELD),
            )
            for row in tx.execute(question)
        ),
    )


def closed(tx: Session, asked: Asked) -> Told:
    """List the orders that left, or of which nothing could be sent, the latest first."""
    question = _orders(asked).where(Order.closed_at >= asked.since)
    return Told(
        ("order", "state", "due", "shipped", "pieces", "short"),
        tuple(
            (
                *_order(asked, row.number, row.state),
                row.due_at,
                row.shipped_at,
                int(row.ordered),
                int(row.short),
            )
            for row in tx.execute(question.order_by(Order.closed_at.desc(), Order.number))
        ),
    )


def days(tx: Session, asked: Asked) -> Told:
    """Count by day what left and what came back; what others had shipped did not leave here."""
    found: dict[date, Counter[str]] = defaultdict(Counter)
    left = (Order.closed_at >= asked.since, Order.shipped_at.is_not(None))
    for row in tx.execute(_orders(asked).where(*left)):
        of = found[row.shipped_at.astimezone(asked.zone).date()]
        of.update(orders=1, in_time=int(row.shipped_at <= row.due_at), pieces=int(row.packed))
    judged = select(Inspection.at, Inspection.pieces, Inspection.disposition).where(
        Inspection.site == asked.site,
        Inspection.merchant == asked.merchant,
        Inspection.at >= asked.since,
        Inspection.disposition != "",
    )
    for at, pieces, disposition in tx.execute(judged):
        of = found[at.astimezone(asked.zone).date()]
        of.update(back=pieces, restocked=pieces if disposition == "restock" else 0)
    names = ("orders", "in_time", "pieces", "back", "restocked")
    return Told(
        ("day", *names),
        tuple(
            (day.isoformat(), *(of[name] for name in names))
            for day, of in sorted(found.items(), reverse=True)
        ),
    )


def deliveries(tx: Session, asked: Asked) -> Told:
    """List deliveries that are open or were closed lately, the next to come first."""
    counts = ("expected", "received", "damaged", "over", "short", "refused")
    sums = [func.coalesce(func.sum(getattr(DeliveryLine, name)), 0).label(name) for name in counts]
    columns = (
        Delivery.number,
        Delivery.state,
        Delivery.expected_on,
        Delivery.opened_at,
        Delivery.closed_at,
    )
    question = (
        select(*columns, *sums)
        .outerjoin(
            DeliveryLine,
            (DeliveryLine.site == Delivery.site)
            & (DeliveryLine.delivery == Delivery.number)
            & (DeliveryLine.merchant == asked.merchant),
        )
        .where(
            Delivery.site == asked.site,
            Delivery.merchant == asked.merchant,
            (Delivery.closed_at.is_(None)) | (Delivery.closed_at >= asked.since),
        )
        .group_by(*columns)
        .order_by(Delivery.closed_at.is_not(None), Delivery.expected_on, Delivery.number)
    )
    return Told(
        ("delivery", "state", "expected_on", "since", "closed", *counts),
        tuple(
            (
                Lead("delivery", row.number),
                Word(f"delivery_state.{row.state}"),
                row.expected_on,
                row.opened_at,
                row.closed_at,
                *(int(getattr(row, name)) or None for name in counts),
            )
            for row in tx.execute(question)
        ),
    )


def returns(tx: Session, asked: Asked) -> Told:
    """List returns that are open or were judged lately, the nearest deadline first."""
    question = (
        select(Return)
        .where(
            Return.site == asked.site,
            Return.merchant == asked.merchant,
            (Return.disposed_at.is_(None)) | (Return.disposed_at >= asked.since),
        )
        .order_by(Return.disposed_at.is_not(None), Return.deadline.is_(None), Return.deadline)
    )
    return Told(
        ("return", "order", "state", "reason", "due", "since", "closed"),
        tuple(
            (
                Lead("return", row.number),
                row.order,
                Word(f"custody.{row.custody}"),
                row.reason,
                row.deadline,
                row.received_at,
                row.disposed_at,
            )
            for row in tx.execute(question.order_by(Return.number)).scalars()
        ),
    )


def _orders(asked: Asked) -> Select[*tuple[Any, ...]]:
    """Ask for orders with how many pieces they want, and what became of them."""
    return (
        select(
            Order.number,
            Order.state,
            Order.placed_at,
            Order.due_at,
            Order.shipped_at,
            func.sum(OrderLine.ordered).label("ordered"),
            func.sum(OrderLine.packed).label("packed"),
            func.sum(OrderLine.short).label("short"),
        )
        .join(
            OrderLine,
            (OrderLine.site == Order.site)
            & (OrderLine.merchant == Order.merchant)
            & (OrderLine.order == Order.number),
        )
        .where(Order.site == asked.site, Order.merchant == asked.merchant)
        .group_by(Order.site, Order.merchant, Order.number)
    )


def _order(asked: Asked, number: str, state: str) -> Row:
    return (Lead("order", f"{asked.merchant}/{number}", number), Word(f"order_state.{state}"))


def _left(row: Any) -> tuple[int, int]:
    """Give how many pieces an order wants, and how many of them are still to leave."""
    return int(row.ordered), int(row.ordered - row.packed - row.short)


def _names(tx: Session, asked: Asked) -> Mapping[str, str]:
    known = (Sku.site == asked.site, Sku.merchant == asked.merchant)
    return {row.code: row.name for row in tx.execute(select(Sku.code, Sku.name).where(*known))}


TABLES: Final[Mapping[str, Callable[[Session, Asked], Told]]] = {
    "orders": orders,
    "stock": stock,
    "deliveries": deliveries,
    "returns": returns,
    "closed": closed,
    "days": days,
    "discrepancies": discrepancies,
}
"""In the order in which a merchant asks."""

OVER: Final = timedelta(days=35)
"""So far back is told where nothing else is asked for: five weeks."""
