"""What a release gives back to orders whose lines became short by the hold.

Who still walks for an order gets the stops again; otherwise its lines are open again, for the next
walk. An order that is at a bench, or over, stays as it is: it was decided to leave without these,
until a lead decides otherwise (`floorhand.ops.picking_again`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
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

Promised = Counter[tuple[str, str]]
"""Pieces by merchant and SKU."""

_LINE = cast(TableClause, OrderLine.__table__)


def give_back(tx: Session, cause: Cause, subject: Subject, reason: str) -> int:
    """Open lines again that are short for a reason, by the pieces that are free now; give those.

    Args:
        tx: An open transaction, in which the hold has ended.
        cause: The release.
        subject: What was held: a bin, a SKU or a lot.
        reason: Why lines became short by the hold.
    """
    promised: Promised = Counter()
    which = (
        OrderLine.short_reason == reason,
        Order.state.in_(OPEN),
        _may_have(tx, cause, subject),
    )
    lines = short_lines(tx, cause.site, *which)
    return sum(_back(tx, cause, line, reason, promised) for line in lines)


def short_lines(tx: Session, site: str, *which: ColumnElement[bool]) -> tuple[Any, ...]:
    """List lines of orders that are short, those of the most urgent orders first."""
    asked = (
        select(
            OrderLine.merchant,
            OrderLine.order,
            OrderLine.line_no,
            OrderLine.sku,
            OrderLine.short,
            OrderLine.short_reason,
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
        .where(OrderLine.site == site, OrderLine.short > 0, *which)
        .order_by(Order.priority.desc(), Order.due_at, OrderLine.order, OrderLine.line_no)
    )
    return tuple(tx.execute(asked))


def _may_have(tx: Session, cause: Cause, subject: Subject) -> ColumnElement[bool]:
    if subject.kind != BIN:
        return and_(OrderLine.merchant == subject.merchant, OrderLine.sku == subject.code)
    inside = places_in(tx, cause.site, subject.code)
    there = select(Stock.merchant, Stock.sku).where(
        Stock.site == cause.site, Stock.place.in_(inside), Stock.pieces > Stock.reserved
    )
    return tuple_(OrderLine.merchant, OrderLine.sku).in_(there)


def open_again(tx: Session, cause: Cause, line: Any, promised: Promised) -> tuple[int, bool]:
    """Open a short line by the pieces that are free; say how many, and if a walk has them at once.

    Args:
        tx: An open transaction.
        cause: Who decided so.
        line: One of `short_lines`.
        promised: What other lines were opened for just now, without a stop yet; this adds to it.
    """
    stop = _lost(tx, cause, line) if line.state == "picking" else None
    if stop is not None:
        takes = reserve_anywhere(
            tx, cause, line.merchant, line.sku, line.short, fits=lambda _: True
        )
        put_in_walk(tx, cause, stop, takes, "")
        pieces = sum(take.pieces for take in takes)
    else:
        here = shelves.shelves_of(tx, cause.site, line.merchant, line.sku)
        today = shelves.site_date(tx, cause.site, cause.at)
        others = promised[line.merchant, line.sku]
        takes = allocate(by_age(here, today), others + line.short)
        pieces = max(0, sum(take.pieces for take in takes) - others)
        promised[line.merchant, line.sku] += pieces
    if pieces:
        _open(tx, cause, line, pieces)
        cause.touch("order", line.merchant, line.order)
    return pieces, stop is not None


def _back(tx: Session, cause: Cause, line: Any, reason: str, promised: Promised) -> int:
    pieces, _ = open_again(tx, cause, line, promised)
    if pieces:
        left = any(each.short_reason == reason for each in _of_order(tx, cause, line))
        gone = "" if left else reason
        fewer_lacking(tx, cause, line.merchant, line.order, pieces=pieces, gone=gone)
    return pieces


def _lost(tx: Session, cause: Cause, line: Any) -> StopRow | None:
    """Give a stop of the walk that the order is on, one of the line if it had any there.

    None if nobody walks for it any more.

    Who brings totes away takes nothing into them; who has none to bring away is still walking.
    """
    walk = picks.walk_of_order(tx, cause.site, line.merchant, line.order)
    if walk is None:
        return None
    of_walk = Pick.task == walk.task
    if picks.carried_totes(tx, cause.site, walk) and not picks.open_stops(tx, cause.site, of_walk):
        return None
    of_order = (Pick.merchant == line.merchant, Pick.order == line.order)
    stops = [stop for stop in picks.stops_where(tx, cause.site, of_walk, *of_order) if stop.tote]
    stops.sort(key=lambda stop: stop.line_no != line.line_no)
    return replace(stops[0], line_no=line.line_no) if stops else None


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


def _of_order(tx: Session, cause: Cause, line: Any) -> tuple[Any, ...]:
    of_order = (OrderLine.merchant == line.merchant, OrderLine.order == line.order)
    return short_lines(tx, cause.site, *of_order)
