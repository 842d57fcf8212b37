"""What a screen needs of the floor. Everything here may wait, so it runs on one other thread."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from floorhand.domain.printing import Stands
from floorhand.domain.scanners import Profile
from floorhand.errors import Code, DatabaseAway, SeatTaken
from floorhand.flows.turn import Said

if TYPE_CHECKING:
    from floorhand.ops.devices import Device
    from floorhand.ops.seats import Turn
    from floorhand.store.db import Transactions
    from floorhand.store.past import Lately


class Road(Protocol):
    """Takes scans to the floor and brings back turns.

    ``zone`` is the site's clock; it is known once the seat is taken.
    """

    zone: tzinfo

    def warm_up(self) -> None:
        """Load what taking the seat needs of the program; nothing is asked of a database."""

    def sit(self) -> Turn:
        """Take the seat, or resume where it was left."""

    def take(self, scan_no: int, scanned: str, source: str) -> Turn:
        """Answer one scan; ``source`` says how it came."""

    def get_line_ready(self) -> bool:
        """Have a server get ready for what scans ask; say whether there is more of that."""

    def scanner(self) -> Profile:
        """Say how the scanner here sends."""

    def hint(self, turn: Turn) -> str:
        """Say what could be typed at this question for want of a scanner; empty: nothing."""

    def past(self) -> Lately:
        """Say what was scanned here lately, and what the worker has done in this shift."""

    def room(self, *, keep: bool) -> Said | None:
        """Say that there is little room left on the disk; ``keep`` a reserve of it, too."""

    def printer(self, station: str) -> Stands | None:
        """Say how the printer of a station stands; None where nobody prints."""


class FloorRoad:
    """The road through the database.

    Args:
        transactions: Opens the database; called on the thread that uses it, after the first
            paint, because its libraries take longer to load than the screen.
        site: Code of the site.
        seat: Name of this terminal.
        station: Code of the bench it stands at; empty if at none.
        now: The clock, in UTC.
        identify: Says who this device is, anew each time that it takes the seat.
        take_seat: Take the seat over from another device at the start.
        hint: Gives what could be typed at a turn for want of a scanner.
        after_turn: Called after each scan was answered.
        knows_printers: Says whether how printers are was seen since this program began, or by
            another one that sends labels.
    """

    def __init__(
        self,
        transactions: Callable[[], Transactions],
        *,
        site: str,
        seat: str,
        station: str,
        now: Callable[[], datetime],
        identify: Callable[[], Device],
        take_seat: bool = False,
        hint: Callable[[Turn], str] | None = None,
        after_turn: Callable[[], None] = lambda: None,
        knows_printers: Callable[[], bool] = lambda: True,
    ) -> None:
        self._open = transactions
        self._transactions: Transactions | None = None
        self._site = site
        self._seat = seat
        self._station = station
        self._now = now
        self._identify = identify
        self._device: Device | None = None
        self._take = take_seat
        self._taken: SeatTaken | None = None
        self._trying: tuple[int, datetime] | None = None
        self._language = ""
        self._hint = hint
        self._after_turn = after_turn
        self._knows_printers = knows_printers
        self.zone: tzinfo = UTC
        self.language = ""
        """That of the site's rules; empty until the database was read."""

    def warm_up(self) -> None:
        """Load what taking the seat needs of the program; a busy machine takes long for that."""
        from floorhand.labels import spool
        from floorhand.ops import floor

        del spool, floor  # it is enough that they are loaded

    def sit(self) -> Turn:
        """Take the seat, or resume where it was left; ask what to do if another device has it."""
        from floorhand.ops.floor import take_seat
        from floorhand.store.masters import site_rules, site_zone

        first = self._transactions is None
        if self._transactions is None:
            self._transactions = self._open()
        with self._transactions.begin() as tx:
            self.zone = site_zone(tx, self._site)
            self.language = site_rules(tx, self._site).language
        self._device = self._device or self._identify()
        try:
            turn = take_seat(
                self._transactions,
                self._site,
                self._seat,
                now=self._now(),
                station=self._station,
                device=self._device,
                take=self._take,
            )
        except SeatTaken as taken:
            return self._ask(taken)
        self._taken, self._take = None, False
        if first:  # while the first question is read and answered
            rest = Thread(target=_get_ready, args=[self._transactions], name="jobs", daemon=True)
            rest.start()
        return turn

    def take(self, scan_no: int, scanned: str, source: str) -> Turn:
        """Answer one scan; ``source`` says how it came."""
        from floorhand.ops.floor import take_turn

        assert self._transactions is not None, "the seat is taken first"
        if self._taken is not None:
            return self._answer(self._taken, scanned)
        assert self._device is not None, "the seat is taken first"
        now = self._now()
        if self._trying is None or self._trying[0] != scan_no:
            self._trying = (scan_no, now)
        try:
            turn = take_turn(
                self._transactions,
                self._site,
                self._seat,
                scan_no,
                scanned,
                now,
                source,
                device=self._device,
                waited_s=int((now - self._trying[1]).total_seconds()),
            )
        except SeatTaken as taken:
            self._device = None
            return self._ask(taken, f"refusal.{Code.SEAT_LOST}", "refused")
        self._language = turn.language
        self._after_turn()
        return turn

    def get_line_ready(self) -> bool:
        """Have a server get ready for what scans ask; say whether there is more of that."""
        from floorhand.store.line_ready import get_line_ready

        assert self._transactions is not None, "the seat is taken first"
        try:
            return get_line_ready(self._transactions)
        except DatabaseAway:  # the next scan finds out, and tells
            return False

    def scanner(self) -> Profile:
        """Say how the scanner here sends."""
        from floorhand.store.scanners import profile_at

        assert self._transactions is not None, "the seat is taken first"
        with self._transactions.begin() as tx:
            return profile_at(tx, self._site, self._seat)

    def _ask(self, taken: SeatTaken, said: str = "", tone: str = "look") -> Turn:
        """Ask what to do about a seat that another device holds."""
        from floorhand.ops.devices import about_taken

        self._taken = taken
        return about_taken(taken, self._language, said, tone)

    def _answer(self, taken: SeatTaken, scanned: str) -> Turn:
        """Take the seat over if that is what was pressed; nothing is written otherwise."""
        match scanned.strip(" ").upper():
            case "*DONE":
                self._take, self._device = True, None
                return self.sit()
            case "*HELP":
                return self._ask(taken, "help.seat.taken")
            case _:
                return self._ask(taken, f"refusal.{Code.SEAT_LOST}", "refused")

    def hint(self, turn: Turn) -> str:
        """Say what could be typed at this question for want of a scanner."""
        return self._hint(turn) if self._hint is not None else ""

    def past(self) -> Lately:
        """Say what was scanned here lately, and what the worker has done in this shift."""
        from floorhand.store.past import lately

        assert self._transactions is not None, "the seat is taken first"
        with self._transactions.begin() as tx:
            return lately(tx, self._site, self._seat, self._now())

    def room(self, *, keep: bool) -> Said | None:
        """Say that there is little room left on the disk; ``keep`` a reserve of it, too."""
        from floorhand.ops.beginning import little_room

        assert self._transactions is not None, "the seat is taken first"
        return little_room(self._transactions, keep=keep)

    def printer(self, station: str) -> Stands | None:
        """Say how the printer of a station stands; None where nobody prints."""
        from floorhand.store.stands import station_stands

        assert self._transactions is not None, "the seat is taken first"
        is_old = not self._knows_printers()  # before it is read: then it can be no older
        with self._transactions.begin() as tx:
            stands = station_stands(tx, self._site, station, self._now())
        return replace(stands, condition="", told="") if stands and is_old else stands


def _get_ready(transactions: Transactions) -> None:
    """Get all jobs ready, and keep the collector away from what stays until the program ends.

    A look at all of it takes longer than a scan, and would be had in the middle of one.
    """
    from floorhand.ops.registry import get_ready

    get_ready(transactions)
    gc.freeze()
