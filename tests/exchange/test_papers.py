"""Our own files of orders, deliveries and returns."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from conftest import SITE
from sqlalchemy import select, update
from warehouses import packing as warehouse

from floorhand.store.check import violations
from floorhand.store.schema import (
    CarrierCode,
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    Return,
    ReturnLine,
    Task,
)

HEAD = "order,sku,quantity\n"


@pytest.fixture
def stocked(take):
    take("sku,name\nMUG,Mug\nCAP,Cap\n", name="products.csv")
    return take


def test_rows_of_an_order_need_not_stand_together(stocked):
    stocked(HEAD + "1,MUG,2\n2,CAP,1\n1,CAP,3\n1,MUG,1\n")
    lines = select(OrderLine.line_no, OrderLine.sku, OrderLine.ordered)
    assert stocked.all(lines.where(OrderLine.order == "1")) == [
        (1, "MUG", 2),
        (2, "CAP", 3),
        (3, "MUG", 1),
    ]


def test_an_order_with_all_that_can_be_said(stocked):
    stocked(
        "order,sku,quantity,placed_at,due_at,priority,state,hold_reason,instruction,customer,name,"
        "line1,city,postcode,country,carrier,service,channel,platform_id,line_id\n"
        "1,MUG,2,2026-03-01 10:00,2026-03-03T15:00+02:00,3,hold,no payment,gift wrap,77.0,"
        "Ana Rossi,Via Roma 1,Torino,10100,IT,DHL,express,shop,9001,L-1\n"
    )
    assert stocked.one(
        Order.state,
        Order.hold_reason,
        Order.placed_at,
        Order.due_at,
        Order.priority,
        Order.instruction,
        Order.customer,
        Order.carrier,
        Order.platform_id,
    ) == (
        "hold",
        "no payment",
        datetime(2026, 3, 1, 10, tzinfo=UTC),
        datetime(2026, 3, 3, 13, tzinfo=UTC),
        3,
        "gift wrap",
        "77",
        "DHL",
        "9001",
    )
    address = json.loads(stocked.one(Order.ship_to)[0])
    assert (address["name"], address["postcode"]) == ("Ana Rossi", "10100")
    assert stocked.one(OrderLine.platform_ids) == ('["L-1"]',)


@pytest.mark.parametrize(
    "quantity", ["0", "-1", '"1,000"', "1e3", "1.5", "", "two", "9999999", "０", "1 000", "=1"]
)
def test_quantities_that_are_no_plain_numbers_are_put_aside(stocked, quantity):
    taken = stocked(HEAD + f"1,MUG,{quantity}\n2,CAP,3.0\n3,CAP,+2\n")
    assert "quantity is" in taken.rejected[2]
    assert (taken.result["orders"], taken.result["pieces"]) == (2, 5)


def test_an_order_with_a_row_that_cannot_be_taken_is_put_aside_whole(stocked):
    taken = stocked(HEAD + "1,MUG,1\n1,CAP,x\n2,MUG,1\n")
    assert taken.rejected == {
        2: "left out with the rest of order 1; line 3: quantity is 'x'; expected a whole number "
        "written in digits only",
        3: "quantity is 'x'; expected a whole number written in digits only",
    }
    assert stocked.one(Order.number) == ("2",)


def test_an_unknown_product_puts_its_order_aside(stocked):
    taken = stocked(HEAD + "1,MUG,1\n1,NOPE,1\n")
    assert taken.rejected == {
        2: "left out with the rest of order 1: a product of it is not known",
        3: "merchant MAIN has no product 'NOPE'; import products first",
    }


def test_a_sku_is_found_in_any_case(stocked):
    stocked(HEAD + "1,mug,1\n")
    assert stocked.one(OrderLine.sku) == ("MUG",)


def test_two_merchants_may_use_the_same_order_number(take):
    take("sku,merchant\nMUG,ALFA\nMUG,BETA\n", name="products.csv")
    taken = take("order,sku,quantity,merchant\n1,MUG,1,ALFA\n1,MUG,2,BETA\n")
    assert taken.result["orders"] == 2


def test_an_order_that_is_there_is_never_written_again(stocked):
    stocked(HEAD + "1,MUG,1\n")
    taken = stocked(HEAD + "1,MUG,1\n2,CAP,1\n", name="b.csv")
    assert (taken.result["orders"], taken.result["unchanged"]) == (1, 1)
    assert stocked.all(select(OrderLine.ordered).where(OrderLine.order == "1")) == [(1,)]


def test_what_cannot_be_seen_in_an_address_or_note_holds_no_order_up(stocked):
    taken = stocked(
        "order,sku,quantity,name,phone,postcode,instruction\n"
        f"1,MUG,1,Ann\u200b Lee,\u202a+39 011 55\u202c,SW1A\xa01AA,{'gift ' * 300}\n"
    )
    assert taken.code == 0
    address = json.loads(stocked.one(Order.ship_to)[0])
    assert address["phone"] == "+39 011 55"
    assert (address["name"], address["postcode"]) == ("Ann Lee", "SW1A 1AA")
    (instruction,) = stocked.one(Order.instruction)
    assert len(instruction) == 1000
    assert instruction.endswith("…")
    taken = stocked(HEAD + "\u202a2\u202c,MUG,1\n", name="b.csv")
    assert "holds control characters" in taken.rejected[2]


@pytest.mark.parametrize("part", ["phone", "postcode"])
def test_a_number_in_an_address_that_a_spreadsheet_rounded_is_left_out(stocked, part):
    stocked(f"order,sku,quantity,{part}\n1,MUG,1,8.80171E+12\n")
    assert json.loads(stocked.one(Order.ship_to)[0])[part] == ""


def test_dates_with_dots_have_the_day_first(stocked):
    rows = "order,sku,quantity,placed_at\n1,MUG,1,09.12.2025\n2,MUG,1,10.12.2025\n"
    taken = stocked(rows + "3,MUG,1,09.11.2025\n")
    assert taken.result["notes"] == []
    days = [at.strftime("%m-%d") for (at,) in stocked.all(select(Order.placed_at))]
    assert days == ["12-09", "12-10", "11-09"]


@pytest.mark.parametrize("state", ["released", "hold", "waiting", "picking", "picked", "packing"])
def test_a_cancellation_is_taken_until_the_order_has_left(stocked, state):
    stocked(HEAD + "1,MUG,1\n")
    with stocked.transactions.begin() as tx:
        tx.execute(update(Order).values(state=state))
    taken = stocked("order,sku,quantity,state\n1,MUG,1,cancelled\n", name="b.csv")
    assert taken.result["orders_cancelled"] == 1
    assert stocked.one(Order.state) == ("cancelled",)


@pytest.mark.parametrize("state", ["picked", "packing", "released"])
def test_what_was_picked_of_a_cancelled_order_is_put_back_from_its_totes(take, state):
    warehouse.build(take.transactions)
    with take.transactions.begin() as tx:
        tx.execute(update(Order).where(Order.number == "1002").values(state=state))
    for name in ("a.csv", "b.csv"):
        take("merchant,order,sku,quantity,state\nACME,1002,MUG,14,cancelled\n", name=name)
    tasks = select(Task.place, Task.pieces, Task.state).where(Task.kind == "putback")
    assert take.all(tasks.order_by(Task.place)) == [("T-2", 14, "open"), ("T-3", 3, "open")]
    with take.transactions.begin() as tx:
        assert violations(tx, SITE) == ()


@pytest.mark.parametrize(
    ("word", "picked", "state"),
    [("released", 3, "picked"), ("released", 2, "released"), ("", 3, "hold")],
)
def test_an_order_on_hold_goes_on_once_its_merchant_says_so_in_words(take, word, picked, state):
    warehouse.build(take.transactions)
    with take.transactions.begin() as tx:
        at = OrderLine.order == "1001", OrderLine.merchant == "ACME", OrderLine.sku == "MUG"
        tx.execute(update(OrderLine).where(*at).values(picked=picked))
        tx.execute(
            update(Order)
            .where(Order.merchant == "ACME", Order.number == "1001")
            .values(state="hold", hold_reason="missing_at_bench")
        )
    take(f"merchant,order,sku,quantity,state\nACME,1001,MUG,3,{word}\n")
    found = select(Order.state).where(Order.merchant == "ACME", Order.number == "1001")
    assert take.all(found) == [(state,)]


def test_a_cancellation_that_comes_too_late_is_told(stocked):
    stocked(HEAD + "1,MUG,1\n")
    with stocked.transactions.begin() as tx:
        tx.execute(update(Order).values(state="shipped"))
    taken = stocked("order,sku,quantity,state\n1,MUG,1,cancelled\n", name="b.csv")
    assert taken.result["cancelled_too_late"] == 1
    assert stocked.one(Order.state) == ("shipped",)


def test_a_later_word_is_taken_only_before_anybody_has_begun(stocked):
    stocked(HEAD + "1,MUG,1\n")
    later = "order,sku,quantity,instruction\n1,MUG,1,{}\n"
    stocked(later.format("gift"), name="b.csv")
    assert stocked.one(Order.instruction) == ("gift",)
    with stocked.transactions.begin() as tx:
        tx.execute(update(Order).values(state="picking"))
    stocked(later.format("no gift"), name="c.csv")
    assert stocked.one(Order.instruction) == ("gift",)


def test_a_deadline_without_a_date_is_the_next_cut_off_from_now(stocked):
    stocked(HEAD + "1,MUG,1\n")
    assert stocked.one(Order.placed_at, Order.due_at) == (
        None,
        datetime(2026, 3, 2, 16, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-04", 4),
        ("2026/3/4 10:00", 4),
        ("20260304", 4),
        ("04/03/2026", 4),
        ("31/02/2026", None),
        ("4 March", None),
        ("2026-13-01", None),
        ("1826-03-04", None),
    ],
)
def test_dates_are_read_or_put_aside(stocked, written, day):
    taken = stocked(f"order,sku,quantity,placed_at\n1,MUG,1,{written}\n", "--dates", "dmy")
    if day is None:
        assert "placed_at is" in taken.rejected[2]
    else:
        assert stocked.one(Order.placed_at)[0].day == day


def test_a_file_with_both_orders_of_day_and_month_guesses_none(stocked):
    taken = stocked(
        "order,sku,quantity,placed_at\n1,MUG,1,13/01/2026\n2,MUG,1,01/13/2026\n3,MUG,1,02/03/2026\n"
    )
    assert taken.result["orders"] == 2
    assert "day and month cannot be told apart" in taken.rejected[4]


def test_a_guess_about_dates_is_told(stocked):
    taken = stocked("order,sku,quantity,placed_at\n1,MUG,1,02/03/2026\n")
    assert "Dates were read day first (a guess" in taken.result["notes"][0]
    assert stocked.one(Order.placed_at) == (datetime(2026, 3, 2, tzinfo=UTC),)


def test_deliveries(stocked):
    taken = stocked(
        "delivery,sku,quantity,lot,expiry,expected_on,carrier,tracking\n"
        "D-1,MUG,12,,,2026-03-05,DHL,JD01\nD-1,CAP,6,L7,31/10/2027,,,\n"
    )
    assert (taken.result["deliveries"], taken.result["expected_pieces"]) == (1, 18)
    assert stocked.one(Delivery.state, Delivery.expected_on, Delivery.tracking) == (
        "announced",
        "2026-03-05",
        "JD01",
    )
    lines = select(DeliveryLine.sku, DeliveryLine.expected, DeliveryLine.lot, DeliveryLine.expiry)
    assert stocked.all(lines) == [("MUG", 12, "", ""), ("CAP", 6, "L7", "2027-10-31")]


def test_deliveries_of_two_merchants_with_one_number_stay_apart(take):
    take("sku,merchant\nMUG,ALFA\nMUG,BETA\n", name="products.csv")
    for merchant in ("ALFA", "BETA", "BETA"):
        take("delivery,sku,quantity\n7,MUG,1\n", "--merchant", merchant)
    rows = take.all(select(Delivery.number, Delivery.merchant).order_by(Delivery.number))
    assert rows == [("7", "ALFA"), ("BETA-7", "BETA")]
    papers = take.all(select(Delivery.paper_no))
    assert papers == [("7",), ("7",)]


def test_returns(stocked):
    taken = stocked(
        "return,sku,quantity,order,customer,reason,tracking,deadline,kind\n"
        "R-1,MUG,1,1001,17850.0,wrong size,RT-9,2026-03-04 12:00,customer\n"
    )
    assert taken.result["returns"] == 1
    assert stocked.one(
        Return.order, Return.customer, Return.custody, Return.tracking, Return.deadline
    ) == ("1001", "17850", "in_transit", "RT-9", datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert stocked.one(ReturnLine.sku, ReturnLine.advised, ReturnLine.reason) == (
        "MUG",
        1,
        "wrong size",
    )
    again = stocked("return,sku,quantity\nR-1,MUG,4\n", name="b.csv")
    assert (again.result["returns"], again.result["unchanged"]) == (0, 1)


def tracked(stocked) -> list[tuple[str, str]]:
    query = select(CarrierCode.order, CarrierCode.code).where(CarrierCode.label_no == 0)
    return stocked.all(query.order_by(CarrierCode.order, CarrierCode.code))


def test_an_order_brings_the_tracking_numbers_of_its_parcels(stocked):
    head = "order,sku,quantity,tracking number\n"
    taken = stocked(head + "1,MUG,2,1Z 999 AA1; 1Z 999 AA2\n2,CAP,1,\n")
    assert taken.result["tracking_numbers"] == 2
    assert tracked(stocked) == [("1", "1Z999AA1"), ("1", "1Z999AA2")]
    again = stocked(head + "1,MUG,2,1z-999-aa2;1Z999AA1\n2,CAP,1,5011\n", name="later.csv")
    assert again.result["tracking_numbers"] == 1
    assert tracked(stocked) == [("1", "1Z999AA1"), ("1", "1Z999AA2"), ("2", "5011")]
    stocked(head + "1,MUG,2,1Z999AA3\n2,CAP,1,\n", name="last.csv")
    assert tracked(stocked) == [("1", "1Z999AA3"), ("2", "5011")]
