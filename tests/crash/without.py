"""Take out of the program, in this process, one of the things that keep a crowd apart."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from floorhand.ops import reserving
from floorhand.store import db
from floorhand.store.turnstile import FairConnection


def _lane() -> None:
    """PostgreSQL: nobody waits for a turn."""
    together = db.LANE.replace("SHARE UPDATE EXCLUSIVE", "ROW SHARE")
    assert together != db.LANE, db.LANE
    db._OPENING = db._OPENING.replace(db.LANE, together)


def _claims() -> None:
    """PostgreSQL: nobody waits, acts on one moment, or asks whether an order is still to be had."""
    _lane()
    db._OPENING = db._OPENING.replace("REPEATABLE READ", "READ COMMITTED")
    reserving._CLAIM = update(reserving._ORDER).where(reserving._THIS).values(state="picking")


def _turnstile() -> None:
    """SQLite: who wants to write takes its chance."""
    FairConnection.take_turn = lambda _: None


WITHOUT: dict[str, Callable[[], None]] = {
    "lane": _lane,
    "claims": _claims,
    "turnstile": _turnstile,
}


def take_out(name: str) -> None:
    """Take one out; none if the name is empty."""
    if name:
        WITHOUT[name]()
