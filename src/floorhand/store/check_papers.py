"""Checks of what hangs on the ledger: orders, parcels, walks, benches and returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from floorhand.store.cancelling import LIVE
from floorhand.store.schema import (
    Checked,
    Inspection,
    Move,
    Order,
    OrderLine,
    Parcel,
    Pick,
    Place,
    ReturnLine,
    Slot,
    Stock,
    Task,
)
from floorhand.store.violation import Violation


def _order_lines_add_up(tx: Session, site: str) -> Iterator[Violation]:
    picks = (
        select(Pick.merchant, Pick.order, Pick.line_no, func.sum(Pick.picked).label("picked"))
        .where(Pick.site == site)
        .group_by(Pick.merchant, Pick.order, Pick.line_no)
        .subquery()
    )
    rows = tx.execute(
        select(
            OrderLine.merchant, OrderLine.order, OrderLine.line_no, OrderLine.picked, picks.c.picked
        )
        .join(
            picks,
            and_(
                picks.c.merchant == OrderLine.merchant,
                picks.c.order == OrderLine.order,
                picks.c.line_no == OrderLine.line_no,
            ),
        )
        .where(OrderLine.site == site, OrderLine.picked > picks.c.picked)
    )
    for merchant, order, line_no, picked, by_picks in rows:
        subject = f"{merchant}/{order} line {line_no}"
        detail = f"{picked} picked, but picks say {by_picks}"
        yield Violation("order_lines_add_up", subject, detail)


def _shipped_orders_are_complete(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(OrderLine.merchant, OrderLine.order, OrderLine.line_no)
        .join(
            Order,
            and_(
                Order.site == OrderLine.site,
                Order.merchant == OrderLine.merchant,
                Order.number == OrderLine.order,
            ),
        )
        .where(
            OrderLine.site == site,
            Order.state == "shipped",
            OrderLine.packed + OrderLine.short != OrderLine.ordered,
        )
    )
    for merchant, order, line_no in rows:
        subject = f"{merchant}/{order} line {line_no}"
        detail = "neither packed nor short for a reason"
        yield Violation("shipped_orders_are_complete", subject, detail)


def _parcels_hold_what_was_packed(tx: Session, site: str) -> Iterator[Violation]:
    packed = (
        select(
            Parcel.merchant,
            Parcel.order,
            func.sum(Move.pieces).label("pieces"),
        )
        .join(Move, and_(Move.site == Parcel.site, Move.target == Parcel.carton))
        .where(Parcel.site == site, Parcel.state.not_in(("unpacked", "cancelled")))
        .group_by(Parcel.merchant, Parcel.order)
        .subquery()
    )
    lines = (
        select(OrderLine.merchant, OrderLine.order, func.sum(OrderLine.packed).label("pieces"))
        .where(OrderLine.site == site)
        .group_by(OrderLine.merchant, OrderLine.order)
        .subquery()
    )
    rows = tx.execute(
        select(lines.c.merchant, lines.c.order, lines.c.pieces, packed.c.pieces)
        .join(
            packed,
            and_(packed.c.merchant == lines.c.merchant, packed.c.order == lines.c.order),
            isouter=True,
        )
        .where(lines.c.pieces != func.coalesce(packed.c.pieces, 0))
    )
    for merchant, order, lines_say, parcels_say in rows:
        detail = f"lines say {lines_say} packed, parcels hold {parcels_say or 0}"
        yield Violation("parcels_hold_what_was_packed", f"{merchant}/{order}", detail)


def _a_tote_serves_one_walk(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(Slot.tote, func.count())
        .join(Task, and_(Task.site == Slot.site, Task.id == Slot.task))
        .where(
            Slot.site == site,
            Slot.tote.is_not(None),
            Task.state.in_(("open", "claimed", "parked")),
        )
        .group_by(Slot.tote)
        .having(func.count() > 1)
    )
    for tote, walks in rows:
        yield Violation("a_tote_serves_one_walk", str(tote), f"bound to {walks} slots at once")


def _returns_add_up(tx: Session, site: str) -> Iterator[Violation]:
    judged = (ReturnLine.restocked + ReturnLine.scrapped + ReturnLine.held).label("judged")
    waiting = (
        select(
            Inspection.number,
            Inspection.merchant,
            Inspection.sku,
            func.sum(Inspection.pieces).label("pieces"),
        )
        .where(Inspection.site == site, Inspection.disposition == "")
        .group_by(Inspection.number, Inspection.merchant, Inspection.sku)
        .subquery()
    )
    lines = (
        select(
            ReturnLine.number,
            ReturnLine.merchant,
            ReturnLine.sku,
            func.sum(ReturnLine.received).label("received"),
            func.sum(judged).label("judged"),
        )
        .where(ReturnLine.site == site)
        .group_by(ReturnLine.number, ReturnLine.merchant, ReturnLine.sku)
        .subquery()
    )
    left = func.coalesce(waiting.c.pieces, 0)
    same = and_(*(lines.c[name] == waiting.c[name] for name in ("number", "merchant", "sku")))
    rows = tx.execute(
        select(lines.c.number, lines.c.sku, lines.c.received, lines.c.judged, left)
        .join_from(lines, waiting, same, isouter=True)
        .where(lines.c.received != lines.c.judged + left)
    )
    for number, sku, received, done, pieces in rows:
        detail = f"{received} received, but {done} judged and {pieces} to be judged"
        yield Violation("returns_add_up", f"{number} {sku}", detail)


def _what_is_verified_is_in_the_tote(tx: Session, site: str) -> Iterator[Violation]:
    names = ("place", "merchant", "sku", "lot", "expiry", "serial")
    here = and_(Stock.site == Checked.site, Stock.condition == "available")
    same = and_(here, *(getattr(Stock, name) == getattr(Checked, name) for name in names))
    held = func.coalesce(Stock.pieces, 0)
    rows = tx.execute(
        select(Checked.place, Checked.sku, Checked.pieces, held)
        .join_from(Checked, Stock, same, isouter=True)
        .where(Checked.site == site, Checked.pieces > held)
    )
    for place, sku, verified, pieces in rows:
        detail = f"{verified} verified at the bench, {pieces} in it"
        yield Violation("what_is_verified_is_in_the_tote", f"{place} {sku}", detail)


def _goods_of_ended_orders_are_put_back(tx: Session, site: str) -> Iterator[Violation]:
    """Goods in a tote of an order that has ended wait for nobody, unless a task says so."""
    order = and_(Order.site == Place.site, Order.merchant + "/" + Order.number == Place.order_no)
    task = exists().where(
        Task.site == Place.site,
        Task.kind.in_(("putback", "putaway")),
        Task.place == Place.code,
        Task.state.in_(LIVE),
    )
    walked = (
        select(Slot.task)
        .join(Task, and_(Task.site == Slot.site, Task.id == Slot.task))
        .where(
            Slot.site == Order.site,
            Slot.merchant == Order.merchant,
            Slot.order == Order.number,
            Task.state.in_(LIVE),
        )
        .exists()
    )
    rows = tx.execute(
        select(Place.code, Place.order_no, Order.state, func.sum(Stock.pieces))
        .join(Stock, and_(Stock.site == Place.site, Stock.place == Place.code))
        .join(Order, order)
        .where(
            Place.site == site,
            Place.kind == "tote",
            Order.state.in_(("shipped", "short", "cancelled")),
            Stock.pieces > 0,
            ~task,
            ~walked,
        )
        .group_by(Place.code, Place.order_no, Order.state)
    )
    for tote, order_no, state, pieces in rows:
        detail = f"{pieces} pieces of order {order_no} ({state}), and no task to put them back"
        yield Violation("goods_of_ended_orders_are_put_back", tote, detail)


PAPER_CHECKS: tuple[Callable[[Session, str], Iterator[Violation]], ...] = (
    _order_lines_add_up,
    _shipped_orders_are_complete,
    _parcels_hold_what_was_packed,
    _a_tote_serves_one_walk,
    _returns_add_up,
    _what_is_verified_is_in_the_tote,
    _goods_of_ended_orders_are_put_back,
)
