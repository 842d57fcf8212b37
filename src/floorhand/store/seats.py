"""Questions about seats: who sits where, at what, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from floorhand.domain.signing_in import SignIn
from floorhand.store.asking import ask
from floorhand.store.guesses import SEAT, locked
from floorhand.store.schema import Operation, Parked, Seat, Worker

SIGNED_IN_WITHIN: Final = timedelta(days=2)
"""Longer ago nobody sits down and is still there."""

_SAT_DOWN = (
    select(Operation.seat, func.max(Operation.at).label("at"))
    .where(
        Operation.site == bindparam("site"),
        Operation.kind == SignIn.__name__,
        Operation.at >= bindparam("since"),
    )
    .group_by(Operation.seat)
)


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A seat as a lead sees it. ``worker`` is a name, empty if nobody sits there.

    ``at`` is the last scan, ``since`` when the worker sat down, if that was today or yesterday;
    ``locked`` says that badges were guessed wrong there too often. ``parked`` is what was left in
    the middle there: job, name of the worker, when.
    """

    code: str
    station: str
    worker: str
    flow: str
    at: datetime | None
    device: str
    locked: bool
    since: datetime | None = None
    parked: tuple[tuple[str, str, datetime], ...] = ()


def seats(tx: Session, site: str, now: datetime) -> tuple[SeatFacts, ...]:
    """List the seats of a site by name."""
    closed = locked(tx, site, SEAT)
    since = sat_down(tx, site, now)
    parked = _parked(tx, site)
    rows = tx.execute(
        select(Seat.code, Seat.station, Seat.flow, Seat.at, Seat.device_name, Worker.name)
        .outerjoin_from(Seat, Worker, (Worker.site == Seat.site) & (Worker.code == Seat.worker))
        .where(Seat.site == site)
        .order_by(Seat.code)
    )
    return tuple(
        SeatFacts(
            row.code,
            row.station,
            row.name or "",
            row.flow,
            row.at,
            row.device_name,
            row.code in closed,
            since.get(row.code) if row.name else None,
            tuple(parked.get(row.code, ())),
        )
        for row in rows
    )


def sat_down(tx: Session, site: str, now: datetime) -> dict[str, datetime]:
    """Say when somebody signed in last at each seat."""
    rows = ask(tx, _SAT_DOWN, site=site, since=now - SIGNED_IN_WITHIN)
    return {row.seat: row.at for row in rows}


def _parked(tx: Session, site: str) -> dict[str, list[tuple[str, str, datetime]]]:
    """Say what was left in the middle at each seat."""
    found: dict[str, list[tuple[str, str, datetime]]] = {}
    rows = tx.execute(
        select(Parked.seat, Parked.flow, Worker.name, Parked.at)
        .join(Worker, (Worker.site == Parked.site) & (Worker.code == Parked.worker))
        .where(Parked.site == site)
        .order_by(Parked.at)
    )
    for seat, job, name, at in rows:
        found.setdefault(seat, []).append((job, name, at))
    return found
