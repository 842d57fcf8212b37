"""Checked values out of a declarative file: what is wrong with it is said by file and element."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from floorhand.domain.labels import LabelKind
from floorhand.errors import BadFile
from floorhand.labels.images import load_image
from floorhand.text.catalog import ENGLISH, catalog

FIELD = re.compile(r"\{([a-z_]+)\}")
"""A field of a label's kind within a text."""


WORDS: Final = "label."
"""How the keys of all texts begin that templates may name."""


def in_language(key: str, kind: LabelKind, language: str) -> str:
    """Give a text that templates name, with ``{field}`` where a field of the label's kind goes."""
    return catalog(language).say(key, {field: f"{{{field}}}" for field in kind.fields})


class Reader:
    """Takes checked values out of a table, and says what is wrong with it."""

    def __init__(self, file: str, name: str, table: dict[str, Any]) -> None:
        self._file = file
        self._table = dict(table)
        self.name = name

    def fail(self, what: str) -> None:
        """Raise `BadFile` naming file and element."""
        raise BadFile(f"{self._file}: {self.name}: {what}")

    def has(self, key: str) -> bool:
        """Say whether something is written there."""
        return key in self._table

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """Take a value of a type; without a default it must be there."""
        if key not in self._table and default is None:
            self.fail(f"{key} is missing")
        value = self._table.pop(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            words = {str: "text", list: "a list", bool: "true or false"}
            self.fail(f"{key} must be {words.get(kind, 'a number')}, is {value!a}")
        return value

    def word(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Take one of some words."""
        value: str = self.take(key, str, default)
        if value not in allowed:
            self.fail(f"{key} must be one of {', '.join(allowed)}; is {value!a}")
        return value

    def number(self, key: str, least: float, most: float, default: float | None = None) -> float:
        """Take a number within bounds."""
        # Unlike its annotation, isinstance takes unions.
        taken = self.take(key, int | float, default)  # type: ignore[arg-type]  # see above
        return self._within(key, taken, least, most)

    def numbers(self, key: str, count: int, least: float, most: float) -> tuple[float, ...]:
        """Take a list of so many numbers."""
        values = self.take(key, list)
        if len(values) != count:
            self.fail(f"{key} must be {count} numbers, is {values!a}")
        return tuple(self._within(key, value, least, most) for value in values)

    def fields(self, key: str, kind: LabelKind) -> str:
        """Take a text whose ``{fields}`` the kind knows."""
        value: str = self.take(key, str)
        for field in FIELD.findall(value):
            if field not in kind.fields:
                known = ", ".join(kind.fields)
                self.fail(f"no such field of a {kind.name} label: {field}; known: {known}")
        if "{" in FIELD.sub("", value) or "}" in FIELD.sub("", value):
            self.fail(f"{key} has a bracket that is no {{field}}: {value!a}")
        return value

    def words(self, key: str, kind: LabelKind) -> str:
        """Take the key of a text in the catalogs, whose gaps are fields of the kind."""
        value: str = self.take(key, str)
        if not value.startswith(WORDS):
            self.fail(f"{key} must name a text that begins with {WORDS}, is {value!a}")
        told = in_language(value, kind, ENGLISH)
        if told == value:
            self.fail(f"{key} names no text of the catalogs: {value!a}")
        for field in FIELD.findall(told):
            if field not in kind.fields:
                self.fail(f"{key} {value} needs the field {field}, which no {kind.name} label has")
        return value

    def picture(self, key: str, folder: Path) -> bytes:
        """Take the name of a picture beside the template, and give what is in it."""
        name: str = self.take(key, str)
        try:
            return load_image(name, folder)
        except BadFile as error:
            self.fail(str(error))
            raise

    def nothing_else(self) -> None:
        """Refuse what was not taken: a misspelt name must not be ignored."""
        if self._table:
            self.fail(f"no such setting: {', '.join(sorted(self._table))}")

    def _within(self, key: str, value: Any, least: float, most: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(f"{key} must hold numbers, has {value!a}")
        if not least <= value <= most:
            self.fail(f"{key} must be {least:g} to {most:g}, is {value:g}")
        return float(value)
