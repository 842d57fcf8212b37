"""What each rule of a building may be: limits that its file, its command and its desk share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from floorhand.domain.correcting import COUNT_MAX
from floorhand.domain.inspection import AMBER_H
from floorhand.domain.rules import TOLERANCE_PCT_MAX

PLACE_POLICIES: Final = ("scan", "check", "either", "none")
ORDERS_PER_WALK_MAX: Final = 24
"""No cart has more totes, and every order has its own."""

COUNT_PIECES_MAX: Final = 99_999
COUNT_DAYS_MAX: Final = 3650
REFILL_HOURS_MAX: Final = 24 * 28
IDLE_MINUTES_MAX: Final = 1440
WAITING_HOURS_MAX: Final = 168
TIMES_MAX: Final = 99

NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "orders_per_walk_max": (1, ORDERS_PER_WALK_MAX),
    "correction_pieces_max": (0, COUNT_MAX),
    "stuck_minutes": (1, IDLE_MINUTES_MAX),
    "parked_hours": (1, WAITING_HOURS_MAX),
    "staged_hours": (1, WAITING_HOURS_MAX),
    "return_due_hours": (1, AMBER_H),
    "overrides_max": (1, TIMES_MAX),
    "place_misses_max": (2, TIMES_MAX),
    "reprints_max": (1, TIMES_MAX),
    "count_tolerance_pieces": (0, COUNT_PIECES_MAX),
    "count_tolerance_pct": (0, TOLERANCE_PCT_MAX),
    "count_approval_pieces": (0, COUNT_PIECES_MAX),
    "refill_below_hours": (1, REFILL_HOURS_MAX),
    "refill_up_to_hours": (1, REFILL_HOURS_MAX),
}
"""Rules that are a number, with the least and the most."""
