"""What each merchant has in all buildings together, goods on their way between them included.

Each building is read as it is at one moment of its own. That is enough: a piece that leaves one is
in transit in the same transaction, and one that another counts is no more in transit in the same
one there, so goods that only move between buildings never change a sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.things import OUTSIDE
from floorhand.errors import BadSetting
from floorhand.store.reading import reading
from floorhand.store.schema import SiteRow, Stock
from floorhand.store.transfers import Arrival, Carton, arrivals, cartons


@dataclass(slots=True)
class Total:
    """What one merchant has, in pieces.

    Attributes:
        on_hand: By building.
        in_transit: What left one building for another, and is neither counted nor given up there.
        missing: What had not come when its delivery was closed; below zero if more came.
    """

    on_hand: Counter[str] = field(default_factory=Counter)
    in_transit: int = 0
    missing: int = 0

    @property
    def pieces(self) -> int:
        """Give the sum, which no transfer changes."""
        return self.on_hand.total() + self.in_transit + self.missing


@dataclass(frozen=True, slots=True)
class Totals:
    """All merchants of all buildings; ``sites`` in the order in which they were found.

    ``strays`` are cartons that left for none of these buildings: they count as in transit.
    """

    sites: tuple[str, ...]
    merchants: dict[str, Total]
    strays: tuple[Carton, ...]


def totals(urls: Sequence[str]) -> Totals:
    """Add up the buildings of some databases.

    Raises:
        BadSetting: If two databases hold a building of the same code.
        DatabaseUnusable, DatabaseAway: If one cannot be read.
    """
    with ExitStack() as opened:
        found: dict[str, Session] = {}
        for url in urls:
            tx = opened.enter_context(reading(url))
            for site in tx.scalars(select(SiteRow.site).order_by(SiteRow.site)):
                if site in found:
                    raise BadSetting(
                        f"Two of these buildings are called {site}. Each needs a code of its own."
                    )
                found[site] = tx
        merchants: dict[str, Total] = {}
        for site, tx in found.items():
            for merchant, pieces in _on_hand(tx, site).items():
                merchants.setdefault(merchant, Total()).on_hand[site] = pieces
        left = [carton for site, tx in found.items() for carton in cartons(tx, site)]
        for target in {carton.target for carton in left}:
            mine = [carton for carton in left if carton.target == target]
            there = {}
            if target in found:
                there = arrivals(found[target], target, [carton.paper for carton in mine])
            for carton in mine:
                _count(merchants.setdefault(carton.merchant, Total()), carton, there)
    strays = tuple(carton for carton in left if carton.target not in found)
    return Totals(tuple(found), dict(sorted(merchants.items())), strays)


def _count(total: Total, carton: Carton, there: Mapping[tuple[str, str], Arrival]) -> None:
    """Count what has not come of a carton as on its way, or as missing once nobody expects it."""
    arrival = there.get(carton.paper, Arrival(closed=False, counted=0))
    if arrival.closed:
        total.missing += carton.pieces - arrival.counted
    else:
        total.in_transit += carton.pieces - arrival.counted


def _on_hand(tx: Session, site: str) -> dict[str, int]:
    rows = tx.execute(
        select(Stock.merchant, func.sum(Stock.pieces))
        .where(Stock.site == site, Stock.place.not_in(OUTSIDE))
        .group_by(Stock.merchant)
    )
    return {merchant: int(pieces) for merchant, pieces in rows}
