"""What a count leads to: compare what was found with what was believed, and say who decides.

A difference is booked at once if it is small (the site's tolerance). Else a colleague counts again,
who is told nothing of it: where both say the same, it is booked, or given to a lead if it is large;
where they differ, a third one counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from floorhand.domain.count_plan import DOUBT
from floorhand.domain.picking import SHORT_REASONS
from floorhand.domain.rules import SiteRules
from floorhand.domain.things import AVAILABLE, DAMAGED, EXPIRED, HOLD, RETURN_PENDING, Goods

RIGHT: Final = "right"
CORRECTED: Final = "corrected"
RECOUNT: Final = "recount"
APPROVAL: Final = "approval"
RESULTS: Final = (RIGHT, CORRECTED, RECOUNT, APPROVAL)
"""The books are right; they were put right; a colleague counts again; a lead decides."""

ROUNDS_MAX: Final = 3
"""So often a bin is counted for the same difference; then a lead decides."""

REASONS: Final = ("asked", "due", "doubt", "recount", "no_room")
"""Why a bin is counted, besides the reasons of short picks: somebody wanted it, it was due, its
books are doubted, a colleague found a difference, there was no room in it."""

_LOSES_FIRST: Final = (HOLD, EXPIRED, RETURN_PENDING, AVAILABLE)
"""Pieces that look good are of one of these by the books: what is missing is missing of those
first that nobody counts on."""


def reason_told(reason: str) -> str:
    """Give the reason of a count as there are words for it: an exception of any kind is a doubt."""
    return reason if reason in (*REASONS, *SHORT_REASONS) else DOUBT


@dataclass(frozen=True, slots=True)
class Difference:
    """So many pieces more than believed; less, if it is below zero."""

    goods: Goods
    pieces: int


def differences(
    believed: Mapping[Goods, int], found: Mapping[Goods, int]
) -> tuple[Difference, ...]:
    """Compare what a bin should hold with what was found there.

    A worker sees whether a piece is damaged, but not whether it is on hold: pieces that look good
    are held against all that are not damaged by the books. What is more than believed is as
    what is there already of the same goods, and can be sold if there is none.

    Args:
        believed: Pieces by goods, in every condition.
        found: Pieces by goods, each *available* (it looks good) or *damaged*.
    """
    changes: dict[Goods, int] = {}
    for goods in dict.fromkeys(replace(one, condition="") for one in (*believed, *found)):
        worn = replace(goods, condition=DAMAGED)
        changes[worn] = found.get(worn, 0) - believed.get(worn, 0)
        good = {name: replace(goods, condition=name) for name in _LOSES_FIRST}
        there = {name: believed.get(one, 0) for name, one in good.items()}
        more = found.get(good[AVAILABLE], 0) - sum(there.values())
        for name in _LOSES_FIRST:
            if more < 0 and there[name]:
                changes[good[name]] = -min(-more, there[name])
                more -= changes[good[name]]
        if more > 0:
            kept = [name for name in reversed(_LOSES_FIRST) if there[name]]
            changes[good[kept[0] if kept else AVAILABLE]] = more
    return tuple(
        Difference(goods, pieces)
        for goods, pieces in sorted(changes.items(), key=lambda item: _sorted_by(item[0]))
        if pieces
    )


def _sorted_by(goods: Goods) -> tuple[str, ...]:
    return (goods.merchant, goods.sku, goods.lot, goods.expiry, goods.serial, goods.condition)


def off(found: Iterable[Difference]) -> int:
    """Give how many pieces differences are of in all, whether more or less."""
    return sum(abs(one.pieces) for one in found)


def tolerated(
    found: Sequence[Difference],
    believed: Mapping[Goods, int],
    rules: SiteRules,
    before: Mapping[tuple[str, str], int] | None = None,
) -> bool:
    """Say whether differences are so small that nobody has to count again.

    Those of each product may be of ``count_tolerance_pieces`` at most, and of
    ``count_tolerance_pct`` per cent of its pieces. What the worker's counts have corrected of it
    ``before`` counts with them: no large difference becomes small by being counted in parts.
    """
    by_sku: dict[tuple[str, str], int] = {}
    for one in found:
        sku = one.goods.merchant, one.goods.sku
        by_sku[sku] = by_sku.get(sku, (before or {}).get(sku, 0)) + abs(one.pieces)
    for sku, pieces in by_sku.items():
        there = sum(n for goods, n in believed.items() if (goods.merchant, goods.sku) == sku)
        if pieces > rules.count_tolerance_pieces:
            return False
        if 100 * pieces > rules.count_tolerance_pct * there:
            return False
    return True


def judge(
    found: Sequence[Difference],
    earlier: Sequence[Sequence[Difference]],
    *,
    small: bool,
    rules: SiteRules,
) -> str:
    """Say what becomes of a count, as one of `RESULTS`.

    Args:
        found: Its differences.
        earlier: Those of the counts of the same bin that led to it, by others, in order.
        small: Whether its differences are tolerated.
        rules: The site's.
    """
    if not found:
        return RIGHT
    if not earlier:
        return CORRECTED if small else RECOUNT
    if any(tuple(one) == tuple(found) for one in earlier):
        return APPROVAL if off(found) >= rules.count_approval_pieces else CORRECTED
    return APPROVAL if len(earlier) + 1 >= ROUNDS_MAX else RECOUNT


def to_json(found: Iterable[Difference]) -> str:
    """Write differences down."""
    return json.dumps([[*_sorted_by(one.goods), one.pieces] for one in found], ensure_ascii=False)


def of_json(text: str) -> tuple[Difference, ...]:
    """Read differences."""
    return tuple(Difference(Goods(*row[:-1]), row[-1]) for row in json.loads(text or "[]"))
