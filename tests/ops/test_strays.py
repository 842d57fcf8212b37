"""Pallets and cartons in the wrong place, and rows of exceptions whose cause is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import event, insert, select, update
from warehouses import inbound
from warehouses.picked import all_is_well, tasks_of
from warehouses.picker import Picker

from floorhand.domain.exceptions import Assign, Decide
from floorhand.domain.handing_over import HandOver
from floorhand.domain.rules import SiteRules
from floorhand.ops.settling import carry_out
from floorhand.store.db import Transactions, engine_of
from floorhand.store.exceptions import Standing, open_exceptions
from floorhand.store.ledger import Cause
from floorhand.store.left_behind import left_behind
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Operation,
    Place,
    Return,
    SiteRow,
    Task,
    Trace,
    Trouble,
    Worker,
)
from floorhand.store.strays import strays

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def dock(transactions: Transactions) -> Iterator[Transactions]:
    """A pallet with three mugs at a dock, whose delivery is still being received."""
    inbound.build(transactions)
    ana = Picker(transactions, job="receiving")
    ana.scan("D-100", "LD1", "*FULL", inbound.MUG, inbound.MUG, inbound.MUG)
    yield transactions
    assert all_is_well(transactions)


def unit(transactions: Transactions) -> str:
    with transactions.begin() as tx:
        return str(tx.scalar(select(Place.code).where(Place.kind == "pallet")))


def listed(
    transactions: Transactions, at: datetime = LATER, kind: str = "stray_unit"
) -> list[Standing]:
    with transactions.begin() as tx:
        return [one for one in open_exceptions(tx, SITE, at) if one.kind == kind]


def lead(transactions: Transactions, command: object, at: datetime = LATER) -> object:
    """Have a lead do it, who has caused nothing of it."""
    operation = f"LEAD:{type(command).__name__}@{at}"
    cause = Cause(SITE, operation, "W2", "LEAD", "", at, frozenset({"lead"}))
    with transactions.begin() as tx:
        return carry_out(tx, cause, command)


def close(transactions: Transactions) -> None:
    """Close the delivery, which raises the put-away of its pallet."""
    Picker(transactions, job="receiving").scan("*DONE", "*DONE")


def lose_the_task(transactions: Transactions) -> None:
    close(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Task).values(state="cancelled"))


def test_what_is_being_received_or_waits_for_put_away_is_in_its_place(dock) -> None:
    assert listed(dock) == []
    close(dock)
    assert listed(dock) == []


def test_what_waits_at_the_dock_for_too_long_is_told_with_its_age_and_delivery(dock) -> None:
    close(dock)
    limit = timedelta(hours=SiteRules().staged_hours)
    assert listed(dock, NOW + limit) == []
    (one,) = listed(dock, NOW + limit + timedelta(minutes=1))
    assert (one.subject, one.pieces, one.merchant) == (unit(dock), 3, "ACME")
    assert (one.facts["delivery"], one.facts["reason"]) == ("D-100", "waits_long")
    assert one.since - NOW < timedelta(minutes=1)
    Picker(dock, "W2", job="putaway").scan("*DONE")
    assert listed(dock, NOW + limit + timedelta(minutes=1)) == []


def test_how_long_pallets_wait_and_returns_before_their_deadline_is_the_sites_to_say(dock) -> None:
    close(dock)
    rules = SiteRules(staged_hours=2, return_due_hours=6).to_json()
    with dock.begin() as tx:
        tx.execute(update(SiteRow).values(rules=rules))
        row = {"number": "R-1", "merchant": "ACME", "custody": "received", "received_at": NOW}
        tx.execute(insert(Return).values(site=SITE, deadline=NOW + timedelta(hours=6), **row))
    assert listed(dock, NOW + timedelta(hours=2)) == []
    assert len(listed(dock, NOW + timedelta(hours=2, minutes=1))) == 1
    assert listed(dock, NOW - timedelta(minutes=1), "return_due") == []
    assert len(listed(dock, NOW, "return_due")) == 1


def test_what_nobody_is_to_fetch_is_told_and_put_away_once_that_is_decided(dock) -> None:
    lose_the_task(dock)
    (one,) = listed(dock)
    assert (one.subject, one.pieces, one.facts["reason"]) == (unit(dock), 3, "no_task")
    assert one.facts["place"] == "DOCK-1"
    lead(dock, Decide(one.id, "put_back"))
    assert [(task[0], task[2]) for task in tasks_of(dock, "putback")] == [(unit(dock), 3)]
    assert listed(dock) == []


def test_what_stands_on_a_pallet_is_told_with_it(dock) -> None:
    lose_the_task(dock)
    upper = update(Place).where(Place.code == unit(dock))
    with dock.begin() as tx:
        under = new_place(tx, SITE, code="P-9", kind="pallet", parent="DOCK-1", merchant="ACME")
        tx.execute(upper.values(parent=under))
    (one,) = listed(dock)
    assert (one.subject, one.pieces) == ("P-9", 3)
    lead(dock, Decide(one.id, "put_back"))
    assert [(task[0], task[2]) for task in tasks_of(dock, "putback")] == [("P-9", 3)]


def noted(transactions: Transactions) -> list[tuple[str, str, bool]]:
    """Rows as (subject, owner, whether it is open)."""
    with transactions.begin() as tx:
        rows = tx.execute(select(Trouble.subject, Trouble.owner, Trouble.closed_at))
        return [(row[0], row[1], row[2] is None) for row in rows]


@pytest.mark.parametrize("closing", ["decides", "hands over"])
def test_the_row_of_a_cause_that_is_gone_is_closed_and_one_that_is_back_is_nobodys(
    dock: Transactions, closing: str
) -> None:
    soon, ended = LATER + timedelta(hours=1), LATER + timedelta(minutes=10)
    with dock.begin() as tx:
        for number in ("R-1", "R-2"):
            row = {"number": number, "merchant": "ACME", "custody": "received", "deadline": soon}
            tx.execute(insert(Return).values(site=SITE, received_at=NOW, **row))
    found = {one.subject: one for one in listed(dock, kind="return_due")}
    with dock.begin() as tx:
        tx.execute(update(Worker).values(roles="lead"))
    lead(dock, Assign(found["R-1"].id, "W2"))
    judged = update(Return).where(Return.number == "R-1")
    with dock.begin() as tx:
        tx.execute(judged.values(custody="disposed"))
    listed(dock, kind="return_due")
    assert noted(dock) == [("R-1", "W2", True)]  # whoever reads writes nothing

    settles = Decide(found["R-2"].id, "settle", "nothing")
    lead(dock, settles if closing == "decides" else HandOver("quiet"), ended)
    assert ("R-1", "W2", False) in noted(dock)
    with dock.begin() as tx:
        tx.execute(judged.values(custody="received"))
    back = {one.subject: one for one in listed(dock, ended, "return_due")}["R-1"]
    assert (back.owner, back.since) == ("", ended)
    lead(dock, Assign(back.id, "W1"), ended + timedelta(minutes=1))
    assert ("R-1", "W1", True) in noted(dock)


def test_what_was_settled_stays_so(dock) -> None:
    lose_the_task(dock)
    (one,) = listed(dock)
    lead(dock, Decide(one.id, "settle", "nothing"))
    lead(dock, HandOver("quiet"))
    assert listed(dock) == []


@pytest.mark.sqlite("a server plans by how much there is")
def test_no_look_for_strays_reads_all_places_ever_made(dock) -> None:
    """A board asks each second, and parcels that have left stay as places."""
    with dock.begin() as tx:
        asked: list[tuple[str, tuple[object, ...]]] = []
        engine = engine_of(dock)
        listener = lambda *told: asked.append((told[2], told[3]))  # noqa: E731 as it is removed
        event.listen(engine, "before_cursor_execute", listener)
        list(strays(tx, SITE, LATER, LATER))
        event.remove(engine, "before_cursor_execute", listener)
        plans = [
            row[3]
            for statement, values in asked
            for row in tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert len(asked) > 3
    assert [
        plan for plan in plans if re.search(r"SCAN place|SEARCH place\b.*\(site=\?\)", plan)
    ] == []


def lift(transactions: Transactions) -> str:
    """Have the pallet of a delivery stand nowhere, and nobody be sent for it."""
    lose_the_task(transactions)
    pallet = unit(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Place).where(Place.code == pallet).values(parent=None))
    return pallet


def test_what_stands_nowhere_is_told_with_who_had_it_last_and_put_away_once_decided(dock) -> None:
    pallet = lift(dock)
    (one,) = listed(dock)
    assert (one.subject, one.pieces, one.facts["reason"]) == (pallet, 3, "nowhere")
    assert (one.facts["worker"], one.facts["place"]) == ("Ana", "")
    with dock.begin() as tx:
        assert [left.owner for left in left_behind(tx, SITE, LATER)["strays"]] == ["Ana"]
    lead(dock, Decide(one.id, "put_back"))
    assert listed(dock) == []
    asked = Picker(dock, "W2", job="putaway").scan("*DONE", pallet).prompt
    assert (asked.ask, asked.count) == ("putaway.scan_bin", "3")


def test_an_empty_pallet_that_stands_nowhere_goes_out_of_use_and_a_new_label_is_none(dock) -> None:
    close(dock)
    with dock.begin() as tx:
        for code in ("P-7", "P-8"):
            new_place(tx, SITE, code=code, kind="pallet")
        about = {"site": SITE, "id": "S:1", "worker": "W1", "at": NOW}
        tx.execute(insert(Operation).values(kind="Emptied", seat="S", command="{}", **about))
        tx.execute(insert(Trace).values(site=SITE, thing="place:P-7", at=NOW, operation="S:1"))
    (one,) = listed(dock)
    assert (one.subject, one.pieces, one.since, one.facts["worker"]) == ("P-7", 0, NOW, "Ana")
    told = lead(dock, Decide(one.id, "retire"))
    assert told.text == "exceptions.done.retire"
    assert listed(dock) == []
    with dock.begin() as tx:
        assert tx.scalar(select(Place.state).where(Place.code == "P-7")) == "void"
