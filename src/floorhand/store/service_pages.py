"""What a merchant is told of one order, delivery, return or SKU: where it is, and why.

Sentences that somebody reads out, each with its moment if it has one. Nobody who works here is
named, and nothing of another merchant's is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.days import day
from floorhand.domain.holds import MERCHANT, Subject
from floorhand.domain.reasons import DAMAGED, HELD, RETURNED, SHORT, reason_words
from floorhand.domain.things import (
    AVAILABLE,
    OUTSIDE,
    Ambiguous,
    DeliveryCode,
    OrderCode,
    Piece,
    ReturnCode,
)
from floorhand.domain.things import Place as PlaceScanned
from floorhand.errors import Refused
from floorhand.flows.turn import Prompt, Wants
from floorhand.store import holds
from floorhand.store.cells import Details, Lead, Value, Word, table
from floorhand.store.lookup import resolve
from floorhand.store.orders import CLAIMABLE
from floorhand.store.schema import (
    CarrierCode,
    Delivery,
    DeliveryLine,
    Inspection,
    Order,
    OrderLine,
    Outbox,
    Parcel,
    Place,
    Return,
    Sku,
    Stock,
)

HEADS: Final = ("at", "told", "more")
ANYTHING: Final = Prompt("menu.choose", wants=Wants(kinds=("anything",)))

Told = tuple[Value, ...]


def page(tx: Session, site: str, merchant: str, kind: str, name: str) -> Details:
    """Tell how something of a merchant's stands, and why.

    Args:
        tx: An open transaction.
        site: The building.
        merchant: Whose it must be; what is another's is not known here.
        kind: ``order``, ``delivery``, ``return`` or ``sku``.
        name: Which; orders and SKUs as ``merchant/code``.
    """
    own = name.removeprefix(f"{merchant}/")
    if kind in ("order", "sku") and own == name:
        return unknown(name)
    rows = list(_PAGES[kind](tx, site, merchant, own))
    return table(HEADS, rows) if rows else unknown(own)


def find(tx: Session, site: str, merchant: str, code: str) -> Details:
    """Tell of what a code stands for, if it is one of the merchant's things.

    A parcel's code tells of its order. What belongs to somebody else is as unknown as what is
    not there at all. So many may number their orders alike that not all of them are offered: the
    merchant's own is looked for by itself.
    """
    of_order = (tx, site, merchant, "order", f"{merchant}/{code}")
    try:
        event = resolve(tx, site, code, ANYTHING)
    except Refused:
        return page(*of_order)
    options = event.options if isinstance(event, Ambiguous) else (event,)
    for one in options:
        match one:
            case OrderCode(merchant=of, number=number) if of == merchant:
                return page(tx, site, merchant, "order", f"{merchant}/{number}")
            case Piece(merchant=of, sku=sku) if of == merchant:
                return page(tx, site, merchant, "sku", f"{merchant}/{sku}")
            case DeliveryCode(number=number):
                told = page(tx, site, merchant, "delivery", number)
            case ReturnCode(number=number):
                told = page(tx, site, merchant, "return", number)
            case PlaceScanned(order=order) if order.startswith(f"{merchant}/"):
                return page(tx, site, merchant, "order", order)
            case _:
                continue
        if told.rows:
            return told
    return page(*of_order)


def unknown(code: str) -> Details:
    """Say that nothing of the merchant's is called so."""
    return Details((), (), 0, (("details.unknown", code),))


def _say(key: str, at: datetime | None = None, more: Lead | None = None, **facts: Any) -> Told:
    return (at, Word(f"service.{key}", tuple(facts.items())), more)


def _order(tx: Session, site: str, merchant: str, number: str) -> Iterator[Told]:
    of = (Order.site == site, Order.merchant == merchant, Order.number == number)
    order = tx.execute(select(Order).where(*of)).scalar_one_or_none()
    if order is None:
        return
    yield _say("order_is", order=number, state_text=f"order_state.{order.state}")
    if order.placed_at:
        yield _say("order_placed", order.placed_at)
    if order.state == "hold":
        yield _say("order_held", None, None, **reason_words(order.hold_reason or "platform", HELD))
    yield from _held(tx, site, order)
    closed = order.state in ("shipped", "short", "cancelled")
    if not closed:
        yield _say("order_due", order.due_at)
    yield from _lines(tx, site, order, closed=closed)
    if order.cancelled_at:
        yield _say("order_cancelled", order.cancelled_at)
    if order.shipped_at:
        late = order.shipped_at > order.due_at
        yield _say("order_left_late" if late else "order_left", order.shipped_at)
    yield from _parcels(tx, site, merchant, number)
    back = select(Return.number, Return.custody, Return.received_at).where(
        Return.site == site, Return.merchant == merchant, Return.order == number
    )
    for row in tx.execute(back.order_by(Return.number)):
        told = {"number": row.number, "state_text": f"custody.{row.custody}"}
        yield _say("order_return", row.received_at, Lead("return", row.number), **told)


