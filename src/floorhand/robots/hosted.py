"""A host to measure, and how its terminals are started and watched (Linux)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from floorhand.host import join

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
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        forks = [int(one) for one in listed.split()]
        return [one for one in forks if _name(one).startswith(NAME_BEGINS)]


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


def memory_of(pid: int) -> Memory:
    """Ask the system about a process."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    kb = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in told)}
    return Memory((kb["Private_Clean"] + kb["Private_Dirty"]) / 1024, kb["Pss"] / 1024)
