"""A real sshd on a port of its own, set up by the packaged files, and devices that come to it.

It lets in whoever runs it, so that no account has to be made; folders are put in place of those
of an installed machine, and nothing else is changed.
"""

from __future__ import annotations

import fcntl
import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from host.hosts import Hosted, children
from tui.flood import Terminal

PACKAGED = Path(__file__).resolve().parents[2] / "packaging" / "ssh"
WAIT_MAX_S = 60.0
"""Far longer than anything takes: how quick the machine is decides nothing."""

LOOK_S = 0.1
SYSTEM = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))

DEBIAN = """\
X11Forwarding yes
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
PermitTunnel yes
"""
"""What Debian's own sshd_config lets everybody do, and more, for the drop-in to take away."""


def program(name: str) -> str:
    return shutil.which(name, path=SYSTEM) or ""


def missing() -> str:
    """Say why no sshd can be run here; empty if it can."""
    if sys.platform == "win32":
        return "there are no pseudo-terminals"
    for name in ("sshd", "ssh", "ssh-keygen", "tmux"):
        if not program(name):
            return f"there is no {name} here"
    if os.getuid() == 0:  # systemd makes it for an sshd that it starts
        with suppress(OSError):
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        if not Path("/run/sshd").is_dir():
            return "/run/sshd, which sshd wants, cannot be made"
    return ""


