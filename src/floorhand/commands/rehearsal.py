"""Show a first question to nobody, so that all that a screen needs for it is worked out."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Any, Final

from floorhand.domain.printing import Stands
from floorhand.domain.scanners import PLAIN, Profile
from floorhand.flows.turn import Prompt, Said, Wants
from floorhand.ops.seats import Turn
from floorhand.store.past import Lately
from floorhand.text.catalog import ENGLISH, catalog
from floorhand.tui.app import FloorhandApp
from floorhand.tui.telling import Manner

SIZE: Final = (80, 24)
SEAT: Final = "REHEARSAL"


class _Nowhere:
    """A road on which nobody comes: there is one question, and no database."""

    zone: tzinfo = UTC

    def __init__(self) -> None:
        wants = Wants(kinds=("badge",))
        prompt = Prompt(ask="sign_in.scan_badge", wants=wants)
        self._turn = Turn(SEAT, 0, "sign_in", "", "", "", prompt, None)

    def warm_up(self) -> None:
        """All is loaded."""

    def sit(self) -> Turn:
        return self._turn

    def take(self, scan_no: int, scanned: str, source: str) -> Turn:
        raise AssertionError((scan_no, scanned, source))

    def get_line_ready(self) -> bool:
        return False

    def scanner(self) -> Profile:
        return PLAIN

    def hint(self, turn: Turn) -> str:  # noqa: ARG002  (as `Road` has it)
        return ""

    def past(self) -> Lately:
        return Lately((), 0, 0)

    def room(self, *, keep: bool) -> Said | None:  # noqa: ARG002  (likewise)
        return None

    def printer(self, station: str) -> Stands | None:  # noqa: ARG002  (likewise)
        return None


def rehearse(theme: str) -> None:
    """Show the question in the colours of a theme, and leave."""
    app = FloorhandApp(_Nowhere(), lambda _: catalog(ENGLISH), manner=Manner(theme=theme))

    async def leave(pilot: Any) -> None:
        await pilot.pause()
        app.exit()

    app.run(headless=True, size=SIZE, mouse=False, auto_pilot=leave)
