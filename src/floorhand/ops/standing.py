"""How an order, a merchant, goods or a bin stand, for those who decide about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from floorhand.domain.control import PRIORITY_MAX, Counted, Held, Standing
from floorhand.domain.holds import BIN, LOT, MERCHANT, ORDER, RECALL, SKU, Subject
from floorhand.domain.signing_in import Seen
from floorhand.errors import Code, Refused
from floorhand.ops.colleagues import moment_told
from floorhand.store import holds, looking, orders, places, recalls, subjects
from floorhand.store.holds import HoldFacts
from floorhand.store.ledger import Cause

GOODS_SHOWN_MAX = 6
"""Rows of goods that are shown: the rest is in lists."""


def how_it_stands(tx: Session, cause: Cause, subject: Subject) -> Standing:
    """Say how something stands.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`, if it is not here any more.
    """
    if subject.kind == RECALL:
        subject = replace(subject, kind=LOT)
    return _LOOKS[subject.kind](tx, cause, subject)


def _order(tx: Session, cause: Cause, subject: Subject) -> Standing:
    order = orders.order_facts(tx, cause.site, subject.merchant, subject.code)
    if order is None:
        raise Refused(Code.EXCEPTION_CHANGED, subject=subject.name)
    seen = looking.order(tx, cause.site, subject.name)
    facts = (
        *seen.facts,
        ("fact.due", moment_told(tx, cause.site, order.due_at, cause.at)),
        ("fact.priority", str(order.priority)),
    )
    of_merchant = Subject(MERCHANT, subject.merchant)
    held = _held(tx, cause, subject, of_merchant)
    if order.state == "hold":
        reason = orders.hold_reason(tx, cause.site, subject.merchant, subject.code)
        held = (*held, Held(ORDER, reason or "platform", "", ""))
    up = ("up",) if order.priority < PRIORITY_MAX else ()
    down = ("down",) if order.priority > -PRIORITY_MAX else ()
    can = (*up, *down, "due") if order.state not in orders.ENDED else ()
    return _standing(subject, held, facts, seen, can, priority=order.priority)


def _merchant(tx: Session, cause: Cause, subject: Subject) -> Standing:
    row = subjects.merchant(tx, cause.site, subject.merchant)
    if row is None:
        raise Refused(Code.EXCEPTION_CHANGED, subject=subject.name)
    pieces = subjects.pieces_of(tx, cause.site, subject.merchant)
    facts = (
        ("fact.merchant", f"{row.code} {row.name}".strip()),
        ("fact.open_orders", str(row.orders)),
        ("fact.pieces_here", str(pieces)),
    )
    return _standing(subject, _held(tx, cause, subject), facts, None, ("rules",))


def _sku(tx: Session, cause: Cause, subject: Subject) -> Standing:
    seen = looking.sku(tx, cause.site, subject.name)
    some = subjects.lots(tx, cause.site, subject.merchant, subject.code, 1)
    facts = (("fact.merchant", subject.merchant), *seen.facts)
    held = _held(tx, cause, subject)
    return _standing(subject, held, facts, seen, ("lots",) if some else ())


def _lot(tx: Session, cause: Cause, subject: Subject) -> Standing:
    found = recalls.traced(tx, cause.site, subject)
    facts = (
        ("fact.product", f"{subject.merchant}/{subject.code}"),
        ("fact.lot", subject.lot),
        ("fact.pieces_here", str(found.pieces_here)),
        ("fact.in_hands", str(sum(one.pieces for one in found.in_hand))),
        ("fact.sent", str(sum(one.pieces for one in found.sent))),
    )
    goods = tuple(
        Counted(one.place, "", one.pieces, one.worker)
        for one in (*found.in_hand, *found.stored)[:GOODS_SHOWN_MAX]
    )
    held = _held(tx, cause, replace(subject, kind=RECALL), subject, subject.sku)
    out = ("out",) if found.in_hand or found.sent else ()
    recall = () if any(one.kind == RECALL for one in held) else ("recall",)
    standing = _standing(subject, held, facts, None, (*recall, *out))
    return replace(standing, goods=goods)


def _bin(tx: Session, cause: Cause, subject: Subject) -> Standing:
    seen = looking.place(tx, cause.site, subject.code)
    held = _held(tx, cause, subject)
    if not held and (why := places.blocked(tx, cause.site, subject.code)):
        held = (Held(BIN, why, "", ""),)
    return _standing(subject, held, seen.facts, seen, ())


def _standing(
    subject: Subject,
    held: tuple[Held, ...],
    facts: tuple[tuple[str, str], ...],
    seen: Seen | None,
    can: tuple[str, ...],
    priority: int = 0,
) -> Standing:
    rows = seen.rows[:GOODS_SHOWN_MAX] if seen else ()
    goods = tuple(Counted(row.code, row.name, row.pieces, row.note) for row in rows)
    own = any(one.kind in _OWN.get(subject.kind, (subject.kind,)) for one in held)
    over = subject.kind == ORDER and not can
    first = ("release",) if own else () if over else ("hold",)
    return Standing(subject, held, facts, goods, (*first, *can), priority)


_OWN: Mapping[str, tuple[str, ...]] = {LOT: (RECALL, LOT)}
"""Kinds of holds that are released where a lot is looked at."""


def _held(tx: Session, cause: Cause, *asked: Subject) -> tuple[Held, ...]:
    found = (holds.of_subject(tx, cause.site, subject) for subject in asked)
    return tuple(_told(tx, cause, one) for one in found if one is not None)


def _told(tx: Session, cause: Cause, held: HoldFacts) -> Held:
    since = moment_told(tx, cause.site, held.held_at, cause.at)
    return Held(held.subject.kind, held.reason, held.name, since)


_LOOKS: Mapping[str, Callable[[Session, Cause, Subject], Standing]] = {
    ORDER: _order,
    MERCHANT: _merchant,
    SKU: _sku,
    LOT: _lot,
    BIN: _bin,
}
