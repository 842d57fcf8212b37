"""What a worker sees while the database does not answer, and when it is back."""

from __future__ import annotations

import threading
from dataclasses import replace
from time import monotonic

import pytest
from tui.screens import (
    MENU,
    PICK,
    REFUSED,
    SIZES,
    ListRoad,
    picture,
    send,
    settled,
    terminal,
    with_reader,
)

from floorhand.errors import DatabaseAway, Exchanged, NoRoom
from floorhand.flows.turn import Said
from floorhand.flows.waiting import SCANS_WAITING_MAX
from floorhand.tui import answering, signals, telling

DESK = (80, 24)
SOON_S = 5.0
"""Long after anything that a screen owes has been painted."""

TAKEN = Said("sign_in.welcome", {"name": "Ana"}, "ok")


class Outage(ListRoad):
    """A road whose database can be away, in one way or another."""

    away: type[DatabaseAway] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tries: list[tuple[int, str]] = []
        self.tried = threading.Event()

    def take(self, scan_no: int, scanned: str, source: str):
        self.tries.append((scan_no, scanned))
        self.tried.set()
        if self.away is not None:
            raise self.away
        return super().take(scan_no, scanned, source)


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    # Quick, but with pauses: a pilot takes an app that never rests for one that is still at it.
    monkeypatch.setattr(answering, "RETRY_AFTER_S", (0.03,))
    monkeypatch.setattr(signals, "GAP_S", 0.001)


def bells(app, monkeypatch) -> list[int]:
    rung: list[int] = []
    monkeypatch.setattr(app, "bell", lambda: rung.append(1))
    return rung


async def hear(pilot, data: bytes) -> None:
    """Send bytes and wait until they are seen, not until they are answered."""
    pilot.app.screen.hear(tuple(pilot.app.reader.feed(data)))
    while pilot.app.screen._paint_owed:
        await pilot.pause(0.001)
    await pilot.pause()


async def tried_again(road: Outage, pilot) -> None:
    """Wait until the scan was sent twice more: then the screen shows how things are."""
    for _ in range(2):
        road.tried.clear()
        while not road.tried.is_set():
            await pilot.pause(0.001)
    await pilot.pause()


def taken(turn, scanned):
    return replace(turn, said=TAKEN, prompt=replace(turn.prompt, progress=(4, 8)))


async def test_what_is_saved_and_what_waits_is_told_and_nothing_is_lost() -> None:
    road = Outage(answer=taken)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await send(pilot, b"A\r")
        road.away = DatabaseAway
        await hear(pilot, b"B\r")
        await tried_again(road, pilot)
        shown = picture(pilot.app)
        assert "! Not yet saved. Last saved: 4 of 8, 09:41:07. Wait here, it is tried" in shown
        assert "Hello Ana" not in shown
        for waiting, scan in enumerate((b"C\r", b"D\r"), start=1):
            await hear(pilot, scan)
            assert f"Last saved: 4 of 8, 09:41:07. {waiting} waiting." in picture(pilot.app)
            assert f"▮▮ {waiting} waiting" in picture(pilot.app)
        assert pilot.app.screen._view().tone == "look"
        road.away = None
        await settled(pilot)
        assert "Not yet saved" not in picture(pilot.app)
        assert "Hello Ana" in picture(pilot.app)
    assert road.scans == [(12, "A"), (13, "B"), (14, "C"), (15, "D")]
    assert set(road.tries) == set(road.scans)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_the_list_of_scans_tells_what_is_not_saved_and_keeps_saying_so(size) -> None:
    road = Outage(answer=taken)
    async with with_reader(terminal(road)).run_test(size=size) as pilot:
        await send(pilot, b"A\r")
        road.away = DatabaseAway
        await hear(pilot, b"B\r")
        await tried_again(road, pilot)
        await hear(pilot, b"\x1b[23~")
        await hear(pilot, b"FJ-TARP\r")
        drawn = picture(pilot.app)
        assert "! Not yet saved." in drawn
        listed = " ".join(drawn.split())
        assert "– 09:41:07 ! FJ-TARP" in listed
        if size[1] > 12:
            assert "– 09:41:07 ! B" in listed
        if size[1] > 16:
            assert "12 09:41:07 ✓ A" in listed
        if size[0] >= 40:
            assert "FJ-TARP not saved yet" in listed
        road.away = NoRoom
        await tried_again(road, pilot)
        assert "STOP: not saved." in picture(pilot.app)
        road.away = None
        await settled(pilot)
        await pilot.pause()
        assert not pilot.app.screen._shown.looking_back


