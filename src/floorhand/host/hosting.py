"""The host: forks a terminal for each client, and looks after none of them any further.

It has one thread and no line to a database, ever: a fork takes neither along. What a terminal and
its client have to say to each other goes by without it, so terminals outlive their host.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from dataclasses import dataclass
from typing import Final, Protocol

from floorhand.host.arrivals import Arrivals, refuse, send
from floorhand.host.forked import Closes, become_terminal
from floorhand.host.listening import Listening, empty, give
from floorhand.host.request import (
    BadRequest,
    Incoming,
    Request,
    TakingOver,
    of_stranger,
)

SESSIONS_MAX: Final = 500

MOVING_MAX_S: Final = 10.0
"""How long a terminal may take to leave for a newer host that cannot wait."""

SIGNALS_BYTES_MAX: Final = 64

MOVE_FREE, MOVE_ALL = signal.SIGUSR1, signal.SIGUSR2
"""Tell a terminal that there is a newer host: it moves as soon as nobody is signed in; or as soon
as the scan in hand is answered."""

CAUGHT: Final = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Outside(Protocol):
    """What a host needs of the program around it."""

    def run(self, request: Request) -> int:
        """Run a terminal, in a fork; give its exit code."""

    def tell(self, what: str) -> None:
        """Take a sentence about what happened."""

    def renew(self) -> int:
        """Start a newer host; give the number of its process."""


@dataclass(frozen=True, slots=True)
class Session:
    """A terminal that runs. ``line`` is that to its client, to tell it how a killed one ended."""

    line: socket.socket
    who: str


class Host:
    """Forks terminals.

    Args:
        listening: Where clients call.
        outside: The program around it.
        schema: Of the database, as this version knows it.
        group: Whose members may call besides root and the user of this program.
        sessions_max: How many terminals there may be.
    """

    def __init__(
        self,
        listening: Listening,
        outside: Outside,
        schema: str,
        *,
        group: int | None = None,
        sessions_max: int = SESSIONS_MAX,
    ) -> None:
        self._listening: Listening | None = listening
        self._outside = outside
        self._schema = schema
        self._sessions_max = sessions_max
        self._sessions: dict[int, Session] = {}
        self._newer: socket.socket | None = None
        self._has_given = False
        self._move_until: float | None = None
        self._successor = 0
        self._told_to_end = False
        self._selector = selectors.DefaultSelector()
        self._arrivals = Arrivals(self._selector, group, outside.tell)
        self._woken, self._waker = socket.socketpair()
        for one in (self._woken, self._waker):
            one.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._selector.register(listening.socket, selectors.EVENT_READ)

    def serve(self) -> None:
        """Work until told to end, or until a newer host has taken over and all terminals ended."""
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for one in CAUGHT:
            signal.signal(one, _noted)
        while not self._told_to_end and (self._listening is not None or self._sessions):
            for key, _ in self._selector.select(self._wait_s()):
                self._handle(key.fd)
            self._arrivals.drop_late()
            self._hurry()
        if self._listening is not None:
            self._listening.end()

    def _wait_s(self) -> float | None:
        moments = [at for at in (self._arrivals.until(), self._move_until) if at is not None]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _handle(self, descriptor: int) -> None:
        if descriptor == self._woken.fileno():
            self._signalled(self._woken.recv(SIGNALS_BYTES_MAX))
        elif self._listening is not None and descriptor == self._listening.socket.fileno():
            self._arrivals.accept(self._listening.socket)
        else:
            match self._arrivals.read(descriptor):
                case (incoming, Request() as request):
                    self._open(incoming, request)
                case (incoming, TakingOver() as taking):
                    self._give(incoming, taking)

    # Terminals --------------------------------------------------------------------------------

    def _open(self, incoming: Incoming, request: Request) -> None:
        """Fork a terminal, and say so; or say why not."""
        line, peer = incoming.line, incoming.peer
        who = f"user {peer.uid}"
        try:
            if len(self._sessions) >= self._sessions_max:
                raise BadRequest(f"it has {self._sessions_max} terminals, and may have no more")
            if peer.uid not in (os.getuid(), 0):
                request = of_stranger(request, peer.uid)
            pid = os.fork()
        except (BadRequest, OSError) as error:
            self._outside.tell(f"No terminal for {who}: {error}.")
            refuse(line, str(error))
        else:
            if not pid:
                become_terminal(request, line, self._outside.run, left=self._left())
            self._sessions[pid] = Session(line, who)
            send(line, f"open {pid}\n")
        finally:
            for stream in request.streams:
                os.close(stream)

    def _left(self) -> list[Closes]:
        """List what a fork has no use for."""
        listening = [self._listening.socket] if self._listening else []
        newer = [self._newer] if self._newer else []
        lines = [one.line for one in self._sessions.values()]
        return [
            self._selector,
            self._arrivals,
            self._woken,
            self._waker,
            *listening,
            *newer,
            *lines,
        ]

    def _reap(self) -> None:
        """Take note of what has ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            code = os.waitstatus_to_exitcode(status)
            if pid == self._successor:
                self._successor = 0
                self._outside.tell(f"The newer host has ended ({code}).")
            elif (session := self._sessions.pop(pid, None)) is not None:
                self._ended(session, pid, code)

    def _ended(self, session: Session, pid: int, code: int) -> None:
        """Tell the client of a terminal that was killed, for that could not do it itself."""
        how = f"has ended ({code})"
        if code < 0:
            how = f"was killed ({signal.Signals(-code).name})"
            send(session.line, "again\n" if self._has_given else "killed\n")
        session.line.close()
        self._outside.tell(f"Terminal {pid} of {session.who} {how}.")
        self._release()

    def _signalled(self, numbers: bytes) -> None:
        if signal.SIGCHLD in numbers:
            self._reap()
        if signal.SIGHUP in numbers and not self._successor and self._listening is not None:
            self._successor = self._outside.renew()
        if {signal.SIGTERM, signal.SIGINT} & set(numbers):
            self._outside.tell(
                f"Ending. Terminals that go on by themselves: {len(self._sessions)}."
            )
            self._told_to_end = True

    # A newer host -----------------------------------------------------------------------------

    def _give(self, incoming: Incoming, taking: TakingOver) -> None:
        """Give the socket away, and see to it that terminals move where they can, or must."""
        line = incoming.line
        if self._listening is None or incoming.peer.uid not in (os.getuid(), 0):
            refuse(line, "it is not yours to take")
            return
        try:
            give(line, self._listening.socket)
        except OSError as error:  # it has given up meanwhile: then this one goes on
            self._outside.tell(f"A newer host did not take over: {error}.")
            line.close()
            return
        self._selector.unregister(self._listening.socket)
        self._listening.socket.close()
        self._listening = None
        self._newer, self._has_given = line, True
        must = taking.schema != self._schema
        self._outside.tell(f"A newer host has taken over. Terminals here: {len(self._sessions)}.")
        for pid in self._sessions:
            os.kill(pid, MOVE_ALL if must else MOVE_FREE)
        if must:
            self._move_until = time.monotonic() + MOVING_MAX_S
        self._release()

    def _hurry(self) -> None:
        """End terminals that do not move in time: what they answered is saved."""
        if self._move_until is not None and self._move_until <= time.monotonic():
            self._move_until += MOVING_MAX_S
            for pid in self._sessions:
                os.kill(pid, signal.SIGKILL)

    def _release(self) -> None:
        """Tell the newer host when no terminal stands in its way."""
        if self._newer is not None and (self._move_until is None or not self._sessions):
            empty(self._newer)
            self._newer.close()
            self._newer = self._move_until = None


def _noted(*_: object) -> None:
    """Do nothing: the host hears of a signal in its turn."""
