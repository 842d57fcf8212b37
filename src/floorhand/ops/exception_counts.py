"""Have a bin counted by another person than who caused an exception about it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.exceptions import Decide
from floorhand.domain.troubles import COUNT_DIFFERENCE
from floorhand.flows.turn import Facts
from floorhand.ops.count_ending import open_recount
from floorhand.ops.count_work import is_asked, known_count
from floorhand.store import count_sheets, counts, tasks
from floorhand.store.counts import CountRow
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause
from floorhand.store.schema import Place


def countable(tx: Session, site: str, one: Standing) -> bool:
    """Say whether an exception is about a bin."""
    return bool(_bin_of(tx, site, one))


def recount(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Ask for a count that whoever caused the exception may not do.

    A difference is counted once more by somebody who has not counted it. Where a count of the
    product is open already, that one is barred for all who caused it.
    """
    place = _bin_of(tx, cause.site, one)
    if one.kind == COUNT_DIFFERENCE:
        open_recount(tx, cause, known_count(tx, cause.site, str(one.facts["task"])))
        return {"place": place}
    finders = tuple(filter(None, one.raised_by.split("\n")))
    sku = str(one.facts.get("sku", ""))
    for row in counts.open_counts(tx, cause.site, place):
        if not is_asked(row, one.merchant, sku):
            continue
        if row.worker and row.worker in finders:
            tasks.close_task(tx, cause, row.count.task, "cancelled")
            continue
        _bar(tx, cause, row, finders)
        return {"place": place}
    merchant = one.merchant if sku else ""
    task = tasks.open_task(
        tx, cause, "count", place=place, merchant=merchant, sku=sku, reason=one.kind
    )
    _bar(tx, cause, known_count(tx, cause.site, task), finders)
    return {"place": place}


def _bar(tx: Session, cause: Cause, row: CountRow, finders: tuple[str, ...]) -> None:
    """See that some workers do not get a count, nor those who were kept from it before."""
    count = row.count
    if not row.first:
        of = {"place": count.place, "merchant": count.merchant, "sku": count.sku}
        count_sheets.add_sheet(tx, cause.site, task=count.task, first=count.task, **of)
    for finder in finders:
        count_sheets.bar(tx, cause.site, count.task, finder)


def _bin_of(tx: Session, site: str, one: Standing) -> str:
    """Name the bin that an exception is about; empty if it is about none."""
    for code in (one.subject, str(one.facts.get("place", ""))):
        known = select(Place.kind).where(Place.site == site, Place.code == code)
        if code and tx.scalar(known) == "bin":
            return code
    return ""
