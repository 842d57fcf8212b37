"""The list of exceptions: what is open, who has it, and what is decided about it.

One list, the most urgent first; whatever is scanned leaves what is about it. An opened exception
offers what fits it as choices.
"""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.exceptions import (
    NAME_MERCHANT,
    REASONS,
    Assign,
    Assigned,
    Decide,
    Decided,
    ExceptionSeen,
    ExceptionsListed,
    KindsListed,
    ListExceptions,
    ListKinds,
    ListNames,
    LookAtException,
    NamesListed,
)
from floorhand.domain.keymap import Key
from floorhand.domain.sorting import EXCEPTIONS, KINDS, NAMES, next_way
from floorhand.domain.things import (
    Badge,
    Chosen,
    DeliveryCode,
    OrderCode,
    Piece,
    Place,
    Pressed,
    ReturnCode,
    SortBy,
)
from floorhand.errors import Code
from floorhand.flows import tabled
from floorhand.flows.exceptions_screens import ALL, prompt
from floorhand.flows.exceptions_states import (
    START,
    STATES,
    VALUES,
    Arriving,
    Kinds,
    Listing,
    Names,
    Reading,
    State,
    Why,
)
from floorhand.flows.tabled import Tabled, TabledOver
from floorhand.flows.turn import Ask, Do, Open, Refuse, Reply

NAME = "exceptions"

UNFILTERED = ListExceptions()


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case Listing(), ExceptionsListed(asked=ListExceptions(thing=thing), rows=()) if thing:
            return Refuse(Code.NO_EXCEPTIONS, {"code": thing})
        case _, ExceptionsListed(asked=ListExceptions(kind=kind, thing=thing, skip=skip), rows=()):
            return Ask(Listing(event)) if not (kind or thing or skip) else Do(ListExceptions())
        case _, ExceptionsListed():
            return Ask(Listing(event))
        case Tabled() | TabledOver(), _:
            return tabled.step(state, event)
        case Arriving(), ListExceptions():
            return Do(event)
        case Arriving(), _:
            return Do(ListExceptions())
        case _, Pressed(key=Key.BACK):
            return _back(state)
        case Listing() | Kinds(), _:
            return _list(state, event)
        case Reading() | Why() | Names(), _:
            return _one(state, event)
    return _refused(event)


def _list(state: Listing | Kinds, event: object) -> Reply:
    """Choose an exception, or what is listed."""
    listed = state.listed
    match state, event:
        case Listing(), ExceptionSeen():
            return Ask(Reading(listed, event))
        case _, KindsListed():
            return Ask(Kinds(listed, event))
        case Listing(), Pressed(key=Key.LIST) if listed.more:
            return Do(replace(listed.asked, skip=listed.asked.skip + len(listed.rows)))
        case Listing(), Pressed(key=Key.FULL) if listed.rows:
            way = next_way(EXCEPTIONS, listed.asked.sort)
            return Do(replace(listed.asked, skip=0, sort=way))
        case Listing(), Pressed(key=Key.PRINT) if listed.rows:
            return Ask(Tabled("exceptions", listed.asked.kind or listed.asked.thing, listed.asked))
        case Listing(), SortBy(way=way):
            return Do(replace(listed.asked, skip=0, sort=way))
        case Listing(), Pressed(key=Key.SKIP):
            return Do(ListKinds())
        case Listing(), Chosen(code=entry):
            return Do(LookAtException(entry))
        case Listing(), _ if thing := _thing(event):
            return Do(ListExceptions(thing=thing, sort=listed.asked.sort))
        case Kinds(kinds=kinds), Pressed(key=Key.LIST) if kinds.more:
            return Do(ListKinds(kinds.skip + len(kinds.kinds), kinds.sort))
        case Kinds(kinds=kinds), Pressed(key=Key.FULL) if kinds.kinds:
            return Do(ListKinds(sort=next_way(KINDS, kinds.sort)))
        case Kinds(), SortBy(way=way):
            return Do(ListKinds(sort=way))
        case Kinds(kinds=kinds), Pressed(key=Key.PRINT) if kinds.kinds:
            return Ask(TabledOver("kinds", "", state))
        case Kinds(), Chosen(code=kind):
            return Do(ListExceptions("" if kind == ALL else kind, sort=listed.asked.sort))
    return _refused(event)


