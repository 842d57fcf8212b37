"""The words of serving a merchant who asks: which of them is it?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListMerchants:
    """Ask for the merchants, from the ``skip``-th on, in a way of `floorhand.domain.sorting`."""

    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class MerchantRow:
    """A merchant whose goods are here, with the number of its open orders."""

    code: str
    name: str
    orders: int = 0


@dataclass(frozen=True, slots=True)
class MerchantsListed:
    """The answer to `ListMerchants`; ``more`` says that there are others behind."""

    rows: tuple[MerchantRow, ...]
    skip: int
    more: bool
    sort: str = ""


@dataclass(frozen=True, slots=True)
class FindMerchant:
    """Look after what one merchant asks, whose code was chosen or typed."""

    code: str


@dataclass(frozen=True, slots=True)
class MerchantServed:
    """This merchant is told what is asked."""

    code: str
    name: str
