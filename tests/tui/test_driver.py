"""What a terminal that is left finds on its line, or leaves there."""

from __future__ import annotations

import os
import queue
import termios
import threading
import tty
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from floorhand.tui.driver import ScanDriver
from floorhand.tui.hearing import Ear, Hearing, Rested


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(("is_left", "unread"), [(True, b"C-1\r"), (False, b"")])
async def test_what_is_unread_is_left_to_the_next_program_or_thrown_away_at_the_end(
    terminal: tuple[int, int], is_left: bool, unread: bytes
) -> None:
    ours, theirs = terminal
    told: queue.Queue[object] = queue.Queue()
    hearing = Hearing()
    driver = ScanDriver(SimpleNamespace(hearing=hearing), size=(80, 24))
    driver.fileno, driver.attrs_before = theirs, termios.tcgetattr(theirs)
    driver._writer_thread = SimpleNamespace(write=lambda _: None)
    driver._ear = Ear(hearing, told.put)
    driver._key_thread = threading.Thread(target=driver.run_input_thread)
    driver._key_thread.start()
    hearing.rest(resting=True)
    assert told.get(timeout=10) == (Rested(),)
    os.write(ours, b"C-1\r")
    hearing.is_left_to_next = is_left
    driver.disable_input()
    assert (driver.attrs_before is None) == is_left
    os.set_blocking(theirs, False)
    assert _read(theirs) == unread


async def test_a_terminal_tells_of_clicks_and_the_wheel_but_not_of_each_step_of_the_mouse() -> None:
    written: list[str] = []
    driver = ScanDriver(SimpleNamespace(hearing=Hearing()), size=(80, 24), mouse=True)
    driver._writer_thread = SimpleNamespace(write=written.append)
    driver._enable_mouse_support()
    assert "".join(written) == "\x1b[?1000h\x1b[?1006h"


def _read(line: int) -> bytes:
    try:
        return os.read(line, 100)
    except BlockingIOError:
        return b""
