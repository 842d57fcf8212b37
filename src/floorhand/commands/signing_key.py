"""The key that a site signs proofs of its stock with: a file of its own, for its owner alone."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from floorhand.commands.identity import state_folder
from floorhand.config import Settings
from floorhand.domain.proofs import KEY_BYTES, StockProof, signed
from floorhand.errors import BadSetting

MODE = 0o600


def key_file(settings: Settings) -> Path:
    """Name the file: beside an SQLite file; of a server, in the state folder of this machine."""
    if "://" not in settings.database:
        return Path(f"{settings.database}.key")
    where = make_url(settings.database)
    subject = f"{where.host}:{where.port}/{where.database}\n{settings.site}"
    name = hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:16]
    return state_folder(settings) / f"proofs-{name}.key"


def signing_key(settings: Settings) -> bytes:
    """Give the key; it is made when it is first needed.

    Raises:
        BadSetting: If it cannot be read or made, or is none.
    """
    file = key_file(settings)
    try:
        if not file.exists():
            _make(file)
        key = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"{file}, the key that proofs of the stock are signed with, cannot be used: {error}. "
            "Run this as the login that it belongs to, or let it be made anew; lines that were "
            "signed before can then no longer be verified."
        ) from error
    if len(key) != KEY_BYTES:
        raise BadSetting(f"{file} is no key: it holds {len(key)} bytes and not {KEY_BYTES}.")
    return key


def sign(settings: Settings, proof: StockProof) -> str:
    """Write the line of a proof; empty if the key is not for this login."""
    try:
        return signed(proof, signing_key(settings))
    except BadSetting:
        return ""


def _make(file: Path) -> None:
    """Write a new key whole before it gets its name: another program may make one, too."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    part.touch(MODE, exist_ok=False)
    try:
        part.write_text(f"{secrets.token_hex(KEY_BYTES)}\n", "ascii")
        with suppress(FileExistsError):  # somebody else was quicker
            file.hardlink_to(part)
    finally:
        part.unlink()
