"""The packing conversation, without database or terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floorhand.domain.cartons import FITS, WHYS
from floorhand.domain.inserts import Insert
from floorhand.domain.keymap import Key
from floorhand.domain.packing import (
    MISSING_REASONS,
    AsideDone,
    Bench,
    BoxesListed,
    BoxOption,
    CheckPieces,
    CloseParcel,
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
    ParcelClosed,
    PiecesChecked,
    PutAside,
    Rest,
    ToteArrived,
)
from floorhand.domain.things import (
    Attributes,
    Chosen,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    Resumed,
    Text,
    Unknown,
)
from floorhand.errors import Code
from floorhand.flows.packing import START, STATES, VALUES, prompt, step
from floorhand.flows.packing_states import (
    Checking,
    ChoosingBox,
    ConfirmFull,
    HowMany,
    Inserting,
    LeadForBox,
    Reading,
    TakeOver,
    Telling,
    WhatMissing,
    WhyMissing,
)
from floorhand.flows.turn import Ask, Do, Refuse
from floorhand.ops.freezing import freeze, thaw
from floorhand.text.catalog import catalog

ORDER = "ACME/1001"
BENCH = Bench(ORDER, ("T-1",), 1, "S", FITS)
MUG = Left("MUG", "Mug blue", 3)
MILK = Left("MILK", "Oat milk", 1, "A", "2026-05-01")
REST = Rest((MUG, MILK), left_pieces=4, checked_pieces=0, done_pieces=0)
SOME = Rest((MUG, MILK), left_pieces=4, checked_pieces=1, done_pieces=1)
NOTHING = Rest((), left_pieces=0, checked_pieces=4, done_pieces=4)
CHECKING = Checking(BENCH, REST)
COUNTING = Checking(BENCH, SOME, (MUG,))
A_MUG = Piece("ACME", "MUG", "Mug blue")
A_CASE = Piece("ACME", "MUG", "Mug blue", 12, "case")
CLOSE = CloseParcel(ORDER, "S")
NAMING = Naming("lot", "MILK", "Oat milk", 1, (MILK, Left("MILK", "Oat milk", 2, "B")))
SERIAL = Naming("serial", "PHONE", "Phone", 1, (Left("PHONE", "Phone", 1, serial="SN1"),))
CARD, STICKER = Insert("Card", "CARD-1"), Insert("Sticker")
GIFTS = replace(BENCH, inserts=(CARD, STICKER))
BOXES = (BoxOption("S", "Small", False), BoxOption("L", "Large", True))
ALL_STATES = (
    START,
    TakeOver(ORDER, "T-1", "W2", "Bob", "09:00"),
    Reading(BENCH, REST, "Wrap it."),
    CHECKING,
    COUNTING,
    ConfirmFull(BENCH, SOME),
    Checking(BENCH, NOTHING),
    Telling(BENCH, REST, NAMING),
    Telling(BENCH, REST, SERIAL),
    ChoosingBox(BENCH, REST, BOXES),
    LeadForBox(BENCH, REST, "M"),
    Inserting(GIFTS, NOTHING, (CARD, STICKER)),
    WhatMissing(BENCH, REST),
    HowMany(BENCH, REST, MUG),
    WhyMissing(BENCH, REST, MUG, 2),
)


@pytest.mark.parametrize(
    ("event", "command"),
    [
        (Place("T-1", "tote"), OpenTote("T-1")),
        (OrderCode("ACME", "1001", "picked"), OpenOrder("ACME", "1001")),
        (A_MUG, OpenSingle(A_MUG)),
    ],
)
def test_an_order_opens_by_tote_by_number_and_by_piece(event, command) -> None:
    assert step(START, event) == Do(command)


def test_an_instruction_is_read_before_anything_is_verified() -> None:
    asked = step(START, OrderOpened(BENCH, REST, "Wrap it."))
    assert asked == Ask(Reading(BENCH, REST, "Wrap it."))
    assert step(asked.state, A_MUG) == Refuse(Code.READ_FIRST)
    assert step(asked.state, Pressed(Key.DONE)) == Ask(CHECKING)


def test_the_piece_that_opened_an_order_is_verified_after_reading() -> None:
    reading = Reading(BENCH, REST, "Wrap it.", (A_MUG,))
    assert step(reading, Pressed(Key.DONE)) == Do(CheckPieces(ORDER, "ACME", "MUG", 1))


def test_a_case_counts_its_pieces() -> None:
    command = CheckPieces(ORDER, "ACME", "MUG", 12, pack="case")
    assert step(CHECKING, A_CASE) == Do(command)
    done = step(CHECKING, PiecesChecked(MUG, 12, SOME, "case"))
    assert done.done == "packing.checked_pack"
    assert done.facts["pack_text"] == "packing.pack.case"


def test_after_a_scan_a_number_is_the_total_of_the_same() -> None:
    checked = step(CHECKING, PiecesChecked(MUG, 1, SOME))
    assert checked.state == COUNTING
    assert step(COUNTING, Number(3)) == Do(CheckPieces(ORDER, "ACME", "MUG", 3, typed=True))


@pytest.mark.parametrize("pieces", [4, 99_999])
def test_a_number_beyond_what_is_left_is_refused(pieces: int) -> None:
    assert isinstance(step(COUNTING, Number(pieces)), Refuse)


def test_a_number_before_any_scan_is_refused() -> None:
    assert step(CHECKING, Number(2)) == Refuse(Code.SCAN_EACH_PIECE)
    assert not prompt(CHECKING).wants.number


def test_a_serial_never_repeats_so_no_number_is_asked_after_it() -> None:
    one = Left("PHONE", "Phone", 1, serial="SN1")
    assert step(CHECKING, PiecesChecked(one, 1, SOME)).state.last == ()


def test_the_last_piece_closes_the_parcel_whatever_was_being_asked() -> None:
    for state in ALL_STATES[2:]:
        if not state.bench.inserts:
            assert step(state, PiecesChecked(MUG, 1, NOTHING)) == Do(CLOSE), state
    assert step(START, OrderOpened(BENCH, NOTHING)) == Do(CLOSE)


def test_a_full_box_is_closed_with_what_is_in_it() -> None:
    full = step(COUNTING, Pressed(Key.FULL)).state
    assert full == ConfirmFull(BENCH, SOME)
    assert step(full, Pressed(Key.DONE)) == Do(CLOSE)
    assert step(full, Pressed(Key.FULL)) == Refuse(Code.KEY_NOT_NOW)
    assert step(full, Pressed(Key.BACK)) == Ask(Checking(BENCH, SOME))
    assert step(CHECKING, Pressed(Key.FULL)) == Refuse(Code.NOTHING_CHECKED)
    second = Bench(ORDER, ("T-1",), 2, "L", FITS)
    assert step(COUNTING, ParcelClosed("395", 1, second, REST)).state == Checking(second, REST)
    again = step(COUNTING, ParcelClosed("395", 1, second, REST, "Wrap it."))
    assert again.state == Reading(second, REST, "Wrap it.")


def test_another_box_can_be_taken_and_stays() -> None:
    assert step(CHECKING, Pressed(Key.LIST)) == Do(ListBoxes(ORDER))
    choosing = step(CHECKING, BoxesListed(BOXES)).state
    taken = step(choosing, Chosen("L"))
    assert (taken.state.bench.box, taken.look) == ("L", False)
    assert step(choosing, Chosen("S")).look
    checked = step(taken.state, PiecesChecked(MUG, 1, NOTHING))
    assert checked == Do(CloseParcel(ORDER, "L"))
    assert step(choosing, Pressed(Key.BACK)) == Ask(CHECKING)


@pytest.mark.parametrize(
    ("event", "lot"),
    [
        (Chosen("1"), "B"),
        (Text("B"), "B"),
        (Attributes(lot="B"), "B"),
        (Piece("ACME", "MILK", "Oat milk", lot="B"), "B"),
    ],
)
def test_a_lot_is_told_by_list_by_scan_or_typed(event, lot: str) -> None:
    assert step(CHECKING, NAMING).state == Telling(BENCH, REST, NAMING)
    command = step(Telling(BENCH, REST, NAMING), event).command
    assert (command.sku, command.lot, command.pieces) == ("MILK", lot, 1)


def test_a_serial_is_told_by_its_scan_and_cannot_be_chosen_from_a_list() -> None:
    telling = Telling(BENCH, REST, SERIAL)
    assert prompt(telling).choices == ()
    assert step(telling, Text("SN1")).command.serial == "SN1"
    assert isinstance(step(telling, Attributes(lot="A")), Refuse)
    assert step(telling, Text("y" * 500)).code is Code.BAD_MARK


def test_what_is_missing_is_told_by_kind_number_and_reason() -> None:
    state = step(CHECKING, Pressed(Key.MISMATCH)).state
    state = step(state, Chosen("0")).state
    assert state == HowMany(BENCH, REST, MUG)
    assert step(state, Number(4)).code is Code.MISSING_TOO_MANY
    assert step(state, Number(0)).code is Code.MISSING_TOO_MANY
    state = step(state, Number(2)).state
    assert step(state, Chosen("not_there")) == Do(DeclareMissing(ORDER, "MUG", 2, "not_there"))


def test_a_single_piece_that_is_left_need_not_be_named_or_counted() -> None:
    rest = Rest((MILK,), 1, 3, 3)
    state = step(Checking(BENCH, rest), Pressed(Key.MISMATCH)).state
    assert state == WhyMissing(BENCH, rest, MILK, 1)
    assert step(state, Chosen("damaged")).command.lot == "A"


def test_what_is_missing_may_be_named_by_scanning_another_one() -> None:
    assert step(WhatMissing(BENCH, REST), A_MUG) == Ask(HowMany(BENCH, REST, MUG))


def test_a_declared_miss_that_leaves_nothing_closes_the_parcel() -> None:
    assert step(CHECKING, MissingBooked("MUG", 1, 0, NOTHING)) == Do(CLOSE)


def test_where_verified_pieces_must_come_out_again_the_worker_closes_the_box() -> None:
    asked = step(CHECKING, MissingBooked("MUG", 1, 2, NOTHING))
    assert asked.done == "packing.line_cancelled"
    assert prompt(asked.state).ask == "packing.close_box"
    assert step(asked.state, Pressed(Key.DONE)) == Do(CLOSE)
    for key in (Key.FULL, Key.MISMATCH):
        assert step(asked.state, Pressed(key)) == Refuse(Code.KEY_NOT_NOW), key


def test_a_cancelled_order_stops_in_every_state() -> None:
    for state in ALL_STATES:
        stopped = step(state, OrderStopped(ORDER, ("T-1",), raised=True))
        assert (stopped.state, stopped.done, stopped.look) == (START, "packing.cancelled", True)
    again = step(START, OrderStopped(ORDER, ("T-1",), raised=False))
    assert again == Refuse(Code.PACK_CANCELLED, {"order": "1001"})


@pytest.mark.parametrize(
    "event",
    [
        OrderShipped(ORDER, "395", 4, 1, "S"),
        OrderShipped(ORDER, "395", 4, 1, "S", 2),
        OrderShipped(ORDER, "", 0, 1, "", 2),
        OrderHeld(ORDER, ("T-1",)),
        OrderEmpty(ORDER),
        OrderGone(ORDER),
        OrderGone(ORDER, "Bob", "09:00"),
        AsideDone(ORDER, ("T-1",)),
    ],
)
def test_whatever_ends_an_order_asks_for_the_next_tote(event) -> None:
    for state in ALL_STATES[1:]:
        asked = step(state, event)
        assert isinstance(asked, Ask)
        assert asked.state == START
        assert asked.done


def test_a_tote_that_waits_for_another_says_which() -> None:
    asked = step(START, ToteArrived(ORDER, "T-1", ("T-2 (CART-1)",)))
    assert asked.facts["missing"] == "T-2 (CART-1)"


def test_back_puts_the_order_aside_and_elsewhere_goes_one_question_back() -> None:
    assert step(CHECKING, Pressed(Key.BACK)) == Do(PutAside(ORDER))
    assert step(ALL_STATES[2], Pressed(Key.BACK)) == Do(PutAside(ORDER))
    assert step(HowMany(BENCH, REST, MUG), Pressed(Key.BACK)) == Ask(WhatMissing(BENCH, REST))
    assert step(START, Pressed(Key.BACK)) == Refuse(Code.KEY_NOT_NOW)


def test_every_state_refuses_what_it_does_not_expect() -> None:
    for state in ALL_STATES:
        for event in (Unknown("?", "?"), Pressed(Key.PRINT), object(), Place("A-1", "bin")):
            assert isinstance(step(state, event), Refuse), (state, event)
        assert step(state, Resumed()) == Ask(state)


def test_every_state_can_be_stored_and_has_a_prompt() -> None:
    class Flow:
        pass

    Flow.NAME, Flow.STATES, Flow.VALUES = "packing", STATES, VALUES
    assert {type(state) for state in ALL_STATES} == set(STATES)
    for state in ALL_STATES:
        assert thaw(Flow, freeze(state)) == state
        assert prompt(state).wants.kinds


def test_every_question_has_its_help_and_every_code_its_text() -> None:
    keys = {f"packing.box.{why}" for why in WHYS}
    keys |= {f"packing.reason.{reason}" for reason in MISSING_REASONS}
    keys |= {f"packing.pack.{pack}" for pack in ("each", "inner", "case")}
    keys |= {f"packing.state.{state}" for state in ("hold", "waiting", "released", "picking")}
    for state in ALL_STATES:
        shown = prompt(state)
        keys |= {shown.ask, f"help.{shown.ask}"}
        keys |= {text for text, _ in shown.facts} | {text for _, text in shown.keys}
    for language in ("en", "it"):
        assert {key for key in keys if catalog(language).say(key) == key} == set()


def test_the_prompt_tells_a_robot_what_to_scan() -> None:
    wants = prompt(COUNTING).wants
    assert wants.kinds == ("number", "piece", "label", "box")
    assert (wants.sku, wants.number_hint) == ("ACME/MUG", 3)
    assert (wants.order, wants.merchants) == (ORDER, ("ACME",))
    assert prompt(CHECKING).wants.kinds == ("piece", "label", "box")
    no_typing = Checking(Bench(ORDER, ("T-1",), 1, "S", FITS, typed=False), SOME, (MUG,))
    assert not prompt(no_typing).wants.number


def test_the_prompt_never_grows_with_the_order() -> None:
    many = tuple(Left(f"P{n}", "Thing", 1) for n in range(8))
    shown = prompt(Checking(BENCH, Rest(many, 1_000, 0, 0)))
    assert len(shown.goods) == 8
    assert shown.progress == (0, 1_000)


def test_inserts_go_in_before_the_parcel_is_closed_in_any_order() -> None:
    checked = PiecesChecked(replace(MUG, pieces=0), 1, NOTHING)
    asked = step(Checking(GIFTS, REST), checked)
    assert (asked.state.left, asked.done) == ((CARD, STICKER), "packing.checked_all")
    assert step(asked.state, Pressed(Key.DONE)) == Refuse(Code.KEY_NOT_NOW)
    carded = step(asked.state, Unknown("CARD-1", "CARD-1"))
    assert (carded.state.left, carded.state.put) == ((STICKER,), ("Card",))
    ended = step(carded.state, Pressed(Key.DONE))
    assert ended == Do(CloseParcel(ORDER, "S", ("Card", "Sticker")))


def test_what_has_run_out_does_not_hold_a_parcel_up() -> None:
    asked = step(Checking(GIFTS, NOTHING), Pressed(Key.DONE))
    without = step(asked.state, Pressed(Key.MISMATCH))
    assert (without.state.left, without.look) == ((STICKER,), True)
    assert step(without.state, Pressed(Key.MISMATCH)) == Do(
        CloseParcel(ORDER, "S", (), ("Card", "Sticker"))
    )


TWO = (Left("PHONE", "Phone", 1, "L7", serial="SN1"), Left("PHONE", "Phone", 1, "L8", serial="SN2"))


def test_a_lot_where_the_serial_is_asked_for_is_noted_and_leaves_fewer() -> None:
    telling = Telling(BENCH, REST, replace(SERIAL, options=TWO))
    asked = step(telling, Attributes(lot="L8"))
    assert (asked.done, asked.facts) == ("packing.noted", {"told": "L8"})
    assert [line.serial for line in asked.state.naming.options] == ["SN2"]
    assert step(asked.state, Attributes(serial="SN2")).command.serial == "SN2"


def test_a_lot_that_was_not_picked_is_refused_where_the_serial_is_asked_for() -> None:
    telling = Telling(BENCH, REST, replace(SERIAL, options=TWO))
    assert step(telling, Attributes(lot="L9")) == Refuse(
        Code.PACK_WRONG_LOT, {"sku": "PHONE", "lot": "L9", "want": "L7, L8"}
    )


def test_a_date_where_the_lot_is_asked_for_tells_the_lot_if_one_has_it() -> None:
    dated = tuple(
        replace(MILK, lot=lot, expiry=day)
        for lot, day in (("A", "2026-05-01"), ("B", "2026-06-01"))
    )
    command = step(
        Telling(BENCH, REST, replace(NAMING, options=dated)), Attributes(expiry="2026-06-01")
    ).command
    assert command.lot == "B"
