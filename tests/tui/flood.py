"""Scans through a pseudo-terminal, as fast as they go: each must arrive, exact and in order.

As a command, ``python tests/tui/flood.py [SCANS]`` sends 10,000 scans by each ending and prints
how long it took and what memory it needs; the test suite does the same with fewer.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("child.py")
WAIT_S = 600.0
FORKED = ""
ENDINGS = {"CR": b"\r", "LF": b"\n", "CRLF": b"\r\n", "TAB": b"\t"}


class Terminal:
    """A program in a pseudo-terminal of its own; what it writes is kept.

    Args:
        arguments: Those of the program.
        program: What to run; `FORKED` for the interpreter, but quickly: see `forked`.
        columns: Width of the terminal.
        rows: Its height.
    """

    def __init__(
        self, *arguments: str, program: str = sys.executable, columns: int = 80, rows: int = 24
    ) -> None:
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environ = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = _started(program, arguments, slave, environ)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.written = bytearray()

    def turn_over(self, data: bytes = b"") -> int:
        """Write what can be written and read what can be read; gives how much was written."""
        _, writable, _ = select.select([self.master], [self.master] if data else [], [], 0.05)
        try:
            while True:
                self.written += os.read(self.master, 65536)
        except (BlockingIOError, OSError):
            pass
        try:
            return os.write(self.master, data[:4096]) if writable else 0
        except BlockingIOError:
            return 0

    def send(self, data: bytes) -> None:
        """Write all of it."""
        while data:
            data = data[self.turn_over(data) :]

    def until(self, done) -> bool:
        """Read until something holds; False if it does not within the time."""
        end = time.monotonic() + WAIT_S
        while not done():
            if time.monotonic() > end:
                return False
            self.turn_over()
        return True

    def close(self) -> None:
        """End the program."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.until(lambda: self.process.poll() is not None)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)


def _started(program: str, arguments: Sequence[str], slave: int, environ: dict[str, str]) -> Any:
    if program == FORKED:
        from forked import Program

        return Program(arguments, os.ttyname(slave), environ)
    files = {"stdin": slave, "stdout": slave, "stderr": slave}
    return subprocess.Popen([program, *arguments], **files, env=environ, start_new_session=True)


def heard(file: Path) -> list[str | None]:
    """What the program has written down so far."""
    if not file.exists():
        return []
    lines = file.read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]


def flood(
    data: bytes, folder: Path, program: str = sys.executable
) -> tuple[list[str | None], float, int]:
    """Send bytes to a fresh terminal; gives the scans it answered, seconds and megabytes."""
    file = folder / f"heard-{time.monotonic_ns()}"
    return _flood(data, file, Terminal(str(CHILD), "flood", str(file), program=program))


def flood_tmux(data: bytes, folder: Path) -> tuple[list[str | None], float, int]:
    """Send bytes to a client of tmux, as a site uses it that keeps sessions; gives the same."""
    file = folder / f"heard-{time.monotonic_ns()}"
    settings = folder / "tmux.conf"
    settings.write_text("set -g prefix None\nset -g escape-time 10\nset -g status off\n")
    child = shlex.join([sys.executable, str(CHILD), "flood", str(file)])
    socket = str(folder / "tmux")
    terminal = Terminal("-S", socket, "-f", str(settings), "new", child, program="tmux")
    try:
        return _flood(data, file, terminal)
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], capture_output=True, check=False)


def _flood(data: bytes, file: Path, terminal: Terminal) -> tuple[list[str | None], float, int]:
    try:
        assert terminal.until(lambda: bool(heard(file))), terminal.written[-2000:]
        began = time.monotonic()
        terminal.send(data + b"END\r")
        terminal.until(lambda: terminal.process.poll() is not None)
        return heard(file)[1:-1], time.monotonic() - began, _megabytes(file)
    finally:
        terminal.close()


def _megabytes(file: Path) -> int:
    """Give the most memory that the program held, which it wrote down at its end; 0: it did not."""
    noted = file.with_suffix(".kb")
    return int(noted.read_text()) // 1024 if noted.exists() else 0


def flood_serial(
    data: bytes, folder: Path, program: str = sys.executable
) -> tuple[list[str | None], float, int]:
    """Send bytes by a scanner's own line; gives the scans that were heard, and the seconds."""
    file = folder / f"heard-{time.monotonic_ns()}"
    master, slave = os.openpty()
    terminal = Terminal(str(CHILD), "flood", str(file), os.ttyname(slave), program=program)
    os.set_blocking(master, False)
    try:
        assert terminal.until(lambda: heard(file) == ["READY"]), terminal.written[-2000:]
        terminal.until(lambda: not termios.tcgetattr(slave)[3] & termios.ICANON)
        began, data = time.monotonic(), data + b"END\r"
        while data:
            terminal.turn_over()
            with suppress(BlockingIOError):
                data = data[os.write(master, data[:4096]) :]
        terminal.until(lambda: terminal.process.poll() is not None)
        return heard(file)[1:-1], time.monotonic() - began, _megabytes(file)
    finally:
        terminal.close()
        os.close(master)
        os.close(slave)


def codes(count: int) -> list[str]:
    """Codes as scanners send them, no two alike; every third holds a GS1 separator."""
    return [
        f"]d2010950600013435210L{n}\x1d21S{n}" if n % 3 == 0 else f"TOTE-{n:06}"
        for n in range(count)
    ]


def ways(sent: list[str]) -> dict[str, bytes]:
    """Give the bytes of the codes for each way of sending them."""
    joined = {name: end.join(c.encode() for c in [*sent, ""]) for name, end in ENDINGS.items()}
    one = b"\x1b[200~" + joined["CRLF"] + b"\x1b[201~"
    each = b"".join(b"\x1b[200~" + code.encode() + b"\x1b[201~\r" for code in sent)
    return {**joined, "one paste": one, "a paste each": each}


def main() -> None:
    """Send many scans in each way and say whether all arrived."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    sent = codes(count)
    by = {"pty": flood, "tmux": flood_tmux, "serial": flood_serial}
    if shutil.which("tmux") is None:
        print("no tmux here: nothing is sent through it")
        del by["tmux"]
    print(f"{'through':>8}  {'sent as':>12}  {'verdict':>8}  seconds  scans/s  MB")
    for through, send in by.items():
        for name, data in ways(sent).items():
            if through == "serial" and "paste" in name:
                continue
            with tempfile.TemporaryDirectory() as folder:
                got, seconds, megabytes = send(data, Path(folder))
            verdict = "exact" if got == sent else f"WRONG: {len(got)} of {count}"
            rate = count / seconds
            print(
                f"{through:>8}  {name:>12}  {verdict:>8}  {seconds:7.1f}  {rate:7.0f}  {megabytes}"
            )


if __name__ == "__main__":
    main()
