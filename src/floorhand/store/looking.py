"""What is where, and how many: the answers to a scan at the menu."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from floorhand.domain.days import goods_words
from floorhand.domain.signing_in import ROWS_MAX, Row, Seen
from floorhand.domain.things import AVAILABLE, HOLD, OUTSIDE, Goods
from floorhand.domain.worded import word
from floorhand.store.holds import (
    bin_subject,
    condition_now,
    is_bin_held,
    of_subject,
    on_goods,
)
from floorhand.store.ledger import inside
from floorhand.store.places import root_of
from floorhand.store.schema import Order, OrderLine, Place, Sku, Stock
from floorhand.store.shelves import outermost, with_roots

Facts = tuple[tuple[str, str], ...]


def place(tx: Session, site: str, code: str) -> Seen:
    """List what stands in a place and in everything inside it; for a parcel, tell its order."""
    held = inside(tx, site, code)
    is_held = of_subject(tx, site, bin_subject(root_of(tx, site, code))) is not None
    rows = tuple(
        Row(
            line.goods.sku,
            _name(tx, site, line.goods),
            line.pieces,
            _note(_as_held(tx, site, line.goods, is_held=is_held), at, code),
        )
        for at, line in held[:ROWS_MAX]
    )
    counted = (("fact.pieces_here", str(sum(line.pieces for _, line in held))),)
    return Seen(code, (*_bound(tx, site, code), *counted), rows)


def sku(tx: Session, site: str, code: str, lot: str = "", serial: str = "") -> Seen:
    """List where a product is, most pieces first; what cannot be sold is counted apart.

    With a lot or a serial only the pieces of that are listed.
    """
    merchant, _, number = code.partition("/")
    in_held_bin = and_(Stock.condition == AVAILABLE, is_bin_held(site, outermost("code")))
    asked = select(
        Stock.place,
        Stock.pieces,
        Stock.lot,
        Stock.expiry,
        case((in_held_bin, HOLD), else_=condition_now(Stock)).label("condition"),
    )
    found = tx.execute(
        with_roots(asked.select_from(Stock), site, Stock.place)
        .where(
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.sku == number,
            Stock.pieces > 0,
            Stock.place.not_in(OUTSIDE),
            *((Stock.lot == lot,) if lot else ()),
            *((Stock.serial == serial,) if serial else ()),
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
    good = sum(row.pieces for row in found if row.condition == AVAILABLE)
    other = sum(row.pieces for row in found) - good
    name = f"{number} {_name(tx, site, Goods(merchant, number))}".strip()
    facts = [("fact.product", name), ("fact.good_in_all", str(good))]
    facts += [("fact.not_for_sale", str(other))] if other else []
    facts.append(("fact.places", str(len({row.place for row in found}))))
    return Seen("", tuple(facts), rows)


def order(tx: Session, site: str, code: str) -> Seen:
    """List the lines of an order with how many pieces of each are picked."""
    merchant, _, number = code.partition("/")
    lines = tx.execute(
        select(OrderLine.sku, OrderLine.ordered, OrderLine.picked)
        .where(OrderLine.site == site, OrderLine.merchant == merchant, OrderLine.order == number)
        .order_by(OrderLine.line_no)
    ).all()
    rows = tuple(
        Row(
            line.sku,
            _name(tx, site, Goods(merchant, line.sku)),
            line.ordered,
            f"{line.picked}/{line.ordered}",
        )
        for line in lines[:ROWS_MAX]
    )
    picked = f"{sum(line.picked for line in lines)}/{sum(line.ordered for line in lines)}"
    return Seen("", (*_order(tx, site, code), ("fact.picked", picked)), rows)


def _bound(tx: Session, site: str, code: str) -> Facts:
    """Tell which order a place is for, if it is for one."""
    name = tx.scalar(select(Place.order_no).where(Place.site == site, Place.code == code))
    return _order(tx, site, name) if name else ()


def _order(tx: Session, site: str, name: str) -> Facts:
    """Tell an order and how it stands."""
    merchant, _, number = name.partition("/")
    state = tx.scalar(
        select(Order.state).where(
            Order.site == site, Order.merchant == merchant, Order.number == number
        )
    )
    return (("fact.order", name), (f"order_state.{state}", "")) if state else ()


def _name(tx: Session, site: str, goods: Goods) -> str:
    found = tx.scalar(
        select(func.coalesce(Sku.name, "")).where(
            Sku.site == site, Sku.merchant == goods.merchant, Sku.code == goods.sku
        )
    )
    return found or ""


def _as_held(tx: Session, site: str, goods: Goods, *, is_held: bool) -> Goods:
    """Give goods in the condition that they count as: on hold, while they or their bin are held."""
    if goods.condition == AVAILABLE and (is_held or on_goods(tx, site, goods) is not None):
        return replace(goods, condition=HOLD)
    return goods


def _note(goods: Goods, at: str, asked: str) -> str:
    """Say what is not ordinary about goods: lot, expiry, condition, the container they are in."""
    good = goods.condition == AVAILABLE
    condition = "" if good else word(f"fact.condition_{goods.condition}")
    return goods_words(goods.lot, goods.expiry, condition, "" if at == asked else at)
