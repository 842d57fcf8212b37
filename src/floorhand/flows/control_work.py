"""The part of the control that says who has which work, frees it, or gives it to somebody."""

from __future__ import annotations

from floorhand.domain.control import (
    NEXT,
    FreeWork,
    GiveWork,
    ListTakers,
    ListWork,
    TakersListed,
    WorkFreed,
    WorkGiven,
    WorkListed,
    WorkRow,
)
from floorhand.domain.keymap import Key
from floorhand.domain.sorting import TAKERS, WORK, heading, next_way
from floorhand.domain.things import Chosen, Pressed, SortBy
from floorhand.flows.columns import columns
from floorhand.flows.control_states import START, AtWork, Giving, State, Working
from floorhand.flows.tabled import TABLE, Tabled, TabledOver
from floorhand.flows.turn import Ask, Choice, Do, Prompt, Reply, Wants

BACK = (Key.BACK, "key.back")
MORE = (Key.LIST, "key.more")
SORT = (Key.FULL, "key.sort")
CHOICE = Wants(kinds=("choice",))


def step(state: State, event: object) -> Reply | None:
    """Say what an event about work leads to; None if it is about none."""
    match state, event:
        case _, WorkListed():
            return Ask(Working(event))
        case AtWork(sort=sort) | Giving(sort=sort), TakersListed():
            return Ask(Giving(event, sort))
        case _, WorkFreed(about=about, kept=kept):
            said = "control.work_freed_part" if kept else "control.work_freed"
            return Ask(START, said, {"work": about}, look=kept)
        case Giving(listed=listed), WorkGiven(about=about, name=name, busy=busy):
            comes = "next" if listed.work.job in NEXT else "busy"
            said = f"control.work_given_{comes}" if busy else "control.work_given"
            return Ask(START, said, {"work": about, "name": name}, look=busy)
        case Working(listed=WorkListed(rows, skip, True, sort)), Pressed(key=Key.LIST):
            return Do(ListWork(skip + len(rows), sort))
        case Working(listed=WorkListed(rows=(_, *_), sort=sort)), Pressed(key=Key.FULL):
            return Do(ListWork(sort=next_way(WORK, sort)))
        case Working(listed=WorkListed(rows=(_, *_), sort=sort)), Pressed(key=Key.PRINT):
            return Ask(Tabled("work", "", ListWork(sort=sort)))
        case Working(), SortBy(way=way):
            return Do(ListWork(sort=way))
        case Working(listed=listed), Chosen(code=number):
            return Ask(AtWork(listed.rows[int(number)], listed.sort))
        case AtWork(work=work), Chosen(code="free"):
            order = work.order if work.job == "packing" else ""  # of a walk not all may be free
            return Do(FreeWork(work.job, work.task, work.about, order, work.holder))
        case AtWork(work=work), Chosen(code="give"):
            return Do(ListTakers(work))
        case AtWork(sort=sort), Pressed(key=Key.BACK):
            return Do(ListWork(sort=sort))
        case Giving(listed=listed, sort=sort), Pressed(key=Key.BACK):
            return Ask(AtWork(listed.work, sort))
        case Giving(), _:
            return _give(state, event)
    return None


def _give(state: Giving, event: object) -> Reply | None:
    """Choose who shall have the work, or see the list of them otherwise."""
    listed, work = state.listed, state.listed.work
    match event:
        case Pressed(key=Key.LIST) if listed.more:
            return Do(ListTakers(work, listed.skip + len(listed.rows), listed.sort))
        case Pressed(key=Key.FULL) if listed.rows:
            return Do(ListTakers(work, sort=next_way(TAKERS, listed.sort)))
        case Pressed(key=Key.PRINT) if listed.rows:
            return Ask(TabledOver("takers", f"{work.job}/{work.holder}/{work.task}", state))
        case SortBy(way=way):
            return Do(ListTakers(work, sort=way))
        case Chosen(code=worker):
            return Do(GiveWork(work.job, work.task, work.about, work.order, work.holder, worker))
    return None


def prompt(state: Working | AtWork | Giving) -> Prompt:
    """Say what to show."""
    match state:
        case Working(listed=listed):
            rows = tuple(_row(number, row) for number, row in enumerate(listed.rows))
            ask = "control.list_work" if rows else "control.list_empty"
            keys = (*((SORT, TABLE) if rows else ()), *_keys(more=listed.more))
            facts = heading(WORK, listed.sort) if rows else ()
            heads = columns(WORK, listed.sort)
            return Prompt(ask, facts, keys=keys, choices=rows, columns=heads, wants=CHOICE)
        case AtWork(work=work):
            return _at(work)
        case Giving(listed=listed):
            rows = tuple(
                Choice(
                    one.worker,
                    "control.row_taker",
                    facts=(("name", one.name), ("number", one.worker), ("seat", one.seat or "–")),
                )
                for one in listed.rows
            )
            return Prompt(
                "control.give_to",
                ask_facts=(("work", listed.work.about), *heading(TAKERS, listed.sort)),
                keys=(*((SORT, TABLE) if rows else ()), *_keys(more=listed.more)),
                choices=rows,
                columns=columns(TAKERS, listed.sort),
                wants=CHOICE,
            )


def _keys(*, more: bool) -> tuple[tuple[Key, str], ...]:
    return (BACK, MORE) if more else (BACK,)


def _row(number: int, row: WorkRow) -> Choice:
    facts = (
        ("job_text", f"job.{row.job}"),
        ("work", row.about),
        ("name", row.name),
        ("since", row.since),
        ("done", row.done),
        ("of", row.total),
        ("progress", f"{row.done}/{row.total}" if row.total else ""),
    )
    text = "control.row_work" if row.total else "control.row_work_bare"
    return Choice(str(number), text, facts=facts)


def _at(work: WorkRow) -> Prompt:
    choices = (Choice("give", "control.do_give"), Choice("free", "control.do_free"))
    return Prompt(
        "control.at_work",
        ask_facts=(("work", work.about),),
        facts=(
            ("fact.job_text", f"job.{work.job}"),
            ("fact.worker", work.name),
            ("fact.since", work.since),
            *((("fact.order", work.order),) if work.order not in ("", work.about) else ()),
        ),
        progress=(work.done, work.total) if work.total else None,
        keys=(BACK,),
        choices=choices,
        wants=CHOICE,
    )