def _held(tx: Session, site: str, order: Order) -> Iterator[Told]:
    """Tell who else keeps an order from being sent: a lead, by itself or before it is begun."""
    mine = holds.on_order(tx, site, order.merchant, order.number)
    all_of = Subject(MERCHANT, order.merchant)
    not_begun = order.state in CLAIMABLE
    for one in (mine, holds.of_subject(tx, site, all_of) if not_begun else None):
        if one is not None:
            yield _say("order_held", one.held_at, None, **reason_words(one.reason, HELD))


def _held_goods(tx: Session, site: str, merchant: str, sku: str) -> Iterator[Told]:
    """Tell what of a SKU may not be sent: all of it, or lots."""
    for one in holds.on_sku(tx, site, merchant, sku):
        goods = f"{sku} {one.subject.lot}".rstrip()
        yield _say("goods_held", one.held_at, None, goods=goods, **reason_words(one.reason, HELD))


def _lines(tx: Session, site: str, order: Order, *, closed: bool) -> Iterator[Told]:
    """Tell of each line how far it is; of what is missing, whether more of it is announced."""
    lines = select(OrderLine, Sku.name).join(
        Sku,
        (Sku.site == OrderLine.site)
        & (Sku.merchant == OrderLine.merchant)
        & (Sku.code == OrderLine.sku),
    )
    of = (OrderLine.site == site, OrderLine.merchant == order.merchant)
    mine = lines.where(*of, OrderLine.order == order.number).order_by(OrderLine.line_no)
    for line, name in tx.execute(mine):
        lead = Lead("sku", f"{order.merchant}/{line.sku}", line.sku)
        about = {"sku": line.sku, "name": name, "pieces": line.ordered}
        done = line.packed if closed else line.picked
        if line.short:
            lacks = about | {"pieces": line.short} | reason_words(line.short_reason, SHORT)
            yield _say("line_short", None, lead, **lacks)
        if closed:
            yield _say("line_sent", None, lead, **about, done=done)
        else:
            yield _say("line_picked", None, lead, **about, done=done)
        if order.state == "waiting" and line.ordered > line.picked + line.short:
            yield from _held_goods(tx, site, order.merchant, line.sku)
            yield from _expected(tx, site, order.merchant, line.sku)


def _parcels(tx: Session, site: str, merchant: str, number: str) -> Iterator[Told]:
    of = (Parcel.site == site, Parcel.merchant == merchant, Parcel.order == number)
    live = Parcel.state.not_in(("unpacked", "cancelled"))
    for carton, at in tx.execute(
        select(Parcel.carton, Parcel.closed_at).where(*of, live).order_by(Parcel.closed_at)
    ):
        yield _say("parcel", at, parcel=carton)
    codes = select(CarrierCode.code).where(
        CarrierCode.site == site,
        CarrierCode.merchant == merchant,
        CarrierCode.order == number,
        CarrierCode.label_no == 0,
    )
    for code in tx.scalars(codes.order_by(CarrierCode.code)):
        yield _say("tracking", tracking=code)


def _expected(tx: Session, site: str, merchant: str, sku: str) -> Iterator[Told]:
    """Tell which deliveries bring more of a SKU than came already; else, that none is announced."""
    about = (Delivery.number, Delivery.state, Delivery.expected_on)
    lacks = DeliveryLine.expected - DeliveryLine.received - DeliveryLine.damaged
    question = (
        select(*about, func.sum(lacks).label("pieces"))
        .join(
            DeliveryLine,
            (DeliveryLine.site == Delivery.site) & (DeliveryLine.delivery == Delivery.number),
        )
        .where(
            Delivery.site == site,
            Delivery.merchant == merchant,
            Delivery.state != "closed",
            DeliveryLine.merchant == merchant,
            DeliveryLine.sku == sku,
            lacks > 0,
        )
        .group_by(*about)
        .order_by(Delivery.state.desc(), Delivery.expected_on, Delivery.number)
    )
    rows = tx.execute(question).all()
    for row in rows:
        lead = Lead("delivery", row.number)
        told = {"delivery": row.number, "pieces": int(row.pieces), "sku": sku}
        here = row.state == "receiving"
        key = "comes_now" if here else "comes_on" if row.expected_on else "comes"
        yield _say(key, None, lead, **told, day=day(row.expected_on))
    if not rows:
        yield _say("none_comes", sku=sku)


