"""Which words name what an operation did, by what it came to and not only by its command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from floorhand.domain.holds import RECALL

DECIDED: Final = "Decide"
BOOKED: Final = "deed.BookCorrection"

_OF_RECALLS: Final = {
    "HoldSubject": "deed.recalled",
    "ReleaseSubject": "deed.recall_ended",
}


def deed_key(kind: str, command: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Name an operation by the key of a text.

    Args:
        kind: Name of its command.
        command: The fields of that.
        facts: The figures of its outcome.
    """
    if kind in _OF_RECALLS and command.get("subject", {}).get("kind") == RECALL:
        return _OF_RECALLS[kind]
    if kind == "CorrectStock" and "corrected" in facts:
        return BOOKED
    return f"deed.{kind}"


def decision_key(kind: str, command: Mapping[str, Any]) -> str:
    """Give the text key of what was decided about an exception; empty if nothing was."""
    action = command.get("action", "") if kind == DECIDED else ""
    return f"exceptions.{action}" if action else ""
