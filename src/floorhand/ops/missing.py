"""Pieces that were picked and cannot be packed: not in the tote, damaged, or another product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from floorhand.domain import things
from floorhand.domain.packing import (
    DAMAGED,
    HELD,
    DeclareMissing,
    MissingBooked,
    OrderEmpty,
    OrderGone,
    OrderHeld,
    OrderShipped,
    OrderStopped,
)
from floorhand.domain.things import CORRECTION, Goods, Line
from floorhand.errors import Code, Refused
from floorhand.ops.bench import Work, bench_of, order_at_bench
from floorhand.ops.ending import note_short
from floorhand.ops.reserving import order_trouble
from floorhand.ops.shipping import finish_order, free_totes
from floorhand.store import checking, holds, ledger, parcels, tasks
from floorhand.store.cancelling import PUTBACK
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.schema import Checked, Order, OrderLine

HOLD_REASON = "missing_at_bench"


@dataclass(frozen=True, slots=True)
class _OrderLine:
    line_no: int
    picked: int
    packed: int


def declare_missing(
    tx: Session, cause: Cause, command: DeclareMissing
) -> MissingBooked | OrderShipped | OrderEmpty | OrderHeld | OrderStopped | OrderGone:
    """Take pieces off an order that were picked but cannot be packed.

    Missing and wrong pieces leave the tote through *correction*, as nobody knows where they are;
    damaged ones go to the bench as damaged, for put-away, and held ones as they are. The order's
    line is short by them, and the merchant's policy says what becomes of the order. A supervisor
    is told either way: the pick was confirmed, so bin and tote are both worth a look.

    Raises:
        Refused: `Code.MISSING_TOO_MANY` if fewer are left to verify; `Code.NO_BENCH` if goods
            have to be laid on a bench and the station has none; `Code.NO_SUCH_CHOICE`.
    """
    work = order_at_bench(tx, cause, command.order)
    if not isinstance(work, Work):
        return work
    head = work.head
    _take_out(tx, cause, work, command)
    short_lines = _shorten(tx, cause, work, command)
    held = command.reason == HELD  # nobody has picked wrong
    sku, pieces, reason = command.sku, command.pieces, command.reason
    if held:
        order = (head.merchant, head.number)
        order_trouble(tx, cause, *order, pieces=pieces, reason=reason, sku=sku)
    else:
        about = ("missing_at_bench", head.order_no, head.merchant)
        tasks.trouble(tx, cause, *about, sku=sku, pieces=pieces, reason=reason)
    cause.note(
        job="packing",
        merchant=head.merchant,
        order=head.number,
        missing=0 if held else command.pieces,
        short=command.pieces,
        sku=command.sku,
        reason=command.reason,
    )
    policy = merchant_rules(tx, cause.site, head.merchant).short_policy
    if policy == "hold":
        return _hold(tx, cause, work)
    back = _cancel_lines(tx, cause, work, command, short_lines) if policy == "cancel_line" else 0
    rest = checking.rest_of(tx, cause.site, command.order)
    if rest.left_pieces or rest.checked_pieces:
        return MissingBooked(command.sku, command.pieces, back, rest)
    if parcels.standing_parcels(tx, cause.site, head.merchant, head.number):
        return finish_order(tx, cause, work, "", 0, "")
    return _close_empty(tx, cause, work, back)


def _take_out(tx: Session, cause: Cause, work: Work, command: DeclareMissing) -> None:
    """Take the pieces out of the totes, from those that are not verified."""
    named = (command.lot, command.expiry, command.serial)
    rows = [
        row
        for row in checking.in_totes(tx, cause.site, command.order, command.sku)
        if row.left and (row.goods.lot, row.goods.expiry, row.goods.serial) == named
    ]
    left = sum(row.left for row in rows)
    if not 1 <= command.pieces <= left:
        raise Refused(Code.MISSING_TOO_MANY, number=command.pieces, left=left)
    pieces = command.pieces
    for row in rows:
        if taken := min(row.left, pieces):
            pieces -= taken
            if command.reason in (DAMAGED, HELD):
                if command.reason == HELD:
                    _must_be_held(tx, cause, row.goods)
                _lay_out(tx, cause, work, row.place, row.goods, taken, command.reason)
            else:
                ledger.move(tx, cause, row.place, CORRECTION, [Line(row.goods, taken)])


def _must_be_held(tx: Session, cause: Cause, goods: Goods) -> None:
    """Nobody lays pieces aside as held that are not."""
    if holds.on_goods(tx, cause.site, goods) is None:
        raise Refused(Code.PACK_NOT_HELD, sku=goods.sku)


def _lay_out(
    tx: Session,
    cause: Cause,
    work: Work,
    tote: str,
    goods: Goods,
    pieces: int,
    reason: str = "line_cancelled",
) -> None:
    """Lay pieces beside the tote on the bench, for put-away."""
    bench = bench_of(tx, cause, work.totes)
    if not bench:
        raise Refused(Code.NO_BENCH)
    if reason == DAMAGED:
        goods = ledger.change(tx, cause, tote, goods, pieces, condition=things.DAMAGED)
    ledger.move(tx, cause, tote, bench, [Line(goods, pieces)])
    tasks.open_task(
        tx,
        cause,
        PUTBACK,
        place=bench,
        merchant=goods.merchant,
        sku=goods.sku,
        lot=goods.lot,
        pieces=pieces,
        reason=reason,
    )


def _shorten(
    tx: Session, cause: Cause, work: Work, command: DeclareMissing
) -> tuple[_OrderLine, ...]:
    """Turn picked pieces into short ones on the order's lines, the last line first."""
    pieces, changed = command.pieces, []
    for line in _open_lines(tx, cause, work, command.sku):
        if taken := min(pieces, line.picked - line.packed):
            pieces -= taken
            _write_short(tx, cause, work, line.line_no, taken, command.reason)
            changed.append(_OrderLine(line.line_no, line.picked - taken, line.packed))
    if pieces:  # the tote held more than was picked for the order
        raise Refused(Code.MISSING_TOO_MANY, number=command.pieces, left=command.pieces - pieces)
    return tuple(changed)


