"""Read a warehouse as it is at one moment, for long if need be: nobody waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from floorhand.errors import DatabaseUnusable
from floorhand.store.db import address_of, look_at_file, say_empty
from floorhand.store.health import about_schema
from floorhand.store.snapshot import schema_of, snapshot
from floorhand.store.troubles import name_of, path_of


@contextmanager
def reading(url: str) -> Iterator[Session]:
    """Open a warehouse to read it, until the block is left. It is not brought up to date.

    Raises:
        DatabaseUnusable: If it is not there, or another version's, saying what to do.
        DatabaseAway: If it does not answer.
    """
    where = address_of(url)
    shown = name_of(where)
    if where.get_backend_name() == "sqlite":
        look_at_file(Path(path_of(where)), create=False)
    with snapshot(url) as connection:
        schema = schema_of(connection)
        if schema is None and not inspect(connection).get_table_names():
            raise DatabaseUnusable(say_empty(shown))
        for problem in about_schema(schema):
            raise DatabaseUnusable(f"{shown} cannot be read as it is. {problem}")
        with Session(connection) as tx:
            yield tx
