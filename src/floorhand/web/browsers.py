"""Which browser is which terminal: a cookie that nobody can guess, and a folder that it opens.

The folder is named by the cookie's hash, so that reading the disk gives nobody a cookie. In it are
the seat and the station that the browser was given, and what the terminal proves itself by.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floorhand.errors import BadSetting
from floorhand.store.ledger import OFFICE

COOKIE: Final = "floorhand_browser"
COOKIE_S: Final = 400 * 86_400
"""As long as browsers keep one (RFC 6265bis, 5.5); each visit begins it anew."""

COOKIE_BYTES: Final = 32
BROWSERS_MAX: Final = 2_000
NAME_MAX: Final = 40
_NAME: Final = re.compile(r"\w[\w .+/-]*")
"""No colon: it stands between a seat and the number of a scan."""
_COOKIE: Final = re.compile(r"[\w-]{43}", re.ASCII)


class BrowsersFull(Exception):
    """No more browsers can be kept."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that is a terminal of the floor."""

    folder: Path
    seat: str
    station: str


@dataclass(frozen=True, slots=True)
class Browsers:
    """All browsers that were given a seat; each has a folder in ``folder``."""

    folder: Path

    def known(self, cookie: str) -> Browser | None:
        """Give the browser with this cookie, if it has been given a seat."""
        folder = self._folder(cookie)
        try:
            told = json.loads((folder / "seat.json").read_text("utf-8"))
            return Browser(folder, told["seat"], told["station"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadSetting(f"{folder / 'seat.json'} cannot be read: {error}") from error

    def keep(self, cookie: str, seat: str, station: str) -> None:
        """Give a browser a seat, or another one.

        Raises:
            BrowsersFull: If there are so many that somebody must be making them up.
        """
        folder = self._folder(cookie)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not folder.exists() and sum(1 for _ in self.folder.iterdir()) >= BROWSERS_MAX:
            raise BrowsersFull
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / f"seat.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"seat": seat, "station": station}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / "seat.json")

    def _folder(self, cookie: str) -> Path:
        return self.folder / hashlib.sha256(cookie.encode("ascii")).hexdigest()[:32]


def new_cookie() -> str:
    """Draw a cookie."""
    return secrets.token_urlsafe(COOKIE_BYTES)


def is_cookie(text: str) -> bool:
    """Say whether a cookie can be one of ours."""
    return _COOKIE.fullmatch(text) is not None


def is_name(text: str, *, empty: bool = False) -> bool:
    """Say whether a seat or a station can have this name."""
    if not text:
        return empty
    return len(text) <= NAME_MAX and text != OFFICE and _NAME.fullmatch(text) is not None
