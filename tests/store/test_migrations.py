"""One history of tables for both databases, from empty to what is declared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from conftest import NOW, SITE
from homes import EITHER
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from floorhand.domain.things import Line
from floorhand.errors import DatabaseUnusable
from floorhand.store import ledger, migrations
from floorhand.store.check import violations
from floorhand.store.db import HEAD, Transactions, engine_of, in_turn, open_database
from floorhand.store.places import new_place
from floorhand.store.schema import (
    APPEND_ONLY,
    KEPT,
    RESTORED,
    Merchant,
    Move,
    Place,
    SiteRow,
    Table,
)


@pytest.fixture(params=EITHER)
def empty(request, tmp_path) -> Iterator[str]:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/floor.db"
    else:
        yield request.getfixturevalue("postgresql_url")


@pytest.fixture
def opened(empty: str) -> Iterator[Transactions]:
    made = open_database(empty)
    yield made
    engine_of(made).dispose()


def differences(engine: Engine) -> list:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Table.metadata)


def test_the_tables_are_what_is_declared(opened) -> None:
    assert differences(engine_of(opened)) == []


def test_the_known_head_is_the_newest_migration() -> None:
    script = ScriptDirectory.from_config(migrations.config())
    assert script.get_heads() == [HEAD]


def test_opening_again_migrates_nothing(empty: str, opened, monkeypatch) -> None:
    monkeypatch.setattr(migrations, "upgrade", lambda _engine: pytest.fail("migrated again"))
    engine_of(open_database(empty)).dispose()


def test_a_newer_schema_is_refused(empty: str, opened) -> None:
    with opened.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match="newer floorhand"):
        open_database(empty)


def test_the_ledger_works_and_is_append_only(opened) -> None:
    from warehouses.two_bins import MUG, cause, stocked

    with opened.begin() as tx:
        tx.execute(insert(SiteRow).values(site=SITE, name="S"))
        tx.execute(insert(Merchant).values(site=SITE, code="ACME", name="Acme"))
        for code in ("@supplier", "@customer", "@scrap", "@correction"):
            new_place(tx, SITE, code=code, kind="outside")
    stocked(opened)
    with opened.begin() as tx:
        ledger.move(tx, cause(tx, 1), "A", "B", [Line(MUG, 3)])
        assert violations(tx, SITE) == ()
        assert tx.scalar(select(Move.at).limit(1)) == NOW
    for statement in (update(Move).values(pieces=9), delete(Move)):
        with pytest.raises(DBAPIError, match="append-only"), opened.begin() as tx:
            tx.execute(statement)


def test_every_append_only_table_has_its_triggers(opened) -> None:
    if engine_of(opened).dialect.name == "sqlite":
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        question = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with opened.begin() as tx:
        found = set(tx.scalars(text(question)))
    verbs = ["update", "delete"]
    verbs += ["replace"] if engine_of(opened).dialect.name == "sqlite" else ["truncate"]
    for table in APPEND_ONLY:
        assert {f"{table}_no_{verb}" for verb in verbs} <= found


def test_every_table_says_what_an_undo_does_with_it() -> None:
    assert sorted([*RESTORED, *KEPT]) == sorted([*Table.metadata.tables, "alembic_version"])


def test_every_table_that_an_undo_puts_back_notes_its_changes(opened) -> None:
    if engine_of(opened).dialect.name == "sqlite":
        question = "SELECT DISTINCT tbl_name FROM sqlite_temp_master WHERE name LIKE 'noted_%'"
    else:
        question = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_noted'"
    assert in_turn(opened, lambda tx: set(tx.scalars(text(question)))) == set(RESTORED)


@pytest.mark.sqlite("its REPLACE")
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_what_happened_cannot_be_replaced_on_sqlite(tmp_path, recursive) -> None:
    made = open_database(f"{tmp_path}/floor.db")
    same = {
        "scan": "('MAIN', 'H1', 1, '2026-01-01', NULL, 'pick', 'A-01', '', '{}', 'typed', 0, 0)",
        "operation": "('MAIN', 'H1:1', 'k', '{}', '{}', 'W', 'H1', '', '', '2026-01-01', NULL)",
        "move": "('MAIN', 'H1:1', 1, 'A', 'B', 'ACME', 'M', '', '', '', '', 5, 'W', '2026-01-01')",
    }
    with engine_of(made).connect() as connection:
        connection.exec_driver_sql(f"PRAGMA recursive_triggers = {recursive}")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in APPEND_ONLY:
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES {same[table]}")
            kept = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            for way in ("INSERT OR REPLACE", "REPLACE", "INSERT"):
                with pytest.raises(DBAPIError, match="append-only"):
                    connection.exec_driver_sql(f"{way} INTO {table} VALUES {same[table]}")
            assert connection.exec_driver_sql(f"SELECT * FROM {table}").all() == kept
    engine_of(made).dispose()


def test_outside_places_are_the_only_ones_that_begin_with_an_at_sign(opened) -> None:
    with opened.begin() as tx:
        tx.execute(insert(SiteRow).values(site=SITE, name="S"))
    for code, kind in (("@cellar", "bin"), ("cellar", "outside")):
        with pytest.raises(DBAPIError, match="outside_named"), opened.begin() as tx:
            tx.execute(insert(Place).values(site=SITE, code=code, kind=kind, scan_code=code))
