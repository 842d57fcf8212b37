"""Take out of the program, in this process, one of the things that keep a crowd apart."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import bindparam, update

from floorhand.store import db, ledger, tasks
from floorhand.store.turnstile import FairConnection


def _one_at_a_time() -> None:
    """PostgreSQL: nothing notices that what was read has changed before it was acted upon."""
    serializable = db._serializable

    def reckless(engine: db.Engine, _lock: str, work: object) -> object:
        return serializable(engine, "SELECT 1", work)

    db._serializable = reckless
    db.Connection.execution_options = _committed(db.Connection.execution_options)


def _committed(given: Callable[..., object]) -> Callable[..., object]:
    def options(self: object, **named: object) -> object:
        if named.get("isolation_level") == "SERIALIZABLE":
            named["isolation_level"] = "READ COMMITTED"
        return given(self, **named)

    return options


def _turnstile() -> None:
    """SQLite: who wants to write takes its chance."""
    FairConnection.take_turn = lambda _: None


def _claim() -> None:
    """Work that another one has begun is taken by whoever asks for it."""
    given = {"state": "claimed", "worker": bindparam("by"), "claimed_at": bindparam("claimed_at")}
    tasks._CLAIM = update(tasks._TASK).where(tasks._THIS).values(given)


def _free() -> None:
    """Goods are taken from where they were seen, whether or not they are still there."""
    stock = ledger._STOCK
    taken = {"pieces": stock.c.pieces - ledger._TAKEN}
    ledger._TAKE_FREE = update(stock).where(ledger._SAME).values(taken)


def _reserve() -> None:
    """Goods are promised, whether or not they are promised already."""
    stock = ledger._STOCK
    promised = {"reserved": stock.c.reserved + ledger._TAKEN}
    ledger._RESERVE = update(stock).where(ledger._SAME).values(promised)


WITHOUT: dict[str, Callable[[], None]] = {
    "one-at-a-time": _one_at_a_time,
    "turnstile": _turnstile,
    "claim": _claim,
    "free": _free,
    "reserve": _reserve,
}


def take_out(name: str) -> None:
    """Take one out; none if the name is empty."""
    if name:
        WITHOUT[name]()