async def test_who_has_saved_nothing_here_yet_is_told_when_it_was_resumed() -> None:
    said = Said("road.resumed", {"at": "08:59:01"}, "look")
    road = Outage(first=replace(PICK, said=said))
    road.away = DatabaseAway
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        await hear(pilot, b"A\r")
        await tried_again(road, pilot)
        assert "Last saved: 3 of 8, 08:59:01." in picture(pilot.app)
        road.away = None
        await settled(pilot)


async def test_a_program_that_loads_is_no_database_that_does_not_answer(monkeypatch) -> None:
    monkeypatch.setattr(answering, "PATIENCE_S", 0.001)

    class Slow(ListRoad):
        def warm_up(self):
            assert self.gate.wait(10)
            super().warm_up()

        def sit(self):
            assert self.loaded
            return super().sit()

    road = Slow(first=MENU)
    road.gate.clear()
    app = with_reader(terminal(road))
    async with app.run_test(size=DESK) as pilot:
        for _ in range(5):
            await pilot.pause(0.01)
        assert app.screen._shown.away == ""
        road.gate.set()
        await settled(pilot)
        assert road.loaded


async def test_a_terminal_that_waits_for_its_seat_says_nothing_of_scans() -> None:
    class Slow(Outage):
        def sit(self):
            assert self.gate.wait(10)
            return super().sit()

    road = Slow(first=MENU)
    road.gate.clear()
    app = with_reader(terminal(road))
    async with app.run_test(size=DESK) as pilot:
        app.screen._away(DatabaseAway.told)
        await pilot.pause()
        assert "The database does not answer. Wait here, it is tried again." in picture(app)
        assert "saved" not in picture(app)
        await hear(pilot, b"A\r")
        assert "! Not yet saved." in picture(app)
        road.gate.set()
        await settled(pilot)
    assert road.scans == [(MENU.scan_no + 1, "A")]


async def test_where_nothing_is_known_to_be_saved_that_is_not_claimed() -> None:
    road = Outage(first=MENU)
    road.away = DatabaseAway
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        await hear(pilot, b"A\r")
        await tried_again(road, pilot)
        assert "Not yet saved. The database does not answer. Wait here" in picture(pilot.app)
        road.away = None
        await settled(pilot)


@pytest.mark.parametrize(
    ("away", "told"),
    [(NoRoom, "The database has no room on its disk."), (Exchanged, "was moved or exchanged.")],
)
async def test_what_a_supervisor_has_to_mend_stops_the_work_aloud(away, told, monkeypatch) -> None:
    road = Outage(answer=taken)
    road.away = away
    app = with_reader(terminal(road))
    async with app.run_test(size=DESK) as pilot:
        await settled(pilot)
        rung = bells(app, monkeypatch)
        await hear(pilot, b"A\r")
        await tried_again(road, pilot)
        await pilot.pause(0.01)
        shown = " ".join(picture(app).split())
        assert "✗ STOP: not saved." in shown
        assert told in shown
        assert "Call your supervisor." in shown
        assert app.screen._view().tone == "refused"
        assert len(rung) == 2, "two bells once, not with every try"
        road.away = None
        await settled(pilot)
        assert "STOP" not in picture(app)
        assert "Hello Ana" in picture(app)
        assert len(rung) == 2
    assert road.scans == [(12, "A")]


