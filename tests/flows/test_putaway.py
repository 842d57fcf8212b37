from dataclasses import replace

import pytest

from floorhand.domain.keymap import Key
from floorhand.domain.putaway import (
    CONTAINERS,
    LATER_MAX,
    BinLegal,
    BinTaken,
    CheckBin,
    Emptied,
    FindLoose,
    GivenBack,
    GivenUp,
    GiveUp,
    GoodsGone,
    HeldByOther,
    Loose,
    LooseFound,
    MarkedFull,
    MarkFull,
    NextTask,
    OpenSource,
    Propose,
    Proposed,
    PutAway,
    Source,
    Stored,
    TaskFound,
)
from floorhand.domain.slotting import Bar, Rule
from floorhand.domain.things import Chosen, Goods, Number, Piece, Place, Pressed, Unknown
from floorhand.errors import Code
from floorhand.flows import putaway
from floorhand.flows.putaway import START, prompt, step
from floorhand.flows.putaway_states import (
    Fetching,
    Going,
    HowMany,
    TakeOver,
    WhichLoose,
    Why,
)
from floorhand.flows.turn import Ask, Do, Refuse
from floorhand.ops.freezing import freeze, thaw
from floorhand.text.catalog import catalog

PALLET = Source("PAL")
LOOSE = Source("DOCK-1", "ACME", "MUG")
MUG = Goods("ACME", "MUG")
NOW = Proposed(PALLET, MUG, "Mug", "PAL", 20, 10, "B-1", "zone", 10, "", 2)
NO_BIN = replace(NOW, bin="", rule="", room=0, take=20)
GOING = Going(NOW, 10)
OPTIONS = (Loose("DOCK-1", MUG, "Mug", 5), Loose("BENCH-1", replace(MUG, lot="L7"), "Mug", 2))
STATES = (
    START,
    *(
        Fetching(TaskFound("t/1", PALLET, "DOCK-1", "putaway", "", 20, kind, (("damaged", 1),)))
        for kind in CONTAINERS
    ),
    Fetching(TaskFound("t/1", replace(LOOSE, lot="L7"), "DOCK-1", "putback", "Mug", 5)),
    WhichLoose(OPTIONS),
    TakeOver(PALLET, "W1", "Ana"),
    TakeOver(LOOSE, "W1", "Ana"),
    GOING,
    Going(replace(NOW, goods=replace(MUG, condition="hold", expiry="2027-10-31")), 10, (MUG,)),
    Going(NO_BIN, 20),
    HowMany(NOW, 10),
    Why(NOW, 10, (), "B-2"),
)
NONSENSE = (Unknown("?", "?"), Pressed(Key.SCANS), object(), None, Place("X", "cart"))


def test_every_state_has_its_test_here() -> None:
    assert {type(state) for state in STATES} == set(putaway.STATES)


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_refuses_what_it_does_not_expect(state) -> None:
    for event in NONSENSE:
        assert isinstance(step(state, event), Refuse), event


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_survives_being_written_down(state) -> None:
    assert thaw(putaway, freeze(state)) == state


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_text_of_every_prompt_is_there(language) -> None:
    words = catalog(language)
    keys = [f"putaway.why_{rule}" for rule in Rule] + [f"bar.{bar}" for bar in Bar]
    for state in STATES:
        shown = prompt(state)
        keys += [shown.ask, f"help.{shown.ask}", *(key for key, _ in shown.facts)]
        keys += [text for _, text in shown.keys]
        keys += [choice.text for choice in shown.choices if choice.text]
    assert [key for key in keys if words.say(key) == key] == []


def test_a_container_is_scanned_or_the_next_work_is_asked_for() -> None:
    assert step(START, Place("PAL", "pallet")) == Do(OpenSource(PALLET))
    assert step(START, Place("T-1", "tote")) == Do(OpenSource(Source("T-1")))
    assert step(START, Place("PAL", "pallet", proven=False)).code is Code.TYPED_CODE
    assert step(START, Pressed(Key.DONE)) == Do(NextTask())
    assert prompt(START).wants.kinds[0] == "done"


def test_the_place_to_fetch_from_is_shown_and_only_what_waits_there_is_taken() -> None:
    fetching = step(START, TaskFound("t/1", PALLET, "DOCK-1", "putaway", "", 20, "pallet")).state

    shown = prompt(fetching)
    assert (shown.place, shown.wants.place) == ("DOCK-1", "PAL")
    assert step(fetching, Place("PAL", "pallet")) == Do(OpenSource(PALLET))
    wrong = step(fetching, Place("PAL2", "pallet"))
    assert wrong == Refuse(Code.WRONG_SOURCE, {"scanned": "PAL2", "wanted": "PAL"})
    assert step(fetching, Pressed(Key.SKIP)) == Do(NextTask("t/1", later=("t/1",)))
    second = step(fetching, TaskFound("t/2", PALLET, "DOCK-1", "putaway", "", 20, "pallet")).state
    assert step(second, Pressed(Key.SKIP)) == Do(NextTask("t/2", later=("t/1", "t/2")))
    first = step(second, TaskFound("t/1", PALLET, "DOCK-1", "putaway", "", 20, "pallet")).state
    assert step(first, Pressed(Key.SKIP)) == Do(NextTask("t/1", later=("t/2", "t/1")))
    assert step(fetching, Pressed(Key.BACK)) == Do(NextTask(instead_of="t/1", give_back=True))
    assert step(fetching, GivenBack("PAL")).state == START


