"""Keep what operations were about, in the same transaction, and give the history of a thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import JSON, String, TableClause, and_, bindparam, func, insert, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session, aliased

from floorhand.domain.json_text import as_json
from floorhand.store.asking import ask, dialect_of
from floorhand.store.ledger import Cause
from floorhand.store.schema import Operation, Trace, Worker
from floorhand.store.schema.base import UtcTime

_TRACE = cast(TableClause, Trace.__table__)


def _add(things: Any) -> Any:
    """Make the statement that writes a row for each of a list in JSON: one message for all."""
    each = things.table_valued("value", joins_implicitly=True)
    row = select(
        bindparam("of_site", type_=String).label("site"),
        each.c.value,
        bindparam("on", type_=UtcTime).label("at"),
        bindparam("of_operation", type_=String).label("operation"),
    )
    return insert(_TRACE).from_select(["site", "thing", "at", "operation"], row)


_ADD = {
    "sqlite": _add(func.json_each(bindparam("things"))),
    "postgresql": _add(func.json_array_elements_text(as_type(bindparam("things"), JSON))),
}


def keep(tx: Session, cause: Cause) -> None:
    """Keep what an operation was about: all that its cause was told of."""
    if cause.things:
        ask(
            tx,
            _ADD[dialect_of(tx)],
            of_site=cause.site,
            things=as_json(sorted(cause.things)),
            on=cause.at,
            of_operation=cause.operation,
        )


HISTORY_MAX: Final = 500
"""So many operations of a history are told, the latest of them."""


@dataclass(frozen=True, slots=True)
class Traced:
    """An operation that was about a thing.

    ``worker`` and ``taken_back_by`` are names; the latter is empty if it stands, as is
    ``undone_by``, the operation that took it back.
    """

    operation: str
    kind: str
    at: datetime
    worker: str
    seat: str
    command: str
    facts: str
    undoes: str
    taken_back_by: str
    undone_by: str
    station: str
    device: str


_UNDO, _WHO = aliased(Operation), aliased(Worker)
_TRACED = (
    select(
        Operation.id.label("operation"),
        Operation.kind,
        Operation.at,
        func.coalesce(Worker.name, Operation.worker).label("worker"),
        Operation.seat,
        Operation.command,
        Operation.facts,
        func.coalesce(Operation.undoes, "").label("undoes"),
        func.coalesce(_WHO.name, _UNDO.worker, "").label("taken_back_by"),
        func.coalesce(_UNDO.id, "").label("undone_by"),
        Operation.station,
        Operation.device,
    )
    .select_from(Operation)
    .outerjoin(Worker, and_(Worker.site == Operation.site, Worker.code == Operation.worker))
    .outerjoin(_UNDO, and_(_UNDO.site == Operation.site, _UNDO.undoes == Operation.id))
    .outerjoin(_WHO, and_(_WHO.site == _UNDO.site, _WHO.code == _UNDO.worker))
)


def history(tx: Session, site: str, about: str) -> tuple[Traced, ...]:
    """List the operations that were about a thing, the latest first, `HISTORY_MAX` at most."""
    latest = (
        select(Trace.operation)
        .where(Trace.site == site, Trace.thing == about)
        .order_by(Trace.at.desc(), Trace.operation.desc())
        .limit(HISTORY_MAX)
    )
    names = list(tx.scalars(latest))
    rows = tx.execute(_TRACED.where(Operation.site == site, Operation.id.in_(names)))
    found = {row.operation: Traced(**row._mapping) for row in rows}
    return tuple(found[name] for name in names)


def first(tx: Session, site: str, about: str) -> Traced | None:
    """Give the operation that was about a thing first; None if none was."""
    earliest = (
        select(Trace.operation)
        .where(Trace.site == site, Trace.thing == about)
        .order_by(Trace.at, Trace.operation)
        .limit(1)
    )
    name = tx.scalar(earliest)
    return traced(tx, site, name) if name else None


def length(tx: Session, site: str, about: str) -> int:
    """Count the operations that were about a thing."""
    counted = select(func.count()).where(Trace.site == site, Trace.thing == about)
    return int(tx.scalar(counted) or 0)


def traced(tx: Session, site: str, operation: str) -> Traced | None:
    """Give an operation; None if there is none of that id."""
    row = tx.execute(_TRACED.where(Operation.site == site, Operation.id == operation)).first()
    return None if row is None else Traced(**row._mapping)
