"""Print jobs: rows that ask for a label, written with the moves and sent afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import TableClause, func, insert, or_, select, update
from sqlalchemy.orm import Session

from floorhand.domain.labels import KINDS, LabelData, missing_fields, unknown_fields
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import station_printer
from floorhand.store.places import next_number
from floorhand.store.schema import Parcel, PrintJob
from floorhand.store.tasks import is_told, trouble

ERROR_CHARACTERS_MAX = 500

_ADD = insert(cast(TableClause, PrintJob.__table__))


def queue_label(
    tx: Session,
    cause: Cause,
    template: str,
    subject: str,
    data: Mapping[str, str | int | list[str]],
) -> str:
    """Ask for a label on the printer of the cause's station.

    Args:
        tx: Open transaction; the label is asked for if and only if it commits.
        cause: Who wants it, where and when.
        template: Name of a file in ``assets/labels`` without ending: ``shipping``, ``pallet``,
            ``return``, ``tote`` and so on.
        subject: What it labels: the code of a place, the number of a return.
        data: Values of the fields in `floorhand.domain.labels.KINDS`.

    Returns:
        The print job's id.
    """
    if kind := KINDS.get(template):
        assert not unknown_fields(kind, data), (template, unknown_fields(kind, data))
        assert not missing_fields(kind, data), (template, missing_fields(kind, data))
    job = cause.new_id()
    ask(
        tx,
        _ADD,
        site=cause.site,
        id=job,
        printer=station_printer(tx, cause.site, cause.station),
        template=template,
        data=json.dumps(dict(data), ensure_ascii=False),
        subject=subject,
        created_at=cause.at,
    )
    return job


def reprint_label(tx: Session, cause: Cause, subject: str, template: str = "") -> int:
    """Ask for a subject's newest label once more, marked as a copy, on the cause's printer.

    Same data, same numbers: a reprint never draws a new SSCC. A label that has not come out yet is
    no copy: if it failed it is sent again as it is, if it waits it goes on waiting.

    Args:
        tx: Open transaction.
        cause: Who wants it, where and when.
        subject: What it labels.
        template: Only a label of this template; empty: the newest of any.

    Returns:
        Which copy it is, 1 if none came out before; 0 if none was ever asked for.
    """
    here = [PrintJob.site == cause.site, PrintJob.subject == subject]
    if template:
        here.append(PrintJob.template == template)
    last = tx.execute(
        select(PrintJob.id, PrintJob.state, PrintJob.template, PrintJob.data, PrintJob.copy_no)
        .where(*here)
        .order_by(PrintJob.copy_no.desc(), PrintJob.created_at.desc(), PrintJob.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return 0
    printer = station_printer(tx, cause.site, cause.station)
    if last.state in ("waiting", "failed"):
        tx.execute(
            update(PrintJob)
            .where(PrintJob.site == cause.site, PrintJob.id == last.id, PrintJob.state == "failed")
            .values(state="waiting", tries=0, printer=printer, not_before=None)
        )
        return int(last.copy_no)
    tx.execute(
        insert(PrintJob).values(
            site=cause.site,
            id=cause.new_id(),
            printer=printer,
            template=last.template,
            data=last.data,
            subject=subject,
            copy_no=last.copy_no + 1,
            created_at=cause.at,
        )
    )
    return int(last.copy_no) + 1


LabelTroubles = Mapping[str, Mapping[str, str]]
"""What is wrong with a printed label: kinds of trouble, with the facts of each."""


@dataclass(frozen=True, slots=True)
class Job:
    """A print job in hand: to be rendered and sent."""

    id: str
    number: int
    printer: str
    template: str
    subject: str
    data: LabelData
    copy_no: int
    tries: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How the labels of a site stand, for the bench that waits for one.

    ``oldest_at`` is when the oldest waiting label was asked for; ``error`` why the newest failure
    failed; both of waiting and failed labels only.
    """

    waiting: int
    failed: int
    oldest_at: datetime | None
    error: str


