"""The worker's own screen: language, colours, large letters, sound. Opened with F4 at the menu."""

from __future__ import annotations

from dataclasses import dataclass, replace

from floorhand.domain.keymap import Key
from floorhand.domain.preferences import (
    THEMES,
    Choose,
    Preferences,
    PreferencesAre,
    ReadPreferences,
    Toggle,
)
from floorhand.domain.things import Chosen, Pressed
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Do, Open, Prompt, Refuse, Reply, Wants

NAME = "settings"


@dataclass(frozen=True, slots=True)
class Opening:
    """What is chosen now is not known yet."""


@dataclass(frozen=True, slots=True)
class Adjusting:
    """The worker chooses what to change; ``about`` is ``language`` or ``theme`` once chosen."""

    now: PreferencesAre
    about: str = ""


State = Opening | Adjusting
START = Opening()
STATES: tuple[type, ...] = (Opening, Adjusting)
VALUES: tuple[type, ...] = (PreferencesAre, Preferences)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case Opening(), PreferencesAre():
            return Ask(Adjusting(event))
        case Opening(), _:
            return Do(ReadPreferences())
        case Adjusting(now=before), PreferencesAre(preferences=after):
            return Ask(Adjusting(event), told(before.preferences, after))
        case Adjusting(about=""), Chosen(code="large" | "mute" as name):
            return Do(Toggle(name))
        case Adjusting(about=""), Chosen(code="language" | "theme" as name):
            return Ask(replace(state, about=name))
        case Adjusting(about=str(about)), Chosen(code=code) if about:
            return Do(Choose(about, "" if code == "terminal" else code))
        case Adjusting(about=""), Pressed(key=Key.BACK):
            return Open("menu")
        case Adjusting(), Pressed(key=Key.BACK):
            return Ask(replace(state, about=""))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def told(before: Preferences, after: Preferences) -> str:
    """Name the text that says what has changed."""
    if before.mute != after.mute:
        return "settings.muted" if after.mute else "settings.unmuted"
    if before.large != after.large:
        return "settings.enlarged" if after.large else "settings.reduced"
    return "settings.changed"


def prompt(state: State) -> Prompt:
    """Say what to show."""
    keys = ((Key.BACK, "key.back"),)
    wants = Wants(kinds=("choice",))
    if isinstance(state, Opening):
        return Prompt(ask="settings.what", keys=keys, wants=wants)
    if state.about == "language":
        languages = tuple(Choice(code, label=name) for code, name in state.now.languages)
        return Prompt(ask="settings.which_language", choices=languages, keys=keys, wants=wants)
    if state.about == "theme":
        themes = tuple(Choice(name, f"theme.{name}") for name in ("terminal", *THEMES))
        return Prompt(ask="settings.which_colours", choices=themes, keys=keys, wants=wants)
    chosen = state.now.preferences
    return Prompt(
        ask="settings.what",
        choices=(
            Choice("language", "settings.language"),
            Choice("theme", "settings.colours"),
            Choice("large", "settings.reduce" if chosen.large else "settings.enlarge"),
            Choice("mute", "settings.unmute" if chosen.mute else "settings.mute"),
        ),
        keys=keys,
        wants=wants,
    )
