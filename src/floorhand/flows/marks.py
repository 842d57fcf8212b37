"""Refusals of lots, serials and dates that were typed or scanned, the same in all jobs."""

from __future__ import annotations

from floorhand.domain.barcodes import shown
from floorhand.errors import Code
from floorhand.flows.turn import Refuse

SHOWN_CHARACTERS_MAX = 20
"""Of what was typed instead of a date: more says no more."""

EXAMPLES = {"YYMMDD": "271031", "DDMMYY": "311027"}
"""How 31 October 2027 is typed."""


def bad_date(text: str, order: str) -> Refuse:
    """Refuse what is no date, and say how one is typed.

    Args:
        text: What was typed.
        order: ``YYMMDD`` or ``DDMMYY``.
    """
    facts = {
        "text": shown(text, SHOWN_CHARACTERS_MAX),
        "format_text": f"date_order.{order}",
        "example": EXAMPLES.get(order, EXAMPLES["YYMMDD"]),
    }
    return Refuse(Code.BAD_DATE, facts)


def bad_mark(what: str) -> Refuse:
    """Refuse what cannot be a ``lot`` or ``serial``."""
    return Refuse(Code.BAD_MARK, {"wanted_text": f"thing.{what}"})
