"""The rules of return inspection: what a finding is, what becomes of it, where it may come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floorhand.domain.returns import (
    AS_ADVISED,
    DESTROY,
    EXTRA,
    FOR_SALE,
    OTHER_MERCHANT,
    QUARANTINE,
    RESTOCK,
    UNDELIVERED,
    WRONG_PIECE,
    Finding,
)
from floorhand.domain.things import AVAILABLE, DAMAGED, EXPIRED, HOLD

AMBER_H = 24
"""Hours before its deadline from which a return is marked; twice from when the site says."""


def time_left(deadline: datetime | None, now: datetime, red_h: int) -> str:
    """Say how long a platform still waits, such as ``! 20 h`` or ``!! -2 h``; empty if long.

    Less than ``red_h`` hours are marked twice.
    """
    if deadline is None:
        return ""
    left_h = int((deadline - now).total_seconds() // 3600)
    if left_h >= AMBER_H:
        return ""
    return f"{'!' if left_h >= red_h else '!!'} {left_h} h"


def proposal(finding: Finding, kind: str, grade: int) -> str:
    """Say what becomes of a finding by the merchant's table.

    A piece of somebody else's goods goes to a bucket of its own. What was never delivered goes
    back on the shelf if nothing is wrong with it. Nothing goes back on the shelf whose expiry
    nobody knows.
    """
    if finding.outcome in (WRONG_PIECE, OTHER_MERCHANT):
        return QUARANTINE
    told = RESTOCK if kind == UNDELIVERED and grade == 1 else finding.dispositions[grade - 1]
    return QUARANTINE if told in FOR_SALE and not finding.restockable else told


def condition_after(disposition: str, expired: bool) -> str:
    """Say in which condition pieces are once decided; destroyed ones have none any more."""
    assert disposition != DESTROY
    if expired:
        return EXPIRED
    if disposition == RESTOCK:
        return AVAILABLE
    return DAMAGED if disposition == "back_to_merchant" else HOLD


def outcome_of(
    pieces: int, *, advised: int, received: int, announced: bool, bought: int | None
) -> str:
    """Say how pieces that were found compare with what was announced and bought.

    Args:
        pieces: Pieces found, of the return's own merchant.
        advised: Pieces of this SKU that were announced.
        received: Pieces of it that were found before.
        announced: Whether the return announced anything at all.
        bought: Pieces of it in the order; None if no order is known.
    """
    if advised:
        return AS_ADVISED if received + pieces <= advised else EXTRA
    if announced:
        return EXTRA if bought else WRONG_PIECE
    if bought is None or 0 < received + pieces <= bought:
        return AS_ADVISED
    return EXTRA if bought else WRONG_PIECE


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that a returned piece may come from; ``day`` is when it shipped, ISO."""

    order: str
    customer: str
    pieces: int
    day: str


def ranked(candidates: tuple[Candidate, ...], customer: str, pieces: int) -> tuple[Candidate, ...]:
    """Order candidates, best first: the same customer, exactly these pieces, the most recent.

    Three of ten buyers send back exactly the line they bought, and half of all returns come
    within ten days; but nothing beats the customer's own number.
    """
    newest_first = sorted(candidates, key=lambda c: (c.day, c.order), reverse=True)
    return tuple(
        sorted(
            newest_first,
            key=lambda c: (not (customer and c.customer == customer), c.pieces != pieces),
        )
    )


def spread(room: tuple[int, ...], pieces: int) -> tuple[int, ...]:
    """Spread pieces over lines of the same SKU, first come first filled; the last takes the rest.

    Args:
        room: What each line still takes, at least one line.
        pieces: Pieces to spread.
    """
    shares: list[int] = []
    for space in room[:-1]:
        share = min(max(space, 0), pieces)
        shares.append(share)
        pieces -= share
    return (*shares, pieces)


def withdraw(held: tuple[int, ...], pieces: int) -> tuple[int, ...]:
    """Take pieces back from lines of the same SKU, the last filled first.

    Args:
        held: What each line holds that can be taken back.
        pieces: Pieces to take; the lines hold at least as many.
    """
    shares = [0] * len(held)
    for at in reversed(range(len(held))):
        shares[at] = min(held[at], pieces)
        pieces -= shares[at]
    assert pieces == 0, (held, pieces)
    return tuple(shares)