def test_loose_goods_are_fetched_by_a_piece() -> None:
    fetching = step(START, TaskFound("t/1", LOOSE, "DOCK-1", "putaway", "Mug", 5)).state

    assert prompt(fetching).wants.sku == "ACME/MUG"
    assert step(fetching, Piece("ACME", "MUG", "Mug")) == Do(OpenSource(LOOSE))
    assert step(fetching, Piece("BOLT", "MUG", "Cup")).code is Code.WRONG_SOURCE


def test_a_loose_piece_is_found_and_asked_about_only_if_it_is_not_clear() -> None:
    piece = Piece("ACME", "MUG", "Mug", lot="L7")
    assert step(START, piece) == Do(FindLoose("ACME", "MUG", "L7"))
    one = step(START, LooseFound(OPTIONS[:1]))
    assert one == Do(OpenSource(LOOSE))
    which = step(START, LooseFound(OPTIONS)).state
    chosen = step(which, Chosen(prompt(which).choices[1].code))
    assert chosen == Do(OpenSource(Source("BENCH-1", "ACME", "MUG", "L7")))


def test_what_somebody_else_has_begun_is_taken_over_with_the_second_scan() -> None:
    asked = step(START, HeldByOther(PALLET, "W1", "Ana"))

    assert asked.look
    again = step(asked.state, Place("PAL", "pallet"))
    assert again == Do(OpenSource(PALLET, take_over="W1"))
    assert step(asked.state, Pressed(Key.BACK)) == Ask(START)
    assert step(GOING, HeldByOther(PALLET, "W1", "Ana")).look


def test_loose_goods_are_taken_over_with_a_piece_of_their_merchant() -> None:
    held = TakeOver(LOOSE, "W1", "Ana")

    assert step(held, Piece("ACME", "MUG", "Mug")) == Do(OpenSource(LOOSE, take_over="W1"))
    assert step(held, Piece("BOLT", "MUG", "Cup")) == Do(FindLoose("BOLT", "MUG"))
    assert prompt(held).wants.sku == "ACME/MUG"


def test_the_proposed_bin_confirms() -> None:
    put = PutAway(PALLET, "PAL", MUG, 10, "B-1", "B-1")

    assert prompt(GOING).wants.place == "B-1"
    assert step(GOING, Place("B-1", "bin")) == Do(put)
    assert step(GOING, Place("B-1", "bin", proven=False)).code is Code.TYPED_CODE


def test_a_number_is_asked_for_behind_a_key_because_typed_digits_prove_the_place() -> None:
    assert not prompt(GOING).wants.number
    assert (Key.FULL, "key.part") in prompt(GOING).keys
    asked = step(GOING, Pressed(Key.FULL)).state
    shown = prompt(asked)
    assert (shown.wants.kinds, shown.wants.number, shown.wants.place) == (("number",), True, "")
    assert step(asked, Number(4)) == step(GOING, Number(4))
    assert step(asked, Number(21)).code is Code.BAD_QUANTITY
    assert step(asked, Pressed(Key.BACK)) == Ask(GOING)
    one = Going(replace(NOW, pieces=1, take=1), 1)
    assert step(one, Pressed(Key.FULL)) == Refuse(Code.KEY_NOT_NOW)


def test_a_told_number_splits() -> None:
    split = step(GOING, Number(4))
    assert split.look
    put = PutAway(PALLET, "PAL", MUG, 4, "B-1", "B-1")
    assert step(split.state, Place("B-1", "bin")) == Do(put)
    for wrong in (0, 21):
        refused = step(GOING, Number(wrong))
        assert refused == Refuse(Code.BAD_QUANTITY, {"number": wrong, "limit": 20})
    serials = Going(replace(NOW, serials=True), 10)
    assert step(serials, Number(4)).code is Code.BAD_QUANTITY
    assert step(serials, Pressed(Key.FULL)) == Refuse(Code.KEY_NOT_NOW)


def test_another_bin_is_checked_and_takes_a_reason() -> None:
    assert step(GOING, Place("B-2", "bin")) == Do(CheckBin(MUG, 10, "B-2", "B-1"))
    why = step(GOING, BinLegal("B-2")).state
    put = PutAway(PALLET, "PAL", MUG, 10, "B-2", "B-1", (), "no_access")
    assert step(why, Chosen("no_access")) == Do(put)
    assert step(why, Place("B-1", "bin")) == Do(replace(put, bin="B-1", reason=""))
    assert step(why, Place("B-3", "bin")) == Do(CheckBin(MUG, 10, "B-3", "B-1"))
    assert step(why, Pressed(Key.BACK)) == Ask(GOING)


