"""Take out of the program, in this process, one of the things that keep a crowd apart."""

from __future__ import annotations

from collections.abc import Callable

from floorhand.store import db
from floorhand.store.turnstile import FairConnection


def _isolation() -> None:
    """PostgreSQL: nothing notices that what was read has changed before it was acted upon."""
    strict = "ISOLATION LEVEL SERIALIZABLE"
    assert strict in db._OPENING, db._OPENING
    db._OPENING = db._OPENING.replace(strict, "ISOLATION LEVEL READ COMMITTED")


def _alone() -> None:
    """PostgreSQL: who clashed tries again among the others."""
    db.ALONE = db.WITH_OTHERS


def _turnstile() -> None:
    """SQLite: who wants to write takes its chance."""
    FairConnection.take_turn = lambda _: None


WITHOUT: dict[str, Callable[[], None]] = {
    "isolation": _isolation,
    "alone": _alone,
    "turnstile": _turnstile,
}


def take_out(name: str) -> None:
    """Take one out; none if the name is empty."""
    if name:
        WITHOUT[name]()
