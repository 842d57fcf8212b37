"""Where the words are for why something was done; what people have written stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from floorhand.domain import correcting, count_rules, exceptions, holds, labels, returns, reversing
from floorhand.domain.packing import HELD as OF_HOLD
from floorhand.domain.packing import MISSING_REASONS
from floorhand.domain.picking import NO_STOCK, SHORT_REASONS, SKIP_REASONS
from floorhand.domain.putaway import OVERRIDE_REASONS
from floorhand.domain.receiving import DAMAGE_REASONS
from floorhand.domain.rules import DISPOSITIONS

Where = tuple[str, ...]
"""Beginnings of text keys, one of which has the word for a reason; the first one before others."""

OWN: Final = "hold.words"
"""The text of a reason that has no word: the reason itself."""

NAMES: Final[Mapping[str, Collection[str]]] = {
    "picking.why_short.": (*SHORT_REASONS, NO_STOCK, OF_HOLD),
    "picking.why_skip.": SKIP_REASONS,
    "packing.reason.": MISSING_REASONS,
    "override.": OVERRIDE_REASONS,
    "damage.": DAMAGE_REASONS,
    "labelling.reason.": labels.REASONS,
    "returns.reason.": returns.REASONS,
    "disposition.": DISPOSITIONS,
    "reversing.reason.": reversing.REASONS,
    "exceptions.reason.": [name for some in exceptions.REASONS.values() for name in some],
    "correcting.reason.": correcting.REASONS,
    "hold.reason.": (*holds.REASONS, *holds.OF_OTHERS),
    "counting.why.": (*count_rules.REASONS, *SHORT_REASONS),
    "why.": (
        *("left_in_tote", "order_cancelled", "runs_dry", "line_cancelled"),
        *("shipped_elsewhere", "cancelled", "no_longer_asked_for"),
    ),
}
"""The reasons that have words, by where these are."""

SHORT: Final = ("picking.why_short.", "packing.reason.", "why.")
"""Of lines of orders that are short."""

HELD: Final = ("hold.reason.",)
DAMAGED: Final = ("damage.",)
RETURNED: Final = ("returns.reason.",)

_OF_TASKS: Final[Mapping[str, Where]] = {"putaway": ("disposition.",)}
_OF_OTHER_TASKS: Final = ("why.", "counting.why.")

_OF_COMMANDS: Final[Mapping[str, Where]] = {
    "DeclareShort": ("picking.why_short.",),
    "SkipStop": ("picking.why_skip.",),
    "DeclareMissing": ("packing.reason.",),
    "PutAway": ("override.",),
    "MarkDamaged": DAMAGED,
    "Reprint": ("labelling.reason.",),
    "ReprintLabel": ("labelling.reason.",),
    "Dispose": RETURNED,
    "Undo": ("reversing.reason.",),
    "HoldSubject": HELD,
    "Decide": ("exceptions.reason.", "correcting.reason."),
}
_OF_OTHER_COMMANDS: Final = ("correcting.reason.", "picking.why_short.")


def of_command(kind: str) -> Where:
    """Say where the words are for the reasons that operations of a kind have."""
    return _OF_COMMANDS.get(kind, _OF_OTHER_COMMANDS)


def of_task(kind: str) -> Where:
    """Say where the words are for why tasks of a kind are there."""
    return _OF_TASKS.get(kind, _OF_OTHER_TASKS)


def reason_key(reason: str, where: Where) -> str:
    """Give the text key of a reason; empty if it has none."""
    return next((f"{prefix}{reason}" for prefix in where if reason in NAMES[prefix]), "")


def reason_words(reason: str, where: Where) -> dict[str, str]:
    """Give a reason as facts of a text: ``{reason_text}`` names it in any language."""
    return {"reason_text": reason_key(reason, where) or OWN, "reason": reason}


def reason_facts(reason: str, where: Where) -> tuple[tuple[str, str], ...]:
    """Give a reason as a fact of a screen; none if there is no reason."""
    if not reason:
        return ()
    key = reason_key(reason, where)
    return (("fact.reason_text", key),) if key else (("fact.reason", reason),)
