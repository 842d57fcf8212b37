"""The control of the work: hold and release orders, merchants, goods and bins; say what goes first.

Whatever is scanned here is shown as it stands, with what can be decided about it. Each decision is
one operation, and F2 takes it back.
"""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.control import (
    CutOffsFound,
    FindCutOffs,
    HoldSubject,
    ListSubjects,
    ListWork,
    LookInto,
    OrderChanged,
    ReleaseSubject,
    Seek,
    SetDue,
    SetPriority,
    Standing,
    SubjectHeld,
    SubjectReleased,
    SubjectsListed,
)
from floorhand.domain.holds import (
    BIN,
    LOT,
    ORDER,
    REASON_CHARACTERS_MAX,
    RECALL,
    SKU,
    Subject,
)
from floorhand.domain.keymap import Key
from floorhand.domain.ruling import ListRules
from floorhand.domain.sorting import WAYS, next_way
from floorhand.domain.things import (
    Chosen,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    SortBy,
    Text,
    Unknown,
)
from floorhand.errors import Code
from floorhand.flows import control_rules, control_work, tabled
from floorhand.flows.control_screens import TABLES, prompt
from floorhand.flows.control_states import START, STATES, VALUES, At, Desk, Due, Listing, State, Why
from floorhand.flows.tabled import Tabled, TabledOver
from floorhand.flows.turn import Ask, Do, Open, Refuse, Reply

NAME = "control"
PRIORITY_STEPS = {"up": 1, "down": -1}


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    reply = control_work.step(state, event) or control_rules.step(state, event)
    if reply is not None:
        return reply
    match state, event:
        case Tabled() | TabledOver(), Pressed():
            return tabled.step(state, event)
        case _, Standing():
            return Ask(At(event))
        case _, SubjectsListed():
            return Ask(Listing(event))
        case _, SubjectHeld() | SubjectReleased() | OrderChanged():
            return _done(event)
        case _, CutOffsFound() if isinstance(state, At | Due):
            return Ask(Due(state.now, event))
        case Desk(), Pressed(key=Key.BACK):
            return Open("leading", event)
        case _, Pressed(key=Key.BACK):
            return _back(state)
        case Listing(listed=listed), _ if reply := _list(listed, event):
            return reply
        case Desk() | Listing() | At(), _ if (subject := _scanned(event)) is not None:
            return Do(LookInto(subject))
        case Desk() | Listing() | At(), Unknown(code=code):
            return Do(Seek(code.strip()))
        case Desk(), Chosen(code="control"):  # as it was chosen at the desk of leads
            return Ask(START)
        case Desk(), Chosen(code="work"):
            return Do(ListWork())
        case Desk(), Chosen(code=kind):
            return Do(ListSubjects(kind))
        case At(now=now), Chosen(code=action):
            return _act(now, action)
        case Why(now=now, recall=recall), Chosen(code=reason) | Text(value=reason):
            return _hold(now, reason, recall=recall)
        case Due(now=now), Chosen(code=due):
            return Do(SetDue(now.subject.merchant, now.subject.code, due))
        case Due(now=now), Number(value=clock):
            return Do(FindCutOffs(now.subject.merchant, now.subject.code, clock))
    return Refuse(Code.KEY_NOT_NOW if isinstance(event, Pressed) else Code.NOT_EXPECTED_NOW)


def _list(listed: SubjectsListed, event: object) -> Reply | None:
    """Choose from a list, or see it otherwise; None if the event is about neither."""
    asked, some = listed.asked, bool(listed.rows)
    match event:
        case Chosen(code=number):
            return Do(LookInto(listed.rows[int(number)].subject))
        case Pressed(key=Key.LIST) if listed.more:
            return Do(replace(asked, skip=asked.skip + len(listed.rows)))
        case Pressed(key=Key.FULL) if some and asked.kind in WAYS:
            return Do(replace(asked, skip=0, sort=next_way(asked.kind, asked.sort)))
        case SortBy(way=way):
            return Do(replace(asked, skip=0, sort=way))
        case Pressed(key=Key.PRINT) if some and asked.kind in TABLES:
            of = "/".join(part for part in (asked.merchant, asked.sku, asked.lot) if part)
            return Ask(Tabled(asked.kind, of, asked))
    return None


def _act(now: Standing, action: str) -> Reply:
    """Do what was chosen about a subject."""
    subject = now.subject
    merchant, code = subject.merchant, subject.code
    match action:
        case "hold":
            return Ask(Why(now))
        case "recall":
            return Ask(Why(now, recall=True))
        case "release":
            return Do(ReleaseSubject(replace(subject, kind=_own_hold(now))))
        case "up" | "down":
            return Do(SetPriority(merchant, code, now.priority + PRIORITY_STEPS[action]))
        case "due":
            return Do(FindCutOffs(merchant, code))
        case "rules":
            return Do(ListRules(merchant))
        case "lots":
            return Do(ListSubjects("lot", merchant, code))
    assert action == "out", action
    return Do(ListSubjects("out", merchant, code, subject.lot))


def _own_hold(now: Standing) -> str:
    """Say which kind of hold is on a subject itself: a lot may be recalled, or held."""
    kinds = (RECALL, LOT) if now.subject.kind == LOT else (now.subject.kind,)
    return next(held.kind for held in now.held if held.kind in kinds)


def _hold(now: Standing, reason: str, *, recall: bool) -> Reply:
    if len(reason) > REASON_CHARACTERS_MAX:
        return Refuse(Code.RETURN_TEXT_LONG, {"limit": REASON_CHARACTERS_MAX})
    if not any(map(str.isalpha, reason)):  # a product's barcode is no reason
        return Refuse(Code.NOT_EXPECTED_NOW)
    kind = RECALL if recall else now.subject.kind
    return Do(HoldSubject(replace(now.subject, kind=kind), reason))


def _done(event: SubjectHeld | SubjectReleased | OrderChanged) -> Reply:
    """Say what was decided, and be at the beginning again."""
    match event:
        case SubjectHeld(subject=subject, freed=freed, found=found):
            facts: dict[str, str | int] = {"subject": subject.name, "freed": freed, "found": found}
            kind = "recalled" if subject.kind == RECALL else "held"
            said = f"control.{kind}_freed" if freed else f"control.{kind}"
            return Ask(START, said, facts)
        case SubjectReleased(subject=subject):
            return Ask(START, "control.released", {"subject": subject.name})
        case OrderChanged(merchant=merchant, number=number, priority=priority, due=due):
            order = f"{merchant}/{number}"
            facts = {"order": order, "priority": priority, "due": due}
            return Ask(START, "control.changed", facts)


def _scanned(event: object) -> Subject | None:
    """Say what was scanned, as what can be held; None if it cannot."""
    match event:
        case OrderCode(merchant=merchant, number=number):
            return Subject(ORDER, merchant, number)
        case Piece(merchant=merchant, sku=sku, lot=lot):
            return Subject(LOT, merchant, sku, lot) if lot else Subject(SKU, merchant, sku)
        case Place(kind="bin", code=code):
            return Subject(BIN, code=code)
        case Place(order=order) if order:
            merchant, _, number = order.partition("/")
            return Subject(ORDER, merchant, number)
        case _:
            return None


def _back(state: State) -> Reply:
    match state:
        case Why(now=now) | Due(now=now):
            return Ask(At(now))
        case _:
            return Ask(START)


__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]
