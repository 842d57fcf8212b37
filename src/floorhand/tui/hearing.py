"""Listen to terminals and scanners, and read no further ahead than their scans can wait.

A scanner that empties its memory sends thousands of scans as one stream. They are taken in order
and without loss by reading no more of the stream while enough scans wait: what is not read yet
waits where it is, in the terminal, and its sender stops. So the queue of the screen is never full
because of one stream; it is where a worker goes on scanning while the database is away, and then
it is better to be told than to wait in the dark, so what comes alone is read on and the queue
refuses aloud. A stream is what has more behind it before there is silence, and waits even then.

When a scan is refused, those after it were meant for another question. Of a stream that was held
up all that comes before the next silence is thrown away and counted, the unread part too: to take
up such a row of scans again in its middle would be worse than to miss its end.
"""

from __future__ import annotations

import os
import selectors
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from floorhand.domain.scanners import PLAIN, Profile
from floorhand.tui.scan import Heard, KeyDown, KeyInside, Scan, ScanReader, TooLong, Unended
from floorhand.tui.whole import WholeReader

READ_BYTES_MAX: Final = 4096

SCANS_AHEAD_MAX: Final = 32
"""Scans that are handed over at once, and that may wait while more is read."""

QUIET_S: Final = 0.1
"""With this much silence behind it a stream is over."""


Tell = Callable[[tuple[Any, ...]], object]
"""Takes what was heard; called on the ear's own thread."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """So many scans came behind one that was refused, and were not taken."""

    scans: int


@dataclass(frozen=True, slots=True)
class Line:
    """A scanner on a line of its own is away, or back; ``device`` names the line."""

    device: str
    away: bool


@dataclass(frozen=True, slots=True)
class Rested:
    """All that was read is told, and no more is read until somebody says to go on."""


class Hearing:
    """What all ears of a terminal share: how the scanner sends, and whether more may be read."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._room = True
        self._dark = False
        self._on_its_way = False
        self._stale = False
        self._skips = 0
        self._ears: list[Ear] = []
        self.profile = PLAIN
        self.testing = False
        self.is_left_to_next = False
        """Whether the next program on the terminal reads on, and finds it as it is."""

    def use(self, profile: Profile, *, testing: bool = False) -> None:
        """Read from now on as the scanner sends; or, for the scanner test, all as it is."""
        if (profile, testing) == (self.profile, self.testing):
            return
        self.profile, self.testing = profile, testing
        for ear in self._ears:
            ear.fit()

    def join(self, ear: Ear) -> None:
        """Take in a new ear."""
        self._ears.append(ear)
        ear.fit()

    def leave(self, ear: Ear) -> None:
        """Let go of an ear."""
        self._ears.remove(ear)

    def arrived(self, heard: tuple[Any, ...]) -> bool:
        """Say that what was handed over is being taken; False if it is to be thrown away.

        Whether there is room for more is known when it has been taken: see `make_room`.
        """
        if isinstance(heard[0], Line | Skipped | Rested):  # told out of turn
            return True
        with self._changed:
            stale, self._on_its_way, self._stale = self._stale, False, False
            self._room = False
            return not stale

    def make_room(self, *, room: bool, dark: bool = False) -> None:
        """Say whether one more batch of scans can be handed over.

        Args:
            room: Whether there is room for one.
            dark: Whether what comes alone is handed over although there is none.
        """
        with self._changed:
            self._room, self._dark = room, dark
            self._changed.notify_all()

    def skip(self) -> None:
        """Throw away what is on its way, and what is being held up to the next silence."""
        with self._changed:
            self._stale = self._on_its_way
            self._skips += 1
            self._changed.notify_all()

    def wait(self, ear: Ear, silent: Callable[[], bool]) -> bool:
        """Wait for one's turn to hand over; False if what one has is to be thrown away.

        Args:
            ear: Who waits.
            silent: Says whether there is silence behind what is handed over; asked in the dark.
        """
        skips, alone = self._skips, None
        while True:
            with self._changed:
                while not (self._free(alone) or self._asks(alone) or ear.ended):
                    if skips != self._skips:
                        return False
                    self._changed.wait()
                if skips != self._skips:
                    return False
                if ear.ended or self._free(alone):
                    self._on_its_way = True
                    return True
            alone = silent()

    def _free(self, alone: bool | None) -> bool:
        return not self._on_its_way and (self._room or (self._dark and alone is True))

    def _asks(self, alone: bool | None) -> bool:
        return alone is None and self._dark and not (self._room or self._on_its_way)

    def rest(self, *, resting: bool) -> None:
        """Let terminals be read no further, once nothing of them is half read; or on again."""
        for ear in self._ears:
            ear.rest(resting=resting)

    def wake(self) -> None:
        """Let ears that wait look whether they have ended."""
        with self._changed:
            self._changed.notify_all()


