"""Two workers count on one delivery at the same moment, on PostgreSQL, where rows are locked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from conftest import SITE
from sqlalchemy import select, text, update
from warehouses import inbound

from floorhand.store import deliveries
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import DeliveryLine


def test_who_waited_for_the_other_sees_what_the_other_counted(postgresql_warehouse: str) -> None:
    floor = open_database(postgresql_warehouse)
    inbound.build(floor)

    def received() -> int:
        with floor.begin() as tx:
            book = deliveries.book(tx, SITE, "D-100", "MUG")
            assert book is not None
            return book.lines[0].received

    with ThreadPoolExecutor(1) as other, floor.begin() as tx:
        assert deliveries.book(tx, SITE, "D-100", "MUG") is not None
        tx.execute(
            update(DeliveryLine)
            .where(DeliveryLine.delivery == "D-100", DeliveryLine.sku == "MUG")
            .values(received=7)
        )
        waiting = other.submit(received)
        blocked = select(text("count(*)")).select_from(text("pg_locks")).where(text("NOT granted"))
        while not tx.scalar(blocked):
            assert not waiting.done()
        tx.commit()
        assert waiting.result(10) == 7
    engine_of(floor).dispose()
