"""Print jobs: rows that ask for a label, written with the moves and sent afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, cast

from sqlalchemy import ColumnElement, TableClause, func, insert, or_, select, update
from sqlalchemy.orm import Session

from floorhand.domain.labels import KINDS, missing_fields, unknown_fields
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import station_printer
from floorhand.store.news import ASKED
from floorhand.store.no_word import doubt_where_no_word
from floorhand.store.prepared import Question
from floorhand.store.schema import PrintJob
from floorhand.store.was import keep

OUT: Final = ("sending", "sent", "confirmed", "doubt")
"""States of labels that may be in somebody's hands, or will be at once."""

_LAST = (
    select(PrintJob.id, PrintJob.state, PrintJob.template, PrintJob.data, PrintJob.copy_no)
    .order_by(PrintJob.copy_no.desc(), PrintJob.created_at.desc(), PrintJob.id.desc())
    .limit(1)
)
_COPIES_OUT = select(func.coalesce(func.max(PrintJob.copy_no), 0)).where(
    or_(PrintJob.sent_at.is_not(None), PrintJob.state.in_(OUT))
)
"""The last copy that was printed, or may have been: one that was taken back before is none."""

_JOB = cast(TableClause, PrintJob.__table__)
_ADD: Question = {
    "sqlite": insert(_JOB),
    "postgresql": insert(_JOB).returning(func.pg_notify(ASKED, _JOB.c.site)),
}


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
        station=cause.station,
        created_at=cause.at,
    )
    return job


def _void_copies(
    tx: Session, cause: Cause, template: str, meant: list[ColumnElement[bool]]
) -> None:
    """Let nobody use an older copy of a shipping label: two of them may not travel.

    Of others only what was in doubt is void: who asks for a copy has looked.
    """
    of_shipping = PrintJob.state != "voided"
    which = (*meant, of_shipping if template == "shipping" else PrintJob.state == "doubt")
    keep(tx, "print_job", cause.at, *which)
    tx.execute(update(PrintJob).where(*which).values(state="voided"))


def reprint_label(
    tx: Session,
    cause: Cause,
    subject: str,
    template: str = "",
    *,
    printer: str = "",
    reason: str = "",
) -> int:
    """Ask for a subject's newest label once more, marked as a copy.

    Same data, same numbers: a reprint never draws a new SSCC. A label that has not come out yet is
    no copy: if it failed it is sent again, if it waits it goes on waiting. Older copies of a
    shipping label are void, and what was in doubt.

    Args:
        tx: Open transaction.
        cause: Who wants it, where and when.
        subject: What it labels.
        template: Only a label of this template; empty: the newest of any.
        printer: Where; empty: the printer of the cause's station.
        reason: Why, one of `floorhand.domain.labels.REASONS`; empty: nobody was asked.

    Returns:
        Which copy it is, counted by what was printed or may have been: 1 if nothing was before; 0
        if none was ever asked for.
    """
    doubt_where_no_word(tx, cause.site, cause.at)
    meant = [PrintJob.site == cause.site, PrintJob.subject == subject]
    if template:
        meant.append(PrintJob.template == template)
    last = tx.execute(_LAST.where(*meant)).one_or_none()
    if last is None:
        return 0
    printer = printer or station_printer(tx, cause.site, cause.station)
    if last.state in ("waiting", "sending", "failed"):
        which = (PrintJob.site == cause.site, PrintJob.id == last.id, PrintJob.state == "failed")
        keep(tx, "print_job", cause.at, *which)
        again = {"state": "waiting", "tries": 0, "printer": printer, "not_before": None}
        tx.execute(update(PrintJob).where(*which).values(again))
        return int(last.copy_no)
    _void_copies(tx, cause, last.template, meant)
    copy_no = int(tx.execute(_COPIES_OUT.where(*meant)).scalar_one()) + 1
    copy = {"template": last.template, "data": last.data, "subject": subject, "reason": reason}
    copy["station"] = cause.station
    here = {"site": cause.site, "id": cause.new_id(), "printer": printer, "created_at": cause.at}
    ask(tx, _ADD, **here, **copy, copy_no=copy_no)
    return copy_no
