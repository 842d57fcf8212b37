"""Rules in words: what they were changed to is told to people, not to programs."""

from __future__ import annotations

import pytest

from floorhand.domain.days import MARK
from floorhand.domain.worded import word
from floorhand.flows.control_rules import changed_in_words
from floorhand.text.catalog import catalog, languages

CHANGES = (
    ("default_place_policy", "either", "check"),
    ("place_policy", "A=check|B=scan", "A=check|B=none"),
    ("four_eyes", "adjustment", "adjustment|count_difference"),
    ("idle_minutes", "lead=15|picking=10", "lead=15|picking=20"),
    ("pace_targets", "", "picking=60 lines"),
    ("language", "en", "es"),
    ("grade_1", "restock", "destroy"),
    ("short_policy", "ship_partial", "hold"),
)


def test_a_change_is_told_in_words_and_of_several_parts_only_those_that_differ() -> None:
    words = catalog("en")
    told = [words.written(changed_in_words(*change)) for change in CHANGES]
    assert told == [
        "Scan or check digits → Type its check digits",
        "B Scan its label → B Its typed code will do",
        "– → Count differences",
        "Picking 10 → Picking 20",
        "– → Picking 60 Lines",
        "English → Español",
        "Restock → Destroy",
        "Send what there is → Wait until all is there",
    ]


@pytest.mark.parametrize("language", languages())
def test_no_code_is_left_in_any_language(language: str) -> None:
    words = catalog(language)
    for change in CHANGES:
        told = words.written(changed_in_words(*change))
        assert MARK not in told
        assert "." not in told
        assert not {"either", "count_difference", "lead", "destroy", "restock"} & set(told.split())


def test_what_only_looks_like_a_marked_word_is_data() -> None:
    words = catalog("en")
    assert words.written(f"{MARK}[no.such.text] {MARK}[[/b]] [fact.lot]") == (
        f"no.such.text {MARK}[[/b]] [fact.lot]"
    )
    assert words.written(word("language.of.xx")) == "xx"
