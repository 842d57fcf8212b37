"""What counting is in the middle of: the states of `floorhand.flows.counting`."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.cycle_counts import CountPiece, CountTask, Entry, MarkWanted, Sheet
from floorhand.domain.things import Attributes, Goods


@dataclass(frozen=True, slots=True)
class NeedBin:
    """No bin to count yet."""


@dataclass(frozen=True, slots=True)
class Going:
    """On the way to a bin. Counts in ``later`` come last."""

    count: CountTask
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AtBin:
    """At the bin, counting. ``last`` was counted last; ``told`` is what codes of a piece told."""

    sheet: Sheet
    later: tuple[str, ...] = ()
    last: Goods | None = None
    told: Attributes | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """A piece was scanned: which lot, which date, which serial number?"""

    at: AtBin
    wanted: MarkWanted


@dataclass(frozen=True, slots=True)
class Damaged:
    """Some of the pieces that were counted last are damaged: how many?"""

    at: AtBin
    goods: Goods


State = NeedBin | Going | AtBin | Naming | Damaged
START = NeedBin()
STATES: tuple[type, ...] = (NeedBin, Going, AtBin, Naming, Damaged)
VALUES: tuple[type, ...] = (CountTask, Sheet, Entry, MarkWanted, CountPiece)
