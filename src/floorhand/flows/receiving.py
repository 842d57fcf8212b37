"""Receiving: open a delivery, count every piece onto a pallet or the dock, close it.

Each scan counts at once, so nothing that was scanned can be lost. What a barcode has not told
(lot, expiry, serial) is asked, and only that.
"""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.counting import read_expiry, read_mark
from floorhand.domain.keymap import Key
from floorhand.domain.receiving import (
    PIECES_MAX,
    CloseDelivery,
    Counted,
    DamageMarked,
    DeliveriesListed,
    DeliveryClosed,
    DeliveryOpened,
    DeliveryReviewed,
    DockWanted,
    LinesListed,
    ListDeliveries,
    ListLines,
    ListMerchants,
    MarkDamaged,
    MerchantsListed,
    NotAnnounced,
    NotEmpty,
    OpenBlind,
    OpenDelivery,
    PalletPrinted,
    PalletStarted,
    PrintPallet,
    ReviewDelivery,
    SetCount,
    ShortLife,
    StartPallet,
    TakeBack,
    TakenBack,
    TooMany,
)
from floorhand.domain.things import (
    Attributes,
    Badge,
    Chosen,
    DeliveryCode,
    Goods,
    Number,
    Piece,
    Place,
    Plate,
    Pressed,
    Text,
)
from floorhand.errors import Code
from floorhand.flows.marks import bad_date, bad_mark
from floorhand.flows.receiving_pieces import (
    ask_lead,
    count_piece,
    describe,
    onto_pallet,
    was_counted,
)
from floorhand.flows.receiving_screens import (
    BLIND,
    OTHER_LOT,
    missing,
    prompt,
)
from floorhand.flows.receiving_states import (
    START,
    STATES,
    VALUES,
    ChooseDelivery,
    ChooseMerchant,
    Closing,
    Count,
    Counting,
    DamagedCount,
    DamagedReason,
    Describing,
    InDelivery,
    Job,
    LeadWanted,
    Lines,
    NeedDelivery,
    NeedDock,
    State,
    Unexpected,
)
from floorhand.flows.telling import heard, joined, tells, told_words
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply

NAME = "receiving"

__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state:
        case NeedDelivery() | ChooseDelivery() | ChooseMerchant() | NeedDock():
            return _open(state, event)
        case Counting():
            return _counting(state, event)
        case Describing():
            return _describing(state, event)
        case DamagedCount() | DamagedReason():
            return _damaged(state, event)
        case Unexpected() | LeadWanted() | Lines() | Closing():
            return _aside(state, event)


def _open(state: NeedDelivery | ChooseDelivery | ChooseMerchant | NeedDock, event: object) -> Reply:
    match state, event:
        case _, DeliveryCode(state="closed", number=number):
            return Refuse(Code.DELIVERY_CLOSED, {"delivery": number})
        case _, DeliveryCode(number=number):
            return Do(OpenDelivery(number))
        case _, DeliveryOpened():
            return _opened(event)
        case _, DockWanted():
            return _which_dock(state, event)
        case _, DeliveriesListed(waiting=waiting, blind=blind):
            return Ask(ChooseDelivery(waiting, blind))
        case _, MerchantsListed(merchants=merchants):
            return Ask(ChooseMerchant(merchants))
        case NeedDelivery(), Pressed(key=Key.LIST):
            return Do(ListDeliveries())
        case NeedDelivery() | ChooseDelivery(), Pressed(key=Key.MISMATCH):
            return Do(ListMerchants())
        case ChooseDelivery(), Chosen(code=code) if code == BLIND:
            return Do(ListMerchants())
        case ChooseDelivery(), Chosen(code=number):
            return Do(OpenDelivery(number))
        case ChooseMerchant(), Chosen(code=merchant):
            return Do(OpenBlind(merchant))
        case ChooseMerchant(), Piece(merchant=merchant):
            return Do(OpenBlind(merchant))
        case NeedDelivery() | ChooseDelivery(), Piece(sku=sku):
            return Refuse(Code.DELIVERY_FIRST, {"sku": sku})
        case NeedDock(merchant=str(merchant)), Place(kind="dock", proven=True, code=dock) if (
            merchant
        ):
            return Do(OpenBlind(merchant, dock))
        case NeedDock(number=number), Place(kind="dock", proven=True, code=dock):
            return Do(OpenDelivery(number, dock))
        case NeedDock(), Place(kind="dock", code=code):
            return Refuse(Code.TYPED_CODE, {"place": code})
        case ChooseDelivery() | ChooseMerchant() | NeedDock(), Pressed(key=Key.BACK):
            return Ask(START)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _which_dock(
    state: NeedDelivery | ChooseDelivery | ChooseMerchant | NeedDock, event: DockWanted
) -> Ask:
    asked = NeedDock(event.number, event.dock, event.merchant)
    if isinstance(state, NeedDock) and state.number != event.number:
        return Ask(asked, "receiving.other_delivery", {"delivery": event.number}, look=True)
    return Ask(asked)


