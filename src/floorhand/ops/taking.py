"""Pieces go from a bin into a tote: the busiest statement of the warehouse, kept short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, case, select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import is_expired
from floorhand.domain.picking import ConfirmPick, Picked, StopGone
from floorhand.domain.things import Goods, Line
from floorhand.errors import Code, Refused
from floorhand.ops.walking import advance, gone, own_stop
from floorhand.store import ledger, shelves
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.prepared import made_once
from floorhand.store.schema import Order, OrderLine, Pick, Slot, Task


@dataclass(frozen=True, slots=True)
class Taken:
    """What of a stop is still to take, and whether its order line is finished now."""

    sku: str
    merchant: str
    order: str
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
        order=taken.order,
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
    at_hand = {"of_site": cause.site, "of_task": task, "of_pick": pick, "taken": pieces}
    row = ask(tx, _taking(), **at_hand, into=tote, of_worker=cause.worker).one_or_none()
    if row is None:
        return _why_not(tx, cause, task, pick, pieces, tote)
    goods = Goods(row.merchant, row.sku, row.lot, row.expiry, row.serial, row.condition)
    if goods.expiry and is_expired(goods.expiry, shelves.site_date(tx, cause.site, cause.at)):
        raise Refused(Code.PICK_EXPIRED, sku=goods.sku, expiry=goods.expiry)
    ledger.move(tx, cause, row.place, tote, [Line(goods, pieces)], reserved=True)
    line = ask(
        tx,
        _counting(),
        of_site=cause.site,
        of_merchant=row.merchant,
        of_order=row.order,
        of_line=row.line_no,
        taken=pieces,
    ).one()
    finished = line.ordered == line.picked + line.short
    order = f"{row.merchant}/{row.order}"
    return Taken(row.sku, row.merchant, order, row.pieces - row.picked, finished)


@made_once()
def _taking() -> Any:
    """Make the conditional update once: putting it together takes longer than carrying it out."""
    pick: Any = Pick.__table__
    slot: Any = Slot.__table__
    task: Any = Task.__table__
    order: Any = Order.__table__
    own = (
        select(slot.c.tote)
        .join(task, (task.c.site == slot.c.site) & (task.c.id == slot.c.task))
        .join(
            order,
            (order.c.site == slot.c.site)
            & (order.c.merchant == slot.c.merchant)
            & (order.c.number == slot.c.order),
        )
        .where(
            slot.c.site == bindparam("of_site"),
            slot.c.task == bindparam("of_task"),
            slot.c.merchant == pick.c.merchant,
            slot.c.order == pick.c.order,
            slot.c.tote == bindparam("into"),
            task.c.worker == bindparam("of_worker"),
            task.c.state == "claimed",
            order.c.state != "cancelled",
        )
    )
    taken = bindparam("taken", type_=Integer)
    picked = pick.c.picked + taken
    return (
        update(pick)
        .where(
            pick.c.site == bindparam("of_site"),
            pick.c.id == bindparam("of_pick"),
            pick.c.task == bindparam("of_task"),
            pick.c.state == "open",
            pick.c.pieces - pick.c.picked >= taken,
            own.exists(),
        )
        .values(
            picked=picked,
            tote=bindparam("into"),
            state=case((picked == pick.c.pieces, "picked"), else_="open"),
        )
        .returning(*pick.c)
    )


@made_once()
def _counting() -> Any:
    """Make the update of an order line once."""
    line: Any = OrderLine.__table__
    return (
        update(line)
        .where(
            line.c.site == bindparam("of_site"),
            line.c.merchant == bindparam("of_merchant"),
            line.c.order == bindparam("of_order"),
            line.c.line_no == bindparam("of_line"),
        )
        .values(picked=line.c.picked + bindparam("taken", type_=Integer))
        .returning(line.c.ordered, line.c.picked, line.c.short)
    )


def _why_not(tx: Session, cause: Cause, task: str, pick: str, pieces: int, tote: str) -> StopGone:
    """Find out why a stop could not be done; what cannot be answered otherwise is refused."""
    stop = own_stop(tx, cause, task, pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    if stop.stop.pieces < pieces:
        raise Refused(Code.PICK_TOO_MANY, pieces=stop.stop.pieces, sku=stop.stop.goods.sku)
    raise Refused(Code.PICK_WRONG_TOTE, code=tote, tote=stop.stop.tote)
