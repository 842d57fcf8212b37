"""Printers that speak the Internet Printing Protocol: office printers, CUPS, some label printers.

A label goes out as one job. The printer is asked before, so that a label which could not come out
now stays with us, where it can go to another printer; and afterwards what became of the job. When
the answer to a job is lost, its name, which no other job ever had, tells whether the printer took
it.
Source: RFC 8010, RFC 8011; PWG 5100.13 for ``print-scaling``.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Final

from floorhand.labels import ipp_media
from floorhand.labels.ipp_media import paper_for
from floorhand.labels.ipp_message import (
    Answer,
    Attribute,
    Operation,
    Said,
    Tag,
    write_request,
)
from floorhand.labels.ipp_wire import Lost, Unreached, exchange, read_address
from floorhand.labels.printers import (
    Condition,
    Fate,
    Form,
    InDoubt,
    NotPrinted,
    Rendered,
    Status,
    file_name,
    why,
)
from floorhand.labels.zebra import LOOK

STATUS_S = 2.0
"""How long a printer may take to say how it is."""

SEND_S = 30.0
"""How long it may take to take a whole label."""

FOLLOW_S = 15.0
"""How long a job is followed until it is done."""

HELD_MAX = 2
"""Labels that a printer, or the queue before it, may hold: more stay with us, where they can still
go to another one."""

PAUSE_S = 0.05
PAUSE_MAX_S = 0.5
"""Between two questions what became of a job; the pause doubles."""

TOLD_CHARACTERS_MAX = 200

JOBS_MAX = 100
"""Jobs looked through for one whose answer was lost; it is among the newest."""

TYPES: Final = {
    Form.PDF: ("application/pdf",),
    Form.PNG: ("image/png",),
    Form.ZPL: (
        "application/vnd.zebra-zpl",
        "application/vnd.zebra.zpl",
        "application/vnd.cups-raw",
        "application/octet-stream",
    ),
}
"""What a form of a label is called, best first. What CUPS calls raw reaches the printer untouched
from any of its queues; the last one does so from raw queues only."""

_IDLE, _PROCESSING, _STOPPED = 3, 4, 5
_CANCELED, _ABORTED, _COMPLETED = 7, 8, 9

_REASONS: Final = (
    (Condition.HEAD, ("cover-open", "door-open", "interlock-open")),
    (Condition.PAPER, ("media-empty", "media-needed", "media-jam", "input-tray-missing")),
    (Condition.RIBBON, ("marker-supply-empty", "toner-empty")),
    (Condition.OFFLINE, ("offline", "shutdown", "timed-out")),
    (Condition.PAUSED, ("paused", "moving-to-paused", "hold-new-jobs")),
    (Condition.BUSY, ("spool-area-full",)),
)
"""Reasons of a printer's state that keep a label from coming out."""

_NEVER_BEGUN: Final = (
    "unsupported-document-format",
    "unsupported-compression",
    "document-access-error",
)
"""Reasons for which a printer aborts a job that it has printed nothing of."""

_NOT_SURE: Final = (Said.INTERNAL_ERROR, Said.DEVICE_ERROR, Said.JOB_CANCELED)
"""Answers to a job after which some of it may have been printed all the same."""

_ASKED_OF_PRINTER: Sequence[str] = (
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "queued-job-count",
    "document-format-supported",
    "print-scaling-supported",
    "cups-version",
    *ipp_media.ASKED,
)
_ASKED_OF_JOB: Sequence[str] = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "time-at-processing",
    "job-impressions-completed",
    "job-printer-state-message",
)


