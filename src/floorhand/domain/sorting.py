"""How the lists of those who lead can be sorted: a key leads from each way to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EXCEPTIONS, WORK, SEATS, PEOPLE = "exceptions", "work", "seats", "people"
KINDS, TAKERS, NAMES, MERCHANTS, STOCK = "kinds", "takers", "names", "merchant", "stock"

TURNED: Final = "-"
"""Stands before a way that is gone the other way round."""

WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    EXCEPTIONS: ("urgent", "oldest", "pieces", "kind", "owner"),
    WORK: ("oldest", "worker", "job", "place"),
    SEATS: ("busy", "subject", "worker", "latest"),
    PEOPLE: ("busy", "subject", "number", "latest"),
    KINDS: ("count", "kind"),
    TAKERS: ("busy", "subject", "number"),
    NAMES: ("subject", "number"),
    STOCK: ("subject", "pieces", "expiry"),
    "held": ("latest", "kind", "subject"),
    "order": ("urgent", "due", "state", "subject"),
    MERCHANTS: ("subject", "orders"),
    "lot": ("expiry", "pieces", "subject"),
    "sku": ("subject", "pieces"),
}
"""The ways of each list, the usual one first; ``sort.<way>`` says each in words."""


def way_of(listed: str, sort: str) -> str:
    """Give the way in which a list is sorted; empty where it has none. ``sort`` empty: as usual."""
    ways = WAYS.get(listed, ("",))
    return sort if plain(sort) in ways else ways[0]


def is_turned(way: str) -> bool:
    """Say whether a list is sorted the other way round."""
    return way.startswith(TURNED)


def plain(way: str) -> str:
    """Give a way as it is when it is not turned round."""
    return way.removeprefix(TURNED)


def turned(way: str) -> str:
    """Give the same way the other way round."""
    return plain(way) if is_turned(way) else f"{TURNED}{way}"


def next_way(listed: str, sort: str) -> str:
    """Give the same way turned round, then the way that follows, the usual one after the last."""
    way, ways = way_of(listed, sort), WAYS[listed]
    if not is_turned(way):
        return turned(way)
    return ways[(ways.index(plain(way)) + 1) % len(ways)]


def heading(listed: str, sort: str) -> tuple[tuple[str, str], ...]:
    """Give the facts that say in the heading of a list how it is sorted."""
    way = way_of(listed, sort)
    if is_turned(way):
        return (("way_text", f"sort.{plain(way)}"), ("sort_text", "sort.turned"))
    return (("sort_text", f"sort.{way}"),) if way else ()
