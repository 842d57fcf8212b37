"""Exceptions: found or raised, given to somebody, and each decided about once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from conftest import NOW, SITE
from sqlalchemy import delete, func, insert, select, update
from warehouses import picking
from warehouses.picked import line, state, stock_of, tasks_of, troubles
from warehouses.picker import Picker

from floorhand.domain.control import HoldSubject
from floorhand.domain.exceptions import Assign, Decide, ListNames, urgency
from floorhand.domain.holds import Subject
from floorhand.domain.things import HOLD
from floorhand.errors import Code, Refused
from floorhand.ops import count_ending
from floorhand.ops.count_booking import settle_bin
from floorhand.ops.settling import carry_out, from_office
from floorhand.store import counts, holds, tasks
from floorhand.store.check import violations
from floorhand.store.db import Transactions, in_turn
from floorhand.store.exceptions import Standing, open_exceptions
from floorhand.store.ledger import Cause
from floorhand.store.schema import (
    CountSheet,
    Delivery,
    DeliveryLine,
    Operation,
    Order,
    Parked,
    Pick,
    PrintJob,
    Receipt,
    Return,
    Slot,
    Trouble,
    Worker,
)
from floorhand.store.traces import history

ROLES = frozenset({"lead"})
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    picking.build(transactions)
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def all_lead(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(update(Worker).values(roles="lead"))


def listed(floor: Transactions, kind: str = "", at: datetime = LATER) -> list[Standing]:
    with floor.begin() as tx:
        return [one for one in open_exceptions(tx, SITE, at) if kind in ("", one.kind)]


def lead(number: int, worker: str = "W9", at: datetime = LATER) -> Cause:
    return Cause(SITE, f"{worker}:{number}", worker, worker, "", at, ROLES)


def decide(floor: Transactions, one: Standing, action: str, *more: str, worker: str = "W9") -> str:
    """Decide about an exception; gives what was told, or the refusal's code."""
    cause = lead(sum(map(ord, one.id + action)), worker)
    try:
        told = in_turn(floor, lambda tx: carry_out(tx, cause, Decide(one.id, action, *more)))
    except Refused as refused:
        return str(refused.code)
    return str(told.text)


def raised(floor: Transactions, kind: str, subject: str, **facts: str | int) -> Standing:
    cause = Cause(SITE, f"RAISED:{kind}", "W1", "H1", "", NOW)
    with floor.begin() as tx:
        tx.execute(
            insert(Operation).values(
                site=SITE,
                id=cause.operation,
                kind="T",
                command="{}",
                worker="W1",
                seat="H1",
                at=NOW,
            )
        )
        tasks.trouble(tx, cause, kind, subject, "ACME", **facts)
    (one,) = listed(floor, kind)
    return one


def test_what_is_due_comes_first_then_what_is_worth_most_for_longest() -> None:
    def key(pieces: int, hours: int, due_h: int | None = None) -> tuple[bool, float]:
        due_at = None if due_h is None else NOW + timedelta(hours=due_h)
        return urgency(pieces, NOW - timedelta(hours=hours), due_at, NOW)

    assert key(1, 1, due_h=2) < key(1, 9, due_h=3) < key(10, 2) < key(19, 1)
    assert key(1, 1, due_h=48) == key(1, 1)


def test_work_that_stands_still_is_found_and_freed_for_others(floor: Transactions) -> None:
    ana = Picker(floor, "W1")
    ana.scan("CART-1")
    assert listed(floor, "stuck_task", NOW + timedelta(minutes=29)) == []
    (one,) = listed(floor, "stuck_task")
    assert (one.subject, one.holder, one.written) == ("CART-1", "W1", False)
    assert decide(floor, one, "free") == "exceptions.done.free"
    assert listed(floor, "stuck_task") == []
    assert [state(floor, number) for number in ("1001", "1002")] == ["released", "released"]
    assert ana.scan("T-1").said.text == "refusal.seat_freed"
    assert Picker(floor, "W2").start().prompt.ask != "picking.scan_cart"


def test_a_walk_without_a_cart_is_known_by_its_order_and_worth_what_it_still_has_to_take(
    floor: Transactions,
) -> None:
    ana = Picker(floor, "W1")
    ana.scan("*DONE")
    (one,) = listed(floor, "stuck_task")
    with floor.begin() as tx:
        left = tx.scalar(select(func.sum(Pick.pieces)).where(Pick.state == "open"))
        (slot,) = tx.scalars(select(Slot))
    assert left
    assert (one.subject, one.merchant) == (f"{slot.merchant}/{slot.order}", slot.merchant)
    assert one.pieces == left


