"""Find other pieces for stops of walks that lost theirs; else their lines are short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from floorhand.domain.allocation import Shelf
from floorhand.domain.picking import SUSPECT_REASONS
from floorhand.domain.troubles import LINE_NOT_FOUND
from floorhand.ops.reserving import put_in_walk, reserve_anywhere, short_or_wait
from floorhand.store import tasks
from floorhand.store.ledger import Cause
from floorhand.store.picks import StopRow


@dataclass(frozen=True, slots=True)
class Rehomed:
    """Where missing pieces were found, how many, and how many are short or waited for."""

    found: int = 0
    place: str = ""
    short: int = 0
    waits: int = 0


def rehome(
    tx: Session,
    cause: Cause,
    stop: StopRow,
    missing: int,
    reason: str,
    *,
    fits: Callable[[Shelf], bool],
) -> Rehomed:
    """Reserve the missing pieces of a stop again, on the same walk; else the line is short.

    ``fits`` says which shelves may be taken from, ``reason`` why they are missing.
    """
    goods = stop.stop.goods
    takes = reserve_anywhere(tx, cause, goods.merchant, goods.sku, missing, fits=fits)
    put_in_walk(tx, cause, stop, takes, reason)
    found = sum(take.pieces for take in takes)
    place = takes[0].shelf.root if takes else ""
    missing -= found
    if missing and stop.stop.missed and reason in SUSPECT_REASONS:
        _tell_nobody_finds_it(tx, cause, stop, missing, reason)
    if missing and short_or_wait(tx, cause, stop, missing, reason):
        return Rehomed(found, place, missing)
    return Rehomed(found, place, 0, missing)


def _tell_nobody_finds_it(
    tx: Session, cause: Cause, stop: StopRow, pieces: int, reason: str
) -> None:
    """Tell supervisors that pieces were not where the books have them, twice, and are nowhere."""
    goods, place = stop.stop.goods, stop.stop.place
    about = (LINE_NOT_FOUND, f"{stop.merchant}/{stop.number}", stop.merchant)
    facts = {"sku": goods.sku, "lot": goods.lot, "place": place, "reason": reason}
    tasks.trouble(tx, cause, *about, pieces=pieces, **facts)
