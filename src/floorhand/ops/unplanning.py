"""Take planned counts and refills back, and plan them again: only what nobody has begun goes.

All of a plan goes or none of it: what is in the way is named, so that a lead can free it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from floorhand.errors import Code, Refused
from floorhand.ops.colleagues import since
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.restoring import Changed
from floorhand.store.schema import CountSheet, RefillRow, Task

OPEN = ("open", "claimed")


def make_way(tx: Session, cause: Cause, rows: Iterable[Changed]) -> None:
    """See that nothing is in the way of what takes a plan back, or makes it again.

    Raises:
        Refused: `Code.PLAN_BEGUN`, `Code.PLAN_DONE` or `Code.COUNT_OPEN`.
    """
    tasks = [row for row in rows if row.table.name == "task"]
    _must_be_unbegun(tx, cause, [row.any["id"] for row in tasks if row.was is None])
    for row in tasks:
        if row.was is not None and row.now is None:
            _must_be_free(tx, cause, row)


def _must_be_unbegun(tx: Session, cause: Cause, planned: Sequence[str]) -> None:
    """See that nobody is at work that was planned, and none of it is done.

    Of a count that was begun and freed an empty sheet is left, which goes.
    """
    at = (Task.site == cause.site, Task.id.in_(planned))
    asked = (
        select(Task.place, Task.state, Task.worker, Task.claimed_at)
        .outerjoin(RefillRow, (RefillRow.site == Task.site) & (RefillRow.task == Task.id))
        .order_by(Task.claimed_at, Task.place)
    )
    if begun := tx.execute(asked.where(*at, Task.state == "claimed")).all():
        who = worker_facts(tx, cause.site, begun[0].worker)
        raise Refused(
            Code.PLAN_BEGUN,
            name=who.name if who else begun[0].worker,
            place=begun[0].place,
            since=since(tx, cause, begun[0].claimed_at),
            begun=len(begun),
        )
    if done := tx.execute(asked.where(*at, or_(Task.state != "open", RefillRow.taken > 0))).all():
        raise Refused(Code.PLAN_DONE, place=done[0].place, done=len(done))
    tx.execute(
        delete(CountSheet).where(
            CountSheet.site == cause.site,
            CountSheet.task.in_(planned),
            CountSheet.worker.is_(None),
            CountSheet.result == "",
        )
    )


def _must_be_free(tx: Session, cause: Cause, row: Changed) -> None:
    """See that nobody has planned the same work meanwhile: that of a bin, or of a product."""
    kind, merchant, sku = (row.any[name] for name in ("kind", "merchant", "sku"))
    same = (Task.site == cause.site, Task.kind == kind, Task.state.in_(OPEN))
    goods = (Task.merchant == merchant, Task.sku == sku)
    where = goods if kind == "refill" else (Task.place == row.any["place"], *goods)
    if tx.scalar(select(Task.id).where(*same, *where).limit(1)) is not None:
        raise Refused(Code.COUNT_OPEN, place=row.any["place"])
