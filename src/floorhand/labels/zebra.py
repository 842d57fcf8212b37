"""Label printers that speak ZPL, on a raw TCP port.

A port that took all bytes says nothing about paper: a printer that is out of labels takes them
too. So it is asked how it is before the first byte of a label, and afterwards until it says that
nothing is left in it. Both times on the connection that carries the label: one that broke in
between cannot tell of another printing. What cannot be known is told as such, never guessed.
"""

from __future__ import annotations

import re
import threading
import time
from typing import Final

from floorhand.domain.printers import ZPL_PORT
from floorhand.labels.calls import Call
from floorhand.labels.host_status import HostStatus, fault_of, status_of
from floorhand.labels.printers import (
    Condition,
    Fate,
    Form,
    InDoubt,
    NotPrinted,
    Rendered,
    Status,
    why,
)

STATUS_MAX_S = 2.0
"""Silence that long is a fault: out of labels or ribbon, or open, a Zebra does not answer."""

BUSY_MAX_S = 3.0
"""How long a label waits for those before it, or for the rest of one that has begun."""

STALL_MAX_S = 5.0
"""How long a printer may take in nothing."""

WRITE_MAX_S = 30.0
"""How long it may take in one label, however slowly."""

PRINT_STEP_MAX_S = 10.0
"""How long it may work without a label less to print."""

PRINT_MAX_S = 60.0
"""How long it may print one label with all its copies."""

SEND_MAX_S = 4 * STATUS_MAX_S + BUSY_MAX_S + STALL_MAX_S + WRITE_MAX_S + PRINT_MAX_S
"""Longer than that no label is in the hands of `TcpPrinter.send`."""

POLL_MIN_S, POLL_MAX_S = 0.01, 0.2
"""Between two questions; longer, the longer it takes."""

IDLE_ANSWERS = 2
"""So often in a row must it say that nothing is left. It counts those that wait and those that it
prints one after the other, and one that changes from here to there in between is in neither."""

CANCEL_PARTIAL = b"~JX"
"""Drops a label of which only the beginning has come; those that are whole are untouched.
Source: Zebra, ZPL II Programming Guide, command ~JX."""

_PRINTS = re.compile(rb"(?<![0-9A-Z/=])(?:XZ|SP)|\x03", re.IGNORECASE)
"""Ends a label (^XZ, or ETX in its place), or lets it start before its end (^SP); pictures written
in letters hold the same ones by chance, yet no sign before them.
Source: Zebra, ZPL II Programming Guide, commands ^XZ, ^SP, ^GF."""

_PRINTS_WITH_ANY_SIGN = re.compile(rb"XZ|SP|\x03", re.IGNORECASE)
_CHANGES_SIGN = re.compile(rb"[\^~]CC", re.IGNORECASE)
"""Makes another sign begin each command. Source: the same, command ^CC."""

SILENT_TOLD = "The printer does not answer: look for labels, ribbon, an open head."
LOOK = "Look whether the label came out, or comes out, before you print it again."


class TcpPrinter:
    """A printer of ZPL labels at an address.

    One label is one connection: opening it costs well below a millisecond, and nothing of the
    label before can be on it.

    Args:
        host: Its name or address.
        port: Nearly always 9100.
        dpi: Its dots per inch.
        answers: Whether it answers ``~HS``. If it does not by its nature, labels are sent and no
            more is known of them.
    """

    takes: Final = (Form.ZPL,)
    repeats: Final = False

    def __init__(
        self, host: str, port: int = ZPL_PORT, dpi: int = 203, *, answers: bool = True
    ) -> None:
        self.dpi = dpi
        self._host = host
        self._port = port
        self._answers = answers
        self._clean = False
        self._sending = threading.Lock()

    def status(self) -> Status:
        """Ask how it is; while a label is being sent it is not asked, for it is busy."""
        if not self._sending.acquire(blocking=False):
            return Status(Condition.BUSY, told="A label is being sent to the printer.")
        try:
            return self._status()
        finally:
            self._sending.release()

    def send(self, label: Rendered) -> Fate:
        """Print a label: ask, send, and ask until it is out."""
        content = label.forms[Form.ZPL]
        with self._sending:
            try:
                call = Call(self._host, self._port, STATUS_MAX_S)
            except OSError as error:
                raise NotPrinted(self._away(error)) from error
            with call:
                if not self._answers:
                    return self._send_unasked(call, content)
                _make_ready(call)
                _hand_over(call, content)
                return _printed(call)

    def _send_unasked(self, call: Call, content: bytes) -> Fate:
        """Send a label to a printer that tells nothing, not even of the beginning of another."""
        if not self._clean:
            _cancel_partial(call)
        self._clean = False
        _hand_over(call, content)
        fate = _taken(call)
        self._clean = True
        return fate

    def _status(self) -> Status:
        until = time.monotonic() + STATUS_MAX_S
        try:
            call = Call(self._host, self._port, STATUS_MAX_S)
        except OSError as error:
            return Status(Condition.OFFLINE, told=self._away(error))
        with call:
            if not self._answers:
                return Status(Condition.READY)
            try:
                return status_of(call.ask(until - time.monotonic()))
            except OSError as error:
                return _unanswered(error)

    def _away(self, error: OSError) -> str:
        return f"The printer at {self._host}:{self._port} cannot be reached: {why(error)}."


