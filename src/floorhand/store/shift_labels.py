"""Questions about a period's labels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry
from floorhand.domain.label_figures import LabelTimes
from floorhand.domain.pauses import LateLabel
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask
from floorhand.store.schema import PrintJob

STATES = ("waiting", "sending", "sent", "confirmed", "doubt", "failed", "voided")
"""All of them: by state and time there is an index, by time alone there is none."""

_ASKED = select(
    PrintJob.id,
    PrintJob.printer,
    PrintJob.created_at,
    PrintJob.sent_at,
    PrintJob.state,
    PrintJob.rerouted_from,
).where(
    PrintJob.site == bindparam("site"),
    PrintJob.state.in_(STATES),
    PrintJob.created_at >= bindparam("start"),
    PrintJob.created_at < bindparam("end"),
)


def labels(
    tx: Session, site: str, period: Period, entries: Mapping[str, Entry]
) -> tuple[tuple[LabelTimes, ...], tuple[LateLabel, ...]]:
    """List the labels that were asked for in a period, as they stood at its end.

    Args:
        tx: An open transaction.
        site: The building.
        period: In which they were asked for.
        entries: What counts in it, by operation.

    Returns:
        All labels; and who waited for which. A label that was taken back before it was sent is
        none.
    """
    times: list[LabelTimes] = []
    late: list[LateLabel] = []
    for row in ask(tx, _ASKED, site=site, start=period.start, end=period.end):
        sent = _by(row.sent_at, period.end)
        if sent is None and row.state == "voided":
            continue
        failed = row.state == "failed" and sent is None
        times.append(LabelTimes(row.printer, row.created_at, sent, failed, bool(row.rerouted_from)))
        if asked := entries.get(row.id.rpartition("/")[0]):
            late.append(LateLabel(asked.worker, row.created_at, row.sent_at))
    return tuple(times), tuple(late)


def _by(at: datetime | None, end: datetime) -> datetime | None:
    return at if at is not None and at < end else None
