"""Plans must not read a whole site to find one thing, however empty or full the building is."""

from __future__ import annotations

import pytest
from conftest import NOW
from sqlalchemy import text

from floorhand.robots.demo import build_demo
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Table

NEVER = -1
"""What PostgreSQL says of a table that was never counted."""


def plan(transactions: Transactions, sql: str) -> str:
    with transactions.begin() as tx:
        return "\n".join(row[3] for row in tx.execute(text(f"EXPLAIN QUERY PLAN {sql}")))


@pytest.mark.sqlite("its planner")
def test_a_barcode_is_looked_up_by_its_code(transactions: Transactions) -> None:
    found = plan(
        transactions,
        "SELECT sku.name FROM barcode JOIN sku ON sku.site = barcode.site AND sku.merchant = "
        "barcode.merchant AND sku.code = barcode.sku WHERE barcode.site = 'M' AND barcode.code "
        "IN ('1', '2') ORDER BY sku.merchant, sku.code",
    )
    assert "barcode USING INDEX ix_barcode_site_code (site=? AND code=?)" in found
    assert "sku USING INDEX sqlite_autoindex_sku_1 (site=? AND merchant=? AND code=?)" in found


@pytest.mark.sqlite("its planner")
def test_what_stands_in_a_few_places_is_looked_up_by_place(transactions: Transactions) -> None:
    found = plan(
        transactions,
        "SELECT stock.sku FROM stock JOIN place ON place.site = 'M' AND place.code = stock.place "
        "WHERE stock.site = 'M' AND place.code IN ('A', 'B') AND stock.merchant = 'X'",
    )
    assert "INDEX sqlite_autoindex_stock_1 (site=? AND place=?" in found


@pytest.mark.sqlite("its planner")
def test_every_index_of_every_table_has_statistics(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        known = {tuple(row) for row in tx.execute(text("SELECT tbl, idx FROM sqlite_stat1"))}
        for table in Table.metadata.tables:
            for row in tx.execute(text(f'PRAGMA index_list("{table}")')):
                assert (table, row[1]) in known


def test_what_was_filled_at_one_stroke_is_counted_on_postgresql(postgresql_warehouse: str) -> None:
    floor = open_database(postgresql_warehouse)
    build_demo(floor, "DEMO", NOW)
    with floor.begin() as tx:
        found = tx.execute(text("SELECT relname, reltuples FROM pg_class"))
        counted = {row.relname: row.reltuples for row in found}
        for table in ("place", "stock", "sku", "barcode", "orders", "order_line"):
            assert counted[table] == tx.scalar(text(f"SELECT count(*) FROM {table}"))
        for table in ("task", "pick", "slot"):  # else every index seemed as good as any other
            assert counted[table] == NEVER
    engine_of(floor).dispose()
