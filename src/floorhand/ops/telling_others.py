"""Tell those who have work open that a lead has taken something of it back."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.signing_in import JOBS
from floorhand.domain.things import LeadTookBack
from floorhand.flows.taken_back import NAME
from floorhand.flows.turn import AnyState
from floorhand.ops.aside import behind
from floorhand.ops.freezing import freeze, thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.works import work_of
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.restoring import Changed
from floorhand.store.schema import Operation, Parked, Seat, Task
from floorhand.store.undo_steps import Step

Owned = tuple[str, str]
"""A product with whose it is."""


def tell_others(tx: Session, cause: Cause, step: Step, rows: Iterable[Changed], job: str) -> None:
    """Let whoever has the work of a step open begin at the job's first question.

    A seat is told at its next scan, and can take nothing back itself that was done before. Parked
    work tells it when it is taken up. ``job`` is that of the step, which may have opened it from
    the menu. Who has work again that a colleague had taken over goes on with it untold.
    """
    flow, asked_before = behind(step.flow, step.state)
    if flow not in JOBS:
        flow, asked_before = job, freeze(FLOWS[job].START)
    works = _works(tx, cause.site, work_of(flow, thaw(FLOWS[flow], asked_before)), rows)
    lead = worker_facts(tx, cause.site, cause.worker)
    text, facts = step.told
    told = LeadTookBack(
        flow,
        freeze(FLOWS[flow].START),
        lead.name if lead else cause.seat,
        text,
        tuple(facts.items()),
    )
    asked, again = freeze(told), _who_has_it_again(tx, cause.site, step)
    goods = _goods(tx, cause.site, (flow, asked_before), rows)
    seats = select(Seat.code, Seat.flow, Seat.state).where(
        Seat.site == cause.site, Seat.worker.not_in(again)
    )
    for row in tx.execute(seats).all():
        if _is_about(flow, works, goods, *behind(row.flow, row.state)):
            tx.execute(
                update(Seat)
                .where(Seat.site == cause.site, Seat.code == row.code)
                .values(flow=NAME, state=asked, undo_step="", redo_step="")
            )
    parked = select(Parked.worker, Parked.state).where(
        Parked.site == cause.site, Parked.flow == flow, Parked.worker.not_in(again)
    )
    for worker, state in tx.execute(parked).all():
        if _is_about(flow, works, goods, flow, state):
            mine = (Parked.site == cause.site, Parked.worker == worker, Parked.flow == flow)
            tx.execute(update(Parked).where(*mine).values(state=asked, undo_step="", redo_step=""))


def _who_has_it_again(tx: Session, site: str, step: Step) -> frozenset[str]:
    """Say from whom a step had taken work over: `floorhand.ops.untelling` led them back to it."""
    of_step = (Operation.site == site, Operation.id.in_(step.operations))
    facts = map(json.loads, tx.scalars(select(Operation.facts).where(*of_step)))
    return frozenset(one["taken_from"] for one in facts if "taken_from" in one)


def _is_about(
    flow: str, works: frozenset[str], goods: frozenset[Owned], other: str, state: str
) -> bool:
    if other != flow:
        return False
    asked = thaw(FLOWS[flow], state)
    loose = _loose(flow, asked)
    return work_of(flow, asked) in works and (loose is None or loose in goods)


def _loose(flow: str, asked: AnyState) -> Owned | None:
    """Give the product that is put away from where others stand loose beside it; None if not so."""
    about = getattr(asked, "now", None) or getattr(asked, "found", None)
    if flow != "putaway" or about is None or not about.source.sku:
        return None
    return about.source.merchant, about.source.sku


def _goods(
    tx: Session, site: str, before: tuple[str, str], rows: Iterable[Changed]
) -> frozenset[Owned]:
    """Name the products that a step was about: of its question, its tasks and its moves."""
    flow, state = before
    loose = _loose(flow, thaw(FLOWS[flow], state))
    moved = {(row.any["merchant"], row.any["sku"]) for row in rows if row.table.name == "stock"}
    tasks = [row.any["id"] for row in rows if row.table.name == "task"]
    asked = select(Task.merchant, Task.sku).where(Task.site == site, Task.id.in_(tasks))
    of_tasks = {(row.merchant, row.sku) for row in tx.execute(asked)}
    return frozenset({loose} if loose else ()) | moved | of_tasks


def _works(tx: Session, site: str, work: str, rows: Iterable[Changed]) -> frozenset[str]:
    """Name the work that a step was about: that of its question, and all that its rows name."""
    found, tasks = {work}, set()
    for row in rows:
        named = row.any
        found |= {str(named.get(name) or "") for name in ("delivery", "number", "task", "place")}
        found |= {f"{named.get('merchant')}/{named.get(name)}" for name in ("order", "number")}
        if row.table.name == "task":
            tasks.add(named["id"])
    found |= tasks
    found |= set(tx.scalars(select(Task.place).where(Task.site == site, Task.id.in_(tasks))))
    return frozenset(found - {""})
