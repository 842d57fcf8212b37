"""What all tests share: where the real data lies, a fixed moment, a database of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from floorhand.domain.things import OUTSIDE
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Merchant, Place, SiteRow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "MAIN"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Real data beside the project; tests that read it skip where it is absent."""


def new_warehouse(folder: Path, name: str = "floor.db") -> Transactions:
    """An empty warehouse: a site, the outside places, one merchant ACME."""
    transactions = open_database(f"sqlite:///{folder / name}")
    with transactions.begin() as tx:
        tx.execute(insert(SiteRow).values(site=SITE, name="Test site", time_zone="UTC"))
        tx.execute(insert(Merchant).values(site=SITE, code="ACME", name="Acme Trading"))
        tx.execute(
            insert(Place),
            [
                {"site": SITE, "code": code, "kind": "outside", "scan_code": code}
                for code in OUTSIDE
            ],
        )
    return transactions


@pytest.fixture
def transactions(tmp_path: Path) -> Iterator[Transactions]:
    """An empty warehouse, fresh for each test."""
    made = new_warehouse(tmp_path)
    yield made
    engine_of(made).dispose()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return SHARED_DATA