def test_work_that_was_parked_and_freed_is_told_so_and_parked_again_if_that_is_undone(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="lead", name="Bob"))
    ana = Picker(floor, "W1")
    question = ana.scan("CART-1").prompt
    ana.scan("*OUT")
    bob = Picker(floor, "W2", job="leading", now=NOW + timedelta(hours=9))
    bob.scan(str([one.code for one in bob.prompt.choices].index("exceptions") + 1))
    kinds = [dict(one.facts)["kind_text"] for one in bob.prompt.choices]
    bob.scan(str(kinds.index("trouble.parked_task") + 1))
    bob.scan(str([one.code for one in bob.prompt.choices].index("free") + 1))
    assert bob.said == "exceptions.done.free"
    with floor.begin() as tx:
        assert str(Code.WORK_FREED) in tx.scalars(select(Parked.state)).one()
    assert listed(floor, "parked_task", bob.now + timedelta(hours=9)) == []
    bob.scan("*UNDO")
    with floor.begin() as tx:
        assert str(Code.WORK_FREED) not in tx.scalars(select(Parked.state)).one()
    assert Picker(floor, "W1", job="picking").prompt == question
    with floor.begin() as tx:
        assert violations(tx, SITE) == ()


def test_what_was_found_and_settled_is_found_again_only_with_a_new_cause(floor) -> None:
    ana = Picker(floor, "W1")
    ana.start()
    (one,) = listed(floor, "stuck_task")
    assert decide(floor, one, "settle", "nothing") == "exceptions.done.settle"
    assert listed(floor, "stuck_task") == []
    ana.now = LATER
    ana.scan("*HELP")
    assert listed(floor, "stuck_task", LATER + timedelta(minutes=20)) == []
    assert len(listed(floor, "stuck_task", LATER + timedelta(minutes=40))) == 1


def test_a_return_is_listed_four_hours_before_its_deadline(floor: Transactions) -> None:
    row = {"merchant": "ACME", "custody": "received", "received_at": NOW}
    with floor.begin() as tx:
        for number, hours in (("R-1", 4), ("R-2", 6)):
            deadline = LATER + timedelta(hours=hours)
            tx.execute(insert(Return).values(site=SITE, number=number, deadline=deadline, **row))
    (one,) = listed(floor)
    assert (one.kind, one.subject, one.due_at) == ("return_due", "R-1", LATER + timedelta(hours=4))
    all_lead(floor)
    in_turn(floor, lambda tx: carry_out(tx, lead(1), Assign(one.id, "W2")))
    assert [found.owner_name for found in listed(floor)] == ["Ben"]
    with floor.begin() as tx:
        tx.execute(delete(Return))
    assert listed(floor) == []


def test_a_label_that_failed_is_printed_again(floor: Transactions) -> None:
    with floor.begin() as tx:
        row = {"id": "P:1/1", "printer": "Z", "template": "bin", "data": "{}", "subject": "A-01"}
        tx.execute(insert(PrintJob).values(site=SITE, created_at=NOW, state="failed", **row))
    (one,) = listed(floor, "label_failed")
    assert decide(floor, one, "reprint") == "exceptions.done.reprint"
    with floor.begin() as tx:
        assert tx.scalars(select(PrintJob.state)).all() == ["waiting"]
    assert listed(floor, "label_failed") == []


def test_suspect_stock_is_sold_again_when_another_person_has_looked(floor: Transactions) -> None:
    ana = Picker(floor, "W1")
    ana.start()
    ana.scan("BIN-A-01", "*SHORT", "0", "1")
    (one,) = listed(floor, "suspect_stock")
    assert decide(floor, one, "release", worker="W1") == Code.EXCEPTION_OWN
    assert decide(floor, one, "release") == "exceptions.done.release"
    assert stock_of(floor, "A-01")["MUG", "", "available"] == one.pieces


def test_who_asked_for_a_count_is_told_that_and_not_that_they_have_counted(
    floor: Transactions,
) -> None:
    all_lead(floor)
    ana = Picker(floor, "W1")
    ana.start()
    ana.scan("BIN-A-01", "*SHORT", "0", "1")
    (one,) = listed(floor, "suspect_stock")
    assert decide(floor, one, "recount") == "exceptions.done.recount"
    ana = Picker(floor, "W1", job="counting", seat="OTHER")
    ana.scan("BIN-A-01")
    assert ana.turn.said is not None
    assert ana.said == f"refusal.{Code.COUNTED_BEFORE}"
    assert ana.turn.said.facts["why_text"] == "counting.not_you.asked"
    ben = Picker(floor, "W2", job="counting")
    ben.scan("BIN-A-01", "*DONE", "BIN-A-01")
    assert ben.turn.said is not None
    assert ben.turn.said.facts["why_text"] == "counting.not_you.counted"


