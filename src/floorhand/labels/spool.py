"""The spool: sends waiting labels to their printers, in order, beside the work on the floor.

Each printer is fed by a thread of its own, so that one that is down holds up no other. Of all
terminals and services one alone sends the labels of a site (`floorhand.store.single`); when it
ends, however, the next one goes on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.labels.addresses import books_of, printers_at
from floorhand.labels.feeding import Clock, Feeder, Service, TurnLost, feed_next
from floorhand.labels.printers import NotPrinted, Printers
from floorhand.store.db import Transactions
from floorhand.store.print_queue import name_missing, printers_waited_for, take_up
from floorhand.store.printers import forget_conditions, printers_of
from floorhand.store.single import Hold, is_held, note_stuck, single

POLL_S = 2.0
"""How often a spool that waits for its turn, or for the database, tries again; and how often one
at work reads which printers there are."""

ALERT_S = 10.0
"""How long a spool looks often for labels of others, after there was something new."""

SLEEPY_LOOK_S = 0.25
"""How often it looks at most when nobody has worked that long; a look takes 0.05 ms of a processor.
Its own terminal wakes it at once."""

PRINTERS_MAX = 200

_log = logging.getLogger(__name__)


def send_all(
    transactions: Transactions,
    site: str,
    printers: Printers,
    clock: Clock,
    paused: frozenset[str] = frozenset(),
) -> int:
    """Send all that may be sent now, printer by printer; gives how many were tried.

    Nothing is sent where a terminal or a service does it, nor to printers that are paused.
    """
    tried = 0
    with single(transactions, site, clock()) as hold:
        if hold is None:
            return 0
        service = Service(transactions, site, hold.epoch, clock)
        _take_up(service, printers)
        with transactions.begin() as tx:
            waited_for = printers_waited_for(tx, site, clock())
            name_missing(tx, site, list(printers))
        for name in sorted(set(waited_for) & set(printers) - paused):
            tried += _send_all_of(service, printers, name)
    return tried


def _send_all_of(service: Service, printers: Printers, name: str) -> int:
    tried = 0
    try:
        while feed_next(service, name, printers[name]) is not None:
            tried += 1
    except NotPrinted:
        tried += 1
    except TurnLost:
        _log.info("%s: another program sends the labels now", name)
    return tried


def _take_up(service: Service, printers: Printers) -> None:
    """Decide about what another spool has left in the middle."""
    repeating = [name for name, printer in printers.items() if printer.repeats]
    with service.transactions.begin() as tx:
        left = take_up(tx, service.site, repeating, service.clock())
    if left:
        _log.info("labels left in the middle by a program that ended: %d", left)


class Spool(threading.Thread):
    """The spool as a thread of a terminal or a service. Start it with `start_spool`.

    Args:
        transactions: The database.
        site: Whose labels.
        printers: Tells which printers there are, whenever it is asked, and which of them are
            paused.
        stop: Set it to end the thread, or call `stop`.
        clock: Tells the time; aware.
    """

    def __init__(
        self,
        transactions: Transactions,
        site: str,
        printers: Callable[[], tuple[Printers, frozenset[str]]],
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
        self._feeders: dict[str, Feeder] = {}
        self._patience_s = POLL_S
        self._sends: bool | None = None
        self._said_stuck = False
        self.tried = threading.Event()
        """Set once it has tried to send: what the database tells of printers is not of before."""
        self.away = ""
        """Why the last look at the database failed; empty while all is well."""

    def wake(self) -> None:
        """Look for labels now: one was just asked for."""
        self._woken.set()

    def stop(self, wait_s: float = POLL_S) -> None:
        """Finish the labels in hand, for so long, and end."""
        self._patience_s = wait_s
        self._stop_asked.set()
        self._woken.set()
        self.join(wait_s)

    def run(self) -> None:
        """Send labels until told to stop, whenever it is this spool's turn."""
        while not self._stop_asked.is_set():
            try:
                with single(self._transactions, self._site, self._clock()) as hold:
                    self.away = ""
                    self._tell_turn(mine=hold is not None)
                    if hold is not None:
                        self._serve(hold)
                    self.tried.set()
            except DatabaseAway as error:
                self._tell_away(error)
            except DatabaseUnusable as error:
                self._tell_away(error)
                self._tell_stuck(str(error))
            # Nobody wakes one whose turn it is not: it would ask in vain.
            self._stop_asked.wait(POLL_S)

    def _tell_away(self, error: Exception) -> None:
        """Say that labels wait in the database; there is nothing to do but to look again."""
        if not self.away:
            _log.warning("spool: labels wait for the database: %s", error)
        self.away = str(error)

    def _tell_stuck(self, why: str) -> None:
        """Say in the database that labels wait because nobody can send them.

        Where it cannot be known whether somebody does, that is said once: who does takes it back.
        """
        with suppress(DatabaseAway, DatabaseUnusable):
            held = is_held(self._transactions, self._site)
            if held is False or (held is None and not self._said_stuck):
                note_stuck(self._transactions, self._site, why)
                self._said_stuck = True
            self.tried.set()

    def _tell_turn(self, *, mine: bool) -> None:
        """Say whose turn it is, whenever that changes."""
        if mine is not self._sends:
            what = "sending the labels of %s" if mine else "another program sends the labels of %s"
            _log.info(what, self._site)
            self._sends = mine

    def _rest(self, at_most_s: float) -> bool:
        """Wait until somebody wakes it; say whether somebody did."""
        woken = self._woken.wait(at_most_s)
        self._woken.clear()
        return woken

    def _serve(self, hold: Hold) -> None:
        service = Service(self._transactions, self._site, hold.epoch, self._clock)
        _take_up(service, self._printers()[0])  # before anybody begins a label
        with self._transactions.begin() as tx:
            forget_conditions(tx, self._site)
        self.tried.set()
        hold.listen(self.wake)
        woken, stale, due, alert_until = False, True, 0.0, 0.0
        try:
            while not (self._stop_asked.is_set() or self._turn_is_lost()):
                written = hold.has_news()
                news = written or woken
                stale = stale or news
                now, found, missed = time.monotonic(), False, False
                try:
                    with hold.watched():
                        if stale and now >= due:  # where nobody writes there is nothing new
                            due = now + POLL_S
                            if not hold.is_mine():
                                return
                            self._look_around(service)
                            stale, self.away = False, ""
                        if news:
                            found = self._wake_feeders(service)
                except (DatabaseAway, DatabaseUnusable) as error:
                    # The feeders stay: they may know of labels what the database does not yet.
                    self._tell_away(error)
                    stale = missed = True
                if woken or found or (written and hold.knows_news):
                    alert_until = now + ALERT_S
                sleepy = max(hold.look_every_s, SLEEPY_LOOK_S)
                woken = self._rest(hold.look_every_s if now < alert_until else sleepy)
                woken = woken or missed
        finally:
            self._send_home()

    def _turn_is_lost(self) -> bool:
        """Say whether a feeder has found another spool at work."""
        return any(feeder.lost_turn for feeder in self._feeders.values())

    def _look_around(self, service: Service) -> None:
        """See which printers there are now, and have each fed."""
        note_stuck(service.transactions, service.site, "")
        printers, paused = self._printers()
        for name, feeder in list(self._feeders.items()):
            if not (name in printers and feeder.feeds(printers[name]) and feeder.is_alive()):
                self._feeders.pop(name).stop()
        for name, printer in list(printers.items())[:PRINTERS_MAX]:
            if name not in self._feeders:
                self._feeders[name] = Feeder(service, name, printer)
                self._feeders[name].start()
                _log.info("%s: fed from here", name)
            self._feeders[name].paused = name in paused

    def _wake_feeders(self, service: Service) -> bool:
        """Wake those for whose printers a label waits; say whether there was one."""
        with service.transactions.begin() as tx:
            waited_for = printers_waited_for(tx, service.site, service.clock())
        for name in waited_for:
            if name in self._feeders:
                self._feeders[name].wake()
        if set(waited_for) - self._feeders.keys():
            with service.transactions.begin() as tx:
                name_missing(tx, service.site, list(self._feeders))
        return bool(waited_for)

    def _send_home(self) -> None:
        feeders, self._feeders = list(self._feeders.values()), {}
        for feeder in feeders:
            feeder.stop()
        until = time.monotonic() + self._patience_s
        for feeder in feeders:
            feeder.join(max(0.0, until - time.monotonic()))


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
    roster = Roster(transactions, site, folder)
    spool = Spool(transactions, site, roster, stop, clock)
    spool.start()
    return spool


class Roster:
    """The printers that the books name; those that did not change stay the same objects."""

    def __init__(self, transactions: Transactions, site: str, folder: Path) -> None:
        self._transactions = transactions
        self._site = site
        self._folder = folder
        self._known: tuple[tuple[str, str, int], ...] | None = None
        self._printers: Printers = {}

    def __call__(self) -> tuple[Printers, frozenset[str]]:
        """Read them, and which of them are paused."""
        with self._transactions.begin() as tx:
            infos = printers_of(tx, self._site)
        known = tuple((info.code, info.address, info.dpi) for info in infos)
        if known != self._known:
            self._known, self._printers = (
                known,
                printers_at(infos, self._folder, books_of(self._transactions)),
            )
        return self._printers, frozenset(info.code for info in infos if info.paused)
