"""What a screen looks like is worked out once in a program."""

from __future__ import annotations

import pytest
from textual.css import stylesheet
from tui.screens import ListRoad, settled, terminal

from floorhand.tui.telling import Manner


async def test_a_second_terminal_of_the_program_reads_no_rule(monkeypatch) -> None:
    async with terminal(ListRoad()).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
    monkeypatch.setattr(stylesheet, "parse", None)  # to call it would fail
    async with terminal(ListRoad()).run_test(size=(80, 24)) as pilot:
        await settled(pilot)


@pytest.mark.parametrize("first", ["dark", "light"])
async def test_each_theme_has_its_own_colours(first) -> None:
    seen = {}
    for theme in (first, *({"dark", "light"} - {first}), first):
        app = terminal(ListRoad(), manner=Manner(theme=theme))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            seen.setdefault(theme, set()).add(app.screen.styles.background.hex)
    assert {len(colours) for colours in seen.values()} == {1}
    assert seen["dark"] != seen["light"]
