"""Take back what workers were to be told of work that changed hands, once that is undone.

Whoever lost the work, and has not been told so yet, is where they were before; who has been told
finds it parked as it was. Whoever was given it, and has not taken it up, finds it no more; who has
is told who has it now. Nobody is told what is no longer so. The operation that undoes it keeps
what was told so, and whoever does it again lets both be told again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import TableClause, bindparam, delete, select, update
from sqlalchemy.orm import Session

from floorhand.domain.things import TakenOver
from floorhand.errors import Code
from floorhand.flows import taken_back
from floorhand.flows.turn import AnyState
from floorhand.ops.aside import behind
from floorhand.ops.freezing import freeze, thaw
from floorhand.ops.parking import Left, is_busy, park
from floorhand.ops.putaway_work import is_at, source_of
from floorhand.ops.registry import FLOWS
from floorhand.ops.taken_over import name_of, tell_where_open
from floorhand.ops.works import work_of
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.schema import Parked, Seat
from floorhand.store.undo_steps import NO_STEPS

_SEAT, _PARKED = cast(TableClause, Seat.__table__), cast(TableClause, Parked.__table__)
_TOLD_AT = (
    select(_SEAT.c.code, _SEAT.c.state)
    .where(
        _SEAT.c.site == bindparam("site"),
        _SEAT.c.worker == bindparam("worker"),
        _SEAT.c.flow == taken_back.NAME,
    )
    .with_for_update()
)
_BEFORE: Final[Mapping[str, Any]] = {
    name: bindparam(f"before_{name}") for name in ("state", "undo_step", "redo_step")
}
_BACK = (
    update(_SEAT)
    .where(_SEAT.c.site == bindparam("at_site"), _SEAT.c.code == bindparam("at_seat"))
    .values(flow=bindparam("before_flow"), **_BEFORE)
)
_LEFT = (
    _PARKED.c.site == bindparam("at_site"),
    _PARKED.c.worker == bindparam("at_worker"),
    _PARKED.c.flow == bindparam("at_flow"),
)
_TOLD_LATER = (
    select(_PARKED.c.flow, _PARKED.c.state)
    .where(_PARKED.c.site == bindparam("site"), _PARKED.c.worker == bindparam("worker"))
    .with_for_update()
)
_BACK_LATER = update(_PARKED).where(*_LEFT).values(**_BEFORE)
_GIVEN = delete(_PARKED).where(
    *_LEFT,
    _PARKED.c.at == bindparam("given_at"),
    _PARKED.c.seat == bindparam("given_from"),
    _PARKED.c.by != "",
)

Before = tuple[str, str, str, str]
"""Where a worker was, as in `TakenOver`: flow, frozen state, the steps to undo and to redo."""

Facts = dict[str, Any]
"""What an operation keeps of it.

``taken_from`` is who loses the work, ``lost`` the frozen `TakenOver` that tells it; ``given_to`` is
who gets it from a lead, ``asked`` the frozen question there. An undo keeps as ``lost`` what those
are told who had got it.
"""


def untell(tx: Session, cause: Cause, operation: str, row: Any) -> Facts:
    """Take back what an operation lets others be told.

    Args:
        tx: The transaction that undoes it.
        cause: Of that.
        operation: Its id.
        row: What is kept of it: ``command`` and ``facts`` as JSON, ``at`` and ``seat``.

    Returns:
        What others are told instead, for `tell_again`.
    """
    facts, command = json.loads(row.facts), json.loads(row.command)
    if holder := facts.get("taken_from"):
        _give_back(tx, cause, holder, operation, _before_it(facts.get("lost", "")))
    if taker := facts.get("given_to"):
        told = _told(tx, cause, command, holder)
        lost = _take_away(tx, cause, taker, told, facts["asked"], (row.at, row.seat))
        return {"lost": lost} if lost else {}
    return {}


def tell_again(
    tx: Session, cause: Cause, facts: Mapping[str, Any], command: str, undo: Any
) -> Facts:
    """Let others be told again of what is done again.

    Args:
        tx: The transaction that does it.
        cause: Of that.
        facts: Those of the operation that is done again.
        command: Its command as JSON.
        undo: What is kept of the operation that took it back, as of one in `untell`.

    Returns:
        The facts of what is done now.
    """
    holder, taker, lost = (facts.get(name, "") for name in ("taken_from", "given_to", "lost"))
    when = undo.at, undo.seat
    if taker:
        asked, told = facts["asked"], _told(tx, cause, json.loads(command), taker)
        lost = _take_away(tx, cause, holder, told, asked, when) or lost
        before = _before_it(json.loads(undo.facts).get("lost", ""))
        _give_back(tx, cause, taker, undo.id, before or (told.job, asked, *NO_STEPS))
    elif lost:
        told = _told_again(tx, cause, lost)
        asked = behind(*told.before[:2])[1]
        lost = _take_away(tx, cause, holder, told, asked, when) or lost
    return {**facts, "lost": lost} if lost else {**facts}


def _told_again(tx: Session, cause: Cause, lost: str) -> TakenOver:
    """Say once more what a worker was told, now, and of whoever does it now."""
    told = cast(TakenOver, thaw(taken_back, lost))
    if told.code in (Code.WORK_FREED, Code.PICKED_FIRST):
        facts = dict(told.facts) | {"name": name_of(tx, cause, cause.worker)}
        told = replace(told, facts=tuple(facts.items()))
    return replace(told, at=cause.at.isoformat())


def _told(tx: Session, cause: Cause, command: Mapping[str, Any], worker: str) -> TakenOver:
    """Say that work is a worker's now, as a lead or whoever else does this wants."""
    name, by = (name_of(tx, cause, one) for one in (worker, cause.worker))
    facts = (("name", name), ("by", by), ("work", command["about"]))
    return TakenOver(command["job"], Code.WORK_GIVEN, facts, cause.at.isoformat())


