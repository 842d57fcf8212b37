"""The words of planning what keeps the bins right: which are counted, which are filled up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookAtPlan:
    """Ask what is open and what is due."""


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """So many counts are open; so many bins are due, and so many of these are doubted.

    ``first`` are the most urgent of them, as (bin, class, reason, days beyond its turn).
    """

    open_counts: int
    due: int
    doubted: int
    first: tuple[tuple[str, str, str, int], ...]


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Have the most urgent bins counted, at most ``bins`` of them.

    Only those of a ``zone`` or with goods of a ``merchant``, where one is named.
    """

    bins: int
    zone: str = ""
    merchant: str = ""


@dataclass(frozen=True, slots=True)
class CountBin:
    """Have one bin counted, whether it is due or not."""

    place: str


@dataclass(frozen=True, slots=True)
class CountsPlanned:
    """Counts of these bins are open now; ``seen`` is what is due beside them."""

    places: tuple[str, ...]
    seen: PlanSeen
