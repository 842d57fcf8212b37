"""How many pieces of an order's lines are still asked for, after what a platform says later.

Pure arithmetic. Lines only ever become less: what a shop adds to an order is not guessed from a
file that overlaps another. Pieces are taken off by the platform's line item ids where both sides
have them, else by product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order as it stands: ``ids`` are those of the pieces that are still asked for."""

    line_no: int
    sku: str
    ordered: int
    picked: int
    packed: int
    short: int
    ids: tuple[str, ...]

    @property
    def asked(self) -> int:
        """Count the pieces that are still to be sent, picked ones among them."""
        return self.ordered - self.short

    def less(self, pieces: int, ids: tuple[str, ...]) -> Line:
        """Give the line with so many pieces taken off, and the ids that remain."""
        return replace(self, short=self.short + pieces, ids=ids)


def asked(lines: Iterable[Line]) -> Counter[str]:
    """Count the pieces that lines ask for, by product."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.sku] += line.asked
    return counts


def without(lines: Sequence[Line], gone: Collection[str]) -> tuple[Line, ...] | None:
    """Give the lines that become less when these line items are gone.

    Returns:
        The changed lines; none if no item of the order is meant. None if the ids do not tell: a
        line that is still asked for has none, or its pieces cannot be shared out among them.
    """
    changed: list[Line] = []
    for line in lines:
        if not line.asked:
            continue
        if not line.ids or line.asked % len(line.ids):
            return None
        kept = tuple(item for item in line.ids if item not in gone)
        each = line.asked // len(line.ids)
        if off := each * (len(line.ids) - len(kept)):
            changed.append(line.less(off, kept))
    return tuple(changed)


def down_to(lines: Sequence[Line], wanted: Counter[str]) -> tuple[Line, ...] | None:
    """Give the lines that become less when no more than ``wanted`` of each product is asked for.

    Returns:
        The changed lines, the last of a product first. None if more is wanted than was ever
        ordered, or another product: then the two do not speak of the same goods.
    """
    ordered: Counter[str] = Counter()
    for line in lines:
        ordered[line.sku] += line.ordered
    if any(pieces > ordered[sku] for sku, pieces in wanted.items()):
        return None
    over = asked(lines) - wanted
    changed: list[Line] = []
    for line in reversed(lines):
        if off := min(over[line.sku], line.asked):
            over[line.sku] -= off
            left = len(line.ids) * (line.asked - off) // line.asked
            changed.append(line.less(off, line.ids[:left]))
    return tuple(changed)
