"""Carry out what leads and supervisors do for others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.leading import (
    LIST_MAX,
    DeskOpened,
    FreeSeat,
    Listed,
    ListPeople,
    ListSeats,
    OpenDesk,
    PersonRow,
    PinSet,
    SeatFreed,
    SeatRow,
    SetPin,
    TakeSeat,
    Unlock,
    Unlocked,
)
from floorhand.domain.pins import hash_pin
from floorhand.domain.rights import LEADING, Right, may
from floorhand.domain.sorting import PEOPLE, SEATS, is_turned, plain, way_of
from floorhand.errors import Code, Refused
from floorhand.flows.sign_in import NeedBadge
from floorhand.ops.allowing import must_have
from floorhand.ops.colleagues import moment
from floorhand.ops.sign_in import vacate
from floorhand.store.guesses import WORKER, forget_guesses
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.schema import Seat, Worker
from floorhand.store.seats import SIGNED_IN_WITHIN, SeatFacts, seats
from floorhand.store.workers import Person, people


def must_lead(tx: Session, cause: Cause, *rights: Right) -> None:
    """See that the worker has one of these rights; a command given in the office has all.

    Raises:
        Refused: `Code.ROLE_MISSING`, naming who may.
    """
    if cause.worker:
        must_have(tx, cause.site, cause.roles, *rights)


def open_desk(tx: Session, cause: Cause, _command: OpenDesk) -> DeskOpened:
    """Find out what a lead may do."""
    must_lead(tx, cause, *LEADING)
    return DeskOpened(tuple(right for right in LEADING if may(cause.roles, right)))


_SEATS: Final[Mapping[str, Callable[[SeatFacts], Any]]] = {
    "busy": lambda one: not one.worker,
    "subject": lambda one: one.code,
    "worker": lambda one: (not one.worker, one.worker),
    "latest": lambda one: _age_s(one.at),
}
"""By what to sort seats, and then by their names."""

_PEOPLE: Final[Mapping[str, Callable[[Person], Any]]] = {
    "busy": lambda one: (not one.locked, not one.seats),
    "subject": lambda one: one.name,
    "number": lambda one: one.code,
    "latest": lambda one: _age_s(one.seen_at),
}
"""By what to sort people, and then by their names."""


def _age_s(at: datetime | None) -> float:
    return -at.timestamp() if at else 0.0


def list_seats(tx: Session, cause: Cause, command: ListSeats) -> Listed:
    """Say who sits where, those first where somebody does, or as is asked for."""
    must_lead(tx, cause, Right.SEATS)
    way = way_of(SEATS, command.sort)
    found = sorted(seats(tx, cause.site, cause.at), key=lambda one: one.code)
    found.sort(key=_SEATS[plain(way)], reverse=is_turned(way))
    shown = found[command.skip : command.skip + LIST_MAX]
    rows = tuple(_seat_row(tx, cause, one) for one in shown)
    return Listed(rows, command.skip, len(found) > command.skip + LIST_MAX, command.sort)


def _seat_row(tx: Session, cause: Cause, one: SeatFacts) -> SeatRow:
    def when(at: datetime | None) -> str:
        return moment(tx, cause.site, at, cause.at) if at else ""

    return SeatRow(
        code=one.code,
        station=one.station,
        worker=one.worker,
        job=one.flow if one.worker else "",
        since=when(one.since),
        last=when(one.at),
        device=one.device,
        locked=one.locked,
        parked=tuple((job, name, when(at)) for job, name, at in one.parked),
    )


def list_people(tx: Session, cause: Cause, command: ListPeople) -> Listed:
    """Say who works here: whose PIN is locked, then who sits somewhere; or as is asked for."""
    must_lead(tx, cause, Right.UNLOCK, Right.REVERSE)
    way = way_of(PEOPLE, command.sort)
    here = people(tx, cause.site, cause.at - SIGNED_IN_WITHIN)
    found = sorted(here, key=lambda one: (one.name, one.code))
    found.sort(key=_PEOPLE[plain(way)], reverse=is_turned(way))
    shown = found[command.skip : command.skip + LIST_MAX]
    rows = tuple(_person_row(tx, cause, one) for one in shown)
    return Listed(rows, command.skip, len(found) > command.skip + LIST_MAX, command.sort)


def _person_row(tx: Session, cause: Cause, one: Person) -> PersonRow:
    return PersonRow(
        code=one.code,
        name=one.name,
        seat=" ".join(one.seats),
        last=moment(tx, cause.site, one.seen_at, cause.at) if one.seen_at else "",
        locked=one.locked,
        parked=tuple(
            (job, seat, moment(tx, cause.site, at, cause.at)) for job, seat, at in one.parked
        ),
    )


def set_pin(tx: Session, cause: Cause, command: SetPin) -> PinSet:
    """Keep the hash of a new PIN, which nobody has guessed at yet."""
    tx.execute(
        update(Worker)
        .where(Worker.site == cause.site, Worker.code == command.worker)
        .values(pin_hash=hash_pin(command.pin))
    )
    forget_guesses(tx, cause.site, WORKER, command.worker)
    cause.note(job="lead", pin_of=command.worker)
    return PinSet(command.worker)


def unlock(tx: Session, cause: Cause, command: Unlock) -> Unlocked:
    """Forget the wrong guesses."""
    must_lead(tx, cause, Right.UNLOCK)
    forget_guesses(tx, cause.site, command.kind, command.subject)
    cause.note(job="lead", unlocked=command.subject)
    return Unlocked(command.kind, command.subject)


def free_seat(tx: Session, cause: Cause, command: FreeSeat) -> SeatFreed:
    """Park what is open at a seat for whoever sits there, who is told at the next scan there.

    Raises:
        Refused: `Code.SEAT_YOURS` if it is the seat of who asks: leaving it is signing out.
    """
    must_lead(tx, cause, Right.SEATS)
    if command.seat == cause.seat:
        raise Refused(Code.SEAT_YOURS)
    row = tx.execute(
        select(Seat.flow, Seat.worker).where(Seat.site == cause.site, Seat.code == command.seat)
    ).one()
    lead = worker_facts(tx, cause.site, cause.worker)
    by = lead.name if lead else cause.seat
    worker = worker_facts(tx, cause.site, row.worker) if row.worker else None
    if worker is None:
        return SeatFreed(command.seat, "", "")
    vacate(tx, cause, command.seat, NeedBadge(worker.name, command.seat, by=by), by)
    cause.note(job="lead", freed=command.seat, taken_from=worker.code)
    return SeatFreed(command.seat, worker.name, row.flow)


def take_seat(tx: Session, cause: Cause, command: TakeSeat) -> None:
    """Let another device hold this seat; who sits there signs in again, and finds the work."""
    worker = vacate(tx, cause, cause.seat, NeedBadge(), command.device)
    cause.note(job="sign_in", seat_from=command.before, taken_from=worker)


HANDLERS: dict[type, Callable[..., object]] = {
    OpenDesk: open_desk,
    ListSeats: list_seats,
    ListPeople: list_people,
    SetPin: set_pin,
    Unlock: unlock,
    FreeSeat: free_seat,
    TakeSeat: take_seat,
}
