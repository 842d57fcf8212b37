"""What a platform says later about an order that is here: taken over, or told, never guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from feeds import ORDER, ORDERS, body, further, order
from sqlalchemy import func, select, update

from floorhand.domain.shifts import Period
from floorhand.store.check import violations
from floorhand.store.schema import Order, OrderLine, Trouble
from floorhand.store.shift_orders import due

FIRST, SECOND, THIRD = (item["id"] for item in ORDER["line_items"])
CANCEL = {
    "cancel_id": "4035348475003308298",
    "order_id": ORDER["id"],
    "cancel_status": "CANCELLATION_REQUEST_COMPLETE",
}


def cancel(*items, number="4035348475003308298"):
    lines = [{"cancel_line_item_id": "1", "order_line_item_id": item} for item in items]
    return body("cancellations", {**CANCEL, "cancel_id": number, "cancel_line_items": lines})


def lines(take):
    columns = (OrderLine.sku, OrderLine.ordered, OrderLine.short, OrderLine.platform_ids)
    return take.all(select(*columns).order_by(OrderLine.line_no))


def work(take, state="picking", picked=0):
    """Let the floor begin with the order."""
    with take.transactions.begin() as tx:
        tx.execute(update(Order).values(state=state))
        tx.execute(update(OrderLine).values(picked=picked))


def is_sound(take):
    with take.transactions.begin() as tx:
        return violations(tx, "MAIN") == ()


def test_an_order_name_that_another_buyer_has_too_never_takes_over_his_address(take):
    ann = {"Vendor": "", "Id": "1", "Shipping Name": "Ann", "Shipping City": "Rome"}
    zed = {"Vendor": "", "Id": "999", "Shipping Name": "Zed", "Shipping City": "Paris"}
    take(ORDERS + order("#1", **ann), name="one.csv")
    taken = take(
        ORDERS + order("#1", **zed) + further("#1", **{"Lineitem sku": "CAP"}), name="two.csv"
    )
    assert taken.code == 3
    reason = (
        "merchant MAIN has another order '#1' here, with Id 1 and not 999; "
        "say --merchant for each shop's file"
    )
    assert taken.rejected == {2: reason, 3: reason}
    assert json.loads(take.one(Order.ship_to)[0])["city"] == "Rome"
    assert take(ORDERS + order("#1", **zed), "--merchant", "ZED").result["orders"] == 1


def test_an_order_that_says_no_id_is_the_one_of_its_name(take):
    take(ORDERS + order(Id="1"))
    taken = take(ORDERS + order(Id="", Tags="call first"), name="later.csv")
    assert (taken.code, take.one(Order.instruction)) == (0, ("call first",))


def test_a_line_that_was_sent_elsewhere_is_not_sent_again(take):
    take(ORDERS + order() + further(**{"Lineitem sku": "CAP", "Lineitem quantity": "2"}))
    later = order(
        **{"Fulfillment Status": "partial", "Lineitem fulfillment status": "fulfilled"}
    ) + further(**{"Lineitem sku": "CAP", "Lineitem quantity": "2"})
    taken = take(ORDERS + later, name="later.csv")
    assert taken.result["updated"] == 1
    assert lines(take) == [("MUG", 1, 1, "[]"), ("CAP", 2, 0, "[]")]
    assert take.one(Order.state, Order.platform_state) == ("released", "paid/partial")
    assert take(ORDERS + later + "\n", name="again.csv").result.get("updated", 0) == 0
    assert is_sound(take)


def test_a_line_sent_elsewhere_while_the_floor_is_at_it_is_told_once(take):
    take(ORDERS + order() + further(**{"Lineitem sku": "CAP"}))
    work(take, picked=1)
    later = order(
        **{"Fulfillment Status": "partial", "Lineitem fulfillment status": "fulfilled"}
    ) + further(**{"Lineitem sku": "CAP"})
    for name in ("a.csv", "b.csv"):
        take(ORDERS + later + "\n" * (name == "b.csv"), name=name)
    assert [line[2] for line in lines(take)] == [0, 0]
    assert take.one(Trouble.kind, Trouble.subject, Trouble.facts) == (
        "changed_too_late",
        "GLOW-CARE-BD/#1001",
        '{"told": "the shop now asks for 1 x CAP; work on the order has begun"}',
    )


def test_what_is_packed_here_may_be_what_the_shop_calls_sent(take):
    take(ORDERS + order() + further(**{"Lineitem sku": "CAP"}))
    work(take, "packing", picked=1)
    with take.transactions.begin() as tx:
        tx.execute(update(OrderLine).where(OrderLine.sku == "MUG").values(packed=1))
    later = order(
        **{"Fulfillment Status": "partial", "Lineitem fulfillment status": "fulfilled"}
    ) + further(**{"Lineitem sku": "CAP"})
    assert take(ORDERS + later, name="later.csv").result.get("troubles", 0) == 0


def test_an_order_that_left_elsewhere_while_the_floor_is_at_it_is_told(take):
    take(ORDERS + order())
    work(take)
    taken = take(ORDERS + order(**{"Fulfillment Status": "fulfilled"}), name="later.csv")
    assert taken.result["troubles"] == 1
    assert take.one(Order.state) == ("picking",)
    assert "the platform says paid/fulfilled" in take.one(Trouble.facts)[0]


def test_goods_of_an_order_that_the_bench_put_on_hold_are_not_written_off(take):
    take(ORDERS + order())
    work(take, "hold", picked=1)
    taken = take(ORDERS + order(**{"Fulfillment Status": "fulfilled"}), name="later.csv")
    assert (taken.code, take.one(Order.state), lines(take)[0][2]) == (0, ("hold",), 0)
    assert take.one(Trouble.kind) == ("changed_too_late",)


def test_an_order_that_grew_in_the_shop_is_told_and_stays_as_it_was(take):
    take(ORDERS + order())
    taken = take(ORDERS + order(**{"Lineitem quantity": "3"}), name="later.csv")
    assert (taken.result.get("updated", 0), lines(take)) == (0, [("MUG", 1, 0, "[]")])
    assert take.one(Trouble.kind, Trouble.facts) == (
        "order_differs",
        '{"told": "the shop now asks for 3 x MUG"}',
    )


def test_our_own_file_that_holds_a_part_of_an_order_takes_nothing_off(take):
    head = "order,sku,quantity,platform_id\n"
    take("sku\nMUG\nCAP\n", name="products.csv")
    take(head + "1,MUG,1,7\n1,CAP,2,7\n", name="a.csv")
    take(head + "1,MUG,1,7\n", name="b.csv")
    assert [line[2] for line in lines(take)] == [0, 0]


def test_a_cancelled_line_item_takes_its_piece_off_and_leaves_the_order(take):
    take(body("orders", ORDER), name="orders.json")
    taken = take(cancel(FIRST), name="cancel.json")
    assert (taken.code, taken.result["updated"]) == (0, 1)
    assert take.one(Order.state) == ("released",)
    assert lines(take) == [("W-450", 2, 1, f'["{SECOND}"]'), ("CAP", 1, 0, f'["{THIRD}"]')]
    reason = select(OrderLine.short_reason).order_by(OrderLine.line_no)
    assert take.all(reason)[0] == ("cancelled",)
    again = take(cancel(FIRST, number="1"), name="again.json")
    assert (again.code, again.result.get("updated", 0)) == (0, 0)
    assert take.one(func.count(Trouble.id)) == (0,)
    assert is_sound(take)


def test_a_cancelled_item_of_an_offer_takes_off_all_its_pieces(take, tmp_path):
    (tmp_path / "map.csv").write_text("name,product,quantity\nTwin pack,W-450,2\nOne,W-450,1\n")
    names = ("Twin pack", "Twin pack", "One")
    items = [{"id": str(n), "product_name": name} for n, name in enumerate(names, 1)]
    take(body("orders", {**ORDER, "line_items": items}), "--map", str(tmp_path / "map.csv"))
    take(cancel("2"), name="cancel.json")
    assert lines(take) == [("W-450", 4, 2, '["1"]'), ("W-450", 1, 0, '["3"]')]


def test_cancellations_that_together_name_every_item_cancel_the_order(take):
    take(body("orders", ORDER), name="orders.json")
    take(cancel(FIRST, THIRD), name="a.json")
    assert take.one(Order.state) == ("released",)
    taken = take(cancel(SECOND), name="b.json")
    assert taken.result["orders_cancelled"] == 1
    assert take.one(Order.state, Order.platform_state) == ("cancelled", "CANCELLED")


def test_a_cancellation_of_items_that_never_were_to_be_sent_changes_nothing(take):
    items = [{**ORDER["line_items"][0], "display_status": "CANCELLED"}, *ORDER["line_items"][1:]]
    take(body("orders", {**ORDER, "line_items": items}), name="orders.json")
    taken = take(cancel(FIRST), name="cancel.json")
    assert (taken.code, taken.result.get("troubles", 0)) == (0, 0)
    assert [line[2] for line in lines(take)] == [0, 0]


def test_a_part_cancelled_while_the_floor_is_at_it_is_told_and_the_work_goes_on(take):
    take(body("orders", ORDER), name="orders.json")
    work(take, picked=1)
    taken = take(cancel(FIRST), name="cancel.json")
    assert (taken.result["troubles"], take.one(Order.state)) == (1, ("picking",))
    assert [line[2] for line in lines(take)] == [0, 0]
    assert take.one(Trouble.kind, Trouble.subject) == ("cancelled_in_part", f"MAIN/{ORDER['id']}")
    assert FIRST in take.one(Trouble.facts)[0]


def test_a_cancelled_part_that_nobody_can_tell_holds_the_order_until_the_platform_says_more(take):
    bare = [{"seller_sku": "W-450"}, {"seller_sku": "CAP"}]
    take(body("orders", {**ORDER, "line_items": bare}), name="orders.json")
    take(cancel(FIRST), name="cancel.json")
    assert take.one(Order.state, Order.platform_state) == ("hold", "CANCELLED_IN_PART")
    assert take.one(Trouble.kind) == ("cancelled_in_part",)
    take(body("orders", {**ORDER, "line_items": bare[1:]}), name="later.json")
    assert take.one(Order.state, Order.hold_reason) == ("released", "")
    assert [line[:3] for line in lines(take)] == [("W-450", 1, 1), ("CAP", 1, 0)]


def test_a_cancellation_that_names_no_line_item_rightly_is_told(take):
    take(body("orders", ORDER), name="orders.json")
    wrong = {**CANCEL, "cancel_line_items": [{"cancel_line_item_id": "1", "seller_sku": "CAP"}]}
    taken = take(body("cancellations", wrong), name="cancel.json")
    assert "cancel_line_items without order_line_item_id" in str(taken.rejected)
    assert (taken.code, take.one(Order.state)) == (3, ("released",))
    assert take.one(Trouble.kind) == ("unknown_platform_state",)


def test_an_item_cancelled_in_the_order_itself_is_taken_off_by_its_id(take):
    take(body("orders", ORDER), name="orders.json")
    items = [{**ORDER["line_items"][0], "display_status": "CANCELLED"}, *ORDER["line_items"][1:]]
    later = {**ORDER, "line_items": items}
    assert take(body("orders", later), name="later.json").result["updated"] == 1
    assert lines(take)[0] == ("W-450", 2, 1, f'["{SECOND}"]')


def test_an_older_page_gives_back_nothing_that_was_cancelled(take):
    take(body("orders", ORDER), name="orders.json")
    take(cancel(FIRST, SECOND), name="cancel.json")
    take(body("orders", ORDER, {**ORDER, "id": "1"}), name="overlap.json")
    number = select(OrderLine.short).where(OrderLine.order == ORDER["id"])
    assert take.all(number.order_by(OrderLine.line_no)) == [(2,), (0,)]
    assert take.one(func.count(Trouble.id)) == (0,)


def test_an_order_that_left_elsewhere_keeps_its_ids_for_returns(take):
    take(body("orders", ORDER), name="orders.json")
    take(body("orders", {**ORDER, "status": "IN_TRANSIT"}), name="later.json")
    assert take.one(Order.state) == ("shipped",)
    assert lines(take)[1] == ("CAP", 1, 1, f'["{THIRD}"]')


@pytest.mark.parametrize("state", ["shipped", "short"])
def test_a_cancellation_after_the_goods_left_is_counted(take, state):
    take(body("orders", ORDER), name="orders.json")
    work(take, state)
    assert take(cancel(FIRST), name="part.json").result["cancelled_too_late"] == 1
    taken = take(body("orders", {**ORDER, "status": "CANCELLED"}), name="whole.json")
    assert taken.result["cancelled_too_late"] == 1
    assert take.one(Order.state) == (state,)


def test_the_nearest_promise_is_the_deadline(take):
    promises = {
        "fast_dispatch_sla_time": 1695960053,
        "pick_up_cut_off_time": 1695950000,
        "shipping_due_time": 1696960053,
        "rts_sla_time": 0,
    }
    take(body("orders", {**ORDER, **promises}))
    assert take.one(Order.due_at) == (datetime.fromtimestamp(1695950000, UTC),)


def test_a_later_deadline_leaves_it_missed_where_it_had_passed(take):
    first, passed = datetime.fromtimestamp(1695950000, UTC), timedelta(hours=1)
    take(body("orders", {**ORDER, "rts_sla_time": 1695950000}))
    with take.transactions.begin() as tx:
        tx.execute(update(Order).values(due_at=first, released_at=first - passed))
    shift = Period("", first - passed, first + passed)
    put_off = {"rts_sla_time": 1795950000, "shipping_due_time": 1795950000}
    for name in ("a.json", "b.json"):
        with take.transactions.begin() as tx:
            assert due(tx, "MAIN", shift, shift.end) == (1, 0)
        take(body("orders", {**ORDER, **put_off}), name=name)
    assert take.one(Order.due_at) == (datetime.fromtimestamp(1795950000, UTC),)


def test_an_order_to_exchange_or_combine_tells_the_bench(take):
    told = {"is_exchange_order": True, "auto_combine_group_id": "12345677"}
    take(body("orders", {**ORDER, **told}))
    assert take.one(Order.instruction) == (
        "exchange order; one parcel with group 12345677; Please ship asap!",
    )
