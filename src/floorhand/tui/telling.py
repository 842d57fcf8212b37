"""What a screen tells its worker, by eye and by ear; what it hears is `flow_screen`'s business."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual import work
from textual.app import ComposeResult
from textual.screen import Screen

from floorhand.domain.keymap import KEYS
from floorhand.domain.printing import WITHOUT_PRINTER, Stands
from floorhand.domain.scanners import Profile
from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.flows.away import BETWEEN_WORK, not_yet_saved, tone_of
from floorhand.flows.turn import Prompt, Said
from floorhand.text.catalog import Catalog, shown_in
from floorhand.tui.hearing import Hearing
from floorhand.tui.history import History, asks_at_door
from floorhand.tui.layout import RECENT_MAX
from floorhand.tui.prompt_view import PromptView
from floorhand.tui.scan import Scan
from floorhand.tui.signals import bells
from floorhand.tui.themes import THEMES
from floorhand.tui.view import View
from floorhand.tui.waiting import Waiting

if TYPE_CHECKING:
    from floorhand.ops.seats import Turn
    from floorhand.store.past import Lately

MINUTE_S: Final = 60

ABOUT_THE_SCREEN: Final = ("help.", "settings.")
"""How texts begin that answer no scan: what was refused before them still stands."""

PAINT_EVERY_S: Final = 0.1
"""No faster than this are answers shown of which more are to come at once."""

PRINTER_LOOK_S: Final = 4.0
"""How often it is asked how the printer stands while nobody scans; a scan asks anew."""

PRINTER_SOON_S: Final = 1.0
"""How often as long as nobody has asked the printer how it is."""

FUNCTION_KEYS: Final = {barcode: function_key for function_key, barcode in KEYS.values()}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a terminal shows and rings, where the worker has not chosen otherwise.

    Attributes:
        theme: Its colours.
        encoding: What is shown must fit into this; empty: all of Unicode.
        large: Large letters for everybody.
        bell_ok: Whether a scan that was taken is heard as well.
    """

    theme: str = "dark"
    encoding: str = ""
    large: bool = False
    bell_ok: bool = False


USUAL_MANNER: Final = Manner()


@dataclass(frozen=True, slots=True)
class Floor:
    """What a screen works with; functions that may wait are coroutines.

    Attributes:
        warm_up: Loads what taking the seat needs: no database is away for that.
        sit: Takes the seat.
        take: Answers scan number n.
        scanner: Says how the scanner here sends.
        hint: Says what could be typed for want of a scanner.
        past: Gives the last scans of the seat, and what its worker has done in this shift.
        room: Says that there is little room left on the disk; keeps a reserve of it, too, if told.
        printer: Says how the printer of a station stands; None where nobody prints.
        catalogs: Gives the texts of a language; empty is the site's own.
        zone: Gives the site's clock.
        now: The clock, in UTC.
        may_leave: Whether the terminal can be left at the sign-in.
        manner: How the terminal itself shows and rings.
        hearing: What listens to the terminal.
    """

    warm_up: Callable[[], Awaitable[None]]
    sit: Callable[[], Awaitable[Turn]]
    take: Callable[[int, Scan], Awaitable[Turn]]
    scanner: Callable[[], Awaitable[Profile]]
    hint: Callable[[Turn], Awaitable[str]]
    past: Callable[[], Awaitable[Lately]]
    room: Callable[[bool], Awaitable[Said | None]]
    printer: Callable[[str], Awaitable[Stands | None]]
    catalogs: Callable[[str], Catalog]
    zone: Callable[[], tzinfo] = lambda: UTC
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    may_leave: bool = True
    manner: Manner = USUAL_MANNER
    hearing: Hearing = field(default_factory=Hearing)


@dataclass(slots=True)
class Shown:
    """What a screen shows besides the turn.

    Attributes:
        notices: What the terminal itself has to say.
        standing: What was refused and not followed by a good scan yet.
        typed: Characters gathered so far.
        hint: What could be typed for want of a scanner, in a sentence and alone.
        first: How far the worker has paged.
        looking_back: Whether the last scans are shown in place of the question.
        line_away: Device of a scanner that is not there; empty if it is, or there is none.
        away: What is wrong while the database does not answer; empty if it does.
        saved_at: Time of day of the last scan that is saved.
        answered: When the last answer came; None before the first.
        taken: Whether that was an answer to a scan which needs no words.
        room: That there is little room left on the disk of the database; None if there is plenty.
        printer: How the printer here stands; None where nobody prints.
    """

    notices: tuple[Said, ...] = ()
    standing: tuple[Said, ...] = ()
    typed: str = ""
    hint: tuple[str, str] | None = None
    first: int = 0
    looking_back: bool = False
    line_away: str = ""
    away: str = ""
    saved_at: str = ""
    answered: datetime | None = None
    taken: bool = False
    room: Said | None = None
    printer: Stands | None = None


