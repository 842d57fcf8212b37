"""What a crew leaves undone, and why: a person has begun or parked it, or no bin takes it."""

from __future__ import annotations

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from floorhand.store.schema import Delivery, Parked, Seat, Task, Worker

LEFT_SHOWN_MAX = 50
"""Rows of each kind that a result holds."""

JOBS_OF = {"putaway": "putaway", "putback": "putaway", "pick": "picking", "pack": "packing"}
"""Which job does a kind of task. Counts are nobody's job yet."""


def left_over(tx: Session, site: str) -> list[dict[str, str]]:
    """List deliveries that are not closed and tasks that are not done, with who has them."""
    deliveries = tx.scalars(
        select(Delivery.number)
        .where(Delivery.site == site, Delivery.state != "closed")
        .order_by(Delivery.number)
        .limit(LEFT_SHOWN_MAX)
    )
    tasks = tx.execute(
        select(Task.kind, Task.place, Task.sku, Task.state, Task.worker, Worker.name)
        .outerjoin(Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
        .where(
            Task.site == site,
            Task.kind.in_(JOBS_OF),
            Task.state.in_(("open", "claimed", "parked")),
        )
        .order_by(Task.created_at, Task.id)
        .limit(LEFT_SHOWN_MAX)
    )
    found = [
        {"work": f"receiving {number}", "reason": _at_delivery(tx, site, number)}
        for number in deliveries
    ]
    for kind, place, sku, state, worker, name in tasks:
        reason = "no bin" if state == "parked" else ""
        if worker:
            parked = _has_parked(tx, site, worker, JOBS_OF[kind])
            reason = f"{'parked' if parked else 'begun'} by {name or worker}"
        found.append({"work": " ".join(filter(None, (kind, place, sku))), "reason": reason})
    return found


def _at_delivery(tx: Session, site: str, number: str) -> str:
    """Say who has a delivery on the screen, or parked."""
    for table, word in ((Seat, "open"), (Parked, "parked")):
        named = tx.scalar(
            select(Worker.name)
            .join(table, and_(table.site == Worker.site, table.worker == Worker.code))
            .where(
                Worker.site == site, table.flow == "receiving", table.state.contains(f'"{number}"')
            )
            .limit(1)
        )
        if named is not None:
            return f"{word} by {named}"
    return ""


def _has_parked(tx: Session, site: str, worker: str, flow: str) -> bool:
    return (
        tx.scalar(
            select(Parked.worker).where(
                Parked.site == site, Parked.worker == worker, Parked.flow == flow
            )
        )
        is not None
    )
