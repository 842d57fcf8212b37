"""What a piece of work is about, so that the history of each thing tells who had it, and when."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.tracing import BETWEEN, NAMED, thing, things_of_goods
from floorhand.store import parcels, picks
from floorhand.store.ledger import Cause
from floorhand.store.parcels import PACK
from floorhand.store.schema import Place, Slot, Task

NUMBERED = {"returns": "return", "receiving": "delivery"}
"""Jobs whose work is no task, but a thing that has a number."""


def things_of_work(tx: Session, site: str, job: str, task: str) -> frozenset[str]:
    """Name all things that work is about.

    Of a walk these are its cart, the orders that it has not done with, and their totes; of an order
    at a bench its totes; of other work its place, and the goods if it is about certain ones.

    Args:
        tx: An open transaction.
        site: The building.
        job: Of the work.
        task: Its id; the number of a return or delivery.
    """
    if job in NUMBERED:
        return frozenset({thing(NUMBERED[job], task)})
    row = tx.scalars(select(Task).where(Task.site == site, Task.id == task)).one_or_none()
    if row is None:
        return frozenset()
    found = {thing("place", row.place)} if row.place else set()
    if row.kind == "pick":
        found |= _on_walk(tx, site, task)
    elif row.kind == PACK:
        found |= _at_bench(tx, site, row.place)
    elif row.sku:
        found |= set(things_of_goods(row.merchant, row.sku, row.lot, ""))
    return frozenset(found)


def _on_walk(tx: Session, site: str, task: str) -> set[str]:
    of_walk = (Slot.site == site, Slot.task == task, Slot.settled.is_(False))
    slots = tx.execute(select(Slot.merchant, Slot.order, Slot.tote).where(*of_walk)).all()
    found = {thing("order", slot.merchant, slot.order) for slot in slots}
    found |= {thing("place", slot.tote) for slot in slots if slot.tote}
    walk = picks.walk_by_id(tx, site, task)
    for carried in picks.carried_totes(tx, site, walk) if walk else ():
        found |= {thing("place", carried.tote)}
        found |= {thing("order", carried.order_no)} if carried.order_no else set()
    return found


def _at_bench(tx: Session, site: str, tote: str) -> set[str]:
    order = tx.scalar(select(Place.order_no).where(Place.site == site, Place.code == tote))
    if not order:
        return set()
    totes = parcels.totes_of(tx, site, order)
    return {thing("order", order), *(thing("place", one.code) for one in totes)}


def note_things(cause: Cause, things: Iterable[str]) -> None:
    """Let an operation be about things, and whatever takes it back, too."""
    if things:
        cause.note(**{NAMED: BETWEEN.join(sorted(things))})
