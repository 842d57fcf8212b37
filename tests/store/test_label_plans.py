"""What every scan at a bench asks about labels takes no longer for all that were ever printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE, new_warehouse
from homes import EITHER
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from floorhand.store import labels_here
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.print_queue import next_job
from floorhand.store.schema import PrintJob
from floorhand.store.stands import stands_here

PRINTED = 5_000

QUESTIONS: dict[str, Callable[[Session], object]] = {
    "is any": lambda tx: labels_here.is_any(tx, SITE, "return"),
    "of a subject": lambda tx: labels_here.label_of(tx, SITE, "shipping", "P-1", NOW),
    "of an order": lambda tx: labels_here.label_of_order(tx, SITE, "shipping", "A/1", NOW),
    "last": lambda tx: labels_here.last_label(tx, SITE, "shipping", "S1", NOW),
    "last unscanned": lambda tx: labels_here.last_label(
        tx, SITE, "shipping", "S1", NOW, unscanned=True
    ),
    "in doubt": lambda tx: labels_here.label_in_doubt(tx, SITE, "PACK-1", "z", NOW),
    "stands": lambda tx: stands_here(tx, SITE, "PACK-1", NOW),
    "next": lambda tx: next_job(tx, SITE, "z", NOW),
}


@pytest.fixture(params=EITHER)
def printed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Transactions]:
    """A building that has printed for months: labels of bins, then of parcels."""
    if request.param == "postgresql":
        made = open_database(request.getfixturevalue("postgresql_warehouse"))
    else:
        made = new_warehouse(tmp_path)
    rows = [
        {
            **{"site": SITE, "id": f"S{n % 9}:{n}/1", "printer": "z", "station": "PACK-1"},
            **{"template": "bin" if n < PRINTED // 2 else "shipping", "subject": f"P-{n}"},
            **{"data": "{}", "state": "confirmed", "created_at": NOW - timedelta(minutes=n)},
        }
        for n in range(PRINTED)
    ]
    with made.begin() as tx:
        tx.execute(insert(PrintJob), rows)
        if request.param == "postgresql":
            tx.execute(text("ANALYZE print_job"))
    yield made
    engine_of(made).dispose()


def test_an_index_answers_what_is_asked_about_labels(printed: Transactions) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    event.listen(engine_of(printed), "before_cursor_execute", note)
    for question, ask in QUESTIONS.items():
        asked.clear()
        with printed.begin() as tx:
            ask(tx)
            plans = [_plan(tx, *one) for one in list(asked) if "print_job" in one[0]]
        assert plans, question
        for plan in plans:
            assert "SCAN print_job" not in plan, (question, plan)
            assert "Seq Scan on print_job" not in plan, (question, plan)
            assert "(site=?)" not in plan, (question, plan)  # every label of the building


def _plan(tx: Session, statement: str, values: object) -> str:
    connection = tx.connection()
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(map(str, connection.exec_driver_sql(f"{explain} {statement}", values)))
