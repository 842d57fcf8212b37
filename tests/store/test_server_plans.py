"""A server that makes one plan for all scans reads few rows for each, in a building of many years.

It makes plans before it knows what is asked for, as `floorhand.store.server` has it do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import homes
import pytest
from conftest import NOW, SITE
from sqlalchemy import Engine, Select, insert, text
from sqlalchemy.orm import Session
from warehouses import people

from floorhand.ops import putaway_work
from floorhand.store import (
    counts,
    finders,
    labels_here,
    orders,
    parcels,
    picks,
    print_queue,
    stands,
    strays,
)
from floorhand.store.db import engine_of, open_database
from floorhand.store.prepared import _Compiled, _nothing
from floorhand.store.schema import Order, OrderLine, Place, PrintJob, Return, Table, Task

MANY = 6_000
"""Rows of each kind, all of them done with."""

LARGE = ("orders", "order_line", "task", "print_job", "returns", "place")

QUESTIONS: dict[str, Callable[[], Any]] = {
    "orders by any number": lambda: finders._ORDERS_BY_CODE,
    "returns by any number": lambda: finders._RETURNS_BY_CODE,
    "orders to pick": lambda: orders._RELEASED,
    "orders that wait": lambda: orders._WAITING,
    "orders that can go on": orders._fillable,
    "walks": lambda: picks._OPEN_WALK,
    "put-aways": lambda: putaway_work._WAITING,
    "counts": lambda: counts._OPEN,
    "counts for a worker": lambda: counts._WAITING,
    "whose piece this is": lambda: parcels._OWNER,
    "how a printer stands": lambda: stands._COUNTED,
    "where else labels wait": lambda: stands._ELSEWHERE,
    "a label in doubt": lambda: labels_here._IN_DOUBT,
    "the next label": lambda: print_queue._OLDEST,
    "the next label of a seat": lambda: print_queue._FIRST_OF_SEAT,
    "printers with work": lambda: print_queue._PRINTERS,
    "what stands nowhere": lambda: strays._NOWHERE,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Engine]:
    """A server whose building has worked for years."""
    address = homes.create_warehouse(homes.unique_name())
    transactions = open_database(address)
    people.build(transactions)
    of_acme = {"site": SITE, "merchant": "ACME"}
    label = {"printer": "z", "station": "PACK-1", "template": "shipping", "data": "{}"}
    with transactions.begin() as tx:
        _write(tx, Order, "number", **of_acme, state="shipped", due_at=NOW, platform="csv")
        _write(tx, OrderLine, "order", **of_acme, line_no=1, sku="MUG", ordered=1)
        _write(tx, Return, "number", **of_acme, custody="disposed")
        _write(tx, Task, "id", site=SITE, kind="pick", state="done", created_at=NOW)
        job = {"site": SITE, "subject": "P", "state": "confirmed", "created_at": NOW, **label}
        _write(tx, PrintJob, "id", **job)
        carton = {"site": SITE, "kind": "carton", "state": "shipped"}
        codes = [f"C{number}" for number in range(MANY)]
        tx.execute(insert(Place), [{**carton, "code": one, "scan_code": one} for one in codes])
        for table in LARGE:
            tx.execute(text(f"ANALYZE {table}"))
    yield engine_of(transactions)
    engine_of(transactions).dispose()
    homes.drop(address)


def _write(tx: Session, table: type[Table], key: str, **same: Any) -> None:
    """Write many rows that differ in their key alone."""
    tx.execute(insert(table), [{**same, key: f"{number}"} for number in range(MANY)])


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_scan_reads_all_that_was_ever_done(server: Engine, question: str) -> None:
    plan = planned(server, QUESTIONS[question]())
    read_whole = [table for table in LARGE if f"Seq Scan on {table}" in plan]
    assert not read_whole, plan


def planned(server: Engine, asked: Select[Any]) -> str:
    """Give the plan that is made before it is known what is asked for."""
    compiled = _Compiled(asked, server.dialect, ())
    required = {name: bind for bind, name in compiled.compiler.bind_names.items() if bind.required}
    nothing = {
        name: [_nothing(bind.type)] if bind.expanding else _nothing(bind.type)
        for name, bind in required.items()
    }
    names: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    sql = re.sub(r"%\((\w+)\)s", numbered, compiled.prepared(nothing).sql)
    with server.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {sql}".encode())
        return "\n".join(row[0] for row in cursor.fetchall())
