"""Free work that somebody has, or give it to another worker.

Each is done as whoever has it, or gets it, would do it at a terminal, so that there is one way for
it. Who loses work is told at the next scan; who gets some finds it parked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from floorhand.domain.control import (
    LISTED_MAX,
    FreeWork,
    GiveWork,
    ListTakers,
    ListWork,
    TakerRow,
    TakersListed,
    WorkFreed,
    WorkGiven,
    WorkListed,
    WorkRow,
)
from floorhand.domain.rights import Right
from floorhand.domain.sorting import TAKERS, is_turned, plain, way_of
from floorhand.errors import Code, Gone, Refused
from floorhand.flows.turn import Ask
from floorhand.ops.colleagues import moment_told
from floorhand.ops.freezing import freeze
from floorhand.ops.handing_on import KEPT, free, give
from floorhand.ops.leading import must_lead
from floorhand.ops.parking import Left, is_busy, park
from floorhand.ops.registry import FLOWS
from floorhand.ops.works import who_is_at
from floorhand.store import deliveries, open_work
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.open_work import Held
from floorhand.store.takers import takers
from floorhand.store.undo_steps import NO_STEPS
from floorhand.store.workers import Person

RECEIVING: Final = "receiving"


_SORTED: Final[Mapping[str, Callable[[Held], str]]] = {
    "worker": lambda one: one.name,
    "job": lambda one: one.job,
    "place": lambda one: one.about,
}
"""By what to sort, besides by age."""

_TAKERS: Final[Mapping[str, Callable[[Person], Any]]] = {
    "busy": lambda one: not one.seats,
    "subject": lambda one: (one.name, one.code),
    "number": lambda one: one.code,
}
"""By what to sort those who may take work on, and then by name."""


def list_work(tx: Session, cause: Cause, command: ListWork) -> WorkListed:
    """Say who has which work, the oldest first, or as is asked for."""
    must_lead(tx, cause, Right.CONTROL)
    found = [*open_work.held(tx, cause.site), *_being_received(tx, cause.site)]
    found.sort(key=lambda one: (one.since is None, one.since, one.about))
    if (by := _SORTED.get(plain(command.sort))) is not None:
        found.sort(key=by, reverse=is_turned(command.sort))
    elif is_turned(command.sort):
        found.reverse()
    shown = found[command.skip : command.skip + LISTED_MAX]
    rows = tuple(
        WorkRow(
            *(one.job, one.task, one.about, one.order, one.holder, one.name),
            since=moment_told(tx, cause.site, one.since, cause.at) if one.since else "",
            done=one.done,
            total=one.total,
        )
        for one in shown
    )
    more = len(found) > command.skip + LISTED_MAX
    return WorkListed(rows, command.skip, more, command.sort)


def _being_received(tx: Session, site: str) -> Iterator[Held]:
    """Give the deliveries that somebody counts; each has those who do, and nobody for themselves.

    Since when somebody does is not kept: they are as old as the delivery is open.
    """
    for (number, worker), name in who_is_at(tx, site, RECEIVING).items():
        found = deliveries.progress(tx, site, number)
        if found is not None:
            begun, counted, expected = found
            yield Held(RECEIVING, number, number, "", worker, name, begun, counted, expected)


def list_takers(tx: Session, cause: Cause, command: ListTakers) -> TakersListed:
    """Say who may take work on, those first who sit somewhere."""
    must_lead(tx, cause, Right.CONTROL)
    work, way = command.work, way_of(TAKERS, command.sort)
    able = sorted(takers(tx, cause.site, work.job, work.holder, work.task), key=_TAKERS["subject"])
    able.sort(key=_TAKERS[plain(way)], reverse=is_turned(way))
    shown = able[command.skip : command.skip + LISTED_MAX]
    rows = tuple(TakerRow(one.code, one.name, " ".join(one.seats)) for one in shown)
    more = len(able) > command.skip + LISTED_MAX
    return TakersListed(command.work, rows, command.skip, more, command.sort)


def free_work(tx: Session, cause: Cause, command: FreeWork) -> WorkFreed:
    """Open work to everybody; of a walk, the orders that have no tote yet.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`, if whoever had it has it no more.
    """
    must_lead(tx, cause, Right.CONTROL)
    holder = replace(cause, worker=command.take_over, lead=cause.worker or cause.seat)
    try:
        freed = free(tx, holder, command)
    except Gone as gone:
        raise _changed(command.about) from gone
    if freed is None:
        raise _changed(command.about)
    cause.note(job="lead", taken_from=command.take_over)
    return WorkFreed(command.about, kept=freed == KEPT)


def give_work(tx: Session, cause: Cause, command: GiveWork) -> WorkGiven:
    """Let another worker take work over, and park it for them where they go on.

    Who is at that job already is led to it next, or goes on by scanning what it is about.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`, if whoever had it has it no more.
    """
    must_lead(tx, cause, Right.CONTROL)
    taker = worker_facts(tx, cause.site, command.worker)
    lead = worker_facts(tx, cause.site, cause.worker)
    if taker is None:
        raise _changed(command.about)
    theirs = replace(cause, worker=taker.code, roles=taker.roles, lead=cause.worker or cause.seat)
    try:
        outcome = give(tx, theirs, command)
    except Gone as gone:
        raise _changed(command.about) from gone
    if outcome is None:
        raise _changed(command.about)
    flow = FLOWS[command.job]
    reply = flow.step(flow.START, outcome)
    assert isinstance(reply, Ask), reply
    asked = freeze(reply.state)
    cause.note(job="lead", given_to=taker.code, asked=asked)
    busy = is_busy(tx, cause.site, taker.code, command.job)
    if not busy:
        by = lead.name if lead else cause.seat
        park(tx, theirs, Left(taker.code, command.job, asked, NO_STEPS), by)
    return WorkGiven(command.about, taker.name, busy)


def _changed(about: str) -> Refused:
    return Refused(Code.EXCEPTION_CHANGED, subject=about)


HANDLERS: dict[type, Callable[..., object]] = {
    ListWork: list_work,
    ListTakers: list_takers,
    FreeWork: free_work,
    GiveWork: give_work,
}
