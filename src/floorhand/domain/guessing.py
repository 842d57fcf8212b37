"""How often a secret may be guessed: ever longer waits, then not at all until a supervisor helps.

Counted per worker, so that many terminals give no more guesses than one, and per terminal, so that
many workers' numbers do not either.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

GUESSES_MAX = 10
"""Wrong guesses in a row, or within `WITHIN`, after which there are no more."""

WITHIN = timedelta(hours=1)
WAIT_MAX_S = 300


@dataclass(frozen=True, slots=True)
class Guesses:
    """The wrong guesses at one secret, or at one terminal.

    ``in_a_row`` counts them since the last right one or since a supervisor unlocked. ``times`` are
    those of the last `GUESSES_MAX`: a right guess in between makes no room for more in an hour.
    """

    in_a_row: int = 0
    times: tuple[datetime, ...] = ()

    @property
    def locked(self) -> bool:
        """Say whether only a supervisor can allow another guess."""
        return self.in_a_row >= GUESSES_MAX

    def wait_s(self, now: datetime) -> int:
        """Say how many seconds nobody may guess; 0 if somebody may now.

        A clock that was set back makes no wait longer than it is meant to be.
        """
        if not self.times:
            return 0
        last, first = self.times[-1], self.times[0]
        backoff = timedelta(seconds=backoff_s(self.in_a_row))
        pause = min(backoff, last + backoff - now)
        if len(self.times) == GUESSES_MAX:
            pause = max(pause, min(WITHIN, first + WITHIN - now))
        return max(0, -int(-pause.total_seconds() // 1))

    def wrong(self, now: datetime) -> Self:
        """Count one more."""
        return replace(self, in_a_row=self.in_a_row + 1, times=(*self.times, now)[-GUESSES_MAX:])

    def right(self) -> Self:
        """Begin a new row."""
        return replace(self, in_a_row=0)

    def times_json(self) -> str:
        """Write the times as stored."""
        return json.dumps([time.astimezone(UTC).isoformat() for time in self.times])

    @classmethod
    def stored(cls, in_a_row: int, times_json: str) -> Self:
        """Read what was stored."""
        return cls(in_a_row, tuple(datetime.fromisoformat(time) for time in json.loads(times_json)))


def backoff_s(in_a_row: int) -> int:
    """Give the wait after so many wrong guesses in a row: 0, 1, 2, 4 … seconds."""
    return min(WAIT_MAX_S, 2 ** (in_a_row - 2) if in_a_row > 1 else 0)
