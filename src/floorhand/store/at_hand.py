"""What a building has in hand at a moment, as plain values: what a report begins with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from floorhand.domain.cut_offs import Forecast
from floorhand.store.board import Waits, board


def at_hand(tx: Session, site: str, now: datetime) -> dict[str, Any]:
    """Give what a board shows, fit for JSON.

    Returns:
        ``per_hour`` (orders that leave in an hour; None: too early to tell), ``cut_offs`` by time,
        ``waits`` and ``troubles`` by kind, ``printers`` with ``words``: keys of texts and facts.
        Moments are in ISO form.
    """
    seen = board(tx, site, now)
    return {
        "per_hour": seen.per_hour,
        "cut_offs": [_cut_off(one) for one in seen.forecasts],
        "waits": [_waits(one) for one in seen.waits],
        "troubles": [_waits(one) for one in seen.troubles],
        "printers": [
            {
                "code": one.code,
                "down": one.down,
                "words": [[key, facts] for key, facts in one.words],
            }
            for one in seen.printers
        ],
    }


def _cut_off(one: Forecast) -> dict[str, Any]:
    cut_off = one.cut_off
    return {
        "due_at": cut_off.due_at.isoformat(),
        "outlook": str(one.outlook),
        "blocked": cut_off.blocked,
        "open": cut_off.left,
        "gone": cut_off.in_time + cut_off.too_late,
        "needed_per_hour": one.needed_per_hour,
        "ends_at": one.ends_at.isoformat() if one.ends_at else None,
    }


def _waits(one: Waits) -> dict[str, Any]:
    oldest_at = one.oldest_at.isoformat() if one.oldest_at else None
    return {"kind": one.kind, "count": one.count, "pieces": one.pieces, "oldest_at": oldest_at}