async def test_an_outage_that_gets_worse_is_told_again() -> None:
    road = Outage()
    road.away = DatabaseAway
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        await hear(pilot, b"A\r")
        await tried_again(road, pilot)
        road.away = NoRoom
        await tried_again(road, pilot)
        assert "STOP: not saved" in picture(pilot.app)
        assert "Not yet saved" not in picture(pilot.app)
        road.away = None
        await settled(pilot)


async def test_scans_wait_up_to_the_maximum_and_those_beyond_are_refused_aloud() -> None:
    road = Outage(answer=taken)
    road.away = DatabaseAway
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        await hear(pilot, b"FIRST\r")
        await tried_again(road, pilot)
        await hear(pilot, b"".join(b"S%d\r" % n for n in range(SCANS_WAITING_MAX + 2)))
        shown = picture(pilot.app)
        assert f"{SCANS_WAITING_MAX} waiting." in shown
        assert "64 scans are waiting. Stop scanning" in shown
        road.away = None
        await settled(pilot)
        assert "2 scans were NOT taken. Scan them again." in picture(pilot.app)
    assert [number for number, _ in road.scans] == list(range(12, 12 + 1 + SCANS_WAITING_MAX))


async def test_a_refusal_after_an_outage_drops_what_waited_and_counts_it() -> None:
    road = Outage(answer=lambda turn, _: replace(turn, said=REFUSED))
    road.away = DatabaseAway
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        await hear(pilot, b"A\rB\rC\r")
        await tried_again(road, pilot)
        assert "2 waiting." in picture(pilot.app)
        road.away = None
        await settled(pilot)
        assert "2 scans after this were NOT taken." in picture(pilot.app)
    assert road.scans == [(12, "A")]


async def test_little_room_is_told_where_nobody_is_in_the_middle_of_something() -> None:
    little = Said("terminal.room_scarce", {"megabytes": 12}, "look")
    road = ListRoad(first=MENU, answer=lambda turn, _: replace(PICK, scan_no=turn.scan_no))
    road.little_room = little
    async with with_reader(terminal(road)).run_test(size=(20, 16)) as pilot:
        await settled(pilot)
        shown = " ".join(picture(pilot.app).split())
        assert "The disk of the" in shown
        assert not road.kept, "laying a reserve may take long"
        pilot.app.screen._tick()
        await settled(pilot)
        assert road.kept
        await send(pilot, b"1\r")
        assert "The disk of the" not in picture(pilot.app)


async def test_a_database_that_takes_long_is_told_before_it_answers(monkeypatch) -> None:
    monkeypatch.setattr(answering, "PATIENCE_S", 0.001)
    road = ListRoad(answer=taken)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        road.gate.clear()
        await hear(pilot, b"A\r")
        while "Not yet saved" not in picture(pilot.app):
            await pilot.pause(0.001)
        road.gate.set()
        await settled(pilot)
        assert "Not yet saved" not in picture(pilot.app)
    assert road.scans == [(12, "A")]


async def test_what_is_scanned_while_an_answer_is_awaited_is_seen_at_once(monkeypatch) -> None:
    monkeypatch.setattr(telling, "PAINT_EVERY_S", 0.2)
    monkeypatch.setattr(answering, "PATIENCE_S", 600.0)
    road = ListRoad(answer=taken)
    async with with_reader(terminal(road)).run_test(size=DESK) as pilot:
        await settled(pilot)
        road.gate.clear()
        await hear(pilot, b"A\r")
        for data in (b"FJ-TARP", b"\rFJ-M", b"UG\r"):
            pilot.app.screen.hear(tuple(pilot.app.reader.feed(data)))
        late = monotonic() + SOON_S
        while "▮▮ 2 waiting" not in picture(pilot.app) and monotonic() < late:
            await pilot.pause(0.001)
        assert "▮▮ 2 waiting" in picture(pilot.app)
        assert "▸ FJ" not in picture(pilot.app)
        road.gate.set()
        await settled(pilot)
    assert [scanned for _, scanned in road.scans] == ["A", "FJ-TARP", "FJ-MUG"]
