"""The kinds of exceptions: what a supervisor has to look at."""

from __future__ import annotations

from typing import Final

KINDS: Final = frozenset(
    {
        *("short_order", "suspect_stock", "missing_at_bench", "no_bin", "overrides"),
        *("place_misses", "putback_waiting", "blind_delivery", "over_delivery"),
        *("short_delivery", "unexpected_goods", "unknown_return", "unknown_piece"),
        *("count_difference",),
        *("return_quarantine", "refunded_and_rejected", "rejection_incomplete"),
        *("no_address", "no_carrier_label", "carrier_label_left", "reprints"),
        *("address_unprintable", "address_shortened", "letters_missing"),
        *("unknown_platform_state", "order_differs", "cancelled_in_part", "changed_too_late"),
    }
)
"""Each has a text, ``trouble.<kind>``."""
