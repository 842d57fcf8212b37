"""Let orders go on that waited for stock, and tell no more of them than they still lack."""

from __future__ import annotations

from sqlalchemy.orm import Session

from floorhand.domain.picking import NO_STOCK
from floorhand.store import orders, tasks
from floorhand.store.ledger import Cause


def wake(tx: Session, cause: Cause, merchant: str, number: str) -> bool:
    """Let an order go on if it waits and as much is in stock as its merchant wants.

    A hold on its merchant keeps it from being begun, as it does others; it lacks nothing by that.
    """
    if not orders.may_wake(tx, cause.site, merchant, number):
        return False
    orders.let_go_on(tx, cause, merchant, number, "released")
    waits_no_more(tx, cause, merchant, number)
    return True


def waits_no_more(
    tx: Session, cause: Cause, merchant: str, number: str, *, lacking: int = 0
) -> None:
    """Take what an order waited for off the list of exceptions; what it is short by stays there.

    So do the pieces, ``lacking``, of what it waited for that it still has not got.
    """
    about = ("short_order", f"{merchant}/{number}")
    told = tasks.facts_told(tx, cause.site, *about)
    if not told:
        return
    lines = orders.order_lines(tx, cause.site, merchant, number)
    reasons = str(told.get("reason", "")).split(", ")
    waited = sum(line.left for line in lines) if NO_STOCK in reasons else 0
    short = min(int(told.get("pieces", 0)) - waited, sum(line.short for line in lines))
    pieces = max(short, 0) + lacking
    known = {line.short_reason for line in lines}
    still = reasons if lacking else [each for each in reasons if each in known]
    now = {**told, "pieces": pieces, "reason": ", ".join(still)} if pieces > 0 and still else {}
    tasks.retell(tx, cause, *about, merchant, told, now)
