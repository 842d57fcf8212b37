"""What all commands of return inspection need: the return, its bench, its findings."""

from __future__ import annotations

from typing import cast

from sqlalchemy import TableClause, bindparam, or_, update
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import body_of, own_code
from floorhand.domain.returns import OTHER_MERCHANT, RECALL, Finding, Parcel
from floorhand.errors import Code, Gone
from floorhand.ops.colleagues import since
from floorhand.store import holds, origins, returns
from floorhand.store.asking import ask
from floorhand.store.inspections import FindingRow
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules, station_place, worker_facts
from floorhand.store.parcels import Holder
from floorhand.store.places import kind_of, new_place, next_number
from floorhand.store.returns import LineCounts, ReturnHead
from floorhand.store.schema import Return
from floorhand.store.shelves import site_date

JOB = "returns"

BENCH = "RETURNS"
"""Bench of terminals that stand at no station of their own."""

RETURNS_ZONE = "returns"
"""Zone of the benches where returns stand; totes of orders are not brought there."""

NUMBERS = "return"
"""Sequence behind our numbers and plates."""

_RETURN = cast(TableClause, Return.__table__)
_CLAIM = (
    update(_RETURN)
    .where(
        _RETURN.c.site == bindparam("at_site"),
        _RETURN.c.number == bindparam("at_number"),
        or_(_RETURN.c.worker.is_(None), _RETURN.c.worker == bindparam("holder")),
    )
    .values(worker=bindparam("by"), claimed_at=bindparam("claimed_at"))
)


def the_return(tx: Session, cause: Cause, number: str) -> ReturnHead:
    """Read a return that exists."""
    head = returns.head(tx, cause.site, number)
    assert head is not None, number
    return head


def open_return(tx: Session, cause: Cause, number: str) -> ReturnHead:
    """Read a return that the worker is inspecting.

    Raises:
        Gone: `Code.RETURN_CLOSED`, or `Code.RETURN_TAKEN_OVER` if another worker has it now.
    """
    head = the_return(tx, cause, number)
    if head.custody == "disposed":
        raise Gone(Code.RETURN_CLOSED, number=number)
    if head.worker != cause.worker and not claim(tx, cause, number):
        holder = holder_of(tx, cause, number)
        raise Gone(
            Code.RETURN_TAKEN_OVER,
            number=number,
            name=holder.name,
            since=since(tx, cause, holder.since),
        )
    return head


def claim(tx: Session, cause: Cause, number: str, take_from: str = "") -> bool:
    """Take a return for the worker; False if another one than ``take_from`` has it.

    A claim has no end but the return's: nobody loses work because a terminal went dark.
    """
    at = {"at_site": cause.site, "at_number": number, "claimed_at": cause.at}
    ask(tx, _CLAIM, **at, by=cause.worker, holder=take_from)
    return the_return(tx, cause, number).worker == cause.worker


def holder_of(tx: Session, cause: Cause, number: str) -> Holder:
    """Say who has a return that somebody has."""
    head = the_return(tx, cause, number)
    facts = worker_facts(tx, cause.site, head.worker)
    return Holder(number, head.worker, facts.name if facts else head.worker, head.claimed_at)


def parcel(tx: Session, cause: Cause, number: str, *, opening: bool = False) -> Parcel:
    """Give what the next question needs; ``opening`` also looks for order and time left."""
    head = the_return(tx, cause, number)
    rules = merchant_rules(tx, cause.site, head.merchant)
    return returns.parcel_of(tx, cause.site, head, rules, cause.at if opening else None)


def bench(tx: Session, cause: Cause) -> str:
    """Name the place where pieces stand while they are inspected at this terminal."""
    here = station_place(tx, cause.site, cause.station) if cause.station else ""
    return here or standing_place(tx, cause, BENCH)


def standing_place(tx: Session, cause: Cause, code: str) -> str:
    """Make sure that a bench of this name exists."""
    if not kind_of(tx, cause.site, code):
        new_place(tx, cause.site, code=code, kind="bench", zone=RETURNS_ZONE)
    return code


def new_number(tx: Session, cause: Cause) -> tuple[str, str]:
    """Draw a number of our own and the code for its plate."""
    drawn = next_number(tx, cause.site, NUMBERS)
    return f"R-{drawn:06d}", own_code("return", body_of(drawn))


def finding_of(
    tx: Session,
    cause: Cause,
    head: ReturnHead,
    row: FindingRow,
    lines: tuple[LineCounts, ...] | None = None,
) -> Finding:
    """Show a finding with all that its judgement needs."""
    rules = merchant_rules(tx, cause.site, row.merchant)
    if lines is None:
        lines = returns.lines_of(tx, cause.site, row.number, row.merchant, row.sku)
    received = sum(line.received for line in lines)
    advised = sum(line.advised for line in lines)
    return Finding(
        id=row.id,
        merchant=row.merchant,
        sku=row.sku,
        name=row.name,
        pieces=row.pieces,
        left=max(0, advised - received + row.pieces),
        lot=row.lot,
        expiry=row.expiry,
        serial=row.serial,
        serial_tracked=row.serial_tracked,
        outcome=row.outcome,
        over=_over(tx, cause, head, row, received),
        dispositions=rules.dispositions,
        restockable=restockable(tx, cause, head, row),
        said=said_of(head, lines),
    )


def said_of(head: ReturnHead, lines: tuple[LineCounts, ...]) -> str:
    """Tell what the buyer or the platform gave as reason for the SKU of these lines."""
    return next((line.reason for line in lines if line.reason), head.reason)


def restockable(tx: Session, cause: Cause, head: ReturnHead, row: FindingRow) -> bool:
    """Tell whether pieces may be sold again, whatever their grade.

    Not if their expiry is unknown or past, nor if nobody can say which serial it is, nor what came
    back because it was recalled, or is held here; pieces of an unknown lot may be of a held one.
    """
    if head.kind == RECALL:
        return False
    held = holds.on_sku(tx, cause.site, row.merchant, row.sku)
    if any(one.is_on(row.goods) or not row.lot for one in held):
        return False
    if row.expiry_tracked and (not row.expiry or expired(tx, cause, row)):
        return False
    return not (row.serial_tracked and not row.serial)


def expired(tx: Session, cause: Cause, row: FindingRow) -> bool:
    """Tell whether the pieces' expiry is past, by the building's calendar."""
    return bool(row.expiry) and row.expiry < site_date(tx, cause.site, cause.at).isoformat()


def _over(tx: Session, cause: Cause, head: ReturnHead, row: FindingRow, received: int) -> int:
    """Count the pieces beyond what the buyer bought, as far as anybody knows what that was."""
    if row.outcome == OTHER_MERCHANT:
        return 0
    owned = bought(tx, cause, head, row.sku)
    return max(0, received - owned) if owned else 0


def bought(tx: Session, cause: Cause, head: ReturnHead, sku: str) -> int | None:
    """Count the pieces of a SKU that the buyer got.

    Those of the order, or of all orders of the customer that the return may come from. None if
    neither is known: many shops do not say.
    """
    if head.order:
        return origins.packed_in(tx, cause.site, head.merchant, head.order, sku)
    if not head.customer:
        return None
    orders = origins.candidates(
        tx,
        cause.site,
        head.merchant,
        sku,
        now=cause.at,
        customer=head.customer,
        asked_at=head.asked_at,
    )
    return sum(order.pieces for order in orders if order.customer == head.customer)
