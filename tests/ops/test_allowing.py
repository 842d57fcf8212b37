"""What roles and stations allow: other keys and jobs are neither shown nor done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, update
from warehouses import inbound, packing
from warehouses.walk import Obedient

from floorhand.domain.keymap import Key
from floorhand.domain.rights import ROLES, Right
from floorhand.domain.signing_in import JOBS
from floorhand.ops.allowing import ACTS, KEYS_FOR, keys_allowed
from floorhand.ops.floor import take_turn
from floorhand.store.db import Transactions
from floorhand.store.schema import Seat, Station, Worker
from floorhand.text.catalog import catalog

BLIND = (Key.MISMATCH, "key.blind")


@pytest.fixture
def docks(transactions: Transactions) -> Transactions:
    inbound.build(transactions)
    return transactions


@pytest.fixture
def benches(transactions: Transactions) -> Transactions:
    packing.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Worker).values(roles="worker"))
        tx.execute(update(Station).values(jobs="packing returns"))
        gate = {"site": SITE, "code": "GATE", "scan_code": "STATION-2", "jobs": "receiving"}
        tx.execute(insert(Station).values(gate))
        tx.execute(insert(Station).values(site=SITE, code="HALL", scan_code="STATION-3"))
    return transactions


@pytest.mark.parametrize("pressed", ["*SHORT", "*5"])
def test_a_key_that_the_roles_do_not_allow_is_not_shown_and_refused(docks, pressed) -> None:
    ana = Obedient(docks, "H1", "BADGE-ANA")
    ana.open("receiving")
    assert BLIND not in ana.turn.prompt.keys
    asked = ana.turn.prompt
    turn = ana.scan(pressed)
    assert (turn.said.text, turn.said.facts["who"]) == ("refusal.role_missing", "Bea")
    assert turn.prompt == asked


def test_a_role_shows_the_key_and_lets_it_do_its_work(docks) -> None:
    bea = Obedient(docks, "H1", "BADGE-BEA")
    bea.open("receiving")
    assert BLIND in bea.turn.prompt.keys
    assert bea.scan("*SHORT").prompt.ask == "receiving.whose"


def test_a_role_that_was_taken_away_takes_its_key_with_it(docks) -> None:
    bea = Obedient(docks, "H1", "BADGE-BEA")
    bea.open("receiving")
    with docks.begin() as tx:
        tx.execute(update(Worker).values(roles="receiving"))
    turn = bea.scan("*SHORT")
    assert turn.said.text == "refusal.role_missing"
    assert BLIND not in turn.prompt.keys


def test_every_key_with_a_right_has_its_words_and_somebody_who_may_press_it() -> None:
    english = catalog("en")
    for text in KEYS_FOR:
        key = ((Key.DONE, text),)
        assert english.say(text, {}) != text
        assert keys_allowed(key, ("worker",)) == ()
        assert keys_allowed(key, ("lead",)) == key
    assert ACTS.keys() == set(Right) == {right for rights in ROLES.values() for right in rights}


def test_a_station_offers_only_what_is_done_there(benches) -> None:
    ana = Obedient(benches, "P1", "BADGE-ANA", station=packing.STATION)
    assert [choice.code for choice in ana.turn.prompt.choices] == ["packing", "returns"]
    moved = ana.scan("STATION-2")
    assert [choice.code for choice in moved.prompt.choices] == ["receiving"]
    assert len(ana.scan("STATION-3").prompt.choices) == len(JOBS)


def test_a_job_of_another_station_is_refused_with_where_it_is_done(benches) -> None:
    ana = Obedient(benches, "P1", "BADGE-ANA", station="GATE")
    said = ana.scan("CART-1").said
    assert (said.text, said.facts["there"]) == ("refusal.job_not_here", "HALL")
    said = ana.scan("T-9").said
    assert (said.text, said.facts["there"]) == ("refusal.job_not_here", f"{packing.STATION}, HALL")


def test_who_leads_has_the_desk_at_every_station(benches) -> None:
    with benches.begin() as tx:
        tx.execute(update(Worker).values(roles="lead"))
    ana = Obedient(benches, "P1", "BADGE-ANA", station="GATE")
    assert [choice.code for choice in ana.turn.prompt.choices] == ["receiving", "leading"]


def test_a_bench_that_is_not_for_packing_leads_back_to_the_menu(benches) -> None:
    ana = Obedient(benches, "P1", "BADGE-ANA", station=packing.STATION)
    ana.open("packing")
    assert ana.scan("STATION-3").job == "packing"
    turn = ana.scan("STATION-2")
    assert (turn.job, turn.said.text) == ("menu", "packing.at_bench")


def test_work_that_was_begun_is_gone_on_with_where_it_is_not_done_any_more(benches) -> None:
    ana = Obedient(benches, "P1", "BADGE-ANA", station=packing.STATION)
    asked = ana.scan("T-9").prompt
    with benches.begin() as tx:
        tx.execute(update(Station).values(jobs="returns"))
        tx.execute(update(Seat).values(locks_after_s=1))
    later = NOW + timedelta(hours=1)
    scan_no = ana.turn.scan_no
    locked = take_turn(benches, SITE, "P1", scan_no + 1, "1", later)
    assert locked.said.text == "refusal.idle_locked"
    back = take_turn(benches, SITE, "P1", scan_no + 2, "BADGE-ANA", later)
    assert (back.job, back.prompt.ask) == ("packing", asked.ask)
