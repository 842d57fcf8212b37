"""Questions about a period's goods: how long they took to their bins, and what was put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, func, or_, select, union
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry
from floorhand.domain.floor_figures import Net
from floorhand.domain.shifts import Period
from floorhand.domain.spreads import spread_s
from floorhand.domain.things import CORRECTION
from floorhand.store.entries import NAMED_MAX
from floorhand.store.schema import Delivery, Move, Place, Receipt, Stock, Task
from floorhand.store.tasks import LIVE

PUT_AWAY: Final = "PutAway"
"""The operation that ends the way of goods from the dock."""

GOODS: Final = ("merchant", "sku", "lot", "expiry")
"""What pieces are, whatever their condition: that changes on the way."""

_PERIOD = and_(
    Move.site == bindparam("site"), Move.at >= bindparam("start"), Move.at < bindparam("end")
)
_OF_DELIVERY = and_(Delivery.site == Receipt.site, Delivery.number == Receipt.delivery)


def _received_at(place: Any, goods: Any) -> Any:
    """Make the condition that goods in a place are of a receipt."""
    same = [getattr(Receipt, name) == getattr(goods, name) for name in GOODS]
    return and_(Receipt.site == goods.site, Receipt.place == place, *same)


_LATEST: Any = func.max(Delivery.opened_at).label("opened")
_PUT = (
    select(Move.operation, Move.row, Move.pieces, Move.at, _LATEST)
    .join_from(Move, Receipt, _received_at(Move.source, Move))
    .join(Delivery, _OF_DELIVERY)
    .where(_PERIOD, Delivery.opened_at <= Move.at)
    .group_by(Move.operation, Move.row, Move.pieces, Move.at)
)
_WAITING_PLACES = union(
    select(Receipt.place)
    .join(Place, and_(Place.site == Receipt.site, Place.code == Receipt.place))
    .join(
        Task,
        and_(Task.site == Place.site, or_(Task.place == Place.code, Task.place == Place.parent)),
    )
    .where(Receipt.site == bindparam("site"), Task.kind == "putaway", Task.state.in_(LIVE)),
    select(Receipt.place)
    .join(Delivery, _OF_DELIVERY)
    .where(Receipt.site == bindparam("site"), Delivery.state == "receiving"),
)
_STANDING = select(Stock.place, *(getattr(Stock, name) for name in GOODS), Stock.pieces).where(
    Stock.site == bindparam("site"),
    Stock.place.in_(bindparam("places", expanding=True)),
    Stock.pieces > 0,
)
_MOVED = {
    sign: select(place, *(getattr(Move, name) for name in GOODS), Move.pieces).where(
        _PERIOD,
        select(Receipt.place).where(Receipt.site == Move.site, Receipt.place == place).exists(),
    )
    for sign, place in ((1, Move.source), (-1, Move.target))
}
"""What left places that deliveries are put on, and what came to them."""

_OPENED = (
    select(
        Receipt.place,
        *(getattr(Receipt, name) for name in GOODS),
        _LATEST,
    )
    .join(Delivery, _OF_DELIVERY)
    .where(
        Receipt.site == bindparam("site"),
        Receipt.place.in_(bindparam("places", expanding=True)),
        Delivery.opened_at < bindparam("end"),
    )
    .group_by(Receipt.place, *(getattr(Receipt, name) for name in GOODS))
)
_NET = func.sum(case((Move.source == CORRECTION, Move.pieces), else_=-Move.pieces))
_CORRECTED = (
    select(Move.operation, Move.merchant, Move.sku, _NET)
    .where(or_(Move.source == CORRECTION, Move.target == CORRECTION))
    .group_by(Move.operation, Move.merchant, Move.sku)
    .having(_NET != 0)
)
_NETS_OF_PERIOD = _CORRECTED.where(_PERIOD)
_NETS_NAMED = _CORRECTED.where(
    Move.site == bindparam("site"), Move.operation.in_(bindparam("operations", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pieces that stand where a delivery put them, and since when that delivery is open."""

    pieces: int
    opened: datetime


def dock_to_stock(
    tx: Session, site: str, period: Period, entries: Mapping[str, Entry], now: datetime
) -> dict[str, Any]:
    """Say how long goods took from the first scan of their delivery to their bins, by the piece.

    Goods that stand loose on a dock are of the latest delivery that brought such goods there.

    Args:
        tx: An open transaction.
        site: The building.
        period: In which they were put away.
        entries: What counts in it, by operation.
        now: The moment of asking.

    Returns:
        ``pieces`` put away, ``median_s`` and ``p90_s``; ``unfinished`` as it was at the period's
        end, or is now: ``pieces``, ``median_s`` and ``oldest_s`` (their age; None of nothing).
    """
    within = {"site": site, "start": period.start, "end": period.end}
    took = [
        (int((row.at - row.opened).total_seconds()), row.pieces)
        for row in tx.execute(_PUT, within)
        if (entry := entries.get(row.operation)) and entry.kind == PUT_AWAY and entry.sign > 0
    ]
    as_of = min(now, period.end)
    ages = [
        (int((as_of - one.opened).total_seconds()), one.pieces)
        for one in _unfinished(tx, site, as_of, now)
    ]
    return {
        "pieces": sum(pieces for _, pieces in took),
        **spread_s(took),
        "unfinished": {
            "pieces": sum(pieces for _, pieces in ages),
            "median_s": spread_s(ages)["median_s"],
            "oldest_s": max((age for age, _ in ages), default=None),
        },
    }


def _unfinished(tx: Session, site: str, as_of: datetime, now: datetime) -> list[Waiting]:
    """List what waits for put-away; as of a past moment by what was moved since."""
    held: Counter[tuple[str, ...]] = Counter()
    places = list(tx.scalars(_WAITING_PLACES, {"site": site}))
    for named in _parts(places):
        for *goods, pieces in tx.execute(_STANDING, {"site": site, "places": named}):
            held[tuple(goods)] += pieces
    if as_of < now:
        for sign, question in _MOVED.items():
            for *goods, pieces in tx.execute(question, {"site": site, "start": as_of, "end": now}):
                held[tuple(goods)] += sign * pieces
    waiting = {goods: pieces for goods, pieces in held.items() if pieces > 0}
    found: list[Waiting] = []
    for named in _parts(sorted({goods[0] for goods in waiting})):
        for *goods, opened in tx.execute(_OPENED, {"site": site, "places": named, "end": as_of}):
            if pieces := waiting.get(tuple(goods), 0):
                found.append(Waiting(pieces, opened))
    return found


def corrections(
    tx: Session, site: str, period: Period, entries: Iterable[Entry]
) -> tuple[Net, ...]:
    """List by how much operations that count in a period made the stock more or less."""
    within = {"site": site, "start": period.start, "end": period.end}
    rows = list(tx.execute(_NETS_OF_PERIOD, within))
    earlier = sorted(entry.operation for entry in entries if entry.sign < 0)
    for named in _parts(earlier):
        rows += tx.execute(_NETS_NAMED, {"site": site, "operations": named})
    return tuple(Net(operation, merchant, int(net)) for operation, merchant, _, net in rows)


def _parts(names: list[str]) -> list[list[str]]:
    return [names[first : first + NAMED_MAX] for first in range(0, len(names), NAMED_MAX)]
