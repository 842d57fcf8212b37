"""Say of what was refused whether it was to be taken back or to be done again: rules are shared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from floorhand.errors import Refused


def not_text(*, again: bool) -> str:
    """Name the text with which such a refusal begins."""
    return "undo.not_again" if again else "undo.not_back"


@contextmanager
def not_done(*, again: bool) -> Iterator[None]:
    """Put that word to whatever is refused meanwhile."""
    try:
        yield
    except Refused as refused:
        refused.facts = {**refused.facts, "not_text": not_text(again=again)}
        raise
