"""What each screen looks like, as plain text that a reviewer can read in a diff.

Real questions of real flows. After an intended change run with UPDATE=1 and look at every picture
that changed: it is what workers will see.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from tui.screens import SIZES, ListRoad, picture, settled, terminal

from floorhand.ops.floor import take_seat, take_turn
from floorhand.ops.seats import Turn
from floorhand.store.db import engine_of
from floorhand.store.masters import badge_of
from floorhand.text.catalog import catalog
from floorhand.tui.layout import lay_out
from floorhand.tui.view import View

PICTURES = Path(__file__).parent / "pictures"


@dataclass(frozen=True)
class Scene:
    """Where a picture is taken: a warehouse, a job, and the scans up to the question."""

    name: str
    warehouse: str = "people"
    job: str = ""
    scans: tuple[str, ...] = ()
    language: str = "en"
    signed_in: bool = True


WALK = ("CART-1", "T-1", "T-2")
PALLET = ("D-100", "LD1", "*FULL", "09506000134352", "20", "*DONE", "*DONE", "*BACK")
RETURN = ("TRK-1", "9506000134352", "2")
CAP = ("TOTE-1", "9506000134369")

SCENES = (
    Scene("sign_in", signed_in=False),
    Scene("sign_in_pin", signed_in=False, scans=("W3",)),
    Scene("sign_in_wrong_pin", signed_in=False, scans=("W3", "1234")),
    Scene("menu"),
    Scene("menu_place", scans=("LBIN1",)),
    Scene("which_merchant", scans=("09506000134352",)),
    Scene("receiving_dock", "inbound", "receiving", ("TRACK100",)),
    Scene("receiving_pieces", "inbound", "receiving", ("TRACK100", "LD1", "09506000134352")),
    Scene("receiving_refused", "inbound", "receiving", ("TRACK100", "LD1", "LA-01-1")),
    Scene("putaway_bin", "inbound", "putaway", ("395212340000000014",)),
    Scene("picking_go", "picking", "picking", WALK),
    Scene("picking_wrong_bin", "picking", "picking", (*WALK, "BIN-A-02")),
    Scene("picking_tote", "picking", "picking", (*WALK, "BIN-A-01", "MUG-1", "MUG-1")),
    Scene("picking_help", "picking", "picking", (*WALK, "*HELP")),
    Scene("packing_pieces", "packing", "packing", ("T-1", "09506000134352")),
    Scene("packing_wrong_piece", "packing", "packing", ("T-1", "TEA-1")),
    Scene("returns_grade", "returns", "returns", RETURN),
    Scene("returns_reason", "returns", "returns", (*RETURN, "1", *CAP, "3")),
    Scene("returns_missing", "returns", "returns", (*RETURN, "1", "*DONE", "*DONE")),
    Scene("returns_rejected", "returns", "returns", (*RETURN, "4", "5", "*DONE", "*DONE", "1")),
    Scene("menu_it", language="it"),
    Scene("picking_go_it", "picking", "picking", WALK, "it"),
    Scene("picking_wrong_bin_it", "picking", "picking", (*WALK, "BIN-A-02"), "it"),
    Scene("returns_grade_it", "returns", "returns", RETURN, "it"),
)


def play(scene: Scene, folder: Path) -> Turn:
    """Walk to the question of a scene."""
    transactions = new_warehouse(folder)
    warehouse = import_module(f"warehouses.{scene.warehouse}")
    warehouse.build(transactions)
    turn = take_seat(transactions, SITE, "T1", now=NOW)

    def scan(scanned: str) -> Turn:
        number = turn.scan_no + 1
        return take_turn(transactions, SITE, "T1", number, scanned, NOW + timedelta(seconds=number))

    def open_job(job: str) -> Turn:
        codes = [choice.code for choice in turn.prompt.choices]
        return scan(str(codes.index(job) + 1))

    if scene.signed_in:
        with transactions.begin() as tx:
            badge = badge_of(tx, SITE, warehouse.WORKER)
        turn = scan(badge)
    if scene.job == "putaway":
        turn = open_job("receiving")
        for scanned in PALLET:
            turn = scan(scanned)
    if scene.job:
        turn = open_job(scene.job)
    for scanned in scene.scans:
        turn = scan(scanned)
    engine_of(transactions).dispose()
    return turn


def draw(turn: Turn, scene: Scene, size: tuple[int, int]) -> str:
    """The screen as text; `test_the_screen_is_painted_as_it_is_laid_out` holds both together."""
    said = (turn.said,) if turn.said is not None else ()
    view = View(
        turn.prompt,
        said,
        catalog(scene.language),
        job=turn.job,
        worker=turn.worker_name,
        clock="09:41",
        may_leave=True,
    )
    rows = lay_out(view, *size)
    return "".join("".join(part.text for part in row).rstrip() + "\n" for row in rows)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_screen_looks_as_kept(scene: Scene, tmp_path: Path) -> None:
    turn = play(scene, tmp_path)
    for name, size in SIZES.items():
        drawn = draw(turn, scene, size)
        kept = PICTURES / f"{scene.name}_{name}.txt"
        if os.environ.get("UPDATE"):
            PICTURES.mkdir(exist_ok=True)
            kept.write_text(drawn, "utf-8")
        assert drawn == kept.read_text("utf-8"), kept.name


async def test_the_screen_is_painted_as_it_is_laid_out(tmp_path: Path) -> None:
    scene = next(scene for scene in SCENES if scene.name == "picking_wrong_bin")
    turn = play(scene, tmp_path)
    for size in SIZES.values():
        app = terminal(ListRoad(first=turn))
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            assert picture(app) == draw(turn, scene, size)


def test_every_kept_picture_belongs_to_a_scene() -> None:
    kept = {path.name for path in PICTURES.glob("*.txt")}
    assert kept == {f"{scene.name}_{size}.txt" for scene in SCENES for size in SIZES}
