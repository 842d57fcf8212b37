"""Line mode: a job as plain lines, for dumb terminals, screen readers and scripts.

The notation is that of the ``.floor`` conversations: ``> scan`` is what is scanned, ``  question``
is asked, ``! `` refuses, ``* `` tells what was done, ``~ `` tells what was taken but not as usual.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TextIO, TypeVar

from floorhand.domain.keymap import LOOKING_BACK, barcode_of
from floorhand.domain.pins import could_be_pin
from floorhand.domain.printing import WITHOUT_PRINTER, Stands
from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.flows.away import (
    ANSWER_MAX_S,
    BETWEEN_WORK,
    PATIENCE_S,
    RETRY_AFTER_S,
    again_and_again,
    not_yet_saved,
)
from floorhand.flows.turn import Choice, Item, Prompt, Said
from floorhand.flows.waiting import SCANS_WAITING_MAX
from floorhand.text.catalog import Catalog
from floorhand.text.visible import visible
from floorhand.typed import Ahead, read_scan

if TYPE_CHECKING:
    from floorhand.ops.devices import Device
    from floorhand.ops.seats import Turn
    from floorhand.store.db import Transactions
    from floorhand.store.past import Lately

Answer = TypeVar("Answer")

SIGNS: Final[Mapping[str, str]] = {"ok": "*", "finished": "*", "look": "~", "refused": "!"}
"""How a line begins that tells how the last scan went."""

MARKS: Final[Mapping[str, str]] = {"": "", "now": "▶ ", "done": "✓ "}

SECRET: Final = "•"
"""Stands for a PIN wherever lines are written down."""

BACKS_MAX: Final = 8
"""Steps back to the menu from wherever the seat was left; what is in the middle is parked."""


class Answered(Protocol):
    """What is needed of a turn to write it down."""

    @property
    def prompt(self) -> Prompt:
        """The question now."""

    @property
    def said(self) -> Said | None:
        """How the last scan went."""


def render_lines(turn: Answered, catalog: Catalog) -> list[str]:
    """Write a turn as lines: how the last scan went, if there is anything to say, and the question.

    The question is one line of parts joined by `` | ``: question, place, count, facts, goods,
    progress, and the numbered choices.
    """
    lines = []
    if turn.said is not None:
        sign = SIGNS.get(turn.said.tone, "*")
        lines.append(f"{sign} {_one_line(catalog.say(turn.said.text, turn.said.facts))}")
    lines.append("  " + " | ".join(_parts(turn.prompt, catalog)))
    return lines


def render_keys(prompt: Prompt, catalog: Catalog) -> str:
    """Write the keys that do something now, as the codes to type for them."""
    keys = [f"{barcode_of(key)} {_one_line(catalog.say(text))}" for key, text in prompt.keys]
    return "  (" + ", ".join(keys) + ")" if keys else ""


def render_past(past: Lately, zone: tzinfo, catalog: Catalog) -> list[str]:
    """Write the last scans of a seat with their fate, and what its worker did in this shift."""
    lines = []
    for one in past.last:
        fate = catalog.say("fate.ok" if one.taken else "fate.refused")
        booked = f" · +{one.pieces}" if one.pieces else ""
        at = f"{one.at.astimezone(zone):%H:%M:%S}"
        lines.append(f"  {one.number:>3} {at} {_one_line(one.code)}  {fate}{booked}")
    total = catalog.say("terminal.scans", {"count": past.scans, "booked": past.pieces})
    return [*lines, f"{SIGNS['look']} {_one_line(total)}"]


def _read_past(
    transactions: Transactions, site: str, seat: str, now: datetime
) -> tuple[Lately, tzinfo]:
    from floorhand.store.masters import site_zone
    from floorhand.store.past import lately

    with transactions.begin() as tx:
        return lately(tx, site, seat, now), site_zone(tx, site)


def render_printer(before: Stands | None, now: Stands | None, catalog: Catalog) -> list[str]:
    """Write how a printer stands, if it did not stand so before; that all is well is no news."""
    if now is None or not now.words or now == before or (before is None and now.tone == "calm"):
        return []
    state = " · ".join(catalog.say(*one) for one in now.words)
    told = catalog.say("printer.told", {"printer": now.code, "state": state})
    return [f"{SIGNS.get(now.tone, '*')} {_one_line(told)}"]


def _read_stands(
    transactions: Transactions, site: str, station: str, now: datetime
) -> Stands | None:
    from floorhand.store.stands import station_stands

    with transactions.begin() as tx:
        return station_stands(tx, site, station, now)


def _parts(prompt: Prompt, catalog: Catalog) -> Iterator[str]:
    yield _one_line(catalog.say(prompt.ask, dict(prompt.ask_facts)))
    if prompt.place:
        yield _one_line(prompt.place)
    if prompt.count:
        yield _one_line(prompt.count)
    for name, value in prompt.facts:
        yield _one_line(" ".join(catalog.fact(name, value)))
    for item in prompt.goods:
        yield _goods(item, catalog)
    if prompt.progress is not None:
        yield f"{prompt.progress[0]}/{prompt.progress[1]}"
    for number, choice in enumerate(prompt.choices, 1):
        yield f"{number} {_choice(choice, catalog)}"


def _goods(item: Item, catalog: Catalog) -> str:
    pieces = f"{item.pieces} × " if item.pieces else ""
    name = f" {item.name}" if item.name and item.name != item.code else ""
    note = f" ({catalog.written(item.note)})" if item.note else ""
    return _one_line(f"{MARKS.get(item.mark, '')}{pieces}{item.code}{name}{note}")


def _choice(choice: Choice, catalog: Catalog) -> str:
    return _one_line(catalog.written(choice.written(catalog.say)))


def _one_line(text: str) -> str:
    return visible(text.replace("\n", " "))


def repeated(
    attempt: Callable[[], Answer],
    tell: Callable[[str], None],
    pause: Callable[[float], None],
    *,
    waits: bool,
) -> Answer:
    """Repeat an attempt until the database answers, and tell once what is wrong meanwhile.

    Who sits here and ``waits`` is told after a while; in a script it matters only what came of it.
    """
    from floorhand.store.server import hung_up_if_silent

    tries, told = 0, ""

    def tell_once(text: str) -> None:
        nonlocal told
        if text != told:
            told = text
            tell(text)

    while True:
        late = threading.Timer(PATIENCE_S, tell_once, (DatabaseAway.told,))
        late.daemon = True
        if waits:
            late.start()
        try:
            with hung_up_if_silent(ANSWER_MAX_S):
                return attempt()
        except DatabaseAway as away:
            late.cancel()
            tell_once(away.told)
            pause(RETRY_AFTER_S[min(tries, len(RETRY_AFTER_S) - 1)])
            tries += 1
        finally:
            late.cancel()


class Talk:
    """One worker at one seat, talking in lines.

    Args:
        transactions: The database.
        site: Code of the site.
        seat: Name of this terminal; its work is resumed where it was left.
        station: Code of the bench it stands at, empty if at none.
        catalogs: Gives the texts of a language; empty is the site's own language.
        lines: What is typed or scanned; or why something was no scan.
        target: Where lines go to.
        echo: Write what was read as ``> …``, so that a transcript is whole.
        live: Somebody types: what was typed before a refusal could be seen is not taken. The
            lines of a script are all meant.
        now: The clock.
        device: Who takes the seat.
        take_seat: Take it over if another device has it.
        pause: Waits some seconds before the database is tried again.
        after_turn: Called after each scan was answered.
    """

    def __init__(
        self,
        transactions: Transactions,
        *,
        site: str,
        seat: str,
        station: str,
        catalogs: Callable[[str], Catalog],
        lines: Iterable[str | Said],
        target: TextIO,
        echo: bool,
        live: bool = False,
        now: Callable[[], datetime],
        device: Device,
        take_seat: bool = False,
        pause: Callable[[float], None] = time.sleep,
        after_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._here = transactions, site, seat
        self._station = station
        self._catalogs = catalogs
        self._lines = lines
        self._live = live
        self._target = target
        self._echo = echo
        self._now = now
        self._device = device
        self._take = take_seat
        self._pause = pause
        self._after_turn = after_turn
        self._turn: Turn | None = None
        self._saved_at = ""
        self._room: Said | None = None
        self._stands: Stands | None = None
        self._ahead: Ahead | None = None

    def run(self, job: str = "", worker: str = "", badge: str = "") -> int:
        """Talk until the input ends. The seat keeps its state.

        Args:
            job: The job to open once somebody is signed in; empty: wait at the menu.
            worker: Who is to be signed in; empty: the input says it. Somebody else who sits here
                is signed out first, and keeps the open work.
            badge: That worker's badge.

        Returns:
            The exit code: 0.
        """
        from floorhand.ops.floor import take_seat

        if self._live:
            self._lines = self._ahead = Ahead(self._lines, self._full)
        turn = self._surely(
            lambda: take_seat(
                *self._here,
                station=self._station,
                now=self._now(),
                device=self._device,
                take=self._take,
            )
        )
        self._tell(turn)
        if worker and turn.worker not in ("", worker):
            turn = self._scan(turn, "*OUT")
        if worker and turn.worker != worker:
            turn = self._scan(turn, badge)
        turn, job = self._open(turn, job)
        hidden = False
        for line in self._lines:
            if isinstance(line, Said):
                self._tell(replace(turn, said=line))
            elif scanned := read_scan(line):
                hidden = self.hides() or (hidden and could_be_pin(scanned))
                if self._echo:
                    secret = hidden and not scanned.startswith("*")
                    self._write(f"> {SECRET if secret else _one_line(line.removeprefix('> '))}")
                turn, job = self._open(self._scan(turn, scanned), job)
        return 0

    def hides(self) -> bool:
        """Say whether nobody may read what is typed now."""
        return self._turn is not None and "pin" in self._turn.prompt.wants.kinds

    def _open(self, turn: Turn, job: str) -> tuple[Turn, str]:
        """Choose a job as soon as the menu offers it; gives the job that is still to be opened."""
        if not job or not turn.worker or turn.job == job:
            return turn, "" if turn.worker else job
        for _ in range(BACKS_MAX):
            if turn.job == "menu":
                break
            turn = self._scan(turn, "*BACK")
        codes = [choice.code for choice in turn.prompt.choices]
        if job not in codes:
            return turn, ""
        return self._scan(turn, f"*CHOOSE {codes.index(job) + 1}"), ""

    def _scan(self, turn: Turn, scanned: str) -> Turn:
        from floorhand.ops.floor import take_turn

        if scanned.strip(" ").upper() in LOOKING_BACK:
            self._look_back(turn)
            return turn
        number = turn.scan_no + 1
        send = partial(take_turn, *self._here, number, scanned, device=self._device)
        answer = self._surely(again_and_again(send, self._now))
        self._saved_at = f"{self._now().astimezone():%H:%M:%S}"
        self._after_turn()
        self._tell(answer)
        return answer

    def _look_back(self, turn: Turn) -> None:
        """Write the last scans of this seat, and the question again."""
        past, zone = self._surely(lambda: _read_past(*self._here, self._now()))
        for line in render_past(past, zone, self._catalogs(turn.language)):
            self._write(line)
        self._tell(replace(turn, said=None))

    def _surely(self, attempt: Callable[[], Answer]) -> Answer:
        """Repeat an attempt until the database answers. A scan keeps its number meanwhile."""
        return repeated(attempt, self._tell_away, self._pause, waits=self._live)

    def _tell_away(self, text: str) -> None:
        prompt = self._turn.prompt if self._turn is not None else None
        said = not_yet_saved(text, prompt, self._saved_at, len(self._ahead or ()))
        self._say(SIGNS[said.tone], said.text, said.facts)

    def _tell(self, turn: Turn) -> None:
        self._turn = turn
        words = self._catalogs(turn.language)
        *said, question = render_lines(turn, words)
        for line in said:
            self._write(line)
        if turn.job in BETWEEN_WORK:
            self._tell_room()
        self._tell_printer(turn)
        self._tell_lost(refused=turn.said is not None and turn.said.tone == "refused")
        for line in filter(None, (question, render_keys(turn.prompt, words))):
            self._write(line)

    def _tell_room(self) -> None:
        """Tell that there is little room left on the disk, once each time that it gets less."""
        from floorhand.ops.beginning import little_room

        before, self._room = self._room, little_room(self._here[0])
        if self._room is not None and (before is None or before.text != self._room.text):
            self._say(SIGNS[self._room.tone], self._room.text, self._room.facts)

    def _tell_printer(self, turn: Turn) -> None:
        """Tell how the printer here stands, once each time that this changes."""
        if turn.job not in WITHOUT_PRINTER:
            before = self._stands
            with suppress(DatabaseAway, DatabaseUnusable):  # the next scan tells that
                self._stands = _read_stands(*self._here[:2], turn.station, self._now())
            for line in render_printer(before, self._stands, self._catalogs(turn.language)):
                self._write(line)

    def _tell_lost(self, *, refused: bool) -> None:
        """Drop what was typed before a refusal was seen; tell how much of that, or was too much."""
        if self._ahead is None:
            return
        if refused and (dropped := self._ahead.drop()):
            self._say("!", "terminal.dropped", {"pieces": dropped})
        elif missed := self._ahead.missed():
            self._say("!", "terminal.missed", {"pieces": missed})

    def _full(self) -> None:
        self._say("!", "terminal.full", {"count": SCANS_WAITING_MAX})

    def _say(self, sign: str, key: str, facts: Mapping[str, str | int] | None = None) -> None:
        words = self._catalogs(self._turn.language if self._turn else "")
        self._write(f"{sign} {_one_line(words.say(key, facts))}")

    def _write(self, line: str) -> None:
        self._target.write(line + "\n")
        self._target.flush()
