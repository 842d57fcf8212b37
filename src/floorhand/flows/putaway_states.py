"""What put-away is in the middle of: the states of `floorhand.flows.putaway`."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.putaway import Loose, Proposed, Source, TaskFound
from floorhand.domain.things import Goods


@dataclass(frozen=True, slots=True)
class NeedSource:
    """Nothing in hand."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """A task was taken; what it is about has to be fetched. Tasks in ``later`` come last."""

    found: TaskFound
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhichLoose:
    """The scanned piece can be from several places or lots."""

    options: tuple[Loose, ...]


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Somebody else has begun with it; scanned again, it is taken over."""

    source: Source
    worker: str
    name: str


@dataclass(frozen=True, slots=True)
class Going:
    """Goods are in hand and on the way to a bin. ``take`` of them go there, ``later`` come last."""

    now: Proposed
    take: int
    later: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True)
class HowMany:
    """Only a part of the goods goes to the bin: how many?"""

    now: Proposed
    take: int
    later: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Another legal bin was scanned: for which reason?"""

    now: Proposed
    take: int
    later: tuple[Goods, ...]
    bin: str


State = NeedSource | Fetching | WhichLoose | TakeOver | Going | HowMany | Why
START = NeedSource()
STATES: tuple[type, ...] = (NeedSource, Fetching, WhichLoose, TakeOver, Going, HowMany, Why)
VALUES: tuple[type, ...] = (Source, TaskFound, Loose, Proposed)
