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
from floorhand.host.forked import Closes, become_spool, become_terminal
from floorhand.host.listening import Listening
from floorhand.host.request import (
    BadRequest,
    Incoming,
    Request,
    TakingOver,
    of_stranger,
)
from floorhand.host.succession import MOVE_ALL, MOVE_FREE, MOVING_MAX_S, Succession

SESSIONS_MAX: Final = 500

SPOOL_AGAIN_S: Final = 10.0
"""How long after a spool has ended by itself the next one begins."""

SIGNALS_BYTES_MAX: Final = 64

AGAIN: Final = "again\n"
"""Tells a client that its terminal is to be had from the newer host."""

CAUGHT: Final = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Outside(Protocol):
    """What a host needs of the program around it."""

    def run(self, request: Request) -> int:
        """Run a terminal, in a fork; give its exit code."""

    def spool(self) -> int:
        """Send labels, in a fork, until told to move or the host is gone; give its exit code."""

    def tell(self, what: str) -> None:
        """Take a sentence about what happened."""

    def renew(self) -> int:
        """Start a newer host; give the number of its process."""


@dataclass(frozen=True, slots=True)
class Session:
    """A fork that runs. ``line`` is that to its client, to tell how a killed one ended; None: it is
    the spool.
    """

    line: socket.socket | None
    who: str


class Host:
    """Forks terminals.

    Args:
        listening: Where clients call.
        outside: The program around it.
        schema: Of the database, as this version knows it.
        group: Whose members may call besides root and the user of this program.
        sessions_max: How many terminals there may be.
        moving_max_s: How long one may take to leave for a newer host that cannot wait.
        spool_again_s: How long after a spool has ended by itself the next one begins.
    """

    def __init__(
        self,
        listening: Listening,
        outside: Outside,
        schema: str,
        *,
        group: int | None = None,
        sessions_max: int = SESSIONS_MAX,
        moving_max_s: float = MOVING_MAX_S,
        spool_again_s: float = SPOOL_AGAIN_S,
    ) -> None:
        self._outside = outside
        self._sessions_max = sessions_max
        self._sessions: dict[int, Session] = {}
        self._successor = self._spool = 0
        self._spool_due = time.monotonic()
        self._spool_again_s = spool_again_s
        self._told_to_end = False
        self._selector = selectors.DefaultSelector()
        self._succession = Succession(
            *(listening, schema, self._sessions.keys(), self._selector, outside.tell),
            moving_max_s=moving_max_s,
        )
        self._arrivals = Arrivals(self._selector, group, outside.tell)
        self._woken, self._waker = socket.socketpair()
        for one in (self._woken, self._waker):
            one.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Work until told to end, or until a newer host has taken over and all terminals ended.

        The name of the socket stays, for a manager or a newer host may own it by now.
        """
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for one in CAUGHT:
            signal.signal(one, _noted)
        signal.pthread_sigmask(signal.SIG_BLOCK, (MOVE_FREE, MOVE_ALL))
        while not self._told_to_end and self._is_needed():
            self._keep_spool()
            for key, _ in self._selector.select(self._wait_s()):
                self._handle(key.fd)
            self._arrivals.drop_late()
            self._succession.hurry()
        signal.set_wakeup_fd(-1)

    def _is_needed(self) -> bool:
        return bool(self._succession.is_needed or self._sessions or [*self._arrivals])

    def _wait_s(self) -> float | None:
        moments = [self._arrivals.until(), self._succession.hurries_at]
        if self._wants_spool():
            moments.append(self._spool_due)
        known = [at for at in moments if at is not None]
        return max(0.0, min(known) - time.monotonic()) if known else None

    def _handle(self, descriptor: int) -> None:
        if descriptor == self._woken.fileno():
            self._signalled(self._woken.recv(SIGNALS_BYTES_MAX))
        elif (listener := self._succession.listener) and descriptor == listener.fileno():
            self._arrivals.accept(listener)
        elif not self._succession.hear(descriptor):
            match self._arrivals.read(descriptor):
                case (incoming, Request() as request):
                    self._open(incoming, request)
                case (incoming, TakingOver() as taking):
                    self._succession.give(incoming, taking)

    # Terminals --------------------------------------------------------------------------------

    def _terminals(self) -> int:
        """Count them."""
        return sum(one.line is not None for one in self._sessions.values())

    def _open(self, incoming: Incoming, request: Request) -> None:
        """Fork a terminal, and say so; or say why not."""
        line, peer = incoming.line, incoming.peer
        who = f"user {peer.uid}"
        try:
            if self._succession.listener is None:  # it called before, and was slow to ask
                send(line, AGAIN)
                line.close()
                return
            if self._terminals() >= self._sessions_max:
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
            request.close()

    def _wants_spool(self) -> bool:
        return not self._spool and self._succession.listener is not None

    def _keep_spool(self) -> None:
        """Fork the spool, if it is time for that: it spares each terminal one."""
        if not self._wants_spool() or time.monotonic() < self._spool_due:
            return
        self._spool_due = time.monotonic() + self._spool_again_s
        try:
            pid = os.fork()
        except OSError as error:
            self._outside.tell(f"No spool: {error}.")
            return
        if not pid:
            become_spool(self._outside.spool, left=self._left())
        self._spool, self._sessions[pid] = pid, Session(None, "the spool")

    def _left(self) -> list[Closes]:
        """List what a fork has no use for."""
        lines = [one.line for one in self._sessions.values() if one.line]
        own: list[Closes] = [self._selector, self._arrivals, self._woken, self._waker]
        return [*own, *self._succession.lines(), *lines]

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
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"has ended ({code})"
        if session.line is None:
            self._spool, self._spool_due = 0, time.monotonic() + self._spool_again_s
            self._outside.tell(f"The spool {how}.")
        else:
            if code < 0:
                send(session.line, "killed\n" if self._succession.listener else AGAIN)
            session.line.close()
            self._outside.tell(f"Terminal {pid} of {session.who} {how}.")
        self._succession.release()

    def _signalled(self, numbers: bytes) -> None:
        if signal.SIGCHLD in numbers:
            self._reap()
        if signal.SIGHUP in numbers and not self._successor and self._succession.listener:
            self._successor = self._outside.renew()
        if {signal.SIGTERM, signal.SIGINT} & set(numbers):
            self._outside.tell(f"Ending. Terminals that go on by themselves: {self._terminals()}.")
            self._told_to_end = True


def _noted(*_: object) -> None:
    """Do nothing: the host hears of a signal in its turn."""