def _cancel_lines(
    tx: Session,
    cause: Cause,
    work: Work,
    command: DeclareMissing,
    lines: tuple[_OrderLine, ...],
) -> int:
    """Take the rest of lines out of the order that cannot be sent in full; return the pieces.

    Pieces not yet verified go first, then verified ones: the worker is told to take them out.
    """
    surplus = sum(line.picked - line.packed for line in lines)
    for line in lines:
        if line.picked > line.packed:
            pieces = line.picked - line.packed
            _write_short(tx, cause, work, line.line_no, pieces, command.reason)
    left = surplus
    rows = checking.in_totes(tx, cause.site, command.order, command.sku)
    for row in sorted(rows, key=lambda row: row.checked > 0):
        taken = min(row.pieces, left)
        if taken:
            left -= taken
            checking.lower(tx, cause.site, row, row.pieces - taken)
            _lay_out(tx, cause, work, row.place, row.goods, taken)
    return surplus


def _open_lines(tx: Session, cause: Cause, work: Work, sku: str) -> tuple[_OrderLine, ...]:
    rows = tx.execute(
        select(OrderLine.line_no, OrderLine.picked, OrderLine.packed)
        .where(_of(cause, work), OrderLine.sku == sku, OrderLine.picked > OrderLine.packed)
        .order_by(OrderLine.line_no.desc())
    )
    return tuple(_OrderLine(*row) for row in rows)


def _write_short(
    tx: Session, cause: Cause, work: Work, line_no: int, pieces: int, reason: str
) -> None:
    tx.execute(
        update(OrderLine)
        .where(_of(cause, work), OrderLine.line_no == line_no)
        .values(
            picked=OrderLine.picked - pieces,
            short=OrderLine.short + pieces,
            short_reason=reason,
        )
    )


def _hold(tx: Session, cause: Cause, work: Work) -> OrderHeld:
    """Stop an order whose merchant wants to decide about shorts; its goods stay in the totes."""
    tx.execute(delete(Checked).where(Checked.site == cause.site, Checked.place.in_(work.codes)))
    _set_state(tx, cause, work, state="hold", hold_reason=HOLD_REASON)
    tasks.close_task(tx, cause, work.task, "cancelled")
    return OrderHeld(work.head.order_no, work.codes)


def _close_empty(tx: Session, cause: Cause, work: Work, back_pieces: int) -> OrderEmpty:
    """Close an order of which nothing could be sent."""
    _set_state(tx, cause, work, state="short", closed_at=cause.at)
    tasks.close_task(tx, cause, work.task)
    free_totes(tx, cause, work)
    note_short(tx, cause, work.head.merchant, work.head.number)
    cause.note(job="packing")
    return OrderEmpty(work.head.order_no, back_pieces)


def _set_state(tx: Session, cause: Cause, work: Work, **values: str | datetime) -> None:
    head = work.head
    tx.execute(
        update(Order)
        .where(
            Order.site == cause.site, Order.merchant == head.merchant, Order.number == head.number
        )
        .values(**values)
    )


def _of(cause: Cause, work: Work) -> ColumnElement[bool]:
    return and_(
        OrderLine.site == cause.site,
        OrderLine.merchant == work.head.merchant,
        OrderLine.order == work.head.number,
    )
