"""What return inspection writes: stock, lines, tasks, verdicts, and nothing before a decision."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest
from conftest import NOW, SITE
from sqlalchemy import event, func, insert, select, update
from warehouses import returns as warehouse
from warehouses.returns import CAP, MILK, MUG, PHONE

from floorhand.domain.days import day
from floorhand.domain.rules import MerchantRules
from floorhand.domain.things import CUSTOMER, SCRAP
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.robots import sight
from floorhand.store import origins
from floorhand.store.check import violations
from floorhand.store.db import engine_of
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Inspection,
    Merchant,
    Operation,
    Order,
    Outbox,
    Place,
    PrintJob,
    Return,
    ReturnLine,
    SiteRow,
    Stock,
    Task,
    Trouble,
    Worker,
)
from floorhand.store.summaries import left_over

STATEMENTS_MAX = 40
"""A scan that needs more would be felt on a slow disk."""


@pytest.fixture
def floor(transactions):
    warehouse.build(transactions)
    return transactions


def scan(transactions, *scans: str, seat: str = "H1") -> Turn:
    turn = take_seat(transactions, SITE, seat, now=NOW)
    for scanned in scans:
        number = turn.scan_no + 1
        now = NOW + timedelta(seconds=number)
        turn = take_turn(transactions, SITE, seat, number, scanned, now)
    return turn


def begin(transactions, *scans: str, badge: str = "BADGE-ANA", seat: str = "H1") -> Turn:
    return scan(transactions, badge, "1", *scans, seat=seat)


def stock(transactions, place: str) -> dict[tuple[str, str], int]:
    with transactions.begin() as tx:
        rows = tx.execute(
            select(Stock.sku, Stock.condition, func.sum(Stock.pieces))
            .where(Stock.site == SITE, Stock.place == place, Stock.pieces != 0)
            .group_by(Stock.sku, Stock.condition)
        )
        return {(sku, condition): int(pieces) for sku, condition, pieces in rows}


def one(transactions, question):
    with transactions.begin() as tx:
        return tx.execute(question).one()


def line(transactions, number: str, sku: str):
    return tuple(
        one(
            transactions,
            select(
                func.sum(ReturnLine.advised),
                func.sum(ReturnLine.received),
                func.sum(ReturnLine.restocked),
                func.sum(ReturnLine.scrapped),
                func.sum(ReturnLine.held),
            ).where(ReturnLine.number == number, ReturnLine.sku == sku),
        )
    )


def is_sound(transactions) -> None:
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def test_pieces_are_never_available_before_their_disposition(floor) -> None:
    begin(floor, "TRK-1", MUG, "2")
    assert stock(floor, "RETURNS") == {("MUG", "return_pending"): 2}
    scan(floor, "1")
    assert stock(floor, "RETURNS") == {("MUG", "return_pending"): 2}
    scan(floor, "*DONE")
    assert stock(floor, "RETURNS") == {("MUG", "available"): 2}
    assert line(floor, "RMA-1", "MUG") == (2, 2, 2, 0, 0)
    is_sound(floor)


def test_restocking_makes_one_put_away_task_for_what_lies_together(floor) -> None:
    begin(floor, "TRK-1", MUG, "1", "1", "*DONE", MUG, "1", "*DONE")
    tasks = select(Task.place, Task.merchant, Task.sku, Task.pieces, Task.state).where(
        Task.kind == "putaway"
    )
    assert tuple(one(floor, tasks)) == ("RETURNS", "ACME", "MUG", 2, "open")


def test_a_tote_gets_pieces_and_a_task_of_its_own(floor) -> None:
    begin(floor, "TRK-1", "TOTE-1", MUG, "2", "1", "*DONE", CAP, "1", "*DONE")
    assert stock(floor, "T-1") == {("MUG", "available"): 2, ("CAP", "available"): 1}
    assert stock(floor, "RETURNS") == {}
    tasks = select(Task.place, Task.sku, Task.pieces).where(Task.kind == "putaway")
    assert tuple(one(floor, tasks)) == ("T-1", "", 3)
    is_sound(floor)


@pytest.mark.parametrize(
    ("choice", "condition", "column"),
    [
        ("open_box", "hold", 4),
        ("repack", "hold", 4),
        ("refurbish", "hold", 4),
        ("back_to_merchant", "damaged", 4),
        ("liquidate", "hold", 4),
        ("quarantine", "hold", 4),
    ],
)
def test_each_disposition_leaves_the_pieces_in_its_condition(
    floor, choice, condition, column
) -> None:
    turn = begin(floor, "TRK-1", CAP, "1", "*LIST")
    number = [entry.code for entry in turn.prompt.choices].index(choice) + 1
    scan(floor, str(number))
    assert stock(floor, "RETURNS") == {("CAP", condition): 1}
    assert line(floor, "RMA-1", "CAP")[column] == 1
    kept = select(Inspection.disposition_rule, Inspection.disposition, Inspection.grade)
    assert tuple(one(floor, kept)) == ("restock", choice, 1)
    assert one(floor, select(Task.reason, Task.sku)) == (choice, "CAP")
    is_sound(floor)


def test_destroyed_pieces_go_to_scrap_with_a_witness(floor) -> None:
    begin(floor, "TRK-1", CAP, "5", "8", "*DONE")
    assert scan(floor, "BADGE-ANA").said.text == "refusal.return_same_badge"
    assert stock(floor, "RETURNS") == {("CAP", "return_pending"): 1}
    scan(floor, "BADGE-BEN")
    assert stock(floor, "RETURNS") == {}
    assert stock(floor, SCRAP) == {("CAP", "return_pending"): 1}
    assert line(floor, "RMA-1", "CAP") == (1, 1, 0, 1, 0)
    command = json.loads(
        one(floor, select(Operation.command).where(Operation.kind == "Dispose"))[0]
    )
    assert command["second"] == "W2"
    is_sound(floor)


def test_the_merchants_own_table_is_asked(floor) -> None:
    rules = MerchantRules(dispositions=("liquidate",) * 5).to_json()
    with floor.begin() as tx:
        tx.execute(update(Merchant).where(Merchant.code == "ACME").values(rules=rules))
    begin(floor, "TRK-1", CAP, "1", "*DONE")
    assert stock(floor, "RETURNS") == {("CAP", "hold"): 1}


def test_a_typed_total_below_the_scans_sends_the_rest_back(floor) -> None:
    begin(floor, "TRK-4", MUG, MUG, "1")
    assert stock(floor, "RETURNS") == {("MUG", "return_pending"): 1}
    assert line(floor, "RMA-4", "MUG") == (3, 1, 0, 0, 0)
    turn = scan(floor, "*LIST", "0")
    assert turn.said.text == "returns.taken_back"
    assert stock(floor, "RETURNS") == {}
    assert line(floor, "RMA-4", "MUG") == (3, 0, 0, 0, 0)
    is_sound(floor)


def test_a_line_that_only_a_mistake_called_for_goes_with_it(floor) -> None:
    begin(floor, "TRK-1", "NUT-1", "*LIST", "0")
    with floor.begin() as tx:
        assert tx.scalar(select(func.count()).where(ReturnLine.merchant == "BOLT")) == 0
        assert tx.scalar(select(func.count()).select_from(Inspection)) == 0
    is_sound(floor)


@pytest.mark.parametrize(
    ("scanned", "outcome"),
    [("NUT-1", "other_merchant"), (PHONE, "wrong_piece"), (CAP, "extra"), (MUG, "as_advised")],
)
def test_what_should_not_be_there_is_an_outcome(floor, scanned, outcome) -> None:
    with floor.begin() as tx:
        where = (ReturnLine.number == "RMA-1", ReturnLine.sku == "CAP")
        tx.execute(update(ReturnLine).where(*where).values(sku="BOWL"))
    begin(floor, "TRK-1", scanned, *(["*SKIP"] if scanned == PHONE else []))
    assert one(floor, select(Inspection.outcome))[0] == outcome


def test_more_than_was_bought_is_a_look_and_never_a_block(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(ReturnLine).where(ReturnLine.number == "RMA-4").values(advised=9))
        tx.execute(update(Order).where(Order.number == "1001").values(customer="C-9"))
    turn = begin(floor, "TRK-4", MUG, "3")
    assert turn.said.text == "returns.counted"
    turn = scan(floor, "*BACK", "1", "*LIST", "5")
    assert (turn.said.text, turn.said.tone) == ("returns.more_than_bought", "look")
    assert turn.said.facts["over"] == 2
    scan(floor, "1", "*DONE")
    assert stock(floor, "RETURNS") == {("MUG", "available"): 5}


def test_candidates_are_the_customers_own_orders_first_and_only_recent_ones(floor) -> None:
    with floor.begin() as tx:
        found = origins.candidates(tx, SITE, "ACME", "MUG", now=NOW, customer="C-1", pieces=3)
        assert [order.order for order in found] == ["1002", "1001"]
        found = origins.candidates(tx, SITE, "ACME", "MUG", now=NOW)
        assert [order.order for order in found] == ["1001", "1002"]
        early = NOW - timedelta(days=10)
        found = origins.candidates(tx, SITE, "ACME", "MUG", now=NOW, asked_at=early)
        assert [order.order for order in found] == ["1002"]
        assert origins.candidates(tx, SITE, "ACME", "BOWL", now=NOW) == ()


def test_a_piece_alone_finds_announced_returns_and_orders(floor) -> None:
    turn = begin(floor, MUG)
    codes = [choice.code for choice in turn.prompt.choices]
    assert codes == ["return:RMA-1", "return:RMA-4", "order:1001", "order:1002", "none"]
    turn = scan(floor, "3")
    assert turn.prompt.ask == "returns.grade"
    made = select(Return.merchant, Return.order, Return.kind, Return.customer, Return.custody)
    found = one(floor, made.where(Return.number == "R-000001"))
    assert tuple(found) == ("ACME", "1001", "customer", "C-1", "received")
    assert one(floor, select(PrintJob.template, PrintJob.subject)) == ("return", "R-000001")


def test_a_serial_alone_names_its_order(floor) -> None:
    turn = begin(floor, "SN-1")
    assert [choice.code for choice in turn.prompt.choices][:2] == ["order:1004", "return:RMA-3"]
    turn = scan(floor, "2")
    assert turn.said.text == "returns.counted"
    assert stock(floor, "RETURNS") == {("PHONE", "return_pending"): 1}


def test_a_serial_that_stands_in_the_house_cannot_come_back(floor) -> None:
    begin(floor, "RMA-3", PHONE, "SN-1", "1", "*DONE")
    assert stock(floor, "RETURNS") == {("PHONE", "available"): 1}
    turn = scan(floor, PHONE, "SN-1")
    assert turn.said.text == "refusal.return_serial_here"
    is_sound(floor)


def test_a_serial_of_another_order_is_a_wrong_piece(floor) -> None:
    begin(floor, "RMA-1", PHONE, "SN-1")
    assert one(floor, select(Inspection.outcome))[0] == "wrong_piece"


def test_what_expires_today_by_the_clock_on_the_wall_is_not_past(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(SiteRow).values(time_zone="Pacific/Pago_Pago"))  # still 1 March
    turn = begin(floor, "RMA-2", f"(01){MILK}(17)260301(10)L0")
    assert turn.said.text != "returns.not_restockable"
    scan(floor, "1", "1", "*DONE")
    assert stock(floor, "RETURNS") == {("MILK", "available"): 1}


def test_unknown_or_past_expiry_is_never_restocked(floor) -> None:
    turn = begin(floor, "RMA-2", MILK, "*SKIP", "*SKIP")
    assert turn.said.text == "returns.not_restockable"
    scan(floor, "1", "1", "*DONE")
    assert stock(floor, "RETURNS") == {("MILK", "hold"): 1}
    past = f"(01){MILK}(17)260101(10)L0"
    scan(floor, past, "1", "*DONE")
    assert stock(floor, "RETURNS") == {("MILK", "hold"): 1, ("MILK", "expired"): 1}
    troubles = select(func.count()).where(Trouble.kind == "return_quarantine")
    assert one(floor, troubles)[0] == 2
    is_sound(floor)


def test_a_closed_return_is_disposed_and_its_verdict_waits_in_the_outbox(floor) -> None:
    begin(floor, "TRK-1", MUG, "2", "1", "*DONE", CAP, "1", "*DONE", "1")
    custody = select(Return.custody, Return.money, Return.disposed_at.is_not(None))
    assert tuple(one(floor, custody.where(Return.number == "RMA-1"))) == (
        "disposed",
        "pending",
        True,
    )
    row = one(floor, select(Outbox.id, Outbox.body, Outbox.state, Outbox.kind))
    body = json.loads(row.body)
    assert (row.state, row.kind) == ("waiting", "return_verdict")
    assert body["idempotency_key"] == row.id
    assert (body["platform"], body["return_id"]) == ("tiktok", "P-RMA-1")
    assert body["decision"] == "APPROVE_RECEIVED_PACKAGE"
    turn = scan(floor, "RMA-1")
    assert turn.said.text == "refusal.return_closed"


def test_a_rejection_waits_for_comment_and_picture(floor) -> None:
    begin(floor, "TRK-1", MUG, "2", "4", "*REASON 5", "*DONE", CAP, "4", "4", "*DONE", "1")
    row = one(floor, select(Outbox.body, Outbox.state))
    assert (json.loads(row.body)["decision"], row.state) == (
        "REJECT_RECEIVED_PACKAGE",
        "incomplete",
    )
    scan(floor, "worn", "IMG_7.jpg")
    row = one(floor, select(Outbox.body, Outbox.state))
    body = json.loads(row.body)
    assert (body["comment"], body["evidence"], row.state) == (
        "worn",
        [{"file": "IMG_7.jpg"}],
        "waiting",
    )
    assert body["reject_reason"] == "damaged_buyer"


def test_rejecting_what_was_refunded_already_is_in_doubt(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Return).values(money="already_refunded"))
    begin(floor, "RMA-4", "*SHORT", "1")
    assert one(floor, select(Return.money).where(Return.number == "RMA-4"))[0] == "in_doubt"
    with floor.begin() as tx:
        listed = tx.execute(select(Trouble.kind, Trouble.subject).order_by(Trouble.kind)).all()
    assert [tuple(entry) for entry in listed] == [
        ("refunded_and_rejected", "RMA-4"),
        ("rejection_incomplete", "RMA-4"),
    ]


def test_an_empty_parcel_is_an_outcome_with_a_verdict(floor) -> None:
    turn = begin(floor, "TRK-1", "*SHORT", "1")
    assert turn.said.text == "returns.closed_missing"
    assert one(floor, select(Inspection.outcome, Inspection.pieces)) == ("empty", 0)
    assert json.loads(one(floor, select(Outbox.body))[0])["decision"] == "REJECT_RECEIVED_PACKAGE"
    assert line(floor, "RMA-1", "MUG") == (2, 0, 0, 0, 0)


def test_nothing_lies_on_the_bench_without_a_plate(floor) -> None:
    turn = begin(floor, "WHO-KNOWS", "*DONE", "Post", "Nobody")
    assert turn.said.facts == {"number": "R-000001", "place": "RET-UNK"}
    made = one(
        floor,
        select(Return.merchant, Return.kind, Return.place, Return.tracking, Return.plate).where(
            Return.number == "R-000001"
        ),
    )
    assert tuple(made)[:4] == (None, "unknown", "RET-UNK", "WHO-KNOWS")
    entry = one(floor, select(Trouble.kind, Trouble.subject, Trouble.owner, Trouble.closed_at))
    assert tuple(entry) == ("unknown_return", "R-000001", "W1", None)
    label = one(floor, select(PrintJob.subject, PrintJob.data))
    assert json.loads(label.data)["scan_code"] == made.plate
    assert scan(floor, made.plate).said.facts == {"number": "R-000001"}
    scan(floor, CAP, "2", "1", "*DONE", "1")
    assert one(floor, select(Trouble.closed_at).where(Trouble.kind == "unknown_return"))[0]
    is_sound(floor)


def test_a_parcel_without_any_label_is_taken_too(floor) -> None:
    begin(floor, "*SHORT", "*SKIP", "*SKIP")
    assert one(floor, select(Return.tracking).where(Return.kind == "unknown"))[0] == ""


def test_closing_a_parcel_in_which_nothing_was_found_asks_what_it_is(floor) -> None:
    turn = begin(floor, "WHO-KNOWS", "*DONE", "*SKIP", "*SKIP", "R-000001", "*DONE")
    assert (turn.said.text, turn.prompt.choices[0].code) == ("returns.nothing_found", "empty")
    assert scan(floor, "1").said.text == "returns.closed"
    assert one(floor, select(Return.custody).where(Return.number == "R-000001"))[0] == "disposed"
    with floor.begin() as tx:
        assert tx.scalar(select(func.count()).select_from(Outbox)) == 0


def test_whoever_opens_a_return_next_judges_what_was_counted(floor) -> None:
    begin(floor, "TRK-1", MUG, "2")
    turn = begin(floor, "TRK-1", "TRK-1", badge="BADGE-BEN", seat="H2")
    assert (turn.said.text, turn.prompt.ask) == ("returns.judge_first", "returns.grade")
    scan(floor, "1", "*DONE", seat="H2")
    turn = scan(floor, "1")
    assert (turn.said.text, turn.prompt.ask) == (
        "refusal.return_taken_over",
        "returns.scan_return",
    )
    assert turn.said.facts["name"] == "Ben"
    assert line(floor, "RMA-1", "MUG") == (2, 2, 2, 0, 0)
    is_sound(floor)


def test_two_returns_of_one_parcel_follow_each_other(floor) -> None:
    turn = begin(floor, "TRK-2")
    assert [choice.code for choice in turn.prompt.choices] == ["RMA-2", "RMA-3"]
    turn = scan(floor, "2", PHONE, "SN-1", "1", "*DONE", "1")
    assert [choice.code for choice in turn.prompt.choices] == ["RMA-2"]
    turn = scan(floor, "*BACK", "RMA-2")
    assert turn.prompt.ask == "returns.scan_piece"


def test_operations_carry_the_figures_of_the_shift(floor) -> None:
    begin(floor, "TRK-1", MUG, "2", "1", "*DONE", CAP, "3", "1", "*DONE", "1")
    with floor.begin() as tx:
        rows = tx.execute(
            select(Operation.kind, Operation.facts).where(
                Operation.kind.in_(("Dispose", "CloseReturn"))
            )
        ).all()
    told = [json.loads(facts) for _, facts in rows]
    assert all(facts["job"] == "returns" and facts["merchant"] == "ACME" for facts in told)
    assert sum(facts.get("pieces", 0) for facts in told) == 3
    assert sorted(facts.get("orders", 0) for facts in told) == [0, 0, 1]
    judged = [facts for facts in told if "grade" in facts]
    assert sorted((one["grade"], one["reason"], one["disposition"]) for one in judged) == [
        (1, "Too big", "restock"),
        (3, "packaging", "repack"),
    ]


def test_figures_give_the_buyers_reason_where_nobody_asked_the_inspector_for_one(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Return).where(Return.number == "RMA-1").values(reason="changed my mind"))
        mugs = (ReturnLine.number == "RMA-1") & (ReturnLine.sku == "MUG")
        tx.execute(update(ReturnLine).where(mugs).values(reason="too small"))
    begin(floor, "TRK-1", MUG, "2", "1", "*DONE", CAP, "1", "*DONE")
    judged = select(Operation.facts).where(Operation.kind == "Dispose").order_by(Operation.at)
    with floor.begin() as tx:
        told = [json.loads(facts)["reason"] for facts in tx.execute(judged).scalars()]
        kept = tx.execute(select(Inspection.reason)).scalars().all()
    assert told == ["too small", "changed my mind"]
    assert set(kept) == {""}  # what an inspector found remains theirs


def test_what_was_never_delivered_comes_back_whole(floor) -> None:
    begin(floor, "OUT-1002", "2", MUG, "3", "*DONE", "1")
    assert stock(floor, "RETURNS") == {("MUG", "available"): 3}
    kind = select(Return.kind, Return.custody).where(Return.order == "1002")
    assert tuple(one(floor, kind)) == ("undelivered", "disposed")


def test_a_piece_whose_barcode_is_torn_is_chosen_from_the_list(floor) -> None:
    turn = begin(floor, "TRK-1", "*LIST")
    assert [choice.code for choice in turn.prompt.choices] == ["MUG", "CAP"]
    turn = scan(floor, "2", "1", "*DONE")
    assert line(floor, "RMA-1", "CAP") == (1, 1, 1, 0, 0)


def test_the_order_of_an_announced_return_can_be_named_and_is_never_demanded(floor) -> None:
    turn = begin(floor, "RMA-4")
    assert ("returns.fact_maybe", "1002 (1/2)") in turn.prompt.facts
    turn = scan(floor, "*SHORT")
    names = [choice.code for choice in turn.prompt.choices]
    turn = scan(floor, str(names.index("order") + 1))
    labels = [choice.label for choice in turn.prompt.choices]
    assert labels[0] == f"1002 · {day('2026-02-10')} · 3 × · ★"
    turn = scan(floor, "1")
    assert ("fact.order", "1002") in turn.prompt.facts
    assert one(floor, select(Return.order).where(Return.number == "RMA-4"))[0] == "1002"


def test_the_kind_can_be_corrected_at_the_bench(floor) -> None:
    turn = begin(floor, "TRK-1", "*SHORT", "3")
    assert one(floor, select(Return.kind).where(Return.number == "RMA-1"))[0] == "undelivered"
    turn = scan(floor, CAP)
    assert turn.prompt.ask == "returns.decide"
    scan(floor, "*DONE", "*SHORT")
    assert scan(floor, "2").prompt.ask == "returns.scan_piece"
    assert one(floor, select(Return.kind).where(Return.number == "RMA-1"))[0] == "customer"


def test_waiting_returns_are_listed_by_deadline(floor) -> None:
    with floor.begin() as tx:
        soon = NOW + timedelta(hours=3)
        tx.execute(update(Return).where(Return.number == "RMA-4").values(deadline=soon))
        tx.execute(update(Return).where(Return.number == "RMA-2").values(custody="disposed"))
    turn = begin(floor, "*LIST")
    assert [choice.code for choice in turn.prompt.choices] == ["RMA-4", "RMA-1", "RMA-3"]
    turn = scan(floor, "1")
    assert turn.said.facts == {"number": "RMA-4", "due": "!! 2 h"}
    assert turn.said.tone == "look"


def test_a_combined_number_opens_all_its_returns(floor) -> None:
    with floor.begin() as tx:
        both = Return.number.in_(("RMA-1", "RMA-4"))
        tx.execute(update(Return).where(both).values(combined_id="400017"))
    turn = begin(floor, "400017")
    assert [choice.code for choice in turn.prompt.choices] == ["RMA-1", "RMA-4"]


def test_a_platforms_number_opens_one_return(floor) -> None:
    assert begin(floor, "P-RMA-3").said.facts == {"number": "RMA-3"}


def test_a_shared_barcode_asks_whose_piece_it_is(floor) -> None:
    turn = begin(floor, warehouse.SHARED)
    assert turn.prompt.ask == "which.whose"
    turn = scan(floor, "2")
    assert [choice.code for choice in turn.prompt.choices] == ["none"]
    turn = scan(floor, "1")
    assert turn.prompt.ask == "returns.grade"
    assert one(floor, select(Return.merchant).where(Return.number == "R-000001"))[0] == "BOLT"


@pytest.mark.sqlite("its planner")
def test_the_index_on_serials_is_used(floor) -> None:
    with floor.begin() as tx:
        statements: list[tuple[str, object]] = []
        event.listen(
            engine_of(floor),
            "before_cursor_execute",
            lambda _c, _cur, statement, values, *_: statements.append((statement, values)),
        )
        origins.serial_shipped(tx, SITE, "SN-1")
        statement, values = statements[-1]
        plan = tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert any("ix_move_serial" in str(row) for row in plan), plan


def test_an_advised_return_gets_a_plate_of_our_own_on_demand(floor) -> None:
    begin(floor, "TRK-1", "*PRINT")
    with floor.begin() as tx:
        tx.execute(update(PrintJob).values(state="sent", sent_at=NOW))
    scan(floor, "*PRINT", "1")  # it was damaged
    plate = one(floor, select(Return.plate).where(Return.number == "RMA-1"))[0]
    with floor.begin() as tx:
        data = [json.loads(text) for (text,) in tx.execute(select(PrintJob.data))]
    assert [entry["scan_code"] for entry in data] == [plate, plate]
    assert scan(floor, plate).said.facts == {"number": "RMA-1"}


def test_same_scan_number_again_counts_nothing_twice(floor) -> None:
    turn = begin(floor, "TRK-4")
    number = turn.scan_no + 1
    for _ in range(2):
        turn = take_turn(floor, SITE, "H1", number, MUG, NOW)
    assert stock(floor, "RETURNS") == {("MUG", "return_pending"): 1}


def test_a_scan_needs_few_statements(floor) -> None:
    counted: list[str] = []
    begin(floor, "TRK-4")
    event.listen(
        engine_of(floor),
        "before_cursor_execute",
        lambda _c, _cur, statement, *_: counted.append(statement),
    )
    for scanned in (MUG, MUG, "3", "1", "*DONE", "1"):
        counted.clear()
        scan(floor, scanned)
        assert len(counted) <= STATEMENTS_MAX, (scanned, len(counted), counted)


CODES = """
TRK-1 TRK-2 TRK-4 RMA-1 RMA-2 OUT-1001 1002 SN-1 SN-2 TOTE-1 TOTE-9 NUT-1 MUG-CASE WHAT 1 2 3 4 5
0 9 271231 *DONE *DONE *DONE *BACK *LIST *SHORT *SKIP *PRINT *QTY_2 BADGE-BEN
"""
BAD = (
    "",
    " ",
    "]",
    "\x1d",
    "<b>[/b]",
    "*",
    "*NOPE",
    "9" * 600,
    "x" * 10_000,
    "\x1b[2J",
    "\u202eabc",
)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_scanned_the_books_balance_and_the_floor_stays_up(floor, seed) -> None:
    rng = Random(seed)
    codes = (*CODES.split(), MUG, CAP, MILK, PHONE, f"(01){MILK}(17)271231(10)L1")
    begin(floor)
    begin(floor, badge="BADGE-BEN", seat="H2")
    for step in range(250):
        seat = rng.choice(("H1", "H2"))
        scanned = rng.choice(codes if rng.random() < 0.9 else BAD).replace("_", " ")
        turn = scan(floor, scanned, seat=seat)
        if turn.job == "menu":
            entry = [choice.code for choice in turn.prompt.choices].index("returns") + 1
            turn = scan(floor, str(entry), seat=seat)
        if step % 25 == 0:
            is_sound(floor)
    is_sound(floor)
    with floor.begin() as tx:
        pending = select(func.coalesce(func.sum(Inspection.pieces), 0)).where(
            Inspection.disposition == ""
        )
        on_bench = select(func.coalesce(func.sum(Stock.pieces), 0)).where(
            Stock.condition == "return_pending", Stock.place == "RETURNS"
        )
        assert tx.scalar(pending) == tx.scalar(on_bench)
        counts = tx.execute(select(ReturnLine.received, ReturnLine.merchant)).all()
        came = select(func.coalesce(-func.sum(Stock.pieces), 0)).where(
            Stock.place == CUSTOMER, Stock.condition == "return_pending"
        )
        assert sum(received for received, _ in counts) == tx.scalar(came)


def test_a_garbled_code_is_no_unknown_parcel_but_a_carriers_separators_are_code(floor) -> None:
    assert begin(floor, "AB\x1b[2J").said.text == "refusal.text_unreadable"
    assert scan(floor, "AB\x00CD").said.text == "refusal.text_unreadable"
    assert scan(floor, "\x1d").said.text == "refusal.text_unreadable"
    assert scan(floor, "[)>\x1e01\x1d9612345\x1e\x04").prompt.ask == "returns.unknown_parcel"


def test_a_return_that_somebody_works_at_names_the_holder_and_changes_nothing(floor) -> None:
    begin(floor, "TRK-1", CAP)
    turn = begin(floor, "RMA-1", badge="BADGE-BEN", seat="H2")
    assert (turn.said.text, turn.said.tone) == ("returns.held", "look")
    assert turn.said.facts == {"number": "RMA-1", "worker": "Ana", "since": "09:00"}
    assert turn.prompt.ask == "returns.take_over"
    turn = scan(floor, "4", "4", "*DONE")
    assert turn.said.text == "returns.disposed"


def test_both_names_stay_in_the_operation_of_a_take_over(floor) -> None:
    begin(floor, "TRK-1", CAP, "*BACK")
    begin(floor, "RMA-1", "RMA-1", badge="BADGE-BEN", seat="H2")
    took = select(Operation.worker, Operation.facts).where(
        Operation.kind == "OpenReturn", Operation.worker == "W2"
    )
    worker, facts = one(floor, took)
    assert (worker, json.loads(facts)["taken_from"]) == ("W2", "W1")
    assert one(floor, select(Return.worker).where(Return.number == "RMA-1"))[0] == "W2"


@pytest.mark.parametrize(
    ("before", "late"),
    [
        ((), MUG),
        ((MUG, "2"), "1"),
        ((MUG, "2", "1"), "*DONE"),
        ((MUG,), MUG),
        ((), "*DONE"),
        ((), "*LIST"),
        ((), "*PRINT"),
    ],
)
def test_the_old_terminal_learns_with_its_next_scan(floor, before, late) -> None:
    begin(floor, "RMA-1", *before)
    begin(floor, "RMA-1", "RMA-1", badge="BADGE-BEN", seat="H2")
    bench = stock(floor, "RETURNS")
    turn = scan(floor, late)
    assert turn.said.text == "refusal.return_taken_over"
    assert turn.prompt.ask == "returns.scan_return"
    assert stock(floor, "RETURNS") == bench
    is_sound(floor)


def test_whoever_took_it_since_is_named_before_it_is_taken_again(floor) -> None:
    with floor.begin() as tx:
        tx.execute(
            insert(Worker).values(
                site=SITE, code="W3", name="Cleo", badge="BADGE-CLEO", roles="returns"
            )
        )
    begin(floor, "RMA-1")
    begin(floor, "RMA-1", badge="BADGE-CLEO", seat="H3")
    begin(floor, "RMA-1", "RMA-1", badge="BADGE-BEN", seat="H2")
    turn = scan(floor, "RMA-1", seat="H3")
    assert (turn.said.text, turn.said.facts["worker"]) == ("returns.held", "Ben")
    assert scan(floor, "RMA-1", seat="H3").said.text == "returns.opened"


def test_a_return_of_a_shared_parcel_is_taken_over_by_the_parcels_code(floor) -> None:
    begin(floor, "RMA-3")
    turn = begin(floor, "TRK-2", "2", badge="BADGE-BEN", seat="H2")
    assert turn.said.text == "returns.held"
    turn = scan(floor, "TRK-2", seat="H2")
    assert turn.said.facts["number"] == "RMA-3"


def test_a_claim_ends_with_the_return_or_when_another_parcel_is_taken_instead(floor) -> None:
    begin(floor, "RMA-1", "RMA-4", MUG, "3", "1", "*DONE", "1")
    held = select(func.count()).where(Return.worker.is_not(None))
    assert one(floor, held)[0] == 0
    assert begin(floor, "RMA-1", badge="BADGE-BEN", seat="H2").said.text == "returns.opened"


def test_a_tote_stands_where_it_was_filled(floor) -> None:
    with floor.begin() as tx:
        new_place(tx, SITE, code="PACK-1", kind="bench")
        tx.execute(update(Place).where(Place.code == "T-1").values(parent="PACK-1"))
    begin(floor, "TRK-1", "TOTE-1", CAP, "1", "*DONE")
    assert one(floor, select(Place.parent).where(Place.code == "T-1"))[0] == "RETURNS"
    is_sound(floor)


def test_a_serial_that_was_never_packed_is_not_the_piece_that_was_sold(floor) -> None:
    turn = begin(floor, "RMA-3", PHONE, "SN-OTHER")
    assert (turn.said.text, turn.said.tone) == ("returns.wrong_piece", "look")
    assert scan(floor, "1").prompt.ask_facts[0] == ("disposition_text", "disposition.quarantine")


def test_the_list_of_what_waits_says_who_has_it_and_how_long_is_left(floor) -> None:
    with floor.begin() as tx:
        for number, hours in (("RMA-1", 3), ("RMA-2", 30), ("RMA-4", 5)):
            deadline = NOW + timedelta(hours=hours, minutes=5)
            tx.execute(update(Return).where(Return.number == number).values(deadline=deadline))
    begin(floor, "RMA-4", badge="BADGE-BEN", seat="H2")
    turn = begin(floor, "*LIST")
    assert [choice.label for choice in turn.prompt.choices] == [
        "RMA-1 · ACME · !! 3 h",
        "RMA-4 · ACME · ! 5 h · Ben",
        f"RMA-2 · ACME · {day('2026-03-03')}",
        "RMA-3 · ACME",
    ]


def test_robots_leave_a_return_that_somebody_has(floor) -> None:
    begin(floor, "RMA-1", "*BACK")
    with floor.begin() as tx:
        assert sight.return_waiting(tx, SITE, worker="W2") == "RMA-2"
        assert sight.return_waiting(tx, SITE, worker="W1") == "RMA-1"


def test_a_rejection_left_for_later_is_on_the_list_until_it_is_complete(floor) -> None:
    begin(floor, "TRK-4", MUG, "3", "4", "4", "*DONE", "1", "worn", "*SKIP")
    listed = select(Trouble.subject, Trouble.closed_at).where(
        Trouble.kind == "rejection_incomplete"
    )
    assert tuple(one(floor, listed)) == ("RMA-4", None)
    turn = begin(floor, "RMA-4", badge="BADGE-BEN", seat="H2")
    assert (turn.said.text, turn.prompt.ask) == ("returns.verdict_waits", "returns.picture")
    scan(floor, "IMG_7.jpg", seat="H2")
    assert one(floor, select(Outbox.state))[0] == "waiting"
    assert one(floor, listed).closed_at is not None
    assert scan(floor, "RMA-4", seat="H2").said.text == "refusal.return_closed"


def test_an_unknown_parcel_is_listed_with_the_place_where_it_stands(floor) -> None:
    turn = begin(floor, "*SHORT", "*SKIP", "*SKIP", "*LIST")
    assert "R-000001 · RET-UNK" in [choice.label for choice in turn.prompt.choices]


def test_the_shift_tells_which_returns_a_platform_will_approve_by_itself(floor) -> None:
    with floor.begin() as tx:
        for number, hours in (("RMA-1", -1), ("RMA-2", 23), ("RMA-3", 25)):
            deadline = NOW + timedelta(hours=hours)
            tx.execute(update(Return).where(Return.number == number).values(deadline=deadline))
        assert left_over(tx, SITE, NOW)["returns_due"] == {"late": 1, "within_24_h": 1}


def test_what_was_recalled_is_never_sold_again(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Return).where(Return.number == "RMA-1").values(kind="recall"))
    turn = begin(floor, "RMA-1", "*SHORT")
    assert "undelivered" not in [choice.code for choice in turn.prompt.choices]
    turn = scan(floor, "*BACK", CAP)
    assert (turn.said.text, turn.said.tone) == ("returns.not_restockable", "look")
    turn = scan(floor, "1")
    assert turn.prompt.ask_facts[0] == ("disposition_text", "disposition.quarantine")
    assert scan(floor, "*LIST", "1").said.text == "refusal.return_not_restockable"
    assert stock(floor, "RETURNS") == {("CAP", "return_pending"): 1}