class Sshd:
    """A server with its devices; ``folder`` must have a short name, for there are sockets in it.

    With a ``host`` terminals are forked by it; else each is a program of its own.
    """

    def __init__(self, folder: Path, home: str, host: Hosted | None = None) -> None:
        self.folder = folder
        self.host = host
        self.user = getpass.getuser()
        self.keys = folder / "etc" / "authorized_keys"
        self.sessions = folder / "state"
        self.log = folder / "log"
        for name in ("etc", "state", "labels"):
            (folder / name).mkdir(mode=0o755)
        self._write("etc/site.toml", f'database = "{home}"\nlabels = "{folder}/labels"\n')
        self._write("etc/tmux.conf", (PACKAGED / "tmux.conf").read_text())
        self._write(
            "floorhand",
            "#!/bin/sh\n"
            f"export PYTHONPATH={shlex.quote(os.pathsep.join(filter(None, sys.path)))}\n"
            f"export FLOORHAND_DATABASE={shlex.quote(home)}\n"  # for the host, which has none
            f'exec {shlex.quote(sys.executable)} -m floorhand "$@"\n',
        ).chmod(0o755)
        for name in ("host", "other"):
            self.new_key(name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.config = self._write("sshd_config", self._configured())
        self._process: subprocess.Popen[bytes] | None = None

    def _write(self, name: str, text: str) -> Path:
        (self.folder / name).write_text(text)
        return self.folder / name

    def new_key(self, name: str, *how: str) -> Path:
        """Make a key; gives the file of its public part."""
        file = self.folder / name
        how = how or ("-t", "ed25519")
        made = [program("ssh-keygen"), "-q", *how, "-N", "", "-C", name, "-f", str(file)]
        subprocess.run(made, check=True)
        return file.with_suffix(".pub")

    def _configured(self) -> str:
        here = {
            "Match User floor": f"Match User {self.user}",
            "/etc/floorhand": str(self.folder / "etc"),
            "/usr/lib/floorhand": str(PACKAGED),
            "/usr/bin/floorhand": str(self.folder / "floorhand"),
            "/var/lib/floor": str(self.sessions),
            "/run/floorhand/host.sock": self.host.socket if self.host else f"{self.folder}/none",
            # A shell would read there what the account has for itself.
            "SetEnv ": f"SetEnv HOME={self.folder} ",
        }
        text = (PACKAGED / "floorhand.conf").read_text()
        for packaged, its in here.items():
            assert packaged in text, packaged
            text = text.replace(packaged, its)
        self._write("floorhand.conf", text)
        own = f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.folder}/host\n"
        # The temporary folder may be anybody's, and who runs tests may have no account of PAM.
        own += "PidFile none\nStrictModes no\nUsePAM no\n"
        return f"Include {self.folder}/floorhand.conf\n{own}{DEBIAN}"

    def start(self) -> None:
        """Begin to listen."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [program("sshd"), "-D", "-e", "-f", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        until(self._listens)

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def stop(self) -> None:
        """End it, and all sessions; no terminal of theirs is left for who comes next."""
        for one in self.sessions.glob("*/tmux"):
            self.tmux(one.parent.name, "kill-server")
        if self.host is not None:
            until(lambda: not self.host.terminals(), lambda: "a terminal goes on")
        if self._process is not None:
            self._process.terminate()
            self._process.wait(WAIT_MAX_S)

    def tmux(self, seat: str, *words: str) -> str:
        """Ask the session of a seat."""
        done = subprocess.run(
            [program("tmux"), "-N", "-S", str(self.sessions / seat / "tmux"), *words],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout.strip()

    def screen(self, seat: str) -> str:
        """What is on the screen of a seat."""
        return self.tmux(seat, "capture-pane", "-p", "-t", "=floor:")

    def shown(self, seat: str, word: str) -> None:
        """Wait until the screen of a seat shows a word."""
        until(lambda: word in self.screen(seat), lambda: f"{word!r} is not in {self.screen(seat)}")

    def client_pid(self, seat: str) -> int:
        """The process that a seat's session keeps: the terminal, or the client of the host."""
        keeper = self.tmux(seat, "display-message", "-p", "-t", "=floor:", "#{pane_pid}")
        return next(iter(children(int(keeper))), 0) if keeper else 0

    def terminal_pid(self, seat: str) -> int:
        """The process of a seat's terminal; 0 if there is none now."""
        if self.host is None:
            return self.client_pid(seat)
        return next((one for one in self.host.terminals() if name_of(one) == f"floor {seat}"), 0)

    def devices(self, seat: str) -> int:
        """How many connections have the terminal of a seat before them."""
        return len(self.tmux(seat, "list-clients").splitlines())

    def unread(self, seat: str) -> int:
        """How many bytes wait in the line of a seat's terminal."""
        with open(self.tmux(seat, "display-message", "-p", "-t", "=floor:", "#{pane_tty}")) as line:
            told = fcntl.ioctl(line, termios.FIONREAD, bytes(4))
        return int.from_bytes(told, sys.byteorder)

    def words(self, key: str = "device", port: int = 0, *, asking: str = "-tt") -> list[str]:
        """How ssh is called as a device; what it asks for follows."""
        options = {
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
            "IdentitiesOnly": "yes",
            "BatchMode": "yes",
        }
        named = [f"-o{name}={value}" for name, value in options.items()]
        keyed = ["-i", str(self.folder / key), "-p", str(port or self.port)]
        return [*("-F", "none", asking), *named, *keyed, f"{self.user}@127.0.0.1"]

    def run(self, *asks: str, key: str = "device") -> tuple[int, str]:
        """Ask for something without a screen; gives the exit code, and all that was said.

        What is asked for begins with options of ssh; a command follows behind ``--``.
        """
        command = asks[asks.index("--") + 1 :] if "--" in asks else ()
        *options, host = self.words(key, asking="-T")
        done = subprocess.run(
            [program("ssh"), *options, *asks[: len(asks) - len(command)], host, *command],
            capture_output=True, text=True, check=False, timeout=WAIT_MAX_S,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def device(self, key: str = "device", *asks: str, port: int = 0, **size: int) -> Device:
        """Connect a device that has this key."""
        ssh = self.words(key, port)
        return Device(*ssh[:-1], *asks[:-1], ssh[-1], *asks[-1:], program=program("ssh"), **size)


class Device(Terminal):
    """An SSH client on a screen of its own."""

    def shows(self, *words: str) -> None:
        """Wait until each word was written to the screen."""
        for word in words:
            there = self.until(lambda word=word: word.encode() in self.written or self.ended)
            assert there, f"{word!r} did not come: {bytes(self.written[-500:])!r}"
            assert word.encode() in self.written, bytes(self.written[-500:])

    def type(self, data: bytes | str) -> None:
        """Type; what was shown before is forgotten."""
        self.written.clear()
        self.send(data.encode() if isinstance(data, str) else data)

    def until(self, done) -> bool:
        end = time.monotonic() + WAIT_MAX_S
        while not done():
            if time.monotonic() > end:
                return False
            self.turn_over()
        return True

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> int:
        """Wait until the connection ends; gives the exit code."""
        assert self.until(lambda: self.ended), bytes(self.written[-500:])
        self.turn_over()
        return self.process.returncode

    def drop(self) -> None:
        """Be gone from one moment to the next."""
        self.process.kill()
        self.close()


def name_of(pid: int) -> str:
    """What lists of processes show of one; empty if it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def until(true, what=lambda: "") -> None:
    """Wait until something is true."""
    end = time.monotonic() + WAIT_MAX_S
    while not true():
        assert time.monotonic() < end, what()
        time.sleep(LOOK_S)


@contextmanager
def serving(home: str, *seats: str, host: Hosted | None = None) -> Iterator[Sshd]:
    """Serve the terminals of a warehouse; each seat has a key called like it.

    Without seats there is one, H-1 at BENCH-1, whose key is called ``device``.
    """
    folder = Path(tempfile.mkdtemp(prefix="fh-ssh-"))
    try:
        made = Sshd(folder, home, host)
        lines = []
        for name, names in {seat: seat for seat in seats}.items() or [("device", "H-1 BENCH-1")]:
            kind, key, _ = made.new_key(name).read_text().split()
            lines.append(f"restrict,pty {kind} {key} {names}\n")
        made.keys.write_text("".join(lines))
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
