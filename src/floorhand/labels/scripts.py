"""Scripts that labels may lack letters of, and what brings a font that has them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from floorhand.labels import fonts
from floorhand.text.catalog import ENGLISH, catalog

LETTERS_TOLD_MAX = 20
"""More letters of a script than these are not listed."""

JOINING = "apt install libfribidi0"
"""Brings what Pillow needs to put letters in order and join them, where it cannot."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script, or several that one font has.

    Attributes:
        name: As people call it.
        letters: Those that belong to it.
        package: Of Debian and Ubuntu, one or more, which bring fonts.
        extra: Of this program, which brings one as a package of Python; empty: none does.
    """

    name: str
    letters: re.Pattern[str]
    package: str
    extra: str = ""

    def cure(self, missing: str) -> str:
        """Say what to install, so that some letters of it are there."""
        if fonts.must_join(missing[0]) and not fonts.joins_letters():
            return JOINING
        from_pip = f"pip install 'floorhand[{self.extra}]' or " if self.extra else ""
        return f"{from_pip}apt install {self.package}"


SCRIPTS = (
    Script(
        "Chinese, Japanese, Korean",
        re.compile(
            "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f"
            "\uff00-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
        ),
        "fonts-noto-cjk",
        "cjk",
    ),
    Script("Thai", re.compile("[\u0e00-\u0e7f]"), "fonts-noto-core", "fonts"),
    Script("Hindi", re.compile("[\u0900-\u097f\ua8e0-\ua8ff]"), "fonts-noto-core", "fonts"),
    Script("Hebrew", re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]"), "fonts-noto-core", "fonts"),
    Script("Arabic", re.compile("[\u0600-\u077f\u08a0-\u08ff\ufb50-\ufefc]"), "fonts-noto-core"),
    Script(
        "signs",
        re.compile("[\u2100-\u2bff\U0001f000-\U0001faff]"),
        "fonts-symbola fonts-unifont",
    ),
    Script("other letters", re.compile("."), "fonts-noto-core fonts-unifont"),
)
"""The first that has a letter is its script."""

ALWAYS_THERE = "\xff"
"""The last letter of ASCII and Latin-1, which are always there."""


def by_script(text: str) -> dict[str, str]:
    """Name the scripts of a cleaned text, each with those of its letters that no font here has.

    What stands for a character that cannot be printed at all belongs to none.
    """
    found: dict[str, str] = {}
    beyond = dict.fromkeys(letter for letter in text if letter > ALWAYS_THERE)
    for letter in beyond:
        script = next((one for one in SCRIPTS if one.letters.match(letter)), None)
        if script is not None and letter not in (fonts.MISSING, fonts.ELLIPSIS):
            missing = found.setdefault(script.name, "") + fonts.missing_letters(letter)
            found[script.name] = missing[:LETTERS_TOLD_MAX]
    return found


def lacking(text: str) -> dict[str, dict[str, str]]:
    """Name the scripts of a cleaned text; with ``letters`` and ``cure`` where some are missing."""
    cures = {script.name: script.cure for script in SCRIPTS}
    return {
        name: {"letters": missing, "cure": cures[name](missing)} if missing else {}
        for name, missing in by_script(text).items()
    }


def advice(text: str) -> list[str]:
    """Say in lines what brings the letters of a cleaned text that no font here has."""
    return [f"{name}: {facts['cure']}" for name, facts in lacking(text).items() if facts]


def language_advice(language: str) -> str:
    """Say why words are English on paper here, though the language is another; else nothing."""
    name = "" if language == ENGLISH else fonts.clean(catalog(language).say("language.name"))
    if not (cure := "; ".join(advice(name))):
        return ""
    return f"Words on paper are English: no font here has letters of {language}. {cure}"