def _one(state: Reading | Why | Names, event: object) -> Reply:
    """Give one exception to somebody, or decide about it."""
    listed, seen = state.listed, state.seen
    entry, pieces = seen.row.entry, seen.row.pieces
    match state, event:
        case _, Assigned(seen=now, name=name):
            return Ask(Reading(listed, now), "exceptions.given", {"name": name})
        case _, Decided(text=text, facts=facts):
            again = ListExceptions(listed.asked.kind, sort=listed.asked.sort)
            return Open(NAME, again, text, dict(facts))
        case Reading(), NamesListed():
            return Ask(Names(listed, seen, event))
        case Reading(), Chosen(code="take"):
            return Do(Assign(entry))
        case Reading(), Chosen(code="assign"):
            return Do(ListNames("owner", entry=entry))
        case Reading(), Chosen(code="name_merchant"):
            return Do(ListNames("merchant"))
        case Reading(), Chosen(code=action) if action in REASONS:
            return Ask(Why(listed, seen, action))
        case Reading(), Chosen(code=action):
            return Do(Decide(entry, action, pieces=pieces))
        case Why(action=action), Chosen(code=reason):
            return Do(Decide(entry, action, reason, pieces=pieces))
        case Names(), NamesListed():
            return Ask(Names(listed, seen, event))
        case Names(), Pressed(key=Key.LIST | Key.FULL | Key.PRINT) | SortBy():
            return _names(state, event)
        case Names(names=NamesListed(about="owner")), Badge(worker=worker):
            return Do(Assign(entry, worker))
        case Names(names=NamesListed(about="owner")), Chosen(code=worker):
            return Do(Assign(entry, worker))
        case Names(), Chosen(code=merchant):
            return Do(Decide(entry, NAME_MERCHANT, detail=merchant, pieces=pieces))
    return _refused(event)


def _names(state: Names, event: object) -> Reply:
    """See a list of names otherwise: further on, sorted another way, or as a table."""
    names, entry = state.names, state.seen.row.entry
    match event:
        case Pressed(key=Key.LIST) if names.more:
            skip = names.skip + len(names.names)
            return Do(ListNames(names.about, skip, names.sort, entry))
        case Pressed(key=Key.FULL) if names.names:
            way = next_way(NAMES, names.sort)
            return Do(ListNames(names.about, sort=way, entry=entry))
        case Pressed(key=Key.PRINT) if names.names:
            is_owner = names.about == "owner"
            return Ask(TabledOver(*(("owners", entry) if is_owner else ("merchant", "")), state))
        case SortBy(way=way):
            return Do(ListNames(names.about, sort=way, entry=entry))
    return _refused(event)


def _thing(event: object) -> str:
    """Name a thing that was scanned, as exceptions name theirs; empty if it is none."""
    match event:
        case Place(code=code) | DeliveryCode(number=code) | ReturnCode(number=code):
            return code
        case OrderCode(merchant=merchant, number=code) | Piece(merchant=merchant, sku=code):
            return f"{merchant}/{code}"
        case _:
            return ""


def _back(state: State) -> Reply:
    match state:
        case Why(listed=listed, seen=seen) | Names(listed=listed, seen=seen):
            return Ask(Reading(listed, seen))
        case Reading(listed=listed) | Kinds(listed=listed):
            return Do(listed.asked)
        case Listing(listed=ExceptionsListed(asked=asked)) if replace(asked, sort="") != UNFILTERED:
            return Do(ListExceptions(sort=asked.sort))
        case _:
            return Open("leading", Pressed(Key.BACK))


def _refused(event: object) -> Reply:
    return Refuse(Code.KEY_NOT_NOW if isinstance(event, Pressed) else Code.NOT_EXPECTED_NOW)


__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]
