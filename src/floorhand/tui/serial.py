"""A scanner on a line of its own, such as ``/dev/ttyACM0``: read as it is, no keyboard between.

The line may be pulled out and put in again at any time; until it is back, the screen says so.
"""

from __future__ import annotations

import os
import termios
from threading import Thread
from typing import Final

from floorhand.tui.hearing import Ear, Hearing, Line, Tell

RETRY_AFTER_S: Final = 0.5
"""Pause before a line that is away is tried again."""

SPEED: Final = termios.B9600
"""What scanners on a plain serial line are set to out of the box; USB lines do not care."""


class SerialScanner:
    """Listens to a scanner's line on a thread of its own, for as long as the terminal runs.

    Args:
        device: The line.
        hearing: What it shares with the terminal.
        tell: Takes what was heard, and that the line is away or back.
    """

    def __init__(self, device: str, hearing: Hearing, tell: Tell) -> None:
        self._device = device
        self._tell = tell
        self._ear = Ear(hearing, tell, keys=False)
        self._away = False
        self._thread = Thread(target=self._run, name="scanner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._ear.end()
        self._thread.join()
        self._ear.close()

    def _run(self) -> None:
        while not self._ear.ended:
            try:
                line = _opened(self._device)
            except (OSError, termios.error):
                self._is(away=True)
                self._ear.pause(RETRY_AFTER_S)
                continue
            self._is(away=False)
            try:
                self._ear.listen(line)
            finally:
                os.close(line)

    def _is(self, *, away: bool) -> None:
        if away != self._away:
            self._away = away
            self._tell((Line(self._device, away),))


def _opened(device: str) -> int:
    """Open a line for bytes as they are.

    Raises:
        OSError: If it is not there.
    """
    line = os.open(device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        _make_raw(line)
    except termios.error:
        os.close(line)
        raise
    return line


def _make_raw(line: int) -> None:
    """Let no byte mean anything to the line itself: eight bits, no echo, no flow control."""
    modes = termios.tcgetattr(line)
    modes[0] = termios.IGNBRK
    modes[1] = 0
    modes[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
    modes[3] = 0
    modes[4] = modes[5] = SPEED
    termios.tcsetattr(line, termios.TCSANOW, modes)