def _take_away(
    tx: Session,
    cause: Cause,
    worker: str,
    told: TakenOver,
    asked: str,
    parked: tuple[datetime, str],
) -> str:
    """Let whoever is at work be told where it went; what lies parked for them just goes.

    Args:
        tx: The transaction that takes it away.
        cause: Of that.
        worker: Who loses it.
        told: What they are told.
        asked: A frozen question of the job about the work.
        parked: When and at which seat it was parked for them.

    Returns:
        The frozen `TakenOver`; empty if there is nothing to tell.
    """
    at, seat = parked
    left = {"at_site": cause.site, "at_worker": worker, "at_flow": told.job}
    if ask(tx, _GIVEN, **left, given_at=at, given_from=seat).rowcount:
        return ""
    return tell_where_open(tx, cause, worker, told, _is_same(told.job, asked))


def _give_back(
    tx: Session, cause: Cause, worker: str, operation: str, before: Before | None
) -> None:
    """Lead a worker back to work that an operation had taken from them.

    Args:
        tx: The transaction that gives it back.
        cause: Of that.
        worker: Who.
        operation: Its id.
        before: Where they were before it, for who knows already that it is lost; None if nowhere.
    """
    site = cause.site
    at_terminals = _back_at_terminals(tx, site, operation, worker)
    where_parked = _back_where_parked(tx, site, operation, worker)
    if before is None or at_terminals or where_parked:
        return
    flow, asked = behind(*before[:2])
    if not is_busy(tx, site, worker, flow):
        left = Left(worker, flow, asked, before[2:])
        park(tx, cause, left, name_of(tx, cause, cause.worker))


def _before_it(lost: str) -> Before | None:
    """Give where a worker was who is told this; None if nobody is told anything."""
    return cast(Before, thaw(taken_back, lost).before) if lost else None


def _is_same(job: str, asked: str) -> Callable[[AnyState], bool]:
    """Say of a question of a job whether it is about the same work as another one."""
    other = thaw(FLOWS[job], asked)
    if (source := source_of(other)) is not None:
        return lambda state: is_at(state, source)
    work = work_of(job, other)
    return lambda state: freeze(state) == asked or bool(work and work_of(job, state) == work)


def _back_at_terminals(tx: Session, site: str, operation: str, worker: str) -> int:
    back = 0
    for at in ask(tx, _TOLD_AT, site=site, worker=worker).all():
        if (before := _before(taken_back.NAME, at.state, operation)) is not None:
            flow, state, *steps = before
            ask(tx, _BACK, at_site=site, at_seat=at.code, before_flow=flow, **_named(state, steps))
            back += 1
    return back


def _back_where_parked(tx: Session, site: str, operation: str, worker: str) -> int:
    """Parked work begins behind what stood before its question, as all that is parked does."""
    back = 0
    for at in ask(tx, _TOLD_LATER, site=site, worker=worker).all():
        if (before := _before(at.flow, at.state, operation)) is not None:
            flow, state, *steps = before
            _, asked = behind(flow, state)
            left = {"at_site": site, "at_worker": worker, "at_flow": at.flow}
            ask(tx, _BACK_LATER, **left, **_named(asked, steps))
            back += 1
    return back


def _named(state: str, steps: list[str]) -> dict[str, str]:
    undo_step, redo_step = steps
    return {
        "before_state": state,
        "before_undo_step": undo_step,
        "before_redo_step": redo_step,
    }


def _before(flow: str, state: str, operation: str) -> Before | None:
    """Give where a worker was before an operation that is to be told there; None if none is."""
    if operation not in state:  # most of what is parked: it need not be read
        return None
    told = thaw(FLOWS[flow], state)
    if isinstance(told, TakenOver) and told.operation == operation:
        return told.before
    return None
