"""What is where, and how many: the answers to a scan at the menu."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.signing_in import ROWS_MAX, Row, Seen
from floorhand.domain.things import AVAILABLE, OUTSIDE, Goods
from floorhand.store.ledger import inside
from floorhand.store.schema import Order, OrderLine, Sku, Stock


def place(tx: Session, site: str, code: str) -> Seen:
    """List what stands in a place and in everything inside it."""
    held = inside(tx, site, code)
    rows = tuple(
        Row(line.goods.sku, _name(tx, site, line.goods), line.pieces, _note(line.goods, at, code))
        for at, line in held[:ROWS_MAX]
    )
    return Seen("place", code, code, sum(line.pieces for _, line in held), rows)


def sku(tx: Session, site: str, code: str) -> Seen:
    """List where a product is, most pieces first."""
    merchant, _, number = code.partition("/")
    found = tx.execute(
        select(Stock.place, Stock.pieces, Stock.reserved, Stock.lot, Stock.expiry, Stock.condition)
        .where(
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.sku == number,
            Stock.pieces > 0,
            Stock.place.not_in(OUTSIDE),
        )
        .order_by(Stock.pieces.desc(), Stock.place)
    ).all()
    rows = tuple(
        Row(
            row.place,
            "",
            row.pieces,
            _note(Goods(merchant, number, row.lot, row.expiry, "", row.condition), "", ""),
        )
        for row in found[:ROWS_MAX]
    )
    name = _name(tx, site, Goods(merchant, number))
    return Seen("sku", code, name, sum(row.pieces for row in found), rows)


def order(tx: Session, site: str, code: str) -> Seen:
    """List the lines of an order with what is done of each."""
    merchant, _, number = code.partition("/")
    state = tx.scalar(
        select(Order.state).where(
            Order.site == site, Order.merchant == merchant, Order.number == number
        )
    )
    lines = tx.execute(
        select(OrderLine.sku, OrderLine.ordered, OrderLine.picked, OrderLine.packed)
        .where(OrderLine.site == site, OrderLine.merchant == merchant, OrderLine.order == number)
        .order_by(OrderLine.line_no)
    ).all()
    rows = tuple(
        Row(
            line.sku,
            _name(tx, site, Goods(merchant, line.sku)),
            line.ordered,
            f"{line.picked}/{line.packed}",
        )
        for line in lines[:ROWS_MAX]
    )
    return Seen("order", code, f"{number} {state}", sum(line.ordered for line in lines), rows)


def _name(tx: Session, site: str, goods: Goods) -> str:
    found = tx.scalar(
        select(func.coalesce(Sku.name, "")).where(
            Sku.site == site, Sku.merchant == goods.merchant, Sku.code == goods.sku
        )
    )
    return found or ""


def _note(goods: Goods, at: str, asked: str) -> str:
    """Say what is not ordinary about goods: lot, expiry, condition, the container they are in."""
    parts = (
        goods.lot,
        goods.expiry,
        "" if goods.condition == AVAILABLE else goods.condition,
        "" if at == asked else at,
    )
    return " ".join(part for part in parts if part)
