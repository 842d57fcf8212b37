"""All labels that the open work of a site needs, to walk it with a scanner."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from floorhand.domain.slotting import propose
from floorhand.domain.things import Goods
from floorhand.store import bins
from floorhand.store.label_data import (
    LabelWanted,
    badge_labels,
    place_labels,
    sku_labels,
    station_labels,
)
from floorhand.store.label_papers import (
    OPEN_DELIVERY,
    OPEN_RETURN,
    delivery_labels,
    return_labels,
)
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    Place,
    Return,
    ReturnLine,
    Stock,
)

PUT_AWAY_BINS = 3
"""Bins for each product that comes: the one that is proposed, and the next if it gets full."""

_DONE = ("shipped", "short", "cancelled")
_STANDS_ABOUT = ("dock", "bench", "cart", "tote", "pallet")

Skus = frozenset[tuple[str, str]]
"""Products as merchant and SKU."""


def work_labels(tx: Session, site: str) -> Iterator[LabelWanted]:
    """Fill one label of everything that is scanned in the open work, in the order of a day.

    Pallets, cartons and plates of returns are missing: the work itself prints theirs.
    """
    yield from badge_labels(tx, site)
    yield from station_labels(tx, site)
    for kind in ("dock", "bench", "cart"):
        yield from place_labels(tx, site, kind)
    if totes := _totes(tx, site):
        yield from place_labels(tx, site, "tote", codes=totes)
    yield from delivery_labels(tx, site)
    yield from return_labels(tx, site)
    going, coming = _to_pick(tx, site), _to_put_away(tx, site)
    if shelves := sorted(_standing(tx, site, going) | _proposed(tx, site, coming)):
        yield from place_labels(tx, site, "bin", codes=shelves)
    for merchant, group in groupby(sorted(going | coming), key=lambda pair: pair[0]):
        skus = {sku for _, sku in group}
        found = sku_labels(tx, site, merchant=merchant, codes=sorted(skus))
        yield from (one for one in found if one.subject in skus)


def _totes(tx: Session, site: str) -> list[str]:
    """List the totes that are in use, and an empty one for each order to pick."""
    here = (Place.site == site, Place.kind == "tote", Place.state != "void")
    held = select(Stock.place).where(Stock.site == site, Stock.pieces > 0)
    used = Place.order_no.is_not(None) | Place.code.in_(held)
    to_pick = tx.scalar(
        select(func.count()).where(Order.site == site, Order.state.in_(("released", "waiting")))
    )
    ordered = select(Place.code).where(*here).order_by(Place.walk_no, Place.code)
    free = tx.scalars(ordered.where(~used).limit(to_pick or 0))
    return [*tx.scalars(ordered.where(used)), *free]


def _to_pick(tx: Session, site: str) -> Skus:
    rows = tx.execute(
        select(OrderLine.merchant, OrderLine.sku)
        .join(
            Order,
            (Order.site == OrderLine.site)
            & (Order.merchant == OrderLine.merchant)
            & (Order.number == OrderLine.order),
        )
        .where(OrderLine.site == site, Order.state.not_in(_DONE))
        .distinct()
    )
    return frozenset((merchant, sku) for merchant, sku in rows)


def _to_put_away(tx: Session, site: str) -> Skus:
    """List what deliveries and returns bring, and what stands about already."""
    brought = (
        select(DeliveryLine.merchant, DeliveryLine.sku)
        .join(
            Delivery,
            (Delivery.site == DeliveryLine.site) & (Delivery.number == DeliveryLine.delivery),
        )
        .where(DeliveryLine.site == site, OPEN_DELIVERY)
    )
    sent_back = (
        select(ReturnLine.merchant, ReturnLine.sku)
        .join(Return, (Return.site == ReturnLine.site) & (Return.number == ReturnLine.number))
        .where(ReturnLine.site == site, OPEN_RETURN)
    )
    standing = (
        select(Stock.merchant, Stock.sku)
        .join(Place, (Place.site == Stock.site) & (Place.code == Stock.place))
        .where(Stock.site == site, Stock.pieces > 0, Place.kind.in_(_STANDS_ABOUT))
    )
    rows = tx.execute(union(brought, sent_back, standing))
    return frozenset((merchant, sku) for merchant, sku in rows)


def _standing(tx: Session, site: str, skus: Skus) -> frozenset[str]:
    """List the bins that hold any of some products."""
    rows = tx.execute(
        select(Stock.place, Stock.merchant, Stock.sku)
        .join(Place, (Place.site == Stock.site) & (Place.code == Stock.place))
        .where(Stock.site == site, Stock.pieces > 0, Place.kind == "bin")
    )
    return frozenset(place for place, merchant, sku in rows if (merchant, sku) in skus)


def _proposed(tx: Session, site: str, skus: Skus) -> frozenset[str]:
    """List the bins that put-away proposes for some products, as the shelves stand now."""
    found: set[str] = set()
    for merchant, sku in sorted(skus):
        need, _ = bins.need_of(tx, site, Goods(merchant, sku), 1)
        shelves = {shelf.code: shelf for shelf in bins.homes(tx, site, need)}
        for page in bins.empty_shelves(tx, site, need, frozenset()):
            shelves |= {shelf.code: shelf for shelf in page}
            break
        for _ in range(PUT_AWAY_BINS):
            if (proposal := propose(need, shelves.values())) is None:
                break
            found.add(proposal.code)
            del shelves[proposal.code]
    return frozenset(found)
