"""The board over a terminal's own screen: it comes with its question, and goes with it."""

from __future__ import annotations

from dataclasses import replace

from tui.screens import MENU, ListRoad, picture, settled, terminal, with_reader
from tui.test_board import Looking

from floorhand.domain.keymap import Key
from floorhand.flows.turn import Prompt
from floorhand.ops.seats import Turn
from floorhand.text.catalog import Catalog
from floorhand.tui.board import Sight
from floorhand.tui.board_parts import Target
from floorhand.tui.driver import Arrived
from floorhand.tui.scan import Scan
from floorhand.tui.watching import BOARD, Over

WATCHING = replace(
    MENU,
    job="watching",
    prompt=Prompt("watching.board", keys=((Key.BACK, "key.back"),)),
    said=None,
)


def back_to_menu(_turn: Turn, scanned: str) -> Turn:
    return MENU if scanned == "*BACK" else WATCHING


async def shows(pilot, word: str) -> None:
    while word not in picture(pilot.app):
        await pilot.pause(0.005)


async def hear(pilot, *heard: object) -> None:
    pilot.app.post_message(Arrived(tuple(heard)))
    await pilot.pause()


async def press(pilot, key: str) -> None:
    await hear(pilot, *pilot.app.reader.press(key))


def sight(looking: Looking, words: Catalog, over: Over) -> Sight:
    first = None if over.kind == BOARD else Target(over.kind, over.which)
    return Sight(looking.look, looking.keep, words, first=first)


def watched(looking: Looking, road: ListRoad):
    return with_reader(terminal(road, sights=lambda words, over: sight(looking, words, over)))


async def test_the_board_is_shown_while_it_is_looked_at_and_left_by_a_key() -> None:
    looking, road = Looking(), ListRoad(WATCHING, back_to_menu)
    async with watched(looking, road).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "Will it leave in time?")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        await press(pilot, "escape")
        await shows(pilot, "Will it leave in time?")
        assert road.scans == []
        await press(pilot, "f12")
        await shows(pilot, "Receiving")
        await settled(pilot)
        assert [scan for _, scan in road.scans] == ["*BACK"]


async def test_what_is_scanned_at_the_board_is_found_and_answers_no_question() -> None:
    looking, road = Looking(), ListRoad(WATCHING, back_to_menu)
    async with watched(looking, road).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "Will it leave in time?")
        await hear(pilot, Scan("T-0017", "scanned"))
        while Target("found", "T-0017") not in looking.asked:
            await pilot.pause(0.005)
        assert road.scans == []


async def test_what_comes_behind_the_key_that_leaves_is_for_the_question_behind() -> None:
    looking, road = Looking(), ListRoad(WATCHING, lambda *_: MENU)
    async with watched(looking, road).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "Will it leave in time?")
        await hear(pilot, *pilot.app.reader.press("f12"), Scan("T-0017", "scanned"))
        await hear(pilot, Scan("8"))
        await shows(pilot, "Receiving")
        await settled(pilot)
        assert [scan for _, scan in road.scans] == ["*BACK", "T-0017", "8"]
    assert Target("found", "T-0017") not in looking.asked


async def test_a_board_that_may_not_be_left_yet_hears_again() -> None:
    looking, road = Looking(), ListRoad(WATCHING, lambda turn, _: turn)
    async with watched(looking, road).run_test(size=(80, 24)) as pilot:
        await shows(pilot, "Will it leave in time?")
        await press(pilot, "f12")
        while pilot.app.screen.left:
            await pilot.pause(0.005)
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        assert [scan for _, scan in road.scans] == ["*BACK"]


async def test_a_board_can_be_looked_at_again_and_again() -> None:
    turns = {"*BACK": MENU, "1": WATCHING}
    looking, road = Looking(), ListRoad(MENU, lambda turn, scan: turns.get(scan, turn))
    async with watched(looking, road).run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            await settled(pilot)
            await hear(pilot, Scan("1"))
            await shows(pilot, "Will it leave in time?")
            await press(pilot, "f3")
            await shows(pilot, "Receiving")


async def test_the_things_of_a_merchant_are_shown_until_the_worker_goes_back() -> None:
    serving = Prompt("serving.tables", place="BOLT", keys=((Key.BACK, "key.back"),))
    shown = replace(MENU, job="serving", prompt=serving, said=None)
    chosen = replace(shown, prompt=Prompt("serving.choose"))
    turns = {"1": shown, "*BACK": chosen}
    looking, road = Looking(), ListRoad(chosen, lambda turn, scan: turns.get(scan, turn))
    async with watched(looking, road).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await hear(pilot, Scan("1"))
        await shows(pilot, "Service for BOLT")
        await hear(pilot, Scan("BOLT/10", "typed"))  # the table has it, so it stays
        await shows(pilot, "Only with: BOLT/10")
        await press(pilot, "f9")
        assert [row[0] for row in looking.kept[0][2]] == ["BOLT/10"]
        await press(pilot, "escape")
        await press(pilot, "right")
        await shows(pilot, "BOLT/10")
        await press(pilot, "left")
        await shows(pilot, "Service for BOLT")
        await press(pilot, "escape")
        await shows(pilot, "Which merchant asks?")
        assert [scan for _, scan in road.scans] == ["1", "*BACK"]
    assert {one.which for one in looking.asked if one and one.kind == "home"} == {"BOLT"}
