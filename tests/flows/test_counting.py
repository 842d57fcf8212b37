from dataclasses import replace

import pytest

from floorhand.domain.cycle_counts import (
    LATER_MAX,
    BinTouched,
    CountAll,
    CountEnded,
    CountFound,
    CountGivenBack,
    CountOpened,
    CountPiece,
    CountTask,
    EndCount,
    Entry,
    MarkWanted,
    NextCount,
    OpenCount,
    PieceCounted,
    SetCounted,
    SetDamaged,
    Sheet,
)
from floorhand.domain.keymap import Key
from floorhand.domain.things import (
    Attributes,
    Chosen,
    Goods,
    Number,
    Piece,
    Place,
    Pressed,
    Text,
    Unknown,
)
from floorhand.errors import Code
from floorhand.flows import counting
from floorhand.flows.counting import START, prompt, step
from floorhand.flows.counting_states import AtBin, Damaged, Going, Naming
from floorhand.flows.turn import Ask, Do, Refuse
from floorhand.ops.freezing import freeze, thaw
from floorhand.text.catalog import catalog

BIN = CountTask("T/1", "A-01", "due")
OTHER = CountTask("T/2", "B-01", "fewer", "ACME", "MUG", "Mug")
TEA = Goods("ACME", "TEA", "L1", "2026-05-01")
WORN = replace(TEA, condition="damaged")
SHEET = Sheet(BIN, (Entry(TEA, "Tea", 4), Entry(WORN, "Tea", 1)), 1, 5)
COUNTING = AtBin(SHEET, ("T/9",), TEA)
PIECE = CountPiece("T/1", "ACME", "TEA", 1)
WANTED = {
    what: MarkWanted(PIECE, "Tea", what, (("L1", "2026-05-01"), ("L2", "")), "DDMMYY")
    for what in ("lot", "expiry", "serial")
}
STATES = (
    START,
    Going(BIN),
    Going(OTHER, ("T/9",)),
    AtBin(Sheet(BIN)),
    AtBin(Sheet(OTHER)),
    COUNTING,
    *(Naming(COUNTING, wanted) for wanted in WANTED.values()),
    Naming(COUNTING, replace(WANTED["lot"], lots=())),
    Damaged(COUNTING, TEA),
)
NONSENSE = (Unknown("?", "?"), Pressed(Key.SCANS), object(), None, Place("X", "cart"))


def test_every_state_has_its_test_here() -> None:
    assert {type(state) for state in STATES} == set(counting.STATES)


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_refuses_what_it_does_not_expect(state) -> None:
    for event in NONSENSE:
        assert isinstance(step(state, event), Refuse), event


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_every_state_can_be_kept_and_shown(state) -> None:
    assert thaw(counting, freeze(state)) == state
    english = catalog("en")
    asked = prompt(state)
    for key in (asked.ask, f"help.{asked.ask}", *(text for _, text in asked.keys)):
        assert english.say(key) != key


def test_the_way_to_a_bin_ends_with_its_label() -> None:
    assert step(START, Pressed(Key.DONE)) == Do(NextCount())
    assert step(START, CountFound(BIN)) == Ask(Going(BIN))
    assert step(Going(BIN), Place("A-01", "bin")) == Do(OpenCount("A-01", "T/1"))
    typed = Place("A-01", "bin", proven=False)
    assert step(Going(BIN), typed) == Refuse(Code.TYPED_CODE, {"place": "A-01"})
    assert step(Going(BIN), Place("B-01", "bin")).code is Code.WRONG_PLACE
    assert step(Going(BIN), CountOpened(SHEET)) == Ask(AtBin(SHEET))


def test_an_exception_of_any_kind_is_a_doubt_to_who_counts() -> None:
    why = [dict(prompt(Going(replace(BIN, reason=name))).facts) for name in ("due", "overrides")]
    assert [one["fact.why_text"] for one in why] == ["counting.why.due", "counting.why.doubt"]


def test_any_bin_may_be_counted_that_a_worker_stands_at() -> None:
    assert step(START, Place("C-01", "bin")) == Do(OpenCount("C-01"))


