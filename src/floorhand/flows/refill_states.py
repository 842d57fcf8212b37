"""What a refill is in the middle of: the states of `floorhand.flows.refill`."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.refilling import RefillJob


@dataclass(frozen=True, slots=True)
class NeedRefill:
    """Nothing to fetch yet."""


@dataclass(frozen=True, slots=True)
class Going:
    """On the way to the reserve. Refills in ``later`` come last."""

    job: RefillJob
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taking:
    """At the reserve: ``pieces`` are in hand. ``short`` says that no more of them are there."""

    job: RefillJob
    later: tuple[str, ...] = ()
    pieces: int = 0
    short: bool = False


@dataclass(frozen=True, slots=True)
class HowMany:
    """Fewer are in the reserve than wanted: how many were taken?"""

    job: RefillJob
    later: tuple[str, ...] = ()
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Not all of them fit into the pick face: how many go there?"""

    job: RefillJob
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bringing:
    """On the way to the pick face with the tote. ``pieces`` of them go there."""

    job: RefillJob
    later: tuple[str, ...] = ()
    pieces: int = 0


State = NeedRefill | Going | Taking | HowMany | Bringing | Part
START = NeedRefill()
STATES: tuple[type, ...] = (NeedRefill, Going, Taking, HowMany, Bringing, Part)
VALUES: tuple[type, ...] = (RefillJob,)
