"""Plan counts and refills: open tasks for the bins that need them most."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from floorhand.domain import refilling
from floorhand.domain.allocation import Take
from floorhand.domain.count_plan import PLANNED_MAX
from floorhand.domain.leading import LIST_MAX
from floorhand.domain.planning import (
    CountBin,
    CountsPlanned,
    LookAtPlan,
    PlanChanged,
    PlanCounts,
    PlanRefills,
    PlanSeen,
    RefillsPlanned,
)
from floorhand.domain.refilling import Refill
from floorhand.domain.rights import Right
from floorhand.errors import Code, Refused
from floorhand.ops.leading import must_lead
from floorhand.store import count_plan, counts, refills, tasks
from floorhand.store.ledger import Cause

JOB = "lead"

WANTED = "asked"
"""Why a bin is counted: a lead wants it."""

RUNS_DRY = "runs_dry"
"""Why a pick face is filled up."""


def look_at_plan(tx: Session, cause: Cause, _command: LookAtPlan) -> PlanSeen:
    """Say what is open and what is due."""
    must_lead(tx, cause, Right.PLAN)
    return _seen(tx, cause)


def _seen(tx: Session, cause: Cause) -> PlanSeen:
    due = count_plan.due_counts(tx, cause.site, cause.at)
    dry = refills.dry_faces(tx, cause.site, cause.at)
    can_be = sum(bool(one.takes) for one in dry)
    return PlanSeen(
        len(count_plan.open_counts(tx, cause.site)),
        len(due),
        sum(bool(one.doubts) for one in due),
        tuple(
            (one.place, one.grade, one.doubts[0] if one.doubts else one.reason, one.overdue_days)
            for one in due[:LIST_MAX]
        ),
        len(refills.open_refills(tx, cause.site)),
        can_be,
        len(dry) - can_be,
        tuple(one.place for one in due[:PLANNED_MAX]),
        tuple(_key(one) for one in dry if one.takes)[: refilling.PLANNED_MAX],
    )


def _key(one: Refill) -> tuple[str, str, str]:
    return one.merchant, one.sku, one.face


def plan_counts(tx: Session, cause: Cause, command: PlanCounts) -> CountsPlanned | PlanChanged:
    """Open counts of the most urgent bins; those that are open already stay as they are."""
    must_lead(tx, cause, Right.PLAN)
    due = count_plan.due_counts(
        tx, cause.site, cause.at, zone=command.zone, merchant=command.merchant
    )
    if command.places:
        urgent = {one.place: one for one in due}
        for place in command.places:
            if place not in urgent:
                return PlanChanged(place, _seen(tx, cause))
        due = tuple(urgent[place] for place in command.places)
    chosen = due[: min(command.bins, PLANNED_MAX)]
    _open(tx, cause, ((one.place, one.reason) for one in chosen))
    if chosen:
        cause.note(job=JOB, counts_planned=len(chosen))
    return CountsPlanned(tuple(one.place for one in chosen), _seen(tx, cause))


def count_bin(tx: Session, cause: Cause, command: CountBin) -> CountsPlanned:
    """Open a count of one bin.

    Raises:
        Refused: `Code.COUNT_OPEN` if one is open.
    """
    must_lead(tx, cause, Right.PLAN)
    if any(not row.count.sku for row in counts.open_counts(tx, cause.site, command.place)):
        raise Refused(Code.COUNT_OPEN, place=command.place)
    _open(tx, cause, [(command.place, WANTED)])
    cause.note(job=JOB, counts_planned=1, place=command.place)
    return CountsPlanned((command.place,), _seen(tx, cause))


def plan_refills(tx: Session, cause: Cause, command: PlanRefills) -> RefillsPlanned | PlanChanged:
    """Open refills of the pick faces that run dry first and for which there is a reserve."""
    must_lead(tx, cause, Right.PLAN)
    dry = refills.dry_faces(tx, cause.site, cause.at, merchant=command.merchant)
    able = {_key(one): one for one in dry if one.takes}
    for key in command.seen:
        if key not in able:
            return PlanChanged(key[-1], _seen(tx, cause))
    wanted = command.seen or tuple(able)
    chosen = [able[key] for key in wanted[: min(command.faces, refilling.PLANNED_MAX)]]
    for one in chosen:
        for take in one.takes:
            _open_refill(tx, cause, one, take)
    if chosen:
        cause.note(job=JOB, refills_planned=len(chosen))
    return RefillsPlanned(tuple(one.face for one in chosen), _seen(tx, cause))


def _open_refill(tx: Session, cause: Cause, refill: Refill, take: Take) -> None:
    goods = take.shelf.goods
    task = tasks.open_task(
        tx,
        cause,
        "refill",
        place=refill.face,
        merchant=goods.merchant,
        sku=goods.sku,
        lot=goods.lot,
        pieces=take.pieces,
        reason=RUNS_DRY,
    )
    refills.add_refill(
        tx,
        cause.site,
        task,
        source=take.shelf.place,
        expiry=goods.expiry,
        needed_at=refill.dry_at,
    )


def _open(tx: Session, cause: Cause, bins: Iterable[tuple[str, str]]) -> None:
    for place, reason in bins:
        tasks.open_task(tx, cause, "count", place=place, reason=reason)


HANDLERS: dict[type, Callable[..., object]] = {
    LookAtPlan: look_at_plan,
    PlanCounts: plan_counts,
    CountBin: count_bin,
    PlanRefills: plan_refills,
}
