"""The history of rules is read by the page, by an index, however much has happened."""

from __future__ import annotations

from itertools import pairwise

import pytest
from conftest import NOW, SITE
from sqlalchemy import event
from warehouses import packing

from floorhand.domain.ruling import SetRule
from floorhand.ops.settling import from_office
from floorhand.store import ruling
from floorhand.store.cells import in_words
from floorhand.store.db import Transactions, engine_of
from floorhand.store.found import about
from floorhand.text.catalog import catalog

DAYS = [str(number) for number in range(60, 72)]


@pytest.fixture
def changed(transactions: Transactions) -> Transactions:
    packing.build(transactions)
    with transactions.begin() as tx:
        for was, now in pairwise(DAYS):
            from_office(tx, SITE, SetRule("BOLT", "return_days", was, now), NOW)
        from_office(tx, SITE, SetRule("BOLT", "boxes", "", "S|L"), NOW)
    return transactions


def test_only_the_changes_that_are_shown_are_read(changed: Transactions) -> None:
    with changed.begin() as tx:
        found = ruling.changes(tx, SITE, "BOLT", "return_days", skip=2, limit=3)
        assert len({one.now for one in found}) == 3
        assert {one.name for one in found} == {"return_days"}
        assert len(ruling.changes(tx, SITE, "BOLT")) == len(DAYS)
        assert len(ruling.changes(tx, SITE, "BOLT", skip=len(DAYS) - 1)) == 1
        assert ruling.changes(tx, SITE, "ACME") == ()


@pytest.mark.sqlite("plans of PostgreSQL depend on how many rows there are")
def test_they_are_found_by_the_index_of_what_operations_were_about(changed: Transactions) -> None:
    engine, asked = engine_of(changed), []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_line, _cursor, statement, values, *_rest) -> None:
        asked.append((statement, values))

    with changed.begin() as tx:
        ruling.changes(tx, SITE, "BOLT", "boxes", limit=5)
        statement, values = next(one for one in asked if one[0].startswith("SELECT"))
        told = tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    event.remove(engine, "before_cursor_execute", note)
    plan = [row[3] for row in told]
    assert plan[0] == "SEARCH trace USING PRIMARY KEY (site=? AND thing=?)"
    assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step], plan


def test_a_rule_has_a_page_with_its_history(changed: Transactions) -> None:
    with changed.begin() as tx:
        page = about(tx, SITE, "rule", "BOLT/boxes")
        assert dict(page.facts) == {"board.head.rule": "BOLT/boxes", "rule.boxes": "S, L"}
        assert len(page.rows) == 1
        told = dict(zip(page.heads, page.rows[0], strict=True))["moved"]
        assert in_words(told, catalog("en"), str) == "– → S, L"
        assert about(tx, SITE, "rule", "BOLT").count == len(DAYS)
