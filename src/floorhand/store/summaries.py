"""The figures of a shift, read from operations, scans and papers alone.

Run again, they are the same. Only standing operations count: neither undone nor an undo.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from floorhand.domain.inspection import AMBER_H
from floorhand.domain.shifts import Beat, Period
from floorhand.domain.signing_in import JOBS
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Inspection,
    Operation,
    Order,
    OrderLine,
    Parked,
    PrintJob,
    Return,
    Scan,
    SiteRow,
    Task,
    Trouble,
    Worker,
)
from floorhand.store.standing import standing
from floorhand.store.tasks import LIVE

COUNTED = ("pieces", "lines", "orders", "short")
"""Figures of an operation that are added up."""

OPEN_ORDERS = ("hold", "waiting", "released", "picking", "picked", "packing")


DUE_SOON = timedelta(hours=AMBER_H)
"""Returns due so soon are told apart: a platform approves by itself what nobody judges."""


@dataclass
class Tally:
    """What one worker finished in one job."""

    counts: Counter[str] = field(default_factory=Counter)
    short_picks: int = 0
    scans: int = 0
    refusals: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """One delivery that was worked on, in pieces."""

    number: str
    merchant: str
    state: str
    expected: int
    received: int
    damaged: int
    over: int
    short: int
    refused: int


@dataclass(frozen=True, slots=True)
class OrdersFigures:
    """Orders that this house closed: that left, or of which nothing could be sent.

    ``pieces_…`` are those of the orders closed; ordered is shipped and short.
    """

    shipped: int
    shipped_before_cut_off: int
    shipped_after_cut_off: int
    closed_short: int
    due: int
    due_shipped_in_time: int
    pieces_ordered: int
    pieces_shipped: int
    pieces_short: int
    short_by_reason: dict[str, int]


def time_zone(tx: Session, site: str) -> str:
    """Name the site's time zone."""
    return tx.scalar(select(SiteRow.time_zone).where(SiteRow.site == site)) or "UTC"


def worker_names(tx: Session, site: str) -> dict[str, str]:
    """Name everybody, by code."""
    rows = tx.execute(select(Worker.code, Worker.name).where(Worker.site == site))
    return {code: name for code, name in rows}


def tallies(tx: Session, site: str, period: Period) -> dict[tuple[str, str], Tally]:
    """Add up what each worker finished in each job, by (worker, job)."""
    found: dict[tuple[str, str], Tally] = {}
    for worker, facts in tx.execute(_standing(site, period, Operation.worker, Operation.facts)):
        figures: Mapping[str, Any] = json.loads(facts)
        job = str(figures.get("job", ""))
        if job not in JOBS:
            continue
        tally = found.setdefault((worker, job), Tally())
        for name in COUNTED:
            tally.counts[name] += int(figures.get(name, 0))
        if job == "picking" and figures.get("short"):
            tally.short_picks += int(figures.get("short_lines", 1))
    rows = tx.execute(
        select(Scan.worker, Scan.job, Scan.fate, func.count())
        .where(
            Scan.site == site,
            Scan.at >= period.start,
            Scan.at < period.end,
            Scan.worker.is_not(None),
            Scan.job.in_(JOBS),
        )
        .group_by(Scan.worker, Scan.job, Scan.fate)
    )
    for worker, job, fate, count in rows:
        assert worker is not None
        tally = found.setdefault((worker, job), Tally())
        tally.scans += count
        if fate != "taken":
            tally.refusals[fate] += count
    return found


def beats(tx: Session, site: str, period: Period) -> list[Beat]:
    """List every scan that somebody made in the period."""
    rows = tx.execute(
        select(Scan.worker, Scan.job, Scan.at).where(
            Scan.site == site,
            Scan.at >= period.start,
            Scan.at < period.end,
            Scan.worker.is_not(None),
        )
    )
    return [Beat(worker or "", job, at) for worker, job, at in rows]


