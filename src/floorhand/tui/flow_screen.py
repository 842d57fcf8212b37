"""The one screen that runs every flow: scans in, turns out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import events, getters, work
from textual.app import ComposeResult
from textual.screen import Screen

from floorhand.domain.things import KEYS, Key
from floorhand.errors import Code, DatabaseAway
from floorhand.flows.away import not_yet_saved, tone_of
from floorhand.flows.turn import Said
from floorhand.flows.waiting import SCANS_WAITING_MAX
from floorhand.text.catalog import Catalog
from floorhand.tui.answering import surely
from floorhand.tui.layout import View
from floorhand.tui.prompt_view import PromptView
from floorhand.tui.scan import SCAN_CHARACTERS_MAX, Heard, KeyDown, Scan, ScanReader, TooLong, Typed
from floorhand.tui.waiting import Waiting

if TYPE_CHECKING:
    from floorhand.ops.seats import Turn

BELLS: Final = {"look": 1, "refused": 2}
BELL_GAP_S: Final = 0.15
"""Terminals hear bells closer together than this as one."""

MINUTE_S: Final = 60

LIST_ROWS: Final = {"pagedown": 5, "pageup": -5, "down": 1, "up": -1}

BARCODES: Final = {function_key: barcode for function_key, barcode in KEYS.values()}
FUNCTION_KEYS: Final = {barcode: function_key for function_key, barcode in KEYS.values()}
LEAVING: Final = frozenset({KEYS[Key.LOCK][1], f"*{KEYS[Key.LOCK][0][1:]}"})
"""What locks the screen: at the sign-in, where nothing is left to lock, twice of it leaves."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What a screen works with; functions that may wait are coroutines.

    Attributes:
        sit: Takes the seat.
        take: Answers scan number n.
        hint: Says what could be typed for want of a scanner.
        catalogs: Gives the texts of a language; empty is the site's own.
        zone: Gives the site's clock.
        now: The clock, in UTC.
        may_leave: Whether the terminal can be left at the sign-in.
    """

    sit: Callable[[], Awaitable[Turn]]
    take: Callable[[int, str], Awaitable[Turn]]
    hint: Callable[[Turn], Awaitable[str]]
    catalogs: Callable[[str], Catalog]
    zone: Callable[[], tzinfo] = lambda: UTC
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    may_leave: bool = True


@dataclass(slots=True)
class Shown:
    """What a screen shows besides the turn.

    Attributes:
        notices: What the terminal itself has to say.
        typed: Characters gathered so far.
        hint: What could be typed for want of a scanner, in a sentence and alone.
        first: First row of a long list.
        away: What is wrong while the database does not answer; empty if it does.
        saved_at: Time of day of the last scan that is saved.
    """

    notices: tuple[Said, ...] = ()
    typed: str = ""
    hint: tuple[str, str] | None = None
    first: int = 0
    away: str = ""
    saved_at: str = ""


def view_of(floor: Floor, turn: Turn | None, shown: Shown, words: Catalog, waiting: int) -> View:
    """Put together what a screen shows; without a turn the seat is still being taken."""
    notices = shown.notices
    if shown.away:
        prompt = turn.prompt if turn is not None else None
        notices = (not_yet_saved(shown.away, prompt, shown.saved_at, waiting), *notices)
    if turn is None:
        return View(None, notices, words, waiting=waiting)  # whose clock is not known yet
    return View(
        turn.prompt,
        (*((turn.said,) if turn.said is not None and not shown.away else ()), *notices),
        words,
        job=turn.job,
        worker=turn.worker_name,
        typed=shown.typed,
        waiting=waiting,
        clock=f"{floor.now().astimezone(floor.zone()):%H:%M}",
        hint=shown.hint,
        first=shown.first,
        may_leave=floor.may_leave,
    )


def saved_at(floor: Floor, before: Turn | None, turn: Turn) -> str:
    """Say when the scan of a turn was saved; empty if none was, or nobody knows when."""
    if before is None:  # the seat was taken; who resumes there is told when it was left
        said = turn.said
        resumed = said is not None and said.text.startswith("road.resumed")
        return str(said.facts["at"]) if said and resumed else ""
    if turn.scan_no == before.scan_no:
        return ""
    return f"{floor.now().astimezone(floor.zone()):%H:%M:%S}"


async def hint_for(floor: Floor, turn: Turn, words: Catalog) -> tuple[str, str] | None:
    """Say what could be typed for want of a scanner, in a sentence and alone."""
    try:
        code = await floor.hint(turn)
    except DatabaseAway:
        return None
    key = FUNCTION_KEYS.get(code, "").upper()
    text = "terminal.hint_key" if key else "terminal.hint"
    return (words.say(text, {"code": key or code}), key or code) if code else None


class FlowScreen(Screen[None], inherit_bindings=False):
    """Scans in, turns out. Nothing here can take focus, so a scan cannot land elsewhere."""

    AUTO_FOCUS = ""
    prompt_view = getters.query_one(PromptView)

    def __init__(self, floor: Floor) -> None:
        super().__init__()
        self._floor = floor
        self._reader = ScanReader()
        self._waiting = Waiting()
        self._seated = asyncio.Event()
        self._shown = Shown()
        self._leaving = False
        self._busy = True
        self.turn: Turn | None = None

    def compose(self) -> ComposeResult:
        """Show one widget that paints everything."""
        yield PromptView()

    def on_mount(self) -> None:
        """Start to take scans; they wait until the seat is taken."""
        self._paint()
        self._tick()
        # Loading the database's libraries at once would hold up the first paint.
        self.call_after_refresh(self._take_turns)

    def on_screen_resume(self) -> None:
        """Paint again."""
        self._paint()

    # What was heard -------------------------------------------------------------------------

    def hear(self, heard: tuple[Heard, ...]) -> None:
        """Take what a terminal sent, in order."""
        for item in heard:
            match item:
                case Scan(text=text):
                    self._shown.typed = ""
                    self._scanned(text)
                case Typed(text=text):
                    self._shown.typed = text
                case TooLong():
                    facts = {"characters": f"{SCAN_CHARACTERS_MAX}+"}
                    self._offer(Said(f"refusal.{Code.SCAN_TOO_LONG}", facts, "refused"))
                case KeyDown(key=key, half=half):
                    self._pressed(key, half=half)
        self._paint()

    def on_key(self, event: events.Key) -> None:
        """Take keys from drivers that hand over single keys, such as the browser's."""
        event.stop()
        event.prevent_default()
        if event.character is not None and event.key != "escape":
            self.hear(tuple(self._reader.feed(event.character.encode("utf-8", "replace"))))
        else:
            self.hear(tuple(self._reader.press(event.key)))

    def on_paste(self, event: events.Paste) -> None:
        """Take pasted scans from such drivers."""
        event.stop()
        self.hear(tuple(self._reader.feed(event.text.encode("utf-8", "replace"))))

    def _scanned(self, text: str) -> None:
        if text.upper() in LEAVING and self._signed_out():
            self._leave()
        else:
            self._offer(text)

    def _pressed(self, key: str, *, half: bool) -> None:
        if key in LIST_ROWS:
            self._shown.first = max(0, self._shown.first + LIST_ROWS[key])
        elif (barcode := BARCODES.get("f3" if key == "escape" else key)) is None:
            return
        elif half:
            self._aloud(Said("terminal.half_scan", {}, "refused"))
        else:
            self._scanned(barcode)

    def _signed_out(self) -> bool:
        return self.turn is not None and not self.turn.worker and self._floor.may_leave

    def _leave(self) -> None:
        """Leave the program the second time; nothing that a barcode types can do this by chance."""
        if self._leaving:
            self.app.exit()
            return
        self._leaving = True
        self._shown.notices = (Said("terminal.leave", {}, "look"),)

    def _offer(self, scanned: str | Said) -> None:
        """Let a scan wait for its turn, or refuse it aloud."""
        self._leaving = False
        if not self._waiting.offer(scanned):
            full = Said("terminal.full", {"count": SCANS_WAITING_MAX}, "refused")
            if full not in self._shown.notices:
                self._aloud(full)

    # Turns ----------------------------------------------------------------------------------

    @work(group="turns")
    async def _take_turns(self) -> None:
        """Answer scans one by one, in order, off the event loop.

        Never ``exclusive``: that would mark a scan as cancelled while its thread still writes.
        """
        first = await self._surely(self._floor.sit)
        await self._show(first)
        self._seated.set()
        while True:
            self._busy = False
            scanned = await self._waiting.come()
            self._busy = True
            assert self.turn is not None
            if isinstance(scanned, Said):
                turn = replace(self.turn, said=scanned)
            else:
                number, code = self.turn.scan_no + 1, scanned
                turn = await self._surely(partial(self._floor.take, number, code), self.turn)
            await self._show(turn, ring=True)
            self._waiting.answered()

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
        self._shown.saved_at = saved_at(self._floor, self.turn, turn) or self._shown.saved_at
        self.turn = turn
        self._shown.first = 0
        self._shown.notices = ()
        self._shown.away = ""
        tone = turn.said.tone if turn.said is not None else ""
        lost = self._waiting.drop() if tone == "refused" and ring else 0
        if lost:
            self._shown.notices = (Said("terminal.dropped", {"pieces": lost}, "refused"),)
        elif missed := self._waiting.missed():
            self._shown.notices = (Said("terminal.missed", {"pieces": missed}, "refused"),)
            tone = "refused"
        if ring:
            self._ring(tone)
        self._shown.hint = None
        self._paint()
        if not len(self._waiting):
            self._shown.hint = await hint_for(self._floor, turn, self._words())
            if self._shown.hint is not None:
                self._paint()

    def _away(self, text: str) -> None:
        """Tell that the scan in hand is not saved: aloud when it begins, and when it gets worse."""
        if text != self._shown.away:
            self._shown.away = text
            self._ring(tone_of(text))
        self._paint()

    def _aloud(self, said: Said) -> None:
        """Tell something at once, beside how the last scan went."""
        self._shown.notices = (*(notice for notice in self._shown.notices if notice != said), said)
        self._ring(said.tone)
        self._paint()

    def _ring(self, tone: str) -> None:
        for n in range(BELLS.get(tone, 0)):
            self.set_timer(n * BELL_GAP_S, self.app.bell) if n else self.app.bell()

    # Painting -------------------------------------------------------------------------------

    def _words(self) -> Catalog:
        return self._floor.catalogs(self.turn.language if self.turn is not None else "")

    def _paint(self) -> None:
        self.prompt_view.show(self._view())

    def _view(self) -> View:
        # Where nothing is being answered, the first one is about to be.
        waiting = len(self._waiting) - (0 if self._busy else 1)
        return view_of(self._floor, self.turn, self._shown, self._words(), max(waiting, 0))

    def _tick(self) -> None:
        """Paint the clock again with each new minute."""
        self._paint()
        self.set_timer(MINUTE_S - self._floor.now().second, self._tick)

    async def settled(self) -> None:
        """Wait until every scan so far has been answered and shown."""
        await self._seated.wait()
        await self._waiting.settled()
