"""What the desk of those who lead shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from floorhand.domain.keymap import Key
from floorhand.domain.leading import Listed, PersonRow, SeatRow
from floorhand.domain.reversing import REASONS, Deed, DeedSeen, Moved
from floorhand.domain.rights import Right
from floorhand.domain.sorting import PEOPLE, SEATS, heading
from floorhand.domain.things import OUTSIDE
from floorhand.flows import tabled
from floorhand.flows.columns import columns
from floorhand.flows.leading_states import (
    About,
    AtSeat,
    Deeds,
    Desk,
    People,
    Reading,
    Seats,
    State,
    Why,
)
from floorhand.flows.tabled import TABLE, Tabled
from floorhand.flows.turn import Choice, Item, Prompt, Wants

BACK = (Key.BACK, "key.back")
UNDO = (Key.UNDO, "key.undo")
MORE = (Key.LIST, "key.more")
SORT = (Key.FULL, "key.sort")
CHOICE = Wants(kinds=("choice",))
ANYTHING = Wants(kinds=("choice", "anything"))

AREAS: Final[Mapping[Right, str]] = {
    Right.HAND_OVER: "handing_over",
    Right.PLAN: "planning",
    Right.DECIDE: "exceptions",
    Right.CORRECT: "correcting",
    Right.CONTROL: "control",
    Right.SERVE: "serving",
}
"""Conversations that the desk leads to, by the right that they take."""

LOCKED: Final = "leading.is_locked"

Parked = tuple[tuple[str, str, str], ...]


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case Desk(rights=rights, taken=taken):
            wants = ANYTHING if Right.REVERSE in rights else CHOICE
            keys = (UNDO, BACK) if taken else (BACK,)
            return Prompt("leading.desk", keys=keys, choices=_offered(rights), wants=wants)
        case Seats(listed=listed):
            rows = tuple(_seat(row) for row in listed.rows if isinstance(row, SeatRow))
            return _listed("leading.seats", SEATS, listed, rows)
        case People(listed=listed):
            rows = tuple(_person(row) for row in listed.rows if isinstance(row, PersonRow))
            return _listed("leading.people", PEOPLE, listed, rows)
        case Tabled():
            return tabled.prompt(state)
        case AtSeat(rights=rights, seat=seat):
            return _at_seat(rights, seat)
        case About(rights=rights, person=person):
            return _about(rights, person)
        case Deeds(found=found):
            keys = (BACK, *((MORE,) if found.more else ()), TABLE)
            rows = tuple(_deed(one) for one in found.deeds)
            heads = columns("deeds", "")
            return Prompt("leading.deeds", keys=keys, choices=rows, columns=heads, wants=ANYTHING)
        case Reading(seen=seen):
            return _reading(seen)
        case Why():
            reasons = tuple(Choice(name, f"reversing.reason.{name}") for name in REASONS)
            return Prompt("leading.why", keys=(BACK,), choices=reasons, wants=ANYTHING)
    return Prompt("leading.desk")


def _offered(rights: tuple[str, ...]) -> tuple[Choice, ...]:
    """Offer what the rights allow; who only serves merchants has no need of the whole board."""
    seats = (Choice("seats", "leading.see_seats"),) if Right.SEATS in rights else ()
    people = {Right.UNLOCK, Right.REVERSE} & set(rights)
    return (
        *seats,
        *((Choice("people", "leading.see_people"),) if people else ()),
        *(Choice(area, f"job.{area}") for right, area in AREAS.items() if right in rights),
        *((Choice("watching", "job.watching"),) if set(rights) - {Right.SERVE} else ()),
    )


def _listed(ask: str, which: str, listed: Listed, rows: tuple[Choice, ...]) -> Prompt:
    return Prompt(
        ask,
        heading(which, listed.sort),
        keys=(SORT, TABLE, BACK, *((MORE,) if listed.more else ())),
        choices=rows,
        columns=columns(which, listed.sort),
        wants=CHOICE,
    )


def _seat(row: SeatRow) -> Choice:
    facts = (
        *(("seat", row.code), ("name", row.worker), ("at", row.last)),
        ("job_text", f"job.{row.job}" if row.worker else ""),
        ("state_text", LOCKED if row.locked else ""),
    )
    if row.worker:
        return Choice(row.code, "leading.seat_of", facts=facts)
    text = "leading.seat_locked" if row.locked else "leading.seat_free"
    return Choice(row.code, text, facts=facts)


def _person(row: PersonRow) -> Choice:
    text = "leading.pin_locked" if row.locked else "leading.sits" if row.seat else "leading.away"
    facts = (
        *(("name", row.name), ("number", row.code), ("seat", row.seat), ("at", row.last)),
        ("state_text", LOCKED if row.locked else ""),
    )
    return Choice(row.code, text, facts=facts)


def _at_seat(rights: tuple[str, ...], seat: SeatRow) -> Prompt:
    facts = (
        ("fact.worker", seat.worker),
        ("fact.since", seat.since),
        ("fact.job_text", f"job.{seat.job}" if seat.job else ""),
        ("fact.last_scan", seat.last),
        ("fact.station", seat.station),
        ("fact.device", seat.device),
    )
    choices = (
        (Right.REVERSE, Choice("deeds", "leading.see_deeds")),
        (Right.SEATS, Choice("free", "leading.free_seat") if seat.worker else None),
        (Right.UNLOCK, Choice("unlock", "leading.unlock_seat") if seat.locked else None),
    )
    return Prompt(
        "leading.at_seat",
        place=seat.code,
        facts=(*(fact for fact in facts if fact[1]), *_parked(seat.parked)),
        keys=(BACK,),
        choices=tuple(one for right, one in choices if one and right in rights),
        wants=CHOICE,
    )


def _about(rights: tuple[str, ...], person: PersonRow) -> Prompt:
    facts = (
        ("fact.worker", person.name),
        ("fact.seat", person.seat),
        ("fact.last_scan", person.last),
    )
    choices = (
        (Right.REVERSE, Choice("deeds", "leading.see_deeds")),
        (Right.UNLOCK, Choice("unlock", "leading.unlock_pin") if person.locked else None),
    )
    return Prompt(
        "leading.about",
        facts=(*(fact for fact in facts if fact[1]), *_parked(person.parked)),
        keys=(BACK,),
        choices=tuple(one for right, one in choices if one and right in rights),
        wants=CHOICE,
    )


def _parked(parked: Parked) -> tuple[tuple[str, str], ...]:
    """Say what was left in the middle: which job, and by whom or where, since when."""
    return tuple(
        fact
        for job, whose, when in parked
        for fact in (("fact.parked_text", f"job.{job}"), ("fact.since", f"{when} {whose}"))
    )


def _reading(seen: DeedSeen) -> Prompt:
    deed = seen.deed
    return Prompt(
        "leading.read_back" if deed.back else "leading.read",
        ask_facts=(*deed.facts, ("told_text", deed.text)),
        goods=tuple(_moved(one) for one in seen.moved),
        facts=(("fact.worker", deed.worker), ("fact.seat", deed.seat), ("fact.when", deed.at)),
        keys=((Key.DONE, "key.do_again" if deed.back else "key.take_back"), BACK),
        wants=Wants(kinds=("done", "anything")),
    )


def _deed(deed: Deed) -> Choice:
    facts = (*deed.facts, ("told_text", deed.text), ("done_at", deed.at), ("done_by", deed.worker))
    return Choice(deed.operation, "leading.deed", facts=facts)


def _moved(one: Moved) -> Item:
    source, target = ("–" if place in OUTSIDE else place for place in (one.source, one.target))
    return Item(one.sku, one.name, one.pieces, f"{source} → {target}")
