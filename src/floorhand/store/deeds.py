"""Questions about what was done: the scans that are kept, by seat, worker or what they touched.

Only what stands and wrote something: an undo takes back, and what was taken back is gone. That a
lead took something back stands, too, until it is done again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.reversing import MOVED_MAX, Moved
from floorhand.domain.tracing import thing
from floorhand.store import undo_steps
from floorhand.store.ledger import Cause
from floorhand.store.schema import Move, Operation, Sku, Trace, UndoStep, Worker
from floorhand.store.undo_steps import Step

ROUNDS_MAX: Final = 20
"""So many times as many steps as are wanted are read, to leave out those that were taken back."""

WROTE: Final = ("scan", "redo")
"""Kinds of steps that can be taken back."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A step that stands: where, by whom (a name), and what was told of it."""

    operation: str
    at: datetime
    worker: str
    seat: str
    text: str
    facts: dict[str, str | int]
    kind: str


def of_seat(seat: str) -> ColumnElement[bool]:
    """Mean what was done at a seat."""
    return UndoStep.seat == seat


def of_worker(worker: str) -> ColumnElement[bool]:
    """Mean what a worker did, wherever that was."""
    return UndoStep.worker == worker


def of_thing(name: str) -> ColumnElement[bool]:
    """Mean what changed a row that has this name, or was about what is called so."""
    return _about((name,), [thing(kind, name) for kind in ("place", "delivery", "return")])


def of_owned(name: str) -> ColumnElement[bool]:
    """Mean the same of what is a merchant's: an order or a product, as ``merchant/code``."""
    merchant, code = name.split("/", 1)
    return _about((merchant, code), [thing(kind, merchant, code) for kind in ("order", "sku")])


def _about(names: Sequence[str], things: Sequence[str]) -> ColumnElement[bool]:
    """Mean what changed a row with all of these names, or what was about one of these things.

    That is told by its operations, which may name what they changed no column of; or by the
    command of one, which calls an order ``merchant/number``.
    """
    named = [json.dumps(name, ensure_ascii=False) for name in names]
    whole = json.dumps("/".join(names), ensure_ascii=False)
    told = select(Operation.id).where(
        Operation.site == UndoStep.site,
        Operation.id == UndoStep.seat.concat(":").concat(cast(UndoStep.scan_no, String)),
        Operation.command.contains(whole, autoescape=True),
    )
    left = func.replace(UndoStep.operations, literal('"').concat(Trace.operation).concat('"'), "")
    traced = select(Trace.operation).where(
        Trace.site == UndoStep.site,
        Trace.thing.in_(things),
        Trace.at == UndoStep.at,
        left != UndoStep.operations,
    )
    changed = (UndoStep.changes.contains(part, autoescape=True) for part in named)
    return or_(and_(*changed), told.exists(), traced.exists())


WHICH: Final[Mapping[str, Callable[[str], ColumnElement[bool]]]] = {
    "seat": of_seat,
    "worker": of_worker,
    "thing": of_thing,
    "owned": of_owned,
}
"""What a code means, by the kinds of `floorhand.domain.reversing.FindDeeds`."""


def kept_steps(
    tx: Session, site: str, which: ColumnElement[bool], skip: int, wanted: int
) -> tuple[Kept, ...]:
    """List steps that stand, the latest first, leaving out the first ``skip``."""
    found: list[Kept] = []
    asked = _steps(site, which)
    size = skip + wanted
    for round_no in range(ROUNDS_MAX):
        rows = tx.execute(asked.offset(round_no * size).limit(size)).all()
        numbers = {row.scan_no: json.loads(row.operations) for row in rows}
        undone = _undone(tx, site, [one for some in numbers.values() for one in some])
        found += [_kept(row) for row in rows if not undone & set(json.loads(row.operations))]
        if len(found) >= size or len(rows) < size:
            break
    return tuple(found[skip:size])


def step_of(tx: Session, site: str, operation: str) -> Step | None:
    """Give the step that wrote an operation; None if it is not kept any more."""
    seat, _, number = operation.rpartition(":")
    step = undo_steps.find(tx, site, seat, int(number.partition(".")[0]))
    return step if step is not None and operation in step.operations else None


def by_whom(tx: Session, site: str, operation: str) -> tuple[str, datetime]:
    """Say who did an operation, and when."""
    row = tx.execute(
        select(Operation.worker, Worker.name, Operation.at)
        .outerjoin(Worker, and_(Worker.site == Operation.site, Worker.code == Operation.worker))
        .where(Operation.site == site, Operation.id == operation)
    ).one()
    return row.name or row.worker, row.at


def job_of(tx: Session, site: str, operation: str) -> str:
    """Name the job that an operation belongs to."""
    facts = tx.scalar(
        select(Operation.facts).where(Operation.site == site, Operation.id == operation)
    )
    return str(json.loads(facts or "{}").get("job", ""))


