"""A merchant at the board: how its orders, goods and papers stand, and each kind as a table.

The tables are those that it is told itself; here they lead on to all that the building knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.cut_offs import BLOCKED, WORKABLE
from floorhand.domain.holds import MERCHANT
from floorhand.domain.things import AVAILABLE, OUTSIDE
from floorhand.store.cells import Details, Lead, Value, Word, table
from floorhand.store.held_told import held_facts
from floorhand.store.holds import condition_now, state_now
from floorhand.store.masters import site_zone
from floorhand.store.schema import Delivery, Merchant, Order, OrderLine, Return, Stock
from floorhand.store.service_asked import Asked
from floorhand.store.service_tables import OVER, TABLES

KIND: Final = "merchant"
"""What a merchant is called among things; ``merchant.orders`` is one of its tables."""

HEADS: Final = ("what", "state", "count", "pieces", "more")
Row = tuple[Value, ...]

_PAPERS: Final = (
    ("deliveries", "delivery_state", Delivery, Delivery.state),
    ("returns", "custody", Return, Return.custody),
)
"""Each with the texts of its states, and where these stand."""

_DONE: Final = ("closed", "disposed", "not_returned")
"""States of papers with which this building is done."""


def is_of_merchant(kind: str) -> bool:
    """Say whether a page is of a merchant."""
    return kind.partition(".")[0] == KIND


def merchant_page(tx: Session, site: str, kind: str, merchant: str, now: datetime) -> Details:
    """Tell how all that is a merchant's stands, or give one of its tables.

    Args:
        tx: An open transaction.
        site: The building.
        kind: ``merchant``, or that with the name of one of its tables behind a point.
        merchant: Its code.
        now: The moment of all this.
    """
    name = tx.scalar(select(Merchant.name).where(Merchant.site == site, Merchant.code == merchant))
    if name is None:
        return Details((), (), 0, (("details.unknown", merchant),))
    _, _, which = kind.partition(".")
    if which:
        asked = Asked(site, merchant, now - OVER, site_zone(tx, site))
        told = TABLES[which](tx, asked)
        return table(told.heads, told.rows)
    facts = (
        ("board.head.merchant", f"{merchant} {name}".strip()),
        *held_facts(tx, site, MERCHANT, merchant),
    )
    return table(HEADS, _rows(tx, site, merchant), facts=facts)


def _rows(tx: Session, site: str, merchant: str) -> Iterator[Row]:
    """Give a row for each state of what is open, then what leads to all the rest."""
    yield from _orders(tx, site, merchant)
    yield from _stock(tx, site, merchant)
    for which, states, paper, state in _PAPERS:
        of_merchant = (paper.site == site, paper.merchant == merchant, state.not_in(_DONE))
        found = select(state, func.count()).where(*of_merchant).group_by(state).order_by(state)
        rows = tx.execute(found).all()
        for one, count in rows:
            what = Word(f"service.{which}"), Word(f"{states}.{one}")
            yield (*what, int(count), None, _lead(which, merchant))
        if not rows:
            yield Word(f"service.{which}"), "", 0, None, _lead(which, merchant)
    for rest in TABLES:
        if rest not in ("orders", "stock", "deliveries", "returns"):
            yield Word(f"service.{rest}"), "", None, None, _lead(rest, merchant)


def _lead(which: str, merchant: str) -> Lead:
    return Lead(f"{KIND}.{which}", merchant, "→")


def _orders(tx: Session, site: str, merchant: str) -> Iterator[Row]:
    state = state_now(Order)
    of_merchant = (Order.site == site, Order.merchant == merchant)
    found = (
        select(state, func.count(Order.number.distinct()), func.sum(OrderLine.ordered))
        .join(
            OrderLine,
            (OrderLine.site == Order.site)
            & (OrderLine.merchant == Order.merchant)
            & (OrderLine.order == Order.number),
        )
        .where(*of_merchant, Order.state.in_((*WORKABLE, *BLOCKED)))
        .group_by(state)
    )
    by_state = {row[0]: (int(row[1]), int(row[2])) for row in tx.execute(found)}
    for one in (*BLOCKED, *WORKABLE):
        if one in by_state:
            told = Word("service.orders"), Word(f"order_state.{one}")
            count, pieces = by_state[one]
            yield (*told, count, pieces, _lead("orders", merchant))
    if not by_state:
        yield Word("service.orders"), "", 0, None, _lead("orders", merchant)


def _stock(tx: Session, site: str, merchant: str) -> Iterator[Row]:
    condition = condition_now(Stock)
    found = (
        select(condition, func.sum(Stock.pieces))
        .where(
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.pieces > 0,
            Stock.place.not_in(OUTSIDE),
        )
        .group_by(condition)
        .order_by(condition)
    )
    rows = tx.execute(found).all()
    for stands, pieces in rows:
        good = stands == AVAILABLE
        word = Word("service.good" if good else f"fact.condition_{stands}")
        yield Word("service.stock"), word, None, int(pieces), _lead("stock", merchant)
    if not rows:
        yield Word("service.stock"), "", None, 0, _lead("stock", merchant)
