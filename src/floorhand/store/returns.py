"""What return inspection asks: parcels and their returns, candidate orders, what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from floorhand.domain.days import day
from floorhand.domain.inspection import time_left
from floorhand.domain.returns import (
    CUSTOMER_RETURN,
    UNKNOWN_PARCEL,
    Option,
    Parcel,
)
from floorhand.domain.rules import MerchantRules
from floorhand.store import origins
from floorhand.store.asking import ask, is_known
from floorhand.store.masters import site_rules, site_zone
from floorhand.store.origins import OPEN_CUSTODIES
from floorhand.store.prepared import made_once
from floorhand.store.schema import (
    Return,
    ReturnLine,
    Sku,
    Worker,
)

SHARED_MAX = 20
"""Returns in one parcel that are offered at a time; the next ones follow when these are closed."""

WAITING_MAX = 30
"""Waiting returns that are listed; the others are opened by scanning them."""

LINES_SHOWN_MAX = 30
"""SKUs of a return in a list to choose from."""

_HEAD = select(
    Return.number,
    func.coalesce(Return.merchant, ""),
    Return.order,
    Return.customer,
    Return.kind,
    Return.platform,
    Return.platform_id,
    Return.combined_id,
    Return.tracking,
    Return.custody,
    Return.money,
    Return.reason,
    Return.asked_at,
    Return.deadline,
    Return.place,
    Return.plate,
    func.coalesce(Return.worker, ""),
    Return.claimed_at,
    Return.received_at,
).where(Return.site == bindparam("site"), Return.number == bindparam("number"))
_OF_RETURN = (ReturnLine.site == bindparam("site"), ReturnLine.number == bindparam("number"))
_LINES = (
    select(
        ReturnLine.line_no,
        ReturnLine.advised,
        ReturnLine.received,
        ReturnLine.restocked + ReturnLine.scrapped + ReturnLine.held,
        ReturnLine.reason,
    )
    .where(
        *_OF_RETURN,
        ReturnLine.merchant == bindparam("merchant"),
        ReturnLine.sku == bindparam("sku"),
    )
    .order_by(ReturnLine.line_no)
)
MET = case(
    (ReturnLine.received < ReturnLine.advised, ReturnLine.received), else_=ReturnLine.advised
)
"""Announced pieces of a line that were found."""
_SUMS = select(
    func.coalesce(func.sum(ReturnLine.advised), 0),
    func.coalesce(func.sum(MET), 0),
    func.coalesce(func.sum(ReturnLine.received), 0),
).where(*_OF_RETURN)
_LEFT = (
    select(ReturnLine.sku, Sku.name, ReturnLine.advised - ReturnLine.received, ReturnLine.reason)
    .join(
        Sku,
        and_(
            Sku.site == ReturnLine.site,
            Sku.merchant == ReturnLine.merchant,
            Sku.code == ReturnLine.sku,
        ),
    )
    .where(*_OF_RETURN, ReturnLine.advised > ReturnLine.received)
    .order_by(ReturnLine.line_no)
)
_NEXT_LEFT = _LEFT.limit(1)


@dataclass(frozen=True, slots=True)
class ReturnHead:
    """A return as its inspection needs it."""

    number: str
    merchant: str
    order: str
    customer: str
    kind: str
    platform: str
    platform_id: str
    combined_id: str
    tracking: str
    custody: str
    money: str
    reason: str
    asked_at: datetime | None
    deadline: datetime | None
    place: str
    plate: str
    worker: str
    """Who has it; empty if nobody has."""
    claimed_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineCounts:
    """One line of a return with its counts in pieces."""

    line_no: int
    advised: int
    received: int
    disposed: int
    reason: str


def head(tx: Session, site: str, number: str) -> ReturnHead | None:
    """Read a return."""
    row = ask(tx, _HEAD, site=site, number=number).one_or_none()
    return ReturnHead(*row) if row else None


def in_same_parcel(tx: Session, site: str, of: ReturnHead) -> tuple[Option, ...]:
    """List the returns of a parcel that are still to be inspected, this one first."""
    if not of.tracking and not of.combined_id:
        return (_option(of.number, of.merchant, of.order),)
    shared = _shared(bool(of.tracking), bool(of.combined_id))
    named = {"number": of.number, "tracking": of.tracking, "combined": of.combined_id}
    return tuple(_option(*row) for row in ask(tx, shared, site=site, **named))


@made_once((True, True), (True, False), (False, True))
def _shared(tracking: bool, combined: bool) -> Select[*tuple[Any, ...]]:
    """Ask for open returns with the same number, or the same of what is known besides."""
    same = [Return.number == bindparam("number")]
    if tracking:
        same.append((Return.tracking == bindparam("tracking")) & is_known(Return.tracking))
    if combined:
        same.append((Return.combined_id == bindparam("combined")) & is_known(Return.combined_id))
    return (
        select(Return.number, func.coalesce(Return.merchant, ""), Return.order)
        .where(Return.site == bindparam("site"), or_(*same), Return.custody.in_(OPEN_CUSTODIES))
        .order_by(Return.number != bindparam("number"), Return.number)
        .limit(SHARED_MAX)
    )


def waiting(tx: Session, site: str, worker: str, now: datetime) -> tuple[Option, ...]:
    """List the returns to inspect: by deadline, parcels that are here already before others.

    A row shows the merchant, or where an unknown parcel stands; the time left, or the day if it
    is not soon; and who else has the return.
    """
    red_h, zone = site_rules(tx, site).return_due_hours, site_zone(tx, site)
    rows = tx.execute(
        select(
            Return.number,
            func.coalesce(Return.merchant, Return.place).label("whose"),
            Return.deadline,
            func.coalesce(Worker.name, "").label("holder"),
        )
        .outerjoin(
            Worker,
            and_(Worker.site == Return.site, Worker.code == Return.worker, Worker.code != worker),
        )
        .where(Return.site == site, Return.custody.in_(OPEN_CUSTODIES))
        .order_by(
            Return.deadline.is_(None),
            Return.deadline,
            Return.custody != "received",
            Return.number,
        )
        .limit(WAITING_MAX)
    )
    return tuple(
        _option(row.number, row.whose, _due(row.deadline, now, red_h, zone), row.holder)
        for row in rows
    )


def _due(deadline: datetime | None, now: datetime, red_h: int, zone: ZoneInfo) -> str:
    left = time_left(deadline, now, red_h)
    return left or (day(deadline.astimezone(zone).date().isoformat()) if deadline else "")


def of_order(tx: Session, site: str, merchant: str, order: str) -> tuple[Option, ...]:
    """List the open returns of an order."""
    rows = tx.execute(
        select(Return.number, Return.merchant, Return.order)
        .where(
            Return.site == site,
            Return.merchant == merchant,
            Return.order == order,
            Return.custody.in_(OPEN_CUSTODIES),
        )
        .order_by(Return.number)
        .limit(SHARED_MAX)
    )
    return tuple(_option(*row) for row in rows)


def _option(number: str, merchant: str | None, *more: str) -> Option:
    return Option(number, " · ".join(part for part in (number, merchant or "", *more) if part))


def lines_of(
    tx: Session, site: str, number: str, merchant: str, sku: str
) -> tuple[LineCounts, ...]:
    """Read the lines of one SKU of a return."""
    rows = ask(tx, _LINES, site=site, number=number, merchant=merchant, sku=sku)
    return tuple(LineCounts(*row) for row in rows)


def advised_pieces(tx: Session, site: str, number: str) -> int:
    """Count the pieces that were announced for a return."""
    return int(ask(tx, _SUMS, site=site, number=number).one()[0])


def left_lines(tx: Session, site: str, number: str) -> tuple[tuple[str, str, int], ...]:
    """List what was announced and not found, as (SKU, name, pieces)."""
    rows = ask(tx, _LEFT, site=site, number=number)
    return tuple((sku, name, pieces) for sku, name, pieces, _ in rows)


def parcel_of(
    tx: Session, site: str, of: ReturnHead, rules: MerchantRules, now: datetime | None = None
) -> Parcel:
    """Put together what the next question about a return needs.

    With ``now`` given, the likeliest order is looked for where the return names none, and how long
    the platform still waits.
    """
    advised, found, pieces = ask(tx, _SUMS, site=site, number=of.number).one()
    left = ("", "", 0, "")
    if found < advised:
        left = ask(tx, _NEXT_LEFT, site=site, number=of.number).one()
    maybe, maybes, due = "", 0, ""
    if now is not None and of.deadline is not None:
        due = time_left(of.deadline, now, site_rules(tx, site).return_due_hours)
    if now is not None and of.merchant and not of.order and left[0]:
        likely = origins.candidates(
            tx,
            site,
            of.merchant,
            left[0],
            now=now,
            customer=of.customer,
            asked_at=of.asked_at,
            pieces=left[2],
        )
        maybe, maybes = (likely[0].order if likely else ""), len(likely)
    return Parcel(
        number=of.number,
        merchant=of.merchant,
        order=of.order,
        kind=CUSTOMER_RETURN if of.kind == UNKNOWN_PARCEL else of.kind,
        advised=int(advised),
        found=int(found),
        pieces=int(pieces),
        next_sku=left[0],
        next_name=left[1],
        next_left=left[2],
        reason=left[3] or of.reason,
        maybe=maybe,
        maybes=maybes,
        expiry_order=rules.expiry_order,
        due=due,
    )
