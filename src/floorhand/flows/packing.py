"""Packing: scan a tote, verify each piece; the last one closes the parcel and prints its label.

What is verified is kept in the database (`floorhand.store.schema.Checked`), not in the state:
every piece asks the database anyway whether its order was cancelled meanwhile, and an order of a
thousand lines then costs no more per scan than one of three. The state holds the next few goods
only, as the last outcome told them.
"""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.inserts import Insert
from floorhand.domain.keymap import Key
from floorhand.domain.packing import (
    AsideDone,
    Bench,
    BoxOption,
    CheckPieces,
    DeclareMissing,
    Left,
    ListBoxes,
    MissingBooked,
    Naming,
    OpenOrder,
    OpenSingle,
    OpenTote,
    OrderEmpty,
    OrderGone,
    OrderHeld,
    OrderOpened,
    OrderShipped,
    OrderStopped,
    OrderTaken,
    ParcelClosed,
    PiecesChecked,
    PutAside,
    Rest,
    ToteArrived,
)
from floorhand.domain.printing import SHIPPING, ConfirmLabel, LabelConfirmed
from floorhand.domain.signing_in import StandAt, StoodAt
from floorhand.domain.things import (
    Attributes,
    Chosen,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    Resumed,
    Station,
)
from floorhand.errors import Code
from floorhand.flows import packing_boxes, packing_inserts
from floorhand.flows.labelling import confirmed
from floorhand.flows.packing_inserts import closing
from floorhand.flows.packing_naming import check_line, name_line
from floorhand.flows.packing_prompts import prompt
from floorhand.flows.packing_states import (
    Checking,
    ChoosingBox,
    ConfirmFull,
    HowMany,
    Idle,
    Inserting,
    LeadForBox,
    NeedTote,
    Reading,
    State,
    TakeOver,
    Telling,
    WhatMissing,
    WhyMissing,
)
from floorhand.flows.telling import fill, heard, told_words
from floorhand.flows.turn import Ask, Do, Facts, Open, Refuse, Reply

__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]

NAME = "packing"
START = NeedTote()
STATES: tuple[type, ...] = (
    NeedTote,
    TakeOver,
    Reading,
    Checking,
    ConfirmFull,
    Telling,
    ChoosingBox,
    LeadForBox,
    Inserting,
    WhatMissing,
    HowMany,
    WhyMissing,
)
VALUES: tuple[type, ...] = (Bench, Rest, Left, Naming, BoxOption, Insert)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, Resumed():
            return Ask(state)
        case NeedTote() | TakeOver(), _:
            return _idle(state, event)
        case Reading(), Pressed(key=Key.DONE):
            return _read(state)
        case Reading(), Piece() | Number():
            return Refuse(Code.READ_FIRST)
        case Checking(), Place(kind="carton", code=code):
            return Do(ConfirmLabel(SHIPPING, code))
        case Checking() | ConfirmFull(), Piece():
            return Do(_check(state.bench, fill(event, getattr(state, "told", None))))
        case Checking(told=before), Attributes():
            noted = heard(before, event)
            return Ask(replace(state, last=(), told=noted), "packing.told", told_words(noted))
        case Checking(last=(line, *_)), Number(value=pieces) if state.bench.typed:
            return _check_number(state, line, pieces)
        case Checking(), Number():
            return Refuse(Code.SCAN_EACH_PIECE)
        case Checking() | ConfirmFull(), Pressed(key=Key.FULL | Key.DONE as key):
            return _close(state, key)
        case Checking(), Pressed(key=Key.LIST):
            return Do(ListBoxes(state.bench.order))
        case Checking(), Pressed(key=Key.MISMATCH) if state.rest.left_pieces:
            return _missing(state)
        case Checking() | Reading(), Pressed(key=Key.BACK):
            return Do(PutAside(state.bench.order))
        case Telling(), _ if (told := name_line(state, event)) is not None:
            return told
        case Inserting(), _ if (told := packing_inserts.step(state, event)) is not None:
            return told
        case WhatMissing() | HowMany() | WhyMissing(), _ if told := _lack(state, event):
            return told
        case (
            Telling() | ChoosingBox() | LeadForBox() | Inserting() | WhatMissing() | ConfirmFull(),
            Pressed(key=Key.BACK),
        ):
            return Ask(Checking(state.bench, state.rest))
        case HowMany() | WhyMissing(), Pressed(key=Key.BACK):
            return Ask(WhatMissing(state.bench, state.rest))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return _outcome(state, event) or Refuse(Code.NOT_EXPECTED_NOW)


