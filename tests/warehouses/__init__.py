"""Warehouses that tests work in, each built in code, and built once in a test run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from homes import empty_warehouse

from floorhand.store.db import Transactions, engine_of, sqlite_file

Build = Callable[[Transactions], None]


def built_once(build: Build) -> Build:
    """Build a warehouse in the first empty file, and copy that into each later one.

    What is no file, or not empty any more, is built in as it is.
    """
    built: list[Path] = []

    @wraps(build)
    def built_or_copied(transactions: Transactions) -> None:
        engine = engine_of(transactions)
        file = sqlite_file(engine.url.render_as_string(hide_password=False))
        engine.dispose()  # nothing of it is left in a log beside it
        if file is None or file.read_bytes() != empty_warehouse().read_bytes():
            build(transactions)
            return
        if not built:
            build(transactions)
            engine.dispose()
            built.append(empty_warehouse().with_name(f"{build.__module__}.db"))
            shutil.copyfile(file, built[0])
        shutil.copyfile(built[0], file)

    return built_or_copied
