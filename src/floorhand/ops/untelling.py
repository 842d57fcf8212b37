"""Take back what workers were to be told of work that changed hands, once that is undone.

Whoever lost the work, and has not been told so yet, is where they were before. Whoever was given
it, and has not taken it up, finds it no more: neither is told what is no longer so. The operation
that undoes it keeps what was taken back, and whoever does it again lets both be told again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from sqlalchemy import TableClause, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.things import TakenOver
from floorhand.flows import taken_back
from floorhand.flows.turn import AnyState
from floorhand.ops.aside import behind
from floorhand.ops.freezing import freeze, thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.taken_over import tell_where_open
from floorhand.ops.works import work_of
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.schema import Parked, Seat

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
_GIVEN = (
    delete(_PARKED)
    .where(
        *_LEFT,
        _PARKED.c.at == bindparam("given_at"),
        _PARKED.c.seat == bindparam("given_from"),
        _PARKED.c.by != "",
    )
    .returning(_PARKED.c.state, _PARKED.c.by)
)
_GO_ON = select(_PARKED.c.flow).where(
    _PARKED.c.site == bindparam("site"),
    _PARKED.c.worker == bindparam("worker"),
    _PARKED.c.flow == bindparam("flow"),
)
_AT_IT = select(_SEAT.c.code).where(
    _SEAT.c.site == bindparam("site"),
    _SEAT.c.worker == bindparam("worker"),
    _SEAT.c.flow == bindparam("flow"),
)
_GIVE = insert(_PARKED)

Untold = dict[str, Any]
"""What was taken back: ``untold`` are frozen `TakenOver`, ``ungiven`` what was parked for whom."""


def untell(tx: Session, site: str, operation: str, row: Any) -> Untold:
    """Take back what an operation lets others be told.

    Args:
        tx: The transaction that undoes it.
        site: The building.
        operation: Its id.
        row: What is kept of it: ``command`` and ``facts`` as JSON, ``at`` and ``seat``.

    Returns:
        What was taken back, for `tell_again`; empty if nobody was to be told anything any more.
    """
    facts, found = json.loads(row.facts), Untold()
    untold: list[str] = []
    if holder := facts.get("taken_from"):
        untold += _back_at_terminals(tx, site, operation, holder)
        untold += _back_where_parked(tx, site, operation, holder)
    if untold:
        found["untold"] = untold
    if taker := facts.get("given_to"):
        job = json.loads(row.command)["job"]
        given = {"at_site": site, "at_worker": taker, "at_flow": job}
        for gone in ask(tx, _GIVEN, **given, given_at=row.at, given_from=row.seat).all():
            found["ungiven"] = {"flow": job, "state": gone.state, "by": gone.by}
    return found


def tell_again(tx: Session, cause: Cause, facts: Mapping[str, Any], untold: Untold) -> None:
    """Let others be told again of what is done again.

    Args:
        tx: The transaction that does it.
        cause: Of that.
        facts: Those of the operation that is done again.
        untold: What `untell` took back.
    """
    for text in untold.get("untold", ()):
        told = thaw(taken_back, text)
        flow, asked = behind(told.before[0], told.before[1])
        if flow == told.job:
            again = replace(told, at=cause.at.isoformat())
            tell_where_open(tx, cause, facts["taken_from"], again, _is_same(flow, asked))
    if given := untold.get("ungiven"):
        whose = {"site": cause.site, "worker": facts["given_to"], "flow": given["flow"]}
        if not (ask(tx, _GO_ON, **whose).first() or ask(tx, _AT_IT, **whose).first()):
            kept = {"at": cause.at, "seat": cause.seat, "undo_step": "", "redo_step": ""}
            ask(tx, _GIVE, **whose, **kept, state=given["state"], by=given["by"])


def _is_same(job: str, asked: str) -> Callable[[AnyState], bool]:
    """Say of a question of a job whether it is about the same work as another one."""
    work = work_of(job, thaw(FLOWS[job], asked))
    return lambda state: freeze(state) == asked or bool(work and work_of(job, state) == work)


def _back_at_terminals(tx: Session, site: str, operation: str, worker: str) -> Iterator[str]:
    for at in ask(tx, _TOLD_AT, site=site, worker=worker).all():
        if (before := _before(taken_back.NAME, at.state, operation)) is not None:
            flow, state, *steps = before
            ask(tx, _BACK, at_site=site, at_seat=at.code, before_flow=flow, **_named(state, steps))
            yield at.state


def _back_where_parked(tx: Session, site: str, operation: str, worker: str) -> Iterator[str]:
    """Parked work begins behind what stood before its question, as all that is parked does."""
    for at in ask(tx, _TOLD_LATER, site=site, worker=worker).all():
        if (before := _before(at.flow, at.state, operation)) is not None:
            flow, state, *steps = before
            _, asked = behind(flow, state)
            left = {"at_site": site, "at_worker": worker, "at_flow": at.flow}
            ask(tx, _BACK_LATER, **left, **_named(asked, steps))
            yield at.state


def _named(state: str, steps: list[str]) -> dict[str, str]:
    undo_step, redo_step = steps
    return {
        "before_state": state,
        "before_undo_step": undo_step,
        "before_redo_step": redo_step,
    }


def _before(flow: str, state: str, operation: str) -> tuple[str, str, str, str] | None:
    """Give where a worker was before an operation that is to be told there; None if none is."""
    if operation not in state:  # most of what is parked: it need not be read
        return None
    told = thaw(FLOWS[flow], state)
    if isinstance(told, TakenOver) and told.operation == operation:
        return told.before
    return None
