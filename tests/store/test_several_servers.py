"""An address names several servers: the one that writes is found, and waited for."""

from __future__ import annotations

import pytest
from conftest import NOW, SITE
from sqlalchemy import create_engine, event, make_url, text

from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.db import address_of, engine_of, open_database
from floorhand.store.server import plain_server
from floorhand.store.troubles import name_of

ONE = "postgresql+psycopg://ana@"
AT = {"host": "a,b", "port": "5432,5433"}


def arguments_of(url: str) -> dict[str, str]:
    """What the driver is called with."""
    engine = plain_server(address_of(url))
    called: dict[str, str] = {}

    def note(_dialect, _record, _words, named) -> None:
        called.update(named)
        raise ConnectionError

    event.listen(engine, "do_connect", note)
    with pytest.raises(ConnectionError):
        engine.connect()
    return called


@pytest.mark.parametrize(
    "query", ["host=a:5432,b:5433", "host=a:5432&host=b:5433", "host=a,b&port=5432,5433"]
)
def test_servers_are_read_in_every_form_in_which_people_write_them(query: str) -> None:
    called = arguments_of(f"{ONE}/floor?{query}")
    assert {name: called[name] for name in AT} == AT
    assert called["target_session_attrs"] == "read-write"


def test_an_address_may_say_which_of_its_servers_it_means() -> None:
    called = arguments_of(f"{ONE}/floor?host=a:5432,b:5433&target_session_attrs=standby")
    assert called["target_session_attrs"] == "standby"


def test_one_server_is_taken_as_it_is() -> None:
    assert "target_session_attrs" not in arguments_of(f"{ONE}a:5432/floor")


def make_read_only(url: str) -> None:
    """Let new lines to a database be as those to a standby."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as line:
        name = make_url(url).database
        line.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    engine.dispose()


def test_a_terminal_that_starts_before_a_standby_has_taken_over_waits(postgresql_warehouse) -> None:
    make_read_only(postgresql_warehouse)
    where = make_url(postgresql_warehouse).update_query_dict({"target_session_attrs": "read-write"})
    with pytest.raises(DatabaseAway, match="takes no scans now"):
        open_database(where.render_as_string(hide_password=False), create=False)


def test_a_standby_that_was_named_alone_is_told_apart(postgresql_warehouse) -> None:
    make_read_only(postgresql_warehouse)
    with pytest.raises(DatabaseUnusable, match="Name the server that writes"):
        open_database(postgresql_warehouse, create=False)


def test_a_line_to_a_server_that_writes_no_more_is_left_for_another(postgresql_warehouse) -> None:
    transactions = open_database(postgresql_warehouse)
    turn = take_seat(transactions, SITE, "H1", now=NOW)
    line = engine_of(transactions).raw_connection()
    line.cursor().execute("SET default_transaction_read_only = on")
    line.commit()
    line.close()

    def scan():
        return take_turn(transactions, SITE, "H1", turn.scan_no + 1, "NOBODY", NOW)

    with pytest.raises(DatabaseAway):
        scan()
    assert scan().scan_no == turn.scan_no + 1
    engine_of(transactions).dispose()


def test_a_line_that_broke_while_nobody_asked_anything_costs_no_scan(postgresql_warehouse) -> None:
    transactions = open_database(postgresql_warehouse)
    turn = take_seat(transactions, SITE, "H1", now=NOW)
    other = create_engine(postgresql_warehouse, isolation_level="AUTOCOMMIT")
    with other.connect() as line:
        ended = (
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert set(line.scalars(text(ended))) == {True}
    other.dispose()
    turn = take_turn(transactions, SITE, "H1", turn.scan_no + 1, "NOBODY", NOW)
    assert turn.scan_no == 1
    engine_of(transactions).dispose()


def test_an_answer_that_is_given_again_is_no_sooner_acknowledged_than_the_first(
    postgresql_warehouse,
) -> None:
    """It takes part in a commit, which waits for the standby, as only a write does."""
    transactions = open_database(postgresql_warehouse)
    take_seat(transactions, SITE, "H1", now=NOW)

    def last_writer() -> int:
        with transactions.begin() as tx:
            return int(str(tx.scalar(text("SELECT xmax FROM seat WHERE code = 'H1'"))))

    first = take_turn(transactions, SITE, "H1", 1, "NOBODY", NOW)
    before = last_writer()
    assert take_turn(transactions, SITE, "H1", 1, "NOBODY", NOW) == first
    assert last_writer() > before
    engine_of(transactions).dispose()


def test_servers_are_shown_as_people_write_them() -> None:
    assert name_of(address_of(f"{ONE}/floor?host=a:5432,b:5433")).endswith(
        "?host=a:5432&host=b:5433"
    )
