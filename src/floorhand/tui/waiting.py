"""The scans that wait for their answer: first in, first out, never dropped silently."""

from __future__ import annotations

import asyncio
from typing import Final

from floorhand.flows.turn import Said

SCANS_WAITING_MAX: Final = 64
"""A worker, or a scanner that empties its memory, can be this far ahead."""


class Waiting:
    """A queue that says what it did not take.

    Once it was full it takes nothing until it is empty again: a gap inside a row of scans would
    be worse than its missing end.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | Said] = asyncio.Queue(SCANS_WAITING_MAX)
        self._missed_scans = 0

    def __len__(self) -> int:
        return self._queue.qsize()

    def offer(self, scanned: str | Said) -> bool:
        """Take a scan, or a refusal that belongs between scans; False if it was not taken."""
        if self._missed_scans or self._queue.full():
            self._missed_scans += 1
            return False
        self._queue.put_nowait(scanned)
        return True

    async def next(self) -> str | Said:
        """Wait for the next one. It counts as unanswered until `answered`."""
        return await self._queue.get()

    def answered(self) -> None:
        """Say that the last one is answered and shown."""
        self._queue.task_done()

    def drop(self) -> int:
        """Forget what waits, because it was meant for another question; gives how many."""
        dropped = self._missed_scans
        self._missed_scans = 0
        while not self._queue.empty():
            self._queue.get_nowait()
            self._queue.task_done()
            dropped += 1
        return dropped

    def missed(self) -> int:
        """Give how many were not taken, once everything that was taken is answered; else 0."""
        if not self._queue.empty():
            return 0
        missed, self._missed_scans = self._missed_scans, 0
        return missed

    async def settled(self) -> None:
        """Wait until everything is answered."""
        await self._queue.join()
