from dataclasses import replace

import pytest

from floorhand.domain.keymap import Key
from floorhand.domain.receiving import (
    CloseDelivery,
    Counted,
    CountPieces,
    DeliveriesListed,
    DeliveryOpened,
    DeliveryReviewed,
    DockWanted,
    Gap,
    LineCount,
    ListDeliveries,
    ListMerchants,
    MarkDamaged,
    MerchantsListed,
    Next,
    NotAnnounced,
    NotEmpty,
    OpenBlind,
    OpenDelivery,
    SetCount,
    ShortLife,
    StartPallet,
    TakeBack,
    TakenBack,
    TooMany,
    Waiting,
)
from floorhand.domain.things import (
    Attributes,
    Chosen,
    DeliveryCode,
    Goods,
    Number,
    Piece,
    Place,
    Pressed,
    Text,
    Unknown,
)
from floorhand.errors import Code
from floorhand.flows import receiving
from floorhand.flows.receiving import START, prompt, step
from floorhand.flows.receiving_states import (
    ChooseDelivery,
    ChooseMerchant,
    Closing,
    Count,
    Counting,
    DamagedCount,
    DamagedReason,
    Describing,
    Job,
    LeadWanted,
    Lines,
    NeedDock,
    Unexpected,
)
from floorhand.flows.turn import Ask, Do, Prompt, Refuse
from floorhand.ops.freezing import freeze, thaw
from floorhand.text.catalog import catalog

JOB = Job("D-1", "ACME", "DOCK-1", False, "YYMMDD", 30, 0, Next("MUG", "Mug", "", 20))
MUG = Goods("ACME", "MUG")
NOW = Count(MUG, "Mug", 3, 17, 17, False)
PIECE = Piece("ACME", "MUG", "Mug")
MILK = Piece("ACME", "MILK", "Milk", lot_tracked=True, expiry_tracked=True)
LAMP = Piece("ACME", "LAMP", "Lamp", serial_tracked=True)
COUNTING = Counting(JOB, NOW)
STATES = (
    START,
    ChooseDelivery((Waiting("D-1", "ACME", 30, "announced"),)),
    ChooseMerchant((("ACME", "Acme"),)),
    ChooseDelivery((Waiting("D-1", "ACME", 30, "announced"),), blind=False),
    NeedDock("D-1", "DOCK-1"),
    NeedDock("", "DOCK-1", "ACME"),
    Counting(JOB),
    COUNTING,
    Counting(replace(JOB, next=Next())),
    Counting(JOB, NOW, Attributes("L7"), 99),
    Describing(JOB, None, MILK),
    Describing(JOB, NOW, replace(MILK, lot="L7")),
    Describing(JOB, NOW, LAMP, unexpected=True),
    Unexpected(JOB, NOW, Goods("ACME", "CAP"), "Cap"),
    Unexpected(JOB, NOW, MUG, "Mug", 500),
    DamagedCount(JOB, NOW),
    DamagedReason(JOB, NOW, 2),
    Lines(JOB, NOW, (LineCount(1, "MUG", "Mug", "", 20, 3, 0),), 1),
    LeadWanted(JOB, NOW, ShortLife(CountPieces("D-1", "DOCK-1", MUG, 1), "Mug", 5, 30)),
    Closing(JOB, NOW, (Gap("MUG", "Mug", "short", 17, 20, 3),), 1, 2, 3),
    Closing(JOB, None, (), 0, 2, 30),
)
NONSENSE = (Unknown("?", "?"), Pressed(Key.SCANS), object(), None, Place("X", "cart"), Chosen("?"))


def test_every_state_has_its_test_here() -> None:
    assert {type(state) for state in STATES} == set(receiving.STATES)


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_refuses_what_it_does_not_expect(state) -> None:
    for event in NONSENSE:
        if isinstance(event, Chosen) and prompt(state).choices:
            continue
        assert isinstance(step(state, event), Refuse), event


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_survives_being_written_down(state) -> None:
    assert thaw(receiving, freeze(state)) == state


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
@pytest.mark.parametrize("language", ["en", "it"])
def test_every_text_of_every_prompt_is_there(state, language) -> None:
    assert missing_texts(prompt(state), language) == []


