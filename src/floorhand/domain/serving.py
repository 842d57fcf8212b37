"""The words of serving a merchant who asks: which of them is it?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListMerchants:
    """Ask for the merchants, from the ``skip``-th on."""

    skip: int = 0


@dataclass(frozen=True, slots=True)
class MerchantRow:
    """A merchant whose goods are here."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class MerchantsListed:
    """The answer to `ListMerchants`; ``more`` says that there are others behind."""

    rows: tuple[MerchantRow, ...]
    skip: int
    more: bool


@dataclass(frozen=True, slots=True)
class FindMerchant:
    """Look after what one merchant asks, whose code was chosen or typed."""

    code: str


@dataclass(frozen=True, slots=True)
class MerchantServed:
    """This merchant is told what is asked."""

    code: str
    name: str
