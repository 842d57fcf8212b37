"""The last scans of a seat and what each of them booked; what its worker has done in this shift."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.shifts import shift_at
from floorhand.store.masters import site_rules, site_zone
from floorhand.store.schema import Operation, Scan, Seat

PAST_MAX: Final = 50
"""Further back nobody looks at a terminal; the database has them all."""

COMMANDS_MAX: Final = 4
"""So many operations can come of one scan."""


_UNDO = aliased(Operation)
_STANDS = Operation.undoes.is_(None) & ~exists().where(
    _UNDO.site == Operation.site, _UNDO.undoes == Operation.id
)
"""What was neither taken back nor takes something back."""


@dataclass(frozen=True, slots=True)
class Past:
    """A scan that was answered: its number, when, what it was, whether it was taken.

    ``pieces`` is how many it booked; counting alone books nothing until the goods are put down.
    """

    number: int
    at: datetime
    code: str
    taken: bool
    pieces: int


@dataclass(frozen=True, slots=True)
class Lately:
    """The last scans of a seat, the latest last; how many its worker has made in this shift.

    ``pieces`` is what those of the shift booked, at whatever seat, without what was taken back.
    """

    last: tuple[Past, ...] = ()
    scans: int = 0
    pieces: int = 0


def lately(tx: Session, site: str, seat: str, now: datetime) -> Lately:
    """Say what was scanned at a seat lately, and what its worker has done in the running shift."""
    last = last_scans(tx, site, seat)
    worker = tx.scalar(select(Seat.worker).where(Seat.site == site, Seat.code == seat))
    if not worker:
        return Lately(last)
    began = shift_at(site_rules(tx, site).shifts, now, site_zone(tx, site)).start
    scans = tx.scalar(
        select(func.count()).where(Scan.site == site, Scan.at >= began, Scan.worker == worker)
    )
    booked = select(Operation.facts).where(
        Operation.site == site, Operation.at >= began, Operation.worker == worker, _STANDS
    )
    return Lately(last, scans or 0, sum(map(_pieces, tx.scalars(booked))))


def last_scans(tx: Session, site: str, seat: str) -> tuple[Past, ...]:
    """Give the last scans of a seat, the latest last."""
    rows = tx.execute(
        select(Scan.scan_no, Scan.at, Scan.scanned, Scan.named, Scan.fate)
        .where(Scan.site == site, Scan.seat == seat)
        .order_by(Scan.scan_no.desc())
        .limit(PAST_MAX)
    ).all()
    booked = _booked(tx, site, seat, [row.scan_no for row in rows])
    return tuple(
        Past(
            row.scan_no,
            row.at,
            row.named or row.scanned,
            row.fate == "taken",
            booked[row.scan_no],
        )
        for row in reversed(rows)
    )


def _booked(tx: Session, site: str, seat: str, numbers: list[int]) -> Counter[int]:
    """Add up the pieces of the operations that came of scans."""
    ends = ["", *(f".{n}" for n in range(2, COMMANDS_MAX + 1))]
    scans = {f"{seat}:{number}{end}": number for number in numbers for end in ends}
    found = tx.execute(
        select(Operation.id, Operation.facts).where(
            Operation.site == site, Operation.id.in_(scans), _STANDS
        )
    )
    booked: Counter[int] = Counter()
    for operation, facts in found:
        booked[scans[operation]] += _pieces(facts)
    return booked


def _pieces(facts: str) -> int:
    return int(json.loads(facts).get("pieces", 0))
