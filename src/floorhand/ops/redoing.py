"""Do again what a lead took back, if nobody has gone on from that: to take it back was the slip.

A lead's taking back is kept as a scan is, with every row that it changed, and stands in the lists
of what was done. Doing again puts those rows back; what it does counts for whoever did it first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session, aliased

from floorhand.domain.exceptions import Decide
from floorhand.domain.reversing import DoAgain, DoneAgain, InTheWay
from floorhand.domain.rights import Right
from floorhand.domain.signing_in import JOBS
from floorhand.errors import Code, Refused
from floorhand.ops.exceptions import must_be_another
from floorhand.ops.freezing import thaw
from floorhand.ops.leading import must_lead
from floorhand.ops.not_done import not_done
from floorhand.ops.registry import FLOWS
from floorhand.ops.reversing import (
    built_on,
    causes_of,
    in_lead_words,
    kept_step,
    must_be_theirs,
)
from floorhand.ops.still_mine import must_fit, must_not_be_held
from floorhand.ops.telling_others import tell_others
from floorhand.ops.undoing import record_redo
from floorhand.ops.works import must_be_open
from floorhand.store import deeds, ledger, restoring, traces, undo_steps
from floorhand.store.ledger import Cause
from floorhand.store.restoring import Changed
from floorhand.store.schema import Operation, PrintJob
from floorhand.store.undo_steps import TAKEN_BACK, Step


def do_again(tx: Session, cause: Cause, command: DoAgain) -> DoneAgain | InTheWay:
    """Do again what was taken back.

    Raises:
        Refused: If that was done already, something was built on it that is no scan, or it is
            too long ago; as `must_be_theirs`; as `must_be_another` if it was decided about an
            exception.
    """
    must_lead(tx, cause, Right.REVERSE)
    with not_done(again=True):
        return _done_again(tx, cause, command)


def _done_again(tx: Session, cause: Cause, command: DoAgain) -> DoneAgain | InTheWay:
    step = kept_step(tx, cause, command.operation)
    if step.changes is None:
        raise Refused(Code.UNDO_TOO_MUCH, help_text="undo.counted")
    if step.kind != TAKEN_BACK:
        raise Refused(Code.REDO_NOTHING)
    rows = tuple(row for row in restoring.changed_rows(step.changes) if row.table.name != "seat")
    must_be_theirs(tx, cause, rows)
    _must_be_others(tx, cause, step)
    if in_the_way := built_on(tx, cause, step, rows):
        return in_the_way
    try:
        must_be_open(tx, cause, step.flow, thaw(FLOWS[step.flow], step.state))
        done = _done(tx, cause, step, rows)
    except Refused as refused:
        raise in_lead_words(tx, cause, step, refused) from refused
    if (job := deeds.job_of(tx, cause.site, cause.operation)) in JOBS:
        tell_others(tx, cause, step, rows, job)
    return done


def _must_be_others(tx: Session, cause: Cause, step: Step) -> None:
    """See that nobody lets pass by doing it again what they may not decide about themselves."""
    undo = aliased(Operation)
    decided = (
        select(Operation.facts)
        .join(undo, and_(undo.site == Operation.site, undo.undoes == Operation.id))
        .where(
            undo.site == cause.site,
            undo.id.in_(step.operations),
            Operation.kind == Decide.__name__,
        )
    )
    for facts in map(json.loads, tx.scalars(decided)):
        must_be_another(tx, cause, facts["decision"], facts["kind"], facts["asked_by"])


def _done(tx: Session, cause: Cause, step: Step, rows: tuple[Changed, ...]) -> DoneAgain:
    must_not_be_held(tx, cause, rows)
    pairs = [
        (record_redo(tx, own, operation, by=cause.worker), operation)
        for own, operation in zip(causes_of(cause), reversed(step.operations), strict=False)
    ]
    ledger.reverse(tx, cause.site, pairs, restoring.reserved_by(rows))
    for own, _ in pairs:
        traces.keep(tx, own)
    restoring.put_back(tx, rows, cause.at)
    must_fit(tx, cause, rows)
    printed = _print_again(tx, cause, rows)
    undo_steps.spend(tx, cause.site, step)
    told = {name: value for name, value in step.told[1].items() if name != "undone_text"}
    text = str(step.told[1]["undone_text"])
    again = replace(step, kind="redo", worker=pairs[0][0].worker, told=(text, told))
    undo_steps.keep_of_lead(tx, cause, again, [own.operation for own, _ in pairs])
    return DoneAgain((*told.items(), ("told_text", text)), printed)


def _print_again(tx: Session, cause: Cause, rows: Iterable[Changed]) -> bool:
    """Let labels that came out once come out again: those were destroyed."""
    jobs = [
        row.any["id"]
        for row in rows
        if row.table.name == "print_job" and row.was and row.was.get("state") != "waiting"
    ]
    if jobs:
        mine = (PrintJob.site == cause.site, PrintJob.id.in_(jobs))
        tx.execute(update(PrintJob).where(*mine).values(state="waiting", tries=0, not_before=None))
    return bool(jobs)


HANDLERS: dict[type, Callable[..., object]] = {DoAgain: do_again}
