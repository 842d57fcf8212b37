"""The lines to a PostgreSQL server: when they are tried, and what a turn begins with on them."""

from __future__ import annotations

import json

import pytest
from conftest import SITE
from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

from floorhand.domain.things import SUPPLIER
from floorhand.errors import Code, Refused
from floorhand.store import notes
from floorhand.store.db import engine_of, in_turn, open_database
from floorhand.store.orders import waiting_orders
from floorhand.store.schema import Place


@pytest.fixture
def pings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was pinged."""
    pinged: list[object] = []
    usual = PGDialect_psycopg.do_ping

    def ping(dialect: PGDialect_psycopg, connection) -> bool:
        pinged.append(connection)
        return usual(dialect, connection)

    monkeypatch.setattr(PGDialect_psycopg, "do_ping", ping)
    return pinged


def test_a_line_is_tried_before_its_use_but_not_for_a_turn(postgresql_warehouse, pings) -> None:
    floor = open_database(postgresql_warehouse)
    pings.clear()
    for _ in range(3):
        in_turn(floor, lambda tx: tx.scalar(text("SELECT 1")))
    assert pings == []
    with floor.begin() as tx:
        tx.scalar(text("SELECT 1"))
    assert len(pings) == 1
    engine_of(floor).dispose()


def test_what_is_prepared_stays_when_a_turn_is_undone(postgresql_warehouse) -> None:
    floor = open_database(postgresql_warehouse)
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%orders%'")

    def refuse(tx: Session) -> None:
        waiting_orders(tx, SITE)
        raise Refused(Code.UNKNOWN_BARCODE)

    with pytest.raises(Refused):
        in_turn(floor, refuse)
    assert in_turn(floor, lambda tx: tx.scalar(prepared)) == 1
    engine_of(floor).dispose()


def test_a_turn_on_postgresql_begins_whole(postgresql_warehouse) -> None:
    floor = open_database(postgresql_warehouse)
    names = ("transaction_isolation", "idle_in_transaction_session_timeout", "floorhand.noted")

    def look(tx: Session) -> list[str]:
        return [tx.scalar(text(f"SHOW {name}")) for name in names]

    assert in_turn(floor, look) == ["repeatable read", "3s", "["]
    with floor.begin() as tx:
        assert look(tx) == ["read committed", "1min", ""]
    engine_of(floor).dispose()


def test_more_than_is_worth_keeping_is_not_noted_on_postgresql(postgresql_warehouse) -> None:
    floor = open_database(postgresql_warehouse)
    long = "x" * (notes.CHARACTERS_MAX // 4)
    kept = text(f"SELECT {notes.CHANGES}").bindparams(changes_max=9)

    def rename(tx: Session, times: int) -> str | None:
        for number in range(times):
            tx.execute(
                update(Place).where(Place.code == SUPPLIER).values(old_check=f"{number}{long}")
            )
        return tx.scalar(kept)

    few = in_turn(floor, lambda tx: rename(tx, 2))
    assert few is not None
    assert [
        (table, was["old_check"][:1], now["old_check"][:1]) for table, was, now in json.loads(few)
    ] == [
        ("place", "", "0"),
        ("place", "0", "1"),
    ]
    assert in_turn(floor, lambda tx: rename(tx, 3)) is None
    with floor.begin() as tx:
        assert tx.scalar(kept) == "[]"
    engine_of(floor).dispose()
