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
    that no reserve helps. ``bins`` and ``faces`` are what can be planned from this list, the most
    urgent first: bins, and (merchant, SKU, pick face).
    """

    open_counts: int
    due: int
    doubted: int
    first: tuple[tuple[str, str, str, int], ...]
    open_refills: int = 0
    dry: int = 0
    without_reserve: int = 0
    bins: tuple[str, ...] = ()
    faces: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Have the most urgent bins counted, at most ``bins`` of them.

    Only those of a ``zone`` or with goods of a ``merchant``, where one is named. Just ``places``,
    where these are: what a lead saw on a list, who chose so many of it.
    """

    bins: int
    zone: str = ""
    merchant: str = ""
    places: tuple[str, ...] = ()


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
    """Have pick faces filled up that run dry, the first ``faces`` of them; of one ``merchant``.

    Just those ``seen`` on a list, where it is one: (merchant, SKU, pick face).
    """

    faces: int
    merchant: str = ""
    seen: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RefillsPlanned:
    """Refills of these pick faces are open now; ``seen`` is what is due beside them."""

    faces: tuple[str, ...]
    seen: PlanSeen


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """Nothing was planned: this place is not due any more; ``seen`` is what is due now."""

    place: str
    seen: PlanSeen
