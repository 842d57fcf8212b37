"""Pieces go from a bin into a tote: the busiest statement of the warehouse, kept short."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, exists, select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import is_expired
from floorhand.domain.picking import ConfirmPick, Picked, StopGone
from floorhand.domain.things import Goods, Line
from floorhand.errors import Code, Refused
from floorhand.ops.walking import advance, gone, own_stop
from floorhand.store import ledger, shelves
from floorhand.store.ledger import Cause
from floorhand.store.schema import Order, OrderLine, Pick, Slot, Task


@dataclass(frozen=True, slots=True)
class Taken:
    """What of a stop is still to take, and whether its order line is finished now."""

    sku: str
    merchant: str
    left: int
    line_finished: bool


def confirm_pick(tx: Session, cause: Cause, command: ConfirmPick) -> Picked | StopGone:
    """Move reserved pieces of a stop into its tote.

    Raises:
        Refused: As `take_pieces`.
    """
    taken = take_pieces(tx, cause, command.task, command.pick, command.pieces, command.tote)
    if isinstance(taken, StopGone):
        return taken
    cause.note(
        job="picking",
        merchant=taken.merchant,
        pieces=command.pieces,
        lines=int(taken.line_finished),
    )
    following = advance(tx, cause, command.task)
    return Picked(command.pieces, taken.sku, command.tote, taken.left, following)


def take_pieces(
    tx: Session, cause: Cause, task: str, pick: str, pieces: int, tote: str
) -> Taken | StopGone:
    """Write that pieces of a stop went into its tote, if the stop is still to be done.

    One conditional update decides: the walk is the worker's, the stop open, the order alive, the
    tote that of the slot.

    Raises:
        Refused: `Code.WALK_LOST`, `Code.PICK_TOO_MANY`, `Code.PICK_WRONG_TOTE`,
            `Code.PICK_EXPIRED`, `Code.NOT_ENOUGH_STOCK`.
    """
    assert pieces > 0, pieces
    row = tx.execute(
        update(Pick)
        .where(
            Pick.site == cause.site,
            Pick.id == pick,
            Pick.task == task,
            Pick.state == "open",
            Pick.pieces - Pick.picked >= pieces,
            _is_own(cause, task, tote),
        )
        .values(
            picked=Pick.picked + pieces,
            tote=tote,
            state=case((Pick.picked + pieces == Pick.pieces, "picked"), else_="open"),
        )
        .returning(*Pick.__table__.columns)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return _why_not(tx, cause, task, pick, pieces, tote)
    goods = Goods(row.merchant, row.sku, row.lot, row.expiry, row.serial, row.condition)
    if goods.expiry and is_expired(goods.expiry, shelves.site_date(tx, cause.site, cause.at)):
        raise Refused(Code.PICK_EXPIRED, sku=goods.sku, expiry=goods.expiry)
    ledger.move(tx, cause, row.place, tote, [Line(goods, pieces)], reserved=True)
    line = tx.execute(
        update(OrderLine)
        .where(
            OrderLine.site == cause.site,
            OrderLine.merchant == row.merchant,
            OrderLine.order == row.order,
            OrderLine.line_no == row.line_no,
        )
        .values(picked=OrderLine.picked + pieces)
        .returning(OrderLine.ordered, OrderLine.picked, OrderLine.short)
        .execution_options(synchronize_session=False)
    ).one()
    finished = line.ordered == line.picked + line.short
    return Taken(row.sku, row.merchant, row.pieces - row.picked, finished)


def _is_own(cause: Cause, task: str, tote: str) -> object:
    """Keep a pick whose walk is the worker's, whose slot has this tote and whose order is alive."""
    return exists(
        select(Slot.tote)
        .join(Task, (Task.site == Slot.site) & (Task.id == Slot.task))
        .join(
            Order,
            (Order.site == Slot.site)
            & (Order.merchant == Slot.merchant)
            & (Order.number == Slot.order),
        )
        .where(
            Slot.site == cause.site,
            Slot.task == task,
            Slot.merchant == Pick.merchant,
            Slot.order == Pick.order,
            Slot.tote == tote,
            Task.worker == cause.worker,
            Task.state == "claimed",
            Order.state != "cancelled",
        )
    )


def _why_not(
    tx: Session, cause: Cause, task: str, pick: str, pieces: int, tote: str
) -> StopGone:
    """Find out why a stop could not be done; what cannot be answered otherwise is refused."""
    stop = own_stop(tx, cause, task, pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    if stop.stop.pieces < pieces:
        raise Refused(Code.PICK_TOO_MANY, pieces=stop.stop.pieces, sku=stop.stop.goods.sku)
    raise Refused(Code.PICK_WRONG_TOTE, code=tote, tote=stop.stop.tote)
