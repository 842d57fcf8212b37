"""Why somebody who looks at a thing is to leave it alone: what is held of it, why, by whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.days import day
from floorhand.domain.holds import BIN, MERCHANT, ORDER, SKU, Subject
from floorhand.domain.reasons import HELD, reason_facts
from floorhand.domain.things import OUTSIDE, Goods
from floorhand.store import holds, orders, places
from floorhand.store.goods_names import split_goods
from floorhand.store.holds import HoldFacts
from floorhand.store.ledger import inside
from floorhand.store.masters import site_zone
from floorhand.store.orders import split_name
from floorhand.store.schema import Stock

Facts = tuple[tuple[str, str], ...]

TOLD_MAX: Final = 6
"""So many holds on what is in a place, or on lots of a product, are told."""

NOT_BEGUN: Final = ("released", "waiting")
"""The states of orders that a hold on their merchant stops."""


def held_facts(tx: Session, site: str, kind: str, name: str) -> Facts:
    """Say what is held of a thing, as facts; none if nothing is.

    Args:
        tx: An open transaction.
        site: The building.
        kind: One of `floorhand.domain.tracing.PAGES`, or ``merchant``.
        name: Which.
    """
    match kind:
        case "order":
            return _order(tx, site, name)
        case "place":
            return _place(tx, site, name)
        case "sku" | "lot" | "serial":
            return _goods(tx, site, kind, name)
        case "merchant":
            return _all(tx, site, [holds.of_subject(tx, site, Subject(MERCHANT, name))])
        case _:
            return ()


def _order(tx: Session, site: str, name: str) -> Facts:
    merchant, number = split_name(name)
    order = orders.order_facts(tx, site, merchant, number)
    if order is None:
        return ()
    own = holds.of_subject(tx, site, Subject(ORDER, merchant, number))
    of_merchant = None
    if order.state in NOT_BEGUN:
        of_merchant = holds.of_subject(tx, site, Subject(MERCHANT, merchant))
    facts = _all(tx, site, [own, of_merchant])
    if order.state != holds.ON_HOLD:
        return facts
    reason = orders.hold_reason(tx, site, merchant, number) or "platform"
    return (*facts, *_said(ORDER, reason))


def _place(tx: Session, site: str, code: str) -> Facts:
    facts = place_held(tx, site, code)
    goods = {line.goods for _, line in inside(tx, site, code)}
    found = (
        one
        for sku in sorted({(one.merchant, one.sku) for one in goods})
        for one in holds.on_sku(tx, site, *sku)
    )
    on_them = [one for one in found if any(_is_on(one, each) for each in goods)]
    return (*facts, *_all(tx, site, on_them[:TOLD_MAX], named=True))


def place_held(tx: Session, site: str, code: str) -> Facts:
    """Say that a place, or the bin that it stands in, is closed to picking; none if it is not."""
    facts: list[tuple[str, str]] = []
    for at in places.ancestors(tx, site, code):
        where = () if at == code else (("fact.place", at),)
        own = holds.of_subject(tx, site, holds.bin_subject(at))
        if own is not None:
            facts += _all(tx, site, [own], where=where)
        elif why := places.blocked(tx, site, at):
            kind, *reasons = _said(BIN, why)
            facts += [kind, *where, *reasons]
    return tuple(facts)


def _goods(tx: Session, site: str, kind: str, name: str) -> Facts:
    merchant, sku, mark = split_goods(tx, site, name)
    found = holds.on_sku(tx, site, merchant, sku)
    if kind == "sku":
        return _all(tx, site, found[:TOLD_MAX], named=True)
    lots = {mark} if kind == "lot" else set(_lots(tx, site, merchant, sku, mark))
    return _all(
        tx, site, [one for one in found if one.subject.kind == SKU or one.subject.lot in lots]
    )


def _lots(tx: Session, site: str, merchant: str, sku: str, serial: str) -> Iterable[str]:
    """Give the lot of a single piece that is here."""
    of_piece = (Stock.merchant == merchant, Stock.sku == sku, Stock.serial == serial)
    here = (Stock.site == site, Stock.pieces > 0, Stock.place.not_in(OUTSIDE))
    return tx.scalars(select(Stock.lot).where(*here, *of_piece))


def _is_on(hold: HoldFacts, goods: Goods) -> bool:
    of = hold.subject
    return (of.merchant, of.code) == (goods.merchant, goods.sku) and hold.is_on(goods)


def _all(
    tx: Session,
    site: str,
    found: Iterable[HoldFacts | None],
    named: bool = False,
    where: Facts = (),
) -> Facts:
    """Tell holds; ``named`` and ``where`` say what each is on, where that is not looked at."""
    zone = site_zone(tx, site)
    facts: list[tuple[str, str]] = []
    for one in found:
        if one is None:
            continue
        since = day(f"{one.held_at.astimezone(zone):%Y-%m-%d %H:%M}")
        kind, *why = _said(one.subject.kind, one.reason)
        what = (("fact.product", f"{one.subject.merchant}/{one.subject.code}"),) if named else ()
        lot = (("fact.lot", one.subject.lot),) if named and one.subject.lot else ()
        facts += [kind, *where, *what, *lot, *why, ("fact.held_by", f"{one.name} {since}")]
    return tuple(facts)


def _said(kind: str, reason: str) -> Facts:
    return (("fact.held_text", f"hold.kind.{kind}"), *reason_facts(reason, HELD))
