"""What figures mean: the help of screens and the manual say it with the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from floorhand.text.catalog import Catalog

ON_BOARD: Final = (
    *("cut_off", "outlook", "blocked", "released", "picking", "picked", "packing", "gone"),
    *("open", "needed", "ready_at", "job", "claim", "since", "last_scan", "count", "pieces"),
    *("oldest", "stands", "refusals"),
)
"""Figures of the board, in the order in which they stand on it."""

IN_TABLES: Final = (
    *("priority", "due", "tries", "owner", "fate", "moved", "taken_back", "operation"),
    *("placed", "left", "shipped", "short", "in_time", "back", "restocked", "available"),
    *("promised", "hold", "return_pending", "expired", "in_all", "to_come", "expected"),
    *("received", "damaged", "over", "closed", "expected_on", "expiry", "condition", "days_late"),
    *("age", "value", "grade", "at"),
)
"""Figures of the tables behind it, and of those that merchants are told."""

IN_SUMMARY: Final = (
    *("active", "pieces_hour", "lines_hour", "scans", "refused_pct", "signed_in", "gap"),
    *("other_time", "busy", "best", "usual", "last", "mean", "median", "p90", "undone"),
    *("accuracy", "differing", "plus", "minus", "target_pieces"),
    *("target_lines", "reached", "lines", "orders", "refused", "ours", "number"),
    *("hour", "receiving", "putaway", "returns", "counting"),
    *("job_picking", "job_packing", "refill"),
    *("length", "before", "after", "why"),
)
"""Figures of the summary of a shift."""

NAMES: Final = frozenset(
    {
        *("worker", "what", "printer", "order", "state", "tote", "reason", "seat", "scanned"),
        *("place", "sku", "lot", "delivery", "merchant", "carrier", "dock", "return", "label"),
        *("subject", "station", "facts", "deed", "which", "name", "from", "to", "serial"),
        *("deed_text", "told", "more", "day", "section", "bar", "figure", "meaning", "note"),
        *("rule", "zone", "customer", "parcel", "tracking", "measure"),
    }
)
"""Headings of what everybody knows by its name, or that name what a row is."""

FIGURES: Final = frozenset((*ON_BOARD, *IN_TABLES, *IN_SUMMARY))


def meanings(words: Catalog, figures: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give the name and the meaning of each figure that needs one; names of things need none."""
    for name in figures:
        if name in FIGURES:
            yield words.say(f"board.head.{name}"), words.say(f"means.{name}")
