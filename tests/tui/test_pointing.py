"""What a click on the screen of a worker does, and what it must not."""

from __future__ import annotations

from dataclasses import replace

from textual.events import MouseScrollDown, MouseScrollUp
from tui.screens import MENU, ListRoad, answered, picture, send, settled, terminal, with_reader

from floorhand.flows.turn import Choice
from floorhand.text.catalog import catalog
from floorhand.tui.driver import Arrived
from floorhand.tui.layout import lay_out
from floorhand.tui.rows import clicked
from floorhand.tui.view import View

LONG = replace(
    MENU,
    prompt=replace(
        MENU.prompt, choices=tuple(Choice(f"C-{n}", label=f"Entry {n}") for n in range(40))
    ),
)


async def click(pilot, word: str, times: int = 1) -> str:
    rows = picture(pilot.app).splitlines()
    y = next(y for y, row in enumerate(rows) if word in row)
    await pilot.click(offset=(rows[y].index(word), y), times=times)
    await settled(pilot)
    return picture(pilot.app)


async def test_an_entry_and_a_key_are_clicked_and_what_is_typed_comes_first() -> None:
    road = ListRoad(MENU)
    async with with_reader(terminal(road)).run_test(size=(40, 20)) as pilot:
        await settled(pilot)
        await click(pilot, "Picking")
        await click(pilot, "F12")
        await click(pilot, "Ana Bianchi")
        await click(pilot, "Packing", times=2)
        chosen = ["*CHOOSE 3", "*OUT", "*CHOOSE 4"]
        assert [scanned for _, scanned in road.scans] == chosen
        await send(pilot, b"12")
        assert "Clear them" in await click(pilot, "Packing")
        await send(pilot, b"\x7f\x7f")
        road.gate.clear()
        await send_on(pilot, b"T-1\r")
        await pilot.click(offset=(5, 6))
        road.gate.set()
        await answered(pilot)
        assert [scanned for _, scanned in road.scans] == [*chosen, "T-1"]


async def send_on(pilot, data: bytes) -> None:
    """Send without waiting for the answer."""
    pilot.app.post_message(Arrived(tuple(pilot.app.reader.feed(data))))
    await pilot.pause()


async def test_the_wheel_turns_pages_and_what_stands_there_can_be_clicked() -> None:
    road = ListRoad(LONG)
    async with with_reader(terminal(road)).run_test(size=(40, 20)) as pilot:
        await settled(pilot)
        assert "Entry 39" not in picture(pilot.app)
        while "Entry 39" not in picture(pilot.app):
            await pilot._post_mouse_events([MouseScrollDown], offset=(5, 5))
            await pilot.pause()
        await click(pilot, "Entry 39")
        while "Entry 0" not in picture(pilot.app):
            await pilot._post_mouse_events([MouseScrollUp], offset=(5, 5))
            await pilot.pause()
    assert [scanned for _, scanned in road.scans] == ["*CHOOSE 40"]


def test_a_click_means_what_is_under_it_in_each_column_and_nothing_beside_the_keys() -> None:
    view = View(LONG.prompt, (), catalog("en"), job="menu", worker="Ana")
    rows = lay_out(view, 80, 24)
    text = ["".join(part.text for part in row) for row in rows]
    for word, meant in (("Entry 1 ", "line:2"), ("Entry 20", "line:21"), ("PgDn", "key:pagedown")):
        y = next(y for y, row in enumerate(text) if word in row)
        assert clicked(rows[y], text[y].index(word)) == meant, word
    assert clicked(rows[-1], 79) == ""
