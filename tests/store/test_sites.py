"""Every table leads with the site, so that each site can live on a server of its own."""

from __future__ import annotations

from conftest import new_warehouse
from sqlalchemy import inspect

from floorhand.store.db import engine_of

OF_ALL_SITES = {"alembic_version": "which schema the whole database has"}
"""Tables that belong to no site, each with its reason."""


def keys_of(tables, table: str) -> dict[str, list[str]]:
    """Every key of a table, by name, with its columns."""
    primary = tables.get_pk_constraint(table)
    keys = {"its primary key": primary["constrained_columns"]}
    for found in (tables.get_indexes(table), tables.get_unique_constraints(table)):
        keys |= {str(one["name"]): one["column_names"] for one in found}
    return keys


def test_every_table_and_every_key_leads_with_the_site(tmp_path) -> None:
    engine = engine_of(new_warehouse(tmp_path))
    tables = inspect(engine)
    found = set(tables.get_table_names())
    assert found > OF_ALL_SITES.keys()
    for table in sorted(found - OF_ALL_SITES.keys()):
        columns = [column["name"] for column in tables.get_columns(table)]
        assert columns[0] == "site", table
        for name, key in keys_of(tables, table).items():
            assert key[0] == "site", (table, name, key)
    engine.dispose()


def test_no_row_refers_to_one_of_another_site(tmp_path) -> None:
    engine = engine_of(new_warehouse(tmp_path))
    tables = inspect(engine)
    for table in tables.get_table_names():
        for key in tables.get_foreign_keys(table):
            pair = key["constrained_columns"][0], key["referred_columns"][0]
            assert pair == ("site", "site"), (table, key)
    engine.dispose()
