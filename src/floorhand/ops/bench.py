"""An order at a bench: whose it is, whether it still may be packed, and what happens if not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from floorhand.domain.cartons import propose_box
from floorhand.domain.packing import INSTRUCTION_MAX, Bench, OrderGone, OrderStopped
from floorhand.ops.colleagues import since
from floorhand.store import boxes, parcels, places, tasks
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules, station_place
from floorhand.store.parcels import OrderHead, Tote
from floorhand.store.schema import Checked, OrderLine, Parcel, Place, PrintJob, Stock, Task

PUTBACK = "putback"
"""Kind of the task to put goods back that were picked and will not be sent."""


@dataclass(frozen=True, slots=True)
class Work:
    """An order that the worker holds: the order, the totes bound to it, the packing task."""

    head: OrderHead
    totes: tuple[Tote, ...]
    task: str

    @property
    def codes(self) -> tuple[str, ...]:
        """List the totes."""
        return tuple(tote.code for tote in self.totes)


def order_at_bench(tx: Session, cause: Cause, order: str) -> Work | OrderStopped | OrderGone:
    """Read the order that the worker is packing, or say why packing it cannot go on."""
    merchant, _, number = order.partition("/")
    head = parcels.order_head(tx, cause.site, merchant, number)
    if head is None:
        return OrderGone(order)
    totes = parcels.totes_of(tx, cause.site, order)
    if head.state == "cancelled":
        return stop_order(tx, cause, head, totes)
    holder = parcels.holder_of(tx, cause.site, [tote.code for tote in totes])
    if head.state != "packing" or holder is None:
        return OrderGone(order)
    if holder.worker != cause.worker:
        return OrderGone(order, holder.name, since(tx, cause, holder.since))
    return Work(head, totes, holder.task)


def bench_here(tx: Session, cause: Cause) -> str:
    """Name the bench at the worker's station; empty if the station has none."""
    place = station_place(tx, cause.site, cause.station)
    return place if place and places.kind_of(tx, cause.site, place) == "bench" else ""


def bench_of(tx: Session, cause: Cause, totes: tuple[Tote, ...]) -> str:
    """Name the bench where an order is packed: the station's, else the one its totes stand at."""
    if here := bench_here(tx, cause):
        return here
    for tote in totes:
        if tote.parent and places.kind_of(tx, cause.site, tote.parent) == "bench":
            return tote.parent
    return ""


def open_bench(tx: Session, cause: Cause, head: OrderHead, totes: tuple[str, ...]) -> Bench:
    """Describe the order's next parcel, with a proposal for its box."""
    types = [box for box, _ in boxes.box_types(tx, cause.site)]
    proposal = propose_box(types, boxes.goods_to_box(tx, cause.site, head.order_no))
    closed = parcels.standing_parcels(tx, cause.site, head.merchant, head.number)
    typed = merchant_rules(tx, cause.site, head.merchant).typed_quantity
    return Bench(head.order_no, totes, len(closed) + 1, proposal.box, proposal.why, typed)


def instruction_of(tx: Session, cause: Cause, head: OrderHead) -> str:
    """Put together what the merchant and the shop want the packer to know."""
    merchant = merchant_rules(tx, cause.site, head.merchant).pack_instruction
    parts = [part.strip() for part in (merchant, head.instruction) if part.strip()]
    text = " / ".join(parts)
    return text if len(text) <= INSTRUCTION_MAX else text[: INSTRUCTION_MAX - 1] + "…"


def stop_order(tx: Session, cause: Cause, head: OrderHead, totes: tuple[Tote, ...]) -> OrderStopped:
    """Stop a cancelled order: its goods stay where they are, and putting them back is raised once.

    Parcels of it that are closed already are opened again and their labels, if not printed yet,
    are not.
    """
    cartons = parcels.standing_parcels(tx, cause.site, head.merchant, head.number)
    codes = tuple(tote.code for tote in totes)
    raised = [place for place in (*codes, *cartons) if _raise_putback(tx, cause, head, place)]
    if cartons:
        _cancel_parcels(tx, cause, head, cartons)
    tx.execute(delete(Checked).where(Checked.site == cause.site, Checked.place.in_(codes)))
    if holder := parcels.holder_of(tx, cause.site, codes):
        tasks.close_task(tx, cause, holder.task, "cancelled")
    if raised or holder:
        cause.note(job="packing", merchant=head.merchant, stopped=head.number)
    stopped = bool(raised) or holder is not None
    return OrderStopped(head.order_no, codes, stopped, cartons)


def _raise_putback(tx: Session, cause: Cause, head: OrderHead, place: str) -> bool:
    pieces = tx.scalar(
        select(Stock.pieces)
        .where(Stock.site == cause.site, Stock.place == place, Stock.pieces > 0)
        .limit(1)
    )
    waiting = tx.scalar(
        select(Task.id)
        .where(
            Task.site == cause.site,
            Task.kind == PUTBACK,
            Task.place == place,
            Task.state.in_(("open", "claimed", "parked")),
        )
        .limit(1)
    )
    if pieces is None or waiting is not None:
        return False
    tasks.open_task(
        tx, cause, PUTBACK, place=place, merchant=head.merchant, reason="order_cancelled"
    )
    return True


def _cancel_parcels(tx: Session, cause: Cause, head: OrderHead, cartons: tuple[str, ...]) -> None:
    tx.execute(
        update(OrderLine)
        .where(
            OrderLine.site == cause.site,
            OrderLine.merchant == head.merchant,
            OrderLine.order == head.number,
        )
        .values(packed=0)
    )
    tx.execute(
        update(Parcel)
        .where(Parcel.site == cause.site, Parcel.carton.in_(cartons))
        .values(state="cancelled")
    )
    tx.execute(
        update(Place).where(Place.site == cause.site, Place.code.in_(cartons)).values(state="open")
    )
    tx.execute(
        update(PrintJob)
        .where(
            PrintJob.site == cause.site,
            PrintJob.subject.in_(cartons),
            PrintJob.state.in_(("waiting", "failed")),
        )
        .values(state="voided")
    )
