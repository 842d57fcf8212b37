"""A real host, and clients of it on real pseudo-terminals."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sql

from floorhand.robots.pty_terminal import PtyTerminal
from floorhand.store.db import Transactions
from floorhand.store.schema import Scan

WAIT_MAX_S = 60.0
"""Far longer than anything takes: how quick the machine is decides nothing."""

OPEN: list[Client] = []

PATH = os.pathsep.join(sys.path)


def until(is_so: Callable[[], object], what: str) -> None:
    """Wait until something is so; read terminals meanwhile, for none may fill up."""
    end = time.monotonic() + WAIT_MAX_S
    while not is_so():
        assert time.monotonic() < end, what
        for one in OPEN:
            one.drain()
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """The numbers of the processes that one has forked; none if it is gone."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def name_of(pid: int) -> str:
    """What a process calls itself; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def terminals_of(host: int) -> list[int]:
    """The numbers of the terminals that a host has forked: all but the spool."""
    return [pid for pid in children(host) if name_of(pid) != "spool"]


def words_of(pid: int) -> list[str]:
    """How a process was begun; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def compiling() -> dict[str, str]:
    """The environment of an installed program, which is compiled once."""
    environ = {**os.environ, "PYTHONPATH": PATH}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


class Nursery:
    """A program that has loaded everything once, and whose forks become hosts: as quick as cheap.

    Args:
        home: The database that all of them are for.
        folder: Where they run.
    """

    def __init__(self, home: str, folder: Path) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "host.nursery", home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=compiling(),
        )

    def start(self, words: list[str], out: Path, **how: object) -> Process:
        """Start a host; ``how`` is for `host.nursery.become_host`."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        asked = {"words": words, "out": str(out), **how}
        print(json.dumps(asked), file=self._program.stdin, flush=True)
        return Process(int(self._program.stdout.readline()))

    def close(self) -> None:
        assert self._program.stdin is not None
        self._program.stdin.close()
        self._program.wait(WAIT_MAX_S)
        assert self._program.stdout is not None
        self._program.stdout.close()


class Process:
    """One that is no child of ours, as far as we need what `subprocess.Popen` can do."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self, wait_max_s: float) -> None:
        assert select.select([self._handle], [], [], wait_max_s)[0], f"{self.pid} has not ended"

    def send_signal(self, number: signal.Signals) -> None:
        signal.pidfd_send_signal(self._handle, number)

    def __del__(self) -> None:
        os.close(self._handle)


class Hosted:
    """A host process; what it says is kept in a file.

    Without a warehouse's address it has neither a warehouse nor a folder for identities: its
    clients name theirs.
    """

    def __init__(self, home: str, folder: Path, *words: str) -> None:
        self.socket = str(folder / "host.sock")
        self.told = folder / f"host-{time.monotonic_ns()}.txt"
        own = ["--database", home, "--state", str(folder)] if home else []
        self.process = self.begin(["host", "--socket", self.socket, *own, *words], folder)

    def begin(self, words: list[str], folder: Path) -> subprocess.Popen[bytes] | Process:
        with self.told.open("w") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "floorhand", *words],
                stdout=out,
                stderr=out,
                cwd=folder,
                env=compiling(),
            )

    def heard(self, word: str) -> str:
        """Wait until it has said something; give all that it has."""
        until(lambda: word in self.told.read_text(), f"{word}: {self.told.read_text()}")
        return self.told.read_text()

    def ready(self) -> Hosted:
        self.heard("Terminals for")
        until(
            lambda: self.spool() or "The spool has ended" in self.told.read_text(),
            "the spool has not begun",
        )
        return self

    def terminals(self) -> list[int]:
        """The numbers of those that it has forked."""
        return terminals_of(self.process.pid)

    def spool(self) -> int:
        """The number of the fork that sends labels; 0 if it has not begun yet."""
        return next((one for one in children(self.process.pid) if name_of(one) == "spool"), 0)

    def terminal(self) -> int:
        """The number of the only one."""
        (pid,) = self.terminals()
        return pid

    def end(self) -> None:
        """End it and all its terminals."""
        left = []
        for pid in children(self.process.pid):
            with suppress(ProcessLookupError):  # it has ended meanwhile
                left.append(Process(pid))
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT_MAX_S)
        for one in left:
            one.wait(WAIT_MAX_S)


