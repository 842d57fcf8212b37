"""What a merchant is told: where things are and why, and nothing of anybody else's."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, update
from warehouses import picking as house
from warehouses.picker import Picker

from floorhand.domain.control import HoldSubject
from floorhand.domain.holds import Subject
from floorhand.ops.settling import from_office
from floorhand.store import finders, looking
from floorhand.store.cells import Details, Lead, Word
from floorhand.store.db import Transactions
from floorhand.store.schema import (
    Barcode,
    Delivery,
    DeliveryLine,
    Inspection,
    Merchant,
    Move,
    Operation,
    Order,
    OrderLine,
    Return,
    ReturnLine,
    Sku,
    Stock,
)
from floorhand.store.service_asked import Asked, Told
from floorhand.store.service_pages import find, page
from floorhand.store.service_tables import TABLES
from floorhand.text.catalog import catalog

LATER = NOW + timedelta(minutes=20)
ASKED = Asked(SITE, "ACME", NOW - timedelta(days=7), ZoneInfo("Europe/Berlin"))


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The house with Ana's walk begun: two mugs of order 1001 are picked."""
    house.build(transactions)
    ana = Picker(transactions)
    ana.start()
    ana.scan("BIN-A-01", "MUG-1", "MUG-1", "T-1")
    return transactions


def told(floor: Transactions, kind: str, name: str, merchant: str = "ACME") -> list[str]:
    """Give a page as it is read out."""
    with floor.begin() as tx:
        return sentences(page(tx, SITE, merchant, kind, name))


def sentences(found: Details) -> list[str]:
    words = catalog("en")
    return [words.say(row[1].key, dict(row[1].facts)) for row in found.rows]


def hold(floor: Transactions, *subject: str) -> None:
    with floor.begin() as tx:
        from_office(tx, SITE, HoldSubject(Subject(*subject), "payment"), NOW)


def of_table(floor: Transactions, name: str) -> Told:
    with floor.begin() as tx:
        return TABLES[name](tx, ASKED)


def test_an_order_tells_how_far_it_is(floor: Transactions) -> None:
    said = told(floor, "order", "ACME/1001")
    assert said[0] == "Order 1001: Being picked."
    assert "It is to leave by then." in said
    assert any(line.startswith("2 of 2 × MUG") and "are picked" in line for line in said)


def test_an_order_that_waits_tells_what_is_to_come(floor: Transactions) -> None:
    at = {"site": SITE, "merchant": "ACME"}
    with floor.begin() as tx:
        tx.execute(insert(Order).values(**at, number="9", state="waiting", due_at=LATER))
        tx.execute(insert(OrderLine).values(**at, order="9", line_no=1, sku="MUG", ordered=7))
    assert "No delivery with MUG is announced." in told(floor, "order", "ACME/9")
    with floor.begin() as tx:
        announced = {**at, "number": "D-7", "state": "announced", "expected_on": "2026-04-01"}
        tx.execute(insert(Delivery).values(**announced))
        line = {**at, "delivery": "D-7", "line_no": 1, "sku": "MUG", "expected": 40}
        tx.execute(insert(DeliveryLine).values(**line))
    assert "40 × MUG are announced for 2026-04-01, delivery D-7." in told(floor, "order", "ACME/9")
    with floor.begin() as tx:
        of = (DeliveryLine.delivery == "D-7",)
        tx.execute(update(DeliveryLine).where(*of).values(received=12, damaged=3))
        tx.execute(update(Delivery).where(Delivery.number == "D-7").values(state="receiving"))
    said = told(floor, "order", "ACME/9")
    assert "25 × MUG are being received now, delivery D-7." in said
    with floor.begin() as tx:
        tx.execute(update(DeliveryLine).where(*of).values(received=40, damaged=0))
    assert "No delivery with MUG is announced." in told(floor, "order", "ACME/9")


def test_an_order_on_hold_tells_why(floor: Transactions) -> None:
    with floor.begin() as tx:
        held = {"state": "hold", "hold_reason": "address in doubt"}
        tx.execute(update(Order).where(Order.number == "1003").values(**held))
    assert "It is held: address in doubt." in told(floor, "order", "ACME/1003")


@pytest.mark.parametrize("subject", [("order", "ACME", "1003"), ("merchant", "ACME")])
def test_an_order_that_a_lead_holds_tells_why(floor: Transactions, subject) -> None:
    assert not any("held" in said for said in told(floor, "order", "ACME/1003"))
    hold(floor, *subject)
    assert "It is held: Payment or fraud." in told(floor, "order", "ACME/1003")


