"""A recall in the midst of picking: nothing of the lot is picked once it is committed.

Called as ``recalls.py URL WORKER...``.
"""

from __future__ import annotations

import os
import sys
import time

from conftest import NOW, SITE
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from warehouses.picker import Picker, pick_all

from floorhand.domain.control import HoldSubject
from floorhand.domain.holds import RECALL, Subject
from floorhand.ops.settling import from_office
from floorhand.store.db import engine_of, in_turn, open_database
from floorhand.store.schema import Move

BEGUN = 4
"""So many pieces are in totes when the recall comes."""

DEADLINE_S = 60
LOT = Subject(RECALL, "ACME", "TEA", "L1")


def picked(tx: Session) -> int:
    """Count the pieces of the lot that went into totes."""
    return int(
        tx.scalar(select(func.sum(Move.pieces)).where(Move.lot == "L1", Move.source == "B-01")) or 0
    )


def recall(tx: Session) -> int:
    """Recall the lot on the pickers' day; gives what had been picked of it at that very moment."""
    from_office(tx, SITE, HoldSubject(LOT, "glass"), NOW)
    return picked(tx)


def main(url: str, *workers: str) -> None:
    """Let the pickers loose, recall the lot once they have begun, and wait for the last."""
    transactions = open_database(url)
    Picker(transactions, workers[0])
    engine_of(transactions).dispose()
    for worker in workers:
        if os.fork() == 0:
            pick_all(url, worker)
            os._exit(0)
    until = time.monotonic() + DEADLINE_S
    begun = 0
    while begun < BEGUN:
        assert time.monotonic() < until, begun
        with transactions.begin() as tx:
            begun = picked(tx)
    before = in_turn(transactions, recall)
    failed = sum(os.wait()[1] != 0 for _ in workers)
    with transactions.begin() as tx:
        after = picked(tx)
    assert BEGUN <= before == after < 24, (before, after)
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
