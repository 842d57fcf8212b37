"""What an operation notes when this house is done with an order: what shift figures are made of.

It is noted at that moment because the order's rows may change afterwards, if it is taken back, and
the figures of the shift must not.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.entries import SHORT_OF
from floorhand.store import holds
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.schema import Order, OrderLine

_TIMES = select(Order.due_at, Order.released_at).where(
    Order.site == bindparam("site"),
    Order.merchant == bindparam("merchant"),
    Order.number == bindparam("number"),
)
_LINES = select(OrderLine.ordered, OrderLine.short, OrderLine.short_reason).where(
    OrderLine.site == bindparam("site"),
    OrderLine.merchant == bindparam("merchant"),
    OrderLine.order == bindparam("number"),
)


def note_end(
    tx: Session, cause: Cause, merchant: str, number: str, *, shipped_pieces: int = 0
) -> None:
    """Note that an order has left, or that nothing of it could be sent (no ``shipped_pieces``).

    Adds to what the operation has noted of other orders, for a walk may end several: pieces
    ordered, shipped, and short by reason; for one that left also whether it was in time, and the
    seconds since it was released, where that is known.
    """
    named = {"site": cause.site, "merchant": merchant, "number": number}
    times = ask(tx, _TIMES, **named).one()
    ordered = 0
    for line in ask(tx, _LINES, **named).all():
        ordered += line.ordered
        if line.short:
            _add(cause, SHORT_OF + (line.short_reason or "–"), line.short)
    cause.note(merchant=merchant, order=number)
    _add(cause, "ordered_pieces", ordered)
    _add(cause, "shipped_pieces", shipped_pieces)
    if not shipped_pieces:
        _add(cause, "orders_short", 1)
        return
    cause.note(on_time=int(cause.at <= times.due_at))
    if times.released_at is not None:
        cause.note(cycle_s=int((cause.at - times.released_at).total_seconds()))


def note_short(tx: Session, cause: Cause, merchant: str, number: str) -> None:
    """Note that nothing of an order could be sent. A hold on it ends with it."""
    holds.end_of_order(tx, cause, merchant, number)
    note_end(tx, cause, merchant, number)


def _add(cause: Cause, name: str, more: int) -> None:
    cause.note(**{name: int(cause.figures.get(name, 0)) + more})
