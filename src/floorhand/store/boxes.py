"""What goes into a box: sizes and weights of an order's goods, and the box types there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.cartons import Box, Pieces
from floorhand.domain.packing import BOXES_SHOWN_MAX
from floorhand.domain.things import Line
from floorhand.store.checking import TO_PACK, of_order
from floorhand.store.schema import BoxType, Sku, Stock


def goods_to_box(tx: Session, site: str, order_no: str) -> tuple[Pieces, ...]:
    """List what is still in an order's totes, with sizes and weights."""
    rows = tx.execute(
        select(Sku.length_mm, Sku.width_mm, Sku.height_mm, Sku.weight_g, func.sum(Stock.pieces))
        .join(
            Stock,
            (Stock.site == Sku.site) & (Stock.merchant == Sku.merchant) & (Stock.sku == Sku.code),
        )
        .where(TO_PACK)
        .group_by(Sku.code, Sku.length_mm, Sku.width_mm, Sku.height_mm, Sku.weight_g)
        .order_by(Sku.code),
        of_order(site, order_no),
    )
    return tuple(
        Pieces(length, width, height, weight, int(pieces))
        for length, width, height, weight, pieces in rows
    )


def weight_of_lines(tx: Session, site: str, lines: Sequence[Line]) -> int:
    """Add up the weight of lines in grams; 0 if one of the weights is not known."""
    merchants = {line.goods.merchant for line in lines}
    rows = tx.execute(
        select(Sku.merchant, Sku.code, Sku.weight_g).where(
            Sku.site == site,
            Sku.merchant.in_(merchants),
            Sku.code.in_({line.goods.sku for line in lines}),
        )
    )
    weight_g = {(merchant, sku): grams for merchant, sku, grams in rows}
    each = [(weight_g[line.goods.merchant, line.goods.sku], line.pieces) for line in lines]
    return sum(grams * pieces for grams, pieces in each) if all(g for g, _ in each) else 0


def box_types(tx: Session, site: str) -> tuple[tuple[Box, str], ...]:
    """List the box types with their names, smallest first."""
    rows = tx.execute(
        select(
            BoxType.code,
            BoxType.length_mm,
            BoxType.width_mm,
            BoxType.height_mm,
            BoxType.tare_g,
            BoxType.carries_g,
            BoxType.name,
        )
        .where(BoxType.site == site)
        .order_by(BoxType.length_mm * BoxType.width_mm * BoxType.height_mm, BoxType.code)
        .limit(BOXES_SHOWN_MAX)
    )
    return tuple((Box(code, *sizes), name) for code, *sizes, name in rows)