class Ear:
    """Reads one line, a terminal or a scanner, on a thread of its own.

    Args:
        hearing: What it shares with others.
        tell: Takes what was heard.
        keys: Whether there are keys on the line.
    """

    def __init__(self, hearing: Hearing, tell: Tell, *, keys: bool = True) -> None:
        self.ended = False
        self._hearing = hearing
        self._tell = tell
        self._keys = keys
        self._resting = False
        self._reader: ScanReader | WholeReader = ScanReader(keys=keys)
        self._woken, self._waker = os.pipe()
        hearing.join(self)

    def fit(self) -> None:
        """Read as the scanner sends."""
        profile = self._hearing.profile
        if not self._keys:  # there is no keyboard between scanner and terminal
            profile = replace(profile, keyboard="", caps=False)
        if self._hearing.testing:
            self._reader = WholeReader(keys=self._keys)
        elif isinstance(self._reader, ScanReader):
            self._reader.profile = profile
        else:
            self._reader = ScanReader(profile, keys=self._keys)
        self._wake()

    def end(self) -> None:
        """Stop listening."""
        self.ended = True
        self._wake()
        self._hearing.wake()

    def rest(self, *, resting: bool) -> None:
        """Read no further, and say `Rested`; or go on. A scanner's own line ends with us."""
        if self._keys and self._resting != resting:
            self._resting = resting
            self._wake()

    def close(self) -> None:
        """Give back what it holds."""
        self._hearing.leave(self)
        os.close(self._woken)
        os.close(self._waker)

    def listen(self, line: int) -> None:
        """Read a line until it breaks, or `end`."""
        with selectors.DefaultSelector() as selector:
            selector.register(line, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self.ended:
                if self._resting and self._reader.all_told:
                    self._rest()
                    continue
                heard = self._hear(line, selector, self._reader.patience_s)
                if heard is None:
                    return
                while heard:
                    size = _batch(heard)
                    last = partial(self._silent, line, selector)
                    if not self._hand_over(heard[:size], last if size == len(heard) else _never):
                        self._skip(line, selector, heard)
                        break
                    heard = heard[size:]

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            selector.select(seconds)

    def _hear(
        self, line: int, selector: selectors.BaseSelector, patience_s: float | None
    ) -> list[Heard] | None:
        """Read once, or wait out a silence; None if the line is broken."""
        ready = {key.fd for key, _ in selector.select(patience_s)}
        if self._woken in ready:
            os.read(self._woken, READ_BYTES_MAX)
        if line in ready:
            try:
                data = os.read(line, READ_BYTES_MAX)
            except OSError:
                return None
            return self._reader.feed(data, time.monotonic()) if data else None
        return [] if ready else self._reader.quiet()

    def _silent(self, line: int, selector: selectors.BaseSelector) -> bool:
        """Say whether there is silence behind what was read."""
        ready = {key.fd for key, _ in selector.select(QUIET_S)}
        return line not in ready

    def _hand_over(self, batch: list[Heard], silent: Callable[[], bool]) -> bool:
        if not self._hearing.wait(self, silent):
            return False
        if not self.ended:
            self._tell(tuple(batch))
        return True

    def _skip(self, line: int, selector: selectors.BaseSelector, held: list[Heard]) -> None:
        """Throw away what is held, and all that comes before there is silence; tell how much."""
        skipped = 0
        heard: list[Heard] | None = held
        while heard and not self.ended:
            skipped += scans_in(heard)
            heard = self._hear(line, selector, QUIET_S)
        if skipped:
            self._tell((Skipped(skipped),))

    def _rest(self) -> None:
        self._tell((Rested(),))
        while self._resting and not self.ended:
            os.read(self._woken, READ_BYTES_MAX)

    def _wake(self) -> None:
        os.write(self._waker, b"\0")


def _never() -> bool:
    return False


def scans_in(heard: Iterable[object]) -> int:
    """Count what is answered like a scan."""
    return sum(map(_is_answered, heard))


def _is_answered(item: object) -> bool:
    match item:
        case KeyDown(half=half):
            return not half  # it is answered with the code that it is in
        case _:
            return isinstance(item, Scan | TooLong | KeyInside | Unended)


def _batch(heard: list[Heard]) -> int:
    """Give the length of the first part that brings no more scans than may be handed over."""
    scans = 0
    for size, item in enumerate(heard, 1):
        scans += _is_answered(item)
        if scans == SCANS_AHEAD_MAX:
            return size
    return len(heard)