def test_only_those_who_can_decide_it_are_offered_and_given_it(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="lead"))
        names = {one.code: one.name for one in tx.scalars(select(Worker))}
    one = raised(floor, "place_misses", "A-01")
    bob = Picker(floor, "W2", job="leading")
    for code in ("exceptions", one.id, "assign"):
        bob.scan(str([choice.code for choice in bob.prompt.choices].index(code) + 1))
    assert [choice.code for choice in bob.prompt.choices] == ["W2"]
    bob.scan("BADGE-ANA")
    assert bob.said == f"refusal.{Code.EXCEPTION_NO_DESK}"
    assert bob.turn.said is not None
    assert bob.turn.said.facts["name"] == names["W1"]
    assert [found.owner for found in listed(floor, "place_misses")] == [""]
    bob.scan("1")
    assert [found.owner for found in listed(floor, "place_misses")] == ["W2"]


def test_who_caused_it_is_not_offered_where_another_persons_word_is_wanted(
    floor: Transactions,
) -> None:
    all_lead(floor)
    ana = Picker(floor, "W1")
    ana.start()
    ana.scan("BIN-A-01", "*SHORT", "0", "1")
    (one,) = listed(floor, "suspect_stock")
    with floor.begin() as tx:
        listed_for = carry_out(tx, lead(1), ListNames("owner", entry=one.id))
    codes = [code for code, _ in listed_for.names]
    assert "W2" in codes
    assert "W1" not in codes


def test_a_decision_is_in_the_history_of_what_it_is_about(floor: Transactions) -> None:
    one = raised(floor, "place_misses", "A-01")
    all_lead(floor)
    in_turn(floor, lambda tx: carry_out(tx, lead(1), Assign(one.id, "W1")))
    (one,) = listed(floor, "place_misses")
    assert decide(floor, one, "settle", "nothing") == "exceptions.done.settle"
    order = raised(floor, "order_differs", "1001")
    assert decide(floor, order, "settle", "nothing") == "exceptions.done.settle"
    with floor.begin() as tx:
        kinds = [done.kind for done in history(tx, SITE, "place:A-01")]
        assert kinds[:2] == ["Decide", "Assign"]
        assert history(tx, SITE, "order:ACME/1001")[0].kind == "Decide"


def test_an_exception_is_about_each_product_that_it_names(floor: Transactions) -> None:
    one = raised(floor, "damaged_delivery", "D-1", sku="CAP, MUG, …")
    assert [one.is_about(f"ACME/{sku}") for sku in ("CAP", "MUG", "PEN")] == [True, True, False]
    assert (one.is_about("D-1"), one.is_about("BOLT/MUG")) == (True, False)


@pytest.mark.parametrize("by_count", [False, True])
def test_of_what_is_on_hold_only_what_was_doubted_is_sold_again(floor, by_count) -> None:
    """An earlier lot lies beside it, and came on hold."""
    held = replace(picking.BAD_TEA, condition=HOLD)
    with floor.begin() as tx:
        picking.put(tx, "B-01", held, 6)
        picking.order(tx, "9", [("TEA", 1)], due_h=1)
        tx.execute(update(Order).where(Order.number != "9").values(state="hold"))
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-B-01", "*SHORT", "0", "1")
    (one,) = listed(floor, "suspect_stock")
    assert one.pieces == 12
    if by_count:
        with floor.begin() as tx:
            counts_it = {"id": lead(1).operation, "kind": "T", "command": "{}", "seat": "W9"}
            tx.execute(insert(Operation).values(site=SITE, worker="W9", at=LATER, **counts_it))
            settle_bin(tx, lead(1), "B-01", "ACME", "TEA")
    else:
        assert decide(floor, one, "release") == "exceptions.done.release"
    stock = stock_of(floor, "B-01")
    assert {lot: stock["TEA", lot, "available"] for lot in ("L1", "L2", "L3")} == dict.fromkeys(
        ("L1", "L2", "L3"), 4
    )
    assert (stock["TEA", "L0", "hold"], len(stock)) == (6, 4)


