"""Carry out signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.pins import verify_pin
from floorhand.domain.rights import Right
from floorhand.domain.signing_in import (
    JOBS,
    AskPin,
    CheckPin,
    GuessBadge,
    GuessedWrong,
    PinAsked,
    PinRight,
    SignedIn,
    SignIn,
    SignOut,
    StandAt,
    StoodAt,
)
from floorhand.errors import Code, Refused
from floorhand.flows.sign_in import Locked, NeedBadge
from floorhand.ops.allowing import menu_here
from floorhand.ops.colleagues import moment
from floorhand.ops.freezing import freeze
from floorhand.ops.parking import Left, park_open
from floorhand.store.guesses import SEAT, WORKER, guesses_at, keep_guesses
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules, station_named, station_place, worker_facts
from floorhand.store.schema import Parked, Seat, Worker
from floorhand.store.workers import who_can


def ask_pin(tx: Session, cause: Cause, command: AskPin) -> PinAsked:
    """Let a worker type the PIN.

    Raises:
        Refused: `Code.NO_PIN` if the worker has none; as `_may_guess`.
    """
    name, pin_hash = _pin_of(tx, cause.site, command.worker)
    if not pin_hash:
        raise Refused(Code.NO_PIN, name=name, who=who_can(tx, cause.site, Right.UNLOCK))
    _may_guess(tx, cause, command.worker)
    return PinAsked(command.worker, name)


def check_pin(tx: Session, cause: Cause, command: CheckPin) -> PinRight | GuessedWrong:
    """Compare a PIN; count wrong ones in the same transaction, or many terminals could guess.

    Raises:
        Refused: As `_may_guess`; nothing was compared then.
    """
    _may_guess(tx, cause, command.worker)
    name, pin_hash = _pin_of(tx, cause.site, command.worker)
    guesses = guesses_at(tx, cause.site, WORKER, command.worker)
    if verify_pin(command.pin, pin_hash):
        keep_guesses(tx, cause.site, WORKER, command.worker, guesses.right())
        return PinRight(command.worker)
    guesses = guesses.wrong(cause.at)
    keep_guesses(tx, cause.site, WORKER, command.worker, guesses)
    here = guess_badge(tx, cause, GuessBadge())
    if not guesses.locked:
        return replace(here, wait_s=max(here.wait_s, guesses.wait_s(cause.at)))
    return GuessedWrong(0, "pin", name, who_can(tx, cause.site, Right.UNLOCK))


def guess_badge(tx: Session, cause: Cause, _command: GuessBadge) -> GuessedWrong:
    """Count a wrong guess at this seat.

    Raises:
        Refused: As `_may_guess`.
    """
    _may_guess(tx, cause)
    guesses = guesses_at(tx, cause.site, SEAT, cause.seat).wrong(cause.at)
    keep_guesses(tx, cause.site, SEAT, cause.seat, guesses)
    if guesses.locked:
        return GuessedWrong(0, "seat", cause.seat, who_can(tx, cause.site, Right.UNLOCK))
    return GuessedWrong(guesses.wait_s(cause.at))


def _may_guess(tx: Session, cause: Cause, worker: str = "") -> None:
    """See that nobody has to wait, at this seat or for this worker's PIN.

    Raises:
        Refused: `Code.SEAT_LOCKED`, `Code.PIN_LOCKED` or `Code.GUESS_WAIT`.
    """
    here = guesses_at(tx, cause.site, SEAT, cause.seat)
    if here.locked:
        who = who_can(tx, cause.site, Right.UNLOCK)
        raise Refused(Code.SEAT_LOCKED, seat=cause.seat, who=who)
    there = guesses_at(tx, cause.site, WORKER, worker) if worker else here
    if there.locked:
        name, _ = _pin_of(tx, cause.site, worker)
        raise Refused(Code.PIN_LOCKED, name=name, who=who_can(tx, cause.site, Right.UNLOCK))
    if wait_s := max(here.wait_s(cause.at), there.wait_s(cause.at)):
        raise Refused(Code.GUESS_WAIT, seconds=wait_s)


def _pin_of(tx: Session, site: str, worker: str) -> tuple[str, str]:
    """Give name and PIN of a worker, the PIN as its hash."""
    named = (Worker.site == site, Worker.code == worker)
    row = tx.execute(select(Worker.name, Worker.pin_hash).where(*named)).one()
    return row.name, row.pin_hash


def sign_in(tx: Session, cause: Cause, command: SignIn) -> SignedIn:
    """Put a worker on this seat; work open at another seat is parked for this one to take up.

    The other terminal is told with its next scan where the worker went.

    Raises:
        Refused: As `_may_guess`: a badge can be guessed, too.
    """
    _may_guess(tx, cause)
    guesses = guesses_at(tx, cause.site, SEAT, cause.seat)
    if guesses.in_a_row:
        keep_guesses(tx, cause.site, SEAT, cause.seat, guesses.right())
    worker = worker_facts(tx, cause.site, command.worker)
    if worker is None:
        raise Refused(Code.UNKNOWN_WORKER)
    others = (Seat.site == cause.site, Seat.worker == command.worker, Seat.code != cause.seat)
    for seat in tx.scalars(select(Seat.code).where(*others)).all():
        vacate(tx, cause, seat, NeedBadge(worker.name, cause.seat))
    locks_after_s = _locks_after_s(tx, cause.site, worker.roles)
    tx.execute(
        update(Seat)
        .where(Seat.site == cause.site, Seat.code == cause.seat)
        .values(worker=command.worker, locks_after_s=locks_after_s)
    )
    if command.language:
        mine = (Worker.site == cause.site, Worker.code == command.worker)
        tx.execute(update(Worker).where(*mine).values(language=command.language))
    cause.note(job="sign_in", worker=command.worker)
    if locks_after_s:
        cause.note(locks_after_s=locks_after_s)
    jobs = menu_here(tx, cause.site, cause.station, worker.roles)
    parked = parked_jobs(tx, cause.site, command.worker)
    return SignedIn(worker.code, worker.name, jobs, parked, _ousted(tx, cause, command.worker))


def _locks_after_s(tx: Session, site: str, roles: frozenset[str]) -> int:
    """Say after how long without a scan a worker's seat is locked: the strictest role counts."""
    minutes = site_rules(tx, site).idle_minutes
    return min((60 * minutes[role] for role in roles if minutes.get(role)), default=0)


