"""What can be decided about goods: let them be sold, hold them, count them, put them back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from floorhand.domain.exceptions import Decide
from floorhand.domain.things import AVAILABLE, HOLD, OUTSIDE, Goods
from floorhand.domain.troubles import HELD_GOODS, NOWHERE
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Facts
from floorhand.store import holds, ledger, places, tasks
from floorhand.store.cancelling import PUTBACK, put_back
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause
from floorhand.store.masters import rules_of_merchants
from floorhand.store.nesting import places_in
from floorhand.store.schema import Place, Receipt, Stock, Task
from floorhand.store.suspects import doubted


def suspect(tx: Session, site: str, one: Standing) -> int:
    """Count the pieces on hold where stock is suspect, at most as many as were put on hold."""
    rows = _suspects(tx, site, one)
    return min(sum(free for _, _, free in rows), one.pieces)


def release(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Let suspect stock be sold again: somebody has looked, and it is as the books say."""
    rows = _suspects(tx, cause.site, one)
    return {"pieces": _turn(tx, cause, rows, AVAILABLE, one.pieces)}


def _suspects(tx: Session, site: str, one: Standing) -> list[tuple[str, Goods, int]]:
    """List what is on hold in a bin, and in what stands in it, because it was doubted."""
    sku = str(one.facts.get("sku", ""))
    left = doubted(tx, site, one.id, one.merchant, sku)
    found = []
    within = places_in(tx, site, one.subject)
    for place, goods, free in _rows(tx, site, one.merchant, [sku], HOLD, within):
        if pieces := min(free, left[goods]):
            found.append((place, goods, pieces))
            left[goods] -= pieces
    return found


def held(tx: Session, site: str, one: Standing) -> int:
    """Count the pieces of a delivery that are still on hold, though nothing holds them."""
    goods = _blocked(tx, site, one)
    return min(sum(free for _, _, free in _of(tx, site, one, goods, HOLD)), sum(goods.values()))


def acceptable(tx: Session, site: str, one: Standing) -> bool:
    """Say whether what came may be let be sold: not as long as it is held itself."""
    return one.kind not in ("blind_delivery", HELD_GOODS) or held(tx, site, one) > 0


