"""Show turns one after the other in the real application, each until it is painted.

Run as ``python slideshow.py FILE`` in a pseudo-terminal; FILE holds pickled turns.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tui.screens import ListRoad

from floorhand.text.catalog import catalog
from floorhand.tui.app import FloorhandApp
from floorhand.tui.driver import Arrived
from floorhand.tui.scan import Scan


class Slideshow(FloorhandApp):
    """Asks for one turn after the other; ends with the last."""

    slides = 0

    def on_ready(self) -> None:
        self.run_worker(self.show_all())

    async def show_all(self) -> None:
        for _ in range(self.slides):
            self.post_message(Arrived((Scan("NEXT"),)))
            await asyncio.sleep(0)
            await self.screen.settled()
            painted = asyncio.Event()
            self.screen.call_after_refresh(painted.set)
            await painted.wait()
        self.exit()


if __name__ == "__main__":
    turns = pickle.loads(Path(sys.argv[1]).read_bytes())
    left = iter(turns)
    app = Slideshow(ListRoad(answer=lambda turn, _: next(left, turn)), catalog)
    app.slides = len(turns)
    app.run(mouse=False)
