"""Every theme can be read, without colour too, and an old terminal gets what it can show."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from textual.color import Color
from tui.screens import MENU, PICK, REFUSED, ListRoad, picture, send, settled, terminal, with_reader

from floorhand.domain import preferences
from floorhand.domain.preferences import Preferences
from floorhand.flows.turn import Said
from floorhand.text.plain import fitted
from floorhand.tui.prompt_view import PromptView
from floorhand.tui.telling import Manner
from floorhand.tui.themes import THEMES, usual_encoding, usual_theme
from floorhand.tui.widths import columns

CONTRAST_MIN = 4.5


def contrast(one: Color, other: Color) -> float:
    """How far apart two colours are to the eye. Source: W3C, WCAG 2.1, contrast ratio."""

    def light(colour: Color) -> float:
        parts = [value / 255 for value in (colour.r, colour.g, colour.b)]
        r, g, b = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    lighter, darker = sorted((light(one), light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_there_is_a_theme_for_each_that_can_be_chosen() -> None:
    assert tuple(THEMES) == preferences.THEMES


@pytest.mark.parametrize("name", THEMES)
async def test_every_pair_of_colours_has_contrast_enough(name: str) -> None:
    app = terminal(ListRoad(), manner=Manner(theme=name))
    async with app.run_test(size=(40, 20)) as pilot:
        await settled(pilot)
        shown = app.screen.query_one(PromptView)
        ground = shown.styles.background
        tones = {"said", "frame"}
        for role in sorted(PromptView.COMPONENT_CLASSES):
            rules = shown.get_component_styles(role)
            framed = role.removeprefix("prompt--").partition("-")[0] in tones
            behind = rules.background if framed else ground
            front = rules.color if rules.has_rule("color") else shown.styles.color
            assert contrast(front, behind) >= CONTRAST_MIN, (name, role)
            assert bool(rules.text_style.reverse) == framed, role


async def test_the_theme_follows_the_badge() -> None:
    themed = replace(MENU, preferences=Preferences(theme="light"))
    road = ListRoad(answer=lambda _turn, scanned: themed if scanned == "LIGHT" else MENU)
    app = with_reader(terminal(road))
    async with app.run_test(size=(40, 20)) as pilot:
        for scanned, theme in (("LIGHT", "light"), ("USUAL", "dark")):
            await send(pilot, f"{scanned}\r".encode())
            assert app.theme == THEMES[theme].name


@pytest.mark.parametrize("size", [(20, 16), (40, 8), (80, 24)])
async def test_the_plain_theme_shows_nothing_but_ascii(size) -> None:
    said = Said("refusal.pick_wrong_piece", {"sku": "Größe ł", "name": "水壶", "wanted": "é",
                                            "wanted_name": "→"}, "refused")  # fmt: skip
    for turn in (replace(PICK, said=said), replace(MENU, language="it")):
        for large in (False, True):
            liked = replace(turn, preferences=Preferences(theme="ascii", large=large))
            app = terminal(ListRoad(first=liked))
            async with app.run_test(size=size) as pilot:
                await settled(pilot)
                assert picture(app).isascii()


async def test_a_language_of_letters_that_a_terminal_lacks_is_english_there() -> None:
    chinese = replace(MENU, language="zh")
    plain = replace(chinese, preferences=Preferences(theme="ascii"))
    for turn, manner, question in (
        (chinese, Manner(), "选择或扫描"),
        (chinese, Manner(encoding="gbk"), "选择或扫描"),
        (chinese, Manner(encoding="iso-8859-1"), "Choose or scan"),
        (plain, Manner(), "Choose or scan"),
    ):
        app = terminal(ListRoad(first=turn), manner=manner)
        async with app.run_test(size=(40, 20)) as pilot:
            await settled(pilot)
            assert question in picture(app)


def test_what_stands_in_takes_the_same_columns() -> None:
    text = "✓ Größe 水壶 é łódź ▀█ e\u0301"
    assert fitted(text, "ascii", columns) == "+ Grose ???? e lodz ?# e"
    assert columns(fitted(text, "ascii", columns)) == columns(text)
    assert fitted("é✓", "latin-1", columns) == "é+"


def test_an_old_terminal_is_known_by_its_encoding_and_its_name() -> None:
    assert usual_encoding({}, "utf-8") == ""
    assert usual_encoding({}, "iso-8859-1") == "iso-8859-1"
    assert usual_encoding({"TERM": "vt220"}, "utf-8") == "ascii"
    assert usual_encoding({"TERM": "xterm-256color"}, "utf-8") == ""
    assert [usual_theme({}), usual_theme({"NO_COLOR": "1"})] == ["dark", "mono"]


def test_tones_differ_in_sign_word_and_reverse_video() -> None:
    from floorhand.tui.view import SIGNS, TONE_WORDS

    assert all(one != other for one, other in pairwise(sorted(SIGNS.values())))
    assert len(set(TONE_WORDS.values())) == len(TONE_WORDS)
    assert REFUSED.tone in TONE_WORDS
