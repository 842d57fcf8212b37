"""Rules of deliveries and returns: their counts against what moved, and how they end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, union_all

from floorhand.domain.returns import DESTROY, RESTOCK
from floorhand.domain.things import CUSTOMER, DAMAGED, SUPPLIER
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Inspection,
    Move,
    Operation,
    Receipt,
    Return,
    ReturnLine,
)
from floorhand.store.standing import standing
from floorhand.store.violation import SITE, Rule, named

COUNTING = ("CountPieces", "SetCount")
"""Commands by which pieces of deliveries come in, and go back if they were counted by mistake."""

INSPECTING = ("TakePieces", "Recount")
"""The same for returned pieces."""

_CAUSED = and_(Operation.site == Move.site, Operation.id == Move.operation)

_OF_DELIVERY = ("delivery", "merchant", "sku")
_LINES = select(
    *[getattr(DeliveryLine, name) for name in _OF_DELIVERY],
    DeliveryLine.received.label("received"),
    DeliveryLine.damaged.label("damaged"),
    literal(0).label("good"),
    literal(0).label("bad"),
).where(DeliveryLine.site == SITE)
_CAME = select(
    *[getattr(Receipt, name) for name in _OF_DELIVERY],
    literal(0),
    literal(0),
    case((Receipt.condition == DAMAGED, 0), else_=Receipt.pieces),
    case((Receipt.condition == DAMAGED, Receipt.pieces), else_=0),
).where(Receipt.site == SITE)
_COUNTS = union_all(_LINES, _CAME).subquery()
_RECEIVED, _DAMAGED = func.sum(_COUNTS.c.received), func.sum(_COUNTS.c.damaged)
_GOOD, _BAD = func.sum(_COUNTS.c.good), func.sum(_COUNTS.c.bad)

_SPOT = ("merchant", "sku", "lot", "expiry")
_RECEIPTS = select(
    Receipt.place,
    *[getattr(Receipt, name) for name in _SPOT],
    Receipt.pieces.label("says"),
    literal(0).label("came"),
    literal(0).label("counted"),
).where(Receipt.site == SITE)


def _supplied(place: Any, other: Any, pieces: Any) -> Any:
    """Ask for what came from suppliers into a place or went back, and what of it was counted."""
    counted = case((Operation.kind.in_(COUNTING), pieces), else_=0)
    return (
        select(place, *[getattr(Move, name) for name in _SPOT], literal(0), pieces, counted)
        .join(Operation, _CAUSED)
        .where(Move.site == SITE, other == SUPPLIER, standing())
    )


_ARRIVALS = union_all(
    _RECEIPTS,
    _supplied(Move.target, Move.source, Move.pieces),
    _supplied(Move.source, Move.target, -Move.pieces),
).subquery()
_SAYS, _SUPPLIED, _BOOKED = (func.sum(_ARRIVALS.c[name]) for name in ("says", "came", "counted"))

_LINE_COUNTED = DeliveryLine.received + DeliveryLine.damaged
_MORE = _LINE_COUNTED - DeliveryLine.expected
_OVER = case((and_(_MORE > 0, ~Delivery.blind, Delivery.state == "closed"), _MORE), else_=0)
_SHORT = case((and_(_MORE < 0, Delivery.state == "closed"), -_MORE), else_=0)
_DELIVERY_OF_LINE = and_(
    Delivery.site == DeliveryLine.site, Delivery.number == DeliveryLine.delivery
)

_OF_RETURN = ("number", "merchant", "sku")


def _sum_of(condition: Any) -> Any:
    return case((condition, Inspection.pieces), else_=0)


_FOUND_LINES = select(
    *[getattr(ReturnLine, name) for name in _OF_RETURN],
    *[getattr(ReturnLine, name) for name in ("received", "restocked", "scrapped", "held")],
).where(ReturnLine.site == SITE)
_FINDINGS = select(
    *[getattr(Inspection, name) for name in _OF_RETURN],
    -Inspection.pieces,
    -_sum_of(Inspection.disposition == RESTOCK),
    -_sum_of(Inspection.disposition == DESTROY),
    -_sum_of(Inspection.disposition.not_in((RESTOCK, DESTROY, ""))),
).where(Inspection.site == SITE, Inspection.sku != "")
_FOUND = union_all(_FOUND_LINES, _FINDINGS).subquery()
_APART = [func.sum(_FOUND.c[name]) for name in ("received", "restocked", "scrapped", "held")]

_PIECE = ("merchant", "sku", "lot", "expiry", "serial")
_INSPECTED = select(
    *[getattr(Inspection, name) for name in _PIECE],
    Inspection.pieces.label("says"),
    literal(0).label("moved"),
).where(Inspection.site == SITE, Inspection.sku != "")
_CAME_BACK = (
    select(
        *[getattr(Move, name) for name in _PIECE],
        literal(0),
        case((Move.source == CUSTOMER, Move.pieces), else_=-Move.pieces),
    )
    .join(Operation, _CAUSED)
    .where(Operation.site == SITE, Operation.kind.in_(INSPECTING), standing())
)
_RETURNED = union_all(_INSPECTED, _CAME_BACK).subquery()
_TOLD, _BACK = func.sum(_RETURNED.c.says), func.sum(_RETURNED.c.moved)

_WAITING = (
    select(
        Inspection.number,
        Inspection.merchant,
        Inspection.sku,
        func.sum(Inspection.pieces).label("pieces"),
    )
    .where(Inspection.site == SITE, Inspection.disposition == "")
    .group_by(Inspection.number, Inspection.merchant, Inspection.sku)
    .subquery()
)
_JUDGED = (
    select(
        ReturnLine.number,
        ReturnLine.merchant,
        ReturnLine.sku,
        func.sum(ReturnLine.received).label("received"),
        func.sum(ReturnLine.restocked + ReturnLine.scrapped + ReturnLine.held).label("judged"),
    )
    .where(ReturnLine.site == SITE)
    .group_by(ReturnLine.number, ReturnLine.merchant, ReturnLine.sku)
    .subquery()
)
_SAME_RETURN = and_(*(_JUDGED.c[name] == _WAITING.c[name] for name in _OF_RETURN))
_LEFT = func.coalesce(_WAITING.c.pieces, 0)

PAPER_CHECKS = (
    Rule(
        "delivery_lines_count_what_came",
        select(
            *[_COUNTS.c[name] for name in _OF_DELIVERY],
            _RECEIVED.label("received"),
            _DAMAGED.label("damaged"),
            _GOOD.label("good"),
            _BAD.label("bad"),
        )
        .group_by(*[_COUNTS.c[name] for name in _OF_DELIVERY])
        .having(or_(_RECEIVED != _GOOD, _DAMAGED != _BAD)),
        "delivery {delivery} {merchant}/{sku}",
        "lines say {received} good and {damaged} damaged, receipts {good} and {bad}",
    ),
    Rule(
        "receipts_are_what_moved_in",
        select(
            _ARRIVALS.c.place,
            named(*[_ARRIVALS.c[name] for name in _SPOT]).label("goods"),
            _SAYS.label("says"),
            _SUPPLIED.label("came"),
            _BOOKED.label("counted"),
        )
        .group_by(_ARRIVALS.c.place, *[_ARRIVALS.c[name] for name in _SPOT])
        .having(or_(_SAYS > _SUPPLIED, _SAYS < _BOOKED)),
        "{place} {goods}",
        "receipts say {says}, but {came} came from suppliers, {counted} of them counted",
    ),
    Rule(
        "over_and_short_are_what_was_counted",
        select(
            DeliveryLine.delivery,
            DeliveryLine.line_no,
            Delivery.state,
            DeliveryLine.over,
            DeliveryLine.short,
            _OVER.label("more"),
            _SHORT.label("less"),
        )
        .join(Delivery, _DELIVERY_OF_LINE)
        .where(
            DeliveryLine.site == SITE,
            or_(DeliveryLine.over != _OVER, DeliveryLine.short != _SHORT),
        ),
        "delivery {delivery} line {line_no}",
        "{state} with {over} over and {short} short, but counted are {more} and {less}",
    ),
    Rule(
        "deliveries_are_as_far_as_they_say",
        select(Delivery.number, Delivery.state, Delivery.opened_at, Delivery.closed_at).where(
            Delivery.site == SITE,
            or_(
                (Delivery.state == "closed") != Delivery.closed_at.is_not(None),
                and_(Delivery.state == "announced", Delivery.opened_at.is_not(None)),
            ),
        ),
        "delivery {number}",
        "{state}, but opened: {opened_at}, closed: {closed_at}",
    ),
    Rule(
        "returns_add_up",
        select(_JUDGED.c.number, _JUDGED.c.sku, _JUDGED.c.received, _JUDGED.c.judged)
        .add_columns(_LEFT.label("left"))
        .join_from(_JUDGED, _WAITING, _SAME_RETURN, isouter=True)
        .where(_JUDGED.c.received != _JUDGED.c.judged + _LEFT),
        "{number} {sku}",
        "{received} received, but {judged} judged and {left} to be judged",
    ),
    Rule(
        "return_lines_count_what_was_found",
        select(*[_FOUND.c[name] for name in _OF_RETURN])
        .add_columns(
            *[total.label(name) for total, name in zip(_APART, "abcd", strict=True)],
        )
        .group_by(*[_FOUND.c[name] for name in _OF_RETURN])
        .having(or_(*(total != 0 for total in _APART))),
        "return {number} {merchant}/{sku}",
        "lines count more than its findings by {a} received, {b} restocked, {c} scrapped, {d} held",
    ),
    Rule(
        "findings_are_what_came_back",
        select(
            named(*[_RETURNED.c[name] for name in _PIECE]).label("goods"),
            _TOLD.label("says"),
            _BACK.label("moved"),
        )
        .group_by(*[_RETURNED.c[name] for name in _PIECE])
        .having(_TOLD != _BACK),
        "{goods}",
        "findings say {says} came back, moves say {moved}",
    ),
    Rule(
        "returns_are_as_far_as_they_say",
        select(Return.number, Return.custody, Return.received_at, Return.disposed_at).where(
            Return.site == SITE,
            or_(
                and_(Return.custody != "disposed", Return.disposed_at.is_not(None)),
                and_(
                    Return.custody.in_(("advised", "in_transit")), Return.received_at.is_not(None)
                ),
                and_(
                    Return.custody == "disposed",
                    Return.disposed_at.is_(None),
                    Return.received_at.is_not(None),
                ),
            ),
        ),
        "return {number}",
        "{custody}, but received: {received_at}, disposed: {disposed_at}",
    ),
)
