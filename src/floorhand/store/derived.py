"""Exceptions that nobody raised: found by looking at what is open, whenever somebody asks.

Writing them down would take a program that looks all the time; asked this way they are never late,
and gone as soon as their cause is. Each question is of what is open, by an index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from floorhand.domain import troubles
from floorhand.domain.cut_offs import BLOCKED, WORKABLE
from floorhand.domain.inspection import RED_H
from floorhand.domain.rules import SiteRules
from floorhand.store.asking import ask
from floorhand.store.masters import site_rules
from floorhand.store.no_word import MAYBE_DOUBT, STATE, moments
from floorhand.store.orders import split_name
from floorhand.store.schema import (
    Order,
    Parked,
    Place,
    PrintJob,
    Return,
    ReturnLine,
    Seat,
    Slot,
    Stock,
    Task,
    Worker,
)
from floorhand.store.tasks import LIVE

ORDERS_AT_ONCE: Final = 400
"""Orders that are asked for in one question."""

WAITS_AT: Final = ("bench", "dock")
"""Where totes of open orders wait for whoever works with them next."""

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
    Return.custody == "received",
    Return.deadline <= bindparam("soon"),
)
_LAST_SCAN = (
    select(func.max(Seat.at))
    .where(Seat.site == Task.site, Seat.worker == Task.worker)
    .correlate(Task)
    .scalar_subquery()
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
    )
    .join(Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
    .where(
        Task.site == bindparam("site"),
        Task.kind.in_(TASK_KINDS),
        Task.state == "claimed",
        Task.claimed_at <= bindparam("until"),
    )
)
_PARKED = (
    select(Parked.worker, Parked.flow, Parked.seat, Parked.at, Worker.name)
    .join(Worker, and_(Worker.site == Parked.site, Worker.code == Parked.worker))
    .where(Parked.site == bindparam("site"), Parked.at <= bindparam("until"))
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
    PrintJob.state.in_((*MAYBE_DOUBT, "failed")),
    STATE.in_(("doubt", "failed")),
)
_STAND = aliased(Place)
_CARRIED = (
    select(Slot.tote)
    .join(Task, and_(Task.site == Slot.site, Task.id == Slot.task))
    .where(
        Task.site == bindparam("site"),
        Task.kind == "pick",
        Task.state.in_(LIVE),
        Slot.tote.is_not(None),
    )
)
_HAS_TASK = exists().where(Task.site == Place.site, Task.place == Place.code, Task.state.in_(LIVE))


def _of_goods(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Ask for something about the goods in a tote."""
    here = (Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0)
    return select(column).where(*here).correlate(Place).scalar_subquery()


_TOTES = (
    select(
        Place.code,
        Place.order_no,
        Place.parent,
        _STAND.kind.label("stands_at"),
        _of_goods(func.min(Stock.merchant)).label("merchant"),
        _of_goods(func.sum(Stock.pieces)).label("pieces"),
        _of_goods(func.max(Stock.arrived_at)).label("at"),
    )
    .outerjoin(_STAND, and_(_STAND.site == Place.site, _STAND.code == Place.parent))
    .where(
        Place.site == bindparam("site"),
        Place.kind == "tote",
        or_(
            _STAND.kind.is_(None),
            _STAND.kind.not_in(WAITS_AT),
            Place.order_no.is_not(None),
        ),
        ~_HAS_TASK,
    )
    .order_by(Place.code)
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
        *_returns_due(tx, site, now),
        *_stuck(tx, site, now, rules),
        *_parked(tx, site, now, rules),
        *_labels(tx, site, now),
        *_stray_totes(tx, site, now, rules),
    )


def _returns_due(tx: Session, site: str, now: datetime) -> Iterator[Derived]:
    """Find returns that are here, not judged, and at their deadline: then the money is paid."""
    soon = timedelta(hours=RED_H)
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
    """Find claimed work whose worker has made no scan for long."""
    until = now - timedelta(minutes=rules.stuck_minutes)
    for row in ask(tx, _CLAIMED, site=site, until=until):
        since = max(row.claimed_at, row.scanned_at or row.claimed_at)
        if since <= until:
            yield Derived(
                f"{troubles.STUCK_TASK}:{row.id}@{since:%Y%m%dT%H%M%S}",
                troubles.STUCK_TASK,
                row.place or row.id,
                since,
                row.merchant,
                row.pieces,
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


def _stray_totes(tx: Session, site: str, now: datetime, rules: SiteRules) -> Iterator[Derived]:
    """Find totes with goods that stand nowhere, or whose order is closed, and nobody works with."""
    until = now - timedelta(minutes=rules.stuck_minutes)
    carried = set(ask(tx, _CARRIED, site=site).scalars())
    found = [
        row
        for row in ask(tx, _TOTES, site=site)
        if row.pieces and row.at <= until and row.code not in carried
    ]
    waiting = [row.order_no for row in found if row.stands_at in WAITS_AT]
    alive = _open_orders(tx, site, waiting)
    for row in found:
        if row.stands_at in WAITS_AT and row.order_no in alive:
            continue
        yield Derived(
            f"{troubles.STRAY_TOTE}:{row.code}@{row.at:%Y%m%dT%H%M%S}",
            troubles.STRAY_TOTE,
            row.code,
            row.at,
            row.merchant,
            int(row.pieces),
            facts={"order": row.order_no or "", "place": row.parent or ""},
        )


def _open_orders(tx: Session, site: str, names: Sequence[str]) -> frozenset[str]:
    """Say which of these orders are open, each as ``merchant/number``."""
    found: set[str] = set()
    for first in range(0, len(names), ORDERS_AT_ONCE):
        pairs = [split_name(name) for name in names[first : first + ORDERS_AT_ONCE]]
        asked = select(Order.merchant, Order.number).where(
            Order.site == site,
            tuple_(Order.merchant, Order.number).in_(pairs),
            Order.state.in_((*WORKABLE, *BLOCKED)),
        )
        found |= {f"{row.merchant}/{row.number}" for row in tx.execute(asked)}
    return frozenset(found)
