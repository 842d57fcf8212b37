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
