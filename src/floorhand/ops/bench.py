"""An order at a bench: whose it is, whether it still may be packed, and what happens if not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from floorhand.domain.cartons import Proposal, propose_among, propose_box
from floorhand.domain.packing import INSTRUCTION_MAX, Bench, OrderGone, OrderStopped
from floorhand.ops.colleagues import since
from floorhand.ops.extras import inserts_for
from floorhand.store import boxes, parcels, places
from floorhand.store.cancelling import holding, undo_order
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules, station_place
from floorhand.store.parcels import OrderHead, Tote


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
    proposal = proposal_for(tx, cause, head)
    parcel = len(parcels.standing_parcels(tx, cause.site, head.merchant, head.number)) + 1
    rules = merchant_rules(tx, cause.site, head.merchant)
    inserts = inserts_for(tx, cause, head, rules, parcel)
    box, why = proposal.box, proposal.why
    return Bench(head.order_no, totes, parcel, box, why, rules.typed_quantity, inserts)


def proposal_for(tx: Session, cause: Cause, head: OrderHead) -> Proposal:
    """Propose a box for what is in an order's totes, one that its merchant allows if one fits."""
    goods = boxes.goods_to_box(tx, cause.site, head.order_no)
    every = [box for box, _ in boxes.box_types(tx, cause.site)]
    allowed = merchant_rules(tx, cause.site, head.merchant).boxes
    if not allowed:
        return propose_box(every, goods)
    own = [box for box, _ in boxes.box_types(tx, cause.site, allowed)]
    return propose_among(own, every, goods)


def instruction_of(tx: Session, cause: Cause, head: OrderHead) -> str:
    """Put together what the merchant and the shop want the packer to know."""
    merchant = merchant_rules(tx, cause.site, head.merchant).pack_instruction
    parts = [part.strip() for part in (merchant, head.instruction) if part.strip()]
    text = " / ".join(parts)
    return text if len(text) <= INSTRUCTION_MAX else text[: INSTRUCTION_MAX - 1] + "…"


def stop_order(tx: Session, cause: Cause, head: OrderHead, totes: tuple[Tote, ...]) -> OrderStopped:
    """Stop a cancelled order: its goods stay where they are, to be put back from there."""
    cause.touch("order", head.order_no)
    for tote in totes:
        cause.touch("place", tote.code)
    stopped = undo_order(tx, cause, head.merchant, head.number)
    if stopped:
        cause.note(job="packing", merchant=head.merchant, stopped=head.number)
    cartons = holding(tx, cause.site, head.order_no, "carton")
    return OrderStopped(head.order_no, tuple(tote.code for tote in totes), stopped, cartons)
