"""The kinds of exceptions: what a supervisor has to look at."""

from __future__ import annotations

from typing import Final

ADJUSTMENT: Final = "adjustment"
"""A correction of the books that is so large that another person has to approve it."""

HELD_GOODS: Final = "held_goods"
"""Goods came with a delivery that are held, or of a lot that is recalled."""

DAMAGED_DELIVERY: Final = "damaged_delivery"
"""Pieces of a delivery were damaged when they came."""

PUTBACK_WAITING: Final = "putback_waiting"
"""An order was cancelled that was picked already: its goods stand in a tote or carton."""

COUNT_DIFFERENCE: Final = "count_difference"
LINE_NOT_FOUND: Final = "line_not_found"
"""Pieces of an order's line were not where the books say, at two places in a row."""

TAKE_OVER: Final = "take_over"
"""A worker has taken over what a colleague had open."""

RETURN_DUE: Final = "return_due"
STUCK_TASK: Final = "stuck_task"
PARKED_TASK: Final = "parked_task"
LABEL_FAILED: Final = "label_failed"
LABEL_DOUBT: Final = "label_doubt"
STRAY_TOTE: Final = "stray_tote"
STRAY_UNIT: Final = "stray_unit"
"""A pallet or carton stands where nobody will come for it, or waits there for long."""

STRAYS: Final = (STRAY_TOTE, STRAY_UNIT)
"""Goods in the wrong place: hand-overs list these by themselves."""

NO_TASK: Final = "no_task"
ORDER_ENDED: Final = "order_ended"
NOWHERE: Final = "nowhere"
WAITS_LONG: Final = "waits_long"
"""Why a pallet or carton is in the wrong place; ``exceptions.stray.<why>`` says each."""

DERIVED: Final = frozenset(
    {RETURN_DUE, STUCK_TASK, PARKED_TASK, LABEL_FAILED, LABEL_DOUBT, STRAY_TOTE, STRAY_UNIT}
)
"""Kinds that nothing raises: whoever asks for the list finds them by looking at what is open.
They are written down when somebody is given one or decides about it."""

KINDS: Final = DERIVED | frozenset(
    {
        *(HELD_GOODS, DAMAGED_DELIVERY, ADJUSTMENT, COUNT_DIFFERENCE, LINE_NOT_FOUND, TAKE_OVER),
        *("short_order", "suspect_stock", "missing_at_bench", "no_bin", "overrides"),
        *(PUTBACK_WAITING, "place_misses", "blind_delivery", "over_delivery"),
        *("short_delivery", "unexpected_goods", "unknown_return", "unknown_piece"),
        *("return_quarantine", "refunded_and_rejected", "rejection_incomplete"),
        *("no_address", "no_carrier_label", "carrier_label_left", "reprints"),
        *("other_box", "insert_out"),
        *("address_unprintable", "address_shortened", "letters_missing"),
        *("unknown_platform_state", "order_differs", "cancelled_in_part", "changed_too_late"),
    }
)
"""Each has a text, ``trouble.<kind>``."""
