"""Take back what somebody else did, or what lies further back: only for those with the right.

It is what the worker's own undo does, for any scan whose changes are kept: the rows go back to what
they were, the goods are moved back, and an operation of its own names both people and the reason.
What was done later with the same rows has to be taken back first: it is shown at once, whatever
the lead had looked for. Whoever has the work open is told before the next scan there is taken, and
begins at the job's first question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.leading import LIST_MAX
from floorhand.domain.reversing import (
    REASONS,
    Deed,
    DeedSeen,
    DeedsFound,
    FindDeeds,
    InTheWay,
    LookInto,
    TakeBack,
    TakenBack,
)
from floorhand.domain.rights import Right
from floorhand.domain.rules import SiteRules
from floorhand.domain.ruling import site_differing
from floorhand.domain.signing_in import JOBS
from floorhand.domain.site_rules import OF_LEADS
from floorhand.errors import Code, Refused
from floorhand.ops.aside import behind
from floorhand.ops.colleagues import moment
from floorhand.ops.freezing import thaw
from floorhand.ops.leading import must_lead
from floorhand.ops.not_done import not_done
from floorhand.ops.registry import FLOWS
from floorhand.ops.still_mine import must_fit, must_not_be_held
from floorhand.ops.telling_others import tell_others
from floorhand.ops.undoing import record_undo, where_now
from floorhand.ops.works import ROWS, ended_work, must_be_open, row_of, work_of
from floorhand.store import deeds, ledger, restoring, traces, undo_steps
from floorhand.store.deeds import Kept
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.print_jobs import OUT
from floorhand.store.restoring import Changed
from floorhand.store.schema import PrintJob
from floorhand.store.undo_steps import TAKEN_BACK, Step


def find(tx: Session, cause: Cause, command: FindDeeds) -> DeedsFound:
    """List what was done last, the latest first."""
    must_lead(tx, cause, Right.REVERSE)
    which = deeds.WHICH[command.kind](command.code)
    found = deeds.kept_steps(tx, cause.site, which, command.skip, LIST_MAX + 1)
    if not found and not command.skip:
        raise Refused(Code.NOTHING_DONE, code=command.code)
    shown = tuple(_deed(tx, cause, one) for one in found[:LIST_MAX])
    return DeedsFound(command, shown, more=len(found) > LIST_MAX)


def _deed(tx: Session, cause: Cause, kept: Kept) -> Deed:
    at = moment(tx, cause.site, kept.at, cause.at)
    facts, back = tuple(kept.facts.items()), kept.kind == TAKEN_BACK
    return Deed(kept.operation, at, kept.worker, kept.seat, kept.text, facts, back)


def _deed_of(tx: Session, cause: Cause, step: Step) -> Deed:
    """Tell of a step as a list does."""
    operation, (text, told) = step.operations[0], step.told
    worker = worker_facts(tx, cause.site, step.worker)
    name, seat = worker.name if worker else step.worker, operation.rpartition(":")[0]
    return _deed(tx, cause, Kept(operation, step.at, name, seat, text, dict(told), step.kind))


def look_into(tx: Session, cause: Cause, command: LookInto) -> DeedSeen:
    """List the goods that a deed moved."""
    with not_done(again=command.deed.back):
        step = kept_step(tx, cause, command.deed.operation)
    return DeedSeen(command.deed, deeds.moved_by(tx, cause.site, step.operations))


def take_back(tx: Session, cause: Cause, command: TakeBack) -> TakenBack | InTheWay:
    """Take a deed back.

    Raises:
        Refused: If it is taken back already, something was built on it that is no scan, or it is
            too long ago; as `must_be_theirs`.
    """
    must_lead(tx, cause, Right.REVERSE)
    assert command.reason in REASONS, command
    with not_done(again=False):
        return _taken_back(tx, cause, command)


def _taken_back(tx: Session, cause: Cause, command: TakeBack) -> TakenBack | InTheWay:
    step = kept_step(tx, cause, command.operation)
    if step.changes is None:
        raise Refused(Code.UNDO_TOO_MUCH, help_text="undo.counted")
    if step.kind not in deeds.WROTE:
        raise Refused(Code.UNDO_NOTHING)
    if name := undo_steps.taken_back_by(tx, cause.site, step):
        raise Refused(Code.REVERSE_DONE, name=name)
    rows = tuple(row for row in restoring.changed_rows(step.changes) if row.table.name != "seat")
    must_be_theirs(tx, cause, rows)
    if in_the_way := built_on(tx, cause, step, rows):
        return in_the_way
    try:
        taken = _reversed(tx, cause, command, step, rows)
    except Refused as refused:
        raise in_lead_words(tx, cause, step, refused) from refused
    if (job := deeds.job_of(tx, cause.site, command.operation)) in JOBS:
        tell_others(tx, cause, step, rows, job)
    return taken


def _reversed(
    tx: Session, cause: Cause, command: TakeBack, step: Step, rows: tuple[Changed, ...]
) -> TakenBack:
    """Move the goods and put the rows back, each operation by one of its own."""
    must_not_be_held(tx, cause, rows)
    pairs = list(zip(causes_of(cause), reversed(step.operations), strict=False))
    for own, operation in pairs:
        record_undo(tx, own, operation, of=step.worker, reason=command.reason)
    legs = ledger.reverse(tx, cause.site, pairs, restoring.reserved_by(rows))
    for own, _ in pairs:
        traces.keep(tx, own)
    printed = _is_printed(tx, cause, rows)
    restoring.put_back(tx, rows, cause.at, printed=True)
    must_fit(tx, cause, rows)
    must_be_open(tx, cause, step.flow, thaw(FLOWS[step.flow], step.state))
    text, told = step.told
    mine = ("reversing.told", {**told, "undone_text": text})
    back = replace(step, kind=TAKEN_BACK, worker=cause.worker, told=mine)
    undo_steps.keep_of_lead(tx, cause, back, [own.operation for own, _ in pairs])
    said, more = where_now(legs) or ("road.undone", {})
    facts = {**told, "told_text": text, **more}
    return TakenBack(said, tuple(facts.items()), printed, cause.operation)


def causes_of(cause: Cause) -> Iterator[Cause]:
    """Number the operations that one scan of a lead writes."""
    yield cause
    for number in count(2):
        yield replace(cause, operation=f"{cause.operation}.{number}", figures={}, things=set())


def kept_step(tx: Session, cause: Cause, operation: str) -> Step:
    """Find the scan that wrote an operation.

    Raises:
        Refused: `Code.REVERSE_TOO_OLD`, naming who it was, and when.
    """
    found = deeds.step_of(tx, cause.site, operation)
    if found is None:
        name, at = deeds.by_whom(tx, cause.site, operation)
        when = moment(tx, cause.site, at, cause.at)
        raise Refused(Code.REVERSE_TOO_OLD, done_by=name, done_at=when)
    return found


def must_be_theirs(tx: Session, cause: Cause, rows: tuple[Changed, ...]) -> None:
    """See that no lead sets back what binds leads, whoever had set it.

    Raises:
        Refused: `Code.ROLE_MISSING`, naming who may.
    """
    for row in rows:
        if row.table.name == "site":
            assert row.was is not None, row
            assert row.now is not None, row
            before, after = (SiteRules.of_json(one["rules"]) for one in (row.was, row.now))
            if any(name in OF_LEADS for name, *_ in site_differing(before, after)):
                must_lead(tx, cause, Right.LIMITS)


def built_on(tx: Session, cause: Cause, step: Step, rows: tuple[Changed, ...]) -> InTheWay | None:
    """Give what was done last with the same rows, or with goods in a place that came of them.

    Also what ended the work since, or closed or gave away a place to which goods would go back;
    what a bench has verified there, and what was counted of a delivery that would not be open.
    """
    mine = {_key(row) for row in rows if row.table.name != "stock"}
    begun = {_key(row) for row in rows if row.table.name in ROWS and _shuts(row)}
    opened = {row.any["number"] for row in rows if restoring.is_delivery_that_opened(row)}
    shut = {_key(row) for row in rows if row.table.name == "stock"}
    state = thaw(FLOWS[step.flow], step.state)
    if ended := ended_work(tx, cause.site, step.flow, state):
        shut.add(row_of(cause.site, *ended))
    for later in reversed(deeds.later_steps(tx, cause.site, step)):
        own = later.worker == step.worker
        changed = restoring.changed_rows(later.changes or ())
        theirs = {_key(row) for row in changed if own or not restoring.is_added_to(row)}
        counted = {row.any["delivery"] for row in changed if row.table.name == "delivery_line"}
        shuts = {_key(row) for row in changed if _shuts(row)}
        shuts |= {_place_of(row) for row in changed if row.table.name == "checked"}
        about = _work_row(cause.site, later)
        if mine & theirs or shut & shuts or opened & counted or about in begun:
            return InTheWay(_deed_of(tx, cause, later))
    return None


def _work_row(site: str, step: Step) -> tuple[str, ...] | None:
    """Name the row of the work that a step went on with; None if it was about none."""
    flow, state = behind(step.flow, step.state)
    work = work_of(flow, thaw(FLOWS[flow], state))
    return row_of(site, flow, work) if work and flow in JOBS else None


def _shuts(row: Changed) -> bool:
    """Say whether a step changed what state a place or a piece of work is in, or whose it is."""
    was, now = row.was or {}, row.now or {}
    return any(was.get(name) != now.get(name) for name in ("state", "custody", "order_no"))


def _place_of(row: Changed) -> tuple[str, ...]:
    """Name the place in which goods are, or are verified."""
    return ("place", str(row.any["site"]), str(row.any["place"]))


def _key(row: Changed) -> tuple[str, ...]:
    """Name a row; goods in a place are tied to the row of the place."""
    if row.table.name == "stock":
        return _place_of(row)
    return (row.table.name, *(str(row.any[column.name]) for column in row.table.primary_key))


def _is_printed(tx: Session, cause: Cause, rows: tuple[Changed, ...]) -> bool:
    jobs = [row.any["id"] for row in rows if restoring.is_label_that_came(row)]
    asked = select(PrintJob.id).where(
        PrintJob.site == cause.site,
        PrintJob.id.in_(jobs),
        PrintJob.state.in_(OUT),
    )
    return bool(jobs) and tx.scalar(asked.limit(1)) is not None


def in_lead_words(tx: Session, cause: Cause, step: Step, refused: Refused) -> Refused:
    """Say to a lead why not: who else could be asked is no help here."""
    if helps := _HELPS.get(refused.code):
        return Refused(refused.code, **{**refused.facts, "help_text": helps})
    if refused.code is not Code.UNDO_STOCK:
        return refused
    facts = dict(refused.facts)
    out = deeds.last_out(tx, cause, str(facts["place"]), str(facts["sku"]), step.at)
    if out is None:
        return Refused(Code.REVERSE_STOCK, **facts)
    other, name, at = out
    when = moment(tx, cause.site, at, cause.at)
    return Refused(Code.REVERSE_MOVED, **{**facts, "other": other, "name": name, "at": when})


_HELPS: Final[Mapping[Code, str]] = {
    Code.UNDO_CHANGED: "undo.scan",
    Code.UNDO_PRINTED: "undo.printed",
    Code.UNDO_DECIDED: "undo.decision",
    Code.UNDO_HELD: "undo.held",
}
"""What a lead can do where a worker has to ask one."""

HANDLERS: dict[type, Callable[..., object]] = {
    FindDeeds: find,
    LookInto: look_into,
    TakeBack: take_back,
}
