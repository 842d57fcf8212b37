"""Goods that arrive with less life left than their merchant wants: held, refused, or allowed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from floorhand.domain import counting
from floorhand.domain.receiving import CountPieces, ShortLife
from floorhand.domain.rights import Right
from floorhand.errors import Code, Refused
from floorhand.ops.allowing import must_have
from floorhand.store import receipts
from floorhand.store.deliveries import Book, Product
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.receipts import Spot
from floorhand.store.shelves import site_date


def arrival(
    tx: Session, cause: Cause, command: CountPieces, book: Book, product: Product
) -> tuple[str, str] | ShortLife:
    """Decide in which condition pieces arrive, and why to look; or ask for a lead first.

    What a lead has allowed once goes on being counted. Expired goods cannot be allowed.

    Raises:
        Refused: `Code.LIFE_TOO_SHORT` if the merchant does not want them; `Code.ROLE_MISSING` if
            whose badge was scanned may not allow them.
    """
    goods, blind = command.goods, book.header.blind
    today = site_date(tx, cause.site, cause.at)
    least = product.min_life_days
    condition, alarm, days = counting.arrival(blind, goods.expiry, today, least)
    policy = book.rules.short_life
    if alarm != "life" or policy == "hold":
        return condition, alarm
    if policy == "refuse" or days < 0:
        left = max(days, 0)
        raise Refused(
            Code.LIFE_TOO_SHORT, sku=goods.sku, expiry=goods.expiry, days=left, least=least
        )
    condition, alarm, _ = counting.arrival(blind, goods.expiry, today, 0)
    if receipts.held(tx, Spot(cause.site, command.delivery, command.place), goods):
        return condition, alarm
    if not command.allowed_by:
        return ShortLife(command, product.name, days, least)
    lead = worker_facts(tx, cause.site, command.allowed_by)
    must_have(tx, cause.site, lead.roles if lead else (), Right.SHORT_LIFE)
    assert lead is not None, command
    cause.note(allowed_by=lead.code)
    return condition, alarm or "allowed"
