"""How the printer stands is told in the first row: at every size, in every language, unasked."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hostile import PAYLOADS
from rich.cells import cell_len
from tui.screens import (
    MENU,
    PICK,
    REFUSED,
    SIGN_IN,
    SIZES,
    ListRoad,
    picture,
    send,
    settled,
    with_reader,
)
from tui.screens import terminal as terminal_of
from tui.test_flow_screen import bells

from floorhand.domain.printing import Stands
from floorhand.flows import labelling
from floorhand.flows.labelling import Asked, Down
from floorhand.text.catalog import catalog, languages
from floorhand.tui import telling
from floorhand.tui.header import header_row
from floorhand.tui.layout import lay_out
from floorhand.tui.rows import width_of
from floorhand.tui.safe import safe
from floorhand.tui.view import View

PACK = replace(PICK, job="packing")
WELL = Stands("Z1", "ready")
DOWN = ("paper", "ribbon", "head", "paused", "silent", "offline", "full", "refuses", "unsent")


def view(turn, stands: Stands | None, language: str = "en") -> View:
    said = (turn.said,) if turn.said else ()
    named = {"job": turn.job, "worker": turn.worker_name, "clock": "09:41"}
    return View(turn.prompt, said, catalog(language), **named, printer=stands)


def first_row(turn, stands: Stands | None, size: tuple[int, int], language: str = "en") -> str:
    return "".join(part.text for part in lay_out(view(turn, stands, language), *size)[0])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_what_is_wrong_is_whole_at_every_size(size: tuple[int, int], language: str) -> None:
    for condition in DOWN:
        told = catalog(language).say(f"printer.{condition}")
        for turn in (SIGN_IN, MENU, PACK, replace(PACK, worker_name="A very long name " * 3)):
            assert f"! {told}" in first_row(turn, Stands("Z1", condition), size, language)
    late = first_row(PACK, Stands("Z1", "ready", waiting=12, late=True), size, language)
    assert "✗ " in late
    assert "12" in late


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_printer_of_before_where_labels_wait_is_named(size: tuple[int, int]) -> None:
    before = Stands("Z1", "paper", waiting=2, elsewhere=True)
    assert "! Z1: No paper" in first_row(PACK, before, size)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_printer_that_is_well_takes_nothing_from_job_and_worker(size: tuple[int, int]) -> None:
    for turn in (SIGN_IN, MENU, PACK, replace(PACK, worker_name="Maximiliane Sommerfeld")):
        without, with_it = (first_row(turn, stands, size) for stands in (None, WELL))
        assert with_it.replace("✓ Printer ready", "").split() == without.split()
    assert "✓ Printer ready" in first_row(PACK, WELL, SIZES["80x24"])


def test_the_row_has_the_colour_of_the_worst_that_it_tells() -> None:
    def roles(turn, stands: Stands | None) -> set[str]:
        return {part.role.split()[0] for part in header_row(view(turn, stands), 40)}

    assert roles(PACK, WELL) == {"frame-calm"}
    assert roles(PACK, Stands("Z1", "paper")) == {"frame-look"}
    assert roles(PACK, Stands("Z1", "ready", waiting=1, late=True)) == {"frame-refused"}
    assert roles(PACK, Stands("Z1", "ready", failed=1)) == {"frame-refused"}
    assert roles(replace(PACK, said=REFUSED), Stands("Z1", "paper")) == {"frame-refused"}


def test_words_of_a_printer_fit_beside_their_sign_on_the_narrowest_screen() -> None:
    for language in languages():
        for condition in DOWN:
            told = catalog(language).say(f"printer.{condition}")
            assert cell_len(told) <= 16, (language, told)


async def test_it_changes_while_nobody_scans_and_rings_once(monkeypatch) -> None:
    monkeypatch.setattr(telling, "PRINTER_LOOK_S", 0.01)
    road = ListRoad(PACK, stands=WELL)
    app = terminal_of(road)
    async with app.run_test(size=(40, 20)) as pilot:
        await settled(pilot)
        rung = bells(app, monkeypatch)
        road.stands = Stands("Z1", "paper", waiting=2)
        while "No paper" not in picture(app):
            await pilot.pause(0.01)
        assert "No paper · Waiting: 2" in picture(app)
        road.stands = Stands("Z1", "paper", waiting=3)
        while "Waiting: 3" not in picture(app):
            await pilot.pause(0.01)
        assert len(rung) == 1
        road.stands = WELL
        while "No paper" in picture(app):
            await pilot.pause(0.01)
        assert len(rung) == 1


async def test_a_printer_that_is_down_is_seen_at_the_sign_in_before_any_key() -> None:
    app = terminal_of(ListRoad(SIGN_IN, stands=Stands("Z1", "head")))
    async with app.run_test(size=(20, 16)) as pilot:
        await settled(pilot)
        await pilot.pause()
        assert "! Head open" in picture(app)


async def test_who_picks_is_not_told_of_a_printer() -> None:
    road = ListRoad(PICK, stands=Stands("Z1", "paper"))
    app = with_reader(terminal_of(road))
    async with app.run_test(size=(40, 20)) as pilot:
        await send(pilot, b"A-1\r")
        assert "No paper" not in picture(app)


@pytest.mark.parametrize("harm", PAYLOADS, ids=lambda payload: payload.kind)
def test_what_a_printer_says_of_itself_can_do_no_harm(harm) -> None:
    stands = Stands(harm.text, "missing", harm.text, waiting=2)
    turn = replace(PACK, prompt=labelling.prompt(Down(Asked("packing", "{}"), stands, harm.text)))
    for size in SIZES.values():
        rows = lay_out(view(turn, stands), *size)
        assert {width_of(row) for row in rows} == {size[0]}
        for part in (part for row in rows for part in row):
            shown = safe(part.text, size[0]).plain
            assert not any(unicodedata.category(one) in ("Cc", "Cf") for one in shown)
        long = size[1] < 20 or len(harm.text) > 500
        assert long or "! " in "".join(part.text for part in rows[0])
