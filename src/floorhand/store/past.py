"""The last scans of a seat, and what each of them booked."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.store.schema import Operation, Scan

PAST_MAX: Final = 50
"""Further back nobody looks at a terminal; the database has them all."""

COMMANDS_MAX: Final = 4
"""So many operations can come of one scan."""


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


def last_scans(tx: Session, site: str, seat: str) -> tuple[Past, ...]:
    """Give the last scans of a seat, the latest last."""
    rows = tx.execute(
        select(Scan.scan_no, Scan.at, Scan.scanned, Scan.fate)
        .where(Scan.site == site, Scan.seat == seat)
        .order_by(Scan.scan_no.desc())
        .limit(PAST_MAX)
    ).all()
    booked = _booked(tx, site, seat, [row.scan_no for row in rows])
    return tuple(
        Past(row.scan_no, row.at, row.scanned, row.fate == "taken", booked[row.scan_no])
        for row in reversed(rows)
    )


def _booked(tx: Session, site: str, seat: str, numbers: list[int]) -> Counter[int]:
    """Add up the pieces of the operations that came of scans."""
    ends = ["", *(f".{n}" for n in range(2, COMMANDS_MAX + 1))]
    scans = {f"{seat}:{number}{end}": number for number in numbers for end in ends}
    found = tx.execute(
        select(Operation.id, Operation.facts).where(Operation.site == site, Operation.id.in_(scans))
    )
    booked: Counter[int] = Counter()
    for operation, facts in found:
        booked[scans[operation]] += int(json.loads(facts).get("pieces", 0))
    return booked
