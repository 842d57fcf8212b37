"""What tests of browsers share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import home_of
from host.hosts import Forked, Hosted, Nursery
from warehouses import packing
from web.browsing import Floor

from floorhand.store.db import Transactions


@pytest.fixture(autouse=True)
def _terminals_run_this_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


@pytest.fixture(scope="session")
def host(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """One for all tests: it has no warehouse of its own, as each browser's terminal has its own."""
    made = Forked(nursery, "", tmp_path_factory.mktemp("host"))
    try:
        yield made.ready()
    finally:
        made.end()


@pytest.fixture
def floor(transactions: Transactions, tmp_path: Path, host: Hosted) -> Floor:
    """A warehouse where parcels are packed."""
    packing.build(transactions)
    return Floor(home_of(tmp_path / "floor.db"), tmp_path, host)
