"""What counts in a period: the operations that were done in it, and those taken off in it.

An operation counts in the period in which it was done, unless it was taken back before that
period's end. One that is taken back later counts there all the same, for the figures of a shift
that is over do not change; it is taken off in the period in which it was taken back. What is done
again counts when it is done again. So periods add up: whatever the cuts between them, all of
them together count exactly the operations that stand at the end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

SHORT_OF: Final = "short_of_"
"""Begins the names of the figures that say how many pieces of an order were short, by reason."""


@dataclass(slots=True)
class Entry:
    """One operation as the figures of a period see it.

    Not frozen: that would take twice as long to make, and a shift has tens of thousands.
    """

    operation: str
    worker: str
    """Whose figures it is in: of whoever did it, also where somebody else took it back."""
    at: datetime
    """When it was done; one that is taken off: when it was taken back."""
    facts: Mapping[str, Any]
    """What it noted: its ``job``, finished ``pieces``, ``lines`` and so on."""
    sign: int = 1
    """1, or -1 if it is taken off here."""

    @property
    def seat(self) -> str:
        """Give the seat at which it was done."""
        return self.operation.rpartition(":")[0]

    def count(self, name: str) -> int:
        """Give one of its figures with its sign; 0 if it has none of the name."""
        return self.sign * int(self.facts.get(name, 0))

    def word(self, name: str) -> str:
        """Give one of its words; empty if it has none of the name."""
        return str(self.facts.get(name, ""))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Somebody took an operation back in the period."""

    worker: str
    """Who took it back."""
    job: str
    """The job of what was taken back."""


def total(entries: Iterable[Entry], name: str) -> int:
    """Add up one figure."""
    return sum([entry.sign * int(entry.facts.get(name, 0)) for entry in entries])


def by_word(entries: Iterable[Entry], word: str, name: str) -> dict[str, int]:
    """Add up one figure by a word that the operations noted; ``–`` for none; sorted by word."""
    found: Counter[str] = Counter()
    for entry in entries:
        if more := entry.count(name):
            found[entry.word(word) or "–"] += more
    return plain(found)


def having(entries: Iterable[Entry], *names: str) -> Iterator[Entry]:
    """Pick the operations that noted any of these."""
    for entry in entries:
        for name in names:
            if entry.facts.get(name):
                yield entry
                break


class Noted:
    """Finds entries by what they noted.

    Most figures are of few of a shift's many operations; this looks at each of them once.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        """All of them."""
        self.by_operation = {entry.operation: entry for entry in entries}
        self._alike: defaultdict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry in entries:
            self._alike[tuple(entry.facts)].append(entry)

    def __call__(self, *names: str) -> list[Entry]:
        """Give those that noted any of these, whatever it was; in no particular order."""
        return [entry for _, entries in self.alike(*names) for entry in entries]

    def alike(self, *names: str) -> Iterator[tuple[tuple[str, ...], list[Entry]]]:
        """Give the same by what they noted: which of these names, and those that noted just them.

        Several lists may be of the same names.
        """
        for noted, entries in self._alike.items():
            if found := tuple([name for name in names if name in noted]):
                yield found, entries


def plain(counts: Mapping[str, int]) -> dict[str, int]:
    """Give counts sorted by name, without those that came to nothing."""
    return {name: count for name, count in sorted(counts.items()) if count}
