"""Any sequence of scans, undos, lost terminals and repeats keeps every piece, in all five jobs."""

from __future__ import annotations

from pathlib import Path

import pytest
from undoing.restless import Seen, wander

from floorhand.domain.signing_in import JOBS
from floorhand.store.db import engine_of, open_database

SCANS = 260
SCANS_LED = 120
SCANS_ON_POSTGRESQL = 90


def wandered(url: str, scans: int, seed: int, led: float = 0.0) -> Seen:
    transactions = open_database(url)
    seen = wander(transactions, scans, seed, led=led)
    engine_of(transactions).dispose()
    return seen


@pytest.mark.parametrize("seed", [4, 9])
def test_whatever_is_taken_back_every_piece_is_kept(tmp_path: Path, seed: int) -> None:
    seen = wandered(str(tmp_path / "floor.db"), SCANS, seed)
    assert seen.faults == []
    assert seen.killed
    assert seen.repeated
    assert len(seen.jobs()) >= len(JOBS) - 1
    assert any(said == "road.redone" for _, said in seen.undos)


def test_whatever_a_lead_takes_back_every_piece_is_kept(tmp_path: Path) -> None:
    seen = wandered(str(tmp_path / "floor.db"), SCANS_LED, 5, led=1.0)
    assert seen.faults == []
    assert any(said.startswith("road.undone") for said in seen.led)
    assert any(said.startswith("refusal.reverse") for said in seen.led)


def test_whatever_is_taken_back_every_piece_is_kept_on_postgresql(postgresql_url: str) -> None:
    seen = wandered(postgresql_url, SCANS_ON_POSTGRESQL, 3)
    assert seen.faults == []
    assert seen.jobs()
