"""Give a warehouse a past: a million products on shelves, and the moves that brought and took them.

For measuring how scans take in a building that has worked for years. All of it is written by the
database itself, many rows a statement, and adds up as if people had done it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Engine,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Session

from floorhand.domain.things import CUSTOMER, SUPPLIER
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Table as Tables
from floorhand.store.schema.base import UtcTime
from floorhand.store.statistics import count_tables

PRODUCTS_MAX = 1_000_000
"""Products, each on one shelf: so many rows of stock there are in bins."""

MOVES_PER_PRODUCT = 10
PRODUCTS_PER_BIN = 4
MOVES_PER_OPERATION = 5
LEFT = 5
"""Pieces of each product that are still there in the end."""

ROWS_PER_TRANSACTION = 250_000
"""A multiple of the moves of an operation, which all have one time."""

YEARS = 3
MERCHANTS = ("ALMA", "FJELL", "PAPEL")
KIND, WORKER = "OpeningStock", "1003"

Rows = tuple[str, dict[str, Any], CTE]
"""A table, its columns, and the numbers of which each makes one row."""

SIZE_MM, WEIGHT_G = 100, 200
BIN_ML, BIN_G, BIN_HEIGHT_MM = 96_000, 80_000, 400
BINS_PER_AISLE = 50
WALK_FROM, AISLES_FROM = 10_000, 1_000
"""Past all places of the demo."""

DIGITS = 9


def products_of(moves: int) -> int:
    """Say how many products a past of so many moves has."""
    return min(PRODUCTS_MAX, max(1, moves // MOVES_PER_PRODUCT))


def write_history(transactions: Transactions, site: str, moves: int, now: datetime) -> None:
    """Write a past into a demo warehouse.

    Args:
        transactions: The database; nobody else may use it meanwhile.
        site: The building.
        moves: About how many; each product has as many as any other.
        now: The past ends before.
    """
    products = products_of(moves)
    rounds = max(1, moves // products)
    engine = engine_of(transactions)
    trust(engine)
    bins = -(-products // PRODUCTS_PER_BIN)
    for rows, count in ((_products, products), (_barcodes, products), (_bins, bins)):
        for first, last in _parts(count):
            _write(transactions, rows(site, numbers(first, last)))
    started = now - timedelta(days=365 * YEARS)
    parts = list(_parts(products * rounds))
    for index, (first, last) in enumerate(parts):
        at = started + timedelta(days=365 * YEARS * index / len(parts))
        operations = numbers(first // MOVES_PER_OPERATION, (last - 1) // MOVES_PER_OPERATION + 1)
        _write(transactions, _operations(site, operations, at))
        _write(transactions, _moves(site, numbers(first, last), products, rounds, at))
        _write(transactions, _traces(site, numbers(first, last), products, at))
        _write(transactions, _traces_of_bins(site, operations, products, at))
    for place in ("", SUPPLIER, CUSTOMER):
        for first, last in _parts(products):
            _write(transactions, _stock(site, numbers(first, last), place, rounds, started))
    with engine.begin() as connection:
        count_tables(connection)
    engine.dispose()


def trust(engine: Engine) -> None:
    """Let SQLite skip looking up what each row refers to; the next connection looks again."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA foreign_keys = OFF")


def _write(transactions: Transactions, rows: Rows) -> None:
    """Write one row of a table for each number, in a transaction."""
    table, columns, numbers = rows
    values = [
        (value if isinstance(value, ColumnElement) else literal(value)).label(name)
        for name, value in columns.items()
    ]
    into: Table = Tables.metadata.tables[table]
    with transactions.begin() as tx:
        _trust_too(tx)
        tx.execute(insert(into).from_select(list(columns), select(*values).select_from(numbers)))


def _trust_too(tx: Session) -> None:
    """Let PostgreSQL skip the same; it takes its superuser to say so."""
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("SET LOCAL session_replication_role = replica"))


def _parts(rows: int) -> Iterator[tuple[int, int]]:
    for first in range(0, rows, ROWS_PER_TRANSACTION):
        yield first, min(rows, first + ROWS_PER_TRANSACTION)


def numbers(first: int, last: int) -> CTE:
    """Count from the first to before the last, in the database."""
    counted = select(literal(first).label("n")).cte("numbers", recursive=True)
    return counted.union_all(select(counted.c.n + 1).where(counted.c.n < last - 1))


def _code(number: ColumnElement[int]) -> ColumnElement[str]:
    """Write a number so that codes sort as numbers do."""
    return literal("H").concat(func.substr(cast(number + 10**DIGITS, String), 2))


