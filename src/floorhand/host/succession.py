"""Who had the socket before a host, and who has it after: terminals move from one to the other.

The newer one calls like a client, and the line stays open as long as both live. It is given the
socket at once, but the older one keeps it, too, until it hears `TAKEN`: should the newer one fail
before it serves, the older goes on. If the schema of the database is another one, it hears `EMPTY`
only when no terminal of the old schema is left, here or at hosts that are older still.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Collection
from typing import Final

from floorhand.host.arrivals import refuse
from floorhand.host.join import ANSWER_BYTES_MAX
from floorhand.host.listening import EMPTY, MOVE, TAKEN, Listening, give
from floorhand.host.request import Incoming, TakingOver

MOVING_MAX_S: Final = 20.0
"""How long a terminal may take to leave for a newer host that cannot wait."""

MOVE_FREE, MOVE_ALL = signal.SIGUSR1, signal.SIGUSR2
"""Tell a terminal that there is a newer host: it moves as soon as nobody is signed in; or as soon
as the scan in hand is answered. Blocked until a terminal can move: then it hears of it late."""


class Succession:
    """What passes between a host and the ones before and after it.

    Args:
        listening: Where clients call, and the line to the host that listened there before.
        schema: Of the database, as this version knows it.
        forks: The numbers of those that run, terminals and the spool, as they are at any time.
        selector: Watches the lines.
        tell: Takes a sentence about what happened.
        moving_max_s: How long a terminal may take to leave for a host that cannot wait.
    """

    def __init__(
        self,
        listening: Listening,
        schema: str,
        forks: Collection[int],
        selector: selectors.BaseSelector,
        tell: Callable[[str], None],
        *,
        moving_max_s: float = MOVING_MAX_S,
    ) -> None:
        self._listener: socket.socket | None = listening.socket
        self._older = listening.older
        self._newer: socket.socket | None = None
        self._schema = schema
        self._forks = forks
        self._selector = selector
        self._tell = tell
        self._moving_max_s = moving_max_s
        self._all_must_move = self._told_empty = False
        self.hurries_at: float | None = None
        for each in (self._listener, self._older):
            if each is not None:
                each.setblocking(False)
                selector.register(each, selectors.EVENT_READ)
        listening.tell_taken()

    @property
    def listener(self) -> socket.socket | None:
        """The socket, if it is ours to accept clients at."""
        return self._listener if self._newer is None else None

    @property
    def is_needed(self) -> bool:
        """Whether there is somebody to listen to, besides terminals."""
        return self._listener is not None or self._older is not None

    def lines(self) -> list[socket.socket]:
        """List what no fork has a use for."""
        return [one for one in (self._listener, self._older, self._newer) if one is not None]

    def give(self, incoming: Incoming, taking: TakingOver) -> None:
        """Give the socket away, and see to it that terminals move where they can, or must."""
        line, listener = incoming.line, self.listener
        if incoming.peer.uid not in (os.getuid(), 0):
            refuse(line, "it is not yours to take")
            return
        if listener is None:
            refuse(line, "another host is taking it over")
            return
        try:
            give(line, listener)
        except OSError as error:  # it has given up meanwhile: then this one goes on
            self._tell(f"A newer host did not take over: {error}.")
            line.close()
            return
        self._selector.unregister(listener)
        self._newer, self._told_empty = line, False
        self._selector.register(line, selectors.EVENT_READ)
        self._tell("A newer host takes over.")
        if taking.schema != self._schema:
            self._let_all_move()
        else:
            self._signal(MOVE_FREE)
        self.release()

    def hear(self, descriptor: int) -> bool:
        """Hear what another host says; False if the descriptor is of no line to one."""
        if self._older is not None and descriptor == self._older.fileno():
            if not _read(self._older):
                self._forget(self._older)
                self._older = None
                self.release()
        elif self._newer is not None and descriptor == self._newer.fileno():
            self._hear_newer(_read(self._newer))
        else:
            return False
        return True

    def _hear_newer(self, said: bytes) -> None:
        if TAKEN in said and self._listener is not None:
            self._listener.close()
            self._listener = None
        if MOVE in said:
            self._let_all_move()
            self.release()
        if not said and self._newer is not None:
            self._forget(self._newer)
            self._newer = None
            if self._listener is not None:
                self._go_on(self._listener)

    def _go_on(self, listener: socket.socket) -> None:
        """Accept clients again: who should have done it has failed."""
        self._tell("The newer host has failed before it served. This one goes on.")
        self._selector.register(listener, selectors.EVENT_READ)
        self.hurries_at, self._all_must_move = None, False

    def _let_all_move(self) -> None:
        """Let terminals move between two scans: here, and at the older hosts."""
        self._all_must_move = True
        self.hurries_at = time.monotonic() + self._moving_max_s
        self._signal(MOVE_ALL)
        if self._older is not None:
            with contextlib.suppress(OSError):
                self._older.send(MOVE)

    def hurry(self) -> None:
        """End terminals that do not move in time: what they answered is saved."""
        if self.hurries_at is not None and self.hurries_at <= time.monotonic():
            self.hurries_at += self._moving_max_s
            self._signal(signal.SIGKILL)

    def release(self) -> None:
        """Tell the newer host when no terminal stands in its way."""
        stand = self._all_must_move and (self._forks or self._older is not None)
        if stand or self._newer is None:
            return
        self.hurries_at = None
        if not self._told_empty:
            self._told_empty = True
            with contextlib.suppress(OSError):
                self._newer.send(EMPTY)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._forks:
            os.kill(pid, number)

    def _forget(self, line: socket.socket) -> None:
        self._selector.unregister(line)
        line.close()


def _read(line: socket.socket) -> bytes:
    """Read what a host says; nothing if it is gone."""
    try:
        return line.recv(ANSWER_BYTES_MAX)
    except OSError:
        return b""
