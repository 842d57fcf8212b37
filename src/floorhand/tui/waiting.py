"""The scans that wait, for a screen: its event loop waits for the next one."""

from __future__ import annotations

import asyncio

from floorhand.flows import waiting
from floorhand.flows.turn import Said
from floorhand.tui.scan import Scan


class Waiting(waiting.Waiting[Scan | Said]):
    """Holds scans, and refusals that belong between scans."""

    def __init__(self) -> None:
        super().__init__()
        self._there = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    def offer(self, scanned: Scan | Said) -> bool:
        """Take a scan; False if it was not taken."""
        taken = super().offer(scanned)
        if taken:
            self._there.set()
            self._settled.clear()
        return taken

    async def come(self) -> Scan | Said:
        """Wait for the next one. It counts as unanswered until `answered`."""
        while not len(self):
            self._there.clear()
            await self._there.wait()
        return self.next()

    def answered(self) -> None:
        """Say that the last one is answered and shown."""
        if not len(self):
            self._settled.set()

    async def settled(self) -> None:
        """Wait until everything is answered."""
        await self._settled.wait()
