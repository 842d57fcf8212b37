"""What the packing bench can be asking; see `floorhand.flows.packing` for how it gets there."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.inserts import Insert
from floorhand.domain.packing import Bench, BoxOption, Left, Naming, Rest
from floorhand.domain.things import Attributes, Piece


@dataclass(frozen=True, slots=True)
class NeedTote:
    """Nothing is open at the bench."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A colleague is packing the order; scanned again, it is taken over.

    ``tote`` is empty if the order was scanned by its number.
    """

    order: str
    tote: str
    worker: str
    name: str
    since: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The merchant's instruction is on the screen; ``piece`` waits to be verified after it."""

    bench: Bench
    rest: Rest
    instruction: str
    piece: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Checking:
    """Pieces are verified one by one.

    ``last`` is what a typed number would be of; ``checked`` of it lie verified in the box.
    ``told`` is a lot, date, serial or count that was scanned ahead of its piece.
    """

    bench: Bench
    rest: Rest
    last: tuple[Left, ...] = ()
    checked: int = 0
    told: Attributes | None = None


@dataclass(frozen=True, slots=True)
class ConfirmFull:
    """The box is full before all is verified: close it with what is in it?"""

    bench: Bench
    rest: Rest


@dataclass(frozen=True, slots=True)
class Telling:
    """The last piece did not tell its lot or serial."""

    bench: Bench
    rest: Rest
    naming: Naming


@dataclass(frozen=True, slots=True)
class ChoosingBox:
    """The worker takes another box."""

    bench: Bench
    rest: Rest
    options: tuple[BoxOption, ...]


@dataclass(frozen=True, slots=True)
class LeadForBox:
    """The merchant does not allow the box, unless a lead does."""

    bench: Bench
    rest: Rest
    box: str


@dataclass(frozen=True, slots=True)
class Inserting:
    """All goods are in: ``left`` goes in besides, before the parcel is closed.

    ``put`` are in already, by name; those that have ``run_out`` do not go in.
    """

    bench: Bench
    rest: Rest
    left: tuple[Insert, ...]
    put: tuple[str, ...] = ()
    run_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhatMissing:
    """Something is not in the tote, or cannot be sent."""

    bench: Bench
    rest: Rest


@dataclass(frozen=True, slots=True)
class HowMany:
    """It is known what is missing, but not how much."""

    bench: Bench
    rest: Rest
    line: Left


@dataclass(frozen=True, slots=True)
class WhyMissing:
    """It is known what is missing and how much, but not why."""

    bench: Bench
    rest: Rest
    line: Left
    pieces: int


Lacking = WhatMissing | HowMany | WhyMissing
Open = Reading | Checking | ConfirmFull | Telling | ChoosingBox | LeadForBox | Inserting | Lacking
Idle = NeedTote | TakeOver
State = Idle | Open
