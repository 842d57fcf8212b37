"""Settings of one terminal: command line over environment over file over these defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from floorhand.errors import BadSetting

SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. The text below each field is its documentation."""

    database: str = "floorhand.db"
    """An SQLite file, or an SQLAlchemy URL (``postgresql+psycopg://…``) for many terminals."""

    site: str = "MAIN"
    """Code of the building."""

    seat: str = "T1"
    """Name of this terminal. Two terminals must not have the same."""

    station: str = ""
    """Where this terminal stands: sets bench and printer."""

    language: str = ""
    """Language of the screens until somebody has signed in, and of labels that are asked for
    here. Empty: what ``language`` of the site's rules says."""

    labels: str = "labels"
    """Folder that the embedded printer writes labels to."""

    theme: str = ""
    """Colours until somebody signs in who chose others: dark, contrast, light, mono, ascii."""

    large: bool = False
    """Place, number and question in large letters, for everybody at this terminal."""

    bell_ok: bool = False
    """Ring once for a scan that was taken; all other signals then ring once more."""

    state: str = ""
    """Folder where this device keeps what it proves itself by; empty: the user's state folder."""

    take_seat: bool = False
    """Take the seat over if another device has it: who sits there has to sign in again."""

    remote: str = ""
    """Where the device is that works here over a network; empty: it is this machine itself."""

    hints: bool = False
    """Show below the question what a scanner would send: for trying out without one."""

    scanner: str = ""
    """Device of a scanner on a line of its own, such as ``/dev/ttyACM0``; empty: it types."""

    log: str = "floorhand.log"
    """File that unexpected errors are written to."""

    kept: str = ""
    """Folder for the tables that are kept with F9; empty: the folder in which the program began."""

    nightly: str = ""
    """Folder where services of the night leave word of what went wrong, for whoever looks at the
    warehouse or at the figures of a shift; empty: there are none."""


NEEDED = frozenset({"database", "site", "seat"})
"""Settings that cannot be empty."""


def load(
    file: Path | None,
    environ: Mapping[str, str] = os.environ,
    typed: Mapping[str, Any] | None = None,
    usual: Mapping[str, Any] | None = None,
) -> Settings:
    """Put the settings together.

    Args:
        file: A TOML file, or None.
        environ: Where to find ``FLOORHAND_<FIELD>``.
        typed: What the user gave on the command line; only that, no defaults.
        usual: What the command takes where nobody says anything.

    Raises:
        BadSetting: If a value cannot be used, or the file has a key that is not a setting. A
            misspelt key must not be ignored: the terminal would quietly write to the wrong
            database.
    """
    kinds = {field.name: field.type for field in fields(Settings)}
    written = _read(file) if file else {}
    for unknown in written.keys() - kinds.keys():
        raise BadSetting(f"{file}: no such setting: {unknown}; known: {', '.join(kinds)}")
    from_env = {n: environ[key] for n in kinds if (key := f"FLOORHAND_{n.upper()}") in environ}
    values: dict[str, Any] = {**(usual or {}), **written, **from_env, **(typed or {})}
    fitted: dict[str, Any] = {n: _fit(n, value, str(kinds[n])) for n, value in values.items()}
    return Settings(**fitted)


def _read(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{file} cannot be read as settings: {error}") from error


def _fit(name: str, value: Any, kind: str) -> str | bool:
    if kind == "bool":
        switch = SWITCH.get(str(value).lower())
        if switch is None:
            raise BadSetting(f"{name} is {value!r}; it can be true or false.")
        return switch
    if not isinstance(value, str) or (not value and name in NEEDED):
        raise BadSetting(f"{name} is {value!r}; it must be some text.")
    return value
