"""TikTok Shop's answers as a whole: errors, missing pages, wrong shapes, cancellations first."""

from __future__ import annotations

import copy
import json
import re

import pytest
from conftest import NOW
from feeds import ORDER, RETURN, body

from floorhand.exchange import tiktok
from floorhand.exchange.reading import open_source
from floorhand.exchange.records import Context
from floorhand.store.schema import Order

CANCEL = {
    "cancel_id": "4035348475003308298",
    "order_id": ORDER["id"],
    "cancel_status": "CANCELLATION_REQUEST_COMPLETE",
    "cancel_line_items": [{"order_line_item_id": item["id"]} for item in ORDER["line_items"]],
}
PRODUCT = {
    "id": "1734952395144267383",
    "title": "Spray",
    "skus": [
        {
            "id": "1",
            "seller_sku": "XTM",
            "identifier_code": {"code": "4006381333931"},
            "sales_attributes": [{"value_name": "Red"}],
        }
    ],
}
BOOM = {"code": 36009004, "message": "Access token\x1b[31m expired", "data": None}


@pytest.mark.parametrize("data", [None, {}, {"orders": [ORDER]}])
def test_an_error_is_no_page_whatever_data_comes_with_it(take, data):
    before = take.everything()
    taken = take(json.dumps({**BOOM, "data": data}), name="page.json")
    assert taken.code == 1
    assert taken.err == (
        "page.json holds no data: TikTok Shop answered with error 36009004: "
        "Access token␛[31m expired; fetch it again.\n"
    )
    assert take.everything() == before


def test_an_error_with_a_code_in_quotes_is_one_too(take):
    assert "error 105001: no message" in take(json.dumps({"code": "105001", "data": {}})).err
    assert "error 9␛[31m: no message" in take(json.dumps({"code": "9\x1b[31m", "data": {}})).err


def test_a_missing_page_of_a_list_is_told_and_the_rest_is_taken(take):
    page = json.loads(body("orders", ORDER))
    late = {**json.loads(body("orders", {**ORDER, "id": "2"})), "code": 11001001}
    taken = take(json.dumps([page, BOOM, late, None, {"code": 0, "data": {}}]), name="all.json")
    assert (taken.code, taken.result["orders"], taken.result["rejected"]) == (3, 1, 4)
    reasons = " ".join(part["reason"] for part in taken.result["reasons"])
    assert "page 2 is missing: TikTok Shop answered with error 36009004: Access token" in reasons
    assert "page 3 is missing: TikTok Shop answered with error 11001001: Success" in reasons
    assert "page 4 holds neither orders, returns, cancellations nor products" in reasons
    assert "page 5 holds neither" in reasons


def test_pages_that_are_not_in_the_file_are_told(take):
    page = json.loads(body("orders", ORDER))
    page["data"] |= {"total_count": 17472, "next_page_token": "x"}
    taken = take(json.dumps(page))
    assert (taken.code, taken.result["notes"]) == (
        0,
        [
            "TikTok Shop has 17472 orders in all, and 1 of them are in this file; "
            "the rest is on other pages."
        ],
    )


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("recipient_address", {"district_info": 5}, "district_info is '5'; expected a list of"),
        ("recipient_address", [1], "recipient_address is '[1]'; expected an object"),
        ("line_items", "x", "line_items is 'x'; expected a list of objects"),
        ("line_items", [{"id": "1", "seller_sku": "A", "quantity": 2.5}], "quantity is '2.5'"),
    ],
)
def test_an_order_of_a_wrong_shape_is_put_aside_with_its_line_and_stops_no_other(
    take, key, value, words
):
    page = body("orders", {**ORDER, key: value}, {**ORDER, "id": "2"})
    taken = take(page)
    assert (taken.code, take.one(Order.number)) == (3, ("2",))
    ((line, reason),) = taken.rejected.items()
    assert f'"id": "{ORDER["id"]}"' in page.splitlines()[line - 1]
    assert reason.startswith(f"item 1 of orders: {words}")


def test_a_product_of_a_wrong_shape_stops_no_other(take):
    wrong = {**PRODUCT, "id": "9", "skus": [{"id": "2", "sales_attributes": 7}]}
    taken = take(body("products", wrong, PRODUCT))
    assert (taken.code, taken.result["products"]) == (3, 1)
    assert "sales_attributes is '7'; expected a list of objects" in str(taken.rejected)


ODD = (5, -1, 2.5, 1e300, True, None, "", "x", "\x00\x1b", [], [1], [[]], [{}], {}, {"a": {"b": 1}})


def _paths(value, at=()):
    """Every place in a body at which something else may stand."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in inner:
        yield (*at, key)
        if isinstance(part, (dict, list)):
            yield from _paths(part, (*at, key))


def _but_for_lines(record):
    return re.sub(r"\bline=\d+", "", repr(record))


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("orders", ORDER),
        ("return_orders", RETURN),
        ("cancellations", CANCEL),
        ("products", PRODUCT),
    ],
)
def test_whatever_stands_where_the_rest_of_the_page_is_taken(tmp_path, kind, item):
    item = copy.deepcopy(item)
    if kind == "orders":
        item["recipient_address"]["district_info"] = [{"address_level_name": "city"}]
    wrong = []
    for path in _paths(item):
        for odd in ODD:
            other = copy.deepcopy(item)
            place = other
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = odd
            wrong.append(other)
    good = {**item, tiktok._IDS[kind]: "77"}
    both = []
    for name, items in (("good.json", [good]), ("all.json", [*wrong, good])):
        (tmp_path / name).write_text(body(kind, *items))
        both.append(tiktok.read(open_source(tmp_path / name), Context(NOW)))
    alone, among = both
    assert _but_for_lines(among.records[-1]) == _but_for_lines(alone.records[-1])
    assert among.rejected
    assert not alone.rejected


@pytest.mark.parametrize("words", [[], ["--format", "tiktok"]])
def test_cancellations_named_before_their_orders_are_taken_after_them(take, tmp_path, words):
    (tmp_path / "a.json").write_text(body("cancellations", CANCEL))
    (tmp_path / "b.json").write_text(body("orders", ORDER))
    code, _, _ = take.run(str(tmp_path / "a.json"), str(tmp_path / "b.json"), *words)
    assert (code, take.one(Order.state)) == (0, ("cancelled",))


def test_a_page_of_cancellations_before_that_of_the_orders_is_taken_after_it(take):
    taken = take(f"[{body('cancellations', CANCEL)}, {body('orders', ORDER)}]")
    assert (taken.code, take.one(Order.state)) == (0, ("cancelled",))


def test_a_cancellation_of_an_order_that_is_not_here_yet_is_put_aside_until_it_is(take, tmp_path):
    page = tmp_path / "cancel.json"
    page.write_text(body("cancellations", CANCEL))
    taken = take(page)
    assert taken.code == 3
    assert "import this file again after its orders" in str(taken.rejected)
    take(body("orders", ORDER), name="orders.json")
    assert (take(page).code, take.one(Order.state)) == (0, ("cancelled",))
