"""Questions about seats: who sits where, at what, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.store.guesses import SEAT, locked
from floorhand.store.schema import Seat, Worker


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A seat as a lead sees it. ``worker`` is a name, empty if nobody sits there.

    ``at`` is the last scan; ``locked`` says that badges were guessed wrong there too often.
    """

    code: str
    station: str
    worker: str
    flow: str
    at: datetime | None
    device: str
    locked: bool


def seats(tx: Session, site: str) -> tuple[SeatFacts, ...]:
    """List the seats of a site by name."""
    closed = locked(tx, site, SEAT)
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
        )
        for row in rows
    )
