"""Tell a worker that a colleague has taken work over, at the next scan, wherever it was open.

A lead may have given it to that colleague, or to anybody.

The transaction that takes over writes it where the worker would go on: no other scan has to ask.
What was scanned then answered a question about work that is a colleague's, so it is refused; the
worker stands at the job's first question. Parked work tells it when it is taken up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import TableClause, bindparam, select, update
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import read
from floorhand.domain.things import LeadTookBack, TakenOver
from floorhand.domain.troubles import TAKE_OVER
from floorhand.errors import Code
from floorhand.flows.taken_back import NAME, told
from floorhand.flows.turn import AnyState, Said
from floorhand.ops.aside import behind
from floorhand.ops.colleagues import moment
from floorhand.ops.freezing import freeze, thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import SCANNED_CHARACTERS_MAX, Settled, Sitting
from floorhand.ops.work_things import note_things, things_of_work
from floorhand.ops.works import work_of
from floorhand.store import tasks
from floorhand.store.asking import ask
from floorhand.store.finders import badge
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.schema import Parked, Seat

TOLD: Final[Mapping[str, tuple[Code, str]]] = {
    "picking": (Code.WALK_TAKEN, "cart"),
    "packing": (Code.ORDER_TAKEN_OVER, "order"),
    "putaway": (Code.SOURCE_TAKEN_OVER, "place"),
    "returns": (Code.RETURN_TAKEN_OVER, "number"),
}
"""What is told in each job, and the fact that names the work."""

_SEAT, _PARKED = cast(TableClause, Seat.__table__), cast(TableClause, Parked.__table__)
_SEATS = (
    select(_SEAT.c.code, _SEAT.c.flow, _SEAT.c.state, _SEAT.c.undo_step, _SEAT.c.redo_step)
    .where(_SEAT.c.site == bindparam("site"), _SEAT.c.worker == bindparam("worker"))
    .with_for_update()
)
_TELL = (
    update(_SEAT)
    .where(_SEAT.c.site == bindparam("at_site"), _SEAT.c.code == bindparam("at_seat"))
    .values(flow=NAME, state=bindparam("told"), undo_step="", redo_step="")
)
_LEFT = (
    _PARKED.c.site == bindparam("at_site"),
    _PARKED.c.worker == bindparam("at_worker"),
    _PARKED.c.flow == bindparam("at_flow"),
)
_LEFT_AT = select(_PARKED.c.flow, _PARKED.c.state, _PARKED.c.undo_step, _PARKED.c.redo_step).where(
    *_LEFT
)
_TELL_LATER = (
    update(_PARKED).where(*_LEFT).values(state=bindparam("told"), undo_step="", redo_step="")
)


def take_over(
    tx: Session, cause: Cause, job: str, task: str, holder: str, work: str, about: str
) -> None:
    """Make a colleague's task the worker's own. The operation keeps the names of both.

    ``work`` is what `floorhand.ops.works.work_of` calls it, ``about`` what people do. Who has it
    is known: if that changed while this is being written, the database lets the whole scan be
    tried again.
    """
    tell_holder(tx, cause, job, holder, about, lambda state: work_of(job, state) == work)
    note_things(cause, things_of_work(tx, cause.site, job, task))
    handed_over = tasks.hand_over(tx, cause, task, holder)
    assert handed_over, task
    cause.note(job=job, take_over=1, taken_from=holder)


def tell_holder(
    tx: Session, cause: Cause, job: str, holder: str, about: str, is_it: Callable[[AnyState], bool]
) -> None:
    """Let whoever has had work until now be told who has it.

    Args:
        tx: The transaction that takes it over.
        cause: Who takes it; a lead may have decided so.
        job: Which job it is of.
        holder: Number of the worker who loses it.
        about: What people call it: a cart, an order, a place, a return.
        is_it: Says whether a question of the job is about this work.
    """
    taker = name_of(tx, cause, cause.worker)
    if cause.lead:
        given = (("name", taker), ("by", name_of(tx, cause, cause.lead)), ("work", about))
        _tell(tx, cause, holder, TakenOver(job, Code.WORK_GIVEN, given, _at(cause)), is_it)
        return
    code, named = TOLD[job]
    had = name_of(tx, cause, holder)
    tasks.trouble(tx, cause, TAKE_OVER, about, job=job, taken_from=had)
    facts = (("name", taker), (named, about))
    _tell(tx, cause, holder, TakenOver(job, code, facts, _at(cause)), is_it)


def tell_freed(
    tx: Session,
    cause: Cause,
    job: str,
    holder: str,
    about: str,
    is_it: Callable[[AnyState], bool],
    code: Code = Code.WORK_FREED,
) -> None:
    """Let whoever has had work until now be told that a lead has opened it to everybody.

    ``code`` says so, or what else a lead has done with it.
    """
    facts = (("name", name_of(tx, cause, cause.lead)), ("work", about))
    _tell(tx, cause, holder, TakenOver(job, code, facts, _at(cause)), is_it)


def _tell(
    tx: Session, cause: Cause, holder: str, told: TakenOver, is_it: Callable[[AnyState], bool]
) -> None:
    """Let who loses work be told; the operation keeps where that worker was."""
    if lost := tell_where_open(tx, cause, holder, told, is_it):
        cause.note(lost=lost)


def name_of(tx: Session, cause: Cause, worker: str) -> str:
    """Name a worker; in the office nobody is one."""
    facts = worker_facts(tx, cause.site, worker)
    return facts.name if facts else worker or cause.seat


def _at(cause: Cause) -> str:
    return cause.at.isoformat()


def tell_where_open(
    tx: Session, cause: Cause, holder: str, told: TakenOver, is_it: Callable[[AnyState], bool]
) -> str:
    """Write it down where the worker would go on, at a terminal or from the menu.

    Returns:
        What was written, frozen, where the worker would go on first; empty if nowhere.
    """
    job, written = told.job, ""
    for row in ask(tx, _SEATS, site=cause.site, worker=holder).all():
        flow, state = behind(row.flow, row.state)
        if flow == job and is_it(thaw(FLOWS[job], state)):
            instead = _instead(cause, told, row)
            ask(tx, _TELL, at_site=cause.site, at_seat=row.code, told=instead)
            written = written or instead
    left = {"at_site": cause.site, "at_worker": holder, "at_flow": job}
    parked = ask(tx, _LEFT_AT, **left).one_or_none()
    if parked is not None and is_it(thaw(FLOWS[job], parked.state)):
        instead = _instead(cause, told, parked)
        ask(tx, _TELL_LATER, **left, told=instead)
        written = written or instead
    return written


def _instead(cause: Cause, told: TakenOver, row: Any) -> str:
    """Freeze what is told in the place of a question, which comes back if it is taken back."""
    before = (row.flow, row.state, row.undo_step, row.redo_step)
    return freeze(replace(told, operation=cause.operation, before=before))


def told_now(tx: Session, sitting: Sitting, scanned: str, now: datetime) -> Settled | None:
    """Answer a scan with who has the work; None if a colleague's badge ends it for this worker."""
    code = read(scanned[:SCANNED_CHARACTERS_MAX]).code
    who = badge(tx, sitting.site, code)
    if who is not None and who.worker != sitting.worker:
        return None
    return told_of(tx, sitting.site, sitting.state, now, secret=who is not None)


def told_of(
    tx: Session,
    site: str,
    state: TakenOver | LeadTookBack,
    now: datetime,
    *,
    secret: bool = False,
) -> Settled:
    """Say what a colleague has done to the work, and stand at the job's first question."""
    start = FLOWS[state.job].START
    if isinstance(state, LeadTookBack):
        return Settled(state.job, start, Said.about(told(state)), secret)
    since = moment(tx, site, datetime.fromisoformat(state.at), now)
    said = Said(f"refusal.{state.code}", {**dict(state.facts), "since": since}, "refused")
    return Settled(state.job, start, said, secret)
