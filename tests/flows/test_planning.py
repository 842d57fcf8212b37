"""What the desk's plan offers."""

from __future__ import annotations

import pytest

from floorhand.domain.count_plan import DOUBT, DOUBTS, DUE
from floorhand.domain.planning import PlanSeen
from floorhand.flows.planning import Planning, prompt
from floorhand.text.catalog import catalog, languages


@pytest.mark.parametrize(
    ("due", "offered"),
    [(7, [7]), (30, [10, 25, 30]), (300, [10, 25, 50, 100, 300]), (900, [10, 25, 50, 100, 500])],
)
def test_no_more_counts_are_offered_than_bins_are_due(due: int, offered: list[int]) -> None:
    shown = prompt(Planning(PlanSeen(0, due, 0, ())))
    assert [int(choice.code) for choice in shown.choices] == offered


@pytest.mark.parametrize("language", languages())
def test_why_a_bin_is_to_be_counted_is_told_in_words(language: str) -> None:
    words = catalog(language)
    first = tuple((f"B-{n}", "A", reason, 10) for n, reason in enumerate((DUE, DOUBT, *DOUBTS)))
    shown = prompt(Planning(PlanSeen(0, len(first), 5, first)))
    notes = [words.written(item.note) for item in shown.goods]
    late, grade = words.say("board.head.days_late"), words.say("board.head.grade")
    assert notes[0] == f"{late} 10 · {grade} A"
    whys = [note.split(" · ")[0] for note in notes[1:]]
    assert len(set(whys)) == len(DOUBTS) + 1
    assert not any("." in why or "_" in why for why in whys)
