"""What the screen tests share: turns made by hand, a road that answers from a list, pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from floorhand.domain.keymap import Key
from floorhand.domain.printing import Stands
from floorhand.domain.scanners import PLAIN, Profile
from floorhand.flows.turn import Choice, Item, Prompt, Said, Wants
from floorhand.ops.seats import Turn
from floorhand.store.past import Lately, Past
from floorhand.text.catalog import catalog
from floorhand.tui.app import FloorhandApp
from floorhand.tui.driver import Arrived
from floorhand.tui.flow_screen import FlowScreen
from floorhand.tui.scan import ScanReader

SIZES = {
    f"{columns}x{rows}": (columns, rows)
    for columns, rows in ((20, 16), (40, 8), (26, 12), (40, 20), (80, 24), (120, 40))
}
NOW = datetime(2026, 3, 2, 9, 41, 7, tzinfo=UTC)

SIGN_IN = Turn(
    "T1", 0, "sign_in", "", "", "", Prompt("sign_in.scan_badge", wants=Wants(("badge",))), None
)
PIN = replace(
    SIGN_IN,
    prompt=Prompt(
        "sign_in.type_pin", facts=(("fact.worker", "Ana Bianchi"),), wants=Wants(("pin",))
    ),
)
MENU = Turn(
    "T1",
    3,
    "menu",
    "W7",
    "Ana Bianchi",
    "en",
    Prompt(
        "menu.choose",
        facts=(("fact.worker", "Ana Bianchi"),),
        keys=((Key.LOCK, "key.sign_out"),),
        choices=tuple(
            Choice(job, f"job.{job}")
            for job in ("receiving", "putaway", "picking", "packing", "returns")
        ),
        wants=Wants(("choice",)),
    ),
    Said("sign_in.welcome", {"name": "Ana Bianchi"}, "ok"),
)
PICK = Turn(
    "T1",
    11,
    "picking",
    "W7",
    "Ana Bianchi",
    "en",
    Prompt(
        "picking.scan_place",
        place="A-12-04-3",
        count="2",
        goods=(
            Item("MUG-BLUE-330", "Mug, blue, 330 ml, dishwasher-safe", 2, "lot L7", "now"),
            Item("CAP-RED", "Cap, red", 1),
        ),
        facts=(("fact.tote", "T-0017"),),
        progress=(3, 8),
        keys=((Key.BACK, "key.back"), (Key.MISMATCH, "key.mismatch"), (Key.SKIP, "key.skip")),
        wants=Wants(("bin",), place="A-12-04-3"),
    ),
    None,
)
REFUSED = Said("refusal.wrong_check", {"place": "A-12-04-3", "code": "99"}, "refused")


@dataclass
class ListRoad:
    """Answers scans by a function; keeps what it was given, and can be held back."""

    first: Turn = PICK
    answer: Callable[[Turn, str], Turn] = lambda turn, _scanned: turn
    scans: list[tuple[int, str]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    code: str = ""
    zone: tzinfo = UTC
    scanned_before: tuple[Past, ...] = ()
    profile: Profile = PLAIN
    little_room: Said | None = None
    kept: bool = False
    stands: Stands | None = None
    loaded: bool = False

    def __post_init__(self) -> None:
        self.gate.set()
        self.turn = self.first

    def warm_up(self) -> None:
        self.loaded = True

    def sit(self) -> Turn:
        return self.first

    def take(self, scan_no: int, scanned: str, source: str = "typed") -> Turn:
        assert self.gate.wait(10)
        self.scans.append((scan_no, scanned))
        self.turn = replace(self.answer(self.turn, scanned), scan_no=scan_no)
        return self.turn

    def hint(self, turn: Turn) -> str:
        return self.code

    def past(self) -> Lately:
        done = [one.pieces for one in self.scanned_before]
        return Lately(self.scanned_before, 412 + len(done), 600 + sum(done))

    def room(self, *, keep: bool) -> Said | None:
        self.kept = self.kept or keep
        return self.little_room

    def get_line_ready(self) -> bool:
        return False

    def scanner(self) -> Profile:
        return self.profile

    def printer(self, station: str) -> Stands | None:
        return self.stands


def terminal(road: ListRoad, **settings) -> FloorhandApp:
    return FloorhandApp(road, catalog, now=lambda: NOW, **settings)


async def settled(pilot) -> FlowScreen:
    """Wait until every scan so far has been answered and shown."""
    screen = await answered(pilot)
    await pilot.pause()
    return screen


async def answered(pilot) -> FlowScreen:
    """Wait until everything that was sent has arrived and been answered."""
    await pilot.pause(0)
    screen = pilot.app.screen
    await screen.settled()
    return screen


async def send(pilot, data: bytes) -> FlowScreen:
    """Send the bytes that a scanner or keyboard would send, and wait for the answer."""
    await answered(pilot)
    pilot.app.post_message(Arrived(tuple(pilot.app.reader.feed(data))))
    return await settled(pilot)


async def rest(pilot) -> FlowScreen:
    """Send nothing for a moment, which tells Esc from the start of a key."""
    pilot.app.post_message(Arrived(tuple(pilot.app.reader.quiet())))
    return await settled(pilot)


def with_reader(app: FloorhandApp) -> FloorhandApp:
    app.reader = ScanReader()
    return app


def picture(app) -> str:
    """The screen as text. The one use of Textual's internals, so its major version is pinned."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"
