"""The words, by language. Code names texts by key; ``assets/text/<language>.po`` holds them.

Catalogs are compiled to ``.mo`` when the package is built; from a checkout without compiled
catalogs they are read from the ``.po`` files by Babel, a development dependency.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from floorhand.domain.days import MARK
from floorhand.domain.worded import LANGUAGE_OF
from floorhand.errors import BadSetting
from floorhand.text.plain import UNKNOWN, fitted

ASSETS = Path(__file__).parents[1] / "assets"
INSTALLED = ASSETS.is_dir()
if not INSTALLED:  # not installed from a wheel: the repository's own folder
    ASSETS = Path(__file__).parents[3] / "assets"

ENGLISH = "en"
"""The language that is complete by definition, and stands in for texts missing elsewhere."""

COUNTED = ("pieces", "days", "lines", "scans", "orders", "minutes")
"""Facts that choose between singular and plural, where a text has both."""

DATED = frozenset(
    {"expiry", "since", "due", "at", "done_at"}
    | {"fact.expiry", "fact.since", "fact.when", "fact.last_scan"}
)
"""Facts that are dates, or begin with one: they are told in the form of the language."""

PLAIN_MAX = 4_000
"""Texts without facts that are kept as they are told: a screen has dozens of them."""

_GAP_AT_END = re.compile(r"(?<=[.!?。！？])\s*…[.。]?$")
_GAPS = re.compile(r"…(\s*…)+")
_MARKED = re.compile(MARK + r"(\d{4}-\d\d-\d\d)")
_WORD = re.compile(MARK + r"\[([a-z][a-z0-9_.-]*)\]")
_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")

QUESTION_MARKS = ("?", "？")
FULL_STOPS = (".", "。")


class Catalog:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = [_translations(one) for one in dict.fromkeys((language, ENGLISH))]
        self._forms: dict[str, tuple[gettext.GNUTranslations, tuple[str, ...]]] = {}
        self._plain: dict[str, str] = {}

    def say(
        self, key: str, facts: Mapping[str, str | int] | None = None, *, without: str = ""
    ) -> str:
        """Give the text for a key such as ``"packing.scan_tote"``.

        A fact whose name ends in ``_text`` is a key itself and is translated, with the same facts,
        before it is put in. Where the text has singular and plural, the first of `COUNTED` in it
        chooses. A missing text or fact shows the key or the text itself: a worker with a
        raw key can still work, one with a crashed terminal cannot.

        Args:
            key: Names the text.
            facts: Values for it.
            without: A fact that is left out, with the sentence that it is in the text.

        Returns:
            The text. Facts are put in as they are: making them fit to be shown is the screen's
            business.
        """
        if facts or without:
            return self._told(key, facts or {}, without)
        if (told := self._plain.get(key)) is None:
            if len(self._plain) >= PLAIN_MAX:
                self._plain.clear()
            told = self._plain[key] = self._fill(key, {})
        return told

    def _told(self, key: str, facts: Mapping[str, str | int], without: str) -> str:
        known = {
            name: self.written(value) if isinstance(value, str) else value
            for name, value in facts.items()
        }
        for name in DATED & known.keys():
            known[name] = self._dated(str(known[name]))
        asked = []
        for name in [name for name in known if name.endswith("_text")]:
            known[name] = told = self._fill(str(known[name]), known)
            if told.endswith(QUESTION_MARKS):
                asked.append(name)
        return self._fill(key, known, asked, without)

    def outline(self, key: str) -> str:
        """Give a text whose facts are not known: an ellipsis stands for each.

        A sentence at its end that is nothing but a gap says nothing, and is left out; gaps beside
        each other are one.
        """
        gaps = {name for _, name, _, _ in Formatter().parse(self._template(key, {})) if name}
        told = self._fill(key, dict.fromkeys(gaps, "…"))
        return _GAPS.sub("…", _GAP_AT_END.sub("", told))

    def fact(self, name: str, value: str) -> tuple[str, str]:
        """Give the label of a fact, and its value; that of a name in ``_text`` is a key itself."""
        if name in DATED:
            return self.say(name), self._dated(value)
        return self.say(name), self.say(value) if name.endswith("_text") else self.written(value)

    def written(self, value: str) -> str:
        """Write the days that are marked in a value as people here write dates, and the words."""
        if MARK not in value:
            return value
        worded = _WORD.sub(lambda marked: self._worded(marked[1]), value)
        return _MARKED.sub(lambda marked: self._dated(marked[1]), worded)

    def _worded(self, key: str) -> str:
        if key.startswith(LANGUAGE_OF):
            code = key.removeprefix(LANGUAGE_OF)
            return dict(named_languages()).get(code, code)
        return self.say(key)

    def _dated(self, value: str) -> str:
        """Write the date that a value begins with as people here write dates."""
        date = _DATE.match(value)
        return self.say("date.form", date.groupdict()) + value[date.end() :] if date else value

    def _template(self, key: str, facts: Mapping[str, str | int]) -> str:
        """Give a text with its gaps: of the language, else in English, else the key."""
        if not key:  # that is where a catalog says of itself who made it
            return ""
        if key not in self._forms:
            texts = next((one for one in self._texts if one.gettext(key) != key), self._texts[0])
            single = texts.ngettext(key, key, 1)
            named = {name for _, name, _, _ in Formatter().parse(single)} if single != key else ()
            self._forms[key] = texts, tuple(name for name in COUNTED if name in named)
        texts, chosen_by = self._forms[key]
        for name in chosen_by:
            if isinstance(number := facts.get(name), int):
                return texts.ngettext(key, key, number)
        return texts.gettext(key)

    def _fill(
        self,
        key: str,
        facts: Mapping[str, str | int],
        asked: Collection[str] = (),
        without: str = "",
    ) -> str:
        template = self._template(key, facts)
        for stop in FULL_STOPS if without else ():
            template = template.replace(f"{{{without}}}{stop}", "").replace("  ", " ").strip()
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
        data = compiled.read_bytes() if fresh else compiled_of(source)
    except OSError as error:
        raise BadSetting(f"There are no texts for the language {language!r}: {error}") from error
    return gettext.GNUTranslations(io.BytesIO(data))


def compiled_of(source: Path) -> bytes:
    """Compile the texts of a ``.po`` file; needs Babel."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as text:
        read = read_po(text, locale=source.stem)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    return compiled.getvalue()
