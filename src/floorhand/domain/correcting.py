"""The words of correcting the books: somebody looked, and it is not what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from floorhand.domain.things import Goods

REASONS: Final = ("count", "damaged", "lost", "found", "data")
"""Why the books are wrong; ``correcting.reason.<reason>``."""

FEWER_ONLY: Final = frozenset({"damaged", "lost"})
MORE_ONLY: Final = frozenset({"found"})

COUNT_MAX: Final = 99_999
"""More pieces in one place than that are a slip of the finger."""

TOGETHER: Final = timedelta(hours=24)
"""What one worker corrects of a product in one place counts together for so long."""

_CHANGE = re.compile(r"([+\u2212-])\s*(\d{1,5})", re.ASCII)


def reasons_for(change: int) -> tuple[str, ...]:
    """List the reasons that fit a change of so many pieces."""
    barred = MORE_ONLY if change < 0 else FEWER_ONLY
    return tuple(reason for reason in REASONS if reason not in barred)


def read_count(text: str, believed: int) -> int | None:
    """Read what was typed for a new count: ``+3`` and ``-2`` say by how much it changes.

    Returns:
        The new count; None if it is no change, or less than nothing would be left.
    """
    read = _CHANGE.fullmatch(text.strip())
    if read is None:
        return None
    counted = believed + int(read[2]) * (1 if read[1] == "+" else -1)
    return counted if 0 <= counted <= COUNT_MAX else None


@dataclass(frozen=True, slots=True)
class StockRow:
    """Goods that the books have in a place. ``promised`` of the pieces are reserved for orders."""

    goods: Goods
    name: str
    pieces: int
    promised: int


@dataclass(frozen=True, slots=True)
class LookAtStock:
    """Ask what the books have in a place, or of one product there, from the ``skip``-th on.

    ``sort`` is a way of `floorhand.domain.sorting`.
    """

    place: str
    merchant: str = ""
    sku: str = ""
    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class StockSeen:
    """The answer to `LookAtStock`; ``day_first`` are merchants who write dates as ``DDMMYY``."""

    asked: LookAtStock
    rows: tuple[StockRow, ...]
    more: bool
    day_first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CorrectStock:
    """Say how many pieces are in a place of which the books believed another number."""

    place: str
    goods: Goods
    believed: int
    counted: int
    reason: str


@dataclass(frozen=True, slots=True)
class BookCorrection:
    """Write a correction: so many pieces more, or fewer if ``change`` is negative.

    It is what `CorrectStock` comes to, at once or when another person has approved it.
    ``put_right`` is by how much the goods had been corrected lately when that was asked for.
    """

    place: str
    goods: Goods
    change: int
    reason: str
    put_right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StockCorrected:
    """The books are corrected."""

    place: str
    sku: str
    change: int


@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    """Nothing has moved: it is so much that another person has to approve it."""

    place: str
    sku: str
    change: int
