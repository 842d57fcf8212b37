"""Correct the books of a place: which goods, how many there really are, and why.

A place is named, its goods are chosen or scanned, and the new number is typed, or by how much it
changes. What is much waits for another person's word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from floorhand.domain.correcting import (
    COUNT_MAX,
    CorrectionAsked,
    CorrectStock,
    LookAtStock,
    StockCorrected,
    StockRow,
    StockSeen,
    read_count,
    reasons_for,
)
from floorhand.domain.counting import read_expiry, read_mark
from floorhand.domain.days import goods_words
from floorhand.domain.keymap import Key
from floorhand.domain.sorting import STOCK, heading, next_way
from floorhand.domain.things import (
    AVAILABLE,
    Chosen,
    Goods,
    Number,
    Piece,
    Place,
    Pressed,
    SortBy,
    Text,
)
from floorhand.errors import Code
from floorhand.flows import tabled
from floorhand.flows.columns import columns
from floorhand.flows.marks import bad_date, bad_mark
from floorhand.flows.tabled import TABLE, TabledOver
from floorhand.flows.turn import Ask, Choice, Do, Facts, Item, Open, Prompt, Refuse, Reply, Wants

NAME = "correcting"

BACK = (Key.BACK, "key.back")
MORE = (Key.LIST, "key.more")
SORT = (Key.FULL, "key.sort")


@dataclass(frozen=True, slots=True)
class NeedPlace:
    """Which place is wrong?"""


@dataclass(frozen=True, slots=True)
class ChooseGoods:
    """Which of the goods that the books have there, or which others?"""

    seen: StockSeen


@dataclass(frozen=True, slots=True)
class NeedMark:
    """The goods are not in the books there; their lot, expiry or serial is asked for.

    ``marks`` are those still to ask for, in this order.
    """

    seen: StockSeen
    row: StockRow
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedCount:
    """How many are there really?"""

    seen: StockSeen
    row: StockRow


@dataclass(frozen=True, slots=True)
class NeedReason:
    """Why are the books wrong?"""

    seen: StockSeen
    row: StockRow
    counted: int


State = NeedPlace | ChooseGoods | NeedMark | NeedCount | NeedReason | TabledOver
START = NeedPlace()
STATES: tuple[type, ...] = (
    *(NeedPlace, ChooseGoods, NeedMark),
    *(NeedCount, NeedReason, TabledOver),
)
VALUES: tuple[type, ...] = (StockSeen, StockRow, LookAtStock)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, StockSeen():
            return Ask(ChooseGoods(event))
        case NeedPlace() | ChooseGoods() | NeedCount(), Place(code=code):
            return Do(LookAtStock(code))
        case NeedPlace(), Pressed(key=Key.BACK):
            return Open("leading", event)
        case NeedPlace(), Chosen(code="correcting"):
            return Ask(START)
        case ChooseGoods(), Pressed(key=Key.BACK):
            return Ask(START)
        case ChooseGoods(seen=seen), Pressed(key=Key.LIST) if seen.more:
            return Do(replace(seen.asked, skip=seen.asked.skip + len(seen.rows)))
        case ChooseGoods(), Pressed(key=Key.FULL | Key.PRINT) | SortBy() if state.seen.rows:
            return _list(state, event)
        case TabledOver(), _:
            return tabled.step(state, event)
        case ChooseGoods(seen=seen), Chosen(code=index):
            return Ask(NeedCount(seen, seen.rows[int(index)]))
        case ChooseGoods(seen=seen), Piece() as piece:
            return _piece(seen, piece)
        case NeedMark(), Text(value=text):
            return _mark(state, text)
        case NeedCount(), Number(value=counted):
            return _count(state, counted)
        case NeedCount(row=row), Text(value=text):
            read = read_count(text, row.pieces)
            if read is None:
                return Refuse(Code.BAD_QUANTITY, {"number": text, "limit": COUNT_MAX})
            return _count(state, read)
        case NeedReason(seen=seen, row=row, counted=counted), Chosen(code=reason):
            return Do(CorrectStock(seen.asked.place, row.goods, row.pieces, counted, reason))
        case NeedReason(), StockCorrected() | CorrectionAsked():
            return _done(event)
        case NeedReason(seen=seen, row=row), Pressed(key=Key.BACK):
            return Ask(NeedCount(seen, row))
        case NeedMark(seen=seen) | NeedCount(seen=seen), Pressed(key=Key.BACK):
            return Ask(ChooseGoods(seen))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
    return Refuse(Code.NOT_EXPECTED_NOW)


def _list(state: ChooseGoods, event: object) -> Reply:
    """See the goods otherwise: sorted another way, or as a table."""
    asked = state.seen.asked
    match event:
        case SortBy(way=way):
            return Do(replace(asked, skip=0, sort=way))
        case Pressed(key=Key.FULL):
            return Do(replace(asked, skip=0, sort=next_way(STOCK, asked.sort)))
    return Ask(TabledOver(STOCK, asked.place, state))


def _piece(seen: StockSeen, piece: Piece) -> Reply:
    """Take a scanned piece for the only goods there that it can be, or for goods that are new."""
    told = (piece.lot, piece.expiry, piece.serial)
    fitting = [
        row
        for row in seen.rows
        if (row.goods.merchant, row.goods.sku) == (piece.merchant, piece.sku)
        and all(
            mark in ("", own)
            for mark, own in zip(
                told, (row.goods.lot, row.goods.expiry, row.goods.serial), strict=True
            )
        )
    ]
    if len(fitting) == 1:
        return Ask(NeedCount(seen, fitting[0]))
    if fitting or (seen.more and not seen.asked.sku):
        return Do(LookAtStock(seen.asked.place, piece.merchant, piece.sku))
    fresh = StockRow(Goods(piece.merchant, piece.sku, *told), piece.name, 0, 0)
    return _next_mark(seen, fresh, piece)


def _next_mark(seen: StockSeen, row: StockRow, piece: Piece) -> Reply:
    """Ask for what tells these pieces from others, as far as their product has it."""
    tracked = {
        "lot": piece.lot_tracked,
        "expiry": piece.expiry_tracked,
        "serial": piece.serial_tracked,
    }
    marks = tuple(mark for mark, has in tracked.items() if has and not getattr(row.goods, mark))
    return Ask(NeedMark(seen, row, marks) if marks else NeedCount(seen, row))


def _mark(state: NeedMark, text: str) -> Reply:
    mark, *left = state.marks
    order = "DDMMYY" if state.row.goods.merchant in state.seen.day_first else "YYMMDD"
    value = read_expiry(text, order) if mark == "expiry" else read_mark(text)
    if not value:
        return bad_date(text, order) if mark == "expiry" else bad_mark(mark)
    row = replace(state.row, goods=replace(state.row.goods, **{mark: value}))
    known = next((one for one in state.seen.rows if one.goods == row.goods), row)
    if left:
        return Ask(replace(state, row=row, marks=tuple(left)))
    return Ask(NeedCount(state.seen, known))


def _count(state: NeedCount, counted: int) -> Reply:
    row = state.row
    if counted == row.pieces:
        facts: Facts = {"sku": row.goods.sku, "place": state.seen.asked.place, "pieces": counted}
        return Refuse(Code.CORRECTION_SAME, facts)
    if row.goods.serial and counted > 1:
        return Refuse(Code.SCAN_EACH_SERIAL, {"sku": row.goods.sku})
    return Ask(NeedReason(state.seen, row, counted))


def _done(outcome: StockCorrected | CorrectionAsked) -> Reply:
    facts: Facts = {
        "sku": outcome.sku,
        "place": outcome.place,
        "change": f"{outcome.change:+d}".replace("-", "−"),
    }
    asked = isinstance(outcome, CorrectionAsked)
    return Ask(START, "correcting.asked" if asked else "correcting.corrected", facts, look=asked)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedPlace():
            return Prompt("correcting.place", keys=(BACK,), wants=Wants(kinds=("anything",)))
        case ChooseGoods(seen=seen):
            some = bool(seen.rows)
            return Prompt(
                "correcting.goods" if some else "correcting.empty",
                heading(STOCK, seen.asked.sort) if some else (),
                place=seen.asked.place,
                keys=(
                    *((SORT, TABLE) if some else ()),
                    *((MORE, BACK) if seen.more else (BACK,)),
                ),
                choices=tuple(_choice(index, row) for index, row in enumerate(seen.rows)),
                columns=columns(STOCK, seen.asked.sort),
                wants=Wants(kinds=("choice", "piece", "anything")),
            )
        case TabledOver():
            return tabled.prompt(state)
        case NeedMark(row=row, marks=(mark, *_)):
            return replace(
                _about(state, f"correcting.{mark}"), wants=Wants(kinds=("text",), text=True)
            )
        case NeedCount(row=row):
            return replace(
                _about(state, "correcting.count"),
                wants=Wants(kinds=("number", "text"), number=True, text=True),
            )
        case NeedReason(row=row, counted=counted):
            return replace(
                _about(state, "correcting.why"),
                choices=tuple(
                    Choice(reason, f"correcting.reason.{reason}")
                    for reason in reasons_for(counted - row.pieces)
                ),
                wants=Wants(kinds=("choice",)),
            )
    return Prompt(ask="correcting.place")


def _choice(index: int, row: StockRow) -> Choice:
    label = f"{row.pieces} × {row.goods.sku} {_marks(row)}".rstrip()
    facts = (
        ("sku", f"{row.goods.merchant}/{row.goods.sku}"),
        ("pieces", row.pieces),
        ("goods", _marks(row)),
        ("condition_text", _condition(row)),
        ("name", row.name),
    )
    return Choice(str(index), _condition(row), label, facts=facts)


def _condition(row: StockRow) -> str:
    condition = row.goods.condition
    return "" if condition == AVAILABLE else f"fact.condition_{condition}"


def _marks(row: StockRow) -> str:
    goods = row.goods
    return goods_words(goods.lot, goods.expiry, goods.serial)


def _about(state: NeedMark | NeedCount | NeedReason, ask: str) -> Prompt:
    row = state.row
    counted = state.counted if isinstance(state, NeedReason) else None
    return Prompt(
        ask=ask,
        place=state.seen.asked.place,
        count="" if counted is None else str(counted),
        goods=(Item(row.goods.sku, row.name, 0, _marks(row), mark="now"),),
        facts=(
            ("fact.believed", str(row.pieces)),
            *((("fact.promised", str(row.promised)),) if row.promised else ()),
            *(((_condition(row), row.goods.sku),) if _condition(row) else ()),
        ),
        keys=(BACK,),
    )
