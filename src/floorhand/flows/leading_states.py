"""Where the desk of those who lead can be; see `floorhand.flows.leading` for how it gets there."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.leading import Listed, PersonRow, SeatRow
from floorhand.domain.reversing import Deed, DeedSeen, DeedsFound, FindDeeds, Moved
from floorhand.flows import tabled
from floorhand.flows.tabled import Tabled


@dataclass(frozen=True, slots=True)
class Arriving:
    """What the lead may do is not known yet."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The lead chooses what to look at, or scans a thing.

    ``taken`` is the operation that has just taken something back; empty if none has.
    """

    rights: tuple[str, ...]
    taken: str = ""


@dataclass(frozen=True, slots=True)
class Seats:
    """Who sits where is listed."""

    rights: tuple[str, ...]
    listed: Listed


@dataclass(frozen=True, slots=True)
class AtSeat:
    """One seat: what about it?"""

    rights: tuple[str, ...]
    listed: Listed
    seat: SeatRow


@dataclass(frozen=True, slots=True)
class People:
    """Who works here is listed."""

    rights: tuple[str, ...]
    listed: Listed


@dataclass(frozen=True, slots=True)
class About:
    """One worker: what about them?"""

    rights: tuple[str, ...]
    listed: Listed
    person: PersonRow


@dataclass(frozen=True, slots=True)
class Deeds:
    """What was done last is listed."""

    rights: tuple[str, ...]
    found: DeedsFound


@dataclass(frozen=True, slots=True)
class Reading:
    """What one scan did is shown: shall it be taken back?

    ``wanted`` is the deed that was chosen, if this one was done later and is in the way of that.
    ``found`` is the list in which it was chosen; None if it was in none.
    """

    rights: tuple[str, ...]
    found: DeedsFound | None
    seen: DeedSeen
    wanted: DeedSeen | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """It shall be taken back: for which reason?"""

    rights: tuple[str, ...]
    found: DeedsFound | None
    seen: DeedSeen
    wanted: DeedSeen | None = None


State = Arriving | Desk | Seats | AtSeat | People | About | Deeds | Reading | Why | Tabled
START = Arriving()
STATES: tuple[type, ...] = (
    *(Arriving, Desk, Seats, AtSeat, People, About, Deeds, Reading, Why, Tabled),
)
VALUES: tuple[type, ...] = (
    *tabled.VALUES,
    Listed,
    SeatRow,
    PersonRow,
    FindDeeds,
    Deed,
    DeedsFound,
    DeedSeen,
    Moved,
)