def test_suspect_stock_is_sold_again_from_a_pallet_in_the_bin_too(floor: Transactions) -> None:
    with floor.begin() as tx:
        picking.order(tx, "9", [("NUT", 2)], merchant="BOLT", due_h=1)
        tx.execute(update(Order).where(Order.number != "9").values(state="hold"))
    ana = Picker(floor)
    ana.start()
    ana.scan("PAL-1", "*SHORT", "0", "1")
    (one,) = listed(floor, "suspect_stock")
    assert stock_of(floor, "PAL-1") == {("NUT", "", "hold"): 20}
    assert decide(floor, one, "release") == "exceptions.done.release"
    assert stock_of(floor, "PAL-1") == {("NUT", "", "available"): 20}


def test_who_caused_it_does_not_get_the_count(floor: Transactions) -> None:
    one = raised(floor, "overrides", "A-02", sku="CAP")
    assert decide(floor, one, "recount") == "exceptions.done.recount"
    assert tasks_of(floor, "count") == [("A-02", "CAP", 0, "overrides")]
    with floor.begin() as tx:
        assert tx.scalars(select(CountSheet.not_by)).all() == ["W1"]


def test_a_count_of_one_product_stays_one_when_somebody_is_kept_from_it(
    floor: Transactions,
) -> None:
    one = raised(floor, "overrides", "A-02", sku="CAP")
    with floor.begin() as tx:
        named = {"place": "A-02", "merchant": "ACME", "sku": "CAP"}
        tasks.open_task(tx, lead(7), "count", **named)
    assert decide(floor, one, "recount") == "exceptions.done.recount"
    with floor.begin() as tx:
        sheet = tx.scalars(select(CountSheet)).one()
    assert (sheet.sku, sheet.not_by) == ("CAP", "W1")


def test_what_came_too_much_is_held_where_it_lies_and_not_what_is_picked(floor) -> None:
    with floor.begin() as tx:
        at = {"site": SITE, "merchant": "ACME"}
        times = {"opened_at": NOW, "closed_at": NOW}
        tx.execute(insert(Delivery).values(**at, number="D-1", state="closed", **times))
        counts = {"line_no": 1, "sku": "MUG", "expected": 2, "received": 3, "over": 1}
        tx.execute(insert(DeliveryLine).values(**at, delivery="D-1", **counts))
        came = {"delivery": "D-1", "place": "A-01", "lot": "", "expiry": "", "pieces": 3}
        tx.execute(insert(Receipt).values(**at, sku="MUG", condition="available", **came))
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-A-01", "MUG-1", "MUG-1", "T-1")
    picked = stock_of(floor, "T-1")
    one = raised(floor, "over_delivery", "D-1", sku="MUG", over=1)
    assert decide(floor, one, "hold") == "exceptions.done.hold"
    assert stock_of(floor, "T-1") == picked


def test_all_who_caused_it_are_kept_from_the_count_and_from_the_next_of_the_same(
    floor: Transactions,
) -> None:
    for worker, kind in (("W1", "overrides"), ("W1\nW2", "place_misses")):
        with floor.begin() as tx:
            named = {"kind": kind, "subject": "A-02", "merchant": "ACME", "created_at": NOW}
            facts = json.dumps({"sku": "CAP"})
            raised_by = {"raised_by": worker, "facts": facts}
            tx.execute(insert(Trouble).values(site=SITE, id=kind, **named, **raised_by))
        (one,) = listed(floor, kind)
        assert decide(floor, one, "recount") == "exceptions.done.recount"
    everybody = ("W1", "W2", "W8", "W9")
    with floor.begin() as tx:
        (row,) = counts.open_counts(tx, SITE, "A-02")
        assert tx.scalars(select(CountSheet.not_by)).one() == "W1\nW2"
        first = {one for one in everybody if counts.may_count(tx, SITE, row, one)}
        tasks.close_task(tx, lead(8), row.count.task)
        count_ending.open_recount(tx, lead(9), row)
        (again,) = counts.open_counts(tx, SITE, "A-02")
        second = {one for one in everybody if counts.may_count(tx, SITE, again, one)}
        offered = {one for one in everybody if counts.waiting_counts(tx, SITE, one, "")}
    assert first == second == offered == {"W8", "W9"}


