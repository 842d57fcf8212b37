"""How the lists of those who lead can be sorted: a key leads from each way to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EXCEPTIONS, WORK = "exceptions", "work"

WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    EXCEPTIONS: ("urgent", "oldest", "pieces", "kind", "owner"),
    WORK: ("oldest", "worker", "job", "place"),
    "held": ("latest", "kind", "subject"),
    "order": ("urgent", "due", "state", "subject"),
    "merchant": ("subject", "orders"),
    "lot": ("expiry", "pieces", "subject"),
}
"""The ways of each list, the usual one first; ``sort.<way>`` says each in words."""


def way_of(listed: str, sort: str) -> str:
    """Give the way in which a list is sorted; empty where it has none. ``sort`` empty: as usual."""
    ways = WAYS.get(listed, ("",))
    return sort if sort in ways else ways[0]


def next_way(listed: str, sort: str) -> str:
    """Give the way that follows, and the usual one after the last."""
    ways = WAYS[listed]
    return ways[(ways.index(way_of(listed, sort)) + 1) % len(ways)]


def heading(listed: str, sort: str) -> tuple[tuple[str, str], ...]:
    """Give the fact that says in the heading of a list how it is sorted."""
    way = way_of(listed, sort)
    return (("sort_text", f"sort.{way}"),) if way else ()
