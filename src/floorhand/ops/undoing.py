"""Take the last scan of a job back, or do one again that was taken back.

There is one way for all jobs: whatever rows the scan changed are put back, its moves are moved
back by the ledger, and the question before it is asked again. All of it or nothing: if a colleague,
a printer or the shop has built on any of it, it is refused with what that was and who can help.
Doing again is the same thing done to the undo; what it does counts as if it had been done now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import TableClause, bindparam, insert, select
from sqlalchemy.orm import Session

from floorhand.domain.rights import Right, may
from floorhand.domain.things import CORRECTION, OUTSIDE
from floorhand.domain.tracing import things_of
from floorhand.errors import Code, Refused
from floorhand.flows.planning import NAME as PLANNING
from floorhand.flows.turn import Facts, Said
from floorhand.ops.causes import cause_of
from floorhand.ops.freezing import thaw
from floorhand.ops.not_done import not_text
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import Settled, Sitting, Trail
from floorhand.ops.still_mine import must_be_mine, must_fit, must_not_be_held
from floorhand.ops.unplanning import make_way
from floorhand.ops.untelling import tell_again, untell
from floorhand.store import ledger, restoring, traces, undo_steps
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause, Leg
from floorhand.store.restoring import Changed
from floorhand.store.schema import Operation
from floorhand.store.undo_steps import Step

KIND: Final = "Undo"
"""The kind of an operation that takes another one back."""

_OPERATION = cast(TableClause, Operation.__table__)
_READ = select(
    _OPERATION.c.id,
    _OPERATION.c.kind,
    _OPERATION.c.command,
    _OPERATION.c.facts,
    _OPERATION.c.undoes,
    _OPERATION.c.worker,
    _OPERATION.c.seat,
    _OPERATION.c.at,
).where(_OPERATION.c.site == bindparam("site"), _OPERATION.c.id == bindparam("id"))
_ADD = insert(_OPERATION)


def reverse(
    tx: Session, sitting: Sitting, scan_no: int, now: datetime, *, again: bool = False
) -> Settled:
    """Take the last step back; ``again``: do the one again that was taken back last.

    Raises:
        Refused: If there is nothing to take back, or others have gone on from it; it says whom to
            ask, or that whoever asks can put it right elsewhere.
    """
    try:
        return _reversed(tx, sitting, scan_no, now, again=again)
    except Refused as refused:
        helps = "undo.ask"
        if may(sitting.roles, Right.REVERSE):
            helps = "undo.held" if refused.code is Code.UNDO_HELD else "undo.desk"
        said = {"help_text": helps, "not_text": not_text(again=again)}
        raise Refused(refused.code, **{**refused.facts, **said}) from refused


def _reversed(
    tx: Session, sitting: Sitting, scan_no: int, now: datetime, *, again: bool
) -> Settled:
    step = _step(tx, sitting, again=again)
    cause = cause_of(sitting, "", now)
    must_be_mine(tx, cause, sitting.flow, sitting.state)
    if step.changes is None:
        raise Refused(Code.UNDO_TOO_MUCH)
    if name := undo_steps.taken_back_by(tx, sitting.site, step):
        raise Refused(Code.UNDO_DONE, name=name)
    rows = restoring.changed_rows(step.changes)
    if step.flow == PLANNING:
        make_way(tx, cause, rows)
    must_not_be_held(tx, cause, rows)
    pairs: list[tuple[Cause, str]] = []
    for operation in reversed(step.operations):
        number = f"{sitting.seat}:{scan_no}" + (f".{len(pairs) + 1}" if pairs else "")
        pairs.append((cause_of(sitting, number, now), operation))
        (record_redo if again else record_undo)(tx, *pairs[-1])
    legs = ledger.reverse(tx, sitting.site, pairs, restoring.reserved_by(rows))
    for own, _ in pairs:
        traces.keep(tx, own)
    restoring.put_back(tx, rows, cause.at)
    state = thaw(FLOWS[step.flow], step.state)
    must_fit(tx, cause, rows)
    must_be_mine(tx, cause, step.flow, state)
    trail = Trail(
        step.told, tuple(cause.operation for cause, _ in pairs), "redo" if again else "undo", step
    )
    return Settled(step.flow, state, _said(step, rows, legs, again=again), trail=trail)


def _step(tx: Session, sitting: Sitting, *, again: bool) -> Step:
    """Find the step that is meant."""
    named = sitting.redo_step if again else sitting.undo_step
    step = undo_steps.marked(tx, sitting.site, named)
    if step is None or step.worker != sitting.worker:
        raise Refused(Code.REDO_NOTHING if again else Code.UNDO_NOTHING)
    return step


def record_redo(tx: Session, cause: Cause, operation: str, **more: str) -> Cause:
    """Write the operation that does again as it was what one took back; gives its cause.

    It is that of the worker who did it first, whoever does it again. ``more`` are facts about it.
    """
    undo = ask(tx, _READ, site=cause.site, id=operation).one()
    row = ask(tx, _READ, site=cause.site, id=undo.undoes).one()
    told = tell_again(tx, cause, json.loads(row.facts), row.command, undo)
    facts = {**told, "again": operation, **more}
    whose = replace(cause, worker=row.worker)
    _is_about(cause, row)
    _write(tx, whose, facts, kind=row.kind, command=row.command, undoes=None)
    return whose


def record_undo(tx: Session, cause: Cause, operation: str, **more: str) -> None:
    """Write the operation that takes one back; ``more`` are facts about it.

    What others were to be told of it, and have not been yet, they are not told any more.
    """
    row = ask(tx, _READ, site=cause.site, id=operation).one()
    told = untell(tx, cause, operation, row)
    facts, command = {"undone": row.kind, **more, **told}, _json({"operation": operation})
    _is_about(cause, row)
    _write(tx, cause, facts, kind=KIND, command=command, undoes=operation)


def _is_about(cause: Cause, row: Any) -> None:
    """Say that an operation is about what another one was; what it moves back is told besides."""
    facts = json.loads(row.facts)
    for told in (facts, json.loads(row.command)):
        cause.things.update(things_of(told, str(facts.get("job", ""))))


def _write(tx: Session, cause: Cause, facts: Mapping[str, Any], **written: str | None) -> None:
    who = {"worker": cause.worker, "seat": cause.seat, "station": cause.station, "at": cause.at}
    who["device"] = cause.device
    ask(tx, _ADD, site=cause.site, id=cause.operation, facts=_json(facts), **written, **who)


def _said(step: Step, rows: Sequence[Changed], legs: Sequence[Leg], *, again: bool) -> Said:
    """Name what was taken back: the goods and where they are now, else what was told of it."""
    text, told = step.told
    facts: dict[str, str | int] = {**told, "told_text": text}
    if again:
        return Said("road.redone", facts, "ok")
    said, more = where_now(legs) or ("road.undone", {})
    facts |= more
    if any(map(restoring.is_label_that_came, rows)):
        return Said("road.undone_label", {**facts, "undone_text": said}, "ok")
    return Said(said, facts, "ok")


def where_now(legs: Sequence[Leg]) -> tuple[str, Facts] | None:
    """Say which goods are where again; None if they are not all of one kind or in one place."""
    change: dict[tuple[str, str], int] = {}
    for leg in legs:
        for place, sign in ((leg.source, -1), (leg.target, 1)):
            at = place, leg.line.goods.sku
            change[at] = change.get(at, 0) + sign * leg.line.pieces
    moved = {at: pieces for at, pieces in change.items() if pieces and at[0] != CORRECTION}
    here = {at: pieces for at, pieces in moved.items() if at[0] not in OUTSIDE}
    places = {place for place, _ in here}
    skus = {sku for _, sku in here}
    gained = {at: pieces for at, pieces in here.items() if pieces > 0}
    facts: dict[str, Any] = {"pieces": sum(gained.values()) or -sum(here.values())}
    if len(skus) == 1:
        facts["sku"] = skus.pop()
    if len(gained) == 1 and len(here) == 2 and "sku" in facts:
        facts["place"] = next(iter(gained))[0]
        facts["other"] = (places - {facts["place"]}).pop()
        return "road.undone_move", facts
    if len(places) != 1 or len(gained) not in (0, len(here)):
        return None
    facts["place"] = places.pop()
    if gained:
        return "road.undone_here" if "sku" in facts else "road.undone_all_here", facts
    return ("road.undone_gone" if "sku" in facts else "road.undone_all_gone"), facts


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