def missing_texts(shown: Prompt, language: str) -> list[str]:
    words = catalog(language)
    keys = [shown.ask, f"help.{shown.ask}", *(key for key, _ in shown.facts)]
    keys += [text for _, text in shown.keys]
    keys += [choice.text for choice in shown.choices if choice.text]
    return [key for key in keys if words.say(key) == key]


def test_back_leads_out_of_every_question_beside_the_counting() -> None:
    for state in STATES:
        if isinstance(state, Describing | Unexpected | DamagedCount | DamagedReason):
            assert step(state, Pressed(Key.BACK)) == Ask(Counting(state.job, state.now))
        if isinstance(state, Lines | Closing):
            assert step(state, Pressed(Key.BACK)) == Ask(Counting(state.job, state.now))
    assert step(COUNTING, Pressed(Key.BACK)) == Refuse(Code.KEY_NOT_NOW)


def test_a_delivery_opens_by_its_paper_or_from_the_list() -> None:
    assert step(START, DeliveryCode("D-1", "ACME", "announced")) == Do(OpenDelivery("D-1"))
    closed = step(START, DeliveryCode("D-1", "ACME", "closed"))
    assert closed == Refuse(Code.DELIVERY_CLOSED, {"delivery": "D-1"})
    assert step(START, Pressed(Key.LIST)) == Do(ListDeliveries())
    waiting = (Waiting("D-1", "ACME", 30, "announced"),)
    listed = step(START, DeliveriesListed(waiting))
    assert [c.code for c in prompt(listed.state).choices] == ["D-1", "@blind"]
    assert step(listed.state, Chosen("D-1")) == Do(OpenDelivery("D-1"))
    assert step(listed.state, Chosen("@blind")) == Do(ListMerchants())
    without_role = step(START, DeliveriesListed(waiting, blind=False)).state
    assert [c.code for c in prompt(without_role).choices] == ["D-1"]


def test_a_blind_delivery_asks_whose_goods_they_are() -> None:
    asked = step(START, MerchantsListed((("ACME", "Acme"), ("FERN", "Fern")))).state

    assert step(asked, Chosen("FERN")) == Do(OpenBlind("FERN"))
    assert step(asked, PIECE) == Do(OpenBlind("ACME"))
    dock = step(asked, DockWanted("", "DOCK-1", "FERN")).state
    assert step(dock, Place("DOCK-2", "dock")) == Do(OpenBlind("FERN", "DOCK-2"))


def test_an_unannounced_delivery_of_which_nothing_came_is_taken_back() -> None:
    empty = Counting(replace(JOB, delivery="BLIND-1", blind=True, expected=0, next=Next()))
    assert step(empty, Pressed(Key.BACK)) == Do(TakeBack("BLIND-1"))
    assert step(empty, TakenBack("BLIND-1")).state == START
    assert step(empty, NotEmpty()) == Refuse(Code.KEY_NOT_NOW)
    some = replace(empty, job=replace(empty.job, counted=1))
    assert step(some, Pressed(Key.BACK)) == Refuse(Code.KEY_NOT_NOW)


def test_another_delivery_scanned_at_the_dock_is_told() -> None:
    other = step(NeedDock("D-1", "DOCK-1"), DockWanted("D-2", "DOCK-1"))
    assert (other.state, other.done, other.look) == (
        NeedDock("D-2", "DOCK-1"),
        "receiving.other_delivery",
        True,
    )


def test_a_label_that_tells_too_many_is_scanned_twice() -> None:
    label = replace(PIECE, pieces=500, count=500)
    first = step(COUNTING, label)
    assert first == Do(CountPieces("D-1", "DOCK-1", MUG, 500, "each", counted=True))
    asked = step(COUNTING, TooMany(MUG, "Mug", 500, 17))
    assert (asked.done, asked.look) == ("receiving.label_again", True)
    again = step(asked.state, label)
    assert again.command == replace(first.command, unexpected=True)
    other = step(asked.state, replace(label, pieces=400, count=400))
    assert not other.command.unexpected
    assert step(asked.state, Pressed(Key.BACK)) == Ask(COUNTING)


def test_the_screen_shows_the_total_to_type() -> None:
    assert prompt(COUNTING).count == "3/20"
    assert prompt(COUNTING).wants.number_hint == 20
    assert prompt(Counting(JOB, replace(NOW, here=22, left=0, room=0))).count == "22"