def test_a_bin_that_is_left_for_later_comes_last() -> None:
    skipped = step(Going(BIN, ("T/2", "T/1")), Pressed(Key.SKIP))
    assert skipped == Do(NextCount("A-01", "T/1", later=("T/2", "T/1")))
    many = tuple(f"T/{n}" for n in range(10, 10 + LATER_MAX))
    assert len(step(Going(BIN, many), Pressed(Key.SKIP)).command.later) == LATER_MAX
    left = step(Going(BIN), Pressed(Key.BACK))
    assert left == Do(NextCount(instead_of="T/1", give_back=True))
    assert step(Going(BIN), CountGivenBack("A-01")).state == START


def test_a_scan_counts_what_the_barcode_stands_for() -> None:
    case = Piece("ACME", "TEA", "Tea", pieces=12, pack="case")
    assert step(COUNTING, case) == Do(CountPiece("T/1", "ACME", "TEA", 12))
    told = step(COUNTING, Attributes(lot="L7")).state
    assert step(told, case) == Do(CountPiece("T/1", "ACME", "TEA", 12, "L7"))


def test_a_number_is_the_total_of_what_was_scanned_last() -> None:
    assert step(COUNTING, Number(7)) == Do(SetCounted("T/1", TEA, 7))
    assert step(AtBin(Sheet(BIN)), Number(7)) == Refuse(Code.COUNT_SCAN_FIRST, {"place": "A-01"})


def test_a_lot_is_chosen_or_told() -> None:
    naming = Naming(COUNTING, WANTED["lot"])
    assert step(COUNTING, WANTED["lot"]) == Ask(naming)
    chosen = replace(PIECE, lot="L1", expiry="2026-05-01", named=True)
    assert step(naming, Chosen("0")) == Do(chosen)
    assert step(naming, Text("L9")) == Do(replace(PIECE, lot="L9"))
    assert step(naming, Attributes(lot="L9")) == Do(replace(PIECE, lot="L9"))
    assert step(naming, Text("\x07")).code is Code.BAD_MARK
    assert step(naming, Pressed(Key.BACK)) == Ask(COUNTING)
    dated = Naming(COUNTING, WANTED["expiry"])
    assert step(dated, Text("311027")) == Do(replace(PIECE, expiry="2027-10-31"))
    assert step(dated, Text("no date")).code is Code.BAD_DATE
    numbered = Naming(COUNTING, WANTED["serial"])
    assert step(numbered, Text("S1")) == Do(replace(PIECE, serial="S1"))


def test_damaged_pieces_are_those_counted_last() -> None:
    asked = step(COUNTING, Pressed(Key.MISMATCH)).state
    assert step(asked, Number(2)) == Do(SetDamaged("T/1", TEA, 2))
    after = step(asked, PieceCounted(SHEET, WORN, 1))
    assert (after.state.last, after.done, after.facts["pieces"]) == (TEA, "counting.damaged", 1)


def test_one_product_can_be_widened_to_all_of_the_bin() -> None:
    assert step(AtBin(Sheet(OTHER)), Pressed(Key.LIST)) == Do(CountAll("T/2"))
    assert step(AtBin(Sheet(BIN)), Pressed(Key.LIST)) == Refuse(Code.KEY_NOT_NOW)


def test_the_end_of_a_count_leads_to_the_next() -> None:
    assert step(COUNTING, Pressed(Key.DONE)) == Do(EndCount("T/1", ("T/9",)))
    told = step(COUNTING, CountEnded("A-01", "right", CountFound(OTHER)))
    assert told == Ask(Going(OTHER, ("T/9",)), "counting.right", {"place": "A-01"})
    last = step(COUNTING, CountEnded("A-01", "recount", None))
    assert (last.state, last.look) == (START, True)
    anew = step(COUNTING, BinTouched(Sheet(BIN), ("TEA", "MUG")))
    assert (anew.state, anew.facts["skus"]) == (AtBin(Sheet(BIN), ("T/9",)), "TEA, MUG")
