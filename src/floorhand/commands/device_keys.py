"""The keys of devices, in a file that sshd reads: a line for each, ending with seat and station.

Lines that are none of ours stay as they are.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floorhand.errors import BadSetting
from floorhand.store.ledger import OFFICE
from floorhand.text.visible import visible

OPTIONS: Final = "restrict,pty"
"""What a key may do: have a terminal (sshd(8), AUTHORIZED_KEYS FILE FORMAT)."""

KEY_CHARACTERS_MAX: Final = 16_384
"""sshd reads no longer ones (OpenSSH, SSH_MAX_PUBKEY_BYTES)."""

RSA_BITS_MIN: Final = 2048
SEAT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}")
"""It names a folder, too."""

_STATION: Final = re.compile(r"\w[\w .+/-]{0,39}")
_KIND: Final = re.compile(r"(sk-)?(ssh|ecdsa)-[a-z0-9-]+(@openssh\.com)?")
_MADE: Final = re.compile(r"(?P<bits>\d+) (?P<print>SHA256:\S+) .*\((?P<kind>\S+)\)")
"""What ``ssh-keygen -l`` says of a key."""


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A device that may come in; ``kind`` and ``key`` are as in the file of its public key."""

    seat: str
    station: str
    kind: str
    key: str

    @property
    def line(self) -> str:
        """How it stands in the file."""
        return f"{OPTIONS} {self.kind} {self.key} {self.seat} {self.station}".rstrip()

    @property
    def fingerprint(self) -> str:
        """What people tell keys apart by; sshd logs it, too."""
        digest = hashlib.sha256(base64.b64decode(self.key)).digest()
        return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


def device_key(seat: str, station: str, text: str) -> DeviceKey:
    """Make the entry of a device from what a file of its public key holds.

    Only kind and key are taken from there: options, a comment, or a second line would be read by
    sshd as well.

    Raises:
        BadSetting: If a name, or the key, is none.
    """
    if not SEAT.fullmatch(seat) or seat == OFFICE:
        raise BadSetting(
            f"{visible(seat)!r} is no name for the seat of a device; it has 1 to 40 of A-Z, a-z, "
            "0-9, and behind the first also . _ + -"
        )
    if station and not _STATION.fullmatch(station):
        raise BadSetting(f"{visible(station)!r} is no name of a station.")
    words = text.split()
    one = len(text.strip().splitlines()) == 1 and len(text) <= KEY_CHARACTERS_MAX
    if not one or len(words) < 2 or not _KIND.fullmatch(words[0]):
        raise BadSetting(
            "That is no public key: it is one line, as 'ssh-ed25519 AAAA… name', from a file whose "
            "name ends with .pub"
        )
    made = DeviceKey(seat, station, words[0], words[1])
    _prove(made)
    return made


def _prove(made: DeviceKey) -> None:
    """Let OpenSSH itself read the key."""
    told = _told(f"{made.kind} {made.key}\n")
    found = _MADE.fullmatch(told.strip())
    if found is None or found["print"] != made.fingerprint:
        raise BadSetting("ssh-keygen cannot read this public key; it may be cut off.")
    if found["kind"] == "DSA" or (found["kind"] == "RSA" and int(found["bits"]) < RSA_BITS_MIN):
        raise BadSetting(
            f"A key of the kind {found['kind']} with {found['bits']} bits is too weak. Make "
            "another one on the device: ssh-keygen -t ed25519"
        )


def _told(line: str) -> str:
    try:
        done = subprocess.run(
            ["ssh-keygen", "-l", "-f", "-"], input=line, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise BadSetting("ssh-keygen is not installed: apt install openssh-client") from error
    return done.stdout


def read(file: Path) -> list[str]:
    """Give the lines of the file; none if it is not there.

    Raises:
        BadSetting: If it cannot be read.
    """
    try:
        return file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{file} cannot be read: {error}") from error


def devices(lines: Sequence[str]) -> list[DeviceKey]:
    """Give the devices that stand in lines of the file, in their order."""
    split = (line.split(maxsplit=4) for line in lines)
    rows = [words for words in split if len(words) >= 4 and _KIND.fullmatch(words[1])]
    return [DeviceKey(seat, "".join(station), kind, key) for _, kind, key, seat, *station in rows]


def is_of(line: str, seat: str) -> bool:
    """Say whether a line is that of a seat."""
    return any(one.seat == seat for one in devices([line]))


@contextmanager
def changing(file: Path) -> Iterator[list[str]]:
    """Give the lines of the file to be changed; nobody else changes them meanwhile.

    The new file takes the place of the old one in one step: whoever connects is let in or is not.

    Raises:
        BadSetting: If it cannot be written.
    """
    try:
        folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise BadSetting(f"{file.parent} is no folder for the keys: {error}") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        lines = read(file)
        yield lines
        _write(file, lines)
        os.fsync(folder)
    except OSError as error:
        raise BadSetting(f"{file} cannot be written: {error}") from error
    finally:
        os.close(folder)


def _write(file: Path, lines: Sequence[str]) -> None:
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with open(draft, "x", encoding="utf-8") as written:
            written.writelines(f"{line}\n" for line in lines)
            written.flush()
            os.fchmod(written.fileno(), mode)
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
