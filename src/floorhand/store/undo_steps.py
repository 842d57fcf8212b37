"""The last scans of each seat, with what each changed: a ring of rows, written once a scan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import TableClause, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.json_text import as_json
from floorhand.store import notes
from floorhand.store.asking import ask, dialect_of
from floorhand.store.ledger import Cause
from floorhand.store.notes import Change
from floorhand.store.schema import Operation, UndoStep, Worker

UNDO_STEPS_MAX: Final = 512
"""Scans of a seat that are kept, about one kilobyte each: more than an hour of a fast worker, so
that a lead can still take back what was found out late. Undos and refused scans count, too."""


TAKEN_BACK: Final = "reverse"
"""The kind of a scan by which a lead took something back, and which nobody has made undone."""


Steps = tuple[str, str]
"""Names of the steps to undo and to redo next; an empty one: there is none."""

NO_STEPS: Final[Steps] = ("", "")


@dataclass(frozen=True, slots=True)
class Step:
    """One taken scan; see `floorhand.store.schema.UndoStep`.

    ``changes`` is None if they were too many. It is left empty when the step is kept: what the
    transaction has noted is kept with it.
    """

    scan_no: int
    at: datetime
    kind: str
    worker: str
    flow: str
    state: str
    told: tuple[str, Mapping[str, str | int]]
    operations: tuple[str, ...]
    under: str
    changes: tuple[Change, ...] | None = ()


_STEP = cast(TableClause, UndoStep.__table__)
_KEY = ("site", "seat", "slot")
_WRITTEN = ("scan_no", "at", "kind", "worker", "flow", "state", "told", "operations", "under")


def _keep(dialect: Any, changes: Any) -> Any:
    named: dict[str, Any] = {name: bindparam(name) for name in (*_KEY, *_WRITTEN)}
    fresh = dialect.insert(_STEP).values({**named, "changes": changes})
    over = {name: fresh.excluded[name] for name in (*_WRITTEN, "changes")}
    return fresh.on_conflict_do_update(index_elements=_KEY, set_=over)


_KEEP = {
    "sqlite": _keep(sqlite, bindparam("changes")),
    "postgresql": _keep(postgresql, notes.CHANGES),
}
_SPEND = (
    update(_STEP)
    .where(
        _STEP.c.site == bindparam("at_site"),
        _STEP.c.kind == TAKEN_BACK,
        _STEP.c.operations == bindparam("at_operations"),
    )
    .values(kind="undo")
)
_FIND = select(_STEP).where(
    _STEP.c.site == bindparam("site"),
    _STEP.c.seat == bindparam("seat"),
    _STEP.c.slot == bindparam("slot"),
    _STEP.c.scan_no == bindparam("scan_no"),
)


def keep(tx: Session, site: str, seat: str, step: Step) -> None:
    """Keep a step with what the transaction changed; the oldest of the seat goes."""
    dialect = dialect_of(tx)
    noted: dict[str, Any] = {}
    if dialect == "sqlite":
        changes = notes.end(tx)
        noted["changes"] = None if changes is None else as_json(changes)
    else:
        noted["changes_max"] = notes.CHANGES_MAX
    ask(
        tx,
        _KEEP[dialect],
        site=site,
        seat=seat,
        slot=step.scan_no % UNDO_STEPS_MAX,
        scan_no=step.scan_no,
        at=step.at,
        kind=step.kind,
        worker=step.worker,
        flow=step.flow,
        state=step.state,
        told=as_json(step.told),
        operations=as_json(step.operations),
        under=step.under,
        **noted,
    )


def keep_of_lead(tx: Session, cause: Cause, like: Step, operations: Sequence[str]) -> None:
    """Keep a scan at the desk of those who lead, about the work of another step."""
    number = int(cause.operation.rpartition(":")[2].partition(".")[0])
    own = replace(like, scan_no=number, at=cause.at, operations=tuple(operations), under="")
    keep(tx, cause.site, cause.seat, own)


def spend(tx: Session, site: str, step: Step) -> None:
    """See that what was taken back is not done again twice."""
    ask(tx, _SPEND, at_site=site, at_operations=as_json(step.operations))


def mark(seat: str, scan_no: int) -> str:
    """Name a step, whichever seat it is of."""
    return f"{seat}:{scan_no}"


def marked(tx: Session, site: str, named: str) -> Step | None:
    """Give the step that was named so; None if there are newer ones in its place, or no name."""
    seat, _, scan_no = named.rpartition(":")
    return find(tx, site, seat, int(scan_no)) if named else None


def find(tx: Session, site: str, seat: str, scan_no: int) -> Step | None:
    """Give a step of a seat; None if there are newer ones in its place."""
    slot = scan_no % UNDO_STEPS_MAX
    row = ask(tx, _FIND, site=site, seat=seat, slot=slot, scan_no=scan_no).one_or_none()
    return None if row is None else read(row)


def read(row: Any) -> Step:
    """Read a step from its row, which has all columns."""
    text, facts = json.loads(row.told)
    changes = None if row.changes is None else tuple(tuple(one) for one in json.loads(row.changes))
    return Step(
        scan_no=row.scan_no,
        at=row.at,
        kind=row.kind,
        worker=row.worker,
        flow=row.flow,
        state=row.state,
        told=(text, facts),
        operations=tuple(json.loads(row.operations)),
        under=row.under,
        changes=changes,
    )


def taken_back_by(tx: Session, site: str, step: Step) -> str:
    """Say who has taken back what a step wrote; empty if it stands."""
    undone = (Operation.site == site, Operation.undoes.in_(step.operations))
    named = (Worker.site == Operation.site, Worker.code == Operation.worker)
    who = tx.scalar(
        select(Worker.name)
        .select_from(Operation)
        .join(Worker, and_(*named))
        .where(*undone)
        .limit(1)
    )
    return who or ""
