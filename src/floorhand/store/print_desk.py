"""Printers and labels as an office sees them: how each printer is, and what has not come out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from typing import cast as known_as

from sqlalchemy import String, TableClause, cast, func, insert, or_, select, update
from sqlalchemy.orm import Session

from floorhand.errors import BadSetting
from floorhand.store.asking import among, ask_each
from floorhand.store.ledger import OFFICE, Cause
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.no_word import STATE, UNFINISHED, moments
from floorhand.store.print_queue import LETTERS_MISSING
from floorhand.store.printers import PrinterInfo, embedded_condition, printers_of
from floorhand.store.schema import Operation, PrintJob, Spooler, Station, Trouble
from floorhand.store.was import keep

LISTED_MAX: Final = 1_000

_ADD = insert(known_as(TableClause, PrintJob.__table__))


Label = tuple[str, str, str]
"""What a label is asked for with: its subject, its template, and its data as JSON."""


@dataclass(frozen=True, slots=True)
class PrinterFacts:
    """A printer with what is told about it.

    ``info`` is None for one that only stations or labels name: nobody has told where it is; and for
    the embedded one. ``condition`` and ``told`` are what was seen of it last. ``jobs`` counts its
    labels by state, of `UNFINISHED`; ``oldest_at`` is when the oldest of them that waits was asked
    for; ``stations`` print there.
    """

    code: str
    info: PrinterInfo | None
    jobs: dict[str, int] = field(default_factory=dict)
    oldest_at: datetime | None = None
    stations: tuple[str, ...] = ()
    condition: str = ""
    told: str = ""

    def count(self, *states: str) -> int:
        """Count its labels in some states."""
        return sum(self.jobs.get(state, 0) for state in states)


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """A label that has not come out; ``number`` is 0 as long as nobody has tried to send it."""

    id: str
    number: int
    printer: str
    template: str
    subject: str
    state: str
    copy_no: int
    rerouted_from: str
    tries: int
    error: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SpoolerFacts:
    """Who took up sending labels last, and when; why nobody can since, if that is so."""

    host: str
    since: datetime | None
    stuck: str = ""


@dataclass(frozen=True, slots=True)
class LettersMissing:
    """A script that no font has where labels are drawn.

    ``letters`` lacked on the first label of it, of ``template`` and for ``label``; ``cure`` is
    what brings a font.
    """

    script: str
    letters: str
    cure: str
    template: str
    label: str


def letters_missing(tx: Session, site: str) -> tuple[LettersMissing, ...]:
    """List the scripts that labels came out without letters of, and still would."""
    told = select(Trouble.subject, Trouble.facts).where(
        Trouble.site == site, Trouble.kind == LETTERS_MISSING, Trouble.closed_at.is_(None)
    )
    return tuple(
        LettersMissing(row.subject, **json.loads(row.facts))
        for row in tx.execute(told.order_by(Trouble.created_at))
    )


def printer_facts(tx: Session, site: str, now: datetime) -> tuple[PrinterFacts, ...]:
    """List all printers that there are, and those that stations or labels only name."""
    infos = {info.code: info for info in printers_of(tx, site)}
    stations: dict[str, list[str]] = {}
    named = select(Station.printer, Station.code).where(Station.site == site)
    for printer, station in tx.execute(named.order_by(Station.code)):
        stations.setdefault(printer or DEFAULT_PRINTER, []).append(station)
    jobs: dict[str, dict[str, int]] = {}
    oldest: dict[str, datetime] = {}
    unfinished = (PrintJob.site == site, among(PrintJob.state, *UNFINISHED))
    counted = select(
        PrintJob.printer,
        STATE.label("state"),
        func.count().label("jobs"),
        func.min(PrintJob.created_at).label("oldest"),
    )
    grouped = counted.where(*unfinished).group_by(PrintJob.printer, STATE)
    for row in tx.execute(grouped, moments(now)):
        jobs.setdefault(row.printer, {})[row.state] = row.jobs
        if row.state == "waiting":
            oldest[row.printer] = row.oldest
    seen = {info.code: (info.condition, info.told) for info in infos.values()}
    seen.setdefault(DEFAULT_PRINTER, embedded_condition(tx, site))
    return tuple(
        PrinterFacts(
            code,
            infos.get(code),
            jobs.get(code, {}),
            oldest.get(code),
            tuple(stations.get(code, ())),
            *seen.get(code, ("", "")),
        )
        for code in sorted({DEFAULT_PRINTER, *infos, *stations, *jobs})
    )


def require_printer(tx: Session, site: str, name: str) -> str:
    """Give the name of a printer as the books have it, whatever the case it was typed in.

    Raises:
        BadSetting: If there is none, naming those that there are.
    """
    known = [DEFAULT_PRINTER, *(info.code for info in printers_of(tx, site))]
    found = [code for code in known if code.casefold() == name.casefold()]
    if name in known or len(set(found)) == 1:
        return name if name in known else found[0]
    there = ", ".join(sorted(set(known)))
    raise BadSetting(f"There is no printer {name}. Known: {there}.")


def spooler_of(tx: Session, site: str) -> SpoolerFacts:
    """Say who took up sending labels last."""
    asked = select(Spooler.host, Spooler.since, Spooler.stuck).where(Spooler.site == site)
    row = tx.execute(asked).one_or_none()
    return SpoolerFacts(*row) if row else SpoolerFacts("", None)


_COLUMNS = (
    PrintJob.id,
    PrintJob.number,
    PrintJob.printer,
    PrintJob.template,
    PrintJob.subject,
    STATE.label("state"),
    PrintJob.copy_no,
    PrintJob.rerouted_from,
    PrintJob.tries,
    PrintJob.error,
    PrintJob.created_at,
)
_IN_ORDER = (PrintJob.created_at, func.length(PrintJob.id), PrintJob.id)


def unfinished_labels(
    tx: Session, site: str, now: datetime, printer: str = ""
) -> tuple[LabelFacts, ...]:
    """List the labels of a printer, or of all, that have not come out, the oldest first."""
    here = [PrintJob.site == site, among(PrintJob.state, *UNFINISHED)]
    if printer:
        here.append(PrintJob.printer == printer)
    asked = select(*_COLUMNS).where(*here).order_by(*_IN_ORDER).limit(LISTED_MAX)
    rows = tx.execute(asked, moments(now))
    return tuple(LabelFacts(*row) for row in rows)


def labels_named(tx: Session, site: str, name: str, now: datetime) -> tuple[LabelFacts, ...]:
    """List the labels that somebody means: all of a thing by its name, or one by id or number."""
    meant = [or_(PrintJob.id == name, PrintJob.subject == name)]
    if name.isdecimal():
        meant.append(cast(PrintJob.number, String) == str(int(name)))
    for one in meant:
        asked = select(*_COLUMNS).where(PrintJob.site == site, one).order_by(*_IN_ORDER)
        if found := tx.execute(asked, moments(now)).all():
            return tuple(LabelFacts(*row) for row in found)
    return ()


def newest_label(tx: Session, site: str, subject: str, now: datetime) -> LabelFacts | None:
    """Give the newest label of something; None if none was ever asked for."""
    row = tx.execute(
        select(*_COLUMNS)
        .where(PrintJob.site == site, PrintJob.subject == subject)
        .order_by(PrintJob.copy_no.desc(), PrintJob.created_at.desc(), PrintJob.id.desc())
        .limit(1),
        moments(now),
    ).one_or_none()
    return LabelFacts(*row) if row else None


def queue_on(tx: Session, cause: Cause, printer: str, labels: Iterable[Label]) -> None:
    """Ask for labels on a printer."""
    rows = [
        {
            "site": cause.site,
            "id": cause.new_id(),
            "printer": printer,
            "template": template,
            "subject": subject,
            "data": data,
            "created_at": cause.at,
        }
        for subject, template, data in labels
    ]
    ask_each(tx, _ADD, rows)


def last_run(tx: Session, site: str, key: str) -> int:
    """Give the number of the last run of labels of this kind; 0 if there was none."""
    begun = tx.scalars(
        select(Operation.id).where(
            Operation.site == site, Operation.id.startswith(f"{OFFICE}:{key}-", autoescape=True)
        )
    )
    return max((int(one.rpartition("-")[2].partition(".")[0]) for one in begun), default=0)


def labels_of_run(tx: Session, site: str, run: str) -> tuple[int, Counter[Label]]:
    """Give how many operations a run of labels has made, and its labels."""
    mine = f"{OFFICE}:{run}."
    parts = select(func.count()).where(
        Operation.site == site, Operation.id.startswith(mine, autoescape=True)
    )
    asked = select(PrintJob.subject, PrintJob.template, PrintJob.data).where(
        PrintJob.site == site, PrintJob.id.startswith(mine, autoescape=True)
    )
    return tx.scalar(parts) or 0, Counter((one, of, data) for one, of, data in tx.execute(asked))


def run_stands(tx: Session, site: str, run: str) -> dict[str, Counter[str]]:
    """Count the labels of a run by state, for each printer."""
    mine = PrintJob.id.startswith(f"{OFFICE}:{run}.", autoescape=True)
    rows = tx.execute(
        select(PrintJob.printer, PrintJob.state, func.count())
        .where(PrintJob.site == site, mine)
        .group_by(PrintJob.printer, PrintJob.state)
    )
    stands: dict[str, Counter[str]] = {}
    for printer, state, count in rows:
        stands.setdefault(printer, Counter())[state] = count
    return stands


def settle_labels(
    tx: Session,
    cause: Cause,
    jobs: Sequence[str],
    states: Collection[str],
    values: dict[str, object],
) -> int:
    """Change labels that are in one of some states still; give how many were."""
    which = (PrintJob.site == cause.site, PrintJob.id.in_(jobs), PrintJob.state.in_(states))
    keep(tx, "print_job", cause.at, *which)
    changed = tx.execute(update(PrintJob).where(*which).values(values).returning(PrintJob.id))
    return len(changed.all())
