"""How the printer of a station stands: asked after every scan, and while nobody scans."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import String, TableClause, and_, bindparam, case, column, func, or_, select, values
from sqlalchemy.orm import Session

from floorhand.domain.printing import (
    LABEL_LATE_S,
    LABEL_SOON_S,
    MISSING,
    PRINTING_JOBS,
    TONES,
    UNSENT,
    Stands,
)
from floorhand.store.asking import among, ask
from floorhand.store.masters import DEFAULT_PRINTER, station_jobs, station_printer
from floorhand.store.no_word import STATE, UNFINISHED, moments
from floorhand.store.print_queue import OF_RUN
from floorhand.store.printers import embedded_condition
from floorhand.store.schema import PrinterRow, PrintJob, Spooler

_JOB, _PRINTER = cast(TableClause, PrintJob.__table__), cast(TableClause, PrinterRow.__table__)
_SPOOLER = cast(TableClause, Spooler.__table__)
_ROW = select(_PRINTER.c.condition, _PRINTER.c.told, _PRINTER.c.paused).where(
    _PRINTER.c.site == bindparam("site"), _PRINTER.c.code == bindparam("printer")
)
_STUCK = select(_SPOOLER.c.stuck).where(_SPOOLER.c.site == bindparam("site"))
_EACH = (
    values(column("state", String), literal_binds=True)
    .data([(state,) for state in UNFINISHED])
    .cte("unfinished")
)
_UNFINISHED = _EACH.join(
    _JOB,
    and_(
        _JOB.c.site == bindparam("site"),
        _JOB.c.state == _EACH.c.state,
        among(_JOB.c.state, *UNFINISHED),
    ),
)
"""Labels that are not out, of a hundred thousand that are. The index on states finds them: SQLite
would rather read all labels than four of five states, unless it is given one state after the other;
PostgreSQL knows how few they are from the list of states."""

_FRESH = (_JOB.c.created_at > bindparam("soon")) & (_JOB.c.created_at <= bindparam("ahead"))
"""Labels about to come out; one that was asked for well after now tells of a clock that was ahead,
and may have waited for any time."""

_COUNTED = (
    select(
        STATE.label("state"),
        func.count().label("jobs"),
        func.sum(case((_FRESH, 0), else_=1)).label("stuck"),
        func.min(_JOB.c.created_at).label("oldest"),
    )
    .select_from(_UNFINISHED)
    .where(
        STATE.in_(("waiting", "doubt", "failed")),
        or_(STATE != "waiting", ~OF_RUN),  # which gives way to what a bench asks for
        _JOB.c.printer == bindparam("printer"),
        or_(bindparam("station") == "", _JOB.c.station == bindparam("station")),
    )
    .group_by(STATE)
)
_ELSEWHERE = (
    select(_JOB.c.printer)
    .select_from(_UNFINISHED)
    .where(
        STATE.in_(("waiting", "doubt", "failed")),
        _JOB.c.station == bindparam("station"),
        _JOB.c.printer != bindparam("printer"),
    )
    .order_by(_JOB.c.created_at)
    .limit(1)
)


def station_stands(tx: Session, site: str, station: str, now: datetime) -> Stands | None:
    """Say how a station's printer stands; None where nobody prints."""
    if not set(station_jobs(tx, site, station)) & set(PRINTING_JOBS):
        return None
    return stands_here(tx, site, station, now)


def stands_here(tx: Session, site: str, station: str, now: datetime) -> Stands:
    """Say how the printer of a station stands, or one where its labels wait, if that is worse.

    They wait elsewhere after the station was given another printer, and after they were rerouted.
    """
    printer = station_printer(tx, site, station)
    here = printer_stands(tx, site, printer, now)
    asked = {"station": station, "printer": printer, **moments(now)}
    other = ask(tx, _ELSEWHERE, site=site, **asked).scalar() if station else None
    if other is None:
        return here
    there = printer_stands(tx, site, other, now, station)
    return max(here, replace(there, elsewhere=True), key=lambda one: TONES.index(one.tone))


def printer_stands(
    tx: Session, site: str, printer: str, now: datetime, station: str = ""
) -> Stands:
    """Say how a printer stands; with a station, only labels of this one are counted."""
    condition, told, paused = _said(tx, site, printer)
    soon = now - timedelta(seconds=LABEL_SOON_S)
    which = {"printer": printer, "station": station}
    counted = ask(tx, _COUNTED, site=site, **which, soon=soon, **moments(now))
    jobs = {one.state: one for one in counted}
    count = {state: one.jobs for state, one in jobs.items()}
    stuck = int(jobs["waiting"].stuck) if "waiting" in jobs else 0
    late = bool(stuck) and jobs["waiting"].oldest <= now - timedelta(seconds=LABEL_LATE_S)
    stands = Stands(printer, condition, told, paused, stuck, late)
    waiting = count.get("waiting", 0) if stands.down else stuck
    return Stands(
        *(printer, condition, told, paused, waiting, late),
        count.get("doubt", 0),
        count.get("failed", 0),
    )


def _said(tx: Session, site: str, printer: str) -> tuple[str, str, bool]:
    """Give the condition of a printer, what it told, and whether somebody has paused it."""
    if stuck := ask(tx, _STUCK, site=site).scalar():
        return UNSENT, stuck, False
    if row := ask(tx, _ROW, site=site, printer=printer).first():
        return row.condition, row.told, row.paused
    if printer == DEFAULT_PRINTER:
        return *embedded_condition(tx, site), False
    return MISSING, "", False
