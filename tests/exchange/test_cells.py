"""Single cells: what is read, and what could be meant in two ways."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ANY_LETTER

from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.dates import Dates, decide, due


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("2.55", "2.55"),
        ("£2.55", "2.55"),
        ("2,55 €", "2.55"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("USD 12", "12"),
        ("-11062.06", "-11062.06"),
        ("(5.00)", "-5.00"),
        ("", "0"),
        ("0", "0"),
    ],
)
def test_amounts_come_with_signs_and_currencies(cell, amount):
    assert cells.money(cell, "price") == Decimal(amount)


@pytest.mark.parametrize("cell", ["free", "1e3", "--5", "€"])
def test_what_is_no_amount_is_refused(cell):
    with pytest.raises(BadCell, match="expected an amount"):
        cells.money(cell, "price")


@given(st.text(ANY_LETTER))
def test_any_text_is_read_or_refused_by_every_reader(text):
    for read in (
        cells.text,
        cells.code,
        cells.pieces,
        cells.whole,
        cells.flag,
        cells.money,
        Dates().moment,
    ):
        with suppress(BadCell):
            read(text, "x")


def test_a_message_about_a_cell_holds_nothing_that_a_terminal_obeys():
    with pytest.raises(BadCell) as caught:
        cells.pieces("\x1b[31m", "quantity")
    assert "\x1b" not in str(caught.value)


@given(st.text(ANY_LETTER, max_size=300))
def test_a_code_made_of_a_name_fits_a_label(name):
    made = cells.slug(name)
    assert 0 < len(made) <= 40
    assert made.isascii()
    assert made == cells.slug(name)


def test_long_names_that_differ_at_the_end_give_different_codes():
    name = "Magnesium Complex Supplement 8 Elemental 1000mg - 1 Month Supply"
    assert cells.slug(name + " A") != cells.slug(name + " B")
    assert cells.slug("ডামা") != cells.slug("টধ্জে")


def test_control_characters_never_stay_in_names():
    assert cells.text("a\x1b[31m\r\n\tb\x00", "name") == "a [31m b"
    with pytest.raises(BadCell, match="control characters"):
        cells.code("A\x1bB", "sku")


@pytest.mark.parametrize("blank", ["\u00a0", "\u2007", "\u202f", "\u3000"])
def test_an_odd_blank_inside_a_code_is_a_plain_one(blank):
    assert cells.code(f"MUG{blank}BLUE{blank}", "sku") == "MUG BLUE"


@pytest.mark.parametrize(
    ("written", "order"),
    [
        (["31/12/2026", "01/02/2026"], "dmy"),
        (["12/31/2026", "01/02/2026"], "mdy"),
        (["1/3/2026", "2/3/2026", "4/3/2026"], "dmy"),
        (["3/1/2026", "3/2/2026", "3/4/2026"], "mdy"),
        (["2026-03-01"], "mdy"),
        (["5/5/2026"], "mdy"),
    ],
)
def test_the_order_of_day_and_month_is_decided_for_a_file(written, order):
    assert decide(written, "mdy")[0] == order


def test_a_deadline_is_local_also_when_the_clocks_change():
    placed = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    assert due(placed, "Europe/Rome", "16:00") == datetime(2026, 3, 29, 14, 0, tzinfo=UTC)


def test_afternoons_are_read_in_either_clock():
    local = Dates(order="mdy").local
    assert local("12/1/2010 8:26 PM", "x") == local("12/1/2010 20:26", "x")
    assert local("12/1/2010 12:05 AM", "x").hour == 0


@pytest.mark.parametrize(
    "written",
    [
        "10-May-2011 08:58",
        "10 May 2011 08:58",
        "10/MAY/2011 8:58",
        "May 10, 2011 08:58:00",
        "may 10 2011, 8:58 am",
        "20110510 08:58",
        "20110510T08:58:00",
    ],
)
def test_a_month_in_english_and_eight_digits_can_be_meant_in_one_way_only(written):
    assert Dates().local(written, "x") == datetime(2011, 5, 10, 8, 58)
    assert Dates(order="mdy").local(written, "x") == Dates(order="dmy").local(written, "x")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Oct 31 2027", "2027-10-31"),
        ("Sept. 1, 2027", "2027-09-01"),
        ("1 September 2027", "2027-09-01"),
        ("20271031", "2027-10-31"),
        ("10 May 2011 23:30 -0100", "2011-05-10"),
    ],
)
def test_days_are_read_with_names_of_months(written, day):
    assert Dates().day(written, "x") == day


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("31 Feb 2027", "there is no such date"),
        ("20271301", "there is no such date"),
        ("12345678", "there is no such date"),
        ("19000101", "years 1990 to 2100 are taken"),
        ("10-Mai-2011", "expected a date"),
        ("10-May-11", "expected a date"),
        ("Marble 10 2011", "expected a date"),
    ],
)
def test_what_is_no_date_is_refused(written, told):
    with pytest.raises(BadCell, match=told):
        Dates().local(written, "x")
