"""Imported once, by the process that workers are forked from: what each would load and compile.

`CRASH_READY_FOR` is the address of the database that they will work on.
"""

from __future__ import annotations

import os

from floorhand.ops.registry import get_ready_for
from floorhand.store.db import dialect_of

get_ready_for(dialect_of(os.environ["CRASH_READY_FOR"]))
