"""Indexes of numbers that many rows do not have."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def index_of_known(batch_op: Any, table: str, column: str) -> None:
    """Index the rows of a site that have a number at all."""
    known = sa.text(f"{column} != ''")
    name = batch_op.f(f"ix_{table}_site_{column}")
    batch_op.create_index(name, ["site", column], sqlite_where=known, postgresql_where=known)
