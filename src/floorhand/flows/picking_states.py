"""The questions of picking. Each state holds its own question's data and no more."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.picking import NeedBench, NeedTote, Stop
from floorhand.domain.things import Attributes, Goods


@dataclass(frozen=True, slots=True)
class Start:
    """No walk is open."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A colleague has the cart, or the order scanned; scanned again, the walk is taken over."""

    cart: str
    worker: str
    name: str
    since: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """A slot waits for an empty tote."""

    need: NeedTote


@dataclass(frozen=True, slots=True)
class AtPlace:
    """Go to the place and prove it; ``offered`` is another one that has the same goods."""

    stop: Stop
    offered: str = ""


@dataclass(frozen=True, slots=True)
class AtPiece:
    """Take the pieces: ``taken`` so far.

    ``other`` is the other lot just offered, if any; ``told`` was scanned ahead of the piece.
    """

    stop: Stop
    taken: int = 0
    other: tuple[Goods, ...] = ()
    told: Attributes | None = None


@dataclass(frozen=True, slots=True)
class AtSerial:
    """The piece is right; its barcode did not tell which one it is."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class AtTote:
    """The pieces are in hand; ``reason`` is why they are fewer than wanted, empty if all."""

    stop: Stop
    taken: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AtFull:
    """The slot's tote is full; ``placed`` tells whether the worker had proven the place."""

    stop: Stop
    taken: int
    placed: bool


@dataclass(frozen=True, slots=True)
class AtCount:
    """It does not match: how many pieces could be taken?"""

    stop: Stop
    taken: int
    placed: bool


@dataclass(frozen=True, slots=True)
class AtReason:
    """Why only ``taken``?"""

    stop: Stop
    taken: int
    placed: bool


@dataclass(frozen=True, slots=True)
class AtSkip:
    """The place is left a second time: why?"""

    stop: Stop


@dataclass(frozen=True, slots=True)
class AtBench:
    """The walk is finished; its totes are to be brought away."""

    need: NeedBench


State = (
    Start
    | TakeOver
    | Binding
    | AtPlace
    | AtPiece
    | AtSerial
    | AtTote
    | AtFull
    | AtCount
    | AtReason
    | AtSkip
    | AtBench
)  # fmt: skip
STATES: tuple[type, ...] = (
    Start,
    TakeOver,
    Binding,
    AtPlace,
    AtPiece,
    AtSerial,
    AtTote,
    AtFull,
    AtCount,
    AtReason,
    AtSkip,
    AtBench,
)
VALUES: tuple[type, ...] = (Stop, NeedTote, NeedBench)
