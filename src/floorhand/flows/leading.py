"""The desk of those who lead: who sits where, locked PINs, and what was done and can be taken back.

Everything is chosen from lists; what is scanned here is asked about: what was done with it last.
"""

from __future__ import annotations

from floorhand.domain.keymap import Key
from floorhand.domain.leading import (
    DeskOpened,
    FreeSeat,
    Listed,
    ListPeople,
    ListSeats,
    OpenDesk,
    PersonRow,
    SeatFreed,
    SeatRow,
    Unlock,
    Unlocked,
)
from floorhand.domain.reversing import (
    Deed,
    DeedSeen,
    DeedsFound,
    DoAgain,
    DoneAgain,
    FindDeeds,
    InTheWay,
    LookInto,
    TakeBack,
    TakenBack,
)
from floorhand.domain.sorting import PEOPLE, SEATS, next_way
from floorhand.domain.things import (
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
from floorhand.flows.leading_screens import AREAS, prompt
from floorhand.flows.leading_states import (
    START,
    STATES,
    VALUES,
    About,
    Arriving,
    AtSeat,
    Deeds,
    Desk,
    People,
    Reading,
    Seats,
    State,
    Why,
)
from floorhand.flows.tabled import Tabled
from floorhand.flows.turn import Ask, Do, Facts, Open, Refuse, Reply

NAME = "leading"


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, DeskOpened(rights=rights):
            return Ask(Desk(rights))
        case Arriving(), _:
            return Do(OpenDesk())
        case Tabled(), Pressed():
            return tabled.step(state, event)
        case _, Pressed(key=Key.BACK):
            return _back(state)
        case _, DeedsFound():
            return Ask(Deeds(state.rights, event))
        case Desk(), Chosen(code="seats"):
            return Do(ListSeats())
        case Desk(), Chosen(code="people"):
            return Do(ListPeople())
        case Desk(), Chosen(code="watching"):
            return Open("watching")
        case Desk(), Chosen(code=area) if area in AREAS.values():
            return Open(area, event)
        case Desk(taken=taken), Pressed(key=Key.UNDO | Key.REDO) if taken:
            return Do(DoAgain(taken))
        case Desk() | Reading(), DoneAgain(facts=facts, label=label):
            done = "leading.again_label" if label else "road.redone"
            return Ask(_after(state, Desk(state.rights)), done, dict(facts), look=label)
        case Desk() | Reading() | Why(), InTheWay(deed=deed):
            return Do(LookInto(deed))
        case Desk() | Reading() | Why(), DeedSeen(deed=deed):
            own = {"told_text": deed.text, "done_by": deed.worker, "done_at": deed.at}
            told = {**dict(deed.facts), **own}
            told |= _what_first(state, deed)
            return Ask(_in_the_way(state, event), "leading.in_the_way", told, look=True)
        case Desk() | Deeds() | Reading() | Why(), _ if (asked := _asked_about(event)) is not None:
            return Do(asked)
        case Desk() | Seats() | AtSeat() | People() | About() | Tabled(), _:
            return _seats_and_people(state, event)
        case Deeds() | Reading() | Why(), _:
            return _deeds(state, event)
    return _refused(event)


def _seats_and_people(
    state: Desk | Seats | AtSeat | People | About | Tabled, event: object
) -> Reply:
    """Look at seats and people, free one, unlock another."""
    match state, event:
        case _, Listed(rows=(PersonRow(), *_)):
            return Ask(People(state.rights, event))
        case _, Listed():
            return Ask(Seats(state.rights, event))
        case Seats() | People(), Pressed(key=Key.LIST | Key.FULL | Key.PRINT) | SortBy():
            return _list(state, event)
        case Seats(rights=rights, listed=listed), Chosen(code=code):
            return Ask(AtSeat(rights, listed, _seat(listed, code)))
        case People(rights=rights, listed=listed), Chosen(code=code):
            return Ask(About(rights, listed, _person(listed, code)))
        case AtSeat(seat=seat), Chosen(code="free"):
            return Do(FreeSeat(seat.code))
        case AtSeat(seat=seat), Chosen(code="unlock"):
            return Do(Unlock("seat", seat.code))
        case AtSeat(seat=seat), Chosen(code="deeds"):
            return Do(FindDeeds("seat", seat.code))
        case About(person=person), Chosen(code="unlock"):
            return Do(Unlock("worker", person.code))
        case About(person=person), Chosen(code="deeds"):
            return Do(FindDeeds("worker", person.code))
        case AtSeat(), SeatFreed(seat=seat, name=name):
            done = "leading.freed" if name else "leading.was_free"
            return Ask(Desk(state.rights), done, {"seat": seat, "name": name})
        case AtSeat(), Unlocked(subject=seat):
            return Ask(Desk(state.rights), "leading.seat_unlocked", {"seat": seat})
        case About(person=person), Unlocked():
            return Ask(Desk(state.rights), "leading.pin_unlocked", {"name": person.name})
    return _refused(event)


def _list(state: Seats | People, event: object) -> Reply:
    """See a list otherwise: further on, sorted another way, or as a table."""
    listed, is_seats = state.listed, isinstance(state, Seats)
    which, ask = (SEATS, ListSeats) if is_seats else (PEOPLE, ListPeople)
    match event:
        case Pressed(key=Key.LIST) if listed.more:
            return Do(ask(listed.skip + len(listed.rows), listed.sort))
        case Pressed(key=Key.FULL):
            return Do(ask(sort=next_way(which, listed.sort)))
        case Pressed(key=Key.PRINT):
            return Ask(Tabled(which, "", ask(sort=listed.sort), state.rights))
        case SortBy(way=way):
            return Do(ask(sort=way))
    return _refused(event)


def _deeds(state: Deeds | Reading | Why, event: object) -> Reply:
    """Look at what was done, and take it back."""
    match state, event:
        case Deeds(found=DeedsFound(asked=asked, deeds=deeds, more=True)), Pressed(key=Key.LIST):
            return Do(FindDeeds(asked.kind, asked.code, asked.skip + len(deeds)))
        case Deeds(rights=rights, found=DeedsFound(asked=asked)), Pressed(key=Key.PRINT):
            return Ask(Tabled(f"deeds_{asked.kind}", asked.code, asked, rights))
        case Deeds(found=found), Chosen(code=code):
            return Do(LookInto(next(one for one in found.deeds if one.operation == code)))
        case Deeds(rights=rights, found=found), DeedSeen():
            return Ask(Reading(rights, found, event))
        case Reading(seen=DeedSeen(deed=Deed(back=True, operation=taken))), Pressed(key=Key.DONE):
            return Do(DoAgain(taken))
        case Reading(rights=rights, found=found, seen=seen), Pressed(key=Key.DONE):
            return Ask(Why(rights, found, seen, state.wanted))
        case Why(seen=seen), Chosen(code=reason):
            return Do(TakeBack(seen.deed.operation, reason))
        case Why(rights=rights), TakenBack(text=text, facts=facts, label=label):
            said = {**dict(facts), "undone_text": text}
            then = _after(state, Desk(rights, event.operation))
            return Ask(then, "leading.back_label" if label else text, said, look=label)
    return _refused(event)


def _in_the_way(state: Desk | Reading | Why, seen: DeedSeen) -> Reading:
    """Show what has to be taken back first: whatever was chosen comes again after it."""
    if isinstance(state, Desk):
        return Reading(state.rights, None, seen)
    return Reading(state.rights, state.found, seen, state.wanted or state.seen)


def _what_first(state: Desk | Reading | Why, deed: Deed) -> Facts:
    """Say what is not done yet, and what to do with what is in the way of it."""
    again = isinstance(state, Desk) or state.seen.deed.back
    return {
        "not_text": "undo.not_again_yet" if again else "undo.not_back_yet",
        "first_text": "undo.again_first" if deed.back else "undo.back_first",
    }


def _after(state: Desk | Reading | Why, desk: Desk) -> Desk | Reading:
    """Go on when something is taken back: with what it was in the way of, if it was."""
    if isinstance(state, Desk) or state.wanted is None:
        return desk
    return Reading(state.rights, state.found, state.wanted)


def _asked_about(event: object) -> FindDeeds | None:
    """Say what to ask about a thing that was scanned; None if it is none."""
    match event:
        case Place(code=code) | DeliveryCode(number=code) | ReturnCode(number=code):
            return FindDeeds("thing", code)
        case OrderCode(merchant=merchant, number=code) | Piece(merchant=merchant, sku=code):
            return FindDeeds("owned", f"{merchant}/{code}")
        case _:
            return None


def _back(state: State) -> Reply:
    match state:
        case AtSeat(rights=rights, listed=listed):
            return Ask(Seats(rights, listed))
        case About(rights=rights, listed=listed):
            return Ask(People(rights, listed))
        case Why(rights=rights, found=found, seen=seen):
            return Ask(Reading(rights, found, seen, state.wanted))
        case Reading(rights=rights, found=found, wanted=DeedSeen() as wanted):
            return Ask(Reading(rights, found, wanted))
        case Reading(rights=rights, found=DeedsFound() as found):
            return Ask(Deeds(rights, found))
        case Reading(rights=rights):
            return Ask(Desk(rights))
        case Seats(rights=rights) | People(rights=rights) | Deeds(rights=rights):
            return Ask(Desk(rights))
        case _:
            return Open("menu")


def _seat(listed: Listed, code: str) -> SeatRow:
    return next(row for row in listed.rows if isinstance(row, SeatRow) and row.code == code)


def _person(listed: Listed, code: str) -> PersonRow:
    return next(row for row in listed.rows if isinstance(row, PersonRow) and row.code == code)


def _refused(event: object) -> Reply:
    return Refuse(Code.KEY_NOT_NOW if isinstance(event, Pressed) else Code.NOT_EXPECTED_NOW)


__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]
