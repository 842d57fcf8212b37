"""The spool: sends waiting labels to their printers, in order, beside the work on the floor.

No transaction is open while a label is drawn or a printer is talked to. A label is *sent* when the
printer took all of it; a spool that dies between that and the mark sends it once more when its
lease has run out: twice at most, never not at all.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from floorhand.errors import BadFile, BadLabel, DatabaseAway, DatabaseUnusable
from floorhand.labels.printers import FolderPrinter, Printers, why
from floorhand.store.db import Transactions
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.print_jobs import (
    Job,
    LabelTroubles,
    mark_failed,
    mark_sent,
    report_label,
    take_job,
)

POLL_S = 2.0
"""How long a label waits at most if nobody wakes the spool."""

LEASE = timedelta(seconds=30)
"""How long sending one label may take before another spool may send it."""

ADDRESS = "ship_to"
"""The element of a label that says where a parcel goes."""

WARNING = "ADDRESS NOT READABLE"
"""Printed beside an address that no font here can show, for who has the label in hand."""

TRIES_MAX = 20
BACK_OFF_MAX_S = 60

Clock = Callable[[], datetime]

_log = logging.getLogger(__name__)


def send_next(
    transactions: Transactions, site: str, printers: Printers, clock: Clock
) -> Job | None:
    """Send the oldest waiting label; None if there is none that may be sent now.

    Whatever keeps it from being sent is recorded on the job, where benches and supervisors see it.

    Raises:
        DatabaseAway: If the database did not answer; the label stays waiting.
    """
    with transactions.begin() as tx:
        job = take_job(tx, site, clock(), LEASE)
    if job is None:
        return None
    try:
        note, troubles = _send(job, printers)
    except (BadLabel, BadFile) as error:
        # Another try would fail the same way: somebody has to look.
        with transactions.begin() as tx:
            mark_failed(tx, site, job.id, str(error), None)
    except OSError as error:
        with transactions.begin() as tx:
            mark_failed(tx, site, job.id, why(error), _again_at(job, clock()))
    else:
        with transactions.begin() as tx:
            mark_sent(tx, site, job.id, clock(), note)
            report_label(tx, site, job, clock(), troubles)
    return job


def send_all(transactions: Transactions, site: str, printers: Printers, clock: Clock) -> int:
    """Send all that may be sent now; gives how many were tried."""
    tried = 0
    while send_next(transactions, site, printers, clock) is not None:
        tried += 1
    return tried


def _send(job: Job, printers: Printers) -> tuple[str, LabelTroubles]:
    """Print a label; give what is to be noted of it and what a supervisor must know."""
    printer = printers.get(job.printer)
    if printer is None:
        known = ", ".join(sorted(printers))
        raise OSError(f"there is no printer {job.printer!a} here, only: {known}")
    # Drawing is slow to import, and a terminal that starts must not wait for it.
    from floorhand.labels.render import lay_out_named, render

    data = {**job.data, "copy": job.copy_no} if job.copy_no > 1 else job.data
    layout = lay_out_named(job.template, data)
    troubles: dict[str, dict[str, str]] = {}
    if letters := layout.unreadable(ADDRESS):
        troubles["address_unprintable"] = {"letters": letters}
        layout = lay_out_named(job.template, {**data, "warning": WARNING})
    if ADDRESS in layout.shortened:
        troubles["address_shortened"] = {}
    printer.send(render(layout, job.number, job.subject, printer.takes))
    return layout.note(), troubles


def _again_at(job: Job, now: datetime) -> datetime | None:
    if job.tries >= TRIES_MAX:
        return None
    return now + timedelta(seconds=min(BACK_OFF_MAX_S, 2 ** min(job.tries, 10)))


class Spool(threading.Thread):
    """The spool as a thread of a terminal. Start it with `start_spool`."""

    def __init__(
        self,
        transactions: Transactions,
        site: str,
        printers: Printers,
        stop: threading.Event,
        clock: Clock,
    ) -> None:
        super().__init__(name="floorhand-spool", daemon=True)
        self._transactions = transactions
        self._site = site
        self._printers = printers
        self._stop_asked = stop
        self._clock = clock
        self._woken = threading.Event()
        self.away = ""
        """Why the last look at the database failed; empty while all is well."""

    def wake(self) -> None:
        """Look for labels now: one was just asked for."""
        self._woken.set()

    def stop(self, wait_s: float = POLL_S) -> None:
        """Finish the label in hand and end."""
        self._stop_asked.set()
        self._woken.set()
        self.join(wait_s)

    def run(self) -> None:
        """Send labels until told to stop."""
        while not self._stop_asked.is_set():
            self._woken.clear()
            self._look()
            self._woken.wait(POLL_S)

    def _look(self) -> None:
        try:
            while not self._stop_asked.is_set():
                if send_next(self._transactions, self._site, self._printers, self._clock) is None:
                    break
            self.away = ""
        except (DatabaseAway, DatabaseUnusable) as error:
            # Labels wait in the database; there is nothing to do but to look again.
            if not self.away:
                _log.warning("spool: the database did not answer: %s", error)
            self.away = str(error)


def start_spool(
    transactions: Transactions,
    site: str,
    folder: Path,
    stop: threading.Event,
    clock: Clock,
) -> Spool:
    """Start sending labels in a thread of its own.

    Args:
        transactions: The database.
        site: Whose labels.
        folder: Where the embedded printer writes.
        stop: Set it to end the thread, or call `Spool.stop`.
        clock: Tells the time; aware.

    Returns:
        The running spool; call its ``wake()`` after a scan, so that labels come at once.
    """
    printers: Printers = {DEFAULT_PRINTER: FolderPrinter(folder)}
    spool = Spool(transactions, site, printers, stop, clock)
    spool.start()
    return spool
