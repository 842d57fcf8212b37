"""What a cancelled order leaves behind: goods to be put back, parcels that will not leave."""

from __future__ import annotations

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from floorhand.domain.printing import SHIPPING
from floorhand.domain.troubles import PUTBACK_WAITING
from floorhand.store import holds, ledger, tasks
from floorhand.store.ledger import Cause
from floorhand.store.schema import (
    Checked,
    OrderLine,
    Parcel,
    Place,
    PrintJob,
    Slot,
    Stock,
    Task,
)
from floorhand.store.was import keep

PUTBACK = "putback"
"""Kind of the task to put goods back that were picked and will not be sent."""


def undo_order(tx: Session, cause: Cause, merchant: str, number: str) -> bool:
    """Have the goods of a cancelled order put back from where they stand; False if that was done.

    Parcels that are closed already are opened again, and nobody may use their labels, which are
    not printed if they are not yet. What a picker still carries is left to the walk, which stops
    at its next scan. A hold on the order ends with it.
    """
    holds.end_of_order(tx, cause, merchant, number)
    order_no = f"{merchant}/{number}"
    carried = _carried(tx, cause.site, merchant, number)
    places = holding(tx, cause.site, order_no)
    raised = [
        place
        for place in places
        if place not in carried and put_back_picked(tx, cause, place, merchant, number)
    ]
    _cancel_parcels(tx, cause, merchant, number)
    bound = select(Place.code).where(Place.site == cause.site, Place.order_no == order_no)
    tx.execute(delete(Checked).where(Checked.site == cause.site, Checked.place.in_(bound)))
    stopped = tx.execute(
        update(Task)
        .where(
            Task.site == cause.site,
            Task.kind == "pack",
            Task.state.in_(tasks.LIVE),
            Task.place.in_(bound),
        )
        .values(state="cancelled", done_at=cause.at)
        .returning(Task.id)
    ).all()
    return bool(raised or stopped)


def holding(tx: Session, site: str, order_no: str, kind: str = "") -> tuple[str, ...]:
    """List the totes and cartons with goods that are bound to an order, or those of one kind."""
    goods = exists().where(Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0)
    rows = tx.scalars(
        select(Place.code)
        .where(
            Place.site == site,
            Place.order_no == order_no,
            Place.kind.in_((kind,) if kind else ("tote", "carton")),
            goods,
        )
        .order_by(Place.kind.desc(), Place.code)
    )
    return tuple(rows)


def put_back_picked(tx: Session, cause: Cause, place: str, merchant: str, number: str) -> bool:
    """Have what was picked for a cancelled order put back, and tell leads until that is done."""
    if not put_back(tx, cause, place, merchant):
        return False
    pieces = sum(line.pieces for _, line in ledger.inside(tx, cause.site, place))
    tasks.trouble(tx, cause, PUTBACK_WAITING, place, merchant, order=number, pieces=pieces)
    return True


def put_back(tx: Session, cause: Cause, place: str, merchant: str) -> bool:
    """Raise the task to put back what is in a place; False if one is open or nothing is there."""
    pieces = sum(line.pieces for _, line in ledger.inside(tx, cause.site, place))
    waiting = tx.scalar(
        select(Task.id)
        .where(
            Task.site == cause.site,
            Task.kind == PUTBACK,
            Task.place == place,
            Task.state.in_(tasks.LIVE),
        )
        .limit(1)
    )
    if not pieces or waiting is not None:
        return False
    tasks.open_task(
        tx,
        cause,
        PUTBACK,
        place=place,
        merchant=merchant,
        pieces=pieces,
        reason="order_cancelled",
    )
    return True


def _carried(tx: Session, site: str, merchant: str, number: str) -> frozenset[str]:
    """Name the order's totes that an open walk carries: all that stand at no bench or dock."""
    walk = (
        select(Slot.task)
        .join(Task, and_(Task.site == Slot.site, Task.id == Slot.task))
        .where(
            Slot.site == site,
            Slot.merchant == merchant,
            Slot.order == number,
            Task.state.in_(tasks.LIVE),
        )
    )
    if tx.scalar(walk.limit(1)) is None:
        return frozenset()
    under = aliased(Place)
    stands = exists().where(
        under.site == Place.site, under.code == Place.parent, under.kind.in_(("bench", "dock"))
    )
    rows = tx.scalars(
        select(Place.code).where(
            Place.site == site,
            Place.order_no == f"{merchant}/{number}",
            Place.kind == "tote",
            ~stands,
        )
    )
    return frozenset(rows)


def _cancel_parcels(tx: Session, cause: Cause, merchant: str, number: str) -> None:
    cartons = tx.scalars(
        update(Parcel)
        .where(
            Parcel.site == cause.site,
            Parcel.merchant == merchant,
            Parcel.order == number,
            Parcel.state.in_(("closed", "labelled")),
        )
        .values(state="cancelled")
        .returning(Parcel.carton)
    ).all()
    if not cartons:
        return
    tx.execute(
        update(OrderLine)
        .where(
            OrderLine.site == cause.site,
            OrderLine.merchant == merchant,
            OrderLine.order == number,
        )
        .values(packed=0)
    )
    tx.execute(
        update(Place).where(Place.site == cause.site, Place.code.in_(cartons)).values(state="open")
    )
    labels = (
        PrintJob.site == cause.site,
        PrintJob.template == SHIPPING,
        PrintJob.subject.in_(cartons),
        PrintJob.state != "voided",
    )
    keep(tx, "print_job", cause.at, *labels)
    tx.execute(update(PrintJob).where(*labels).values(state="voided"))
