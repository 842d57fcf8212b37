"""Finding out whose parcel came back: commands and outcomes of return inspection's first half."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.returns import Finding, Option, Parcel
from floorhand.domain.things import Piece


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """Take a return's parcel onto the bench.

    Attributes:
        alone: Exactly this one is meant; else all returns that share its parcel are offered.
        again: The return that another worker holds, where the scan answers who that is: if it is
            the one scanned, or in its parcel, it is taken over.
        holder: Who was named then. Whoever has taken it since is named first.
        leaving: The return that was on the bench before, with nothing counted: it is let go.
    """

    number: str
    alone: bool = True
    again: str = ""
    holder: str = ""
    leaving: str = ""


@dataclass(frozen=True, slots=True)
class ReturnOpened:
    """The return is on the bench; ``pending`` is what was counted before and not yet judged."""

    parcel: Parcel
    pending: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnHeld:
    """Another worker has it, on a bench or parked; ``since`` is the local time it was begun."""

    number: str
    worker: str
    name: str
    since: str


@dataclass(frozen=True, slots=True)
class RejectionWaits:
    """It is inspected, and its rejection cannot be sent without a picture, and maybe a comment.

    ``why`` is the text key of the reason.
    """

    verdict: str
    number: str
    why: str
    commented: bool


@dataclass(frozen=True, slots=True)
class ParcelShared:
    """Several returns are in this parcel."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ListWaiting:
    """List the returns that wait for inspection, the nearest deadline first."""


@dataclass(frozen=True, slots=True)
class ReturnsWaiting:
    """These returns wait."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FindOfOrder:
    """Look for returns of an order that came back."""

    merchant: str
    order: str


@dataclass(frozen=True, slots=True)
class OrderReturns:
    """The open returns of an order; none of them may have been announced."""

    merchant: str
    order: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FindOfPiece:
    """Look for returns and orders that a piece of a SKU may belong to.

    ``piece`` is the one in the worker's hand, to be counted once that is known; None if only the
    order is asked for. ``number`` is the return on the bench, if there is one already.
    """

    merchant: str
    sku: str
    piece: Piece | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class PieceOrigins:
    """Where it may come from, best first; codes are ``return:…``, ``order:…`` and ``none``."""

    merchant: str
    options: tuple[Option, ...]
    piece: Piece | None
    number: str


@dataclass(frozen=True, slots=True)
class Identify:
    """Look a code up that stands on no label: is it the serial of a piece that was shipped?"""

    code: str
    shown: str


@dataclass(frozen=True, slots=True)
class SerialFound:
    """It is the serial of this piece."""

    piece: Piece


@dataclass(frozen=True, slots=True)
class CodeUnknown:
    """Nobody knows the code."""

    code: str
    shown: str


@dataclass(frozen=True, slots=True)
class CreateReturn:
    """Start a return that nobody announced; it gets a number and a plate of its own."""

    merchant: str
    order: str
    kind: str


@dataclass(frozen=True, slots=True)
class AttachOrder:
    """Say whose return this is and, if known, of which order."""

    number: str
    merchant: str
    order: str


@dataclass(frozen=True, slots=True)
class RegisterUnknown:
    """Give a parcel that nobody knows a number, a plate, a place and an owner."""

    code: str
    carrier: str
    sender: str


@dataclass(frozen=True, slots=True)
class UnknownRegistered:
    """The plate is queued, the parcel belongs at ``place``."""

    number: str
    place: str