def test_after_a_total_of_nothing_a_piece_is_scanned_first() -> None:
    none = Counting(JOB, replace(NOW, here=0, left=20, room=20))
    assert step(none, Number(99_999)) == Refuse(Code.COUNT_FIRST, {"sku": "MUG"})
    dated = replace(MILK, lot="L7")
    milk = Count(Goods("ACME", "MILK", "L7", "2026-01-01"), "Milk", 0, 5, 5, False)
    assert isinstance(step(Counting(JOB, milk), dated).state, Describing)


def test_goods_that_have_expired_are_told_so() -> None:
    old = Goods("ACME", "MILK", "L7", "2025-12-01")
    late = Counted(old, "Milk", 1, "each", 1, 4, 4, 0, "life", -359, True, False, Next())
    reply = step(COUNTING, late)
    said = catalog("en").say(reply.done, reply.facts)
    assert said.startswith("MILK goes on hold: expired 1 Dec 2025, 359 days ago. If that is wrong")


def test_the_dock_is_asked_only_if_nothing_tells_it() -> None:
    asked = step(START, DockWanted("D-1", "DOCK-1")).state

    assert prompt(asked).wants.place == "DOCK-1"
    assert step(asked, Place("DOCK-2", "dock")) == Do(OpenDelivery("D-1", "DOCK-2"))
    typed = step(asked, Place("DOCK-2", "dock", proven=False))
    assert typed == Refuse(Code.TYPED_CODE, {"place": "DOCK-2"})


def test_after_opening_the_next_expected_line_is_wanted() -> None:
    opened = DeliveryOpened("D-1", "ACME", "DOCK-1", False, "YYMMDD", 30, 0, JOB.next)

    asked = step(START, opened)

    assert asked.state == Counting(JOB)
    wants = prompt(asked.state).wants
    assert (wants.kinds, wants.sku, wants.merchants) == (("piece", "plate"), "ACME/MUG", ("ACME",))


def test_a_piece_is_counted_at_once_where_the_worker_stands() -> None:
    assert step(COUNTING, PIECE) == Do(CountPieces("D-1", "DOCK-1", MUG, 1))
    case = replace(PIECE, pieces=12, pack="case")
    on_pallet = Counting(replace(JOB, onto="PAL"), NOW)
    assert step(on_pallet, case) == Do(CountPieces("D-1", "PAL", MUG, 12, "case"))


def test_what_one_scan_has_told_is_not_asked() -> None:
    told = replace(MILK, lot="L7", expiry="2027-10-31")

    reply = step(COUNTING, told)

    goods = Goods("ACME", "MILK", "L7", "2027-10-31")
    assert reply == Do(CountPieces("D-1", "DOCK-1", goods, 1))


def test_lot_and_expiry_are_asked_in_turn() -> None:
    asked = step(Counting(JOB), MILK).state
    assert prompt(asked).ask == "receiving.lot"
    asked = step(asked, Text("L7")).state
    assert prompt(asked).ask == "receiving.expiry"
    assert step(asked, Text("not a date")).code is Code.BAD_DATE
    goods = Goods("ACME", "MILK", "L7", "2027-10-31")
    assert step(asked, Text("271031")) == Do(CountPieces("D-1", "DOCK-1", goods, 1))


def test_lot_and_expiry_may_come_in_barcodes_of_their_own_in_any_order() -> None:
    goods = Goods("ACME", "MILK", "L7", "2027-10-31")
    counted = Do(CountPieces("D-1", "DOCK-1", goods, 1))

    ahead = step(Counting(JOB), Attributes(lot="L7")).state
    ahead = step(ahead, Attributes(expiry="2027-10-31")).state
    assert step(ahead, MILK) == counted

    behind = step(Counting(JOB), MILK).state
    behind = step(behind, Attributes(expiry="2027-10-31")).state
    assert step(behind, Attributes(lot="L7")) == counted


def test_the_lot_holds_for_the_next_pieces_of_the_sku_only() -> None:
    goods = Goods("ACME", "MILK", "L7", "2027-10-31")
    known = Counting(JOB, Count(goods, "Milk", 1, 5, 5, False))

    assert step(known, MILK) == Do(CountPieces("D-1", "DOCK-1", goods, 1))
    other = step(known, replace(MILK, lot="L8"))
    assert isinstance(other.state, Describing)
    cheese = replace(MILK, sku="CHEESE")
    assert isinstance(step(known, cheese).state, Describing)


