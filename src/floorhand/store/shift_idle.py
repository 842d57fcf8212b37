"""What terminals wrote down of a shift that explains why somebody did not scan."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from floorhand.domain.pauses import Idle
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask
from floorhand.store.schema import Scan

_IDLE = (
    select(Scan.worker, Scan.at, Scan.waited_s, Scan.no_work)
    .where(
        Scan.site == bindparam("site"),
        Scan.at >= bindparam("start"),
        Scan.at < bindparam("end"),
        text("(waited_s > 0 OR no_work)"),  # spelt out, as the index on these says it
    )
    .order_by(Scan.at, Scan.seat, Scan.scan_no)
)


def idle_scans(tx: Session, site: str, period: Period) -> tuple[Idle, ...]:
    """List the scans that had to wait for the database, or asked for work when there was none."""
    rows = ask(tx, _IDLE, site=site, start=period.start, end=period.end)
    return tuple(Idle(row.worker or "", *row[1:]) for row in rows)
