"""What a device proves itself by: tokens in a file of its own, never beside the database."""

from __future__ import annotations

import hashlib
import platform
import secrets
from pathlib import Path

from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.ops.devices import Device

TOKENS_MAX = 100
"""Lines after which the file is cut down to the last `TOKENS_KEPT`."""

TOKENS_KEPT = 20
"""Earlier tokens that are still this device's, as after a database was restored."""


def identify(settings: Settings) -> Device:
    """Draw a new token, and write it down before it is used: a crash leaves both known.

    Lines are only added, so that two programs that start at once do not forget each other's.

    Raises:
        BadSetting: If the file cannot be written.
    """
    file = _file(settings)
    token = secrets.token_hex(16)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = file.read_text("ascii").split() if file.exists() else []
        if len(known) >= TOKENS_MAX:
            known = known[-TOKENS_KEPT:]
            shorter = file.with_suffix(f".{token}")
            shorter.write_text("\n".join(known) + "\n", "ascii")
            shorter.replace(file)
        with file.open("a", encoding="ascii") as tokens:
            tokens.write(f"{token}\n")
        file.chmod(0o600)
    except (OSError, UnicodeError) as error:
        raise BadSetting(
            f"{file} cannot be written ({error}), so this device cannot prove which it is. "
            "Name another folder with --state."
        ) from error
    return Device(token, tuple(known[-TOKENS_KEPT:]), settings.remote or platform.node() or "?")


def known(settings: Settings) -> tuple[str, ...]:
    """Give what this device has proved itself by lately; nothing if it never had to.

    Raises:
        BadSetting: If the file cannot be read.
    """
    file = _file(settings)
    try:
        return tuple(file.read_text("ascii").split()[-TOKENS_KEPT:]) if file.exists() else ()
    except (OSError, UnicodeError) as error:
        raise BadSetting(f"{file} cannot be read: {error}") from error


def _file(settings: Settings) -> Path:
    """Name the file for this seat of this database."""
    database = settings.database
    if "://" not in database:
        database = str(Path(database).resolve())
    subject = "\n".join((database, settings.site, settings.seat))
    name = hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:16]
    return state_folder(settings) / f"seat-{name}.tokens"


def state_folder(settings: Settings) -> Path:
    """Name the folder of what devices prove themselves by."""
    if settings.state:
        return Path(settings.state)
    from platformdirs import user_state_path

    return user_state_path("floorhand", appauthor=False)
