"""The history of a paper says when a file brought it, and when one said that it is cancelled."""

from __future__ import annotations

import pytest
from conftest import NOW, SITE
from feeds import ORDER, ORDERS, body, order
from sqlalchemy import update

from floorhand.store.cells import Word
from floorhand.store.found import about
from floorhand.store.schema import Imported, Order

CAME, CANCELLED = "details.came", "details.cancelled"
OWN = "order,sku,quantity,state\n"


def steps(take, kind: str, name: str) -> list[tuple[object, ...]]:
    """Tell a history: when, what, and by which file."""
    with take.transactions.begin() as tx:
        page = about(tx, SITE, kind, name)
    assert page.count == len(page.rows)
    return [
        (row[0], *(cell.facts[0][1] if cell.facts else cell.key for cell in row[1:] if cell))
        for row in page.rows
        if all(isinstance(cell, Word | None) for cell in row[1:])
    ]


def named(take) -> str:
    merchant, number = take.one(Order.merchant, Order.number)
    return f"{merchant}/{number}"


def test_an_order_of_a_feed_tells_when_it_came_and_when_it_was_cancelled(take):
    take(body("orders", ORDER), name="orders.json")
    granted = {"cancel_id": "1", "order_id": ORDER["id"]}
    granted["cancel_status"] = "CANCELLATION_REQUEST_COMPLETE"
    take(body("cancellations", granted), name="granted.json")
    (placed_at,) = take.one(Order.placed_at)
    told = steps(take, "order", named(take))
    assert told == [
        (NOW, CANCELLED, "tiktok"),
        (NOW, CAME, "tiktok"),
        (placed_at, "details.placed"),
    ]


@pytest.mark.parametrize("later", [True, False])
def test_an_order_of_a_shop_tells_by_which_file_it_was_cancelled(take, later):
    if later:
        take(ORDERS + order())
    take(ORDERS + order(**{"Financial Status": "voided"}), name="later.csv")
    told = steps(take, "order", named(take))
    assert [step for step in told if step[1] in (CAME, CANCELLED)] == [
        (NOW, CANCELLED, "shopify-orders"),
        (NOW, CAME, "shopify-orders"),
    ]


def test_an_order_of_our_own_file_tells_it_as_well(take):
    take("sku\nMUG\n", name="products.csv")
    take(OWN + "1,MUG,1,\n", name="a.csv")
    assert [step[1] for step in steps(take, "order", "MAIN/1")] == [CAME]
    take(OWN + "1,MUG,1,cancelled\n", name="b.csv")
    assert [step[1] for step in steps(take, "order", "MAIN/1")] == [CANCELLED, CAME]


def test_no_file_is_named_of_a_moment_at_which_none_was_read(take):
    take(ORDERS + order())
    with take.transactions.begin() as tx:
        tx.execute(update(Imported).values(at=NOW.replace(year=2020)))
    assert (NOW, CAME) in steps(take, "order", named(take))


def test_a_delivery_and_a_return_tell_when_they_were_announced(take):
    take("sku\nMUG\n", name="products.csv")
    take("delivery,sku,quantity\nD-1,MUG,12\n", name="deliveries.csv")
    take("return,sku,quantity\nR-1,MUG,1\n", name="returns.csv")
    assert steps(take, "delivery", "D-1") == [(NOW, "details.announced", "deliveries")]
    assert steps(take, "return", "R-1") == [(NOW, "details.announced", "returns")]
