"""The simulated disk of `disk.c`: built when it is needed, preloaded into what writes to it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from random import Random

SECTOR_BYTES = 512

NO_COMPILER = "there is no C compiler to build the simulated disk with"


def has_compiler() -> bool:
    """Say whether the simulated disk can be built here."""
    return shutil.which("cc") is not None


def build(folder: Path) -> Path:
    """Compile it; gives the library."""
    library = folder / "disk.so"
    source = Path(__file__).with_name("disk.c")
    subprocess.run(
        [
            "cc",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-shared",
            "-fPIC",
            source,
            "-o",
            library,
            "-ldl",
        ],
        check=True,
    )
    return library


def environment(library: Path, root: Path, synced: Path | None = None) -> dict[str, str]:
    """Give what has to stand in the environment of a process that writes to such a disk."""
    named = {"LD_PRELOAD": str(library), "CRASH_ROOT": str(root)}
    return {**named, **({"CRASH_SYNCED": str(synced)} if synced else {})}


class Power:
    """One folder of files on a disk that loses what was not synced.

    Args:
        root: Where the files are while there is power.
        synced: Where `disk.c` keeps what would survive.
        rng: Decides which of the sectors in flight reached the disk.
    """

    def __init__(self, root: Path, synced: Path, rng: Random) -> None:
        self._root = root
        self._synced = synced
        self._rng = rng
        root.mkdir(exist_ok=True)
        synced.mkdir(exist_ok=True)

    def put(self, file: Path) -> Path:
        """Lay a file alone on the disk, all of it synced."""
        self._empty()
        for folder in (self._root, self._synced):
            shutil.copyfile(file, folder / file.name)
        return self._root / file.name

    def cut(self) -> None:
        """Leave what a power cut leaves: what was synced, and of the rest any sectors."""
        names = {file.name for folder in (self._root, self._synced) for file in folder.iterdir()}
        left = {name: self._left(name) for name in sorted(names) if not name.endswith("-shm")}
        self._empty()
        for name, data in left.items():
            if data is not None:
                (self._root / name).write_bytes(data)
                (self._synced / name).write_bytes(data)

    def _empty(self) -> None:
        for folder in (self._root, self._synced):
            for file in folder.iterdir():
                file.unlink()

    def _left(self, name: str) -> bytes | None:
        """Give what is left of a file; None if not even its name is."""
        if name.endswith((".lock", ".part")):
            return None
        now = _bytes(self._root / name)
        safe = _bytes(self._synced / name)
        if now is None or safe is None:  # made or deleted, and the folder was not synced
            if self._rng.random() < 0.5:
                return safe
            if now is None:
                return None
            safe = b""
        return self._torn(safe, now)

    def _torn(self, safe: bytes, now: bytes) -> bytes:
        """Mix what is safe with what was on its way; each sector is the one or the other."""
        reached = self._rng.random()
        size = max(len(safe), len(now))
        left = bytearray(safe.ljust(size, b"\0"))
        end = len(safe)
        for at in range(0, size, SECTOR_BYTES):
            part = now[at : at + SECTOR_BYTES]
            if part != safe[at : at + SECTOR_BYTES] and self._rng.random() < reached:
                left[at : at + len(part)] = part
                end = max(end, at + len(part))
        return bytes(left[:end])


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None
