"""A British shop's transactions: what is a sale, what comes back, and what is neither."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from homes import home_of
from sqlalchemy import func, select, update

from floorhand.store.check import violations
from floorhand.store.schema import Barcode, Order, OrderLine, Return, ReturnLine, SiteRow, Sku

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SALE = "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
FILES = ("day_2010-12-20_latin1.csv", "day_2011-05-10.csv")
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
"""Runs a command and tells what it used. Between it and the tests, whose memory would count: what a
process has before it becomes another program is the most that this one ever had."""
HALF_A_YEAR = "online_retail_2010-12_2011-05.csv.xz"


@pytest.mark.parametrize("name", FILES)
def test_the_counts_are_those_of_the_oracle_and_of_the_database(take, real, shared_data, name):
    stem = name.split(".", 1)[0]
    oracle = json.loads((shared_data / "uci_online_retail" / f"{stem}.ORACLE.json").read_text())
    taken = take(real(f"uci_online_retail/{name}"))
    assert {key: taken.result[key] for key in oracle} == oracle
    assert taken.code == 3
    assert taken.result["format"] == "online-retail"
    in_database = take.all(
        select(
            select(func.count()).select_from(Order).scalar_subquery(),
            select(func.count()).select_from(OrderLine).scalar_subquery(),
            select(func.sum(OrderLine.ordered)).scalar_subquery(),
            select(func.count()).select_from(Return).scalar_subquery(),
            select(func.count()).select_from(ReturnLine).scalar_subquery(),
            select(func.sum(ReturnLine.advised)).scalar_subquery(),
            select(func.count()).select_from(Sku).scalar_subquery(),
        )
    )[0]
    names = ("orders", "order_lines", "pieces", "returns", "return_lines", "return_pieces")
    assert in_database == tuple(taken.result[n] for n in (*names, "products"))
    assert taken.result["orders"] == oracle["clean_sale_orders"]
    assert taken.result["order_lines"] == oracle["clean_sale_rows"]
    assert taken.result["pieces"] == oracle["clean_sale_units"]
    assert taken.result["return_lines"] == oracle["return_rows_std"]
    assert taken.result["return_pieces"] == oracle["return_units_std"]


def test_every_row_is_taken_or_rejected_with_a_reason(take, real):
    taken = take(real("uci_online_retail/day_2011-05-10.csv"))
    r = taken.result
    assert r["order_lines"] + r["return_lines"] + r["rejected"] == r["rows"]
    assert len(taken.rejected) == r["rejected"]
    with take.transactions.begin() as tx:
        assert violations(tx, "MAIN") == ()


def test_a_long_description_holds_no_row_up(take):
    taken = take(HEAD + SALE.replace("WHITE HANGING HEART", "w" * 2000))
    assert (taken.code, taken.result["orders"]) == (0, 1)
    assert take.one(Sku.name) == ("w" * 999 + "…",)


def test_the_same_file_again_changes_nothing(take, real):
    path = real("uci_online_retail/day_2011-05-10.csv")
    first = take(path)
    before = take.everything()
    again = take(path)
    assert take.everything() == before
    assert again.result["orders"] == again.result["products"] == again.result["returns"] == 0
    assert again.result["clean_sale_orders"] == first.result["clean_sale_orders"]
    assert again.result["already_imported"] == "2026-03-02 09:00 UTC"


def test_a_packed_copy_is_the_same_file(take):
    import lzma

    take(HEAD + SALE)
    again = take(lzma.compress((HEAD + SALE).encode()), name="file.csv.xz")
    assert again.result["orders"] == 0
    assert again.result["already_imported"]


def test_an_overlapping_file_doubles_no_order(take):
    take(HEAD + SALE)
    other = SALE.replace("536365", "536366")
    taken = take(HEAD + SALE + other, name="more.csv")
    assert (taken.result["orders"], taken.result["order_lines"]) == (1, 1)
    assert take.all(select(Order.number).order_by(Order.number)) == [("536365",), ("536366",)]


@pytest.mark.parametrize(
    "code",
    ["POST", "DOT", "M", "D", "C2", "BANK CHARGES", "AMAZONFEE", "gift_0001_20", "TEST001", "S"],
)
def test_codes_that_are_no_product_are_put_aside(take, code):
    taken = take(HEAD + SALE + SALE.replace("85123A", code))
    assert taken.code == 3
    assert "no product code" in taken.rejected[3]
    assert taken.result["non_product_code_rows"] == 1
    assert taken.result["order_lines"] == 1


def test_the_same_sku_in_two_cases_or_with_a_blank_is_one_product(take):
    rows = [SALE, SALE.replace("85123A", "85123a"), SALE.replace("85123A", "85123A ")]
    taken = take(HEAD + "".join(rows))
    assert taken.code == 0
    assert take.one(Sku.code, Sku.name) == ("85123A", "WHITE HANGING HEART")
    assert take.one(Barcode.code, Barcode.sku) == ("85123A", "85123A")
    assert taken.result["orders_with_repeated_sku"] == 1


def test_the_same_sku_twice_on_an_order_keeps_two_lines(take):
    take(HEAD + SALE + SALE.replace(",6,", ",4,"))
    lines = take.all(select(OrderLine.line_no, OrderLine.sku, OrderLine.ordered))
    assert lines == [(1, "85123A", 6), (2, "85123A", 4)]


def test_exact_duplicates_are_counted_and_kept(take):
    taken = take(HEAD + SALE + SALE)
    assert taken.result["exact_duplicate_rows"] == 1
    assert taken.result["pieces"] == 12


def test_blank_descriptions_and_staff_notes_never_become_names(take):
    rows = [
        SALE.replace("WHITE HANGING HEART", ""),
        SALE.replace("WHITE HANGING HEART", "wet pallet").replace(",6,", ",-6,"),
        SALE.replace("WHITE HANGING HEART", "???missing").replace("2.55", "0.0"),
    ]
    taken = take(HEAD + "".join(rows))
    assert take.one(Sku.name) == ("85123A",)
    assert taken.result["blank_description_rows"] == 1
    assert "wet pallet" in taken.rejected[3]
    assert "???missing" in taken.rejected[4]


def test_a_row_of_goods_that_cannot_be_read_puts_its_invoice_aside(take):
    other = SALE.replace("536365", "536366")
    bad = SALE.replace("85123A", "71053").replace(",6,", ",six,")
    ragged = other.replace(",6,", ",more,6,")
    charge = SALE.replace("536365", "536367")
    post = charge.replace("85123A", "POST").replace(",6,", ",one,")
    taken = take(HEAD + SALE + bad + other + ragged + charge + post)
    assert sorted(taken.rejected) == [2, 3, 4, 5, 7]
    assert (
        "left out with the rest of invoice 536365; line 3: Quantity is 'six'" in (taken.rejected[2])
    )
    assert (
        "left out with the rest of invoice 536366; line 5: the row has 9 cells"
        in (taken.rejected[4])
    )
    assert take.all(select(Order.number)) == [("536367",)]
    assert take.all(select(Sku.code)) == [("85123A",)]


def test_a_cancellation_that_says_nothing_is_counted_as_a_return_row(take):
    back = SALE.replace("536365", "C536365")
    taken = take(HEAD + back + back.replace(",6,", ",-2,"))
    assert "says nothing" in taken.rejected[2]
    assert (taken.result["return_rows_std"], taken.result["return_units_std"]) == (2, 8)
    assert taken.result["return_pieces"] == 2


def test_a_product_has_the_name_that_most_rows_give_it(take):
    other = SALE.replace("WHITE HANGING HEART", "HEART")
    take(HEAD + other + SALE + SALE)
    assert take.one(Sku.name) == ("WHITE HANGING HEART",)


def test_a_negative_quantity_without_cancellation_is_no_return(take):
    taken = take(HEAD + SALE.replace(",6,", ",-6,"))
    assert (taken.result["returns"], taken.result["orders"]) == (0, 0)
    assert taken.result["stock_adjust_rows(neg qty, not C)"] == 1
    assert "stock note" in taken.rejected[2]


@pytest.mark.parametrize(("price", "key"), [("0.0", "zero"), ("-11062.06", "negative")])
def test_prices_of_nothing_and_below_are_no_sales(take, price, key):
    taken = take(HEAD + SALE.replace("2.55", price))
    assert taken.result[f"{key}_price_rows"] == 1
    assert taken.result["orders"] == 0


def test_a_bad_debt_moves_no_goods(take):
    taken = take(HEAD + SALE.replace("536365", "A563185"))
    assert taken.result["bad_debt_rows"] == 1
    assert taken.rejected == {2: "a bad debt moves no goods"}


def test_rows_without_customer_are_taken(take):
    taken = take(HEAD + SALE.replace("17850.0", ""))
    assert taken.result["blank_customer_rows"] == 1
    assert take.one(Order.customer) == ("",)


def test_customers_are_ids_whatever_a_spreadsheet_made_of_them(take):
    take(HEAD + SALE)
    assert take.one(Order.customer) == ("17850",)


def test_an_invoice_with_two_times_was_placed_at_the_first(take):
    take(HEAD + SALE.replace("08:26", "08:27") + SALE)
    assert take.one(Order.placed_at) == (datetime(2010, 12, 1, 8, 26, tzinfo=UTC),)


def test_orders_are_due_at_the_next_cut_off_in_local_time(take):
    with take.transactions.begin() as tx:
        tx.execute(update(SiteRow).values(time_zone="Europe/Rome"))
    late = SALE.replace("536365", "536366").replace("08:26", "16:01")
    take(HEAD + SALE + late)
    due = take.all(select(Order.due_at).order_by(Order.number))
    assert due == [
        (datetime(2010, 12, 1, 15, 0, tzinfo=UTC),),
        (datetime(2010, 12, 2, 15, 0, tzinfo=UTC),),
    ]


def test_returns_are_linked_by_customer_because_the_file_names_no_order(take):
    back = SALE.replace("536365", "C536379").replace(",6,", ",-2,")
    taken = take(HEAD + SALE + back)
    assert take.one(Return.number, Return.customer, Return.order, Return.custody) == (
        "C536379",
        "17850",
        "",
        "advised",
    )
    assert take.one(ReturnLine.sku, ReturnLine.advised) == ("85123A", 2)
    assert taken.result["cancel_invoices"] == 1


def test_the_second_edition_of_the_data_has_other_headings(take):
    head = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    taken = take(head + SALE)
    assert taken.result["format"] == "online-retail"
    assert take.one(Order.number, Order.customer) == ("536365", "17850")


def test_columns_are_found_by_name_with_any_delimiter(take):
    taken = take(
        "Country;unitprice;INVOICENO;StockCode;Quantity;InvoiceDate\nUK;2,55;1;85123A;6;2010-12-01\n"
    )
    assert taken.code == 0
    assert taken.result["pieces"] == 6


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (("12/1/2010 8:26", "12/14/2010 9:00"), "2010-12-01 08:26:00"),
        (("1/12/2010 8:26", "14/12/2010 9:00"), "2010-12-01 08:26:00"),
        (("12/1/10 8:26", "12/9/10 9:00"), "2010-12-01 08:26:00"),
        (("1.12.2010 08:26", "9.12.2010 09:00"), "2010-12-01 08:26:00"),
    ],
)
def test_the_order_of_day_and_month_is_found_from_the_whole_file(take, dates, first):
    rows = [SALE.replace("2010-12-01 08:26:00", date) for date in dates]
    taken = take(HEAD + "".join(rows))
    assert taken.result["first"] == first


def test_the_order_of_day_and_month_can_be_said(take):
    row = SALE.replace("2010-12-01 08:26:00", "1/12/2010 8:26")
    assert take(HEAD + row, "--dates", "dmy").result["first"] == "2010-12-01 08:26:00"


def test_half_a_year_takes_less_than_a_minute_and_300_megabytes(real, shared_data, tmp_path):
    path = real(f"uci_online_retail/{HALF_A_YEAR}")
    command = [sys.executable, "-m", "floorhand", "import", "--json", str(path)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command, "--database", home_of(tmp_path / "big.db")],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    used_s, most_kb = map(float, done.stderr.split()[-2:])
    assert used_s < 60
    assert most_kb < 300_000
    result = json.loads(done.stdout)
    stem = HALF_A_YEAR.split(".", 1)[0]
    oracle = json.loads((shared_data / "uci_online_retail" / f"{stem}.ORACLE.json").read_text())
    assert {key: result[key] for key in oracle} == oracle
    assert result["order_lines"] == oracle["clean_sale_rows"]
    assert result["pieces"] == oracle["clean_sale_units"]
    assert result["orders"] == oracle["clean_sale_orders"]
