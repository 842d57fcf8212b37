"""Which check digits places get: random, and other than those of the places around them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from random import Random

from floorhand.domain.barcodes import check_digits

NEIGHBOURS = 12
"""Places before and after on the walk that must have other digits: the bay and those beside it."""


def draw_along(
    rng: Random, walk: Sequence[str], good: Mapping[str, Collection[str]], wanted: Collection[str]
) -> dict[str, str]:
    """Draw digits for places; none that is good at a neighbour, or was at the place itself.

    Args:
        rng: Source of chance.
        walk: All places in walking order.
        good: The digits that are good at each place so far.
        wanted: The places that get new digits.

    Returns:
        The new digits of each place in ``wanted``.
    """
    drawn: dict[str, str] = {}
    for at, code in enumerate(walk):
        if code in wanted:
            near = walk[max(0, at - NEIGHBOURS) : at + 1 + NEIGHBOURS]
            taken = {digits for other in near for digits in good.get(other, ())}
            taken |= {drawn[other] for other in near if other in drawn}
            drawn[code] = check_digits(rng, taken)
    return drawn