class IppPrinter:
    """A printer behind an address such as ``ipp://printer.local/ipp/print``.

    Args:
        uri: ``ipp://`` or, encrypted and with a certificate that this machine trusts, ``ipps://``.
            Without a path it is ``/ipp/print``.
        form: What it takes: ``pdf`` where the printer knows PDF, ``zpl`` for label printers.
        dpi: Its dots per inch.
        follow_s: How long a job is followed until it is done.
        status_s: How long it may take to say how it is.

    Raises:
        BadSetting: If the address is none.
    """

    repeats: Final = False

    def __init__(
        self,
        uri: str,
        form: Form,
        dpi: int,
        *,
        follow_s: float = FOLLOW_S,
        status_s: float = STATUS_S,
    ) -> None:
        self._address = read_address(uri)
        self._form = form
        self._dpi = dpi
        self._follow_s = follow_s
        self._status_s = status_s
        self._asked = 0

    @property
    def takes(self) -> tuple[Form, ...]:
        """The one form of a label that it is sent."""
        return (self._form,)

    @property
    def dpi(self) -> int:
        """Its dots per inch."""
        return self._dpi

    def status(self) -> Status:
        """Ask how it is; never raises."""
        try:
            answer = self._ask_printer()
        except Unreached as error:
            return Status(Condition.OFFLINE, told=self._away(error))
        except Lost as error:
            return Status(Condition.SILENT, told=_silent(error))
        return _status(answer)

    def send(self, label: Rendered) -> Fate:
        """Print a label, and follow it until it is done or `FOLLOW_S` are over.

        A printer that can print nothing now is not given the label: it would come out whenever
        somebody sees to the printer, after another may have printed it.

        Raises:
            NotPrinted: If it was not taken, or was given up before any of it was printed.
            InDoubt: If nobody can know, or it was given up while it was printed.
        """
        printer = self._ready()
        name = f"{file_name(label)}-{uuid.uuid4().hex[:8]}"
        attributes: Sequence[Attribute] = (
            (Tag.NAME, "job-name", name),
            (Tag.MEDIA_TYPE, "document-format", self._type(printer)),
        )
        job: list[Attribute] = []
        if "none" in printer.texts("print-scaling-supported"):
            job = [(Tag.KEYWORD, "print-scaling", "none")]
        if paper := paper_for(printer, self._form, label.forms[self._form], self._dpi):
            job.append((Tag.KEYWORD, "media", paper))
        try:
            answer = self._ask(
                Operation.PRINT_JOB, attributes, job, label.forms[self._form], seconds=SEND_S
            )
        except Unreached as error:
            raise NotPrinted(self._away(error)) from error
        except Lost as error:
            answer = self._find(name, error)
        if not answer.good:
            raise _refusal(answer)
        number = answer.number("job-id")
        return Fate.SENT if number is None else self._follow(number, confirms=_confirms(printer))

    def _ready(self) -> Answer:
        try:
            answer = self._ask_printer()
        except Unreached as error:
            raise NotPrinted(self._away(error)) from error
        except Lost as error:
            raise NotPrinted(_silent(error)) from error
        status = _status(answer)
        if status.condition not in (Condition.READY, Condition.BUSY):
            raise NotPrinted(status.told)
        if not answer.good:
            raise NotPrinted(_told(answer))
        if status.held >= HELD_MAX:
            raise NotPrinted(f"The printer has {status.held} labels waiting.")
        return answer

    def _type(self, printer: Answer) -> str:
        """Choose what the printer calls our form."""
        known = printer.texts("document-format-supported")
        names = TYPES[self._form]
        found = next((name for name in names if name in known), None if known else names[0])
        if found is None:
            form = self._form.upper()
            raise NotPrinted(f"The printer does not take {form}, only: {', '.join(known)}.")
        return found

    def _find(self, name: str, lost: Lost) -> Answer:
        """Look for a job whose answer was lost."""
        for which in ("not-completed", "completed"):
            attributes: Sequence[Attribute] = (
                (Tag.INTEGER, "limit", JOBS_MAX),
                (Tag.KEYWORD, "requested-attributes", _ASKED_OF_JOB),
                (Tag.KEYWORD, "which-jobs", which),
            )
            try:
                answer = self._ask(Operation.GET_JOBS, attributes)
            except (Unreached, Lost):
                break
            for job in answer.jobs():
                if job.text("job-name") == name:
                    return job
        raise InDoubt(f"The label was sent. {_silent(lost)} {LOOK}") from lost

    def _follow(self, number: int, *, confirms: bool) -> Fate:
        """Ask what became of a job that the printer took.

        One that it does not know any more, or does not answer about, stays what it was: taken.
        """
        until = time.monotonic() + self._follow_s
        pause = PAUSE_S
        asked: Sequence[Attribute] = (
            (Tag.INTEGER, "job-id", number),
            (Tag.KEYWORD, "requested-attributes", _ASKED_OF_JOB),
        )
        while True:
            try:
                job = self._ask(Operation.GET_JOB_ATTRIBUTES, asked)
            except (Unreached, Lost):
                return Fate.SENT
            state = job.number("job-state") if job.good else None
            if state in (_CANCELED, _ABORTED):
                raise _given_up(job)
            if state == _COMPLETED:
                if not confirms and (said := _got_rid_of(job)):
                    raise InDoubt(f"CUPS says: {said}. {LOOK}")
                return Fate.CONFIRMED if confirms else Fate.SENT
            if state is None or time.monotonic() + pause > until:
                return Fate.SENT
            time.sleep(pause)
            pause = min(PAUSE_MAX_S, 2 * pause)

    def _away(self, error: OSError) -> str:
        where = self._address.netloc
        return f"The printer at {where} cannot be reached: {why(error)}."

    def _ask_printer(self) -> Answer:
        asked = (Tag.KEYWORD, "requested-attributes", _ASKED_OF_PRINTER)
        return self._ask(Operation.GET_PRINTER_ATTRIBUTES, (asked,))

    def _ask(
        self,
        operation: Operation,
        attributes: Sequence[Attribute],
        job: Sequence[Attribute] = (),
        document: bytes = b"",
        seconds: float = 0.0,
    ) -> Answer:
        """Ask one thing.

        Raises:
            Unreached: If the printer was not asked.
            Lost: If there was no answer, or one that cannot be read.
        """
        self._asked += 1
        attributes = (
            (Tag.URI, "printer-uri", self._address.geturl()),
            *attributes,
            (Tag.NAME, "requesting-user-name", "floorhand"),
        )
        request = write_request(operation, self._asked, attributes, job) + document
        return exchange(self._address, request, seconds or self._status_s)


