"""Inserts: which parcels they go into, and how they are written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import ANY_LETTER

from floorhand.domain.inserts import (
    FROM_PIECES_MAX,
    NAME_CHARACTERS_MAX,
    Insert,
    are_apart,
    as_name,
    is_name,
    of_text,
)

TODAY = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("insert", "parcel", "pieces", "goes"),
    [
        (Insert("Card"), 1, 1, True),
        (Insert("Card"), 2, 1, True),
        (Insert("Card", first=True), 1, 1, True),
        (Insert("Card", first=True), 2, 9, False),
        (Insert("Card", from_pieces=3), 1, 2, False),
        (Insert("Card", from_pieces=3), 2, 3, True),
        (Insert("Card", until="2026-12-24"), 1, 1, True),
        (Insert("Card", until="2026-12-23"), 1, 1, False),
    ],
)
def test_an_insert_goes_into_the_parcels_that_it_is_for(insert, parcel, pieces, goes) -> None:
    assert insert.goes_into(parcel, pieces, TODAY) is goes


NAMES = st.text(ANY_LETTER, min_size=1, max_size=NAME_CHARACTERS_MAX).map(as_name)


@settings(deadline=None)  # the first barcode loads what reads it
@given(
    st.builds(
        Insert,
        NAMES.filter(is_name),
        st.sampled_from(["", "CARD-1", "09506000149301"]),
        st.booleans(),
        st.integers(1, FROM_PIECES_MAX),
        st.sampled_from(["", "2026-12-24"]),
    )
)
def test_an_insert_is_read_as_it_was_written(insert: Insert) -> None:
    assert of_text(insert.written()) == insert


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "; first", "Card; frist", "Card; first=1", "Card; first; first", "Card; code="),
        *(
            "Card; from=0",
            "Card; from=x",
            "Card; from=1000",
            "Card; from=0000000017777",
            "Card; until=24.12.2026",
        ),
        *("Card; until=2026-02-30", "Card; code=*DONE", "x" * (NAME_CHARACTERS_MAX + 1)),
    ],
)
def test_what_is_no_insert_is_not_guessed_at(text: str) -> None:
    assert of_text(text) is None


def test_inserts_must_be_told_apart_by_a_scan() -> None:
    assert are_apart([Insert("Card", "A"), Insert("Sticker"), Insert("Sample")])
    assert not are_apart([Insert("Card", "A"), Insert("Sample", "A")])
    assert not are_apart([Insert("Card"), Insert("card")])