def _delivery(tx: Session, site: str, merchant: str, number: str) -> Iterator[Told]:
    of = (Delivery.site == site, Delivery.merchant == merchant, Delivery.number == number)
    one = tx.execute(select(Delivery).where(*of)).scalar_one_or_none()
    if one is None:
        return
    yield _say("delivery_is", delivery=number, state_text=f"delivery_state.{one.state}")
    if one.expected_on:
        yield _say("delivery_expected", day=day(one.expected_on))
    if one.opened_at:
        yield _say("delivery_begun", one.opened_at)
    lines = select(DeliveryLine).where(
        DeliveryLine.site == site,
        DeliveryLine.delivery == number,
        DeliveryLine.merchant == merchant,
    )
    for line in tx.execute(lines.order_by(DeliveryLine.line_no)).scalars():
        lead = Lead("sku", f"{merchant}/{line.sku}", line.sku)
        counts = {name: getattr(line, name) for name in ("expected", "received")}
        yield _say("line_counted", None, lead, sku=line.sku, **counts)
        for kind, key in _DIFFERS.items():
            if pieces := getattr(line, kind):
                why = reason_words(line.reason if kind == "damaged" else "", DAMAGED)
                yield _say(key, None, lead, sku=line.sku, pieces=pieces, **why)
    if one.closed_at:
        yield _say("delivery_closed", one.closed_at)


_DIFFERS: Final = {
    "damaged": "line_damaged",
    "over": "line_over",
    "short": "line_missing",
    "refused": "line_refused",
}
"""What can be said of a line besides what is good, and by which text."""


def _return(tx: Session, site: str, merchant: str, number: str) -> Iterator[Told]:
    of = (Return.site == site, Return.merchant == merchant, Return.number == number)
    one = tx.execute(select(Return).where(*of)).scalar_one_or_none()
    if one is None:
        return
    lead = Lead("order", f"{merchant}/{one.order}", one.order) if one.order else None
    yield _say("return_is", None, lead, number=number, state_text=f"custody.{one.custody}")
    if one.asked_at:
        yield _say("return_asked", one.asked_at)
    if one.reason:
        yield _say("return_reason", reason=one.reason)
    if one.received_at:
        yield _say("return_here", one.received_at)
    if one.deadline and not one.disposed_at:
        yield _say("return_due", one.deadline)
    judged = select(Inspection).where(Inspection.site == site, Inspection.number == number)
    for row in tx.execute(judged.order_by(Inspection.at)).scalars():
        about: dict[str, Any] = {"sku": row.sku, "pieces": row.pieces}
        if row.merchant != merchant:
            yield _say("return_stranger", row.at, pieces=row.pieces)
        elif not row.disposition:
            yield _say("return_counted", row.at, **about)
        else:
            about |= {"grade_text": f"grade.{row.grade}", **reason_words(row.reason, RETURNED)}
            yield _say("return_judged", row.at, **about, fate_text=f"disposition.{row.disposition}")
    if one.disposed_at:
        yield _say("return_done", one.disposed_at)
    told = select(Outbox).where(
        Outbox.site == site, Outbox.kind == "return_verdict", Outbox.subject == number
    )
    for sent in tx.execute(told.order_by(Outbox.created_at)).scalars():
        decision = str(json.loads(sent.body).get("decision", ""))
        yield _say(f"verdict_{sent.state}", sent.sent_at or sent.created_at, decision=decision)


def _sku(tx: Session, site: str, merchant: str, sku: str) -> Iterator[Told]:
    name = tx.scalar(
        select(Sku.name).where(Sku.site == site, Sku.merchant == merchant, Sku.code == sku)
    )
    if name is None:
        return
    yield _say("sku_is", sku=sku, name=name)
    sums = (func.sum(Stock.pieces), func.sum(Stock.reserved))
    by = (holds.condition_now(Stock), Stock.lot, Stock.expiry)
    held = (
        select(*by, *sums)
        .join(Place, (Place.site == Stock.site) & (Place.code == Stock.place))
        .where(
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.sku == sku,
            Stock.pieces > 0,
            Stock.place.not_in(OUTSIDE),
        )
    )
    rows = tx.execute(held.group_by(*by).order_by(*by)).all()
    for condition, lot, expiry, pieces, reserved in rows:
        about: dict[str, Any] = {
            "pieces": int(pieces),
            "lot": lot,
            "day": day(expiry),
            "promised": int(reserved),
        }
        good = condition == AVAILABLE
        condition_text = "service.good" if good else f"fact.condition_{condition}"
        key = "sku_here_lot" if lot else "sku_here"
        yield _say(key, **about, condition_text=condition_text)
    if not rows:
        yield _say("sku_none")
    yield from _held_goods(tx, site, merchant, sku)
    yield from _expected(tx, site, merchant, sku)


_PAGES = {"order": _order, "delivery": _delivery, "return": _return, "sku": _sku}