def _counting(state: Counting, event: object) -> Reply:
    match state, event:
        case _, Piece():
            return count_piece(state, event)
        case _, Attributes():
            told = heard(state.told, event)
            return Ask(replace(state, told=told, typed=-1), "receiving.told", told_words(told))
        case Counting(now=Count(serial_tracked=False) as now), Number(value=total):
            return _total(state, now, total)
        case _, Place(kind="pallet"):
            return onto_pallet(state, event)
        case _, Plate(code=plate):
            return Do(StartPallet(state.job.delivery, state.job.dock, plate=plate))
        case _, Place(kind="dock", proven=True, code=dock):
            job = replace(state.job, dock=dock, onto="")
            return Ask(Counting(job), "receiving.loose", {"place": dock})
        case _, Place(kind="dock", code=code):
            return Refuse(Code.TYPED_CODE, {"place": code})
        case _, DeliveryCode(number=number) if number == state.job.delivery:
            return Ask(state)
        case _, DeliveryCode(number=number):
            return Refuse(Code.DELIVERY_OPEN, {"delivery": state.job.delivery, "scanned": number})
        case Counting(now=Count(here=here) as now), Pressed(key=Key.MISMATCH) if here > 0:
            if now.serial_tracked:
                return Ask(DamagedReason(state.job, now, 1))
            return Ask(DamagedCount(state.job, now))
        case Counting(job=Job(blind=True, counted=0, delivery=number)), Pressed(key=Key.BACK):
            return Do(TakeBack(number))
        case _, NotEmpty():
            return Refuse(Code.KEY_NOT_NOW)
        case _, Pressed(key=key):
            return _key(state.job, key)
        case _:
            return _outcome(state, event)


def _key(job: Job, key: Key) -> Reply:
    match key:
        case Key.FULL:
            return Do(StartPallet(job.delivery, job.dock, job.onto))
        case Key.PRINT if job.onto:
            return Do(PrintPallet(job.delivery, job.onto))
        case Key.LIST:
            return Do(ListLines(job.delivery))
        case Key.DONE:
            return Do(ReviewDelivery(job.delivery))
        case _:
            return Refuse(Code.KEY_NOT_NOW)


def _outcome(state: InDelivery, event: object) -> Reply:
    """Take what a command led to; the same in every state that can have given it."""
    job = state.job
    facts: Facts
    match event:
        case Counted():
            return was_counted(job, event)
        case NotAnnounced(goods=goods, name=name):
            return Ask(
                Unexpected(job, state.now, goods, name),
                "receiving.not_announced",
                {"sku": goods.sku, "delivery": job.delivery},
                look=True,
            )
        case ShortLife() | Badge():
            return ask_lead(state, event)
        case TooMany(goods=goods, name=name, pieces=pieces, left=left):
            facts = {"sku": goods.sku, "asked": pieces, "most": left}
            asked = Unexpected(job, state.now, goods, name, pieces)
            return Ask(asked, "receiving.label_again", facts, look=True)
        case PalletStarted(pallet=pallet, labelled=False):
            return Ask(Counting(replace(job, onto=pallet)), "receiving.onto", {"place": pallet})
        case PalletStarted(pallet=pallet, closed=""):
            return Ask(Counting(replace(job, onto=pallet)), "receiving.pallet", {"place": pallet})
        case PalletStarted(pallet=pallet, closed=closed):
            facts = {"place": pallet, "closed": closed}
            return Ask(Counting(replace(job, onto=pallet)), "receiving.next_pallet", facts)
        case PalletPrinted(pallet=pallet):
            return Ask(Counting(job, state.now), "receiving.printed", {"place": pallet})
        case LinesListed(rows=rows, lines=lines):
            return Ask(Lines(job, state.now, rows, lines))
        case DeliveryReviewed():
            return _reviewed(state, event)
        case TakenBack(number=number):
            return Ask(START, "receiving.taken_back", {"delivery": number})
        case DeliveryClosed(number=number, counted=0):
            return Ask(START, "receiving.closed_empty", {"delivery": number}, look=True)
        case DeliveryClosed(number=number, counted=counted, short=short, over=over):
            facts = {"delivery": number, "pieces": counted, "short": short, "over": over}
            differs = bool(short or over)
            key = "receiving.closed_differs" if differs else "receiving.closed"
            if job.blind:
                key = "receiving.closed_blind"
            return Ask(START, key, facts, look=differs)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _aside(state: Unexpected | LeadWanted | Lines | Closing, event: object) -> Reply:
    """Answer what a question beside the counting asks; a piece simply goes on counting."""
    match state, event:
        case Unexpected(goods=Goods(sku=sku), pieces=asked), Piece(sku=again, pieces=pieces) if (
            again == sku and asked in (0, pieces)
        ):
            return count_piece(state, event, unexpected=True)
        case Unexpected() | Lines() | Closing(), Piece():
            return count_piece(state, event)
        case Lines(), Chosen(code=code) if code == OTHER_LOT:
            return Ask(Counting(state.job), "receiving.other_lot")
        case Closing(), Pressed(key=Key.DONE):
            return Do(CloseDelivery(state.job.delivery, state.counted))
        case _, Pressed(key=Key.BACK):
            return Ask(Counting(state.job, state.now))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return _outcome(state, event)