def test_a_lot_that_is_not_tracked_is_not_kept() -> None:
    reply = step(COUNTING, replace(PIECE, lot="L7", expiry="2027-10-31", serial="S1"))

    assert reply == Do(CountPieces("D-1", "DOCK-1", MUG, 1))


def test_each_serial_is_a_scan_of_its_own() -> None:
    asked = step(COUNTING, LAMP).state
    assert prompt(asked).ask == "receiving.serial"
    goods = Goods("ACME", "LAMP", serial="S1")
    assert step(asked, Text("S1")) == Do(CountPieces("D-1", "DOCK-1", goods, 1))
    assert step(COUNTING, replace(LAMP, pieces=6)).code is Code.SCAN_EACH_SERIAL
    counted = Counting(JOB, Count(goods, "Lamp", 1, 1, 1, True))
    assert not prompt(counted).wants.number
    assert step(counted, Number(5)) == Refuse(Code.NOT_EXPECTED_NOW)
    assert step(counted, Pressed(Key.MISMATCH)) == Ask(DamagedReason(JOB, counted.now, 1))


def test_the_product_scanned_where_its_lot_is_asked_is_no_lot() -> None:
    asked = step(Counting(JOB), MILK).state

    reply = step(asked, MILK)

    assert reply == Refuse(Code.MARK_WANTED, {"wanted_text": "thing.lot", "sku": "MILK"})
    assert step(asked, Text("09506000134352")).code is Code.BAD_MARK
    assert step(asked, Text("\x1b[31m")).code is Code.BAD_MARK


def test_a_typed_number_is_the_total_and_its_hint_leaves_nothing() -> None:
    wants = prompt(COUNTING).wants
    assert (wants.kinds, wants.number_hint) == (("number", "piece", "plate"), 20)
    assert step(COUNTING, Number(20)) == Do(SetCount("D-1", "DOCK-1", MUG, 20))
    assert step(COUNTING, Number(3)) == Do(SetCount("D-1", "DOCK-1", MUG, 3))  # others count too
    same = Counted(MUG, "Mug", 0, "total", 3, 17, 17, 0, "", 0, False, False, JOB.next)
    assert step(COUNTING, same).done == "receiving.same"
    assert step(COUNTING, Number(100_000)).code is Code.BAD_QUANTITY


def test_a_total_well_over_what_was_announced_is_typed_twice() -> None:
    first = step(COUNTING, Number(21))
    assert first.look
    assert first.facts["most"] == 20
    over = step(Counting(JOB, replace(NOW, here=25, left=0, room=0, over=5)), Number(30))
    assert over.facts["most"] == 20
    assert step(first.state, Number(21)) == Do(SetCount("D-1", "DOCK-1", MUG, 21))
    assert step(first.state, Number(22)).look
    tolerated = Counting(JOB, replace(NOW, room=18))
    assert step(tolerated, Number(21)) == Do(SetCount("D-1", "DOCK-1", MUG, 21))
    not_announced = Counting(JOB, replace(NOW, room=-1))
    assert step(not_announced, Number(500)) == Do(SetCount("D-1", "DOCK-1", MUG, 500))


def test_when_nothing_is_left_only_done_is_wanted() -> None:
    job = replace(JOB, next=Next())
    done = Counting(job, replace(NOW, left=0))

    assert prompt(done).wants.kinds == ("done", "plate")
    assert prompt(done).ask == "receiving.all_counted"
    assert prompt(Counting(job)).wants.kinds == ("done", "plate")
    next_line = Counting(replace(JOB, next=Next("CAP", "Cap", "", 5)), replace(NOW, left=0))
    assert prompt(next_line).wants.sku == "ACME/CAP"
    assert prompt(next_line).wants.kinds == ("piece", "plate")


def test_another_merchants_goods_are_refused_by_name() -> None:
    reply = step(COUNTING, replace(PIECE, merchant="FERN"))

    facts = {"sku": "MUG", "merchant": "FERN", "wanted": "ACME"}
    assert reply == Refuse(Code.OTHER_MERCHANT, facts)


