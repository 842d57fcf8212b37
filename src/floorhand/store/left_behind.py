"""What a shift leaves behind, by name: with who has it, and how old it is or when it is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, false, select
from sqlalchemy.orm import Session

from floorhand.domain.cut_offs import BLOCKED, WORKABLE
from floorhand.domain.handing_over import DUE_ORDERS_H, LEFT_KINDS
from floorhand.domain.inspection import AMBER_H
from floorhand.domain.printing import Stands
from floorhand.domain.troubles import RETURN_DUE, STRAYS
from floorhand.store import strays
from floorhand.store.board import printers_of
from floorhand.store.derived import TASK_KINDS
from floorhand.store.exceptions import open_exceptions
from floorhand.store.masters import site_rules
from floorhand.store.orders import order_holder
from floorhand.store.schema import (
    Order,
    Parked,
    Return,
    Task,
    Worker,
)
from floorhand.store.tasks import LIVE

KEPT_MAX: Final = 200
"""So many of a kind are listed by name; more are counted."""

_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_OPEN: Final = (*WORKABLE, *BLOCKED)


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that is left.

    ``at`` is since when it is there, or by when it is due; ``text`` is a key that says what it is.
    """

    kind: str
    what: str
    owner: str
    at: datetime | None
    text: str = ""
    pieces: int = 0


def left_behind(
    tx: Session, site: str, now: datetime, printers: Iterable[Stands] | None = None
) -> dict[str, tuple[Left, ...]]:
    """List what is left, by kind in the order of `LEFT_KINDS`; no kind of which nothing is.

    Args:
        tx: An open transaction.
        site: The building.
        now: The moment of all this.
        printers: How they stand, if that is known already.
    """
    found = {kind: tuple(make(tx, site, now)) for kind, make in _KINDS.items()}
    found["printers"] = tuple(
        _printers(printers_of(tx, site, now) if printers is None else printers)
    )
    return {kind: found[kind] for kind in LEFT_KINDS if found[kind]}


def as_plain(left: Mapping[str, tuple[Left, ...]]) -> dict[str, Any]:
    """Give it as plain values, fit for JSON: ``counts`` by kind, and ``rows``, so many of each."""
    return {
        "counts": {kind: len(rows) for kind, rows in left.items()},
        "rows": [
            {
                "kind": row.kind,
                "what": row.what,
                "owner": row.owner,
                "at": row.at.isoformat() if row.at else None,
                "text": row.text,
                "pieces": row.pieces,
            }
            for rows in left.values()
            for row in rows[:KEPT_MAX]
        ],
    }


def of_plain(left: Mapping[str, Any]) -> Iterator[Left]:
    """Give what was kept of it by name, as `as_plain` wrote it."""
    for row in left["rows"]:
        at = datetime.fromisoformat(row["at"]) if row["at"] else None
        yield Left(**{**row, "at": at})


def _late_orders(tx: Session, site: str, now: datetime) -> Iterable[Left]:
    return _orders(tx, site, "late_orders", Order.due_at < now)


def _due_orders(tx: Session, site: str, now: datetime) -> Iterable[Left]:
    soon = now + timedelta(hours=DUE_ORDERS_H)
    return _orders(tx, site, "due_orders", (Order.due_at >= now) & (Order.due_at < soon))


def _orders(tx: Session, site: str, kind: str, due: Any) -> Iterable[Left]:
    """List open orders, the next one due first."""
    found = [left for state in _OPEN for left in _orders_in(tx, site, kind, state, due)]
    return sorted(found, key=lambda one: (one.at or _BEGINNING, one.what))


def _orders_in(tx: Session, site: str, kind: str, state: str, due: Any) -> Iterator[Left]:
    """List those of one state: so an index finds them among all that were ever due."""
    is_due = case((Order.state == state, due), else_=false())
    asked = select(Order.merchant, Order.number, Order.due_at, order_holder()).where(
        Order.site == site, Order.state == state, is_due
    )
    for merchant, number, due_at, holder in tx.execute(asked):
        text = f"order_state.{state}"
        yield Left(kind, f"{merchant}/{number}", holder or "", due_at, text)


def _due_returns(tx: Session, site: str, now: datetime) -> Iterator[Left]:
    asked = (
        select(Return.number, Return.deadline, Worker.name)
        .outerjoin(Worker, (Worker.site == Return.site) & (Worker.code == Return.worker))
        .where(
            Return.site == site,
            Return.custody == "received",
            Return.deadline < now + timedelta(hours=AMBER_H),
        )
        .order_by(Return.deadline, Return.number)
    )
    for number, deadline, name in tx.execute(asked):
        yield Left("due_returns", number, name or "", deadline)


def _troubles(tx: Session, site: str, now: datetime) -> Iterator[Left]:
    """List exceptions, the most urgent first; those that have a list of their own are there."""
    for one in open_exceptions(tx, site, now):
        if one.kind != RETURN_DUE and one.kind not in STRAYS:
            text = f"trouble.{one.kind}"
            yield Left("troubles", one.subject, one.owner_name, one.since, text, one.pieces)


def _printers(printers: Iterable[Stands]) -> Iterator[Left]:
    for one in printers:
        if one.down or one.failed or one.doubt:
            yield Left("printers", one.code, "", None, "", one.waiting + one.failed + one.doubt)


def _parked(tx: Session, site: str, _now: datetime) -> Iterator[Left]:
    asked = (
        select(Parked.flow, Parked.seat, Worker.name, Parked.at)
        .join(Worker, (Worker.site == Parked.site) & (Worker.code == Parked.worker))
        .where(Parked.site == site)
        .order_by(Parked.at)
    )
    for flow, seat, name, at in tx.execute(asked):
        yield Left("parked", seat or "–", name, at, f"job.{flow}")


def _tasks(tx: Session, site: str, _now: datetime) -> Iterable[Left]:
    """List them kind by kind: so an index finds those that are live among all that ever were."""
    found = [left for kind in TASK_KINDS for left in _tasks_of(tx, site, kind)]
    return sorted(found, key=lambda one: (one.at or _BEGINNING, one.what))


def _tasks_of(tx: Session, site: str, kind: str) -> Iterator[Left]:
    asked = (
        select(Task.place, Task.pieces, Task.created_at, Worker.name)
        .outerjoin(Worker, (Worker.site == Task.site) & (Worker.code == Task.worker))
        .where(Task.site == site, Task.kind == kind, Task.state.in_(LIVE))
    )
    for place, pieces, created_at, name in tx.execute(asked):
        yield Left("tasks", place or "–", name or "", created_at, f"report.task.{kind}", pieces)


def _strays(tx: Session, site: str, now: datetime) -> Iterator[Left]:
    """List what stands in the wrong place, also what has not for long enough to be an exception.

    What somebody has settled is none.
    """
    open_ones = open_exceptions(tx, site, now)
    owners = {one.subject: one.owner_name for one in open_ones if one.kind in STRAYS}
    rules = site_rules(tx, site)
    lately = now - timedelta(minutes=rules.stuck_minutes)
    for one in strays.strays(tx, site, now, now - timedelta(hours=rules.staged_hours)):
        if one.code in owners or one.since > lately:
            owner = owners.get(one.code, "") or one.worker
            yield Left("strays", one.code, owner, one.since, "", one.pieces)


_KINDS: Final[Mapping[str, Callable[[Session, str, datetime], Iterable[Left]]]] = {
    "late_orders": _late_orders,
    "due_orders": _due_orders,
    "due_returns": _due_returns,
    "troubles": _troubles,
    "parked": _parked,
    "tasks": _tasks,
    "strays": _strays,
}
