"""Begin new work only while there is room to finish it, and tell early that there is little."""

from __future__ import annotations

from sqlalchemy.orm import Session

from floorhand.errors import Code, Refused
from floorhand.flows.turn import Said
from floorhand.store.asking import connection_of
from floorhand.store.db import Transactions, engine_of
from floorhand.store.room import Room, keep_reserve, left_for


def need_room(tx: Session) -> None:
    """Refuse to begin something while the disk is nearly full; what is open goes on.

    Raises:
        Refused: `Code.NO_ROOM_FOR_WORK`.
    """
    left = left_for(connection_of(tx).engine.url)
    if left is not None and left.room is Room.SCARCE:
        raise Refused(Code.NO_ROOM_FOR_WORK, megabytes=left.megabytes)


def little_room(transactions: Transactions, *, keep: bool = False) -> Said | None:
    """Say that there is little room left on the disk; None if there is plenty.

    Args:
        transactions: The database.
        keep: Lay the reserve, too, if it is not there. That may take a while.
    """
    where = engine_of(transactions).url
    if keep:
        keep_reserve(where)
    left = left_for(where)
    if left is None or left.room is Room.PLENTY:
        return None
    return Said(f"terminal.room_{left.room}", {"megabytes": left.megabytes}, "look")
