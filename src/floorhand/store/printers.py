"""The printers of a site: where they are, how they said they are, and who wants nothing printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import TableClause, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from floorhand.store.asking import ask
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.schema import PrinterRow, PrintJob, Spooler
from floorhand.store.was import keep

_PRINTER = cast(TableClause, PrinterRow.__table__)


@dataclass(frozen=True, slots=True)
class PrinterInfo:
    """A printer as the books know it; see `floorhand.store.schema.PrinterRow`."""

    code: str
    address: str
    dpi: int
    neighbour: str
    paused: bool
    condition: str
    told: str
    since: datetime | None


_ALL = (
    select(
        _PRINTER.c.code,
        _PRINTER.c.address,
        _PRINTER.c.dpi,
        _PRINTER.c.neighbour,
        _PRINTER.c.paused,
        _PRINTER.c.condition,
        _PRINTER.c.told,
        _PRINTER.c.since,
    )
    .where(_PRINTER.c.site == bindparam("site"))
    .order_by(_PRINTER.c.code)
)
_SPOOLER = cast(TableClause, Spooler.__table__)
_EMBEDDED = select(_SPOOLER.c.condition, _SPOOLER.c.told).where(
    _SPOOLER.c.site == bindparam("site")
)


def printers_of(tx: Session, site: str) -> tuple[PrinterInfo, ...]:
    """List the printers of a site, by name."""
    return tuple(PrinterInfo(*row) for row in ask(tx, _ALL, site=site))


def embedded_condition(tx: Session, site: str) -> tuple[str, str]:
    """Give the condition of the embedded printer, and what it told, as who sends labels saw it."""
    row = ask(tx, _EMBEDDED, site=site).one_or_none()
    return (row.condition, row.told) if row else ("", "")


def forget_conditions(tx: Session, site: str) -> None:
    """Forget how printers were seen by who sent labels before: it may be so no more."""
    for table in (PrinterRow, Spooler):
        tx.execute(update(table).where(table.site == site).values(condition="", told=""))


def note_condition(
    tx: Session, site: str, code: str, condition: str, told: str, now: datetime
) -> None:
    """Record how a printer is; since when it is so stays as long as it is so.

    That of the embedded one, which the books need not name, stands with who sends its labels.
    """
    here = (PrinterRow.site == site, PrinterRow.code == code)
    known = tx.execute(update(PrinterRow).where(*here).values(told=told).returning(PrinterRow.code))
    if known.one_or_none() is None and code == DEFAULT_PRINTER:
        embedded = update(Spooler).where(Spooler.site == site)
        tx.execute(embedded.values(condition=condition, told=told))
    tx.execute(
        update(PrinterRow)
        .where(*here, PrinterRow.condition != condition)
        .values(condition=condition, since=now)
    )


def pause(tx: Session, site: str, code: str, *, paused: bool) -> bool:
    """Let nothing be sent to a printer, or let it be sent again; False if there is none."""
    done = tx.execute(
        update(PrinterRow)
        .where(PrinterRow.site == site, PrinterRow.code == code)
        .values(paused=paused)
        .returning(PrinterRow.code)
    )
    return done.one_or_none() is not None


def remove(tx: Session, site: str, code: str) -> None:
    """Forget a printer."""
    tx.execute(delete(PrinterRow).where(PrinterRow.site == site, PrinterRow.code == code))


def rerouted_before(
    tx: Session, site: str, printer: str, station: str, since: datetime
) -> tuple[str, int]:
    """Say where labels of a station went that waited for a printer, and how many did."""
    mine = (PrintJob.station == station, PrintJob.rerouted_from == printer)
    went = tx.execute(
        select(PrintJob.printer, func.count())
        .where(PrintJob.site == site, *mine, PrintJob.state != "voided")
        .where(PrintJob.created_at > since)
        .group_by(PrintJob.printer)
        .order_by(func.max(PrintJob.created_at).desc())
        .limit(1)
    ).one_or_none()
    return (went[0], went[1]) if went else ("", 0)


def reroute(tx: Session, site: str, printer: str, to: str, now: datetime) -> int:
    """Let all labels that wait for a printer come from another one; give how many they are.

    What may have come out already stays where it is.
    """
    which = (PrintJob.site == site, PrintJob.printer == printer, PrintJob.state == "waiting")
    keep(tx, "print_job", now, *which)
    moved = tx.execute(
        update(PrintJob)
        .where(*which)
        .values(printer=to, rerouted_from=printer, not_before=None)
        .returning(PrintJob.id)
    )
    return len(moved.all())
