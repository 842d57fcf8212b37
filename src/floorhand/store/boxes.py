"""What goes into a box: sizes and weights of an order's goods, and the box types there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from floorhand.domain.cartons import Box, Pieces
from floorhand.domain.packing import BOXES_SHOWN_MAX
from floorhand.domain.things import Line
from floorhand.store.asking import ask
from floorhand.store.checking import TO_PACK, of_order
from floorhand.store.masters import volume_mm3
from floorhand.store.schema import BoxType, Sku, Stock

_TO_BOX = (
    select(Sku.length_mm, Sku.width_mm, Sku.height_mm, Sku.weight_g, func.sum(Stock.pieces))
    .join(
        Stock,
        (Stock.site == Sku.site) & (Stock.merchant == Sku.merchant) & (Stock.sku == Sku.code),
    )
    .where(TO_PACK)
    .group_by(Sku.code, Sku.length_mm, Sku.width_mm, Sku.height_mm, Sku.weight_g)
    .order_by(Sku.code)
)
_WEIGHTS = select(Sku.merchant, Sku.code, Sku.weight_g).where(
    Sku.site == bindparam("site"),
    Sku.merchant.in_(bindparam("merchants", expanding=True)),
    Sku.code.in_(bindparam("skus", expanding=True)),
)
_TYPES = (
    select(
        BoxType.code,
        BoxType.length_mm,
        BoxType.width_mm,
        BoxType.height_mm,
        BoxType.tare_g,
        BoxType.carries_g,
        BoxType.name,
    )
    .where(BoxType.site == bindparam("site"))
    .order_by(volume_mm3(BoxType), BoxType.code)
    .limit(BOXES_SHOWN_MAX)
)
_OWN_TYPES = _TYPES.where(BoxType.code.in_(bindparam("own", expanding=True)))
_TARE = select(BoxType.tare_g).where(
    BoxType.site == bindparam("site"), BoxType.code == bindparam("box")
)


def goods_to_box(tx: Session, site: str, order_no: str) -> tuple[Pieces, ...]:
    """List what is still in an order's totes, with sizes and weights."""
    rows = ask(tx, _TO_BOX, **of_order(site, order_no))
    return tuple(
        Pieces(length, width, height, weight, int(pieces))
        for length, width, height, weight, pieces in rows
    )


def weight_of_lines(tx: Session, site: str, lines: Sequence[Line]) -> int:
    """Add up the weight of lines in grams; 0 if one of the weights is not known."""
    merchants = {line.goods.merchant for line in lines}
    skus = {line.goods.sku for line in lines}
    rows = ask(tx, _WEIGHTS, site=site, merchants=list(merchants), skus=list(skus))
    weight_g = {(merchant, sku): grams for merchant, sku, grams in rows}
    each = [(weight_g[line.goods.merchant, line.goods.sku], line.pieces) for line in lines]
    return sum(grams * pieces for grams, pieces in each) if all(g for g, _ in each) else 0


def box_types(tx: Session, site: str, own: Sequence[str] = ()) -> tuple[tuple[Box, str], ...]:
    """List the box types with their names, smallest first; those of ``own`` if it names any."""
    rows = ask(tx, _OWN_TYPES, site=site, own=list(own)) if own else ask(tx, _TYPES, site=site)
    return tuple((Box(code, *sizes), name) for code, *sizes, name in rows)


def tare_of(tx: Session, site: str, box: str) -> int:
    """Give the weight of an empty box in grams; 0 if there is no such type."""
    return int(ask(tx, _TARE, site=site, box=box).scalar() or 0)
