"""One line that says that the stock was proved, and that nobody has changed what it says.

It is meant to be pinned up, mailed, read aloud: whoever has the site's key can tell later whether
the line is as it was written. It says what was proved, and when; not what happened since.
Source: RFC 2104 (HMAC; section 5 on cutting it to half of its length).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

KEY_BYTES: Final = 32
NAME_DIGITS: Final = 8
SIGNATURE_DIGITS: Final = 32

_SIGNED = re.compile(
    rf"(?P<said>.+); key (?P<key>[0-9a-f]{{{NAME_DIGITS}}}), "
    rf"signature (?P<signature>[0-9a-f]{{{SIGNATURE_DIGITS}}})"
)


@dataclass(frozen=True, slots=True)
class StockProof:
    """What was proved of a building at a moment, or found to be broken."""

    site: str
    at: datetime
    moves: int
    operations: int
    stock_rows: int
    pieces: int
    digest: str
    """Of all that is in stock and where: another stock has another one."""
    violations: int

    @property
    def ok(self) -> bool:
        """Say whether nothing was broken."""
        return not self.violations

    def sentence(self) -> str:
        """Say what was proved."""
        assert self.ok, self
        return (
            f"Stock of {self.site} proved at {self.at:%Y-%m-%dT%H:%M:%SZ}: ledger = balances, "
            f"nothing negative, nothing orphaned; {self.moves} moves of {self.operations} "
            f"operations, {self.pieces} pieces in {self.stock_rows} places and lots, "
            f"digest {self.digest}"
        )


def signed(proof: StockProof, key: bytes) -> str:
    """Write the line of a proof."""
    said = proof.sentence()
    return f"{said}; key {name_of(key)}, signature {_signature(said, key)}"


def name_of(key: bytes) -> str:
    """Name a key without giving it away, so that another site's is told from a forged line."""
    return hashlib.sha256(b"name\0" + key).hexdigest()[:NAME_DIGITS]


def read(line: str) -> tuple[str, str, str] | None:
    """Take a line apart, however its words were broken into lines on their way.

    Returns:
        What it says, the name of its key, and its signature; None if it is no such line.
    """
    found = _SIGNED.fullmatch(" ".join(line.split()))
    return (found["said"], found["key"], found["signature"]) if found else None


def is_genuine(said: str, signature: str, key: bytes) -> bool:
    """Say whether a key has signed what is said."""
    return hmac.compare_digest(_signature(said, key), signature)


def _signature(said: str, key: bytes) -> str:
    return hmac.new(key, said.encode("utf-8"), "sha256").hexdigest()[:SIGNATURE_DIGITS]
