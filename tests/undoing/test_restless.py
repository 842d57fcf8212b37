"""Any sequence of scans, undos, lost terminals and repeats keeps every piece, in all five jobs."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import home_of
from undoing.restless import Seen, wander

from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR
from floorhand.domain.things import OUTSIDE
from floorhand.store import ledger
from floorhand.store.db import engine_of, open_database

SCANS = 420
SCANS_LED = 120
SCANS_ON_POSTGRESQL = 90


def wandered(url: str, scans: int, seed: int, led: float = 0.0) -> Seen:
    transactions = open_database(url)
    seen = wander(transactions, scans, seed, led=led)
    engine_of(transactions).dispose()
    return seen


@pytest.mark.parametrize("seed", [4, 9])
def test_whatever_is_taken_back_every_piece_is_kept(tmp_path: Path, seed: int) -> None:
    seen = wandered(home_of(tmp_path / "floor.db"), SCANS, seed)
    assert seen.faults == []
    assert seen.killed
    assert seen.repeated
    assert seen.left
    assert seen.after_leaving
    assert len(seen.jobs()) >= len(FROM_DOCK_TO_DOOR) - 1
    assert any(said == "road.redone" for _, said in seen.undos)


def test_whatever_a_lead_takes_back_every_piece_is_kept(tmp_path: Path) -> None:
    seen = wandered(home_of(tmp_path / "floor.db"), SCANS_LED, 5, led=1.0)
    assert seen.faults == []
    assert any(said.startswith("road.undone") for said in seen.led)
    assert seen.led["leading.in_the_way"]


def test_whatever_is_taken_back_every_piece_is_kept_on_postgresql(postgresql_url: str) -> None:
    seen = wandered(postgresql_url, SCANS_ON_POSTGRESQL, 3)
    assert seen.faults == []
    assert seen.jobs()


def test_pieces_that_go_back_to_the_wrong_place_are_found(tmp_path: Path, monkeypatch) -> None:
    """Sums do not show it, nor does the ledger: what was in a place before has to be there."""
    reverse = ledger.reverse

    def astray(tx, site, pairs, reserved):
        legs = reverse(tx, site, pairs, reserved)
        for leg in legs:
            if {leg.source, leg.target}.isdisjoint({*OUTSIDE, "DOCK-1"}):
                ledger.move(tx, pairs[0][0], leg.target, "DOCK-1", [leg.line])
        return legs

    monkeypatch.setattr(ledger, "reverse", astray)
    seen = wandered(home_of(tmp_path / "floor.db"), SCANS, 4)
    assert any("went back as" in fault for fault in seen.faults)
