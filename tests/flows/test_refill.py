from dataclasses import replace

import pytest

from floorhand.domain.keymap import Key
from floorhand.domain.refilling import (
    LATER_MAX,
    GoodsPut,
    GoodsTaken,
    NextRefill,
    NothingThere,
    PutGoods,
    RefillFound,
    RefillGivenBack,
    RefillJob,
    TakeGoods,
)
from floorhand.domain.things import Goods, Number, Piece, Place, Pressed, Unknown
from floorhand.errors import Code
from floorhand.flows import refill
from floorhand.flows.refill import START, prompt, step
from floorhand.flows.refill_states import Bringing, Going, HowMany, Part, Taking
from floorhand.flows.turn import Ask, Do, Refuse
from floorhand.ops.freezing import freeze, thaw
from floorhand.text.catalog import catalog

JOB = RefillJob("T/1", "R-1", "A-1", Goods("ACME", "TEA", "L1", "2027-10-31"), "Tea", 12)
CARRIED = replace(JOB, tote="T-1", taken=12)
PIECE = Piece("ACME", "TEA", "Tea")
STATES = (
    START,
    Going(JOB),
    Taking(JOB),
    Taking(JOB, pieces=4),
    Taking(JOB, pieces=4, short=True),
    HowMany(JOB, pieces=4),
    Bringing(CARRIED, pieces=12),
    Part(CARRIED),
)
NONSENSE = (Unknown("?", "?"), Pressed(Key.SCANS), object(), None, Place("X", "cart"))


def test_every_state_has_its_test_here() -> None:
    assert {type(state) for state in STATES} == set(refill.STATES)


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_refuses_what_it_does_not_expect(state) -> None:
    for event in NONSENSE:
        assert isinstance(step(state, event), Refuse), event


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_can_be_kept_and_shown(state) -> None:
    assert thaw(refill, freeze(state)) == state
    english, asked = catalog("en"), prompt(state)
    for key in (asked.ask, f"help.{asked.ask}", *(text for _, text in asked.keys)):
        assert english.say(key) != key


def test_goods_go_from_the_reserve_by_a_tote_to_the_face() -> None:
    assert step(START, Pressed(Key.DONE)) == Do(NextRefill())
    going = step(START, RefillFound(JOB)).state
    taking = step(going, Place("R-1", "bin")).state
    in_hand = step(taking, replace(PIECE, pieces=12, lot="L1")).state
    assert step(in_hand, Place("T-1", "tote")) == Do(TakeGoods("T/1", 12, "T-1"))
    bringing = step(in_hand, GoodsTaken(CARRIED)).state
    assert bringing == Bringing(CARRIED, (), 12)
    assert step(bringing, Place("A-1", "bin")) == Do(PutGoods("T/1", 12))
    done = step(bringing, GoodsPut("A-1", "TEA", 12, 0, "T-1", None))
    assert (done.state, done.done) == (START, "refill.put")


def test_what_is_in_a_tote_already_is_brought() -> None:
    assert step(START, RefillFound(CARRIED)).state == Bringing(CARRIED, (), 12)


def test_places_prove_presence_and_others_are_refused() -> None:
    typed = Place("R-1", "bin", proven=False)
    assert step(Going(JOB), typed) == Refuse(Code.TYPED_CODE, {"place": "R-1"})
    assert step(Going(JOB), Place("X", "bin")).code is Code.WRONG_PLACE
    assert step(Bringing(CARRIED, pieces=12), Place("X", "bin")).code is Code.WRONG_PLACE


def test_only_so_many_of_the_goods_are_taken_as_are_wanted() -> None:
    assert step(Taking(JOB, pieces=12), PIECE).code is Code.PICK_TOO_MANY
    assert step(Taking(JOB), Number(3)).code is Code.PICK_SCAN_FIRST
    assert step(Taking(JOB), Place("T-1", "tote")).code is Code.PICK_SCAN_FIRST
    other = step(Taking(JOB), replace(PIECE, lot="L2"))
    assert other == Refuse(Code.PICK_WRONG_LOT, {"lot": "L2", "wanted": "L1"})
    pen = step(Taking(JOB), Piece("ACME", "PEN", "Pen"))
    assert (pen.code, pen.facts["wanted"]) == (Code.PICK_WRONG_PIECE, "TEA")


def test_fewer_are_told_and_none_at_all_needs_no_tote() -> None:
    asked = step(Taking(JOB, pieces=2), Pressed(Key.MISMATCH)).state
    assert step(asked, Number(12)).code is Code.PICK_NOTHING_SHORT
    assert step(asked, Number(0)) == Do(TakeGoods("T/1", 0, "", short=True))
    short = step(asked, Number(5)).state
    assert step(short, Place("T-1", "tote")) == Do(TakeGoods("T/1", 5, "T-1", short=True))
    gone = step(asked, NothingThere("R-1", RefillFound(JOB)))
    assert (gone.state, gone.look) == (Going(JOB), True)


def test_a_part_goes_there_and_the_rest_elsewhere() -> None:
    asked = step(Bringing(CARRIED, pieces=12), Pressed(Key.FULL)).state
    assert step(asked, Number(13)).code is Code.BAD_QUANTITY
    part = step(asked, Number(5)).state
    assert step(part, Place("A-1", "bin")) == Do(PutGoods("T/1", 5))
    told = step(part, GoodsPut("A-1", "TEA", 5, 7, "T-1", None))
    assert (told.done, told.facts["left"]) == ("refill.put_part", 7)


def test_other_work_comes_before_what_was_put_off() -> None:
    assert step(Going(JOB, ("T/2",)), Pressed(Key.SKIP)) == Do(
        NextRefill("T/1", later=("T/2", "T/1"))
    )
    many = tuple(f"T/{n}" for n in range(9, 9 + LATER_MAX))
    assert len(step(Going(JOB, many), Pressed(Key.SKIP)).command.later) == LATER_MAX
    assert step(Going(JOB), Pressed(Key.BACK)) == Do(NextRefill("T/1", give_back=True))
    assert step(Going(JOB), RefillGivenBack("A-1")) == Ask(
        START, "refill.given_back", {"place": "A-1"}
    )
