"""States that no table here has: never guessed, but put before a supervisor as they were sent."""

from __future__ import annotations

from collections.abc import Sequence

from floorhand.exchange.cells import BadCell
from floorhand.exchange.layout import Reader
from floorhand.exchange.records import Alarm


class UnknownState(BadCell):
    """The platform says something that no table here has."""


def state(row: Reader, name: str, known: Sequence[str]) -> str:
    """Read a state from a column.

    Raises:
        UnknownState: If no table here has it.
    """
    try:
        return row.choice(name, known)
    except BadCell as error:
        raise UnknownState(str(error)) from None


def alarm(subject: str, merchant: str, error: UnknownState) -> Alarm:
    """Say it to a supervisor."""
    return Alarm("unknown_platform_state", subject, merchant, str(error))
