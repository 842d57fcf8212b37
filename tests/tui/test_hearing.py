"""A terminal is read no further ahead than its scans can wait."""

from __future__ import annotations

import fcntl
import os
import queue
import termios
import threading

import pytest

from floorhand.tui.hearing import SCANS_AHEAD_MAX, Ear, Hearing, Rested, Skipped, scans_in
from floorhand.tui.scan import Scan


@pytest.fixture
def line():
    """A line, what was told of it, and what listens."""
    reading, writing = os.pipe()
    told: queue.Queue = queue.Queue()
    hearing = Hearing()
    ear = Ear(hearing, told.put)
    thread = threading.Thread(target=ear.listen, args=(reading,))
    thread.start()
    yield writing, told, hearing
    ear.end()
    thread.join()
    ear.close()
    os.close(reading)
    os.close(writing)


def all_is_read(line) -> None:
    """Wait until nothing is left in the line."""
    left = b"?"
    while any(left):
        left = fcntl.ioctl(line[0], termios.FIONREAD, bytes(4))


def codes(first: int, count: int) -> bytes:
    return b"".join(b"C-%d\r" % n for n in range(first, first + count))


def test_no_more_is_handed_over_before_what_was_is_taken(line) -> None:
    writing, told, hearing = line
    os.write(writing, codes(0, 100))
    first = told.get(timeout=10)
    assert scans_in(first) == SCANS_AHEAD_MAX
    assert told.empty()
    hearing.make_room(room=False)
    assert hearing.arrived(first)
    assert told.empty()
    hearing.make_room(room=True)
    assert scans_in(told.get(timeout=10)) == SCANS_AHEAD_MAX


def test_no_more_is_handed_over_before_it_is_known_whether_there_is_room(line) -> None:
    writing, told, hearing = line
    os.write(writing, codes(0, 100))
    assert hearing.arrived(told.get(timeout=10))
    with pytest.raises(queue.Empty):
        told.get(timeout=0.2)
    hearing.make_room(room=True)
    assert scans_in(told.get(timeout=10)) == SCANS_AHEAD_MAX


def test_in_the_dark_what_comes_alone_is_handed_over_and_a_stream_waits(line) -> None:
    writing, told, hearing = line
    hearing.make_room(room=False, dark=True)
    os.write(writing, b"ALONE\r")
    alone = told.get(timeout=10)
    assert alone == (Scan("ALONE", "hint"),)
    os.write(writing, codes(0, 40))
    assert hearing.arrived(alone)
    os.write(writing, b"BEHIND\r")
    with pytest.raises(queue.Empty):
        told.get(timeout=0.2)
    hearing.make_room(room=True)
    stream = told.get(timeout=10)
    assert scans_in(stream) == SCANS_AHEAD_MAX
    assert hearing.arrived(stream)


def test_in_the_dark_a_stream_that_comes_in_small_pieces_waits_too(line) -> None:
    writing, told, hearing = line
    os.write(writing, b"FIRST\r")
    first = told.get(timeout=10)
    os.write(writing, codes(0, 2))
    all_is_read(line)
    os.write(writing, codes(2, 2))
    hearing.make_room(room=False, dark=True)
    assert hearing.arrived(first)
    with pytest.raises(queue.Empty):
        told.get(timeout=0.3)
    hearing.make_room(room=True)
    stream = told.get(timeout=10)
    assert scans_in(stream) == 2
    assert hearing.arrived(stream)
    hearing.make_room(room=True)
    assert scans_in(told.get(timeout=10)) == 2


def test_what_comes_behind_a_refused_scan_is_thrown_away_up_to_a_silence_and_counted(line) -> None:
    writing, told, hearing = line
    os.write(writing, codes(0, 100))
    first = told.get(timeout=10)
    hearing.make_room(room=False)
    assert hearing.arrived(first)
    hearing.skip()
    assert told.get(timeout=10) == (Skipped(100 - SCANS_AHEAD_MAX),)
    hearing.make_room(room=True)
    os.write(writing, b"NEXT\r")
    assert told.get(timeout=10) == (Scan("NEXT", "hint"),)


def test_a_batch_on_its_way_when_a_scan_is_refused_is_not_taken(line) -> None:
    writing, told, hearing = line
    os.write(writing, codes(0, 3))
    batch = told.get(timeout=10)
    hearing.skip()
    assert not hearing.arrived(batch)


def test_a_line_that_rests_is_left_unread_and_never_in_the_middle_of_a_code(line) -> None:
    writing, told, hearing = line
    os.write(writing, b"C-1\rHA")
    first = told.get(timeout=10)
    assert hearing.arrived(first)
    hearing.make_room(room=True)
    hearing.rest(resting=True)
    os.write(writing, b"LF\r")
    assert [one.text for one in told.get(timeout=10) if isinstance(one, Scan)] == ["HALF"]
    assert told.get(timeout=10) == (Rested(),)
    os.write(writing, b"C-2\r")
    assert any(fcntl.ioctl(writing, termios.FIONREAD, bytes(4)))
    assert told.empty()
    hearing.arrived((Scan("HALF"),))
    hearing.make_room(room=True)
    hearing.rest(resting=False)
    assert [one.text for one in told.get(timeout=10) if isinstance(one, Scan)] == ["C-2"]
