"""The spool's side of print jobs: what is next for a printer, and what became of it.

A job is marked as ``sending`` before its first byte goes out, together with the bytes themselves.
So whoever comes after a spool that died knows which labels may have come out, and sends no other
bytes than those that may lie at the printer already.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Integer, TableClause, bindparam, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from floorhand.domain.labels import LabelData
from floorhand.store.asking import among, ask, ask_each
from floorhand.store.ledger import OFFICE, Cause
from floorhand.store.places import next_number
from floorhand.store.schema import Parcel, PrintForm, PrintJob, Spooler
from floorhand.store.tasks import close_trouble, is_told, trouble
from floorhand.store.was import keep

ERROR_CHARACTERS_MAX = 500

BACK_OFF_MAX: Final = timedelta(minutes=1)
"""No label waits longer after a failure. One that is to wait longer was marked by a clock that was
ahead, and is due."""

NOT_NOTED: Final = "what became of it was not noted: its spool ended, or lost the database"

LabelTroubles = Mapping[str, Mapping[str, str]]
"""What is wrong with a printed label: kinds of trouble, or scripts, with the facts of each."""

LETTERS_MISSING: Final = "letters_missing"
"""The kind of trouble with a script that no font has, where labels are drawn."""


@dataclass(frozen=True, slots=True)
class Job:
    """A print job that is to be sent."""

    id: str
    number: int
    printer: str
    template: str
    subject: str
    data: LabelData
    copy_no: int
    tries: int


_JOB = cast(TableClause, PrintJob.__table__)
_FORM = cast(TableClause, PrintForm.__table__)
_SPOOLER = cast(TableClause, Spooler.__table__)
_WAITING = (_JOB.c.site == bindparam("site")) & among(_JOB.c.state, "waiting")
_ONE = (_JOB.c.site == bindparam("at_site")) & (_JOB.c.id == bindparam("at_job"))

OF_RUN: Final = (func.substr(_JOB.c.id, 1, len(OFFICE) + 1) == f"{OFFICE}:") & (_JOB.c.reason == "")
"""Labels that an office has printed: nobody stands at the printer and waits for them, as somebody
does for a copy."""

_PRINTERS = (
    select(_JOB.c.printer)
    .where(
        _WAITING,
        or_(
            _JOB.c.not_before.is_(None),
            _JOB.c.not_before <= bindparam("now"),
            _JOB.c.not_before > bindparam("at_most", type_=_JOB.c.not_before.type),
        ),
    )
    .distinct()
)
_WAITS = select(
    _JOB.c.id,
    _JOB.c.number,
    _JOB.c.printer,
    _JOB.c.template,
    _JOB.c.subject,
    _JOB.c.data,
    _JOB.c.copy_no,
    _JOB.c.tries,
    _JOB.c.not_before,
).where(_WAITING, _JOB.c.printer == bindparam("printer"))
_OPERATION = func.rtrim(_JOB.c.id, "0123456789")
"""The id of a label without its number in the scan that asked for it."""

_IN_SCAN_ORDER = (func.length(_OPERATION), _OPERATION, func.length(_JOB.c.id), _JOB.c.id)
"""The order of the labels of one seat: a clock can be put back, the number of a scan cannot."""

_OLDEST = _WAITS.order_by(case((OF_RUN, 1), else_=0), _JOB.c.created_at, *_IN_SCAN_ORDER).limit(1)
_FIRST_OF_SEAT = (
    _WAITS.where(func.substr(_JOB.c.id, 1, func.length(bindparam("seat"))) == bindparam("seat"))
    .order_by(*_IN_SCAN_ORDER)
    .limit(1)
)
_BEGIN = (
    update(_JOB)
    .where(
        _ONE,
        _JOB.c.state == "waiting",
        select(_SPOOLER.c.epoch)
        .where(_SPOOLER.c.site == bindparam("at_site"))
        .scalar_subquery()
        .is_not_distinct_from(bindparam("epoch")),
    )
    .values(
        state="sending",
        number=bindparam("number"),
        tries=_JOB.c.tries + 1,
        begun_at=bindparam("now"),
        error="",
    )
)
_EPOCH = select(_SPOOLER.c.epoch).where(_SPOOLER.c.site == bindparam("site"))
_KEPT = select(_FORM.c.form, _FORM.c.content).where(
    _FORM.c.site == bindparam("site"),
    _FORM.c.job == bindparam("job"),
    _FORM.c.dpi.in_((0, bindparam("dpi", type_=Integer))),
)
_KEEP = insert(_FORM)


def printers_waited_for(tx: Session, site: str, now: datetime) -> list[str]:
    """Name the printers that have a label to send now."""
    return ask(tx, _PRINTERS, site=site, now=now, at_most=now + BACK_OFF_MAX).scalars()


def next_job(tx: Session, site: str, printer: str, now: datetime) -> Job | None:
    """Give the label that a printer gets next; None if there is none to be sent now.

    Those that somebody waits for come before those of a run from the office. Within both the order
    is kept: while the first label waits after a failure, the others wait, too. Labels of different
    seats come by the clock, those of one by the order in which they were asked for.
    """
    row = ask(tx, _OLDEST, site=site, printer=printer).one_or_none()
    seat = row.id.rpartition(":")[0] if row is not None else ""
    if seat not in ("", OFFICE):
        row = ask(tx, _FIRST_OF_SEAT, site=site, printer=printer, seat=f"{seat}:").one()
    if row is None or (row.not_before and now < row.not_before <= now + BACK_OFF_MAX):
        return None
    found: dict[str, Any] = {**row._asdict(), "data": json.loads(row.data)}
    del found["not_before"]
    return Job(**found)


def kept_forms(tx: Session, site: str, job: str, dpi: int) -> dict[str, bytes]:
    """Give what was drawn of a label before, for printers of this resolution, by its form."""
    return {row.form: row.content for row in ask(tx, _KEPT, site=site, job=job, dpi=dpi)}


def spool_epoch(tx: Session, site: str) -> int:
    """Give the number of the spool that took up the labels of a site last."""
    return ask(tx, _EPOCH, site=site).scalar() or 0


def begin_sending(
    tx: Session,
    site: str,
    job: Job,
    epoch: int,
    dpi: int,
    forms: Mapping[str, bytes],
    now: datetime,
) -> int:
    """Mark that the bytes of a label may go out from now on, and keep those.

    Args:
        tx: Open transaction; nothing may be sent before it is committed.
        site: Whose label.
        job: Which one.
        epoch: The number of the spool that sends it.
        dpi: What they were drawn for.
        forms: Those that are not kept yet.
        now: The moment.

    Returns:
        The number of the label; 0 if it must not be sent: somebody has voided or rerouted it, or
        another spool sends labels now.
    """
    number = job.number or next_number(tx, site, "print_job")
    begun = ask(tx, _BEGIN, at_site=site, at_job=job.id, epoch=epoch, number=number, now=now)
    if begun.rowcount != 1:
        return 0
    rows = [
        {"site": site, "job": job.id, "form": form, "dpi": dpi, "content": content}
        for form, content in forms.items()
    ]
    ask_each(tx, _KEEP, rows)
    return number


def mark_sent(
    tx: Session, site: str, job: str, now: datetime, note: str = "", *, confirmed: bool = False
) -> None:
    """Record that the printer took the whole label; ``note`` says what could not be shown.

    One that was in doubt is not any more: who sent it knows it better than who came after.
    """
    values: dict[str, object] = {"state": "sent", "sent_at": now, "error": note, "not_before": None}
    if confirmed:
        values |= {"state": "confirmed", "confirmed_at": now}
    _keep(tx, site, job, now)
    _mark(tx, site, job, ("sending", "doubt"), values)


def mark_waiting(tx: Session, site: str, job: str, error: str, again_at: datetime | None) -> None:
    """Record why nothing of a label went out; it is sent again.

    One that was in doubt is not any more: who sent it knows it better than who came after.
    """
    values = {"state": "waiting", "error": error[:ERROR_CHARACTERS_MAX], "not_before": again_at}
    _mark(tx, site, job, ("waiting", "sending", "doubt"), values)


def make_due(tx: Session, site: str, printer: str) -> None:
    """Let what waits at a printer after a failure be sent now."""
    later = (PrintJob.printer == printer, PrintJob.not_before.is_not(None))
    waiting = (PrintJob.site == site, among(PrintJob.state, "waiting"), *later)
    tx.execute(update(PrintJob).where(*waiting).values(not_before=None))


def mark_failed(tx: Session, site: str, job: str, now: datetime, error: str) -> None:
    """Record why a label can never be made."""
    values = {"state": "failed", "error": error[:ERROR_CHARACTERS_MAX], "not_before": None}
    keep(tx, "print_job", now, PrintJob.site == site, PrintJob.id == job)
    _mark(tx, site, job, ("waiting", "sending"), values)


def mark_doubt(tx: Session, site: str, job: str, now: datetime, error: str) -> None:
    """Record that a label may have come out or not: somebody has to look."""
    values = {"state": "doubt", "error": error[:ERROR_CHARACTERS_MAX], "sent_at": now}
    _keep(tx, site, job, now)
    _mark(tx, site, job, ("sending", "doubt"), values)


def take_up(tx: Session, site: str, repeating: Collection[str], now: datetime) -> int:
    """Decide about labels that a spool has left in the middle; give how many there were.

    Args:
        tx: Open transaction.
        site: Whose labels.
        repeating: Printers at which a label that is sent again is there once.
        now: The moment.
    """
    left = (PrintJob.site == site, among(PrintJob.state, "sending"))
    again = update(PrintJob).where(*left, PrintJob.printer.in_(repeating))
    doubt = update(PrintJob).where(*left, PrintJob.printer.not_in(repeating))
    values = {"state": "doubt", "error": NOT_NOTED, "sent_at": now}
    keep(tx, "print_job", now, *left, PrintJob.sent_at.is_not(None))
    taken_up = [
        *tx.execute(again.values(state="waiting", not_before=None).returning(PrintJob.id)),
        *tx.execute(doubt.values(values).returning(PrintJob.id)),
    ]
    return len(taken_up)


def name_missing(tx: Session, site: str, known: Collection[str]) -> None:
    """Say on labels of printers that are not there which ones there are."""
    waiting = (
        PrintJob.site == site,
        among(PrintJob.state, "waiting"),
        PrintJob.printer.not_in(known),
    )
    names = select(PrintJob.printer).where(*waiting).distinct()
    for name in tx.scalars(names).all():
        error = f"there is no printer {name!a} here, only: {', '.join(sorted(known))}"
        told = (PrintJob.printer == name, PrintJob.error != error)
        tx.execute(update(PrintJob).where(*waiting, *told).values(error=error))


def report_label(
    tx: Session,
    site: str,
    job: Job,
    now: datetime,
    troubles: LabelTroubles,
    scripts: LabelTroubles,
) -> None:
    """Tell supervisors what is wrong with a label that came out, naming the order.

    A reprint that is no better is not told again while somebody still has to look at the first.
    ``scripts`` are those of its text: one without facts was printed whole, and is no trouble more.
    """
    cause = Cause(site, job.id, "", "", "", now)
    for kind, facts in troubles.items():
        if not is_told(tx, site, kind, job.subject):
            merchant, order = tx.execute(
                select(Parcel.merchant, Parcel.order).where(
                    Parcel.site == site, Parcel.carton == job.subject
                )
            ).first() or ("", str(job.data.get("order", "")))
            trouble(tx, cause, kind, job.subject, merchant, order=order, **facts)
    for script, facts in scripts.items():
        if not facts:
            close_trouble(tx, cause, LETTERS_MISSING, script)
        elif not is_told(tx, site, LETTERS_MISSING, script):
            first = {"template": job.template, "label": job.subject}
            trouble(tx, cause, LETTERS_MISSING, script, **facts, **first)


def _keep(tx: Session, site: str, job: str, now: datetime) -> None:
    """Keep when a label was out before, or may have been, and comes out again."""
    this = (PrintJob.site == site, PrintJob.id == job)
    keep(tx, "print_job", now, *this, PrintJob.sent_at.is_not(None))


def _mark(
    tx: Session, site: str, job: str, states: Collection[str], values: Mapping[str, object]
) -> None:
    tx.execute(
        update(PrintJob)
        .where(PrintJob.site == site, PrintJob.id == job, PrintJob.state.in_(states))
        .values(values)
    )
