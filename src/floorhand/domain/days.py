"""Days inside texts that are put together of codes: marked, so that each language writes its own;
and how long ago something was, in units that all languages share.

What only looks like a day (a lot called 2027-05-31) is a code, and shown as it stands on the goods.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

MARK: Final = "\x1f"
"""Stands before a day in ISO form that is written in the form of a language where it is shown."""


def day(iso: str) -> str:
    """Mark a day; an empty one stays empty."""
    return MARK + iso if iso else ""


def goods_words(lot: str, expiry: str, *others: str) -> str:
    """Name goods by lot and best-before day, with whatever else tells them apart."""
    return " ".join(part for part in (lot, day(expiry), *others) if part)


def ago(at: datetime, now: datetime) -> str:
    """Write how long ago something was, in the largest unit that says enough."""
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < 100:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 100:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 100 else f"{hours // 24} d"