def test_who_accepts_a_delivery_lets_nothing_be_sold_of_it_that_is_recalled(floor) -> None:
    tea, pen = replace(picking.OLD_TEA, condition="hold"), replace(picking.PEN, condition="hold")
    with floor.begin() as tx:
        at = {"site": SITE, "merchant": "ACME"}
        times = {"opened_at": NOW, "closed_at": NOW}
        tx.execute(insert(Delivery).values(**at, number="D-1", state="closed", **times))
        for line_no, goods in enumerate((tea, pen), 1):
            line = {"line_no": line_no, "sku": goods.sku, "received": 2, "over": 2}
            tx.execute(insert(DeliveryLine).values(**at, delivery="D-1", **line))
            what = {"sku": goods.sku, "lot": goods.lot, "expiry": goods.expiry, "condition": "hold"}
            row = {"delivery": "D-1", "place": "C-04", "pieces": 2}
            tx.execute(insert(Receipt).values(**at, **what, **row))
            picking.put(tx, "C-04", goods, 2)
        recall = HoldSubject(Subject("recall", "ACME", "TEA", tea.lot), "glass")
        from_office(tx, SITE, recall, NOW)
    assert decide(floor, raised(floor, "blind_delivery", "D-1"), "accept").endswith("accept")
    held = stock_of(floor, "C-04")
    assert (held["TEA", tea.lot, "hold"], held["PEN", "", "available"]) == (2, 2)


def test_an_order_that_waits_is_sent_without_what_nobody_has(floor: Transactions) -> None:
    with floor.begin() as tx:
        picking.order(tx, "9", [("NUT", 25)], merchant="BOLT", state="waiting")
    cause = Cause(SITE, "W1:77", "W1", "H1", "", NOW)
    with floor.begin() as tx:
        tasks.trouble(tx, cause, "short_order", "BOLT/9", "BOLT", pieces=5, reason="no_stock")
    (one,) = listed(floor, "short_order")
    assert one.due_at == NOW + timedelta(hours=6)
    assert decide(floor, one, "ship_rest") == "exceptions.done.ship_rest"
    assert (state(floor, "9", "BOLT"), line(floor, "9")) == ("released", (0, 5, "no_stock"))
    assert troubles(floor, "short_order") == []


def test_an_order_of_which_nothing_is_left_is_closed_as_short(floor: Transactions) -> None:
    with floor.begin() as tx:
        picking.order(tx, "9", [("NUT", 25)], merchant="BOLT", state="waiting")
    cause = Cause(SITE, "W1:77", "W1", "H1", "", NOW)
    with floor.begin() as tx:
        tasks.trouble(tx, cause, "short_order", "BOLT/9", "BOLT", pieces=5, reason="no_stock")
    (one,) = listed(floor, "short_order")
    assert decide(floor, one, "drop_lines") == "exceptions.done.drop_lines"
    assert (state(floor, "9", "BOLT"), line(floor, "9")) == ("short", (0, 25, "no_stock"))
    with floor.begin() as tx:
        noted = tx.scalars(select(Operation.facts).where(Operation.kind == "Decide")).one()
    told = json.loads(noted)  # of which figures of shifts are made, as where a walk ends so
    assert (told["orders_short"], told["ordered_pieces"], told["shipped_pieces"]) == (1, 25, 0)
    assert told["short_of_no_stock"] == 25


def test_a_hold_ends_with_an_order_of_which_nothing_is_left(floor: Transactions) -> None:
    cause = Cause(SITE, "W1:77", "W1", "H1", "", NOW)
    with floor.begin() as tx:
        picking.order(tx, "9", [("NUT", 25)], merchant="BOLT", state="waiting")
        holds.begin(tx, cause, Subject("order", "BOLT", "9"), "quality")
        tasks.trouble(tx, cause, "short_order", "BOLT/9", "BOLT", pieces=5, reason="no_stock")
    (one,) = listed(floor, "short_order")
    assert decide(floor, one, "drop_lines") == "exceptions.done.drop_lines"
    with floor.begin() as tx:
        assert holds.on_order(tx, SITE, "BOLT", "9") is None


def test_goods_in_a_tote_that_stands_nowhere_are_put_back(floor: Transactions) -> None:
    with floor.begin() as tx:
        picking.put(tx, "T-8", picking.CAP, 2)
    (one,) = listed(floor, "stray_tote")
    assert (one.subject, one.pieces) == ("T-8", 2)
    assert decide(floor, one, "put_back") == "exceptions.done.put_back"
    assert [task[0] for task in tasks_of(floor, "putback")] == ["T-8"]
    assert listed(floor, "stray_tote") == []


def test_who_takes_work_over_is_told_to_those_who_lead(floor: Transactions) -> None:
    Picker(floor, "W1").start()
    Picker(floor, "W2").scan("CART-1", "CART-1")
    (one,) = listed(floor, "take_over", NOW)
    assert (one.subject, one.facts["taken_from"], one.raised_by) == ("CART-1", "Ana", "W2")