def test_what_is_not_on_the_note_is_taken_with_the_second_scan() -> None:
    cap = Piece("ACME", "CAP", "Cap")
    asked = step(COUNTING, NotAnnounced(Goods("ACME", "CAP"), "Cap"))

    assert asked.look
    goods = Goods("ACME", "CAP")
    again = Do(CountPieces("D-1", "DOCK-1", goods, 1, unexpected=True))
    assert step(asked.state, cap) == again
    assert step(asked.state, PIECE) == Do(CountPieces("D-1", "DOCK-1", MUG, 1))


def test_the_second_scan_need_not_tell_the_lot_again() -> None:
    goods = Goods("ACME", "MILK", "L7", "2027-10-31")
    asked = step(Counting(JOB), NotAnnounced(goods, "Milk")).state

    assert step(asked, MILK) == Do(CountPieces("D-1", "DOCK-1", goods, 1, unexpected=True))


def test_damaged_pieces_are_some_of_those_counted() -> None:
    asked = step(COUNTING, Pressed(Key.MISMATCH)).state
    assert step(asked, Number(4)) == Refuse(Code.BAD_QUANTITY, {"number": 4, "limit": 3})
    assert step(asked, Number(0)).code is Code.BAD_QUANTITY
    why = step(asked, Number(2)).state
    assert step(why, Chosen("wet")) == Do(MarkDamaged("D-1", "DOCK-1", MUG, 2, "wet"))
    assert step(Counting(JOB), Pressed(Key.MISMATCH)) == Refuse(Code.KEY_NOT_NOW)


def test_full_closes_the_pallet_and_begins_the_next() -> None:
    assert step(COUNTING, Pressed(Key.FULL)) == Do(StartPallet("D-1", "DOCK-1"))
    on_pallet = Counting(replace(JOB, onto="PAL"))
    assert step(on_pallet, Pressed(Key.FULL)) == Do(StartPallet("D-1", "DOCK-1", "PAL"))


def test_a_pallet_or_dock_that_is_scanned_is_where_pieces_go() -> None:
    pallet = Place("PAL", "pallet", parent="DOCK-1", merchant="ACME")

    assert step(COUNTING, pallet).state == Counting(replace(JOB, onto="PAL"))
    for wrong in (
        replace(pallet, state="closed"),
        replace(pallet, parent="DOCK-2"),
        replace(pallet, merchant="FERN"),
        replace(pallet, proven=False),
    ):
        assert isinstance(step(COUNTING, wrong), Refuse)
    back = step(Counting(replace(JOB, onto="PAL")), Place("DOCK-2", "dock"))
    assert back.state == Counting(replace(JOB, dock="DOCK-2"))


def test_closing_needs_a_look_and_done_again() -> None:
    closing = step(COUNTING, DeliveryReviewed((), 0, 2, 30)).state

    assert step(closing, Pressed(Key.DONE)) == Do(CloseDelivery("D-1", 30))
    assert step(closing, DeliveryReviewed((), 0, 2, 31)).look
    assert step(closing, PIECE) == Do(CountPieces("D-1", "DOCK-1", MUG, 1))


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_way_of_having_counted_has_its_words(language) -> None:
    words = catalog(language)
    dated = replace(MUG, expiry="2027-10-31")
    for goods, added, pack, alarm, fresh in (
        (MUG, 1, "each", "", False),
        (MUG, 12, "case", "", False),
        (dated, 1, "each", "", True),
        (MUG, -2, "total", "", False),
        (MUG, 1, "each", "over", False),
        (dated, 1, "each", "life", True),
        (MUG, 1, "each", "blind", True),
        (dated, 1, "each", "older", True),
    ):
        counted = Counted(goods, "Mug", added, pack, 3, 7, 7, 2, alarm, 608, fresh, False, JOB.next)
        reply = step(COUNTING, counted)
        said = words.say(reply.done, reply.facts)
        assert said != reply.done
        assert "{" not in said, said
        assert "month." not in said, said
        assert reply.look == bool(alarm or added < 0)


def test_a_date_is_echoed_in_words_with_the_days_left() -> None:
    dated = replace(MUG, expiry="2027-10-31")
    counted = Counted(dated, "Mug", 1, "each", 1, 7, 7, 0, "", 428, True, False, JOB.next)

    reply = step(COUNTING, counted)

    assert catalog("en").say(reply.done, reply.facts) == "MUG: 1. Expires 31 Oct 2027 (428 days)"
