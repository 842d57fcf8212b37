"""Whose parcel is this? The first half of return inspection, one scan for each rung of the ladder.

Our plate, the carrier's tracking code, the platform's number, the order or its parcel, a serial, a
piece; and what none of these tell is an unknown parcel, which gets a plate, a place and an owner.
"""

from __future__ import annotations

from floorhand.domain.identifying import (
    AttachOrder,
    CodeUnknown,
    CreateReturn,
    FindOfOrder,
    FindOfPiece,
    Identify,
    ListWaiting,
    OpenReturn,
    OrderReturns,
    ParcelShared,
    RegisterUnknown,
    ReturnHeld,
    ReturnsWaiting,
    SerialFound,
    UnknownRegistered,
)
from floorhand.domain.keymap import Key
from floorhand.domain.returns import (
    CUSTOMER_RETURN,
    NONE_OF_THESE,
    Parcel,
)
from floorhand.domain.things import (
    Attributes,
    Chosen,
    OrderCode,
    Piece,
    Place,
    Pressed,
    ReturnCode,
    Text,
    Unknown,
)
from floorhand.errors import Code
from floorhand.flows.returns_states import (
    START,
    ChooseOrigin,
    ChooseReturn,
    ConfirmNew,
    ConfirmUnknown,
    Identifying,
    Inspecting,
    NeedCarrier,
    NeedReturn,
    NeedSender,
    TakeOver,
)
from floorhand.flows.turn import Ask, Do, Refuse, Reply

TEXT_CHARACTERS_MAX = 200
"""Carrier and sender; longer text is a scan of something else."""


def identify(state: Identifying, event: object) -> Reply:
    """Say what an event leads to while the parcel is not identified."""
    match state, event:
        case _, ParcelShared(options=options):
            return Ask(ChooseReturn(options), done="returns.shared", look=True)
        case _, ReturnHeld(number=number, worker=worker, name=name, since=since):
            facts = {"number": number, "worker": name, "since": since}
            return Ask(TakeOver(number, worker, name, since), "returns.held", facts, look=True)
        case TakeOver(), OrderReturns(options=(only,)):
            return Do(OpenReturn(only.code, again=state.number, holder=state.worker))
        case _, OrderReturns(options=(only,)):
            return Do(OpenReturn(only.code))
        case _, OrderReturns(merchant=merchant, order=order, options=()):
            return Ask(ConfirmNew(merchant, order))
        case _, OrderReturns(options=options):
            return Ask(ChooseReturn(options))
        case TakeOver(), ReturnCode(number=number, plate=plate):
            return Do(OpenReturn(number, plate, again=state.number, holder=state.worker))
        case NeedReturn() | TakeOver() | ConfirmUnknown() | ConfirmNew(), _:
            return _first_scan(state, event)
        case ChooseReturn(), Chosen(code=number):
            return Do(OpenReturn(number))
        case ChooseReturn(options=options), ReturnCode(number=number, plate=True) if any(
            option.code == number for option in options
        ):
            return Do(OpenReturn(number))
        case ChooseOrigin(), Chosen(code=code):
            return _chosen_origin(state, code)
        case NeedCarrier(), Text(value=carrier) if len(carrier) <= TEXT_CHARACTERS_MAX:
            return Ask(NeedSender(state.code, carrier))
        case NeedCarrier(), Pressed(key=Key.SKIP):
            return Ask(NeedSender(state.code, ""))
        case NeedSender(), Text(value=sender) if len(sender) <= TEXT_CHARACTERS_MAX:
            return Do(RegisterUnknown(state.code, state.carrier, sender))
        case NeedSender(), Pressed(key=Key.SKIP):
            return Do(RegisterUnknown(state.code, state.carrier, ""))
        case NeedSender(), UnknownRegistered(number=number, place=place):
            return Ask(START, "returns.registered", {"number": number, "place": place}, look=True)
        case NeedCarrier() | NeedSender(), Text():
            return Refuse(Code.RETURN_TEXT_LONG, {"limit": TEXT_CHARACTERS_MAX})
        case NeedSender(), Pressed(key=Key.BACK):
            return Ask(NeedCarrier(state.code))
        case ChooseOrigin(parcel=Parcel() as parcel), Pressed(key=Key.BACK):
            return Ask(Inspecting(parcel))
        case ChooseReturn() | ChooseOrigin() | NeedCarrier(), Pressed(key=Key.BACK):
            return Ask(START)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _first_scan(state: NeedReturn | TakeOver | ConfirmUnknown | ConfirmNew, event: object) -> Reply:
    """Take the scan of a parcel; while the last one is still asked about, the next one counts."""
    match state, event:
        case _, ReturnCode(number=number, plate=plate):
            return Do(OpenReturn(number, alone=plate))
        case _, OrderCode(merchant=merchant, number=number):
            return Do(FindOfOrder(merchant, number))
        case _, Place(kind="carton", order=order) if order:
            merchant, _, number = order.partition("/")
            return Do(FindOfOrder(merchant, number))
        case _, Piece(merchant=merchant, sku=sku) | SerialFound(
            piece=Piece(merchant=merchant, sku=sku)
        ):
            piece = event.piece if isinstance(event, SerialFound) else event
            return Do(FindOfPiece(merchant, sku, piece))
        case _, Unknown(code=code, shown=shown):
            return Do(Identify(code, shown))
        case _, CodeUnknown(code=code, shown=shown):
            return Ask(ConfirmUnknown(code, shown))
        case ConfirmUnknown(code=code), Pressed(key=Key.DONE):
            return Ask(NeedCarrier(code))
        case _, Attributes(serial=serial) if serial:
            return Do(Identify(serial, serial))
        case NeedReturn(), Pressed(key=Key.LIST):
            return Do(ListWaiting())
        case NeedReturn(), ReturnsWaiting(options=()):
            return Refuse(Code.RETURN_NONE_WAITING)
        case NeedReturn(), ReturnsWaiting(options=options):
            return Ask(ChooseReturn(options, waiting=True))
        case NeedReturn(), Pressed(key=Key.MISMATCH):
            return Ask(NeedCarrier(""))
        case ConfirmNew(), Chosen(code=kind):
            return Do(CreateReturn(state.merchant, state.order, kind))
        case TakeOver() | ConfirmUnknown() | ConfirmNew(), Pressed(key=Key.BACK):
            return Ask(START)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _chosen_origin(state: ChooseOrigin, code: str) -> Reply:
    kind, _, number = code.partition(":")
    if kind == "return":
        return Do(OpenReturn(number))
    order = "" if code == NONE_OF_THESE else number
    if state.parcel is not None:
        return Do(AttachOrder(state.parcel.number, state.merchant, order))
    return Do(CreateReturn(state.merchant, order, CUSTOMER_RETURN))
