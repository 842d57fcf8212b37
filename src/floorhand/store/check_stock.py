"""Rules of the ledger: moves, the stock they add up to, and what of it is promised."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, literal, or_, select, union_all

from floorhand.domain.things import CONDITIONS, OUTSIDE
from floorhand.store.goods import GOODS, goods_columns
from floorhand.store.schema import Move, Operation, Pick, Stock
from floorhand.store.violation import SITE, Rule, named

WHERE = ("place", *GOODS)
SUBJECT = "{place} {goods}"


def _of(table: Any, *names: str) -> list[Any]:
    return [getattr(table, name) for name in names]


def _stock(*columns: Any) -> Any:
    """Ask for stock rows, each with its place and the name of its goods."""
    goods = named(*goods_columns(Stock)).label("goods")
    return select(Stock.place, goods, *columns).where(Stock.site == SITE)


_ARRIVED = select(
    Move.target.label("place"),
    *goods_columns(Move),
    Move.pieces.label("moved"),
    literal(0).label("held"),
).where(Move.site == SITE)
_LEFT = select(
    Move.source.label("place"), *goods_columns(Move), -Move.pieces, literal(0).label("held")
).where(Move.site == SITE)
_HELD = select(*_of(Stock, *WHERE), literal(0), Stock.pieces).where(Stock.site == SITE)
_LEGS = union_all(_ARRIVED, _LEFT, _HELD).subquery()
_MOVED, _HOLDS = func.sum(_LEGS.c.moved), func.sum(_LEGS.c.held)
_BOOKED = (
    select(
        _LEGS.c.place,
        named(*(_LEGS.c[name] for name in GOODS)).label("goods"),
        _MOVED.label("moved"),
        _HOLDS.label("held"),
    )
    .group_by(*(_LEGS.c[name] for name in WHERE))
    .having(_MOVED != _HOLDS)
    .order_by(*(_LEGS.c[name] for name in WHERE))
)

_NEEDED = select(
    *_of(Pick, *WHERE),
    (Pick.pieces - Pick.picked).label("needed"),
    literal(0).label("reserved"),
).where(Pick.site == SITE, Pick.state == "open")
_PROMISED = select(*_of(Stock, *WHERE), literal(0), Stock.reserved).where(
    Stock.site == SITE, Stock.reserved != 0
)
_PROMISES = union_all(_NEEDED, _PROMISED).subquery()
_NEEDS, _RESERVES = func.sum(_PROMISES.c.needed), func.sum(_PROMISES.c.reserved)
_UNEVEN = (
    select(
        _PROMISES.c.place,
        named(*(_PROMISES.c[name] for name in GOODS)).label("goods"),
        _NEEDS.label("needs"),
        _RESERVES.label("reserves"),
    )
    .group_by(*(_PROMISES.c[name] for name in WHERE))
    .having(_NEEDS != _RESERVES)
)

_SERIALS = (
    select(
        named(Stock.merchant, Stock.sku, Stock.serial).label("goods"),
        func.sum(Stock.pieces).label("pieces"),
    )
    .where(Stock.site == SITE, Stock.serial != "", Stock.place.not_in(OUTSIDE))
    .group_by(Stock.merchant, Stock.sku, Stock.serial)
    .having(func.sum(Stock.pieces) > 1)
)
_CAUSED = and_(Operation.site == Move.site, Operation.id == Move.operation)

STOCK_CHECKS = (
    Rule(
        "stock_is_what_moves_add_up_to",
        _BOOKED,
        SUBJECT,
        "moves say {moved}, stock says {held}",
    ),
    Rule(
        "nothing_below_zero",
        _stock(Stock.pieces).where(Stock.pieces < 0, Stock.place.not_in(OUTSIDE)),
        SUBJECT,
        "{pieces} pieces",
    ),
    Rule(
        "pieces_are_conserved",
        select(func.sum(Stock.pieces).label("total"))
        .where(Stock.site == SITE)
        .having(func.sum(Stock.pieces) != 0),
        "site",
        "all places together hold {total}, not 0",
    ),
    Rule(
        "reserved_is_on_hand",
        _stock(Stock.reserved, Stock.pieces).where(
            or_(Stock.reserved < 0, Stock.reserved > Stock.pieces), Stock.place.not_in(OUTSIDE)
        ),
        SUBJECT,
        "{reserved} reserved of {pieces}",
    ),
    Rule(
        "reserved_is_what_picks_need",
        _UNEVEN,
        SUBJECT,
        "open picks need {needs}, {reserves} reserved",
    ),
    Rule(
        "only_available_is_promised",
        _stock(Stock.condition).where(Stock.reserved > 0, Stock.condition != "available"),
        SUBJECT,
        "reserved although {condition}",
    ),
    Rule(
        "conditions_are_known",
        _stock(Stock.condition).where(Stock.condition.not_in(CONDITIONS)),
        SUBJECT,
        "{condition} is no condition",
    ),
    Rule("a_serial_is_in_one_place", _SERIALS, "{goods}", "{pieces} pieces"),
    Rule(
        "moves_have_an_operation",
        select(Move.operation)
        .outerjoin(Operation, _CAUSED)
        .where(Move.site == SITE, Operation.id.is_(None))
        .distinct(),
        "{operation}",
        "moves without an operation",
    ),
    Rule(
        "moves_are_of_their_operation",
        select(
            Move.operation,
            Move.row,
            Move.worker,
            Move.at,
            Operation.worker.label("by"),
            Operation.at.label("then"),
        )
        .join(Operation, _CAUSED)
        .where(Move.site == SITE, or_(Move.worker != Operation.worker, Move.at != Operation.at)),
        "move {operation} row {row}",
        "by {worker} at {at}, but its operation by {by} at {then}",
    ),
)
