"""Teaching a barcode, as pure rules."""

from __future__ import annotations

import pytest

from floorhand.domain.barcodes import own_code
from floorhand.domain.keymap import Key
from floorhand.domain.learning import (
    CodeLearnt,
    FindGoods,
    GoodsListed,
    Known,
    LearnCode,
    ListGoods,
    is_of_cases,
    learnable,
    looks_misread,
)
from floorhand.domain.things import Attributes, Chosen, Number, Piece, Place, Pressed, Text
from floorhand.errors import Code
from floorhand.flows.learning import (
    STATES,
    AsWhat,
    Heard,
    HowMany,
    Lesson,
    Offered,
    WhichGoods,
    prompt,
    step,
)
from floorhand.flows.turn import Ask, Do, Refuse
from floorhand.flows.which import Answered

CODE = "19506000134366"
LESSON = Lesson("receiving", "{}", CODE, CODE, ("ACME",), "D-1", "ACME/MUG")
CAP = Known("ACME", "CAP", "Cap red")
GOODS = (Known("ACME", "MUG", "Mug blue"), CAP)
BACK, DONE = Pressed(Key.BACK), Pressed(Key.DONE)
HERE = Answered("receiving", "{}", None)
ALL = (
    Heard(LESSON),
    Offered(LESSON, GOODS),
    WhichGoods(LESSON, GOODS),
    AsWhat(LESSON, GOODS, CAP),
    HowMany(LESSON, GOODS, CAP, "case"),
)


def test_every_state_is_covered_here() -> None:
    assert {type(state) for state in ALL} == set(STATES)


@pytest.mark.parametrize("state", ALL[1:], ids=lambda state: type(state).__name__)
def test_every_state_refuses_what_it_does_not_expect(state) -> None:
    for event in (Pressed(Key.FULL), Pressed(Key.UNDO), object()):
        assert isinstance(step(state, event), Refuse), (state, event)


@pytest.mark.parametrize("state", ALL[1:], ids=lambda state: type(state).__name__)
def test_every_question_shows_the_code_that_it_is_about(state) -> None:
    assert prompt(state).facts[0] == ("learning.fact_code", CODE)


def test_nothing_is_bound_by_scans_alone() -> None:
    """Scans made ahead, and those of the goods behind them, leave the offer unanswered."""
    assert step(Heard(LESSON), "scanned") == Do(ListGoods("D-1"))
    offered = step(Heard(LESSON), GoodsListed(GOODS)).state
    for event in (Piece("ACME", "CAP", "Cap red"), Place("P-1", "pallet"), Attributes(lot="L7")):
        assert step(offered, event) == Ask(Answered("receiving", "{}", event))


def test_a_case_is_bound_with_its_number() -> None:
    asked = step(step(Offered(LESSON, GOODS), DONE).state, Chosen("ACME/CAP")).state
    assert asked == AsWhat(LESSON, GOODS, CAP)
    how_many = step(asked, Chosen("case")).state
    assert step(how_many, Number(1)).code is Code.NO_PACK_OF
    assert step(how_many, Number(24)) == Do(LearnCode(CODE, "ACME", "CAP", "case", 24))
    reply = step(how_many, CodeLearnt(CAP, "case", 24))
    assert (reply.state, reply.done) == (HERE, "learning.learnt_pack")


def test_a_piece_is_bound_at_once() -> None:
    assert step(ALL[3], Chosen("each")) == Do(LearnCode(CODE, "ACME", "CAP", "each", 1))


def test_a_product_may_be_scanned_or_typed_but_not_another_merchants() -> None:
    assert step(ALL[2], Piece("ACME", "CAP", "Cap red")).state == ALL[3]
    assert step(ALL[2], Text("cap")) == Do(FindGoods(("ACME",), "cap"))
    assert step(ALL[2], Piece("BOLT", "MUG", "Cup")).code is Code.OTHER_MERCHANT


def test_back_is_one_question_back() -> None:
    assert [step(state, BACK).state for state in ALL[1:]] == [HERE, HERE, ALL[2], ALL[3]]


@pytest.mark.parametrize(
    "code",
    [
        *("*UNDO", "*", "12", "123", " ABC", "ABC ", "A\x1dBC", "ABC\x00D", "\u202eABCD", ""),
        *("https://example.com/win", "395212340000000427", "FHL-1", "fhx12345", "9" * 49),
        own_code("bin", "BCDFGHJK"),
    ],
)
def test_what_can_be_no_product_is_not_taught(code: str) -> None:
    assert not learnable(code)


@pytest.mark.parametrize(
    "code", ["4006381333931", "04006381333931", "CAP-SHOP-1", "1234", "X001ABC", "[b]x[/b]"]
)
def test_what_suppliers_print_may_be_taught(code: str) -> None:
    assert learnable(code)


def test_what_the_number_itself_says_is_shown() -> None:
    assert is_of_cases(CODE)
    assert not is_of_cases("09506000134369")
    assert [choice.fits for choice in prompt(ALL[3]).choices] == [False, True, True]
    assert looks_misread("4006381333932")
    assert not looks_misread("4006381333931")
