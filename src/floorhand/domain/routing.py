"""In which order a worker walks to places.

The order is that of the places' own numbers (``walk_no``), because a site knows its aisles,
one-way rules and doors better than a formula. Where it gave no numbers, aisles are walked as a
serpentine: up the first, down the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WALK_STEP = 1024
"""Distance between two stops in a walk's numbering, so that others can be put in between."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place is."""

    code: str
    walk_no: int = 0
    aisle_no: int = 0
    y_mm: int = 0


def walk_key(spot: Spot) -> tuple[int, int, int, str]:
    """Give what places are sorted by; the same for every walk, so that walks can be mended."""
    y_mm = spot.y_mm if spot.aisle_no % 2 else -spot.y_mm
    return (spot.walk_no, spot.aisle_no, y_mm, spot.code)


def number_stops(spots: Sequence[Spot]) -> dict[str, int]:
    """Number the places of a walk, by code; `WALK_STEP` apart."""
    ordered = sorted({spot.code: spot for spot in spots}.values(), key=walk_key)
    return {spot.code: number * WALK_STEP for number, spot in enumerate(ordered, start=1)}


def place_in_walk(new: Spot, here: Spot, ahead: Sequence[tuple[int, Spot]]) -> int:
    """Number a stop that joins a walk under way.

    It comes at its place on the path; if that has been passed, at the end.

    Args:
        new: The place to add.
        here: Where the worker is.
        ahead: The stops still to come, as (number, place), in walking order.
    """
    for number, spot in ahead:
        if spot.code == new.code:
            return number
    last = max((number for number, _ in ahead), default=0)
    if walk_key(new) < walk_key(here):
        return last + WALK_STEP
    following = [n for n, spot in ahead if walk_key(new) < walk_key(spot)]
    return following[0] - 1 if following else last + WALK_STEP
