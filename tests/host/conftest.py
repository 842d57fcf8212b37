"""A warehouse, a host for all tests that do not end it, and others for those that do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from homes import home_of, new_warehouse
from host.hosts import Forked, Hosted, Nursery
from warehouses import packing

from floorhand.store.db import Transactions, engine_of


class Start(Protocol):
    """Starts a host, which ends with the test; one on the same socket takes over."""

    def __call__(self, *words: str, home: str = "", **how: object) -> Hosted:
        """Wait until it serves."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("host")


@pytest.fixture(scope="module")
def warehouse(folder: Path) -> Iterator[Transactions]:
    made = new_warehouse(folder)
    packing.build(made)
    yield made
    engine_of(made).dispose()


@pytest.fixture(scope="module")
def home(warehouse: Transactions, folder: Path) -> str:
    return home_of(folder / "floor.db")


@pytest.fixture(scope="module")
def host(nursery: Nursery, home: str, folder: Path) -> Iterator[Hosted]:
    """One for all tests: what a test does to its terminals must not harm it."""
    made = Forked(nursery, home, folder)
    try:
        yield made.ready()
    finally:
        made.end()


@pytest.fixture
def start(nursery: Nursery, home: str, tmp_path: Path) -> Iterator[Start]:
    made: list[Hosted] = []

    usual = home

    def started(*words: str, home: str = "", **how: object) -> Hosted:
        made.append(Forked(nursery, home or usual, tmp_path, *words, **how))
        return made[-1].ready()

    yield started
    for one in reversed(made):
        one.end()
