"""Listen to the terminal: bytes in, whole scans and keys out, one message for each read.

Textual's own driver decodes strictly (one byte of another encoding ends the program), and hands
over single keys, which a fast scanner mixes up with what comes after them.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Any, Protocol, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from floorhand.tui.hearing import Ear, Hearing
from floorhand.tui.keys import Reply


class Arrived(Message, bubble=False):
    """What was heard since the last time, in order."""

    def __init__(self, heard: tuple[Any, ...]) -> None:
        super().__init__()
        self.heard = heard


class Hangup(Message, bubble=False):
    """The terminal is gone."""


class Listening(Protocol):
    """An application that shares its hearing with its driver."""

    hearing: Hearing


class ScanDriver(LinuxDriver):
    """A terminal on Linux or macOS, read by our own reader."""

    _ear: Ear | None = None

    def start_application_mode(self) -> None:
        """Take over the terminal, and begin to read."""
        if self._ear is not None:  # Textual's own way to go on, before ours was there
            return
        # In its turn, for a signal comes at any moment, also in the middle of what is done here.
        asyncio.get_running_loop().add_signal_handler(signal.SIGCONT, self._take_over_again)
        self._ear = Ear(cast(Listening, self._app).hearing, self._tell)
        self._parser = XTermParser()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual has no type

    def _take_over_again(self) -> None:
        """Make the terminal what we need once more; whoever stopped us may have used it.

        Where nobody had announced that stop, the reading has never ended. A second reader would
        tear scans apart, so none is begun, and what the first has of a scan is kept. In the end the
        terminal is left as it was before the first time.
        """
        if self._ear is None:
            if self._must_signal_resume:  # else it is ending
                self.start_application_mode()
            return
        before, reader = self.attrs_before, self._key_thread
        assert self._writer_thread is not None
        self._writer_thread.stop()
        self._must_signal_resume = True
        self._run_input_thread = _read_nothing  # type: ignore[method-assign]  # it would begin one
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual has no type
        finally:
            del self._run_input_thread
        self.attrs_before, self._key_thread = before, reader
        self._app.refresh(layout=True)

    def run_input_thread(self) -> None:
        """Read until the terminal application ends, or the terminal itself does."""
        assert self._ear is not None
        self._ear.listen(self.fileno)
        if not self._ear.ended:
            self.process_message(Hangup())

    def _enable_mouse_support(self) -> None:
        """Have the terminal tell of clicks and the wheel, not of every step of the mouse.

        Those would keep a slow line busy, and the silence away that ends a scan.

        Source: XTerm Control Sequences, "Mouse Tracking": modes 1000 and, for places beyond
        column 223 and in characters that can be read, 1006.
        """
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")

    def disable_input(self) -> None:
        """Stop reading. What the next program on the terminal is to read stays unread."""
        if self._ear is not None:
            self._ear.end()
            if cast(Listening, self._app).hearing.is_left_to_next:
                assert self._key_thread is not None
                self._key_thread.join()
                self.attrs_before = None
            else:
                super().disable_input()
            self._ear.close()
            self._ear = None

    def _tell(self, heard: tuple[Any, ...]) -> None:
        """Send what people did as one message, and what the terminal said through Textual."""
        for item in heard:
            if isinstance(item, Reply):
                for message in self._parser.feed(item.sequence):
                    self.process_message(message)
        self.process_message(Arrived(heard))


def _read_nothing() -> None:
    """Do nothing, on a thread that is not needed."""
