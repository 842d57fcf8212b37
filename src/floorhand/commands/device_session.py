"""The session in which a device's terminal runs, as tmux tells of it: see packaging/ssh."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from floorhand.errors import BadSetting

TMUX_MAX_S: Final = 5.0
"""One that does not answer in this time hangs."""

NAME: Final = "=floor:"
TELLS: Final = "#{session_attached} #{session_last_attached} #{@from}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session is: whether its device is on, since when it is or was, and at which address."""

    on: bool
    since: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Session:
    """The session of one seat; ``folder`` is that of all."""

    folder: Path
    seat: str

    def standing(self) -> Standing | None:
        """Say how it is; None if there is none."""
        told = self._tmux("display-message", "-p", "-t", NAME, TELLS).split()
        if len(told) < 2 or not told[1].isdecimal():
            return None
        on, at, *address = told
        return Standing(on != "0", datetime.fromtimestamp(int(at), UTC), "".join(address))

    def end(self) -> bool:
        """End it as a lost line would, with the terminal in it; False if there was none."""
        there = self.standing() is not None
        self._tmux("kill-server")
        return there

    def _tmux(self, *words: str) -> str:
        """Ask it; an empty answer if there is none.

        Raises:
            BadSetting: If it cannot be asked.
        """
        socket = self.folder / self.seat / "tmux"
        try:
            if not socket.exists():
                return ""
            done = subprocess.run(
                ["tmux", "-N", "-S", str(socket), *words],
                capture_output=True,
                text=True,
                check=False,
                timeout=TMUX_MAX_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BadSetting(f"The session of {self.seat} cannot be asked: {error}") from error
        return done.stdout
