"""Return inspection as a conversation, without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floorhand.domain.identifying import (
    CodeUnknown,
    CreateReturn,
    FindOfOrder,
    FindOfPiece,
    Identify,
    OpenReturn,
    OrderReturns,
    ParcelShared,
    PieceOrigins,
    RegisterUnknown,
    RejectionWaits,
    ReturnHeld,
    ReturnOpened,
)
from floorhand.domain.keymap import Key
from floorhand.domain.returns import (
    AddToVerdict,
    CloseReturn,
    Dispose,
    Finding,
    FindingGone,
    GradePieces,
    Option,
    OutcomeRecorded,
    Parcel,
    PiecesCounted,
    PiecesDisposed,
    PiecesGraded,
    PiecesMissing,
    Recount,
    ReturnClosed,
    TakePieces,
    VerdictExtended,
)
from floorhand.domain.rules import DISPOSITION_BY_GRADE
from floorhand.domain.things import (
    Attributes,
    Badge,
    Chosen,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    Resumed,
    ReturnCode,
    Text,
    Unknown,
)
from floorhand.errors import Code
from floorhand.flows.returns import START, STATES, prompt, step
from floorhand.flows.returns_states import (
    ChooseDisposition,
    ChooseLine,
    ChooseOrigin,
    ChooseOther,
    ChooseReason,
    ChooseReturn,
    ConfirmMissing,
    ConfirmNew,
    ConfirmUnknown,
    Counting,
    Deciding,
    Grading,
    Inspecting,
    NeedBadge,
    NeedCarrier,
    NeedComment,
    NeedPicture,
    NeedReturn,
    NeedSender,
    NeedTracked,
    TakeOver,
)
from floorhand.flows.turn import Ask, Do, Refuse
from floorhand.text.catalog import catalog

MUG = Piece("ACME", "MUG", "Mug")
MILK = Piece("ACME", "MILK", "Milk", lot_tracked=True, expiry_tracked=True)
PHONE = Piece("ACME", "PHONE", "Phone", serial_tracked=True)
PARCEL = Parcel("R-1", "ACME", "1001", advised=3, next_sku="MUG", next_name="Mug", next_left=2)
FINDING = Finding("F", "ACME", "MUG", "Mug", 1, left=1, dispositions=DISPOSITION_BY_GRADE)
ALL_FOUND = replace(PARCEL, found=3, pieces=3, next_sku="", next_left=0)
OPTIONS = (Option("R-1", "R-1"), Option("R-2", "R-2"))

ALL = (
    NeedReturn(),
    TakeOver("R-1", "W2", "Ben", "09:00"),
    ChooseReturn(OPTIONS),
    ChooseOrigin("ACME", MUG, OPTIONS),
    ConfirmNew("ACME", "1001"),
    ConfirmUnknown("?", "?"),
    NeedCarrier("?"),
    NeedSender("?", "Post"),
    Inspecting(PARCEL),
    ChooseLine(PARCEL, OPTIONS),
    ChooseOther(PARCEL),
    NeedTracked(PARCEL, MILK, "expiry"),
    Counting(PARCEL, FINDING),
    Grading(PARCEL, FINDING),
    ChooseReason(PARCEL, FINDING, 3),
    Deciding(PARCEL, FINDING, 3, "used"),
    ChooseDisposition(PARCEL, FINDING, 3, "used"),
    NeedBadge(PARCEL, FINDING, 5, "hygiene"),
    ConfirmMissing(PARCEL, OPTIONS, 2),
    NeedComment("V", "R-1", ()),
    NeedPicture("V", "R-1", OPTIONS),
)


def test_every_state_is_covered_here() -> None:
    assert {type(state) for state in ALL} == set(STATES)


@pytest.mark.parametrize("state", ALL, ids=lambda state: type(state).__name__)
def test_every_state_refuses_what_it_does_not_expect(state) -> None:
    for event in (Pressed(Key.FULL), Place("B", "bin"), object(), Badge("W", "Ana", True)):
        if isinstance(state, NeedBadge) and isinstance(event, Badge):
            continue
        assert isinstance(step(state, event), Refuse), (state, event)


@pytest.mark.parametrize("state", ALL, ids=lambda state: type(state).__name__)
@pytest.mark.parametrize("language", ["en", "it"])
def test_every_question_has_words_and_help(state, language: str) -> None:
    words, shown = catalog(language), prompt(state)
    keys = [shown.ask, f"help.{shown.ask}", *(text for _, text in shown.keys)]
    keys += [text for text, _ in shown.facts] + [c.text for c in shown.choices if c.text]
    for key in keys:
        assert words.say(key) != key, key
    assert shown.wants.kinds


@pytest.mark.parametrize("state", ALL, ids=lambda state: type(state).__name__)
def test_resumed_work_asks_the_same_question(state) -> None:
    assert step(state, Resumed()) == Ask(state)


@pytest.mark.parametrize(
    ("event", "command"),
    [
        (ReturnCode("R-1", "ACME", "advised"), OpenReturn("R-1")),
        (ReturnCode("R-1", "ACME", "advised", plate=False), OpenReturn("R-1", alone=False)),
        (OrderCode("ACME", "1001", "shipped"), FindOfOrder("ACME", "1001")),
        (Place("C", "carton", order="ACME/1001"), FindOfOrder("ACME", "1001")),
        (MUG, FindOfPiece("ACME", "MUG", MUG)),
        (Unknown("X", "X"), Identify("X", "X")),
        (Attributes(serial="SN"), Identify("SN", "SN")),
    ],
)
def test_each_rung_of_the_ladder_is_one_scan(event, command) -> None:
    assert step(START, event) == Do(command)


def test_an_unknown_parcel_is_registered_after_two_answers() -> None:
    asked = step(START, CodeUnknown("X", "X"))
    assert asked == Ask(ConfirmUnknown("X", "X"))
    asked = step(asked.state, Pressed(Key.DONE))
    asked = step(asked.state, Text("Post"))
    assert step(asked.state, Text("Nobody")) == Do(RegisterUnknown("X", "Post", "Nobody"))
    assert step(asked.state, Pressed(Key.SKIP)) == Do(RegisterUnknown("X", "Post", ""))


def test_another_scan_counts_while_an_unknown_parcel_is_asked_about() -> None:
    code = ReturnCode("R-1", "ACME", "advised")
    assert step(ConfirmUnknown("X", "X"), code) == Do(OpenReturn("R-1"))


def test_a_piece_is_counted_as_soon_as_its_origin_is_chosen() -> None:
    found = PieceOrigins("ACME", (Option("order:7", "7"), Option("none", "")), MUG, "")
    asked = step(START, found)
    assert step(asked.state, Chosen("order:7")) == Do(CreateReturn("ACME", "7", "customer"))
    assert step(asked.state, Chosen("none")) == Do(CreateReturn("ACME", "", "customer"))
    assert step(asked.state, Chosen("return:R-9")) == Do(OpenReturn("R-9"))
    taken = step(asked.state, ReturnOpened(PARCEL))
    assert taken == Do(TakePieces("R-1", "ACME", "MUG", 1, show=True))


def test_returns_that_share_a_parcel_are_chosen_one_by_one() -> None:
    asked = step(START, ParcelShared(OPTIONS))
    assert asked.look
    assert step(asked.state, Chosen("R-2")) == Do(OpenReturn("R-2"))
    assert step(asked.state, ReturnCode("R-2", "ACME", "advised")) == Do(OpenReturn("R-2"))
    other = ReturnCode("R-7", "ACME", "advised")
    assert isinstance(step(asked.state, other), Refuse)


def test_a_single_piece_goes_straight_to_its_grade_and_several_are_counted_first() -> None:
    here = Inspecting(PARCEL)
    one = step(here, PiecesCounted(FINDING))
    assert one.state == Grading(PARCEL, FINDING)
    several = replace(FINDING, left=4)
    asked = step(here, PiecesCounted(several))
    assert asked.state == Counting(PARCEL, several)
    wants = prompt(asked.state).wants
    assert (wants.number, wants.number_hint, wants.sku) == (True, 4, "ACME/MUG")
    assert step(asked.state, Number(4)) == Do(Recount("R-1", "F", 4, final=True))
    assert step(asked.state, MUG) == Do(Recount("R-1", "F", 2))
    assert step(asked.state, Number(1)).state == Grading(PARCEL, several, counted=True)


def test_a_typed_number_many_times_what_was_announced_is_asked_for_twice() -> None:
    several = replace(FINDING, left=4)
    state = Counting(PARCEL, several)
    assert step(state, Number(40)) == Do(Recount("R-1", "F", 40, final=True))
    asked = step(state, Number(44))
    assert (asked.state, asked.look) == (Counting(PARCEL, several, typed=44), True)
    assert step(asked.state, Number(444)).state.typed == 444
    assert step(asked.state, Number(44)) == Do(Recount("R-1", "F", 44, final=True))
    assert step(Grading(PARCEL, several), Number(44)).state == asked.state
    assert step(state, Number(100_000)).code is Code.BAD_QUANTITY


def test_a_case_counts_what_is_in_it() -> None:
    case = replace(MUG, pieces=12, pack="case")
    assert step(Inspecting(PARCEL), case) == Do(TakePieces("R-1", "ACME", "MUG", 12))
    assert step(Grading(PARCEL, FINDING), case) == Do(Recount("R-1", "F", 13))


def test_tracked_marks_are_asked_for_only_if_not_told() -> None:
    told = replace(MILK, lot="L1", expiry="2027-01-31")
    taken = Do(TakePieces("R-1", "ACME", "MILK", 1, "L1", "2027-01-31"))
    assert step(Inspecting(PARCEL), told) == taken
    asked = step(Inspecting(PARCEL), MILK)
    assert asked.state == NeedTracked(PARCEL, MILK, "expiry")
    assert step(asked.state, Attributes("L1", "2027-01-31")) == taken
    asked = step(asked.state, Text("270131"))
    assert asked.state.ask == "lot"
    assert step(asked.state, Text("L1")) == taken


def test_an_unreadable_expiry_is_skipped_not_invented() -> None:
    lot = step(NeedTracked(PARCEL, MILK, "expiry"), Pressed(Key.SKIP))
    assert lot.state.ask == "lot"
    assert step(lot.state, Pressed(Key.SKIP)) == Do(TakePieces("R-1", "ACME", "MILK", 1))


@pytest.mark.parametrize("text", ["", "999999", "hello", "2", "\x1b[31m", "9" * 500])
def test_a_bad_expiry_is_refused(text: str) -> None:
    refused = step(NeedTracked(PARCEL, MILK, "expiry"), Text(text))
    assert refused.code is Code.BAD_DATE
    assert len(refused.facts["text"]) <= 20


def test_a_serial_is_one_piece() -> None:
    case = replace(PHONE, pieces=2)
    assert step(Inspecting(PARCEL), case).code is Code.SCAN_EACH_SERIAL
    opened = step(ChooseOrigin("ACME", case, OPTIONS), ReturnOpened(PARCEL))
    assert (opened.state, opened.done) == (Inspecting(PARCEL), "returns.one_by_one")
    unknown = replace(PARCEL, merchant="")
    assert step(Inspecting(unknown), case).code is Code.SCAN_EACH_SERIAL
    serial = replace(FINDING, serial="SN", serial_tracked=True)
    assert step(Grading(PARCEL, serial), Number(200)).code is Code.BAD_QUANTITY
    assert step(Grading(PARCEL, serial), MUG).code is Code.RETURN_JUDGE_FIRST


def test_a_reason_is_asked_from_grade_two_on() -> None:
    grading = Grading(PARCEL, FINDING)
    assert step(grading, Chosen("1")) == Do(GradePieces("R-1", "F", 1))
    assert step(grading, PiecesGraded(FINDING, 1)).state == Deciding(PARCEL, FINDING, 1, "")
    asked = step(grading, PiecesGraded(FINDING, 3))
    assert asked.state == ChooseReason(PARCEL, FINDING, 3)
    assert step(asked.state, Chosen("used")).state == Deciding(PARCEL, FINDING, 3, "used")


def test_the_platforms_own_reason_can_be_taken_as_it_is() -> None:
    said = replace(FINDING, said="Too big [/b]")
    shown = prompt(ChooseReason(PARCEL, said, 2))
    assert shown.choices[0].label == "Too big [/b]"
    asked = step(ChooseReason(PARCEL, said, 2), Chosen("said"))
    assert asked.state.reason == "Too big [/b]"


def test_the_decision_is_a_key_of_its_own_and_never_the_next_scan() -> None:
    deciding = Deciding(PARCEL, FINDING, 1, "")
    assert step(deciding, MUG).code is Code.RETURN_JUDGE_FIRST
    done = step(deciding, Pressed(Key.DONE))
    assert done == Do(Dispose("R-1", "F", 1, "", "restock", "restock"))


def test_an_override_keeps_what_the_table_says() -> None:
    other = ChooseDisposition(PARCEL, FINDING, 1, "")
    assert step(other, Chosen("liquidate")) == Do(
        Dispose("R-1", "F", 1, "", "restock", "liquidate")
    )
    assert "restock" not in [choice.code for choice in prompt(other).choices]


def test_a_tote_takes_the_pieces_and_stays_for_the_next_ones() -> None:
    tote = Place("T-1", "tote")
    deciding = Deciding(PARCEL, FINDING, 1, "")
    scanned = step(deciding, tote)
    assert scanned == Do(Dispose("R-1", "F", 1, "", "restock", "restock", "T-1"))
    set_before = step(Inspecting(PARCEL), tote)
    assert set_before.state.parcel.tote == "T-1"
    kept = step(
        Deciding(set_before.state.parcel, FINDING, 1, ""),
        PiecesDisposed(PARCEL, "MUG", 1, "restock", "T-1"),
    )
    assert kept.state.parcel.tote == "T-1"


@pytest.mark.parametrize(
    "tote",
    [
        Place("T", "tote", state="closed"),
        Place("T", "tote", order="ACME/9"),
        Place("T", "tote", merchant="BOLT"),
    ],
)
def test_a_tote_of_somebody_else_is_refused(tote) -> None:
    for state in (Inspecting(PARCEL), Deciding(PARCEL, FINDING, 1, "")):
        assert step(state, tote).code is Code.RETURN_TOTE


def test_destroying_needs_the_scanned_badge_of_a_second_worker() -> None:
    deciding = Deciding(PARCEL, FINDING, 5, "hygiene")
    asked = step(deciding, Pressed(Key.DONE))
    assert asked.state == NeedBadge(PARCEL, FINDING, 5, "hygiene")
    assert step(asked.state, Badge("W2", "Ben", scanned=False)).code is Code.RETURN_BADGE_TYPED
    done = step(asked.state, Badge("W2", "Ben", scanned=True))
    assert done == Do(Dispose("R-1", "F", 5, "hygiene", "destroy", "destroy", second="W2"))


def test_what_may_not_be_sold_again_cannot_be_restocked_by_choice_either() -> None:
    dated = replace(FINDING, restockable=False)
    other = ChooseDisposition(PARCEL, dated, 1, "")
    assert step(other, Chosen("restock")).code is Code.RETURN_NOT_RESTOCKABLE
    assert step(other, Chosen("open_box")).code is Code.RETURN_NOT_RESTOCKABLE


def test_a_return_may_turn_out_to_be_undelivered_until_a_piece_is_counted() -> None:
    untouched = replace(PARCEL, pieces=0)
    assert "undelivered" in [one.code for one in prompt(ChooseOther(untouched)).choices]
    counted = replace(PARCEL, pieces=1)
    assert "undelivered" not in [one.code for one in prompt(ChooseOther(counted)).choices]
    told = step(ChooseOther(untouched), ReturnOpened(replace(untouched, kind="undelivered")))
    assert (told.done, told.facts["kind_text"]) == ("returns.kind_set", "returns.other.undelivered")


def test_undelivered_pieces_are_not_graded_one_by_one() -> None:
    undelivered = replace(PARCEL, kind="undelivered")
    asked = step(Inspecting(undelivered), PiecesCounted(FINDING))
    assert asked.state == Deciding(undelivered, FINDING, 1, "")
    assert step(asked.state, Pressed(Key.BACK)).state == Grading(undelivered, FINDING)


def test_missing_pieces_are_named_before_a_return_is_closed() -> None:
    assert step(Inspecting(PARCEL), Pressed(Key.DONE)) == Do(CloseReturn("R-1"))
    asked = step(Inspecting(PARCEL), PiecesMissing(OPTIONS, 2))
    assert asked.state == ConfirmMissing(PARCEL, OPTIONS, 2)
    shown = prompt(asked.state)
    assert shown.ask_facts == (("missing", 2), ("advised", 3))
    assert step(asked.state, Chosen("close")) == Do(CloseReturn("R-1", confirmed=True))
    assert step(asked.state, MUG) == Do(TakePieces("R-1", "ACME", "MUG", 1))


def test_an_empty_parcel_is_closed_at_once() -> None:
    recorded = OutcomeRecorded(PARCEL, "empty")
    assert step(ChooseOther(PARCEL), recorded) == Do(CloseReturn("R-1", confirmed=True))


def test_the_next_return_of_the_parcel_follows_and_a_rejection_asks_for_more() -> None:
    closed = step(Inspecting(PARCEL), ReturnClosed("R-1", 3, 0, "", OPTIONS))
    assert closed.state == ChooseReturn(OPTIONS)
    asked = step(Inspecting(PARCEL), ReturnClosed("R-1", 3, 0, "V", ()))
    assert asked.state == NeedComment("V", "R-1", ())
    assert step(asked.state, Text("1")).code is Code.RETURN_NO_WORDS
    assert step(asked.state, Text("9506000134352")).code is Code.RETURN_NO_WORDS
    assert step(asked.state, Text("worn")) == Do(AddToVerdict("V", comment="worn"))
    asked = step(asked.state, VerdictExtended(complete=False))
    assert step(asked.state, Text("a.jpg")) == Do(AddToVerdict("V", picture="a.jpg"))
    assert step(asked.state, VerdictExtended(complete=True)).state == START
    assert step(asked.state, Pressed(Key.SKIP)).state == START


def test_what_was_counted_before_is_judged_first() -> None:
    asked = step(START, ReturnOpened(PARCEL, (FINDING,)))
    assert (asked.state, asked.look) == (Grading(PARCEL, FINDING), True)


def test_a_finding_that_somebody_else_judged_is_no_dead_end() -> None:
    for state in (Counting(PARCEL, FINDING), Deciding(PARCEL, FINDING, 1, "")):
        assert step(state, FindingGone(PARCEL)).state == Inspecting(PARCEL)


def test_an_open_return_with_pieces_is_not_left_for_another() -> None:
    code = ReturnCode("R-7", "ACME", "advised")
    assert step(Inspecting(replace(PARCEL, pieces=1)), code).code is Code.RETURN_NOT_CLOSED
    assert step(Inspecting(PARCEL), code) == Do(OpenReturn("R-7", leaving="R-1"))
    held = step(Inspecting(PARCEL), ReturnHeld("R-7", "W2", "Ben", "09:00"))
    assert held.state == TakeOver("R-7", "W2", "Ben", "09:00")
    assert step(Inspecting(PARCEL), ParcelShared(OPTIONS)).state == ChooseReturn(OPTIONS)


def test_robots_are_told_what_is_left_and_when_to_close() -> None:
    shown = prompt(Inspecting(PARCEL))
    assert (shown.wants.kinds[0], shown.wants.sku) == ("piece", "ACME/MUG")
    assert prompt(Inspecting(ALL_FOUND)).choices[0].code == "close"
    assert prompt(Grading(PARCEL, FINDING)).choices[0].code == "1"
    assert prompt(Deciding(PARCEL, FINDING, 1, "")).wants.kinds[0] == "done"
    assert prompt(START).wants.kinds[0] == "return"


@pytest.mark.parametrize("state", [Inspecting(ALL_FOUND), ConfirmMissing(PARCEL, OPTIONS, 2)])
def test_the_key_of_the_decision_pressed_twice_closes_nothing(state) -> None:
    assert step(state, Pressed(Key.DONE)).code is Code.KEY_NOT_NOW
    assert step(state, Chosen("close")).command.number == "R-1"


def test_a_return_that_another_worker_has_is_taken_over_by_scanning_it_again() -> None:
    asked = step(START, ReturnHeld("R-1", "W2", "Ben", "09:00"))
    assert (asked.state, asked.look) == (TakeOver("R-1", "W2", "Ben", "09:00"), True)
    assert asked.facts == {"number": "R-1", "worker": "Ben", "since": "09:00"}
    take = OpenReturn("R-1", again="R-1", holder="W2")
    assert step(asked.state, ReturnCode("R-1", "ACME", "received")) == Do(take)
    assert step(asked.state, OrderReturns("ACME", "1001", OPTIONS[:1])) == Do(take)
    parcel = ReturnCode("R-9", "ACME", "received", plate=False)
    assert step(asked.state, parcel) == Do(OpenReturn("R-9", False, again="R-1", holder="W2"))
    assert step(asked.state, Pressed(Key.BACK)).state == START
    assert step(asked.state, Pressed(Key.DONE)).code is Code.KEY_NOT_NOW


def test_back_from_a_mark_puts_the_piece_aside_uncounted() -> None:
    expiry = step(Inspecting(PARCEL), MILK).state
    lot = step(expiry, Text("270131")).state
    assert step(lot, Pressed(Key.BACK)).state == expiry
    aside = step(expiry, Pressed(Key.BACK))
    assert (aside.state, aside.done, aside.look) == (
        Inspecting(PARCEL),
        "returns.not_counted",
        True,
    )


def test_back_from_the_grade_counts_again_only_if_nothing_was_written_since() -> None:
    counting = Counting(PARCEL, replace(FINDING, left=4))
    grading = step(counting, Pressed(Key.DONE)).state
    assert step(grading, Pressed(Key.BACK)).state == counting
    assert step(Grading(PARCEL, FINDING), Pressed(Key.BACK)).code is Code.KEY_NOT_NOW


def test_back_from_the_order_of_an_open_return_leads_to_its_pieces() -> None:
    found = PieceOrigins("ACME", (Option("order:7", "7"), Option("none", "")), None, "R-1")
    asked = step(ChooseOther(PARCEL), found)
    assert step(asked.state, Pressed(Key.BACK)).state == Inspecting(PARCEL)


def test_a_rejection_says_why_before_it_asks_for_words() -> None:
    closed = ReturnClosed("R-1", 1, 1, "V", (), "returns.why.missing")
    asked = step(ConfirmMissing(PARCEL, OPTIONS, 2), closed)
    shown = prompt(asked.state)
    said = catalog("en").say(shown.ask, dict(shown.ask_facts))
    assert said == "Rejected: Pieces missing. In your words?"


def test_a_return_that_is_due_soon_says_so_when_it_is_opened() -> None:
    urgent = replace(PARCEL, due="!! 3 h")
    asked = step(START, ReturnOpened(urgent))
    assert (asked.done, asked.look) == ("returns.opened_late", True)
    assert ("returns.fact_due", "!! 3 h") in prompt(asked.state).facts


def test_the_list_of_what_waits_has_a_help_of_its_own() -> None:
    assert prompt(ChooseReturn(OPTIONS, waiting=True)).ask == "returns.which_waiting"
    assert prompt(ChooseReturn(OPTIONS)).ask == "returns.which_return"


def test_a_closed_return_asks_for_what_its_rejection_still_needs() -> None:
    why = "returns.reason.used"
    asked = step(START, RejectionWaits("V", "R-1", why, commented=False))
    assert (asked.state, asked.look) == (NeedComment("V", "R-1", (), why), True)
    asked = step(START, RejectionWaits("V", "R-1", why, commented=True))
    assert asked.state == NeedPicture("V", "R-1", (), why)