def _ousted(tx: Session, cause: Cause, worker: str) -> tuple[str, ...]:
    """Say what a worker was taken off last: job, by whom, at which seat, when; empty: nothing."""
    row = tx.execute(
        select(Parked.flow, Parked.by, Parked.seat, Parked.at)
        .where(Parked.site == cause.site, Parked.worker == worker, Parked.by != "")
        .order_by(Parked.at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return ()
    return (row.flow, row.by, row.seat, moment(tx, cause.site, row.at, cause.at))


def sign_out(tx: Session, cause: Cause, command: SignOut) -> None:
    """Take the worker off this seat."""
    tx.execute(
        update(Seat).where(Seat.site == cause.site, Seat.code == cause.seat).values(worker=None)
    )
    cause.note(job="sign_in", worker=command.worker)


def vacate(tx: Session, cause: Cause, seat: str, told: NeedBadge, by: str = "") -> str:
    """Take whoever sits at a seat off it, and park what is in the middle; gives who it was.

    ``told`` is the question that its terminal is at then. ``by`` is who wanted it so, for the
    worker to be told; empty if the worker did.
    """
    here = (Seat.site == cause.site, Seat.code == seat)
    row = tx.execute(
        select(Seat.worker, Seat.flow, Seat.state, Seat.undo_step, Seat.redo_step)
        .where(*here)
        .with_for_update()
    ).one()
    if row.worker:
        left = Left(row.worker, row.flow, row.state, (row.undo_step, row.redo_step))
        park_open(tx, replace(cause, seat=seat), left, by)
    put_off(tx, cause.site, seat, told)
    return row.worker or ""


def put_off(tx: Session, site: str, seat: str, told: NeedBadge | Locked) -> None:
    """Let nobody sit at a seat, and ask this there."""
    tx.execute(
        update(Seat)
        .where(Seat.site == site, Seat.code == seat)
        .values(worker=None, flow="sign_in", state=freeze(told), said=None)
    )


def parked_jobs(tx: Session, site: str, worker: str) -> tuple[str, ...]:
    """List the jobs that a worker has left open, in menu order."""
    found = set(tx.scalars(select(Parked.flow).where(Parked.site == site, Parked.worker == worker)))
    return tuple(job for job in JOBS if job in found)


def stand_at(tx: Session, cause: Cause, command: StandAt) -> StoodAt:
    """Let the terminal stand at another bench: what is scanned and printed is there from now on."""
    station = station_named(tx, cause.site, command.code)
    tx.execute(
        update(Seat).where(Seat.site == cause.site, Seat.code == cause.seat).values(station=station)
    )
    cause.note(job="packing", station=station)
    place = station_place(tx, cause.site, station) or station
    return StoodAt(place, menu_here(tx, cause.site, station, cause.roles))


HANDLERS: dict[type, Callable[..., object]] = {
    AskPin: ask_pin,
    CheckPin: check_pin,
    GuessBadge: guess_badge,
    SignIn: sign_in,
    SignOut: sign_out,
    StandAt: stand_at,
}