def test_no_room_and_later_lead_to_another_proposal() -> None:
    assert step(GOING, Pressed(Key.MISMATCH)) == Do(MarkFull(PALLET, "B-1"))
    assert step(GOING, Pressed(Key.SKIP)) == Do(Propose(PALLET, (MUG,)))
    alone = Going(replace(NOW, lines=1), 10)
    assert step(alone, Pressed(Key.SKIP)) == Refuse(Code.KEY_NOT_NOW)
    other = replace(NOW, bin="B-2")
    assert step(GOING, MarkedFull("B-1", other)).state == Going(other, 10)


def test_the_list_of_what_comes_later_cannot_grow_for_ever() -> None:
    later = tuple(replace(MUG, lot=str(n)) for n in range(LATER_MAX))

    reply = step(Going(NOW, 10, later), Pressed(Key.SKIP))

    assert len(reply.command.later) == LATER_MAX
    assert reply.command.later[-1] == MUG


def test_other_goods_of_the_pallet_may_be_taken_first() -> None:
    assert step(GOING, Piece("ACME", "MUG", "Mug")).done == "putaway.right_piece"
    other = step(GOING, Piece("ACME", "CAP", "Cap", lot="L1"))
    assert other == Do(Propose(PALLET, (), "CAP", "L1", "ACME"))
    bolts = step(GOING, Piece("BOLT", "MUG", "Cup"))
    assert bolts == Do(Propose(PALLET, (), "MUG", "", "BOLT"))


def test_any_goods_that_wait_at_the_dock_may_be_taken_next() -> None:
    loose = Going(replace(NOW, source=LOOSE, stands="DOCK-1"), 10, (MUG,))

    other = step(loose, Piece("FERN", "MILK", "Milk", lot="L7"))
    assert other == Do(FindLoose("FERN", "MILK", "L7", at="DOCK-1"))
    milk = Loose("DOCK-1", Goods("FERN", "MILK", "L7"), "Milk", 11)
    source = Source("DOCK-1", "FERN", "MILK", "L7")
    assert step(loose, LooseFound((milk,))) == Do(OpenSource(source))
    assert step(loose, LooseFound(OPTIONS)).state == WhichLoose(OPTIONS)
    then = replace(NOW, source=source, goods=milk.goods)
    assert step(loose, then).state == Going(then, 10)


def test_a_place_is_done_only_when_nothing_waits_there() -> None:
    last = step(GOING, Stored("B-1", MUG, 10, Emptied(LOOSE, others=3)))
    assert (last.state, last.done, last.facts["others"]) == (START, "putaway.stored_others", 3)
    assert step(GOING, Emptied(LOOSE, others=3)).done == "putaway.gone_already"


def test_what_is_to_be_fetched_is_told_by_condition() -> None:
    found = TaskFound("t/1", LOOSE, "DOCK-1", "putaway", "Mug", 48, "", (("damaged", 1),))
    shown = prompt(Fetching(found))
    assert shown.goods[0].pieces == 48
    assert ("fact.condition_damaged", "1") in shown.facts


def test_a_tote_in_hand_may_be_typed() -> None:
    assert step(START, Place("T-1", "tote", proven=False)) == Do(OpenSource(Source("T-1")))


def test_without_a_bin_the_work_can_be_left_to_a_supervisor() -> None:
    stuck = Going(NO_BIN, 20)

    assert prompt(stuck).wants.kinds == ("done",)
    assert step(stuck, Pressed(Key.DONE)) == Do(GiveUp(PALLET, MUG, 20))
    assert step(stuck, GivenUp(PALLET)).state == START
    put = PutAway(PALLET, "PAL", MUG, 20, "B-9", "", (), "none_proposed")
    assert step(stuck, BinLegal("B-9")) == Do(put)
    assert step(GOING, Pressed(Key.DONE)) == Refuse(Code.KEY_NOT_NOW)


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_outcome_has_its_words_and_the_next_question(language) -> None:
    then = replace(NOW, bin="B-2")
    for outcome, question in (
        (Stored("B-1", MUG, 10, then), Going(then, 10)),
        (Stored("B-1", MUG, 10, Emptied(PALLET)), START),
        (Stored("B-1", MUG, 10, Emptied(LOOSE, others=3)), START),
        (Emptied(LOOSE), START),
        (BinTaken("B-1", then), Going(then, 10)),
        (GoodsGone(PALLET, MUG, then), Going(then, 10)),
        (GoodsGone(PALLET, MUG, Emptied(PALLET)), START),
        (Emptied(PALLET), START),
        (GivenUp(PALLET), START),
    ):
        reply = step(GOING, outcome)
        assert reply.state == question
        said = catalog(language).say(reply.done, reply.facts)
        assert said != reply.done
        assert "{" not in said, said
