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
    So many refills are open; so many pick faces run dry for which one can be opened, and so many
    that no reserve helps.
    """

    open_counts: int
    due: int
    doubted: int
    first: tuple[tuple[str, str, str, int], ...]
    open_refills: int = 0
    dry: int = 0
    without_reserve: int = 0


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


@dataclass(frozen=True, slots=True)
class PlanRefills:
    """Have pick faces filled up that run dry, the first ``faces`` of them; of one ``merchant``."""

    faces: int
    merchant: str = ""


@dataclass(frozen=True, slots=True)
class RefillsPlanned:
    """Refills of these pick faces are open now; ``seen`` is what is due beside them."""

    faces: tuple[str, ...]
    seen: PlanSeen