def _goods(product: ColumnElement[int]) -> dict[str, Any]:
    first, second, third = MERCHANTS
    return {
        "merchant": case((product % 3 == 0, first), (product % 3 == 1, second), else_=third),
        "sku": _code(product),
    }


_SAME = {"lot": "", "expiry": "", "serial": "", "condition": "available"}


def _bin_of(product: ColumnElement[int]) -> ColumnElement[str]:
    return _code(product // PRODUCTS_PER_BIN)


def _products(site: str, numbers: CTE) -> Rows:
    goods = _goods(numbers.c.n)
    return (
        "sku",
        {
            "site": site,
            "merchant": goods["merchant"],
            "code": goods["sku"],
            "name": literal("Article ").concat(cast(numbers.c.n, String)),
            "weight_g": WEIGHT_G,
            **dict.fromkeys(("length_mm", "width_mm", "height_mm"), SIZE_MM),
        },
        numbers,
    )


def _barcodes(site: str, numbers: CTE) -> Rows:
    goods = _goods(numbers.c.n)
    return "barcode", {"site": site, **goods, "code": goods["sku"]}, numbers


def _bins(site: str, numbers: CTE) -> Rows:
    number = numbers.c.n
    return (
        "place",
        {
            "site": site,
            "code": _code(number),
            "kind": "bin",
            "scan_code": literal("BIN-").concat(_code(number)),
            "zone": "H",
            "walk_no": number + WALK_FROM,
            "aisle_no": number // BINS_PER_AISLE + AISLES_FROM,
            "y_mm": number % BINS_PER_AISLE * 1_000,
            "level": 1,
            "pick_face": True,
            "capacity_ml": BIN_ML,
            "capacity_g": BIN_G,
            "inner_height_mm": BIN_HEIGHT_MM,
        },
        numbers,
    )


def _operations(site: str, numbers: CTE, at: datetime) -> Rows:
    return (
        "operation",
        {
            "site": site,
            "id": _code(numbers.c.n),
            "kind": KIND,
            "command": "{}",
            "worker": WORKER,
            "seat": "history",
            "at": literal(at, UtcTime),
        },
        numbers,
    )


def _moves(site: str, numbers: CTE, products: int, rounds: int, at: datetime) -> Rows:
    """First everything comes in, then a piece of each product goes out, round after round."""
    number = numbers.c.n
    product, comes = number % products, number < products
    place = _bin_of(product)
    return (
        "move",
        {
            "site": site,
            "operation": _code(number // MOVES_PER_OPERATION),
            "row": number % MOVES_PER_OPERATION,
            "source": case((comes, SUPPLIER), else_=place),
            "target": case((comes, place), else_=CUSTOMER),
            **_goods(product),
            **_SAME,
            "pieces": case((comes, rounds - 1 + LEFT), else_=1),
            "worker": WORKER,
            "at": literal(at, UtcTime),
        },
        numbers,
    )


def _traces(site: str, numbers: CTE, products: int, at: datetime) -> Rows:
    """Say of each move which product it was about."""
    goods = _goods(numbers.c.n % products)
    return (
        "trace",
        {
            "site": site,
            "thing": literal("sku:").concat(goods["merchant"]).concat("/").concat(goods["sku"]),
            "at": literal(at, UtcTime),
            "operation": _code(numbers.c.n // MOVES_PER_OPERATION),
        },
        numbers,
    )


def _traces_of_bins(site: str, numbers: CTE, products: int, at: datetime) -> Rows:
    """Say of each operation which bin its first move was about."""
    product = numbers.c.n * MOVES_PER_OPERATION % products
    return (
        "trace",
        {
            "site": site,
            "thing": literal("place:").concat(_bin_of(product)),
            "at": literal(at, UtcTime),
            "operation": _code(numbers.c.n),
        },
        numbers,
    )


def _stock(site: str, numbers: CTE, place: str, rounds: int, at: datetime) -> Rows:
    """Say what that leaves in bins, or outside."""
    pieces = {SUPPLIER: 1 - rounds - LEFT, CUSTOMER: rounds - 1}.get(place, LEFT)
    return (
        "stock",
        {
            "site": site,
            "place": place or _bin_of(numbers.c.n),
            **_goods(numbers.c.n),
            **_SAME,
            "pieces": pieces,
            "reserved": 0,
            "arrived_at": literal(at, UtcTime),
        },
        numbers,
    )
