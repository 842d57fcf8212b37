"""Write values as JSON, as short as can be and with every letter as itself."""

from __future__ import annotations

from collections.abc import Callable
from json import JSONEncoder
from typing import Final

as_json: Final[Callable[[object], str]] = JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":")
).encode
"""Made once: `json.dumps` makes an encoder for each value, and a scan writes eight of them."""
