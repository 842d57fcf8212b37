"""Shopify's exports: drifting headings, continued rows, lines without SKU, names that collide."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

import pytest
from feeds import ORDERS, further, order
from sqlalchemy import func, select

from floorhand.exchange.shopify_orders import instruction
from floorhand.store.check import violations
from floorhand.store.schema import Barcode, Merchant, Order, OrderLine, Sku, Trouble

OLD = (
    "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Barcode,"
    "Variant Price,Image Src"
)
NEW = (
    "Title,URL handle,Vendor,Option1 name,Option1 value,SKU,Weight value (grams),Barcode,"
    "Price,Product image URL"
)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (OLD, "mug,Mug,Acme Ltd,Color,Blue,MUG-B,350,4006381333931,9.90,https://x"),
        (NEW, "Mug,mug,Acme Ltd,Color,Blue,MUG-B,350,4006381333931,9.90,https://x"),
    ],
)
def test_old_and_new_headings_mean_the_same(take, head, row):
    taken = take(f"{head}\n{row}\n")
    assert taken.result["format"] == "shopify-products"
    assert take.one(Sku.merchant, Sku.code, Sku.name, Sku.weight_g) == (
        "ACME-LTD",
        "MUG-B",
        "Mug / Blue",
        350,
    )
    assert take.one(Barcode.code) == ("04006381333931",)


def test_variants_and_pictures_repeat_the_handle(take):
    taken = take(
        f"{OLD}\nmug,Mug,Acme,Color,Blue,MUG-B,,,9.90,\nmug,,,,Red,MUG-R,,,9.90,\nmug,,,,,,,,,pic\n",
        "--merchant",
        "M",
    )
    assert taken.code == 0
    assert take.all(select(Sku.merchant, Sku.code, Sku.name).order_by(Sku.code)) == [
        ("M", "MUG-B", "Mug / Blue"),
        ("M", "MUG-R", "Mug / Red"),
    ]


@pytest.mark.parametrize(("name", "variants"), [("apparel.csv", 22), ("jewelery.csv", 23)])
def test_real_product_exports(take, real, name, variants):
    taken = take(real(f"shopify/{name}"))
    assert taken.code == 0
    assert taken.result["format"] == "shopify-products"
    assert taken.result["products"] == taken.result["skus_made"] == variants
    assert f"{variants} variants have no SKU" in taken.result["notes"][0]


def test_an_export_with_one_column_more_is_read_the_same(take, real):
    path = real("shopify/apparel.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    rows[0].insert(3, "Product Category")
    for row in rows[1:]:
        row.insert(3, "Clothing")
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    assert len(rows[0]) == 47
    assert take(path).result["products"] == 22


def test_further_lines_of_an_order_have_blank_headers(take):
    taken = take(
        ORDERS
        + order()
        + further(**{"Lineitem sku": "CAP", "Lineitem quantity": "3"})
        + order("#1002")
    )
    assert taken.code == 0
    lines = take.all(select(OrderLine.order, OrderLine.sku, OrderLine.ordered))
    assert lines == [("#1001", "MUG", 1), ("#1001", "CAP", 3), ("#1002", "MUG", 1)]


def test_a_further_line_without_its_first_is_put_aside(take):
    taken = take(ORDERS + order() + further("#999"))
    assert taken.rejected == {3: "order '#999' goes on here, but its first row is not before it"}


def test_cells_hold_line_breaks_and_rejected_rows_still_name_their_line(take):
    taken = take(
        ORDERS
        + order(**{"Note Attributes": "First name: Ana\r\nPhone: 1", "Shipping Street": "Via 1\nB"})
        + order("#1002", **{"Lineitem quantity": "0"})
    )
    assert list(taken.rejected) == [5]
    assert json.loads(take.one(Order.ship_to)[0])["line1"] == "Via 1 B"


def test_order_names_collide_between_merchants(take):
    taken = take(ORDERS + order(Id="1") + order(Vendor="Stacks", Id="2"))
    assert taken.result["orders"] == 2
    assert take.all(select(Order.merchant, Order.number).order_by(Order.merchant)) == [
        ("GLOW-CARE-BD", "#1001"),
        ("STACKS", "#1001"),
    ]
    name = select(Merchant.name).where(Merchant.code == "GLOW-CARE-BD")
    assert take.all(name) == [("Glow Care BD",)]


def test_order_names_that_collide_within_a_merchant_are_told_apart_by_id(take):
    taken = take(ORDERS + order(Id="1") + order(Vendor="Stacks", Id="2"), "--merchant", "M")
    assert taken.result["orders"] == 1
    assert "with another Id; say --merchant for each shop's file" in taken.rejected[3]


def test_lines_without_sku_become_products_of_their_name_and_it_is_told(take):
    taken = take(ORDERS + order(**{"Lineitem sku": "", "Lineitem quantity": "2"}))
    assert "1 lines carry no SKU and no map names their product" in taken.result["notes"][0]
    assert take.one(Sku.code, Sku.name) == ("MUG-BLUE", "Mug - Blue")
    assert take.one(OrderLine.ordered) == (2,)


def test_a_map_says_which_product_a_name_means_and_how_many_pieces(take, tmp_path):
    names = tmp_path / "map.csv"
    names.write_text(
        "Store,Lineitem name,Product,Quantity\n"
        "G,Shampoo -  BUY 2 ,Shampoo,2\nG,Mug - Blue,MUG,1\n,,,\n"
    )
    offer = {"Lineitem sku": "", "Lineitem name": "shampoo - Buy 2", "Lineitem quantity": "3"}
    taken = take(ORDERS + order(**offer), "--map", str(names))
    assert take.one(OrderLine.sku, OrderLine.ordered) == ("SHAMPOO", 6)
    assert (taken.result["lines_by_map"], taken.result["lines_by_name"]) == (1, 0)


def test_a_map_that_means_different_things_in_different_stores_is_not_guessed(take, tmp_path):
    names = tmp_path / "map.csv"
    names.write_text(
        "Store,Lineitem name,Product,Quantity\nA,Mug - Blue,MUG,1\nB,Mug - Blue,CUP,2\n"
    )
    file = ORDERS + order(**{"Lineitem sku": ""})
    taken = take(file, "--map", str(names))
    assert "the map knows this name for several stores" in taken.rejected[2]
    taken = take(file, "--map", str(names), "--merchant", "B")
    assert take.one(OrderLine.merchant, OrderLine.sku, OrderLine.ordered) == ("B", "CUP", 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Store,Product\nA,MUG\n", "lacks the heading 'name' of name map"),
        ("name,product,quantity\nMug,MUG,two\n", "map.csv, line 2: quantity is 'two'"),
        ("name,product\nMug,\n", "map.csv, line 2: name or product is missing"),
    ],
)
def test_a_map_that_cannot_be_read_stops_the_import(take, tmp_path, content, words):
    (tmp_path / "map.csv").write_text(content)
    taken = take(ORDERS + order(), "--map", str(tmp_path / "map.csv"))
    assert taken.code == 1
    assert words in taken.err


@pytest.mark.parametrize(
    ("tags", "notes", "shown"),
    [
        ("Confirmed, Dispatch only 1x, releasit_cod_form", "", "Dispatch only 1x"),
        ("releasit_cod_form", "gift", "gift"),
        ("1st attempt", "call first", "1st attempt; call first"),
        ("Checked", "", ""),
    ],
)
def test_tags_and_notes_tell_the_bench_what_to_do(tags, notes, shown):
    assert instruction(tags, notes) == shown


def test_instructions_reach_the_order(take):
    take(ORDERS + order(Tags="Dispatch only 1x"))
    assert take.one(Order.instruction) == ("Dispatch only 1x",)


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({}, "released"),
        ({"Financial Status": "pending"}, "released"),
        ({"Financial Status": "voided"}, "cancelled"),
        ({"Financial Status": "refunded"}, "cancelled"),
        ({"Cancelled at": "2026-04-06 10:00:00 +0400"}, "cancelled"),
        (
            {"Fulfillment Status": "fulfilled", "Lineitem fulfillment status": "fulfilled"},
            "shipped",
        ),
        ({"Fulfillment Status": "on_hold"}, "hold"),
        ({"Fulfillment Status": "restocked"}, "cancelled"),
        (
            {"Fulfillment Status": "partial", "Lineitem fulfillment status": "fulfilled"},
            "shipped",
        ),
    ],
)
def test_what_the_shop_says_decides_whether_work_starts(take, cells, state):
    take(ORDERS + order(**cells))
    assert take.one(Order.state) == (state,)
    with take.transactions.begin() as tx:
        assert violations(tx, "MAIN") == ()


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("Financial Status", "pending, authorized, paid"),
        ("Fulfillment Status", "unfulfilled, fulfilled, partial"),
        ("Lineitem fulfillment status", "pending, unfulfilled"),
    ],
)
def test_a_state_that_shopify_never_had_is_not_guessed_and_a_supervisor_is_told(
    take, column, known
):
    taken = take(ORDERS + order(**{column: "perhaps"}) + order("#2"))
    assert (taken.code, taken.result["orders"]) == (3, 1)
    assert f"{column} is 'perhaps'; expected one of: {known}" in taken.rejected[2]
    assert take.one(Trouble.kind, Trouble.subject) == (
        "unknown_platform_state",
        "GLOW-CARE-BD/#1001",
    )


def test_how_much_of_a_line_has_left_is_not_guessed(take):
    taken = take(ORDERS + order(**{"Lineitem fulfillment status": "partial"}))
    assert "does not say how many pieces of the line are left" in taken.rejected[2]
    assert take.one(Trouble.kind) == ("unknown_platform_state",)


def test_lines_that_were_sent_already_are_not_sent_again(take):
    sent = {"Lineitem fulfillment status": "fulfilled", "Lineitem sku": "CAP"}
    take(ORDERS + order(**{"Fulfillment Status": "partial"}) + further(**sent))
    assert take.one(OrderLine.sku) == ("MUG",)


def test_an_order_that_is_cancelled_later_is_cancelled_here(take):
    take(ORDERS + order())
    taken = take(ORDERS + order(**{"Financial Status": "voided"}), name="later.csv")
    assert taken.result["orders_cancelled"] == 1
    assert take.one(Order.state, Order.platform_state) == ("cancelled", "voided/unfulfilled")


def test_an_order_that_left_elsewhere_later_is_closed_here(take):
    take(ORDERS + order())
    take(ORDERS + order(**{"Fulfillment Status": "fulfilled"}), name="later.csv")
    assert take.one(Order.state) == ("shipped",)
    assert take.one(OrderLine.short, OrderLine.short_reason) == (1, "shipped_elsewhere")


def test_times_carry_their_zone(take):
    take(ORDERS + order())
    assert take.one(Order.placed_at) == (datetime(2026, 4, 5, 17, 6, 21, tzinfo=UTC),)


def test_real_exports_of_a_3pl_with_79_columns(take, shared_data, tmp_path):
    folder = shared_data / "shopify"
    expected, lines = set(), 0
    for path in sorted(folder.glob("orders_export_*.csv")):
        copy = tmp_path / path.name
        copy.write_bytes(path.read_bytes())
        taken = take(copy, "--map", str(folder / "product_masterfile_3pl.csv"))
        assert (taken.code, taken.result["format"]) == (0, "shopify-orders")
        assert taken.result["lines_by_name"] == 0
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows[0]) == 79
        assert taken.result["lines_without_sku"] == len(rows)
        expected |= {(row["Vendor"].upper(), row["Name"]) for row in rows if row["Id"]}
        lines += taken.result["order_lines"]
    assert take.one(func.count(Order.number)) == (len(expected),)
    assert take.one(func.count(OrderLine.line_no)) == (lines,)
    numbers = select(OrderLine.ordered).where(OrderLine.sku == "ACVE")
    assert max(take.all(numbers))[0] >= 2
    with take.transactions.begin() as tx:
        assert violations(tx, "MAIN") == ()


@pytest.mark.parametrize("status", ["unfulfilled", "on_hold", "fulfilled", "restocked"])
@pytest.mark.parametrize("between", ["", order("#2")])
def test_an_order_that_stands_twice_in_a_file_in_the_same_words_is_taken_once(
    take, status, between
):
    bare = {"Lineitem sku": "", "Lineitem quantity": "3"}
    whole = order(**{"Fulfillment Status": status}) + further(**bare)
    taken = take(ORDERS + whole + between + whole)
    assert (taken.code, taken.rejected, taken.result["unchanged"]) == (0, {}, 1)
    assert taken.result["lines_without_sku"] == 1
    lines = take.all(select(OrderLine.ordered).where(OrderLine.order == "#1001"))
    assert lines == [(1,), (3,)]


def test_an_order_that_stands_twice_in_a_file_in_other_words_is_put_aside(take):
    later = order(Notes="Ring twice") + further(**{"Lineitem sku": "CAP"})
    taken = take(ORDERS + order() + further(**{"Lineitem sku": "CAP"}) + later)
    assert taken.result["order_lines"] == 2
    told = "order '#1001' stands on line 2 already, with other contents"
    assert taken.rejected == {4: told, 5: told}
    assert "unchanged" not in taken.result


def test_an_order_that_was_left_out_is_left_out_again(take):
    whole = order(**{"Lineitem quantity": "0"})
    taken = take(ORDERS + whole + whole + order("#2"))
    assert taken.result["orders"] == 1
    assert taken.rejected[3] == "order '#1001' stands on line 2 already, and was left out there"


FLAWS = {
    "Shipping Phone": ("\u202a+49 30 1234\u202c", "phone", "+49 30 1234"),
    "Shipping Zip": ("10\u200b115", "postcode", "10115"),
    "Shipping Name": ("Ana " + "a" * 2000, "name", "Ana " + "a" * 995 + "…"),
    "Shipping Address2": ("b" * 2000, "line2", "b" * 999 + "…"),
    "Shipping Company": ("c" * 2000, "company", "c" * 999 + "…"),
    "Shipping City": ("Ber\u200blin", "city", "Berlin"),
    "Shipping Province": ("-", "region", ""),
    "Shipping Country": ("d" * 2000, "country", "d" * 999 + "…"),
}


@pytest.mark.parametrize("column", FLAWS)
def test_a_flaw_in_an_address_leaves_no_order_undone(take, column):
    written, part, read = FLAWS[column]
    cells = {"Name": "#1", "Lineitem quantity": "1", "Lineitem name": "Mug", column: written}
    taken = take(f"{','.join(cells)}\n{','.join(cells.values())}\n")
    assert (taken.code, taken.rejected) == (0, {})
    assert json.loads(take.one(Order.ship_to)[0])[part] == read


@pytest.mark.parametrize("written", ["8.80171E+12", "'8.80171E+12", "8E+12"])
def test_a_phone_that_a_spreadsheet_rounded_is_left_out(take, written):
    head = "Name,Lineitem quantity,Lineitem name,Shipping Phone,Shipping Zip\n"
    taken = take(f"{head}#1,1,Mug,{written},{written}\n")
    address = json.loads(take.one(Order.ship_to)[0])
    assert (taken.code, address["phone"], address["postcode"]) == (0, "", "")


@pytest.mark.parametrize(
    ("column", "kept", "written", "read"),
    [
        ("Email", Order.customer, "a\u200bna@example.org", "ana@example.org"),
        ("Email", Order.customer, "a" * 81, "a" * 81),
        ("Notes", Order.instruction, "n" * 2000, "n" * 300),
        ("Tags", Order.instruction, "t" * 2000, "t" * 300),
        ("Shipping Method", Order.service, "s" * 2000, "s" * 999 + "…"),
    ],
)
def test_a_flaw_in_what_only_people_read_leaves_no_order_undone(take, column, kept, written, read):
    taken = take(f"Name,Lineitem quantity,Lineitem name,{column}\n#1,1,Mug,{written}\n")
    assert (taken.code, take.one(kept)) == (0, (read,))


@pytest.mark.parametrize("column", ["Name", "Id", "Lineitem sku"])
def test_what_things_are_known_by_stays_strict(take, column):
    taken = take(ORDERS + order(**{column: "A\u200bB"}))
    assert (taken.code, taken.result["orders"]) == (3, 0)
    assert f"{column} 'A·B' holds control characters" in taken.rejected[2]


def test_an_export_without_states_and_ids_tells_orders_by_name(take):
    head = "Name,Lineitem quantity,Lineitem name,Lineitem sku\n"
    taken = take(head + "#1,1,Mug,MUG\n#1,2,Cap,CAP\n#2,1,Mug,MUG\n")
    assert (taken.code, taken.result["orders"], taken.result["order_lines"]) == (0, 2, 3)


@pytest.mark.parametrize(
    "content",
    [
        {"orders": [{"id": 450789469, "name": "#1001", "line_items": []}]},
        {"order": {"id": 450789469, "name": "#1001"}},
        {"products": [{"id": 1, "handle": "mug", "variants": []}]},
        [{"id": 1, "handle": "mug", "variants": []}],
        {"refund": {"id": 509562969, "refund_line_items": []}},
        [{"id": 519788021, "fulfillment_order_line_items": []}],
    ],
)
def test_bodies_of_the_admin_api_are_told_for_what_they_are(take, content):
    taken = take(json.dumps(content), name="body.json")
    assert (taken.code, taken.err) == (
        1,
        "body.json is JSON, but no body of TikTok Shop with orders, returns or products; it is one "
        "of Shopify's Admin API: import what Shopify exports as CSV instead (Orders or Products, "
        "Export).\n",
    )


def test_real_bodies_of_the_admin_api_are_told_for_what_they_are(take, shared_data):
    for path in sorted((shared_data / "shopify").glob("*.json")):
        taken = take(path)
        assert (taken.code, taken.result) == (1, {"file": str(path), "error": taken.err.strip()})
        assert "it is one of Shopify's Admin API: import what Shopify exports as CSV" in taken.err


@pytest.mark.parametrize("column", ["Id", "Name", "Lineitem sku"])
def test_an_id_that_a_spreadsheet_rounded_is_refused(take, column):
    taken = take(ORDERS + order(**{column: "5.76461E+17"}) + order("#2"))
    assert (taken.code, taken.result["orders"]) == (3, 1)
    assert f"{column} is '5.76461E+17': a spreadsheet rounded a long number" in taken.rejected[2]