@pytest.mark.parametrize("subject", [("order", "ACME", "1003"), ("merchant", "ACME")])
def test_orders_that_a_lead_holds_tell_so_in_their_table(floor: Transactions, subject) -> None:
    hold(floor, *subject)
    found = of_table(floor, "orders")
    state, why = found.heads.index("state"), found.heads.index("reason")
    told = {row[0].shown: (row[state].key, getattr(row[why], "key", "")) for row in found.rows}
    assert told == {
        "1001": ("order_state.picking", ""),
        "1002": ("order_state.picking", ""),
        "1003": ("order_state.hold", "hold.reason.payment"),
    }


def test_goods_that_are_held_tell_why_and_so_does_an_order_that_waits_for_them(
    floor: Transactions,
) -> None:
    hold(floor, "recall", "ACME", "TEA", "L1")
    said = "TEA L1 is on hold: Payment or fraud."
    assert said in told(floor, "sku", "ACME/TEA")
    with floor.begin() as tx:
        house.order(tx, "9", [("TEA", 40)])
        tx.execute(update(Order).where(Order.number == "9").values(state="waiting"))
    assert said in told(floor, "order", "ACME/9")


def test_what_is_held_is_not_told_as_for_sale(floor: Transactions) -> None:
    hold(floor, "recall", "ACME", "TEA", "L1")
    held = "4 × ON HOLD, 0 of them promised to orders. Lot L1 2026-05-01"
    assert held in told(floor, "sku", "ACME/TEA")
    table = of_table(floor, "stock")
    rows = {row[0].shown: dict(zip(table.heads, row, strict=True)) for row in table.rows}
    assert (rows["TEA"]["available"], rows["TEA"]["hold"], rows["TEA"]["in_all"]) == (12, 4, 16)
    with floor.begin() as tx:
        seen = dict(looking.sku(tx, SITE, "ACME/TEA").facts)
    assert (seen["fact.good_in_all"], seen["fact.not_for_sale"]) == ("12", "4")


def test_an_order_that_left_late_tells_so_and_its_lines(floor: Transactions) -> None:
    with floor.begin() as tx:
        mine = (Order.merchant == "ACME", Order.number == "1003")
        tx.execute(
            update(Order)
            .where(*mine)
            .values(state="shipped", shipped_at=LATER, closed_at=LATER, due_at=NOW)
        )
        tx.execute(
            update(OrderLine)
            .where(OrderLine.merchant == "ACME", OrderLine.order == "1003")
            .values(picked=OrderLine.ordered, packed=OrderLine.ordered)
        )
    said = told(floor, "order", "ACME/1003")
    assert "It left, late." in said
    assert any("were sent" in line for line in said)
    days = of_table(floor, "days")
    row = dict(zip(days.heads, days.rows[0], strict=True))
    assert (row["orders"], row["in_time"]) == (1, 0)


def test_a_return_tells_what_was_found_and_what_the_shop_hears(floor: Transactions) -> None:
    judged = {
        "site": SITE, "id": "X:1/1", "number": "R-7", "merchant": "ACME", "sku": "MUG",
        "pieces": 2, "grade": 2, "reason": "scratched", "disposition_rule": "restock",
        "disposition": "restock", "worker": "W1", "at": LATER, "outcome": "extra",
    }  # fmt: skip
    with floor.begin() as tx:
        back = {"custody": "disposed", "order": "1001", "disposed_at": LATER}
        tx.execute(insert(Return).values(site=SITE, merchant="ACME", number="R-7", **back))
        tx.execute(insert(Inspection).values(**judged))
        line = {"number": "R-7", "line_no": 1, "merchant": "ACME", "sku": "CAP", "advised": 3}
        tx.execute(insert(ReturnLine).values(site=SITE, **line))
    said = told(floor, "return", "R-7")
    assert "2 × MUG: Like new, Restock. scratched" in said
    assert not any("W1" in line or "Ana" in line for line in said)
    found = {(row[1], row[3], row[4]) for row in of_table(floor, "discrepancies").rows}
    assert (Word("service.return_extra"), "MUG", 2) in found
    assert (Word("service.return_missing"), "CAP", -3) in found


def test_what_came_back_with_somebody_else_does_not_name_their_return(floor: Transactions) -> None:
    judged = {
        "site": SITE, "id": "X:1/1", "number": "R-8", "merchant": "ACME", "sku": "MUG",
        "pieces": 1, "grade": 1, "disposition_rule": "restock", "disposition": "restock",
        "worker": "W1", "at": LATER, "outcome": "other_merchant",
    }  # fmt: skip
    with floor.begin() as tx:
        tx.execute(insert(Return).values(site=SITE, merchant="BOLT", number="R-8"))
        tx.execute(insert(Inspection).values(**judged))
    (found,) = of_table(floor, "discrepancies").rows
    assert found[1:5] == (Word("service.return_other_merchant"), "", "MUG", 1)


