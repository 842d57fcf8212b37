"""What a building has in hand at a moment, as plain values: what a report begins with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from floorhand.domain.cut_offs import Forecast
from floorhand.domain.shifts import Period
from floorhand.store import handovers
from floorhand.store.board import Waits, board
from floorhand.store.left_behind import as_plain, left_behind


def at_hand(tx: Session, site: str, now: datetime) -> dict[str, Any]:
    """Give what a board shows, fit for JSON.

    Returns:
        ``per_hour`` (orders that leave in an hour; None: too early to tell), ``cut_offs`` by time,
        ``waits`` and ``troubles`` by kind, ``printers`` with ``words``: keys of texts and facts;
        ``left`` as `floorhand.store.left_behind.as_plain` gives it. Moments are in ISO form.
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
        "left": as_plain(left_behind(tx, site, now, seen.printers)),
    }


def handed_over(tx: Session, site: str, period: Period) -> dict[str, Any] | None:
    """Give the last hand-over of a shift, fit for JSON; None if there was none.

    Returns:
        ``at``, ``name`` of who made it, ``note``, ``taken_by`` (a name; empty: nobody has taken it
        on), ``taken_at``, ``proof``; ``counts`` by kind and ``rows`` of what was left then: each
        with ``kind``, ``what``, ``owner``, ``at`` (since when, or by when), ``text`` (a key), and
        ``pieces``.
    """
    made = handovers.latest_of(tx, site, period)
    if made is None:
        return None
    return {
        "at": made.at.isoformat(),
        "name": made.name,
        "note": made.note,
        "taken_by": made.taken_by,
        "taken_at": made.taken_at.isoformat() if made.taken_at else None,
        "proof": made.proof,
        **made.left,
    }


def _cut_off(one: Forecast) -> dict[str, Any]:
    cut_off = one.cut_off
    return {
        "due_at": cut_off.due_at.isoformat(),
        "outlook": str(one.outlook),
        "blocked": cut_off.blocked,
        "open": cut_off.not_gone,
        "gone": cut_off.in_time + cut_off.too_late,
        "needed_per_hour": one.needed_per_hour,
        "ends_at": one.ends_at.isoformat() if one.ends_at else None,
    }


def _waits(one: Waits) -> dict[str, Any]:
    oldest_at = one.oldest_at.isoformat() if one.oldest_at else None
    return {"kind": one.kind, "count": one.count, "pieces": one.pieces, "oldest_at": oldest_at}