class Forked(Hosted):
    """One that a nursery has forked; ``how`` is for `host.nursery.become_host`."""

    def __init__(
        self, nursery: Nursery, home: str, folder: Path, *words: str, **how: object
    ) -> None:
        self._nursery, self._how = nursery, how
        super().__init__(home, folder, *words)

    def begin(self, words: list[str], folder: Path) -> Process:
        self.told.touch()
        return self._nursery.start(words, self.told, **self._how)


LEADER = ("-c", "import subprocess as s, sys; s.call([sys.executable, *sys.argv[1:]]); input()")
"""Starts something, and stays when that has ended, until Enter."""


class Client(PtyTerminal):
    """``floorhand join`` on a pseudo-terminal of its own.

    Args:
        leads: Whether the client leads its session, as one of sshd does; else what started it.
    """

    def __init__(
        self, host: Hosted, seat: str, *words: str, only: bool = True, leads: bool = True
    ) -> None:
        own = ["--socket", host.socket, *(["--only"] if only else [])]
        named = ["--seat", seat, "--language", "en", *words]
        command = ["-m", "floorhand", "join", *own, *named]
        super().__init__(command if leads else [*LEADER, *command], str(Path(host.socket).parent))
        self._code: int | None = None
        OPEN.append(self)

    def drain(self) -> None:
        """Read what has come."""
        with suppress(OSError):  # the last one may have closed the other end
            while more := self.read(0):
                self._seen += more

    def wait_for(self, word: bytes) -> float:
        until(lambda: word in self._seen, f"{word!r} in {self._seen!r}")
        return time.perf_counter()

    @property
    def seen(self) -> bytes:
        """What came since something was sent."""
        return self._seen

    def resize(self, columns: int, lines: int) -> None:
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)

    def hang_up(self) -> None:
        """Drop the line, as sshd does."""
        OPEN.remove(self)
        os.close(self._terminal)
        self._terminal = os.open(os.devnull, os.O_RDONLY)

    def raw(self) -> bool:
        """Whether a program has taken the terminal over."""
        return not termios.tcgetattr(self._terminal)[3] & termios.ICANON

    def code(self) -> int:
        """Wait until it has ended, reading on; give its exit code."""

        def ended() -> bool:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
            return bool(pid)

        if self._code is None:
            until(ended, "the client has not ended")
            self.drain()  # its last words
        assert self._code is not None
        return self._code

    def close(self) -> None:
        if self in OPEN:
            OPEN.remove(self)
        if self._code is None:
            super().close()
            self._code = -signal.SIGKILL
        else:
            os.close(self._terminal)


SEATS = itertools.count(1)


def new_seat() -> str:
    """Name a seat that nobody has sat at."""
    return f"S{next(SEATS)}"


@contextmanager
def client(
    host: Hosted, seat: str = "", *words: str, only: bool = True, leads: bool = True
) -> Iterator[Client]:
    made = Client(host, seat or new_seat(), *words, only=only, leads=leads)
    try:
        yield made
    finally:
        made.close()


def scans(transactions: Transactions) -> list[str]:
    with transactions.begin() as tx:
        return list(tx.scalars(sql.select(Scan.scanned).order_by(Scan.at, Scan.scan_no)))


def sign_in(one: Client, name: str = "Ana") -> None:
    one.wait_for(b"Scan your badge")
    one.send(f"BADGE-{name.upper()}\r".encode())
    one.wait_for(f"Hello {name}".encode())
