"""Rules of places: where they stand, and whose goods are in them."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from floorhand.store.nesting import NESTING_MAX
from floorhand.store.schema import OrderLine, Place, Stock
from floorhand.store.violation import SITE, Rule, order_no

FIXED = ("bin", "dock", "bench")
"""Kinds of places that are parts of the building."""

CARRIED = ("tote", "carton", "pallet", "cart")

BOUND = ("tote", "carton")
"""Kinds of places that hold the goods of one order only, once they are bound to it."""

_PARENT = aliased(Place)
_STANDS_IN = and_(_PARENT.site == Place.site, _PARENT.code == Place.parent)
_HOLDS = and_(Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0)
_OF_ORDER = select(OrderLine.line_no).where(
    OrderLine.site == Place.site,
    OrderLine.merchant == Stock.merchant,
    OrderLine.sku == Stock.sku,
    order_no(OrderLine.merchant, OrderLine.order) == Place.order_no,
)
_GOODS = (
    select(Place.code, Place.state, Place.order_no, Place.merchant, Stock.pieces, Stock.sku)
    .add_columns(Stock.merchant.label("owner"))
    .join(Stock, _HOLDS)
    .where(Place.site == SITE)
)


def _deeper_than_allowed() -> Rule:
    """Make the rule of nesting: whatever stands in a circle also stands deeper than any limit."""
    standing = select(Place.code).where(Place.site == SITE, Place.parent.is_not(None))
    inner = Place
    for _ in range(NESTING_MAX):
        outer = aliased(Place)
        above = and_(outer.site == SITE, outer.code == inner.parent, outer.parent.is_not(None))
        standing = standing.join(outer, above)
        inner = outer
    detail = f"stands deeper than {NESTING_MAX}, or in a circle"
    return Rule("places_stand_in_no_circle", standing, "{code}", detail)


PLACE_CHECKS = (
    _deeper_than_allowed(),
    Rule(
        "places_stand_where_they_can",
        select(Place.code, Place.kind, Place.parent, _PARENT.kind.label("around"))
        .join(_PARENT, _STANDS_IN)
        .where(
            Place.site == SITE,
            or_(
                Place.kind == "outside",
                _PARENT.kind == "outside",
                and_(Place.kind.in_(FIXED), _PARENT.kind.in_(CARRIED)),
                and_(Place.kind == "cart", _PARENT.kind.in_(("tote", "carton", "pallet"))),
            ),
        ),
        "{code}",
        "of kind {kind}, cannot stand in {parent} of kind {around}",
    ),
    Rule(
        "void_places_are_empty",
        _GOODS.where(Place.state.in_(("void", "shipped"))),
        "{code}",
        "{state}, yet holds {pieces} × {sku}",
    ),
    Rule(
        "bound_places_hold_their_orders_goods",
        _GOODS.where(Place.kind.in_(BOUND), Place.order_no.is_not(None), ~_OF_ORDER.exists()),
        "{code}",
        "bound to {order_no}, yet holds {pieces} × {owner}/{sku}, which that order has not",
    ),
    Rule(
        "bound_places_hold_their_merchants_goods",
        _GOODS.where(
            Place.kind.in_((*BOUND, "pallet")),
            Place.merchant.is_not(None),
            Place.merchant != Stock.merchant,
        ),
        "{code}",
        "bound to {merchant}, yet holds {pieces} × {owner}/{sku}",
    ),
)
