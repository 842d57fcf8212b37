"""The one screen that runs every flow: scans in, turns out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import work
from textual.message import Message

from floorhand.domain.keymap import KEYS, LOOKING_BACK, Key
from floorhand.errors import Moves
from floorhand.flows.turn import Said
from floorhand.flows.waiting import SCANS_WAITING_MAX
from floorhand.text.catalog import Catalog
from floorhand.tui.answering import surely
from floorhand.tui.hearing import SCANS_AHEAD_MAX, Line, Rested, Skipped, scans_in
from floorhand.tui.layout import PAGING
from floorhand.tui.pointing import Pointing
from floorhand.tui.scan import KeyDown, KeyInside, Scan, TooLong, Typed, Unended, refusal_of
from floorhand.tui.telling import Floor, hint_for, saved_at, still_standing
from floorhand.tui.watching import Over, shown_over

if TYPE_CHECKING:
    from floorhand.ops.seats import Turn

BARCODES: Final = {function_key: barcode for function_key, barcode in KEYS.values()}
LEAVING: Final = frozenset({KEYS[Key.LOCK][1], f"*{KEYS[Key.LOCK][0][1:]}"})
"""What locks the screen: at the sign-in, where nothing is left to lock, twice of it leaves."""

SCANNER_TEST: Final = "scanner"
"""The flow in which everything is read as it is."""


class LookedAt(Message, bubble=True):
    """Something is to be shown over the question from now on, or nothing any more.

    ``over`` is what `floorhand.tui.watching.shown_over` says of the question; ``words`` are in the
    language of the worker.
    """

    def __init__(self, over: Over | None, words: Catalog) -> None:
        super().__init__()
        self.over, self.words = over, words


class FlowScreen(Pointing, inherit_bindings=False):
    """Scans in, turns out. Nothing here can take focus, so a scan cannot land elsewhere."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self._seated = asyncio.Event()
        self._leaving = False
        self._dropped = 0
        self._move_in_work: bool | None = None
        self._seeing: asyncio.Task[None] | None = None

    def on_mount(self) -> None:
        """Start to take scans; they wait until the seat is taken."""
        self._paint()
        self._tick()
        # Loading the database's libraries at once would hold up the first paint.
        self.call_after_refresh(self._take_turns)

    def go_back(self) -> None:
        """Go back, as by the key."""
        self._scanned(Scan(BARCODES["f3"]))

    # What was heard -------------------------------------------------------------------------

    def hear(self, heard: tuple[Any, ...]) -> None:
        """Take what a terminal sent, in order; unless a refusal came in between."""
        if heard and not self._hearing.arrived(heard):
            heard = (Skipped(scans_in(heard)),)
        for item in heard:
            match item:
                case Scan():
                    self._shown.typed = ""
                    self._scanned(item)
                case Typed(text=text):
                    self._shown.typed = text
                case TooLong() | KeyInside() | Unended():
                    self._offer(refusal_of(item))
                case KeyDown(key=key, half=half):
                    self._pressed(key, half=half)
                case Line(device=device, away=away):
                    self._shown.line_away = device if away else ""
                case Skipped(scans=scans) if scans:
                    self._dropped += scans
                    self._shown.notices = (self._not_taken(),)
                case Rested() if self._is_free():
                    self._hearing.is_left_to_next = True
                    self.app.exit(Moves())
        self._make_room()
        self._paint_soon()
        self._move_if_free()

    def _scanned(self, scan: Scan) -> None:
        if scan.text.upper() in LEAVING and self._signed_out():
            self._leave()
        elif scan.text.upper() in LOOKING_BACK and self.turn is not None:
            self._look_back()
        else:
            self._offer(scan)

    def _pressed(self, key: str, *, half: bool) -> None:
        if half:
            self._aloud(Said("terminal.half_scan", {}, "refused"))
        elif key in PAGING:
            self._shown.first = self.prompt_view.turned(self._view(), key)
        elif barcode := BARCODES.get("f3" if key == "escape" else key):
            self._scanned(Scan(barcode))

    def _signed_out(self) -> bool:
        return self.turn is not None and not self.turn.worker and self._floor.may_leave

    def _leave(self) -> None:
        """Leave the program the second time; nothing that a barcode types can do this by chance."""
        if self._leaving:
            self.app.exit()
            return
        self._leaving = True
        self._shown.notices = (Said("terminal.leave", {}, "look"),)

    def move(self, *, in_work: bool) -> None:
        """Go on at a newer host between two scans; ``in_work``: even if somebody is signed in."""
        self._move_in_work = in_work or bool(self._move_in_work)
        self._move_if_free()

    def _move_if_free(self) -> None:
        """Have the terminal read no further, lest what comes now is lost; `Rested` lets us move."""
        if self._move_in_work is not None:
            self._hearing.rest(resting=self._is_free())

    def _is_free(self) -> bool:
        """Say whether nothing is on its way, and nobody works who need not move."""
        if self._move_in_work is None or self.turn is None or self._busy or self._shown.typed:
            return False
        return not len(self._waiting) and (self._move_in_work or not self.turn.worker)

    def _offer(self, scanned: Scan | Said) -> None:
        """Let a scan wait for its turn, or refuse it aloud."""
        self._leaving = False
        taken = self._waiting.offer(scanned)
        if isinstance(scanned, Scan):
            self._history.offered(scanned.text, scanned.source, self._floor.now(), taken=taken)
        if not taken:
            full = Said("terminal.full", {"count": SCANS_WAITING_MAX}, "refused")
            if full not in self._shown.notices:
                self._aloud(full)

    def _make_room(self) -> None:
        """Let the terminal be read on, unless enough scans wait; in the dark, what comes alone."""
        room = len(self._waiting) <= SCANS_AHEAD_MAX
        self._hearing.make_room(room=room, dark=bool(self._shown.away))

    def _away(self, text: str) -> None:
        super()._away(text)
        self._make_room()

    def _not_taken(self) -> Said:
        return Said("terminal.dropped", {"pieces": self._dropped}, "refused")

    # Turns ----------------------------------------------------------------------------------

    @work(group="turns")
    async def _take_turns(self) -> None:
        """Answer scans one by one, in order, off the event loop.

        Never ``exclusive``: that would mark a scan as cancelled while its thread still writes.
        """
        await self._floor.warm_up()
        first = await self._surely(self._floor.sit)
        await self._show(first)
        self._seated.set()
        await self._recall()
        self._look_at_room()
        self._watch_printer()
        while True:
            self._busy = False
            self._move_if_free()
            scanned = await self._waiting.come()
            self._busy = True
            assert self.turn is not None
            if isinstance(scanned, Said):
                turn = replace(self.turn, said=scanned)
            else:
                number, before = self.turn.scan_no + 1, self.turn
                turn = await self._surely(partial(self._floor.take, number, scanned), before)
                self._history.answered(before, turn, self._floor.now())
            await self._show(turn, ring=True)
            self._waiting.answered()
            if not len(self._waiting):
                self._seeing = asyncio.create_task(self._see_printer())

    async def _surely(
        self, attempt: Callable[[], Awaitable[Turn]], before: Turn | None = None
    ) -> Turn:
        """Get an answer; without a seat to fall back on, failing ends the program."""
        answer = await surely(attempt, before, self._away)
        if isinstance(answer, Exception):
            self.app.exit(answer)
            await asyncio.Event().wait()
            raise answer
        return answer

    async def _show(self, turn: Turn, *, ring: bool = False) -> None:
        """Show an answer. After a refusal the waiting scans are dropped, and counted aloud."""
        # Before it can be seen: the next scan is made as soon as it is.
        await self.fit(self._floor.scanner, turn.station, testing=turn.job == SCANNER_TEST)
        self._shown.saved_at = saved_at(self._floor, self.turn, turn) or self._shown.saved_at
        self._shown.standing = still_standing(self.turn, self._shown, turn)
        before, self.turn = self.turn, turn
        if (over := shown_over(turn.prompt)) or before is None or shown_over(before.prompt):
            self.post_message(LookedAt(over, self._words()))
        self._shown.answered = self._floor.now()
        moved = before is not None and turn.scan_no != before.scan_no
        self._shown.taken = ring and moved and turn.said is None
        self._shown.first, self._shown.looking_back = 0, False
        self._shown.notices = ()
        self._shown.away = ""
        tone = turn.said.tone if turn.said is not None else "ok" if self._shown.taken else ""
        self._dropped = 0
        if tone == "refused" and ring:
            self._dropped = self._waiting.drop()
            self._hearing.skip()
        self._make_room()
        if self._dropped:
            self._history.dropped(self._floor.now())
            self._shown.notices = (self._not_taken(),)
        elif missed := self._waiting.missed():
            self._shown.notices = (Said("terminal.missed", {"pieces": missed}, "refused"),)
            tone = "refused"
        if ring:
            self._ring(tone)
        self._shown.hint = None
        self._paint_soon()
        if not len(self._waiting):
            self._shown.hint = await hint_for(self._floor, turn, self._words())
            if self._shown.hint is not None:
                self._paint()

    async def settled(self) -> None:
        """Wait until every scan so far has been answered and shown."""
        await self._seated.wait()
        await self._waiting.settled()
