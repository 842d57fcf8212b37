"""Each kind of operation has a name in words, by which histories tell it."""

from __future__ import annotations

from importlib import import_module

from floorhand.ops.registry import CARRIED_OUT_IN
from floorhand.text.catalog import catalog

ASK = (
    *("List", "Look", "Find", "Ask", "Read", "Guess", "Review", "Propose", "Offer", "Seek"),
    *("Identify", "CheckPin", "CheckBin", "OpenMenu", "OpenDesk", "PickLine"),
)
"""How commands begin that only ask, and write nothing."""

UNTOLD = {
    "Choose": "how a screen looks",
    "Toggle": "how a screen looks",
    "DoAgain": "recorded as what it does again",
}


def test_what_a_command_does_has_a_name_in_words() -> None:
    words = catalog("en")
    untold = {
        command.__name__
        for name in CARRIED_OUT_IN
        for command in import_module(f"floorhand.ops.{name}").HANDLERS
        if words.say(f"deed.{command.__name__}") == f"deed.{command.__name__}"
    }
    assert {name for name in untold if not name.startswith(ASK)} == set(UNTOLD)
