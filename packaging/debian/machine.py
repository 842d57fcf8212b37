"""A clean Debian in a folder, booted with a systemd of its own, to try a package in.

It shares the kernel with this machine and nothing else: its processes, mounts and network are its
own, so nothing that runs here is seen or disturbed. `debootstrap` makes it, `systemd-nspawn` boots
it; both need root.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
PACKAGES = "systemd,systemd-sysv,python3,libfribidi0,procps,postgresql"
"""What the package needs, since the machine has no network to fetch it by, and a server."""

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")

BOOT_MAX_S = 120
WAIT_MAX_S = 60
LOOK_S = 0.1

CONTROL_GROUP = "floorhand-package-test"

CLEAN = (
    *("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"),
    *("TERM=xterm-256color", "DEBIAN_FRONTEND=noninteractive"),
)
"""Nothing of this machine's environment gets in."""

SIGNS = re.compile(rb"\x1b(\[[0-9;?<>=]*[a-zA-Z]|[=>()][0B]?)")
"""Orders to a terminal, between the letters that it shows."""


class Unready(Exception):
    """This machine cannot make or boot another one; the reason is a sentence."""


class Failed(Exception):
    """A program said that something is wrong."""


def require_tools() -> None:
    """Make sure that a machine can be made here.

    Raises:
        Unready: If not.
    """
    if os.geteuid() != 0:
        raise Unready("Only root can boot a machine in a folder.")
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        raise Unready(f"{', '.join(missing)} is missing: apt install debootstrap systemd-container")


def debootstrap(folder: Path, mirror: str) -> None:
    """Make a clean system in a folder.

    Raises:
        Unready: If the mirror does not give it.
    """
    words = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}"]
    words += [SUITE, str(folder), mirror]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unready(f"debootstrap from {mirror} failed: {done.stdout.strip()[-300:]}")


class Machine:
    """A system that is booted from a folder.

    Args:
        folder: Where it lies.
        init: Its first process, as this machine numbers it.
    """

    def __init__(self, folder: Path, init: int) -> None:
        self.folder = folder
        self._enter = ("nsenter", "--target", str(init), "--all", *CLEAN)

    def command(self, *words: str, user: str = "root") -> list[str]:
        """Give what starts a program there, as a login, in its home."""
        if user == "root":
            return [*self._enter, *words]
        home = f"HOME=/var/lib/{user}"
        return [*self._enter, "runuser", "-u", user, "--", "env", "--chdir", f"/var/lib/{user}",
                home, "FLOORHAND_CONFIG=/etc/floorhand/site.toml", *words]  # fmt: skip

    def run(self, *words: str, user: str = "root", code: int = 0, text: str = "") -> str:
        """Run a program and give all that it says.

        Raises:
            Failed: If it ends with another code.
        """
        done = subprocess.run(
            self.command(*words, user=user),
            input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if done.returncode != code:
            raise Failed(f"{' '.join(words)}: code {done.returncode}, not {code}\n{done.stdout}")
        return done.stdout

    def state(self, unit: str, what: str) -> str:
        """Ask systemd for one thing about a unit."""
        return self.run("systemctl", "show", "--value", "--property", what, unit).strip()


@contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """Boot the system in a folder until the block is left.

    Raises:
        Unready: If it does not come up.
    """
    words = ["systemd-nspawn", "--quiet", "--register=no", "--private-network"]
    words += ["--resolv-conf=off", "--timezone=off", "--console=pipe", "-D", str(folder), "--boot"]
    if not Path("/run/systemd/system").is_dir():  # nobody here makes a control group for it
        words.insert(1, "--keep-unit")
    with (folder.parent / "console").open("w+b") as console:
        process = subprocess.Popen(
            [*_in_groups_of_its_own(), *words], stdin=subprocess.DEVNULL, stdout=console,
            stderr=console, start_new_session=True,
        )  # fmt: skip
        try:
            machine = Machine(folder, _init_of(process))
            _wait_until_up(machine)
            yield machine
        finally:
            process.send_signal(signal.SIGTERM)  # it shuts down as if its power button was pressed
            try:
                process.wait(WAIT_MAX_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _leave_groups()


def _groups() -> list[Path]:
    if Path("/run/systemd/system").is_dir():
        return []
    roots = (Path("/sys/fs/cgroup", name) for name in ("", "systemd", "unified"))
    return [root / CONTROL_GROUP for root in roots if (root / "cgroup.procs").exists()]


def _in_groups_of_its_own() -> list[str]:
    """Give what starts a program in control groups that are left when it ends."""
    for group in _groups():
        group.mkdir(exist_ok=True)
    joined = "".join(f"echo $$ >{group}/cgroup.procs; " for group in _groups())
    return ["sh", "-euc", f'{joined}exec "$@"', "sh"]


def _leave_groups() -> None:
    for group in _groups():
        for folder in sorted(group.rglob("*/"), reverse=True):
            with suppress(OSError):
                folder.rmdir()
        with suppress(OSError):
            group.rmdir()


def _init_of(process: subprocess.Popen[bytes]) -> int:
    """Find the first process of the system that another one boots."""
    end = time.monotonic() + BOOT_MAX_S
    while time.monotonic() < end and process.poll() is None:
        for child in _children(process.pid):
            with suppress(OSError):
                status = Path(f"/proc/{child}/status").read_text()
                if re.search(r"^NSpid:\t\d+\t1$", status, re.MULTILINE):
                    return child
        time.sleep(LOOK_S)
    raise Unready("systemd-nspawn does not boot here; its console says why.")


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _wait_until_up(machine: Machine) -> None:
    end = time.monotonic() + BOOT_MAX_S
    state = ""
    while time.monotonic() < end:
        words = machine.command("systemctl", "is-system-running")
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        state = done.stdout.strip()
        if state in ("running", "degraded"):
            return
        time.sleep(LOOK_S)
    raise Unready(f"The machine did not come up within {BOOT_MAX_S} s: {state}")


class Screen:
    """A program of a machine on a terminal of 80 columns and 24 lines."""

    def __init__(self, command: list[str]) -> None:
        self._process, self._line = pty.fork()
        if self._process == 0:
            os.execvp(command[0], command)
        fcntl.ioctl(self._line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._seen = b""

    def type(self, text: str) -> None:
        """Type; what was seen before is forgotten."""
        self._seen = b""
        os.write(self._line, text.encode())

    def until(self, word: str) -> None:
        """Read until a word has been shown.

        Raises:
            Failed: If it is not.
        """
        end = time.monotonic() + WAIT_MAX_S
        while word not in (shown := SIGNS.sub(b"", self._seen).decode("utf-8", "replace")):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._line], [], [], left)[0]:
                raise Failed(f"{word!r} was not shown: {shown[-600:]!r}")
            try:
                self._seen += os.read(self._line, 65_536)
            except OSError:  # the other end is gone
                raise Failed(f"The program ended before it showed {word!r}: {shown}") from None

    def close(self) -> None:
        """Drop the line, as a radio does."""
        os.close(self._line)
        os.waitpid(self._process, 0)
