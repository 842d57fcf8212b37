"""The figures of a shift must not read more of a building than that shift."""

from __future__ import annotations

import gc
from datetime import timedelta
from functools import partial

import pytest
from conftest import NOW, SITE
from homes import new_warehouse
from sqlalchemy import event

from floorhand.domain.entries import Entry, Noted
from floorhand.domain.shifts import Period
from floorhand.store.shift_goods import corrections
from floorhand.store.shift_idle import idle_scans
from floorhand.store.signed_in import stretches
from floorhand.store.summaries import refusals, scans
from floorhand.store.summary import shift_figures, summarise

SHIFT = Period("day", NOW, NOW.replace(hour=17))
ASKED = {
    scans: "scan USING COVERING INDEX ix_scan_site_at (site=? AND at>? AND at<?)",
    refusals: "scan USING INDEX ix_scan_refused (site=? AND at>? AND at<?)",
    idle_scans: "scan USING INDEX ix_scan_idle (site=? AND at>? AND at<?)",
    partial(
        corrections, entries=()
    ): "move USING INDEX ix_move_correction (site=? AND at>? AND at<?)",
    partial(
        stretches, now=NOW, beats=()
    ): "INDEX ix_operation_site_kind_at (site=? AND kind=? AND at>? AND at<?)",
}
"""How SQLite answers each question."""


@pytest.mark.sqlite("plans of PostgreSQL depend on how many rows there are")
def test_what_a_shift_is_asked_is_found_by_the_index_made_for_it(tmp_path) -> None:
    with new_warehouse(tmp_path).begin() as tx:
        driver = tx.connection().connection.driver_connection
        for question, plan in ASKED.items():
            asked: list[str] = []
            driver.set_trace_callback(asked.append)
            question(tx, SITE, SHIFT)
            driver.set_trace_callback(None)
            told = driver.execute(f"EXPLAIN QUERY PLAN {asked[-1]}").fetchall()
            assert plan in "\n".join(row[3] for row in told)


def test_what_moved_since_a_shift_is_read_for_that_shift_alone(tmp_path) -> None:
    transactions = new_warehouse(tmp_path)
    asked: list[str] = []
    with transactions.begin() as tx:
        connection = tx.connection()
        event.listen(
            connection, "before_cursor_execute", lambda *told: asked.append(told[2]), named=False
        )
        told = summarise(tx, SITE, SHIFT, SHIFT.end + timedelta(days=30))
    assert told["dock_to_stock"]["unfinished"]["pieces"] == 0
    since = [sql for sql in asked if sql.startswith(("SELECT move.source", "SELECT move.target"))]
    assert len(since) == 2
    assert len([sql for sql in asked if "FROM scan" in sql and "scan.fate" in sql]) > 4


def test_rubbish_is_looked_for_again_after_a_summary_that_failed(tmp_path) -> None:
    with new_warehouse(tmp_path).begin() as tx, pytest.raises(AttributeError):
        shift_figures(tx, SITE, None, NOW)
    assert gc.isenabled()


def test_entries_are_found_by_what_they_noted_also_if_it_is_nothing() -> None:
    picked, empty, other = (
        Entry(name, "W1", NOW, facts)
        for name, facts in (("1", {"pieces": 3, "lines": 1}), ("2", {"lines": 0}), ("3", {}))
    )
    noted = Noted([picked, empty, other])
    assert noted("pieces") == [picked]
    assert noted("lines", "pieces") == [picked, empty]
    assert noted("orders") == []
    assert noted.entries == [picked, empty, other]
