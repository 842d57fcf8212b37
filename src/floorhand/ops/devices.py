"""Which device holds a seat, so that two with one name never write as one.

Each time a program takes a seat it draws a new token, and presents it with every scan. A copy of
the device's disk has an older one, and so has an older run of the same program: both are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.keymap import Key
from floorhand.errors import SeatTaken
from floorhand.flows.turn import Prompt, Said, Wants
from floorhand.ops.colleagues import moment
from floorhand.ops.seats import Turn
from floorhand.store.schema import Seat, Worker


@dataclass(frozen=True, slots=True)
class Device:
    """One run of a program that holds a seat.

    Attributes:
        token: What it proves itself by; empty for a program without an identity.
        known: Tokens that the device had before.
        name: What people call the device.
        robot: It is worked by software: it is never locked for want of scans.
    """

    token: str = ""
    known: tuple[str, ...] = ()
    name: str = ""
    robot: bool = False

    def had(self, token: str) -> bool:
        """Say whether a token is this device's, or nobody's."""
        return token in ("", self.token, *self.known)


ANYBODY = Device()
"""A program without an identity; it can hold only seats that no device has taken."""

ROBOT = Device("robot", name="robot", robot=True)
"""All workers made of software; each has a seat of its own, which any other device may take."""


def seat_taken(tx: Session, site: str, seat: str, now: datetime) -> SeatTaken:
    """Say who holds a seat."""
    row = tx.execute(
        select(Seat.device_name, Seat.held_since, Worker.name)
        .outerjoin_from(Seat, Worker, (Worker.site == Seat.site) & (Worker.code == Seat.worker))
        .where(Seat.site == site, Seat.code == seat)
    ).one()
    since = moment(tx, site, row.held_since, now)
    return SeatTaken(seat, row.device_name or "?", since, row.name or "")


def seat_holder(tx: Session, site: str, seat: str) -> str:
    """Name the device that holds a seat."""
    named = (Seat.site == site, Seat.code == seat)
    return tx.scalar(select(Seat.device_name).where(*named)) or ""


def hold(tx: Session, site: str, seat: str, device: Device, now: datetime) -> None:
    """Make a device the one that holds a seat."""
    tx.execute(
        update(Seat)
        .where(Seat.site == site, Seat.code == seat)
        .values(device=device.token, device_name=device.name, held_since=now)
    )


def call(tx: Session, site: str, seat: str, tokens: tuple[str, ...], name: str) -> bool:
    """Call a device by another name while it holds its seat; False if another one holds it.

    Args:
        tx: The transaction.
        site: The building.
        seat: Its seat.
        tokens: What the device proves itself by.
        name: What it is called from now on, in what is recorded too.
    """
    mine = (Seat.site == site, Seat.code == seat, Seat.device.in_(tokens))
    found = tx.scalar(update(Seat).where(*mine).values(device_name=name).returning(Seat.code))
    return found is not None


def about_taken(taken: SeatTaken, language: str, said: str, tone: str) -> Turn:
    """Ask at a terminal what to do about a seat that another device holds.

    Args:
        taken: Who holds it.
        language: Of whoever sat there last.
        said: Text key of what to say about the last scan; empty: nothing.
        tone: How to say it.
    """
    facts = {"seat": taken.seat, "device": taken.device, "at": taken.since}
    who = (("fact.worker", taken.worker),) if taken.worker else ()
    prompt = Prompt(
        ask="seat.taken",
        ask_facts=(("seat", taken.seat),),
        facts=(("fact.device", taken.device), ("fact.since", taken.since), *who),
        keys=((Key.DONE, "key.take_seat"),),
        wants=Wants(kinds=("done",)),
    )
    told = Said(said, facts, tone) if said else None
    return Turn(taken.seat, 0, "sign_in", "", "", language, prompt, told)
