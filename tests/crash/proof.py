"""What terminals were told, and the proof that it is all in the database, exactly once."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

from floors import SITE
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.ops.labelling import offered
from floorhand.ops.seats import SCANNED_CHARACTERS_MAX, SECRET, Turn, must_sit
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.schema import Move, Operation, Scan

COMMANDS_PER_SCAN_MAX = 4

Effect = tuple[tuple[str, int], ...]
"""The operations of a scan, each with the number of its moves."""


@dataclass(slots=True)
class Journal:
    """Every scan that a worker was told is taken or refused, with its effect at that moment.

    It is also appended to a file at once, so that a failed run can be looked into.
    """

    file: Path
    told: dict[tuple[str, int], tuple[str, Effect]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, seat: str, scan_no: int, scanned: str, effect: Effect) -> None:
        """Note a scan that was acknowledged."""
        with self._lock:
            assert (seat, scan_no) not in self.told, (seat, scan_no)
            self.told[seat, scan_no] = (scanned[:SCANNED_CHARACTERS_MAX], effect)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps([seat, scan_no, scanned, effect]) + "\n")


def seat_now(transactions: Transactions, seat: str, scan_no: int = 0) -> tuple[Turn, Effect]:
    """Read where a seat is, and what one of its scans has done.

    The seat is held while it is read, so whoever died while holding it is over. The turn is as it
    is answered, with the keys that are offered now.
    """
    with transactions.begin() as tx:
        turn = offered(tx, SITE, must_sit(tx, SITE, seat).turn())
        return turn, effect_of(tx, seat, scan_no)


def effect_of(tx: Session, seat: str, scan_no: int) -> Effect:
    """Give the operations of a scan with the number of moves of each."""
    first = f"{seat}:{scan_no}"
    ids = [first, *(f"{first}.{n}" for n in range(2, COMMANDS_PER_SCAN_MAX + 1))]
    rows = tx.execute(
        select(Operation.id, func.count(Move.operation))
        .outerjoin(Move, (Move.site == Operation.site) & (Move.operation == Operation.id))
        .where(Operation.site == SITE, Operation.id.in_(ids))
        .group_by(Operation.id)
        .order_by(Operation.id)
    )
    return tuple((name, moves) for name, moves in rows)


def faults_of(tx: Session, journal: Journal, seats: list[str]) -> list[str]:
    """Say what was acknowledged and is not there, or is there and should not be."""
    found: list[str] = []
    for seat in seats:
        rows = tx.execute(
            select(Scan.scan_no, Scan.scanned)
            .where(Scan.site == SITE, Scan.seat == seat)
            .order_by(Scan.scan_no)
        ).all()
        there = {number: scanned for number, scanned in rows}
        told = {number: entry for (at, number), entry in journal.told.items() if at == seat}
        if [number for number, _ in rows] != list(range(1, len(rows) + 1)):
            found.append(f"{seat}: scans are not 1 to {len(rows)}, once each")
        found += [f"{seat}:{number} was acknowledged and is lost" for number in told.keys() - there]
        found += [f"{seat}:{number} is there, never told" for number in there.keys() - told.keys()]
        for number in sorted(told.keys() & there.keys()):
            scanned, effect = told[number]
            if there[number] not in (scanned, SECRET):
                found.append(f"{seat}:{number} was {scanned!r}, is {there[number]!r}")
            if (now := effect_of(tx, seat, number)) != effect:
                found.append(f"{seat}:{number} had the effect {effect}, has {now}")
    return found + [str(violation) for violation in violations(tx, SITE)]
