"""Rules of orders: what their lines count, the totes and parcels that hold it, how they end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, literal, or_, select, union_all

from floorhand.store.schema import Move, Operation, Order, OrderLine, Parcel, Pick, Place, Stock
from floorhand.store.standing import standing
from floorhand.store.violation import SITE, Rule, order_no

ALIVE = ("hold", "waiting", "released", "picking", "picked", "packing")
"""States of an order whose goods, as far as they are picked, stand in its totes."""

UNDONE = ("unpacked", "cancelled")
"""States of a parcel that was opened again."""

ORDER = "{merchant}/{order}"
LINE = "{merchant}/{order} line {line_no}"

_LINE_KEY = (OrderLine.merchant, OrderLine.order, OrderLine.line_no)
_ORDER_OF_LINE = and_(
    Order.site == OrderLine.site,
    Order.merchant == OrderLine.merchant,
    Order.number == OrderLine.order,
)
_ORDER_OF_PARCEL = and_(
    Order.site == Parcel.site, Order.merchant == Parcel.merchant, Order.number == Parcel.order
)
_CARTON = and_(Place.site == Parcel.site, Place.code == Parcel.carton)

_OF_PICKS = (
    select(
        Pick.merchant,
        Pick.order,
        Pick.line_no,
        func.sum(Pick.picked).label("picked"),
    )
    .where(Pick.site == SITE)
    .group_by(Pick.merchant, Pick.order, Pick.line_no)
    .subquery()
)
_OF_OPEN_PICKS = (
    select(
        Pick.merchant,
        Pick.order,
        Pick.line_no,
        func.sum(Pick.pieces - Pick.picked).label("to_pick"),
    )
    .where(Pick.site == SITE, Pick.state == "open")
    .group_by(Pick.merchant, Pick.order, Pick.line_no)
    .subquery()
)


def _same_line(other: Any) -> Any:
    return and_(*(column == other.c[column.key] for column in _LINE_KEY))


_SAY_PICKED = (
    select(
        order_no(OrderLine.merchant, OrderLine.order).label("order"),
        OrderLine.merchant,
        OrderLine.sku,
        (OrderLine.picked - OrderLine.packed).label("says"),
        literal(0).label("held"),
    )
    .join(Order, _ORDER_OF_LINE)
    .where(Order.site == SITE, Order.state.in_(ALIVE))
)
_IN_TOTES = (
    select(Place.order_no, Stock.merchant, Stock.sku, literal(0), Stock.pieces)
    .select_from(Order)
    .join(
        Place,
        and_(
            Place.site == Order.site,
            Place.order_no == order_no(Order.merchant, Order.number),
            Place.kind == "tote",
        ),
    )
    .join(
        Stock,
        and_(Stock.site == Place.site, Stock.place == Place.code, Stock.merchant == Order.merchant),
    )
    .where(Order.site == SITE, Order.state.in_(ALIVE))
)
_PICKED = union_all(_SAY_PICKED, _IN_TOTES).subquery()
_SAYS, _HELD = func.sum(_PICKED.c.says), func.sum(_PICKED.c.held)

_PACKED = (
    select(Parcel.merchant, Parcel.order, func.sum(Move.pieces).label("pieces"))
    .join(Move, and_(Move.site == Parcel.site, Move.target == Parcel.carton))
    .join(Operation, and_(Operation.site == Move.site, Operation.id == Move.operation))
    .where(standing(), Parcel.site == SITE, Parcel.state.not_in(UNDONE))
    .group_by(Parcel.merchant, Parcel.order)
    .subquery()
)
_SAY_PACKED = (
    select(OrderLine.merchant, OrderLine.order, func.sum(OrderLine.packed).label("pieces"))
    .where(OrderLine.site == SITE)
    .group_by(OrderLine.merchant, OrderLine.order)
    .subquery()
)
_IN_PARCELS = func.coalesce(_PACKED.c.pieces, 0)
_SAME_ORDER = and_(
    _PACKED.c.merchant == _SAY_PACKED.c.merchant, _PACKED.c.order == _SAY_PACKED.c.order
)
_CAME_IN = (
    select(Stock.sku)
    .where(Stock.site == Parcel.site, Stock.place == Parcel.carton)
    .correlate(Parcel)
)
_ANY_PACKED = (
    select(OrderLine.line_no)
    .where(
        OrderLine.site == Order.site,
        OrderLine.merchant == Order.merchant,
        OrderLine.order == Order.number,
        OrderLine.packed > 0,
    )
    .exists()
)
_TO_PACK = (
    select(OrderLine.line_no)
    .where(
        OrderLine.site == Order.site,
        OrderLine.merchant == Order.merchant,
        OrderLine.order == Order.number,
        OrderLine.picked > OrderLine.packed,
    )
    .exists()
)
_ORDERS = select(Order.merchant, Order.number.label("order"), Order.state).where(Order.site == SITE)

ORDER_CHECKS = (
    Rule(
        "order_lines_add_up",
        select(*_LINE_KEY, OrderLine.picked, _OF_PICKS.c.picked.label("by_picks"))
        .join(_OF_PICKS, _same_line(_OF_PICKS))
        .where(OrderLine.site == SITE, OrderLine.picked > _OF_PICKS.c.picked),
        LINE,
        "{picked} picked, but picks say {by_picks}",
    ),
    Rule(
        "nothing_is_picked_twice",
        select(*_LINE_KEY, OrderLine.ordered, OrderLine.picked, OrderLine.short)
        .add_columns(_OF_OPEN_PICKS.c.to_pick)
        .join(_OF_OPEN_PICKS, _same_line(_OF_OPEN_PICKS))
        .where(
            OrderLine.site == SITE,
            OrderLine.picked + OrderLine.short + _OF_OPEN_PICKS.c.to_pick > OrderLine.ordered,
        ),
        LINE,
        "{ordered} ordered, but {picked} picked, {short} short and {to_pick} still to be picked",
    ),
    Rule(
        "what_is_picked_is_in_its_totes",
        select(_PICKED.c.order, _PICKED.c.sku, _SAYS.label("says"), _HELD.label("held"))
        .group_by(_PICKED.c.order, _PICKED.c.merchant, _PICKED.c.sku)
        .having(_SAYS != _HELD),
        "{order} {sku}",
        "lines say {says} are picked and not packed, its totes hold {held}",
    ),
    Rule(
        "picked_orders_have_goods",
        _ORDERS.where(Order.state.in_(("picked", "packing")), ~_TO_PACK),
        ORDER,
        "{state}, but nothing of it is left to pack",
    ),
    Rule(
        "what_is_short_has_a_reason",
        select(*_LINE_KEY, OrderLine.short).where(
            OrderLine.site == SITE, OrderLine.short > 0, OrderLine.short_reason == ""
        ),
        LINE,
        "{short} short for no reason",
    ),
    Rule(
        "shipped_orders_are_complete",
        select(*_LINE_KEY, OrderLine.ordered, OrderLine.packed, OrderLine.short)
        .join(Order, _ORDER_OF_LINE)
        .where(
            OrderLine.site == SITE,
            Order.state == "shipped",
            OrderLine.packed + OrderLine.short != OrderLine.ordered,
        ),
        LINE,
        "shipped, but of {ordered} ordered {packed} are packed and {short} short",
    ),
    Rule(
        "shipped_orders_say_when",
        _ORDERS.where(Order.state == "shipped", Order.shipped_at.is_(None), _ANY_PACKED),
        ORDER,
        "shipped, but it does not say when",
    ),
    Rule(
        "closed_orders_stay_closed",
        _ORDERS.add_columns(Order.closed_at).where(
            or_(
                and_(Order.state.not_in(("shipped", "short")), Order.closed_at.is_not(None)),
                and_(Order.state == "short", Order.closed_at.is_(None)),
            )
        ),
        ORDER,
        "{state}, and the time of its end is {closed_at}",
    ),
    Rule(
        "parcels_leave_with_their_order",
        select(Parcel.carton, Parcel.merchant, Parcel.order)
        .add_columns(Place.state.label("carton_is"), Order.state.label("order_is"))
        .join(Order, _ORDER_OF_PARCEL)
        .join(Place, _CARTON)
        .where(
            Parcel.site == SITE,
            Parcel.state.not_in(UNDONE),
            (Place.state == "shipped") != (Order.state == "shipped"),
        ),
        "parcel {carton}",
        "its carton is {carton_is}, but its order {merchant}/{order} is {order_is}",
    ),
    Rule(
        "parcels_are_cartons_of_their_order",
        select(Parcel.carton, Parcel.merchant, Parcel.order, Place.kind)
        .add_columns(func.coalesce(Place.order_no, "none").label("bound"))
        .join(Place, _CARTON)
        .where(
            Parcel.site == SITE,
            or_(Place.kind != "carton", Place.order_no != order_no(Parcel.merchant, Parcel.order)),
        ),
        "parcel {carton}",
        "of order {merchant}/{order}, but it is a {kind} of order {bound}",
    ),
    Rule(
        "parcels_are_closed_with_their_carton",
        select(Parcel.carton, Place.state)
        .join(Place, _CARTON)
        .where(Parcel.site == SITE, Parcel.state == "open", Place.state.in_(("closed", "shipped"))),
        "parcel {carton}",
        "open, but its carton is {state}",
    ),
    Rule(
        "parcels_are_not_empty",
        select(Parcel.carton, Parcel.merchant, Parcel.order, Parcel.state).where(
            Parcel.site == SITE, Parcel.state.not_in(UNDONE), ~_CAME_IN.exists()
        ),
        "parcel {carton}",
        "{state} for {merchant}/{order}, but nothing was ever put into it",
    ),
    Rule(
        "parcels_hold_what_was_packed",
        select(_SAY_PACKED.c.merchant, _SAY_PACKED.c.order)
        .add_columns(_SAY_PACKED.c.pieces.label("says"), _IN_PARCELS.label("held"))
        .join_from(_SAY_PACKED, _PACKED, _SAME_ORDER, isouter=True)
        .where(_SAY_PACKED.c.pieces != _IN_PARCELS),
        ORDER,
        "lines say {says} packed, parcels hold {held}",
    ),
)
