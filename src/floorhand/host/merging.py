"""Let the system keep pages of memory that are alike only once.

A fork shares its memory with the host until either writes to it, and Python counts in each object
how often it is used: within a second half of what a screen needs is a copy, that holds the same
once more. Linux finds such pages by itself, if it was told to look for any
(``/sys/kernel/mm/ksm/run``) and at whose.
Source: prctl(2), PR_SET_MEMORY_MERGE (Linux 6.4); Linux, admin-guide/mm/ksm.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

PR_SET_MEMORY_MERGE: Final = 67


def merge_memory() -> bool:
    """Ask for it, for this program and all that it forks; False where that is not to be had."""
    if sys.platform != "linux":
        return False
    done: int = ctypes.CDLL(None).prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0)
    return done == 0
