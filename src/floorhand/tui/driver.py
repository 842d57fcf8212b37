"""Listen to the terminal: bytes in, whole scans and keys out, one message for each read.

Textual's own driver decodes strictly (one byte of another encoding ends the program), and hands
over single keys, which a fast scanner mixes up with what comes after them.
"""

from __future__ import annotations

import os
import selectors
from typing import Final

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from floorhand.tui.scan import Heard, Reply, ScanReader

READ_BYTES_MAX: Final = 65536

QUIET_S: Final = 0.1
"""An escape byte with this much silence behind it is the Esc key, not the start of a sequence."""


class Arrived(Message, bubble=False):
    """What the terminal heard since the last time, in order."""

    def __init__(self, heard: tuple[Heard, ...]) -> None:
        super().__init__()
        self.heard = heard


class Hangup(Message, bubble=False):
    """The terminal is gone."""


class ScanDriver(LinuxDriver):
    """A terminal on Linux or macOS, read by our own reader."""

    def run_input_thread(self) -> None:
        """Read until the terminal application ends, or the terminal itself does."""
        reader = ScanReader()
        parser = XTermParser()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if not selector.select(QUIET_S):
                    self._hand_over(reader.quiet(), parser)
                    continue
                try:
                    data = os.read(self.fileno, READ_BYTES_MAX)
                except OSError:
                    data = b""
                if not data:
                    self.process_message(Hangup())
                    return
                self._hand_over(reader.feed(data), parser)

    def _hand_over(self, heard: list[Heard], parser: XTermParser) -> None:
        """Send what people did as one message, and what the terminal said through Textual."""
        for item in heard:
            if isinstance(item, Reply):
                for message in parser.feed(item.sequence):
                    self.process_message(message)
        done = tuple(item for item in heard if not isinstance(item, Reply))
        if done:
            self.process_message(Arrived(done))
