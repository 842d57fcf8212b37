"""Receiving and put-away as one, on both databases: nothing is left at the dock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import SITE, new_warehouse
from homes import EITHER
from sqlalchemy import select
from warehouses import inbound
from warehouses.walk import Obedient, pieces_at

from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import DeliveryLine, Task


@pytest.fixture(params=EITHER)
def floor(request, tmp_path) -> Iterator[Transactions]:
    if request.param == "sqlite":
        made = new_warehouse(tmp_path)
    else:
        made = open_database(request.getfixturevalue("postgresql_warehouse"))
    inbound.build(made)
    yield made
    engine_of(made).dispose()


def test_who_does_what_the_prompt_wants_empties_the_dock(floor) -> None:
    worker = Obedient(floor, "H1", "BADGE-ANA")
    worker.open("receiving")
    worker.scan("*LIST")
    worker.scan("*BACK")
    for number in ("D-100", "D-200", "D-300"):
        worker.scan(number)
        worker.scan("LD1")
        if number == "D-200":
            worker.scan("*FULL")
        while worker.turn.prompt.ask != "receiving.scan_delivery":
            worker.obey()
            assert worker.turn.scan_no < 100
    worker.scan("*BACK")
    worker.open("putaway")
    while worker.turn.said is None or worker.turn.said.text != "refusal.nothing_to_put_away":
        worker.obey()
        assert worker.turn.scan_no < 150
    with floor.begin() as tx:
        assert pieces_at(tx, "DOCK-1") == {}
        assert set(tx.scalars(select(Task.state))) == {"done"}
        rows = tx.execute(select(DeliveryLine.expected, DeliveryLine.received)).all()
        assert all(expected == came for expected, came in rows)
        assert violations(tx, SITE) == ()
