"""Carry out what leads and supervisors do for others."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.leading import (
    FreeSeat,
    PinSet,
    SeatFreed,
    SetPin,
    TakeSeat,
    Unlock,
    Unlocked,
)
from floorhand.domain.pins import hash_pin
from floorhand.flows.sign_in import NeedBadge
from floorhand.ops.sign_in import vacate
from floorhand.store.guesses import WORKER, forget_guesses
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.schema import Seat, Worker


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
    forget_guesses(tx, cause.site, command.kind, command.subject)
    cause.note(job="lead", unlocked=command.subject)
    return Unlocked(command.kind, command.subject)


def free_seat(tx: Session, cause: Cause, command: FreeSeat) -> SeatFreed:
    """Park what is open at a seat for whoever sits there, who is told at the next scan there."""
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
    SetPin: set_pin,
    Unlock: unlock,
    FreeSeat: free_seat,
    TakeSeat: take_seat,
}