def accept(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Let what came be sold: its merchant wants it. What was too many is for sale already.

    What is held stays on hold: that is an exception of its own.
    """
    goods = _blocked(tx, cause.site, one)
    rows = _of(tx, cause.site, one, goods, HOLD)
    return {"pieces": _turn(tx, cause, rows, AVAILABLE, sum(goods.values()))}


def to_hold(tx: Session, site: str, one: Standing) -> int:
    """Count the pieces of a delivery that nobody announced and that are for sale."""
    goods = _delivered(tx, site, one, AVAILABLE)
    rows = _of(tx, site, one, goods, AVAILABLE)
    return min(sum(free for _, _, free in rows), one.pieces or sum(goods.values()))


def hold(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Keep what nobody announced on hold until its merchant has spoken."""
    goods = _delivered(tx, cause.site, one, AVAILABLE)
    rows = _of(tx, cause.site, one, goods, AVAILABLE)
    return {"pieces": _turn(tx, cause, rows, HOLD, one.pieces or sum(goods.values()))}


def _blocked(tx: Session, site: str, one: Standing) -> dict[Goods, int]:
    """Say what a delivery brought on hold, without what is held by itself."""
    came = _delivered(tx, site, one, HOLD)
    return {of: pieces for of, pieces in came.items() if holds.on_goods(tx, site, of) is None}


def _delivered(tx: Session, site: str, one: Standing, condition: str) -> dict[Goods, int]:
    """Say what a delivery brought in a condition: of the product in question, or all."""
    asked = (
        select(
            Receipt.merchant,
            Receipt.sku,
            Receipt.lot,
            Receipt.expiry,
            func.sum(Receipt.pieces).label("pieces"),
        )
        .where(
            Receipt.site == site,
            Receipt.delivery == one.subject,
            Receipt.condition == condition,
            Receipt.pieces > 0,
        )
        .group_by(Receipt.merchant, Receipt.sku, Receipt.lot, Receipt.expiry)
    )
    if sku := str(one.facts.get("sku", "")):
        asked = asked.where(Receipt.sku == sku)
    if lot := str(one.facts.get("lot", "")):
        asked = asked.where(Receipt.lot == lot)
    return {
        Goods(row.merchant, row.sku, row.lot, row.expiry): row.pieces for row in tx.execute(asked)
    }


def _of(
    tx: Session, site: str, one: Standing, goods: Iterable[Goods], condition: str
) -> list[tuple[str, Goods, int]]:
    """List stock of the lots that a delivery brought, wherever it stands by now."""
    lots = {(each.sku, each.lot, each.expiry) for each in goods}
    rows = _rows(tx, site, one.merchant, {sku for sku, _, _ in lots}, condition)
    return [row for row in rows if (row[1].sku, row[1].lot, row[1].expiry) in lots]


def _rows(
    tx: Session,
    site: str,
    merchant: str,
    skus: Iterable[str],
    condition: str,
    within: Iterable[str] = (),
) -> list[tuple[str, Goods, int]]:
    """List stock that nobody has promised: place, goods, and how many; what came last first.

    What was picked for an order, or packed, is not among it.
    """
    asked = (
        select(
            Stock.place,
            Stock.merchant,
            Stock.sku,
            Stock.lot,
            Stock.expiry,
            Stock.serial,
            Stock.condition,
            (Stock.pieces - Stock.reserved).label("free"),
        )
        .join(Place, and_(Place.site == Stock.site, Place.code == Stock.place))
        .where(
            Place.order_no.is_(None),
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.sku.in_(list(skus)),
            Stock.condition == condition,
            Stock.place.not_in(OUTSIDE),
            Stock.pieces > Stock.reserved,
        )
        .order_by(Stock.arrived_at.desc(), Stock.place)
    )
    if named := list(within):
        asked = asked.where(Stock.place.in_(named))
    return [(row.place, Goods(*row[1:7]), row.free) for row in tx.execute(asked)]


def _turn(
    tx: Session, cause: Cause, rows: Iterable[tuple[str, Goods, int]], condition: str, most: int
) -> int:
    """Change the condition of up to so many pieces; gives how many."""
    left = most
    for place, goods, free in rows:
        if pieces := min(free, left):
            ledger.change(tx, cause, place, goods, pieces, condition=condition)
            left -= pieces
    return most - left


def to_put_back(tx: Session, site: str, one: Standing) -> bool:
    """Say whether goods stand in the tote, pallet or carton, and nobody is to put them away."""
    asked = select(Task.id).where(
        Task.site == site,
        Task.kind.in_((PUTBACK, "putaway")),
        Task.place == one.subject,
        Task.state.in_(tasks.LIVE),
    )
    there = bool(ledger.inside(tx, site, one.subject))
    return there and tx.scalar(asked.limit(1)) is None


def have_put_back(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Have the goods in a tote, pallet or carton put back into bins."""
    if not put_back(tx, cause, one.subject, one.merchant):
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    return {"place": one.subject}


def to_retire(tx: Session, site: str, one: Standing) -> bool:
    """Say whether a pallet or carton stands nowhere, and nothing is in it or on it."""
    upon = select(Place.code).where(Place.site == site, Place.parent == one.subject).limit(1)
    is_empty = not ledger.inside(tx, site, one.subject) and tx.scalar(upon) is None
    return one.facts.get("reason") == NOWHERE and is_empty


def retire(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Take an empty pallet or carton out of use: nobody may use its label again."""
    places.set_place(tx, cause.site, one.subject, state="void")
    return {"place": one.subject}


def known_merchant(tx: Session, site: str, merchant: str) -> bool:
    """Say whether there is such a merchant."""
    return merchant in rules_of_merchants(tx, site)
