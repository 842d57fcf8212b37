"""The look of a screen, worked out once in a program.

Textual reads the same rules three times at each start, which takes a third of the time until there
is something to see. What has shown a screen before, or was forked from what has, need not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.css.stylesheet import CssSource

KEPT_MAX: Final = 64
"""Looks that are kept: one for each theme and set of sources."""

Variables = tuple[tuple[str, str], ...]
Sources = tuple[tuple[tuple[str, str], "CssSource"], ...]


class Rules(Stylesheet):
    """A style sheet that shares what it has read with all others of the program."""

    def parse(self) -> None:
        """Read the sources, unless they were read before with the same variables."""
        self._rules = [*_read(tuple(self._variables.items()), tuple(self.source.items()))]
        self._rules_map = None
        self._require_parse = False

    reparse = parse
    """It is the same, after the variables have changed."""


@lru_cache(KEPT_MAX)
def _read(variables: Variables, sources: Sources) -> list[RuleSet]:
    sheet = Stylesheet(variables=dict(variables))
    for read_from, (css, is_default, tie_breaker, scope) in sources:
        sheet.add_source(css, read_from, is_default, tie_breaker, scope)
    return sheet.rules
