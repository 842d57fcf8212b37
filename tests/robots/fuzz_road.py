"""The road of `fuzz`: the real one, without what only a database under many terminals needs.

A scan costs several thousand times less than a disk's answer, but a million of them still cost
hours where each opens a transaction of its own and asks ten questions about a code that nothing
carries. So all scans of a burst share one transaction and one session, with a savepoint each in
place of a commit; what no row held when the burst began, and no screen has shown since, is not
asked for; and what is a function of its arguments alone (a state out of its text, a question out
of a state, what a barcode says) is worked out once while a seat stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Connection, String, event, select
from sqlalchemy.orm import Session

from floorhand.domain import barcodes
from floorhand.flows.turn import Prompt
from floorhand.ops import seats, settling
from floorhand.ops.registry import FLOWS, NAMES
from floorhand.store import finders, schema
from floorhand.store.db import Transactions, engine_of

CARRIERS: Final = (
    schema.Place,
    schema.Worker,
    schema.Station,
    schema.Delivery,
    schema.Return,
    schema.Order,
    schema.Parcel,
    schema.Barcode,
)
"""What has a code that can be scanned."""

CALLED: Final = tuple(
    str(select(*(c for c in table.__table__.columns if isinstance(c.type, String))))
    for table in CARRIERS
)
"""What asks what each of them is called, and all else that is text."""


class Known:
    """All codes of a world; others are not asked for."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self._first, self._rows, self._products = (
            finders._first,
            finders._rows,
            finders.products,
        )

    def look_around(self, connection: Connection) -> None:
        """Read what every row is called."""
        self.codes.clear()
        driver: Any = connection.connection.dbapi_connection
        for question in CALLED:
            for row in driver.execute(question):
                self.codes.update(row)
        self.codes.difference_update(("", None))

    def see(self, prompt: Prompt) -> None:
        """Read what stands on a screen: it may be new."""
        wants = prompt.wants
        self.codes.update((prompt.place, prompt.count, wants.place, wants.order))
        self.codes.update(item.code for item in prompt.goods)
        self.codes.update(value for _, value in prompt.facts)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Stand before the look-up."""
        finders._first, finders._rows, finders.products = self.first, self.rows, self.products
        try:
            yield
        finally:
            finders._first, finders._rows, finders.products = (
                self._first,
                self._rows,
                self._products,
            )

    def first(self, tx: Session, question: Any, site: str, code: str) -> Any:
        """Ask for a row, if there can be one."""
        return self._first(tx, question, site, code) if code in self.codes else None

    def rows(self, tx: Session, question: Any, site: str, code: str) -> Any:
        """Ask for rows, if there can be any."""
        return self._rows(tx, question, site, code) if code in self.codes else []

    def products(self, tx: Session, site: str, codes: Any) -> Any:
        """Ask for products, if there can be any."""
        there = [code for code in codes if code in self.codes]
        return self._products(tx, site, there) if there else ()


KEPT_MAX: Final = 2_000
"""So many states, and what they ask, are remembered."""


@contextmanager
def remembering() -> Iterator[None]:
    """Let the road work out once what can only come out the same."""
    pure = [(FLOWS[name], "prompt") for name in NAMES]
    pure += [(seats, "thaw"), (seats, "shown"), (settling, "read"), (barcodes, "read")]
    with ExitStack() as stack:
        for module, name in pure:
            kept = lru_cache(KEPT_MAX)(getattr(module, name))
            stack.enter_context(patch.object(module, name, kept))
        yield


def unsynced(transactions: Transactions) -> Transactions:
    """Let a file forget a power cut, which is not what is tried here."""
    engine = engine_of(transactions)
    if engine.dialect.name != "sqlite":
        return transactions
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _forget(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    return transactions
