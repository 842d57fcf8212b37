"""Days inside texts that are put together of codes: marked, so that each language writes its own.

What only looks like a day (a lot called 2027-05-31) is a code, and shown as it stands on the goods.
"""

from __future__ import annotations

from typing import Final

MARK: Final = "\x1f"
"""Stands before a day in ISO form that is written in the form of a language where it is shown."""


def day(iso: str) -> str:
    """Mark a day; an empty one stays empty."""
    return MARK + iso if iso else ""


def goods_words(lot: str, expiry: str, *others: str) -> str:
    """Name goods by lot and best-before day, with whatever else tells them apart."""
    return " ".join(part for part in (lot, day(expiry), *others) if part)
