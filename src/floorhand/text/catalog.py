"""The words, by language. Code names texts by key; ``assets/text/<language>.po`` holds them.

Catalogs are compiled to ``.mo`` when the package is built; from a checkout without compiled
catalogs they are read from the ``.po`` files by Babel, a development dependency.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from floorhand.errors import BadSetting
from floorhand.text.plain import UNKNOWN, fitted

ASSETS = Path(__file__).parents[1] / "assets"
INSTALLED = ASSETS.is_dir()
if not INSTALLED:  # not installed from a wheel: the repository's own folder
    ASSETS = Path(__file__).parents[3] / "assets"

ENGLISH = "en"
"""The language that is complete by definition, and stands in for texts missing elsewhere."""

QUESTION_MARKS = ("?", "？")
FULL_STOPS = (".", "。")


class Catalog:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _translations(language)

    def say(self, key: str, facts: Mapping[str, str | int] | None = None) -> str:
        """Give the text for a key such as ``"packing.scan_tote"``.

        A fact whose name ends in ``_text`` is a key itself and is translated, with the same facts,
        before it is put in. A fact called ``pieces`` chooses between singular and plural where the
        text has both. A missing text or fact shows the key or the text itself: a worker with a
        raw key can still work, one with a crashed terminal cannot.

        Returns:
            The text. Facts are put in as they are: making them fit to be shown is the screen's
            business.
        """
        known = dict(facts or {})
        asked = []
        for name in [name for name in known if name.endswith("_text")]:
            known[name] = told = self._fill(str(known[name]), known)
            if told.endswith(QUESTION_MARKS):
                asked.append(name)
        return self._fill(key, known, asked)

    def fact(self, name: str, value: str) -> tuple[str, str]:
        """Give the label of a fact, and its value; that of a name in ``_text`` is a key itself."""
        return self.say(name), self.say(value) if name.endswith("_text") else value

    def _fill(self, key: str, facts: Mapping[str, str | int], asked: Collection[str] = ()) -> str:
        template = key
        if isinstance(pieces := facts.get("pieces"), int):
            template = self._texts.ngettext(key, key, pieces)
        if template == key:
            template = self._texts.gettext(key)
        for name in asked:  # a question ends with its own mark
            for stop in FULL_STOPS:
                template = template.replace(f"{{{name}}}{stop}", f"{{{name}}}")
        try:
            return template.format_map(facts)
        except (KeyError, IndexError, ValueError):
            return template


@cache
def catalog(language: str) -> Catalog:
    """Give the catalog of a language; English if there is none of that name."""
    return Catalog(language if language in languages() else ENGLISH)


def shown_in(words: Catalog, encoding: str) -> Catalog:
    """Give these texts, or the English ones where a terminal has none of their letters.

    A letter that loses its accent can still be read; a text of question marks cannot.

    Args:
        words: The texts that are wanted.
        encoding: What the terminal can show; empty: all of Unicode.
    """
    if not encoding:
        return words
    sample = words.say("language.name") + words.say("sign_in.scan_badge")
    return words if UNKNOWN not in fitted(sample, encoding, len) else catalog(ENGLISH)


@cache
def languages() -> tuple[str, ...]:
    """List the languages that have a catalog."""
    return tuple(sorted(path.stem for path in (ASSETS / "text").glob("*.po")))


@cache
def named_languages() -> tuple[tuple[str, str], ...]:
    """List the languages with the name that each has for itself, for somebody to choose from."""
    return tuple((code, catalog(code).say("language.name")) for code in languages())


@cache
def _translations(language: str) -> gettext.GNUTranslations:
    source = ASSETS / "text" / f"{language}.po"
    compiled = source.with_suffix(".mo")
    fresh = INSTALLED or (compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime)
    try:
        data = compiled.read_bytes() if fresh else _compile(source)
    except OSError as error:
        raise BadSetting(f"There are no texts for the language {language!r}: {error}") from error
    texts = gettext.GNUTranslations(io.BytesIO(data))
    if language != ENGLISH:
        texts.add_fallback(_translations(ENGLISH))
    return texts


def _compile(source: Path) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as text:
        read = read_po(text, locale=source.stem)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    return compiled.getvalue()
