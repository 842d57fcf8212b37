"""What tests of browsers share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from homes import home_of
from host.hosts import Hosted
from warehouses import packing
from web.browsing import Floor

from floorhand.store.db import Transactions


@pytest.fixture(autouse=True)
def _terminals_run_this_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


@pytest.fixture
def floor(transactions: Transactions, tmp_path: Path, host: Hosted) -> Floor:
    """A warehouse where parcels are packed."""
    packing.build(transactions)
    return Floor(home_of(tmp_path / "floor.db"), tmp_path, host)