def is_idle(floor: Floor, turn: Turn, shown: Shown) -> bool:
    """Say whether nothing of the work may be seen any more; the next scan finds out by itself."""
    if not turn.locks_after_s or shown.answered is None:
        return False
    return floor.now() - shown.answered >= timedelta(seconds=turn.locks_after_s)


def locked(turn: Turn) -> Prompt:
    """Ask for the badge of whoever sits here, and show nothing else."""
    from floorhand.flows import sign_in  # the first screen is painted without it

    minutes = turn.locks_after_s // 60
    return sign_in.prompt(sign_in.Locked(turn.worker, turn.worker_name, minutes, turn.job))


def notices_of(turn: Turn | None, shown: Shown, waiting: int) -> tuple[Said, ...]:
    """Say what the terminal itself has to say."""
    notices = shown.notices
    if shown.line_away:
        line = Said("terminal.scanner_away", {"device": shown.line_away}, "look")
        notices = (*notices, line)
    if shown.away:
        prompt = turn.prompt if turn is not None else None
        notices = (not_yet_saved(shown.away, prompt, shown.saved_at, waiting), *notices)
    if shown.room is not None and turn is not None and turn.job in BETWEEN_WORK:
        notices = (*notices, shown.room)
    return notices


def view_of(
    floor: Floor, turn: Turn | None, shown: Shown, words: Catalog, waiting: int, history: History
) -> View:
    """Put together what a screen shows; without a turn the seat is still being taken."""
    notices = notices_of(turn, shown, waiting)
    if turn is None:
        # Whose clock is not known yet.
        return View(None, notices, words, waiting=waiting, encoding=encoding_of(floor, None))
    clock, door = f"{floor.now().astimezone(floor.zone()):%H:%M}", asks_at_door(turn)
    printer = None if turn.job in WITHOUT_PRINTER else shown.printer
    if is_idle(floor, turn, shown):
        asked = locked(turn)
        return View(
            asked,
            notices,
            words,
            job="sign_in",
            typed=shown.typed,
            clock=clock,
            encoding=encoding_of(floor, turn),
            printer=printer,
        )
    return View(
        turn.prompt,
        (*(() if shown.away else answers(turn, shown)), *notices),
        words,
        notices=notices,
        job=turn.job,
        worker=turn.worker_name,
        typed=shown.typed,
        waiting=waiting,
        clock=clock,
        hint=shown.hint,
        first=shown.first,
        may_leave=floor.may_leave,
        large=turn.preferences.large or floor.manner.large,
        encoding=encoding_of(floor, turn),
        recent=history.last(RECENT_MAX, floor.zone()),
        scans=history.all(words, floor.zone(), door=door) if shown.looking_back else None,
        done=(history.scans, history.booked),
        taken=shown.taken,
        printer=printer,
    )


def answers(turn: Turn, shown: Shown) -> tuple[Said, ...]:
    """Say how the last scan went, and what was refused before it and still stands."""
    return ((turn.said,) if turn.said is not None else ()) + shown.standing


def still_standing(before: Turn | None, shown: Shown, turn: Turn) -> tuple[Said, ...]:
    """Give what was refused before a turn and is so still: nothing else was scanned since."""
    if before is None or turn.said is None or not turn.said.text.startswith(ABOUT_THE_SCREEN):
        return ()
    told = (*answers(before, shown), *shown.notices)
    return tuple(said for said in told if said.tone == "refused")


def theme_of(floor: Floor, turn: Turn | None) -> str:
    """Name the colours that the worker has chosen, or else those of the terminal."""
    chosen = turn.preferences.theme if turn is not None else ""
    return chosen if chosen in THEMES else floor.manner.theme


def encoding_of(floor: Floor, turn: Turn | None) -> str:
    """Name what is shown must fit into: the worker may want less than the terminal can show."""
    return "ascii" if theme_of(floor, turn) == "ascii" else floor.manner.encoding


