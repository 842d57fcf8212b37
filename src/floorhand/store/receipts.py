"""What was counted of a delivery, by goods and by the place it was put on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.things import Goods
from floorhand.store.schema import Place, Receipt


@dataclass(frozen=True, slots=True)
class Spot:
    """Where pieces of a delivery are put: a pallet, or loose on a dock."""

    site: str
    delivery: str
    place: str


def add(tx: Session, spot: Spot, goods: Goods, pieces: int) -> int:
    """Add counted pieces; give how many of these goods came onto the spot by now."""
    dialect: Any = postgresql if tx.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(Receipt).values(pieces=pieces, **_key(spot, goods))
    here = tx.scalar(
        fresh.on_conflict_do_update(
            index_elements=list(Receipt.__table__.primary_key),
            set_={"pieces": Receipt.pieces + fresh.excluded.pieces},
        ).returning(Receipt.pieces)
    )
    assert here is not None
    return int(here)


def lower(tx: Session, spot: Spot, goods: Goods, pieces: int) -> int | None:
    """Take counted pieces off again; give how many are left, None if there were fewer."""
    here = tx.scalar(
        update(Receipt)
        .where(_at(spot, goods), Receipt.pieces >= pieces)
        .values(pieces=Receipt.pieces - pieces)
        .returning(Receipt.pieces)
    )
    return None if here is None else int(here)


def held(tx: Session, spot: Spot, goods: Goods) -> int:
    """Give how many of these goods came onto the spot."""
    return int(tx.scalar(select(Receipt.pieces).where(_at(spot, goods))) or 0)


def of_delivery(tx: Session, site: str, number: str) -> tuple[tuple[str, str, Goods, int], ...]:
    """List what came where, as (place, its kind, goods, pieces)."""
    rows = tx.execute(
        select(
            Receipt.place,
            Place.kind,
            Receipt.pieces,
            Receipt.merchant,
            Receipt.sku,
            Receipt.lot,
            Receipt.expiry,
            Receipt.condition,
        )
        .join(Place, and_(Place.site == Receipt.site, Place.code == Receipt.place))
        .where(Receipt.site == site, Receipt.delivery == number)
        .order_by(Receipt.place, Receipt.merchant, Receipt.sku, Receipt.expiry, Receipt.lot)
    )
    return tuple(
        (place, kind, Goods(merchant, sku, lot, expiry, "", condition), pieces)
        for place, kind, pieces, merchant, sku, lot, expiry, condition in rows
    )


def _key(spot: Spot, goods: Goods) -> dict[str, str]:
    return {
        "site": spot.site,
        "delivery": spot.delivery,
        "place": spot.place,
        "merchant": goods.merchant,
        "sku": goods.sku,
        "lot": goods.lot,
        "expiry": goods.expiry,
        "condition": goods.condition,
    }


def _at(spot: Spot, goods: Goods) -> ColumnElement[bool]:
    return and_(*(getattr(Receipt, name) == value for name, value in _key(spot, goods).items()))
