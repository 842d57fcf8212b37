"""PINs: kept only as scrypt hashes, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets

COST = 2**15
"""scrypt's n: about 0.1 s a try, so that stolen hashes of six digits take days to read."""

PIN_DIGITS_MIN = 4
PIN_DIGITS_MAX = 12


def hash_pin(pin: str) -> str:
    """Hash a PIN with a salt of its own, as ``salt$hash`` in hexadecimal.

    Raises:
        ValueError: If it is not 4 to 12 digits.
    """
    if not (pin.isascii() and pin.isdecimal() and PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX):
        raise ValueError(f"A PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} digits.")
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(pin, salt).hex()}"


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