def take_job(
    tx: Session, site: str, now: datetime, lease: timedelta, printer: str = ""
) -> Job | None:
    """Take the oldest label that may be sent now, so that no other spool takes it too.

    It stays *waiting*, only not before the lease has run out: whoever dies with it in hand loses
    it to the next spool. The order is kept per printer: while its oldest label waits after a
    failure, its others wait too.

    Args:
        tx: Open transaction.
        site: Whose labels.
        now: The moment.
        lease: How long it may take to send a label.
        printer: Only labels of this printer; empty: of any.
    """
    waiting = (PrintJob.site == site, PrintJob.state == "waiting")
    printers = select(PrintJob.printer).where(*waiting).distinct()
    for name in [printer] if printer else sorted(tx.scalars(printers)):
        oldest = tx.execute(
            select(PrintJob.id, PrintJob.not_before, PrintJob.number)
            .where(*waiting, PrintJob.printer == name)
            .order_by(PrintJob.created_at, func.length(PrintJob.id), PrintJob.id)
            .limit(1)
        ).one_or_none()
        if oldest is None or (oldest.not_before is not None and oldest.not_before > now):
            continue
        free = or_(PrintJob.not_before.is_(None), PrintJob.not_before <= now)
        number = oldest.number or next_number(tx, site, "print_job")
        taken = tx.execute(
            update(PrintJob)
            .where(*waiting, PrintJob.id == oldest.id, free)
            .values(not_before=now + lease, number=number, tries=PrintJob.tries + 1)
            .returning(
                PrintJob.id,
                PrintJob.number,
                PrintJob.printer,
                PrintJob.template,
                PrintJob.subject,
                PrintJob.data,
                PrintJob.copy_no,
                PrintJob.tries,
            )
        ).one_or_none()
        if taken is not None:
            return Job(**{**taken._asdict(), "data": json.loads(taken.data)})
    return None


def mark_sent(tx: Session, site: str, job: str, now: datetime, note: str = "") -> None:
    """Record that the printer took the whole label; ``note`` says what could not be shown."""
    _mark(tx, site, job, state="sent", sent_at=now, error=note, not_before=None)


def report_label(tx: Session, site: str, job: Job, now: datetime, troubles: LabelTroubles) -> None:
    """Tell supervisors what is wrong with a label that came out, naming the order.

    A reprint that is no better is not told again while somebody still has to look at the first.
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


def mark_failed(tx: Session, site: str, job: str, error: str, again_at: datetime | None) -> None:
    """Record why a label did not get out; it waits for another try, or has failed for good."""
    state = "waiting" if again_at else "failed"
    _mark(tx, site, job, state=state, error=error[:ERROR_CHARACTERS_MAX], not_before=again_at)


def how_labels_stand(tx: Session, site: str, printer: str = "") -> Waiting:
    """Count the labels that did not come out, of one printer or of all."""
    here = [PrintJob.site == site, PrintJob.state.in_(("waiting", "failed"))]
    if printer:
        here.append(PrintJob.printer == printer)
    rows = tx.execute(
        select(
            PrintJob.state, func.count().label("jobs"), func.min(PrintJob.created_at).label("at")
        )
        .where(*here)
        .group_by(PrintJob.state)
    ).all()
    count = {row.state: row.jobs for row in rows}
    error = tx.scalar(
        select(PrintJob.error)
        .where(*here, PrintJob.error != "")
        .order_by(PrintJob.number.desc())
        .limit(1)
    )
    oldest = next((row.at for row in rows if row.state == "waiting"), None)
    return Waiting(count.get("waiting", 0), count.get("failed", 0), oldest, error or "")


def _mark(tx: Session, site: str, job: str, **values: object) -> None:
    tx.execute(
        update(PrintJob)
        .where(PrintJob.site == site, PrintJob.id == job, PrintJob.state == "waiting")
        .values(**values)
    )