def words_for(floor: Floor, turn: Turn | None) -> Catalog:
    """Give the texts in the worker's language, if what they are written in can be shown."""
    words = floor.catalogs(turn.language if turn is not None else "")
    return shown_in(words, encoding_of(floor, turn))


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
    except (DatabaseAway, DatabaseUnusable):
        return None
    key = FUNCTION_KEYS.get(code, "").upper()
    text = "terminal.hint_key" if key else "terminal.hint"
    return (words.say(text, {"code": key or code}), key or code) if code else None


class TellingScreen(Screen[None], inherit_bindings=False):
    """Paints and rings. Nothing on it can take focus, so a scan cannot land elsewhere."""

    AUTO_FOCUS = ""

    def __init__(self, floor: Floor) -> None:
        super().__init__()
        self.prompt_view = PromptView()
        """Kept, as what comes late may still be painted when the screen is being taken down."""
        self._floor = floor
        self._waiting = Waiting()
        self._shown = Shown()
        self._history = History()
        self._busy = True
        self._painted_s = 0.0
        self._paint_owed = False
        self.turn: Turn | None = None

    def compose(self) -> ComposeResult:
        """Show one widget that paints everything."""
        yield self.prompt_view

    def on_screen_resume(self) -> None:
        """Paint again."""
        if self._painted_s:
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
        mute = self.turn is not None and self.turn.preferences.mute
        for after_s in bells(tone, also_ok=self._floor.manner.bell_ok, mute=mute):
            self.set_timer(after_s, self.app.bell) if after_s else self.app.bell()

    # Looking back ----------------------------------------------------------------------------

    @work(group="looking back")
    async def _look_back(self) -> None:
        """Show the last scans until the next answer; again: show the question."""
        self._shown.first, self._shown.looking_back = 0, not self._shown.looking_back
        self._paint()
        if self._shown.looking_back:
            await self._recall()

    async def _recall(self) -> None:
        """Ask what earlier scans came to; without the database the terminal's own memory does."""
        with suppress(DatabaseAway, DatabaseUnusable):
            self._history.recall(await self._floor.past())
        self._paint()

    @work(group="room")
    async def _look_at_room(self, *, keep: bool = False) -> None:
        self._shown.room = await self._floor.room(keep)
        self._paint()

    @work(group="printer")
    async def _watch_printer(self) -> None:
        """See how the printer stands while nobody scans; after a scan it is seen at once."""
        while True:
            if not self._busy:
                await self._see_printer()
            shown = self._shown.printer
            known = shown is None or bool(shown.condition)
            await asyncio.sleep(PRINTER_LOOK_S if known else PRINTER_SOON_S)

    async def _see_printer(self) -> None:
        """See how the printer here stands; a bell rings when that becomes worse, and once only."""
        if self.turn is None or self.turn.job in WITHOUT_PRINTER:
            return
        with suppress(DatabaseAway, DatabaseUnusable):
            before, found = self._shown.printer, await self._floor.printer(self.turn.station)
            if found != before:
                self._shown.printer = found
                if found is not None and found.is_worse_than(before):
                    self._ring("look")
                self._paint()

    # Painting

    def _words(self) -> Catalog:
        return words_for(self._floor, self.turn)

    def _paint_soon(self) -> None:
        """Paint; while scans wait no more often than can be read, and then once more at the end.

        The answers to those scans may be long in coming, so the last paint is never left to them.
        """
        if not len(self._waiting) or self._painted_s + PAINT_EVERY_S < monotonic():
            self._paint()
        elif not self._paint_owed:
            self._paint_owed = True
            self.set_timer(PAINT_EVERY_S, self._paint_what_is_owed)

    def _paint_what_is_owed(self) -> None:
        if self._paint_owed:
            self._paint()

    def _paint(self) -> None:
        theme = THEMES[theme_of(self._floor, self.turn)].name
        if self.app.theme != theme:
            self.app.theme = theme
        self._painted_s, self._paint_owed = monotonic(), False
        self.prompt_view.show(self._view())

    def _view(self) -> View:
        # Where nothing is being answered, the first one is about to be.
        waiting = len(self._waiting) - (0 if self._busy else 1)
        words = self._words()
        return view_of(self._floor, self.turn, self._shown, words, max(waiting, 0), self._history)

    def _tick(self) -> None:
        """Paint the clock again with each new minute, and look at the room on the disk."""
        self._paint()
        if self.turn is not None:
            self._look_at_room(keep=True)
        self.set_timer(MINUTE_S - self._floor.now().second, self._tick)