def test_a_delivery_tells_what_did_not_fit(floor: Transactions) -> None:
    with floor.begin() as tx:
        at = {"site": SITE, "merchant": "ACME"}
        tx.execute(insert(Delivery).values(**at, number="D-8", state="closed", closed_at=LATER))
        counts = {"expected": 10, "received": 7, "damaged": 1, "short": 2, "reason": "wet"}
        line = {**at, "delivery": "D-8", "line_no": 1, "sku": "CAP", **counts}
        tx.execute(insert(DeliveryLine).values(**line))
    said = told(floor, "delivery", "D-8")
    assert "CAP: good 7 of 10." in said
    assert "CAP: damaged 1. wet" in said
    assert "CAP: did not come 2." in said
    found = {(row[1], *row[4:]) for row in of_table(floor, "discrepancies").rows}
    assert (Word("service.delivery_short"), -2, "") in found
    assert (Word("service.delivery_damaged"), 1, Word("damage.wet")) in found


def test_a_correction_is_told_and_a_change_of_condition_is_not(floor: Transactions) -> None:
    def corrected(operation: str, *moves: tuple[str, str, str, int]) -> None:
        with floor.begin() as tx:
            row = {"site": SITE, "worker": "W1", "at": LATER}
            facts = '{"reason": "count"}'
            done = {"id": operation, "kind": "X", "command": "{}", "facts": facts, "seat": "S"}
            tx.execute(insert(Operation).values(**row, **done))
            for number, (source, target, condition, pieces) in enumerate(moves):
                goods = {"merchant": "ACME", "sku": "MUG", "lot": "", "expiry": "", "serial": ""}
                way = {"source": source, "target": target, "condition": condition}
                what = {"operation": operation, "row": number, "pieces": pieces}
                tx.execute(insert(Move).values(**row, **goods, **way, **what))

    corrected("C:1", ("A-01", "@correction", "available", 3))
    corrected("C:2", ("A-01", "@correction", "available", 5), ("@correction", "A-01", "hold", 5))
    rows = of_table(floor, "discrepancies").rows
    assert [(row[1], row[3], row[4], row[5]) for row in rows] == [
        (
            Word("service.corrected"),
            Lead("sku", "ACME/MUG", "MUG"),
            -3,
            Word("correcting.reason.count"),
        )
    ]


def test_a_correction_that_was_taken_back_is_none(floor: Transactions) -> None:
    with floor.begin() as tx:
        for number, (undoes, way) in enumerate(((None, -1), ("C:0", 1), ("OLD:1", 1))):
            row = {"site": SITE, "worker": "W1", "at": LATER}
            kind = "Undo" if undoes else "CorrectStock"
            done = {"id": f"C:{number}", "kind": kind, "command": "{}", "seat": "S"}
            tx.execute(insert(Operation).values(**row, **done, undoes=undoes))
            ends = ("A-01", "@correction")[::-way]
            goods = {"merchant": "ACME", "sku": "MUG", "lot": "", "expiry": "", "serial": ""}
            what = {"operation": f"C:{number}", "row": 0, "pieces": 3, "condition": "available"}
            moved = dict(zip(("source", "target"), ends, strict=True))
            tx.execute(insert(Move).values(**row, **goods, **what, **moved))
    assert [row[4] for row in of_table(floor, "discrepancies").rows] == [3]  # told of it before


def test_stock_is_counted_by_condition_with_what_is_promised(floor: Transactions) -> None:
    stock = of_table(floor, "stock")
    rows = {row[0].shown: dict(zip(stock.heads, row, strict=True)) for row in stock.rows}
    with floor.begin() as tx:
        held = tx.query(Stock).filter(Stock.sku == "MUG", Stock.pieces > 0).all()
    assert rows["MUG"]["in_all"] == sum(row.pieces for row in held if row.place[0] != "@")
    assert rows["MUG"]["promised"] == sum(row.reserved for row in held)


SECRET = "SECRET-OF-BOLT"


