"""A host to measure, and how its terminals are started and watched (Linux)."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from floorhand.host import join
from floorhand.robots.pty_terminal import WAIT_MAX_S

LOOK_EVERY_S: Final = 0.01

NAME_BEGINS: Final = "floor "
"""So a terminal that was forked calls its process."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """A host that runs: where it listens, and the number of its process."""

    socket: str
    pid: int

    def joining(self, seat: str) -> list[str]:
        """Say how a terminal is had from it: arguments of the interpreter."""
        own = ["--socket", self.socket, "--only", "--seat", seat, "--language", "en"]
        return ["-I", "-S", join.__file__, *own]

    def terminals(self) -> list[int]:
        """Number the processes of its terminals."""
        return [one for one in _children_of(self.pid) if _name(one).startswith(NAME_BEGINS)]


def _children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(one) for one in listed.split()]


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text("utf-8", "replace")


@contextmanager
def hosting(url: str, site: str) -> Iterator[Hosting]:
    """Run a host for a warehouse until the block is left."""
    with TemporaryDirectory(prefix="floorhand-host-") as folder:
        socket = f"{folder}/host.sock"
        words = ["--database", url, "--site", site, "host", "--socket", socket]
        host = subprocess.Popen(
            [sys.executable, "-m", "floorhand", *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert host.stdout is not None
        try:
            host.stdout.readline()  # it says where it listens
            yield Hosting(socket, host.pid)
        finally:
            host.terminate()
            host.communicate()


@dataclass(frozen=True, slots=True)
class Memory:
    """What processes have, in MB: ``private`` to each, ``share`` with its part of what is shared.

    Source: Linux, filesystems/proc, "smaps_rollup": Private_Clean and Private_Dirty; Pss.
    """

    private: float
    share: float


def waiting_memory_of(pid: int) -> float:
    """Ask what waits for a terminal of a host, once it does: a shell, and its part that listens.

    Returns:
        What both have, with their part of what is shared, in MB: what is private to one of them
        says nothing, since they have nearly all in common.
    """
    ends = time.monotonic() + WAIT_MAX_S
    while not (listening := _children_of(pid)):
        if time.monotonic() > ends:
            raise TimeoutError(f"Process {pid} does not wait for a terminal after {WAIT_MAX_S} s")
        time.sleep(LOOK_EVERY_S)
    return sum(memory_of(one).share for one in (pid, *listening))


def memory_of(pid: int) -> Memory:
    """Ask the system about a process."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    kb = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in told)}
    return Memory((kb["Private_Clean"] + kb["Private_Dirty"]) / 1024, kb["Pss"] / 1024)
