"""Odd scans at every question: a short run of `fuzz`, and proof that its watch would notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import ON_POSTGRESQL
from robots.fuzz import Report, Watch, fuzz, table

from floorhand.domain.keymap import Key
from floorhand.domain.things import Number, Pressed
from floorhand.domain.things import Place as PlaceThing
from floorhand.flows.turn import Prompt, Wants
from floorhand.store.places import new_place

SCANS = 1_000 if ON_POSTGRESQL else 2_000
"""Each takes several times as long on a server."""


def test_odd_scans_break_nothing_and_fire_no_action(tmp_path: Path) -> None:
    report = fuzz(SCANS, 1, tmp_path)
    assert report.scans == SCANS
    assert report.faults == []
    assert len(list(table(report))) > 60
    assert len({(flow, state) for flow, state, _ in report.met}) > 12


@pytest.mark.parametrize(
    ("scanned", "taken", "fits"),
    [
        ("*OUT", Pressed(Key.LOCK), True),
        ("f12", Pressed(Key.LOCK), True),
        ("OUT", Pressed(Key.LOCK), False),
        ("12", Number(12), True),
        ("1x", Number(1), False),
        ("\u0663", Number(3), False),
        ("]C0fhl-label", PlaceThing("A-1", "bin"), True),
        ("47", PlaceThing("A-1", "bin"), True),
        ("FHL-LABEX", PlaceThing("A-1", "bin"), False),
        ("A-1", PlaceThing("A-1", "bin"), False),
        ("A-1", PlaceThing("A-1", "bin", proven=False), True),
    ],
)
def test_the_watch_notices_what_is_taken_for_what_it_is_not(
    transactions, scanned: str, taken: object, fits: bool
) -> None:

    prompt = Prompt("x", wants=Wants(("bin",), place="A-1"))
    with transactions.begin() as tx:
        digits = {"scan_code": "FHL-LABEL", "check_digits": "47"}
        new_place(tx, "MAIN", code="A-1", kind="bin", **digits)
        assert Watch(Report())._may_be(tx, taken, scanned, prompt) == fits
