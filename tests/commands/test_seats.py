"""``floorhand seats``: who sits where, and seats that are freed."""

from __future__ import annotations

import pytest
from conftest import NOW, SITE
from warehouses import people

from floorhand.cli import main
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.db import Transactions, engine_of


@pytest.fixture
def at_work(transactions: Transactions) -> Transactions:
    people.build(transactions)
    take_seat(transactions, SITE, "H1", now=NOW, device=ROBOT)
    take_turn(transactions, SITE, "H1", 1, "BADGE-ANA", NOW, device=ROBOT)
    take_seat(transactions, SITE, "H2", now=NOW)
    return transactions


def seats(transactions: Transactions, *words: str) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["seats", *words, "--database", url])
    return int(ended.value.code or 0)


def test_the_list_says_who_is_where_at_what_and_since_when(at_work, capsys) -> None:
    assert seats(at_work) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["H1", "-", "Ana", "-", "menu", "2026-03-02", "09:00", "-", "robot"],
        ["H2", "-", "-", "-", "-", "2026-03-02", "09:00", "-", "-"],
    ]


def test_a_seat_is_freed_once(at_work, capsys) -> None:
    assert seats(at_work, "free", "H1") == 0
    assert seats(at_work, "free", "H1") == 0
    assert seats(at_work, "unlock", "H2") == 0
    assert capsys.readouterr().out.splitlines() == [
        "H1 is free; what Ana had open there is parked.",
        "Nobody sits at H1.",
        "H2 takes badges again.",
    ]


def test_a_seat_that_is_not_there_is_told_with_those_that_are(at_work, capsys) -> None:
    assert seats(at_work, "free", "H9") == 1
    assert "There is no seat H9. Known: H1, H2." in capsys.readouterr().err
    assert seats(at_work, "free") == 1
