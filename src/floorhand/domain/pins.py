"""PINs: drawn at random, kept only as scrypt hashes, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from itertools import pairwise

COST = 2**15
"""scrypt's n: about 0.1 s a try, so that stolen hashes of six digits take days to read."""

PIN_DIGITS_MIN = 6
PIN_DIGITS_MAX = 12
"""Six digits are what NIST SP 800-63B, section 5.1.1.1, asks of a secret drawn at random."""

_HASH = re.compile(r"[0-9a-f]{32}\$[0-9a-f]{128}")


def draw_pin(digits: int = PIN_DIGITS_MIN) -> str:
    """Draw a PIN that nobody could have thought of."""
    while True:
        pin = f"{secrets.randbelow(10**digits):0{digits}d}"
        if is_fit(pin):
            return pin


def could_be_pin(text: str) -> bool:
    """Say whether a text looks like a PIN, or like one that was mistyped."""
    digits = text.strip()
    few = PIN_DIGITS_MIN <= len(digits) <= PIN_DIGITS_MAX
    return few and digits.isascii() and digits.isdecimal()


def is_fit(pin: str) -> bool:
    """Say whether a PIN may be used: 6 to 12 digits, neither all the same nor in a row."""
    if not could_be_pin(pin) or pin != pin.strip():
        return False
    steps = {(int(right) - int(left)) % 10 for left, right in pairwise(pin)}
    return len(steps) > 1 or steps.isdisjoint({0, 1, 9})


def hash_pin(pin: str) -> str:
    """Hash a PIN with a salt of its own, as ``salt$hash`` in hexadecimal.

    Raises:
        ValueError: If it is not fit to be one.
    """
    if not is_fit(pin):
        raise ValueError(
            f"A PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} digits, "
            "neither all the same nor in a row."
        )
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(pin, salt).hex()}"


def is_hash(text: str) -> bool:
    """Say whether a text is what `hash_pin` gives."""
    return bool(_HASH.fullmatch(text))


def verify_pin(pin: str, stored: str) -> bool:
    """Compare a typed PIN with a stored hash; False if either is no such thing."""
    salt, _, expected = stored.partition("$")
    try:
        return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)), bytes.fromhex(expected))
    except ValueError:
        return False


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        pin.encode("utf-8", "replace"), salt=salt, n=COST, r=8, p=1, maxmem=128 * COST * 8 * 2
    )
