"""Once a terminal has got ready, no scan waits for a question to be put into words."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from conftest import new_warehouse
from scripts.test_scripts import Stage
from sqlalchemy import SelectBase, text

from floorhand.ops import registry
from floorhand.ops.registry import get_ready
from floorhand.store import prepared
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.line_ready import get_line_ready
from floorhand.store.prepared import JOINS_DEAR


@pytest.mark.parametrize("job", ["receiving", "putaway", "picking", "packing", "returns"])
def test_all_that_is_asked_was_compiled_before(
    job: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_READY_FOR", set())
    monkeypatch.setattr(prepared, "_COMPILED", {})
    monkeypatch.setattr(prepared, "_PREPARED", {})
    script = (Path(__file__).parent / f"{job}_smooth.floor").read_text("utf-8").splitlines()
    transactions = new_warehouse(tmp_path)
    warehouse = import_module(f"warehouses.{script[0].removeprefix('@ ')}")
    warehouse.build(transactions)
    get_ready(transactions)
    before = len(prepared._COMPILED)
    stage = Stage(transactions)
    if not any(line.startswith("@ worker ") for line in script):
        stage.sign_in(warehouse.WORKER)
    for line in script:
        stage.follow(line)
    engine_of(transactions).dispose()
    asked = [statement for statement, *_ in list(prepared._COMPILED)[before:]]
    assert asked, "scans write, which is compiled at first use"
    assert [str(one) for one in asked if isinstance(one, SelectBase)] == []


@pytest.mark.parametrize("job", ["receiving", "putaway", "picking", "packing", "returns"])
def test_a_server_has_planned_before_what_takes_it_long(
    job: str, postgresql_warehouse: str
) -> None:
    script = (Path(__file__).parent / f"{job}_smooth.floor").read_text("utf-8").splitlines()
    transactions = open_database(postgresql_warehouse)
    warehouse = import_module(f"warehouses.{script[0].removeprefix('@ ')}")
    warehouse.build(transactions)
    get_ready(transactions)
    while get_line_ready(transactions):
        pass
    before = planned(transactions)
    assert len(before) > 20
    stage = Stage(transactions)
    if not any(line.startswith("@ worker ") for line in script):
        stage.sign_in(warehouse.WORKER)
    for line in script:
        stage.follow(line)
    asked = planned(transactions) - before
    engine_of(transactions).dispose()
    assert asked, "what is planned quickly is planned when it is asked"
    assert {sql for sql in asked if is_dear(sql)} == set()


def is_dear(sql: str) -> bool:
    """Say whether a question takes long to plan; of those with lists the usual lengths are."""
    asks = sql.startswith(("SELECT", "WITH")) and " IN (" not in sql
    return asks and sql.count(" JOIN ") >= JOINS_DEAR


def planned(transactions: Transactions) -> set[str]:
    """Give what the line of scans has had planned."""
    with transactions.begin() as tx:
        return set(tx.scalars(text("SELECT statement FROM pg_prepared_statements")))


def test_a_line_is_got_ready_once_and_a_new_one_again(postgresql_warehouse: str) -> None:
    transactions = open_database(postgresql_warehouse)
    get_ready(transactions)
    assert get_line_ready(transactions)
    while get_line_ready(transactions):
        pass
    assert not get_line_ready(transactions)
    engine_of(transactions).dispose()
    assert get_line_ready(transactions)
    engine_of(transactions).dispose()


def test_a_file_needs_no_such_thing(transactions: Transactions) -> None:
    if engine_of(transactions).dialect.name == "sqlite":
        assert not get_line_ready(transactions)


def test_no_thread_makes_the_columns_of_places_under_other_names() -> None:
    look = (
        "from floorhand.store.shelves import Inner, Outer as all; print(*map(vars, (Inner, *all)))"
    )
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.count("'walk_no': ") == told.stdout.count("'inner_height_mm': ") == 4
