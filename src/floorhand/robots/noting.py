"""A robot that notes what each of its turns sends to the database, to be written by hand later."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from floorhand.ops.seats import Turn
from floorhand.robots.bare import Statement
from floorhand.robots.crew import Robot
from floorhand.store.db import Transactions, engine_of


class Noting(Robot):
    """A robot whose turns are noted; what its eyes ask between them is no part of one."""

    def __init__(self, transactions: Transactions, *args: Any, **named: Any) -> None:
        self.noted: list[Statement] = []
        """What the last turn sent."""
        self._in_turn = False
        event.listen(engine_of(transactions), "before_cursor_execute", self._note, retval=True)
        super().__init__(transactions, *args, **named)

    def sit(self, station: str) -> Turn:
        """Take the seat, which is a turn, too."""
        self._begin()
        try:
            return super().sit(station)
        finally:
            self._in_turn = False

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan."""
        self._begin()
        try:
            return super().send(scan_no, scanned)
        finally:
            self._in_turn = False

    def _begin(self) -> None:
        self.noted, self._in_turn = [], True

    def _note(
        self, _connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool
    ) -> tuple[str, Any]:
        if self._in_turn:
            self.noted.append((sql, values, many))
        return sql, values
