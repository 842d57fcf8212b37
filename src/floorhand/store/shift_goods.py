"""Questions about a period's goods: how long they took to their bins, and what was put right."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, func, select, text
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry
from floorhand.domain.floor_figures import Net
from floorhand.domain.json_text import as_json
from floorhand.domain.shifts import Period
from floorhand.domain.spreads import spread_s
from floorhand.domain.things import CORRECTION
from floorhand.store.asking import ask, of_texts
from floorhand.store.schema import (
    Delivery,
    DeliveryWas,
    Move,
    Operation,
    Place,
    Receipt,
    Stock,
    Task,
)
from floorhand.store.tasks import LIVE

PUT_AWAY: Final = "PutAway"
"""The operation that ends the way of goods from the dock."""

GOODS: Final = ("merchant", "sku", "lot", "expiry")
"""What pieces are, whatever their condition: that changes on the way."""

Standing = tuple[str, ...]
"""A place and what stands there: `GOODS`."""

LATELY: Final = timedelta(days=3)
"""Most goods are put away long before."""

_PERIOD = and_(
    Move.site == bindparam("site"), Move.at >= bindparam("start"), Move.at < bindparam("end")
)
_OF_DELIVERY = and_(Delivery.site == Receipt.site, Delivery.number == Receipt.delivery)


_PUT = (
    select(
        Move.operation, Move.source, *(getattr(Move, name) for name in GOODS), Move.pieces, Move.at
    )
    .join(Operation, and_(Operation.site == Move.site, Operation.id == Move.operation))
    .where(
        Operation.site == bindparam("site"),
        Operation.kind == PUT_AWAY,
        Operation.at >= bindparam("start"),
        Operation.at < bindparam("end"),
    )
)
_RECEIPTS = select(
    Receipt.place, *(getattr(Receipt, name) for name in GOODS), Delivery.opened_at
).join(Delivery, _OF_DELIVERY)
_WERE_OPEN = (
    select(Receipt.place, *(getattr(Receipt, name) for name in GOODS), DeliveryWas.opened_at)
    .join(
        DeliveryWas,
        and_(DeliveryWas.site == Receipt.site, DeliveryWas.number == Receipt.delivery),
    )
    .where(
        DeliveryWas.site == bindparam("site"),
        DeliveryWas.until >= bindparam("end"),
        DeliveryWas.opened_at < bindparam("end"),
    )
)
"""Deliveries whose opening was taken back after the period."""

_LATELY = _RECEIPTS.where(
    Delivery.site == bindparam("site"),
    Delivery.opened_at >= bindparam("start"),
    Delivery.opened_at < bindparam("end"),
)
_BEFORE = _RECEIPTS.where(
    Receipt.site == bindparam("site"),
    Receipt.place == bindparam("place"),
    *(getattr(Receipt, name) == bindparam(name) for name in GOODS),
)
_TO_PUT_AWAY = select(Task.place).where(
    Task.site == bindparam("site"), Task.kind == "putaway", Task.state.in_(LIVE)
)
_INSIDE = of_texts(
    "places",
    lambda places: select(Place.code).where(
        Place.site == bindparam("site"), Place.parent.in_(places)
    ),
)
_RECEIVING = select(Receipt.place).where(
    Receipt.site == bindparam("site"),
    Receipt.delivery.in_(
        select(Delivery.number).where(
            Delivery.site == bindparam("site"), Delivery.state == "receiving"
        )
    ),
)
_STANDING = of_texts(
    "places",
    lambda places: select(
        Stock.place, *(getattr(Stock, name) for name in GOODS), Stock.pieces
    ).where(Stock.site == bindparam("site"), Stock.place.in_(places), Stock.pieces > 0),
)
_MOVED = {
    sign: select(place, *(getattr(Move, name) for name in GOODS), Move.pieces).where(
        _PERIOD,
        select(Receipt.place).where(Receipt.site == Move.site, Receipt.place == place).exists(),
    )
    for sign, place in ((1, Move.source), (-1, Move.target))
}
"""What left places that deliveries are put on, and what came to them."""

_NET = func.sum(case((Move.source == CORRECTION, Move.pieces), else_=-Move.pieces))
_CORRECTED = (
    select(Move.operation, Operation.kind, Move.merchant, Move.sku, _NET)
    .join(Operation, and_(Operation.site == Move.site, Operation.id == Move.operation))
    .where(text("(source = '@correction' OR target = '@correction')"))  # as the index says it
    .group_by(Move.operation, Operation.kind, Move.merchant, Move.sku)
    .having(_NET != 0)
)
_NETS_OF_PERIOD = _CORRECTED.where(_PERIOD)
_NETS_NAMED = of_texts(
    "operations",
    lambda operations: _CORRECTED.where(
        Move.site == bindparam("site"), Move.operation.in_(operations)
    ),
)


Waiting = Mapping[str, int | None]
"""What is still to be put away: ``pieces``, ``median_s`` and ``oldest_s`` (their age; None of
nothing)."""


def dock_to_stock(
    tx: Session,
    site: str,
    period: Period,
    entries: Mapping[str, Entry],
    now: datetime,
    waiting: Waiting | None,
) -> dict[str, Any]:
    """Say how long goods took from the first scan of their delivery to their bins, by the piece.

    Goods that stand loose on a dock are of the latest delivery that brought such goods there.

    Args:
        tx: An open transaction.
        site: The building.
        period: In which they were put away.
        entries: What counts in it, by operation.
        now: The moment of asking.
        waiting: What is told as unfinished; None: what was when the period ended, or is now.

    Returns:
        ``pieces`` put away, ``median_s`` and ``p90_s``; ``unfinished``.
    """
    within = {"site": site, "start": period.start, "end": period.end}
    put = [
        row
        for row in ask(tx, _PUT, **within)
        if (entry := entries.get(row.operation)) is not None and entry.sign > 0
    ]
    opened = _Opened(tx, site, period)
    took = [
        (int((row.at - since).total_seconds()), row.pieces)
        for row in put
        if (since := opened.before(tuple(row[1:6]), row.at)) is not None
    ]
    if waiting is None:
        waiting = _waiting(tx, site, min(now, period.end), now, opened)
    return {
        "pieces": sum(pieces for _, pieces in took),
        **spread_s(took),
        "unfinished": dict(waiting),
    }


class _Opened:
    """Knows when the delivery of goods was opened, by where they stand.

    What was opened lately is read at once; older deliveries are looked for only where goods have
    waited for so long.
    """

    def __init__(self, tx: Session, site: str, period: Period) -> None:
        self._tx, self._site, self._first = tx, site, period.start - LATELY
        self._known: dict[Standing, list[datetime]] = {}
        self._long_ago: dict[Standing, datetime | None] = {}
        within = {"site": site, "start": self._first, "end": period.end}
        were = ask(tx, _WERE_OPEN, site=site, end=period.end)
        for *goods, opened in (*ask(tx, _LATELY, **within), *were):
            self._known.setdefault(tuple(goods), []).append(opened)
        for times in self._known.values():
            times.sort()

    def before(self, goods: Standing, at: datetime) -> datetime | None:
        """Give the latest opening of a delivery that brought goods there, up to a moment."""
        times = self._known.get(goods, [])
        if count := bisect_right(times, at):
            return times[count - 1]
        if goods not in self._long_ago:
            named = dict(zip(("place", *GOODS), goods, strict=True))
            rows = ask(self._tx, _BEFORE, site=self._site, **named)
            older = [row.opened_at for row in rows if row.opened_at < self._first]
            self._long_ago[goods] = max(older, default=None)
        return self._long_ago[goods]


def _waiting(tx: Session, site: str, as_of: datetime, now: datetime, opened: _Opened) -> Waiting:
    ages = [
        (int((as_of - since).total_seconds()), pieces)
        for goods, pieces in _unfinished(tx, site, as_of, now).items()
        if (since := opened.before(goods, as_of)) is not None
    ]
    return {
        "pieces": sum(pieces for _, pieces in ages),
        "median_s": spread_s(ages)["median_s"],
        "oldest_s": max((age for age, _ in ages), default=None),
    }


def _unfinished(tx: Session, site: str, as_of: datetime, now: datetime) -> dict[Standing, int]:
    """Count what waits for put-away; as of a past moment by what was moved since."""
    held: Counter[Standing] = Counter()
    waiting = as_json(_waiting_places(tx, site))
    for *goods, pieces in ask(tx, _STANDING, site=site, places=waiting):
        held[tuple(goods)] += pieces
    if as_of < now:
        for sign, question in _MOVED.items():
            for *goods, pieces in ask(tx, question, site=site, start=as_of, end=now):
                held[tuple(goods)] += sign * pieces
    return {goods: pieces for goods, pieces in held.items() if pieces > 0}


def _waiting_places(tx: Session, site: str) -> list[str]:
    """Name the places whose goods are to be put away, with what stands in them."""
    found = set(ask(tx, _TO_PUT_AWAY, site=site).scalars())
    found |= set(ask(tx, _INSIDE, site=site, places=as_json(sorted(found))).scalars())
    return sorted(found | set(ask(tx, _RECEIVING, site=site).scalars()))


def corrections(
    tx: Session, site: str, period: Period, entries: Iterable[Entry]
) -> tuple[Net, ...]:
    """List by how much operations that count in a period made the stock more or less."""
    within = {"site": site, "start": period.start, "end": period.end}
    rows = ask(tx, _NETS_OF_PERIOD, **within)
    earlier = sorted(entry.operation for entry in entries if entry.sign < 0)
    if earlier:
        rows += ask(tx, _NETS_NAMED, site=site, operations=as_json(earlier))
    return tuple(
        Net(operation, kind, merchant, int(net)) for operation, kind, merchant, _, net in rows
    )