def _idle(state: Idle, event: object) -> Reply:
    """Say what an event leads to while no order is open."""
    match event:
        case Place(kind="tote") | OrderCode():
            return Do(_opening(state, event))
        case Piece():
            return Do(OpenSingle(event))
        case Place(kind="carton", code=code):
            return Do(ConfirmLabel(SHIPPING, code))
        case Place(kind="bench", proven=False, code=code):
            return Refuse(Code.TYPED_CODE, {"place": code})
        case Place(kind="bench", code=code) | Station(code=code):
            return Do(StandAt(code))
        case StoodAt(place=place, jobs=jobs) if NAME in jobs:
            return Ask(START, "packing.at_bench", {"place": place})
        case StoodAt(place=place):
            return Open("menu", None, "packing.at_bench", {"place": place})
        case OrderTaken():
            return _held(event)
        case ToteArrived(order=order, tote=tote, missing=missing):
            facts: Facts = {"tote": tote, "order": _number(order), "missing": " ".join(missing)}
            return Ask(START, "packing.tote_here", facts, look=True)
        case OrderStopped(order=order, raised=False):
            return Refuse(Code.PACK_CANCELLED, {"order": _number(order)})
        case Pressed(key=Key.BACK) if isinstance(state, TakeOver):
            return Ask(START)
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return _outcome(state, event) or Refuse(Code.NOT_EXPECTED_NOW)


def _opening(state: Idle, event: Place | OrderCode) -> OpenTote | OpenOrder:
    """Open an order, or take it over if the last answer to this scan was a colleague's name."""
    held = state if isinstance(state, TakeOver) else TakeOver("", "", "", "", "")
    if isinstance(event, Place):
        return OpenTote(event.code, held.worker if event.code == held.tote else "")
    again = (f"{event.merchant}/{event.number}", "") == (held.order, held.tote)
    return OpenOrder(event.merchant, event.number, held.worker if again else "")


def _outcome(state: State, event: object) -> Reply | None:
    """Say where the outcome of a command leads; None if the event is none."""
    match state, event:
        case _, OrderOpened(bench=bench, rest=rest, instruction=text, piece=piece) if text:
            return Ask(Reading(bench, rest, text, piece))
        case _, OrderOpened(bench=bench, rest=rest, naming=(naming, *_)):
            return Ask(Telling(bench, rest, naming))
        case _, OrderOpened(bench=bench, rest=rest):
            opened = Ask(Checking(bench, rest), "packing.opened", {"order": _number(bench.order)})
            return opened if rest.left_pieces else closing(bench, rest, opened)
        case _, OrderShipped():
            return _shipped(event)
        case _, OrderStopped():
            done = "packing.cancelled_boxes" if event.cartons else "packing.cancelled"
            return Ask(START, done, _where(event), look=True)
        case _, OrderGone(name=name, since=since):
            facts: Facts = {"order": _number(event.order), "name": name, "since": since}
            return Ask(START, "packing.gone_to" if name else "packing.gone", facts, look=True)
        case _, OrderHeld():
            return Ask(START, "packing.held", _where(event), look=True)
        case _, OrderEmpty():
            facts = {"order": _number(event.order), "back": event.back_pieces}
            done = "packing.empty_back" if event.back_pieces else "packing.empty"
            return Ask(START, done, facts, look=True)
        case _, AsideDone():
            return Ask(START, "packing.aside", _where(event))
        case _, LabelConfirmed():
            return confirmed(state, event)
        case NeedTote() | TakeOver(), _:
            return None
        case _, PiecesChecked(rest=rest):
            checked = _checked(state.bench, event)
            return checked if rest.left_pieces else closing(state.bench, rest, checked)
        case _, Naming():
            return Ask(Telling(state.bench, state.rest, event))
        case _, ParcelClosed():
            return _next_parcel(event)
        case _, MissingBooked():
            return _booked(state.bench, event)
        case _:
            return packing_boxes.step(state, event)


def _held(event: OrderTaken) -> Reply:
    """Say who has the order; the same scan again takes it over."""
    state = TakeOver(event.order, event.tote, event.worker, event.name, event.since)
    number = _number(event.order)
    facts = {"order": number, "name": event.name, "since": event.since}
    return Ask(state, "packing.taken", {**facts, "scanned": event.tote or number}, look=True)


def _where(event: OrderStopped | OrderHeld | AsideDone) -> Facts:
    totes = event.totes + (event.cartons if isinstance(event, OrderStopped) else ())
    return {"order": _number(event.order), "totes": " ".join(totes)}


def _checked(bench: Bench, event: PiecesChecked) -> Ask:
    line = event.of
    facts: Facts = {"sku": line.sku, "left": line.pieces, "pack_text": f"packing.pack.{event.pack}"}
    done = "packing.checked" if line.pieces else "packing.checked_all"
    if event.pack != "each":
        done = "packing.checked_pack"
    if event.typed:
        done = "packing.counted"
        facts = {**facts, "checked": event.checked, "of": event.checked + line.pieces}
    last = (line,) if line.pieces and not line.serial else ()
    state = Checking(bench, event.rest, last, event.checked if last else 0)
    return Ask(state, done, {**facts, "pieces": event.pieces})