def test_pieces_that_are_nowhere_twice_are_a_line_that_nobody_finds(floor: Transactions) -> None:
    ana = Picker(floor, "W1")
    ana.start()
    for _ in range(20):
        if ana.prompt.ask == "picking.scan_place" and ana.prompt.place in ("A-01", "B-02"):
            ana.scan(f"BIN-{ana.prompt.place}", "*SHORT", "0", "1")
        elif listed(floor, "line_not_found"):
            break
        else:
            ana.answer()
    assert {one.facts["sku"] for one in listed(floor, "line_not_found")} == {"MUG"}


def test_the_office_closes_what_takes_no_other_person(floor: Transactions) -> None:
    one = raised(floor, "reprints", "X-1")
    suspect = raised(floor, "suspect_stock", "A-01", sku="MUG", pieces=1)
    for entry in (one, suspect):
        command = Decide(entry.id, "settle", "nothing")
        if entry is suspect:
            with pytest.raises(Refused) as refused:
                in_turn(floor, lambda tx, c=command: from_office(tx, SITE, c, LATER))
            assert refused.value.code is Code.EXCEPTION_OWN
        else:
            in_turn(floor, lambda tx, c=command: from_office(tx, SITE, c, LATER))
    assert [left.kind for left in listed(floor)] == ["suspect_stock"]


def test_what_became_more_while_somebody_looked_at_it_is_not_decided_unseen(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles="lead"))
    one = raised(floor, "short_delivery", "D-1", pieces=6, lines=1, sku="CAP")
    ana = Picker(floor, "W1", job="leading")
    ana.scan("5", "1")
    assert ana.prompt.ask == "exceptions.decide", ana.turn
    with floor.begin() as tx:
        tx.execute(update(Trouble).where(Trouble.id == one.id).values(pieces=8))
    settle = [choice.code for choice in ana.prompt.choices].index("settle") + 1
    ana.scan(str(settle))
    assert ana.scan("1").said.text == "refusal.exception_changed"
    ana.scan("*BACK", "*BACK", "5", "1", str(settle), "1")
    assert ana.said == "exceptions.done.settle", ana.turn


def test_of_those_who_decide_at_once_one_does(floor: Transactions) -> None:
    ana = Picker(floor, "W1")
    ana.start()
    one = raised(floor, "overrides", "A-02", sku="CAP")
    (found,) = listed(floor, "stuck_task")
    with floor.begin() as tx:
        for code in ("W5", "W6", "W7", "W8"):
            tx.add(Worker(site=SITE, code=code, name=code, badge=code, roles="lead"))
    for entry, action in ((one, "recount"), (found, "settle")):
        more = ("nothing",) if action == "settle" else ()

        def go(worker: str, entry=entry, action=action, more=more) -> str:
            return decide(floor, entry, action, *more, worker=worker)

        with ThreadPoolExecutor(4) as all_of_them:
            told = list(all_of_them.map(go, ("W5", "W6", "W7", "W8")))
        assert sorted(told) == [Code.EXCEPTION_DECIDED] * 3 + [f"exceptions.done.{action}"]
    with floor.begin() as tx:
        done = tx.scalars(select(Operation.facts).where(Operation.kind == "Decide")).all()
        assert sorted(json.loads(facts)["decision"] for facts in done) == ["recount", "settle"]


def test_an_exception_is_decided_at_most_once_whatever_is_tried(floor: Transactions) -> None:
    reasons = {"settle": ("nothing",), "reject": ("not_so",)}
    for number, tried in enumerate(product(("settle", "reject", "recount", "release"), repeat=2)):
        cause = Cause(SITE, f"MADE:{number}", "W1", "H1", "", NOW)
        with floor.begin() as tx:
            entry = tasks.trouble(tx, cause, "suspect_stock", "A-01", "ACME", sku="MUG", pieces=1)
        one = next(one for one in listed(floor) if one.id == entry)
        told = [
            decide(floor, one, action, *reasons.get(action, ()), worker="W2") for action in tried
        ]
        done = [text for text in told if text.startswith("exceptions.done.")]
        with floor.begin() as tx:
            row = tx.scalars(select(Trouble).where(Trouble.id == entry)).one()
        assert len(done) <= 1, (tried, told)
        assert [bool(row.closed_at), bool(row.decision)] == [bool(done)] * 2, (tried, told)
