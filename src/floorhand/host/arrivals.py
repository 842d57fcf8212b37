"""Lines of clients whose request has not been read yet: few, and not for long."""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from typing import Final

from floorhand.host.request import BadRequest, Incoming, Peer, Request, TakingOver, peer_of

ARRIVING_MAX: Final = 64
"""One more, and the oldest is dropped: who says nothing keeps nobody out."""

REQUEST_MAX_S: Final = 5.0

PAUSE_S: Final = 0.05
"""How long nobody is accepted when all descriptors are in use by terminals."""

NONE_LEFT: Final = (errno.EMFILE, errno.ENFILE)


class Arrivals:
    """Accepts clients and reads what they ask for.

    Args:
        selector: Watches their lines.
        group: Whose members may call besides root and the user of this program.
        tell: Takes a sentence about what happened.
    """

    def __init__(
        self, selector: selectors.BaseSelector, group: int | None, tell: Callable[[str], None]
    ) -> None:
        self._selector = selector
        self._group = group
        self._tell = tell
        self._arriving: dict[int, Incoming] = {}

    def __iter__(self) -> Iterator[Incoming]:
        """Give all that are there, oldest first."""
        return iter([*self._arriving.values()])

    def accept(self, listener: socket.socket) -> None:
        """Accept one client."""
        try:
            line, _ = listener.accept()
            line.setblocking(False)
            peer = peer_of(line)
        except BlockingIOError:
            return
        except OSError as error:  # he hung up; or there is no room for him
            if error.errno in NONE_LEFT:
                self._make_room()
            return
        if not self._may_call(peer):
            self._tell(f"User {peer.uid} called, and may not.")
            refuse(line, "this user may not call it")
            return
        if len(self._arriving) >= ARRIVING_MAX:
            self._drop(next(iter(self)), "others came")
        self._arriving[line.fileno()] = Incoming(line, peer, time.monotonic() + REQUEST_MAX_S)
        self._selector.register(line, selectors.EVENT_READ)

    def _may_call(self, peer: Peer) -> bool:
        return peer.uid in (os.getuid(), 0) or self._group in peer.groups

    def _make_room(self) -> None:
        if oldest := next(iter(self), None):
            self._drop(oldest, "the host has no descriptors left")
        else:
            time.sleep(PAUSE_S)

    def read(self, descriptor: int) -> tuple[Incoming, Request | TakingOver] | None:
        """Read what a client sent; None if it has not asked for anything yet, or never will."""
        incoming = self._arriving.get(descriptor)
        if incoming is None:
            return None
        try:
            asked = incoming.read()
        except BlockingIOError:
            return None
        except (BadRequest, OSError) as error:
            self._drop(incoming, str(error))
            return None
        if asked is None:
            return None
        self._forget(incoming)
        return incoming, asked

    def until(self) -> float | None:
        """Say when the first of them will have taken too long."""
        return next((one.until for one in self), None)

    def drop_late(self) -> None:
        """Drop those that took too long."""
        now = time.monotonic()
        for one in self:
            if one.until <= now:
                self._drop(one, "the request took too long")

    def close(self) -> None:
        """Let go of all of them."""
        for one in self:
            one.close()
            one.line.close()

    def _drop(self, incoming: Incoming, why: str) -> None:
        self._forget(incoming)
        incoming.close()
        refuse(incoming.line, why)

    def _forget(self, incoming: Incoming) -> None:
        del self._arriving[incoming.line.fileno()]
        self._selector.unregister(incoming.line)


def refuse(line: socket.socket, why: str) -> None:
    """Tell a client why it gets no terminal."""
    send(line, f"no {why}\n")
    line.close()


def send(line: socket.socket, words: str) -> None:
    """Send a line to a client that may be gone; it never fills what waits for it."""
    with contextlib.suppress(OSError):
        line.send(words.encode("utf-8", "backslashreplace"))
