"""The words of labels, in the language of the site."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from floorhand.domain.labels import LabelData, LabelKind
from floorhand.labels.fonts import missing_letters
from floorhand.labels.reader import in_language
from floorhand.labels.template import Element, Template, Text
from floorhand.text.catalog import ENGLISH, catalog

WORDS_KEPT_MAX = 500
"""Words, and what somebody wrote in their place, that are kept."""

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("label.title.",),
    "grade": ("grade.",),
    "kind": ("returns.kind.",),
    "condition": ("fact.condition_",),
    "reason": ("returns.reason.", "damage.", "picking.why_short.", "packing.reason."),
    "warning": ("label.warning.",),
}
"""Fields of labels that hold a key of the books, and where the catalogs have the words for it."""


def worded(template: Template, language: str) -> Template:
    """Give a template with its words in a language; a word that no font here has stays English."""
    if language == ENGLISH:  # as it was loaded
        return template
    elements = tuple(_worded(element, template.kind, language) for element in template.elements)
    return replace(template, elements=elements)


def _worded(element: Element, kind: LabelKind, language: str) -> Element:
    if not isinstance(element, Text) or not element.words:
        return element
    told = in_language(element.words, kind, language)
    return element if missing_letters(told) else replace(element, text=told)


def in_words(data: LabelData, language: str) -> LabelData:
    """Put words in the place of keys; what somebody wrote there stays as it was written."""
    keys = {field: data[field] for field in KEYS.keys() & data.keys()}
    return {**data, **{field: _word(field, str(key), language) for field, key in keys.items()}}


@lru_cache(maxsize=WORDS_KEPT_MAX)
def _word(field: str, written: str, language: str) -> str:
    """Give the word for a key, in English if no font here has its letters."""
    for prefix in KEYS[field]:
        key = f"{prefix}{written}"
        if (told := catalog(language).say(key)) != key:
            return catalog(ENGLISH).say(key) if missing_letters(told) else told
    return written