def _describing(state: Describing, event: object) -> Reply:
    piece = state.piece
    wanted = missing(piece)
    match event:
        case Attributes() | Piece(merchant=piece.merchant, sku=piece.sku):
            told = joined(piece, event)
            if isinstance(told, Refuse):
                return told
            if isinstance(event, Piece) and (told == piece or not tells(event)):
                facts: Facts = {"wanted_text": f"thing.{wanted}", "sku": piece.sku}
                return Refuse(Code.MARK_WANTED, facts)
            return describe(state, told)
        case Text(value=text) if wanted == "expiry":
            expiry = read_expiry(text, state.job.expiry_order)
            if not expiry:
                return bad_date(text, state.job.expiry_order)
            return describe(state, replace(piece, expiry=expiry))
        case Text(value=text) if mark := read_mark(text):
            marked = replace(piece, lot=mark) if wanted == "lot" else replace(piece, serial=mark)
            return describe(state, marked)
        case Text():
            return bad_mark(wanted)
        case Pressed(key=Key.BACK):
            return Ask(Counting(state.job, state.now))
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return _outcome(state, event)


def _damaged(state: DamagedCount | DamagedReason, event: object) -> Reply:
    match state, event:
        case DamagedCount(now=now), Number(value=pieces):
            if not 0 < pieces <= now.here:
                return Refuse(Code.BAD_QUANTITY, {"number": pieces, "limit": now.here})
            return Ask(DamagedReason(state.job, now, pieces))
        case DamagedReason(job=job, now=now, pieces=pieces), Chosen(code=reason):
            return Do(MarkDamaged(job.delivery, job.place, now.goods, pieces, reason))
        case DamagedReason(), DamageMarked(goods=goods, pieces=pieces, here=here):
            facts: Facts = {"sku": goods.sku, "pieces": pieces, "here": here}
            now = replace(state.now, here=here)
            return Ask(Counting(state.job, now), "receiving.damaged", facts, look=True)
        case _, Pressed(key=Key.BACK):
            return Ask(Counting(state.job, state.now))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _opened(event: DeliveryOpened) -> Reply:
    head = (event.number, event.merchant, event.dock, event.blind, event.expiry_order)
    job = Job(*head, event.expected, event.counted, event.next)
    facts: Facts = {"delivery": event.number, "place": event.dock, "merchant": event.merchant}
    if name := event.others:
        return Ask(Counting(job), "receiving.opened_too", {**facts, "name": name}, look=True)
    if event.held:
        return Ask(Counting(job), "receiving.opened_held", {**facts, **dict(event.held)}, look=True)
    key = "receiving.opened_blind" if event.blind else "receiving.opened"
    return Ask(Counting(job), key, facts)


def _total(state: Counting, now: Count, total: int) -> Reply:
    """Set the total; one that is well over what was announced has to be typed twice."""
    if now.here == 0 and total:
        return Refuse(Code.COUNT_FIRST, {"sku": now.goods.sku})
    if total > PIECES_MAX:
        return Refuse(Code.BAD_QUANTITY, {"number": total, "limit": PIECES_MAX})
    if now.room >= 0 and total > now.here + now.room and state.typed != total:
        most = max(0, now.here + now.left - now.over)
        facts: Facts = {"sku": now.goods.sku, "asked": total, "most": most}
        return Ask(replace(state, typed=total), "receiving.type_again", facts, look=True)
    job = state.job
    return Do(SetCount(job.delivery, job.place, now.goods, total))


def _reviewed(state: InDelivery, event: DeliveryReviewed) -> Reply:
    changed = isinstance(state, Closing)
    seen = (event.gaps, event.differing, event.lines, event.counted, event.net_g)
    after = Closing(state.job, state.now, *seen)
    if changed:
        return Ask(after, "receiving.changed", {"pieces": event.counted}, look=True)
    return Ask(after)
