"""Exceptions that nobody raised: found by looking at what is open, whenever somebody asks.

Writing them down would take a program that looks all the time; asked this way they are never late,
and gone as soon as their cause is; `exceptions.end_gone` closes what was written of them. Each
question is of what is open, by an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import Session

from floorhand.domain import troubles
from floorhand.domain.rules import SiteRules
from floorhand.store import strays
from floorhand.store.asking import among, ask
from floorhand.store.masters import site_rules
from floorhand.store.no_word import MAYBE_DOUBT, STATE, moments
from floorhand.store.schema import (
    Parked,
    Pick,
    PrintJob,
    Return,
    ReturnLine,
    Seat,
    Slot,
    Task,
    Worker,
)

TASK_KINDS: Final = ("putaway", "pick", "pack", "count", "putback", "refill")

_ADVISED = (
    select(func.sum(ReturnLine.advised - ReturnLine.received))
    .where(
        ReturnLine.site == Return.site,
        ReturnLine.number == Return.number,
        ReturnLine.advised > ReturnLine.received,
    )
    .correlate(Return)
    .scalar_subquery()
)
_RETURNS_DUE = select(
    Return.number,
    Return.merchant,
    Return.place,
    Return.order,
    Return.reason,
    Return.received_at,
    Return.deadline,
    Return.worker,
    func.coalesce(_ADVISED, 0).label("pieces"),
).where(
    Return.site == bindparam("site"),
    among(Return.custody, "received"),
    Return.deadline <= bindparam("soon"),
)
_LAST_SCAN = (
    select(func.max(Seat.at))
    .where(Seat.site == Task.site, Seat.worker == Task.worker)
    .correlate(Task)
    .scalar_subquery()
)
_SLOTS = select(Slot.merchant).where(Slot.site == Task.site, Slot.task == Task.id)
_ONE_MERCHANT = case((func.min(Slot.merchant) == func.max(Slot.merchant), func.min(Slot.merchant)))
_STOPS = select(func.sum(Pick.pieces - Pick.picked)).where(
    Pick.site == Task.site, Pick.task == Task.id, among(Pick.state, "open")
)
_CLAIMED = (
    select(
        Task.id,
        Task.kind,
        Task.place,
        Task.merchant,
        Task.sku,
        Task.pieces,
        Task.claimed_at,
        Task.worker,
        Worker.name,
        _LAST_SCAN.label("scanned_at"),
        _SLOTS.with_only_columns(func.min(Slot.merchant.concat("/").concat(Slot.order)))
        .scalar_subquery()
        .label("first_order"),
        _SLOTS.with_only_columns(_ONE_MERCHANT).scalar_subquery().label("walk_merchant"),
        _STOPS.scalar_subquery().label("walk_pieces"),
    )
    .join(Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
    .where(
        Task.site == bindparam("site"),
        Task.kind.in_(TASK_KINDS),
        among(Task.state, "claimed"),
        Task.claimed_at <= bindparam("until"),
    )
)
_PARKED = (
    select(Parked.worker, Parked.flow, Parked.seat, Parked.at, Worker.name)
    .join(Worker, and_(Worker.site == Parked.site, Worker.code == Parked.worker))
    .where(
        Parked.site == bindparam("site"),
        Parked.at <= bindparam("until"),
        Parked.state.not_like('{"_":"TakenOver"%'),  # whose work it is no more
    )
)
_LABELS = select(
    PrintJob.id,
    PrintJob.subject,
    PrintJob.template,
    PrintJob.printer,
    PrintJob.station,
    PrintJob.error,
    PrintJob.created_at,
    STATE.label("state"),
).where(
    PrintJob.site == bindparam("site"),
    among(PrintJob.state, *MAYBE_DOUBT, "failed"),
    STATE.in_(("doubt", "failed")),
)


@dataclass(frozen=True, slots=True)
class Derived:
    """An exception that was found.

    ``id`` is the same as long as the cause is the same; ``holder`` is the worker who has what it is
    about, empty if nobody has.
    """

    id: str
    kind: str
    subject: str
    since: datetime
    merchant: str = ""
    pieces: int = 0
    due_at: datetime | None = None
    holder: str = ""
    facts: dict[str, str | int] = field(default_factory=dict)


def derived(tx: Session, site: str, now: datetime) -> tuple[Derived, ...]:
    """Find all exceptions that nobody raised."""
    rules = site_rules(tx, site)
    return (
        *_returns_due(tx, site, now, rules),
        *_stuck(tx, site, now, rules),
        *_parked(tx, site, now, rules),
        *_labels(tx, site, now),
        *_strays(tx, site, now, rules),
    )


def _returns_due(tx: Session, site: str, now: datetime, rules: SiteRules) -> Iterator[Derived]:
    """Find returns that are here, not judged, and at their deadline: then the money is paid."""
    soon = timedelta(hours=rules.return_due_hours)
    for row in ask(tx, _RETURNS_DUE, site=site, soon=now + soon):
        yield Derived(
            f"{troubles.RETURN_DUE}:{row.number}",
            troubles.RETURN_DUE,
            row.number,
            max(row.received_at or row.deadline - soon, row.deadline - soon),
            row.merchant or "",
            int(row.pieces),
            row.deadline,
            row.worker or "",
            {"place": row.place, "order": row.order, "reason": row.reason},
        )


def _stuck(tx: Session, site: str, now: datetime, rules: SiteRules) -> Iterator[Derived]:
    """Find claimed work whose worker has made no scan for long.

    A walk without a cart is known by its first order, and worth the pieces that it still has to
    take; it is of a merchant if all of its orders are.
    """
    until = now - timedelta(minutes=rules.stuck_minutes)
    for row in ask(tx, _CLAIMED, site=site, until=until):
        since = max(row.claimed_at, row.scanned_at or row.claimed_at)
        if since <= until:
            yield Derived(
                f"{troubles.STUCK_TASK}:{row.id}@{since:%Y%m%dT%H%M%S}",
                troubles.STUCK_TASK,
                row.place or row.first_order or row.id,
                since,
                row.merchant or row.walk_merchant or "",
                row.pieces or row.walk_pieces or 0,
                holder=row.worker,
                facts={"task": row.id, "job": row.kind, "worker": row.name, "sku": row.sku},
            )


def _parked(tx: Session, site: str, now: datetime, rules: SiteRules) -> Iterator[Derived]:
    """Find work that was left in the middle for longer than a shift."""
    for row in ask(tx, _PARKED, site=site, until=now - timedelta(hours=rules.parked_hours)):
        yield Derived(
            f"{troubles.PARKED_TASK}:{row.worker}:{row.flow}@{row.at:%Y%m%dT%H%M%S}",
            troubles.PARKED_TASK,
            row.worker,
            row.at,
            holder=row.worker,
            facts={"flow": row.flow, "worker": row.name, "seat": row.seat},
        )


def _labels(tx: Session, site: str, now: datetime) -> Iterator[Derived]:
    """Find labels that cannot be made, and those of which nobody knows whether they came out."""
    for row in ask(tx, _LABELS, site=site, **moments(now)):
        kind = troubles.LABEL_FAILED if row.state == "failed" else troubles.LABEL_DOUBT
        facts = {"template": row.template, "printer": row.printer, "station": row.station}
        facts |= {"error": row.error, "label": row.id}
        yield Derived(f"{kind}:{row.id}", kind, row.subject, row.created_at, facts=facts)


def _strays(tx: Session, site: str, now: datetime, rules: SiteRules) -> Iterator[Derived]:
    """Find totes, pallets and cartons that stand where nobody will come for them."""
    until = now - timedelta(minutes=rules.stuck_minutes)
    for one in strays.strays(tx, site, until, now - timedelta(hours=rules.staged_hours)):
        kind = troubles.STRAY_TOTE if one.kind == "tote" else troubles.STRAY_UNIT
        facts: dict[str, str | int] = {"order": one.order, "place": one.place}
        facts |= {"delivery": one.delivery, "reason": one.why, "worker": one.worker}
        id_ = f"{kind}:{one.code}@{one.since:%Y%m%dT%H%M%S}"
        yield Derived(id_, kind, one.code, one.since, one.merchant, one.pieces, facts=facts)
