"""The scans that wait for their answer: first in, first out, never dropped silently."""

from __future__ import annotations

from collections import deque
from typing import Final, Generic, TypeVar

SCANS_WAITING_MAX: Final = 64
"""A worker, or a scanner that empties its memory, can be this far ahead."""

T = TypeVar("T")


class Waiting(Generic[T]):
    """A queue that says what it did not take.

    Once it was full it takes nothing until it is empty again: a gap inside a row of scans would
    be worse than its missing end.
    """

    def __init__(self) -> None:
        self._queue: deque[T] = deque()
        self._missed_scans = 0

    def __len__(self) -> int:
        return len(self._queue)

    def offer(self, scanned: T) -> bool:
        """Take a scan; False if it was not taken."""
        if self._missed_scans or len(self._queue) >= SCANS_WAITING_MAX:
            self._missed_scans += 1
            return False
        self._queue.append(scanned)
        return True

    def next(self) -> T:
        """Give the one that has waited longest; there must be one."""
        return self._queue.popleft()

    def drop(self) -> int:
        """Forget what waits, because it was meant for another question; gives how many."""
        dropped = len(self._queue) + self._missed_scans
        self._queue.clear()
        self._missed_scans = 0
        return dropped

    def missed(self) -> int:
        """Give how many were not taken, once everything that was taken is answered; else 0."""
        if self._queue:
            return 0
        missed, self._missed_scans = self._missed_scans, 0
        return missed
