"""Questions about correcting the books: what is in a place, and what was corrected lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.correcting import StockRow
from floorhand.domain.things import CORRECTION, Goods
from floorhand.store.goods import goods_columns
from floorhand.store.ordering import in_order
from floorhand.store.schema import Move, Operation, Sku, Stock


def stock_rows(
    tx: Session,
    site: str,
    place: str,
    merchant: str,
    sku: str,
    skip: int,
    limit: int,
    sort: str = "",
) -> tuple[StockRow, ...]:
    """List what stands directly in a place, of one product or of all, by product and expiry.

    Or by pieces, the most first, or by expiry alone, as ``sort`` says.
    """
    by = {"pieces": (Stock.pieces.desc(),), "expiry": (Stock.expiry == "", Stock.expiry)}
    asked = (
        select(
            *goods_columns(Stock),
            Stock.pieces,
            Stock.reserved,
            Sku.name,
        )
        .join(
            Sku, and_(Sku.site == Stock.site, Sku.merchant == Stock.merchant, Sku.code == Stock.sku)
        )
        .where(Stock.site == site, Stock.place == place, Stock.pieces > 0)
        .order_by(*in_order(by, sort, tuple(goods_columns(Stock))))
        .offset(skip)
        .limit(limit)
    )
    if sku:
        asked = asked.where(Stock.merchant == merchant, Stock.sku == sku)
    return tuple(
        StockRow(Goods(*row[:6]), row.name, row.pieces, row.reserved) for row in tx.execute(asked)
    )


def pieces_at(tx: Session, site: str, place: str, goods: Goods) -> tuple[int, int]:
    """Say how many pieces of goods the books have in a place, and how many of them are promised."""
    same = (getattr(Stock, name) == getattr(goods, name) for name in Goods.__match_args__)
    asked = select(Stock.pieces, Stock.reserved).where(
        Stock.site == site, Stock.place == place, *same
    )
    row = tx.execute(asked).one_or_none()
    return (row.pieces, row.reserved) if row else (0, 0)


def corrected_since(
    tx: Session,
    site: str,
    worker: str,
    places: Sequence[str],
    goods: Goods,
    kind: str,
    since: datetime,
) -> int:
    """Add up the pieces by which a worker has corrected a product in places, up and down.

    ``kind`` is that of the operations that count; what was taken back does not.
    """
    undo = aliased(Operation)
    moved = and_(Move.site == Operation.site, Move.operation == Operation.id)
    asked = select(func.sum(Move.pieces)).select_from(Operation).join(Move, moved)
    pieces = tx.scalar(
        asked.where(
            Operation.site == site,
            Operation.kind == kind,
            Operation.at >= since,
            Operation.worker == worker,
            Move.merchant == goods.merchant,
            Move.sku == goods.sku,
            or_(
                and_(Move.source.in_(places), Move.target == CORRECTION),
                and_(Move.source == CORRECTION, Move.target.in_(places)),
            ),
            ~select(undo.id).where(undo.site == site, undo.undoes == Operation.id).exists(),
        )
    )
    return int(pieces or 0)


def nets(
    tx: Session, site: str, places: Sequence[str], goods: Sequence[Goods], since: datetime
) -> tuple[int, ...]:
    """Add up by how much goods in places were corrected since a moment.

    What was taken back comes to nothing, and so does another condition of the same pieces.

    Args:
        tx: An open transaction.
        site: The building.
        places: Where they are.
        goods: Which.
        since: From which moment on.

    Returns:
        Pieces for each of ``goods``, below zero if it became less.
    """
    rows = tx.execute(
        select(
            *(getattr(Move, name) for name in Goods.__match_args__), Move.source, Move.pieces
        ).where(
            Move.site == site,
            Move.at >= since,
            Move.sku.in_({one.sku for one in goods}),
            or_(
                and_(Move.source.in_(places), Move.target == CORRECTION),
                and_(Move.source == CORRECTION, Move.target.in_(places)),
            ),
        )
    )
    found: Counter[Goods] = Counter()
    for *told, source, pieces in rows:
        found[_whatever_condition(Goods(*told))] += pieces if source == CORRECTION else -pieces
    return tuple(found[_whatever_condition(one)] for one in goods)


def _whatever_condition(goods: Goods) -> Goods:
    return replace(goods, condition="")