def stretches(
    tx: Session, site: str, period: Period
) -> list[tuple[str, datetime, datetime | None]]:
    """List when workers were signed in, as (worker, in, out or None), up to the period's end."""
    rows = tx.execute(
        select(Operation.kind, Operation.worker, Operation.seat, Operation.at, Operation.facts)
        .where(
            Operation.site == site,
            Operation.kind.in_(("SignIn", "SignOut")),
            Operation.at < period.end,
        )
        .order_by(Operation.at)
    )
    found: list[tuple[str, datetime, datetime | None]] = []
    sitting: dict[str, tuple[str, datetime]] = {}
    for kind, _, seat, at, facts in rows:
        worker = str(json.loads(facts).get("worker", ""))
        elsewhere = next((s for s, (who, _) in sitting.items() if who == worker), None)
        for left in {seat, elsewhere or seat}:
            if left in sitting:
                who, since = sitting.pop(left)
                found.append((who, since, at))
        if kind == "SignIn":
            sitting[seat] = (worker, at)
    found += [(who, since, None) for who, since in sitting.values()]
    return found


def deliveries(tx: Session, site: str, period: Period) -> list[DeliveryFigures]:
    """List the deliveries that were opened, worked on or closed in the period."""
    sums = [
        func.coalesce(func.sum(getattr(DeliveryLine, name)), 0)
        for name in ("expected", "received", "damaged", "over", "short", "refused")
    ]
    rows = tx.execute(
        select(Delivery.number, Delivery.merchant, Delivery.state, *sums)
        .outerjoin(
            DeliveryLine,
            (DeliveryLine.site == Delivery.site) & (DeliveryLine.delivery == Delivery.number),
        )
        .where(
            Delivery.site == site,
            Delivery.opened_at < period.end,
            (Delivery.closed_at.is_(None)) | (Delivery.closed_at >= period.start),
        )
        .group_by(Delivery.number, Delivery.merchant, Delivery.state)
        .order_by(Delivery.number)
    )
    return [DeliveryFigures(*row[:3], *(int(count) for count in row[3:])) for row in rows]


def returns(tx: Session, site: str, period: Period) -> dict[str, dict[str, int]]:
    """Count judged pieces by grade, reason, disposition and merchant."""
    found: dict[str, Counter[str]] = {
        name: Counter() for name in ("grade", "reason", "disposition", "merchant", "outcome")
    }
    inspected = select(
        Inspection.grade,
        Inspection.reason,
        Inspection.disposition,
        Inspection.merchant,
        Inspection.outcome,
        Inspection.pieces,
    ).where(
        Inspection.site == site,
        Inspection.at >= period.start,
        Inspection.at < period.end,
        Inspection.disposition != "",
    )
    for grade, reason, disposition, merchant, outcome, pieces in tx.execute(inspected):
        found["grade"][str(grade)] += pieces
        found["reason"][reason or "–"] += pieces
        found["disposition"][disposition] += pieces
        found["merchant"][merchant] += pieces
        found["outcome"][outcome] += pieces
    return {name: dict(sorted(counts.items())) for name, counts in found.items()}


def returns_closed(tx: Session, site: str, period: Period) -> int:
    """Count the returns whose inspection ended in the period."""
    question = select(func.count()).where(
        Return.site == site,
        Return.disposed_at >= period.start,
        Return.disposed_at < period.end,
    )
    return _count(tx, question)