def _status(answer: Answer) -> Status:
    """Read how a printer says it is."""
    held = max(0, answer.number("queued-job-count") or 0)
    if not answer.good:
        busy = answer.status == Said.BUSY
        return Status(Condition.BUSY if busy else Condition.OFFLINE, held, _told(answer))
    state = answer.number("printer-state")
    reasons = [reason for reason in answer.texts("printer-state-reasons") if reason != "none"]
    message = answer.text("printer-state-message")
    said = ", ".join(reasons) or (message if state != _IDLE else "")
    told = f"The printer says: {said[:TOLD_CHARACTERS_MAX].rstrip('.')}." if said else ""
    accepting = answer.number("printer-is-accepting-jobs") != 0
    condition = _condition(state, reasons)
    if condition is Condition.READY and not accepting:
        condition, told = Condition.PAUSED, told or "The printer takes no jobs."
    return Status(condition, held, told)


def _condition(state: int | None, reasons: Sequence[str]) -> Condition:
    """Judge a printer's state by its reasons.

    While it does not stand still, what it only reports or warns of is no obstacle, and neither is
    that an idle one could not be reached when it was last needed.
    """
    stopped = state == _STOPPED
    grave = {
        reason.removesuffix("-error").removesuffix("-warning").removesuffix("-report")
        for reason in reasons
        if stopped or not reason.endswith(("-warning", "-report")) or reason == "offline-report"
    }
    for condition, names in _REASONS:
        if grave.intersection(names) and (state != _IDLE or condition is not Condition.OFFLINE):
            return condition
    if stopped:
        return Condition.PAUSED
    return Condition.BUSY if state == _PROCESSING else Condition.READY


def _told(answer: Answer) -> str:
    """Say what a printer answered in place of doing as it was asked."""
    said = answer.text("status-message")[:TOLD_CHARACTERS_MAX]
    return f"The printer answered 0x{answer.status:04X}{': ' * bool(said)}{said.rstrip('.')}."


def _silent(error: Lost) -> str:
    return f"The printer gave no answer that can be understood: {why(error)}."


def _refusal(answer: Answer) -> OSError:
    """Make an error of the answer to a job that was not taken."""
    if answer.status in _NOT_SURE:
        return InDoubt(f"{_told(answer)} {LOOK}")
    return NotPrinted("The printer is busy." if answer.status == Said.BUSY else _told(answer))


def _given_up(job: Answer) -> OSError:
    """Make an error of a job that was canceled or aborted."""
    reasons = job.texts("job-state-reasons")
    never_begun = tuple(job.values("time-at-processing")) == (None,)
    named = (", ".join(reasons) or "it says no reason")[:TOLD_CHARACTERS_MAX]
    said = f"The printer gave the label up: {named}."
    if never_begun or set(reasons) & set(_NEVER_BEGUN):
        return NotPrinted(said)
    return InDoubt(f"{said} {LOOK}")


def _got_rid_of(job: Answer) -> str:
    """Say why CUPS could not print a job that it calls completed; empty if it does not say.

    Seen with a printer that refused the document: no page came out, and the last that was heard of
    the printer stayed at the job.
    """
    said = job.text("job-printer-state-message")[:TOLD_CHARACTERS_MAX].rstrip(".")
    return said if job.number("job-impressions-completed") == 0 else ""


def _confirms(printer: Answer) -> bool:
    """Tell whether a job that this printer calls completed is printed.

    CUPS, which stands between us and a printer, calls it so when it has got rid of it: seen with
    a printer that had refused it, and with one behind a socket that printed nothing.
    """
    return not printer.values("cups-version")
