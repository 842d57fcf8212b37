"""Run statements that were built once, when their module was imported.

Putting a statement together takes ten times as long as answering it, so what scans ask is built
once, with named parameters, and run by `ask`. What is asked rarely is built where it is asked.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session


def ask(tx: Session, statement: Executable, **named: Any) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement with parameters.

    It goes to the transaction's connection: the session would look for rows to turn into objects,
    of which this program has none.
    """
    return tx.connection().execute(statement, named)


def hold(tx: Session, statement: Executable, **named: Any) -> None:
    """Run a ``SELECT … FOR UPDATE``: others who ask for the rows wait until this transaction ends.

    On SQLite there is nothing to run: whoever is in a transaction has the whole file.
    """
    if tx.connection().dialect.name != "sqlite":
        tx.connection().execute(statement, named).all()
