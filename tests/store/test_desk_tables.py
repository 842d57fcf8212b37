"""The lists of those who lead, as tables."""

from __future__ import annotations

from conftest import NOW, SITE
from sqlalchemy import insert

from floorhand.store.cells import ROWS_MAX
from floorhand.store.db import Transactions
from floorhand.store.desk_tables import desk_table
from floorhand.store.schema import Merchant


def test_a_list_that_is_shown_in_part_says_how_long_it_is(transactions: Transactions) -> None:
    merchants = [{"site": SITE, "code": f"M{n}", "name": "M"} for n in range(ROWS_MAX + 2)]
    with transactions.begin() as tx:
        tx.execute(insert(Merchant), merchants)
        told = desk_table(tx, SITE, "merchant", "", NOW)
    assert len(told.rows) == ROWS_MAX
    assert told.count >= len(merchants)