def later_steps(tx: Session, site: str, step: Step) -> tuple[Step, ...]:
    """List what was done after a step, and stands, in order.

    After something that was taken back that is also what was taken back later: it lies on top.
    What is as it was then is none of them: it stood, and was taken back and done again since, or
    it came later and was taken back.
    """
    over = (*WROTE, undo_steps.TAKEN_BACK) if step.kind == undo_steps.TAKEN_BACK else WROTE
    rows = tx.execute(
        select(*UndoStep.__table__.columns)
        .where(
            UndoStep.site == site,
            UndoStep.kind.in_(over),
            UndoStep.operations != "[]",
            or_(
                UndoStep.at > step.at,
                and_(UndoStep.at == step.at, UndoStep.scan_no > step.scan_no),
            ),
        )
        .order_by(UndoStep.at, UndoStep.scan_no)
    ).all()
    steps = [undo_steps.read(row) for row in rows]
    undone = _undone(tx, site, [one for some in steps for one in some.operations])
    return tuple(
        one
        for one in steps
        if not undone & set(one.operations)
        and (one.kind == "scan" or _is_other(tx, site, one, step))
    )


def _is_other(tx: Session, site: str, later: Step, step: Step) -> bool:
    """Say whether what was done again, or taken back, is not as it was when a step was made.

    It leads back to what that took back or did again, and so on, until that is older.
    """
    row: Any = tx.execute(_came_of(site, later.operations[0])).one()
    while _place(row.id, row.at) > (step.at, step.scan_no):
        before = row.undoes or json.loads(row.facts).get("again")
        came_of = tx.execute(_came_of(site, str(before))).one_or_none()
        if came_of is None:  # it is what came first: others note by that word how many pieces
            return later.kind == "redo"
        row = came_of
    stood = row.undoes is None
    return stood is not (later.kind == "redo")


def _came_of(site: str, operation: str) -> Select[*tuple[Any, ...]]:
    asked = select(Operation.id, Operation.at, Operation.undoes, Operation.facts)
    return asked.where(Operation.site == site, Operation.id == operation)


def _place(operation: str, at: datetime) -> tuple[datetime, int]:
    """Say when in the order of all steps an operation was written."""
    return at, int(operation.rpartition(":")[2].partition(".")[0])


def moved_by(tx: Session, site: str, operations: tuple[str, ...]) -> tuple[Moved, ...]:
    """List the goods that operations moved, as they did."""
    rows = tx.execute(
        select(Move.sku, Sku.name, Move.pieces, Move.source, Move.target)
        .outerjoin(
            Sku,
            and_(Sku.site == Move.site, Sku.merchant == Move.merchant, Sku.code == Move.sku),
        )
        .where(Move.site == site, Move.operation.in_(operations))
        .order_by(Move.operation, Move.row)
        .limit(MOVED_MAX)
    ).all()
    return tuple(Moved(row.sku, row.name or "", *row[2:]) for row in rows)


def last_out(
    tx: Session, cause: Cause, place: str, sku: str, since: datetime
) -> tuple[str, str, datetime] | None:
    """Say to where goods left a place last, by whom and when; None if only ``cause`` moved them."""
    row = tx.execute(
        select(Move.target, Worker.name, Move.at)
        .outerjoin(Worker, and_(Worker.site == Move.site, Worker.code == Move.worker))
        .where(
            Move.site == cause.site,
            Move.at >= since,
            Move.source == place,
            Move.sku == sku,
            ~Move.operation.startswith(cause.operation, autoescape=True),
        )
        .order_by(Move.at.desc())
        .limit(1)
    ).first()
    return None if row is None else (row.target, row.name or "", row.at)


def _steps(site: str, which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            UndoStep.at,
            UndoStep.seat,
            UndoStep.scan_no,
            UndoStep.told,
            UndoStep.operations,
            UndoStep.kind,
            Worker.name,
        )
        .outerjoin(Worker, and_(Worker.site == UndoStep.site, Worker.code == UndoStep.worker))
        .where(
            UndoStep.site == site,
            UndoStep.kind.in_((*WROTE, undo_steps.TAKEN_BACK)),
            UndoStep.operations != "[]",
            which,
        )
        .order_by(UndoStep.at.desc(), UndoStep.seat, UndoStep.scan_no.desc())
    )


def _undone(tx: Session, site: str, operations: list[str]) -> set[str | None]:
    return set(
        tx.scalars(
            select(Operation.undoes).where(Operation.site == site, Operation.undoes.in_(operations))
        )
    )


def _kept(row: Any) -> Kept:
    text, facts = json.loads(row.told)
    operation = json.loads(row.operations)[0]
    return Kept(operation, row.at, row.name or "", row.seat, text, facts, row.kind)
