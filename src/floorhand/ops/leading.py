"""Carry out what leads and supervisors do for others."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.orm import Session

from floorhand.domain.leading import PinSet, SetPin, Unlock, Unlocked
from floorhand.domain.pins import hash_pin
from floorhand.store.guesses import WORKER, forget_guesses
from floorhand.store.ledger import Cause
from floorhand.store.schema import Worker


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


HANDLERS: dict[type, Callable[..., object]] = {
    SetPin: set_pin,
    Unlock: unlock,
}
