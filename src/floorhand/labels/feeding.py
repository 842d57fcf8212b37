"""Feed one printer: its labels, one after the other, and what became of each.

No transaction is open while a label is drawn or a printer is talked to.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from floorhand.errors import BadFile, BadLabel, DatabaseAway, DatabaseUnusable, FloorhandError
from floorhand.labels.addresses import own_templates
from floorhand.labels.printers import (
    ABLE,
    IN_WORDS,
    Condition,
    Fate,
    FolderPrinter,
    Form,
    InDoubt,
    NotPrinted,
    Printer,
    Rendered,
    Status,
    why,
)
from floorhand.store.carrier_labels import label_of
from floorhand.store.db import Transactions
from floorhand.store.masters import site_rules
from floorhand.store.print_queue import (
    BACK_OFF_MAX,
    Job,
    LabelTroubles,
    begin_sending,
    kept_forms,
    make_due,
    mark_doubt,
    mark_failed,
    mark_sent,
    mark_waiting,
    next_job,
    report_label,
    spool_epoch,
)
from floorhand.store.printers import note_condition

ADDRESS = "ship_to"
"""The element of a label that says where a parcel goes."""

SHIPPING = "shipping"
"""The template of the label in whose place a carrier's goes."""

WARNING = "address"
"""The warning (``label.warning.address``) that is printed beside an address that no font here can
show, for who has the label in hand."""

ASK_EVERY_S = 5.0
"""How often a printer is asked how it is, while it has nothing to print or cannot."""

TIDY_EVERY_S = 600.0
"""How often what killed programs have left in a printer's folder is looked for."""

NOTE_AGAIN_S = 0.5
"""How soon it is tried again to note what became of a label."""

Clock = Callable[[], datetime]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """Who sends the labels of a site: which database and site, since which change of hands."""

    transactions: Transactions
    site: str
    epoch: int
    clock: Clock

    @property
    def own_templates(self) -> Path:
        """Where the site has label templates of its own."""
        return own_templates(self.transactions)


class TurnLost(FloorhandError):
    """Another spool sends the labels of the site now: this one has to end."""


def feed_next(service: Service, name: str, printer: Printer) -> Job | None:
    """Send the label that is next for a printer; None if none is to be sent now.

    Whatever keeps it from being sent is recorded on the job, where benches and supervisors see it.

    Raises:
        NotPrinted: If it was not taken; it waits.
        TurnLost: If another spool sends the labels of the site now.
        DatabaseAway: If the database did not answer before the label was begun.
    """
    begin, site = service.transactions.begin, service.site
    with begin() as tx:
        job = next_job(tx, site, name, service.clock())
        if job is None:
            return None
        kept = kept_forms(tx, site, job.id, printer.dpi)
        brought = _brought(tx, site, job)
        language = site_rules(tx, site).language
    try:
        known = {Form(form): content for form, content in kept.items()}
        if brought is None:
            drawn = _drawn(job, printer, known, language, service.own_templates)
        else:
            drawn = _passed_on(job, printer, known, brought, service.own_templates)
    except (BadLabel, BadFile) as error:
        # Another try would fail the same way: somebody has to look.
        with begin() as tx:
            mark_failed(tx, site, job.id, service.clock(), str(error))
        _log.info("%s: %s cannot be made: %s", name, _named(job), error)
        return job
    fresh = {str(form): content for form, content in drawn.forms.items() if form not in kept}
    with begin() as tx:
        number = begin_sending(tx, site, job, service.epoch, printer.dpi, fresh, service.clock())
        if not number and spool_epoch(tx, site) != service.epoch:
            raise TurnLost
    if number:
        taken = replace(job, number=number, tries=job.tries + 1)
        _send(service, taken, printer, drawn)
    return job


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A label in all forms that its printer takes; what to note of it, what must be told."""

    forms: Mapping[Form, bytes]
    note: str = ""
    troubles: LabelTroubles = field(default_factory=dict)
    scripts: LabelTroubles = field(default_factory=dict)


def _drawn(
    job: Job, printer: Printer, kept: Mapping[Form, bytes], language: str, own: Path
) -> _Drawn:
    # Drawing is slow to import, and a terminal that starts must not wait for it.
    from floorhand.labels.render import draw, lay_out_named
    from floorhand.labels.scripts import advice, lacking

    data = {**job.data, "copy": job.copy_no} if job.copy_no > 1 else job.data
    layout = lay_out_named(job.template, data, printer.dpi, language, own)
    troubles: dict[str, dict[str, str]] = {}
    if letters := layout.unreadable(ADDRESS):
        troubles["address_unprintable"] = {"letters": letters}
        warned = {**data, "warning": WARNING}
        layout = lay_out_named(job.template, warned, printer.dpi, language, own)
    if ADDRESS in layout.shortened:
        troubles["address_shortened"] = {}
    forms = {form: kept[form] if form in kept else draw(layout, form) for form in printer.takes}
    note = "; ".join(filter(None, (layout.note(), *advice(layout.missing))))
    return _Drawn(forms, note, troubles, lacking(layout.said))


def _brought(tx: Session, site: str, job: Job) -> bytes | None:
    """Give the carrier's label of a parcel, if its order brought one."""
    return label_of(tx, site, job.subject) if job.template == SHIPPING else None


