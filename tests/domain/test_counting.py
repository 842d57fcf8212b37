from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ANY_LETTER

from floorhand.domain.counting import (
    arrival,
    gaps,
    over_room,
    read_expiry,
    read_mark,
    spread,
    take_back,
)
from floorhand.domain.receiving import LineCount
from floorhand.domain.things import AVAILABLE, HOLD

TODAY = date(2026, 3, 2)


def line(
    line_no=1, lot="", expected=10, received=0, damaged=0, *, unexpected=False, sku="MUG"
) -> LineCount:
    return LineCount(line_no, sku, "Mug", lot, expected, received, damaged, unexpected)


@pytest.mark.parametrize(
    ("typed", "order", "meant"),
    [
        ("271031", "YYMMDD", "2027-10-31"),
        ("311027", "DDMMYY", "2027-10-31"),
        ("31.10.27", "DDMMYY", "2027-10-31"),
        ("31-10-2027", "DDMMYY", "2027-10-31"),
        ("20271031", "YYMMDD", "2027-10-31"),
        ("1027", "YYMMDD", "2027-10-31"),
        ("10/27", "DDMMYY", "2027-10-31"),
        ("280200", "YYMMDD", "2028-02-29"),
        ("000227", "DDMMYY", "2027-02-28"),
    ],
)
def test_a_date_is_read_in_the_merchants_order(typed, order, meant) -> None:
    assert read_expiry(typed, order) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hello",
        "271331",
        "270230",
        "27",
        "12345",
        "1234567",
        "0027",
        "²71031",
        "27-1x-31",
        "9" * 99,
    ],
)
def test_what_is_no_date_is_none(typed) -> None:
    assert read_expiry(typed, "YYMMDD") == ""


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_can_be_typed_both_ways(day) -> None:
    assert read_expiry(day.strftime("%y%m%d"), "YYMMDD") == day.isoformat()
    assert read_expiry(day.strftime("%d%m%y"), "DDMMYY") == day.isoformat()


@given(st.text(ANY_LETTER))
def test_reading_a_date_never_fails(text) -> None:
    assert read_expiry(text, "YYMMDD") == "" or date.fromisoformat(read_expiry(text, "YYMMDD"))


def test_short_life_is_held_and_so_is_what_nobody_announced() -> None:
    assert arrival(False, "2026-03-31", TODAY, 30) == (HOLD, "life", 29)
    assert arrival(False, "2026-04-01", TODAY, 30) == (AVAILABLE, "", 30)
    assert arrival(False, "2026-03-01", TODAY, 0) == (HOLD, "life", -1)
    assert arrival(True, "", TODAY, 0) == (HOLD, "blind", 0)
    assert arrival(False, "", TODAY, 30) == (AVAILABLE, "", 0)


def test_a_lot_is_short_and_printable_and_no_products_barcode() -> None:
    assert read_mark("L24-0831/A") == "L24-0831/A"
    assert read_mark("]C0L7") == "L7"
    assert read_mark("5901234123458") == "5901234123458"
    for wrong in ("", " ", "x" * 41, "L\x1d7", "]C1", "09506000134352", "5901234123457"):
        assert read_mark(wrong) == ""


def test_the_tolerance_is_taken_of_all_lines_and_rounded_down() -> None:
    assert over_room([line(expected=19)], 5) == 19
    assert over_room([line(expected=20)], 5) == 21
    assert over_room([line(expected=10, received=9), line(2, expected=10, damaged=4)], 5) == 8


def test_the_lot_that_is_announced_fills_first_then_open_lines_then_any() -> None:
    lines = [line(1, "L1", 5), line(2, "", 5), line(3, "L2", 5)]

    assert spread(lines, "L2", 5) == ((3, 5),)
    assert spread(lines, "L2", 8) == ((3, 5), (2, 3))
    assert spread(lines, "", 6) == ((2, 5), (1, 1))
    assert spread(lines, "L9", 20) == ((2, 5), (1, 5), (3, 10))


def test_pieces_too_many_stay_on_the_best_line() -> None:
    assert spread([line(1, "L1", 5, 5), line(2, "", 5, 5)], "", 2) == ((2, 2),)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "L1", "L2"]),
            st.integers(0, 20),
            st.integers(0, 20),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["", "L1", "L9"]),
    st.integers(1, 50),
)
def test_no_piece_is_lost_in_sharing_and_taking_back(rows, lot, pieces) -> None:
    lines = [line(n, *row) for n, row in enumerate(rows, 1)]

    shares = spread(lines, lot, pieces)
    assert sum(share for _, share in shares) == pieces
    assert all(share > 0 for _, share in shares)
    by_no = {n.line_no: n for n in lines}
    over = sum(max(0, share - by_no[no].left) for no, share in shares)
    assert over == max(0, pieces - sum(n.left for n in lines))

    held = sum(n.received for n in lines)
    if pieces > held:
        with pytest.raises(ValueError, match=str(pieces - held)):
            take_back(lines, lot, pieces)
    else:
        back = take_back(lines, lot, pieces)
        assert sum(share for _, share in back) == pieces
        assert all(0 < share <= by_no[no].received for no, share in back)


def test_what_is_over_is_taken_back_first() -> None:
    assert take_back([line(1, "", 5, 8), line(2, "", 5, 5)], "", 2) == ((1, 2),)
    assert take_back([line(1, "", 5, 8), line(2, "", 5, 5)], "", 4) == ((1, 3), (2, 1))


def test_gaps_name_over_short_unexpected_and_damaged() -> None:
    found = gaps(
        [
            line(1, expected=5, received=5),
            line(2, expected=5, received=6),
            line(3, expected=5, received=2, damaged=1),
            line(4, expected=0, received=2, unexpected=True),
            line(5, expected=0, received=0, unexpected=True),
        ],
        blind=False,
    )

    assert [(gap.kind, gap.pieces) for gap in found] == [
        ("over", 1),
        ("short", 2),
        ("damaged", 1),
        ("unexpected", 2),
    ]


def test_of_a_blind_delivery_only_damage_is_a_gap() -> None:
    assert gaps([line(expected=0, received=9)], blind=True) == ()
    assert [g.kind for g in gaps([line(expected=0, received=8, damaged=1)], blind=True)] == [
        "damaged"
    ]
