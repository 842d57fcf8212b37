"""``floorhand counts``: what is due, and what is planned of it, in the office and at the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from warehouses import counted
from warehouses.picker import Picker

from floorhand.cli import main
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Operation, Place, Stock, Task


@pytest.fixture
def aged(transactions: Transactions) -> Transactions:
    """Goods came a year ago, but to A-02 yesterday; C-01 is waited for, A-01 said to be full."""
    counted.build(transactions)
    now = datetime.now(UTC)
    with transactions.begin() as tx:
        tx.execute(update(Stock).values(arrived_at=now - timedelta(days=365)))
        fresh = {"arrived_at": now - timedelta(days=1)}
        tx.execute(update(Stock).where(Stock.place == "A-02").values(fresh))
        tx.execute(delete(Task).where(Task.place != "C-01"))
        tx.execute(update(Place).where(Place.code == "A-01").values(full=True))
        tx.execute(update(Place).where(Place.code == "B-02").values(zone="FAR"))
    return transactions


def counts(transactions: Transactions, *words: str) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["counts", *words, "--database", url])
    return int(ended.value.code or 0)


def planned(transactions: Transactions) -> list[tuple[str, str]]:
    with transactions.begin() as tx:
        rows = tx.execute(select(Task.place, Task.reason).where(Task.state == "open"))
        return sorted((row[0], row[1]) for row in rows)


def test_the_list_says_what_is_open_and_what_is_due_and_why(aged, capsys) -> None:
    assert counts(aged) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == ["C-01", "all", "no_room"]
    due = [line.split() for line in lines[4:-2]]
    assert [(row[0], row[3]) for row in due] == [
        ("A-01", "full"),
        ("B-01", "its"),
        ("B-02", "its"),
        ("C-04", "its"),
    ]
    assert lines[-1] == "1 counts are open; 4 bins due."


def test_a_plan_opens_the_most_urgent_counts_once(aged, capsys) -> None:
    assert counts(aged, "plan", "--bins", "2") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 bins to be counted; 2 more due."
    assert planned(aged) == [("A-01", "doubt"), ("B-01", "due"), ("C-01", "no_room")]
    assert counts(aged, "plan", "--zone", "FAR") == counts(aged, "plan", "--merchant", "FERN") == 0
    assert [place for place, _ in planned(aged)] == ["A-01", "B-01", "B-02", "C-01", "C-04"]
    assert counts(aged, "plan") == 0
    assert len(planned(aged)) == 5
    with aged.begin() as tx:
        kinds = tx.scalars(select(Operation.kind).where(Operation.seat == "office")).all()
    assert kinds.count("PlanCounts") == 3


def test_what_cannot_be_meant_is_told(aged, capsys) -> None:
    assert counts(aged, "plan", "--bins", "0") == 1
    assert "expected 1 to 500" in capsys.readouterr().err
    assert counts(aged, "--merchant", "NOBODY") == 1
    assert "There is no merchant NOBODY" in capsys.readouterr().err


def test_a_bin_that_was_counted_is_not_due(aged) -> None:
    now = datetime.now(UTC)
    ana = Picker(aged, "W1", now=now, job="counting")
    ana.scan("BIN-C-04", "FIG-1", "3", "NUT-1", "20", "*DONE")
    assert ana.said == "counting.right"
    assert counts(aged, "plan") == 0
    assert "C-04" not in [place for place, _ in planned(aged)]


def test_a_lead_plans_at_the_desk(aged) -> None:
    dee = Picker(aged, "W4", now=datetime.now(UTC), job="leading")
    codes = [choice.code for choice in dee.prompt.choices]
    dee.scan(str(codes.index("planning") + 1))
    assert dict(dee.prompt.facts)["fact.counts_due"] == "4"
    dee.scan("BIN-A-02", "BIN-A-02")
    assert dee.said == "refusal.count_open"
    dee.scan("1")
    assert (dee.said, dee.turn.said.facts["bins"]) == ("planning.planned", 4)
    assert len(planned(aged)) == 6
    assert "planning" in [choice.code for choice in dee.scan("*BACK").prompt.choices]
