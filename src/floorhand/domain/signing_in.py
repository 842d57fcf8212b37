"""The words of signing in and out, of where the terminal stands, and of looking things up."""

from __future__ import annotations

from dataclasses import dataclass, field

from floorhand.domain.things import Place


@dataclass(frozen=True, slots=True)
class AskPin:
    """Begin to sign in by number: find out whether the worker has a PIN, and may type it now."""

    worker: str


@dataclass(frozen=True, slots=True)
class PinAsked:
    """The worker may type the PIN."""

    worker: str
    name: str


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Compare a typed PIN with the worker's; the operation keeps no trace of what was typed."""

    worker: str
    pin: str = field(metadata={"secret": True})


@dataclass(frozen=True, slots=True)
class PinRight:
    """The PIN is the worker's."""

    worker: str


@dataclass(frozen=True, slots=True)
class GuessBadge:
    """Count what nobody carries and was scanned as a badge: badges can be guessed, too."""


@dataclass(frozen=True, slots=True)
class GuessedWrong:
    """It was not the worker's PIN, or nobody's badge.

    ``wait_s`` is how long to wait before the next guess. ``locked`` says what takes no more:
    ``pin``, ``seat`` or nothing; ``who`` can unlock it.
    """

    wait_s: int
    locked: str = ""
    name: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Put a worker on this seat; a ``language`` chosen before is kept with the worker."""

    worker: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class StandAt:
    """Work at this bench, or at the bench of this station, from now on."""

    code: str


@dataclass(frozen=True, slots=True)
class StoodAt:
    """The terminal stands there; ``jobs`` are what the menu offers the worker there."""

    place: str
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The worker sits here now; ``jobs`` are what the menu offers, ``parked`` those left open.

    ``ousted`` says what the worker was taken off last: job, by whom, at which seat, when.
    """

    worker: str
    name: str
    jobs: tuple[str, ...]
    parked: tuple[str, ...]
    ousted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignOut:
    """Take the worker off this seat."""

    worker: str


@dataclass(frozen=True, slots=True)
class OpenMenu:
    """Find out what the worker may do and has left open."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """Ask what is in a place, where a product is, or how an order stands.

    ``kind`` is ``place``, ``sku`` or ``order``; ``code`` is the place's code, or
    ``merchant/sku``, or ``merchant/number``.
    """

    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class FindJob:
    """Ask which job waits for the goods in a tote or carton."""

    container: Place


@dataclass(frozen=True, slots=True)
class JobFound:
    """A job waits for the goods in a container."""

    job: str
    container: Place


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an answer to `LookAt`."""

    code: str
    name: str
    pieces: int
    note: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer to `LookAt`: what it is about, some facts, and at most `ROWS_MAX` rows.

    ``place`` is the place that was asked for, empty for other things. ``facts`` are text keys with
    their values, the most important first; the value is empty if the text says it all.
    """

    place: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


ROWS_MAX = 12
"""More rows than this are no help on a handheld."""

FROM_DOCK_TO_DOOR = ("receiving", "putaway", "picking", "packing", "returns")
"""The five jobs that goods go through."""

JOBS = (*FROM_DOCK_TO_DOOR, "counting", "refill")
"""All jobs, in the order of the menu: those, and what keeps the bins right in between."""
