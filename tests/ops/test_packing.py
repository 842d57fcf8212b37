"""Packing against a real database: what a parcel writes, and what stops it."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import event, func, insert, select, update
from warehouses import packing as warehouse

from floorhand.domain.packing import LEFT_SHOWN_MAX
from floorhand.domain.things import CORRECTION, CUSTOMER
from floorhand.errors import BadSetting
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.check import violations
from floorhand.store.db import engine_of
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Barcode,
    Checked,
    Move,
    Operation,
    Order,
    OrderLine,
    Outbox,
    Parcel,
    Place,
    PrintJob,
    Seat,
    Sku,
    Stock,
    Task,
    Trouble,
)
from floorhand.text.catalog import catalog

HAT, MUG, MILK = "09506000134352", "09506000134376", "09506000134369"


@pytest.fixture
def floor(transactions):
    warehouse.build(transactions)
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def scan(transactions, *scans: str, seat: str = "H1", station: str = warehouse.STATION) -> Turn:
    turn = take_seat(transactions, SITE, seat, now=NOW, station=station)
    for scanned in scans:
        number = turn.scan_no + 1
        now = NOW + timedelta(seconds=number)
        turn = take_turn(transactions, SITE, seat, number, scanned, now)
    return turn


def ana(transactions, *scans: str) -> Turn:
    return scan(transactions, "BADGE-ANA", "1", *scans)


def bob(transactions, *scans: str) -> Turn:
    return scan(transactions, "BADGE-BOB", "1", *scans, seat="H2")


def said(turn: Turn) -> str:
    assert turn.said is not None
    return catalog("en").say(turn.said.text, turn.said.facts)


def rows(transactions, *columns, **where):
    with transactions.begin() as tx:
        table = columns[0].class_
        same = [getattr(table, name) == value for name, value in where.items()]
        return tx.execute(select(*columns).where(table.site == SITE, *same)).all()


def one(transactions, column, **where):
    ((value,),) = rows(transactions, column, **where)
    return value


def cancel(transactions, number: str) -> None:
    with transactions.begin() as tx:
        tx.execute(
            update(Order)
            .where(Order.merchant == "ACME", Order.number == number)
            .values(state="cancelled")
        )


def test_the_last_piece_ships_the_order_with_everything_that_belongs_to_it(floor) -> None:
    turn = ana(floor, "T-1", HAT, MUG, "3")
    sscc = turn.said.facts["carton"]
    assert (turn.said.text, turn.prompt.ask) == ("packing.shipped", "packing.scan_tote")
    assert rows(floor, Order.state, Order.shipped_at, merchant="ACME", number="1001") == [
        ("shipped", NOW + timedelta(seconds=6))
    ]
    lines = rows(floor, OrderLine.packed, OrderLine.short, merchant="ACME", order="1001")
    assert lines == [(1, 0), (3, 0)]
    assert rows(floor, Parcel.order, Parcel.box_type, Parcel.state, Parcel.weight_g) == [
        ("1001", "L", "closed", 180 + 3 * 350 + 560)
    ]
    assert rows(floor, Place.state, Place.parent, Place.kind, code=sscc) == [
        ("shipped", None, "carton")
    ]
    assert rows(floor, Place.order_no, Place.parent, code="T-1") == [(None, warehouse.BENCH)]
    assert sum(n for (n,) in rows(floor, Stock.pieces, place=CUSTOMER)) == 4
    assert rows(floor, Checked.pieces) == []
    assert rows(floor, Task.state, kind="pack") == [("done",)]


def test_the_label_holds_what_a_shipping_label_must(floor) -> None:
    turn = ana(floor, "T-9", MUG, "2")
    sscc = turn.said.facts["carton"]
    ((template, subject, data, state),) = rows(
        floor, PrintJob.template, PrintJob.subject, PrintJob.data, PrintJob.state
    )
    assert (template, subject, state) == ("shipping", sscc, "waiting")
    assert json.loads(data) == {
        "ship_to": ["Ada Byron", "12 St James Sq", "SW1Y London"],
        "sender": [],
        "order": "1006",
        "merchant": "Acme Trading",
        "sscc": sscc,
        "carrier": "Northway",
        "service": "",
        "parcel": 1,
        "parcels": 1,
        "box": "S",
        "weight_kg": "0.79",
    }


def test_the_buyer_is_never_shown_at_the_bench(floor) -> None:
    for turn in (ana(floor, "T-1"), scan(floor, HAT), scan(floor, "*LIST"), scan(floor, "*HELP")):
        assert "Ada" not in str(turn)
        assert "London" not in str(turn)


def test_the_shop_is_told_in_its_own_ids(floor) -> None:
    turn = ana(floor, "T-1", "*SHORT", "2", "1", "1", HAT, MUG, "2")
    ((platform, subject, body),) = rows(floor, Outbox.platform, Outbox.subject, Outbox.body)
    told = json.loads(body)
    assert (platform, subject) == ("shopify", "ACME/1001")
    assert (told["order_id"], told["partial"]) == ("gid-ACME-1001", True)
    assert told["parcels"][0]["sscc"] == turn.said.facts["carton"]
    assert [line["line_item_ids"] for line in told["lines"]] == [
        ["1001-1-0"],
        ["1001-2-0", "1001-2-1"],
    ]
    assert [line["shipped"] for line in told["lines"]] == [1, 2]


def test_an_order_without_address_is_labelled_and_reported(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Order).values(ship_to="{}"))
    ana(floor, "T-9", MUG, "2")
    assert json.loads(one(floor, PrintJob.data))["ship_to"] == ["—"]
    assert one(floor, Trouble.kind) == "no_address"


def test_figures_of_packing_are_noted_where_the_parcel_is_closed(floor) -> None:
    ana(floor, "T-1", HAT, MUG, "3")
    closed = json.loads(one(floor, Operation.facts, kind="CloseParcel"))
    assert closed == {
        "job": "packing",
        "merchant": "ACME",
        "order": "1001",
        "pieces": 4,
        "lines": 2,
        "parcels": 1,
        "orders": 1,
        "ordered_pieces": 4,
        "shipped_pieces": 4,
        "on_time": 1,
    }
    checks = [json.loads(facts) for (facts,) in rows(floor, Operation.facts, kind="CheckPieces")]
    assert sum(facts["verified"] for facts in checks) == 4
    assert all("pieces" not in facts for facts in checks)


def test_a_single_piece_claims_its_most_urgent_order_and_ships_it_in_one_scan(floor) -> None:
    assert ana(floor, HAT).said.facts["order"] == "1004"
    assert scan(floor, HAT).said.facts["order"] == "1003"
    assert scan(floor, HAT).said.text == "refusal.no_single_order"


def test_a_single_piece_order_at_another_bench_is_not_claimed(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "T-5").values(parent="BENCH-2"))
    assert ana(floor, HAT).said.facts["order"] == "1003"


def test_a_single_piece_waits_while_its_instruction_is_read(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Order).where(Order.number == "1004").values(instruction="Gift."))
    turn = ana(floor, HAT)
    assert ("packing.instruction", "Gift.") in turn.prompt.facts
    assert scan(floor, "*DONE").said.text == "packing.shipped_one"


def test_two_benches_never_get_the_same_single_piece_order(floor) -> None:
    ana(floor)
    bob(floor)
    turns: list[Turn] = []

    def pack(seat: str) -> None:
        turns.append(scan(floor, HAT, seat=seat))

    benches = [threading.Thread(target=pack, args=(seat,)) for seat in ("H1", "H2")]
    for bench in benches:
        bench.start()
    for bench in benches:
        bench.join()
    assert sorted(turn.said.facts["order"] for turn in turns) == ["1003", "1004"]


def test_an_order_held_by_another_names_them_and_is_taken_over_by_the_same_scan(floor) -> None:
    ana(floor, "T-1", HAT)
    for code, again in (("T-1", "T-1"), ("ACME/1001", "1001")):
        turn = bob(floor, code) if code == "T-1" else scan(floor, code, seat="H2")
        assert said(turn) == (
            f"Ana has been packing order 1001 since 09:00. Scan {again} again to take it over."
        )
        assert (turn.said.tone, turn.prompt.place) == ("look", code)
    turn = scan(floor, "ACME/1001", seat="H2")
    assert (turn.said.text, turn.prompt.progress) == ("packing.opened", (1, 4))
    ((facts, worker),) = [
        (json.loads(told), who)
        for told, who in rows(floor, Operation.facts, Operation.worker, kind="OpenOrder")
    ]
    assert (worker, facts["taken_from"], facts["take_over"]) == ("W2", "W1", 1)
    assert said(scan(floor, MUG)).startswith("Bob has taken over order 1001 at 09:00.")
    assert scan(floor, MUG, "3", seat="H2").said.text == "packing.shipped"


def test_parked_work_that_was_taken_over_does_not_come_back(floor) -> None:
    ana(floor, "T-1", HAT, "*OUT")
    bob(floor, "T-1", "T-1")
    turn = scan(floor, "BADGE-ANA", "1")
    assert said(turn).startswith("Bob has taken over order 1001")
    assert turn.prompt.ask == "packing.scan_tote"
    assert one(floor, Task.worker, kind="pack") == "W2"


def test_another_tote_or_back_takes_nothing_over(floor) -> None:
    ana(floor, "T-1")
    assert bob(floor, "T-1", "*BACK", "T-1").prompt.ask == "packing.take_over"
    assert dict(scan(floor, "T-9", seat="H2").prompt.facts)["fact.order"] == "ACME/1006"
    assert rows(floor, Task.worker, kind="pack", place="T-1") == [("W1",)]


def test_an_order_put_aside_can_be_packed_by_another_from_the_start(floor) -> None:
    ana(floor, "T-1", HAT, "*BACK")
    assert rows(floor, Checked.pieces) == []
    assert bob(floor, "T-1").prompt.progress == (0, 4)
    assert scan(floor, HAT, MUG, "3", seat="H2").said.text == "packing.shipped"


def test_the_same_worker_goes_on_at_another_terminal(floor) -> None:
    ana(floor, "T-1", HAT)
    turn = scan(floor, "BADGE-ANA", "1", seat="H2")
    assert turn.prompt.progress == (1, 4)
    assert scan(floor, MUG, "3", seat="H2").said.text == "packing.shipped"


def test_work_that_went_on_without_the_worker_lets_go_at_the_next_scan(floor) -> None:
    ana(floor, "T-1", HAT)
    with floor.begin() as tx:
        tx.execute(update(Order).where(Order.number == "1001").values(state="picked"))
        tx.execute(update(Task).where(Task.kind == "pack").values(state="cancelled"))
    turn = scan(floor, MUG)
    assert (turn.said.text, turn.prompt.ask) == ("packing.gone", "packing.scan_tote")


def test_all_totes_of_an_order_must_be_at_the_bench(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "T-3").values(parent="CART-1"))
    assert said(ana(floor, "ACME/1002")) == (
        "Order 1002 also needs T-3 (CART-1). "
        "Bring them to your bench, scan the bench, then each tote."
    )
    turn = scan(floor, "T-2")
    assert (turn.said.text, turn.said.tone) == ("packing.tote_here", "look")
    turn = scan(floor, "T-3")
    assert turn.prompt.ask == "packing.scan_piece"
    assert ("packing.totes", "T-2 T-3") in turn.prompt.facts
    assert one(floor, Place.parent, code="T-3") == warehouse.BENCH


def test_pieces_come_from_whichever_tote_holds_them(floor) -> None:
    turn = ana(floor, "T-3", "MUG-CASE", MUG, "14", MILK, "1", "2", MILK)
    assert turn.said.text == "packing.shipped"
    assert rows(floor, Place.order_no, code="T-2") == [(None,)]


@pytest.mark.parametrize("state", ["hold", "waiting", "released", "picking"])
def test_an_order_that_is_not_picked_cannot_be_opened(floor, state: str) -> None:
    with floor.begin() as tx:
        tx.execute(update(Order).where(Order.number == "1003").values(state=state))
    turn = ana(floor, "T-4")
    assert turn.said.text == "refusal.pack_not_picked"
    assert "packing.state." not in said(turn)


def test_a_shipped_order_says_so(floor) -> None:
    ana(floor, "T-9", MUG, "2")
    assert scan(floor, "ACME/1006").said.text == "refusal.pack_closed"


def test_parcels_of_one_order_leave_together(floor) -> None:
    turn = ana(floor, "T-1", HAT, "*FULL", "*DONE")
    first = turn.said.facts["carton"]
    assert rows(floor, Place.state, Place.parent, code=first) == [("closed", warehouse.BENCH)]
    assert one(floor, Order.state, number="1001", merchant="ACME") == "packing"
    turn = scan(floor, MUG, "3")
    assert turn.said.facts["carton"] != first
    assert one(floor, Place.state, code=first) == "shipped"
    labels = [json.loads(data) for (data,) in rows(floor, PrintJob.data)]
    assert [label["parcel"] for label in labels] == [1, 2]
    assert len(json.loads(one(floor, Outbox.body))["parcels"]) == 2


def test_the_box_the_worker_took_is_the_parcels(floor) -> None:
    turn = ana(floor, "T-9", "*LIST", "3", MUG, "2")
    assert turn.said.text == "packing.shipped"
    assert one(floor, Parcel.box_type) == "L"


def test_a_cancelled_order_is_put_back_whole_and_asked_for_once(floor) -> None:
    turn = ana(floor, "T-2", "MUG-CASE", "*FULL", "*DONE", MUG)
    (carton,) = (code for (code,) in rows(floor, Parcel.carton))
    cancel(floor, "1002")
    assert scan(floor, MILK).said.text == "packing.cancelled_boxes"
    assert scan(floor, "T-2").said.text == "refusal.pack_cancelled"
    assert sorted(rows(floor, Task.place, kind="putback")) == [(carton,), ("T-2",), ("T-3",)]
    assert one(floor, Parcel.state) == "cancelled"
    assert one(floor, PrintJob.state) == "voided"
    assert rows(floor, Checked.pieces) == []
    assert sum(n for (n,) in rows(floor, Stock.pieces, merchant="ACME", place="T-2")) == 2
    assert turn.prompt.ask == "packing.scan_piece"


@pytest.mark.parametrize("last", [MUG, "*FULL *DONE", "*LIST", "*BACK", "1"])
def test_a_cancelled_order_stops_at_every_step(floor, last: str) -> None:
    ana(floor, "T-1", MUG)
    cancel(floor, "1001")
    turn = scan(floor, *last.split())
    assert (turn.said.text, turn.prompt.ask) == ("packing.cancelled", "packing.scan_tote")
    assert rows(floor, Task.place, kind="putback") == [("T-1",)]
    assert rows(floor, PrintJob.id) == []


def test_missing_pieces_leave_through_correction_and_are_reported(floor) -> None:
    ana(floor, "T-1", "*SHORT", "2", "2", "1")
    moved = rows(floor, Move.sku, Move.pieces, target=CORRECTION)
    assert moved == [("MUG", 2)]
    lines = rows(floor, OrderLine.picked, OrderLine.short, OrderLine.short_reason, order="1001",
                 merchant="ACME", sku="MUG")  # fmt: skip
    assert lines == [(1, 2, "not_there")]
    ((kind, subject, facts),) = rows(floor, Trouble.kind, Trouble.subject, Trouble.facts)
    assert (kind, subject) == ("missing_at_bench", "ACME/1001")
    assert json.loads(facts) == {"sku": "MUG", "pieces": 2, "reason": "not_there"}
    noted = json.loads(one(floor, Operation.facts, kind="DeclareMissing"))
    assert (noted["missing"], noted["short"], noted["reason"]) == (2, 2, "not_there")


def test_a_damaged_piece_goes_to_the_bench_for_put_away(floor) -> None:
    ana(floor, "T-1", HAT, "*SHORT", "1", "2")
    held = rows(floor, Stock.sku, Stock.condition, Stock.pieces, place=warehouse.BENCH)
    assert held == [("MUG", "damaged", 1)]
    task = rows(floor, Task.place, Task.sku, Task.pieces, Task.reason, kind="putback")
    assert task == [(warehouse.BENCH, "MUG", 1, "damaged")]


def test_only_pieces_that_are_not_verified_can_be_missing(floor) -> None:
    turn = ana(floor, "T-1", HAT, MUG, "*SHORT", "3")
    assert said(turn) == "3 cannot be missing: 2 are left to verify. Count again."


def test_an_order_of_which_all_is_missing_is_closed_as_short(floor) -> None:
    assert ana(floor, "T-4", "*SHORT", "1").said.text == "packing.empty"
    assert one(floor, Order.state, number="1003") == "short"
    assert rows(floor, Place.order_no, code="T-4") == [(None,)]
    assert rows(floor, Parcel.carton) == []


def test_the_rest_missing_after_a_full_box_ships_that_box(floor) -> None:
    turn = ana(floor, "T-1", HAT, "*FULL", "*DONE", "*SHORT", "3", "1")
    assert said(turn) == "Order 1001 is done, short by 3. No further parcel."
    assert one(floor, Order.state, number="1001", merchant="ACME") == "shipped"


def test_a_merchant_who_ships_nothing_short_gets_the_order_held(floor) -> None:
    assert ana(floor, "T-7", "*SHORT", "1", "1").said.text == "packing.held"
    order = rows(floor, Order.state, Order.hold_reason, merchant="BOLT")
    assert order == [("hold", "missing_at_bench")]


def test_a_cancelled_line_comes_out_of_the_order_verified_pieces_too(floor) -> None:
    with floor.begin() as tx:
        tx.execute(insert(Sku).values(site=SITE, merchant="FERN", code="CUP", name="Cup"))
        tx.execute(insert(Barcode).values(site=SITE, merchant="FERN", code="CUP-1", sku="CUP"))
        warehouse.picked_order(
            tx, 50, "FERN/8", 1, (("TEA", 3), ("CUP", 1)), {"T-50": ("3 TEA", "1 CUP")}
        )
    turn = ana(floor, "T-50", "*DONE", "CUP-1", "TEA-1", "*SHORT", "1", "1")
    assert said(turn) == (
        "1 × TEA missing: the line is cancelled. Lay the other 2 beside the tote."
    )
    assert turn.prompt.ask == "packing.close_box"
    lines = rows(floor, OrderLine.picked, OrderLine.short, merchant="FERN", order="8", sku="TEA")
    assert lines == [(0, 3)]
    assert rows(floor, Stock.sku, Stock.pieces, place=warehouse.BENCH) == [("TEA", 2)]
    turn = scan(floor, "*DONE")
    assert turn.said.text == "packing.shipped_short"
    assert [n for (n,) in rows(floor, Stock.pieces, place=CUSTOMER)] == [1]


def test_damaged_pieces_need_a_bench_to_lie_on(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "T-1").values(parent="CART-1"))
    turn = scan(floor, "BADGE-ANA", "1", "T-1", "*SHORT", "1", "2", station="")
    assert turn.said.text == "refusal.no_bench"
    assert one(floor, OrderLine.short, merchant="ACME", order="1001", sku="HAT") == 0


def test_a_repeated_last_scan_prints_one_label(floor) -> None:
    turn = ana(floor, "T-9", MUG, "2")
    again = take_turn(floor, SITE, "H1", turn.scan_no, "2", NOW)
    assert again.said == turn.said
    assert len(rows(floor, PrintJob.id)) == 1


def test_the_same_product_on_two_lines_is_packed_line_by_line(floor) -> None:
    with floor.begin() as tx:
        warehouse.picked_order(
            tx,
            51,
            "ACME/1100",
            1,
            (("HAT", 1), ("MUG", 1), ("HAT", 2)),
            {"T-51": ("3 HAT", "1 MUG")},
        )
    ana(floor, "T-51", HAT, "2", "*FULL", "*DONE")
    packed = rows(floor, OrderLine.line_no, OrderLine.packed, order="1100")
    assert sorted(packed) == [(1, 1), (2, 0), (3, 1)]
    scan(floor, MUG, HAT)
    packed = rows(floor, OrderLine.line_no, OrderLine.packed, order="1100")
    assert sorted(packed) == [(1, 1), (2, 1), (3, 2)]


@pytest.mark.parametrize(
    "scanned",
    ["???", "[/b][red]", "\x1b[2J", "\x00", "A" * 10_000, "*NONSENSE", "99999", "\u202e", "*REDO"],
)
@pytest.mark.parametrize(
    "before",
    [
        (),
        ("T-8",),
        ("T-1",),
        ("T-1", MUG),
        ("T-2", MILK),
        ("T-6", "PHONE-5"),
        ("T-1", "*LIST"),
        ("T-1", "*SHORT"),
        ("T-1", "*SHORT", "2"),
        ("T-1", "*SHORT", "1"),
    ],
)
def test_bad_scans_are_refused_and_change_nothing(floor, before, scanned: str) -> None:
    asked = ana(floor, *before).prompt
    with floor.begin() as tx:
        operations = tx.scalar(select(func.count()).select_from(Operation))
    turn = scan(floor, scanned)
    assert turn.said.tone == "refused"
    assert turn.prompt == asked
    assert said(turn)
    with floor.begin() as tx:
        assert tx.scalar(select(func.count()).select_from(Operation)) == operations


def statements(transactions, *scans: str) -> int:
    """How many statements the scans take."""
    counted: list[str] = []

    def count(_connection, _cursor, statement, *_rest) -> None:
        counted.append(statement)

    event.listen(engine_of(transactions), "before_cursor_execute", count)
    scan(transactions, *scans)
    event.remove(engine_of(transactions), "before_cursor_execute", count)
    return len(counted)


def test_a_scan_costs_the_same_in_an_order_of_a_thousand_lines(floor) -> None:
    with floor.begin() as tx:
        skus = [f"P{n:04}" for n in range(1_000)]
        tx.execute(
            insert(Sku),
            [{"site": SITE, "merchant": "ACME", "code": sku, "name": "Thing"} for sku in skus],
        )
        tx.execute(
            insert(Barcode),
            [{"site": SITE, "merchant": "ACME", "code": f"B-{sku}", "sku": sku} for sku in skus],
        )
        lines = tuple((sku, 1) for sku in skus)
        goods = {"T-60": tuple(f"1 {sku}" for sku in skus)}
        warehouse.picked_order(tx, 60, "ACME/BIG", 1, lines, goods)
    ana(floor, "T-1")
    small = statements(floor, HAT)
    scan(floor, "*BACK", "T-60")
    assert statements(floor, "B-P0500") == small
    prompt = scan(floor).prompt
    assert prompt.progress == (1, 1_000)
    assert len(prompt.goods) == LEFT_SHOWN_MAX
    assert len(one(floor, Seat.state)) < 2_000


def test_a_number_of_two_merchants_is_asked_about_not_guessed(floor) -> None:
    turn = ana(floor, "1001")
    assert turn.prompt.ask == "which.paper"
    assert [choice.label for choice in turn.prompt.choices] == ["ACME 1001", "BOLT 1001"]
    turn = scan(floor, "2")
    assert dict(turn.prompt.facts)["fact.order"] == "BOLT/1001"
    turn = scan(floor, "*BACK", "1001", "*BACK")
    assert (turn.said, turn.prompt.ask) == (None, "packing.scan_tote")


def test_the_menu_asks_whose_order_it_is_too(floor) -> None:
    turn = scan(floor, "BADGE-ANA", "1001")
    assert turn.prompt.ask == "which.paper"
    assert dict(scan(floor, "2").prompt.facts)["fact.order"] == "BOLT/1001"


def at_dock(transactions, tote: str) -> None:
    with transactions.begin() as tx:
        new_place(tx, SITE, code="DOCK-1", kind="dock")
        tx.execute(update(Place).where(Place.code == tote).values(parent="DOCK-1"))


def test_totes_apart_come_together_at_the_bench_of_one_of_them(floor) -> None:
    at_dock(floor, "T-2")
    turn = scan(floor, "BADGE-ANA", "1", "T-3", station="")
    assert said(turn).startswith("T-3 stands here now. Order 1002 also needs T-2 (DOCK-1)")
    assert scan(floor, "T-2", station="").said.text == "packing.opened"
    assert one(floor, Place.parent, code="T-2") == warehouse.BENCH


def test_a_scanned_bench_is_where_the_terminal_stands_from_now_on(floor) -> None:
    at_dock(floor, "T-2")
    turn = scan(floor, "BADGE-ANA", "1", "BENCH-2", "T-2", station="")
    assert said(turn).startswith("T-2 stands here now. Order 1002 also needs T-3 (BENCH-1)")
    assert scan(floor, "T-3", station="").said.text == "packing.opened"
    assert rows(floor, Seat.station, code="H1") == [("BENCH-2",)]
    scan(floor, "*BACK", "STATION-1", station="")
    assert rows(floor, Seat.station, code="H1") == [(warehouse.STATION,)]


def test_a_terminal_stands_at_a_station_that_exists_or_at_a_bench(floor) -> None:
    with pytest.raises(BadSetting, match=r"PAKC at MAIN\. Known: PACK-1, BENCH-1"):
        take_seat(floor, SITE, "H9", now=NOW, station="PAKC")
    for named, code in (("BENCH-1", "PACK-1"), ("bench-2", "BENCH-2"), ("PACK-1", "PACK-1")):
        take_seat(floor, SITE, "H9", now=NOW, station=named)
        assert one(floor, Seat.station, code="H9") == code


def test_a_typed_number_is_the_total_of_what_was_scanned_last(floor) -> None:
    turn = ana(floor, "T-1", MUG, "2")
    assert (said(turn), turn.prompt.count, turn.prompt.wants.number_hint) == (
        "2 of 3 × MUG.",
        "2/3",
        3,
    )
    assert rows(floor, Checked.sku, Checked.pieces) == [("MUG", 2)]
    assert said(scan(floor, "4")) == "4 cannot be right here: at most 3. Count again."
    turn = scan(floor, "1")
    assert (said(turn), turn.prompt.progress) == ("1 of 3 × MUG.", (1, 4))
    assert scan(floor, "0", HAT, "*BACK").prompt.ask == "packing.scan_tote"
    assert scan(floor, "T-1", MUG, "3", HAT).said.text == "packing.shipped"


def test_a_total_counts_all_totes_of_the_order(floor) -> None:
    with floor.begin() as tx:
        totes = {"T-50": ("1 MUG",), "T-51": ("2 MUG",)}
        warehouse.picked_order(tx, 20, "ACME/1200", 9, (("MUG", 3), ("HAT", 1)), totes)
        tx.execute(update(OrderLine).where(OrderLine.sku == "HAT", OrderLine.order == "1200")
                   .values(picked=0, short=1, short_reason="not_found"))  # fmt: skip
    ana(floor, "T-50", MUG, "2", "1")
    assert rows(floor, Checked.pieces) == [(1,)]


def test_a_full_box_is_closed_only_when_that_is_confirmed(floor) -> None:
    turn = ana(floor, "T-1", HAT, "*FULL")
    asked = catalog("en").say(turn.prompt.ask, dict(turn.prompt.ask_facts))
    assert asked == "Close the box with 1 of 4 pieces?"
    assert scan(floor, "*BACK").prompt.ask == "packing.scan_piece"
    assert scan(floor, "*FULL", MUG).prompt.progress == (2, 4)
    assert rows(floor, Parcel.carton) == []
    assert scan(floor, "*FULL", "*DONE").said.text == "packing.parcel_closed"
