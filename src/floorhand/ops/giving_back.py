"""What a release gives back to orders whose lines became short by the hold.

Who still walks for an order gets the stops again; otherwise its lines are open again, for the next
walk. An order that is at a bench, or over, stays as it is: it was decided to leave without these.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, TableClause, and_, select, tuple_, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import allocate, by_age
from floorhand.domain.holds import BIN, Subject
from floorhand.ops.reserving import fewer_lacking, put_in_walk, reserve_anywhere
from floorhand.store import picks, shelves
from floorhand.store.ledger import Cause
from floorhand.store.nesting import places_in
from floorhand.store.picks import StopRow
from floorhand.store.schema import Order, OrderLine, Pick, Stock

OPEN: Final = ("picking", "released", "waiting")
"""States of orders that something can still be picked for."""

_LINE = cast(TableClause, OrderLine.__table__)


def give_back(tx: Session, cause: Cause, subject: Subject, reason: str) -> int:
    """Open lines again that are short for a reason, by the pieces that are free now; give those.

    Args:
        tx: An open transaction, in which the hold has ended.
        cause: The release.
        subject: What was held: a bin, a SKU or a lot.
        reason: Why lines became short by the hold.
    """
    return sum(_back(tx, cause, line, reason) for line in _lines(tx, cause, subject, reason))


def _lines(tx: Session, cause: Cause, subject: Subject, reason: str) -> Iterable[Any]:
    """List the lines that may have what was released, those of the most urgent orders first."""
    asked = (
        select(
            OrderLine.merchant,
            OrderLine.order,
            OrderLine.line_no,
            OrderLine.sku,
            OrderLine.short,
            Order.state,
        )
        .join(
            Order,
            and_(
                Order.site == OrderLine.site,
                Order.merchant == OrderLine.merchant,
                Order.number == OrderLine.order,
            ),
        )
        .where(
            OrderLine.site == cause.site,
            OrderLine.short > 0,
            OrderLine.short_reason == reason,
            Order.state.in_(OPEN),
            _may_have(tx, cause, subject),
        )
        .order_by(Order.priority.desc(), Order.due_at, OrderLine.order, OrderLine.line_no)
    )
    return tx.execute(asked).all()


def _may_have(tx: Session, cause: Cause, subject: Subject) -> ColumnElement[bool]:
    if subject.kind != BIN:
        return and_(OrderLine.merchant == subject.merchant, OrderLine.sku == subject.code)
    inside = places_in(tx, cause.site, subject.code)
    there = select(Stock.merchant, Stock.sku).where(
        Stock.site == cause.site, Stock.place.in_(inside), Stock.pieces > Stock.reserved
    )
    return tuple_(OrderLine.merchant, OrderLine.sku).in_(there)


def _back(tx: Session, cause: Cause, line: Any, reason: str) -> int:
    stop = _lost(tx, cause, line) if line.state == "picking" else None
    if stop is not None:
        takes = reserve_anywhere(
            tx, cause, line.merchant, line.sku, line.short, fits=lambda _: True
        )
        put_in_walk(tx, cause, stop, takes, "")
    else:
        here = shelves.shelves_of(tx, cause.site, line.merchant, line.sku)
        today = shelves.site_date(tx, cause.site, cause.at)
        takes = allocate(by_age(here, today), line.short)
    pieces = sum(take.pieces for take in takes)
    if pieces:
        _open(tx, cause, line, pieces)
        left = any(each.short_reason == reason for each in _of_order(tx, cause, line))
        gone = "" if left else reason
        fewer_lacking(tx, cause, line.merchant, line.order, pieces=pieces, gone=gone)
        cause.touch("order", line.merchant, line.order)
    return pieces


def _lost(tx: Session, cause: Cause, line: Any) -> StopRow | None:
    """Give a stop that the line had on the walk it is on; None if nobody walks for it any more.

    Who brings totes away takes nothing into them; who has none to bring away is still walking.
    """
    walk = picks.walk_of_order(tx, cause.site, line.merchant, line.order)
    if walk is None:
        return None
    of_walk = Pick.task == walk.task
    if picks.carried_totes(tx, cause.site, walk) and not picks.open_stops(tx, cause.site, of_walk):
        return None
    of_line = (Pick.merchant == line.merchant, Pick.order == line.order)
    stops = picks.stops_where(tx, cause.site, of_walk, *of_line, Pick.line_no == line.line_no)
    return next((stop for stop in stops if stop.tote), None)


def _open(tx: Session, cause: Cause, line: Any, pieces: int) -> None:
    values: dict[str, Any] = {"short": _LINE.c.short - pieces}
    if pieces == line.short:
        values["short_reason"] = ""
    tx.execute(
        update(_LINE)
        .where(
            _LINE.c.site == cause.site,
            _LINE.c.merchant == line.merchant,
            _LINE.c.order == line.order,
            _LINE.c.line_no == line.line_no,
        )
        .values(values)
    )


def _of_order(tx: Session, cause: Cause, line: Any) -> Iterable[Any]:
    return tx.execute(
        select(OrderLine.short_reason).where(
            OrderLine.site == cause.site,
            OrderLine.merchant == line.merchant,
            OrderLine.order == line.order,
            OrderLine.short > 0,
        )
    ).all()
