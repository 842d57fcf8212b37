"""Questions about a shift: who scanned when, who was signed in, what came, what is left to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from floorhand.domain.inspection import AMBER_H
from floorhand.domain.shifts import Beat, Period, Refusal
from floorhand.domain.troubles import DERIVED
from floorhand.store.asking import among, ask
from floorhand.store.derived import TASK_KINDS
from floorhand.store.prepared import UNNAMED
from floorhand.store.schema import (
    Delivery,
    Order,
    Parked,
    PrintJob,
    Return,
    Scan,
    SiteRow,
    Task,
    Trouble,
    Worker,
)
from floorhand.store.tasks import LIVE

OPEN_ORDERS = ("hold", "waiting", "released", "picking", "picked", "packing")


DUE_SOON = timedelta(hours=AMBER_H)
"""Returns due so soon are told apart: a platform approves by itself what nobody judges."""


def _counted(column: Any, site: Any, *which: Any) -> Select[Any]:
    """Make the question how many rows of a site there are, by a column."""
    return select(column, func.count()).where(site == bindparam("site"), *which).group_by(column)


_SCANS = (
    select(Scan.worker, Scan.job, Scan.at)
    .where(
        Scan.site == bindparam("site"),
        Scan.at >= bindparam("start"),
        Scan.at < bindparam("end"),
        Scan.worker.is_not(None),
    )
    .order_by(Scan.at)
    .execution_options(**{UNNAMED: True})
)


_REFUSED = select(Scan.seat, Scan.worker, Scan.job, Scan.at, Scan.scanned, Scan.fate).where(
    Scan.site == bindparam("site"),
    Scan.at >= bindparam("start"),
    Scan.at < bindparam("end"),
    Scan.fate != literal_column("'taken'"),  # spelt out, as the index on these says it
)


_TO_INSPECT = (
    Return.site == bindparam("site"),
    among(Return.custody, "advised", "in_transit", "received"),
)
_LEFT = {
    "tasks": _counted(
        Task.kind, Task.site, among(Task.kind, *TASK_KINDS), among(Task.state, *LIVE)
    ),
    "deliveries": _counted(
        Delivery.state, Delivery.site, Delivery.state != literal_column("'closed'")
    ),
    "returns": select(Return.custody, func.count()).where(*_TO_INSPECT).group_by(Return.custody),
    "labels": _counted(
        PrintJob.state, PrintJob.site, among(PrintJob.state, "waiting", "failed", "doubt")
    ),
    "troubles": _counted(
        Trouble.kind, Trouble.site, Trouble.closed_at.is_(None), Trouble.kind.not_in(DERIVED)
    ),
    "parked": _counted(Parked.flow, Parked.site),
}
_ORDERS_LEFT = (
    select(Order.state, func.count(), func.sum(case((Order.due_at < bindparam("now"), 1), else_=0)))
    .where(Order.site == bindparam("site"), among(Order.state, *OPEN_ORDERS))
    .group_by(Order.state)
)
_DUE = select(func.count()).where(*_TO_INSPECT)
_RETURNS_LATE = _DUE.where(Return.deadline < bindparam("now"))
_RETURNS_SOON = _DUE.where(Return.deadline >= bindparam("now"), Return.deadline < bindparam("soon"))


def time_zone(tx: Session, site: str) -> str:
    """Name the site's time zone."""
    return tx.scalar(select(SiteRow.time_zone).where(SiteRow.site == site)) or "UTC"


def worker_names(tx: Session, site: str) -> dict[str, str]:
    """Name everybody, by code."""
    rows = tx.execute(select(Worker.code, Worker.name).where(Worker.site == site))
    return {code: name for code, name in rows}


def scans(tx: Session, site: str, period: Period) -> Sequence[Beat]:
    """List every scan that somebody made in the period, in the order of time."""
    return ask(tx, _SCANS, site=site, start=period.start, end=period.end)


def refusals(tx: Session, site: str, period: Period) -> tuple[Refusal, ...]:
    """List the scans of the period that were refused."""
    rows = ask(tx, _REFUSED, site=site, start=period.start, end=period.end)
    return tuple(map(Refusal._make, rows))


def left_over(tx: Session, site: str, now: datetime) -> dict[str, dict[str, int]]:
    """Count what is left to do, by kind: tasks, orders, deliveries, returns, labels, troubles.

    What is done is never read: all of it is found by an index that begins with its state.
    """

    def grouped(what: str) -> dict[str, int]:
        return {str(name): int(count) for name, count in ask(tx, _LEFT[what], site=site)}

    orders = ask(tx, _ORDERS_LEFT, site=site, now=now)
    return {
        "tasks": grouped("tasks"),
        "orders": {state: count for state, count, _ in orders},
        "orders_late": {"late": sum(int(late) for _, _, late in orders)},
        "deliveries": grouped("deliveries"),
        "returns": grouped("returns"),
        "returns_due": {
            "late": ask(tx, _RETURNS_LATE, site=site, now=now).scalar(),
            "within_24_h": ask(tx, _RETURNS_SOON, site=site, now=now, soon=now + DUE_SOON).scalar(),
        },
        "labels": grouped("labels"),
        "troubles": grouped("troubles"),
        "parked": grouped("parked"),
    }
