"""What all sections of a report are made with: the figures, the words, the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from floorhand.reports.model import Cell, Column, Share, Table
from floorhand.reports.writing import day_and_clock, length, number
from floorhand.text.catalog import Catalog

RANKS: Final = {
    **{"refused_pct": 6, "lines_hour": 5, "usual": 5, "undone": 5, "orders": 4, "before": 4},
    **{"after": 4, "last": 4, "accuracy": 4, "mean": 3, "other_time": 3, "short": 2},
    **{"refused": 2, "state": 2, "blocked": 2, "lines": 1, "scans": 1, "busy": 1, "needed": 1},
    **{"target_pieces": 3, "target_lines": 3, "reached": 1},
}
"""What gives way on a narrow page, first the highest; files have all."""

NO_OTHERS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Making:
    """Figures as `floorhand.commands.summary.summarise` gives them, with words and a clock."""

    figures: Mapping[str, Any]
    words: Catalog
    zone: ZoneInfo

    def say(self, key: str, **facts: str | float | None) -> str:
        """Write a sentence; numbers as the language writes them."""
        return self.words.say(
            key,
            {
                name: value if isinstance(value, str | int) else self.number(value)
                for name, value in facts.items()
            },
        )

    def number(self, value: float | None) -> str:
        """Write a number, or that there is none."""
        return "–" if value is None else number(self.words, value)

    def length(self, elapsed_s: float | None) -> str:
        """Write a length, or that there is none."""
        return "–" if elapsed_s is None else length(timedelta(seconds=elapsed_s))

    def word(self, prefix: str, name: str) -> str:
        """Give the word for a code of the books; the code itself where there is no word for it."""
        return self.first_word((prefix,), name)

    def first_word(self, prefixes: Iterable[str], name: str) -> str:
        """Do the same where the word may stand in several places, the first one before others."""
        for prefix in prefixes:
            key = f"{prefix}.{name}"
            if (told := self.words.say(key)) != key:
                return told
        return name.replace("_", " ")

    def refusal(self, code: str) -> str:
        """Give the sentence by which scans are refused; the code itself if there is none by now."""
        key = f"refusal.{code}"
        told = self.words.outline(key)
        return code.replace("_", " ") if told == key else told

    def when(self, moment: str) -> str:
        """Write a moment of the figures with its day."""
        return day_and_clock(self.words, self.moment(moment).astimezone(self.zone))

    @staticmethod
    def moment(text: str) -> datetime:
        """Read a moment of the figures."""
        return datetime.fromisoformat(text)

    @property
    def is_over(self) -> bool:
        """Whether the shift had ended when the figures were made."""
        return self.moment(self.figures["period"]["end"]) <= self.as_of

    @property
    def as_of(self) -> datetime:
        """Give the moment of which all is that is not of the shift."""
        return self.moment(self.figures["stock"]["as_of"])

    def table(
        self,
        heads: tuple[str, ...],
        rows: Iterable[tuple[Cell, ...]],
        figures: Mapping[str, str] = NO_OTHERS,
    ) -> Table | None:
        """Make a table; None of no rows, and without columns in which nothing is.

        It has all rows, as files do; pages and screens show those that come first.

        Args:
            heads: Names of its columns.
            rows: With a cell for each of them.
            figures: What columns are about, where it is not what their names say elsewhere.
        """
        found = list(rows)
        kept = [
            index
            for index in range(len(heads))
            if index == 0 or any(row[index] not in (None, "") for row in found)
        ]
        across = tuple(self._column(heads[i], figures.get(heads[i], heads[i])) for i in kept)
        return Table(across, tuple(tuple(row[i] for i in kept) for row in found)) if found else None

    def _column(self, name: str, figure: str) -> Column:
        return Column(name, self.say(f"board.head.{figure}"), RANKS.get(name, 0), figure)


def seconds(value: float | None) -> timedelta | None:
    """Make a length of seconds."""
    return None if value is None else timedelta(seconds=value)


def share(value: float | None) -> Share | None:
    """Make a share of percents."""
    return None if value is None else Share(value)


def of(part: float, whole: float) -> Share | None:
    """Give what part of a whole something is; None of nothing."""
    return Share(round(part * 100 / whole, 1)) if whole else None