def _check(bench: Bench, piece: Piece) -> CheckPieces:
    return CheckPieces(
        bench.order,
        piece.merchant,
        piece.sku,
        piece.pieces,
        piece.lot,
        piece.expiry,
        piece.serial,
        pack=piece.pack,
    )


def _check_number(state: Checking, line: Left, pieces: int) -> Reply:
    """Take a typed number as the total of what was scanned last, in this parcel."""
    limit = state.checked + line.pieces
    if pieces > limit:
        return Refuse(Code.BAD_QUANTITY, {"number": pieces, "limit": limit})
    return check_line(state.bench, line, pieces, typed=True)


def _close(state: Checking | ConfirmFull, key: Key) -> Reply:
    """Close the box; one that does not hold everything yet only if the worker means it."""
    confirmed = isinstance(state, ConfirmFull)
    if (key is Key.DONE) == bool(state.rest.left_pieces and not confirmed):
        return Refuse(Code.KEY_NOT_NOW)
    if not state.rest.checked_pieces:
        return Refuse(Code.NOTHING_CHECKED)
    if key is Key.FULL:
        return Ask(ConfirmFull(state.bench, state.rest))
    return closing(state.bench, state.rest)


def _read(state: Reading) -> Reply:
    if state.piece:
        return Do(_check(state.bench, state.piece[0]))
    return Ask(Checking(state.bench, state.rest))


def _missing(state: Checking) -> Reply:
    """Ask what is missing, unless only one kind of goods is left."""
    if len(state.rest.lines) == 1:
        return _ask_how_many(state.bench, state.rest, state.rest.lines[0])
    return Ask(WhatMissing(state.bench, state.rest))


def _ask_how_many(bench: Bench, rest: Rest, line: Left) -> Reply:
    if line.pieces == 1:
        return Ask(WhyMissing(bench, rest, line, 1))
    return Ask(HowMany(bench, rest, line))


def _lack(state: WhatMissing | HowMany | WhyMissing, event: object) -> Reply | None:
    match state, event:
        case WhatMissing(), Chosen(code=code):
            return _ask_how_many(state.bench, state.rest, state.rest.lines[int(code)])
        case WhatMissing(), Piece(merchant=merchant, sku=sku) if merchant == state.bench.merchant:
            named = [line for line in state.rest.lines if line.sku == sku]
            if len(named) == 1:
                return _ask_how_many(state.bench, state.rest, named[0])
            return Refuse(Code.CHOOSE_FROM_LIST, {"sku": sku})
        case HowMany(line=line), Number(value=pieces):
            if not 1 <= pieces <= line.pieces:
                return Refuse(Code.MISSING_TOO_MANY, {"number": pieces, "left": line.pieces})
            return Ask(WhyMissing(state.bench, state.rest, line, pieces))
        case WhyMissing(line=line, pieces=pieces), Chosen(code=reason):
            order = state.bench.order
            goods = (line.lot, line.expiry, line.serial)
            return Do(DeclareMissing(order, line.sku, pieces, reason, *goods))
        case _:
            return None


def _booked(bench: Bench, event: MissingBooked) -> Reply:
    """Go on after a declared miss; if all else is verified, the parcel is complete.

    Where pieces have to come out of the box again, the worker closes it when they are out.
    """
    done = "packing.line_cancelled" if event.cancelled_pieces else "packing.missing_booked"
    facts: Facts = {"sku": event.sku, "pieces": event.pieces, "back": event.cancelled_pieces}
    booked = Ask(Checking(bench, event.rest), done, facts, look=True)
    if event.rest.left_pieces or event.cancelled_pieces:
        return booked
    return closing(bench, event.rest, booked)


def _next_parcel(event: ParcelClosed) -> Reply:
    facts: Facts = {"carton": event.carton, "pieces": event.pieces, "parcel": event.bench.parcel}
    state: State = Checking(event.bench, event.rest)
    if event.instruction:
        state = Reading(event.bench, event.rest, event.instruction)
    return Ask(state, "packing.parcel_closed", facts)


def _shipped(event: OrderShipped) -> Reply:
    facts: Facts = {"order": _number(event.order), "pieces": event.pieces, "carton": event.carton}
    if event.short_pieces:
        done = "packing.shipped_short" if event.carton else "packing.shipped_before"
        return Ask(START, done, {**facts, "short": event.short_pieces}, look=True)
    if event.pieces == 1 and event.box:  # opened by its piece, it was closed before a box was told
        return Ask(START, "packing.shipped_one", {**facts, "box": event.box})
    return Ask(START, "packing.shipped", facts)


def _number(order: str) -> str:
    return order.partition("/")[2]
