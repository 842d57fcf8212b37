"""Run a program again with mounts or a network of its own: what it breaks, it breaks alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

APART = "CRASH_APART"
"""Set in the program that has them."""

NO_DISK = "no disk can be mounted for one program alone here"
NO_NETWORK = "no network of its own is to be had here"
REFUSALS = {"mount": NO_DISK, "net": NO_NETWORK}


def apart(what: str) -> bool:
    """Say whether this program has a ``mount`` or ``net`` of its own; else run it again with one.

    Where that is not to be had it says so, and gives False. Uses unshare(1), of util-linux.
    """
    if APART in os.environ:
        return True
    mapped = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *mapped, f"--{what}"]
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, check=False).returncode
    except OSError:
        tried = 1
    if not tried:
        os.environ[APART] = "1"
        os.execvp(command[0], [*command, sys.executable, *sys.argv])
    print(REFUSALS[what])
    return False


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mount a disk in memory on a folder, for as long as it is needed."""
    size = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "floorhand", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
