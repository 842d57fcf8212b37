"""TikTok Shop's API bodies: ids of 19 digits, one item per piece, states that are never guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from feeds import ORDER, RETURN, SELLER_EXPORT, body
from sqlalchemy import select

from floorhand.store.check import violations
from floorhand.store.schema import (
    Barcode,
    CarrierCode,
    Order,
    OrderLine,
    Return,
    ReturnLine,
    Sku,
    Trouble,
)


def test_one_item_per_piece_is_added_up_and_the_ids_are_kept(take):
    taken = take(body("orders", ORDER), name="page.json")
    assert (taken.code, taken.result["format"], taken.result["pieces"]) == (0, "tiktok", 3)
    lines = take.all(select(OrderLine.sku, OrderLine.ordered, OrderLine.platform_ids))
    assert lines == [
        ("W-450", 2, '["577958834469570826", "577958834469570827"]'),
        ("CAP", 1, '["577958834469570828"]'),
    ]


def test_ids_of_18_digits_stay_what_they_are_even_as_numbers(take):
    take(body("orders", {**ORDER, "id": 577958834469439754}))
    assert take.one(Order.number, Order.platform_id, Order.customer) == (
        "577958834469439754",
        "577958834469439754",
        "7021436810468230477",
    )


def test_an_id_that_was_a_float_has_lost_digits_and_is_refused(take):
    taken = take(body("orders", {**ORDER, "id": 5.77958834469439754e17}))
    assert "an id is written in digits only" in str(taken.rejected)
    assert taken.result["orders"] == 0


def test_times_are_epoch_seconds(take):
    take(body("orders", {**ORDER, "rts_sla_time": 1695960053}))
    assert take.one(Order.placed_at, Order.due_at) == (
        datetime(2023, 9, 28, 4, 0, 53, tzinfo=UTC),
        datetime(2023, 9, 29, 4, 0, 53, tzinfo=UTC),
    )


@pytest.mark.parametrize("value", [1695873653000, "yesterday", -5, True, 1.5])
def test_times_that_are_no_epoch_seconds_are_refused(take, value):
    taken = take(body("orders", {**ORDER, "create_time": value}))
    assert "expected seconds since 1970" in str(taken.rejected)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UNPAID", "hold"),
        ("ON_HOLD", "hold"),
        ("AWAITING_SHIPMENT", "released"),
        ("PARTIALLY_SHIPPING", "released"),
        ("AWAITING_COLLECTION", "shipped"),
        ("IN_TRANSIT", "shipped"),
        ("DELIVERED", "shipped"),
        ("COMPLETED", "shipped"),
        ("CANCELLED", "cancelled"),
    ],
)
def test_work_starts_with_awaiting_shipment(take, status, state):
    take(body("orders", {**ORDER, "status": status}))
    assert take.one(Order.state, Order.platform_state) == (state, status)
    with take.transactions.begin() as tx:
        assert violations(tx, "MAIN") == ()


def test_an_unknown_state_is_not_guessed_and_a_supervisor_is_told_once(take):
    page = body("orders", {**ORDER, "status": "BEAMED_UP"}, {**ORDER, "id": "1"})
    for name in ("one.json", "two.json"):
        taken = take(page, name=name)
        assert taken.code == 3
    (line,) = taken.rejected
    assert page.splitlines()[line - 1].strip() == '"id": "577958834469439754",'
    assert "status 'BEAMED_UP', not known here" in taken.rejected[line]
    assert take.one(Order.number) == ("1",)
    assert take.one(Trouble.kind, Trouble.subject) == (
        "unknown_platform_state",
        "577958834469439754",
    )


def test_an_order_moves_on_as_the_platform_says(take):
    for n, status in enumerate(["UNPAID", "AWAITING_SHIPMENT", "CANCELLED"]):
        take(body("orders", {**ORDER, "status": status}), name=f"{n}.json")
        expected = {"UNPAID": "hold", "CANCELLED": "cancelled"}.get(status, "released")
        assert take.one(Order.state, Order.platform_state) == (expected, status)
    assert take.one(Order.hold_reason) == ("",)


def test_a_cancellation_stops_the_order_it_names(take):
    take(body("orders", ORDER), name="orders.json")
    cancel = {
        "cancel_id": "4035348475003308298",
        "order_id": ORDER["id"],
        "cancel_status": "CANCELLATION_REQUEST_PENDING",
    }
    take(body("cancellations", cancel), name="asked.json")
    assert take.one(Order.state) == ("released",)
    cancel["cancel_status"] = "CANCELLATION_REQUEST_COMPLETE"
    taken = take(body("cancellations", cancel), name="granted.json")
    assert taken.result["orders_cancelled"] == 1
    assert take.one(Order.state) == ("cancelled",)


def test_what_is_cancelled_or_sent_within_an_order_is_left_out(take):
    items = [dict(item) for item in ORDER["line_items"]]
    items[0]["display_status"] = "CANCELLED"
    items[2]["display_status"] = "IN_TRANSIT"
    take(body("orders", {**ORDER, "status": "PARTIALLY_SHIPPING", "line_items": items}))
    assert take.one(OrderLine.sku, OrderLine.ordered) == ("W-450", 1)


@pytest.mark.parametrize("word", ["PARTIALLY_BEAMED", 7, ["CANCELLED"]])
def test_an_unknown_state_of_a_line_item_is_not_guessed_either(take, word):
    odd = [*ORDER["line_items"], {"id": "1", "seller_sku": "CAP", "display_status": word}]
    taken = take(body("orders", {**ORDER, "line_items": odd}, {**ORDER, "id": "1"}))
    (reason,) = taken.rejected.values()
    assert f"display_status '{word}', not known here" in reason
    assert take.one(Order.number) == ("1",)
    assert take.one(Trouble.kind, Trouble.subject) == ("unknown_platform_state", ORDER["id"])


@pytest.mark.parametrize("word", ["", None, "TO_SHIP", "UNPAID", "AWAITING_SHIPMENT"])
def test_known_states_of_a_line_item_are_taken(take, word):
    items = [{"id": "1", "seller_sku": "CAP", "display_status": word}]
    assert take(body("orders", {**ORDER, "line_items": items})).code == 0
    assert take.one(OrderLine.ordered) == (1,)


def test_a_line_item_that_comes_twice_is_one_piece(take):
    bare = {"seller_sku": "W-450"}
    items = [*ORDER["line_items"][:1] * 3, bare, bare]
    taken = take(body("orders", {**ORDER, "line_items": items}))
    assert taken.code == 0
    assert take.all(select(OrderLine.ordered, OrderLine.platform_ids)) == [
        (1, '["577958834469570826"]'),
        (2, "[]"),
    ]


def test_a_line_item_that_comes_twice_with_other_contents_is_not_guessed(take):
    first = ORDER["line_items"][0]
    taken = take(body("orders", {**ORDER, "line_items": [first, {**first, "quantity": 2}]}))
    assert taken.result["orders"] == 0
    assert "id '577958834469570826' stands twice in line_items" in str(taken.rejected)


def test_a_quantity_of_null_is_one_that_is_missing(take):
    items = [{"id": "1", "seller_sku": "CAP", "quantity": None}]
    assert take(body("orders", {**ORDER, "line_items": items})).code == 0
    assert take.one(OrderLine.ordered) == (1,)


ADDRESS_FLAWS = {
    "postal_code": ("951\u200b10", "postcode", "95110"),
    "phone_number": ("\u202a+1 213\u202c", "phone", "+1 213"),
    "name": ("n" * 2000, "name", "n" * 999 + "…"),
    "address_line1": ("a" * 2000, "line1", "a" * 999 + "…"),
    "region_code": ("U\u200bS", "country", "US"),
}


@pytest.mark.parametrize("key", ADDRESS_FLAWS)
def test_a_flaw_in_an_address_leaves_no_order_undone(take, key):
    written, part, read = ADDRESS_FLAWS[key]
    address = {**ORDER["recipient_address"], key: written}
    assert take(body("orders", {**ORDER, "recipient_address": address})).code == 0
    assert json.loads(take.one(Order.ship_to)[0])[part] == read


@pytest.mark.parametrize("code", [95110, "95110"])
def test_a_postcode_may_be_a_number(take, code):
    address = {**ORDER["recipient_address"], "postal_code": code}
    take(body("orders", {**ORDER, "recipient_address": address}))
    assert json.loads(take.one(Order.ship_to)[0])["postcode"] == "95110"


@pytest.mark.parametrize("key", ["buyer_message", "seller_note"])
def test_a_long_message_is_cut(take, key):
    order = {**ORDER, "buyer_message": "", key: "m" * 2000}
    assert take(body("orders", order)).code == 0
    assert take.one(Order.instruction) == ("m" * 999 + "…",)


def test_half_a_letter_in_any_text_is_one_that_was_lost(take):
    address = {**ORDER["recipient_address"], "address_line1": "Via \udc00\U0001f600\ud83d 1"}
    items = [{**ORDER["line_items"][0], "product_name": "B\ud83d", "seller_sku": "\\ud83d"}]
    order = {**ORDER, "buyer_message": "Hi \ud83d", "recipient_address": address}
    taken = take(body("orders", {**order, "line_items": items}))
    assert (taken.code, taken.rejected) == (0, {})
    assert take.one(Sku.code, Sku.name) == ("\\ud83d", "B\ufffd")
    instruction, ship_to = take.one(Order.instruction, Order.ship_to)
    assert instruction == "Hi \ufffd"
    assert json.loads(ship_to)["line1"] == "Via \ufffd\U0001f600\ufffd 1"


def test_the_address_leaves_out_what_is_blacked_out(take):
    take(body("orders", ORDER))
    address = json.loads(take.one(Order.ship_to)[0])
    assert (address["line1"], address["line2"]) == ("5800 Bristol Pkwy", "Suite 100")
    hidden = {**ORDER, "id": "2", "recipient_address": "[REDACTED]"}
    assert take(body("orders", hidden), name="b.json").code == 0


def test_items_without_seller_sku_are_known_by_platform_id_or_name(take):
    items = [
        {"id": "1", "sku_id": "1729700293904534135", "product_name": "A"},
        {"id": "2", "product_name": "Crochet Clothes"},
    ]
    take(body("orders", {**ORDER, "line_items": items}))
    skus = take.all(select(OrderLine.sku).order_by(OrderLine.line_no))
    assert skus == [("1729700293904534135",), ("CROCHET-CLOTHES",)]


def test_returns_key_on_their_id_and_may_share_a_parcel(take):
    other = {**RETURN, "return_id": "4035463945335048708"}
    taken = take(body("return_orders", RETURN, other))
    assert (taken.result["returns"], taken.result["return_pieces"]) == (2, 4)
    columns = (
        Return.number,
        Return.order,
        Return.custody,
        Return.money,
        Return.tracking,
        Return.combined_id,
        Return.deadline,
    )
    first, second = take.all(select(*columns).order_by(Return.number))
    assert first == (
        "4035463945335048707",
        "577958834469439754",
        "in_transit",
        "pending",
        "JT0001",
        "9000000000000000001",
        datetime.fromtimestamp(1724811101, UTC),
    )
    assert second[5] == first[5]
    line = select(ReturnLine.sku, ReturnLine.advised, ReturnLine.platform_ids)
    assert take.all(line)[0] == ("W-450", 2, '["1", "2"]')


def test_states_of_a_return_move_until_its_parcel_is_here(take):
    waiting = {**RETURN, "return_status": "AWAITING_BUYER_SHIP", "return_tracking_number": ""}
    take(body("return_orders", waiting), name="a.json")
    assert take.one(Return.custody) == ("advised",)
    taken = take(body("return_orders", RETURN), name="b.json")
    assert taken.result["updated"] == 1
    assert take.one(Return.custody, Return.tracking) == ("in_transit", "JT0001")


@pytest.mark.parametrize("kind", ["RETURN_AND_REFUND", "REPLACEMENT"])
def test_goods_to_refund_or_to_replace_come_back(take, kind):
    take(body("return_orders", {**RETURN, "return_type": kind}))
    assert take.one(Return.custody) == ("in_transit",)


def test_a_refund_alone_brings_no_parcel(take):
    take(body("return_orders", {**RETURN, "return_type": "REFUND", "return_tracking_number": ""}))
    assert take.one(Return.custody) == ("not_returned",)


@pytest.mark.parametrize("key", ["return_status", "return_type"])
def test_unknown_words_about_a_return_are_not_guessed(take, key):
    taken = take(body("return_orders", {**RETURN, key: "MAYBE"}))
    assert f"{key} 'MAYBE', not known here" in str(taken.rejected)
    assert take.one(Trouble.kind) == ("unknown_platform_state",)


def test_products_with_their_codes(take):
    product = {
        "id": "1734952395144267383",
        "title": "[Gift] Spray 14mL",
        "skus": [
            {"id": "1", "seller_sku": "XTM-C", "identifier_code": {"code": "4006381333931"}},
            {"id": "1734952449674217080", "sales_attributes": [{"value_name": "Red"}]},
        ],
    }
    take(body("products", product))
    assert take.all(select(Sku.code, Sku.name).order_by(Sku.name)) == [
        ("XTM-C", "[Gift] Spray 14mL"),
        ("1734952449674217080", "[Gift] Spray 14mL / Red"),
    ]
    code = select(Barcode.code).where(Barcode.sku == "XTM-C")
    assert take.all(code) == [("04006381333931",)]


@pytest.mark.parametrize(
    ("name", "orders", "returns", "products"),
    [
        ("orders_search_202309.json", 1, 0, 1),
        ("order_full_doc_sample.json", 1, 0, 1),
        ("auto_combine_order_detail_doc_sample.json", 1, 0, 1),
        ("returns_search_202602.json", 0, 1, 1),
        ("products_search_202309.json", 0, 0, 1),
    ],
)
def test_real_bodies(take, real, name, orders, returns, products):
    taken = take(real(f"tiktok_shop/{name}"))
    assert taken.code == 0
    written = tuple(taken.result[key] for key in ("orders", "returns", "products"))
    assert written == (orders, returns, products)


@pytest.mark.parametrize(
    "name",
    ["inventory_search_202309.json", "reject_reasons_202309.json", "package_detail_202309.json"],
)
def test_bodies_that_hold_nothing_to_import_are_told(take, real, name):
    assert (
        "no body of TikTok Shop with orders, returns or products"
        in take(real(f"tiktok_shop/{name}")).err
    )


@pytest.mark.parametrize("item", [5, None, [], "x", {"status": "UNPAID", "line_items": [7]}])
def test_items_that_are_no_orders_are_put_aside(take, item):
    taken = take(body("orders", ORDER, item))
    assert (taken.code, taken.result["orders"], taken.result["rejected"]) == (3, 1, 1)


def test_pages_that_overlap_count_once(take):
    taken = take(json.dumps([json.loads(body("orders", ORDER)), json.loads(body("orders", ORDER))]))
    assert (taken.result["orders"], taken.result["pieces"]) == (1, 3)


@pytest.mark.parametrize("extra", ["", '"5779","Perlu dikirim"' + "," * 56 + "\n"])
def test_the_export_of_the_seller_center_is_told_for_what_it_is(take, extra):
    taken = take(SELLER_EXPORT + extra, name="OrderSKUList.csv")
    assert (taken.code, taken.err) == (
        1,
        "OrderSKUList.csv is TikTok Shop's seller export, whose states are words of the seller's "
        "language; import the orders of the API instead (JSON, Get Order List).\n",
    )


def test_the_real_header_of_the_seller_center_is_told_for_what_it_is(take, real):
    assert "seller export" in take(real("tiktok_shop/order_export_header_ID.csv")).err


def test_money_is_text_and_decides_nothing(take):
    items = [{**item, "sale_price": price} for item, price in zip(
        ORDER["line_items"], ("1.20", "168.000", "free"), strict=True)]  # fmt: skip
    assert take(body("orders", {**ORDER, "line_items": items})).result["pieces"] == 3


def test_an_id_that_a_spreadsheet_rounded_is_refused(take):
    taken = take(body("orders", {**ORDER, "id": "5.77958834469E+17"}, {**ORDER, "id": "1"}))
    assert (taken.code, taken.result["orders"]) == (3, 1)
    assert "a spreadsheet rounded a long number" in str(taken.rejected)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("orders_search_202309.json", ["1153486604836964618", "3220279504"]),
        ("order_full_doc_sample.json", ["1152321127278713123", "JX12345"]),
    ],
)
def test_an_order_is_known_by_its_tracking_numbers_and_packages(take, real, name, codes):
    take(real(f"tiktok_shop/{name}"))
    found = take.all(select(CarrierCode.code).where(CarrierCode.label_no == 0))
    assert sorted(code for (code,) in found if code in codes) == codes
    assert len(found) == len(take.all(select(CarrierCode.code).distinct()))


def test_odd_packages_stop_no_order(take):
    odd = {"packages": "none yet", "tracking_number": 1.5, "package_id": ["x"]}
    assert take(body("orders", {**ORDER, **odd})).result["orders"] == 1
    assert take.all(select(CarrierCode.code)) == []