def _make_ready(call: Call) -> None:
    """See that it is ready and empty; wait a little for what others have sent.

    The beginning of a label that was cut off, whoever sent it, would print into ours: it is
    dropped if its rest does not come.
    """
    until, pause_s = time.monotonic() + BUSY_MAX_S, POLL_MIN_S
    while True:
        answer = _ask_before(call)
        status = status_of(answer)
        if status.condition is Condition.READY:
            return
        if status.condition is not Condition.BUSY or fault_of(answer):
            raise NotPrinted(status.told)
        if time.monotonic() >= until:
            break
        time.sleep(pause_s)
        pause_s = min(POLL_MAX_S, 2 * pause_s)
    if answer.partial and not answer.held:
        _cancel_partial(call)
        answer = _ask_before(call)
    if not answer.idle or fault_of(answer) or answer.waiting:
        raise NotPrinted(status_of(answer).told)


def _ask_before(call: Call) -> HostStatus:
    try:
        return call.ask(STATUS_MAX_S)
    except OSError as error:
        raise NotPrinted(_unanswered(error).told) from error


def _cancel_partial(call: Call) -> None:
    try:
        call.write(CANCEL_PARTIAL, STALL_MAX_S, WRITE_MAX_S)
    except OSError as error:
        raise NotPrinted(_unanswered(error).told) from error


def _hand_over(call: Call, content: bytes) -> None:
    """Send a label.

    Raises:
        NotPrinted: If it was cut off before anything that could make a printer print.
        InDoubt: If it was cut off later.
    """
    before = call.written
    try:
        call.write(content, STALL_MAX_S, WRITE_MAX_S)
    except OSError as error:
        gone = call.written - before
        call.abort()
        if isinstance(error, TimeoutError):
            what = "The printer stopped taking the label in"
        else:
            what = f"The connection to the printer broke ({why(error)})"
        told = f"{what} after {gone} of {len(content)} bytes."
        if could_print(content[:gone]):
            raise InDoubt(f"{told} {LOOK}") from error
        raise NotPrinted(f"{told} Nothing of it is printed.") from error


def could_print(part: bytes) -> bool:
    """Say whether a printer that has got only the beginning of a label may print something."""
    changed = _CHANGES_SIGN.search(part)
    return bool((_PRINTS_WITH_ANY_SIGN if changed else _PRINTS).search(part))


def _printed(call: Call) -> Fate:
    """Ask until nothing is left in the printer.

    Raises:
        InDoubt: If it does not say so.
    """
    now = time.monotonic()
    until, step_until = now + PRINT_MAX_S, now + PRINT_STEP_MAX_S
    least, idle, pause_s = None, 0, POLL_MIN_S
    while True:
        try:
            answer = call.ask(STATUS_MAX_S)
        except OSError as error:
            raise InDoubt(f"The label was sent. {_unanswered(error).told} {LOOK}") from error
        if fault := fault_of(answer):
            raise InDoubt(f"The label was sent. {fault.told} {LOOK}")
        idle = idle + 1 if answer.idle else 0
        if idle == IDLE_ANSWERS:
            return Fate.CONFIRMED
        now = time.monotonic()
        if least is None or answer.held < least:
            least, step_until = answer.held, now + PRINT_STEP_MAX_S
        if now >= min(until, step_until):
            raise InDoubt(f"The label was sent. {status_of(answer).told} {LOOK}")
        time.sleep(pause_s)
        pause_s = min(POLL_MAX_S, 2 * pause_s)


def _taken(call: Call) -> Fate:
    """See that a printer which says nothing has at least taken all of a label.

    Raises:
        InDoubt: If it has not.
    """
    try:
        call.finish(STATUS_MAX_S)
    except OSError as error:
        raise InDoubt(f"The label was sent. {_unanswered(error).told} {LOOK}") from error
    return Fate.SENT


def _unanswered(error: OSError) -> Status:
    if isinstance(error, TimeoutError):
        return Status(Condition.SILENT, told=SILENT_TOLD)
    told = f"The connection to the printer broke: {why(error)}."
    return Status(Condition.OFFLINE, told=told)
