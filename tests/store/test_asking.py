"""The one door through which scans ask: the same values, rows and errors as through SQLAlchemy."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from conftest import NOW, SITE, new_warehouse
from homes import EITHER
from sqlalchemy import bindparam, event, insert, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from floorhand.errors import Clash, DatabaseAway
from floorhand.store import prepared
from floorhand.store.asking import ask, ask_each, door_of
from floorhand.store.db import engine_of, open_database
from floorhand.store.prepared import UNNAMED, warm_up
from floorhand.store.schema import Place, Seat, Table

PLACE, SEAT = Table.metadata.tables["place"], Table.metadata.tables["seat"]
ADD_PLACE, ADD_SEAT = insert(PLACE), insert(SEAT)
PLACES = (
    select(Place.code, Place.pick_face, Place.state.label("how"))
    .where(Place.site == SITE, Place.code.in_(bindparam("codes", expanding=True)))
    .order_by(Place.code)
)
SEATS = select(Seat.code, Seat.at).where(Seat.site == SITE)
UNNAMED_SEATS = SEATS.execution_options(**{UNNAMED: True})
RENAME = update(PLACE).where(PLACE.c.code == bindparam("of")).values(zone=bindparam("name"))
NEW_ZONE = RENAME.returning(PLACE.c.zone)


@pytest.fixture(params=EITHER)
def floor(request, tmp_path):
    if request.param == "sqlite":
        made = new_warehouse(tmp_path)
    else:
        made = open_database(request.getfixturevalue("postgresql_warehouse"))
    yield made
    engine_of(made).dispose()


def bins(*codes: str) -> list[dict[str, str]]:
    return [{"site": SITE, "code": code, "kind": "bin", "scan_code": code} for code in codes]


def test_values_come_back_as_they_went_in(floor) -> None:
    later = NOW.astimezone(timezone(timedelta(hours=9)))
    with floor.begin() as tx:
        ask_each(tx, ADD_PLACE, bins("A-1", "A-2"))
        ask(tx, ADD_SEAT, site=SITE, code="S1", flow="menu", state="{}", at=later)
        rows = ask(tx, PLACES, codes=["A-1", "A-2", "A-3"]).all()
        assert [(row.code, row.pick_face, row.how) for row in rows] == [
            ("A-1", False, "open"),
            ("A-2", False, "open"),
        ]
        assert rows == tx.execute(PLACES, {"codes": ["A-1", "A-2", "A-3"]}).all()
        assert rows[0].pick_face is False
        seat = ask(tx, SEATS).one()
        assert (seat.code, seat.at, seat.at.utcoffset()) == ("S1", NOW, timedelta(0))
        assert isinstance(seat.at, datetime)


def test_rows_without_names_have_the_same_values(floor) -> None:
    with floor.begin() as tx:
        for code in ("S1", "S2"):
            ask(tx, ADD_SEAT, site=SITE, code=code, flow="menu", state="{}", at=NOW)
        rows = ask(tx, UNNAMED_SEATS)
        assert sorted(rows) == sorted(ask(tx, SEATS)) == [("S1", NOW), ("S2", NOW)]
        assert {type(row) for row in rows} == {tuple}


def test_lists_of_any_length_can_be_asked_for(floor) -> None:
    with floor.begin() as tx:
        ask_each(tx, ADD_PLACE, bins("A-1", "A-2", "A-3"))
        for codes in ([], ["A-1"], ["A-3", "A-1"], ["A-2", "A-3", "A-1"]):
            assert ask(tx, PLACES, codes=codes).scalars() == sorted(codes)


def test_writing_says_how_many_rows_and_gives_what_it_returns(floor) -> None:
    with floor.begin() as tx:
        ask_each(tx, ADD_PLACE, bins("A-1", "A-2"))
        assert ask(tx, RENAME, of="A-1", name="COLD").rowcount == 1
        assert ask(tx, RENAME, of="A-9", name="COLD").rowcount == 0
        assert ask(tx, NEW_ZONE, of="A-1", name="DRY").scalar() == "DRY"
        assert ask_each(tx, RENAME, []).rowcount == 0


def test_a_parameter_too_few_or_a_column_too_many_is_no_question(floor) -> None:
    with floor.begin() as tx:
        with pytest.raises(SQLAlchemyError, match="'name'"):
            ask(tx, RENAME, of="A-1")
        with pytest.raises(AssertionError, match="colour"):
            ask(tx, ADD_PLACE, **bins("A-1")[0], colour="red")


def test_listeners_hear_what_goes_through_the_door(floor) -> None:
    heard: list[tuple[str, bool]] = []

    def note(_connection, _cursor, sql, _values, _context, many) -> None:
        heard.append((sql.split()[0], many))

    with floor.begin() as tx:
        tx.connection()
        event.listen(engine_of(floor), "before_cursor_execute", note)
        ask_each(tx, ADD_PLACE, bins("A-1", "A-2"))
        ask(tx, PLACES, codes=["A-1"])
        event.remove(engine_of(floor), "before_cursor_execute", note)
    assert heard == [("INSERT", True), ("SELECT", False)]


def test_what_breaks_a_constraint_is_said_as_such_and_undone(floor) -> None:
    with pytest.raises(IntegrityError), floor.begin() as tx:
        ask_each(tx, ADD_PLACE, bins("A-1", "A-1"))
    with floor.begin() as tx:
        assert ask(tx, PLACES, codes=["A-1"]).all() == []


def test_a_session_that_goes_on_after_a_commit_asks_in_its_next_transaction(floor) -> None:
    with floor() as tx:
        ask(tx, ADD_PLACE, **bins("A-1")[0])
        first = door_of(tx)
        tx.commit()
        assert ask(tx, PLACES, codes=["A-1"]).first()
        assert first.connection.closed
        ask(tx, ADD_PLACE, **bins("A-2")[0])
        tx.rollback()
        assert ask(tx, PLACES, codes=["A-2"]).all() == []


@pytest.mark.sqlite("its file is full")
def test_a_full_disk_is_a_database_away(tmp_path) -> None:
    made = new_warehouse(tmp_path)
    with made() as tx:
        full = tx.scalar(text("PRAGMA page_count"))
        tx.execute(text(f"PRAGMA max_page_count = {full}"))
    many = bins(*(f"A-{n}" for n in range(5000)))
    with pytest.raises(DatabaseAway, match="Make room on its disk"), made.begin() as tx:
        ask_each(tx, ADD_PLACE, many)
    with made.begin() as tx:
        assert ask(tx, PLACES, codes=["A-1"]).all() == []
    engine_of(made).dispose()


def test_a_connection_that_broke_is_away_and_the_next_one_is_new(postgresql_warehouse) -> None:
    made = open_database(postgresql_warehouse)
    with made() as tx, made() as other:
        mine = tx.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text(f"SELECT pg_terminate_backend({mine})"))
        with pytest.raises(DatabaseAway):
            ask(tx, PLACES, codes=["A-1"])
    with made.begin() as tx:
        assert ask(tx, PLACES, codes=["A-1"]).all() == []
    engine_of(made).dispose()


def test_who_is_overtaken_clashes(postgresql_warehouse) -> None:
    made = open_database(postgresql_warehouse)
    with made.begin() as tx:
        ask(tx, ADD_PLACE, **bins("A-1")[0])
    with made() as tx:
        tx.connection(execution_options={"isolation_level": "SERIALIZABLE"})
        ask(tx, PLACES, codes=["A-1"])
        with made.begin() as other:
            ask(other, RENAME, of="A-1", name="COLD")
        with pytest.raises(Clash):
            ask(tx, RENAME, of="A-1", name="DRY")
    engine_of(made).dispose()


def test_what_is_asked_again_and_again_is_planned_once(postgresql_warehouse) -> None:
    made = open_database(postgresql_warehouse)
    with made() as tx, made() as other:  # lines that are there since many wanted one at once
        tx.connection()
        other.connection()
    for _ in range(20):  # a line prepares what it was asked five times; a server plans five more
        with made.begin() as tx:
            ask(tx, PLACES, codes=["A-1"])
    with made.begin() as tx:
        (plans,) = tx.execute(
            text(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements "
                "WHERE statement LIKE '%pick_face%'"
            )
        ).all()
    assert plans.generic_plans >= 14
    assert plans.custom_plans == 0
    engine_of(made).dispose()


def test_moments_are_told_in_utc_whatever_the_server_is_used_to(postgresql_warehouse) -> None:
    made = open_database(postgresql_warehouse)
    with made.begin() as tx:
        name = tx.scalar(text("SELECT current_database()"))
        tx.execute(text(f"ALTER DATABASE \"{name}\" SET timezone = 'Asia/Tokyo'"))
        ask(tx, ADD_SEAT, site=SITE, code="S1", flow="menu", state="{}", at=NOW)
    engine_of(made).dispose()
    with made.begin() as tx:
        seat = ask(tx, SEATS).one()
        assert seat.at == NOW
        assert seat.at.tzinfo is UTC
    engine_of(made).dispose()


class Loading(dict[str, ModuleType]):
    """Modules of which another thread loads one whenever somebody looks at them one by one."""

    def items(self) -> Any:
        for name, module in super().items():
            self[f"loaded_{len(self)}"] = module
            yield name, module


def test_modules_may_be_loaded_while_what_they_ask_is_compiled(monkeypatch) -> None:
    modules = Loading(sys.modules)
    monkeypatch.setattr(prepared, "sys", SimpleNamespace(modules=modules))
    with pytest.raises(RuntimeError):
        list(modules.items())
    warm_up(sqlite.dialect())
