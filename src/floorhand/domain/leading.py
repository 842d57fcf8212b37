"""What those do who look after others: see who sits where, free seats, unlock, draw PINs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SetPin:
    """Give a worker a new PIN; the operation keeps no trace of it."""

    worker: str
    pin: str = field(metadata={"secret": True})


@dataclass(frozen=True, slots=True)
class PinSet:
    """The worker has a new PIN, and may use it at once."""

    worker: str


@dataclass(frozen=True, slots=True)
class Unlock:
    """Allow guesses again at a worker's PIN, or at a seat: ``kind`` is ``worker`` or ``seat``."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Unlocked:
    """They are allowed again."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """Take whoever sits at a seat off it; the work is parked for that worker."""

    seat: str


@dataclass(frozen=True, slots=True)
class SeatFreed:
    """Nobody sits there now. ``name`` did, at ``job``; both are empty if nobody did."""

    seat: str
    name: str
    job: str


@dataclass(frozen=True, slots=True)
class TakeSeat:
    """Let another device hold a seat: ``device`` instead of ``before``."""

    device: str
    before: str


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """Find out what a lead may do."""


@dataclass(frozen=True, slots=True)
class DeskOpened:
    """A lead may do this: some of the rights in `floorhand.domain.rights`."""

    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat as a lead sees it. ``worker`` is a name; empty if nobody sits there.

    ``since`` is when the worker sat down, ``last`` the last scan; empty if there was none.
    ``parked`` is what was left in the middle there: job, whose it is, since when.
    """

    code: str
    station: str
    worker: str
    job: str
    since: str
    last: str
    device: str
    locked: bool
    parked: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A worker as a lead sees one. ``seat`` is where the worker sits; empty if nowhere.

    ``parked`` is what was left in the middle: job, at which seat, since when.
    """

    code: str
    name: str
    seat: str
    last: str
    locked: bool
    parked: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListSeats:
    """Ask who sits where, from the ``skip``-th seat on, in a way of `floorhand.domain.sorting`."""

    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class ListPeople:
    """Ask who works here, from the ``skip``-th on, in a way of `floorhand.domain.sorting`."""

    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """The answer to `ListSeats` or `ListPeople`; ``more`` says that there are others behind."""

    rows: tuple[SeatRow | PersonRow, ...]
    skip: int
    more: bool
    sort: str = ""


LIST_MAX = 9
"""So many seats, workers or operations are listed at once: the numbers of one key each."""
