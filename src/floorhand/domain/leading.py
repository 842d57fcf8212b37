"""What those do who look after others: free seats, unlock, draw PINs."""

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
