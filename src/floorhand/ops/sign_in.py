"""Carry out signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.pins import verify_pin
from floorhand.domain.signing_in import (
    JOBS,
    CheckPin,
    PinRight,
    PinWrong,
    SignedIn,
    SignIn,
    SignOut,
)
from floorhand.errors import Code, Refused
from floorhand.flows import packing, picking, putaway, receiving, returns
from floorhand.flows.sign_in import NeedBadge
from floorhand.ops.freezing import freeze
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.schema import Parked, Seat, Worker

WRONG_PINS_MAX = 5
"""From this many wrong PINs in a row on, each costs a wait."""

STARTS = {job.NAME: freeze(job.START) for job in (receiving, putaway, picking, packing, returns)}
"""The state of each job with nothing in the middle, as a seat keeps it."""

PIN_WAIT_S = 60
PIN_WAIT_MAX_S = 900


def check_pin(tx: Session, cause: Cause, command: CheckPin) -> PinRight | PinWrong:
    """Compare a PIN; count wrong ones in the same transaction, or many terminals could guess."""
    row = tx.execute(
        select(Worker.pin_hash, Worker.failed_pins, Worker.locked_until)
        .where(Worker.site == cause.site, Worker.code == command.worker)
        .with_for_update()
    ).one()
    if row.locked_until is not None and row.locked_until > cause.at:
        return PinWrong(int((row.locked_until - cause.at).total_seconds()) + 1)
    right = bool(row.pin_hash) and verify_pin(command.pin, row.pin_hash)
    failed = 0 if right else row.failed_pins + 1
    wait_s = min(PIN_WAIT_MAX_S, PIN_WAIT_S * max(0, failed - WRONG_PINS_MAX + 1))
    tx.execute(
        update(Worker)
        .where(Worker.site == cause.site, Worker.code == command.worker)
        .values(
            failed_pins=failed,
            locked_until=cause.at + timedelta(seconds=wait_s) if wait_s else None,
        )
    )
    return PinRight(command.worker) if right else PinWrong(wait_s)


def sign_in(tx: Session, cause: Cause, command: SignIn) -> SignedIn:
    """Put a worker on this seat; work open at another seat is parked for this one to take up.

    The other terminal is told with its next scan where the worker went.
    """
    worker = worker_facts(tx, cause.site, command.worker)
    if worker is None:
        raise Refused(Code.UNKNOWN_WORKER)
    elsewhere = tx.execute(
        select(Seat.code, Seat.flow, Seat.state)
        .where(Seat.site == cause.site, Seat.worker == command.worker, Seat.code != cause.seat)
        .with_for_update()
    ).all()
    moved = freeze(NeedBadge(worker.name, cause.seat))
    for seat in elsewhere:
        if seat.flow in JOBS and seat.state != STARTS[seat.flow]:
            park(tx, cause, command.worker, seat.flow, seat.state)
        tx.execute(
            update(Seat)
            .where(Seat.site == cause.site, Seat.code == seat.code)
            .values(worker=None, flow="sign_in", state=moved, said=None)
        )
    tx.execute(
        update(Seat)
        .where(Seat.site == cause.site, Seat.code == cause.seat)
        .values(worker=command.worker)
    )
    if command.language:
        mine = (Worker.site == cause.site, Worker.code == command.worker)
        tx.execute(update(Worker).where(*mine).values(language=command.language))
    cause.note(job="sign_in", worker=command.worker)
    jobs, parked = allowed(worker.roles), parked_jobs(tx, cause.site, command.worker)
    return SignedIn(worker.code, worker.name, jobs, parked)


def sign_out(tx: Session, cause: Cause, command: SignOut) -> None:
    """Take the worker off this seat."""
    tx.execute(
        update(Seat).where(Seat.site == cause.site, Seat.code == cause.seat).values(worker=None)
    )
    cause.note(job="sign_in", worker=command.worker)


def park(tx: Session, cause: Cause, worker: str, flow: str, state: str) -> None:
    """Keep work that is left in the middle, for the worker to take up again anywhere."""
    tx.merge(Parked(site=cause.site, worker=worker, flow=flow, state=state, at=cause.at))
    tx.flush()


def parked_jobs(tx: Session, site: str, worker: str) -> tuple[str, ...]:
    """List the jobs that a worker has left open, in menu order."""
    found = set(tx.scalars(select(Parked.flow).where(Parked.site == site, Parked.worker == worker)))
    return tuple(job for job in JOBS if job in found)


def allowed(roles: frozenset[str]) -> tuple[str, ...]:
    """List the jobs that roles allow; supervisors may do all."""
    return tuple(job for job in JOBS if job in roles or "supervisor" in roles)


HANDLERS: dict[type, Callable[..., object]] = {
    CheckPin: check_pin,
    SignIn: sign_in,
    SignOut: sign_out,
}
