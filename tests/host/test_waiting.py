"""What a client of a host leaves behind to wait: a few lines for whatever shell there is."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys

import pytest

from floorhand.host.join import LIFE, LINE, WAITING

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")

SHELLS = [shell for shell in ("/bin/sh", shutil.which("bash")) if shell]
TRIES = 20
"""The part that listens may end before the first look at it, or after: both are tried so."""

FOLLOWS = 7
FREE = 10
"""From here on no descriptor is one of the two."""


def waited(shell: str, told: bytes) -> int:
    """Let a shell wait for a terminal that has ended already; give its exit code."""
    ours, theirs = socket.socketpair()
    life, held = os.pipe()
    line, kept = (fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, FREE) for one in (theirs.fileno(), held))
    ours.sendall(told)
    words = ["floorhand", "-c", WAITING, "floorhand", shell, "-c", f"exit {FOLLOWS}"]
    places = [(os.POSIX_SPAWN_DUP2, line, LINE), (os.POSIX_SPAWN_DUP2, kept, LIFE)]
    try:
        pid = os.posix_spawn(shell, words, os.environ, file_actions=places)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        for one in (life, held, line, kept):
            os.close(one)
        ours.close()
        theirs.close()


@pytest.mark.parametrize(
    ("told", "code"),
    [(b"end 1\n", 1), (b"end 0\n", 0), (b"again\n", FOLLOWS), (b"killed\n", FOLLOWS)],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_client_ends_as_its_terminal_does_however_soon(
    shell: str, told: bytes, code: int
) -> None:
    assert {waited(shell, told) for _ in range(TRIES)} == {code}
