"""The conversation about a hand-over, step by step."""

from __future__ import annotations

from floorhand.domain.handing_over import (
    NOTE_CHARACTERS_MAX,
    HandOver,
    LeftListed,
    LeftRow,
    ListLeft,
    SeenLeft,
    TakeOn,
    Waiting,
)
from floorhand.domain.keymap import Key
from floorhand.domain.things import Pressed, Text, Unknown
from floorhand.errors import Code
from floorhand.flows.handing_over import START, Looking, Noting, Reading, Tabling, prompt, step
from floorhand.flows.turn import Do, Open, Refuse

LEFT = SeenLeft("early", (("tasks", 12),))
THEIRS = SeenLeft("early", (), Waiting("H1:7", "Ana", "13:55", "", mine=False))
MINE = SeenLeft("early", (), Waiting("H1:7", "Ana", "13:55", "", mine=True))
ROW = LeftRow("A-01-1", "Ana", "2026-03-01 09:00", "report.task.count", 3)
LISTED = Reading(LEFT, LeftListed("tasks", (ROW,) * 9, 0, more=True))
DONE, BACK, LIST = Pressed(Key.DONE), Pressed(Key.BACK), Pressed(Key.LIST)


def test_what_another_has_handed_over_is_taken_on() -> None:
    assert step(Looking(THEIRS), DONE) == Do(TakeOn("H1:7"))


def test_what_one_has_handed_over_oneself_is_only_handed_over_once_more() -> None:
    assert step(Looking(MINE), DONE).state == Noting(MINE)
    assert prompt(Looking(MINE)).ask == "handing_over.waits"


def test_a_note_is_read_before_it_is_handed_over_as_it_was_typed() -> None:
    noted = step(Noting(LEFT), Text("[/b] =1+1")).state
    assert prompt(noted).facts == (("fact.note", "[/b] =1+1"),)
    assert step(noted, DONE) == Do(HandOver("[/b] =1+1"))
    assert step(step(noted, Text("no, this")).state, DONE) == Do(HandOver("no, this"))


def test_a_note_may_be_left_out() -> None:
    assert step(Noting(LEFT), DONE) == Do(HandOver(""))


def test_a_note_that_nobody_would_read_is_refused() -> None:
    note = Text("x" * (NOTE_CHARACTERS_MAX + 1))
    refused = Refuse(Code.RETURN_TEXT_LONG, {"limit": NOTE_CHARACTERS_MAX})
    assert step(Noting(LEFT), note) == refused


def test_what_is_left_is_listed_a_page_at_a_time() -> None:
    assert step(LISTED, LIST) == Do(ListLeft("tasks", 9))
    assert (Key.LIST, "key.more") in prompt(LISTED).keys
    last = Reading(LEFT, LeftListed("tasks", (ROW,), 9, more=False))
    assert step(last, LIST) == Refuse(Code.KEY_NOT_NOW)


def test_a_row_says_what_it_is_who_has_it_and_since_when() -> None:
    assert prompt(LISTED).facts[0] == (
        "report.task.count",
        "A-01-1 · × 3 · Ana · \x1f2026-03-01 09:00",
    )


def test_back_leads_to_the_desk() -> None:
    for state in (START, Looking(LEFT)):
        assert step(state, BACK) == Open("leading", BACK)
    assert step(LISTED, BACK).state == step(Noting(LEFT), BACK).state == Looking(LEFT)


def test_a_table_of_what_is_left_leads_back_to_where_it_began() -> None:
    for before in (Looking(LEFT), LISTED):
        table = step(before, Pressed(Key.PRINT)).state
        assert (Key.PRINT, "key.table") in prompt(before).keys
        assert step(table, BACK).state == before
    assert step(Looking(THEIRS), Pressed(Key.PRINT)) == Refuse(Code.KEY_NOT_NOW)


def test_every_state_refuses_what_it_does_not_expect() -> None:
    for state in (Looking(LEFT), LISTED, Tabling(LEFT), Noting(LEFT)):
        for event in (Unknown("?", "?"), Pressed(Key.FULL), object()):
            assert isinstance(step(state, event), Refuse), (state, event)
