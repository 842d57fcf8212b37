"""What was counted of a delivery, by goods and by the place it was put on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import BigInteger, Integer, TableClause, and_, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.things import Goods
from floorhand.store.asking import ask
from floorhand.store.schema import Place, Receipt

_RECEIPT = cast(TableClause, Receipt.__table__)
_SAME = and_(*(column == bindparam(f"at_{column.name}") for column in _RECEIPT.primary_key))
_TAKEN = bindparam("taken", type_=Integer)
_HELD = select(_RECEIPT.c.pieces).where(_SAME)
_OF_DELIVERY = (
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
    .where(Receipt.site == bindparam("site"), Receipt.delivery == bindparam("delivery"))
    .order_by(Receipt.place, Receipt.merchant, Receipt.sku, Receipt.expiry, Receipt.lot)
)
_LOWER = (
    update(_RECEIPT)
    .where(_SAME, _RECEIPT.c.pieces >= _TAKEN)
    .values(
        pieces=_RECEIPT.c.pieces - _TAKEN,
        net_g=_RECEIPT.c.net_g - _RECEIPT.c.net_g * _TAKEN // _RECEIPT.c.pieces,
    )
    .returning(_RECEIPT.c.pieces)
)
_WEIGH = (
    update(_RECEIPT)
    .where(_SAME)
    .values(net_g=_RECEIPT.c.net_g + bindparam("told_g", type_=BigInteger))
)
_NET_G = select(func.coalesce(func.sum(_RECEIPT.c.net_g), 0)).where(
    _RECEIPT.c.site == bindparam("site"), _RECEIPT.c.delivery == bindparam("delivery")
)


def _adding(dialect: Any) -> Any:
    fresh = dialect.insert(_RECEIPT)
    return fresh.on_conflict_do_update(
        index_elements=list(_RECEIPT.primary_key),
        set_={"pieces": _RECEIPT.c.pieces + fresh.excluded.pieces},
    ).returning(_RECEIPT.c.pieces)


_ADD = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where pieces of a delivery are put: a pallet, or loose on a dock."""

    site: str
    delivery: str
    place: str


def add(tx: Session, spot: Spot, goods: Goods, pieces: int) -> int:
    """Add counted pieces; give how many of these goods came onto the spot by now."""
    return int(ask(tx, _ADD, pieces=pieces, net_g=0, **_key(spot, goods)).scalar())


def weigh(tx: Session, spot: Spot, goods: Goods, net_g: int) -> None:
    """Add the net weight in g that a label told of goods that came onto the spot."""
    ask(tx, _WEIGH, told_g=net_g, **_at(spot, goods))


def net_g(tx: Session, site: str, number: str) -> int:
    """Give the net weight in g that labels told of what came of a delivery."""
    return int(ask(tx, _NET_G, site=site, delivery=number).scalar())


def lower(tx: Session, spot: Spot, goods: Goods, pieces: int) -> int | None:
    """Take counted pieces off again; give how many are left, None if there were fewer.

    Of the net weight that was told they take their share with them.
    """
    here = ask(tx, _LOWER, taken=pieces, **_at(spot, goods)).scalar()
    return None if here is None else int(here)


def held(tx: Session, spot: Spot, goods: Goods) -> int:
    """Give how many of these goods came onto the spot."""
    return int(ask(tx, _HELD, **_at(spot, goods)).scalar() or 0)


def of_delivery(tx: Session, site: str, number: str) -> tuple[tuple[str, str, Goods, int], ...]:
    """List what came where, as (place, its kind, goods, pieces)."""
    rows = ask(tx, _OF_DELIVERY, site=site, delivery=number)
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


def _at(spot: Spot, goods: Goods) -> dict[str, str]:
    return {f"at_{name}": value for name, value in _key(spot, goods).items()}
