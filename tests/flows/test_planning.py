"""What the desk's plan offers."""

from __future__ import annotations

import pytest

from floorhand.domain.planning import PlanSeen
from floorhand.flows.planning import Planning, prompt


@pytest.mark.parametrize(
    ("due", "offered"),
    [(7, [7]), (30, [10, 25, 30]), (300, [10, 25, 50, 100, 300]), (900, [10, 25, 50, 100, 500])],
)
def test_no_more_counts_are_offered_than_bins_are_due(due: int, offered: list[int]) -> None:
    shown = prompt(Planning(PlanSeen(0, due, 0, ())))
    assert [int(choice.code) for choice in shown.choices] == offered
