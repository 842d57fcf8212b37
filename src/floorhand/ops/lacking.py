"""Why there is not enough for an order: pieces are on hold, or nobody has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy.orm import Session

from floorhand.domain.allocation import Shelf, allocate, by_age
from floorhand.domain.packing import HELD
from floorhand.domain.picking import NO_STOCK
from floorhand.store import shelves
from floorhand.store.ledger import Cause
from floorhand.store.orders import LineFacts


def why_lacking(tx: Session, cause: Cause, merchant: str, lines: Iterable[LineFacts]) -> list[str]:
    """Say why an order cannot have all that is left to pick of its lines."""
    wanted: Counter[str] = Counter()
    for line in lines:
        wanted[line.sku] += line.left
    missing, held = 0, 0
    for sku, pieces in wanted.items():
        free = _first(tx, cause, shelves.shelves_of(tx, cause.site, merchant, sku), pieces)
        missing += pieces - free
        held += held_of(tx, cause, merchant, sku, pieces - free)
    return [*([HELD] if held else []), *([NO_STOCK] if missing > held or not missing else [])]


def held_of(tx: Session, cause: Cause, merchant: str, sku: str, pieces: int) -> int:
    """Count the pieces of a SKU that would be free but for holds, up to so many."""
    there = shelves.held_shelves_of(tx, cause.site, merchant, sku) if pieces else ()
    return _first(tx, cause, there, pieces)


def _first(tx: Session, cause: Cause, there: Iterable[Shelf], pieces: int) -> int:
    today = shelves.site_date(tx, cause.site, cause.at)
    return sum(take.pieces for take in allocate(by_age(there, today), pieces))
