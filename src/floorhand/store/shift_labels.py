"""Questions about a period's labels; of what became of them later `floorhand.store.was` tells."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry
from floorhand.domain.label_figures import LabelTimes
from floorhand.domain.pauses import LateLabel
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask
from floorhand.store.schema import PrintJob, PrintJobWas

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


_WAS = (
    select(
        PrintJobWas.id,
        PrintJobWas.printer,
        PrintJobWas.state,
        PrintJobWas.sent_at,
        PrintJobWas.rerouted_from,
    )
    .where(
        PrintJobWas.site == bindparam("site"),
        PrintJobWas.created_at >= bindparam("start"),
        PrintJobWas.created_at < bindparam("end"),
        PrintJobWas.until >= bindparam("end"),
    )
    .order_by(PrintJobWas.until.desc())
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
    of = {"site": site, "start": period.start, "end": period.end}
    then = {row.id: row for row in ask(tx, _WAS, **of)}  # the last: what it was first of all
    for now in ask(tx, _ASKED, **of):
        row = then.get(now.id, now)
        sent = row.sent_at if row.sent_at is not None and row.sent_at < period.end else None
        if sent is None and row.state == "voided":
            continue
        failed = row.state == "failed" and sent is None
        first = row.rerouted_from or row.printer  # out was that one, not the one that helped
        times.append(LabelTimes(first, now.created_at, sent, failed, bool(row.rerouted_from)))
        if asked := entries.get(now.id.rpartition("/")[0]):
            late.append(LateLabel(asked.worker, now.created_at, sent))
    return tuple(times), tuple(late)
