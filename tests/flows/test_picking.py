"""The picking conversation, without a database."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from floorhand.domain.keymap import Key
from floorhand.domain.picking import (
    SHORT_REASONS,
    SKIP_REASONS,
    ArriveAt,
    Arrived,
    BindTote,
    BringTotes,
    ConfirmPick,
    DeclareShort,
    GetWork,
    InHand,
    LotOffered,
    LotSwapped,
    MovePick,
    NeedBench,
    NeedTote,
    NoWork,
    OfferLot,
    Picked,
    PlaceOffered,
    ReplaceTote,
    ShortDeclared,
    SkipStop,
    Stop,
    StopGone,
    SwapLot,
    TakeInHand,
    ToteReplaced,
    TotesBrought,
    WalkDone,
    WalkTaken,
    WorkFound,
)
from floorhand.domain.things import (
    Attributes,
    Badge,
    Chosen,
    DeliveryCode,
    Goods,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    Text,
    Unknown,
)
from floorhand.domain.walks import LeaveOrders, OrdersLeft
from floorhand.errors import Code
from floorhand.flows import picking
from floorhand.flows.picking import START, State, prompt, step
from floorhand.flows.picking_states import (
    AtBench,
    AtCount,
    AtFull,
    AtPiece,
    AtPlace,
    AtReason,
    AtSerial,
    AtSkip,
    AtTote,
    Binding,
    Start,
    TakeOver,
)
from floorhand.flows.turn import Ask, Do, Refuse, Reply
from floorhand.text.catalog import Catalog

GOODS = Goods("ACME", "TEA", lot="L1", expiry="2026-05-01")
STOP = Stop(
    task="W", pick="P", place="A-01", inside="", goods=GOODS, name="Green tea", pieces=3,
    tote="T-1", slot=1, order="ACME/1001", skips=0, missed="", done=1, stops=4,
)  # fmt: skip
CAMERA = replace(STOP, goods=Goods("ACME", "CAM", serial="S1"), pieces=1)
NEXT = replace(STOP, pick="Q", place="B-01", tote="T-2", slot=2)
NEED = NeedTote("W", "CART-1", 1, 2, "ACME/1001")
BOUND = replace(NEED, slot=2, bound=1)
BENCH = NeedBench("W", "T-1", 1, "ACME/1001", "BENCH-1", 2)
TEA = Piece("ACME", "TEA", "Green tea")
MUG = Piece("ACME", "MUG", "Mug white")
BIN = Place("A-01", "bin")
TOTE = Place("T-1", "tote")

EVERY_STATE: tuple[State, ...] = (
    START,
    TakeOver("CART-1", "W2", "Ben", "09:00"),
    TakeOver("", "W2", "Ben", "09:00", "ACME/1003"),
    Binding(NEED),
    Binding(BOUND),
    AtPlace(STOP),
    AtPiece(STOP),
    AtPiece(STOP, 2),
    AtSerial(CAMERA),
    AtTote(STOP, 3),
    AtTote(STOP, 2, "fewer"),
    AtFull(STOP, 2, placed=True),
    AtCount(STOP, 2, placed=True),
    AtCount(STOP, 3, placed=True),
    AtReason(STOP, 2, placed=True),
    AtSkip(STOP),
    AtBench(BENCH),
)


def state_of(reply: object) -> State:
    assert isinstance(reply, Ask), reply
    state: State = reply.state
    return state


def refused(reply: object) -> Code:
    assert isinstance(reply, Refuse), reply
    return reply.code


def in_hand(state: AtPiece | AtSerial, event: object, stop: Stop | None = None) -> Reply:
    """Count pieces of a stop that is still to be done."""
    reply = step(state, event)
    assert isinstance(reply, Do), reply
    assert isinstance(reply.command, TakeInHand), reply
    assert (reply.command.task, reply.command.pick) == (state.stop.task, state.stop.pick)
    told = InHand(stop or state.stop, reply.command.pieces, reply.command.of_pack)
    return step(state, told)


def test_every_state_is_listed_and_shown() -> None:
    assert {type(state) for state in EVERY_STATE} == set(picking.STATES)
    for state in EVERY_STATE:
        assert prompt(state).ask
        assert prompt(state).wants.kinds


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_text_is_there_in_both_languages(language: str) -> None:
    words = Catalog(language)
    keys = {f"picking.why_short.{reason}" for reason in SHORT_REASONS}
    keys |= {f"picking.why_skip.{reason}" for reason in SKIP_REASONS}
    for state in EVERY_STATE:
        shown = prompt(state)
        keys |= {shown.ask, f"help.{shown.ask}"}
        keys |= {key for key, _ in shown.facts} | {key for _, key in shown.keys}
    assert {key for key in keys if words.say(key) == key} == set()
    asked = [words.say(prompt(s).ask, dict(prompt(s).ask_facts)) for s in EVERY_STATE]
    assert [text for text in asked if len(text) > 24] == []


def test_every_state_refuses_what_it_does_not_expect() -> None:
    strange = (
        Unknown("?", "?"), OrderCode("ACME", "1", "picking"), DeliveryCode("D", "ACME", "closed"),
        Badge("W1", "Ana", scanned=True), Pressed(Key.PRINT), Pressed(Key.LIST), object(),
    )  # fmt: skip
    for state in EVERY_STATE:
        for event in strange:
            if isinstance(event, OrderCode) and isinstance(state, Start | TakeOver):
                continue
            assert isinstance(step(state, event), Refuse), (state, event)


def test_a_key_that_does_nothing_now_is_refused_as_a_key() -> None:
    assert refused(step(START, Pressed(Key.SKIP))) is Code.KEY_NOT_NOW
    assert refused(step(AtTote(STOP, 3), Pressed(Key.SKIP))) is Code.KEY_NOT_NOW


def test_every_key_shown_does_something() -> None:
    for state in EVERY_STATE:
        for key, _ in prompt(state).keys:
            reply = step(state, Pressed(key))
            road = (
                key is Key.BACK and refused(reply) is Code.KEY_NOT_NOW
                if isinstance(reply, Refuse)
                else True
            )
            assert road, (state, key, reply)


def test_a_cart_or_none_gets_work() -> None:
    assert step(START, Place("CART-1", "cart")) == Do(GetWork("CART-1"))
    assert step(START, Pressed(Key.DONE)) == Do(GetWork(""))
    assert state_of(step(START, WorkFound(2, False, NEED))) == Binding(NEED)
    assert state_of(step(START, NoWork(0))) == Start()


def test_a_tote_is_bound_to_the_slot() -> None:
    assert step(Binding(NEED), TOTE) == Do(BindTote("W", 1, "T-1"))
    assert refused(step(Binding(NEED), BIN)) is Code.NOT_EXPECTED_NOW


def test_before_the_first_tote_back_leaves_the_orders_and_after_it_f10_the_rest() -> None:
    back, done = Pressed(Key.BACK), Pressed(Key.DONE)
    assert step(Binding(NEED), back) == Do(LeaveOrders("W"))
    assert refused(step(Binding(NEED), done)) is Code.KEY_NOT_NOW
    assert step(Binding(BOUND), done) == Do(LeaveOrders("W"))
    none_left = step(Binding(NEED), OrdersLeft(2, WalkDone("W", 0, 0)))
    assert none_left == Ask(START, "picking.left", {"orders": 2})
    assert step(Binding(BOUND), OrdersLeft(1, STOP)) == Ask(
        AtPlace(STOP), "picking.left", {"orders": 1}
    )


def test_an_order_scanned_again_takes_its_walk_over() -> None:
    order = OrderCode("ACME", "1003", "picking")
    assert step(START, order) == Do(GetWork("", "", "ACME/1003"))
    asked = state_of(step(START, WalkTaken("CART-1", "W2", "Ben", "09:00", "ACME/1003")))
    assert step(asked, order) == Do(GetWork("", "W2", "ACME/1003"))
    assert step(asked, replace(order, number="1004")) == Do(GetWork("", "", "ACME/1004"))
    assert step(asked, Place("CART-1", "cart")) == Do(GetWork("CART-1", "W2"))


def test_any_shelf_is_checked_by_the_books_but_a_tote_is_not_expected() -> None:
    assert step(AtPlace(STOP), BIN) == Do(ArriveAt("W", "P", "A-01"))
    assert step(AtPlace(STOP), Place("C-01", "bin")) == Do(ArriveAt("W", "P", "C-01"))
    assert refused(step(AtPlace(STOP), TOTE)) is Code.NOT_EXPECTED_NOW
    assert refused(step(AtPlace(STOP), Place("A-01", "bin", proven=False))) is Code.TYPED_CODE


def test_another_place_with_the_same_goods_is_taken_when_scanned_again() -> None:
    offered = state_of(step(AtPlace(STOP), PlaceOffered("B-02", 5)))
    assert step(offered, Place("B-02", "bin")) == Do(MovePick("W", "P", "B-02"))
    assert step(offered, BIN) == Do(ArriveAt("W", "P", "A-01"))


def test_each_scan_counts_one_a_case_its_pieces_and_a_number_sets_the_total() -> None:
    one = AtPiece(STOP, 1)
    assert state_of(in_hand(AtPiece(STOP), TEA)) == one
    assert state_of(in_hand(one, replace(TEA, pieces=2, pack="case"))) == AtTote(STOP, 3)
    assert state_of(in_hand(one, Number(3))) == AtTote(STOP, 3)
    assert state_of(in_hand(one, Number(2))) == AtPiece(STOP, 2)
    assert state_of(in_hand(one, Number(0))) == AtPiece(STOP, 0)


def test_a_piece_scan_stops_at_once_if_the_stop_is_gone() -> None:
    gone = StopGone("cancelled", "ACME/1001", "A-01", NEXT)
    for state in (AtPiece(STOP, 1), AtSerial(CAMERA)):
        reply = step(state, gone)
        assert isinstance(reply, Ask)
        assert (reply.state, reply.done) == (AtPlace(NEXT), "picking.gone_cancelled")
    fewer = replace(STOP, pieces=1)
    assert state_of(in_hand(AtPiece(STOP), TEA, fewer)) == AtTote(fewer, 1)


def test_no_more_than_wanted_is_taken() -> None:
    assert refused(in_hand(AtPiece(STOP, 2), replace(TEA, pieces=2))) is Code.PICK_TOO_MANY
    assert refused(in_hand(AtPiece(STOP, 2), Number(4))) is Code.PICK_TOO_MANY
    assert refused(step(AtTote(STOP, 3), TEA)) is Code.PICK_TOO_MANY


def test_a_number_before_the_first_scan_proves_nothing() -> None:
    assert refused(step(AtPiece(STOP), Number(3))) is Code.PICK_SCAN_FIRST
    assert not prompt(AtPiece(STOP)).wants.number
    assert prompt(AtPiece(STOP, 1)).wants.number_hint == 3


def test_the_wrong_piece_is_refused_by_name() -> None:
    reply = step(AtPiece(STOP), MUG)
    assert isinstance(reply, Refuse)
    assert reply.facts == {
        "sku": "MUG", "name": "Mug white", "wanted": "TEA", "wanted_name": "Green tea"
    }  # fmt: skip
    other_owner = replace(TEA, merchant="BOLT")
    assert refused(step(AtPiece(STOP), other_owner)) is Code.PICK_WRONG_PIECE


def test_another_lot_is_offered_and_taken_when_scanned_again() -> None:
    other = replace(TEA, lot="L2", expiry="2026-05-05")
    assert step(AtPiece(STOP), other) == Do(OfferLot("W", "P", "L2", "2026-05-05", "", 1))
    goods = replace(GOODS, lot="L2", expiry="2026-05-05")
    offered = state_of(step(AtPiece(STOP), LotOffered(goods)))
    assert step(offered, other) == Do(SwapLot("W", "P", goods, 1))
    swapped = replace(STOP, goods=goods)
    assert state_of(step(offered, LotSwapped(swapped, 1))) == AtPiece(swapped, 1)


def test_lots_are_not_mixed_in_one_stop() -> None:
    assert refused(step(AtPiece(STOP, 1), replace(TEA, lot="L2"))) is Code.PICK_WRONG_LOT
    assert refused(step(AtPiece(STOP, 1), Attributes(lot="L2"))) is Code.PICK_WRONG_LOT


def test_a_code_that_tells_only_the_right_lot_is_welcome() -> None:
    assert state_of(step(AtPiece(STOP), Attributes(lot="L1"))) == AtPiece(
        STOP, told=Attributes(lot="L1")
    )
    assert state_of(in_hand(AtPiece(STOP), replace(TEA, lot="L1"))) == AtPiece(STOP, 1)


def test_a_serial_is_asked_for_only_if_the_scan_did_not_tell_it() -> None:
    camera = Piece("ACME", "CAM", "Camera", serial_tracked=True)
    assert state_of(in_hand(AtPiece(CAMERA), camera)) == AtSerial(CAMERA)
    assert state_of(in_hand(AtPiece(CAMERA), replace(camera, serial="S1"))) == AtTote(CAMERA, 1)
    assert state_of(in_hand(AtSerial(CAMERA), Text("S1"))) == AtTote(CAMERA, 1)
    ahead = state_of(step(AtPiece(CAMERA), Attributes(serial="S1")))
    assert state_of(in_hand(ahead, camera)) == AtTote(CAMERA, 1)
    swap = Do(OfferLot("W", "P", "", "", "S2", 1))
    assert step(AtSerial(CAMERA), Text("S2")) == swap
    assert step(AtSerial(CAMERA), Text("y" * 500)).code is Code.BAD_MARK
    assert step(AtPiece(CAMERA), replace(camera, serial="S2")) == swap


def test_only_the_tote_of_the_slot_is_taken() -> None:
    assert step(AtTote(STOP, 3), TOTE) == Do(ConfirmPick("W", "P", 3, "T-1"))
    assert refused(step(AtTote(STOP, 3), Place("T-2", "tote"))) is Code.PICK_WRONG_TOTE
    assert refused(step(AtPiece(STOP, 2), Place("T-2", "tote"))) is Code.PICK_PIECE_FIRST
    assert refused(step(AtPiece(STOP, 2), TOTE)) is Code.PICK_TOO_FEW


def test_the_place_is_asked_again_only_if_it_is_another() -> None:
    same = replace(NEXT, place="A-01")
    assert state_of(step(AtTote(STOP, 3), Picked(3, "TEA", "T-1", 0, same))) == AtPiece(same)
    assert state_of(step(AtTote(STOP, 3), Picked(3, "TEA", "T-1", 0, NEXT))) == AtPlace(NEXT)
    inside = replace(same, inside="PAL-1")
    assert state_of(step(AtTote(STOP, 3), Picked(3, "TEA", "T-1", 0, inside))) == AtPlace(inside)


def test_a_short_asks_how_many_and_why_and_the_tote_only_for_what_was_taken() -> None:
    count = state_of(step(AtPiece(STOP, 2), Pressed(Key.MISMATCH)))
    assert count == AtCount(STOP, 2, placed=True)
    none = state_of(step(count, Number(0)))
    assert step(none, Chosen("not_found")) == Do(DeclareShort("W", "P", 0, "", "not_found"))
    some = state_of(step(count, Pressed(Key.DONE)))
    tote = state_of(step(some, Chosen("fewer")))
    assert tote == AtTote(STOP, 2, "fewer")
    assert step(tote, TOTE) == Do(DeclareShort("W", "P", 2, "T-1", "fewer"))


def test_a_short_must_be_short_and_pieces_need_a_place() -> None:
    assert refused(step(AtCount(STOP, 2, placed=True), Number(3))) is Code.PICK_NOTHING_SHORT
    whole = AtCount(STOP, 3, placed=True)
    assert [key for key, _ in prompt(whole).keys] == [Key.BACK]
    assert refused(step(whole, Pressed(Key.DONE))) is Code.KEY_NOT_NOW
    assert refused(step(AtCount(STOP, 2, placed=True), Number(4))) is Code.PICK_TOO_MANY
    assert refused(step(AtCount(STOP, 0, placed=False), Number(1))) is Code.PICK_PLACE_FIRST


@pytest.mark.parametrize(
    ("found", "short", "waits", "said"),
    [
        (2, 0, 0, "picking.short_found"),
        (1, 1, 0, "picking.short_partly"),
        (0, 2, 0, "picking.short_final"),
        (0, 0, 2, "picking.short_waits"),
    ],
)
def test_a_short_is_answered_with_where_the_rest_is(
    found: int, short: int, waits: int, said: str
) -> None:
    place = "C-04" if found else ""
    outcome = ShortDeclared(2, found, place, short, waits, "ACME/1001", NEXT)
    reply = step(AtReason(STOP, 0, placed=True), outcome)
    assert isinstance(reply, Ask)
    assert (reply.done, reply.look) == (said, True)


def test_at_the_second_place_nothing_again_is_two_keys() -> None:
    second = replace(STOP, missed="fewer")
    for at in (AtPlace(second), AtPiece(second)):
        counting = state_of(step(at, Pressed(Key.MISMATCH)))
        assert (Key.DONE, "key.none_again") in prompt(counting).keys
        again = Do(DeclareShort("W", "P", 0, "", "fewer"))
        assert step(counting, Pressed(Key.DONE)) == again
    some = state_of(step(AtPiece(second, 1), Pressed(Key.MISMATCH)))
    assert state_of(step(some, Pressed(Key.DONE))) == AtReason(second, 1, placed=True)


def test_a_full_tote_is_replaced_and_the_count_goes_on() -> None:
    full = state_of(step(AtPiece(STOP, 2), Pressed(Key.FULL)))
    assert step(full, Place("T-3", "tote")) == Do(ReplaceTote("W", "P", 1, "T-3"))
    fresh = replace(STOP, tote="T-3")
    assert state_of(step(full, ToteReplaced("T-1", "T-3", fresh))) == AtPiece(fresh, 2)
    unplaced = state_of(step(AtPlace(STOP), Pressed(Key.FULL)))
    assert state_of(step(unplaced, ToteReplaced("T-1", "T-3", fresh))) == AtPlace(fresh)


def test_what_went_into_the_full_tote_is_booked_there_first() -> None:
    full = AtFull(STOP, 2, placed=True)
    assert step(full, TOTE) == Do(ConfirmPick("W", "P", 2, "T-1"))
    rest = replace(STOP, pieces=1)
    assert state_of(step(full, Picked(2, "TEA", "T-1", 1, rest))) == AtFull(rest, 0, placed=True)


def test_the_second_skip_asks_why() -> None:
    assert step(AtPlace(STOP), Pressed(Key.SKIP)) == Do(SkipStop("W", "P", ""))
    again = replace(STOP, skips=1)
    asked = state_of(step(AtPlace(again), Pressed(Key.SKIP)))
    assert asked == AtSkip(again)
    assert step(asked, Chosen("other")) == Do(SkipStop("W", "P", "other"))


def test_back_is_one_question_back_and_else_left_to_the_road() -> None:
    back = Pressed(Key.BACK)
    assert state_of(step(AtReason(STOP, 2, placed=True), back)) == AtCount(STOP, 2, placed=True)
    assert state_of(step(AtCount(STOP, 2, placed=True), back)) == AtPiece(STOP, 2)
    assert state_of(step(AtFull(STOP, 3, placed=True), back)) == AtTote(STOP, 3)
    assert state_of(step(AtSkip(STOP), back)) == AtPlace(STOP)
    assert state_of(step(AtTote(STOP, 3), back)) == AtPiece(STOP)
    for state in (START, Binding(BOUND), AtPlace(STOP), AtPiece(STOP, 2), AtBench(BENCH)):
        assert refused(step(state, back)) is Code.KEY_NOT_NOW


def test_totes_go_to_any_bench_one_by_one_or_all_to_the_proposed() -> None:
    state = AtBench(BENCH)
    assert step(state, Place("BENCH-2", "bench")) == Do(BringTotes("W", "T-1", "BENCH-2"))
    assert step(state, Place("DOCK-1", "dock")) == Do(BringTotes("W", "T-1", "DOCK-1"))
    assert step(state, Pressed(Key.DONE)) == Do(BringTotes("W", "", "BENCH-1"))
    for typed in (Place("BENCH-1", "bench", proven=False), Place("DOCK-1", "dock", proven=False)):
        assert refused(step(state, typed)) is Code.TYPED_CODE
    assert refused(step(state, Place("T-2", "tote"))) is Code.PICK_WRONG_TOTE
    nowhere = AtBench(replace(BENCH, bench=""))
    assert refused(step(nowhere, Pressed(Key.DONE))) is Code.KEY_NOT_NOW


def test_a_stop_that_is_gone_says_why_and_goes_on() -> None:
    reply = step(AtTote(STOP, 3), StopGone("cancelled", "ACME/1001", "A-01", NEXT))
    assert isinstance(reply, Ask)
    assert reply.look
    assert reply.state == AtPlace(NEXT)


def test_a_finished_walk_leads_to_the_next_cart() -> None:
    reply = step(AtTote(STOP, 3), Picked(3, "TEA", "T-1", 0, WalkDone("W", 2, 9)))
    assert reply == Ask(START, "picking.walk_done", {"orders": 2, "pieces": 9})


def test_every_order_of_place_piece_and_tote_completes_or_refuses() -> None:
    stop = replace(STOP, pieces=1)
    for scans in permutations((BIN, TEA, TOTE)):
        state: State = AtPlace(stop)
        confirmed = 0
        for event in (*scans, *scans, *scans):
            reply = step(state, event)
            if isinstance(reply, Do) and isinstance(reply.command, ArriveAt):
                reply = step(state, Arrived(stop))
            if isinstance(reply, Do) and isinstance(reply.command, TakeInHand):
                reply = step(state, InHand(stop, reply.command.pieces))
            if isinstance(reply, Do):
                assert isinstance(reply.command, ConfirmPick), reply
                assert reply.command == ConfirmPick("W", "P", 1, "T-1")
                confirmed += 1
                break
            if isinstance(reply, Ask):
                state = reply.state
        assert confirmed == 1, scans


def test_each_tote_that_is_brought_away_is_named_and_counted() -> None:
    need = NeedBench("W", "T-1", 1, "ACME/1", "BENCH-1", 3)
    for tote, left, away in (("T-2", 2, 1), ("T-3", 1, 2)):
        following = replace(need, tote=tote, totes=left, of=0)
        reply = step(AtBench(need), TotesBrought(1, "BENCH-1", following))
        assert reply.done == "picking.brought_one"
        assert (reply.facts["tote"], reply.facts["away"], reply.facts["of"]) == (need.tote, away, 3)
        need = reply.state.need


def test_other_orders_that_lack_pieces_are_counted_beside_the_own() -> None:
    reply = step(AtReason(STOP, 0, placed=True), replace(SHORT, others=2))
    assert "short 1. Other orders short too: 2." in Catalog("en").say(reply.done, reply.facts)


SHORT = ShortDeclared(1, 0, "", 1, 0, "ACME/1001", NEXT)
