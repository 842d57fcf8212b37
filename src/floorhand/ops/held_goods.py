"""Goods that come while they are held or recalled: taken in, blocked, and told to those who lead.

They are on hold in the books from their first move on, so that put-away takes them to bins for
held goods, and they stay so when the hold ends, until a lead has let them be sold.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from floorhand.domain.days import goods_words
from floorhand.domain.holds import RECALL, Arrested
from floorhand.domain.reasons import HELD, reason_words
from floorhand.domain.things import AVAILABLE, HOLD, Goods
from floorhand.domain.troubles import HELD_GOODS
from floorhand.ops.proposing import find_bin
from floorhand.store import bins, holds, receipts
from floorhand.store.holds import HoldFacts
from floorhand.store.ledger import Cause
from floorhand.store.tasks import retell


def arriving(tx: Session, site: str, goods: Goods, condition: str) -> str:
    """Say in which condition goods come: on hold, if they are held and were for sale else."""
    if condition != AVAILABLE or holds.on_goods(tx, site, goods) is None:
        return condition
    return HOLD


def arrested(tx: Session, site: str, goods: Goods, pieces: int) -> Arrested | None:
    """Say why goods that came are held, and where they go; None if they are not."""
    held = _hold_on(tx, site, goods)
    if held is None:
        return None
    need, _ = bins.need_of(tx, site, goods, pieces)
    proposal = find_bin(tx, site, need, bins.hold_storages(tx, site, goods))
    words = tuple(reason_words(held.reason, HELD).items())
    kind = "recall" if held.subject.kind == RECALL else "held"
    return Arrested(
        kind, goods_words(goods.lot, goods.expiry), words, proposal.code if proposal else ""
    )


def tell_leads(tx: Session, cause: Cause, delivery: str, goods: Goods, added: int) -> None:
    """Keep on the list of those who lead how many held pieces have come with a delivery."""
    held = _hold_on(tx, cause.site, goods)
    if held is None:
        return
    came = sum(
        pieces
        for _, _, one, pieces in receipts.of_delivery(tx, cause.site, delivery)
        if (one.sku, one.lot, one.condition) == (goods.sku, goods.lot, HOLD)
    )
    told: list[dict[str, str | int]] = [
        {"sku": goods.sku, "lot": goods.lot, "reason": held.reason, "pieces": pieces}
        if pieces
        else {}
        for pieces in (came - added, came)
    ]
    retell(tx, cause, HELD_GOODS, delivery, goods.merchant, *told)


def _hold_on(tx: Session, site: str, goods: Goods) -> HoldFacts | None:
    return holds.on_goods(tx, site, goods) if goods.condition == HOLD else None
