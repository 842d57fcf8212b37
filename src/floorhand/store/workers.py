"""Questions about people: who works here, who is where, and who may do something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.rights import Right, may
from floorhand.store.guesses import WORKER, locked
from floorhand.store.schema import Parked, Scan, Seat, Worker

NAMED_MAX = 3
"""People who are named to somebody who lacks a right; more would not fit on a handheld."""

NOBODY = "–"


@dataclass(frozen=True, slots=True)
class Person:
    """A worker as a supervisor sees one: nothing secret.

    ``seats`` is where the worker sits now; ``seen_at`` is the last scan, None if there was none.
    ``parked`` is what was left in the middle: job, at which seat, when.
    """

    code: str
    name: str
    roles: str
    language: str
    has_pin: bool
    locked: bool
    seats: tuple[str, ...]
    seen_at: datetime | None
    parked: tuple[tuple[str, str, datetime], ...] = ()


def people(tx: Session, site: str, since: datetime | None = None) -> tuple[Person, ...]:
    """List all who work at a site, by number; scans before ``since`` are not looked at."""
    last = func.max(Scan.at).label("last")
    asked = select(Scan.worker, last).where(Scan.site == site).group_by(Scan.worker)
    scans = tx.execute(asked.where(Scan.at >= since) if since else asked)
    seen = {row.worker: row.last for row in scans}
    seats = _seats(tx, site)
    closed = locked(tx, site, WORKER)
    parked = _parked(tx, site)
    rows = tx.execute(
        select(Worker.code, Worker.name, Worker.roles, Worker.language, Worker.pin_hash)
        .where(Worker.site == site)
        .order_by(Worker.code)
    )
    return tuple(
        Person(
            row.code,
            row.name,
            row.roles,
            row.language,
            bool(row.pin_hash),
            row.code in closed,
            tuple(seats.get(row.code, ())),
            seen.get(row.code),
            tuple(parked.get(row.code, ())),
        )
        for row in rows
    )


def _parked(tx: Session, site: str) -> dict[str, list[tuple[str, str, datetime]]]:
    """Say what each worker has left in the middle."""
    found: dict[str, list[tuple[str, str, datetime]]] = {}
    rows = tx.execute(
        select(Parked.worker, Parked.flow, Parked.seat, Parked.at)
        .where(Parked.site == site)
        .order_by(Parked.at)
    )
    for worker, job, seat, at in rows:
        found.setdefault(worker, []).append((job, seat, at))
    return found


def who_can(tx: Session, site: str, right: Right) -> str:
    """Name who has a right, those first who sit somewhere now: "Cai (PACK-1), Dee"."""
    seats = _seats(tx, site)
    rows = tx.execute(
        select(Worker.code, Worker.name, Worker.roles).where(Worker.site == site)
    ).all()
    able = [row for row in rows if may(row.roles.split(), right)]
    able.sort(key=lambda row: (row.code not in seats, row.name, row.code))
    named = [
        f"{row.name} ({seats[row.code][0]})" if row.code in seats else row.name for row in able
    ]
    return ", ".join(named[:NAMED_MAX]) or NOBODY


def _seats(tx: Session, site: str) -> dict[str, list[str]]:
    """Give the seats that each worker sits at."""
    found: dict[str, list[str]] = {}
    rows = tx.execute(
        select(Seat.worker, Seat.code)
        .where(Seat.site == site, Seat.worker.is_not(None))
        .order_by(Seat.code)
    )
    for worker, seat in rows:
        found.setdefault(worker or "", []).append(seat)
    return found