def _passed_on(
    job: Job, printer: Printer, kept: Mapping[Form, bytes], content: bytes, own: Path
) -> _Drawn:
    """Make a carrier's label ready for a printer, in the forms that there can be of it."""
    from floorhand.labels.carrier import read_label, render_carrier
    from floorhand.labels.render import known_template

    ours = known_template(SHIPPING, own=own)
    size_mm = (ours.width_mm, ours.height_mm)
    label = read_label(content)
    made = render_carrier(label, job.number, job.subject, printer.takes, printer.dpi, size_mm)
    return _Drawn({form: kept.get(form, drawn) for form, drawn in made.forms.items()})


def _send(service: Service, job: Job, printer: Printer, drawn: _Drawn) -> None:
    site, clock = service.site, service.clock
    try:
        fate = printer.send(Rendered(job.number, job.template, job.subject, drawn.forms))
    except InDoubt as error:
        told = why(error)
        _note(service, lambda tx: mark_doubt(tx, site, job.id, clock(), told))
        _log.info("%s: %s is in doubt: %s", job.printer, _named(job), told)
    except NotPrinted as error:
        told, pause = why(error), _back_off(job)
        _note(service, lambda tx: mark_waiting(tx, site, job.id, told, clock() + pause))
        _log.info("%s: %s waits: %s", job.printer, _named(job), told)
        raise
    else:
        confirmed = fate is Fate.CONFIRMED
        _note(service, lambda tx: _mark_out(tx, service, job, drawn, confirmed=confirmed))
        how = "printed" if confirmed else "sent"
        note = f", but {drawn.note}" if drawn.note else ""
        _log.info("%s: %s is %s%s", job.printer, _named(job), how, note)


def _mark_out(tx: Session, service: Service, job: Job, drawn: _Drawn, *, confirmed: bool) -> None:
    now = service.clock()
    mark_sent(tx, service.site, job.id, now, drawn.note, confirmed=confirmed)
    report_label(tx, service.site, job, now, drawn.troubles, drawn.scripts)


def _note(service: Service, mark: Callable[[Session], None]) -> None:
    """Write down what became of a label, however long the database is away.

    Nobody but this program knows it, so it tries until it ends, and sends nothing before. Whoever
    sends labels after it finds this one in the middle, and has somebody look.
    """
    told = ""
    while True:
        try:
            with service.transactions.begin() as tx:
                mark(tx)
        except (DatabaseAway, DatabaseUnusable) as error:
            if not told:
                _log.warning("what became of a label cannot be noted yet: %s", error)
            told = str(error)
            time.sleep(NOTE_AGAIN_S)
        else:
            return


