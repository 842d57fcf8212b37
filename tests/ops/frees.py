"""Put-aways that a lead frees and gives away while their workers scan.

Called as ``frees.py URL WORKER...``.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from itertools import cycle

from conftest import SITE
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from warehouses.picker import Picker

from floorhand.domain.control import FreeWork, GiveWork
from floorhand.errors import Refused
from floorhand.ops.settling import from_office
from floorhand.store import open_work
from floorhand.store.db import Transactions, engine_of, in_turn, open_database
from floorhand.store.schema import Stock

CHANGED_MIN, CHANGED_MAX = 8, 16
"""So often work must have changed hands, or nothing was tried; and so often at most, or whoever
puts away never gets that far."""

DEADLINE_S = 60


def waiting(tx: Session) -> int:
    """Count what still stands at the dock."""
    docked = (Stock.place == "DOCK-1", Stock.pieces > 0)
    return int(tx.scalar(select(func.sum(Stock.pieces)).where(*docked)) or 0)


def put_all(url: str, worker: str) -> None:
    """Put away piece by piece whatever there is, until nothing is left."""
    transactions = open_database(url)
    picker = Picker(transactions, worker, job="putaway")
    until = time.monotonic() + DEADLINE_S
    while in_turn(transactions, waiting):
        assert time.monotonic() < until, picker.turn
        match picker.prompt.ask:
            case "putaway.scan_source":
                picker.scan("*DONE")
            case "putaway.scan_bin":
                picker.scan("1", f"L{picker.prompt.wants.place}")
            case _:
                picker.answer()
    engine_of(transactions).dispose()


def change_hands(transactions: Transactions, workers: tuple[str, ...]) -> int:
    """Free and give away what is begun while it is put away; gives how often that was done."""
    done, until = 0, time.monotonic() + DEADLINE_S
    takers = cycle(workers)
    while done < CHANGED_MAX and in_turn(transactions, waiting):
        assert time.monotonic() < until, done
        for held in in_turn(transactions, lambda tx: open_work.held(tx, SITE)):
            command = _command(held, next(takers), give=bool(done % 2))
            try:
                in_turn(transactions, lambda tx, it=command: from_office(tx, SITE, it, _now()))
            except Refused:
                continue
            done += 1
    return done


def _command(held: open_work.Held, taker: str, *, give: bool) -> FreeWork | GiveWork:
    if give and taker != held.holder:
        return GiveWork(held.job, held.task, held.about, held.order, held.holder, taker)
    return FreeWork(held.job, held.task, held.about, held.order, held.holder)


def _now() -> datetime:
    return datetime.now(UTC)


def main(url: str, *workers: str) -> None:
    """Let the workers loose, and a lead beside them; wait for the last."""
    transactions = open_database(url)
    Picker(transactions, workers[0], job="putaway")
    engine_of(transactions).dispose()
    for worker in workers:
        if os.fork() == 0:
            put_all(url, worker)
            os._exit(0)
    done = change_hands(transactions, workers)
    failed = sum(os.wait()[1] != 0 for _ in workers)
    assert done >= CHANGED_MIN, done
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
