"""Announce to one building what left another for it, exactly once whatever goes wrong between.

Two databases cannot commit together, so the order counts. First nobody can take back any more what
left; then the other building gets a delivery for each carton, under a number made of what the
carton is, so that told twice it is there once; then it is noted that it has it. Ended anywhere, the
same is done again. What is told is one of our own delivery files, so it can travel as a file, too.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from floorhand.exchange.importing import Options, import_file, open_file
from floorhand.exchange.records import Rejected, nobody_listens
from floorhand.store.db import Transactions
from floorhand.store.masters import require_site
from floorhand.store.transfers import Carton, arrivals, cartons, freeze, note_announced

HEADINGS = ("delivery", "sku", "quantity", "merchant", "lot", "expiry", "carrier", "tracking")


@dataclass(frozen=True, slots=True)
class Announced:
    """What came of it: the cartons that are expected now, and those that could not be announced.

    ``why`` are the rows that the other building did not take.
    """

    expected: tuple[Carton, ...]
    left: tuple[Carton, ...]
    why: tuple[Rejected, ...] = ()


def announce(
    source: Transactions, site: str, target: Transactions, target_site: str, now: datetime
) -> Announced:
    """Announce all cartons that left for a building and are not known to be expected there.

    Raises:
        DatabaseAway: If one of the databases did not answer: announce again.
        DatabaseUnusable: If there is no such building.
    """
    with target.begin() as tx:
        require_site(tx, target_site)
    mine = left_for(source, site, target_site)
    if not mine:
        return Announced((), ())
    with tempfile.TemporaryDirectory(prefix="floorhand-transfers-") as folder:
        file = Path(folder) / "deliveries.csv"
        write_file(file, mine)
        options = Options(format="deliveries")
        result = import_file(
            target, target_site, open_file(file, options), options, now=now, progress=nobody_listens
        )
    with target.begin() as tx:
        there = arrivals(tx, target_site, [carton.paper for carton in mine])
    expected = tuple(carton for carton in mine if carton.paper in there)
    left = tuple(carton for carton in mine if carton.paper not in there)
    waiting = {carton.message for carton in left}
    with source.begin() as tx:
        done = {carton.message for carton in expected} - waiting
        note_announced(tx, site, done, now)
    return Announced(expected, left, result.rejected)


def left_for(source: Transactions, site: str, target_site: str) -> tuple[Carton, ...]:
    """Give what left for a building and is not known to be expected; it stays as it left."""
    with source.begin() as tx:
        require_site(tx, site)
        freeze(tx, site)
    with source.begin() as tx:
        found = cartons(tx, site, announced=False)
    return tuple(carton for carton in found if carton.target == target_site)


def write_file(file: Path, mine: Iterable[Carton]) -> None:
    """Write cartons as deliveries, in the form that `floorhand import` reads."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(HEADINGS)
        for carton in mine:
            merchant, number = carton.paper
            for one in carton.contents:
                goods = one.sku, one.pieces, merchant, one.lot, one.expiry
                rows.writerow((number, *goods, carton.carrier, carton.code))
