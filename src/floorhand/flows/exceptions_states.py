"""Where the list of exceptions can be; see `floorhand.flows.exceptions` for how it gets there."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.exceptions import (
    ExceptionRow,
    ExceptionSeen,
    ExceptionsListed,
    KindsListed,
    ListExceptions,
    NamesListed,
)
from floorhand.flows.tabled import Tabled, TabledOver


@dataclass(frozen=True, slots=True)
class Arriving:
    """What is open is not known yet."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is open is listed, the most urgent first."""

    listed: ExceptionsListed


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds are listed of which some are open."""

    listed: ExceptionsListed
    kinds: KindsListed


@dataclass(frozen=True, slots=True)
class Reading:
    """One exception is shown: what about it?"""

    listed: ExceptionsListed
    seen: ExceptionSeen


@dataclass(frozen=True, slots=True)
class Why:
    """It is to be decided so: for which reason?"""

    listed: ExceptionsListed
    seen: ExceptionSeen
    action: str


@dataclass(frozen=True, slots=True)
class Names:
    """To whom is it given, or whose is it?"""

    listed: ExceptionsListed
    seen: ExceptionSeen
    names: NamesListed


State = Arriving | Listing | Kinds | Reading | Why | Names | Tabled | TabledOver
START = Arriving()
STATES: tuple[type, ...] = (Arriving, Listing, Kinds, Reading, Why, Names, Tabled, TabledOver)
VALUES: tuple[type, ...] = (
    ExceptionRow,
    ExceptionSeen,
    ExceptionsListed,
    KindsListed,
    ListExceptions,
    NamesListed,
)