def orders(tx: Session, site: str, period: Period) -> OrdersFigures:
    """Count orders shipped, in time and late, and what the orders closed in the period held."""
    inside = (Order.closed_at >= period.start) & (Order.closed_at < period.end)
    closed = select(func.count()).where(Order.site == site, inside)
    shipped = closed.where(Order.state == "shipped")
    early = shipped.where(Order.closed_at <= Order.due_at)
    due = select(func.count()).where(
        Order.site == site,
        Order.state != "cancelled",
        Order.due_at >= period.start,
        Order.due_at < period.end,
    )
    in_time = due.where(Order.state == "shipped", Order.shipped_at <= Order.due_at)
    lines = _of_order(
        select(
            func.coalesce(func.sum(OrderLine.ordered), 0),
            func.coalesce(func.sum(OrderLine.packed), 0),
            func.coalesce(func.sum(OrderLine.short), 0),
        )
    ).where(OrderLine.site == site, inside)
    ordered, packed, short = tx.execute(lines).one()
    reasons = _of_order(select(OrderLine.short_reason, func.sum(OrderLine.short))).where(
        OrderLine.site == site, inside, OrderLine.short > 0
    )
    by_reason = tx.execute(reasons.group_by(OrderLine.short_reason))
    total, before = _count(tx, shipped), _count(tx, early)
    return OrdersFigures(
        shipped=total,
        shipped_before_cut_off=before,
        shipped_after_cut_off=total - before,
        closed_short=_count(tx, closed) - total,
        due=_count(tx, due),
        due_shipped_in_time=_count(tx, in_time),
        pieces_ordered=int(ordered),
        pieces_shipped=int(packed),
        pieces_short=int(short),
        short_by_reason={reason or "–": int(pieces) for reason, pieces in by_reason},
    )


def left_over(tx: Session, site: str, now: datetime) -> dict[str, dict[str, int]]:
    """Count what is left to do, by kind: tasks, orders, deliveries, returns, labels, troubles."""

    def grouped(question: Any) -> dict[str, int]:
        return {str(name): int(count) for name, count in tx.execute(question)}

    tasks = select(Task.kind, func.count()).where(Task.site == site, Task.state.in_(LIVE))
    waiting = select(Order.state, func.count()).where(
        Order.site == site, Order.state.in_(OPEN_ORDERS)
    )
    late = select(func.count()).where(
        Order.site == site, Order.state.in_(OPEN_ORDERS), Order.due_at < now
    )
    goods_in = select(Delivery.state, func.count()).where(
        Delivery.site == site, Delivery.state != "closed"
    )
    to_inspect = (Return.site == site, Return.custody.not_in(("disposed", "not_returned")))
    back = select(Return.custody, func.count()).where(*to_inspect)
    due = select(func.count()).where(*to_inspect)
    labels = select(PrintJob.state, func.count()).where(
        PrintJob.site == site, PrintJob.state.in_(("waiting", "failed", "doubt"))
    )
    troubles = select(Trouble.kind, func.count()).where(
        Trouble.site == site, Trouble.closed_at.is_(None)
    )
    parked = select(Parked.flow, func.count()).where(Parked.site == site)
    return {
        "tasks": grouped(tasks.group_by(Task.kind)),
        "orders": grouped(waiting.group_by(Order.state)),
        "orders_late": {"late": _count(tx, late)},
        "deliveries": grouped(goods_in.group_by(Delivery.state)),
        "returns": grouped(back.group_by(Return.custody)),
        "returns_due": {
            "late": _count(tx, due.where(Return.deadline < now)),
            "within_24_h": _count(
                tx, due.where(Return.deadline >= now, Return.deadline < now + DUE_SOON)
            ),
        },
        "labels": grouped(labels.group_by(PrintJob.state)),
        "troubles": grouped(troubles.group_by(Trouble.kind)),
        "parked": grouped(parked.group_by(Parked.flow)),
    }


def _standing(site: str, period: Period, *columns: Any) -> Select[Any]:
    """Select operations of the period that were not undone and undo nothing."""
    return select(*columns).where(
        Operation.site == site,
        Operation.at >= period.start,
        Operation.at < period.end,
        standing(),
    )


def _of_order(question: Any) -> Any:
    return question.join_from(
        OrderLine,
        Order,
        (Order.site == OrderLine.site)
        & (Order.merchant == OrderLine.merchant)
        & (Order.number == OrderLine.order),
    )


def _count(tx: Session, question: Select[Any]) -> int:
    return int(tx.scalar(question) or 0)
