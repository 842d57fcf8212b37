"""What is behind a line of a board: the orders, scans, tasks, labels, exceptions that it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.count_rules import reason_told
from floorhand.domain.cut_offs import BLOCKED, WORKABLE, moments_of
from floorhand.domain.reasons import HELD, of_task
from floorhand.store import orders
from floorhand.store.board import REFUSALS_OVER, REFUSED
from floorhand.store.cells import ROWS_MAX, Details, Facts, Lead, Outline, Value, Word, table, why
from floorhand.store.exception_facts import facts_of
from floorhand.store.exceptions import open_exceptions
from floorhand.store.handovers import latest
from floorhand.store.holds import state_now, why_held
from floorhand.store.no_word import STATE, UNFINISHED, moments
from floorhand.store.schema import (
    Delivery,
    Order,
    OrderLine,
    Place,
    PrintJob,
    Return,
    Scan,
    Seat,
    Stock,
    Task,
    Worker,
)

SCANS_OF: Final = timedelta(hours=12)
"""Scans of a worker that are older are those of another shift."""


def details(tx: Session, site: str, kind: str, key: str, now: datetime) -> Details:
    """Give what is behind a line.

    Args:
        tx: An open transaction.
        site: The building.
        kind: ``cut_off``, ``worker``, ``waits``, ``printer``, ``trouble`` or ``refusals``.
        key: Which of them: `key_of` a cut-off, a worker's code, a kind of work, a printer's code,
            a kind of exception, ``hour``.
        now: The moment of all this.
    """
    return _KINDS[kind](tx, site, key, now)


_IN_TOTE = (
    select(func.min(Place.code))
    .where(
        Place.site == Order.site,
        Place.order_no == Order.merchant.concat("/").concat(Order.number),
        Place.kind == "tote",
    )
    .correlate(Order)
    .scalar_subquery()
)
_LEFT = (
    select(func.sum(OrderLine.ordered - OrderLine.packed - OrderLine.short))
    .where(
        OrderLine.site == Order.site,
        OrderLine.merchant == Order.merchant,
        OrderLine.order == Order.number,
    )
    .correlate(Order)
    .scalar_subquery()
)


def _cut_off(tx: Session, site: str, key: str, _now: datetime) -> Details:
    """List the open orders of a cut-off, most urgent first, with who has them and where."""
    first, last = moments_of(key)
    asked = (
        select(
            Order.merchant,
            Order.number,
            state_now(Order).label("state"),
            Order.priority,
            func.coalesce(why_held(Order), Order.hold_reason).label("reason"),
            _LEFT.label("left"),
            _IN_TOTE.label("tote"),
            orders.order_holder(),
            Order.due_at,
        )
        .where(
            Order.site == site,
            Order.state.in_((*WORKABLE, *BLOCKED)),
            Order.due_at >= first,
            Order.due_at <= last,
        )
        .order_by(Order.priority.desc(), Order.due_at, Order.merchant, Order.number)
    )
    found, count = _first(tx, asked)
    rows = (
        (
            f"{row.merchant}/{row.number}",
            Word(f"order_state.{row.state}"),
            int(row.left or 0),
            row.tote or "",
            row.worker or "",
            row.priority or None,
            why(row.reason, HELD),
            *(() if first == last else (row.due_at,)),
        )
        for row in found
    )
    heads = ("order", "state", "pieces", "tote", "worker", "priority", "reason")
    return table(heads if first == last else (*heads, "due"), rows, count)


def scans_of(tx: Session, site: str, worker: str, now: datetime) -> Details:
    """List the last scans of a worker, the latest first, below who that is and sits where."""
    asked = (
        select(Scan.at, Scan.seat, Scan.job, Scan.scanned, Scan.named, Scan.fate)
        .where(Scan.site == site, Scan.at >= now - SCANS_OF, Scan.worker == worker)
        .order_by(Scan.at.desc(), Scan.scan_no.desc())
        .limit(ROWS_MAX)
    )
    rows = (
        (row.at, row.seat, Word(f"job.{row.job}"), row.named or row.scanned, _fate(row.fate))
        for row in tx.execute(asked)
    )
    return table(("at", "seat", "job", "scanned", "fate"), rows, facts=_sits(tx, site, worker))


def _sits(tx: Session, site: str, worker: str) -> tuple[tuple[str, str], ...]:
    """Name somebody, and each seat at which they are signed in."""
    name = tx.scalar(select(Worker.name).where(Worker.site == site, Worker.code == worker))
    sits = select(Seat.code).where(Seat.site == site, Seat.worker == worker).order_by(Seat.code)
    seats = ", ".join(tx.scalars(sits))
    facts = (("fact.worker", f"{worker} {name or ''}".strip()), ("fact.seat", seats))
    return tuple(fact for fact in facts if fact[1])


def _refusals(tx: Session, site: str, _key: str, now: datetime) -> Details:
    """List the scans that were refused in the last hour, the latest first."""
    asked = (
        select(Scan.at, Scan.fate, Scan.job, Scan.scanned, Scan.named, Scan.seat, Worker.name)
        .outerjoin(Worker, (Worker.site == Scan.site) & (Worker.code == Scan.worker))
        .where(Scan.site == site, REFUSED, Scan.at >= now - REFUSALS_OVER)
        .order_by(Scan.at.desc(), Scan.seat, Scan.scan_no.desc())
    )
    rows, count = _first(tx, asked)
    return table(
        ("at", "fate", "job", "scanned", "worker", "seat"),
        (
            (
                row.at,
                _fate(row.fate),
                Word(f"job.{row.job}"),
                row.named or row.scanned,
                row.name or "",
                row.seat,
            )
            for row in rows
        ),
        count,
    )


def _first(tx: Session, asked: Select[*tuple[Any, ...]]) -> tuple[Sequence[Any], int]:
    """Give the rows that are shown of a question, and how many there are in all."""
    rows = tx.execute(asked.limit(ROWS_MAX)).all()
    if len(rows) < ROWS_MAX:
        return rows, len(rows)
    counted = select(func.count()).select_from(asked.order_by(None).subquery())
    return rows, tx.scalar(counted) or 0


def _fate(fate: str) -> Value:
    """Say whether a scan was taken; if not, what was said, as far as that is known."""
    return "✓" if fate == "taken" else Outline(f"refusal.{fate}")


def _waits(tx: Session, site: str, key: str, now: datetime) -> Details:
    """List what waits of a kind, the oldest first."""
    if key.startswith("delivery_"):
        return _deliveries(tx, site, key.removeprefix("delivery_"))
    if key == "tote":
        return _totes(tx, site)
    if key == "handover":
        return _handover(tx, site)
    if key == "return":
        return _returns(tx, site)
    return _tasks(tx, site, key, now)


def _handover(tx: Session, site: str) -> Details:
    """Tell of the hand-over that nobody has taken on yet, and lead to what was left over then."""
    made = latest(tx, site)
    if made is None or made.taken_by:
        return table(("since",), ())
    left = sum(made.left["counts"].values())
    row = (made.at, made.name, made.note, left, Lead("desk.handover", made.handover, "→"))
    return table(("since", "worker", "note", "count", "more"), (row,))


def _tasks(tx: Session, site: str, kind: str, _now: datetime) -> Details:
    asked = (
        select(
            Task.created_at,
            Task.place,
            Task.merchant,
            Task.sku,
            Task.lot,
            Task.pieces,
            Task.reason,
            Task.state,
            Worker.name,
        )
        .outerjoin(Worker, (Worker.site == Task.site) & (Worker.code == Task.worker))
        .where(Task.site == site, Task.kind == kind, Task.state.in_(("open", "parked")))
        .order_by(Task.created_at, Task.id)
    )
    found, count = _first(tx, asked)
    rows = (
        (
            row.created_at,
            row.place,
            _owned(row.merchant, row.sku),
            row.lot,
            row.pieces or None,
            why(reason_told(row.reason) if kind == "count" else row.reason, of_task(kind)),
            row.name or "",
        )
        for row in found
    )
    return table(("since", "place", "sku", "lot", "pieces", "reason", "worker"), rows, count)


def _deliveries(tx: Session, site: str, state: str) -> Details:
    asked = (
        select(
            Delivery.number,
            Delivery.merchant,
            Delivery.carrier,
            Delivery.expected_on,
            Delivery.dock,
            Delivery.opened_at,
        )
        .where(Delivery.site == site, Delivery.state == state)
        .order_by(Delivery.opened_at, Delivery.expected_on, Delivery.number)
    )
    return table(
        ("delivery", "merchant", "carrier", "expected_on", "dock", "since"),
        (tuple(row) for row in tx.execute(asked)),
    )


def _totes(tx: Session, site: str) -> Details:
    """List totes that were brought and not yet packed, by the cut-off of their order."""
    stand = aliased(Place)
    asked = (
        select(
            func.coalesce(Place.stood_at, func.min(Stock.arrived_at)).label("at"),
            Place.code,
            Place.order_no,
            Place.parent,
            func.sum(Stock.pieces).label("pieces"),
        )
        .join(stand, (stand.site == Place.site) & (stand.code == Place.parent))
        .outerjoin(
            Stock,
            (Stock.site == Place.site) & (Stock.place == Place.code) & (Stock.pieces > 0),
        )
        .where(
            Place.site == site,
            Place.kind == "tote",
            Place.order_no.is_not(None),
            stand.kind.in_(("bench", "dock")),
        )
        .group_by(Place.code, Place.order_no, Place.parent, Place.stood_at)
        .order_by(Place.code)
    )
    rows: list[tuple[Value, ...]] = []
    for row in tx.execute(asked).all():
        order = orders.order_facts(tx, site, *orders.split_name(row.order_no))
        state = Word(f"order_state.{order.state}") if order else None
        due_at = order.due_at if order else None
        pieces = int(row.pieces or 0)
        rows.append((row.code, row.parent, row.order_no, state, pieces, due_at, row.at))
    rows.sort(key=lambda cells: str(cells[5] or "9999"))
    return table(("tote", "place", "order", "state", "pieces", "due", "since"), rows)


def _returns(tx: Session, site: str) -> Details:
    asked = (
        select(
            Return.number,
            Return.merchant,
            Return.place,
            Return.reason,
            Return.deadline,
            Return.received_at,
            Worker.name,
        )
        .outerjoin(Worker, (Worker.site == Return.site) & (Worker.code == Return.worker))
        .where(Return.site == site, Return.custody == "received")
        .order_by(Return.deadline.is_(None), Return.deadline, Return.number)
    )
    found, count = _first(tx, asked)
    heads = ("return", "merchant", "place", "reason", "due", "since", "worker")
    return table(heads, map(tuple, found), count)


def _printer(tx: Session, site: str, key: str, now: datetime) -> Details:
    asked = (
        select(
            PrintJob.created_at,
            PrintJob.template,
            PrintJob.subject,
            STATE.label("state"),
            PrintJob.station,
            PrintJob.tries,
            PrintJob.error,
        )
        .where(PrintJob.site == site, PrintJob.state.in_(UNFINISHED), PrintJob.printer == key)
        .order_by(PrintJob.created_at, PrintJob.id)
    )
    rows = (
        (
            *row[:3],
            Word(f"report.label.{'waiting' if row.state == 'sending' else row.state}"),
            *row[4:],
        )
        for row in tx.execute(asked, moments(now))
    )
    return table(("since", "label", "subject", "state", "station", "tries", "reason"), rows)


def _trouble(tx: Session, site: str, key: str, now: datetime) -> Details:
    """List the open exceptions of a kind, the most urgent first."""
    rows = (
        (
            one.since,
            one.subject,
            one.merchant,
            one.pieces or None,
            one.due_at,
            Facts(facts_of(one)),
            one.owner_name,
        )
        for one in open_exceptions(tx, site, now)
        if one.kind == key
    )
    return table(("since", "subject", "merchant", "pieces", "due", "facts", "owner"), rows)


def _owned(merchant: str, sku: str) -> str:
    return f"{merchant}/{sku}" if sku else merchant


_KINDS: dict[str, Callable[[Session, str, str, datetime], Details]] = {
    "cut_off": _cut_off,
    "worker": scans_of,
    "waits": _waits,
    "printer": _printer,
    "trouble": _trouble,
    "refusals": _refusals,
}
