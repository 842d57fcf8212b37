"""The end of a shift: what is left over is handed over with a note; the next lead takes it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEFT_KINDS: Final = (
    "late_orders",
    "due_orders",
    "due_returns",
    "troubles",
    "printers",
    "parked",
    "tasks",
    "strays",
)
"""What is left over, in the order in which it has to be known; each has a text ``left.<kind>``."""

LEFT_DUE: Final = frozenset({"late_orders", "due_orders", "due_returns"})
"""Kinds of which it is said by when they are due; of all others, since when they are there."""

DUE_ORDERS_H: Final = 4
"""Orders to leave within so many hours are handed over by name."""

NOTE_CHARACTERS_MAX: Final = 500

LIST_MAX: Final = 9
"""So many rows are shown at once."""


@dataclass(frozen=True, slots=True)
class LookOver:
    """Ask what is left over, and whether a hand-over waits for somebody to take it on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hand-over that nobody has taken on yet.

    ``mine``: whoever looks has made it. ``at`` is by the building's clock.
    """

    handover: str
    name: str
    at: str
    note: str
    mine: bool


@dataclass(frozen=True, slots=True)
class SeenLeft:
    """What is left over: how many of each kind, of those of which there are any."""

    shift: str
    counts: tuple[tuple[str, int], ...]
    waiting: Waiting | None = None

    @property
    def total(self) -> int:
        """Count all of it."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class ListLeft:
    """Ask for rows of one kind, from the ``skip``-th on."""

    kind: str
    skip: int = 0


@dataclass(frozen=True, slots=True)
class LeftRow:
    """One thing that is left over.

    ``what`` is its name, ``owner`` who has it (a name; empty: nobody), ``since`` from when on, or
    by when it is due, by the building's clock. ``text`` names what it is, ``pieces`` how much.
    """

    what: str
    owner: str
    since: str
    text: str = ""
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class LeftListed:
    """The answer to `ListLeft`; ``more`` says that there are others behind."""

    kind: str
    rows: tuple[LeftRow, ...]
    skip: int
    more: bool


@dataclass(frozen=True, slots=True)
class HandOver:
    """Hand over what is left, with a note for whoever comes next."""

    note: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """It is kept, with all that was left, and waits for another lead."""

    seen: SeenLeft


@dataclass(frozen=True, slots=True)
class TakeOn:
    """Take on what somebody else has handed over."""

    handover: str


@dataclass(frozen=True, slots=True)
class TakenOn:
    """It is taken on from ``name``."""

    seen: SeenLeft
    name: str