def _named(job: Job) -> str:
    """Name a label as `floorhand printers jobs` does."""
    number = f" {job.number}" if job.number else ""
    copy = f" R{job.copy_no}" if job.copy_no > 1 else ""
    return f"label{number} ({job.template}{copy} {job.subject})"


def _back_off(job: Job) -> timedelta:
    return min(BACK_OFF_MAX, timedelta(seconds=2 ** min(job.tries, 10)))


class Feeder(threading.Thread):
    """Feeds one printer as long as its spool goes on.

    A printer that says that it cannot is not tried: it is asked again until it can.
    """

    def __init__(self, service: Service, name: str, printer: Printer) -> None:
        super().__init__(name=f"floorhand-printer-{name}", daemon=True)
        self._service = service
        self._printer = printer
        self._code = name
        self._stopped = threading.Event()
        self._woken = threading.Event()
        self._noted: tuple[str, str] | None = None
        self._ask_at = self._tidy_at = 0.0
        self._able = False
        self._refused = ""
        """Why it did not take the last label, though it says that it is well."""
        self.paused = False
        self.lost_turn = False
        """Whether another spool sends the labels of the site now."""
        self.away = ""
        """Why the database could not be asked; empty while all is well."""

    def feeds(self, printer: Printer) -> bool:
        """Say whether it is this printer that it feeds."""
        return printer is self._printer

    def wake(self) -> None:
        """Look for labels now."""
        self._woken.set()

    def stop(self) -> None:
        """Finish the label in hand and end."""
        self._stopped.set()
        self._woken.set()

    def run(self) -> None:
        """Feed the printer until told to stop."""
        while not self._stopped.is_set():
            try:
                self._tidy()
                self._feed()
                self.away = ""
            except TurnLost:
                self.lost_turn = True
                return
            except (DatabaseAway, DatabaseUnusable) as error:
                # Labels wait in the database; there is nothing to do but to look again.
                if not self.away:
                    _log.warning("spool: the database did not answer: %s", error)
                self.away = str(error)
            self._woken.wait(ASK_EVERY_S)
            self._woken.clear()  # before it is seen whether to stop

    def _feed(self) -> None:
        if time.monotonic() >= self._ask_at and not self._can_print():
            return
        while not (self._stopped.is_set() or self.paused):
            try:
                if feed_next(self._service, self._code, self._printer) is None:
                    return
            except NotPrinted as error:
                self._refused = why(error)
                self._can_print()
                return
            if self._refused:
                self._refused = ""
                self._can_print()

    def _can_print(self) -> bool:
        """Ask the printer how it is, and note what is new; one that is well is trusted a while.

        What waits for one that is well again need not wait any longer.
        """
        status = self._printer.status()
        able = status.condition in ABLE
        if status.condition is not Condition.READY:
            self._refused = ""  # it says itself what keeps it
        elif self._refused:
            status = Status(Condition.REFUSES, told=self._refused)
        told = (str(status.condition), status.told)
        if told != self._noted:
            with self._service.transactions.begin() as tx:
                note_condition(tx, self._service.site, self._code, *told, self._service.clock())
                if able and not self._able:
                    make_due(tx, self._service.site, self._code)
            self._noted, in_words = told, IN_WORDS[status.condition]
            _log.info("%s: %s", self._code, ". ".join(filter(None, (in_words, status.told))))
        self._able = able
        self._ask_at = time.monotonic() + ASK_EVERY_S if able else 0.0
        return able

    def _tidy(self) -> None:
        if isinstance(self._printer, FolderPrinter) and time.monotonic() >= self._tidy_at:
            self._printer.clear_unfinished()
            self._tidy_at = time.monotonic() + TIDY_EVERY_S
