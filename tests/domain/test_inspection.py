"""What follows from a finding, and where a piece may come from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorhand.domain.inspection import (
    Candidate,
    condition_after,
    outcome_of,
    proposal,
    ranked,
    spread,
    time_left,
    withdraw,
)
from floorhand.domain.returns import Finding
from floorhand.domain.rules import DISPOSITION_BY_GRADE


def finding(**facts) -> Finding:
    return Finding("F", "ACME", "MUG", "Mug", 1, dispositions=DISPOSITION_BY_GRADE, **facts)


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_the_merchants_table_decides(grade: int) -> None:
    assert proposal(finding(), "customer", grade) == DISPOSITION_BY_GRADE[grade - 1]


@pytest.mark.parametrize("outcome", ["wrong_piece", "other_merchant"])
def test_foreign_pieces_go_to_a_bucket_of_their_own(outcome: str) -> None:
    assert proposal(finding(outcome=outcome), "customer", 1) == "quarantine"


def test_a_piece_of_unknown_expiry_is_never_proposed_for_sale() -> None:
    assert proposal(finding(restockable=False), "customer", 1) == "quarantine"
    assert proposal(finding(restockable=False), "undelivered", 1) == "quarantine"
    assert proposal(finding(restockable=False), "customer", 4) == "back_to_merchant"


def test_what_was_never_delivered_goes_back_on_the_shelf_whatever_the_table_says() -> None:
    strict = Finding("F", "ACME", "MUG", "Mug", 1, dispositions=("quarantine",) * 5)
    assert proposal(strict, "undelivered", 1) == "restock"
    assert proposal(strict, "customer", 1) == "quarantine"


def test_only_restock_makes_available_and_expired_stays_expired() -> None:
    assert condition_after("restock", expired=False) == "available"
    assert condition_after("back_to_merchant", expired=False) == "damaged"
    for other in ("open_box", "repack", "refurbish", "liquidate", "quarantine"):
        assert condition_after(other, expired=False) == "hold"
    assert condition_after("quarantine", expired=True) == "expired"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"advised": 2, "received": 1, "announced": True, "bought": None}, "as_advised"),
        ({"advised": 2, "received": 2, "announced": True, "bought": None}, "extra"),
        ({"advised": 0, "received": 0, "announced": True, "bought": 1}, "extra"),
        ({"advised": 0, "received": 0, "announced": True, "bought": 0}, "wrong_piece"),
        ({"advised": 0, "received": 0, "announced": True, "bought": None}, "wrong_piece"),
        ({"advised": 0, "received": 0, "announced": False, "bought": 1}, "as_advised"),
        ({"advised": 0, "received": 1, "announced": False, "bought": 1}, "extra"),
        ({"advised": 0, "received": 0, "announced": False, "bought": 0}, "wrong_piece"),
        ({"advised": 0, "received": 7, "announced": False, "bought": None}, "as_advised"),
    ],
)
def test_a_finding_is_compared_with_what_was_announced_and_bought(facts, expected) -> None:
    assert outcome_of(1, **facts) == expected


def test_candidates_are_ranked_by_customer_then_exact_pieces_then_day() -> None:
    orders = (
        Candidate("stranger-new", "C-9", 1, "2026-03-01"),
        Candidate("own-old", "C-1", 2, "2026-01-01"),
        Candidate("own-exact", "C-1", 1, "2026-01-02"),
        Candidate("own-new", "C-1", 2, "2026-02-01"),
        Candidate("stranger-old", "C-8", 1, "2026-02-01"),
    )
    best = [order.order for order in ranked(orders, "C-1", 1)]
    assert best == ["own-exact", "own-new", "own-old", "stranger-new", "stranger-old"]
    assert ranked(orders, "", 2)[0].order == "own-new"


def test_pieces_fill_lines_in_order_and_the_rest_goes_to_the_last() -> None:
    assert spread((2, 1), 2) == (2, 0)
    assert spread((2, 1), 5) == (2, 3)
    assert spread((-1, 0), 3) == (0, 3)


@given(st.lists(st.integers(-3, 9), min_size=1, max_size=5), st.integers(1, 30))
def test_spreading_and_withdrawing_keep_the_number_of_pieces(room: list[int], pieces: int) -> None:
    shares = spread(tuple(room), pieces)
    assert sum(shares) == pieces
    assert sum(withdraw(shares, pieces)) == pieces


@pytest.mark.parametrize(
    ("hours", "told"),
    [(30, ""), (24, ""), (23.9, "! 23 h"), (4, "! 4 h"), (3.9, "!! 3 h"), (-1.5, "!! -2 h")],
)
def test_the_last_day_before_a_deadline_is_marked_and_its_last_hours_twice(hours, told) -> None:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert time_left(now + timedelta(hours=hours), now, 4) == told
    assert time_left(None, now, 4) == ""
