"""Compile the text catalogs when the package is built, so that translators edit only text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTexts(BuildHookInterface):  # type: ignore[type-arg]  # the build configuration is untyped
    """Turn each ``assets/text/<language>.po`` into the ``.mo`` beside it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (the hook's signature)
        """Compile all catalogs before files are collected."""
        for source in sorted(Path(self.root, "assets", "text").glob("*.po")):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(text, locale=source.stem))