@pytest.fixture
def rival(floor: Transactions) -> Transactions:
    """Another merchant has the same numbers and codes, and a secret in each text."""
    at = {"site": SITE, "merchant": "BOLT"}
    with floor.begin() as tx:
        tx.execute(insert(Sku).values(**at, code="MUG", name=SECRET))
        tx.execute(insert(Barcode).values(**at, code="MUG-1", sku="MUG"))
        for number in ("1001", SECRET):
            order = {"number": number, "state": "hold", "hold_reason": SECRET, "due_at": LATER}
            tx.execute(insert(Order).values(**at, **order))
            tx.execute(
                insert(OrderLine).values(**at, order=number, line_no=1, sku="MUG", ordered=9)
            )
        came = {"number": SECRET, "state": "closed", "closed_at": LATER}
        tx.execute(insert(Delivery).values(**at, **came))
        line = {"delivery": SECRET, "line_no": 1, "sku": "MUG", "expected": 5, "short": 5}
        tx.execute(insert(DeliveryLine).values(**at, **line, reason=SECRET))
        tx.execute(insert(Return).values(**at, number=SECRET, reason=SECRET, order="1001"))
        held = {"place": "A-01", "lot": SECRET, "expiry": "", "serial": "", "arrived_at": NOW}
        tx.execute(insert(Stock).values(**at, sku="MUG", condition="available", pieces=8, **held))
    return floor


@pytest.mark.parametrize("name", TABLES)
def test_no_table_tells_of_another_merchant(rival: Transactions, name: str) -> None:
    with rival.begin() as tx:
        other = TABLES[name](tx, Asked(SITE, "BOLT", ASKED.since, ASKED.zone))
    assert name in ("days", "closed") or SECRET in repr(other)
    assert SECRET not in repr(of_table(rival, name))
    assert "BOLT" not in repr(of_table(rival, name))


def test_pieces_of_others_in_a_delivery_are_not_counted_for_its_merchant(
    rival: Transactions,
) -> None:
    with rival.begin() as tx:
        tx.execute(
            insert(Delivery).values(site=SITE, number="D-9", merchant="ACME", state="announced")
        )
        for number, merchant, pieces in ((1, "ACME", 2), (2, "BOLT", 7)):
            line = {"delivery": "D-9", "line_no": number, "sku": "MUG", "received": pieces}
            tx.execute(insert(DeliveryLine).values(site=SITE, merchant=merchant, **line))
    found = of_table(rival, "deliveries")
    (row,) = (one for one in found.rows if one[0] == Lead("delivery", "D-9"))
    assert row[found.heads.index("received")] == 2


@pytest.mark.parametrize("code", ["1001", "BOLT/1001", "MUG-1", SECRET, "A-01", "BIN-A-01", "W1"])
def test_no_search_finds_what_is_another_merchants(rival: Transactions, code: str) -> None:
    with rival.begin() as tx:
        found = find(tx, SITE, "ACME", code)
    assert "BOLT" not in repr(found.rows)
    assert SECRET not in repr(found.rows)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("order", f"BOLT/{SECRET}"),
        ("order", SECRET),
        ("order", f"ACME/{SECRET}"),
        ("delivery", SECRET),
        ("return", SECRET),
        ("sku", "BOLT/MUG"),
    ],
)
def test_no_page_is_opened_of_another_merchants(rival: Transactions, kind: str, name: str) -> None:
    with rival.begin() as tx:
        assert page(tx, SITE, "ACME", kind, name).rows == ()


def test_codes_that_mean_things_of_two_merchants_mean_ones_own(rival: Transactions) -> None:
    with rival.begin() as tx:
        assert sentences(find(tx, SITE, "ACME", "1001"))[0] == "Order 1001: Being picked."
        assert sentences(find(tx, SITE, "BOLT", "1001"))[0] == "Order 1001: On hold."
        assert SECRET not in repr(find(tx, SITE, "ACME", "MUG-1"))
        assert SECRET in repr(find(tx, SITE, "BOLT", "MUG-1"))


def test_the_code_of_a_tote_tells_of_its_order(floor: Transactions) -> None:
    with floor.begin() as tx:
        assert sentences(find(tx, SITE, "ACME", "T-1"))[0].startswith("Order 1001")
        assert find(tx, SITE, "BOLT", "T-1").rows == ()


def test_what_others_had_shipped_did_not_leave_here(floor: Transactions) -> None:
    order = update(Order).where(Order.number == "1002")
    with floor.begin() as tx:
        tx.execute(order.values(state="shipped", shipped_at=NOW))
    assert of_table(floor, "days").rows == ()
    with floor.begin() as tx:
        tx.execute(order.values(closed_at=NOW))
    assert len(of_table(floor, "days").rows) == 1


def test_a_number_that_many_merchants_give_is_found_for_each(floor: Transactions) -> None:
    with floor.begin() as tx:
        for number in range(finders.PAPERS_MAX + 1):
            merchant = f"AA{number:02}"
            tx.execute(insert(Merchant).values(site=SITE, code=merchant, name=merchant))
            named = {"merchant": merchant, "number": "1001", "due_at": NOW}
            tx.execute(insert(Order).values(site=SITE, state="released", **named))
        assert sentences(find(tx, SITE, "ACME", "1001"))[0] == "Order 1001: Being picked."
        assert find(tx, SITE, "BOLT", "1001").rows == ()
