"""Which pieces were put on hold because nobody could find them: those, and none beside them.

In the same bin there may be pieces on hold for another reason, as they came so. Which ones are
suspect is told by the moves of the operation that doubted them.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.things import CORRECTION, HOLD, Goods
from floorhand.store.schema import Move


def doubted(tx: Session, site: str, entry: str, merchant: str, sku: str) -> Counter[Goods]:
    """Say which goods, and how many pieces of each, were put on hold as suspect.

    Args:
        tx: An open transaction.
        site: The building.
        entry: Id of the exception that tells it: the operation behind it is in its name.
        merchant: Whose goods.
        sku: Which product.
    """
    of_goods = (Move.lot, Move.expiry, Move.serial)
    asked = select(*of_goods, func.sum(Move.pieces)).where(
        Move.site == site,
        Move.operation == entry.rpartition("/")[0],
        Move.source == CORRECTION,
        Move.merchant == merchant,
        Move.sku == sku,
        Move.condition == HOLD,
    )
    found: Counter[Goods] = Counter()
    for lot, expiry, serial, pieces in tx.execute(asked.group_by(*of_goods)):
        found[Goods(merchant, sku, lot, expiry, serial, HOLD)] = int(pieces)
    return found
